//! Policies beside RFC 8247, and those that people write.

use std::fs;
use std::path::Path;

use ikecompat::compat::conflict::conflicts;
use ikecompat::compat::rank::Tier;
use ikecompat::dialect::swan;
use ikecompat::ike::{Encr, Integ, Ke, Prf, Protocol, Suite, Transform, TransformType};
use ikecompat::peer::Policy;
use ikecompat::peer::policy::{Known, Level, Mark};
use ikecompat::profile::Database;
use itertools::Itertools as _;
use proptest::prelude::*;
use serde_json::Value;
use strum::IntoEnumIterator as _;

use crate::common::{Run, ikecompat};

fn policy(id: &str) -> Policy {
    Database::builtin().policy(id).unwrap()
}

fn level(policy: &Policy, protocol: Protocol, transform: Transform) -> (Tier, Level) {
    let member = policy.alone(protocol, transform);
    (member.tier, member.level)
}

#[test]
fn every_policy_is_read_and_knows_strengths() {
    let database = Database::builtin();
    let ids: Vec<_> = database.policies().collect();
    assert_eq!(
        ids,
        [
            "anssi-stormshield",
            "cnsa-1.0",
            "cnsa-2.0",
            "rfc8247",
            "sp800-77r1",
            "strongswan"
        ]
    );
    for id in ids {
        let policy = database.policy(id).unwrap();
        assert_eq!(policy.id, id);
        assert!(policy.has_strengths());
        assert_eq!(policy.binding, id != "rfc8247", "{id}");
        let aes = Transform::encr(Encr::AesGcm16, 256);
        assert_eq!(policy.strength(aes).unwrap().bits, 256);
    }
}

#[test]
fn words_of_levels_are_those_of_the_schema() {
    assert_eq!(
        Level::iter().count(),
        Level::WORDS.len() + 2,
        "all but `unregistered` and `nothing is encrypted`"
    );
    for word in Level::WORDS {
        assert!(
            serde_json::from_value::<Level>(Value::from(*word)).is_ok(),
            "{word}"
        );
    }
    for word in Mark::WORDS {
        assert!(
            serde_json::from_value::<Mark>(Value::from(*word)).is_ok(),
            "{word}"
        );
    }
    for word in Known::WORDS {
        assert!(
            serde_json::from_value::<Known>(Value::from(*word)).is_ok(),
            "{word}"
        );
    }
}

#[test]
fn cnsa_allows_its_set_and_nothing_else() {
    let cnsa = policy("cnsa-1.0");
    let allowed = (Tier::Recommended, Level::Allowed);
    let policy_conflicts = (Tier::Prohibited, Level::NotInSet);
    let aes = |id, bits| Transform::encr(id, bits);
    for (transform, expected) in [
        (aes(Encr::AesGcm16, 256), allowed),
        (aes(Encr::AesGcm16, 128), policy_conflicts),
        (aes(Encr::AesGcm8, 256), policy_conflicts),
        (aes(Encr::AesCbc, 256), policy_conflicts),
        (aes(Encr::ChaCha20Poly1305, 0), policy_conflicts),
    ] {
        for protocol in [Protocol::Ike, Protocol::Esp] {
            assert_eq!(level(&cnsa, protocol, transform), expected, "{transform:?}");
        }
    }
    for ke in Ke::iter().filter(|ke| *ke != Ke::None) {
        let named = [Ke::Ecp384, Ke::Modp3072, Ke::Modp4096].contains(&ke);
        let expected = if named { allowed } else { policy_conflicts };
        for protocol in [Protocol::Ike, Protocol::Esp] {
            assert_eq!(level(&cnsa, protocol, Transform::ke(ke)), expected, "{ke}");
        }
    }
    for prf in Prf::iter() {
        let named = [Prf::HmacSha2_384, Prf::HmacSha2_512].contains(&prf);
        let expected = if named { allowed } else { policy_conflicts };
        assert_eq!(
            level(&cnsa, Protocol::Ike, Transform::prf(prf)),
            expected,
            "{prf}"
        );
    }
}

/// ML-KEM-1024 after a classical key exchange, and neither alone nor another one.
#[test]
fn cnsa_2_requires_ml_kem_beside_a_classical_key_exchange() {
    let cnsa = policy("cnsa-2.0");
    let tier = |text: &str| {
        let proposal = swan::parse(Protocol::Ike, text).unwrap();
        let suite = Suite::of(Protocol::Ike, proposal.transforms().iter().copied());
        cnsa.rank(&suite).tier()
    };
    let hybrid = "aes256gcm16-prfsha384-ecp384-ke1_mlkem1024";
    assert_eq!(tier(hybrid), Tier::Recommended);
    for outside in [
        "aes256gcm16-prfsha384-ecp384",
        "aes256gcm16-prfsha384-ecp384-ke1_mlkem768",
        "aes256gcm16-prfsha384-mlkem1024",
        "aes256gcm16-prfsha384-mlkem1024-ke1_mlkem1024",
        "aes256gcm16-prfsha384-mlkem1024-ke1_ecp384",
    ] {
        assert_eq!(tier(outside), Tier::Prohibited, "{outside}");
    }
    // What the summary does not mention is no better than discouraged.
    assert_eq!(
        tier("aes256gcm16-prfsha384-curve25519-ke1_mlkem1024"),
        Tier::Discouraged
    );
    assert!(cnsa.title.contains("draft"));
}

/// By every policy, behind every group, and with every pair of additional key exchanges: a hybrid
/// stands before its classical part, unless the policy or the registry speaks against what is added.
#[test]
fn a_hybrid_is_as_good_as_its_classical_part() {
    let database = Database::builtin();
    let additional = |kind, ke| Transform {
        kind,
        ..Transform::ke(ke)
    };
    let methods = || Ke::iter().filter(|ke| *ke != Ke::None);
    for id in database.policies() {
        let policy = policy(id);
        let against = |ke: Ke| {
            let (tier, level) = level(&policy, Protocol::Ike, Transform::ke(ke));
            tier >= Tier::Discouraged && level != Level::Unmentioned
        };
        for (first, added) in methods().cartesian_product(methods()) {
            let ciphers = "aes256gcm16-prfsha384-modp2048";
            let ciphers = swan::parse(Protocol::Ike, ciphers).unwrap();
            let mut suite = Suite::of(Protocol::Ike, ciphers.transforms().iter().copied());
            suite.set(Transform::ke(first));
            let plain = policy.rank(&suite);
            suite.set(additional(TransformType::ADDKE1, added));
            let hybrid = policy.rank(&suite);
            if against(added) {
                assert!(hybrid.tier() >= plain.tier(), "{id}: {first}, {added}");
                continue;
            }
            assert!(hybrid < plain, "{id}: {first}, {added}");
            let required = policy.required_key_exchange.is_some();
            assert!(
                required || hybrid.tier() == plain.tier(),
                "{id}: {first}, {added}"
            );
            assert!(hybrid.floor() >= plain.floor(), "{id}: {first}, {added}");
        }
    }
    // CNSA 1.0 has a set, and ML-KEM is not in it.
    let cnsa = policy("cnsa-1.0");
    let found = level(&cnsa, Protocol::Ike, Transform::ke(Ke::MlKem1024));
    assert_eq!(found, (Tier::Prohibited, Level::NotInSet));
}

#[test]
fn anssi_has_a_lowest_and_a_recommended_profile_for_each_phase() {
    let anssi = policy("anssi-stormshield");
    let (best, lowest) = (
        (Tier::Recommended, Level::Allowed),
        (Tier::Permitted, Level::Expected),
    );
    let unmentioned = (Tier::Discouraged, Level::Unmentioned);
    for (protocol, group, expected) in [
        (Protocol::Ike, 28, best),
        (Protocol::Ike, 15, lowest),
        (Protocol::Ike, 14, unmentioned),
        (Protocol::Esp, 28, best),
        (Protocol::Esp, 14, lowest),
        // A lowest value is a bound: what the list of the source has above it is no worse.
        (Protocol::Ike, 16, lowest),
        (Protocol::Ike, 18, lowest),
        (Protocol::Ike, 19, best),
        (Protocol::Ike, 21, best),
        (Protocol::Ike, 30, best),
        (Protocol::Ike, 31, unmentioned),
        (Protocol::Esp, 15, lowest),
        (Protocol::Esp, 20, best),
        (Protocol::Esp, 5, unmentioned),
    ] {
        let transform = Transform::ke(Ke::from_repr(group).unwrap());
        assert_eq!(
            level(&anssi, protocol, transform),
            expected,
            "{protocol} {group}"
        );
    }
    for (protocol, keyword, expected) in [
        (Protocol::Ike, "aes256gcm16", best),
        (Protocol::Ike, "aes128gcm16", unmentioned),
        (Protocol::Ike, "aes256", unmentioned),
        (Protocol::Esp, "aes256gcm16", best),
        (Protocol::Esp, "aes128gcm16", lowest),
        (Protocol::Esp, "aes256", lowest),
        (Protocol::Esp, "aes256ctr", lowest),
        (Protocol::Esp, "aes128", lowest),
        (Protocol::Esp, "aes192", unmentioned),
        (Protocol::Esp, "sha512", lowest),
        (Protocol::Esp, "sha1", unmentioned),
    ] {
        let transform = swan::keyword(keyword).unwrap();
        let found = level(&anssi, protocol, transform);
        assert_eq!(found, expected, "{protocol} {keyword}");
    }
}

#[test]
fn nist_has_three_columns_and_says_how_it_was_read() {
    let nist = policy("sp800-77r1");
    let ke = |ke| level(&nist, Protocol::Ike, Transform::ke(ke));
    for group in [14, 15, 16, 17, 18, 19, 20, 21] {
        let group = Ke::from_repr(group).unwrap();
        assert_eq!(ke(group), (Tier::Recommended, Level::Allowed), "{group}");
    }
    for group in [1, 2, 5, 22] {
        let group = Ke::from_repr(group).unwrap();
        assert_eq!(ke(group), (Tier::Prohibited, Level::NotInSet), "{group}");
    }
    assert_eq!(ke(Ke::Curve25519), (Tier::Permitted, Level::Expected));
    for group in [23, 24] {
        let group = Ke::from_repr(group).unwrap();
        assert_eq!(
            ke(group),
            (Tier::Discouraged, Level::Unmentioned),
            "{group}"
        );
    }
    let sha1 = Transform::integ(Integ::HmacSha1_96);
    assert_eq!(
        level(&nist, Protocol::Esp, sha1),
        (Tier::PhasingOut, Level::Legacy)
    );
    let md5 = Transform::integ(Integ::HmacMd5_96);
    assert_eq!(
        level(&nist, Protocol::Ike, md5),
        (Tier::Prohibited, Level::MustNot)
    );
    let private = Transform { id: 1025, ..sha1 };
    assert_eq!(level(&nist, Protocol::Esp, private).1, Level::Unregistered);
    let cell = nist.cell(Protocol::Ike, sha1).unwrap();
    assert_eq!(cell.mark, Mark::SecondHand);
}

#[test]
fn strongswan_rules_out_its_list_and_leaves_the_rest() {
    let swan = policy("strongswan");
    let ke = |ke| level(&swan, Protocol::Esp, Transform::ke(ke)).0;
    for group in [1, 2, 5, 22, 23, 24, 25] {
        let group = Ke::from_repr(group).unwrap();
        assert_eq!(ke(group), Tier::Prohibited, "{group}");
    }
    assert_eq!(ke(Ke::Modp3072), Tier::Recommended);
    for group in [Ke::Modp2048, Ke::Curve25519, Ke::Ecp256] {
        assert_eq!(ke(group), Tier::Permitted, "{group}");
    }
    let sha1 = Transform::prf(Prf::HmacSha1);
    assert_eq!(level(&swan, Protocol::Ike, sha1).0, Tier::Prohibited);
}

#[test]
fn clients_outside_a_policy_are_named_with_what_is_allowed() {
    let database = Database::builtin();
    let said = |client: &str, id: &str| -> Vec<String> {
        let client = database.select(client).unwrap().remove(0).client;
        let all = conflicts(&client, &policy(id));
        all.iter().map(ToString::to_string).collect()
    };
    assert_eq!(
        said("osx-10.11", "cnsa-1.0")[2],
        "CNSA 1.0 (RFC 9206) allows only group 20, 15, 16 in phase 1; OS X 10.11 offers none of \
         them, but group 14, 19, 5, 2"
    );
    assert!(said("osx-10.11", "rfc8247").is_empty());
    assert!(said("strongswan-6.0.2", "cnsa-1.0").is_empty());
    assert_eq!(
        said("windows-10", "strongswan")[0],
        "strongSwan's Security Recommendations rules out group 2 in phase 1; Windows 10 optional \
         offers no other key exchange"
    );
    let server =
        "product: strongswan\nphase1: [aes256gcm16-prfsha384-ecp384]\nphase2: [aes256gcm16]\n";
    let args = [
        "check",
        "-",
        "--clients",
        "osx-10.11",
        "--policy",
        "cnsa-1.0",
    ];
    let run = ikecompat(&args, server);
    assert!(
        run.stdout.contains("\noutside of the policy cnsa-1.0: "),
        "{}{}",
        run.stdout,
        run.stderr
    );
    let run = ikecompat(&[&args[..], &["--format", "json"]].concat(), server);
    let json: Value = serde_json::from_str(&run.stdout).unwrap();
    let client = &json["servers"][0]["clients"][0];
    assert_eq!(client["policy_conflicts"].as_array().unwrap().len(), 4);
    let run = ikecompat(&args[..4], server);
    assert!(
        !run.stdout.contains("outside of the policy"),
        "{}",
        run.stdout
    );
}

#[test]
fn a_plan_stays_within_a_binding_policy_or_says_who_prevents_it() {
    let plan = |more: &[&str]| {
        let mut args = vec!["recommend", "--policy", "cnsa-1.0", "--clients"];
        args.extend(more);
        ikecompat(&args, "")
    };
    let run = plan(&["osx-10.11,windows-10", "--format", "json"]);
    assert_eq!(run.status, 0, "{}", run.stderr);
    let tier = "\"tier\": \"prohibited\"";
    assert!(!run.stdout.contains(tier), "{}", run.stdout);
    let run = plan(&["windows-10,strongswan-6.0.2", "--no-client-changes"]);
    assert_eq!(run.status, 1);
    assert!(
        run.stdout.contains("no plan within the policy"),
        "{}",
        run.stdout
    );
    assert!(
        run.stdout
            .contains("Windows 10 optional offers none of them, but group 2")
    );
    assert!(!run.stdout.contains("strongSwan 6"), "{}", run.stdout);
    // RFC 8247 tells implementers what to have, so a plan may always be made.
    let run = ikecompat(
        &[
            "recommend",
            "--clients",
            "windows-10",
            "--no-client-changes",
        ],
        "",
    );
    assert_eq!(run.status, 0);
}

#[test]
fn explain_quotes_the_policy_wherever_the_option_stands() {
    for args in [
        ["explain", "modp2048s256", "--policy", "sp800-77r1"].as_slice(),
        &["explain", "modp2048s256", "--policy=sp800-77r1"],
        &["explain", "--policy", "sp800-77r1", "modp2048s256"],
    ] {
        let run = ikecompat(args, "");
        assert_eq!(run.status, 0, "{}", run.stderr);
        let words = "not mentioned (SP 800-77 Rev. 1, Table 1; read second-hand, in quotations)";
        assert!(run.stdout.contains(words), "{}", run.stdout);
    }
    let run = ikecompat(&["explain", "modp2048", "--policy", "cnsa"], "");
    assert_eq!(run.status, 2);
    assert!(
        run.stderr
            .contains("there is no policy `cnsa`; expected `anssi-stormshield`, `cnsa-1.0`"),
        "{}",
        run.stderr
    );
}

/// Runs `explain` with a policy of one's own, in a folder that has the name of the test.
fn own(test: &str, text: &str) -> Run {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(test);
    fs::create_dir_all(&folder).unwrap();
    let path = folder.join("own.yaml");
    fs::write(&path, text).unwrap();
    let run = ikecompat(
        &["explain", "modp2048", "--policy", path.to_str().unwrap()],
        "",
    );
    fs::remove_dir_all(&folder).unwrap();
    run
}

const OWN: &str = "id: house\ntitle: Rules of the house\n\
    otherwise: {level: not in the set, clause: section 1}\n\
    key-exchange:\n  - {name: 2048-bit MODP Group, level: MUST NOT, known: text, clause: section 2}\n";

#[test]
fn a_policy_of_ones_own_is_read() {
    let run = own("policy-good", OWN);
    assert_eq!(run.status, 0, "{}", run.stderr);
    assert!(run.stdout.contains("house in IKE"), "{}", run.stdout);
    assert!(
        run.stdout.contains("MUST NOT (section 2)"),
        "{}",
        run.stdout
    );
    assert!(
        run.stdout.contains("112 bits"),
        "strengths of RFC 8247: {}",
        run.stdout
    );
    let again = own("policy-good", &OWN.replace('\n', "\r\n"));
    assert_eq!(again.stdout, run.stdout);
}

#[test]
fn what_is_wrong_with_a_policy_of_ones_own_is_shown_in_its_place() {
    for (from, to, place, words) in [
        (
            "2048-bit MODP Group",
            "2048-bit MODP Gruop",
            "5:12",
            "did you mean `2048-bit MODP Group`?",
        ),
        (
            "2048-bit MODP Group",
            "modp2048",
            "5:12",
            "the IANA registry calls it `2048-bit MODP Group`",
        ),
        (
            "2048-bit MODP Group",
            "ENCR_AES_CBC",
            "5:12",
            "does not belong to `key-exchange`",
        ),
        ("MUST NOT", "must not", "5:40", "is not a level"),
        (
            ", known: text",
            "",
            "5:6",
            "the key `known` of a cell is missing",
        ),
        ("title:", "tittle:", "2:1", "did you mean `title`?"),
        (
            "otherwise: {level: not in the set",
            "otherwise: {level: 7",
            "3:20",
            "is not a level",
        ),
        (
            "key-exchange:\n",
            "key-exchange:\n  - {name: 2048-bit MODP Group, level: MAY, known: text, clause: x}\n",
            "6:12",
            "is decided twice",
        ),
        (
            "id: house",
            "id: [house]",
            "1:6",
            "expected a name for the outputs",
        ),
    ] {
        assert!(OWN.contains(from));
        let run = own("policy-bad", &OWN.replacen(from, to, 1));
        assert_eq!(run.status, 2, "{to}: {}", run.stdout);
        assert!(run.stdout.is_empty());
        assert!(
            run.stderr.contains(&format!("own.yaml:{place}\n")),
            "{to}: {}",
            run.stderr
        );
        assert!(run.stderr.contains(words), "{to}: {}", run.stderr);
    }
    for text in ["", "- a\n", "id: 'x\n", "\u{0}"] {
        assert_eq!(own("policy-bad", text).status, 2, "{text:?}");
    }
}

proptest! {
    /// Whatever stands in the file: a policy, or complaints.
    #[test]
    fn no_policy_makes_it_panic(cut in 0..OWN.len(), word in "[a-z:{},\\[\\]\n -]{0,20}") {
        let database = Database::builtin();
        let text = format!("{}{word}{}", &OWN[..cut], &OWN[cut..]);
        let mut sources = ikecompat::diag::Sources::new();
        let file = sources.add("own.yaml", &text);
        if let Err(said) = ikecompat::profile::policy::read(&mut sources, file, &database) {
            prop_assert!(!said.is_empty());
        }
    }
}
