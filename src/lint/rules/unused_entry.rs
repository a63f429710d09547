//! Entries that no client needs.

use crate::compat::report::ClientReport;
use crate::compat::verdict::Verdict;
use crate::diag::Severity;
use crate::ike::Suite;
use crate::lint::place::Place;
use crate::lint::rules::RuleFile;
use crate::lint::{Findings, LintSubject, Rule};
use crate::peer::Edit;

/// What `ikecompat explain unused-entry` says.
pub(super) const UNUSED_ENTRY: Rule = Rule {
    name: "unused-entry",
    severity: Severity::Note,
    documentation: "No client that was compared uses this entry of the server.\n\n\
        An entry that nobody uses can only weaken the server or cost round trips. It may be there \
        for clients that were not selected.\n\n\
        Remove it, after `ikecompat check --after` has shown that nobody is lost.",
};

/// The row of the table of rules.
pub(super) const FILE: RuleFile = RuleFile {
    rules: &[UNUSED_ENTRY],
    check,
};

/// [`UNUSED_ENTRY`].
fn check(subject: &LintSubject<'_>, found: &mut Findings) {
    for place in subject.entries() {
        let served = subject.served(place.list.number);
        let idle = !served.is_empty() && !served.iter().any(|report| uses(report, place));
        if idle && !subject.is_default_list(place) {
            // Whether it can go is another question: other clients may be there.
            let remove = Edit::Remove {
                list: place.list.place(),
                number: place.number,
            };
            // What is not known of an exchange may come to need it; then it is not said to be unused.
            let harmed = found.harmed(subject, std::slice::from_ref(&remove));
            if harmed.is_none_or(|harmed| !harmed.is_empty()) {
                continue;
            }
            let message = format!("{} is used by none of the clients compared", place.name());
            let finding = UNUSED_ENTRY
                .finding(message)
                .about(place.list.number)
                .at(place.span());
            found.push_at(place.name(), finding, vec![remove]);
        }
    }
}

/// Whether some exchange of the client selects the entry.
pub(super) fn uses(report: &ClientReport, place: Place<'_>) -> bool {
    let selects = |verdict: &Verdict| match verdict {
        Verdict::Agree(agreed) => match agreed.pair {
            Some(pair) => pair.server == place.number + 1,
            None => offers(place, &agreed.suite),
        },
        Verdict::OneOf(suites) => suites.iter().any(|suite| offers(place, suite)),
        _ => false,
    };
    match place.list.child {
        None => [
            &report.ike.ike_sa_init,
            &report.ike.ike_rekey_by_client,
            &report.ike.ike_rekey_by_server,
        ]
        .iter()
        .any(|judged| selects(&judged.verdict)),
        Some(child) => report.children.get(child).is_some_and(|child| {
            let v = &child.verdicts;
            [
                &v.ike_auth,
                &v.child_rekey_by_client,
                &v.child_rekey_by_server,
            ]
            .iter()
            .any(|judged| selects(&judged.verdict))
        }),
    }
}

fn offers(place: Place<'_>, suite: &Suite) -> bool {
    let proposal = &place.entry.proposal;
    suite
        .transforms()
        .all(|transform| proposal.contains(transform))
}
