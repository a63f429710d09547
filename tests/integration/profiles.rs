//! The built-in database: every file reads, and says what its witnesses say.

use std::collections::BTreeMap;

use ikecompat::dialect::swan;
use ikecompat::ike::{Proposal, Protocol, TransformType};
use ikecompat::peer::client::{RekeyAnswer, RekeyOffer};
use ikecompat::peer::{Client, Engine, Grade, Known, Version};
use ikecompat::profile::Database;
use ikecompat::profile::shape::{ClientFile, ValueSet, Variant};

use crate::common::ikecompat;

/// Every profile with every variant of it, as the file has it and as the model has it.
fn every_variant(mut check: impl FnMut(&str, &ClientFile, &Variant, &Client)) {
    for profile in Database::builtin().profiles() {
        let profile = profile.unwrap_or_else(|broken| panic!("{broken}"));
        for (name, facts) in &profile.file.variants {
            let id = format!("{}:{name}", profile.id);
            let client = profile.client(name).unwrap();
            let client = client.unwrap_or_else(|broken| panic!("{broken}"));
            check(&id, &profile.file, facts, &client);
        }
    }
}

/// All lists of a client, with the name of the exchange.
fn lists(client: &Client) -> Vec<(&'static str, Protocol, Vec<Proposal>)> {
    let mut lists = Vec::new();
    if let Some(fact) = client.ike_sa_init.stated() {
        let list = fact.value.proposals.clone();
        lists.push(("ike-sa-init", Protocol::Ike, list));
    }
    if let Some(fact) = client.ike_auth.stated() {
        lists.push(("ike-auth", Protocol::Esp, fact.value.clone()));
    }
    let mut add = |name, protocol, words: Option<&RekeyOffer>| {
        if let Some(RekeyOffer::List(list) | RekeyOffer::ListInIkeGroup(list)) = words {
            lists.push((name, protocol, list.clone()));
        }
    };
    let offer = |known: &Known<RekeyOffer>| known.stated().map(|fact| fact.value.clone());
    let answer = |known: &Known<RekeyAnswer>| known.stated().map(|fact| fact.value.accepts.clone());
    let (esp, ike) = (Protocol::Esp, Protocol::Ike);
    let words = offer(&client.child_rekey_by_client);
    add("child-rekey-by-client", esp, words.as_ref());
    let words = answer(&client.child_rekey_by_server);
    add("child-rekey-by-server", esp, words.as_ref());
    let words = offer(&client.ike_rekey_by_client);
    add("ike-rekey-by-client", ike, words.as_ref());
    let words = answer(&client.ike_rekey_by_server);
    add("ike-rekey-by-server", ike, words.as_ref());
    lists
}

#[test]
fn every_profile_reads_and_every_variant_is_a_client() {
    let mut count = 0;
    every_variant(|_, _, _, _| count += 1);
    assert!(count > 0);
}

#[test]
fn every_proposal_leaves_nothing_to_be_derived() {
    every_variant(|id, _, _, client| {
        for (exchange, protocol, list) in lists(client) {
            for proposal in &list {
                let place = format!("{id}, {exchange}: {}", swan::write(proposal).unwrap());
                let has = |kind| !proposal.of(kind).is_empty();
                let ciphers = proposal.of(TransformType::ENCR);
                assert!(!ciphers.is_empty(), "{place} has no cipher");
                let aead = ciphers.iter().filter(|t| t.is_aead()).count();
                assert!(aead == 0 || aead == ciphers.len(), "{place} mixes modes");
                assert_eq!(has(TransformType::INTEG), aead == 0, "{place}, integrity");
                let ike = protocol == Protocol::Ike;
                assert_eq!(has(TransformType::PRF), ike, "{place}, PRF");
                assert_eq!(has(TransformType::SN), !ike, "{place}, sequence numbers");
                assert!(has(TransformType::KE) || !ike, "{place} has no group");
            }
        }
    });
}

#[test]
fn every_exchange_is_stated_or_said_to_be_unknown() {
    every_variant(|id, file, facts, _| {
        for (exchange, stated) in [
            ("ike-sa-init", facts.ike_sa_init.is_some()),
            ("ike-auth", facts.ike_auth.is_some()),
            (
                "child-rekey-by-client",
                facts.child_rekey_by_client.is_some(),
            ),
            (
                "child-rekey-by-server",
                facts.child_rekey_by_server.is_some(),
            ),
            ("ike-rekey-by-client", facts.ike_rekey_by_client.is_some()),
            ("ike-rekey-by-server", facts.ike_rekey_by_server.is_some()),
        ] {
            let unknown = facts.unknown.contains_key(exchange);
            assert!(
                !(stated && unknown),
                "{id}: {exchange} is known or it is not"
            );
            let by_rule = file.engine.is_some() && exchange.contains("rekey");
            assert!(stated || unknown || by_rule, "{id}: {exchange} is missing");
        }
    });
}

#[test]
fn an_inferred_fact_says_how_it_was_inferred() {
    every_variant(|id, _, _, client| {
        let check = |grade: Grade, note: &Option<String>| {
            assert!(grade != Grade::Inferred || note.is_some(), "{id}");
        };
        if let Some(fact) = client.ike_sa_init.stated() {
            check(fact.grade, &fact.note);
        }
        if let Some(fact) = client.ike_auth.stated() {
            check(fact.grade, &fact.note);
        }
        for known in [&client.child_rekey_by_client, &client.ike_rekey_by_client] {
            if let Some(fact) = known.stated() {
                check(fact.grade, &fact.note);
            }
        }
        for known in [&client.child_rekey_by_server, &client.ike_rekey_by_server] {
            if let Some(fact) = known.stated() {
                check(fact.grade, &fact.note);
            }
        }
    });
}

#[test]
fn a_first_child_of_another_engine_carries_no_group() {
    every_variant(|id, file, _, client| {
        if let (None, Some(fact)) = (file.engine, client.ike_auth.stated()) {
            let groups = fact.value.iter().flat_map(|p| p.of(TransformType::KE));
            assert!(groups.into_iter().all(|t| t.is_none()), "{id}");
        }
    });
}

#[test]
fn every_value_that_can_be_chosen_is_a_keyword_of_its_type() {
    for profile in Database::builtin().profiles() {
        let profile = profile.unwrap();
        for values in profile
            .file
            .configurable
            .iter()
            .filter_map(|method| method.values.as_ref())
        {
            let check = |set: &ValueSet| {
                for (kind, list) in [
                    (TransformType::ENCR, &set.encryption),
                    (TransformType::INTEG, &set.integrity),
                    (TransformType::PRF, &set.prf),
                    (TransformType::KE, &set.key_exchange),
                ] {
                    for word in list {
                        let found = swan::keyword(word).map(|t| t.kind);
                        assert_eq!(found, Some(kind), "{}: {word}", profile.id);
                    }
                }
            };
            check(&values.ike);
            check(&values.esp);
        }
    }
}

#[test]
fn no_two_clients_share_a_name_or_a_label() {
    let mut names: BTreeMap<String, String> = BTreeMap::new();
    for profile in Database::builtin().profiles() {
        let profile = profile.unwrap();
        let file = &profile.file;
        assert!(file.label.chars().count() <= 24, "{}", profile.id);
        let variants = file.variants.values().flat_map(|v| &v.aliases);
        let own = file.aliases.iter().chain(variants);
        for name in own.chain([&profile.id, &file.label]) {
            if let Some(other) = names.insert(name.clone(), profile.id.clone()) {
                panic!("`{name}` is {other} and {}", profile.id);
            }
        }
    }
}

#[test]
fn ios_rekeys_in_the_group_of_the_ike_sa() {
    let rekey = |phase1: &str, pfs: &str| {
        let yaml = format!("phase1: [aes256-sha256-{phase1}]\nphase2: [aes256-sha256-{pfs}]\n");
        let arguments = ["check", "-", "--clients", "ios-16", "--format", "json"];
        let run = ikecompat(&arguments, &yaml);
        let json: serde_json::Value = serde_json::from_str(&run.stdout).unwrap();
        let child = &json["servers"][0]["clients"][0]["children"][0];
        child["child_rekey_by_client"]["verdict"].clone()
    };
    assert_eq!(rekey("ecp256", "ecp256"), "agree");
    assert_eq!(rekey("ecp256", "modp2048"), "refuse");
    assert_eq!(rekey("modp2048", "modp2048"), "agree");
}

#[test]
fn the_defaults_and_builds_of_strongswan_are_known() {
    let database = Database::builtin();
    let old = database
        .defaults(Engine::STRONGSWAN_5_9_8)
        .unwrap()
        .unwrap();
    assert_eq!((old.ike.len(), old.esp.len()), (2, 2));
    let new = Engine {
        version: Version::new(6, 0, 2),
        ..Engine::STRONGSWAN_5_9_8
    };
    let new = database.defaults(new).unwrap().unwrap();
    assert!(old.esp[0].first_ke().is_none() && new.esp[0].first_ke().is_some());
    assert!(
        database
            .build(Engine::STRONGSWAN_5_9_8)
            .unwrap()
            .ke
            .is_some()
    );
}
