//! What ends a tunnel that was up, as logs tell of it.

use super::super::Aid;
use super::super::overlap::{Overlap, overlap};
use super::{Rule, child, finding};
use crate::compat::gap::transform;
use crate::diagnose::attempt::{Attempt, Creation, Repeated, Turn};
use crate::diagnose::cause::Cause;
use crate::diagnose::event::Exchange;
use crate::diagnose::explanation::{Confidence, Explanation, Phase};
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
fn kernel(attempt: &Attempt, aid: &Aid<'_>) -> Option<Explanation> {
    child::kernel(attempt, aid)
}

/// A further child SA has other networks.
fn selectors(attempt: &Attempt, aid: &Aid<'_>) -> Option<Explanation> {
    let up = attempt.up().unwrap_or_default();
    attempt.up().map(|_| ()).or(attempt.creation.map(|_| ()))?;
    let after = |statement| attempt.says_after(statement, up);
    if after(Statement::SelectorsRefused) || after(Statement::SelectorsRefusedByPeer) {
        child::selectors(attempt, aid)
    } else {
        None
    }
}

/// A responder asks for one group after the other, or the initiator does not follow. One round that is
/// followed is normal, and so is one whose end the log does not show.
fn groups(attempt: &Attempt, _: &Aid<'_>) -> Option<Explanation> {
    let up = attempt.up().unwrap_or_default();
    attempt.up().map(|_| ()).or(attempt.creation.map(|_| ()))?;
    let refused = attempt.says_after(Statement::GroupRefused, up);
    let asked = [Statement::GroupRequested, Statement::GroupFollowed]
        .iter()
        .filter(|statement| attempt.says_after(**statement, up))
        .filter_map(|statement| attempt.statement(*statement))
        .map(|seen| seen.count)
        .max()
        .unwrap_or_default();
    let failed = asked > 0 && attempt.says_after(Statement::ChildRekeyFailed, up);
    let renewed = attempt.has_any(&[Statement::ChildRekeyed, Statement::IkeRekeyed]);
    if !refused && !failed && (asked < ROUNDS || renewed) {
        return None;
    }
    let what = attempt
        .creation
        .map_or("the child SA cannot be rekeyed", Creation::failed);
    Some(pfs(
        if refused || failed {
            Confidence::Certain
        } else {
            Confidence::Likely
        },
        format!("{what}: the peers do not settle on a group (INVALID_KE_PAYLOAD)"),
        attempt,
        &[
            Statement::GroupRequested,
            Statement::GroupFollowed,
            Statement::GroupRefused,
            Statement::ChildRekeyFailed,
        ],
    ))
}

/// So many rounds of INVALID_KE_PAYLOAD in one tunnel are no accident.
const ROUNDS: u64 = 3;

impl Creation {
    /// What did not come of it.
    const fn failed(self) -> &'static str {
        match self {
            Self::Child => "a further child SA is not made",
            Self::ChildRekey => "the child SA cannot be rekeyed",
            Self::IkeRekey => "the IKE SA cannot be rekeyed",
        }
    }

    const fn phase(self) -> Phase {
        match self {
            Self::Child => Phase::ChildSa,
            Self::ChildRekey | Self::IkeRekey => REKEY,
        }
    }
}

fn pfs(
    confidence: Confidence,
    message: String,
    attempt: &Attempt,
    statements: &[Statement],
) -> Explanation {
    let phase = match attempt.creation {
        Some(Creation::Child) if !attempt.rekeying => Phase::ChildSa,
        _ => REKEY,
    };
    let found = finding(
        (Cause::PfsMismatch, phase),
        confidence,
        message,
        attempt.lines(statements),
        "name the same group for PFS in phase 2 on both sides, or none on both",
    )
    .says("RFC 7296, sections 1.2 and 1.3.3");
    if attempt.up().is_some() {
        found.rules_out("the first child SA: groups are not compared in IKE_AUTH, so it came up")
    } else {
        found
    }
}

/// Proposals of a CREATE_CHILD_SA are refused, here or there.
fn child_proposals(attempt: &Attempt, aid: &Aid<'_>) -> Option<Explanation> {
    let up = attempt.up();
    // Without an exchange behind it, a refusal is that of the first child SA.
    if up.is_none() && attempt.creation.is_none() && !attempt.has(Statement::ChildRekeyFailed) {
        return None;
    }
    let up = up.unwrap_or_default(); // an excerpt may lack that line
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
    // A child SA that cannot be rekeyed is made anew in the end, and refused again.
    let creation = match attempt.creation {
        Some(Creation::IkeRekey) => Creation::IkeRekey,
        _ if rekeying => Creation::ChildRekey,
        Some(creation) => creation,
        None => Creation::Child,
    };
    let found = match both {
        Some(((offer, _), (own, _))) => compared(attempt, aid, creation, (offer, own))?,
        None => uncompared(attempt, creation),
    };
    Some(Explanation {
        evidence: lines,
        ..found
    })
}

/// Both lists are there: what they lack, groups included.
fn compared(
    attempt: &Attempt,
    aid: &Aid<'_>,
    creation: Creation,
    (offer, own): (&[Proposal], &[Proposal]),
) -> Option<Explanation> {
    let what = creation.failed();
    Some(match overlap(offer, own, Protocol::Esp, aid) {
        Overlap::Match => {
            let (here, there) = (group_names(own), group_names(offer));
            if here == there {
                return None; // something else is refused
            }
            let fix = match (here.as_str(), there.as_str()) {
                (_, NO_GROUP) => format!(
                    "let the peer use PFS in phase 2 with {here}, or let this side do without: then no group stands in \
                     its phase 2"
                ),
                (NO_GROUP, _) => format!(
                    "add {there} to phase 2 of this side, or let the peer do without PFS in phase 2"
                ),
                _ => format!(
                    "name one group in phase 2 of both sides: {there}, which the peer sends, here too, or {here} there"
                ),
            };
            Explanation {
                fix,
                ..pfs(
                    Confidence::Certain,
                    format!("{what}: the suites agree, and the groups differ, {here} here and {there} there"),
                    attempt,
                    &[],
                )
            }
            .rules_out("encryption and integrity: a suite is in both lists")
        }
        Overlap::Gap { lacks, add } => finding(
            (Cause::EspProposalMismatch, creation.phase()),
            Confidence::Certain,
            format!("{what}: none of the proposals is accepted: {lacks}"),
            Vec::new(),
            add.map_or_else(
                || "give both sides the same phase 2".to_owned(),
                |suite| format!("add {suite} to phase 2 of this child"),
            ),
        )
        .says("RFC 7296, section 2.7"),
    })
}

/// NO_PROPOSAL_CHOSEN alone.
fn uncompared(attempt: &Attempt, creation: Creation) -> Explanation {
    let what = creation.failed();
    match creation {
        Creation::IkeRekey => finding(
            (Cause::IkeProposalMismatch, REKEY),
            Confidence::Likely,
            format!("{what}: it is refused with NO_PROPOSAL_CHOSEN although the IKE SA came up before"),
            Vec::new(),
            "let the suite and the group in use be first in phase 1 of both sides; some clients offer another list when \
             they rekey",
        )
        .says("RFC 7296, section 1.3.2"),
        Creation::ChildRekey => pfs(
            Confidence::Likely,
            format!(
                "{what}: it is refused with NO_PROPOSAL_CHOSEN although the child SA came up before, when groups were \
                 not compared"
            ),
            attempt,
            &[],
        ),
        Creation::Child => {
            let sent = attempt
                .of(Exchange::CREATE_CHILD_SA)
                .last()
                .filter(|turn| !turn.asked.is_empty());
            let group = match sent.map(|turn| turn.asked.iter().any(|payload| payload == "KE")) {
                Some(true) => "; the request brought a group (PFS)",
                Some(false) => "; the request brought no group, which a peer with PFS in phase 2 refuses",
                None => "",
            };
            finding(
                (Cause::EspProposalMismatch, Phase::ChildSa),
                Confidence::Likely,
                format!(
                    "{what}: it is refused with NO_PROPOSAL_CHOSEN, for its suites or for its group, which count in \
                     CREATE_CHILD_SA{group}"
                ),
                Vec::new(),
                "compare phase 2 of this child on both sides, group for PFS included; the log of the side that refuses \
                 names both lists",
            )
            .says("RFC 7296, sections 1.3.1 and 2.7")
        }
    }
}

/// What stands for a list without groups.
const NO_GROUP: &str = "no group";

fn group_names(list: &[Proposal]) -> String {
    let mut names: Vec<String> = Vec::new();
    for group in list.iter().flat_map(|it| it.of(TransformType::KE)) {
        let name = transform(*group);
        if !names.contains(&name) {
            names.push(name);
        }
    }
    if names.is_empty() {
        NO_GROUP.to_owned()
    } else {
        names.join(", ")
    }
}

fn child_failed(attempt: &Attempt, _: &Aid<'_>) -> Option<Explanation> {
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

fn ike_failed(attempt: &Attempt, _: &Aid<'_>) -> Option<Explanation> {
    let up = attempt.up().unwrap_or_default();
    let silent = attempt.has_any(&[Statement::GaveUp, Statement::Retransmit]);
    let refused = attempt.says_after(Statement::NoProposalReceived, up)
        || attempt.says_after(Statement::NoProposalSent, up);
    let failed = refused || !silent && attempt.says_after(Statement::IkeRekeyFailed, up);
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

/// So many repetitions take half a minute and more.
const MANY_REPETITIONS: u32 = 3;

fn dead(attempt: &Attempt, _: &Aid<'_>) -> Option<Explanation> {
    const ENDS: &[Statement] = &[
        Statement::PeerDead,
        Statement::GaveUp,
        Statement::DeleteUnanswered,
        Statement::Reestablishing,
    ];
    let up = attempt.up().unwrap_or_default();
    let gone = ENDS
        .iter()
        .any(|statement| attempt.says_after(*statement, up));
    let later = matches!(attempt.repeated(), Repeated::Later);
    // A request that is repeated is no failure yet: the peer may sleep.
    let asking = later
        && attempt.says_after(Statement::Retransmit, up)
        && attempt.repetitions >= MANY_REPETITIONS;
    if !gone && !asking || attempt.has_any(&[Statement::NeverEstablished, Statement::TryingAgain]) {
        return None;
    }
    let known = attempt.up().is_some() || later || attempt.has(Statement::PeerDead);
    if !known {
        return None;
    }
    let renewing = attempt
        .creation
        .is_some_and(|creation| creation != Creation::Child)
        && !attempt.has_any(&[Statement::IkeRekeyed, Statement::ChildRekeyed]);
    let asked = attempt
        .turns
        .iter()
        .rev()
        .find(|turn| turn.responses == 0 && turn.exchange != Exchange::IKE_SA_INIT);
    let mut evidence = attempt.lines(ENDS);
    evidence.extend(asked.and_then(|turn| turn.request.clone()));
    if !gone {
        evidence.extend(attempt.lines(&[Statement::Retransmit]));
    }
    evidence.sort_by_key(|line| line.line);
    evidence.dedup();
    let what = if attempt.has(Statement::DeleteUnanswered) || asked.is_some_and(deletes) {
        "; its own request to delete the IKE SA is what is not answered"
    } else if renewing {
        "; its request for new keys is what is not answered"
    } else {
        ""
    };
    let message = if gone {
        format!("the tunnel was up, then the peer stopped answering{what}")
    } else {
        format!(
            "the tunnel was up, and the peer does not answer any more; the log ends before that is given up (DPD){what}"
        )
    };
    Some(
        finding(
            (Cause::PeerDead, if renewing { REKEY } else { Phase::Network }),
            if gone && attempt.complaints.is_empty() {
                Confidence::Certain
            } else if gone {
                Confidence::Likely // what complains may be about an answer
            } else {
                Confidence::Possible
            },
            message,
            evidence,
            "check whether the peer still runs and reaches us: its address may have changed (MOBIKE helps), or a \
             NAT on the way forgot the mapping",
        )
        .rules_out("proposals and authentication: the tunnel was up")
        .says("RFC 7296, section 2.4"),
    )
}

fn deletes(turn: &Turn) -> bool {
    turn.exchange == Exchange::INFORMATIONAL && turn.asked.iter().any(|payload| payload == "D")
}
