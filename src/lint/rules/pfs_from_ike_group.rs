//! libreswan's perfect forward secrecy without a group of its own.

use crate::diag::Severity;
use rustc_hash::FxHashSet;

use crate::ike::{Protocol, TransformType};
use crate::lint::rules::RuleFile;
use crate::lint::{Findings, LintSubject, Rule};
use crate::peer::Edit;

/// What `ikecompat explain pfs-from-ike-group` says.
pub(super) const PFS_FROM_IKE_GROUP: Rule = Rule {
    name: "pfs-from-ike-group",
    severity: Severity::Note,
    documentation: "Groups in ESP come from the IKE SA, which a peer without groups in its list refuses.\n\n\
        With `pfs=yes`, its default, and no group in `esp=`, libreswan uses the group of the IKE SA \
        when a child SA is rekeyed. strongSwan without a group in its ESP list answers \
        NO_PROPOSAL_CHOSEN, and so do iPhones set up by hand (libreswan issues 222 and 2495).\n\n\
        Set `pfs=no`, or write the group on both sides.",
};

/// The row of the table of rules.
pub(super) const FILE: RuleFile = RuleFile {
    rules: &[PFS_FROM_IKE_GROUP],
    check,
};

/// [`PFS_FROM_IKE_GROUP`].
fn check(subject: &LintSubject<'_>, found: &mut Findings) {
    if !subject.server.engine.name.row().has_pfs_switch {
        return;
    }
    let lost = found
        .iter()
        .filter(|it| it.diagnostic.code == super::rekeying::PFS_GROUP_NOT_OFFERED.name);
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
        let finding = PFS_FROM_IKE_GROUP
            .finding(message)
            .about(list.number)
            .at(span.as_ref());
        let off = Edit::DropGroups { list: list.place() };
        found.advise(subject, finding, "set `pfs=no`", vec![off]);
    }
}
