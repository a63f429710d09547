//! How the server proves who it is.

use crate::diag::Severity;
use crate::lint::rules::RuleFile;
use crate::lint::{Findings, LintSubject, Rule};
use crate::peer::server::Authentication;

/// What `ikecompat explain server-identity-missing` says.
pub(super) const SERVER_IDENTITY_MISSING: Rule = Rule {
    name: "server-identity-missing",
    severity: Severity::Note,
    documentation: "A connection that authenticates by certificate does not say who the server is.\n\n\
        strongSwan then uses the subject of the certificate, or the IP address. Apple's clients hold \
        the identity against the Remote ID that is entered, which is a name.\n\n\
        Set `id` to the name that clients dial, and have it in the certificate as subjectAltName.",
};

/// What `ikecompat explain server-uses-eap` says.
pub(super) const SERVER_USES_EAP: Rule = Rule {
    name: "server-uses-eap",
    severity: Severity::Warning,
    documentation: "The server proves itself by EAP, which clients refuse.\n\n\
        RFC 7296, section 2.16 has the responder use a public key when the initiator uses EAP. EAP \
        alone on both sides (RFC 5998) is known to strongSwan only.\n\n\
        Use a certificate.",
};

/// What `ikecompat explain shared-key-beside-eap` says.
pub(super) const SHARED_KEY_BESIDE_EAP: Rule = Rule {
    name: "shared-key-beside-eap",
    severity: Severity::Warning,
    documentation: "Clients use EAP, and the server proves itself by a shared key.\n\n\
        RFC 7296, section 2.16 requires a public key of the responder, since everybody who knows the \
        shared key can take the server's place and harvest passwords. Windows and Apple's clients \
        expect a certificate beside EAP.\n\n\
        Use a certificate.",
};

/// The row of the table of rules.
pub(super) const FILE: RuleFile = RuleFile {
    rules: &[
        SERVER_IDENTITY_MISSING,
        SERVER_USES_EAP,
        SHARED_KEY_BESIDE_EAP,
    ],
    check,
};

/// [`SERVER_IDENTITY_MISSING`], [`SERVER_USES_EAP`] and [`SHARED_KEY_BESIDE_EAP`].
fn check(subject: &LintSubject<'_>, found: &mut Findings) {
    for (number, connection) in subject.for_clients() {
        let (local, remote) = (&connection.local, &connection.remote);
        let span = local.methods.first().map(|method| &method.span);
        let eap = |side: &Authentication| {
            let mut methods = side.methods.iter();
            methods.any(|method| method.value.starts_with("eap"))
        };
        let only = |wanted: &[&str]| {
            let begins = |word: &str| wanted.iter().any(|wanted| word.starts_with(wanted));
            let mut methods = local.methods.iter();
            !local.methods.is_empty() && methods.all(|method| begins(&method.value))
        };
        let name = &connection.name;
        if only(&["eap"]) {
            let message = format!(
                "`{name}`: the server proves itself by EAP, which only strongSwan's clients accept"
            );
            found.push(
                SERVER_USES_EAP
                    .finding(message)
                    .about(number)
                    .at(span)
                    .note("RFC 7296, section 2.16: the responder uses a public key")
                    .help("let the server authenticate by certificate (`pubkey`)"),
            );
        }
        if only(&["psk", "secret"]) && eap(remote) {
            let message =
                format!("`{name}`: clients use EAP, and the server proves itself by a shared key");
            let other = remote.methods.first().map(|method| &method.span);
            found.push(
                SHARED_KEY_BESIDE_EAP
                    .finding(message)
                    .about(number)
                    .at(span)
                    .with(other, "the clients")
                    .note("RFC 7296, section 2.16 requires a public key of the responder")
                    .help("let the server authenticate by certificate (`pubkey`)"),
            );
        }
        if only(&["pubkey", "rsa", "ecdsa", "ed25519"]) && local.id.is_none() {
            let message = format!("`{name}` does not say who the server is");
            found.push(
                SERVER_IDENTITY_MISSING
                    .finding(message)
                    .about(number)
                    .at(span)
                    .help("set `id` to the name that clients dial"),
            );
        }
    }
}
