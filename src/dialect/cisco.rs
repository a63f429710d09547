//! Cisco's words: those of `crypto ikev2 proposal` and `crypto ipsec transform-set` of IOS and IOS XE, and of
//! `crypto ikev2 policy` and `crypto ipsec ikev2 ipsec-proposal` of the ASA.
//!
//! The words of IOS are those of field notice FN72510 and of its data model, those of the ASA of its
//! configuration guide, and of documents of Cisco's support about configurations in use; groups have IANA's
//! numbers. In IOS `esp-aes` and `esp-gcm` without a size, on the ASA `aes` and `aes-gcm`, have keys of 128
//! bits. The icv of AES-GCM is the longest, 16 octets, which is the only one that configurations of other
//! products beside it have.

use crate::ike::{Encr, Integ, Ke, Prf, Protocol, Suite, Transform, TransformType};

/// A place of a configuration that has words of its own.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Menu {
    /// `crypto ikev2 proposal` of IOS.
    IosProposal,
    /// `crypto ipsec transform-set` of IOS, for ESP.
    TransformSet,
    /// The same for AH.
    TransformSetAh,
    /// `crypto ikev2 policy` of the ASA.
    AsaPolicy,
    /// `crypto ipsec ikev2 ipsec-proposal` of the ASA.
    AsaProposal,
}

type Cipher = (&'static str, Encr, u16);

/// Ciphers of `crypto ikev2 proposal`.
const IOS_CIPHERS: &[Cipher] = &[
    ("des", Encr::Des, 0),
    ("3des", Encr::TripleDes, 0),
    ("aes-cbc-128", Encr::AesCbc, 128),
    ("aes-cbc-192", Encr::AesCbc, 192),
    ("aes-cbc-256", Encr::AesCbc, 256),
    ("aes-gcm-128", Encr::AesGcm16, 128),
    ("aes-gcm-256", Encr::AesGcm16, 256),
];

/// Ciphers of a transform set, those with a size as two words.
const SET_CIPHERS: &[Cipher] = &[
    ("esp-null", Encr::Null, 0),
    ("esp-des", Encr::Des, 0),
    ("esp-3des", Encr::TripleDes, 0),
    ("esp-aes", Encr::AesCbc, 128),
    ("esp-aes 192", Encr::AesCbc, 192),
    ("esp-aes 256", Encr::AesCbc, 256),
    ("esp-gcm", Encr::AesGcm16, 128),
    ("esp-gcm 192", Encr::AesGcm16, 192),
    ("esp-gcm 256", Encr::AesGcm16, 256),
    ("esp-gmac", Encr::NullAuthAesGmac, 128),
    ("esp-gmac 192", Encr::NullAuthAesGmac, 192),
    ("esp-gmac 256", Encr::NullAuthAesGmac, 256),
];

/// Ciphers of the ASA; `null` and GMAC are for ESP.
const ASA_CIPHERS: &[Cipher] = &[
    ("des", Encr::Des, 0),
    ("3des", Encr::TripleDes, 0),
    ("aes", Encr::AesCbc, 128),
    ("aes-192", Encr::AesCbc, 192),
    ("aes-256", Encr::AesCbc, 256),
    ("aes-gcm", Encr::AesGcm16, 128),
    ("aes-gcm-192", Encr::AesGcm16, 192),
    ("aes-gcm-256", Encr::AesGcm16, 256),
    ("null", Encr::Null, 0),
    ("aes-gmac", Encr::NullAuthAesGmac, 128),
    ("aes-gmac-192", Encr::NullAuthAesGmac, 192),
    ("aes-gmac-256", Encr::NullAuthAesGmac, 256),
];

/// A hash: integrity algorithm, PRF, and the words of IOS, of a transform set behind `esp-` and `ah-`, and of
/// both places of the ASA.
struct Hash {
    integ: Integ,
    prf: Prf,
    ios: &'static str,
    esp: &'static str,
    ah: &'static str,
    asa: &'static str,
    asa_esp: &'static str,
}

const HASHES: &[Hash] = &[
    Hash {
        integ: Integ::HmacMd5_96,
        prf: Prf::HmacMd5,
        ios: "md5",
        esp: "esp-md5-hmac",
        ah: "ah-md5-hmac",
        asa: "md5",
        asa_esp: "md5",
    },
    Hash {
        integ: Integ::HmacSha1_96,
        prf: Prf::HmacSha1,
        ios: "sha1",
        esp: "esp-sha-hmac",
        ah: "ah-sha-hmac",
        asa: "sha",
        asa_esp: "sha-1",
    },
    Hash {
        integ: Integ::HmacSha2_256_128,
        prf: Prf::HmacSha2_256,
        ios: "sha256",
        esp: "esp-sha256-hmac",
        ah: "ah-sha256-hmac",
        asa: "sha256",
        asa_esp: "sha-256",
    },
    Hash {
        integ: Integ::HmacSha2_384_192,
        prf: Prf::HmacSha2_384,
        ios: "sha384",
        esp: "esp-sha384-hmac",
        ah: "ah-sha384-hmac",
        asa: "sha384",
        asa_esp: "sha-384",
    },
    Hash {
        integ: Integ::HmacSha2_512_256,
        prf: Prf::HmacSha2_512,
        ios: "sha512",
        esp: "esp-sha512-hmac",
        ah: "ah-sha512-hmac",
        asa: "sha512",
        asa_esp: "sha-512",
    },
];

/// The word of the ASA for no integrity algorithm beside AEAD.
pub(crate) const NULL: &str = "null";

/// Groups; the last is the ASA's alone.
const GROUPS: &[(&str, Ke)] = &[
    ("1", Ke::Modp768),
    ("2", Ke::Modp1024),
    ("5", Ke::Modp1536),
    ("14", Ke::Modp2048),
    ("15", Ke::Modp3072),
    ("16", Ke::Modp4096),
    ("19", Ke::Ecp256),
    ("20", Ke::Ecp384),
    ("21", Ke::Ecp521),
    ("24", Ke::Modp2048S256),
    ("31", Ke::Curve25519),
];

/// Key encapsulation methods of `pqc` of IOS XE.
const KEMS: &[(&str, Ke)] = &[
    ("mlkem512", Ke::MlKem512),
    ("mlkem768", Ke::MlKem768),
    ("mlkem1024", Ke::MlKem1024),
];

impl Menu {
    const fn ciphers(self) -> &'static [Cipher] {
        match self {
            Self::IosProposal => IOS_CIPHERS,
            Self::TransformSet => SET_CIPHERS,
            Self::TransformSetAh => &[],
            Self::AsaPolicy | Self::AsaProposal => ASA_CIPHERS,
        }
    }

    const fn hash(self, hash: &Hash) -> &'static str {
        match self {
            Self::IosProposal => hash.ios,
            Self::TransformSet => hash.esp,
            Self::TransformSetAh => hash.ah,
            Self::AsaPolicy => hash.asa,
            Self::AsaProposal => hash.asa_esp,
        }
    }

    const fn is_asa(self) -> bool {
        matches!(self, Self::AsaPolicy | Self::AsaProposal)
    }

    /// Whether a cipher of the table of the ASA is for ESP alone.
    const fn lacks(self, encr: Encr) -> bool {
        matches!(self, Self::AsaPolicy) && matches!(encr, Encr::Null | Encr::NullAuthAesGmac)
    }

    /// What stands there.
    pub(crate) const fn protocol(self) -> Protocol {
        match self {
            Self::IosProposal | Self::AsaPolicy => Protocol::Ike,
            Self::TransformSet | Self::AsaProposal => Protocol::Esp,
            Self::TransformSetAh => Protocol::Ah,
        }
    }

    /// The words for algorithms of a kind.
    pub(crate) fn words(self, kind: TransformType) -> Vec<&'static str> {
        match kind {
            TransformType::ENCR => {
                let listed = self.ciphers().iter().filter(|row| !self.lacks(row.1));
                listed.map(|row| row.0).collect()
            }
            TransformType::INTEG => HASHES.iter().map(|row| self.hash(row)).collect(),
            TransformType::PRF if self.protocol() == Protocol::Ike => {
                HASHES.iter().map(|row| self.hash(row)).collect()
            }
            TransformType::KE => {
                let listed = GROUPS
                    .iter()
                    .filter(|row| self.is_asa() || row.1 != Ke::Curve25519);
                listed.map(|row| row.0).collect()
            }
            TransformType::ADDKE1 if !self.is_asa() => KEMS.iter().map(|row| row.0).collect(),
            // RFC 9370 with classical groups, as the ASA has it.
            _ if self == Self::AsaPolicy && kind.additional_round().is_some() => {
                let groups = ["14", "15", "16", "19", "20", "21", "31"];
                groups.to_vec()
            }
            _ => Vec::new(),
        }
    }

    /// The transform that a word names.
    pub(crate) fn transform(self, kind: TransformType, word: &str) -> Option<Transform> {
        // A size that is what no size means.
        let word = match word.strip_suffix(" 128") {
            Some(cipher) if self == Self::TransformSet => cipher,
            _ => word,
        };
        if !self.words(kind).contains(&word) {
            return None;
        }
        let hash = || HASHES.iter().find(|row| self.hash(row) == word);
        match kind {
            TransformType::ENCR => {
                let row = self.ciphers().iter().find(|row| row.0 == word)?;
                Some(Transform::encr(row.1, row.2))
            }
            TransformType::INTEG => Some(Transform::integ(hash()?.integ)),
            TransformType::PRF => Some(Transform::prf(hash()?.prf)),
            _ => {
                let mut all = GROUPS.iter().chain(KEMS);
                let row = all.find(|row| row.0 == word)?;
                Some(Transform::raw(kind, row.1.number()))
            }
        }
    }

    /// The word for a transform, if there is one.
    pub(crate) fn spell(self, transform: Transform) -> Option<&'static str> {
        let mut all = self.words(transform.kind).into_iter();
        all.find(|word| self.transform(transform.kind, word) == Some(transform))
    }
}

/// Whether IOS XE since 17.11.1 refuses an algorithm that it has a word for (field notice FN72510).
pub(crate) fn is_refused_as_weak(transform: Transform) -> bool {
    const GROUPS: [Ke; 3] = [Ke::Modp768, Ke::Modp1024, Ke::Modp1536];
    let weak = [
        Transform::encr(Encr::Des, 0),
        Transform::encr(Encr::TripleDes, 0),
        Transform::integ(Integ::HmacMd5_96),
    ];
    weak.contains(&transform)
        || transform.kind == TransformType::KE
            && GROUPS.iter().any(|group| group.number() == transform.id)
}

/// The PRF of the same hash as an integrity algorithm, which IOS takes where none is written: output of
/// `show crypto ikev2 proposal` has the same hashes in both lists of such a proposal.
pub(crate) fn prf_of(integ: Transform) -> Option<Transform> {
    let row = HASHES
        .iter()
        .find(|row| Transform::integ(row.integ) == integ)?;
    Some(Transform::prf(row.prf))
}

/// Whether IOS XE has a word for each algorithm of the suite.
pub(crate) fn expresses(suite: &Suite) -> bool {
    let menu = match suite.protocol {
        Protocol::Ike => Menu::IosProposal,
        Protocol::Esp => Menu::TransformSet,
        Protocol::Ah => Menu::TransformSetAh,
    };
    // The groups of ESP are those of `set pfs`.
    let group = |it: Transform| it.is_none() || Menu::IosProposal.spell(it).is_some();
    suite
        .transforms()
        .filter(|it| it.kind != TransformType::SN)
        .all(|it| match it.kind.is_key_exchange() {
            true => group(it),
            false => menu.spell(it).is_some(),
        })
}

#[cfg(test)]
mod tests {
    use super::{Menu, expresses};
    use crate::dialect::swan;
    use crate::ike::{Protocol, Suite, TransformType};

    #[test]
    fn every_word_leads_to_a_transform_and_back() {
        for menu in [
            Menu::IosProposal,
            Menu::TransformSet,
            Menu::TransformSetAh,
            Menu::AsaPolicy,
            Menu::AsaProposal,
        ] {
            for kind in TransformType::COMPARED {
                for word in menu.words(kind) {
                    let named = menu.transform(kind, word);
                    let named = named.unwrap_or_else(|| panic!("{menu:?} {word}"));
                    assert_eq!(menu.spell(named), Some(word), "{menu:?}");
                    assert_eq!(named.kind, kind);
                }
            }
        }
        let aes = Menu::TransformSet.transform(TransformType::ENCR, "esp-aes 128");
        assert_eq!(
            aes,
            Menu::TransformSet.transform(TransformType::ENCR, "esp-aes")
        );
        for (menu, kind, word) in [
            (Menu::IosProposal, TransformType::KE, "31"),
            (Menu::IosProposal, TransformType::KE, "17"),
            (Menu::IosProposal, TransformType::ENCR, "aes-256"),
            (Menu::AsaPolicy, TransformType::ENCR, "null"),
            (Menu::AsaPolicy, TransformType::ADDKE1, "mlkem768"),
            (Menu::AsaProposal, TransformType::PRF, "sha-1"),
        ] {
            assert_eq!(menu.transform(kind, word), None, "{menu:?} {word}");
        }
    }

    #[test]
    fn what_has_no_word_cannot_be_set() {
        for (protocol, text, expected) in [
            (Protocol::Ike, "aes256-sha256-modp2048", true),
            (Protocol::Ike, "aes256-sha256-prfsha384-ecp384", true),
            (
                Protocol::Ike,
                "aes256gcm16-prfsha256-ecp256-ke1_mlkem768",
                true,
            ),
            (Protocol::Ike, "aes192gcm16-prfsha256-ecp256", false),
            (Protocol::Ike, "aes256-sha256-curve25519", false),
            (Protocol::Esp, "aes192gcm16-ecp256", true),
            (Protocol::Esp, "chacha20poly1305", false),
        ] {
            let proposal = swan::parse(protocol, text).unwrap();
            let suite = Suite::of(protocol, proposal.transforms().iter().copied());
            assert_eq!(expresses(&suite), expected, "{text}");
        }
    }
}
