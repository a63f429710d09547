//! IKE version 1: recognised, and not judged by the rules of version 2.

use super::super::Aid;
use super::{auth, child, finding};
use crate::diagnose::attempt::Attempt;
use crate::diagnose::cause::Cause;
use crate::diagnose::explanation::{Confidence, Explanation, Phase};
use crate::diagnose::statement::Statement;

/// What the daemon itself says: what its kernel answers has nothing to do with the version.
pub(super) fn cause(attempt: &Attempt, aid: &Aid<'_>) -> Option<Explanation> {
    key(attempt)
        .or_else(|| auth::shared_key(attempt, aid))
        .or_else(|| child::kernel(attempt, aid))
}

/// Version 1 encrypts with the pre-shared key, so a wrong one looks like noise.
fn key(attempt: &Attempt) -> Option<Explanation> {
    attempt.statement(Statement::VersionOneKeyDiffers)?;
    Some(
        finding(
            (Cause::PskMismatch, Phase::IkeAuth),
            Confidence::Likely,
            "this is IKEv1: what the peer encrypted with the pre-shared key does not decrypt, so the keys of the two \
             sides differ most likely",
            attempt.lines(&[Statement::VersionOneKeyDiffers]),
            "enter the same pre-shared key on both sides; better, switch both sides to IKEv2, which names the reason",
        )
        .says("RFC 2409, section 5.4"),
    )
}

/// What is said of an attempt of IKE version 1.
pub(super) fn note(attempt: &Attempt) -> Option<String> {
    if !attempt.version_one {
        return None;
    }
    let whose = attempt
        .peer
        .as_ref()
        .map_or_else(String::new, |peer| format!(" of {peer}"));
    let first = attempt.lines(&[
        Statement::VersionOne,
        Statement::VersionOneEstablished,
        Statement::VersionOneKeyDiffers,
    ]);
    let place = first
        .first()
        .map_or_else(String::new, |line| format!(" (line {})", line.line));
    let how = if attempt.has(Statement::VersionOneEstablished) {
        "; its first phase (ISAKMP SA) was established"
    } else {
        ""
    };
    Some(format!(
        "an attempt{whose} is IKEv1{place}{how}; IKEv1 is not judged here: if that peer is to connect, switch it and its \
         connection to IKEv2 (charon `version = 2` or `keyexchange=ikev2`, libreswan `ikev2=yes` or `keyexchange=ikev2`)"
    ))
}
