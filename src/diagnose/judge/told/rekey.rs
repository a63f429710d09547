//! What ends a tunnel that was up, as logs tell of it.

use super::super::Aid;
use super::super::overlap::{Overlap, overlap};
use super::{Rule, child, finding};
use crate::compat::gap::transform;
use crate::diagnose::attempt::Attempt;
use crate::diagnose::cause::Cause;
use crate::diagnose::event::Exchange;
use crate::diagnose::finding::{Confidence, DiagnosisFinding, Phase};
use crate::diagnose::statement::Statement;
use crate::ike::{Proposal, Protocol, TransformType};

pub(super) const RULES: &[Rule] = &[
    kernel,
    selectors,
    groups,
    child_proposals,
    child_failed,
    ike_failed,
    dead,
];

const REKEY: Phase = Phase::Rekey;

/// The other children of a tunnel, or the first one after all.
fn kernel(attempt: &Attempt, aid: &Aid<'_>) -> Option<DiagnosisFinding> {
    child::kernel(attempt, aid)
}

/// A further child SA has other networks.
fn selectors(attempt: &Attempt, aid: &Aid<'_>) -> Option<DiagnosisFinding> {
    let up = attempt.up()?;
    let after = |statement| attempt.says_after(statement, up);
    if after(Statement::SelectorsRefused) || after(Statement::SelectorsRefusedByPeer) {
        child::selectors(attempt, aid)
    } else {
        None
    }
}

/// A responder asks for one group after the other, or the initiator does not follow.
fn groups(attempt: &Attempt, _: &Aid<'_>) -> Option<DiagnosisFinding> {
    let up = attempt.up()?;
    let refused = attempt.says_after(Statement::GroupRefused, up);
    let requested = attempt.says_after(Statement::GroupRequested, up);
    let failed = attempt.says_after(Statement::ChildRekeyFailed, up) || refused;
    let again = requested
        && attempt
            .statement(Statement::GroupRequested)
            .is_some_and(|seen| seen.count > 1);
    if !(refused || again && !attempt.has(Statement::ChildRekeyed)) || !(failed || again) {
        return None;
    }
    Some(pfs(
        Confidence::Certain,
        "the child SA cannot be rekeyed: the peers do not settle on a group (INVALID_KE_PAYLOAD)"
            .to_owned(),
        attempt,
        &[
            Statement::GroupRequested,
            Statement::GroupRefused,
            Statement::ChildRekeyFailed,
        ],
    ))
}

fn pfs(
    confidence: Confidence,
    message: String,
    attempt: &Attempt,
    statements: &[Statement],
) -> DiagnosisFinding {
    finding(
        (Cause::PfsMismatch, REKEY),
        confidence,
        message,
        attempt.lines(statements),
        "name the same group for PFS in phase 2 on both sides, or none on both",
    )
    .rules_out("the first child SA: groups are not compared in IKE_AUTH, so it came up")
    .says("RFC 7296, sections 1.2 and 1.3.3")
}

/// Proposals of a CREATE_CHILD_SA are refused, here or there.
fn child_proposals(attempt: &Attempt, aid: &Aid<'_>) -> Option<DiagnosisFinding> {
    let up = attempt.up().unwrap_or_default(); // an excerpt may lack that line
    let refused = attempt.says_after(Statement::ChildProposalsRefused, up);
    let received = attempt.says_after(Statement::ChildNoProposalReceived, up);
    if !refused && !received {
        return None;
    }
    let lists = &attempt.esp;
    let both = lists
        .received
        .as_ref()
        .zip(lists.configured.as_ref())
        .filter(|_| refused);
    let mut lines = attempt.lines(&[
        Statement::ChildProposalsRefused,
        Statement::ChildNoProposalReceived,
        Statement::ChildRekeyFailed,
    ]);
    if refused {
        lines.extend(lists.received.iter().map(|(_, line)| line.clone()));
        lines.extend(lists.configured.iter().map(|(_, line)| line.clone()));
    }
    lines.sort_by_key(|line| line.line);
    lines.dedup();
    let rekeying = attempt.rekeying
        || attempt.has_any(&[Statement::ChildRekeyFailed, Statement::RekeyingChild]);
    let found = match both {
        Some(((offer, _), (own, _))) => match overlap(offer, own, Protocol::Esp, aid) {
            // Apart from groups they fit.
            Overlap::Match => pfs(
                Confidence::Certain,
                format!(
                    "the child SA cannot be rekeyed: the groups differ, {} here and {} there",
                    group_names(own),
                    group_names(offer)
                ),
                attempt,
                &[],
            ),
            Overlap::Gap { lacks, add } => finding(
                (Cause::EspProposalMismatch, if rekeying { REKEY } else { Phase::ChildSa }),
                Confidence::Certain,
                format!("the responder accepts none of the proposals for this child SA: {lacks}"),
                Vec::new(),
                add.map_or_else(
                    || "give both sides the same phase 2".to_owned(),
                    |suite| format!("add {suite} to phase 2 of this child"),
                ),
            )
            .says("RFC 7296, section 2.7"),
        },
        None if rekeying => pfs(
            Confidence::Likely,
            "rekeying the child SA is refused with NO_PROPOSAL_CHOSEN although the first child SA came up: \
             only groups are compared anew"
                .to_owned(),
            attempt,
            &[],
        ),
        None => finding(
            (Cause::EspProposalMismatch, Phase::ChildSa),
            Confidence::Likely,
            "the peer refuses a further child SA with NO_PROPOSAL_CHOSEN",
            Vec::new(),
            "compare phase 2 of this child on both sides, groups included",
        )
        .says("RFC 7296, section 2.7"),
    };
    Some(DiagnosisFinding {
        evidence: lines,
        ..found
    })
}

fn group_names(list: &[Proposal]) -> String {
    let mut names: Vec<String> = Vec::new();
    for group in list.iter().flat_map(|it| it.of(TransformType::KE)) {
        let name = transform(*group);
        if !names.contains(&name) {
            names.push(name);
        }
    }
    if names.is_empty() {
        "no group".to_owned()
    } else {
        names.join(", ")
    }
}

fn child_failed(attempt: &Attempt, _: &Aid<'_>) -> Option<DiagnosisFinding> {
    let up = attempt.up()?;
    attempt
        .says_after(Statement::ChildRekeyFailed, up)
        .then_some(())?;
    let found = pfs(
        Confidence::Likely,
        "rekeying the child SA failed although the first child SA came up: only groups are compared anew".to_owned(),
        attempt,
        &[Statement::ChildRekeyFailed, Statement::ChildNoProposalReceived],
    );
    Some(found)
}

fn ike_failed(attempt: &Attempt, _: &Aid<'_>) -> Option<DiagnosisFinding> {
    let up = attempt.up()?;
    let failed = attempt.says_after(Statement::IkeRekeyFailed, up)
        || attempt.says_after(Statement::NoProposalReceived, up)
        || attempt.says_after(Statement::NoProposalSent, up);
    let created = attempt.of(Exchange::CREATE_CHILD_SA).next().is_some()
        || attempt.has(Statement::RekeyingIke);
    if !failed || !created && !attempt.has(Statement::IkeRekeyFailed) {
        return None;
    }
    Some(
        finding(
            (Cause::IkeProposalMismatch, REKEY),
            Confidence::Likely,
            "rekeying the IKE SA is refused although it came up before",
            attempt.lines(&[Statement::IkeRekeyFailed, Statement::NoProposalReceived, Statement::NoProposalSent]),
            "let the suite in use be first on both sides; some clients offer another list when they rekey",
        )
        .says("RFC 7296, section 1.3.2"),
    )
}

fn dead(attempt: &Attempt, _: &Aid<'_>) -> Option<DiagnosisFinding> {
    let up = attempt.up()?;
    let gone =
        attempt.says_after(Statement::PeerDead, up) || attempt.says_after(Statement::GaveUp, up);
    if !gone {
        return None;
    }
    let rekeying = attempt.rekeying
        || attempt.has(Statement::RekeyingIke) && !attempt.has(Statement::IkeRekeyed);
    Some(
        finding(
            (Cause::PeerDead, if rekeying { REKEY } else { Phase::Network }),
            Confidence::Certain,
            "the tunnel was up, then the peer stopped answering",
            attempt.lines(&[Statement::PeerDead, Statement::GaveUp]),
            "check whether the peer still runs and reaches us: its address may have changed (MOBIKE helps), or a \
             NAT on the way forgot the mapping",
        )
        .rules_out("proposals and authentication: the tunnel was up")
        .says("RFC 7296, section 2.4"),
    )
}
