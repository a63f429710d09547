//! Certificates, keys and the identities in them.

use super::super::super::Aid;
use super::super::{finding, start, terms};
use super::{AUTH, named, worked};
use crate::diagnose::attempt::{Attempt, Role};
use crate::diagnose::cause::Cause;
use crate::diagnose::event::{Exchange, Witness};
use crate::diagnose::explanation::{Confidence, Explanation};
use crate::diagnose::statement::Statement;

/// A key of our own that cannot be read, where authentication then failed.
pub(super) fn unreadable_key(attempt: &Attempt, _: &Aid<'_>) -> Option<Explanation> {
    let failed = attempt.has_any(&[Statement::AuthFailedSent, Statement::AuthFailedReceived]);
    start::key(attempt).filter(|_| failed)
}

pub(super) fn certificate_time(attempt: &Attempt, _: &Aid<'_>) -> Option<Explanation> {
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

pub(super) fn own_key(attempt: &Attempt, _: &Aid<'_>) -> Option<Explanation> {
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

pub(super) fn identity_not_in_certificate(attempt: &Attempt, _: &Aid<'_>) -> Option<Explanation> {
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

pub(super) fn untrusted(attempt: &Attempt, _: &Aid<'_>) -> Option<Explanation> {
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
pub(super) fn signature(attempt: &Attempt, _: &Aid<'_>) -> Option<Explanation> {
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
pub(super) fn no_trusted_key(attempt: &Attempt, _: &Aid<'_>) -> Option<Explanation> {
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
    let of_peer = || {
        attempt.of(Exchange::IKE_AUTH).map(|turn| {
            if attempt.role == Some(Role::Responder) {
                &turn.asked
            } else {
                &turn.answered
            }
        })
    };
    let sent = attempt.has(Statement::PeerCertificate)
        || of_peer().any(|list| list.iter().any(|payload| payload == "CERT"));
    let alone = attempt
        .statement(Statement::NoTrustedKey)
        .is_some_and(|seen| seen.first.text.contains("no trusted "));
    if !sent && alone && of_peer().all(Vec::is_empty) {
        // The line alone, without the message that it is about.
        return Some(
            finding(
                (Cause::CertMissing, AUTH),
                Confidence::Possible,
                format!(
                    "there is no certificate here by which the peer can be known{identity}: it sent none, or one of an \
                     unknown issuer or for another name"
                ),
                lines,
                "look at the lines before it: `received end entity cert` says that it sent one; then its issuer has to be \
                 loaded here, and the identity to stand in it",
            )
            .says("RFC 7296, section 3.6"),
        );
    }
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

pub(super) fn revocation(attempt: &Attempt, _: &Aid<'_>) -> Option<Explanation> {
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
