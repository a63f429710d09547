//! Numbers that only strongSwan knows.

use crate::diag::Severity;
use crate::lint::place::names;
use crate::lint::rules::RuleFile;
use crate::lint::{Findings, LintSubject, Rule};

/// What `ikecompat explain private-use-algorithm` says.
pub(super) const PRIVATE_USE_ALGORITHM: Rule = Rule {
    name: "private-use-algorithm",
    severity: Severity::Note,
    documentation: "An algorithm has a private number, which only strongSwan peers understand.\n\n\
        charon skips private-use numbers unless the peer says that it is strongSwan \
        (`charon.accept_private_algs`). No other client can match the entry with it.\n\n\
        Remove the entry, unless strongSwan is the peer.",
};

/// The row of the table of rules.
pub(super) const FILE: RuleFile = RuleFile {
    rules: &[PRIVATE_USE_ALGORITHM],
    check,
};

/// [`PRIVATE_USE_ALGORITHM`].
fn check(subject: &LintSubject<'_>, found: &mut Findings) {
    for place in subject.entries() {
        let all = place.entry.proposal.transforms().iter().copied();
        let private: Vec<_> = all
            .filter(|t| t.is_private() && !super::truncated_sha256::is_truncated(*t))
            .collect();
        let Some(first) = private.first() else {
            continue;
        };
        let message = format!(
            "{} names {}, which only strongSwan peers understand",
            place.name(),
            crate::diag::and_list(&names(&private))
        );
        let span = subject.word(place.entry, *first);
        found.push(
            PRIVATE_USE_ALGORITHM
                .finding(message)
                .about(place.list.number)
                .at(span.as_ref()),
        );
    }
}
