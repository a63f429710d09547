//! The fewest entries that serve everybody, and among those the best ranked.
//!
//! Branch and bound: of the clients that are left the one with the fewest choices is served next,
//! and a branch ends where clients that share no choice are more than the entries that are left.

use rustc_hash::FxHashSet;

/// A set of clients, as bits.
pub(super) type Mask = u128;

/// More clients than this cannot be planned for at once.
pub(super) const MAX_CLIENTS: usize = Mask::BITS as usize;

/// How much a search may still look at; what it has when that ends is the best so far.
#[derive(Clone, Copy, Debug)]
pub(super) struct Budget {
    left: u32,
}

impl Budget {
    pub(super) const fn new(nodes: u32) -> Self {
        Self { left: nodes }
    }

    /// Takes one step; `false` if there is none left.
    pub(super) const fn step(&mut self) -> bool {
        let some = self.left > 0;
        self.left = self.left.saturating_sub(1);
        some
    }

    /// Takes so many steps at once; `false` if there are not as many left.
    pub(super) const fn steps(&mut self, count: u32) -> bool {
        let some = self.left >= count;
        self.left = self.left.saturating_sub(count);
        some
    }

    /// Whether it has been used up.
    pub(super) const fn is_spent(&self) -> bool {
        self.left == 0
    }
}

/// The smallest set of choices that serves `all`, as places, ascending; among equals the one whose
/// places, ascending, are smaller. So choices are given best first. `None` if some client is served
/// by no choice.
pub(super) fn smallest(choices: &[Mask], all: Mask, budget: &mut Budget) -> Option<Vec<usize>> {
    let reachable = choices.iter().fold(0, |mask, choice| mask | choice);
    if reachable & all != all {
        return None;
    }
    let mut best = greedy(choices, all);
    let from = |start: usize, left: Mask| Search::new(choices, start, left);
    let lowest = from(0, all).bound(all);
    for size in lowest..best.len() {
        let mut search = from(0, all);
        if let Some(found) = search.within(all, size, budget) {
            best = found;
            break;
        }
        if budget.is_spent() {
            break; // whether `size` is enough stays open
        }
    }
    best.sort_unstable();
    Some(ranked(choices, all, best, budget))
}

/// The best ranked cover of the size of `known`: place by place the first choice with which the
/// rest can still be done by later ones.
fn ranked(choices: &[Mask], all: Mask, known: Vec<usize>, budget: &mut Budget) -> Vec<usize> {
    let mut best = known;
    let mut left = all;
    let mut start = 0;
    for place in 0..best.len() {
        let size = best.len() - place - 1;
        for candidate in start..best[place] {
            if choices[candidate] & left == 0 {
                continue;
            }
            let rest = left & !choices[candidate];
            let mut search = Search::new(choices, candidate + 1, rest);
            if let Some(mut found) = search.within(rest, size, budget) {
                found.sort_unstable();
                best.truncate(place);
                best.push(candidate);
                best.extend(found);
                break;
            }
            if budget.is_spent() {
                return best;
            }
        }
        left &= !choices[best[place]];
        start = best[place] + 1;
    }
    best
}

/// Some cover: always the choice that serves most of those that are left.
fn greedy(choices: &[Mask], all: Mask) -> Vec<usize> {
    let mut taken = Vec::new();
    let mut left = all;
    while left != 0 {
        let serves = |place: &usize| (choices[*place] & left).count_ones();
        let places = 0..choices.len();
        let Some(best) = places.max_by_key(|place| (serves(place), std::cmp::Reverse(*place)))
        else {
            break;
        };
        left &= !choices[best];
        taken.push(best);
    }
    taken
}

/// One question: can `left` be served by so many choices from a place on?
struct Search {
    /// Choices with their places; none serves only what another one serves too.
    choices: Vec<(usize, Mask)>,
    /// For each client, everybody with whom it shares a choice.
    neighbours: Vec<Mask>,
    /// What is known to be impossible.
    failed: FxHashSet<(Mask, usize)>,
}

impl Search {
    fn new(choices: &[Mask], start: usize, left: Mask) -> Self {
        let useful = choices.iter().enumerate().skip(start);
        let useful = useful.map(|(place, mask)| (place, mask & left));
        let mut useful: Vec<_> = useful.filter(|(_, mask)| *mask != 0).collect();
        useful.sort_by_key(|(place, mask)| (std::cmp::Reverse(mask.count_ones()), *place));
        let mut kept: Vec<(usize, Mask)> = Vec::new();
        for (place, mask) in useful {
            if !kept.iter().any(|(_, other)| mask & !other == 0) {
                kept.push((place, mask));
            }
        }
        let mut neighbours = vec![0; MAX_CLIENTS];
        for (_, mask) in &kept {
            for client in Clients(*mask) {
                neighbours[client] |= mask;
            }
        }
        Self {
            neighbours,
            choices: kept,
            failed: FxHashSet::default(),
        }
    }

    /// As many entries as are needed at least: clients no two of which share a choice.
    fn bound(&self, left: Mask) -> usize {
        let mut count = 0;
        let mut open = left;
        while open != 0 {
            let mut clients = Clients(open);
            let shared = |client: &usize| (self.neighbours[*client] & open).count_ones();
            let Some(first) = clients.by_ref().min_by_key(shared) else {
                break;
            };
            open &= !(self.neighbours[first] | 1 << first);
            count += 1;
        }
        count
    }

    fn within(&mut self, left: Mask, size: usize, budget: &mut Budget) -> Option<Vec<usize>> {
        if left == 0 {
            return Some(Vec::new());
        }
        if size == 0 || !budget.step() || self.failed.contains(&(left, size)) {
            return None;
        }
        if self.bound(left) <= size {
            let serving = |client: usize| {
                let mask: Mask = 1 << client;
                self.choices.iter().filter(move |(_, own)| own & mask != 0)
            };
            let next = Clients(left).min_by_key(|client| serving(*client).count())?;
            let options: Vec<_> = serving(next).copied().collect();
            for (place, mask) in options {
                if let Some(mut rest) = self.within(left & !mask, size - 1, budget) {
                    rest.push(place);
                    return Some(rest);
                }
            }
        }
        if !budget.is_spent() {
            self.failed.insert((left, size));
        }
        None
    }
}

/// The clients of a mask.
pub(super) struct Clients(pub(super) Mask);

impl Iterator for Clients {
    type Item = usize;

    fn next(&mut self) -> Option<usize> {
        if self.0 == 0 {
            return None;
        }
        let first = self.0.trailing_zeros();
        self.0 &= self.0 - 1;
        Some(first as usize)
    }
}

#[cfg(test)]
mod tests {
    use super::{Budget, Mask, smallest};

    /// Every subset, smallest first, then in the order of the places.
    fn by_trying(choices: &[Mask], all: Mask) -> Option<Vec<usize>> {
        let subsets = 0_u32..1 << choices.len();
        let places = |subset: u32| -> Vec<usize> {
            (0..choices.len())
                .filter(|p| subset & (1 << p) != 0)
                .collect()
        };
        subsets
            .map(places)
            .filter(|set| set.iter().fold(0, |m, p| m | choices[*p]) & all == all)
            .min_by_key(|set| (set.len(), set.clone()))
    }

    #[test]
    fn covers_are_those_of_trying_everything() {
        let mut state: u64 = 7;
        let mut next = move || {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1);
            state >> 33
        };
        for _ in 0..400 {
            let clients = 1 + next() % 7;
            let all: Mask = (1 << clients) - 1;
            let some = 1 + next() % 9;
            let choices: Vec<Mask> = (0..some)
                .map(|_| Mask::from(next() & next()) & all)
                .collect();
            let found = smallest(&choices, all, &mut Budget::new(100_000));
            assert_eq!(found, by_trying(&choices, all), "{choices:?} for {all:b}");
        }
    }
}
