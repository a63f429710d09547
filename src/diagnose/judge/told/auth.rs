//! IKE_AUTH: identities, keys, certificates and EAP, as logs tell of them.

mod certificate;
mod eap;

use super::super::Aid;
use super::{Rule, finding, last, louder, terms};
use crate::diagnose::attempt::Attempt;
use crate::diagnose::cause::Cause;
use crate::diagnose::explanation::{Confidence, Explanation, Phase};
use crate::diagnose::statement::Statement;
use certificate::{
    certificate_time, identity_not_in_certificate, no_trusted_key, own_key, revocation, signature,
    unreadable_key, untrusted,
};
use eap::{eap_failed, eap_method, password, radius, tls_alert, tls_peer};

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

const AUTH: Phase = Phase::IkeAuth;

/// The name that a message ends with, if the log has it.
fn named(detail: Option<&str>) -> String {
    detail.map_or_else(String::new, |name| format!(": {name}"))
}

pub(super) fn shared_key(attempt: &Attempt, _: &Aid<'_>) -> Option<Explanation> {
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
        .says(if attempt.version_one {
            "RFC 2409, section 5.4"
        } else {
            "RFC 7296, section 2.15"
        }),
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

const SAME_METHOD: &str =
    "set both sides to the same method, for either direction: EAP, certificate or pre-shared key";

fn method(attempt: &Attempt, _: &Aid<'_>) -> Option<Explanation> {
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

fn no_configuration(attempt: &Attempt, _: &Aid<'_>) -> Option<Explanation> {
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

/// AUTHENTICATION_FAILED, and nothing else.
fn refused(attempt: &Attempt, _: &Aid<'_>) -> Option<Explanation> {
    const SIGNS: &[Statement] = &[Statement::AuthFailedReceived, Statement::AuthFailedSent];
    let seen = attempt.first_of(SIGNS)?;
    let mut evidence = attempt.lines(SIGNS);
    let received = seen.statement == Statement::AuthFailedReceived;
    let unread = attempt.complaint_until(last(seen)).filter(|_| !received);
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
