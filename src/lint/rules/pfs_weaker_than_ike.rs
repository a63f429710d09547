//! Forward secrecy that is weaker than what it outlives.

use crate::diag::Severity;
use crate::ike::{Transform, TransformType};
use crate::lint::place::{List, spell};
use crate::lint::rules::RuleFile;
use crate::lint::{Findings, LintSubject, Rule};
use crate::peer::Edit;

/// What `ikecompat explain pfs-weaker-than-ike` says.
pub(super) const PFS_WEAKER_THAN_IKE: Rule = Rule {
    name: "pfs-weaker-than-ike",
    severity: Severity::Note,
    documentation: "The groups of a child are weaker than every group of its IKE SA.\n\n\
        PFS is there to outlive a broken IKE SA; with a weaker group it lowers what an attacker \
        needs for the traffic.\n\n\
        Use the same group in both phases.",
};

/// The row of the table of rules.
pub(super) const FILE: RuleFile = RuleFile {
    rules: &[PFS_WEAKER_THAN_IKE],
    check,
};

/// [`PFS_WEAKER_THAN_IKE`].
fn check(subject: &LintSubject<'_>, found: &mut Findings) {
    for one in subject.connections() {
        let mut lists = subject.lists(one);
        let Some(ike) = lists.next() else {
            continue;
        };
        let Some((least, floor)) = groups(subject, ike)
            .into_iter()
            .min_by_key(|(_, bits)| *bits)
        else {
            continue;
        };
        for list in lists {
            let best = groups(subject, list)
                .into_iter()
                .max_by_key(|(_, bits)| *bits);
            let Some((best, bits)) = best.filter(|(_, bits)| *bits < floor) else {
                continue;
            };
            let message = format!(
                "{} uses {} ({bits} bits) for PFS, weaker than {} of phase 1 ({floor} bits)",
                list.name(),
                spell(best),
                spell(least)
            );
            let holder = list
                .places()
                .find(|place| place.entry.proposal.contains(best));
            let span = holder.and_then(|place| subject.word(place.entry, best));
            let finding = PFS_WEAKER_THAN_IKE
                .finding(message)
                .about(list.number)
                .at(span.as_ref());
            let place = list.place();
            let same = vec![
                Edit::DropGroups { list: place },
                Edit::AddGroup {
                    list: place,
                    group: least,
                    optional: false,
                },
            ];
            found.advise(subject, finding, "use the same group in both phases", same);
        }
    }
}

/// The groups of a list with their strength in bits.
fn groups(subject: &LintSubject<'_>, list: List<'_>) -> Vec<(Transform, u16)> {
    let groups = list
        .places()
        .flat_map(|place| place.of(TransformType::KE).to_vec());
    let strength = |t: Transform| Some((t, subject.policy.strength(t)?.bits));
    groups
        .filter(|t| !t.is_none())
        .filter_map(strength)
        .collect()
}
