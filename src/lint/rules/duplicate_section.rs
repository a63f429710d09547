//! Sections that are written twice.

use crate::diag::Severity;
use crate::lint::rules::RuleFile;
use crate::lint::{Findings, LintSubject, Rule};

/// What `ikecompat explain duplicate-section` says.
pub(super) const DUPLICATE_SECTION: Rule = Rule {
    name: "duplicate-section",
    severity: Severity::Warning,
    documentation: "A section of the same name is written twice in one file.\n\n\
        strongSwan and libreswan take both for parts of one connection, and where both set a key the \
        later one wins without a word.\n\n\
        Give them different names, or make them one.",
};

/// The row of the table of rules.
pub(super) const FILE: RuleFile = RuleFile {
    rules: &[DUPLICATE_SECTION],
    check,
};

/// [`DUPLICATE_SECTION`].
fn check(subject: &LintSubject<'_>, found: &mut Findings) {
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
            DUPLICATE_SECTION
                .finding(message)
                .about(number)
                .at(Some(again))
                .with(Some(first), "the first time")
                .help("give them different names, or make them one"),
        );
    }
}
