//! The order of suites: anchors, the worked examples, and that it is an order at all.

use ikecompat::compat::rank::{Rank, Tier};
use ikecompat::dialect::swan;
use ikecompat::ike::{Encr, IkeUse, Integ, Ke, Prf, Protocol, Suite, Transform};
use ikecompat::peer::Policy;
use ikecompat::profile::Database;
use proptest::prelude::*;
use strum::IntoEnumIterator as _;

fn policy() -> Policy {
    Database::builtin().policy("rfc8247").unwrap()
}

fn suite(protocol: Protocol, text: &str) -> Suite {
    let transforms = swan::parse(protocol, text).unwrap();
    Suite::of(protocol, transforms.transforms().iter().copied())
}

fn rank(protocol: Protocol, text: &str) -> Rank {
    policy().rank(&suite(protocol, text))
}

#[test]
fn anchors_hold() {
    let before = |protocol, better: &str, worse: &str| {
        assert!(
            rank(protocol, better) < rank(protocol, worse),
            "{better} before {worse}"
        );
    };
    let (ike, esp) = (Protocol::Ike, Protocol::Esp);
    before(
        ike,
        "aes128gcm16-prfsha256-ecp256",
        "aes128-sha256-modp2048",
    );
    before(
        ike,
        "aes256gcm16-prfsha256-ecp256",
        "aes192gcm16-prfsha256-ecp256",
    );
    before(esp, "aes256gcm16", "aes192gcm16");
    before(ike, "aes128-sha256-modp2048", "aes128-sha256-modp1536");
    before(ike, "aes256gcm16-prfsha512-ecp384", "3des-sha256-modp2048");
    before(ike, "3des-sha256-modp2048", "aes128-sha1-modp2048");
    for bad in [
        "des-sha256-modp2048",
        "aes256-md5-modp2048",
        "aes256-sha256-modp768",
        "aes256-sha256-modp1024s160",
    ] {
        before(ike, "aes128-sha1-modp1024", bad);
    }
    assert_eq!(rank(esp, "3des-sha256").tier(), Tier::Discouraged);
    assert_eq!(rank(ike, "3des-sha256-modp2048").tier(), Tier::PhasingOut);
    assert_eq!(rank(ike, "null-sha256-modp2048").tier(), Tier::Prohibited);
    assert_eq!(rank(esp, "null-sha256").tier(), Tier::Recommended);
    assert_eq!(rank(esp, "aes128").tier(), Tier::Prohibited);
}

#[test]
fn the_worked_examples_are_decided_by_the_keys_they_should_be() {
    let decided = |better: &str, worse: &str| {
        let (better, worse) = (rank(Protocol::Ike, better), rank(Protocol::Ike, worse));
        assert!(better < worse);
        better.decided_against(&worse)
    };
    assert_eq!(
        decided("aes256-sha256-modp2048", "aes256-sha256-ecp256"),
        "requirement level of the weakest member"
    );
    assert_eq!(
        decided("aes256gcm16-prfsha256-ecp256", "aes256-sha256-modp2048"),
        "AEAD before encryption with separate integrity"
    );
}

#[test]
fn adding_ml_kem_never_makes_a_suite_worse() {
    let plain = rank(Protocol::Ike, "aes256gcm16-prfsha512-curve25519");
    let hybrid = rank(
        Protocol::Ike,
        "aes256gcm16-prfsha512-curve25519-ke1_mlkem768",
    );
    assert!(hybrid < plain);
}

#[test]
fn esp_groups_are_not_ranked() {
    let keys =
        |text| rank(Protocol::Esp, text).decided_against(&rank(Protocol::Esp, "aes256-sha256"));
    assert_eq!(keys("aes256-sha256-modp1024"), "numbers of the transforms");
}

#[test]
fn numbers_without_registration_are_a_class_of_their_own() {
    let rank = rank(Protocol::Ike, "serpent256-sha256-modp2048");
    assert_eq!(rank.tier(), Tier::Discouraged);
    let deciding = policy().deciding(&suite(Protocol::Ike, "serpent256-sha256-modp2048"));
    assert_eq!(deciding.level.to_string(), "unregistered");
}

#[test]
fn every_algorithm_of_the_registry_has_a_cell() {
    let policy = policy();
    let has = |protocol, transform| {
        assert!(
            policy.cell(protocol, transform).is_some(),
            "{protocol} {transform:?}"
        );
    };
    for encr in Encr::iter() {
        for bits in encr
            .key_lengths()
            .iter()
            .copied()
            .chain(encr.key_lengths().is_empty().then_some(0))
        {
            has(Protocol::Ike, Transform::encr(encr, bits));
            has(Protocol::Esp, Transform::encr(encr, bits));
        }
        let forbidden = encr.ike_use() == IkeUse::Forbidden;
        let mut suite = Suite::of(
            Protocol::Ike,
            [
                Transform::encr(encr, 256),
                Transform::prf(Prf::HmacSha2_256),
                Transform::ke(Ke::Modp2048),
            ],
        );
        if !encr.is_aead() {
            suite.set(Transform::integ(Integ::HmacSha2_256_128));
        }
        let prohibited = policy.rank(&suite).tier() == Tier::Prohibited;
        assert!(!forbidden || prohibited, "{encr} is not allowed in IKE");
    }
    Prf::iter().for_each(|prf| has(Protocol::Ike, Transform::prf(prf)));
    for integ in Integ::iter().filter(|integ| *integ != Integ::None) {
        has(Protocol::Ike, Transform::integ(integ));
        has(Protocol::Esp, Transform::integ(integ));
    }
    for ke in Ke::iter().filter(|ke| *ke != Ke::None) {
        has(Protocol::Ike, Transform::ke(ke));
    }
}

fn any_suite() -> impl Strategy<Value = Suite> {
    let pick = |words: &'static [&'static str]| prop::sample::select(words);
    let ciphers = pick(&[
        "aes128",
        "aes192",
        "aes256",
        "3des",
        "des",
        "null",
        "aes256gcm16",
        "aes128gcm8",
        "chacha20poly1305",
        "camellia256ctr",
        "serpent256",
        "aes256ccm12",
    ]);
    let hashes = pick(&[
        "sha1",
        "sha256",
        "sha384",
        "sha512",
        "md5",
        "aesxcbc",
        "aescmac",
        "sha256_96",
    ]);
    let prfs = pick(&[
        "prfsha1",
        "prfsha256",
        "prfsha384",
        "prfsha512",
        "prfmd5",
        "prfaesxcbc",
    ]);
    let groups = pick(&[
        "modp768",
        "modp1024",
        "modp2048",
        "modp3072",
        "modp8192",
        "ecp256",
        "ecp384",
        "ecp521",
        "curve25519",
        "curve448",
        "modp1024s160",
        "mlkem768",
    ]);
    (ciphers, hashes, prfs, groups)
        .prop_map(|(c, h, p, g)| suite(Protocol::Ike, &format!("{c}-{h}-{p}-{g}")))
}

proptest! {
    #[test]
    fn it_is_a_total_order(a in any_suite(), b in any_suite(), c in any_suite()) {
        let policy = policy();
        let (ra, rb, rc) = (policy.rank(&a), policy.rank(&b), policy.rank(&c));
        prop_assert_eq!(ra == rb, a == b, "only equal suites tie");
        prop_assert_eq!(ra < rb, rb > ra);
        if ra < rb && rb < rc {
            prop_assert!(ra < rc);
        }
    }

    #[test]
    fn it_does_not_depend_on_the_order_of_the_input(mut list in prop::collection::vec(any_suite(), 2..12)) {
        let policy = policy();
        let sorted = |list: &[Suite]| {
            let mut list = list.to_vec();
            list.sort_by_key(|suite| policy.rank(suite));
            list
        };
        let first = sorted(&list);
        list.reverse();
        prop_assert_eq!(first, sorted(&list));
    }
}
