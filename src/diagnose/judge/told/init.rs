//! The first exchange, as logs tell of it.

use super::super::Aid;
use super::super::overlap::{Overlap, best_of, ike_of_server, overlap};
use super::{Rule, finding, louder, terms};
use crate::compat::gap::transform;
use crate::diagnose::attempt::Attempt;
use crate::diagnose::cause::Cause;
use crate::diagnose::event::{Exchange, Witness};
use crate::diagnose::explanation::{Confidence, Explanation, Phase};
use crate::diagnose::statement::Statement;
use crate::ike::Protocol;

pub(super) const RULES: &[Rule] = &[
    no_connection,
    proposals,
    refused_by_peer,
    groups,
    key_exchanges,
    version,
    critical,
    redirects,
    malformed,
];

const INIT: Phase = Phase::IkeSaInit;

/// The responder has no connection for these addresses.
fn no_connection(attempt: &Attempt, _: &Aid<'_>) -> Option<Explanation> {
    let seen = attempt.statement(Statement::NoIkeConfig)?;
    let whom = seen
        .detail
        .as_deref()
        .and_then(|pair| pair.split(',').next());
    let whom = whom
        .filter(|pair| pair.contains("..."))
        .map_or_else(String::new, |pair| format!(" ({pair})"));
    Some(
        finding(
            (Cause::NoPeerConfig, INIT),
            Confidence::Certain,
            format!("the responder has no connection for these addresses{whom}; proposals were not compared"),
            attempt.lines(&[Statement::NoIkeConfig]),
            terms::connection(attempt.attempt_key.witness),
        )
        .rules_out("the proposals: they were not looked at; NO_PROPOSAL_CHOSEN is also the answer to strangers"),
    )
}

/// The responder compared the proposals and accepts none.
fn proposals(attempt: &Attempt, aid: &Aid<'_>) -> Option<Explanation> {
    let refused = attempt.statement(Statement::IkeProposalsRefused);
    let lists = &attempt.ike;
    let both = lists.received.as_ref().zip(lists.configured.as_ref());
    let chosen = lists.selected.is_some() || attempt.has(Statement::InitAnswered);
    // Without the verdict itself, two lists that do not fit and an answer of NO_PROPOSAL_CHOSEN say it.
    let unfit =
        both.and_then(
            |((offer, _), (own, _))| match overlap(offer, own, Protocol::Ike, aid) {
                Overlap::Gap { lacks, add } => Some((lacks, add)),
                Overlap::Match => None,
            },
        );
    if refused.is_none() && (chosen || unfit.is_none()) {
        return None;
    }
    let mut evidence = attempt.lines(&[Statement::IkeProposalsRefused]);
    evidence.extend(lists.received.iter().map(|(_, line)| line.clone()));
    evidence.extend(lists.configured.iter().map(|(_, line)| line.clone()));
    evidence.sort_by_key(|line| line.line);
    evidence.dedup();
    let (message, fix) = match unfit {
        Some((lacks, add)) => (
            format!("the responder accepts none of the client's proposals: {lacks}"),
            add.map_or_else(
                || "give the server a phase 1 that the client offers".to_owned(),
                |suite| format!("add {suite} to phase 1 of the server: the client offers it"),
            ),
        ),
        None => {
            let offer = lists.received.as_ref().map(|(offer, _)| offer.as_slice());
            let suite = offer.and_then(|offer| best_of(offer, aid));
            (
                "the responder accepts none of the client's proposals".to_owned(),
                suite.map_or_else(
                    || {
                        format!(
                            "compare phase 1 of both sides; to see both lists, {}",
                            louder(attempt.attempt_key.witness)
                        )
                    },
                    |suite| {
                        format!("allow a suite that the client offers in phase 1, best {suite}")
                    },
                ),
            )
        }
    };
    Some(
        finding(
            (Cause::IkeProposalMismatch, INIT),
            Confidence::Certain,
            message,
            evidence,
            fix,
        )
        .rules_out("the addresses: a connection for them was found")
        .says("RFC 7296, section 2.7"),
    )
}

/// The other side says NO_PROPOSAL_CHOSEN.
fn refused_by_peer(attempt: &Attempt, aid: &Aid<'_>) -> Option<Explanation> {
    if !attempt.has_any(&[Statement::NoProposalReceived, Statement::NoProposalSent]) {
        return None;
    }
    let evidence = attempt.lines(&[Statement::NoProposalReceived, Statement::NoProposalSent]);
    let configured = attempt
        .ike
        .configured
        .as_ref()
        .map(|(list, _)| list.as_slice());
    let own = ike_of_server(aid);
    let compared = configured
        .filter(|_| !own.is_empty())
        .map(|offer| overlap(offer, &own, Protocol::Ike, aid));
    let received = attempt.has(Statement::NoProposalReceived);
    let (confidence, message, fix) = match compared {
        Some(Overlap::Gap { lacks, add }) => (
            Confidence::Certain,
            format!("the server accepts none of the client's proposals: {lacks}"),
            add.map_or_else(
                || "give the server a phase 1 that the client offers".to_owned(),
                |suite| format!("add {suite} to phase 1 of the server"),
            ),
        ),
        _ if received => (
            Confidence::Likely,
            "the server refuses IKE_SA_INIT with NO_PROPOSAL_CHOSEN: no proposal of phase 1 matches, or \
             it has no connection for this client; this log cannot tell them apart"
                .to_owned(),
            "look at the server's log of that second, which says whether it compared proposals or found no connection \
             (charon: `received proposals unacceptable` or `no IKE config found`; pluto: `no local proposal matches` or \
             `no suitable connection found`); then give it a phase 1 that this client offers, or load the connection"
                .to_owned(),
        ),
        _ => (
            Confidence::Likely,
            "IKE_SA_INIT is answered with NO_PROPOSAL_CHOSEN".to_owned(),
            louder(attempt.attempt_key.witness).to_owned(),
        ),
    };
    let found = finding(
        (Cause::IkeProposalMismatch, INIT),
        confidence,
        message,
        evidence,
        fix,
    )
    .says("RFC 7296, section 2.7");
    Some(match attempt.attempt_key.witness {
        Witness::Apple => Explanation {
            confidence: Confidence::Likely,
            ..found
        },
        _ => found,
    })
}

/// INVALID_KE_PAYLOAD without end.
fn groups(attempt: &Attempt, _: &Aid<'_>) -> Option<Explanation> {
    let requested = attempt
        .statement(Statement::GroupRequested)
        .map_or(0, |seen| seen.count);
    let followed = attempt
        .statement(Statement::GroupFollowed)
        .map_or(0, |seen| seen.count);
    let refused = attempt.has(Statement::GroupRefused);
    let answered = attempt.has_any(&[Statement::InitAnswered, Statement::AuthReceived])
        || attempt.of(Exchange::IKE_AUTH).next().is_some();
    if answered || !refused && requested.max(followed) < 2 {
        return None;
    }
    let message = if refused {
        "the responder asks for a group that the initiator does not follow to".to_owned()
    } else {
        format!(
            "INVALID_KE_PAYLOAD {} times, and still no group that both sides use",
            requested.max(followed)
        )
    };
    let wanted = attempt.wanted.map(transform);
    let fix = match wanted {
        Some(group) => format!("let the server prefer a group of the client's, or take {group} out of its list"),
        None => "let the server's first proposal use the group that the client sends first, or take the \
                 group out that it asks for"
            .to_owned(),
    };
    Some(
        finding(
            (Cause::KeGroupLoop, INIT),
            if refused || requested.max(followed) > 2 {
                Confidence::Certain
            } else {
                Confidence::Likely
            },
            message,
            attempt.lines(&[
                Statement::GroupRequested,
                Statement::GroupFollowed,
                Statement::GroupRefused,
                Statement::GaveUp,
            ]),
            fix,
        )
        .rules_out("the proposals: the responder asks for a group of one that it chose")
        .says("RFC 7296, section 1.2"),
    )
}

fn key_exchanges(attempt: &Attempt, _: &Aid<'_>) -> Option<Explanation> {
    const SIGNS: &[Statement] = &[
        Statement::KeyExchangeInvalid,
        Statement::IntermediateMissing,
        Statement::SelectionInvalid,
    ];
    let seen = attempt.first_of(SIGNS)?;
    let message = match seen.statement {
        Statement::IntermediateMissing => {
            "several key exchanges were chosen, and the peer does not know IKE_INTERMEDIATE (RFC 9242)"
        }
        Statement::SelectionInvalid => "the peer chose a suite that was not offered",
        _ => "the peer's public value of the key exchange is invalid",
    };
    Some(finding(
        (Cause::ProtocolError, INIT),
        Confidence::Certain,
        message,
        attempt.lines(SIGNS),
        "update the side that is older; try with one classic group alone",
    ))
}

fn version(attempt: &Attempt, _: &Aid<'_>) -> Option<Explanation> {
    let seen = attempt.statement(Statement::WrongVersion)?;
    let which = seen
        .detail
        .as_deref()
        .map_or_else(String::new, |version| format!(" ({version})"));
    Some(
        finding(
            (Cause::ProtocolError, INIT),
            Confidence::Certain,
            format!(
                "the peers speak different versions of IKE{which}: one of them has IKEv1 alone"
            ),
            attempt.lines(&[Statement::WrongVersion]),
            "set both sides to IKEv2; a peer that has IKEv1 alone has to be updated",
        )
        .says("RFC 7296, section 2.5"),
    )
}

/// The peer's message has a payload that is critical and not known (RFC 7296, section 2.5).
pub(super) fn critical(attempt: &Attempt, _: &Aid<'_>) -> Option<Explanation> {
    attempt.statement(Statement::UnknownCriticalPayload)?;
    let auth =
        attempt.has(Statement::InitAnswered) || attempt.of(Exchange::IKE_AUTH).next().is_some();
    Some(
        finding(
            (Cause::ProtocolError, if auth { Phase::IkeAuth } else { INIT }),
            Confidence::Certain,
            "the peer's message has a payload that is marked critical and not known here, so it is refused",
            attempt.lines(&[Statement::UnknownCriticalPayload]),
            "update the older side, or switch the extension off that sends the payload",
        )
        .rules_out("silence: the peer answered")
        .says("RFC 7296, section 2.5"),
    )
}

/// One gateway after the other says that another one is to be asked.
fn redirects(attempt: &Attempt, _: &Aid<'_>) -> Option<Explanation> {
    attempt.statement(Statement::RedirectRefused)?;
    Some(
        finding(
            (Cause::ProtocolError, INIT),
            Confidence::Likely,
            "the gateway redirects to another one (REDIRECT), and the client does not follow: too often, or not at all",
            attempt.lines(&[Statement::Redirected, Statement::RedirectRefused]),
            terms::redirection(attempt.attempt_key.witness),
        )
        .says("RFC 5685, sections 3 and 6"),
    )
}

fn malformed(attempt: &Attempt, _: &Aid<'_>) -> Option<Explanation> {
    const SIGNS: &[Statement] = &[Statement::Malformed, Statement::IntegrityFailed];
    let seen = attempt.first_of(SIGNS)?;
    let auth = attempt.of(Exchange::IKE_AUTH).next().is_some()
        || attempt.has_any(&[Statement::InitAnswered, Statement::AuthReceived]);
    let message = match seen.statement {
        Statement::IntegrityFailed => {
            "a message does not decrypt: it was changed on the way, or the keys differ"
        }
        _ => "a message could not be parsed",
    };
    Some(
        finding(
            (Cause::ProtocolError, if auth { Phase::IkeAuth } else { INIT }),
            if seen.statement == Statement::Malformed { Confidence::Certain } else { Confidence::Likely },
            message,
            attempt.lines(SIGNS),
            "capture on both ends and compare the packets; check for devices that change them, and for \
             something else on UDP 500 and 4500",
        )
        .says("RFC 7296, section 2.21"),
    )
}

/// The responder asked for another group, and this attempt went no further: the client begins anew,
/// with that group or not.
pub(super) fn asked_in_vain(attempt: &Attempt) -> Option<Explanation> {
    attempt.statement(Statement::GroupRequested)?;
    if attempt.of(Exchange::IKE_AUTH).next().is_some() || attempt.has(Statement::AuthReceived) {
        return None;
    }
    Some(
        finding(
            (Cause::KeGroupLoop, INIT),
            Confidence::Likely,
            "the responder asks for another group again and again, and no attempt goes further",
            attempt.lines(&[Statement::GroupRequested]),
            "let the server's first proposal use the group that the client sends first, or take the group out that \
             it asks for",
        )
        .rules_out("the proposals: the responder asks for a group of one that it chose")
        .says("RFC 7296, section 1.2"),
    )
}
