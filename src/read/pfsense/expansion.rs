//! How pfSense turns the settings of a phase 2 into strongSwan's proposals.
//!
//! `ipsec_setup_proposal_algo` and `ipsec_setup_proposal_entry` of pfSense's `ipsec.inc`, 2.5.0
//! and later. The order matters, because strongSwan as responder walks its own list.

use rustc_hash::FxHashSet;

use crate::ike::{Encr, Integ, Proposal, Protocol, Sn, Transform};
use crate::peer::server::Spanned;
use crate::peer::{Entry, Origin};

/// A cipher of a phase 2, as it is ticked.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Cipher {
    /// AES-CBC with the length `Auto`: every key length.
    AesAuto,
    /// AES-GCM of this key length with the length `Auto`, which is that of the tag.
    GcmAuto(u16),
    /// One algorithm with its key length and tag.
    One(Transform),
}

impl Cipher {
    /// Longest first, as pfSense expands `Auto`.
    fn expand(self) -> Vec<Transform> {
        match self {
            Self::AesAuto => [256, 192, 128]
                .map(|bits| Transform::encr(Encr::AesCbc, bits))
                .to_vec(),
            Self::GcmAuto(bits) => [Encr::AesGcm16, Encr::AesGcm12, Encr::AesGcm8]
                .map(|id| Transform::encr(id, bits))
                .to_vec(),
            Self::One(transform) => vec![transform],
        }
    }

    /// The algorithm and, for AES-GCM, its key length: what has a line of its own on the page.
    fn line(self) -> (Option<Encr>, u16) {
        match self {
            Self::AesAuto => (Some(Encr::AesCbc), 0),
            Self::GcmAuto(bits) => (Some(Encr::AesGcm16), bits),
            Self::One(transform) => match Encr::from_repr(transform.id) {
                Some(Encr::AesGcm8 | Encr::AesGcm12 | Encr::AesGcm16) => {
                    (Some(Encr::AesGcm16), transform.key_bits)
                }
                other => (other, 0),
            },
        }
    }

    fn is_gcm(self) -> bool {
        self.line().0 == Some(Encr::AesGcm16)
    }
}

/// A phase 2, as far as it concerns proposals.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Phase2 {
    /// Encryption algorithms in the order of the file.
    pub ciphers: Vec<Spanned<Cipher>>,
    /// Hash algorithms in the order of the file.
    pub hashes: Vec<Spanned<Transform>>,
    /// PFS key group, unless it is off.
    pub group: Option<Spanned<Transform>>,
}

/// Ciphers in the order of the page "Edit Phase 2", in which pfSense stores them.
const CIPHERS: [(Encr, u16); 8] = [
    (Encr::AesCbc, 0),
    (Encr::AesGcm16, 128),
    (Encr::AesGcm16, 192),
    (Encr::AesGcm16, 256),
    // Up to 2.6.0 only.
    (Encr::Blowfish, 0),
    (Encr::TripleDes, 0),
    (Encr::Cast, 0),
    // Since 2.7.0.
    (Encr::ChaCha20Poly1305, 0),
];

/// Hashes in the order of the page "Edit Phase 2".
const HASHES: [Integ; 6] = [
    // Up to 2.6.0 only.
    Integ::HmacMd5_96,
    Integ::HmacSha1_96,
    Integ::HmacSha2_256_128,
    Integ::HmacSha2_384_192,
    Integ::HmacSha2_512_256,
    Integ::AesXcbc96,
];

impl Phase2 {
    /// Brings ciphers and hashes into the order of the page, for formats in which their order has
    /// no meaning. What the page does not have goes to the end.
    #[must_use]
    pub(crate) fn in_page_order(mut self) -> Self {
        self.ciphers.sort_by_key(|cipher| {
            let (encr, bits) = cipher.value.line();
            let line = CIPHERS
                .iter()
                .position(|line| (Some(line.0), line.1) == (encr, bits));
            line.unwrap_or(CIPHERS.len())
        });
        self.hashes.sort_by_key(|hash| {
            let id = Integ::from_repr(hash.value.id);
            let line = HASHES.iter().position(|line| Some(*line) == id);
            line.unwrap_or(HASHES.len())
        });
        self
    }

    /// The ESP proposals that pfSense writes: AES-GCM first and in reverse order, then the rest;
    /// classic ciphers multiplied by all hashes; the group appended to each.
    pub(crate) fn proposals(&self) -> Vec<Entry> {
        let gcm = self.ciphers.iter().filter(|cipher| cipher.value.is_gcm());
        let rest = self.ciphers.iter().filter(|cipher| !cipher.value.is_gcm());
        let ordered = gcm.rev().chain(rest);
        ordered.flat_map(|cipher| self.of(cipher)).collect()
    }

    fn of(&self, cipher: &Spanned<Cipher>) -> Vec<Entry> {
        let entry = |encr: Transform, hash: Option<&Spanned<Transform>>| {
            let settings = hash.into_iter().chain(&self.group);
            let transforms = std::iter::once(encr)
                .chain(settings.clone().map(|setting| setting.value))
                .chain([Transform::sn(Sn::Sequential32)]);
            let spans = settings.clone().map(|setting| &setting.span);
            let spans = std::iter::once(&cipher.span).chain(spans);
            let proposal = Proposal::new(Protocol::Esp, transforms);
            let cipher = Spanned {
                value: encr,
                span: cipher.span.clone(),
            };
            Entry::new(proposal, Origin::Expanded(spans.cloned().collect()))
                .with_words(std::iter::once(cipher).chain(settings.cloned()))
        };
        let with_hashes = |encr: Transform| {
            if encr.is_aead() || self.hashes.is_empty() {
                return vec![entry(encr, None)];
            }
            let hashes = self.hashes.iter();
            hashes.map(|hash| entry(encr, Some(hash))).collect()
        };
        let lengths = cipher.value.expand().into_iter();
        lengths.flat_map(with_hashes).collect()
    }
}

/// Joins the proposals of several phase 2 entries, as pfSense does for mobile clients: each
/// proposal once, where it comes first.
pub(crate) fn merge(lists: impl IntoIterator<Item = Vec<Entry>>) -> Vec<Entry> {
    let mut seen = FxHashSet::default();
    let entries = lists.into_iter().flatten();
    entries
        .filter(|entry| seen.insert(entry.proposal.clone()))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::{Cipher, Phase2, Spanned, merge};
    use crate::diag::Span;
    use crate::dialect::swan;
    use crate::peer::Entry;

    fn placed<T>(value: T) -> Spanned<T> {
        Spanned {
            value,
            span: Span::new(0, 0..0),
        }
    }

    fn phase2(ciphers: &[Cipher], hashes: &str, group: &str) -> Phase2 {
        let words = |words: &str| {
            let words = words.split_whitespace();
            words
                .map(|word| placed(swan::keyword(word).unwrap()))
                .collect()
        };
        let groups: Vec<_> = words(group);
        Phase2 {
            ciphers: ciphers.iter().copied().map(placed).collect(),
            hashes: words(hashes),
            group: groups.into_iter().next(),
        }
    }

    fn one(word: &str) -> Cipher {
        Cipher::One(swan::keyword(word).unwrap())
    }

    fn written(entries: &[Entry]) -> String {
        let words = entries.iter().map(|it| swan::write(&it.proposal).unwrap());
        words.collect::<Vec<_>>().join(",")
    }

    /// Output of pfSense's own functions for these settings.
    #[test]
    fn proposals_are_those_that_pfsense_writes() {
        let ciphers = [
            Cipher::AesAuto,
            one("aes128gcm16"),
            Cipher::GcmAuto(256),
            one("chacha20poly1305"),
        ];
        let all = phase2(&ciphers, "sha256 sha512 aesxcbc", "ecp384");
        assert_eq!(
            written(&all.proposals()),
            "aes256gcm16-ecp384,aes256gcm12-ecp384,aes256gcm8-ecp384,aes128gcm16-ecp384,\
             aes256-sha256-ecp384,aes256-sha512-ecp384,aes256-aesxcbc-ecp384,\
             aes192-sha256-ecp384,aes192-sha512-ecp384,aes192-aesxcbc-ecp384,\
             aes128-sha256-ecp384,aes128-sha512-ecp384,aes128-aesxcbc-ecp384,\
             chacha20poly1305-ecp384"
        );
        let first = phase2(&[one("aes256")], "sha256", "").proposals();
        let second = phase2(&[one("aes128gcm16")], "", "modp2048").proposals();
        let merged = merge([first.clone(), second, first]);
        assert_eq!(written(&merged), "aes256-sha256,aes128gcm16-modp2048");
    }

    #[test]
    fn a_classic_cipher_without_hash_stays_alone() {
        let entries = phase2(&[one("aes256")], "", "").proposals();
        assert_eq!(written(&entries), "aes256");
    }

    #[test]
    fn the_page_stores_ciphers_and_hashes_in_its_own_order() {
        let ciphers = [
            "chacha20poly1305",
            "aes128gcm8",
            "null",
            "aes256gcm16",
            "aes128",
        ];
        let phase2 = phase2(&ciphers.map(one), "sha512 sha1", "").in_page_order();
        assert_eq!(
            written(&phase2.proposals()),
            "aes256gcm16,aes128gcm8,aes128-sha1,aes128-sha512,chacha20poly1305,null-sha1,null-sha512"
        );
    }
}
