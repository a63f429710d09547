//! The bug of macOS 14 in numbering proposals.

use crate::compat::client::may_be_misnumbered;
use crate::diag::{Severity, and_list};
use crate::lint::rules::RuleFile;
use crate::lint::{Findings, LintSubject, Rule};

/// What `ikecompat explain proposal-number-at-rekey` says.
pub(super) const PROPOSAL_NUMBER_AT_REKEY: Rule = Rule {
    name: "proposal-number-at-rekey",
    severity: Severity::Warning,
    documentation: "A client repeats its proposal's number when it rekeys, which some servers refuse.\n\n\
        macOS 14 to 14.1.2 numbers the proposal of an IKE rekeying as the one that the server chose \
        at first; libreswan expects 1, answers NO_PROPOSAL_CHOSEN (\"proposal number was 3 but 1 \
        expected\"), and the tunnel drops after 24 or 48 minutes (libreswan issue 1450, Apple \
        FB13453582).\n\n\
        Let the server take the client's first proposal.",
};

/// The row of the table of rules.
pub(super) const FILE: RuleFile = RuleFile {
    rules: &[PROPOSAL_NUMBER_AT_REKEY],
    check,
};

/// [`PROPOSAL_NUMBER_AT_REKEY`].
fn check(subject: &LintSubject<'_>, found: &mut Findings) {
    let engine = subject.server.engine.name;
    for one in subject.for_clients() {
        let served = subject.served(one.0);
        let hit = served.iter().filter(|report| {
            let ike_sa_init = &report.ike.ike_sa_init.verdict;
            may_be_misnumbered(&report.client, engine, ike_sa_init)
        });
        let labels: Vec<_> = hit.map(|report| report.client.label.clone()).collect();
        if labels.is_empty() {
            continue;
        }
        let message = format!(
            "{}: the server does not take the client's first proposal, and releases that repeat its number lose the IKE SA at rekeying",
            and_list(&labels)
        );
        let span = subject.lists(one).next().and_then(|list| list.span());
        found.push(
            PROPOSAL_NUMBER_AT_REKEY
                .finding(message)
                .about(one.0)
                .at(span.as_ref())
                .help("put the client's first proposal first, such as aes256gcm16-sha256-ecp256"),
        );
    }
}
