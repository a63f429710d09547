//! What a capture proves before anything is encrypted: refusals, groups, routers that complain.

use super::Aid;
use super::overlap::{Overlap, best_of, ike_of_server, looks_like, overlap};
use crate::compat::gap::transform;
use crate::compat::likeness::Observed;
use crate::diagnose::Cause;
use crate::diagnose::attempt::Attempt;
use crate::diagnose::explanation::{Confidence, Evidence, Explanation, Phase};
use crate::diagnose::watched::{First, Watched};
use crate::ike::{Notify, Proposal, Protocol, Transform};
use crate::wire::capture::Refused;

/// Rounds of INVALID_KE_PAYLOAD that no working pair needs.
const MANY_ROUNDS: usize = 3;

/// A router or the host itself says that packets do not arrive.
pub(super) fn refused(attempt: &Attempt, _: &Aid<'_>) -> Option<Explanation> {
    let watched = &attempt.watched;
    let (why, port, evidence) = watched.refused.first()?;
    let answered = watched.first.iter().any(is_answer);
    let auth_answered = watched.auth().any(|it| it.answer.times > 0);
    let too_big = matches!(why, Refused::TooBig { .. });
    if auth_answered || answered && *port == 500 && !too_big {
        return None;
    }
    let (cause, message, fix) = match why {
        Refused::TooBig { .. } => (
            Cause::Fragmentation,
            format!("a router cannot pass the message on: {why}"),
            "switch IKEv2 fragmentation on (RFC 7383) on both sides, or let ICMP through"
                .to_owned(),
        ),
        Refused::Port if answered => (
            Cause::NatTBlocked,
            format!("UDP 500 is answered, and nobody listens on UDP {port}"),
            "let the server listen on UDP 4500, and forward it where UDP 500 is forwarded"
                .to_owned(),
        ),
        Refused::Port => (
            Cause::Unreachable,
            format!("the host answers, and nobody listens on UDP {port}"),
            "start the IKE daemon, and check that it listens on this address".to_owned(),
        ),
        Refused::Prohibited if answered => (
            Cause::NatTBlocked,
            format!("UDP 500 is answered, and a firewall refuses UDP {port}"),
            "open UDP 4500 in the firewall that sent the refusal".to_owned(),
        ),
        Refused::Prohibited => (
            Cause::Unreachable,
            format!("a firewall refuses UDP {port}"),
            "open UDP 500 and 4500 in the firewall that sent the refusal".to_owned(),
        ),
        Refused::Host => (
            Cause::Unreachable,
            "a router says that the host cannot be reached".to_owned(),
            "check the server's address and the route to it".to_owned(),
        ),
    };
    let phase = match cause {
        Cause::Fragmentation => Phase::IkeAuth,
        _ => Phase::Network,
    };
    Some(Explanation {
        cause,
        phase,
        confidence: Confidence::Certain,
        message,
        evidence: vec![evidence.clone()],
        ruled_out: Vec::new(),
        fix,
        source: Some("RFC 792, RFC 4443"),
    })
}

const fn is_answer(first: &First) -> bool {
    !matches!(
        first,
        First::Request { .. }
            | First::Malformed {
                response: false,
                ..
            }
    )
}

/// The last refusal, unless a suite was chosen after all.
fn refusal(watched: &Watched) -> Option<(Notify, bool, &Evidence)> {
    if watched
        .first
        .iter()
        .any(|it| matches!(it, First::Choice(_)))
    {
        return None;
    }
    watched.first.iter().rev().find_map(|it| match it {
        First::Refusal {
            notify,
            has_spi,
            evidence,
        } => Some((*notify, *has_spi, evidence)),
        _ => None,
    })
}

/// NO_PROPOSAL_CHOSEN in answer to IKE_SA_INIT.
pub(super) fn no_proposal_chosen(attempt: &Attempt, aid: &Aid<'_>) -> Option<Explanation> {
    let watched = &attempt.watched;
    let (notify, has_spi, evidence) = refusal(watched)?;
    if notify != Notify::NO_PROPOSAL_CHOSEN {
        return None;
    }
    let offer = &watched.sender.offer;
    let own = ike_of_server(aid);
    let compared =
        (!own.is_empty() && !offer.is_empty()).then(|| overlap(offer, &own, Protocol::Ike, aid));
    let request = watched.first.iter().find_map(|it| match it {
        First::Request { evidence, .. } => Some(evidence.clone()),
        _ => None,
    });
    let mut found = Explanation {
        cause: Cause::IkeProposalMismatch,
        phase: Phase::IkeSaInit,
        confidence: Confidence::Likely,
        message: String::new(),
        evidence: [Some(evidence.clone()), request]
            .into_iter()
            .flatten()
            .collect(),
        ruled_out: Vec::new(),
        fix: String::new(),
        source: Some("RFC 7296, section 2.7"),
    };
    match compared {
        Some(Overlap::Gap { lacks, add }) => {
            found.confidence = Confidence::Certain;
            found.message = format!("the server accepts none of the client's proposals: {lacks}");
            found.fix = add.map_or_else(
                || "give the server a phase 1 that the client offers".to_owned(),
                |suite| format!("add {suite} to phase 1 of the server"),
            );
        }
        Some(Overlap::Match) => {
            found.cause = Cause::NoPeerConfig;
            found.message =
                "the server refuses proposals that its configuration accepts".to_owned();
            found.ruled_out = vec!["phase 1 of the given configuration matches".to_owned()];
            found.fix = "check that this configuration is loaded, and that it is for these \
                         addresses: the server has no connection for this client"
                .to_owned();
        }
        // strongSwan has chosen its SPI by the time it looks for proposals of a connection it has not.
        None if has_spi => {
            found.cause = Cause::NoPeerConfig;
            found.confidence = Confidence::Possible;
            found.message = "the server refuses the client with an SPI of its own: strongSwan answers so only where it \
                             has no connection for the client, other programs also where no proposal matches"
                .to_owned();
            found.fix = "look at the server's log (strongSwan: `no IKE config found`): check that the connection is \
                         loaded and for these addresses, then compare phase 1"
                .to_owned();
            found.source = None;
        }
        None => {
            found.message = match offer.len() {
                0 => "the server accepts none of the client's proposals".to_owned(),
                1 => {
                    "the server does not accept the one proposal that the client offers".to_owned()
                }
                many => format!("the server accepts none of the {many} proposals of the client"),
            };
            if !watched.spis_shown {
                found.confidence = Confidence::Possible;
                found.message.push_str(
                    ", or has no connection for it: this listing shows no SPIs, which would tell",
                );
            }
            found.fix = match best_of(offer, aid) {
                Some(suite) => format!(
                    "allow one of the offered suites in phase 1 of the server, best {suite}; \
                     `--server` with its configuration says which change is the nearest"
                ),
                None => "compare phase 1 of the server with the client's offer".to_owned(),
            };
        }
    }
    Some(found)
}

/// INVALID_KE_PAYLOAD again and again, or not followed by another try.
pub(super) fn groups(attempt: &Attempt, _: &Aid<'_>) -> Option<Explanation> {
    let watched = &attempt.watched;
    let worked = |it: &First| matches!(it, First::Choice(_) | First::Refusal { .. });
    if watched.first.iter().any(worked) {
        return None;
    }
    let wanted: Vec<(Option<Transform>, &Evidence)> = watched
        .first
        .iter()
        .filter_map(|it| match it {
            First::InvalidKe(group, evidence) => Some((*group, evidence)),
            _ => None,
        })
        .collect();
    let (group, last) = wanted.last()?;
    let sent = watched.first.iter().rev().find_map(|it| match it {
        First::Request { group, .. } => *group,
        _ => None,
    });
    let name = |group: Option<Transform>| group.map_or_else(|| "no group".to_owned(), transform);
    let (sent, group) = (name(sent), name(*group));
    let follows = sent == group;
    let many = wanted.len() >= MANY_ROUNDS;
    let (confidence, message) = if many {
        let message = format!(
            "the server asks for {group} for the {} time, and the client's last try was with {sent}",
            ordinal(wanted.len())
        );
        (Confidence::Certain, message)
    } else if follows {
        return None; // the answer to the second try is not in the capture
    } else {
        let message = format!(
            "the server asks for {group}, and the client, which tried {sent}, does not follow"
        );
        (Confidence::Likely, message)
    };
    Some(Explanation {
        cause: Cause::KeGroupLoop,
        phase: Phase::IkeSaInit,
        confidence,
        message,
        evidence: vec![(*last).clone()],
        ruled_out: vec![
            "the proposals match: the server asks for a group of one it has chosen".to_owned(),
        ],
        fix: format!("let the server prefer the client's first group, {sent}, or take {group} out"),
        source: Some("RFC 7296, section 1.2"),
    })
}

/// `3rd`, `4th`.
fn ordinal(number: usize) -> String {
    let ending = match (number % 10, number % 100) {
        (_, 11..=13) => "th",
        (1, _) => "st",
        (2, _) => "nd",
        (3, _) => "rd",
        _ => "th",
    };
    format!("{number}{ending}")
}

/// The responder could not make sense of the message.
pub(super) fn not_understood(attempt: &Attempt, _: &Aid<'_>) -> Option<Explanation> {
    let (notify, _, evidence) = refusal(&attempt.watched)?;
    const ERRORS: [Notify; 3] = [Notify(1), Notify(5), Notify::INVALID_SYNTAX];
    if !ERRORS.contains(&notify) {
        return None;
    }
    Some(Explanation {
        cause: Cause::ProtocolError,
        phase: Phase::IkeSaInit,
        confidence: Confidence::Certain,
        message: format!("the server answers IKE_SA_INIT with {}", notify.label()),
        evidence: vec![evidence.clone()],
        ruled_out: Vec::new(),
        fix: "check which version of IKE either side speaks, and whether the packet arrives whole"
            .to_owned(),
        source: Some("RFC 7296, section 2.21.1"),
    })
}

/// A message of IKE_SA_INIT lies about its lengths, and no suite is chosen.
pub(super) fn malformed(attempt: &Attempt, _: &Aid<'_>) -> Option<Explanation> {
    let watched = &attempt.watched;
    let mut worked = watched.first.iter();
    if worked.any(|it| matches!(it, First::Choice(_) | First::Refusal { .. })) {
        return None;
    }
    let (response, why, evidence) = watched.first.iter().rev().find_map(|it| match it {
        First::Malformed {
            response,
            why,
            evidence,
        } => Some((*response, *why, evidence)),
        _ => None,
    })?;
    let whose = if response { "server" } else { "client" };
    Some(Explanation {
        cause: Cause::ProtocolError,
        phase: Phase::IkeSaInit,
        confidence: Confidence::Certain,
        message: format!("the {whose} sends an IKE_SA_INIT that cannot be read: {why}"),
        evidence: vec![evidence.clone()],
        ruled_out: vec!["the packet was captured whole".to_owned()],
        fix: format!("check what runs on the {whose}, and what changes packets on the way"),
        source: Some("RFC 7296, section 3"),
    })
}

/// What a capture lacks, and where it leads elsewhere.
pub(super) fn notes(attempt: &Attempt) -> Vec<String> {
    let watched = &attempt.watched;
    let mut notes = Vec::new();
    if let Some(proof) = watched.without_answers() {
        notes.push(format!(
            "only one direction was captured, that of the client: the server did answer, its SPI is in packet {}; \
             capture where both directions go by (`tcpdump -i any`), or at the other end",
            proof.line
        ));
    } else if watched.without_requests().is_some() {
        notes.push(
            "only one direction was captured, that of the server: the client's packets are missing; capture where both \
             directions go by (`tcpdump -i any`), or at the other end"
                .to_owned(),
        );
    }
    if let Some(redirect) = watched.redirect() {
        notes.push(format!(
            "REDIRECT (RFC 5685) in packet {}: the server sends the client to another gateway, so look there",
            redirect.line
        ));
    }
    notes
}

/// Whom the client looks like, and what else its first message says.
pub(super) fn introduction(attempt: &Attempt, aid: &Aid<'_>) -> Option<String> {
    if !attempt.is_watched() {
        let offer = |list: &Option<(Vec<Proposal>, _)>| list.as_ref().map(|(list, _)| list.clone());
        let (ike, esp) = (offer(&attempt.ike.received), offer(&attempt.esp.received));
        let observed = Observed {
            ike: &ike?,
            key_exchange: None,
            type_order: None,
            esp: esp.as_deref().filter(|_| !attempt.rekeying),
        };
        return looks_like(&observed, aid);
    }
    let sender = &attempt.watched.sender;
    let order = Some(sender.type_order.as_slice()).filter(|order| !order.is_empty());
    let observed = Observed {
        ike: &sender.offer,
        key_exchange: sender.key_exchange,
        type_order: order,
        esp: None,
    };
    looks_like(&observed, aid)
}
