//! One exchange in which keys are negotiated, with its INVALID_KE_PAYLOAD rounds.
//!
//! The asking side guesses a group for its KE payload; the answering side selects first and looks
//! at the payload afterwards, so it can ask for another group although the one it got would have
//! fitted some other suite (RFC 7296, section 1.2; `oracle` rules 5 and 12 in docs/negotiation.md).

use std::borrow::Cow;

use super::select::{Offer, Rule, Selection, Terms, select};
use crate::ike::{Proposal, Suite, Transform};
use crate::peer::Build;

/// One round that INVALID_KE_PAYLOAD cost.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct InvalidKe {
    /// Group of the KE payload; `None` if the request carried none.
    pub sent: Option<Transform>,
    /// Group that the answering side asked for.
    pub wanted: Transform,
}

/// A limit of the daemons themselves, not of their lists.
#[derive(Clone, Copy, Debug, Eq, PartialEq, strum::Display, strum::VariantNames)]
#[strum(serialize_all = "kebab-case")]
pub enum Limit {
    /// The asking side cannot compute the group that it would send first; nothing is sent.
    FirstGroupNotImplemented,
    /// The asking side cannot compute the group that the answering side wants.
    WantedGroupNotImplemented,
    /// The asking side gives up after too many INVALID_KE_PAYLOAD rounds.
    InvalidKeRounds,
    /// A side has no implementation of the suite it agreed to.
    SuiteNotImplemented,
    /// The asking side refuses the answer: its list, as configured, demands a key exchange.
    AnswerRefused,
    /// The IPsec backend refuses the suite of the first child SA, and the IKE SA ends with it.
    ChildNotInstalled,
    /// One side demands an IKE SA without a first child SA, or one with it, and the other does not
    /// do that.
    ChildlessNotAgreed,
}

/// Agreement.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Agreement {
    /// What was selected, and by which pair of proposals.
    pub selection: Selection,
    /// Rounds lost before.
    pub invalid_ke: Vec<InvalidKe>,
    /// Whether the answering side's IPsec backend can take a suite of ESP; always true for IKE.
    pub installed: bool,
}

/// What comes out of one exchange between two engines whose rules are known.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Outcome {
    /// Agreement.
    Agree(Agreement),
    /// The lists share nothing: NO_PROPOSAL_CHOSEN.
    NoMatch,
    /// A daemon's own limit, after this suite had been selected if one is given.
    Limit {
        /// Which limit.
        limit: Limit,
        /// What had been selected.
        selected: Option<Suite>,
        /// Rounds before.
        invalid_ke: Vec<InvalidKe>,
    },
    /// The SA to be rekeyed does not exist.
    NotReached,
}

impl Outcome {
    /// The agreement, if there is one.
    pub fn agreement(&self) -> Option<&Agreement> {
        match self {
            Self::Agree(agreement) => Some(agreement),
            Self::NoMatch | Self::Limit { .. } | Self::NotReached => None,
        }
    }
}

/// Rounds after which charon gives up an IKE SA: the fifth INVALID_KE_PAYLOAD is one too many
/// (`MAX_RETRIES` in strongSwan's `ike_init.c`).
pub(crate) const IKE_ROUNDS: usize = 4;

/// Rounds that charon allows in a CREATE_CHILD_SA for a child SA ("already retried with DH group").
pub(crate) const CHILD_ROUNDS: usize = 1;

/// One side of an exchange, as charon plays it.
#[derive(Clone, Copy, Debug)]
pub struct Side<'a> {
    /// IKE proposals as configured.
    pub ike: &'a [Proposal],
    /// ESP proposals as configured, with their groups.
    pub esp: &'a [Proposal],
    /// What the daemon's build implements.
    pub build: &'a Build,
    /// How it chooses when it answers.
    pub rule: Rule,
    /// Whether it takes private-use numbers.
    pub with_private: bool,
}

impl Side<'_> {
    /// What counts when this side answers.
    pub(crate) const fn terms(&self, with_ke: bool) -> Terms {
        Terms {
            rule: self.rule,
            with_ke,
            with_private: self.with_private,
            with_additional_ke: self.build.additional_key_exchanges,
        }
    }
}

/// IKE_SA_INIT: the KE payload is for the first group of the first proposal.
pub fn ike_sa_init(asking: Side<'_>, answering: Side<'_>) -> Outcome {
    let Some(first) = asking.ike.iter().find_map(Proposal::first_ke) else {
        return Outcome::NoMatch;
    };
    if !asking.build.supports_ke(first) {
        return Outcome::Limit {
            limit: Limit::FirstGroupNotImplemented,
            selected: None,
            invalid_ke: Vec::new(),
        };
    }
    ike(asking, answering, first)
}

/// Rekeying of an IKE SA: the KE payload is for the group of the IKE SA to be replaced
/// (`charon.prefer_previous_dh_group`).
pub(crate) fn ike_rekey(asking: Side<'_>, answering: Side<'_>, current: &Suite) -> Outcome {
    match current.ke() {
        Some(group) => ike(asking, answering, group),
        None => ike_sa_init(asking, answering),
    }
}

fn ike(asking: Side<'_>, answering: Side<'_>, first: Transform) -> Outcome {
    let rounds = Rounds {
        asking: asking.ike,
        answering: answering.ike,
        terms: answering.terms(true),
        build: asking.build,
        allowed: IKE_ROUNDS,
        needs_group: true,
    };
    let outcome = rounds.play(Some(first));
    if let Outcome::Agree(agreement) = &outcome {
        let suite = &agreement.selection.suite;
        if !(asking.build.implements(suite) && answering.build.implements(suite)) {
            return Outcome::Limit {
                limit: Limit::SuiteNotImplemented,
                selected: Some(*suite),
                invalid_ke: agreement.invalid_ke.clone(),
            };
        }
    }
    outcome
}

/// The child SA of IKE_AUTH: groups are neither sent nor compared.
pub fn first_child(asking: Side<'_>, answering: Side<'_>) -> Outcome {
    let offer = Offer::as_listed(asking.esp);
    match select(offer, answering.esp, answering.terms(false)) {
        Some(selection) => installed(asking, answering, selection, Vec::new()),
        None => Outcome::NoMatch,
    }
}

/// Rekeying of the child SA that came with IKE_AUTH.
///
/// The KE payload is for the first group anywhere in the asking side's list. If that is NONE, no
/// payload goes with the request, and some versions remove all groups from the offer, though not
/// from the list that the answer is held against.
pub fn child_rekey(asking: Side<'_>, answering: Side<'_>) -> Outcome {
    child_rekey_in(asking, answering, None)
}

/// Rekeying of a child SA that was made with the group `current`, which is asked for again.
pub(crate) fn child_rekey_in(
    asking: Side<'_>,
    answering: Side<'_>,
    current: Option<Transform>,
) -> Outcome {
    let listed = || asking.esp.iter().find_map(Proposal::first_ke);
    let group = current.or_else(listed);
    let (offered, first): (Cow<'_, [Proposal]>, _) = match group {
        Some(none) if none.is_none() => {
            let stripped = || asking.esp.iter().map(Proposal::without_key_exchange);
            if asking.build.keeps_groups_after_none {
                (Cow::Borrowed(asking.esp), None)
            } else {
                (stripped().collect(), None)
            }
        }
        group => (Cow::Borrowed(asking.esp), group),
    };
    let needed = first.filter(|_| asking.build.child_needs_its_group);
    if needed.is_some_and(|group| !asking.build.supports_ke(group)) {
        return Outcome::Limit {
            limit: Limit::FirstGroupNotImplemented,
            selected: None,
            invalid_ke: Vec::new(),
        };
    }
    let rounds = Rounds {
        asking: &offered,
        answering: answering.esp,
        terms: answering.terms(true),
        build: asking.build,
        allowed: CHILD_ROUNDS,
        needs_group: asking.build.child_needs_its_group,
    };
    match rounds.play(first) {
        Outcome::Agree(Agreement {
            selection,
            invalid_ke,
            ..
        }) => {
            // Of what was offered as configured, every answer fits.
            if matches!(offered, Cow::Owned(_)) && !fits(&selection.suite, asking) {
                return Outcome::Limit {
                    limit: Limit::AnswerRefused,
                    selected: Some(selection.suite),
                    invalid_ke,
                };
            }
            let suite = &selection.suite;
            let sides = [asking, answering];
            if !sides
                .iter()
                .all(|side| side.build.computes_additional(suite))
            {
                return Outcome::Limit {
                    limit: Limit::SuiteNotImplemented,
                    selected: Some(*suite),
                    invalid_ke,
                };
            }
            installed(asking, answering, selection, invalid_ke)
        }
        other => other,
    }
}

/// Whether the asking side's list, as configured, allows the suite that was answered.
fn fits(suite: &Suite, asking: Side<'_>) -> bool {
    let answer = [suite.to_proposal()];
    select(Offer::as_listed(&answer), asking.esp, asking.terms(true)).is_some()
}

fn installed(
    asking: Side<'_>,
    answering: Side<'_>,
    selection: Selection,
    invalid_ke: Vec<InvalidKe>,
) -> Outcome {
    let suite = &selection.suite;
    Outcome::Agree(Agreement {
        selection,
        invalid_ke,
        installed: asking.build.installs(suite) && answering.build.installs(suite),
    })
}

/// The request and its repetitions.
struct Rounds<'a> {
    asking: &'a [Proposal],
    answering: &'a [Proposal],
    terms: Terms,
    /// The asking side's.
    build: &'a Build,
    allowed: usize,
    /// Without a group that it can compute the asking side does not ask.
    needs_group: bool,
}

impl Rounds<'_> {
    /// `group` is the one that the asking side means; a group it cannot compute still moves the
    /// proposals that contain it to the front, but no KE payload goes with them.
    fn play(&self, mut group: Option<Transform>) -> Outcome {
        let mut invalid_ke = Vec::new();
        loop {
            let offer = match group {
                Some(group) => Offer::promoting(self.asking, group),
                None => Offer::as_listed(self.asking),
            };
            let Some(selection) = select(offer, self.answering, self.terms) else {
                return Outcome::NoMatch;
            };
            let sent = group.filter(|g| self.build.supports_ke(*g));
            let wanted = match selection.suite.ke() {
                Some(wanted) if Some(wanted) != sent => wanted,
                // No group wanted: a KE payload that came all the same is ignored.
                _ => {
                    return Outcome::Agree(Agreement {
                        selection,
                        invalid_ke,
                        installed: true,
                    });
                }
            };
            invalid_ke.push(InvalidKe { sent, wanted });
            let limit = if invalid_ke.len() > self.allowed {
                Limit::InvalidKeRounds
            } else if self.needs_group && !self.build.supports_ke(wanted) {
                Limit::WantedGroupNotImplemented
            } else {
                group = Some(wanted);
                continue;
            };
            return Outcome::Limit {
                limit,
                selected: Some(selection.suite),
                invalid_ke,
            };
        }
    }
}
