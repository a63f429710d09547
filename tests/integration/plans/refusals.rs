//! Where there is no plan: every sentence about it is true.

use ikecompat::answer::words;
use ikecompat::compat::config_method;
use ikecompat::compat::rank::Tier;
use ikecompat::dialect::swan;
use ikecompat::ike::{Proposal, Protocol, Suite, Transform, TransformType};
use ikecompat::peer::server::Product;
use ikecompat::peer::{Client, Policy};
use ikecompat::profile::{Database, selection};
use ikecompat::recommend::{Constraints, Impossible, PlanRequest, Unserved, recommend};
use itertools::Itertools as _;

use super::sets::policy;
use crate::common::ikecompat;

fn usual_clients() -> Vec<Client> {
    let selected = Database::builtin().select(selection::DEFAULT).unwrap();
    selected.into_iter().map(|one| one.client).collect()
}

fn is_key_exchange(transform: &Transform) -> bool {
    let kind = transform.kind;
    kind == TransformType::KE || kind.additional_round().is_some()
}

/// Every way to take one transform of each type.
fn suites(protocol: Protocol, transforms: &[Transform]) -> Vec<Suite> {
    let kinds = transforms.iter().map(|it| it.kind).unique();
    let each = kinds.map(|kind| {
        let of = transforms.iter().filter(move |it| it.kind == kind).copied();
        let aead = of.clone().all(Transform::is_aead);
        let some = of.map(Some);
        let optional = kind == TransformType::INTEG || kind.additional_round().is_some();
        some.chain((optional && !aead).then_some(None))
            .collect_vec()
    });
    let all = each.multi_cartesian_product();
    all.map(|chosen| Suite::of(protocol, chosen.into_iter().flatten()))
        .collect()
}

/// Whether a policy prohibits everything that the proposals allow.
fn prohibits(policy: &Policy, proposals: &[Proposal], protocol: Protocol) -> bool {
    let mut all = proposals
        .iter()
        .flat_map(|one| suites(protocol, one.transforms()));
    all.all(|mut suite| {
        if protocol == Protocol::Esp {
            suite = Suite::of(
                protocol,
                suite.transforms().filter(|it| !is_key_exchange(it)),
            );
        }
        policy.rank(&suite).tier() == Tier::Prohibited
    })
}

/// Whether a policy prohibits everything in this phase that a file for the client can choose.
fn prohibits_choices(policy: &Policy, client: &Client) -> bool {
    client.method.iter().all(|method| {
        let Some(choices) = client.choices.get(method) else {
            return true;
        };
        let [ike, esp] = [(Protocol::Ike, &choices.ike), (Protocol::Esp, &choices.esp)];
        let within = |(protocol, values): (Protocol, &Vec<Transform>)| {
            let mut all = values.clone();
            // What has no values of its own can be anything.
            let usual = [
                "aes256gcm16",
                "prfsha256",
                "prfsha384",
                "prfsha512",
                "ecp384",
            ];
            all.extend(usual.map(|word| swan::keyword(word).unwrap()));
            all.retain(|it| protocol == Protocol::Ike || !is_key_exchange(it));
            all.retain(|it| protocol == Protocol::Ike || it.kind != TransformType::PRF);
            let suites = suites(protocol, &all).into_iter();
            let complete = |suite: &Suite| protocol == Protocol::Esp || suite.ke().is_some();
            let within =
                |suite: &Suite| complete(suite) && policy.rank(suite).tier() < Tier::Prohibited;
            suites.filter(within).collect_vec()
        };
        let (ike, esp) = (within(ike), within(esp));
        let mut pairs = ike.iter().cartesian_product(&esp);
        !pairs.any(|(ike, esp)| config_method::can(client, *method, ike, esp))
    })
}

/// Whether a sentence about one client is true of it by its own offers.
fn is_true_of(sentence: &str, client: &Client, policy: &Policy) -> bool {
    let of_ike = || {
        let offer = &client.ike_sa_init.stated().unwrap().value;
        prohibits(policy, &offer.proposals, Protocol::Ike)
    };
    let of_esp = || {
        let offer = &client.ike_auth.stated().unwrap().value;
        prohibits(policy, offer, Protocol::Esp)
    };
    let offers = match (
        sentence.contains(" in phase 1; "),
        sentence.contains(" in phase 2; "),
    ) {
        (true, false) => of_ike(),
        (false, true) => of_esp(),
        _ => of_ike() || of_esp() || sentence.contains("the plan for "),
    };
    let configurable = sentence.contains("no way to configure it");
    offers && (!configurable || prohibits_choices(policy, client))
}

#[test]
fn every_sentence_about_a_policy_is_true() {
    let database = Database::builtin();
    let clients = usual_clients();
    let mut sentences = 0;
    // A policy with a set, one that requires ML-KEM, and one with a list of what is bad.
    for id in ["cnsa-1.0", "cnsa-2.0", "strongswan"] {
        let policy = policy(id);
        let constraints = Constraints {
            post_quantum: policy.required_key_exchange.is_some(),
            ..Constraints::NONE
        };
        let engine = "strongswan@6.1.0".parse().unwrap();
        let build = database.build(engine).unwrap();
        for (pair, client_changes) in clients
            .iter()
            .combinations(2)
            .cartesian_product([true, false])
        {
            let pair: Vec<Client> = pair.into_iter().cloned().collect();
            let request = PlanRequest {
                client_changes,
                constraints: &constraints,
                engine: Some(engine),
                build: Some(&build),
                ..PlanRequest::new(&pair, Product::Strongswan, &policy)
            };
            let Err(Impossible::OutsidePolicy(said)) = recommend(request) else {
                continue;
            };
            for sentence in said {
                let about = pair.iter().filter(|one| sentence.contains(&one.label));
                let about = about.collect_vec();
                let [client] = about.as_slice() else {
                    continue;
                };
                sentences += 1;
                assert!(is_true_of(&sentence, client, &policy), "{id}: {sentence}");
            }
        }
    }
    assert!(sentences > 40, "{sentences}");
}

#[test]
fn whom_nothing_serves_nothing_serves() {
    let clients = usual_clients();
    let (mut alone, mut together) = (0, 0);
    let policy = policy("cnsa-1.0");
    let mut unbound = policy.clone();
    unbound.binding = false;
    for (pair, product) in clients
        .iter()
        .combinations(2)
        .cartesian_product([Product::Pfsense, Product::Rras])
    {
        let pair: Vec<Client> = pair.into_iter().cloned().collect();
        let ask = |clients: &[Client], policy: &Policy| {
            recommend(PlanRequest {
                client_changes: false,
                ..PlanRequest::new(clients, product, policy)
            })
        };
        let Err(Impossible::Unserved(unserved)) = ask(&pair, &policy) else {
            continue;
        };
        assert!(!unserved.by_limits);
        assert!(ask(&pair, &unbound).is_err());
        for client in pair
            .iter()
            .filter(|one| unserved.clients.contains(&one.label))
        {
            let own = ask(std::slice::from_ref(client), &unbound);
            assert_eq!(own.is_ok(), unserved.together, "{} on {product}", client.id);
            *(if unserved.together {
                &mut together
            } else {
                &mut alone
            }) += 1;
        }
    }
    assert!(together > 5, "{together}, {alone}");
}

#[test]
fn limits_of_the_question_are_named_as_what_stands_in_the_way() {
    let arguments = ["recommend", "--min-bits", "256", "--clients", "windows-10"];
    let run = ikecompat(&arguments, "");
    assert_eq!(run.status, 1);
    let words = "no plan: nothing that the options leave serves Windows 10 optional\n";
    assert!(run.stdout.contains(words), "{}", run.stdout);
    assert!(run.stdout.contains("next: ask for less with `--groups`"));
    let why = Impossible::Unserved(Unserved {
        clients: vec!["A".to_owned(), "B".to_owned()],
        together: true,
        by_limits: false,
    });
    let said = words::no_plan(&why);
    assert_eq!(
        said,
        "no plan: nothing that the product can select serves together A and B"
    );
}

/// iOS 26 can be given ML-KEM-1024 by a profile, so it is not what stands in the way.
#[test]
fn who_can_be_configured_for_a_policy_is_not_blamed() {
    let run = ikecompat(
        &[
            "recommend",
            "--policy",
            "cnsa-2.0",
            "--clients",
            "ios-26,android",
        ],
        "",
    );
    assert_eq!(run.status, 1);
    let said = run.stdout.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(
        said.contains("strongSwan app 2.4.1 does not offer it by itself"),
        "{said}"
    );
    assert!(!said.contains("iOS 26"), "{said}");
}
