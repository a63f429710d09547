//! Which suites a server accepts.
//!
//! ```text
//!  one selection ─► groups, by elimination ─► algorithms of each type ─► their combinations
//! ```

use itertools::Itertools as _;

use super::question::{Asked, Asker, LAST, Pause, Unsuitable};
use crate::crypt::computes;
use crate::ike::{Ke, Proposal, Suite, Transform, TransformType};
use crate::live::candidates::{AXES, at, beyond, computed, everything, product, size, with};

/// The suites.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct Survey {
    /// What is selected when everything that this program computes is offered.
    pub top: Option<Suite>,
    /// All of these that are accepted.
    pub accepted: Vec<Suite>,
    /// Those with something that this program does not compute: none of them is ever selected here.
    pub beyond: Vec<Suite>,
    /// How many of all were not asked for one by one: each pair of their algorithms is accepted.
    pub inferred: usize,
    /// So many of them were asked for instead of each pair, spread over all.
    pub samples: Option<usize>,
}

/// What the order may take of the packets that are left.
const fn for_the_order(left: usize) -> usize {
    left / 3
}

/// Finds out which suites are accepted; `None` if none is.
pub(super) fn survey(ask: &mut Asker<'_>) -> Asked<Option<Survey>> {
    let everything = everything();
    let top = ask.suite(everything.to_vec(), Ke::Modp2048)?;
    let mut used = Vec::new();
    if let Some(top) = &top {
        // Both answers are known beforehand: a server that gives others cannot be asked like this.
        let nothing = ask.group(Vec::new())?.is_none();
        let group = ask.group(vec![top.to_proposal()])?;
        if !nothing || group.is_none() || group != top.ke() {
            return Err(Pause::Unsuitable(Unsuitable::Inconsistent));
        }
        let groups = groups(ask, &everything)?;
        let blocks = everything.iter();
        let blocks = blocks.map(|it| with(it, TransformType::KE, &groups));
        used = narrowed(ask, blocks)?;
    }
    let mut others = Vec::new();
    for set in beyond(LAST) {
        // One question for all of them, which is mostly refused.
        if ask.group(set.clone())?.is_some() {
            others.extend(narrowed(ask, set)?);
        }
    }
    if top.is_none() {
        if others.is_empty() {
            return Ok(None);
        }
        if ask.group(Vec::new())?.is_some() {
            return Err(Pause::Unsuitable(Unsuitable::Inconsistent));
        }
    }
    let computed = combinations(ask, &used)?;
    let beyond = combinations(ask, &others)?;
    let samples = [computed.samples, beyond.samples];
    Ok(Some(Survey {
        top,
        accepted: computed.accepted,
        beyond: beyond.accepted,
        inferred: computed.inferred + beyond.inferred,
        samples: samples
            .into_iter()
            .flatten()
            .reduce(|one, other| one + other),
    }))
}

/// Suites that are accepted, and from what that is known.
#[derive(Default)]
struct Combinations {
    accepted: Vec<Suite>,
    /// How many of them were not asked for one by one.
    inferred: usize,
    /// How many were asked for instead of each pair of algorithms.
    samples: Option<usize>,
}

/// So many suites are asked for where a server accepts too much for anything else.
const SAMPLES: usize = 256;

/// The suites of these proposals that are accepted.
fn combinations(ask: &mut Asker<'_>, used: &[Proposal]) -> Asked<Combinations> {
    let spare = ask.left() - for_the_order(ask.left());
    if used.iter().map(cost).sum::<usize>() > spare {
        return match used.iter().map(pairs).sum::<usize>() > spare {
            true => by_samples(ask, used),
            false => by_pairs(ask, used),
        };
    }
    let mut found = Combinations::default();
    for block in used {
        descend(ask, block, &AXES, &mut found.accepted)?;
    }
    Ok(found)
}

/// How many pairs of algorithms a proposal has.
fn pairs(block: &Proposal) -> usize {
    let all = AXES.into_iter().array_combinations();
    all.map(|[one, other]| block.of(one).len() * block.of(other).len())
        .sum()
}

/// All suites of these proposals, if every one of some that are spread over them is accepted: a server
/// that refuses nothing.
fn by_samples(ask: &mut Asker<'_>, used: &[Proposal]) -> Asked<Combinations> {
    if ask.left() < SAMPLES {
        return Err(Pause::Unsuitable(Unsuitable::Packets));
    }
    let all: usize = used.iter().map(size).sum();
    // The golden section spreads them evenly; without a common divisor each is another one.
    let mut step = all * 618 / 1000;
    while gcd(all, step) != 1 {
        step += 1;
    }
    let samples = SAMPLES.min(all);
    for number in 0..samples {
        let mut place = number * step % all;
        let block = used.iter().find(|block| {
            let here = place < size(block);
            place -= if here { 0 } else { size(block) };
            here
        });
        let suite = block.map(|block| at(block, place).to_proposal());
        if let Some(suite) = suite
            && !ask.accepts(&suite)?
        {
            // Which others it refuses takes more questions than there may be.
            return Err(Pause::Unsuitable(Unsuitable::Packets));
        }
    }
    Ok(Combinations {
        accepted: used.iter().flat_map(product).collect(),
        inferred: all - samples,
        samples: Some(samples),
    })
}

/// The greatest common divisor.
const fn gcd(one: usize, other: usize) -> usize {
    if other == 0 {
        one
    } else {
        gcd(other, one % other)
    }
}

/// The groups that are accepted with anything, one after another: each that is named is left out of
/// the next question.
fn groups(ask: &mut Asker<'_>, everything: &[Proposal]) -> Asked<Vec<Transform>> {
    let mut left = computed(TransformType::KE);
    let last = Transform::ke(LAST);
    left.retain(|group| *group != last);
    let offer = |groups: &[Transform]| -> Vec<Proposal> {
        let all = everything.iter();
        all.map(|it| with(it, TransformType::KE, groups)).collect()
    };
    let mut found = Vec::new();
    while let Some(group) = ask.group(offer(&left))? {
        left.retain(|it| *it != group);
        found.push(group);
        if left.is_empty() {
            break;
        }
    }
    if ask.group(offer(&[last]))?.is_some() {
        found.push(last);
    }
    Ok(found)
}

/// Those of the proposals that are accepted, without algorithms that are accepted with nothing.
fn narrowed(
    ask: &mut Asker<'_>,
    blocks: impl IntoIterator<Item = Proposal>,
) -> Asked<Vec<Proposal>> {
    let mut used = Vec::new();
    for mut block in blocks {
        if !ask.accepts(&block)? {
            continue;
        }
        for kind in AXES {
            // Those that this program computes have the accepted groups already.
            if kind != TransformType::KE || is_beyond(&block) {
                let kept = parts(ask, &block, kind)?;
                block = with(&block, kind, &kept);
            }
        }
        used.push(block);
    }
    Ok(used)
}

/// Whether a proposal has something that this program does not compute.
fn is_beyond(block: &Proposal) -> bool {
    !block.transforms().iter().all(|it| computes(*it))
}

/// The algorithms of one type that are accepted with something of a proposal that is accepted.
fn parts(ask: &mut Asker<'_>, block: &Proposal, kind: TransformType) -> Asked<Vec<Transform>> {
    let mut kept = Vec::new();
    let values = block.of(kind);
    for (place, value) in values.iter().enumerate() {
        let is_only_one_left = kept.is_empty() && place + 1 == values.len();
        if is_only_one_left || ask.accepts(&with(block, kind, &[*value]))? {
            kept.push(*value);
        }
    }
    Ok(kept)
}

/// The most questions that telling apart all combinations of a proposal takes.
fn cost(block: &Proposal) -> usize {
    let mut paths = 1;
    let mut questions = 0;
    for kind in AXES {
        let count = block.of(kind).len();
        if count > 1 {
            paths *= count;
            questions += paths;
        }
    }
    questions
}

/// The suites of a proposal that are accepted, of which there is at least one.
fn descend(
    ask: &mut Asker<'_>,
    block: &Proposal,
    axes: &[TransformType],
    accepted: &mut Vec<Suite>,
) -> Asked<()> {
    let Some((axis, rest)) = axes.split_first() else {
        accepted.extend(product(block));
        return Ok(());
    };
    if block.of(*axis).len() < 2 {
        return descend(ask, block, rest, accepted);
    }
    for value in parts(ask, block, *axis)? {
        descend(ask, &with(block, *axis, &[value]), rest, accepted)?;
    }
    Ok(())
}

/// The suites of which each pair of algorithms is accepted, where there are too many to ask for each.
fn by_pairs(ask: &mut Asker<'_>, used: &[Proposal]) -> Asked<Combinations> {
    let mut candidates = Vec::new();
    for block in used {
        let mut refused = Vec::new();
        for [one, other] in AXES.into_iter().array_combinations() {
            for (a, b) in block.of(one).iter().cartesian_product(block.of(other)) {
                if for_the_order(ask.left()) == 0 {
                    return Err(Pause::Unsuitable(Unsuitable::Packets));
                }
                if !ask.accepts(&with(&with(block, one, &[*a]), other, &[*b]))? {
                    refused.push((*a, *b));
                }
            }
        }
        let fits = |suite: &Suite| {
            let mut pairs = refused.iter();
            !pairs.any(|(a, b)| suite.get(a.kind) == Some(*a) && suite.get(b.kind) == Some(*b))
        };
        candidates.extend(product(block).into_iter().filter(fits));
    }
    let asked = candidates.len().min(ask.left() / 2).max(1);
    let step = candidates.len().div_ceil(asked);
    let mut accepted = Vec::new();
    let mut inferred = 0;
    for (place, suite) in candidates.into_iter().enumerate() {
        if place % step != 0 {
            inferred += 1;
            accepted.push(suite);
        } else if ask.accepts(&suite.to_proposal())? {
            accepted.push(suite);
        }
    }
    Ok(Combinations {
        accepted,
        inferred,
        samples: None,
    })
}
