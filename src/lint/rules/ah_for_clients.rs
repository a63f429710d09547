//! AH where clients dial in.

use crate::diag::Finding;
use crate::lint::{LintSubject, Rule};

/// [`Rule::AhForClients`].
pub(super) fn check(subject: &LintSubject<'_>, found: &mut Vec<Finding>) {
    for (number, connection) in subject.for_clients() {
        for child in connection
            .children
            .iter()
            .filter(|child| !child.ah.is_empty())
        {
            let message = format!(
                "`{}` uses AH, which no client has and no NAT lets pass",
                child.name
            );
            let span = child.ah[0].origin.span().or(child.span.as_ref());
            found.push(
                Rule::AhForClients
                    .finding(message)
                    .about(number)
                    .at(span)
                    .note("RFC 3715, section 2.1: AH covers the addresses that a NAT changes")
                    .help("use ESP"),
            );
        }
    }
}
