//! Why there is no plan.

use itertools::Itertools as _;

use super::plan::{Impossible, Unserved};
use super::problem::Offers;
use super::question::Question;
use super::request::{Constraints, PlanRequest};
use super::space;
use crate::compat::conflict::conflicts;
use crate::compat::rank::Tier;
use crate::ike::{Protocol, Suite};

/// Says why a question has no answer.
pub(super) fn why(question: &Question<'_>) -> Impossible {
    let request = question.request;
    // Only if there is a plan without it, it is the policy that stands in the way.
    if request.policy.binding {
        let mut policy = request.policy.clone();
        policy.binding = false;
        let unbound = PlanRequest {
            policy: &policy,
            ..request
        };
        if let Ok(unbound) = Question::new(unbound) {
            return match unbound.solve(unbound.request.prefer) {
                Some(_) => Impossible::OutsidePolicy(policy_conflicts(&unbound, request)),
                None => Impossible::Unserved(unserved(&unbound)),
            };
        }
    }
    Impossible::Unserved(unserved(question))
}

/// Whether there is a plan without the limits that the question sets.
fn is_solved_without_limits(request: PlanRequest<'_>) -> bool {
    let given = request.constraints;
    let constraints = Constraints {
        kept: Vec::new(),
        null: given.null,
        gcm: given.gcm,
        post_quantum: given.post_quantum,
        format: given.format,
        ..Constraints::NONE
    };
    let without = PlanRequest {
        constraints: &constraints,
        ..request
    };
    constraints != *given
        && Question::new(without).is_ok_and(|it| it.solve(request.prefer).is_some())
}

/// The clients that nothing serves, alone; or all, if each of them could be served.
fn unserved(question: &Question<'_>) -> Unserved {
    let clients = question.request.clients;
    let lost = question.unserved();
    let together = lost.is_empty();
    let lost = if together {
        question.places().collect()
    } else {
        lost
    };
    let labels = lost.into_iter().map(|place| clients[place].label.clone());
    Unserved {
        clients: labels.collect(),
        together,
        by_limits: is_solved_without_limits(question.request),
    }
}

/// Which clients make a plan within the policy of `bound` impossible, and why. `question` is the same question
/// without the policy.
fn policy_conflicts(question: &Question<'_>, bound: PlanRequest<'_>) -> Vec<String> {
    let request = question.request;
    let policy = request.policy;
    let within = |suites: &[Suite]| !space::within(suites, Tier::Discouraged, policy).is_empty();
    let planned = |protocol| {
        let mut suites = space::universe(protocol);
        if protocol == Protocol::Ike && bound.constraints.post_quantum {
            suites.extend(space::hybrids(bound));
        }
        suites.retain(|suite| space::may_have(bound, suite));
        suites
    };
    let (ike, esp) = (planned(Protocol::Ike), planned(Protocol::Esp));
    let mut reasons = Vec::new();
    for place in question.places() {
        let client = &request.clients[place];
        let Offers {
            ike: own_ike,
            esp: own_esp,
        } = &question.offers[place];
        if within(own_ike) && within(own_esp) {
            continue;
        }
        let kept = request.constraints.kept.contains(&place);
        let configurable = request.client_changes && !kept && !client.method.is_empty();
        let mut pairs = ike.iter().cartesian_product(&esp);
        if configurable && pairs.any(|(ike, esp)| space::means_for(client, ike, esp).is_some()) {
            continue;
        }
        let addition = if configurable {
            format!(
                ", and no way to configure it for what is allowed and {} can select was found",
                request.product
            )
        } else {
            String::new()
        };
        let before = reasons.len();
        for conflict in conflicts(client, policy) {
            reasons.push(format!("{conflict}{addition}"));
        }
        if reasons.len() == before {
            reasons.push(format!(
                "{} allows nothing that {} offers and the plan for {} may have{addition}",
                policy.title, client.label, request.product
            ));
        }
    }
    if reasons.is_empty() {
        let labels: Vec<_> = question
            .places()
            .map(|p| request.clients[p].label.as_str())
            .collect();
        reasons.push(format!(
            "{} leaves no list of suites that serves all of {} on {}",
            policy.title,
            labels.join(", "),
            request.product
        ));
    }
    reasons
}
