//! The plans that no other plan beats.

use ikecompat::recommend::{PlanRequest, Preference, frontier, recommend};
use itertools::Itertools as _;

use super::sets::{PRODUCTS, chosen, policy, seeded};

#[test]
fn no_plan_of_the_frontier_beats_another_and_none_is_missing() {
    let policy = policy("rfc8247");
    let mut complete = 0;
    for (number, set) in seeded(31, 40, 2, 4).iter().enumerate() {
        let clients = chosen(set);
        let request = PlanRequest::new(&clients, PRODUCTS[number % PRODUCTS.len()], &policy);
        let ids = clients.iter().map(|client| client.id.as_str()).join(",");
        let Ok(frontier) = frontier(request) else {
            continue;
        };
        let own = recommend(request).unwrap();
        assert_eq!(*frontier.recommended(), own, "{ids}");
        // Where entries with a group stand beside entries without, a list is longer than planned.
        let other = |plan: &ikecompat::recommend::Plan| {
            !plan.pfs.beside.is_empty() || !plan.lost.is_empty()
        };
        if frontier.plans().any(other) {
            continue;
        }
        let aspects: Vec<_> = frontier.plans().map(|plan| plan.costs.aspects()).collect();
        for [one, other] in aspects.iter().array_combinations::<2>() {
            let beaten = one.beats(other) || other.beats(one) || one == other;
            assert!(!beaten, "{ids} on {}: {one:?} {other:?}", request.product);
        }
        if !frontier.is_complete {
            continue;
        }
        complete += 1;
        for prefer in [
            Preference::Security,
            Preference::UntouchedClients,
            Preference::FewEntries,
        ] {
            let extreme = PlanRequest {
                prefer: Some(prefer),
                ..request
            };
            let wanted = recommend(extreme).unwrap().costs.aspects();
            let product = request.product;
            assert!(
                aspects.contains(&wanted),
                "{ids} on {product}, {prefer}: {wanted:?}"
            );
        }
    }
    assert!(complete > 10, "{complete}");
}
