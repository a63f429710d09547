//! RouterOS's words: `enc-algorithm`, `hash-algorithm` and `dh-group` of `/ip ipsec profile`,
//! `enc-algorithms`, `auth-algorithms` and `pfs-group` of `/ip ipsec proposal`.
//!
//! Tables of the manual, sections Profiles and Proposals; a profile has one hash, which is integrity
//! algorithm and, unless `prf-algorithm` names another one, PRF, and no AEAD cipher. `sha384` and
//! `x25519` are not in its tables; configurations in use have them.

use crate::ike::{Encr, Integ, Ke, Prf, Protocol, Suite, Transform, TransformType};

/// Ciphers: word, algorithm, key bits, whether a profile has it, whether a proposal has it.
const CIPHERS: &[(&str, Encr, u16, bool, bool)] = &[
    ("des", Encr::Des, 0, true, true),
    ("3des", Encr::TripleDes, 0, true, true),
    ("aes-128", Encr::AesCbc, 128, true, false),
    ("aes-192", Encr::AesCbc, 192, true, false),
    ("aes-256", Encr::AesCbc, 256, true, false),
    ("aes-128-cbc", Encr::AesCbc, 128, false, true),
    ("aes-192-cbc", Encr::AesCbc, 192, false, true),
    ("aes-256-cbc", Encr::AesCbc, 256, false, true),
    ("aes-128-ctr", Encr::AesCtr, 128, false, true),
    ("aes-192-ctr", Encr::AesCtr, 192, false, true),
    ("aes-256-ctr", Encr::AesCtr, 256, false, true),
    ("aes-128-gcm", Encr::AesGcm16, 128, false, true),
    ("aes-192-gcm", Encr::AesGcm16, 192, false, true),
    ("aes-256-gcm", Encr::AesGcm16, 256, false, true),
    ("camellia-128", Encr::CamelliaCbc, 128, true, true),
    ("camellia-192", Encr::CamelliaCbc, 192, true, true),
    ("camellia-256", Encr::CamelliaCbc, 256, true, true),
    ("null", Encr::Null, 0, false, true),
];

/// Ciphers of which the manual gives no key length, or IANA no number.
pub(crate) const UNKNOWN: &[&str] = &["blowfish", "twofish"];

/// Hashes: word, integrity algorithm, PRF, whether a proposal has it.
const HASHES: &[(&str, Integ, Prf, bool)] = &[
    ("md5", Integ::HmacMd5_96, Prf::HmacMd5, true),
    ("sha1", Integ::HmacSha1_96, Prf::HmacSha1, true),
    ("sha256", Integ::HmacSha2_256_128, Prf::HmacSha2_256, true),
    ("sha384", Integ::HmacSha2_384_192, Prf::HmacSha2_384, false),
    ("sha512", Integ::HmacSha2_512_256, Prf::HmacSha2_512, true),
];

/// Groups; `none` is for proposals alone.
const GROUPS: &[(&str, Ke)] = &[
    ("none", Ke::None),
    ("modp768", Ke::Modp768),
    ("modp1024", Ke::Modp1024),
    ("modp1536", Ke::Modp1536),
    ("modp2048", Ke::Modp2048),
    ("modp3072", Ke::Modp3072),
    ("modp4096", Ke::Modp4096),
    ("modp6144", Ke::Modp6144),
    ("modp8192", Ke::Modp8192),
    ("ecp256", Ke::Ecp256),
    ("ecp384", Ke::Ecp384),
    ("ecp521", Ke::Ecp521),
    ("x25519", Ke::Curve25519),
];

/// The words that a key takes for algorithms of a kind.
pub(crate) fn words(protocol: Protocol, kind: TransformType) -> Vec<&'static str> {
    let ike = protocol == Protocol::Ike;
    match kind {
        TransformType::ENCR => {
            let listed = CIPHERS.iter().filter(|row| if ike { row.3 } else { row.4 });
            listed.map(|row| row.0).collect()
        }
        TransformType::INTEG | TransformType::PRF => {
            let listed = HASHES.iter().filter(|row| ike || row.3);
            listed.map(|row| row.0).collect()
        }
        _ => {
            let listed = GROUPS.iter().filter(|row| !ike || row.1 != Ke::None);
            listed.map(|row| row.0).collect()
        }
    }
}

/// The transform that a word names.
pub(crate) fn transform(protocol: Protocol, kind: TransformType, word: &str) -> Option<Transform> {
    let word = words(protocol, kind).into_iter().find(|it| *it == word)?;
    match kind {
        TransformType::ENCR => {
            let row = CIPHERS.iter().find(|row| row.0 == word)?;
            Some(Transform::encr(row.1, row.2))
        }
        TransformType::INTEG => {
            let row = HASHES.iter().find(|row| row.0 == word)?;
            Some(Transform::integ(row.1))
        }
        TransformType::PRF => {
            let row = HASHES.iter().find(|row| row.0 == word)?;
            Some(Transform::prf(row.2))
        }
        _ => {
            let row = GROUPS.iter().find(|row| row.0 == word)?;
            Some(Transform::ke(row.1))
        }
    }
}

/// The word for a transform, if there is one.
pub(crate) fn spell(protocol: Protocol, transform: Transform) -> Option<&'static str> {
    let all = words(protocol, transform.kind).into_iter();
    let mut all =
        all.filter(|word| self::transform(protocol, transform.kind, word) == Some(transform));
    all.next()
}

/// Whether RouterOS can be set to the suite: a word for each algorithm, and in a profile a PRF that
/// is the hash.
pub(crate) fn expresses(suite: &Suite) -> bool {
    let spelt = suite
        .transforms()
        .filter(|it| it.kind != TransformType::SN)
        .all(|it| spell(suite.protocol, it).is_some());
    let hash = |it: Option<Transform>| it.and_then(|it| spell(suite.protocol, it));
    let one_hash = suite.protocol != Protocol::Ike || hash(suite.integ()) == hash(suite.prf());
    spelt && one_hash
}

#[cfg(test)]
mod tests {
    use super::{expresses, spell, transform, words};
    use crate::dialect::swan;
    use crate::ike::{Protocol, Suite, TransformType};

    #[test]
    fn every_word_leads_to_a_transform_and_back() {
        for protocol in [Protocol::Ike, Protocol::Esp] {
            for kind in [
                TransformType::ENCR,
                TransformType::INTEG,
                TransformType::PRF,
                TransformType::KE,
            ] {
                for word in words(protocol, kind) {
                    let named = transform(protocol, kind, word).unwrap();
                    assert_eq!(spell(protocol, named), Some(word), "{protocol}");
                }
            }
        }
        assert_eq!(
            transform(Protocol::Ike, TransformType::ENCR, "aes-256-gcm"),
            None
        );
        assert_eq!(transform(Protocol::Ike, TransformType::KE, "none"), None);
        assert_eq!(
            transform(Protocol::Esp, TransformType::INTEG, "sha384"),
            None
        );
    }

    #[test]
    fn what_has_no_word_cannot_be_set() {
        for (protocol, text, expected) in [
            (Protocol::Ike, "aes256-sha256-modp2048", true),
            (Protocol::Ike, "aes256-sha256-prfsha384-modp2048", false),
            (Protocol::Ike, "aes256gcm16-prfsha256-ecp256", false),
            (Protocol::Ike, "aes256-sha256-curve448", false),
            (Protocol::Esp, "aes256gcm16-ecp256", true),
            (Protocol::Esp, "aes256-sha384", false),
            (Protocol::Esp, "chacha20poly1305", false),
        ] {
            let proposal = swan::parse(protocol, text).unwrap();
            let suite = Suite::of(protocol, proposal.transforms().iter().copied());
            assert_eq!(expresses(&suite), expected, "{text}");
        }
    }
}
