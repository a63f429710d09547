//! Connections through which nothing passes.

use crate::diag::Severity;
use crate::lint::rules::RuleFile;
use crate::lint::{Findings, LintSubject, Rule};

/// What `ikecompat explain connection-without-child` says.
pub(super) const CONNECTION_WITHOUT_CHILD: Rule = Rule {
    name: "connection-without-child",
    severity: Severity::Error,
    documentation: "A connection for clients has no child, so no traffic can pass.\n\n\
        The IKE SA comes up and the first child SA is refused with TS_UNACCEPTABLE.\n\n\
        Add a child.",
};

/// The row of the table of rules.
pub(super) const FILE: RuleFile = RuleFile {
    rules: &[CONNECTION_WITHOUT_CHILD],
    check,
};

/// [`CONNECTION_WITHOUT_CHILD`].
fn check(subject: &LintSubject<'_>, found: &mut Findings) {
    for (number, connection) in subject.for_clients() {
        if connection.children.is_empty() {
            let message = format!("`{}` has no child, so no traffic can pass", connection.name);
            found.push(
                CONNECTION_WITHOUT_CHILD
                    .finding(message)
                    .about(number)
                    .at(connection.span.as_ref())
                    .help("add a child"),
            );
        }
    }
}
