//! FortiOS's words: `proposal` and `dhgrp` of `config vpn ipsec phase1-interface` and
//! `phase2-interface`.
//!
//! Tables of the CLI reference of FortiOS. A word of phase 1 is a cipher with a hash, which is integrity
//! algorithm and PRF, or an AEAD cipher with a PRF; one of phase 2 is a cipher with a hash, or an AEAD
//! cipher alone. ARIA and SEED have no number of IKE.

use crate::ike::{Encr, Integ, Ke, Prf, Protocol, Suite, Transform, TransformType};

/// Ciphers: word, algorithm, key bits.
const CIPHERS: &[(&str, Encr, u16)] = &[
    ("null", Encr::Null, 0),
    ("des", Encr::Des, 0),
    ("3des", Encr::TripleDes, 0),
    ("aes128", Encr::AesCbc, 128),
    ("aes192", Encr::AesCbc, 192),
    ("aes256", Encr::AesCbc, 256),
    ("aes128gcm", Encr::AesGcm16, 128),
    ("aes256gcm", Encr::AesGcm16, 256),
    ("chacha20poly1305", Encr::ChaCha20Poly1305, 0),
];

/// Ciphers that IANA has no number for.
const WITHOUT_NUMBER: &[&str] = &["aria128", "aria192", "aria256", "seed"];

/// Hashes: word, integrity algorithm, PRF.
const HASHES: &[(&str, Integ, Prf)] = &[
    ("md5", Integ::HmacMd5_96, Prf::HmacMd5),
    ("sha1", Integ::HmacSha1_96, Prf::HmacSha1),
    ("sha256", Integ::HmacSha2_256_128, Prf::HmacSha2_256),
    ("sha384", Integ::HmacSha2_384_192, Prf::HmacSha2_384),
    ("sha512", Integ::HmacSha2_512_256, Prf::HmacSha2_512),
];

/// Groups of `dhgrp` by their numbers, which are those of IANA.
const GROUPS: &[(&str, Ke)] = &[
    ("1", Ke::Modp768),
    ("2", Ke::Modp1024),
    ("5", Ke::Modp1536),
    ("14", Ke::Modp2048),
    ("15", Ke::Modp3072),
    ("16", Ke::Modp4096),
    ("17", Ke::Modp6144),
    ("18", Ke::Modp8192),
    ("19", Ke::Ecp256),
    ("20", Ke::Ecp384),
    ("21", Ke::Ecp521),
    ("27", Ke::BrainpoolP224r1),
    ("28", Ke::BrainpoolP256r1),
    ("29", Ke::BrainpoolP384r1),
    ("30", Ke::BrainpoolP512r1),
    ("31", Ke::Curve25519),
    ("32", Ke::Curve448),
];

/// What a word of `proposal` is.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) enum Word {
    /// These transforms, without a group.
    Transforms(Vec<Transform>),
    /// A cipher that no peer can be asked for, because it has no number.
    WithoutNumber,
}

/// All words of `proposal`.
pub(crate) fn words(protocol: Protocol) -> Vec<String> {
    let ike = protocol == Protocol::Ike;
    let mut all = Vec::new();
    for (cipher, encr, bits) in CIPHERS {
        let aead = Transform::encr(*encr, *bits).is_aead();
        if aead && !ike {
            all.push((*cipher).to_owned());
            continue;
        }
        if *cipher == "null" && ike {
            continue;
        }
        for (hash, ..) in HASHES {
            match aead {
                // There is no PRF of MD5 beside AEAD.
                true if *hash == "md5" => {}
                true => all.push(format!("{cipher}-prf{hash}")),
                false => all.push(format!("{cipher}-{hash}")),
            }
        }
        if !ike && *cipher != "null" {
            all.push(format!("{cipher}-null"));
        }
    }
    all
}

/// What `word` of `proposal` means.
pub(crate) fn word(protocol: Protocol, word: &str) -> Option<Word> {
    let (cipher, hash) = match word.split_once('-') {
        Some((cipher, hash)) => (cipher, Some(hash)),
        None => (word, None),
    };
    if WITHOUT_NUMBER.contains(&cipher) {
        return Some(Word::WithoutNumber);
    }
    if !words(protocol).iter().any(|known| known == word) {
        return None;
    }
    let row = CIPHERS.iter().find(|row| row.0 == cipher)?;
    let mut transforms = vec![Transform::encr(row.1, row.2)];
    let hash = hash.map(|hash| hash.strip_prefix("prf").unwrap_or(hash));
    if let Some(hash) = HASHES.iter().find(|row| Some(row.0) == hash) {
        if !Transform::encr(row.1, row.2).is_aead() {
            transforms.push(Transform::integ(hash.1));
        }
        if protocol == Protocol::Ike {
            transforms.push(Transform::prf(hash.2));
        }
    }
    Some(Word::Transforms(transforms))
}

/// Whether FortiOS has words for the suite.
pub(crate) fn expresses(suite: &Suite) -> bool {
    let is_group = |it: &Transform| it.kind.is_key_exchange();
    let own = suite
        .transforms()
        .filter(|it| !is_group(it) && it.kind != TransformType::SN);
    // Words have the hash in front of the PRF, as suites do.
    let own: Vec<_> = own.collect();
    let mut used = suite
        .transforms()
        .filter(|it| is_group(it) && !it.is_none());
    let has_groups = used.all(|it| GROUPS.iter().any(|row| Transform::ke(row.1) == it));
    has_groups && spell(suite.protocol, &own).is_some()
}

/// The word of `proposal` for transforms, if there is one.
pub(crate) fn spell(protocol: Protocol, transforms: &[Transform]) -> Option<String> {
    let meant = |text: &String| match word(protocol, text) {
        Some(Word::Transforms(own)) => own == transforms,
        Some(Word::WithoutNumber) | None => false,
    };
    words(protocol).into_iter().find(meant)
}

/// The numbers that `dhgrp` takes.
pub(crate) fn groups() -> impl Iterator<Item = &'static str> {
    GROUPS.iter().map(|row| row.0)
}

/// The number of a group, if FortiOS has it.
pub(crate) fn number(group: Transform) -> Option<&'static str> {
    let row = GROUPS.iter().find(|row| Transform::ke(row.1) == group)?;
    Some(row.0)
}

/// The group of a number.
pub(crate) fn group(number: &str) -> Option<Transform> {
    let row = GROUPS.iter().find(|row| row.0 == number)?;
    Some(Transform::ke(row.1))
}

#[cfg(test)]
mod tests {
    use super::{Word, group, groups, spell, word, words};
    use crate::ike::Protocol;

    #[test]
    fn every_word_leads_to_transforms_and_back() {
        for protocol in [Protocol::Ike, Protocol::Esp] {
            for text in words(protocol) {
                let Some(Word::Transforms(transforms)) = word(protocol, &text) else {
                    panic!("{text}");
                };
                assert_eq!(spell(protocol, &transforms).as_deref(), Some(&*text));
            }
        }
        assert!(groups().all(|number| group(number).is_some()));
        assert_eq!(word(Protocol::Ike, "aes256gcm"), None);
        assert_eq!(word(Protocol::Esp, "aes256gcm-prfsha256"), None);
        assert_eq!(
            word(Protocol::Ike, "aria128-sha256"),
            Some(Word::WithoutNumber)
        );
        assert_eq!(group("24"), None);
    }
}
