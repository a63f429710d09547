//! The version of IKE that is history.

use crate::diag::Finding;
use crate::lint::{LintSubject, Rule};
use crate::peer::server::IkeVersions;

/// [`Rule::Ikev1Only`].
pub(super) fn check(subject: &LintSubject<'_>, found: &mut Vec<Finding>) {
    for (number, connection) in subject.server.connections.iter().enumerate() {
        if connection.versions == IkeVersions::Ikev1 && connection.not_loaded.is_none() {
            let message = format!("`{}` takes IKEv1 only", connection.name);
            let mut finding = Rule::Ikev1Only
                .finding(message)
                .about(number)
                .at(connection.span.as_ref())
                .note("RFC 9395: IKEv1 is historic")
                .help("use IKEv2; ask for it with `version = 2` or `keyexchange=ikev2`");
            let engine = subject.server.engine;
            if IkeVersions::unwritten(engine) == IkeVersions::Ikev2 {
                finding = finding.note(format!("{engine} answers no IKEv1 by default"));
            }
            found.push(finding);
        }
    }
}
