//! The best answer to a [`Problem`]: by which way each client is served, and by which entries.
//!
//! Where the list may be long, clients do not compete: each takes its best suite of the list, and
//! one entry more harms nobody as long as the better one stands first. So each client's way is
//! chosen alone, and the entries are the smallest cover of what was chosen. Where the list is
//! short, entries are chosen first, and each client's way by them.

use itertools::Itertools as _;
use strum::IntoEnumIterator as _;

use super::cover::{Budget, Clients, Mask, smallest};
use super::goal::{Costs, Goal, Preference};
use super::problem::{Candidate, Problem, Way};
use crate::compat::rank::{Rank, Tier};

/// Ways that cost a client the same are all tried, up to so many combinations.
const MAX_TIES: usize = 64;

/// An answer.
#[derive(Clone, Debug)]
pub(super) struct Solution {
    /// The way of each client; `None` for those that are not planned for.
    pub(super) ways: Vec<Option<Way>>,
    /// Places of the entries of phase 1 among the candidates, best first.
    pub(super) ike: Vec<usize>,
    /// Places of the entries of phase 2.
    pub(super) esp: Vec<usize>,
    /// What it costs.
    pub(super) costs: Costs,
}

impl Solution {
    /// The answer with these entries, in which the clients of the problem, in their order, take
    /// what was chosen.
    pub(super) fn of(
        problem: &Problem,
        (ike, esp): (&[usize], &[usize]),
        costs: Costs,
        chosen: &[Choice],
    ) -> Self {
        let mut ways = vec![None; problem.ways.len()];
        for (client, (way, _)) in Clients(problem.clients).zip(chosen) {
            ways[client] = Some(*way);
        }
        let entries = u16::try_from(ike.len() + esp.len()).unwrap_or(u16::MAX);
        Self {
            ways,
            ike: ike.to_vec(),
            esp: esp.to_vec(),
            costs: costs.with(Goal::Entries, entries),
        }
    }

    /// What decides between two answers to the same problem.
    pub(super) fn key(
        &self,
        problem: &Problem,
        prefer: Option<Preference>,
    ) -> ([u16; super::goal::GOALS], Vec<Rank>, Vec<Rank>) {
        let ranks = |list: &[Candidate], places: &[usize]| {
            places.iter().map(|place| list[*place].rank).collect()
        };
        (
            self.costs.key(prefer),
            ranks(&problem.ike, &self.ike),
            ranks(&problem.esp, &self.esp),
        )
    }
}

/// What a client may settle for: by this way, and on nothing worse.
pub(super) type Choice = (Way, Tier);

/// The best tier that each client reaches by each of its ways, where it reaches any.
pub(super) fn choices(problem: &Problem) -> Vec<Vec<Choice>> {
    let reached = |list: &[Candidate], client: usize, way: &Way| {
        let serving = list.iter().find(|one| one.serves(client, way.slot));
        serving.map(|one| one.rank.tier())
    };
    let of_client = |(client, ways): (usize, &Vec<Way>)| {
        let reaching = ways.iter().filter_map(|way| {
            let ike = reached(&problem.ike, client, way)?;
            let esp = reached(&problem.esp, client, way)?;
            Some((*way, ike.max(esp)))
        });
        reaching.collect()
    };
    problem.ways.iter().enumerate().map(of_client).collect()
}

/// The best answer with a list as long as it takes.
pub(super) fn best(
    problem: &Problem,
    prefer: Option<Preference>,
    budget: &mut Budget,
) -> Option<Solution> {
    let choices = choices(problem);
    let mut tied: Vec<Vec<Choice>> = Vec::new();
    for client in Clients(problem.clients) {
        let key = |(way, tier): &Choice| way.costs(*tier).key(prefer);
        tied.push(choices[client].iter().copied().min_set_by_key(key));
    }
    if tied.iter().any(Vec::is_empty) {
        return None;
    }
    let all = tied.into_iter().multi_cartesian_product().take(MAX_TIES);
    let solved = all.filter_map(|chosen| covered(problem, &chosen, budget));
    solved.min_by_key(|solution| solution.key(problem, prefer))
}

/// The fewest entries with which every client of the problem, in their order, gets what was chosen.
pub(super) fn covered(
    problem: &Problem,
    chosen: &[Choice],
    budget: &mut Budget,
) -> Option<Solution> {
    let slots = problem
        .ike
        .iter()
        .chain(&problem.esp)
        .map(|one| one.slots.len());
    let slots = slots.max().unwrap_or(1);
    let mut by_slot: Vec<Mask> = vec![0; slots];
    let mut content: Vec<(Tier, Mask)> = Tier::iter().map(|tier| (tier, 0)).collect();
    let mut costs = Costs::default();
    for (client, (way, limit)) in Clients(problem.clients).zip(chosen) {
        by_slot[way.slot] |= 1 << client;
        for (tier, mask) in &mut content {
            *mask |= Mask::from(*tier <= *limit) << client;
        }
        costs = costs.plus(&way.costs(*limit));
    }
    let serves = |candidate: &Candidate| {
        let slots = candidate.slots.iter().zip(&by_slot);
        let any = slots.fold(0, |all, (own, chosen)| all | own & chosen);
        let content = content
            .iter()
            .find(|(tier, _)| *tier == candidate.rank.tier());
        any & content.map_or(0, |(_, mask)| *mask)
    };
    let mut phase = |list: &[Candidate]| {
        let masks: Vec<Mask> = list.iter().map(serves).collect();
        smallest(&masks, problem.clients, budget)
    };
    let (ike, esp) = (phase(&problem.ike)?, phase(&problem.esp)?);
    Some(Solution::of(problem, (&ike, &esp), costs, chosen))
}

/// The best answer with exactly so many entries in each phase.
pub(super) fn of_size(
    problem: &Problem,
    (ike, esp): (usize, usize),
    prefer: Option<Preference>,
    budget: &mut Budget,
) -> Option<Solution> {
    let mut best: Option<(_, Solution)> = None;
    for (ike, esp) in lists(problem, (ike, esp), budget) {
        if !budget.step() {
            break;
        }
        let Some(solution) = chosen_by(problem, &ike, &esp, prefer) else {
            continue;
        };
        let key = solution.key(problem, prefer);
        if best.as_ref().is_none_or(|(known, _)| key < *known) {
            best = Some((key, solution));
        }
    }
    best.map(|(_, solution)| solution)
}

/// The lists with so many entries in each phase that serve everybody in some way.
pub(super) fn lists(
    problem: &Problem,
    (ike, esp): (usize, usize),
    budget: &mut Budget,
) -> impl Iterator<Item = (Vec<usize>, Vec<usize>)> + use<> {
    let phases = [(&problem.ike, ike), (&problem.esp, esp)];
    let [ike, esp] = phases.map(|(list, size)| covers(list, problem.clients, size, budget));
    ike.into_iter().cartesian_product(esp)
}

/// How many entries each phase needs at least, whatever clients settle on.
pub(super) fn fewest(problem: &Problem, budget: &mut Budget) -> Option<(usize, usize)> {
    let mut phase = |list: &[Candidate]| {
        let cover = smallest(&by_any_way(list), problem.clients, budget);
        cover.map(|cover| cover.len())
    };
    Some((phase(&problem.ike)?, phase(&problem.esp)?))
}

/// Whom each candidate serves in some way.
fn by_any_way(list: &[Candidate]) -> Vec<Mask> {
    let any = |one: &Candidate| one.slots.iter().fold(0, |any, mask| any | mask);
    list.iter().map(any).collect()
}

/// The shortest list that serves everybody in any way, and the best answer of that length.
pub(super) fn shortest(
    problem: &Problem,
    longest: usize,
    prefer: Option<Preference>,
    budget: &mut Budget,
) -> Option<Solution> {
    let (ike, esp) = fewest(problem, budget)?;
    let mut lengths = ike + esp..=longest;
    lengths.find_map(|entries| of_length(problem, entries, (ike, esp), prefer, budget))
}

/// The best answer with exactly so many entries in both phases together, of which each has at least
/// as many as it needs.
pub(super) fn of_length(
    problem: &Problem,
    entries: usize,
    (ike, esp): (usize, usize),
    prefer: Option<Preference>,
    budget: &mut Budget,
) -> Option<Solution> {
    let splits = (ike..=entries - esp)
        .filter_map(|ike| of_size(problem, (ike, entries - ike), prefer, budget));
    splits.min_by_key(|solution| solution.key(problem, prefer))
}

/// Every set of so many candidates that serves everybody in some way.
fn covers(list: &[Candidate], all: Mask, size: usize, budget: &mut Budget) -> Vec<Vec<usize>> {
    let masks = by_any_way(list);
    let mut found = Vec::new();
    extend(&masks, all, size, &mut Vec::new(), &mut found, budget);
    for set in &mut found {
        set.sort_unstable();
    }
    found.sort_unstable();
    found.dedup();
    found
}

fn extend(
    masks: &[Mask],
    left: Mask,
    size: usize,
    taken: &mut Vec<usize>,
    found: &mut Vec<Vec<usize>>,
    budget: &mut Budget,
) {
    if size == 0 {
        if left == 0 {
            found.push(taken.clone());
        }
        return;
    }
    if !budget.step() {
        return;
    }
    // Somebody has to serve the first client that is left; if nobody is, any more will do.
    let next = Clients(left).next();
    for (place, mask) in masks.iter().enumerate() {
        let useful = next.is_none_or(|client| mask & (1 << client) != 0);
        if useful && !taken.contains(&place) {
            taken.push(place);
            extend(masks, left & !mask, size - 1, taken, found, budget);
            taken.pop();
        }
    }
}

/// The answer that these entries give: each client takes its best way, and by it its best suites.
fn chosen_by(
    problem: &Problem,
    ike: &[usize],
    esp: &[usize],
    prefer: Option<Preference>,
) -> Option<Solution> {
    let mut chosen = Vec::new();
    let mut costs = Costs::default();
    for client in Clients(problem.clients) {
        let reaching = reached(problem, ike, esp, client).into_iter();
        let key = |(way, tier): &Choice| way.costs(*tier).key(prefer);
        let (way, tier) = reaching.min_by_key(key)?;
        costs = costs.plus(&way.costs(tier));
        chosen.push((way, tier));
    }
    Some(Solution::of(problem, (ike, esp), costs, &chosen))
}

/// The ways by which a client reaches these entries, and the worst tier that it then settles on.
pub(super) fn reached(
    problem: &Problem,
    ike: &[usize],
    esp: &[usize],
    client: usize,
) -> Vec<Choice> {
    let tier = |list: &[Candidate], places: &[usize], slot: usize| {
        let mut serving = places.iter().map(|place| &list[*place]);
        let first = serving.find(|one| one.serves(client, slot));
        first.map(|one| one.rank.tier())
    };
    let reaching = problem.ways[client].iter().filter_map(|way| {
        let ike = tier(&problem.ike, ike, way.slot)?;
        let esp = tier(&problem.esp, esp, way.slot)?;
        Some((*way, ike.max(esp)))
    });
    reaching.collect()
}
