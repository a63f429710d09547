//! IKE_AUTH: identities, keys, certificates and EAP, as logs tell of them.

use std::net::IpAddr;

use super::super::Aid;
use super::{Rule, finding, last, louder, start, terms};
use crate::diagnose::attempt::{Attempt, Role};
use crate::diagnose::cause::Cause;
use crate::diagnose::event::{Exchange, Witness};
use crate::diagnose::finding::{Confidence, DiagnosisFinding, Phase};
use crate::diagnose::statement::Statement;

/// What is more specific goes first; that authentication failed, without a reason, goes last.
pub(super) const RULES: &[Rule] = &[
    radius,
    shared_key,
    certificate_time,
    eap_method,
    password,
    own_key,
    tls_peer,
    identity_not_in_certificate,
    untrusted,
    signature,
    no_trusted_key,
    revocation,
    method,
    no_configuration,
    tls_alert,
    eap_failed,
    unreadable_key,
    refused,
];

/// A key of our own that cannot be read, where authentication then failed.
fn unreadable_key(attempt: &Attempt, _: &Aid<'_>) -> Option<DiagnosisFinding> {
    let failed = attempt.has_any(&[Statement::AuthFailedSent, Statement::AuthFailedReceived]);
    start::key(attempt).filter(|_| failed)
}

const AUTH: Phase = Phase::IkeAuth;

/// The name that a message ends with, if the log has it.
fn named(detail: Option<&str>) -> String {
    detail.map_or_else(String::new, |name| format!(": {name}"))
}

fn radius(attempt: &Attempt, _: &Aid<'_>) -> Option<DiagnosisFinding> {
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

fn shared_key(attempt: &Attempt, _: &Aid<'_>) -> Option<DiagnosisFinding> {
    const SIGNS: &[Statement] = &[Statement::SharedKeyDiffers, Statement::NoSharedKey];
    let seen = attempt.first_of(SIGNS)?;
    let (message, fix) = match seen.statement {
        Statement::NoSharedKey => (
            format!(
                "no pre-shared key is stored for these identities{}",
                named(
                    seen.detail
                        .as_deref()
                        .filter(|d| d.contains(" - "))
                        .map(|d| d.trim())
                )
            ),
            terms::shared_key(attempt.attempt_key.witness),
        ),
        _ => (
            "the pre-shared keys of the two sides differ".to_owned(),
            "enter the same pre-shared key on both sides; mind blanks, quotation marks and encodings",
        ),
    };
    Some(
        finding(
            (Cause::PskMismatch, AUTH),
            Confidence::Certain,
            message,
            attempt.lines(SIGNS),
            fix,
        )
        .rules_out("the proposals of phase 1: they match")
        .says("RFC 7296, section 2.15"),
    )
}

fn certificate_time(attempt: &Attempt, _: &Aid<'_>) -> Option<DiagnosisFinding> {
    const SIGNS: &[Statement] = &[Statement::CertificateTime, Statement::CertificateRevoked];
    let seen = attempt.first_of(SIGNS)?;
    if worked(attempt) {
        return None;
    }
    let (message, fix) = match seen.statement {
        Statement::CertificateRevoked => (
            "the peer's certificate was revoked",
            "issue another certificate",
        ),
        _ => (
            "the peer's certificate has expired or is not yet valid",
            "renew the certificate, or set the clock of the side that complains",
        ),
    };
    Some(
        finding(
            (Cause::CertValidity, AUTH),
            Confidence::Certain,
            message,
            attempt.lines(&[
                Statement::CertificateTime,
                Statement::CertificateRevoked,
                Statement::NoTrustedKey,
            ]),
            fix,
        )
        .says("RFC 5280, section 6.1"),
    )
}

/// The peer proved its identity, and nothing later took that back.
fn worked(attempt: &Attempt) -> bool {
    let authenticated = attempt.statement(Statement::PeerAuthenticated);
    authenticated.is_some()
        && !attempt.has_any(&[
            Statement::NoTrustedKey,
            Statement::AuthFailedSent,
            Statement::TlsPeerUntrusted,
        ])
}

fn eap_method(attempt: &Attempt, _: &Aid<'_>) -> Option<DiagnosisFinding> {
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

fn password(attempt: &Attempt, _: &Aid<'_>) -> Option<DiagnosisFinding> {
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

fn own_key(attempt: &Attempt, _: &Aid<'_>) -> Option<DiagnosisFinding> {
    const SIGNS: &[Statement] = &[
        Statement::NoPrivateKey,
        Statement::NoOwnCertificate,
        Statement::NoPeerCertificate,
    ];
    let seen = attempt.first_of(SIGNS)?;
    if attempt.has_any(&[
        Statement::IssuerUnknown,
        Statement::IdentityNotInCertificate,
    ]) {
        return None;
    }
    let name = seen.detail.as_deref();
    let (message, fix) = match seen.statement {
        Statement::NoPeerCertificate => (
            "the peer sent no certificate".to_owned(),
            "give the peer a certificate with its private key, and select it in the connection; a client whose \
             identity is not in the certificate sends none either",
        ),
        _ => (
            format!(
                "no certificate with a private key for our own identity{}",
                named(name)
            ),
            "load the certificate together with its private key, and set our identity to a name in it",
        ),
    };
    Some(
        finding(
            (Cause::CertMissing, AUTH),
            Confidence::Certain,
            message,
            attempt.lines(SIGNS),
            fix,
        )
        .says("RFC 7296, section 3.6"),
    )
}

/// EAP-TLS: the server has nothing trusted for the identity of the client.
fn tls_peer(attempt: &Attempt, _: &Aid<'_>) -> Option<DiagnosisFinding> {
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

fn identity_not_in_certificate(attempt: &Attempt, _: &Aid<'_>) -> Option<DiagnosisFinding> {
    const SIGNS: &[Statement] = &[
        Statement::IdentityNotInCertificate,
        Statement::CertificateUse,
        Statement::WrongResponderId,
    ];
    let seen = attempt.first_of(SIGNS)?;
    if worked(attempt) {
        return None;
    }
    let message = match seen.statement {
        Statement::CertificateUse => {
            "the peer's certificate may not be used for this (extended key usage)".to_owned()
        }
        Statement::WrongResponderId => format!(
            "the peer calls itself otherwise than is demanded{}",
            named(seen.detail.as_deref())
        ),
        _ => "the peer's certificate does not stand for the identity that it claims".to_owned(),
    };
    Some(
        finding(
            (Cause::CertIdentity, AUTH),
            Confidence::Certain,
            message,
            attempt.lines(&[Statement::IdentityNotInCertificate, Statement::CertificateUse, Statement::WrongResponderId, Statement::NoTrustedKey]),
            "set the identity to a name in the certificate (subjectAltName), or issue one with that name; a \
             server's certificate needs serverAuth",
        )
        .says("RFC 7296, section 3.5; RFC 4945, section 3.1"),
    )
}

fn untrusted(attempt: &Attempt, _: &Aid<'_>) -> Option<DiagnosisFinding> {
    let seen = attempt.statement(Statement::IssuerUnknown)?;
    if worked(attempt)
        || attempt.has(Statement::RevocationUnknown) && !attempt.has(Statement::NoTrustedKey)
    {
        return None;
    }
    let name = seen.detail.as_deref().filter(|name| name.contains('='));
    Some(
        finding(
            (Cause::CertUntrusted, AUTH),
            Confidence::Certain,
            format!("the issuer of the peer's certificate is not trusted{}", named(name)),
            attempt.lines(&[Statement::IssuerUnknown, Statement::NoTrustedKey]),
            "load the CA that issued it (and every intermediate) where the complaint is, and mark it as trusted",
        )
        .says("RFC 5280, section 6.1"),
    )
}

/// What the peer signed with is not the key that this side has for it.
fn signature(attempt: &Attempt, _: &Aid<'_>) -> Option<DiagnosisFinding> {
    attempt.statement(Statement::SignatureInvalid)?;
    if worked(attempt) {
        return None;
    }
    let lines = attempt.lines(&[
        Statement::SignatureInvalid,
        Statement::NoTrustedKey,
        Statement::AuthFailedSent,
    ]);
    // iked verifies pre-shared keys with the same words.
    let keyed = attempt.attempt_key.witness == Witness::OpenIked;
    let (cause, message, fix) = if keyed {
        (
            Cause::AuthFailedOpaque,
            "what the peer proves its identity with does not verify: the pre-shared keys differ, or the public key \
             stored here is not the peer's",
            "compare the pre-shared keys, or the peer's public key with the one stored here for its identity",
        )
    } else {
        (
            Cause::CertUntrusted,
            "the peer's signature does not verify with the key that this side has for it",
            "compare the certificate or public key stored here with the one that the peer uses now; one that was renewed \
             has another key",
        )
    };
    Some(
        finding((cause, AUTH), Confidence::Likely, message, lines, fix)
            .rules_out("the proposals of phase 1: they match")
            .says("RFC 7296, section 2.15"),
    )
}

/// `no trusted RSA public key found for 'X'`: what stands before it says why.
fn no_trusted_key(attempt: &Attempt, _: &Aid<'_>) -> Option<DiagnosisFinding> {
    let seen = attempt.statement(Statement::NoTrustedKey)?;
    if attempt.has(Statement::RevocationUnknown) {
        return None;
    }
    let identity = named(seen.detail.as_deref());
    let lines = attempt.lines(&[Statement::PeerCertificate, Statement::NoTrustedKey]);
    // Other programs do not say more than that.
    if !matches!(
        attempt.attempt_key.witness,
        Witness::Charon | Witness::Pluto
    ) {
        return Some(
            finding(
                (Cause::CertUntrusted, AUTH),
                Confidence::Likely,
                "this side does not accept the peer's certificate, and does not say why",
                lines,
                "check that its CA, and every intermediate, is trusted here, that the name that is expected stands in it \
                 (subjectAltName), its dates, and its extended key usage",
            )
            .says("RFC 5280, section 6.1"),
        );
    }
    let sent = attempt.has(Statement::PeerCertificate)
        || attempt.of(Exchange::IKE_AUTH).any(|turn| {
            let list = if attempt.role == Some(Role::Responder) {
                &turn.asked
            } else {
                &turn.answered
            };
            list.iter().any(|payload| payload == "CERT")
        });
    Some(if sent {
        finding(
            (Cause::CertIdentity, AUTH),
            Confidence::Likely,
            format!("the certificate that the peer sent does not stand for the identity it claims{identity}"),
            lines,
            "set the peer's identity to a name in its certificate (subjectAltName), or issue one with that name; \
             if the name is in it, its CA is not loaded here",
        )
        .rules_out("an unknown issuer: the log would name the certificate whose issuer is missing")
        .says("RFC 7296, section 3.5")
    } else {
        finding(
            (Cause::CertMissing, AUTH),
            Confidence::Likely,
            format!("the peer sent no certificate, and none is stored for{identity}"),
            lines,
            terms::certificate_sent(attempt.attempt_key.witness),
        )
        .says("RFC 7296, section 3.6")
    })
}

fn revocation(attempt: &Attempt, _: &Aid<'_>) -> Option<DiagnosisFinding> {
    attempt.statement(Statement::RevocationUnknown)?;
    if !attempt.has_any(&[
        Statement::AuthFailedSent,
        Statement::NoTrustedKey,
        Statement::MethodRefused,
        Statement::NoAlternative,
    ]) {
        return None;
    }
    Some(finding(
        (Cause::CertValidity, AUTH),
        Confidence::Likely,
        "whether the certificate was revoked is not known, and the connection demands to know",
        attempt.lines(&[Statement::RevocationUnknown, Statement::NoTrustedKey]),
        terms::revocation(attempt.attempt_key.witness),
    ))
}

const SAME_METHOD: &str =
    "set both sides to the same method, for either direction: EAP, certificate or pre-shared key";

fn method(attempt: &Attempt, _: &Aid<'_>) -> Option<DiagnosisFinding> {
    const SIGNS: &[Statement] = &[
        Statement::EapUnwanted,
        Statement::PpkMissing,
        Statement::OwnMethodUnfit,
        Statement::MethodRefused,
    ];
    let seen = attempt.first_of(SIGNS)?;
    let (message, fix) = match seen.statement {
        Statement::EapUnwanted => (
            "the client asks for EAP, and no connection for it has EAP",
            SAME_METHOD,
        ),
        Statement::OwnMethodUnfit => (
            "this side has no key, or no hash for its signature, of the kind that is demanded",
            terms::own_method(attempt.attempt_key.witness),
        ),
        Statement::PpkMissing => (
            "a postquantum preshared key (PPK) is required, and there is none that both sides have",
            terms::postquantum_key(attempt.attempt_key.witness),
        ),
        _ => (
            "the peer authenticates in another way than is demanded",
            SAME_METHOD,
        ),
    };
    Some(
        finding(
            (Cause::AuthMethodMismatch, AUTH),
            Confidence::Certain,
            message,
            attempt.lines(&[
                Statement::EapUnwanted,
                Statement::MethodRefused,
                Statement::OwnMethodUnfit,
                Statement::PpkMissing,
                Statement::NoAlternative,
            ]),
            fix,
        )
        .says("RFC 7296, sections 2.15 and 2.16"),
    )
}

fn no_configuration(attempt: &Attempt, _: &Aid<'_>) -> Option<DiagnosisFinding> {
    const SIGNS: &[Statement] = &[Statement::NoPeerConfig, Statement::PeerConfigUnfit];
    let seen = attempt.first_of(SIGNS)?;
    if seen.statement == Statement::PeerConfigUnfit
        && !attempt.has_any(&[
            Statement::NoAlternative,
            Statement::NoPeerConfig,
            Statement::AuthFailedSent,
        ])
    {
        return None;
    }
    let wanted = attempt.detail(Statement::LookingForPeer);
    let whom = wanted.map_or_else(String::new, |pair| {
        format!(": {pair} (server...client, identities in brackets)")
    });
    Some(
        finding(
            (Cause::NoPeerConfig, AUTH),
            Confidence::Certain,
            format!("no connection of the responder is for this pair of identities{whom}"),
            attempt.lines(&[
                Statement::LookingForPeer,
                Statement::NoPeerConfig,
                Statement::PeerConfigUnfit,
                Statement::NoAlternative,
            ]),
            terms::identities(attempt.attempt_key.witness),
        )
        .rules_out("the proposals of phase 1: they match")
        .rules_out("keys and certificates: nobody looked at them")
        .says("RFC 7296, section 3.5"),
    )
}

fn tls_alert(attempt: &Attempt, _: &Aid<'_>) -> Option<DiagnosisFinding> {
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
fn eap_failed(attempt: &Attempt, _: &Aid<'_>) -> Option<DiagnosisFinding> {
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

/// AUTHENTICATION_FAILED, and nothing else.
fn refused(attempt: &Attempt, _: &Aid<'_>) -> Option<DiagnosisFinding> {
    const SIGNS: &[Statement] = &[Statement::AuthFailedReceived, Statement::AuthFailedSent];
    let seen = attempt.first_of(SIGNS)?;
    let mut evidence = attempt.lines(SIGNS);
    let received = seen.statement == Statement::AuthFailedReceived;
    let unread = attempt
        .complaint_until(last(seen).line)
        .filter(|_| !received);
    evidence.splice(0..0, unread.cloned());
    let (message, fix) = match unread {
        _ if received => (
            "the peer refuses to authenticate us, and says no reason (AUTHENTICATION_FAILED)"
                .to_owned(),
            "look into the peer's log at that second: the protocol gives no reason on purpose",
        ),
        Some(line) => (
            format!(
                "authentication of the peer failed here; the reason may be in line {}, which complains in words that are \
                 not known here",
                line.line
            ),
            louder(attempt.attempt_key.witness),
        ),
        None => (
            "authentication of the peer failed here, and no line says why".to_owned(),
            louder(attempt.attempt_key.witness),
        ),
    };
    let confidence = match unread {
        Some(_) => Confidence::Likely,
        None => Confidence::Certain,
    };
    Some(
        finding(
            (Cause::AuthFailedOpaque, AUTH),
            confidence,
            message,
            evidence,
            fix,
        )
        .rules_out("the proposals of phase 1: they match")
        .says("RFC 7296, section 2.21.2"),
    )
}
