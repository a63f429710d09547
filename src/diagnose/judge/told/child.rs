//! The first child SA, as logs tell of it.

use super::super::Aid;
use super::super::overlap::{Overlap, best_of, overlap};
use super::{Rule, finding, louder, terms};
use crate::diagnose::attempt::{Attempt, Role, Turn};
use crate::diagnose::cause::Cause;
use crate::diagnose::event::{Exchange, Witness};
use crate::diagnose::explanation::{Confidence, Explanation, Phase};
use crate::diagnose::statement::Statement;
use crate::ike::Protocol;

pub(super) const RULES: &[Rule] = &[
    kernel,
    mode,
    virtual_ip,
    selectors,
    proposals,
    answer_refused,
];

const CHILD: Phase = Phase::ChildSa;

pub(super) fn kernel(attempt: &Attempt, _: &Aid<'_>) -> Option<Explanation> {
    const SIGNS: &[Statement] = &[Statement::PolicyExists, Statement::KernelRefused];
    let seen = attempt.first_of(SIGNS)?;
    let answer = attempt.detail(Statement::NetlinkError);
    let why = seen.detail.as_deref().or(answer);
    let named = why.map_or_else(String::new, |why| format!(": {why}"));
    let lines = attempt.lines(&[
        Statement::PolicyExists,
        Statement::NetlinkError,
        Statement::KernelRefused,
    ]);
    let exists = seen.statement == Statement::PolicyExists
        || why.is_some_and(|why| is_error(why, ("(17)", "errno 17", "File exists")));
    let missing = why.is_some_and(|why| {
        is_error(why, ("(93)", "errno 93", "Protocol not supported"))
            || is_error(why, ("(38)", "errno 38", "Function not implemented"))
            || is_error(why, ("(2)", "errno 2:", "No such file or directory"))
    });
    let forbidden =
        why.is_some_and(|why| is_error(why, ("(1)", "errno 1:", "Operation not permitted")));
    let fix = if exists {
        "find who holds the same policy: an older IKE SA of the same client that was never taken down (`uniqueids`, \
         `unique = replace`), two connections with the same traffic selectors or the same virtual address, or another \
         IPsec daemon; `ip xfrm policy` shows it, and restarting the daemon clears stale ones"
    } else if missing {
        "load what the kernel lacks: `modprobe xfrm_user esp4 esp6` and the algorithm's module; in a container the \
         host's kernel has to have them"
    } else if forbidden {
        "give the daemon CAP_NET_ADMIN (containers: `--cap-add NET_ADMIN`)"
    } else {
        "check that the kernel has the algorithm and the modules (esp4, esp6, xfrm_user), that no other \
         IPsec daemon holds the policies, and that the daemon has CAP_NET_ADMIN"
    };
    let message = if exists {
        format!(
            "everything was negotiated, and the policy cannot be installed: the same one exists already{named}"
        )
    } else {
        format!("everything was negotiated, and the kernel refuses the SA{named}")
    };
    Some(
        finding(
            (Cause::KernelSa, CHILD),
            Confidence::Certain,
            message,
            lines,
            fix,
        )
        .rules_out("the proposals: they match"),
    )
}

/// Whether an error is meant, by its number in either daemon's words or by its text.
fn is_error(why: &str, (charon, pluto, text): (&str, &str, &str)) -> bool {
    why.contains(charon) || why.contains(pluto) || why.contains(text)
}

/// One side insists on the mode that the other one did not ask for.
fn mode(attempt: &Attempt, _: &Aid<'_>) -> Option<Explanation> {
    attempt.statement(Statement::ModeRefused)?;
    Some(
        finding(
            (Cause::ModeMismatch, CHILD),
            Confidence::Certain,
            "this side refuses the child SA: one side wants transport mode, the other one tunnel mode",
            attempt.lines(&[Statement::ModeRefused, Statement::ChildAnswerRefused]),
            terms::mode(attempt.attempt_key.witness),
        )
        .rules_out("algorithms: NO_PROPOSAL_CHOSEN is how the mode is refused here")
        .says("RFC 7296, section 1.3.1"),
    )
}

/// This side takes back the child SA of the answer, and nothing here says why.
fn answer_refused(attempt: &Attempt, _: &Aid<'_>) -> Option<Explanation> {
    let seen = attempt.statement(Statement::ChildAnswerRefused)?;
    let mut evidence = attempt.lines(&[Statement::ChildAnswerRefused]);
    evidence.splice(0..0, attempt.complaint_until(&seen.first).cloned());
    Some(
        finding(
            (Cause::EspProposalMismatch, CHILD),
            Confidence::Possible,
            "this side does not accept the child SA of the peer's answer (NO_PROPOSAL_CHOSEN): suite, mode or compression",
            evidence,
            louder(attempt.attempt_key.witness),
        )
        .rules_out("phase 1 and authentication: they worked"),
    )
}

fn virtual_ip(attempt: &Attempt, _: &Aid<'_>) -> Option<Explanation> {
    const SIGNS: &[Statement] = &[
        Statement::PoolFull,
        Statement::DhcpSilent,
        Statement::NoVirtualIp,
        Statement::VirtualIpNotRequested,
        Statement::NoVirtualIpReceived,
    ];
    let seen = attempt.first_of(SIGNS)?;
    let witness = attempt.attempt_key.witness;
    let (message, fix) = match seen.statement {
        Statement::PoolFull => (
            "the address pool is full",
            "make the pool larger, or free addresses of clients that are gone",
        ),
        Statement::DhcpSilent => (
            "the DHCP server that the client's address is to come from does not answer (charon's DHCP plugin)",
            "check that a DHCP server is in reach of the address in charon.plugins.dhcp.server (a broadcast reaches the \
             local segment of `interface` alone), that it answers requests of relays, and that UDP 67 and 68 are open",
        ),
        Statement::NoVirtualIpReceived => (
            "the server gives no virtual address (INTERNAL_ADDRESS_FAILURE)",
            "give the server a pool of addresses, large enough and of the family that the client asks for",
        ),
        Statement::VirtualIpNotRequested => (
            "the client does not ask for a virtual address, and the server demands it (FAILED_CP_REQUIRED)",
            terms::address_request(witness),
        ),
        _ => (
            "the client asks for a virtual address, and there is none for it",
            terms::pool(witness),
        ),
    };
    Some(
        finding(
            (Cause::VirtualIp, CHILD),
            Confidence::Certain,
            message,
            attempt.lines(SIGNS),
            fix,
        )
        .rules_out("authentication: it worked")
        .says("RFC 7296, section 2.19"),
    )
}

pub(super) fn selectors(attempt: &Attempt, _: &Aid<'_>) -> Option<Explanation> {
    const SIGNS: &[Statement] = &[
        Statement::SelectorsRefused,
        Statement::SelectorsRefusedByPeer,
    ];
    let seen = attempt.first_of(SIGNS)?;
    let message = match seen.statement {
        Statement::SelectorsRefused
            if attempt.role == Some(Role::Initiator) && !by_responder(attempt) =>
        {
            "this side does not accept the traffic selectors of the peer's answer".to_owned()
        }
        Statement::SelectorsRefusedByPeer => {
            "the peer does not accept the traffic selectors (TS_UNACCEPTABLE)".to_owned()
        }
        _ => "the traffic selectors that the client asks for are outside of the configured ones"
            .to_owned(),
    };
    Some(
        finding(
            (Cause::TsMismatch, CHILD),
            Confidence::Certain,
            message,
            attempt.lines(SIGNS),
            terms::selectors(attempt.attempt_key.witness),
        )
        .rules_out("the proposals of phase 2: they match")
        .says("RFC 7296, section 2.9"),
    )
}

/// Whether the peer asked for the child SA.
fn by_responder(attempt: &Attempt) -> bool {
    let asked = |turn: &Turn| !turn.by_initiator && turn.exchange == Exchange::CREATE_CHILD_SA;
    attempt.turns.iter().any(asked)
}

fn proposals(attempt: &Attempt, aid: &Aid<'_>) -> Option<Explanation> {
    const SIGNS: &[Statement] = &[
        Statement::ChildProposalsRefused,
        Statement::ChildNoProposalReceived,
    ];
    let seen = attempt.first_of(SIGNS)?;
    let lists = &attempt.esp;
    let mut evidence = attempt.lines(SIGNS);
    evidence.extend(lists.received.iter().map(|(_, line)| line.clone()));
    evidence.extend(lists.configured.iter().map(|(_, line)| line.clone()));
    evidence.sort_by_key(|line| line.line);
    evidence.dedup();
    let refused_here = seen.statement == Statement::ChildProposalsRefused;
    let both = lists
        .received
        .as_ref()
        .zip(lists.configured.as_ref())
        .filter(|_| refused_here);
    let unfit =
        both.and_then(
            |((offer, _), (own, _))| match overlap(offer, own, Protocol::Esp, aid) {
                Overlap::Gap { lacks, add } => Some((lacks, add)),
                Overlap::Match => None,
            },
        );
    let (confidence, message, fix) = match unfit {
        Some((lacks, add)) => (
            Confidence::Certain,
            format!("the responder accepts none of the client's proposals of phase 2: {lacks}"),
            add.map_or_else(
                || "give the server a phase 2 that the client offers".to_owned(),
                |suite| format!("add {suite} to phase 2 of the server: the client offers it"),
            ),
        ),
        None if refused_here => {
            let offer = lists.received.as_ref().map(|(offer, _)| offer.as_slice());
            let suite = offer.and_then(|offer| best_of(offer, aid));
            (
                Confidence::Certain,
                "the responder accepts none of the client's proposals of phase 2".to_owned(),
                suite.map_or_else(
                    || "compare phase 2 of both sides".to_owned(),
                    |suite| format!("allow a suite that the client offers in phase 2, best {suite}"),
                ),
            )
        }
        None => (
            // Some servers refuse the mode so, or what their kernel does not take.
            Confidence::Likely,
            "the server refuses the child SA with NO_PROPOSAL_CHOSEN: no proposal of phase 2 matches".to_owned(),
            "give the server a phase 2 that this client offers; the server's log names both lists. If they agree, compare \
             the mode (tunnel or transport)"
                .to_owned(),
        ),
    };
    let found = finding(
        (Cause::EspProposalMismatch, CHILD),
        confidence,
        message,
        evidence,
        fix,
    )
    .rules_out("phase 1 and authentication: they worked")
    .says("RFC 7296, sections 1.2 and 2.7");
    Some(if first_is_known(attempt) {
        found.rules_out("groups of phase 2: they are not compared for the first child SA")
    } else {
        found
    })
}

/// Whether it is the first child SA that is refused, as the log shows: the IKE_AUTH of it is there. Only in
/// a further one do groups count.
fn first_is_known(attempt: &Attempt) -> bool {
    attempt.attempt_key.witness != Witness::Apple
        && attempt.creation.is_none()
        && (attempt.of(Exchange::IKE_AUTH).next().is_some()
            || attempt.has_any(&[
                Statement::Initiating,
                Statement::PeerInitiating,
                Statement::InitAnswered,
                Statement::AuthReceived,
                Statement::IkeEstablished,
            ]))
}
