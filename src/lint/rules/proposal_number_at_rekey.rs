//! The bug of macOS 14 in numbering proposals.

use crate::compat::verdict::Verdict;
use crate::diag::{Severity, and_list};
use crate::lint::rules::RuleFile;
use crate::lint::{Findings, LintSubject, Rule};
use crate::peer::EngineName;

/// What `ikecompat explain proposal-number-at-rekey` says.
pub(super) const PROPOSAL_NUMBER_AT_REKEY: Rule = Rule {
    name: "proposal-number-at-rekey",
    severity: Severity::Error,
    documentation: "A client repeats its proposal's number when it rekeys, which some servers refuse.\n\n\
        macOS 14 to 14.1.2 numbers the proposal of an IKE rekeying as the one that the \
        server chose at first; libreswan expects 1, answers NO_PROPOSAL_CHOSEN (\"proposal \
        number was 3 but 1 expected\"), and the tunnel drops after 24 or 48 minutes \
        (libreswan issue 1450, Apple FB13453582). Let the server take the client's first \
        proposal.",
};

/// The row of the table of rules.
pub(super) const FILE: RuleFile = RuleFile {
    rules: &[PROPOSAL_NUMBER_AT_REKEY],
    check,
};

/// [`PROPOSAL_NUMBER_AT_REKEY`].
fn check(subject: &LintSubject<'_>, found: &mut Findings) {
    if subject.server.engine.name != EngineName::Libreswan {
        return; // charon takes any number
    }
    for one in subject.for_clients() {
        let mut labels = Vec::new();
        for report in subject.served(one.0) {
            let Verdict::Agree(agreed) = &report.ike.ike_sa_init.verdict else {
                continue;
            };
            let late = agreed.pair.is_some_and(|pair| pair.client > 1);
            if late && needs_first_proposal(subject, &report.client.id) {
                labels.push(report.client.label.clone());
            }
        }
        if labels.is_empty() {
            continue;
        }
        let message = format!(
            "{}: the server does not take the client's first proposal, so rekeying of the IKE SA fails",
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

/// Whether the profile says so.
fn needs_first_proposal(subject: &LintSubject<'_>, id: &str) -> bool {
    let id = id.split(':').next().unwrap_or(id);
    let profile = subject.database.profile(id).and_then(Result::ok);
    profile.is_some_and(|profile| {
        let mut quirks = profile.file.quirks.iter();
        quirks.any(|quirk| quirk.needs_first_proposal == Some(true))
    })
}
