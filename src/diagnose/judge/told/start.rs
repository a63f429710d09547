//! What goes wrong before any peer is heard: the daemon, the kernel, the configuration, files.

use super::finding;
use crate::diagnose::attempt::Attempt;
use crate::diagnose::cause::Cause;
use crate::diagnose::explanation::{Confidence, Explanation, Phase};
use crate::diagnose::statement::Statement;

/// A key or certificate that cannot be read; whether the connection needs it shows only if none comes up.
pub(super) fn key(attempt: &Attempt) -> Option<Explanation> {
    let seen = attempt.statement(Statement::KeyUnreadable)?;
    // Which key an attempt needs shows in it: `no private key found for …`.
    let refused = attempt.has_any(&[Statement::AuthFailedSent, Statement::AuthFailedReceived]);
    if attempt.role.is_some() && !refused {
        return None;
    }
    let denied = seen
        .detail
        .as_deref()
        .is_some_and(|detail| detail.contains("ermission denied"));
    let fix = if denied {
        "let the user that the daemon runs as read the file and the folders above it (permission denied: owner, mode, \
         SELinux or AppArmor), or move it to where the daemon looks (/etc/swanctl/private, /etc/ipsec.d/private)"
    } else {
        "check that the file is there, that it is a private key in PEM or PKCS#12, that its passphrase is configured, \
         and that the plugin for its type is loaded"
    };
    Some(finding(
        (Cause::CertMissing, Phase::IkeAuth),
        Confidence::Likely,
        "a private key or certificate cannot be read, so there is nothing to authenticate with",
        attempt.lines(&[Statement::KeyUnreadable]),
        fix,
    ))
}

/// Where an attempt went on without a key, that it could not be read is said, and no more.
pub(super) fn key_note(attempt: &Attempt) -> Option<String> {
    let seen = attempt.statement(Statement::KeyUnreadable)?;
    attempt.role?;
    Some(format!(
        "a key or certificate could not be read before (line {}: {}); that counts if this connection needs it",
        seen.first.line,
        seen.first.text.trim()
    ))
}

/// What an attempt, or a daemon that reached none, says about its start.
pub(super) fn notes(attempt: &Attempt) -> Vec<String> {
    let mut notes = Vec::new();
    let place = |statement| {
        attempt
            .statement(statement)
            .map_or(0, |seen| seen.first.line)
    };
    let quoted = |statement| {
        attempt
            .statement(statement)
            .map(|seen| seen.first.text.trim())
    };
    if attempt.has(Statement::KernelMissing) {
        let line = place(Statement::KernelMissing);
        let effect = if attempt.has(Statement::NotStarted) {
            "the daemon did not start"
        } else {
            "no child SA can be installed"
        };
        notes.push(format!(
            "{effect}: the kernel has no IPsec that it could use (line {line}); the kernel of the host needs XFRM and \
             netlink (`modprobe xfrm_user esp4 esp6`; in a container or virtual server the host's kernel decides, and \
             the container needs CAP_NET_ADMIN), or use charon's kernel-libipsec plugin"
        ));
    } else if let Some(text) = quoted(Statement::NotStarted) {
        notes.push(format!(
            "the daemon does not run (line {}: {text}); if that does not say why, the lines before it do",
            place(Statement::NotStarted)
        ));
    }
    if let Some(text) = quoted(Statement::FirewallDropped) {
        notes.push(format!(
            "the firewall here dropped a packet of IKE (line {}: {text}): if that is the address of a client or of the \
             peer, let UDP 500 and 4500 in",
            place(Statement::FirewallDropped)
        ));
    }
    if let Some(text) = quoted(Statement::Crashed) {
        notes.push(format!(
            "the daemon ended itself because of a mistake in its program (line {}: {text}), and every tunnel with it: \
             update it, and report that line with those before it if the newest release does it, too",
            place(Statement::Crashed)
        ));
    }
    if attempt.has(Statement::ProposalStringInvalid) {
        let seen = attempt.statement(Statement::ProposalStringInvalid);
        let lines: Vec<_> = seen
            .map(|seen| attempt.lines(&[seen.statement]))
            .unwrap_or_default();
        let lines: Vec<_> = lines
            .iter()
            .map(|line| format!("line {}: {}", line.line, line.text.trim()))
            .collect();
        notes.push(format!(
            "a proposal in the configuration is invalid, so the connection is not loaded ({}); name encryption, \
             integrity unless the encryption is AEAD, a PRF with AEAD, and a group, such as aes256gcm16-prfsha384-ecp384",
            lines.join("; ")
        ));
    }
    if let Some(text) = quoted(Statement::ConnectionUnknown) {
        notes.push(format!(
            "a connection is begun that is not loaded (line {}: {text}); load it (`swanctl --load-all`, `ipsec update`) \
             and look at the lines in which it is loaded",
            place(Statement::ConnectionUnknown)
        ));
    }
    if let Some(text) = quoted(Statement::ConnectionNotLoaded) {
        notes.push(format!(
            "a connection was not loaded (line {}: {text})",
            place(Statement::ConnectionNotLoaded)
        ));
    }
    notes
}
