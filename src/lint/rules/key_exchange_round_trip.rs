//! Round trips that another order of groups would save.

use crate::compat::report::ClientReport;
use crate::compat::verdict::Verdict;
use crate::diag::{Finding, and_list};
use crate::lint::place::spell;
use crate::lint::{LintSubject, Rule};

/// [`Rule::KeyExchangeRoundTrip`].
pub(super) fn check(subject: &LintSubject<'_>, found: &mut Vec<Finding>) {
    for one in subject.for_clients() {
        let served = subject.served(one.0);
        let lost: Vec<_> = served.iter().filter_map(|report| lost(report)).collect();
        if lost.is_empty() {
            continue;
        }
        let labels: Vec<_> = lost.iter().map(|(label, ..)| label.clone()).collect();
        let list = subject.lists(one).next().and_then(|list| list.span());
        let mut finding = Rule::KeyExchangeRoundTrip
            .finding(format!(
                "INVALID_KE_PAYLOAD costs a round trip before the tunnel comes up: {}",
                and_list(&labels)
            ))
            .about(one.0)
            .at(list.as_ref());
        for (label, sent, wanted) in lost {
            finding = finding.note(format!("{label} guesses {sent}, the server takes {wanted}"));
        }
        found.push(finding);
    }
}

/// The client, the group it guesses and the one it gets.
fn lost(report: &ClientReport) -> Option<(String, String, String)> {
    let Verdict::Agree(agreed) = &report.ike.ike_sa_init.verdict else {
        return None;
    };
    let round = agreed.invalid_ke.as_ref()?.first()?;
    let sent = round.sent.map_or_else(|| "none".to_owned(), spell);
    Some((report.client.label.clone(), sent, spell(round.wanted)))
}
