//! A group for a secrecy that is switched off.

use crate::diag::Severity;
use crate::ike::{Protocol, TransformType};
use crate::lint::place::{List, spell};
use crate::lint::rules::RuleFile;
use crate::lint::{Findings, LintSubject, Rule};
use crate::peer::Edit;

/// What `ikecompat explain group-without-pfs` says.
pub(super) const GROUP_WITHOUT_PFS: Rule = Rule {
    name: "group-without-pfs",
    severity: Severity::Error,
    documentation: "A child names a group while PFS is switched off.\n\n\
        libreswan since 3.25 does not load such a connection (NethServer issue 5696), and other \
        versions drop the group without a word.\n\n\
        Remove the group, or set `pfs=yes`.",
};

/// The row of the table of rules.
pub(super) const FILE: RuleFile = RuleFile {
    rules: &[GROUP_WITHOUT_PFS],
    check,
};

/// [`GROUP_WITHOUT_PFS`].
fn check(subject: &LintSubject<'_>, found: &mut Findings) {
    let lists = subject.all_lists();
    for list in lists.into_iter().filter(|l| l.protocol() == Protocol::Esp) {
        let off = list.child.map(|child| list.connection.children[child].pfs) == Some(Some(false));
        let named = |list: List<'_>| {
            list.places().find_map(|place| {
                let groups = place.of(TransformType::KE);
                let group = groups.iter().copied().find(|t| !t.is_none())?;
                Some((group, subject.word(place.entry, group)))
            })
        };
        let Some((group, span)) = named(list).filter(|_| off) else {
            continue;
        };
        let (name, engine) = (spell(group), subject.server.engine);
        let refuses = subject.situation.build.refuses_group_without_pfs;
        let message = if refuses {
            format!(
                "{} names `{name}` while PFS is off, and {engine} does not load that",
                list.name()
            )
        } else {
            format!(
                "{} names `{name}` while PFS is off, which drops it",
                list.name()
            )
        };
        let mut finding = GROUP_WITHOUT_PFS.finding(message).about(list.number);
        if !refuses {
            finding.diagnostic.severity = Severity::Warning;
        }
        let place = list.place();
        let keep = Edit::AddGroup {
            list: place,
            group,
            optional: false,
        };
        let ways = vec![
            (
                format!("remove `{name}`"),
                vec![Edit::DropGroups { list: place }],
            ),
            ("set `pfs=yes`".to_owned(), vec![keep]),
        ];
        found.advise_any(subject, finding.at(span.as_ref()), ways);
    }
}
