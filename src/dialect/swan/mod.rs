//! strongSwan's spelling: keywords joined by `-`, the widest vocabulary of all and the one this
//! program speaks by default.
//!
//! [`parse`] is the daemon's own reading of one proposal, derivations and refusals included.
//! [`transforms`] only spells: it is for lists that state what is on the wire, where nothing may
//! be added. Splitting a list at commas and the word `default` belong to the file formats.

mod keywords;

use std::fmt::{self, Display, Formatter};
use std::ops::Range;
use std::sync::LazyLock;

use rustc_hash::FxHashMap;

use super::Places;
use crate::ike::{Integ, Ke, Prf, Proposal, Protocol, Sn, Transform, TransformType};

pub(crate) use keywords::{
    CAMELLIA_XCBC_96, HMAC_SHA2_256_96, MODP_NULL, NEWHOPE_128, NTRU_112, NTRU_128, NTRU_192,
    NTRU_256, PRF_CAMELLIA128_XCBC, TWOFISH_CBC,
};
pub use keywords::{KEYWORDS, SERPENT_CBC};

/// Whether a name of a key or section in strongSwan's configuration files may have the character.
pub(crate) fn in_name(c: char) -> bool {
    !"#{}:.,=\"\r\n\t ".contains(c)
}

/// Why the daemon refuses a proposal. One of these discards the whole connection.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Refusal {
    /// A word is no keyword; strongSwan's are lower case.
    UnknownKeyword(Range<usize>),
    /// No cipher.
    NoCipher,
    /// An IKE proposal from which no PRF can be derived.
    NoPrf,
    /// An IKE proposal without key exchange.
    NoKeyExchange,
    /// An IKE proposal of classic ciphers, or an AH proposal, without integrity algorithm.
    NoIntegrity,
    /// AEAD and classic ciphers side by side.
    MixedCipherModes,
}

impl Display for Refusal {
    /// The reason, as a part of a sentence about the proposal.
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::UnknownKeyword(_) => "a word is not an algorithm keyword",
            Self::NoCipher => "the proposal names no encryption algorithm",
            Self::NoPrf => {
                "the proposal names no PRF, nor an integrity algorithm to derive it from"
            }
            Self::NoKeyExchange => "the proposal names no key exchange",
            Self::NoIntegrity => "the proposal names no integrity algorithm",
            Self::MixedCipherModes => {
                "AEAD and classic encryption algorithms cannot share a proposal"
            }
        })
    }
}

/// The transform a keyword names.
///
/// The prefixes `ke1_` to `ke7_` of strongSwan 6 make an additional key exchange of a group.
pub fn keyword(word: &str) -> Option<Transform> {
    static BY_KEYWORD: LazyLock<FxHashMap<&str, Transform>> =
        LazyLock::new(|| KEYWORDS.iter().copied().collect());
    if let Some(transform) = BY_KEYWORD.get(word) {
        return Some(*transform);
    }
    let (kind, group) = additional(word)?;
    let group = BY_KEYWORD.get(group)?;
    (group.kind == TransformType::KE).then_some(Transform { kind, ..*group })
}

/// The transform type and the group's keyword of `ke1_mlkem768`.
///
/// One digit, and the letters before it in any case, alone among strongSwan's keywords
/// (`additional_key_exchange_parser` in `key_exchange.c`).
fn additional(word: &str) -> Option<(TransformType, &str)> {
    let (prefix, group) = word.split_once('_')?;
    let (letters, round) = prefix.split_at_checked(2)?;
    let &[round @ b'1'..=b'7'] = round.as_bytes() else {
        return None;
    };
    let kind = TransformType::additional(round - b'0')?;
    letters.eq_ignore_ascii_case("ke").then_some((kind, group))
}

/// The keyword of the first additional key exchange that a word was probably meant to be: of
/// `ke8_mlkem768`, whose number is none of 1 to 7, and of a method that is made to stand behind
/// another one, such as `mlkem-768` or `ml_kem_768`.
pub(crate) fn meant_as_additional(word: &str) -> Option<String> {
    let lower = word.to_lowercase();
    let numbered = lower.split_once('_').filter(|(prefix, _)| {
        let round = prefix.strip_prefix("ke").unwrap_or("none");
        round.bytes().all(|letter| letter.is_ascii_digit())
    });
    let group = numbered.map_or(lower.as_str(), |(_, group)| group);
    let plain = group.replace(['-', '_'], "");
    let transform = [group, &plain].into_iter().find_map(keyword)?;
    let is_meant = transform.kind == TransformType::KE
        && (numbered.is_some() || Ke::from_repr(transform.id).is_some_and(Ke::is_post_quantum));
    let kind = TransformType::ADDKE1;
    spell(Transform { kind, ..transform }).filter(|_| is_meant)
}

/// The keyword for a transform, or `None` if strongSwan has none.
pub fn spell(transform: Transform) -> Option<String> {
    static BY_TRANSFORM: LazyLock<FxHashMap<Transform, &str>> = LazyLock::new(|| {
        // The first row for a transform is its canonical spelling, so later rows must not win.
        KEYWORDS.iter().rev().map(|&(word, t)| (t, word)).collect()
    });
    if let Some(word) = BY_TRANSFORM.get(&transform) {
        return Some((*word).to_owned());
    }
    let round = transform.kind.additional_round()?;
    let group = BY_TRANSFORM.get(&Transform {
        kind: TransformType::KE,
        ..transform
    })?;
    Some(format!("ke{round}_{group}"))
}

/// The two vocabularies that strongSwan has had since 5.9.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Generation {
    /// Version 5: NTRU and New Hope, no additional key exchanges, no ML-KEM, no GOST.
    Five,
    /// Version 6, the other way round.
    Six,
}

impl Generation {
    /// The vocabulary of a major version.
    pub(crate) const fn of_major(major: u16) -> Self {
        if major < 6 { Self::Five } else { Self::Six }
    }

    /// Whether this generation knows `word`, which must be a keyword of some generation.
    pub fn knows(self, word: &str) -> bool {
        let additional = additional(word);
        let group = additional.map_or(word, |(_, group)| group);
        let only_six =
            additional.is_some() || group.starts_with("mlkem") || group.starts_with("gost");
        let only_five = group.starts_with("ntru") || group.starts_with("newhope");
        match self {
            Self::Five => !only_six,
            Self::Six => !only_five,
        }
    }

    /// How many octets of a proposal the daemon reads; what is behind them is lost without a word.
    ///
    /// The buffer in `vici_config.c` had 512 octets, and has 2048 since commit d4fb07911f, in 6.0.0.
    pub(crate) const fn longest_proposal(self) -> usize {
        match self {
            Self::Five => 511,
            Self::Six => 2047,
        }
    }

    /// The part of a proposal that the daemon reads.
    pub(crate) fn read_part(self, text: &str) -> &str {
        let end = text.floor_char_boundary(self.longest_proposal());
        text.get(..end).unwrap_or_default()
    }

    /// When a word was one that this generation does not know; `None` if it never was.
    pub(crate) fn known_elsewhere(self, word: &str) -> Option<&'static str> {
        let is_other = keyword(word).is_some() && !self.knows(word);
        is_other.then_some(match self {
            Self::Five => "strongSwan knows it since 6.0.0",
            Self::Six => "strongSwan knew it up to 5.9",
        })
    }

    /// The place of the first word of a proposal that is no keyword of this generation.
    pub(crate) fn first_unknown(self, text: &str) -> Option<Range<usize>> {
        words(text)
            .find(|(_, word)| keyword(word).is_none() || !self.knows(word))
            .map(|(place, _)| place)
    }
}

/// All keywords, for suggestions.
pub fn keywords() -> impl Iterator<Item = &'static str> {
    KEYWORDS.iter().map(|(word, _)| *word)
}

/// The words of a proposal with their places: split at `-`, blanks around them dropped, empty
/// ones ignored.
fn words(text: &str) -> impl Iterator<Item = (Range<usize>, &str)> {
    text.split('-').filter_map(move |raw| {
        let word = raw.trim_matches(' ');
        let start = word.as_ptr().addr() - text.as_ptr().addr();
        (!word.is_empty()).then(|| (start..start + word.len(), word))
    })
}

/// The transforms that the words of `text` name, in order with their places, with nothing added or
/// removed.
///
/// Fails with the places of all words that are no keyword.
pub fn transforms(text: &str) -> Result<Places, Vec<Range<usize>>> {
    let mut found = Vec::new();
    let mut unknown = Vec::new();
    for (place, word) in words(text) {
        match keyword(word) {
            Some(transform) => found.push((place, transform)),
            None => unknown.push(place),
        }
    }
    if unknown.is_empty() {
        Ok(found)
    } else {
        Err(unknown)
    }
}

/// The PRF that the daemon takes when an IKE proposal names only this integrity algorithm.
pub fn prf_of(integrity: Transform) -> Option<Transform> {
    if integrity.kind != TransformType::INTEG {
        return None;
    }
    if integrity.id == CAMELLIA_XCBC_96 {
        return Some(Transform::raw(TransformType::PRF, PRF_CAMELLIA128_XCBC));
    }
    let prf = match Integ::from_repr(integrity.id)? {
        Integ::HmacMd5_96 | Integ::HmacMd5_128 => Prf::HmacMd5,
        Integ::HmacSha1_96 | Integ::HmacSha1_160 => Prf::HmacSha1,
        Integ::AesXcbc96 => Prf::Aes128Xcbc,
        Integ::AesCmac96 => Prf::Aes128Cmac,
        Integ::HmacSha2_256_128 => Prf::HmacSha2_256,
        Integ::HmacSha2_384_192 => Prf::HmacSha2_384,
        Integ::HmacSha2_512_256 => Prf::HmacSha2_512,
        Integ::None
        | Integ::DesMac
        | Integ::KpdkMd5
        | Integ::Aes128Gmac
        | Integ::Aes192Gmac
        | Integ::Aes256Gmac => return None,
    };
    Some(Transform::prf(prf))
}

/// Reads one proposal as strongSwan does: its words, `completed`.
pub fn parse(protocol: Protocol, text: &str) -> Result<Proposal, Refusal> {
    let words = transforms(text).map_err(|mut unknown| {
        Refusal::UnknownKeyword(unknown.swap_remove(0)) // the first one: the daemon stops there
    })?;
    completed(protocol, words.into_iter().map(|(_, word)| word).collect())
}

/// Makes a proposal out of what is written, as strongSwan does (`check_proposal` in `proposal.c`,
/// 5.9.8 and 6.0.6 alike).
///
/// IKE: a missing PRF is derived from the integrity algorithms, `none` is dropped. ESP: PRFs are
/// dropped and 32-bit sequence numbers added. Beside AEAD ciphers integrity algorithms are dropped,
/// after they have served to derive the PRF.
pub(crate) fn completed(protocol: Protocol, mut list: Vec<Transform>) -> Result<Proposal, Refusal> {
    let of = |list: &[Transform], kind| list.iter().filter(move |t| t.kind == kind).count();

    if protocol == Protocol::Ike {
        if of(&list, TransformType::PRF) == 0 {
            let derived: Vec<_> = list
                .iter()
                .filter(|t| t.kind == TransformType::INTEG)
                .filter_map(|t| prf_of(*t))
                .collect();
            list.extend(derived);
        }
        if of(&list, TransformType::PRF) == 0 {
            return Err(Refusal::NoPrf);
        }
        list.retain(|t| !(t.kind == TransformType::KE && t.is_none()));
        if of(&list, TransformType::KE) == 0 {
            return Err(Refusal::NoKeyExchange);
        }
    } else {
        list.retain(|t| t.kind != TransformType::PRF);
        if of(&list, TransformType::SN) == 0 {
            list.push(Transform::sn(Sn::Sequential32));
        }
    }

    if protocol == Protocol::Ah {
        list.retain(|t| t.kind != TransformType::ENCR);
        if of(&list, TransformType::INTEG) == 0 {
            return Err(Refusal::NoIntegrity);
        }
        return Ok(Proposal::new(protocol, list));
    }

    let ciphers = of(&list, TransformType::ENCR);
    let aead = list.iter().filter(|t| t.is_aead()).count();
    if ciphers == 0 {
        return Err(Refusal::NoCipher);
    }
    if aead == ciphers {
        list.retain(|t| t.kind != TransformType::INTEG);
    } else if aead > 0 {
        return Err(Refusal::MixedCipherModes);
    } else if protocol == Protocol::Ike && of(&list, TransformType::INTEG) == 0 {
        return Err(Refusal::NoIntegrity);
    }
    Ok(Proposal::new(protocol, list))
}

/// Writes a proposal so that [`parse`] reads it back, or `None` if a transform has no keyword.
///
/// What the daemon would add by itself is left out: the derived PRF, 32-bit sequence numbers.
pub fn write(proposal: &Proposal) -> Option<String> {
    let derived: Vec<_> = proposal
        .of(TransformType::INTEG)
        .iter()
        .filter_map(|t| prf_of(*t))
        .collect();
    let prf_is_derived = proposal.of(TransformType::PRF) == derived;
    let plain_sn = proposal.of(TransformType::SN) == [Transform::sn(Sn::Sequential32)];
    let words: Option<Vec<_>> = proposal
        .transforms()
        .iter()
        .filter(|t| !(t.kind == TransformType::PRF && prf_is_derived))
        .filter(|t| {
            !(t.kind == TransformType::SN && plain_sn && proposal.protocol() != Protocol::Ike)
        })
        .map(|t| spell(*t))
        .collect();
    Some(words?.join("-"))
}

#[cfg(test)]
mod tests {
    use super::{KEYWORDS, Refusal, keyword, parse, spell, write};
    use crate::dialect::charon;
    use crate::ike::Protocol::{self, Ah, Esp, Ike};

    #[test]
    fn keywords_are_unique_and_lead_back() {
        for (word, transform) in KEYWORDS {
            assert_eq!(
                KEYWORDS.iter().filter(|(w, _)| w == word).count(),
                1,
                "{word}"
            );
            let canonical = spell(*transform).unwrap();
            assert_eq!(keyword(&canonical), Some(*transform), "{word}");
        }
    }

    #[test]
    fn additional_key_exchanges_take_a_prefix() {
        let transform = keyword("ke1_mlkem768").unwrap();
        assert_eq!((transform.kind.0, transform.id), (6, 36));
        assert_eq!(spell(transform).as_deref(), Some("ke1_mlkem768"));
        assert_eq!(keyword("KE1_mlkem768"), Some(transform));
        assert_eq!(keyword("Ke1_mlkem768"), Some(transform));
        assert_eq!(keyword("ke1_MLKEM768"), None);
        assert_eq!(keyword("ke01_mlkem768"), None);
        assert_eq!(keyword("ke1_ke2_mlkem768"), None);
        assert_eq!(keyword("ke8_mlkem768"), None);
        assert_eq!(keyword("ke1_sha256"), None);
    }

    fn printed(protocol: Protocol, text: &str) -> Result<String, Refusal> {
        parse(protocol, text).map(|p| charon::proposal(&p))
    }

    /// Vectors of strongSwan's own unit tests and of the running daemon.
    #[test]
    fn reads_what_the_daemon_reads() {
        for (protocol, text, expected) in [
            (
                Ike,
                "aes128-sha256-modp3072",
                "IKE:AES_CBC_128/HMAC_SHA2_256_128/PRF_HMAC_SHA2_256/MODP_3072",
            ),
            (
                Ike,
                "aes128-sha256-prfsha384-modp3072",
                "IKE:AES_CBC_128/HMAC_SHA2_256_128/PRF_HMAC_SHA2_384/MODP_3072",
            ),
            (
                Ike,
                "aes128gcm16-sha256-modp3072",
                "IKE:AES_GCM_16_128/PRF_HMAC_SHA2_256/MODP_3072",
            ),
            (
                Ike,
                "null-sha256-modp3072",
                "IKE:NULL/HMAC_SHA2_256_128/PRF_HMAC_SHA2_256/MODP_3072",
            ),
            (
                Ike,
                "aes256-sha256-modp2048-none",
                "IKE:AES_CBC_256/HMAC_SHA2_256_128/PRF_HMAC_SHA2_256/MODP_2048",
            ),
            (
                Ike,
                " aes256 - sha256--modp2048-",
                "IKE:AES_CBC_256/HMAC_SHA2_256_128/PRF_HMAC_SHA2_256/MODP_2048",
            ),
            (
                Esp,
                "aes128-sha256-prfsha256-modp3072",
                "ESP:AES_CBC_128/HMAC_SHA2_256_128/MODP_3072/NO_EXT_SEQ",
            ),
            (Esp, "aes128", "ESP:AES_CBC_128/NO_EXT_SEQ"),
            (Esp, "aes128gmac", "ESP:NULL_AES_GMAC_128/NO_EXT_SEQ"),
            (
                Esp,
                "aes256gcm16-sha256-modp2048",
                "ESP:AES_GCM_16_256/MODP_2048/NO_EXT_SEQ",
            ),
            (
                Esp,
                "aes128-sha256-noesn-esn",
                "ESP:AES_CBC_128/HMAC_SHA2_256_128/NO_EXT_SEQ/EXT_SEQ",
            ),
            (Ah, "aes128-sha256", "AH:HMAC_SHA2_256_128/NO_EXT_SEQ"),
        ] {
            assert_eq!(printed(protocol, text).as_deref(), Ok(expected), "{text}");
        }
    }

    #[test]
    fn refuses_what_the_daemon_refuses() {
        for (protocol, text, why) in [
            (Ike, "", Refusal::NoPrf),
            (Ike, "sha256-modp3072", Refusal::NoCipher),
            (Ike, "aes128", Refusal::NoPrf),
            (Ike, "aes128-sha256-none", Refusal::NoKeyExchange),
            (Ike, "aes128-prfsha256-modp2048", Refusal::NoIntegrity),
            (Ike, "aes128gcm16-modp3072", Refusal::NoPrf),
            (
                Ike,
                "aes256-sha256-modp2048!",
                Refusal::UnknownKeyword(14..23),
            ),
            (Ike, "AES256-sha256-modp2048", Refusal::UnknownKeyword(0..6)),
            (
                Esp,
                "aes128gcm16-aes128-sha256-modp3072",
                Refusal::MixedCipherModes,
            ),
            (Esp, "sha256", Refusal::NoCipher),
            (Ah, "aes256", Refusal::NoIntegrity),
        ] {
            assert_eq!(printed(protocol, text), Err(why), "{text}");
        }
    }

    #[test]
    fn what_is_written_reads_back() {
        for (protocol, text) in [
            (Ike, "aes256-sha256-prfsha1-ecp256"),
            (Ike, "aes256gcm16-prfsha384-ecp384-ke1_mlkem768-ke1_none"),
            (Esp, "aes256gcm16-modp2048-none"),
            (Esp, "aes256-sha256-esn-noesn"),
        ] {
            let proposal = parse(protocol, text).unwrap();
            assert_eq!(write(&proposal).as_deref(), Some(text));
        }
    }
}
