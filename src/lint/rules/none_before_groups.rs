//! PFS that is listed behind none.

use crate::diag::{Severity, and_list};
use crate::ike::{Protocol, TransformType};
use crate::lint::place::names;
use crate::lint::rules::RuleFile;
use crate::lint::{Findings, LintSubject, Rule};
use crate::peer::{Edit, EngineName};

/// What `ikecompat explain none-before-groups` says.
pub(super) const NONE_BEFORE_GROUPS: Rule = Rule {
    name: "none-before-groups",
    severity: Severity::Warning,
    documentation: "Groups stand behind `none` in an ESP entry.\n\n\
        The first choice of the preferred side wins, and `none` is a choice: with a peer that takes \
        it PFS is off although groups are listed. strongSwan 5 moreover asks for new keys without \
        any group and refuses the peer's answer if its other entries demand one; since 6.0.0 it \
        lists them, and the peer may ask for one.\n\n\
        Put `none` last, or remove it or the groups.",
};

/// The row of the table of rules.
pub(super) const FILE: RuleFile = RuleFile {
    rules: &[NONE_BEFORE_GROUPS],
    check,
};

/// [`NONE_BEFORE_GROUPS`].
fn check(subject: &LintSubject<'_>, found: &mut Findings) {
    let build = subject.database.build(subject.server.engine);
    let asks_without = build.is_ok_and(|build| {
        subject.server.engine.name == EngineName::Strongswan && !build.keeps_groups_after_none
    });
    for place in subject.entries() {
        let groups = place.of(TransformType::KE);
        let none = groups.iter().position(|t| t.is_none());
        let Some(none) =
            none.filter(|none| place.list.protocol() == Protocol::Esp && none + 1 < groups.len())
        else {
            continue;
        };
        let consequence = if asks_without {
            "so it asks for new keys without any group"
        } else {
            "so PFS is off with every peer that takes `none`"
        };
        let message = format!(
            "{} puts `none` before {}, {consequence}",
            place.name(),
            and_list(&names(&groups[none + 1..]))
        );
        let span = subject.word(place.entry, groups[none]);
        let finding = NONE_BEFORE_GROUPS
            .finding(message)
            .about(place.list.number)
            .at(span.as_ref());
        let edit = Edit::PutNoneLast {
            list: place.list.place(),
            number: place.number,
        };
        found.advise(subject, finding, "put `none` last", vec![edit]);
    }
}
