//! OPNsense's Connections: which proposals the drop-down lists can select.
//!
//! The lists of release 26.1.11 as its field class composes them (opnsense/core f95e8151,
//! `IPsecProposalField.php`), and what 26.7.4 adds to them (pull request 10798). A value is
//! strongSwan's spelling of one suite.

use std::sync::LazyLock;

use rustc_hash::FxHashMap;

use super::Inexpressible;
use crate::ike::{Encr, Integ, Ke, Prf, Protocol, Sn, Suite, Transform, TransformType};

/// Where the lists are composed.
pub(crate) const SOURCE: &str = "https://github.com/opnsense/core/blob/f95e8151/src/opnsense/mvc/app/models/OPNsense/IPsec/FieldTypes/IPsecProposalField.php";

/// The release whose lists have additional key exchanges: behind each composed value of phase 1 a
/// post-quantum one, of which this was seen.
pub(crate) const HYBRID_RELEASE: &str = "opnsense@26.7.4";

const HYBRID: Transform = Transform {
    kind: TransformType::ADDKE1,
    ..Transform::ke(Ke::MlKem768)
};

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

/// Whether a value of the lists allows exactly this suite, in one release or another.
pub fn expresses(suite: &Suite) -> bool {
    value(suite).is_ok()
}

/// Whether a value of the lists allows exactly this suite, in the releases with additional key
/// exchanges or in those before them.
pub(crate) fn lists(suite: &Suite, has_hybrids: bool) -> bool {
    expresses(suite) && (has_hybrids || suite.additional().next().is_none())
}

/// The value of the lists that allows exactly this suite, as it is stored.
pub(crate) fn value(suite: &Suite) -> Result<String, Inexpressible> {
    if composed(suite) {
        let words = suite.transforms().filter_map(|t| {
            let hash = HASHES.iter().find(|row| t == Transform::prf(row.1));
            let hash = hash.and_then(|row| super::swan::spell(Transform::integ(row.0)));
            match t.kind {
                TransformType::SN => None,
                // The hash of a cipher gives its PRF; beside AEAD it stands for the PRF alone.
                TransformType::PRF if suite.integ().is_some() => None,
                TransformType::PRF => hash,
                _ if t == Transform::ke(Ke::Curve25519) => Some("x25519".to_owned()),
                _ if t == Transform::ke(Ke::Curve448) => Some("x448".to_owned()),
                _ => super::swan::spell(t),
            }
        });
        return Ok(words.collect::<Vec<_>>().join("-"));
    }
    static FIXED: LazyLock<FxHashMap<Suite, &str>> = LazyLock::new(|| {
        let ike = PHASE1.iter().map(|text| (Protocol::Ike, *text));
        let esp = PHASE2.iter().chain(PHASE1);
        let all = ike.chain(esp.map(|text| (Protocol::Esp, *text)));
        let suites = all.filter_map(|(protocol, text)| {
            let proposal = super::swan::parse(protocol, text).ok()?;
            let suite = Suite::of(protocol, proposal.transforms().iter().copied());
            Some((suite, text))
        });
        suites.collect()
    });
    let found = FIXED.get(suite);
    found
        .map(|text| (*text).to_owned())
        .ok_or_else(|| refuse(suite))
}

/// Why the lists have no such value.
fn refuse(suite: &Suite) -> Inexpressible {
    let proposal = suite.to_proposal();
    let what = super::swan::write(&proposal);
    let no_group = suite.ke().is_none_or(Transform::is_none);
    let chacha = suite.encr() == Some(Transform::encr(Encr::ChaCha20Poly1305, 0));
    let limit = if suite.transforms().any(|t| t.kind > TransformType::SN) {
        "its lists have no additional key exchanges before 26.7.4; of those that 26.7.4 has in phase 1, behind AES, a hash and a group, ke1_mlkem768 alone was seen"
    } else if suite.sn() == Some(Transform::sn(Sn::Sequential64)) {
        "its lists have no extended sequence numbers"
    } else if suite.protocol != Protocol::Ike && no_group {
        "without PFS its lists have aes256gcm16, chacha20poly1305, aes256-sha256, aes256-sha1 and null alone"
    } else if chacha {
        "its lists have chacha20poly1305 with x25519 and x448 alone"
    } else {
        "its lists have AES-CBC and AES-GCM with a 16-octet tag, SHA-2 and AES-XCBC as hash that is the PRF too, and groups from 14 on, but 22 to 25"
    };
    Inexpressible {
        what: what.unwrap_or_else(|| super::charon::proposal(&proposal)),
        product: "OPNsense",
        limit,
        source: SOURCE,
    }
}

/// The text of the option that stores `value`.
///
/// Groups are followed by their number and kind; among the AEAD ciphers the two modern curves are
/// shown by their long names.
pub fn option(value: &str) -> String {
    let Some((head, last)) = value.rsplit_once('-') else {
        return match value {
            "aes256gcm16" | "chacha20poly1305" => format!("{value} [no PFS]"),
            _ => value.to_owned(),
        };
    };
    let Some(group) = super::swan::keyword(last).filter(|t| t.kind == TransformType::KE) else {
        return value.to_owned();
    };
    let number = group.id;
    let kind = match number {
        19..=21 | 25 | 26 => ", NIST EC",
        27..=30 => ", Brainpool EC",
        31 | 32 => ", Modern EC",
        _ => "",
    };
    let aead = head.starts_with("aes") && head.contains("gcm");
    let shown = match (last, aead) {
        ("x25519", true) => format!("{head}-curve25519"),
        ("x448", true) => format!("{head}-curve448"),
        _ => value.to_owned(),
    };
    format!("{shown} [DH{number}{kind}]")
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
    let is_hybrid = |t: Transform| t == HYBRID && suite.protocol == Protocol::Ike;
    let mut transforms = suite.transforms();
    let plain = transforms.all(|t| t.kind <= TransformType::SN || is_hybrid(t))
        && suite
            .sn()
            .is_none_or(|sn| sn == Transform::sn(Sn::Sequential32));
    cipher && hash && group && plain
}

#[cfg(test)]
mod tests {
    use super::{PHASE1, PHASE2, expresses, option, value};
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
    fn values_are_spelled_as_the_lists_spell_them() {
        for (protocol, text, stored, shown) in [
            (
                Protocol::Ike,
                "aes256-sha256-modp2048",
                "aes256-sha256-modp2048",
                "aes256-sha256-modp2048 [DH14]",
            ),
            (
                Protocol::Ike,
                "aes256gcm16-prfsha256-curve25519",
                "aes256gcm16-sha256-x25519",
                "aes256gcm16-sha256-curve25519 [DH31, Modern EC]",
            ),
            (
                Protocol::Esp,
                "aes128gcm16-ecp256",
                "aes128gcm16-ecp256",
                "aes128gcm16-ecp256 [DH19, NIST EC]",
            ),
            (
                Protocol::Esp,
                "aes256gcm16",
                "aes256gcm16",
                "aes256gcm16 [no PFS]",
            ),
            (
                Protocol::Esp,
                "aes256-sha256",
                "aes256-sha256",
                "aes256-sha256",
            ),
        ] {
            let proposal = swan::parse(protocol, text).unwrap();
            let suite = Suite::of(protocol, proposal.transforms().iter().copied());
            assert_eq!(value(&suite).as_deref(), Ok(stored));
            assert_eq!(option(stored), shown);
        }
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
