//! From the story of an attempt to its causes.
//!
//! A rule looks at one attempt and gives a [`Explanation`] or nothing. All rules are asked; what the best of
//! them explains is no cause of its own.

mod encrypted;
mod first_message;
mod lengths;
mod overlap;
mod packets;
mod silence;
mod told;

use self::encrypted::Success;
pub(crate) use self::overlap::LastComparison;
pub(super) use self::told::louder;
use super::attempt::{Attempt, Turn};
use super::event::Exchange;
use super::explanation::{Explanation, Outcome, Phase};
use super::statement::Statement;
use crate::ike::Notify;
use crate::peer::{Client, Policy, Server};

/// What helps to judge beside the log itself.
#[derive(Clone, Debug, Default)]
pub struct Aid<'a> {
    /// Clients that are known, to recognise one by what it offers.
    pub clients: &'a [Client],
    /// The server's configuration, if it was given.
    pub server: Option<&'a Server>,
    /// Ranks the suites that would help.
    pub policy: Option<&'a Policy>,
    /// The comparison that was made last: attempts repeat each other.
    pub compared: LastComparison,
}

/// What was made of an attempt.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Judgement {
    /// What came of it.
    pub outcome: Outcome,
    /// How far it got, or where it failed.
    pub phase: Phase,
    /// Why it failed, best first.
    pub findings: Vec<Explanation>,
    /// The findings count only if so many attempts of the peer ended alike, and none came up.
    pub at_least: u64,
}

/// A rule.
type Rule = fn(&Attempt, &Aid<'_>) -> Option<Explanation>;

/// All rules, those that say more first.
const RULES: &[Rule] = &[
    packets::refused,
    packets::no_proposal_chosen,
    packets::groups,
    packets::not_understood,
    packets::malformed,
    encrypted::fragments,
    encrypted::refused,
    encrypted::rekey_refused,
    encrypted::peer_dead,
    encrypted::half_open,
    encrypted::never_authenticates,
    encrypted::unheard,
    silence::no_response,
    silence::nat_t_blocked,
];

/// Rules that hold if only the client's packets were captured: nothing follows from silence.
const ONE_DIRECTION: &[Rule] = &[packets::refused];

/// Rules that hold for a listing that shows which messages went by and not what is in them.
const SHORT_LISTING: &[Rule] = &[packets::refused, encrypted::peer_dead, silence::no_response];

/// Judges one attempt.
pub(crate) fn judge(attempt: &Attempt, aid: &Aid<'_>) -> Judgement {
    let rules: &[Rule] = if attempt.watched.without_answers().is_some() {
        ONE_DIRECTION
    } else if attempt.has(Statement::ShortListing) {
        SHORT_LISTING
    } else {
        RULES
    };
    let mut findings: Vec<Explanation> =
        rules.iter().filter_map(|rule| rule(attempt, aid)).collect();
    findings.extend(told::cause(attempt, aid));
    let mut at_least = 0;
    if findings.is_empty()
        && let Some((times, finding)) = told::tentative(attempt)
    {
        at_least = times;
        findings.push(finding);
    }
    findings.sort_by_key(|finding| finding.confidence);
    let success = encrypted::success(attempt);
    let outcome = if !findings.is_empty() {
        Outcome::Failed
    } else if attempt.has_any(&[
        Statement::ChildEstablished,
        Statement::ChildRekeyed,
        Statement::IkeRekeyed,
    ]) || matches!(success, Some(Success::Established(_)))
    {
        Outcome::Established
    } else {
        Outcome::Inconclusive
    };
    Judgement {
        outcome,
        phase: findings.first().map_or(Phase::None, |f| f.phase),
        findings,
        at_least,
    }
}

/// What else there is to say of an attempt: what is normal although it looks odd, by what success is
/// known, whom the client looks like. Attempts that end alike need it once, and it is dear.
pub(crate) fn notes(attempt: &Attempt, judged: &Judgement, aid: &Aid<'_>) -> Vec<String> {
    let mut notes = told::notes(attempt, judged.outcome);
    notes.extend(told::next_step(attempt, judged.outcome));
    if judged.findings.is_empty() {
        notes.extend(encrypted::success(attempt).map(|success| match success {
            Success::Established(how) | Success::Undecided(how) => how,
        }));
    }
    notes.extend(packets::notes(attempt));
    notes.extend(packets::introduction(attempt, aid));
    if judged.outcome != Outcome::Established {
        notes.extend(first_message::hint(attempt, aid));
    }
    notes
}

/// The first exchange was answered with a choice.
fn first_exchange_worked(attempt: &Attempt) -> bool {
    let worked = |turn: &Turn| turn.responses > 0 && !turn.notifies.iter().any(|n| n.is_error());
    attempt.of(Exchange::IKE_SA_INIT).any(worked)
        || attempt
            .of(Exchange::IKE_SA_INIT)
            .any(|turn| turn.responses > 1 && turn.notifies == [Notify::INVALID_KE_PAYLOAD])
}
