//! PFS that is listed behind none.

use crate::diag::{Finding, and_list};
use crate::ike::{Protocol, TransformType};
use crate::lint::place::names;
use crate::lint::{LintSubject, Rule};
use crate::peer::EngineName;

/// [`Rule::NoneBeforeGroups`].
pub(super) fn check(subject: &LintSubject<'_>, found: &mut Vec<Finding>) {
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
        found.push(
            Rule::NoneBeforeGroups
                .finding(message)
                .about(place.list.number)
                .at(span.as_ref())
                .help("put `none` last"),
        );
    }
}
