//! Many pairs at a time: every processor gets a laboratory of its own.

use std::collections::HashMap;
use std::num::NonZero;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread::{available_parallelism, scope};

use anyhow::{Context, Result, anyhow};

use crate::answer::Answer;
use crate::lab::Lab;
use crate::observe::observe;
use crate::pairs::{Lists, Pair};

/// More daemons than that only wait for each other.
const MOST_LABS: usize = 4;

/// What the daemons make of the pairs, in their order. Pairs with the same lists are tried once.
pub(crate) fn observe_all(pairs: &[Pair]) -> Result<Vec<Answer>> {
    let mut places: HashMap<(&Lists, &Lists, bool), usize> = HashMap::new();
    let mut distinct = Vec::new();
    let mut place_of = Vec::new();
    for pair in pairs {
        let lists = (&pair.initiator, &pair.responder, pair.responder_prefers_own);
        place_of.push(*places.entry(lists).or_insert_with(|| {
            distinct.push(pair);
            distinct.len() - 1
        }));
    }
    let mut observed = HashMap::new();
    for prefers_own in [true, false] {
        let alike: Vec<_> = distinct
            .iter()
            .enumerate()
            .filter(|(_, pair)| pair.responder_prefers_own == prefers_own)
            .map(|(place, pair)| (place, *pair))
            .collect();
        observed.extend(share(&alike, prefers_own)?);
    }
    let answers = pairs.iter().zip(place_of).map(|(pair, place)| {
        let answer = observed.get(&place).context("a pair that was not tried")?;
        Ok(Answer {
            id: pair.id.clone(),
            ..answer.clone()
        })
    });
    answers.collect()
}

/// Shares pairs with the same preference among as many laboratories as there are processors.
fn share(pairs: &[(usize, &Pair)], prefers_own: bool) -> Result<Vec<(usize, Answer)>> {
    let processors = available_parallelism().map_or(1, NonZero::get);
    let next = AtomicUsize::new(0);
    let work = || -> Result<Vec<(usize, Answer)>> {
        let mut answers = Vec::new();
        let mut lab = None;
        while let Some((place, pair)) = pairs.get(next.fetch_add(1, Ordering::Relaxed)) {
            let lab = match &mut lab {
                Some(lab) => lab,
                None => lab.insert(Lab::start(prefers_own)?),
            };
            let answer = observe(lab, pair).inspect_err(|_| {
                // Nobody needs the rest.
                next.store(pairs.len(), Ordering::Relaxed);
            })?;
            answers.push((*place, answer));
        }
        Ok(answers)
    };
    scope(|scope| {
        let workers: Vec<_> = (0..processors.clamp(1, MOST_LABS))
            .map(|_| scope.spawn(work))
            .collect();
        let mut answers = Vec::new();
        for worker in workers {
            answers.extend(
                worker
                    .join()
                    .map_err(|_| anyhow!("a laboratory panicked"))??,
            );
        }
        Ok(answers)
    })
}
