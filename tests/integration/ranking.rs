//! How suites rank: anchors, the worked examples, and what is a member of a suite.

use std::cmp::Ordering;

use ikecompat::compat::rank::{Key, Rank, Tier};
use ikecompat::dialect::swan;
use ikecompat::ike::{Encr, Integ, Ke, Protocol, Suite, Transform, TransformType};
use ikecompat::peer::Policy;
use ikecompat::peer::policy::Level;
use ikecompat::profile::Database;
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
    assert_eq!(rank(esp, "null-sha256").tier(), Tier::Prohibited);
    assert_eq!(rank(esp, "aes128").tier(), Tier::Prohibited);
}

#[test]
fn the_worked_examples_are_decided_by_the_keys_they_should_be() {
    let decided = |better: &str, worse: &str| {
        let (better, worse) = (rank(Protocol::Ike, better), rank(Protocol::Ike, worse));
        assert!(better < worse);
        better.key_against(&worse)
    };
    // OS X 10.11 offers both and keeps the group that is a MUST.
    assert_eq!(
        decided("aes256-sha256-modp2048", "aes256-sha256-ecp256"),
        Some(Key::Level)
    );
    // What the strongSwan app and macOS 14 get.
    assert_eq!(
        decided("aes256gcm16-prfsha256-ecp256", "aes256-sha256-modp2048"),
        Some(Key::Aead)
    );
}

/// The six suites that a literal reading of the levels would sort into nonsense, in our order.
#[test]
fn what_must_be_implemented_is_not_what_ranks_first() {
    let order = [
        "aes256gcm16-prfsha256-ecp256",
        "aes128-sha256-modp2048",
        "aes256gcm16-prfsha512-ecp384",
        "aes256gcm16-prfsha512-curve25519-ke1_mlkem768",
        "3des-sha256-modp2048",
        "aes128-sha1-modp2048",
    ];
    let mut sorted = order;
    sorted.reverse();
    sorted.sort_by_key(|text| rank(Protocol::Ike, text));
    assert_eq!(sorted, order);
}

/// Nothing is above MUST, and neither MUST- nor MUST NOT stands beside it.
#[test]
fn levels_have_an_order_of_their_own() {
    let spelled: Vec<_> = Level::iter().map(|level| level.to_string()).collect();
    assert_eq!(
        spelled,
        [
            "MUST",
            "SHOULD+",
            "SHOULD",
            "allowed",
            "expected",
            "MAY",
            "listed without a reference",
            "MUST-",
            "SHOULD-",
            "legacy",
            "not mentioned",
            "SHOULD NOT",
            "unregistered",
            "MUST NOT",
            "not in the set",
            "not allowed",
            "nothing is encrypted"
        ]
    );
    assert!(Level::iter().is_sorted());
}

#[test]
fn each_key_has_its_sentence() {
    let compare = |better: (Protocol, &str), worse: &str| {
        let (better, worse) = (suite(better.0, better.1), suite(better.0, worse));
        let comparison = policy().compare(&better, &worse);
        assert_eq!(comparison.order, Ordering::Less);
        let mirrored = policy().compare(&worse, &better);
        assert_eq!(mirrored.order, Ordering::Greater);
        assert_eq!(
            (mirrored.key, &mirrored.sentence),
            (comparison.key, &comparison.sentence)
        );
        (comparison.key, comparison.sentence)
    };
    let (ike, esp) = (Protocol::Ike, Protocol::Esp);
    for (protocol, better, worse, key, sentence) in [
        (
            ike,
            "aes256-sha256-modp2048",
            "aes256-sha256-modp1024",
            Key::Tier,
            "recommended before discouraged: \
             RFC 8247, section 2.4: modp1024 SHOULD NOT; expected to become MUST NOT",
        ),
        (
            ike,
            "3des-sha256-modp2048",
            "aes128-sha1-modp2048",
            Key::Counts,
            "tier equal (phasing out); 1 phasing out member before 2",
        ),
        (
            ike,
            "aes128-sha256-prfsha1-modp2048",
            "aes192-sha256-prfsha1-modp2048",
            Key::Counts,
            "tier equal (phasing out); no permitted members before 1",
        ),
        (
            ike,
            "aes256-sha256-modp3072",
            "aes256gcm16-prfsha256-ecp192",
            Key::Enough,
            "tier equal (permitted); at least 112 bits of strength before 80",
        ),
        (
            ike,
            "aes128gcm16-prfsha256-ecp256",
            "aes256-sha256-modp2048",
            Key::Aead,
            "tier equal (recommended); AEAD before encryption with separate integrity",
        ),
        (
            ike,
            "aes256-sha256-modp2048",
            "aes256-sha256-ecp256",
            Key::Level,
            "tier equal (recommended); \
             weakest level MUST before SHOULD (ecp256, RFC 8247, section 2.4)",
        ),
        (
            ike,
            "aes128gcm16-prfsha256-ecp256",
            "aes128gcm16-prfsha256-modp2048",
            Key::Floor,
            "tier equal (recommended); weakest member of 128 bits before 112",
        ),
        (
            ike,
            "aes128-sha256-ecp384",
            "aes128-sha256-modp3072",
            Key::KeyExchange,
            "tier equal (permitted); key exchange of 192 bits before 128",
        ),
        (
            ike,
            "aes256-sha256-modp2048",
            "aes128-sha256-modp2048",
            Key::Cipher,
            "tier equal (recommended); cipher of 256 bits before 128",
        ),
        (
            esp,
            "aes256ccm16",
            "aes256ccm12",
            Key::Tag,
            "tier equal (permitted); tag of 128 bits before 96",
        ),
        (
            esp,
            "aes256-sha256-modp1024",
            "aes256-sha256-modp2048",
            Key::Numbers,
            "tier equal (recommended); equal in all that ranks, lower numbers first",
        ),
    ] {
        assert_eq!(
            compare((protocol, better), worse),
            (Some(key), sentence.to_owned())
        );
    }
    let same = suite(esp, "aes256gcm16");
    assert_eq!(policy().compare(&same, &same).key, None);
    for (place, key) in (1..).zip(Key::iter()) {
        assert_eq!(key.number(), place);
    }
}

#[test]
fn adding_ml_kem_never_makes_a_suite_worse() {
    let policy = policy();
    for group in Ke::iter().filter(|ke| *ke != Ke::None) {
        let mut suite = suite(Protocol::Ike, "aes256gcm16-prfsha512-curve25519");
        suite.set(Transform::ke(group));
        let plain = policy.rank(&suite);
        suite.set(Transform::raw(TransformType::ADDKE1, Ke::MlKem768.number()));
        let hybrid = policy.rank(&suite);
        assert_eq!(hybrid.tier(), plain.tier(), "{group}");
        assert!(hybrid.floor() >= plain.floor(), "{group}");
        assert!(
            hybrid < plain || group == Ke::MlKem768 || plain.floor() >= 192,
            "{group}"
        );
    }
}

#[test]
fn all_key_exchanges_are_one_member_and_a_bad_addition_spoils_it() {
    let decided = |text| policy().deciding(&suite(Protocol::Ike, text)).name();
    let good = "aes256gcm16-prfsha256-ecp256";
    let spoilt = "aes256gcm16-prfsha256-ecp256-ke1_modp1024";
    let twice = "aes256gcm16-prfsha256-modp1024-ke1_modp1536";
    assert_eq!(
        rank(Protocol::Ike, spoilt).key_against(&rank(Protocol::Ike, good)),
        Some(Key::Tier)
    );
    assert_eq!(decided(spoilt), "ke1_modp1024");
    assert_ne!(
        rank(Protocol::Ike, twice).key_against(&rank(Protocol::Ike, spoilt)),
        Some(Key::Counts)
    );
}

#[test]
fn esp_groups_are_not_ranked() {
    let key = |text| rank(Protocol::Esp, text).key_against(&rank(Protocol::Esp, "aes256-sha256"));
    assert_eq!(key("aes256-sha256-modp1024"), Some(Key::Numbers));
    assert_eq!(key("aes256-sha256-modp8192"), Some(Key::Numbers));
}

#[test]
fn none_is_absent_and_not_an_algorithm() {
    let policy = policy();
    let none = Transform::integ(Integ::None);
    let no_addke = Transform::raw(TransformType::ADDKE1, 0);
    for (protocol, text, none) in [
        (Protocol::Esp, "aes256gcm16", none),
        (Protocol::Ike, "aes256gcm16-prfsha256-ecp256", none),
        (Protocol::Ike, "aes256gcm16-prfsha256-ecp256", no_addke),
        (Protocol::Esp, "aes256-sha256", Transform::ke(Ke::None)),
    ] {
        let without = suite(protocol, text);
        let mut with = without;
        with.set(none);
        let key = policy.rank(&without).key_against(&policy.rank(&with));
        assert_eq!(key, Some(Key::Numbers), "{text}");
    }
    let mut bare = suite(Protocol::Esp, "aes256");
    bare.set(none);
    let deciding = policy.deciding(&bare);
    assert_eq!(deciding.tier, Tier::Prohibited);
    assert_eq!(deciding.clause, "RFC 8221, section 4");
}

#[test]
fn integrity_beside_an_aead_cipher_is_not_in_use() {
    let without = suite(Protocol::Ike, "aes256gcm16-prfsha256-ecp256");
    let mut with = without;
    with.set(Transform::integ(Integ::HmacMd5_96));
    let key = policy().rank(&without).key_against(&policy().rank(&with));
    assert_eq!(key, Some(Key::Numbers));
}

#[test]
fn a_cipher_without_integrity_is_prohibited_by_its_own_rfc() {
    let bare = Suite::of(Protocol::Ike, [Transform::encr(Encr::AesCbc, 256)]);
    assert_eq!(policy().deciding(&bare).clause, "RFC 8247, section 2.1");
    let null = suite(Protocol::Esp, "null");
    assert_eq!(policy().rank(&null).tier(), Tier::Prohibited);
    // Nobody knows whether a number without a name authenticates.
    let unknown = Transform::raw(TransformType::ENCR, 2000);
    let unknown = Suite::of(Protocol::Esp, [unknown]);
    assert_eq!(policy().rank(&unknown).tier(), Tier::Discouraged);
}

/// ESP without encryption is a MUST for those who want it; the strength of 0 bits puts it behind
/// every recommended suite, not behind permitted ones.
#[test]
fn null_encryption_ranks_last() {
    let null = rank(Protocol::Esp, "null-sha512");
    assert_eq!((null.tier(), null.floor()), (Tier::Prohibited, 0));
    let worst = rank(Protocol::Esp, "des-sha256");
    assert_eq!(worst.tier(), null.tier());
    assert!(worst < null);
}

#[test]
fn ah_takes_gmac_where_esp_must_not() {
    let gmac = |protocol| Suite::of(protocol, [Transform::integ(Integ::Aes256Gmac)]);
    let tier = |protocol| policy().rank(&gmac(protocol)).tier();
    assert_eq!(tier(Protocol::Ah), Tier::Permitted);
    assert_eq!(tier(Protocol::Esp), Tier::Prohibited);
}

#[test]
fn numbers_without_registration_are_a_class_of_their_own() {
    let base = suite(Protocol::Ike, "aes256-sha256-modp2048");
    let encr = |id, key_bits| Transform {
        kind: TransformType::ENCR,
        id,
        key_bits,
    };
    for (transform, note) in [
        (encr(swan::SERPENT_CBC, 256), "a private-use number"),
        (
            Transform::raw(TransformType::KE, 1040),
            "a private-use number",
        ),
        (
            Transform::raw(TransformType::PRF, 500),
            "an unassigned number",
        ),
        (
            Transform::encr(Encr::AesCbc, 0),
            "its key length is missing",
        ),
        (
            Transform::encr(Encr::AesCtr, 512),
            "it has no key of this length",
        ),
    ] {
        let mut suite = base;
        suite.set(transform);
        let deciding = policy().deciding(&suite);
        assert_eq!(deciding.transform, Some(transform));
        assert_eq!(deciding.level, Level::Unregistered);
        assert_eq!(deciding.tier, Tier::Discouraged);
        assert_eq!(deciding.note.as_deref(), Some(note));
    }
}

#[test]
fn a_deprecated_member_is_cited_by_the_registry() {
    let deciding = policy().deciding(&suite(Protocol::Ike, "blowfish128-sha1-modp2048"));
    assert_eq!(
        deciding.reason(),
        "RFC 9395, IANA IKEv2 Parameters: blowfish128 MAY; status DEPRECATED"
    );
    let harsher = policy().deciding(&suite(Protocol::Esp, "blowfish128-sha256"));
    assert_eq!(harsher.clause, "RFC 8221, section 5");
}
