//! Round trips that another order of groups would save.

use crate::compat::report::ClientReport;
use crate::compat::verdict::Verdict;
use crate::diag::{Severity, and_list};
use crate::lint::place::spell;
use crate::lint::rules::RuleFile;
use crate::lint::{Findings, LintSubject, Rule};

/// What `ikecompat explain key-exchange-round-trip` says.
pub(super) const KEY_EXCHANGE_ROUND_TRIP: Rule = Rule {
    name: "key-exchange-round-trip",
    severity: Severity::Note,
    documentation: "A client loses a round trip to INVALID_KE_PAYLOAD.\n\n\
        The client sends a KE payload for one group and the server chooses another, so the server \
        answers INVALID_KE_PAYLOAD and the client sends its first message again (RFC 7296, section \
        1.2). That is normal and costs one round trip. It goes away if the server's list starts with \
        the group that the client guesses.\n\n\
        Start the list of the server with the group that the client guesses, if the round trip \
        matters.",
};

/// The row of the table of rules.
pub(super) const FILE: RuleFile = RuleFile {
    rules: &[KEY_EXCHANGE_ROUND_TRIP],
    check,
};

/// [`KEY_EXCHANGE_ROUND_TRIP`].
fn check(subject: &LintSubject<'_>, found: &mut Findings) {
    for one in subject.for_clients() {
        let served = subject.served(one.0);
        let lost: Vec<_> = served.iter().filter_map(|report| lost(report)).collect();
        if lost.is_empty() {
            continue;
        }
        let labels: Vec<_> = lost.iter().map(|(label, ..)| label.clone()).collect();
        let list = subject.lists(one).next().and_then(|list| list.span());
        let mut finding = KEY_EXCHANGE_ROUND_TRIP
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
