//! Why there is no plan.

use itertools::Itertools as _;

use super::plan::Impossible;
use super::problem::Offers;
use super::question::Question;
use super::request::PlanRequest;
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
        if let Ok(unbound) = Question::new(unbound)
            && unbound.solve(unbound.request.prefer).is_some()
        {
            return Impossible::OutsidePolicy(policy_conflicts(&unbound));
        }
    }
    Impossible::Unserved(unserved(question))
}

/// Labels of the clients that nothing serves, alone; or of all, if each of them could be served.
fn unserved(question: &Question<'_>) -> Vec<String> {
    let clients = question.request.clients;
    let lost = question.unserved();
    let lost = if lost.is_empty() {
        question.places().collect()
    } else {
        lost
    };
    lost.into_iter()
        .map(|place| clients[place].label.clone())
        .collect()
}

/// Which clients make a plan within the policy impossible, and why.
fn policy_conflicts(question: &Question<'_>) -> Vec<String> {
    let request = question.request;
    let policy = request.policy;
    let within = |suites: &[Suite]| !space::within(suites, Tier::Discouraged, policy).is_empty();
    let planned = |protocol| {
        let all = space::universe(protocol);
        let mut suites = space::within(&all, Tier::Discouraged, policy);
        suites.retain(|suite| request.selects(suite));
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
        let configurable = request.client_changes && !client.method.is_empty();
        let mut pairs = ike.iter().cartesian_product(&esp);
        if configurable && pairs.any(|(ike, esp)| space::means_for(client, ike, esp).is_some()) {
            continue;
        }
        let addition = if configurable {
            ", and cannot be configured to offer anything that is allowed"
        } else {
            ""
        };
        let before = reasons.len();
        for conflict in conflicts(client, policy) {
            reasons.push(format!("{conflict}{addition}"));
        }
        if reasons.len() == before {
            reasons.push(format!(
                "{} allows nothing that {} offers and {} can select{addition}",
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
