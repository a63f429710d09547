//! EAP and what stands behind it: methods, passwords, RADIUS, TLS.

use std::net::IpAddr;

use super::super::super::Aid;
use super::super::{finding, terms};
use super::{AUTH, named};
use crate::diagnose::attempt::Attempt;
use crate::diagnose::cause::Cause;
use crate::diagnose::explanation::{Confidence, Explanation};
use crate::diagnose::statement::Statement;

pub(super) fn radius(attempt: &Attempt, _: &Aid<'_>) -> Option<Explanation> {
    attempt.statement(Statement::RadiusSilent)?;
    Some(finding(
        (Cause::AaaUnreachable, AUTH),
        Confidence::Certain,
        "the VPN server got no usable answer from the RADIUS server; the user was never judged",
        attempt.lines(&[Statement::RadiusSilent]),
        "check the RADIUS server's address, port, firewall and shared secret, and that it knows this VPN \
         server as a client",
    )
    .rules_out("the user's password: nobody looked at it"))
}

pub(super) fn eap_method(attempt: &Attempt, _: &Aid<'_>) -> Option<Explanation> {
    const SIGNS: &[Statement] = &[Statement::EapMethodUnsupported, Statement::EapNak];
    let seen = attempt.first_of(SIGNS)?;
    if attempt.has(Statement::EapSucceeded) {
        return None;
    }
    let retried = seen.statement == Statement::EapNak
        && attempt.has_any(&[Statement::EapPasswordWrong, Statement::EapMethodFailed]);
    if retried {
        return None;
    }
    Some(
        finding(
            (Cause::EapMethod, AUTH),
            Confidence::Certain,
            "client and server have no EAP method in common, or a plugin for it is missing",
            attempt.lines(&[
                Statement::EapMethodBegun,
                Statement::EapNak,
                Statement::EapMethodUnsupported,
            ]),
            terms::eap_method(attempt.attempt_key.witness),
        )
        .rules_out("the password: no method got as far as that"),
    )
}

pub(super) fn password(attempt: &Attempt, _: &Aid<'_>) -> Option<Explanation> {
    const SIGNS: &[Statement] = &[
        Statement::EapPasswordWrong,
        Statement::EapSecretMissing,
        Statement::RadiusRejected,
    ];
    let seen = attempt.first_of(SIGNS)?;
    if attempt.has(Statement::EapSucceeded) {
        return None;
    }
    let (message, fix) = match seen.statement {
        Statement::EapSecretMissing => (
            "the server has no password for this user",
            "add the user to the server's secrets, spelled as the client sends it (with or without domain)",
        ),
        Statement::RadiusRejected => (
            "the RADIUS server refuses the user",
            "check user name, password and policy on the RADIUS server; its log says which it is",
        ),
        _ => (
            "the user name or the password is wrong",
            "enter the password again, and compare the user name with that of the server's secrets",
        ),
    };
    Some(
        finding(
            (Cause::EapFailed, AUTH),
            Confidence::Certain,
            message,
            attempt.lines(&[
                Statement::EapPasswordWrong,
                Statement::EapSecretMissing,
                Statement::RadiusRejected,
                Statement::EapMethodFailed,
            ]),
            fix,
        )
        .rules_out("proposals and the server's certificate: the client got as far as the password"),
    )
}

/// EAP-TLS: the server has nothing trusted for the identity of the client.
pub(super) fn tls_peer(attempt: &Attempt, _: &Aid<'_>) -> Option<Explanation> {
    let seen = attempt.statement(Statement::TlsPeerUntrusted)?;
    let identity = seen.detail.as_deref();
    let lines = attempt.lines(&[
        Statement::PeerCertificate,
        Statement::IssuerUnknown,
        Statement::TlsPeerUntrusted,
    ]);
    if attempt.has(Statement::IssuerUnknown) {
        return Some(finding(
            (Cause::CertUntrusted, AUTH),
            Confidence::Certain,
            "the issuer of the client's certificate is not known to the server",
            lines,
            "load the CA that issued the client's certificate, with all intermediates, on the server",
        ));
    }
    let is_address = identity.is_some_and(|name| name.parse::<IpAddr>().is_ok());
    let message = format!(
        "no trusted certificate stands for the identity that the client claims{}{}",
        named(identity),
        if is_address { ", its IP address" } else { "" }
    );
    let fix = if is_address {
        "set the client's Local ID to the CN of its certificate: without it Apple's client sends its address"
    } else {
        "set the client's identity to a name in its certificate (subjectAltName, or the CN for old clients)"
    };
    Some(finding(
        (Cause::CertIdentity, AUTH),
        if is_address {
            Confidence::Certain
        } else {
            Confidence::Likely
        },
        message,
        lines,
        fix,
    ))
}

pub(super) fn tls_alert(attempt: &Attempt, _: &Aid<'_>) -> Option<Explanation> {
    const SIGNS: &[Statement] = &[Statement::TlsAlertReceived, Statement::TlsAlertSent];
    let seen = attempt.first_of(SIGNS)?;
    let alert = seen.detail.as_deref().unwrap_or_default();
    let received = seen.statement == Statement::TlsAlertReceived;
    let whose = if received {
        "the peer does not accept our certificate"
    } else {
        "the peer's certificate is not accepted"
    };
    let (cause, confidence, fix) = match alert {
        "unknown ca" => (
            Cause::CertUntrusted,
            Confidence::Certain,
            "load the CA of the certificate on the side that complains",
        ),
        "certificate expired" => (
            Cause::CertValidity,
            Confidence::Certain,
            "renew the certificate, or set the clock",
        ),
        "certificate revoked" => (
            Cause::CertValidity,
            Confidence::Certain,
            "issue another certificate",
        ),
        "certificate required" | "no certificate" => (
            Cause::CertMissing,
            Confidence::Certain,
            "give the client a certificate with its private key",
        ),
        "certificate unknown" | "bad certificate" | "unsupported certificate" | "" => (
            Cause::CertIdentity,
            Confidence::Possible,
            "compare the identity with the names in the certificate, its CA and its dates; the log of the side \
             that sent the alert says which it is",
        ),
        "access denied" => (
            Cause::EapFailed,
            Confidence::Likely,
            "look into the log of the side that sent the alert",
        ),
        "protocol version"
        | "handshake failure"
        | "insufficient security"
        | "decode error"
        | "decrypt error" => (
            Cause::EapMethod,
            Confidence::Likely,
            "let both sides speak a common version of TLS, and common cipher suites, in EAP-TLS",
        ),
        _ => return None,
    };
    let alert = if alert.is_empty() {
        String::new()
    } else {
        format!(" (TLS alert {alert:?})").replace('"', "'")
    };
    Some(
        finding(
            (cause, AUTH),
            confidence,
            format!("{whose}{alert}"),
            attempt.lines(SIGNS),
            fix,
        )
        .says("RFC 8446, section 6.2"),
    )
}

/// EAP ended in failure, and nobody said why.
pub(super) fn eap_failed(attempt: &Attempt, _: &Aid<'_>) -> Option<Explanation> {
    const SIGNS: &[Statement] = &[Statement::EapMethodFailed, Statement::EapFailureReceived];
    let seen = attempt.first_of(SIGNS)?;
    if attempt.has(Statement::EapSucceeded) && seen.statement == Statement::EapMethodFailed {
        return None;
    }
    let (confidence, fix) = match seen.statement {
        Statement::EapMethodFailed => (
            Confidence::Likely,
            "check the user's name and password; the log of the other side says more",
        ),
        _ => (
            Confidence::Likely,
            "look into the server's log: wrong user or password, a RADIUS server that does not answer, or an \
             EAP method that it does not have",
        ),
    };
    Some(
        finding(
            (Cause::EapFailed, AUTH),
            confidence,
            "EAP ended in failure",
            attempt.lines(SIGNS),
            fix,
        )
        .rules_out("the proposals of phase 1: they match")
        .says("RFC 3748, section 4.2"),
    )
}
