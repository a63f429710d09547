//! Everything worth choosing between: the plans that no other plan beats, what a weak entry costs to
//! drop, and what leaving out a client buys.
//!
//! Plans are compared in three things, each from its first number on: security, effort, and the
//! length of the list. The goals inside one of them are not traded against each other.

use super::cover::{Budget, Clients};
use super::emit;
use super::goal::{Aspects, Costs, Goal, Preference};
use super::plan::{Impossible, Plan};
use super::problem::Problem;
use super::question::{Question, Solved};
use super::request::{Constraints, PlanRequest};
use super::search::{self, Choice, Solution};
use crate::compat::rank::Tier;
use crate::ike::{Protocol, Suite, Transform};

/// How many nodes the search for alternatives looks at.
const NODES: u32 = 60_000;

/// As many ways to the same costs are tried for the shortest list.
const MAX_TIES: usize = 8;

/// Of more clients only those are left out on trial that have an entry for themselves.
const MANY_CLIENTS: usize = 24;

/// As many alternatives are made into plans.
const MAX_PLANS: usize = 12;

/// A plan and what could be chosen in its place.
#[derive(Clone, Debug)]
pub struct Frontier {
    /// The recommended plan.
    recommended: Plan,
    /// The others that no plan beats, in the order of the goals.
    alternatives: Vec<Plan>,
    /// Whether there are no other plans that no plan beats.
    pub is_complete: bool,
    /// The weak entries of the recommended plan.
    pub weak: Vec<WeakEntry>,
    /// What leaving out a client buys, where it buys anything for the others.
    pub drops: Vec<Dropped>,
}

impl Frontier {
    /// The recommended plan.
    pub fn recommended(&self) -> &Plan {
        &self.recommended
    }

    /// The recommended plan, then the others that no plan beats, in the order of the goals.
    pub fn plans(&self) -> impl Iterator<Item = &Plan> {
        std::iter::once(&self.recommended).chain(&self.alternatives)
    }
}

/// A base entry that is phasing out or worse, and what it takes to do without.
#[derive(Clone, Debug)]
pub struct WeakEntry {
    /// The protocol.
    pub protocol: Protocol,
    /// The entry.
    pub suite: Suite,
    /// How bad it is.
    pub tier: Tier,
    /// Places of the clients that settle on it.
    pub clients: Vec<usize>,
    /// The algorithm that makes it weak; a list without it is the remedy.
    pub algorithm: Transform,
    /// The best plan without the algorithm, or why there is none.
    pub without: Result<Remedy, Impossible>,
}

/// The cheapest way to do without something.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Remedy {
    /// Places of the clients that have to be configured in addition.
    pub reconfigured: Vec<usize>,
    /// What that plan costs.
    pub costs: Costs,
}

/// What a plan without one of the clients has.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Dropped {
    /// Its place.
    pub client: usize,
    /// Entries that are no longer needed.
    pub entries: Vec<Suite>,
    /// Places of the clients that no longer have to be configured.
    pub untouched: Vec<usize>,
    /// What that plan costs.
    pub costs: Costs,
}

/// Finds the best plan and everything that could be chosen in its place.
pub fn frontier(request: PlanRequest<'_>) -> Result<Frontier, Impossible> {
    let question = Question::new(request)?;
    let recommended = question.recommended()?;
    let plan = emit::plan(&question, &recommended);
    let (points, is_complete) = points(&question, &recommended);
    let aspects = recommended.solution.costs.aspects();
    let others = points.into_iter().filter(|point| {
        let own = point.solution.costs.aspects();
        own != aspects
    });
    let mut others: Vec<_> = others.collect();
    others.sort_by_key(|point| point.solution.key(point.problem, request.prefer));
    let is_complete = is_complete && others.len() < MAX_PLANS;
    others.truncate(MAX_PLANS - 1);
    let others = others.iter().map(|point| emit::plan(&question, point));
    Ok(Frontier {
        alternatives: others.collect(),
        is_complete,
        weak: weak(request, &plan),
        drops: drops(&question, &plan),
        recommended: plan,
    })
}

/// The solutions that no other solution beats, and whether these are all.
fn points<'q>(question: &'q Question<'_>, recommended: &Solved<'q>) -> (Vec<Solved<'q>>, bool) {
    let mut budget = Budget::new(NODES);
    let mut archive = Archive { points: Vec::new() };
    archive.add(Solved {
        problem: recommended.problem,
        solution: recommended.solution.clone(),
        is_optimal: recommended.is_optimal,
    });
    let one = question.request.product.takes_one_suite();
    let mut tied = false;
    for problem in question.problems() {
        if one {
            short(problem, (1, 1), &mut archive, &mut budget);
            continue;
        }
        tied |= long(problem, &mut archive, &mut budget);
        let entries = |point: &Solved<'_>| usize::from(point.solution.costs.of(Goal::Entries));
        let longest = archive.points.iter().map(entries).max().unwrap_or(2);
        let Some((ike, esp)) = search::fewest(problem, &mut budget) else {
            continue;
        };
        for length in ike + esp..longest {
            for ike in ike..=length - esp {
                short(problem, (ike, length - ike), &mut archive, &mut budget);
            }
        }
    }
    (archive.points, !tied && !budget.is_spent())
}

/// Solutions that do not beat each other.
struct Archive<'q> {
    points: Vec<Solved<'q>>,
}

impl<'q> Archive<'q> {
    fn would_keep(&self, aspects: &Aspects) -> bool {
        let known = self
            .points
            .iter()
            .map(|point| point.solution.costs.aspects());
        !known
            .into_iter()
            .any(|known| known == *aspects || known.beats(aspects))
    }

    fn add(&mut self, point: Solved<'q>) {
        let aspects = point.solution.costs.aspects();
        let known = self
            .points
            .iter()
            .position(|it| it.solution.costs.aspects() == aspects);
        if let Some(known) = known {
            let key = |it: &Solved<'_>| it.solution.key(it.problem, None);
            if key(&point) < key(&self.points[known]) {
                self.points[known] = point;
            }
        } else if self.would_keep(&aspects) {
            self.points
                .retain(|it| !aspects.beats(&it.solution.costs.aspects()));
            self.points.push(point);
        }
    }
}

/// Costs of some clients, and what each of them chose; several such choices where they tie.
type State = (Costs, Vec<Vec<Choice>>);

/// The sums of one choice for each client that no other sum beats.
fn sums(clients: impl Iterator<Item = Vec<Choice>>, ties: usize) -> (Vec<State>, bool) {
    let mut states: Vec<State> = vec![(Costs::default(), vec![Vec::new()])];
    let mut tied = false;
    for choices in clients {
        let mut next: Vec<State> = Vec::new();
        for (costs, chosen) in &states {
            for (way, tier) in &choices {
                let costs = costs.plus(&way.costs(*tier));
                let longer = chosen.iter().map(|list| {
                    let mut list = list.clone();
                    list.push((*way, *tier));
                    list
                });
                let aspects = costs.aspects();
                match next
                    .iter_mut()
                    .find(|(known, _)| known.aspects() == aspects)
                {
                    Some((_, known)) => known.extend(longer),
                    None => next.push((costs, longer.collect())),
                }
            }
        }
        let all: Vec<Aspects> = next.iter().map(|(costs, _)| costs.aspects()).collect();
        next.retain(|(costs, _)| !all.iter().any(|other| other.beats(&costs.aspects())));
        for (_, chosen) in &mut next {
            tied |= chosen.len() > ties;
            chosen.truncate(ties);
        }
        states = next;
    }
    (states, tied && ties > 1)
}

/// The solutions with a list as long as it takes. Says whether ties were left untried.
fn long<'q>(problem: &'q Problem, archive: &mut Archive<'q>, budget: &mut Budget) -> bool {
    let choices = search::choices(problem);
    let each = Clients(problem.clients).map(|client| choices[client].clone());
    let (states, tied) = sums(each, MAX_TIES);
    for chosen in states.into_iter().flat_map(|(_, chosen)| chosen) {
        if let Some(solution) = search::covered(problem, &chosen, budget) {
            archive.add(Solved {
                problem,
                solution,
                is_optimal: true,
            });
        }
    }
    tied
}

/// The solutions with exactly so many entries in each phase.
fn short<'q>(
    problem: &'q Problem,
    sizes: (usize, usize),
    archive: &mut Archive<'q>,
    budget: &mut Budget,
) {
    for (ike, esp) in search::lists(problem, sizes, budget) {
        // The work grows with the clients.
        if !budget.steps(problem.clients.count_ones()) {
            return;
        }
        let each =
            Clients(problem.clients).map(|client| search::reached(problem, &ike, &esp, client));
        let (states, _) = sums(each, 1);
        for (costs, chosen) in states {
            let solution = Solution::of(
                problem,
                (&ike, &esp),
                costs,
                chosen.first().map_or(&[], Vec::as_slice),
            );
            if archive.would_keep(&solution.costs.aspects()) {
                archive.add(Solved {
                    problem,
                    solution,
                    is_optimal: true,
                });
            }
        }
    }
}

/// The weak entries of a plan, each with the price of doing without.
fn weak(request: PlanRequest<'_>, plan: &Plan) -> Vec<WeakEntry> {
    let entries = plan.ike.iter().chain(&plan.esp);
    let weak = entries.filter(|entry| entry.rank.tier() >= Tier::PhasingOut);
    let mut priced: Vec<(Transform, Result<Remedy, Impossible>)> = Vec::new();
    weak.filter_map(|entry| {
        let algorithm = request.policy.deciding(&entry.suite).transform?;
        let known = priced.iter().find(|(known, _)| *known == algorithm);
        let without = match known {
            Some((_, without)) => without.clone(),
            None => {
                let without = without(request, plan, algorithm);
                priced.push((algorithm, without.clone()));
                without
            }
        };
        Some(WeakEntry {
            protocol: entry.suite.protocol,
            suite: entry.suite,
            tier: entry.rank.tier(),
            clients: entry.serves.clone(),
            algorithm,
            without,
        })
    })
    .collect()
}

fn without(
    request: PlanRequest<'_>,
    plan: &Plan,
    algorithm: Transform,
) -> Result<Remedy, Impossible> {
    let mut constraints: Constraints = request.constraints.clone();
    constraints.forbidden.push(algorithm);
    let stricter = PlanRequest {
        constraints: &constraints,
        ..request
    };
    let question = Question::new(stricter)?;
    let solved = question.recommended()?;
    Ok(Remedy {
        reconfigured: newly_reconfigured(&solved.solution, |place| !is_told(plan, place)),
        costs: solved.solution.costs,
    })
}

/// What leaving out each client buys.
fn drops(question: &Question<'_>, plan: &Plan) -> Vec<Dropped> {
    let places: Vec<_> = question.places().collect();
    if places.len() < 2 {
        return Vec::new();
    }
    let prefer = question.request.prefer;
    let entries = || plan.ike.iter().chain(&plan.esp);
    let alone = |place: &usize| entries().any(|entry| entry.serves == [*place]);
    let many = places.len() > MANY_CLIENTS;
    places
        .into_iter()
        .filter(|place| !many || alone(place))
        .filter_map(|place| dropped(question, plan, place, prefer))
        .collect()
}

fn dropped(
    question: &Question<'_>,
    plan: &Plan,
    place: usize,
    prefer: Option<Preference>,
) -> Option<Dropped> {
    let rest = question.without(place);
    let solved = rest.solve(prefer)?;
    let Solved {
        problem, solution, ..
    } = &solved;
    let still = |list: &[super::problem::Candidate], places: &[usize], suite: &Suite| {
        let wanted = suite.without_key_exchange();
        places.iter().any(|place| {
            let own = &list[*place].suite;
            own == suite || (suite.protocol != Protocol::Ike && *own == wanted)
        })
    };
    let ike = plan.ike.iter().map(|entry| entry.suite);
    let ike = ike.filter(|suite| !still(&problem.ike, &solution.ike, suite));
    let esp = plan.esp.iter().map(|entry| entry.suite);
    let esp = esp.filter(|suite| !still(&problem.esp, &solution.esp, suite));
    let told = plan.reconfigured.iter().map(|told| told.client);
    let untouched = told.filter(|other| {
        *other != place && solution.ways[*other].is_some_and(|way| way.method.is_none())
    });
    let dropped = Dropped {
        client: place,
        untouched: untouched.collect(),
        costs: solution.costs,
        entries: ike.chain(esp).collect(),
    };
    let fewer = solution.costs.of(Goal::Entries) < plan.costs.of(Goal::Entries);
    (fewer || !dropped.untouched.is_empty()).then_some(dropped)
}

fn is_told(plan: &Plan, place: usize) -> bool {
    plan.reconfigured.iter().any(|told| told.client == place)
}

fn newly_reconfigured(solution: &Solution, is_new: impl Fn(usize) -> bool) -> Vec<usize> {
    let ways = solution.ways.iter().enumerate();
    let configured = ways.filter(|(_, way)| way.is_some_and(|way| way.method.is_some()));
    configured
        .map(|(place, _)| place)
        .filter(|place| is_new(*place))
        .collect()
}
