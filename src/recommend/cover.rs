//! The fewest entries that serve everybody, and among those the best ranked.

use std::collections::BTreeMap;

use crate::compat::rank::Rank;
use crate::ike::Suite;

/// A set of clients, as bits.
pub(super) type Mask = u128;

/// More clients than this cannot be planned for at once.
pub(super) const MAX_CLIENTS: usize = Mask::BITS as usize;

/// A suite that could be an entry of the server, and whom it serves.
#[derive(Clone)]
pub(super) struct Candidate {
    pub(super) suite: Suite,
    pub(super) rank: Rank,
    pub(super) serves: Mask,
}

/// The smallest set of candidates that serves `all`; among equals the one whose ranks, best first,
/// are better. `None` if some client is served by no candidate.
pub(super) fn smallest(candidates: &[Candidate], all: Mask) -> Option<Vec<Candidate>> {
    // Of candidates that serve the same clients only the best can be part of the answer.
    let mut best: BTreeMap<Mask, &Candidate> = BTreeMap::new();
    for candidate in candidates.iter().filter(|c| c.serves != 0) {
        let kept = best.entry(candidate.serves).or_insert(candidate);
        if candidate.rank < kept.rank {
            *kept = candidate;
        }
    }
    let choices: Vec<&Candidate> = best.into_values().collect();
    let reachable = choices.iter().fold(0, |mask, c| mask | c.serves);
    if reachable & all != all {
        return None;
    }
    (0..=all.count_ones()).find_map(|size| {
        let mut found = Vec::new();
        covers(&choices, all, size, &mut Vec::new(), &mut found);
        found.into_iter().min_by(|a, b| ranks(a).cmp(&ranks(b)))
    })
}

fn ranks(entries: &[Candidate]) -> Vec<&Rank> {
    entries.iter().map(|entry| &entry.rank).collect()
}

/// Collects every cover of exactly `size` further candidates, best ranked entry first.
fn covers(
    choices: &[&Candidate],
    left: Mask,
    size: u32,
    taken: &mut Vec<Candidate>,
    found: &mut Vec<Vec<Candidate>>,
) {
    if left == 0 {
        let mut cover = taken.clone();
        cover.sort_by_key(|candidate| candidate.rank);
        found.push(cover);
        return;
    }
    if size == 0 {
        return;
    }
    // Somebody has to serve the first client that is left, so only those need trying.
    let first = 1 << left.trailing_zeros();
    for choice in choices.iter().filter(|c| c.serves & first != 0) {
        taken.push((*choice).clone());
        covers(choices, left & !choice.serves, size - 1, taken, found);
        taken.pop();
    }
}
