//! How the server proves who it is.

use crate::diag::Finding;
use crate::lint::{LintSubject, Rule};
use crate::peer::server::Authentication;

/// [`Rule::ServerIdentityMissing`], [`Rule::ServerUsesEap`] and [`Rule::SharedKeyBesideEap`].
pub(super) fn check(subject: &LintSubject<'_>, found: &mut Vec<Finding>) {
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
                Rule::ServerUsesEap
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
                Rule::SharedKeyBesideEap
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
                Rule::ServerIdentityMissing
                    .finding(message)
                    .about(number)
                    .at(span)
                    .help("set `id` to the name that clients dial"),
            );
        }
    }
}
