//! What appliances and cloud services state in sentences of their own, and how they can be made to say more.

use super::super::Aid;
use super::{Rule, finding};
use crate::diagnose::attempt::Attempt;
use crate::diagnose::cause::Cause;
use crate::diagnose::event::Witness;
use crate::diagnose::explanation::{Confidence, Explanation, Outcome, Phase};
use crate::diagnose::statement::Statement;

pub(super) const RULES: &[Rule] = &[
    group_missing,
    firewall_policy,
    shared_key,
    refused,
    proposals,
    dead,
];

/// The first child SA has no group; one that is made later has, if either side wants it.
fn group_missing(attempt: &Attempt, _: &Aid<'_>) -> Option<Explanation> {
    attempt.statement(Statement::GroupMissing)?;
    Some(
        finding(
            (Cause::PfsMismatch, Phase::Rekey),
            Confidence::Likely,
            "this side demands a group for the child SA (PFS), and the peer sends no KE payload",
            attempt.lines(&[Statement::GroupMissing, Statement::ChildFailed]),
            "name the same group for PFS in phase 2 on both sides, or none on both",
        )
        .says("RFC 7296, section 1.3.1"),
    )
}

fn firewall_policy(attempt: &Attempt, _: &Aid<'_>) -> Option<Explanation> {
    attempt.statement(Statement::NoFirewallPolicy)?;
    Some(
        finding(
            (Cause::NoPeerConfig, Phase::IkeSaInit),
            Confidence::Certain,
            "the connection is configured, and no firewall policy uses it, so requests for it are ignored",
            attempt.lines(&[Statement::NoFirewallPolicy]),
            "add a firewall policy with the tunnel's interface as source or destination, and try again",
        )
        .rules_out("the proposals: they were not compared"),
    )
}

fn shared_key(attempt: &Attempt, _: &Aid<'_>) -> Option<Explanation> {
    attempt.statement(Statement::SharedKeySuspected)?;
    Some(finding(
        (Cause::PskMismatch, Phase::IkeAuth),
        Confidence::Likely,
        "authentication failed, and the program takes the pre-shared keys to differ",
        attempt.lines(&[Statement::SharedKeySuspected, Statement::AuthFailedSent]),
        "enter the same pre-shared key on both sides, and check that each names the other by the identity that it \
         sends: with several connections the key of another one may have been tried",
    ))
}

fn refused(attempt: &Attempt, _: &Aid<'_>) -> Option<Explanation> {
    const BETTER: &[Statement] = &[
        Statement::MethodRefused,
        Statement::NoPeerConfig,
        Statement::NoSharedKey,
        Statement::SharedKeyDiffers,
        Statement::SignatureInvalid,
        Statement::ChildProposalsRefused,
        Statement::ChildNoProposalReceived,
        Statement::HalfOpenTimeout,
    ];
    attempt.statement(Statement::AuthFailedSomewhere)?;
    if attempt.has_any(BETTER) {
        return None;
    }
    Some(
        finding(
            (Cause::AuthFailedOpaque, Phase::IkeAuth),
            Confidence::Likely,
            "authentication failed; this log says neither why nor which end refused",
            attempt.lines(&[Statement::AuthFailedSomewhere, Statement::AuthFailedSent]),
            "look at the other end's log of that second, and compare identities, pre-shared key or certificates, and \
             the method of either side",
        )
        .rules_out("the proposals of phase 1: they match"),
    )
}

/// NO_PROPOSAL_CHOSEN without a word on the exchange.
fn proposals(attempt: &Attempt, _: &Aid<'_>) -> Option<Explanation> {
    attempt.statement(Statement::NoProposalChosen)?;
    let up = attempt.has_any(&[Statement::IkeEstablished, Statement::PeerAuthenticated]);
    let (cause, phase, message) = if up {
        (
            Cause::EspProposalMismatch,
            Phase::ChildSa,
            "NO_PROPOSAL_CHOSEN after the IKE SA was up: no proposal of phase 2 matches",
        )
    } else {
        (
            Cause::IkeProposalMismatch,
            Phase::IkeSaInit,
            "NO_PROPOSAL_CHOSEN, most often of IKE_SA_INIT: no proposal of phase 1 matches, or there is no connection \
             for this peer; if the other end's log shows IKE_AUTH, it is phase 2",
        )
    };
    Some(
        finding(
            (cause, phase),
            Confidence::Likely,
            message,
            attempt.lines(&[Statement::NoProposalChosen]),
            "compare the proposals of both sides; the other end's log, or a capture of IKE_SA_INIT, shows what is \
             offered",
        )
        .says("RFC 7296, section 2.7"),
    )
}

/// Signs of life are asked for only when the tunnel is up, so the line says that it was.
fn dead(attempt: &Attempt, _: &Aid<'_>) -> Option<Explanation> {
    attempt.statement(Statement::PeerDead)?;
    let confidence = match attempt.attempt_key.witness {
        Witness::Aws | Witness::Junos => Confidence::Certain,
        Witness::Apple => Confidence::Likely,
        _ => return None,
    };
    Some(
        finding(
            (Cause::PeerDead, Phase::Network),
            confidence,
            "the tunnel was up, then the peer stopped answering",
            attempt.lines(&[Statement::PeerDead]),
            "check whether the other end still runs, its address, and the mapping of the NAT before it; its log of that \
             second says whether the probes arrived",
        )
        .says("RFC 7296, section 2.4"),
    )
}

/// What to do with a log or listing that cannot say more.
pub(in crate::diagnose::judge) fn next_step(attempt: &Attempt, outcome: Outcome) -> Option<String> {
    if let Some(program) = attempt.detail(Statement::ShortListing)
        && outcome != Outcome::Established
    {
        let more = match program {
            "tcpdump" => "run `tcpdump -nvv -r FILE.pcap`",
            _ => "run `tshark -V -r FILE.pcap`",
        };
        return Some(format!(
            "this listing shows which messages went by, not what is in them: keep the capture and run `ikecompat \
             diagnose FILE.pcap`, or {more}"
        ));
    }
    let other = outcome == Outcome::Inconclusive && attempt.has(Statement::OtherTunnel);
    other.then(|| "this connection is of another protocol or program (SSTP, L2TP, PPTP, a VPN app), not of IKEv2".to_owned())
}
