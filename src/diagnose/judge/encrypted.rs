//! What a capture proves about encrypted exchanges: by silence, by lengths, by what follows.

use std::time::Duration;

use super::Aid;
use super::lengths::{Room, payloads};
use super::overlap::{Overlap, esp_of_server, overlap};
use crate::compat::likeness::{Observed, recognise};
use crate::diagnose::Cause;
use crate::diagnose::attempt::Attempt;
use crate::diagnose::event::Exchange;
use crate::diagnose::explanation::{Confidence, Evidence, Explanation, Phase};
use crate::diagnose::watched::{Asked, First, Half};
use crate::ike::{Proposal, Protocol};

/// An INFORMATIONAL of the initiator so soon after IKE_AUTH reacts to the answer.
const AT_ONCE: Duration = Duration::from_secs(2);

/// Clients that got no child SA, or do not trust the server, are gone by then.
const LONG_AFTER: Duration = Duration::from_secs(10);

/// Octets of payloads up to which a CREATE_CHILD_SA answer holds nothing but an error: the smallest
/// success has SA, nonce and two selectors, 32 + 20 + 48.
const REKEY_ERROR: u32 = 60;

/// Octets of payloads from which a CREATE_CHILD_SA answer has room for a child SA: SA, the shortest nonce, and
/// two selectors.
const CHILD_LATER: u32 = 32 + 20 + 48;

/// Messages of liveness checks that went unanswered; fewer may be lost packets.
const UNANSWERED: u32 = 3;

/// The suite of the IKE SA.
fn suite(attempt: &Attempt) -> Option<&Proposal> {
    attempt.ike.selected.as_ref()?.0.first()
}

fn packets(asked: &Asked) -> Vec<Evidence> {
    let halves = [&asked.request, &asked.answer];
    halves
        .iter()
        .filter_map(|half| half.first.clone())
        .collect()
}

/// IKE_AUTH is sent again and again, cut by IP, and never answered.
pub(super) fn fragments(attempt: &Attempt, _: &Aid<'_>) -> Option<Explanation> {
    let watched = &attempt.watched;
    let last = watched
        .auth()
        .next_back()
        .filter(|_| attempt.is_watched())?;
    let cut = |half: &Half| half.ip_fragments;
    let silent = last.answer.times == 0 && last.request.times > 1 && cut(&last.request);
    // The answer leaves the server in pieces, and the client asks again: it has not got them.
    let unheard = last.request.times > 2 && last.answer.times > 1 && cut(&last.answer);
    if !silent && !unheard || watched.has_esp() {
        return None;
    }
    let message = if silent {
        "IKE_AUTH is so large that IP cuts it, and it is never answered"
    } else {
        "the answer to IKE_AUTH is so large that IP cuts it, and the client goes on asking"
    };
    let mut ruled_out = vec!["IKE_SA_INIT is answered: the server and UDP 500 work".to_owned()];
    if watched.later_fragments > 0 {
        ruled_out.push("the later fragments leave where the capture was made".to_owned());
    }
    Some(Explanation {
        cause: Cause::Fragmentation,
        phase: Phase::IkeAuth,
        confidence: Confidence::Likely,
        message: message.to_owned(),
        evidence: packets(last),
        ruled_out,
        fix: "switch IKEv2 fragmentation on (RFC 7383) on both sides; else smaller certificates, \
              or a way that lets IP fragments through"
            .to_owned(),
        source: Some("RFC 7383, section 1"),
    })
}

/// IKE_AUTH is answered every time, and the client goes on asking.
pub(super) fn unheard(attempt: &Attempt, _: &Aid<'_>) -> Option<Explanation> {
    let watched = &attempt.watched;
    let last = watched
        .auth()
        .next_back()
        .filter(|_| attempt.is_watched())?;
    let (request, answer) = (&last.request, &last.answer);
    let asks_on = request.times >= UNANSWERED && answer.times > 1;
    let cut = request.ip_fragments || answer.ip_fragments;
    let goes_on = watched
        .asked
        .iter()
        .any(|it| it.by_initiator && it.exchange != Exchange::IKE_AUTH);
    if !asks_on || cut || goes_on || watched.has_esp() || !request.over_4500 {
        return None;
    }
    Some(Explanation {
        cause: Cause::NatTBlocked,
        phase: Phase::Network,
        confidence: Confidence::Likely,
        message: format!(
            "IKE_AUTH on UDP 4500 is answered, and the client asks {} times all the same: the \
             answers do not reach it",
            request.times
        ),
        evidence: packets(last),
        ruled_out: vec![
            "phase 1 matches, and UDP 4500 towards the server works".to_owned(),
            "the answers are not cut by IP".to_owned(),
        ],
        fix: "let UDP 4500 back to the client, in the firewall of the server and on the way"
            .to_owned(),
        source: Some("RFC 7296, section 2.23"),
    })
}

/// IKE_SA_INIT is answered, IKE_AUTH is never seen, and the client begins again.
pub(super) fn never_authenticates(attempt: &Attempt, _: &Aid<'_>) -> Option<Explanation> {
    let watched = &attempt.watched;
    let again = watched.begun_again.as_ref()?;
    let choice = watched.first.iter().rev().find_map(|it| match it {
        First::Choice(evidence) => Some(evidence),
        _ => None,
    })?;
    if !watched.asked.is_empty() || watched.has_esp() {
        return None;
    }
    Some(Explanation {
        cause: Cause::HalfOpen,
        phase: Phase::IkeAuth,
        confidence: Confidence::Likely,
        message: "IKE_SA_INIT is answered, no IKE_AUTH follows, and the client begins again"
            .to_owned(),
        evidence: vec![choice.clone(), again.clone()],
        ruled_out: vec!["phase 1 matches".to_owned()],
        fix: "capture on the client too: if it sends IKE_AUTH, UDP 4500 is blocked on the way; if it \
              does not, the answer does not reach it, or its log says what it does not like"
            .to_owned(),
        source: Some("RFC 7296, section 2.23"),
    })
}

/// A later round of IKE_AUTH, or one on port 500, is not answered any more.
pub(super) fn half_open(attempt: &Attempt, _: &Aid<'_>) -> Option<Explanation> {
    let watched = &attempt.watched;
    let last = watched
        .auth()
        .next_back()
        .filter(|_| attempt.is_watched())?;
    let silent = last.answer.times == 0 && last.request.times > 1;
    let later = watched.auth().count() > 1;
    if !silent || last.request.ip_fragments || !later && last.request.over_4500 {
        return None;
    }
    let message = if later {
        format!(
            "round {} of IKE_AUTH is repeated and not answered; the rounds before were",
            watched.auth().count()
        )
    } else {
        "IKE_AUTH on UDP 500 is repeated and not answered; IKE_SA_INIT was".to_owned()
    };
    Some(Explanation {
        cause: Cause::HalfOpen,
        phase: Phase::IkeAuth,
        confidence: Confidence::Likely,
        message,
        evidence: packets(last),
        ruled_out: vec!["the server and the ports work: it answered before".to_owned()],
        fix: "look into the server's log at that second; with EAP, whether RADIUS answers it"
            .to_owned(),
        source: None,
    })
}

/// The answer to the last IKE_AUTH has no room for what success would hold.
pub(super) fn refused(attempt: &Attempt, aid: &Aid<'_>) -> Option<Explanation> {
    let watched = &attempt.watched;
    if !attempt.is_watched() || watched.has_esp() {
        return None;
    }
    let rounds = watched.auth().count();
    let last = watched.auth().next_back()?;
    if last.answer.times == 0 {
        return None;
    }
    let first_round = rounds == 1;
    let room = Room::of(last, suite(attempt), first_round);
    let gave_up = gives_up(attempt, last);
    let evidence = packets(last);
    match room {
        Room::Error if first_round => Some(Explanation {
            cause: Cause::AuthFailedOpaque,
            phase: Phase::IkeAuth,
            confidence: Confidence::Likely,
            message:
                "the server refuses IKE_AUTH: its answer has no room for anything but an error"
                    .to_owned(),
            evidence,
            ruled_out: vec!["phase 1 matches, and UDP 4500 works".to_owned()],
            fix: "look into the server's log at that second: the error is encrypted, and \
                  AUTHENTICATION_FAILED has no reason in it anyway"
                .to_owned(),
            source: Some("RFC 7296, section 2.21.2"),
        }),
        Room::NoChild if first_round && made_later(attempt).is_none() => {
            Some(child_refused(attempt, aid, evidence))
        }
        // Rounds of EAP are as short; that it was the last one, the next message shows.
        Room::Error | Room::NoChild if !first_round && gave_up => Some(Explanation {
            cause: Cause::EapFailed,
            phase: Phase::IkeAuth,
            confidence: Confidence::Likely,
            message: format!(
                "IKE_AUTH ends after {rounds} rounds, as EAP needs them, without a child SA"
            ),
            evidence,
            ruled_out: vec!["phase 1 matches, and the client accepts the server".to_owned()],
            fix: "check the user's name and password, and the server's or RADIUS server's log"
                .to_owned(),
            source: Some("RFC 7296, section 2.16"),
        }),
        _ => None,
    }
}

/// The answer to a CREATE_CHILD_SA that has room for a child SA.
fn made_later(attempt: &Attempt) -> Option<&Asked> {
    let suite = suite(attempt)?;
    attempt.watched.asked.iter().find(|it| {
        it.exchange == Exchange::CREATE_CHILD_SA
            && payloads(&it.answer, suite).is_some_and(|most| most >= CHILD_LATER)
    })
}

/// Whether the initiator says something else right after an answer, and no IKE_AUTH any more.
fn gives_up(attempt: &Attempt, last: &Asked) -> bool {
    attempt.watched.asked.iter().any(|it| {
        let soon = it.request.time.zip(last.answer.time);
        it.exchange == Exchange::INFORMATIONAL
            && it.by_initiator
            && soon.is_some_and(|(then, answer)| then.saturating_sub(answer) < AT_ONCE)
    })
}

/// The IKE SA is up, and the answer has no room for a child SA.
fn child_refused(attempt: &Attempt, aid: &Aid<'_>, evidence: Vec<Evidence>) -> Explanation {
    let mut found = Explanation {
        cause: Cause::EspProposalMismatch,
        phase: Phase::ChildSa,
        confidence: Confidence::Possible,
        message: "the server authenticates itself and makes no child SA: its answer has no room \
                  for one"
            .to_owned(),
        evidence,
        ruled_out: vec!["phase 1 matches, and authentication works".to_owned()],
        fix: "compare phase 2 and the traffic selectors, and whether the server has a virtual \
              address to give; which of these it is, is encrypted: the logs say"
            .to_owned(),
        source: Some("RFC 7296, section 1.2"),
    };
    let sender = &attempt.watched.sender;
    let observed = Observed {
        ike: &sender.offer,
        key_exchange: sender.key_exchange,
        type_order: None,
        esp: None,
    };
    let own = esp_of_server(aid);
    let known = recognise(&observed, aid.clients)
        .into_iter()
        .find_map(|it| {
            let offer = it.client.ike_auth.stated()?;
            it.is_equal().then_some((it.client, &offer.value))
        });
    if let (Some((client, offer)), false) = (known, own.is_empty())
        && let Overlap::Gap { lacks, add } = overlap(offer, &own, Protocol::Esp, aid)
    {
        found.confidence = Confidence::Likely;
        found.message = format!(
            "{}; {} would offer nothing that the server accepts in phase 2: {lacks}",
            found.message, client.label
        );
        if let Some(suite) = add {
            found.fix = format!("add {suite} to phase 2 of the server");
        }
    }
    found
}

/// CREATE_CHILD_SA is refused although the first child SA came up.
pub(super) fn rekey_refused(attempt: &Attempt, _: &Aid<'_>) -> Option<Explanation> {
    let watched = &attempt.watched;
    let suite = suite(attempt).filter(|_| attempt.is_watched())?;
    let rekeys = || {
        let of = |it: &&Asked| it.exchange == Exchange::CREATE_CHILD_SA && it.answer.times > 0;
        watched.asked.iter().filter(of)
    };
    let is_error = |it: &&Asked| payloads(&it.answer, suite).is_some_and(|most| most < REKEY_ERROR);
    let last = rekeys().next_back().filter(is_error)?;
    // INVALID_KE_PAYLOAD and TEMPORARY_FAILURE are as short, and another try follows them.
    let refusals = rekeys().filter(is_error).count();
    Some(Explanation {
        cause: Cause::PfsMismatch,
        phase: Phase::Rekey,
        confidence: if refusals > 1 {
            Confidence::Likely
        } else {
            Confidence::Possible
        },
        message: "CREATE_CHILD_SA is refused: its answer has no room for anything but an error"
            .to_owned(),
        evidence: packets(last),
        ruled_out: vec!["phase 2 matches apart from groups: the first child SA came up".to_owned()],
        fix: "name the same group for PFS in phase 2 on both sides, or none; the error itself is \
              encrypted, the logs have it"
            .to_owned(),
        source: Some("RFC 7296, section 1.3"),
    })
}

/// Requests of an established SA are not answered any more.
pub(super) fn peer_dead(attempt: &Attempt, _: &Aid<'_>) -> Option<Explanation> {
    let watched = &attempt.watched;
    let last = watched.asked.last().filter(|_| attempt.is_watched())?;
    let was_up = watched.auth().any(|it| it.answer.times > 0)
        || watched.auth().next().is_none() && watched.asked.iter().any(|it| it.answer.times > 0)
        || watched.has_esp();
    let silent = last.answer.times == 0 && last.request.times >= UNANSWERED;
    if !was_up || !silent || last.exchange == Exchange::IKE_AUTH {
        return None;
    }
    Some(Explanation {
        cause: Cause::PeerDead,
        phase: Phase::Network,
        confidence: Confidence::Likely,
        message: format!(
            "{} is repeated {} times and not answered: the other end is gone",
            last.exchange, last.request.times
        ),
        evidence: packets(last),
        ruled_out: vec!["the connection worked before".to_owned()],
        fix: "check whether the other end still runs, and whether its address has changed"
            .to_owned(),
        source: Some("RFC 7296, section 2.4"),
    })
}

/// How many seconds after IKE_AUTH an exchange still works, if that is long after.
fn alive_after(attempt: &Attempt, last: &Asked) -> Option<u64> {
    let (_, works) = (attempt.watched.asked.iter())
        .filter(|it| it.exchange != Exchange::IKE_AUTH)
        .filter_map(|it| Some((it, it.answer.time?)))
        .next_back()?;
    let after = works.saturating_sub(last.answer.time?);
    (after >= LONG_AFTER).then_some(after.as_secs())
}

/// What a capture says about success.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) enum Success {
    /// Packets of the child SA, or the length of the answer, say so.
    Established(String),
    /// Nothing decides.
    Undecided(String),
}

/// Whether the child SA came up, and by what that is known.
pub(super) fn success(attempt: &Attempt) -> Option<Success> {
    let watched = &attempt.watched;
    if !attempt.is_watched() {
        return None;
    }
    if watched.has_esp() {
        return Some(Success::Established(
            "packets of a child SA follow: it is up".to_owned(),
        ));
    }
    let rounds = watched.auth().count();
    let Some(last) = watched.auth().next_back() else {
        let alive = |it: &Asked| it.answer.times > 0;
        return watched.asked.iter().any(alive).then(|| {
            Success::Established(
                "the IKE SA was up before the capture began, or was rekeyed, and is alive"
                    .to_owned(),
            )
        });
    };
    if last.answer.times == 0 {
        return None;
    }
    if let Some(seconds) = alive_after(attempt, last) {
        return Some(Success::Established(format!(
            "the IKE SA is alive {seconds} seconds after IKE_AUTH; packets of a child SA were not \
             captured"
        )));
    }
    match Room::of(last, suite(attempt), rounds == 1) {
        Room::Child => Some(Success::Established(
            "IKE_AUTH is encrypted; the length of its last answer says that the server made the \
             child SA, no packet of it was captured"
                .to_owned(),
        )),
        Room::Anything if gives_up(attempt, last) => Some(Success::Undecided(
            "IKE_AUTH was answered, and the client sent INFORMATIONAL at once: it closed the \
             connection, or refused the server's certificate; that is encrypted, the client's log \
             says which"
                .to_owned(),
        )),
        Room::Anything => Some(Success::Undecided(
            "IKE_AUTH was answered; whether with a child SA is encrypted, and no packet of one was \
             captured"
                .to_owned(),
        )),
        Room::NoChild if made_later(attempt).is_some() => Some(Success::Undecided(
            "IKE_AUTH made no child SA, and a later CREATE_CHILD_SA has room for one in its answer, or for new keys of \
             the IKE SA; which of them is encrypted, the logs say"
                .to_owned(),
        )),
        Room::Error | Room::NoChild => None,
    }
}
