//! OPNsense's Connections: which proposals the drop-down lists can select.
//!
//! The lists of release 26.1.11 as its field class composes them (opnsense/core f95e8151,
//! `IPsecProposalField.php`). A value is strongSwan's spelling of one suite.

use crate::ike::{Encr, Integ, Ke, Prf, Protocol, Sn, Suite, Transform, TransformType};

/// Groups of the composed values.
const GROUPS: &[Ke] = &[
    Ke::Modp2048,
    Ke::Modp3072,
    Ke::Modp4096,
    Ke::Modp6144,
    Ke::Modp8192,
    Ke::Ecp224,
    Ke::Ecp256,
    Ke::Ecp384,
    Ke::Ecp521,
    Ke::BrainpoolP224r1,
    Ke::BrainpoolP256r1,
    Ke::BrainpoolP384r1,
    Ke::BrainpoolP512r1,
    Ke::Curve25519,
    Ke::Curve448,
];

const HASHES: &[(Integ, Prf)] = &[
    (Integ::HmacSha2_256_128, Prf::HmacSha2_256),
    (Integ::HmacSha2_384_192, Prf::HmacSha2_384),
    (Integ::HmacSha2_512_256, Prf::HmacSha2_512),
    (Integ::AesXcbc96, Prf::Aes128Xcbc),
];

/// Values beside the composed ones, in phase 1.
const PHASE1: &[&str] = &[
    "aes256-sha1-modp2048",
    "aes256-sha1-modp4096",
    "aes256-sha1-ecp521",
    "aes192-sha1-modp2048",
    "aes128-sha1-modp2048",
    "aes256-sha256-modp1024",
    "aes256-sha512-modp1024",
    "aes256-sha256-modp1536",
    "aes128-sha256-modp1536",
    "aes256gcm16-sha256-modp1536",
    "chacha20poly1305-sha256-x25519",
    "chacha20poly1305-sha384-x25519",
    "chacha20poly1305-sha512-x25519",
    "chacha20poly1305-sha256-x448",
    "chacha20poly1305-sha384-x448",
    "chacha20poly1305-sha512-x448",
];

/// Values beside the composed ones, in phase 2: without PFS there are no others.
const PHASE2: &[&str] = &[
    "aes256gcm16",
    "chacha20poly1305",
    "chacha20poly1305-x25519",
    "chacha20poly1305-x448",
    "aes256-sha256",
    "aes256-sha1",
    "null",
];

/// Whether a value of the lists allows exactly this suite.
pub fn expresses(suite: &Suite) -> bool {
    let fixed = match suite.protocol {
        Protocol::Ike => PHASE1.iter().chain(&[][..]),
        Protocol::Ah | Protocol::Esp => PHASE2.iter().chain(PHASE1),
    };
    let plain = |text: &&&str| {
        let proposal = super::swan::parse(suite.protocol, text).ok();
        proposal
            .is_some_and(|p| Suite::of(suite.protocol, p.transforms().iter().copied()) == *suite)
    };
    composed(suite) || fixed.into_iter().find(plain).is_some()
}

/// Whether the suite is a cipher, a hash and a group of the composed values.
fn composed(suite: &Suite) -> bool {
    let cipher = [128, 192, 256].into_iter().any(|bits| {
        [Encr::AesCbc, Encr::AesGcm16]
            .into_iter()
            .any(|id| suite.encr() == Some(Transform::encr(id, bits)))
    });
    let aead = suite.encr().is_some_and(Transform::is_aead);
    let hash = HASHES.iter().any(|(integ, prf)| {
        (aead || suite.integ() == Some(Transform::integ(*integ)))
            && suite.prf().is_none_or(|own| own == Transform::prf(*prf))
    });
    let group = GROUPS
        .iter()
        .any(|ke| suite.ke() == Some(Transform::ke(*ke)));
    let plain = suite.transforms().all(|t| t.kind <= TransformType::SN)
        && suite
            .sn()
            .is_none_or(|sn| sn == Transform::sn(Sn::Sequential32));
    cipher && hash && group && plain
}

#[cfg(test)]
mod tests {
    use super::{PHASE1, PHASE2, expresses};
    use crate::dialect::swan;
    use crate::ike::{Protocol, Suite};

    fn selects(protocol: Protocol, text: &str) -> bool {
        let proposal = swan::parse(protocol, text).unwrap();
        expresses(&Suite::of(protocol, proposal.transforms().iter().copied()))
    }

    #[test]
    fn every_listed_value_is_selectable() {
        assert!(PHASE1.iter().all(|text| selects(Protocol::Ike, text)));
        assert!(PHASE2.iter().all(|text| selects(Protocol::Esp, text)));
        assert!(selects(Protocol::Ike, "aes192gcm16-aesxcbc-ecp224bp"));
        assert!(selects(Protocol::Esp, "aes128gcm16-ecp256"));
    }

    #[test]
    fn what_is_missing_from_the_lists_is_not_selectable() {
        for text in [
            "aes128gcm16",
            "aes128-sha256",
            "aes256-sha512",
            "aes256gcm8-modp2048",
        ] {
            assert!(!selects(Protocol::Esp, text), "{text}");
        }
        for text in [
            "3des-sha1-modp1024",
            "aes256-sha256-prfsha384-modp2048",
            "aes256-sha1-modp1024",
        ] {
            assert!(!selects(Protocol::Ike, text), "{text}");
        }
    }
}
