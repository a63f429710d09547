//! The built-in database: every file reads, and says what its witnesses say.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use ikecompat::ike::{Proposal, Protocol, TransformType};
use ikecompat::peer::client::{Known, RekeyOffer};
use ikecompat::peer::{Client, Engine, Fact, Version};
use ikecompat::profile::selection::DEFAULT;
use ikecompat::profile::{Database, Unselectable};

/// Every variant of every profile, with the keys of the profile's sources.
fn everyone() -> Vec<(Client, BTreeSet<String>)> {
    let database = Database::builtin();
    let mut all = Vec::new();
    for profile in database.profiles() {
        let profile = profile.unwrap();
        let keys: BTreeSet<_> = profile.file.sources.keys().cloned().collect();
        assert!(
            profile.variants().count() > 0,
            "{} has no variant",
            profile.id
        );
        for variant in profile.variants() {
            all.push((profile.client(variant).unwrap().unwrap(), keys.clone()));
        }
    }
    all
}

#[test]
fn every_file_is_in_the_program_under_its_own_name() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("profiles/clients");
    let mut on_disk = BTreeSet::new();
    for vendor in fs::read_dir(folder).unwrap() {
        for file in fs::read_dir(vendor.unwrap().path()).unwrap() {
            let path = file.unwrap().path();
            on_disk.insert(path.file_stem().unwrap().to_str().unwrap().to_owned());
        }
    }
    let database = Database::builtin();
    let built_in: BTreeSet<_> = database.ids().map(str::to_owned).collect();
    assert_eq!(built_in, on_disk);
}

#[test]
fn a_word_means_one_client() {
    let database = Database::builtin();
    let mut words = BTreeSet::new();
    for profile in database.profiles() {
        let profile = profile.unwrap();
        let variants = profile.file.variants.values();
        let of_variants = variants.flat_map(|variant| variant.aliases.clone());
        let own = [profile.id.clone()]
            .into_iter()
            .chain(profile.file.aliases.clone());
        for word in own.chain(of_variants) {
            assert!(words.insert(word.clone()), "`{word}` means two clients");
        }
    }
}

fn assert_sourced<T>(client: &Client, fact: &Known<T>, keys: &BTreeSet<String>) {
    match fact {
        Known::Stated(Fact { sources, .. }) => {
            assert!(!sources.is_empty(), "{} states without a source", client.id);
            for key in sources {
                assert!(keys.contains(key), "{}: no source `{key}`", client.id);
            }
        }
        Known::Unknown(why) => assert!(!why.trim().is_empty(), "{} does not say why", client.id),
    }
}

#[test]
fn every_fact_names_a_source_or_says_what_was_looked_for() {
    for (client, keys) in everyone() {
        assert_sourced(&client, &client.ike_sa_init, &keys);
        assert_sourced(&client, &client.ike_auth, &keys);
        assert_sourced(&client, &client.child_rekey_by_client, &keys);
        assert_sourced(&client, &client.child_rekey_by_server, &keys);
        assert_sourced(&client, &client.ike_rekey_by_client, &keys);
        assert_sourced(&client, &client.ike_rekey_by_server, &keys);
    }
}

fn names(proposal: &Proposal, kind: TransformType) -> bool {
    proposal.transforms().iter().any(|t| t.kind == kind)
}

#[test]
fn offers_are_complete_as_on_the_wire() {
    for (client, _) in everyone() {
        if let Some(offer) = client.ike_sa_init.stated() {
            for proposal in &offer.value.proposals {
                assert_eq!(proposal.protocol(), Protocol::Ike, "{}", client.id);
                for kind in [TransformType::ENCR, TransformType::PRF, TransformType::KE] {
                    assert!(names(proposal, kind), "{}: {proposal:?}", client.id);
                }
            }
            // The KE payload belongs to a group that is offered.
            if let Some(group) = offer.value.key_exchange {
                let offered = |p: &Proposal| p.contains(group);
                assert!(offer.value.proposals.iter().any(offered), "{}", client.id);
            }
        }
        let mut children: Vec<&Proposal> = Vec::new();
        children.extend(client.ike_auth.stated().iter().flat_map(|fact| &fact.value));
        if let Some(Fact {
            value: RekeyOffer::List(list),
            ..
        }) = client.child_rekey_by_client.stated()
        {
            children.extend(list);
        }
        for proposal in children {
            assert_eq!(proposal.protocol(), Protocol::Esp, "{}", client.id);
            for kind in [TransformType::ENCR, TransformType::SN] {
                assert!(names(proposal, kind), "{}: {proposal:?}", client.id);
            }
        }
    }
}

fn selected(words: &str) -> Vec<String> {
    let chosen = Database::builtin().select(words).unwrap();
    chosen.into_iter().map(|one| one.client.id).collect()
}

#[test]
fn words_choose_clients_in_their_order_each_once() {
    assert_eq!(selected("osx"), ["osx-10.11"]);
    // An id means the first variant; the alias is on the one that Windows sets up by default.
    assert_eq!(
        selected("windows-10,osx,windows-10:optional"),
        ["windows-10:optional", "osx-10.11"]
    );
    assert_eq!(selected("windows"), ["windows-10:require"]);
    assert_eq!(selected(" osx , "), ["osx-10.11"]);
    assert_eq!(selected("windows-10:none"), ["windows-10:none"]);
    let all: Vec<_> = everyone()
        .into_iter()
        .map(|(client, _)| client.id)
        .collect();
    let windows: Vec<_> = all
        .iter()
        .filter(|id| id.starts_with("windows-10:"))
        .collect();
    assert_eq!(selected("windows:*").iter().collect::<Vec<_>>(), windows);
    assert_eq!(selected("win*-1?:*").iter().collect::<Vec<_>>(), windows);
    assert_eq!(selected("all").len(), Database::builtin().ids().count());
    assert_eq!(selected(DEFAULT).len(), DEFAULT.split(',').count());
}

#[test]
fn all_unknown_words_are_named_with_the_nearest() {
    let wrong = Database::builtin()
        .select("osx,windoze,androit,xq")
        .unwrap_err();
    let nearest: Vec<_> = wrong
        .iter()
        .map(|one| match one {
            Unselectable::Unknown { word, nearest } => (word.as_str(), nearest.as_deref()),
            Unselectable::Broken(broken) => panic!("{broken}"),
        })
        .collect();
    assert_eq!(nearest[1], ("androit", Some("android")));
    assert_eq!(nearest[2], ("xq", None));
    assert_eq!(nearest.len(), 3);
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
