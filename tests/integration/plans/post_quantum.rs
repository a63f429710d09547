//! Plans with a post-quantum key exchange: who can have one gets it, nobody else notices.

use ikecompat::ike::{Ke, Suite};
use ikecompat::peer::server::Product;
use ikecompat::peer::{Build, Client, Engine};
use ikecompat::profile::Database;
use ikecompat::recommend::{Constraints, Impossible, Plan, PlanRequest, recommend};

use super::law::wrong;
use super::sets::{chosen, clients, policy, seeded};
use crate::common::ikecompat;

/// Products whose newest engine has ML-KEM.
const PRODUCTS: [(Product, &str); 3] = [
    (Product::Libreswan, "libreswan@5.4.0"),
    (Product::Opnsense, "strongswan@6.1.0"),
    (Product::Strongswan, "strongswan@6.1.0"),
];

fn build(engine: Engine) -> Build {
    Database::builtin().build(engine).unwrap()
}

fn planned(
    clients: &[Client],
    product: Product,
    engine: &str,
    post_quantum: bool,
    policy_id: &str,
) -> (Result<Plan, Impossible>, Build) {
    let policy = policy(policy_id);
    let engine: Engine = engine.parse().unwrap();
    let build = build(engine);
    let constraints = Constraints {
        post_quantum,
        ..Constraints::NONE
    };
    let request = PlanRequest {
        constraints: &constraints,
        engine: Some(engine),
        build: Some(&build),
        ..PlanRequest::new(clients, product, &policy)
    };
    (recommend(request), build)
}

fn methods(suite: &Suite) -> Vec<u16> {
    let all = suite
        .transforms()
        .filter(|t| t.kind.additional_round().is_some());
    all.map(|t| t.id).collect()
}

/// What a client has in phase 1 by a plan.
fn phase1(plan: &Plan, place: usize) -> Suite {
    let own = plan.ike.iter().find(|entry| entry.serves.contains(&place));
    own.unwrap().suite
}

/// Whether its profile says that it can be given an additional key exchange.
fn is_able(client: &Client) -> bool {
    let mut choices = client.choices.values();
    choices.any(|it| it.ike.iter().any(|t| t.kind.additional_round().is_some()))
}

#[test]
fn who_can_have_it_gets_it_and_nobody_is_locked_out() {
    let able = (0..clients().len()).filter(|place| is_able(&clients()[*place]));
    let sets = able.map(|place| vec![place]).chain(seeded(31, 16, 2, 4));
    let (mut hybrids, mut classical) = (0, 0);
    for set in sets {
        let clients = chosen(&set);
        let ids: Vec<_> = clients.iter().map(|client| client.id.as_str()).collect();
        for (product, engine) in PRODUCTS {
            let (with, build) = planned(&clients, product, engine, true, "rfc8247");
            let (without, _) = planned(&clients, product, engine, false, "rfc8247");
            assert_eq!(with.is_ok(), without.is_ok(), "{ids:?} on {product}");
            let (Ok(with), Ok(without)) = (with, without) else {
                continue;
            };
            assert_eq!(with.left_out, without.left_out, "{ids:?} on {product}");
            let found = wrong(&with, &clients, &build, &policy("rfc8247"));
            assert!(found.is_empty(), "{ids:?} on {product}: {found:#?}");
            for (place, client) in clients.iter().enumerate() {
                if with.left_out.iter().any(|it| it.client == place) {
                    continue;
                }
                let got = methods(&phase1(&with, place));
                let wanted = is_able(client).then_some(Ke::MlKem768.number());
                assert_eq!(got, Vec::from_iter(wanted), "{} on {product}", client.id);
                *(if got.is_empty() {
                    &mut classical
                } else {
                    &mut hybrids
                }) += 1;
            }
        }
    }
    assert!(hybrids > 8 && classical > 20, "{hybrids} {classical}");
}

#[test]
fn a_policy_that_demands_ml_kem_1024_gets_it() {
    let select = Database::builtin()
        .select("ios-26,strongswan-6.0.2")
        .unwrap();
    let clients: Vec<_> = select.into_iter().map(|one| one.client).collect();
    let (plan, _) = planned(
        &clients,
        Product::Strongswan,
        "strongswan@6.1.0",
        true,
        "cnsa-2.0",
    );
    let plan = plan.unwrap();
    let methods: Vec<_> = (0..2).map(|place| methods(&phase1(&plan, place))).collect();
    assert_eq!(
        methods,
        [[Ke::MlKem1024.number()], [Ke::MlKem1024.number()]]
    );
}

/// An engine that walks its own list takes the first entry that fits.
#[test]
fn a_hybrid_stands_before_every_entry_without() {
    let database = Database::builtin();
    let select = database
        .select("android,ios-26,osx-10.11,windows-11")
        .unwrap();
    let clients: Vec<_> = select.into_iter().map(|one| one.client).collect();
    let mut planned_by = Vec::new();
    for id in database.policies() {
        for (product, engine) in PRODUCTS {
            let Ok(plan) = planned(&clients, product, engine, true, id).0 else {
                continue;
            };
            let hybrids = plan
                .ike
                .iter()
                .map(|entry| !methods(&entry.suite).is_empty());
            let hybrids: Vec<_> = hybrids.collect();
            assert!(hybrids[0], "{id} on {product}");
            assert!(
                hybrids.is_sorted_by_key(|hybrid| !hybrid),
                "{id} on {product}"
            );
            planned_by.push(id);
        }
    }
    planned_by.dedup();
    let expected = ["anssi-stormshield", "rfc8247", "sp800-77r1", "strongswan"];
    assert_eq!(planned_by, expected);
}

/// pfSense, which is planned for where nobody names a product, has no words for it.
#[test]
fn who_names_no_product_gets_one_that_has_it() {
    let arguments = ["recommend", "--post-quantum", "--policy", "sp800-77r1"];
    let run = ikecompat(&arguments, "");
    assert_eq!(run.status, 0, "{}", run.stdout);
    let (_, entries) = run.stdout.split_once("\nphase 1\n").unwrap();
    let first = entries.lines().next().unwrap();
    assert!(first.ends_with("-ke1_mlkem768"), "{}", run.stdout);
    assert!(run.stdout.contains(" on strongswan"), "{}", run.stdout);
}

#[test]
fn a_server_without_it_has_no_such_plan() {
    for (option, value, why) in [
        ("--product", "pfsense", "the pages of pfSense have no"),
        (
            "--engine",
            "opnsense@26.1.10",
            "OPNsense lists ke1_mlkem768 since 26.7.4",
        ),
        ("--product", "rras", "RRAS has no"),
        (
            "--engine",
            "strongswan@5.9.8",
            "the release of the engine has no ML-KEM",
        ),
    ] {
        let arguments = [
            "recommend",
            "--post-quantum",
            "--clients",
            "ios-26",
            option,
            value,
        ];
        let run = ikecompat(&arguments, "");
        assert_eq!(run.status, 1, "{value}");
        assert!(run.stdout.contains(why), "{value}: {}", run.stdout);
    }
}

#[test]
fn that_nobody_can_have_it_is_said() {
    let arguments = [
        "recommend",
        "--post-quantum",
        "--product",
        "strongswan",
        "--clients",
        "windows-10",
    ];
    let run = ikecompat(&arguments, "");
    assert_eq!(run.status, 0);
    assert!(
        run.stderr
            .contains("for none of these clients a way to ML-KEM is known"),
        "{}",
        run.stderr
    );
    assert!(!run.stdout.contains("mlkem"));
}

#[test]
fn the_release_of_a_client_that_has_it_is_named() {
    let clients = "android,windows-10";
    let arguments = [
        "recommend",
        "--post-quantum",
        "--product",
        "strongswan",
        "--clients",
        clients,
    ];
    let run = ikecompat(&arguments, "");
    assert!(
        run.stdout
            .contains("needs app 2.6.1 or later, which has ML-KEM"),
        "{}",
        run.stdout
    );
}
