//! The server products: every file reads, says where it knows it from, and what is selectable is
//! what the dialects can write.

use std::collections::BTreeSet;

use ikecompat::compat::config_method::{self, ConfigMethod};
use ikecompat::dialect::{charon, opnsense, pfsense, pluto, swan};
use ikecompat::ike::{Proposal, Protocol, Suite, Transform, TransformType};
use ikecompat::peer::build::ChildGroups;
use ikecompat::peer::{Engine, EngineName, Grade, Version};
use ikecompat::profile::Database;
use ikecompat::profile::server_shape::{Selectable, ServerFile, ServerRule};
use ikecompat::profile::shape::ValueSet;
use strum::IntoEnumIterator as _;

use crate::common::ikecompat;

fn files() -> Vec<(String, ServerFile)> {
    let database = Database::builtin();
    let read = |id: &str| (id.to_owned(), database.server(id).unwrap().unwrap());
    database.server_ids().map(read).collect()
}

fn engine(text: &str) -> Engine {
    text.parse().unwrap()
}

#[test]
fn every_product_and_every_engine_has_a_file() {
    let ids: Vec<_> = files().into_iter().map(|(id, _)| id).collect();
    assert_eq!(
        ids,
        [
            "cisco-asa",
            "cisco-ios",
            "fortios",
            "libreswan",
            "openiked",
            "opnsense",
            "pfsense",
            "routeros",
            "rras",
            "strongswan",
            "vyos"
        ]
    );
    for name in EngineName::iter() {
        assert!(ids.contains(&name.to_string()), "{name}");
    }
}

#[test]
fn every_fact_names_sources_that_are_there_and_every_source_is_named() {
    for (id, file) in files() {
        let mut named: BTreeSet<&String> = BTreeSet::new();
        named.extend(file.engines.iter().flat_map(|it| &it.sources));
        named.extend(file.selection.iter().flat_map(|it| &it.sources));
        named.extend(file.selectable.iter().flat_map(|it| &it.sources));
        named.extend(file.limits.iter().flat_map(|it| &it.sources));
        named.extend(file.defaults.iter().flat_map(|it| &it.sources));
        named.extend(file.lifetimes.iter().flat_map(|it| &it.sources));
        let values = file.behaviours.iter().flat_map(|it| &it.values);
        named.extend(values.flat_map(|it| &it.sources));
        named.extend(file.builds.values().flat_map(|it| &it.sources));
        let known: BTreeSet<_> = file.sources.keys().collect();
        assert_eq!(named, known, "{id}");
        for (key, source) in &file.sources {
            let link = ["https://", "http://"]
                .iter()
                .any(|it| source.url.starts_with(it));
            assert!(link, "{id}: {key}");
            assert_ne!(source.grade, Grade::Inferred, "{id}: {key}");
        }
        for shape in &file.defaults {
            let inferred = shape.grade == Some(Grade::Inferred);
            assert!(!inferred || shape.note.is_some(), "{id}: {}", shape.since);
            let empty = shape.ike.is_empty() && shape.esp.is_empty();
            assert_eq!(shape.unknown.is_some(), empty, "{id}: {}", shape.since);
            assert_eq!(empty, shape.sources.is_empty(), "{id}: {}", shape.since);
        }
        for (name, build) in &file.builds {
            assert!(
                build.version.is_some() != build.since.is_some(),
                "{id}: {name}"
            );
        }
    }
}

#[test]
fn defaults_follow_the_version() {
    let database = Database::builtin();
    let lists = |text: &str| database.defaults(engine(text)).unwrap();
    let first = |text: &str| {
        let lists = lists(text).unwrap();
        [&lists.ike, &lists.esp, &lists.esp_unset].map(|list| charon::proposal(&list[0]))
    };
    // The keyword puts classic ciphers first up to 5.9, a missing list AEAD.
    let [ike, esp, unset] = first("strongswan@5.9.8");
    assert!(ike.contains("/CURVE_25519/CURVE_448/ECP_256/"), "{ike}");
    assert!(esp.starts_with("ESP:AES_CBC_128/"), "{esp}");
    assert!(unset.starts_with("ESP:AES_GCM_16_128/"), "{unset}");
    let [ike, esp, _] = first("strongswan@6.0.1");
    assert!(ike.contains("/ECP_256/ECP_384/"), "{ike}");
    assert!(
        esp.starts_with("ESP:AES_GCM_16_128/") && !esp.contains("ECP_"),
        "{esp}"
    );
    let [_, esp, unset] = first("strongswan@6.0.6");
    assert!(
        esp.contains("/ECP_256/") && esp.contains("/KE_NONE"),
        "{esp}"
    );
    assert_eq!(esp, unset);
    // Measured is known better than deduced.
    assert_eq!(lists("strongswan@5.9.8").unwrap().grade, Grade::Observed);
    assert_eq!(lists("strongswan@6.0.2").unwrap().grade, Grade::Inferred);
    assert_eq!(lists("libreswan@5.2").unwrap().grade, Grade::Observed);
    let esn = |text: &str| lists(text).unwrap().esp[0].transforms().len();
    assert_eq!((esn("libreswan@4.5"), esn("libreswan@4.6")), (2, 3));
    assert_eq!(lists("libreswan@4.10").unwrap().ike.len(), 4);
    assert_eq!(lists("libreswan@5.0").unwrap().ike.len(), 5);
    // What was not looked up is unknown, not the nearest older list.
    for unknown in [
        "libreswan@3.29",
        "strongswan@5.6.0",
        "rras@2022",
        "libreswan@2.6",
    ] {
        assert_eq!(lists(unknown), None, "{unknown}");
    }
}

#[test]
fn the_lists_of_libreswan_are_what_its_dialect_makes_of_their_ciphers() {
    let database = Database::builtin();
    let (four, five) = (
        &["aes_gcm256", "aes_gcm128", "aes256", "aes128"][..],
        &[
            "aes_gcm256",
            "aes_gcm128",
            "chacha20_poly1305",
            "aes256",
            "aes128",
        ][..],
    );
    for (text, release, ciphers) in [
        ("libreswan@4.5", pluto::Release::Four, four),
        ("libreswan@4.15", pluto::Release::Four, four),
        ("libreswan@5.2", pluto::Release::Five, five),
    ] {
        let lists = database.defaults(engine(text)).unwrap().unwrap();
        let made = |protocol, words: &[&str]| -> Vec<_> {
            let made = words
                .iter()
                .map(|word| pluto::parse(protocol, word, release));
            made.map(Result::unwrap).collect()
        };
        // The dialect leaves sequence numbers to esn=.
        let plain = |list: Vec<Proposal>| -> Vec<_> {
            let plain = |p: &Proposal| p.without(|kind| kind == TransformType::SN);
            list.iter().map(plain).collect()
        };
        let hashes = ["sha2_512", "sha2_256", "sha1"];
        for (protocol, words) in [
            (Protocol::Ike, ciphers),
            (Protocol::Esp, ciphers),
            (Protocol::Ah, &hashes[..]),
        ] {
            let list = plain(lists.clone().of(protocol).unwrap());
            assert_eq!(list, made(protocol, words), "{text} {protocol}");
        }
    }
    // Before 4.0 nobody looked for it.
    let old = database
        .defaults(engine("libreswan@3.23"))
        .unwrap()
        .unwrap();
    assert_eq!(old.of(Protocol::Ah), None);
}

#[test]
fn ah_without_a_list_is_the_classic_esp_proposal_without_its_cipher() {
    let database = Database::builtin();
    for text in [
        "strongswan@5.9.8",
        "strongswan@5.9.14",
        "strongswan@6.0.1",
        "strongswan@6.0.2",
    ] {
        let lists = database.defaults(engine(text)).unwrap().unwrap();
        let classic = lists
            .esp
            .iter()
            .filter(|p| !p.of(TransformType::INTEG).is_empty());
        let expected: Vec<_> = classic
            .map(|p| {
                let rest = p.transforms().iter().copied();
                Proposal::new(Protocol::Ah, rest.filter(|t| t.kind != TransformType::ENCR))
            })
            .collect();
        assert_eq!(lists.of(Protocol::Ah), Some(expected), "{text}");
    }
}

#[test]
fn builds_follow_the_version() {
    let database = Database::builtin();
    let build = |text: &str| database.build(engine(text)).unwrap();
    for (text, groups, lacks) in [
        ("libreswan@3.20", ChildGroups::ListedOrIkeSa, 3),
        ("libreswan@3.30", ChildGroups::ListedOrIkeSa, 4),
        ("libreswan@4.5", ChildGroups::ListedOrIkeSa, 4),
        ("libreswan@4.15", ChildGroups::IkeSa, 4),
        ("libreswan@5.4", ChildGroups::ListedOrIkeSa, 3),
        ("strongswan@6.0.2", ChildGroups::Listed, 0),
    ] {
        let build = build(text);
        assert_eq!(
            (build.child_groups, build.lacks.len()),
            (groups, lacks),
            "{text}"
        );
    }
    assert_eq!(build("rras@2012").most_transforms, Some(15));
    // What one build of 5.9.8 implements says nothing about another version.
    assert!(build("strongswan@5.9.8").ke.is_some());
    assert!(build("strongswan@5.9.9").ke.is_none());
}

#[test]
fn the_engine_inside_a_product_is_known_where_a_source_says_so() {
    let database = Database::builtin();
    let inside = |product: &str, version: &str| {
        let version: Version = version.parse().unwrap();
        let engine = database.engine_in(product, version).unwrap();
        engine.map(|engine| engine.to_string())
    };
    let expected = Some("strongswan@6.0.3".to_owned());
    assert_eq!(inside("opnsense", "25.7.7"), expected);
    assert_eq!(inside("opnsense", "26.1.0"), expected);
    assert_eq!(
        inside("opnsense", "25.7.6"),
        Some("strongswan@6.0.1".to_owned())
    );
    assert_eq!(
        inside("opnsense", "26.1.4"),
        Some("strongswan@6.0.4".to_owned())
    );
    assert_eq!(inside("opnsense", "21.1"), None);
    // The numbers of pfSense Plus are higher and say nothing about pfSense.
    assert_eq!(
        inside("pfsense", "2.9.0"),
        Some("strongswan@6.1.0".to_owned())
    );
    assert_eq!(inside("pfsense", "25.07"), None);
    assert_eq!(inside("pfsense", "2.7.2"), None);
    assert_eq!(inside("nothing", "1"), None);
}

#[test]
fn the_rule_of_the_file_is_the_rule_that_is_played() {
    for (id, file) in files() {
        let rule = file.selection.unwrap().rule;
        let expected = match file.engine.as_deref().unwrap_or(&id) {
            "strongswan" => ServerRule::Charon,
            "libreswan" => ServerRule::Pluto,
            _ => ServerRule::Unknown,
        };
        assert_eq!(rule, expected, "{id}");
    }
}

/// The entry of the newest version.
fn newest(id: &str) -> Selectable {
    let (_, mut file) = files().into_iter().find(|(other, _)| other == id).unwrap();
    file.selectable.pop().unwrap()
}

fn transforms(words: &[String]) -> Vec<Transform> {
    let transform = |word: &String| swan::keyword(word).unwrap_or_else(|| panic!("{word}"));
    words.iter().map(transform).collect()
}

/// Every suite that a set of values allows: with a group for IKE; with and without for ESP.
fn suites(protocol: Protocol, set: &ValueSet) -> Vec<Suite> {
    let mut suites = Vec::new();
    let hashes = transforms(&set.integrity);
    let mut groups: Vec<_> = transforms(&set.key_exchange)
        .into_iter()
        .map(Some)
        .collect();
    groups.extend((protocol == Protocol::Esp).then_some(None));
    for encr in transforms(&set.encryption) {
        for hash in &hashes {
            for group in &groups {
                let mut suite = Suite::empty(protocol);
                suite.set(encr);
                if !encr.is_aead() {
                    suite.set(*hash);
                }
                if protocol == Protocol::Ike {
                    suite.set(swan::prf_of(*hash).unwrap());
                } else {
                    suite.set(swan::keyword("noesn").unwrap());
                }
                if let Some(group) = group {
                    suite.set(*group);
                }
                suites.push(suite);
            }
        }
    }
    suites
}

/// Whether the values of a set are all that `expresses` takes beside one that it takes.
fn nothing_else(set: &ValueSet, sample: &Suite, expresses: impl Fn(&Suite) -> bool) {
    let kinds = [&set.encryption, &set.integrity, &set.key_exchange];
    let listed: Vec<_> = kinds.iter().flat_map(|words| transforms(words)).collect();
    for (keyword, transform) in swan::KEYWORDS {
        let same_kind = sample
            .get(transform.kind)
            .is_some_and(|own| own.is_aead() == transform.is_aead());
        let replaces = same_kind && listed.iter().any(|other| other.kind == transform.kind);
        if !replaces || listed.contains(transform) {
            continue;
        }
        let mut suite = *sample;
        suite.set(*transform);
        assert!(
            !expresses(&suite),
            "{keyword} can be selected, but is not listed"
        );
    }
}

#[test]
fn pfsense_can_write_what_is_selectable_and_nothing_else() {
    let selectable = newest("pfsense");
    for (protocol, set) in [
        (Protocol::Ike, &selectable.ike),
        (Protocol::Esp, &selectable.esp),
    ] {
        let suites = suites(protocol, set);
        assert!(suites.len() > 1000);
        for suite in &suites {
            assert!(pfsense::expresses(suite), "{}", charon::suite(suite));
        }
        nothing_else(set, &suites[0], pfsense::expresses);
    }
}

#[test]
fn opnsense_can_write_what_is_selectable_and_nothing_else() {
    let selectable = newest("opnsense");
    let whole = |protocol, text: &String| {
        let proposal = swan::parse(protocol, text).unwrap();
        Suite::of(protocol, proposal.transforms().iter().copied())
    };
    for (protocol, set, values) in [
        (Protocol::Ike, &selectable.ike, &selectable.ike_values),
        (Protocol::Esp, &selectable.esp, &selectable.esp_values),
    ] {
        let suites = suites(protocol, set);
        let with_group: Vec<_> = suites.iter().filter(|it| it.ke().is_some()).collect();
        for suite in &with_group {
            assert!(opnsense::expresses(suite), "{}", charon::suite(suite));
        }
        for text in values {
            assert!(opnsense::expresses(&whole(protocol, text)), "{text}");
        }
        let fixed: Vec<_> = values.iter().map(|text| whole(protocol, text)).collect();
        let composed = |suite: &Suite| opnsense::expresses(suite) && !fixed.contains(suite);
        nothing_else(set, with_group[0], composed);
        // Behind each of them, and behind nothing else, stand the additional key exchanges.
        let additional = transforms(&set.additional_key_exchange);
        for method in transforms(&["mlkem512", "mlkem768", "mlkem1024"].map(str::to_owned)) {
            for round in [
                TransformType::ADDKE1,
                swan::keyword("ke2_mlkem768").unwrap().kind,
            ] {
                let is_listed = additional.contains(&method) && round == TransformType::ADDKE1;
                let behind = |suite: &Suite| {
                    let mut hybrid = *suite;
                    hybrid.set(Transform {
                        kind: round,
                        ..method
                    });
                    opnsense::expresses(&hybrid)
                };
                assert!(with_group.iter().all(|suite| behind(suite) == is_listed));
                assert!(!fixed.iter().any(behind));
            }
        }
        // Without a group there are the whole proposals only.
        for suite in suites
            .iter()
            .filter(|it| it.ke().is_none() && protocol == Protocol::Esp)
        {
            assert_eq!(
                opnsense::expresses(suite),
                fixed.contains(suite),
                "{}",
                charon::suite(suite)
            );
        }
    }
}

#[test]
fn powershell_can_write_what_rras_can_select_and_nothing_else() {
    let selectable = newest("rras");
    let ike = suites(Protocol::Ike, &selectable.ike);
    let esp = suites(Protocol::Esp, &selectable.esp);
    let with_esp =
        |suite: &Suite| config_method::expresses(ConfigMethod::Powershell, suite, &esp[0]);
    let with_ike =
        |suite: &Suite| config_method::expresses(ConfigMethod::Powershell, &ike[0], suite);
    for suite in &ike {
        assert!(with_esp(suite), "{}", charon::suite(suite));
    }
    for suite in &esp {
        assert!(with_ike(suite), "{}", charon::suite(suite));
    }
    nothing_else(&selectable.ike, &ike[0], with_esp);
    nothing_else(&selectable.esp, &esp[0], with_ike);
}

/// Has `check` answer about a server.yaml.
fn check(server: &str, clients: &str) -> crate::common::Run {
    ikecompat(&["check", "-v", "--clients", clients, "-"], server)
}

#[test]
fn rras_has_one_suite_and_sees_fifteen_transforms() {
    let one = "engine: rras@2022\nphase1: [aes256-sha256-modp2048]\nphase2: [aes256-sha256]\n";
    let run = check(one, "strongswan-5.9.7,android-13");
    assert_eq!((run.status, run.stderr.as_str()), (0, ""));
    let cut = "warning[transforms-not-seen]: the server looks at the first 15 transforms of a type";
    assert!(run.stdout.contains(cut), "{}", run.stdout);
    let words: Vec<_> = run.stdout.split_whitespace().collect();
    assert!(
        words.join(" ").contains("are offered by strongSwan 5.9.7 "),
        "{}",
        run.stdout
    );
    // Nineteen AEAD ciphers are offered; ChaCha20-Poly1305 is the seventh, AES-GCM with 12 octets
    // the last ones.
    let last = one.replace("aes256-sha256-modp2048", "aes256gcm12-prfsha256-modp2048");
    let run = check(&last, "strongswan-5.9.7");
    assert_eq!(run.status, 1, "{}", run.stdout);
    for more in [
        "[aes256-sha256-modp2048, aes128-sha256-modp2048]",
        "[aes256-aes128-sha256-modp2048]",
    ] {
        let run = check(&one.replace("[aes256-sha256-modp2048]", more), "osx");
        assert_eq!(run.status, 2, "{}", run.stdout);
        assert!(
            run.stderr.contains("error[one-algorithm-only]"),
            "{}",
            run.stderr
        );
        assert!(
            run.stderr.contains("RRAS has one suite of IKE"),
            "{}",
            run.stderr
        );
    }
    // Without a custom policy nobody knows.
    let run = check("engine: rras@2022\n", "osx");
    assert_eq!((run.status, run.stdout.as_str()), (2, ""));
    assert!(
        run.stderr
            .contains("it is not known what rras 2022 uses by default")
    );
}

#[test]
fn a_list_that_is_deduced_makes_its_verdicts_deductions() {
    let written =
        "engine: strongswan@6.0.2\nphase1: [aes256-sha256-modp2048]\nphase2: [aes256-sha256]\n";
    let run = check(written, "osx");
    assert!(
        run.stdout
            .contains("aes256-sha256-modp2048  aes256-sha256 "),
        "{}",
        run.stdout
    );
    for text in [
        "engine: strongswan@6.0.2\n",
        "engine: strongswan@6.0.2\nphase1: default\nphase2: default\n",
    ] {
        let run = check(text, "osx");
        assert!(
            run.stdout.contains("aes256-sha256-modp2048 (inferred)"),
            "{}",
            run.stdout
        );
        let json = ikecompat(
            &["check", "--clients", "osx", "--format", "json", "-"],
            text,
        );
        let json: serde_json::Value = serde_json::from_str(&json.stdout).unwrap();
        let client = &json["servers"][0]["clients"][0];
        assert_eq!(client["ike_sa_init"]["evidence"], "inferred");
    }
    // The lists of 5.9.8 were measured, so what was captured of the client stays observed.
    let run = check("engine: strongswan@5.9.8\n", "osx");
    assert!(
        run.stdout
            .contains("aes256-sha256-modp2048  aes256-sha256 "),
        "{}",
        run.stdout
    );
}

#[test]
fn libreswan_renews_in_the_group_of_the_ike_sa_unless_pfs_is_off() {
    let silent = "engine: libreswan@5.2\n";
    let run = check(silent, "android-13");
    assert!(
        run.stdout
            .contains("the client offers none, the server accepts"),
        "{}",
        run.stdout
    );
    assert!(
        run.stdout.contains("turn PFS off: `pfs: no`"),
        "{}",
        run.stdout
    );
    assert_eq!(run.status, 1);
    let run = check(&format!("{silent}pfs: no\n"), "android-13");
    assert_eq!(run.status, 0, "{}", run.stdout);
    let elsewhere = check("engine: strongswan@5.9.8\npfs: no\n", "osx");
    assert_eq!(elsewhere.status, 2);
    assert!(
        elsewhere
            .stderr
            .contains("strongswan has no switch for PFS"),
        "{}",
        elsewhere.stderr
    );
}

#[test]
fn a_product_is_explained_with_its_limits_versions_and_sources() {
    for (id, file) in files() {
        let run = ikecompat(&["explain", &id.to_uppercase()], "");
        assert_eq!((run.status, run.stderr.as_str()), (0, ""), "{id}");
        let said = run.stdout.split_whitespace().collect::<Vec<_>>().join(" ");
        let says = |text: &str| {
            let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
            assert!(said.contains(&text), "{id}: {text}");
        };
        says(&file.name);
        file.limits.iter().for_each(|limit| says(&limit.text));
        file.engines
            .iter()
            .for_each(|inside| says(inside.engine.as_deref().unwrap_or_default()));
        let lists = file.defaults.iter().flat_map(|shape| &shape.ike);
        lists.for_each(|proposal| says(proposal));
        let values = file.selectable.iter().flat_map(|it| &it.esp_values);
        values.for_each(|value| says(value));
        file.sources.values().for_each(|source| says(&source.url));
    }
}

#[test]
fn libreswan_may_refuse_the_number_that_macos_repeats() {
    let server = |ike: &str| {
        format!(
            "config setup\nconn mac\n    ikev2=insist\n    authby=rsa-sha2\n    left=192.0.2.1\n    leftcert=vpn\n    right=%any\n    rightaddresspool=198.51.100.10-198.51.100.20\n    ike={ike}\n    esp=aes_gcm256\n    pfs=no\n"
        )
    };
    let asked = |ike: &str| {
        let arguments = [
            "check",
            "--format",
            "json",
            "--clients",
            "apple-unset-17",
            "-",
        ];
        let run = ikecompat(&arguments, &server(ike));
        let value: serde_json::Value = serde_json::from_str(&run.stdout).unwrap();
        let rekey = &value["servers"][0]["clients"][0]["ike_rekey_by_client"]["verdict"];
        let warned = run.stdout.contains("proposal-number-at-rekey");
        (rekey.as_str().unwrap().to_owned(), warned)
    };
    // The client's first proposal, and one of its later ones.
    assert!(!asked("aes_gcm256-sha2_256-ecp256").1);
    assert_ne!(asked("aes_gcm256-sha2_256-ecp256").0, "unknown");
    assert_eq!(
        asked("aes256-sha2_256-ecp256"),
        ("unknown".to_owned(), true)
    );
}
