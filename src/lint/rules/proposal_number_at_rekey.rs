//! The bug of macOS 14 in numbering proposals.

use crate::compat::verdict::Verdict;
use crate::diag::{Finding, and_list};
use crate::lint::{LintSubject, Rule};
use crate::peer::EngineName;

/// [`Rule::ProposalNumberAtRekey`].
pub(super) fn check(subject: &LintSubject<'_>, found: &mut Vec<Finding>) {
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
            Rule::ProposalNumberAtRekey
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
