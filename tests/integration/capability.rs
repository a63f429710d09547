//! What clients can be made to offer: by which means, and with which algorithms.

use ikecompat::compat::config_method::{ConfigMethod, can, expresses};
use ikecompat::dialect::swan;
use ikecompat::ike::{Protocol, Suite, Transform, TransformType};
use ikecompat::peer::Client;
use ikecompat::peer::server::Product;
use ikecompat::profile::Database;
use ikecompat::recommend::{PlanRequest, recommend};

fn client(word: &str) -> Client {
    let mut selected = Database::builtin().select(word).unwrap();
    assert_eq!(selected.len(), 1, "{word}");
    selected.remove(0).client
}

fn suite(protocol: Protocol, text: &str) -> Suite {
    let proposal = swan::parse(protocol, text).unwrap();
    Suite::of(protocol, proposal.transforms().iter().copied())
}

fn ike(text: &str) -> Suite {
    suite(Protocol::Ike, text)
}

fn esp(text: &str) -> Suite {
    suite(Protocol::Esp, text)
}

#[test]
fn a_release_is_not_told_to_use_what_it_has_not() {
    let new = (
        ike("chacha20poly1305-sha256-curve25519"),
        esp("chacha20poly1305"),
    );
    let old = (ike("aes256gcm16-sha256-ecp256"), esp("aes256gcm16"));
    for (id, has_new) in [("osx-10.11", false), ("ios-13", true), ("ios-16", true)] {
        let client = client(id);
        assert!(
            can(&client, ConfigMethod::AppleProfile, &old.0, &old.1),
            "{id}"
        );
        let has = can(&client, ConfigMethod::AppleProfile, &new.0, &new.1);
        assert_eq!(has, has_new, "{id}");
    }
    // The spelling alone does not know releases.
    assert!(expresses(ConfigMethod::AppleProfile, &new.0, &new.1));
}

#[test]
fn the_registry_chooses_for_ike_and_leaves_esp_as_it_is() {
    let windows = client("windows-10:require");
    let by_registry = |ike_text: &str, esp_text: &str| {
        can(
            &windows,
            ConfigMethod::Registry,
            &ike(ike_text),
            &esp(esp_text),
        )
    };
    assert!(by_registry("aes256-sha256-modp2048", "aes256-sha1"));
    assert!(by_registry("aes256-sha384-modp2048", "3des-sha1"));
    assert!(!by_registry("aes256-sha256-modp1024", "aes256-sha1"));
    assert!(!by_registry("aes128-sha256-modp2048", "aes256-sha1"));
    assert!(!by_registry("aes256-sha512-modp2048", "aes256-sha1"));
    assert!(!by_registry("aes256-sha256-modp2048", "aes256-sha256"));
    assert!(!by_registry(
        "aes256-sha256-modp2048",
        "aes256-sha1-modp2048"
    ));
    // Windows 7 has no such value that a source describes.
    let old = client("windows-7:require");
    assert!(!old.method.contains(&ConfigMethod::Registry));
}

#[test]
fn settings_need_values_for_both_phases() {
    let android = client("forticlient-android-7.4");
    let any = (ike("aes256gcm16-sha256-modp2048"), esp("aes256gcm16"));
    assert!(!can(&android, ConfigMethod::Settings, &any.0, &any.1));
    let gateway = client("aws-s2s");
    assert!(can(&gateway, ConfigMethod::Settings, &any.0, &any.1));
    let without = (ike("aes256gcm16-sha256-curve25519"), any.1);
    assert!(!can(
        &gateway,
        ConfigMethod::Settings,
        &without.0,
        &without.1
    ));
}

#[test]
fn the_app_takes_what_strongswan_has_words_for() {
    let app = client("android");
    assert_eq!(app.method, [ConfigMethod::Sswan]);
    let post_quantum = ike("aes256gcm16-prfsha384-ecp384-ke1_mlkem768");
    assert!(can(
        &app,
        ConfigMethod::Sswan,
        &post_quantum,
        &esp("aes256gcm16-ecp384")
    ));
}

/// What stands in the profiles and what the dialects can write are the same.
#[test]
fn every_value_of_a_profile_has_a_spelling() {
    let words = |kind: TransformType, list: &[Transform]| -> Vec<Transform> {
        list.iter().copied().filter(|t| t.kind == kind).collect()
    };
    for profile in Database::builtin().profiles() {
        let profile = profile.unwrap();
        let Some(Ok(client)) = profile
            .variants()
            .next()
            .and_then(|name| profile.client(name))
        else {
            continue;
        };
        for (method, choices) in &client.choices {
            if ![ConfigMethod::AppleProfile, ConfigMethod::Powershell].contains(method) {
                continue;
            }
            let base = (ike("aes256-sha256-modp2048"), esp("aes256-sha256"));
            for t in words(TransformType::INTEG, &choices.ike) {
                let mut suite = base.0;
                suite.set(t);
                suite.set(swan::prf_of(t).unwrap_or_else(|| swan::keyword("prfsha1").unwrap()));
                assert!(
                    can(&client, *method, &suite, &base.1),
                    "{} {t:?}",
                    profile.id
                );
            }
            for t in words(TransformType::KE, &choices.ike) {
                let mut suite = base.0;
                suite.set(t);
                assert!(
                    can(&client, *method, &suite, &base.1),
                    "{} {t:?}",
                    profile.id
                );
            }
            let ciphers = words(TransformType::ENCR, &choices.ike);
            assert!(!ciphers.is_empty(), "{}", profile.id);
            for t in ciphers {
                let mut suite = Suite::empty(Protocol::Ike);
                suite.set(t);
                let rest = base
                    .0
                    .transforms()
                    .filter(|it| it.kind != TransformType::ENCR);
                let rest = rest.filter(|it| !(t.is_aead() && it.kind == TransformType::INTEG));
                rest.for_each(|it| suite.set(it));
                assert!(
                    can(&client, *method, &suite, &base.1),
                    "{} {t:?}",
                    profile.id
                );
            }
        }
    }
}

#[test]
fn a_plan_keeps_to_what_each_client_can_do() {
    let database = Database::builtin();
    let policy = database.policy("rfc8247").unwrap();
    // The old Mac has to be configured to get along with an app that offers no group 2.
    let selected = database
        .select("osx-10.11,windows-7:optional,windows-10:require")
        .unwrap();
    let clients: Vec<_> = selected.into_iter().map(|one| one.client).collect();
    let request = PlanRequest::new(&clients, Product::Strongswan, &policy);
    let plan = recommend(request).unwrap();
    for reconfigured in &plan.reconfigured {
        let client = &clients[reconfigured.client];
        assert!(
            can(
                client,
                reconfigured.method,
                &reconfigured.ike,
                &reconfigured.esp
            ),
            "{}",
            client.id
        );
    }
}

#[test]
fn a_plan_says_who_demands_a_group_that_others_do_not_carry() {
    let database = Database::builtin();
    let policy = database.policy("rfc8247").unwrap();
    let plan_for = |words: &str, product: Product| {
        let selected = database.select(words).unwrap();
        let clients: Vec<_> = selected.into_iter().map(|one| one.client).collect();
        let request = PlanRequest {
            client_changes: false,
            ..PlanRequest::new(&clients, product, &policy)
        };
        recommend(request).unwrap()
    };
    let both = plan_for("libreswan-5.0,android-13", Product::Pfsense).pfs;
    assert_eq!(
        (both.group, both.lost),
        (None, vec!["libreswan 5.0".to_owned()])
    );
    let alone = plan_for("libreswan-5.0", Product::Pfsense).pfs;
    assert!(alone.group.is_some() && alone.lost.is_empty());
    let other = plan_for("android-13", Product::Pfsense).pfs;
    assert_eq!(other.lost, [""; 0]);
    // Where a list takes suites with a group beside suites without, nobody is lost.
    let both = plan_for("libreswan-5.0,android-13", Product::Strongswan);
    let groups: Vec<_> = both.esp.iter().map(|entry| entry.suite.ke()).collect();
    assert!(matches!(groups[..], [Some(_), None]), "{groups:?}");
    assert_eq!(both.pfs.beside, ["libreswan 5.0"]);
    assert_eq!((both.pfs.lost, both.lost), (Vec::new(), Vec::new()));
}
