//! Names, routes, ports and silence, as logs tell of them.

use std::time::Duration;

use super::super::Aid;
use super::{Rule, finding, last, terms};
use crate::diagnose::attempt::{Attempt, Repeated, Role, Turn};
use crate::diagnose::cause::Cause;
use crate::diagnose::event::{Exchange, Witness};
use crate::diagnose::explanation::{Confidence, Evidence, Explanation, Phase};
use crate::diagnose::statement::Statement;

pub(super) const RULES: &[Rule] = &[name, unreachable, gave_up, half_open, still_asking];

/// A client that is not heard of for so long after an answer has stopped.
const PATIENCE: Duration = Duration::from_secs(20);

/// Octets of a UDP packet that IP has to cut on ordinary links: 1500 less the headers of IPv4 and UDP.
const UNCUT: u32 = 1472;

fn name(attempt: &Attempt, _: &Aid<'_>) -> Option<Explanation> {
    let seen = attempt.statement(Statement::NameUnresolved)?;
    let name = seen
        .detail
        .as_deref()
        .map(|name| name.trim_end_matches([',', ':']))
        .filter(|name| name.contains('.'));
    let name = name.map_or_else(
        || "the server's name".to_owned(),
        |name| format!("the name {name}"),
    );
    let apple = attempt.attempt_key.witness == Witness::Apple;
    let fix = if apple {
        "use the server's IP address, or fix name resolution; OS X 10.11 also fails so with a server \
         name of fewer than ten characters"
    } else {
        "fix name resolution, or use the server's IP address"
    };
    Some(finding(
        (Cause::Unreachable, Phase::Network),
        if apple {
            Confidence::Likely
        } else {
            Confidence::Certain
        },
        format!("{name} does not resolve, so nothing was sent"),
        attempt.lines(&[Statement::NameUnresolved]),
        fix,
    ))
}

fn unreachable(attempt: &Attempt, _: &Aid<'_>) -> Option<Explanation> {
    let seen = attempt.statement(Statement::PortUnreachable)?;
    let heard = attempt.of(Exchange::IKE_SA_INIT).any(|turn| {
        turn.responses > 0 && turn.by_initiator == (attempt.role != Some(Role::Responder))
    });
    // A packet of the peer that came afterwards shows that packets get there and back.
    if heard
        || attempt
            .heard
            .is_some_and(|line| attempt.order_of(line) > attempt.order(last(seen)))
    {
        return None;
    }
    let why = seen
        .detail
        .as_deref()
        .map_or_else(String::new, |why| format!(": {why}"));
    // Some errors are about this host alone.
    let local = ["Invalid argument", "Operation not permitted", "No buffer"]
        .iter()
        .any(|words| why.contains(words));
    Some(finding(
        (Cause::Unreachable, Phase::Network),
        if local {
            Confidence::Likely
        } else {
            Confidence::Certain
        },
        format!("the packets cannot get to the peer{why}"),
        attempt.lines(&[Statement::PortUnreachable]),
        "check the server's address, the route to it, the local firewall, and that the IKE daemon runs there",
    ))
}

/// Requests were repeated until the end.
fn gave_up(attempt: &Attempt, _: &Aid<'_>) -> Option<Explanation> {
    const SIGNS: &[Statement] = &[
        Statement::GaveUp,
        Statement::NeverEstablished,
        Statement::ClientInitSilent,
        Statement::ClientAuthSilent,
    ];
    let seen = attempt.first_of(SIGNS)?;
    // What goes wrong in an IKE SA that is up is no silence of a stranger.
    let by_client = matches!(
        attempt.attempt_key.witness,
        Witness::Apple | Witness::Windows
    );
    let from_the_beginning =
        attempt.has(Statement::Initiating) || attempt.of(Exchange::IKE_SA_INIT).next().is_some();
    // pluto gives up alike where the answer was not accepted, and complains about it before.
    let unaccepted = attempt.complaint_until(last(seen)).is_some();
    let confidence = if by_client || !from_the_beginning || unaccepted {
        Confidence::Likely
    } else {
        Confidence::Certain
    };
    silent(attempt, confidence, attempt.lines(&[seen.statement]))
}

/// The log ends while requests are still repeated.
fn still_asking(attempt: &Attempt, _: &Aid<'_>) -> Option<Explanation> {
    let seen = attempt.statement(Statement::Retransmit)?;
    let asks = attempt.role != Some(Role::Responder);
    if seen.count.max(u64::from(attempt.repetitions)) < 2 || !asks {
        return None;
    }
    silent(
        attempt,
        Confidence::Likely,
        attempt.lines(&[seen.statement]),
    )
}

/// Whether the peer answered IKE_SA_INIT in any way.
pub(super) fn first_was_answered(attempt: &Attempt) -> bool {
    attempt
        .of(Exchange::IKE_SA_INIT)
        .any(|turn| turn.responses > 0)
        || attempt.heard.is_some()
        || attempt.has_any(&[
            Statement::InitAnswered,
            Statement::ClientAuthSilent,
            Statement::AuthReceived,
            Statement::CookieReceived,
            Statement::Redirected,
            Statement::GroupFollowed,
            Statement::GroupRefused,
            Statement::NoProposalReceived,
            Statement::WrongVersion,
        ])
}

/// A request was repeated and not answered: which one decides.
fn silent(
    attempt: &Attempt,
    confidence: Confidence,
    evidence: Vec<Evidence>,
) -> Option<Explanation> {
    let stage = match attempt.repeated() {
        Repeated::First if attempt.has(Statement::ClientAuthSilent) => Repeated::Auth,
        Repeated::First if first_was_answered(attempt) && auth_was_asked(attempt) => Repeated::Auth,
        stage => stage,
    };
    match stage {
        // Silence behind an answer says nothing of the way to the server; a note says what it may be.
        Repeated::First if first_was_answered(attempt) => None,
        Repeated::First => Some(
            finding(
                (Cause::NoResponse, Phase::Network),
                confidence,
                "the first message was repeated and never answered",
                evidence,
                "check the server's address, that its IKE daemon runs, and that UDP 500 and 4500 reach it: capture there",
            )
            .rules_out("a mismatch of proposals: it would have been answered")
            .says("RFC 7296, section 2.4"),
        ),
        Repeated::Auth => Some(silent_in_auth(attempt, confidence, evidence)),
        Repeated::Later | Repeated::Unknown => None,
    }
}

fn auth_was_asked(attempt: &Attempt) -> bool {
    attempt.has(Statement::InitAnswered) || attempt.of(Exchange::IKE_AUTH).next().is_some()
}

/// IKE_SA_INIT was answered, and a request of IKE_AUTH is not.
fn silent_in_auth(
    attempt: &Attempt,
    confidence: Confidence,
    mut evidence: Vec<Evidence>,
) -> Explanation {
    let asks = attempt.role != Some(Role::Responder);
    let auth: Vec<&Turn> = attempt
        .of(Exchange::IKE_AUTH)
        .filter(|turn| turn.by_initiator == asks)
        .collect();
    if auth.iter().any(|turn| turn.responses > 0) {
        return finding(
            (Cause::HalfOpen, Phase::IkeAuth),
            Confidence::Likely,
            "IKE_AUTH was answered before, and then the peer went silent",
            evidence,
            "look into the other side's log at that second; with EAP, whether RADIUS answers the server",
        )
        .rules_out("the ports: the peer answered on them");
    }
    let cut = auth
        .iter()
        .find(|turn| turn.bytes > UNCUT && !turn.fragmented);
    if let Some(turn) = cut {
        evidence.extend(turn.request.iter().cloned());
        evidence.sort_by_key(|line| line.line);
        return finding(
            (Cause::Fragmentation, Phase::IkeAuth),
            Confidence::Likely,
            format!(
                "IKE_AUTH has {} octets, so IP cuts it, and it is never answered; IKE_SA_INIT was",
                turn.bytes
            ),
            evidence,
            terms::fragmentation(attempt.attempt_key.witness),
        )
        .rules_out("the proposals of phase 1: they match")
        .says("RFC 7383, section 1");
    }
    let fix = if attempt.attempt_key.witness == Witness::Pluto {
        "open UDP 4500 on the way to the server, and forward it where UDP 500 is forwarded; if it is open, look for lost \
         fragments (`fragmentation=yes`), and into the server's log: some servers drop IKE_AUTH without a word when \
         authentication fails"
    } else {
        "open UDP 4500 on the way to the server, and forward it where UDP 500 is forwarded; if it is open, look for lost \
         fragments (a large certificate), and into the server's log, whether IKE_AUTH arrives there"
    };
    finding(
        (Cause::NatTBlocked, Phase::Network),
        if attempt.has_any(&[Statement::GaveUp, Statement::NeverEstablished])
            || confidence == Confidence::Certain
        {
            Confidence::Likely
        } else {
            Confidence::Possible
        },
        "IKE_SA_INIT on UDP 500 is answered, IKE_AUTH on UDP 4500 is not",
        evidence,
        fix,
    )
    .rules_out("the proposals of phase 1: they match")
    .says("RFC 7296, section 2.23")
}

/// The responder waits in vain.
fn half_open(attempt: &Attempt, _: &Aid<'_>) -> Option<Explanation> {
    let timeout = attempt.statement(Statement::HalfOpenTimeout);
    let waits = attempt.role == Some(Role::Responder);
    let unheard = |exchange| {
        let of_peer = |turn: &Turn| turn.requests > 1 && turn.responses > 0 && turn.by_initiator;
        waits && attempt.of(exchange).any(of_peer)
    };
    let again = unheard(Exchange::IKE_AUTH);
    let asked =
        attempt.of(Exchange::IKE_AUTH).next().is_some() || attempt.has(Statement::AuthReceived);
    if unheard(Exchange::IKE_SA_INIT)
        && !asked
        && (timeout.is_some() || attempt.has(Statement::PeerRepeats))
    {
        return Some(first_answer_lost(attempt));
    }
    if timeout.is_none() && !again {
        return None;
    }
    let mut evidence = attempt.lines(&[Statement::HalfOpenTimeout, Statement::PeerRepeats]);
    let large = attempt.of(Exchange::IKE_AUTH).find(|turn| {
        turn.bytes > UNCUT && !turn.fragmented && turn.responses > 0 && turn.requests > 1
    });
    if let Some(turn) = large {
        return Some(
            finding(
                (Cause::Fragmentation, Phase::IkeAuth),
                Confidence::Likely,
                format!("the client repeats IKE_AUTH although it was answered: the answer of {} octets, which IP cuts, does not arrive", turn.bytes),
                evidence,
                terms::fragmentation(attempt.attempt_key.witness),
            )
            .says("RFC 7383, section 1"),
        );
    }
    let rounds = attempt
        .of(Exchange::IKE_AUTH)
        .filter(|turn| turn.responses > 0)
        .count();
    let message = match (again, rounds) {
        (true, _) => {
            "the client repeats IKE_AUTH although it was answered: the answers do not reach it"
        }
        (false, 0) => "the client got the answer to IKE_SA_INIT, and no IKE_AUTH came from it",
        (false, _) => "the client stopped in the middle of IKE_AUTH and said nothing",
    };
    if evidence.is_empty() {
        evidence = attempt
            .of(Exchange::IKE_AUTH)
            .filter_map(|turn| turn.response.clone())
            .collect();
    }
    let fix = if rounds == 0 {
        "look at the client: it could not begin to authenticate (identity, certificate), or its packets on \
         UDP 4500 do not arrive; a capture here shows whether they do"
    } else {
        "look at the client's log: most clients that stop here do not accept the server's certificate or \
         its name"
    };
    Some(
        finding(
            (Cause::HalfOpen, Phase::IkeAuth),
            Confidence::Likely,
            message,
            evidence,
            fix,
        )
        .rules_out("the proposals of phase 1: they match"),
    )
}

/// The client repeats IKE_SA_INIT although it was answered.
fn first_answer_lost(attempt: &Attempt) -> Explanation {
    finding(
        (Cause::HalfOpen, Phase::IkeAuth),
        Confidence::Likely,
        "the answer to IKE_SA_INIT does not reach the client, which repeats its request",
        attempt.lines(&[Statement::PeerRepeats, Statement::HalfOpenTimeout]),
        "look at the way back from UDP 500 of this server to the client: the route, the NAT and the firewalls (a second \
         uplink that answers from another address is common); a capture on both ends shows where the answer is lost",
    )
    .rules_out("the proposals of phase 1: they match")
    .says("RFC 7296, section 2.1")
}

/// The responder answered IKE_SA_INIT, and the log has nothing more of this client.
pub(super) fn never_authenticates(attempt: &Attempt) -> Option<Explanation> {
    let first = attempt
        .of(Exchange::IKE_SA_INIT)
        .find(|turn| turn.responses > 0);
    let refused = first.is_some_and(|it| it.notifies.iter().any(|notify| notify.is_error()));
    // charon lists messages, the others say it.
    let evidence = match first {
        Some(first) => first.response.iter().cloned().collect(),
        None => attempt.lines(&[Statement::InitAnswered]),
    };
    // The log may end before the client could go on.
    let waited = attempt
        .times
        .zip(attempt.until)
        .is_some_and(|((_, last), until)| until.saturating_sub(last) >= PATIENCE);
    if refused
        || !waited
        || evidence.is_empty()
        || attempt.of(Exchange::IKE_AUTH).next().is_some()
        || attempt.has(Statement::AuthReceived)
    {
        return None;
    }
    Some(
        finding(
            (Cause::HalfOpen, Phase::IkeAuth),
            Confidence::Possible,
            "IKE_SA_INIT was answered, and nothing more came from the client",
            evidence,
            "capture here: if IKE_AUTH never arrives on UDP 4500, it is blocked or lost on the way; else look at the \
             client's log",
        )
        .rules_out("the proposals of phase 1: they match"),
    )
}
