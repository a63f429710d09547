//! From a request to its answer: who can be planned for, the problems to be solved, the best plan.

use rustc_hash::FxHashMap;

use super::cover::{Budget, Clients, MAX_CLIENTS, Mask};
use super::emit;
use super::goal::Preference;
use super::impossible;
use super::pfs::{self, PfsMode};
use super::plan::{Impossible, LeftOut, Plan};
use super::problem::{Offers, Problem};
use super::request::PlanRequest;
use super::search::{self, Solution};
use super::space;
use crate::ike::{Suite, Transform};

/// How many nodes a search looks at before it answers with the best plan so far.
const NODES: u32 = 400_000;

/// A request, prepared.
pub(super) struct Question<'a> {
    pub(super) request: PlanRequest<'a>,
    /// What each client offers as it is and the plan may have.
    pub(super) offers: Vec<Offers>,
    /// The clients that are planned for.
    clients: Mask,
    pub(super) left_out: Vec<LeftOut>,
    /// One problem for each thing that phase 2 can do about groups.
    problems: Vec<Problem>,
}

/// The best solution, with the problem it solves.
pub(super) struct Solved<'q> {
    pub(super) problem: &'q Problem,
    pub(super) solution: Solution,
    pub(super) is_optimal: bool,
}

/// Finds the best plan.
pub fn recommend(request: PlanRequest<'_>) -> Result<Plan, Impossible> {
    let question = Question::new(request)?;
    let solved = question.recommended()?;
    Ok(emit::plan(&question, &solved))
}

impl<'a> Question<'a> {
    /// Prepares a request; clients of which too little is known are left out.
    pub(super) fn new(request: PlanRequest<'a>) -> Result<Self, Impossible> {
        let all = request.clients;
        if all.is_empty() {
            return Err(Impossible::NoClients);
        }
        if all.len() > MAX_CLIENTS {
            return Err(Impossible::TooManyClients);
        }
        if let (true, Some(why)) = (
            request.constraints.post_quantum,
            space::without_post_quantum(request),
        ) {
            return Err(Impossible::NoPostQuantum(why));
        }
        let mut offers = Vec::new();
        let mut unknown = Vec::new();
        let mut judged: FxHashMap<Suite, bool> = FxHashMap::default();
        let mut clients: Mask = 0;
        for (place, client) in all.iter().enumerate() {
            let kept = request.constraints.kept.contains(&place);
            let configurable = request.client_changes && !kept && !client.method.is_empty();
            let (ike, esp) = (space::ike_as_is(client), space::esp_as_is(client));
            let what = match (&ike, &esp) {
                (None, None) => Some("its IKE and its ESP"),
                (None, Some(_)) => Some("its IKE"),
                (Some(_), None) => Some("its ESP"),
                (Some(_), Some(_)) => None,
            };
            clients |= Mask::from(what.is_none() || configurable) << place;
            unknown.extend(what.map(|what| LeftOut {
                client: place,
                what,
            }));
            // Half an offer serves nobody.
            let known = ike.zip(esp).unwrap_or_default();
            let mut mine = |suites: Vec<Suite>| -> Vec<Suite> {
                let mut may = |suite: &Suite| {
                    let known = judged.entry(*suite);
                    *known.or_insert_with(|| space::may_have(request, suite))
                };
                suites.into_iter().filter(|suite| may(suite)).collect()
            };
            offers.push(Offers {
                ike: mine(known.0),
                esp: mine(known.1),
            });
        }
        let mut question = Self {
            request,
            offers,
            clients,
            left_out: Vec::new(),
            problems: Vec::new(),
        };
        let modes = question.modes();
        let problem = |mode| Problem::new(request, clients, &question.offers, mode);
        question.problems = modes.into_iter().map(problem).collect();
        question.leave_out(unknown)
    }

    /// Leaves out the clients of which something is unknown and that cannot be configured either.
    fn leave_out(mut self, unknown: Vec<LeftOut>) -> Result<Self, Impossible> {
        let unserved = self.unserved();
        let planned: Vec<_> = self.places().collect();
        let is_out = |it: &LeftOut| !planned.contains(&it.client) || unserved.contains(&it.client);
        self.left_out = unknown.into_iter().filter(is_out).collect();
        for left_out in &self.left_out {
            self.clients &= !(1 << left_out.client);
        }
        for problem in &mut self.problems {
            problem.clients = self.clients;
        }
        if self.clients == 0 {
            let all = self.request.clients;
            let labels = self.left_out.iter().map(|it| all[it.client].label.clone());
            return Err(Impossible::Unknown(labels.collect()));
        }
        Ok(self)
    }

    /// Places of the clients that are planned for.
    pub(super) fn places(&self) -> impl Iterator<Item = usize> + use<> {
        Clients(self.clients)
    }

    /// What phase 2 can do about groups, as far as it makes a difference to the search.
    fn modes(&self) -> Vec<PfsMode> {
        let demanding = |place: &usize| pfs::demands(&self.request.clients[*place]);
        let demanding: Vec<_> = self.places().filter(demanding).collect();
        if demanding.is_empty() || pfs::mixes(self.request.product) {
            return vec![PfsMode::Free];
        }
        let mut groups: Vec<Transform> = Vec::new();
        for place in demanding {
            let client = &self.request.clients[place];
            for group in pfs::groups_demanded(client, &self.offers[place].ike) {
                if !groups.contains(&group) && self.request.constraints.permits_transform(group) {
                    groups.push(group);
                }
            }
        }
        let on = groups.into_iter().map(PfsMode::On);
        std::iter::once(PfsMode::Off).chain(on).collect()
    }

    /// The clients that no way leads to the server, whatever the others need.
    pub(super) fn unserved(&self) -> Vec<usize> {
        let reached: Vec<_> = self.problems.iter().map(search::choices).collect();
        let nobody = |place: &usize| reached.iter().all(|choices| choices[*place].is_empty());
        self.places().filter(nobody).collect()
    }

    /// The best solution, or why there is none.
    pub(super) fn recommended(&self) -> Result<Solved<'_>, Impossible> {
        let prefer = self.request.prefer;
        let mut budget = Budget::new(NODES);
        let solved = self.solve_within(prefer, &mut budget);
        solved.ok_or_else(|| match budget.is_spent() {
            true => Impossible::TooLong,
            false => impossible::why(self),
        })
    }

    /// The problems, one for each thing that phase 2 can do about groups.
    pub(super) fn problems(&self) -> &[Problem] {
        &self.problems
    }

    /// The same question without one of the clients.
    pub(super) fn without(&self, place: usize) -> Self {
        let clients = self.clients & !(1 << place);
        let problems = self.problems.iter().cloned();
        Self {
            request: self.request,
            offers: self.offers.clone(),
            clients,
            left_out: self.left_out.clone(),
            problems: problems
                .map(|problem| Problem { clients, ..problem })
                .collect(),
        }
    }

    /// The best solution over all problems.
    pub(super) fn solve(&self, prefer: Option<Preference>) -> Option<Solved<'_>> {
        self.solve_within(prefer, &mut Budget::new(NODES))
    }

    fn solve_within(&self, prefer: Option<Preference>, budget: &mut Budget) -> Option<Solved<'_>> {
        let mut best: Option<(_, Solved<'_>)> = None;
        for problem in &self.problems {
            let Some(solution) = self.best(problem, prefer, budget) else {
                continue;
            };
            let key = solution.key(problem, prefer);
            if best.as_ref().is_none_or(|(known, _)| key < *known) {
                let is_optimal = true;
                best = Some((
                    key,
                    Solved {
                        problem,
                        solution,
                        is_optimal,
                    },
                ));
            }
        }
        let is_optimal = !budget.is_spent();
        best.map(|(_, solved)| Solved {
            is_optimal,
            ..solved
        })
    }

    fn best(
        &self,
        problem: &Problem,
        prefer: Option<Preference>,
        budget: &mut Budget,
    ) -> Option<Solution> {
        if self.request.product.takes_one_suite() {
            return search::of_size(problem, (1, 1), prefer, budget);
        }
        let best = search::best(problem, prefer, budget)?;
        if prefer != Some(Preference::FewEntries) {
            return Some(best);
        }
        let longest = best.ike.len() + best.esp.len();
        search::shortest(problem, longest, prefer, budget).or(Some(best))
    }
}
