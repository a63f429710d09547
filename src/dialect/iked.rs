//! OpenIKED's words: the transforms of `ikesa` and `childsa` in `iked.conf`.
//!
//! Tables of `parse.y` in openiked-portable 01c64db4. IKE and ESP have different ciphers; a
//! proposal is one block, and transforms that are left out of it are filled with defaults.

#[cfg(test)]
mod tests;

use crate::ike::{Encr, Integ, Ke, Prf, Proposal, Protocol, Sn, Transform, TransformType};

/// Where the words are written.
pub(crate) const SOURCE: &str =
    "https://github.com/openiked/openiked-portable/blob/01c64db4/iked/parse.y";

/// Ciphers: word, algorithm, key bits, whether IKE has it, whether ESP has it.
const CIPHERS: &[(&str, Encr, u16, bool, bool)] = &[
    ("3des", Encr::TripleDes, 0, true, true),
    ("3des-cbc", Encr::TripleDes, 0, true, true),
    ("aes-128", Encr::AesCbc, 128, true, true),
    ("aes-192", Encr::AesCbc, 192, true, true),
    ("aes-256", Encr::AesCbc, 256, true, true),
    ("aes-128-ctr", Encr::AesCtr, 128, false, true),
    ("aes-192-ctr", Encr::AesCtr, 192, false, true),
    ("aes-256-ctr", Encr::AesCtr, 256, false, true),
    ("aes-128-gcm", Encr::AesGcm16, 128, true, true),
    ("aes-192-gcm", Encr::AesGcm16, 192, false, true),
    ("aes-256-gcm", Encr::AesGcm16, 256, true, true),
    ("aes-128-gcm-12", Encr::AesGcm12, 128, true, false),
    ("aes-256-gcm-12", Encr::AesGcm12, 256, true, false),
    ("aes-128-gmac", Encr::NullAuthAesGmac, 128, false, true),
    ("aes-192-gmac", Encr::NullAuthAesGmac, 192, false, true),
    ("aes-256-gmac", Encr::NullAuthAesGmac, 256, false, true),
    ("blowfish", Encr::Blowfish, 160, false, true),
    ("cast", Encr::Cast, 128, false, true),
    ("chacha20-poly1305", Encr::ChaCha20Poly1305, 0, false, true),
    ("null", Encr::Null, 0, false, true),
];

/// Hashes: word, integrity algorithm, PRF.
const HASHES: &[(&str, Integ, Prf)] = &[
    ("hmac-md5", Integ::HmacMd5_96, Prf::HmacMd5),
    ("hmac-sha1", Integ::HmacSha1_96, Prf::HmacSha1),
    ("hmac-sha2-256", Integ::HmacSha2_256_128, Prf::HmacSha2_256),
    ("hmac-sha2-384", Integ::HmacSha2_384_192, Prf::HmacSha2_384),
    ("hmac-sha2-512", Integ::HmacSha2_512_256, Prf::HmacSha2_512),
];

/// The group that iked has for itself: sntrup761 with Curve25519, under a private-use number.
const SNTRUP761X25519: u16 = 1035;

/// Groups: name, the other name, number. `none` is no group of IKE.
const GROUPS: &[(&str, &str, u16)] = &[
    ("none", "none", Ke::None as u16),
    ("modp768", "grp1", Ke::Modp768 as u16),
    ("modp1024", "grp2", Ke::Modp1024 as u16),
    ("modp1536", "grp5", Ke::Modp1536 as u16),
    ("modp2048", "grp14", Ke::Modp2048 as u16),
    ("modp3072", "grp15", Ke::Modp3072 as u16),
    ("modp4096", "grp16", Ke::Modp4096 as u16),
    ("modp6144", "grp17", Ke::Modp6144 as u16),
    ("modp8192", "grp18", Ke::Modp8192 as u16),
    ("ecp256", "grp19", Ke::Ecp256 as u16),
    ("ecp384", "grp20", Ke::Ecp384 as u16),
    ("ecp521", "grp21", Ke::Ecp521 as u16),
    ("ecp192", "grp25", Ke::Ecp192 as u16),
    ("ecp224", "grp26", Ke::Ecp224 as u16),
    ("brainpool224", "grp27", Ke::BrainpoolP224r1 as u16),
    ("brainpool256", "grp28", Ke::BrainpoolP256r1 as u16),
    ("brainpool384", "grp29", Ke::BrainpoolP384r1 as u16),
    ("brainpool512", "grp30", Ke::BrainpoolP512r1 as u16),
    ("curve25519", "grp31", Ke::Curve25519 as u16),
    ("sntrup761x25519", "sntrup761x25519", SNTRUP761X25519),
];

/// The keyword and the word of a transform.
fn spell(protocol: Protocol, transform: Transform) -> Result<String, &'static str> {
    let hash = |own: fn(&(&str, Integ, Prf)) -> Transform| {
        let row = HASHES.iter().find(|row| own(row) == transform);
        row.map(|row| row.0)
    };
    let (keyword, word, limit) = match transform.kind {
        TransformType::ENCR => {
            let row = CIPHERS.iter().find(|row| {
                let listed = if protocol == Protocol::Ike {
                    row.3
                } else {
                    row.4
                };
                listed && transform == Transform::encr(row.1, row.2)
            });
            let limit = "its ciphers of IKE are 3DES, AES-CBC, and AES-GCM with 128 or 256 bits and a tag of 12 or 16 octets; those of ESP are 3DES, AES-CBC, AES-CTR, AES-GCM with a 16-octet tag, AES-GMAC, ChaCha20-Poly1305 and null";
            ("enc", row.map(|row| row.0), limit)
        }
        TransformType::INTEG => (
            "auth",
            hash(|row| Transform::integ(row.1)),
            "its integrity algorithms are HMAC with MD5, SHA-1 and SHA-2",
        ),
        TransformType::PRF => (
            "prf",
            hash(|row| Transform::prf(row.2)),
            "its PRFs are HMAC with MD5, SHA-1 and SHA-2",
        ),
        TransformType::KE => {
            let row = GROUPS.iter().find(|row| transform.id == row.2);
            let limit = "its groups are 1, 2, 5, 14 to 21, 25 to 31";
            ("group", row.map(|row| row.0), limit)
        }
        TransformType::SN => {
            let esn = transform == Transform::sn(Sn::Sequential64);
            return Ok(if esn { "esn" } else { "noesn" }.to_owned());
        }
        _ => return Err("its grammar has no additional key exchanges"),
    };
    word.map(|word| format!("{keyword} {word}")).ok_or(limit)
}

/// The word of an algorithm of IKE behind its keyword, such as `aes-256` behind `enc`; `None` if iked has
/// none.
pub fn label(transform: Transform) -> Option<String> {
    let block = spell(Protocol::Ike, transform).ok()?;
    block.split_once(' ').map(|(_, word)| word.to_owned())
}

/// Whether a cipher has no integrity algorithm beside it: AEAD, and AES-GMAC too.
fn is_implicit(cipher: Transform) -> bool {
    cipher.is_aead() || cipher.id == Encr::NullAuthAesGmac as u16
}

/// One block behind `ikesa` or `childsa`, or the limit that the proposal goes beyond.
pub(crate) fn proposal(proposal: &Proposal) -> Result<String, &'static str> {
    let protocol = proposal.protocol();
    let ciphers = proposal.of(TransformType::ENCR);
    let implicit = ciphers.iter().filter(|it| is_implicit(**it)).count();
    let without = proposal.of(TransformType::INTEG).is_empty();
    if implicit < ciphers.len() && without {
        return Err("a classic cipher without integrity gets the default ones");
    }
    if implicit > 0 && (implicit < ciphers.len() || !without) {
        return Err("it takes no integrity algorithm and no classic cipher beside an AEAD cipher");
    }
    let words: Result<Vec<_>, _> = proposal
        .transforms()
        .iter()
        .map(|t| spell(protocol, *t))
        .collect();
    let mut words = words?;
    if protocol != Protocol::Ike && proposal.of(TransformType::KE).is_empty() {
        words.push("group none".to_owned());
    }
    if protocol != Protocol::Ike && proposal.of(TransformType::SN).is_empty() {
        words.push("noesn".to_owned());
    }
    Ok(words.join(" "))
}

/// The words that may stand behind a keyword.
pub(crate) fn words(protocol: Protocol, keyword: &str) -> Vec<&'static str> {
    let ike = protocol == Protocol::Ike;
    match keyword {
        "enc" => {
            let listed = CIPHERS.iter().filter(|row| if ike { row.3 } else { row.4 });
            listed.map(|row| row.0).collect()
        }
        "auth" | "prf" => HASHES.iter().map(|row| row.0).collect(),
        "group" => GROUPS.iter().flat_map(|row| [row.0, row.1]).collect(),
        _ => Vec::new(),
    }
}

/// The transform that a word behind a keyword names, or that `esn` and `noesn` name by themselves.
///
/// A word may be cut short: the first of the table that begins with it is meant (`parse_xf`).
pub(crate) fn transform(protocol: Protocol, keyword: &str, word: &str) -> Option<Transform> {
    let sn = |sn| Some(Transform::sn(sn));
    match keyword {
        "esn" => return sn(Sn::Sequential64),
        "noesn" => return sn(Sn::Sequential32),
        _ => {}
    }
    let all = words(protocol, keyword).into_iter();
    let word = all.into_iter().find(|known| known.starts_with(word))?;
    let hash = HASHES.iter().find(|row| row.0 == word);
    match keyword {
        "enc" => {
            let row = CIPHERS.iter().find(|row| row.0 == word)?;
            Some(Transform::encr(row.1, row.2))
        }
        "auth" => Some(Transform::integ(hash?.1)),
        "prf" => Some(Transform::prf(hash?.2)),
        _ => {
            let row = GROUPS.iter().find(|row| [row.0, row.1].contains(&word))?;
            Some(Transform::raw(TransformType::KE, row.2))
        }
    }
}

/// Why iked takes no such block.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Refusal {
    /// `group none` in `ikesa`.
    NoneInIke,
    /// `esn` or `noesn` in `ikesa`.
    SequenceNumbersInIke,
    /// Ciphers with and without integrity of their own.
    Mixed,
    /// An integrity algorithm beside ciphers that have their own.
    IntegrityBesideAead,
}

impl Refusal {
    /// What iked says.
    pub(crate) const fn said(self) -> &'static str {
        match self {
            Self::NoneInIke => "IKE group can not be \"none\".",
            Self::SequenceNumbersInIke => "cannot use ESN with ikesa.",
            Self::Mixed => {
                "cannot mix encryption transforms with implicit and non-implicit authentication"
            }
            Self::IntegrityBesideAead => {
                "authentication is implicit for given encryption transforms"
            }
        }
    }
}

/// The proposal without `group none`, where that is its only group: that is no group at all.
pub(crate) fn plain(proposal: Proposal) -> Proposal {
    let groups = proposal.of(TransformType::KE);
    if groups.iter().all(|group| group.is_none()) {
        proposal.without_key_exchange()
    } else {
        proposal
    }
}

/// The proposals that one block stands for (`create_ike`): types that it leaves out are filled in
/// with iked's `defaults`, of which one has AEAD ciphers and one has not. A block without cipher and
/// without integrity becomes two proposals.
pub(crate) fn proposals(
    protocol: Protocol,
    listed: &[Transform],
    defaults: &[Proposal],
) -> Result<Vec<Proposal>, Refusal> {
    let of = |kind| listed.iter().filter(move |it| it.kind == kind);
    let ike = protocol == Protocol::Ike;
    let ciphers = of(TransformType::ENCR).count();
    let aead = of(TransformType::ENCR)
        .filter(|it| is_implicit(**it))
        .count();
    let integrity = of(TransformType::INTEG).count() > 0;
    if ike && of(TransformType::KE).any(|it| it.is_none()) {
        return Err(Refusal::NoneInIke);
    }
    if ike && of(TransformType::SN).count() > 0 {
        return Err(Refusal::SequenceNumbersInIke);
    }
    if aead > 0 && aead != ciphers {
        return Err(Refusal::Mixed);
    }
    if aead > 0 && integrity {
        return Err(Refusal::IntegrityBesideAead);
    }
    let classic = integrity || ciphers > aead;
    let mut proposals = Vec::new();
    for with_aead in [true, false] {
        let is_left_out = if with_aead { classic } else { aead > 0 };
        if is_left_out {
            continue;
        }
        let default = defaults.iter().find(|it| {
            let ciphers = it.of(TransformType::ENCR);
            ciphers.iter().any(|cipher| cipher.is_aead()) == with_aead
        });
        let kinds: &[TransformType] = match (ike, with_aead) {
            (true, true) => &[TransformType::ENCR, TransformType::KE, TransformType::PRF],
            (true, false) => &[
                TransformType::INTEG,
                TransformType::ENCR,
                TransformType::KE,
                TransformType::PRF,
            ],
            (false, true) => &[TransformType::ENCR, TransformType::KE, TransformType::SN],
            (false, false) => &[
                TransformType::INTEG,
                TransformType::ENCR,
                TransformType::KE,
                TransformType::SN,
            ],
        };
        let filled = kinds.iter().flat_map(|kind| {
            let own: Vec<_> = of(*kind).copied().collect();
            match default {
                Some(default) if own.is_empty() => default.of(*kind).to_vec(),
                _ => own,
            }
        });
        // In AH there is nothing to encrypt.
        let kept = filled.filter(|it| protocol != Protocol::Ah || it.kind != TransformType::ENCR);
        proposals.push(plain(Proposal::new(protocol, kept)));
    }
    Ok(proposals)
}

/// A string of the grammar. A quotation mark inside is escaped; a backslash has no escape, so it goes
/// where it would be one.
pub(crate) fn string(value: &str) -> String {
    let mut text = String::from("\"");
    let mut letters = value.chars().filter(|c| !c.is_control()).peekable();
    while let Some(c) = letters.next() {
        let escapes = c == '\\' && letters.peek().is_none_or(|next| "\" \t".contains(*next));
        match c {
            _ if escapes => {}
            '"' => text.push_str("\\\""),
            _ => text.push(c),
        }
    }
    text.push('"');
    text
}
