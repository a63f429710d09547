//! Nobody answers: not at all, not on UDP 4500, or not any more.

use super::{Aid, first_exchange_worked};
use crate::diagnose::Cause;
use crate::diagnose::attempt::Attempt;
use crate::diagnose::event::Exchange;
use crate::diagnose::explanation::{Confidence, Explanation, Phase};

/// IKE_SA_INIT was sent again and never answered.
pub(super) fn no_response(attempt: &Attempt, _: &Aid<'_>) -> Option<Explanation> {
    let turn = attempt
        .of(Exchange::IKE_SA_INIT)
        .next()
        .filter(|_| attempt.is_watched())?;
    // A refusal is an answer, of somebody else.
    if turn.responses > 0 || turn.requests < 2 || !attempt.watched.refused.is_empty() {
        return None;
    }
    Some(Explanation {
        cause: Cause::NoResponse,
        phase: Phase::Network,
        confidence: Confidence::Likely,
        message: "the first message was repeated and never answered".to_owned(),
        evidence: turn.request.iter().cloned().collect(),
        ruled_out: vec!["a mismatch of proposals would have been answered".to_owned()],
        fix: "check the server's address, and that UDP 500 and 4500 reach it; capture there too"
            .to_owned(),
        source: Some("RFC 7296, section 2.4"),
    })
}

/// IKE_SA_INIT was answered, IKE_AUTH on port 4500 was not.
pub(super) fn nat_t_blocked(attempt: &Attempt, _: &Aid<'_>) -> Option<Explanation> {
    let turn = attempt
        .of(Exchange::IKE_AUTH)
        .find(|turn| turn.by_initiator)
        .filter(|_| attempt.is_watched())?;
    let silent = turn.responses == 0 && turn.requests > 1 && turn.over_4500 && !turn.ip_fragments;
    if !silent || !first_exchange_worked(attempt) {
        return None;
    }
    Some(Explanation {
        cause: Cause::NatTBlocked,
        phase: Phase::Network,
        confidence: Confidence::Likely,
        message: "IKE_SA_INIT on UDP 500 is answered, IKE_AUTH on UDP 4500 is not".to_owned(),
        evidence: turn.request.iter().cloned().collect(),
        ruled_out: vec!["the proposals of phase 1 match".to_owned()],
        fix: "open UDP 4500 on the way to the server, and forward it where UDP 500 is forwarded"
            .to_owned(),
        source: Some("RFC 7296, section 2.23"),
    })
}
