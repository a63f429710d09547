//! Numbers that only strongSwan knows.

use crate::diag::Finding;
use crate::lint::place::names;
use crate::lint::{LintSubject, Rule};

/// [`Rule::PrivateUseAlgorithm`].
pub(super) fn check(subject: &LintSubject<'_>, found: &mut Vec<Finding>) {
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
            Rule::PrivateUseAlgorithm
                .finding(message)
                .about(place.list.number)
                .at(span.as_ref()),
        );
    }
}
