//! The policy's data: no algorithm undecided, each cell with its clause, strengths by one scale.

use ikecompat::compat::rank::Tier;
use ikecompat::ike::{Encr, IkeUse, Integ, Ke, Prf, Protocol, Suite, Transform, TransformType};
use ikecompat::peer::Policy;
use ikecompat::peer::policy::{Cell, Known, Level, Measure};
use ikecompat::profile::Database;
use strum::IntoEnumIterator as _;

use Protocol::{Ah, Esp, Ike};

fn policy() -> Policy {
    Database::builtin().policy("rfc8247").unwrap()
}

/// Every transform that the registry lists, with each key length.
fn registered() -> Vec<Transform> {
    let mut all = Vec::new();
    for encr in Encr::iter() {
        let lengths = encr.key_lengths();
        all.extend(lengths.iter().map(|bits| Transform::encr(encr, *bits)));
        if lengths.is_empty() {
            all.push(Transform::encr(encr, 0));
        }
    }
    all.extend(Prf::iter().map(Transform::prf));
    let integ = Integ::iter().filter(|integ| *integ != Integ::None);
    all.extend(integ.map(Transform::integ));
    let ke = Ke::iter().filter(|ke| *ke != Ke::None);
    all.extend(ke.map(Transform::ke));
    all
}

/// Protocols in which a transform may stand by its type.
fn protocols(transform: Transform) -> &'static [Protocol] {
    match transform.kind {
        TransformType::PRF => &[Ike],
        TransformType::ENCR => &[Ike, Esp],
        _ => &[Ike, Esp, Ah],
    }
}

/// Every cell of a registered transform, with its protocol.
fn cells(policy: &Policy) -> Vec<(Protocol, Transform, &Cell)> {
    let mut cells = Vec::new();
    for transform in registered() {
        for protocol in protocols(transform) {
            let cell = policy.cell(*protocol, transform);
            let cell = cell.unwrap_or_else(|| panic!("{transform:?} is undecided in {protocol}"));
            cells.push((*protocol, transform, cell));
        }
    }
    cells
}

#[test]
fn no_algorithm_is_undecided() {
    let policy = policy();
    cells(&policy);
    for transform in registered() {
        assert!(policy.strength(transform).is_some(), "{transform:?}");
    }
}

#[test]
fn each_cell_cites_a_text_of_its_own_protocol() {
    for (protocol, transform, cell) in cells(&policy()) {
        let (levels, default) = match protocol {
            Ike => ("RFC 8247, section 2.", "RFC 8247, section 1.3"),
            Ah | Esp => ("RFC 8221, section ", "RFC 8221, section 1.2"),
        };
        let cites = |text| cell.clause.starts_with(text);
        let fits = match cell.known {
            Known::Default => cites(default) && cell.level == Level::May,
            Known::Registry => cites("IANA IKEv2 Parameters"),
            Known::Table => cites(levels) && !cites(default),
            Known::Text => cites(levels) || cites("RFC 4543, section 5.3"),
            Known::Inference => protocol != Ike && cites("RFC 8247, section "),
        };
        assert!(fits, "{protocol} {transform:?}: {}", cell.clause);
    }
}

#[test]
fn groups_outside_ike_are_marked_as_inference() {
    for (protocol, transform, cell) in cells(&policy()) {
        let inferred = transform.kind == TransformType::KE && protocol != Ike;
        assert_eq!(cell.known == Known::Inference, inferred);
        let said = cell.note.as_ref().is_some_and(|n| n.contains("inference"));
        assert_eq!(said, inferred, "{protocol} {transform:?}");
    }
}

#[test]
fn levels_depend_on_algorithm_key_length_and_protocol() {
    let policy = policy();
    let level = |protocol, transform| policy.cell(protocol, transform).map(|cell| cell.level);
    let aes = |id, bits| Transform::encr(id, bits);
    for (transform, in_ike, in_esp) in [
        (aes(Encr::AesCbc, 128), Level::Must, Level::Must),
        (aes(Encr::AesCbc, 192), Level::May, Level::May),
        (aes(Encr::AesCbc, 256), Level::Must, Level::Must),
        (aes(Encr::AesGcm16, 128), Level::Should, Level::Must),
        (aes(Encr::AesGcm16, 192), Level::May, Level::May),
        (aes(Encr::AesGcm16, 256), Level::Should, Level::Must),
        (aes(Encr::AesGcm8, 256), Level::May, Level::May),
        (aes(Encr::AesCcm8, 128), Level::May, Level::May), // SHOULD for the Internet of Things
        (aes(Encr::TripleDes, 0), Level::May, Level::ShouldNot),
        (aes(Encr::Null, 0), Level::MustNot, Level::Must),
        (aes(Encr::Blowfish, 128), Level::May, Level::MustNot),
        (aes(Encr::ChaCha20Poly1305, 0), Level::Should, Level::Should),
        (
            aes(Encr::ChaCha20Poly1305, 256),
            Level::Should,
            Level::Should,
        ),
        (aes(Encr::CamelliaCtr, 256), Level::Unreferenced, Level::May),
        (
            aes(Encr::NullAuthAesGmac, 256),
            Level::NotAllowed,
            Level::May,
        ),
        (
            Transform::integ(Integ::HmacSha1_96),
            Level::MustMinus,
            Level::MustMinus,
        ),
        (
            Transform::integ(Integ::Aes256Gmac),
            Level::NotAllowed,
            Level::MustNot,
        ),
        (Transform::ke(Ke::Modp2048), Level::Must, Level::Must),
        (
            Transform::ke(Ke::Modp1024),
            Level::ShouldNot,
            Level::ShouldNot,
        ),
    ] {
        assert_eq!(level(Ike, transform), Some(in_ike), "{transform:?}");
        assert_eq!(level(Esp, transform), Some(in_esp), "{transform:?}");
    }
    let gmac = Transform::integ(Integ::Aes256Gmac);
    assert_eq!(level(Ah, gmac), Some(Level::May));
    let sha512 = Transform::prf(Prf::HmacSha2_512);
    assert_eq!(level(Ike, sha512), Some(Level::ShouldPlus));
    assert_eq!(level(Esp, sha512), None);
}

#[test]
fn a_key_length_that_the_cipher_has_not_is_no_algorithm() {
    let policy = policy();
    for encr in Encr::iter().filter(|encr| encr.key_lengths() == [128, 192, 256]) {
        // RFC 7296, section 3.3.5 leaves the length of Blowfish's key to the sender.
        if encr == Encr::Blowfish {
            continue;
        }
        for protocol in [Ike, Esp] {
            let barred = protocol == Ike && encr.ike_use() == IkeUse::Forbidden;
            for bits in [0, 64, 512] {
                let cell = policy.cell(protocol, Transform::encr(encr, bits));
                assert_eq!(cell.is_some(), barred, "{encr} with {bits} bits");
            }
        }
    }
}

/// The tier of a transform as the only thing that can be said against its suite.
fn tier(policy: &Policy, protocol: Protocol, transform: Transform) -> Tier {
    let mut suite = Suite::of(protocol, [transform]);
    if suite.encr().is_some_and(|encr| !encr.is_aead()) {
        suite.set(Transform::integ(Integ::HmacSha2_256_128));
    }
    policy.rank(&suite).tier()
}

#[test]
fn levels_fold_into_tiers() {
    let policy = policy();
    let encr = Transform::encr;
    for (protocol, transform, expected) in [
        (Ike, encr(Encr::AesCbc, 256), Tier::Recommended), // MUST
        (
            Ike,
            Transform::prf(Prf::HmacSha2_512),
            Tier::Recommended, // SHOULD+
        ),
        (Ike, encr(Encr::AesGcm16, 256), Tier::Recommended), // SHOULD
        (Ike, encr(Encr::AesCtr, 256), Tier::Permitted),     // MAY by default
        (Ike, encr(Encr::AesGcm16, 192), Tier::Permitted),   // MAY for a key length
        (Ike, encr(Encr::AesCcm8, 128), Tier::Permitted),    // SHOULD for the Internet of Things
        (Ike, encr(Encr::CamelliaCtr, 256), Tier::Permitted), // no reference
        (Ike, encr(Encr::TripleDes, 0), Tier::PhasingOut),   // MAY by retreat
        (Ike, Transform::prf(Prf::HmacSha1), Tier::PhasingOut), // MUST-
        (Esp, encr(Encr::TripleDes, 0), Tier::Discouraged),  // SHOULD NOT
        (Ike, encr(Encr::Blowfish, 128), Tier::Discouraged), // MAY, DEPRECATED
        (Ike, encr(Encr::DesIv64, 0), Tier::Discouraged),    // no reference, DEPRECATED
        (Ike, encr(Encr::Des, 0), Tier::Prohibited),         // MUST NOT, DEPRECATED
        (Esp, encr(Encr::Blowfish, 128), Tier::Prohibited),  // MUST NOT
        (
            Ike,
            encr(Encr::NullAuthAesGmac, 128),
            Tier::Prohibited, // not allowed
        ),
    ] {
        assert_eq!(
            tier(&policy, protocol, transform),
            expected,
            "{transform:?}"
        );
    }
}

#[test]
fn what_the_registry_deprecates_is_discouraged_or_worse() {
    let policy = policy();
    let encr = Encr::iter().filter(|id| id.deprecated_by().is_some());
    let prf = Prf::iter().filter(|id| id.deprecated_by().is_some());
    let integ = Integ::iter().filter(|id| id.deprecated_by().is_some());
    let ke = Ke::iter().filter(|id| id.deprecated_by().is_some());
    let all = encr
        .map(|id| Transform::encr(id, id.key_lengths().first().copied().unwrap_or(0)))
        .chain(prf.map(Transform::prf))
        .chain(integ.map(Transform::integ))
        .chain(ke.map(Transform::ke));
    for transform in all {
        let tier = tier(&policy, Ike, transform);
        assert!(tier >= Tier::Discouraged, "{transform:?} is {tier}");
    }
}

#[test]
fn only_3des_is_folded_by_its_downgrade() {
    for (protocol, transform, cell) in cells(&policy()) {
        let triple_des = transform == Transform::encr(Encr::TripleDes, 0) && protocol == Ike;
        assert_eq!(cell.downgraded, triple_des, "{transform:?}");
    }
}

#[test]
fn strengths_are_the_floor_of_the_table() {
    let policy = policy();
    let bits = |transform| policy.strength(transform).unwrap().bits;
    for (ke, expected) in [
        (Ke::Modp1024, 80),
        (Ke::Modp1536, 80),
        (Ke::Ecp192, 80),
        (Ke::Modp2048, 112),
        (Ke::Modp2048S256, 112),
        (Ke::Ecp224, 112),
        (Ke::Modp3072, 128),
        (Ke::Modp6144, 128),
        (Ke::Ecp256, 128),
        (Ke::Curve25519, 128), // a literal look-up would say 112
        (Ke::MlKem512, 128),
        (Ke::Modp8192, 192),
        (Ke::Ecp384, 192),
        (Ke::Curve448, 192),
        (Ke::MlKem768, 192),
        (Ke::Ecp521, 256),
        (Ke::MlKem1024, 256),
    ] {
        assert_eq!(bits(Transform::ke(ke)), expected, "{ke}");
    }
    assert_eq!(bits(Transform::encr(Encr::TripleDes, 0)), 112);
    assert_eq!(bits(Transform::encr(Encr::AesGcm16, 192)), 192);
    assert_eq!(bits(Transform::encr(Encr::ChaCha20Poly1305, 0)), 256);
    assert_eq!(bits(Transform::encr(Encr::Null, 0)), 0);
    assert_eq!(bits(Transform::integ(Integ::HmacSha1_96)), 128);

    for transform in registered() {
        let strength = policy.strength(transform).unwrap();
        let row = [80, 112, 128, 192, 256].contains(&strength.bits);
        assert!(row || strength.measure != Measure::Table, "{transform:?}");
    }
}

#[test]
fn additional_key_exchanges_are_looked_up_as_the_first() {
    let policy = policy();
    let additional = Transform::raw(TransformType::ADDKE7, Ke::MlKem768.number());
    let first = Transform::ke(Ke::MlKem768);
    assert_eq!(policy.cell(Ike, additional), policy.cell(Ike, first));
    assert_eq!(policy.strength(additional), policy.strength(first));
}
