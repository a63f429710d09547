//! In whose order a server selects, and in which.
//!
//! The server's list is taken to be one of proposals, as charon, pluto and iked have it. A suite that
//! is selected belongs to the first proposal of what is left. Another suite that differs from it in
//! one algorithm is of the same proposal if it is selected when it stands before the first one in the
//! offer: within one proposal of the server's the order of the offer decides, between two of them
//! the order of the server's list.

use itertools::Itertools as _;

use super::question::{Asked, Asker, Pause, Unsuitable, predicted};
use super::survey::Survey;
use crate::ike::{Ke, Proposal, Suite, Transform, TransformType};
use crate::live::candidates::{AXES, Suites, beside, changed, cover, product, with};

/// The server's list, as far as it can be told from its selections.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct Ordered {
    /// Its proposals, each in its order.
    pub proposals: Vec<Proposal>,
    /// So many of them stand in the server's order, the others behind them in none.
    pub ordered: usize,
    /// Whether the server's order decides, and not the client's.
    pub prefers_own: bool,
}

/// No more questions than this check the result.
const CHECKS: usize = 6;

/// Packets that a selection takes as a rule, with what ends its SA.
const SELECTION: usize = 2;

/// Finds out in which order the suites of a survey are selected.
pub(super) fn order(ask: &mut Asker<'_>, survey: &Survey) -> Asked<Ordered> {
    let all: Suites = survey.accepted.iter().copied().collect();
    let mut proposals: Vec<Proposal> = Vec::new();
    let Some(mut top) = survey.top else {
        return Ok(Ordered {
            proposals,
            ordered: 0,
            prefers_own: true,
        });
    };
    let mut rest = all.clone();
    loop {
        if !rest.contains(&top) {
            return Err(Pause::Unsuitable(Unsuitable::Inconsistent));
        }
        if ask.left() < cost(&rest, &top) {
            break;
        }
        let mut own = own_proposal(ask, &rest, &top)?;
        if proposals.is_empty() && !prefers_own(ask, &all, &own, &top)? {
            let proposals = cover(&all);
            let ordered = proposals.len();
            return checked(
                ask,
                &all,
                Ordered {
                    proposals,
                    ordered,
                    prefers_own: false,
                },
            );
        }
        if product(&own).iter().any(|suite| !all.contains(suite)) {
            // No list of proposals makes such a choice; this one suite is certain.
            own = top.to_proposal();
        }
        rest.retain(|suite| !own.allows(suite));
        proposals.push(own);
        let Some(next) = rest.first() else {
            break;
        };
        if ask.left() < SELECTION * 2 {
            break;
        }
        let selected = ask.suite(cover(&rest), group(next))?;
        top = selected.ok_or(Pause::Unsuitable(Unsuitable::Inconsistent))?;
    }
    let ordered = proposals.len();
    proposals.extend(cover(&rest));
    checked(
        ask,
        &all,
        Ordered {
            proposals,
            ordered,
            prefers_own: true,
        },
    )
}

/// The group of a suite, which has one.
fn group(suite: &Suite) -> Ke {
    let group = suite.ke().and_then(|it| Ke::from_repr(it.id));
    group.unwrap_or(Ke::Modp2048)
}

/// The algorithms of one type with which the suite is one of these too.
fn line(suites: &Suites, suite: &Suite, kind: TransformType) -> Vec<Transform> {
    if suite.get(kind).is_none() {
        return Vec::new();
    }
    let values = suites.iter().filter_map(|it| it.get(kind)).unique();
    values
        .filter(|value| suites.contains(&changed(suite, *value)))
        .collect()
}

/// The most packets that the proposal of a suite takes.
fn cost(rest: &Suites, top: &Suite) -> usize {
    let lines = AXES.into_iter().map(|kind| line(rest, top, kind).len());
    2 * SELECTION * lines.sum::<usize>()
}

/// The server's proposal that a suite belongs to, which is the first of what is left.
fn own_proposal(ask: &mut Asker<'_>, rest: &Suites, top: &Suite) -> Asked<Proposal> {
    let mut own = top.to_proposal();
    for kind in AXES {
        let mut members = Vec::new();
        for value in line(rest, top, kind) {
            let before = vec![changed(top, value).to_proposal(), top.to_proposal()];
            if Some(value) == top.get(kind) || chosen(ask, before, top, kind)? == Some(value) {
                members.push(value);
            }
        }
        let ordered = ordered(ask, top, kind, members)?;
        own = with(&own, kind, &ordered);
    }
    Ok(own)
}

/// Algorithms of one type in the order in which the server takes them beside the rest of a suite.
fn ordered(
    ask: &mut Asker<'_>,
    top: &Suite,
    kind: TransformType,
    mut left: Vec<Transform>,
) -> Asked<Vec<Transform>> {
    let mut ordered = Vec::new();
    while left.len() > 1 {
        let offer = vec![with(&top.to_proposal(), kind, &left)];
        let first = chosen(ask, offer, top, kind)?;
        let place = left.iter().position(|it| Some(*it) == first);
        let place = place.ok_or(Pause::Unsuitable(Unsuitable::Inconsistent))?;
        ordered.push(left.remove(place));
    }
    ordered.extend(left);
    Ok(ordered)
}

/// The algorithm of one type that the server takes of an offer. A group it names without a selection,
/// unless all groups are offered, so that none is left for the KE payload.
fn chosen(
    ask: &mut Asker<'_>,
    offer: Vec<Proposal>,
    top: &Suite,
    kind: TransformType,
) -> Asked<Option<Transform>> {
    if kind == TransformType::KE && beside(&offer).is_some() {
        return ask.group(offer);
    }
    Ok(ask.suite(offer, group(top))?.and_then(|it| it.get(kind)))
}

/// Whether the server's order decides, and not the client's.
fn prefers_own(ask: &mut Asker<'_>, all: &Suites, own: &Proposal, top: &Suite) -> Asked<bool> {
    if let Some(other) = all.iter().find(|suite| !own.allows(suite)) {
        // One that is of no proposal with the first suite stands before it.
        let offer = vec![other.to_proposal(), top.to_proposal()];
        return Ok(ask.suite(offer, group(other))? == Some(*top));
    }
    let several = AXES.into_iter().find(|kind| own.of(*kind).len() > 1);
    let Some(kind) = several else {
        return Ok(true); // one suite has one order
    };
    let mut values = own.of(kind).to_vec();
    let first = values.first().copied();
    values.reverse();
    let offer = vec![with(&top.to_proposal(), kind, &values)];
    Ok(chosen(ask, offer, top, kind)? == first)
}

/// Asks what the result predicts: offers in which the order counts.
fn checked(ask: &mut Asker<'_>, all: &Suites, result: Ordered) -> Asked<Ordered> {
    let backwards = |proposals: &[Proposal]| -> Vec<Proposal> {
        let reversed = proposals.iter().rev();
        let turned = reversed.map(|it| {
            let transforms = it.transforms().iter().rev().copied();
            Proposal::new(it.protocol(), transforms)
        });
        turned.collect()
    };
    let some = |rest: usize| -> Suites {
        let numbered = all.iter().enumerate();
        let kept = numbered.filter(|(place, _)| place % 3 == rest);
        kept.map(|(_, suite)| *suite).collect()
    };
    let mut offers = vec![backwards(&result.proposals)];
    offers.extend(
        [1, 2]
            .into_iter()
            .map(|rest| backwards(&cover(&some(rest)))),
    );
    let last = |it: &Proposal| product(it).last().map(Suite::to_proposal);
    let neighbours = result.proposals.windows(2);
    offers.extend(neighbours.filter_map(|pair| match pair {
        [first, second] => Some(vec![last(second)?, last(first)?]),
        _ => None,
    }));
    offers.retain(|offer| !offer.is_empty());
    for offer in offers.into_iter().take(CHECKS) {
        if ask.left() < SELECTION * 2 {
            break;
        }
        let expected = predicted(&offer, &result.proposals, result.prefers_own);
        let guess = expected.map_or(Ke::Modp2048, |suite| group(&suite));
        ask.suite(offer, guess)?;
    }
    Ok(result)
}
