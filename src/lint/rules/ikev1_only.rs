//! The version of IKE that is history.

use crate::diag::Severity;
use crate::lint::rules::RuleFile;
use crate::lint::{Findings, LintSubject, Rule};
use crate::peer::server::IkeVersions;

/// What `ikecompat explain ikev1-only` says.
pub(super) const IKEV1_ONLY: Rule = Rule {
    name: "ikev1-only",
    severity: Severity::Warning,
    documentation: "A connection takes IKEv1 only.\n\n\
        IKEv1 is historic, and its registries are closed (RFC 9395). Nothing is said about its \
        proposals here.\n\n\
        Move to IKEv2.",
};

/// The row of the table of rules.
pub(super) const FILE: RuleFile = RuleFile {
    rules: &[IKEV1_ONLY],
    check,
};

/// [`IKEV1_ONLY`].
fn check(subject: &LintSubject<'_>, found: &mut Findings) {
    for (number, connection) in subject.server.connections.iter().enumerate() {
        if connection.versions == IkeVersions::Ikev1 && connection.not_loaded.is_none() {
            let message = format!("`{}` takes IKEv1 only", connection.name);
            let mut finding = IKEV1_ONLY
                .finding(message)
                .about(number)
                .at(connection.span.as_ref())
                .note("RFC 9395: IKEv1 is historic")
                .help(format!(
                    "use IKEv2: {}",
                    subject.server.surface().row().ikev2
                ));
            let engine = subject.server.engine;
            if !subject.database.answers_ikev1(engine) {
                finding = finding.note(format!("{engine} answers no IKEv1 by default"));
            }
            found.push_at(format!("`{}`", connection.name), finding, Vec::new());
        }
    }
}
