//! Connections through which nothing passes.

use crate::diag::Finding;
use crate::lint::{LintSubject, Rule};

/// [`Rule::ConnectionWithoutChild`].
pub(super) fn check(subject: &LintSubject<'_>, found: &mut Vec<Finding>) {
    for (number, connection) in subject.for_clients() {
        if connection.children.is_empty() {
            let message = format!("`{}` has no child, so no traffic can pass", connection.name);
            found.push(
                Rule::ConnectionWithoutChild
                    .finding(message)
                    .about(number)
                    .at(connection.span.as_ref())
                    .help("add a child"),
            );
        }
    }
}
