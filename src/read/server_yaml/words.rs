//! The words of a structured entry: pfSense's names, strongSwan's keywords, and what lies between.

use crate::dialect::swan;
use crate::ike::{Transform, TransformType};
use crate::read::pfsense::Cipher;
use crate::read::proposal::numbered_group;

/// The usual encryption algorithms, for suggestions.
pub(super) const CIPHERS: &[&str] = &[
    "aes256",
    "aes192",
    "aes128",
    "aes256gcm",
    "aes192gcm",
    "aes128gcm",
    "chacha20-poly1305",
    "3des",
];

/// The usual hashes, for suggestions.
pub(super) const HASHES: &[&str] = &["sha256", "sha384", "sha512", "sha1", "aesxcbc", "md5"];

/// The usual key exchanges, for suggestions.
pub(super) const GROUPS: &[&str] = &[
    "modp2048",
    "modp3072",
    "modp4096",
    "modp1024",
    "modp1536",
    "ecp256",
    "ecp384",
    "ecp521",
    "curve25519",
];

/// Reads a cipher: `aes256`, `aes-256-cbc`, `aes256-gcm`, `aes256gcm16`, `chacha20-poly1305`,
/// `aes-auto`. `tag` is the length in bits of the tag of a cipher that does not name it.
pub(super) fn cipher(word: &str, tag: Option<u16>) -> Option<Cipher> {
    let plain = folded(word).replace("cbc", "");
    if let Some(name) = plain.strip_suffix("auto") {
        return match name {
            "aes" => Some(Cipher::AesAuto),
            "aes128gcm" => Some(Cipher::GcmAuto(128)),
            "aes192gcm" => Some(Cipher::GcmAuto(192)),
            "aes256gcm" => Some(Cipher::GcmAuto(256)),
            _ => None,
        };
    }
    let with_tag = tag
        .filter(|_| plain.ends_with("gcm") || plain.ends_with("ccm"))
        .and_then(|tag| of(TransformType::ENCR, &format!("{plain}{tag}")));
    with_tag
        .or_else(|| of(TransformType::ENCR, word))
        .or_else(|| of(TransformType::ENCR, &plain))
        .map(Cipher::One)
}

/// Whether the word is one of those for which strongSwan assumes a key of 128 bits.
pub(super) fn leaves_key_length_open(word: &str, cipher: Cipher) -> bool {
    let Cipher::One(transform) = cipher else {
        return false;
    };
    transform.key_bits == 128 && !word.bytes().any(|letter| letter.is_ascii_digit())
}

/// Reads a hash: `sha256`, `sha-256`, `sha2_256`, `hmac_sha256`, `aesxcbc`, `aes-xcbc`.
pub(super) fn hash(word: &str) -> Option<Transform> {
    spellings(word, &["hmac"]).find_map(|word| of(TransformType::INTEG, &word))
}

/// Reads a PRF: `prfsha256`, or the name of the hash it is made of.
pub(super) fn prf(word: &str) -> Option<Transform> {
    spellings(word, &["prf", "prfhmac", "hmac"])
        .find_map(|word| of(TransformType::PRF, &format!("prf{word}")))
}

/// Reads a key exchange: `14`, `dh14`, `group14`, `modp2048`, or a label of pfSense's pages such
/// as `14 (2048 bit)`. `off`, `no` and `none` are the number 0, no key exchange.
pub(super) fn group(word: &str) -> Option<Transform> {
    let word = word.split_once(" (").map_or(word, |(number, _)| number);
    if matches!(word, "off" | "no" | "false") {
        return numbered_group("0");
    }
    let plain = folded(word);
    of(TransformType::KE, word)
        .or_else(|| of(TransformType::KE, &plain))
        .or_else(|| numbered_group(&plain).filter(|group| swan::spell(*group).is_some()))
}

/// The spellings of a word that other products use, strongSwan's own first.
fn spellings<'w>(word: &'w str, prefixes: &'w [&str]) -> impl Iterator<Item = String> + 'w {
    let plain = folded(word);
    let bare = prefixes
        .iter()
        .filter_map(|prefix| folded(word).strip_prefix(prefix).map(str::to_owned))
        .collect::<Vec<_>>();
    [word.to_owned(), word.replace('-', "_"), plain]
        .into_iter()
        .chain(bare)
}

/// The word without the marks that products put between its parts.
fn folded(word: &str) -> String {
    word.replace(['-', '_'], "")
}

fn of(kind: TransformType, word: &str) -> Option<Transform> {
    swan::keyword(word).filter(|transform| transform.kind == kind)
}

#[cfg(test)]
mod tests {
    use super::{CIPHERS, GROUPS, HASHES, cipher, group, hash, leaves_key_length_open, prf};
    use crate::dialect::swan;
    use crate::read::pfsense::Cipher;

    fn is(transform: Option<crate::ike::Transform>) -> Option<String> {
        transform.and_then(swan::spell)
    }

    fn encr(word: &str, tag: Option<u16>) -> Option<String> {
        match cipher(word, tag) {
            Some(Cipher::One(transform)) => swan::spell(transform),
            Some(Cipher::AesAuto) => Some("every aes".to_owned()),
            Some(Cipher::GcmAuto(bits)) => Some(format!("every {bits} gcm")),
            None => None,
        }
    }

    #[test]
    fn ciphers_are_known_by_all_their_names() {
        for (word, tag, keyword) in [
            ("aes256", None, "aes256"),
            ("aes-256", None, "aes256"),
            ("aes-cbc-256", None, "aes256"),
            ("aes256-cbc", Some(64), "aes256"),
            ("aes256gcm", None, "aes256gcm16"),
            ("aes256-gcm", None, "aes256gcm16"),
            ("aes256gcm", Some(64), "aes256gcm8"),
            ("aes256gcm12", Some(64), "aes256gcm12"),
            ("aes128gcm96", None, "aes128gcm12"),
            ("chacha20-poly1305", Some(96), "chacha20poly1305"),
            ("3des", None, "3des"),
            ("camellia256", None, "camellia256"),
            ("aes-auto", None, "every aes"),
            ("aes192gcm-auto", None, "every 192 gcm"),
        ] {
            assert_eq!(encr(word, tag).as_deref(), Some(keyword), "{word}");
        }
        for word in ["AES256", "256", "sha256", "aes255", "auto", ""] {
            assert_eq!(encr(word, None), None, "{word}");
        }
    }

    #[test]
    fn hashes_prfs_and_groups_are_known_by_all_their_names() {
        for word in [
            "sha256",
            "sha-256",
            "sha2_256",
            "sha2-256",
            "hmac_sha256",
            "hmac-sha256",
        ] {
            assert_eq!(is(hash(word)).as_deref(), Some("sha256"), "{word}");
        }
        for word in ["sha384", "prfsha384", "prf-sha384", "prf_hmac_sha384"] {
            assert_eq!(is(prf(word)).as_deref(), Some("prfsha384"), "{word}");
        }
        assert_eq!(is(hash("aes-xcbc")).as_deref(), Some("aesxcbc"));
        for word in [
            "14",
            "dh14",
            "group14",
            "modp2048",
            "modp-2048",
            "14 (2048 bit)",
        ] {
            assert_eq!(is(group(word)).as_deref(), Some("modp2048"), "{word}");
        }
        for (word, keyword) in [
            ("31", "curve25519"),
            ("x25519", "curve25519"),
            ("19", "ecp256"),
        ] {
            assert_eq!(is(group(word)).as_deref(), Some(keyword));
        }
        for word in ["off", "none", "0", "no"] {
            assert_eq!(is(group(word)).as_deref(), Some("none"), "{word}");
        }
        for word in ["3", "+14", "dh", "sha256", "99999"] {
            assert_eq!(group(word), None, "{word}");
        }
        assert_eq!((hash("modp2048"), prf("modp2048")), (None, None));
    }

    #[test]
    fn a_bare_cipher_name_leaves_the_key_length_open() {
        let open = |word| leaves_key_length_open(word, cipher(word, None).unwrap());
        assert!(open("aes") && open("camellia"));
        assert!(!open("aes128") && !open("3des") && !open("null") && !open("aes-auto"));
    }

    #[test]
    fn suggestions_are_words_that_are_understood() {
        assert!(CIPHERS.iter().all(|word| cipher(word, None).is_some()));
        assert!(HASHES.iter().all(|word| hash(word).is_some()));
        assert!(GROUPS.iter().all(|word| group(word).is_some()));
    }
}
