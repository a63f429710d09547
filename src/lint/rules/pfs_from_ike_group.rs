//! libreswan's perfect forward secrecy without a group of its own.

use crate::diag::Finding;
use rustc_hash::FxHashSet;

use crate::ike::{Protocol, TransformType};
use crate::lint::{LintSubject, Rule};
use crate::peer::EngineName;

/// [`Rule::PfsFromIkeGroup`].
pub(super) fn check(subject: &LintSubject<'_>, found: &mut Vec<Finding>) {
    if subject.server.engine.name != EngineName::Libreswan {
        return;
    }
    let lost = found
        .iter()
        .filter(|it| it.diagnostic.code == Rule::PfsGroupNotOffered.name());
    let lost: FxHashSet<_> = lost.map(|it| it.connection).collect();
    let lists = subject.all_lists();
    for list in lists.into_iter().filter(|l| l.protocol() == Protocol::Esp) {
        let child = list.child.map(|child| &list.connection.children[child]);
        let on = child.is_some_and(|child| child.pfs != Some(false));
        let bare = |list: &crate::lint::place::List<'_>| {
            !list.entries.is_empty()
                && list
                    .places()
                    .all(|place| place.of(TransformType::KE).is_empty())
        };
        let known = lost.contains(&Some(list.number));
        if !on || known || !bare(&list) {
            continue;
        }
        let message = format!(
            "{} names no group, so rekeying uses that of the IKE SA, which a strongSwan without \
             groups and iPhones set up by hand refuse",
            list.name()
        );
        let span = list.span();
        found.push(
            Rule::PfsFromIkeGroup
                .finding(message)
                .about(list.number)
                .at(span.as_ref())
                .help("set `pfs=no`, or name the group on both sides"),
        );
    }
}
