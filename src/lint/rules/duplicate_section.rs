//! Sections that are written twice.

use crate::diag::Finding;
use crate::lint::{LintSubject, Rule};

/// [`Rule::DuplicateSection`].
pub(super) fn check(subject: &LintSubject<'_>, found: &mut Vec<Finding>) {
    for (number, connection) in subject.server.connections.iter().enumerate() {
        let Some(first) = &connection.span else {
            continue;
        };
        // Parts in several files are put together on purpose.
        let mut repeated = connection.repeated.iter();
        let Some(again) = repeated.find(|span| span.file == first.file) else {
            continue;
        };
        let message = format!(
            "`{}` is written twice, and both are taken as one",
            connection.name
        );
        found.push(
            Rule::DuplicateSection
                .finding(message)
                .about(number)
                .at(Some(again))
                .with(Some(first), "the first time")
                .help("give them different names, or make them one"),
        );
    }
}
