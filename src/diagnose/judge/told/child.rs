//! The first child SA, as logs tell of it.

use super::super::Aid;
use super::super::overlap::{Overlap, best_of, overlap};
use super::{Rule, finding};
use crate::diagnose::attempt::Attempt;
use crate::diagnose::cause::Cause;
use crate::diagnose::event::Witness;
use crate::diagnose::finding::{Confidence, DiagnosisFinding, Phase};
use crate::diagnose::statement::Statement;
use crate::ike::Protocol;

pub(super) const RULES: &[Rule] = &[kernel, virtual_ip, selectors, proposals];

const CHILD: Phase = Phase::ChildSa;

pub(super) fn kernel(attempt: &Attempt, _: &Aid<'_>) -> Option<DiagnosisFinding> {
    let seen = attempt.statement(Statement::KernelRefused)?;
    let why = seen
        .detail
        .as_deref()
        .map_or_else(String::new, |why| format!(": {why}"));
    Some(
        finding(
            (Cause::KernelSa, CHILD),
            Confidence::Certain,
            format!("everything was negotiated, and the kernel refuses the SA{why}"),
            attempt.lines(&[Statement::KernelRefused]),
            "check that the kernel has the algorithm and the modules (esp4, esp6, xfrm_user), that no other \
             IPsec daemon holds the policies, and that the daemon has CAP_NET_ADMIN",
        )
        .rules_out("the proposals: they match"),
    )
}

fn virtual_ip(attempt: &Attempt, _: &Aid<'_>) -> Option<DiagnosisFinding> {
    const SIGNS: &[Statement] = &[
        Statement::PoolFull,
        Statement::NoVirtualIp,
        Statement::VirtualIpNotRequested,
        Statement::NoVirtualIpReceived,
    ];
    let seen = attempt.first_of(SIGNS)?;
    let (message, fix) = match seen.statement {
        Statement::PoolFull => (
            "the address pool is full",
            "make the pool larger, or free addresses of clients that are gone",
        ),
        Statement::NoVirtualIpReceived => (
            "the server gives no virtual address (INTERNAL_ADDRESS_FAILURE)",
            "give the server a pool of addresses, large enough and of the family that the client asks for",
        ),
        Statement::VirtualIpNotRequested => (
            "the client does not ask for a virtual address, and the server demands it (FAILED_CP_REQUIRED)",
            "let the client request an address (`vips = 0.0.0.0`, `leftsourceip=%config`)",
        ),
        _ => (
            "the client asks for a virtual address, and there is none for it",
            "give the connection a pool of addresses (`pools`, `rightsourceip`) of the family that is asked for",
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

pub(super) fn selectors(attempt: &Attempt, _: &Aid<'_>) -> Option<DiagnosisFinding> {
    const SIGNS: &[Statement] = &[
        Statement::SelectorsRefused,
        Statement::SelectorsRefusedByPeer,
    ];
    let seen = attempt.first_of(SIGNS)?;
    let message = match seen.statement {
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
            "let the local networks of one side be the remote networks of the other (`local_ts`, `remote_ts`, \
             leftsubnet, rightsubnet)",
        )
        .rules_out("the proposals of phase 2: they match")
        .says("RFC 7296, section 2.9"),
    )
}

fn proposals(attempt: &Attempt, aid: &Aid<'_>) -> Option<DiagnosisFinding> {
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
            if attempt.attempt_key.witness == Witness::Apple { Confidence::Likely } else { Confidence::Certain },
            "the server refuses the child SA with NO_PROPOSAL_CHOSEN: no proposal of phase 2 matches".to_owned(),
            "give the server a phase 2 that this client offers; the server's log names both lists".to_owned(),
        ),
    };
    Some(
        finding(
            (Cause::EspProposalMismatch, CHILD),
            confidence,
            message,
            evidence,
            fix,
        )
        .rules_out("phase 1 and authentication: they worked")
        .rules_out("groups of phase 2: they are not compared for the first child SA")
        .says("RFC 7296, sections 1.2 and 2.7"),
    )
}
