//! VyOS's words: `encryption`, `hash`, `prf` and `dh-group` of a proposal, `pfs` of an ESP group.
//!
//! Encryption, hash and PRF are strongSwan's keywords. Groups have numbers, which are IANA's up to 32 and VyOS's own
//! behind that: `python/vyos/template.py` of vyos-1x, function `get_esp_ike_cipher`, and its pull request 5267, in which
//! 34 negotiates ML-KEM-768. What 33 and 35 are no source that was found says.

use super::swan;
use crate::ike::{Ke, Protocol, Suite, Transform, TransformType};

/// Groups: number, strongSwan's keyword, method.
const GROUPS: &[(&str, &str, Ke)] = &[
    ("1", "modp768", Ke::Modp768),
    ("2", "modp1024", Ke::Modp1024),
    ("5", "modp1536", Ke::Modp1536),
    ("14", "modp2048", Ke::Modp2048),
    ("15", "modp3072", Ke::Modp3072),
    ("16", "modp4096", Ke::Modp4096),
    ("17", "modp6144", Ke::Modp6144),
    ("18", "modp8192", Ke::Modp8192),
    ("19", "ecp256", Ke::Ecp256),
    ("20", "ecp384", Ke::Ecp384),
    ("21", "ecp521", Ke::Ecp521),
    ("22", "modp1024s160", Ke::Modp1024S160),
    ("23", "modp2048s224", Ke::Modp2048S224),
    ("24", "modp2048s256", Ke::Modp2048S256),
    ("25", "ecp192", Ke::Ecp192),
    ("26", "ecp224", Ke::Ecp224),
    ("27", "ecp224bp", Ke::BrainpoolP224r1),
    ("28", "ecp256bp", Ke::BrainpoolP256r1),
    ("29", "ecp384bp", Ke::BrainpoolP384r1),
    ("30", "ecp512bp", Ke::BrainpoolP512r1),
    ("31", "curve25519", Ke::Curve25519),
    ("32", "curve448", Ke::Curve448),
    ("34", "mlkem768", Ke::MlKem768),
];

/// Numbers that VyOS takes and of which no source says what they are.
pub(crate) const UNKNOWN: &[&str] = &["33", "35"];

/// Words of `encryption`.
pub(crate) const CIPHERS: &[&str] = &[
    "null",
    "aes128",
    "aes192",
    "aes256",
    "aes128ctr",
    "aes192ctr",
    "aes256ctr",
    "aes128ccm64",
    "aes192ccm64",
    "aes256ccm64",
    "aes128ccm96",
    "aes192ccm96",
    "aes256ccm96",
    "aes128ccm128",
    "aes192ccm128",
    "aes256ccm128",
    "aes128gcm64",
    "aes192gcm64",
    "aes256gcm64",
    "aes128gcm96",
    "aes192gcm96",
    "aes256gcm96",
    "aes128gcm128",
    "aes192gcm128",
    "aes256gcm128",
    "aes128gmac",
    "aes192gmac",
    "aes256gmac",
    "3des",
    "blowfish128",
    "blowfish192",
    "blowfish256",
    "camellia128",
    "camellia192",
    "camellia256",
    "camellia128ctr",
    "camellia192ctr",
    "camellia256ctr",
    "camellia128ccm64",
    "camellia192ccm64",
    "camellia256ccm64",
    "camellia128ccm96",
    "camellia192ccm96",
    "camellia256ccm96",
    "camellia128ccm128",
    "camellia192ccm128",
    "camellia256ccm128",
    "serpent128",
    "serpent192",
    "serpent256",
    "twofish128",
    "twofish192",
    "twofish256",
    "cast128",
    "chacha20poly1305",
];

/// Words of `hash`.
pub(crate) const HASHES: &[&str] = &[
    "md5",
    "md5_128",
    "sha1",
    "sha1_160",
    "sha256",
    "sha256_96",
    "sha384",
    "sha512",
    "aesxcbc",
    "aescmac",
    "aes128gmac",
    "aes192gmac",
    "aes256gmac",
];

/// strongSwan's keyword for the number of a group, with `dh-group` before it or not.
pub(crate) fn keyword(word: &str) -> Option<&'static str> {
    let number = word.strip_prefix("dh-group").unwrap_or(word);
    let row = GROUPS.iter().find(|row| row.0 == number)?;
    Some(row.1)
}

/// The number of a group, if VyOS has one.
pub(crate) fn number(group: Transform) -> Option<&'static str> {
    let row = GROUPS.iter().find(|row| row.2.number() == group.id)?;
    Some(row.0)
}

/// The numbers of groups.
pub(crate) fn groups() -> impl Iterator<Item = &'static str> {
    GROUPS.iter().map(|row| row.0)
}

/// The word of `encryption` or `hash` for a transform, if there is one.
pub(crate) fn spell(transform: Transform) -> Option<&'static str> {
    let words = match transform.kind {
        TransformType::ENCR => CIPHERS,
        TransformType::INTEG => HASHES,
        _ => return None,
    };
    let mut words = words.iter().copied();
    words.find(|word| swan::keyword(word) == Some(transform))
}

/// Whether VyOS can be set to the suite: one word of each kind, a hash also beside AEAD, and no additional key
/// exchange.
pub(crate) fn expresses(suite: &Suite) -> bool {
    suite
        .transforms()
        .filter(|it| !it.is_none() && it.kind != TransformType::SN)
        .all(|it| match it.kind {
            TransformType::ENCR | TransformType::INTEG => spell(it).is_some(),
            TransformType::KE => number(it).is_some(),
            TransformType::PRF => suite.protocol == Protocol::Ike,
            _ => false,
        })
}

#[cfg(test)]
mod tests {
    use super::{CIPHERS, HASHES, expresses, groups, keyword, number, spell};
    use crate::dialect::swan;
    use crate::ike::{Protocol, Suite};

    #[test]
    fn every_word_leads_to_a_transform_and_back() {
        for group in groups() {
            let method = swan::keyword(keyword(group).unwrap()).unwrap();
            assert_eq!(number(method), Some(group));
        }
        // strongSwan reads `aes128gmac` as a cipher, wherever it stands.
        for word in CIPHERS
            .iter()
            .chain(HASHES)
            .filter(|it| !it.ends_with("gmac"))
        {
            let named = swan::keyword(word).unwrap_or_else(|| panic!("{word}"));
            let back = spell(named).unwrap();
            assert_eq!(swan::keyword(back), Some(named), "{word}");
        }
        assert_eq!(keyword("dh-group19"), Some("ecp256"));
        assert_eq!(keyword("34"), Some("mlkem768"));
        assert_eq!(keyword("33"), None);
    }

    #[test]
    fn what_has_no_word_cannot_be_set() {
        for (protocol, text, expected) in [
            (Protocol::Ike, "aes256-sha256-modp2048", true),
            (Protocol::Ike, "aes256-sha256-mlkem768", true),
            (Protocol::Ike, "aes256-sha256-x25519-ke1_mlkem768", false),
            (Protocol::Esp, "aes256gcm16-ecp256", true),
            (Protocol::Esp, "aes256gcm16-mlkem1024", false),
        ] {
            let proposal = swan::parse(protocol, text).unwrap();
            let suite = Suite::of(protocol, proposal.transforms().iter().copied());
            assert_eq!(expresses(&suite), expected, "{text}");
        }
    }
}
