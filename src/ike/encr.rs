//! Encryption algorithms: transform type 1 of the IANA registry "IKEv2 Parameters".
//!
//! Names, numbers and order are the registry's (compared with its state of 2025-03-19), so that a
//! diff against it reads top to bottom.

use strum::{Display, EnumIter, EnumString, FromRepr};

/// Encryption algorithm, without its key length.
#[derive(
    Clone,
    Copy,
    Debug,
    Display,
    EnumIter,
    EnumString,
    Eq,
    FromRepr,
    Hash,
    Ord,
    PartialEq,
    PartialOrd,
)]
#[non_exhaustive]
#[repr(u16)]
pub enum Encr {
    /// Unspecified.
    #[strum(serialize = "ENCR_DES_IV64")]
    DesIv64 = 1,
    /// RFC 2405.
    #[strum(serialize = "ENCR_DES")]
    Des = 2,
    /// RFC 2451. The key is always 192 bits, so no key length is sent.
    #[strum(serialize = "ENCR_3DES")]
    TripleDes = 3,
    /// RFC 2451.
    #[strum(serialize = "ENCR_RC5")]
    Rc5 = 4,
    /// RFC 2451.
    #[strum(serialize = "ENCR_IDEA")]
    Idea = 5,
    /// RFC 2451. strongSwan always sends 128 bits.
    #[strum(serialize = "ENCR_CAST")]
    Cast = 6,
    /// RFC 2451.
    #[strum(serialize = "ENCR_BLOWFISH")]
    Blowfish = 7,
    /// Unspecified.
    #[strum(serialize = "ENCR_3IDEA")]
    TripleIdea = 8,
    /// Unspecified.
    #[strum(serialize = "ENCR_DES_IV32")]
    DesIv32 = 9,
    /// RFC 2410. Not allowed in IKE.
    #[strum(serialize = "ENCR_NULL")]
    Null = 11,
    /// RFC 3602.
    #[strum(serialize = "ENCR_AES_CBC")]
    AesCbc = 12,
    /// RFC 3686 in ESP, RFC 5930 in IKE.
    #[strum(serialize = "ENCR_AES_CTR")]
    AesCtr = 13,
    /// RFC 4309 in ESP, RFC 5282 in IKE; the number is the ICV in octets, here and below.
    #[strum(serialize = "ENCR_AES_CCM_8")]
    AesCcm8 = 14,
    /// RFC 4309 in ESP, RFC 5282 in IKE.
    #[strum(serialize = "ENCR_AES_CCM_12")]
    AesCcm12 = 15,
    /// RFC 4309 in ESP, RFC 5282 in IKE.
    #[strum(serialize = "ENCR_AES_CCM_16")]
    AesCcm16 = 16,
    /// RFC 4106 in ESP, RFC 5282 in IKE.
    #[strum(serialize = "ENCR_AES_GCM_8")]
    AesGcm8 = 18,
    /// RFC 4106 in ESP, RFC 5282 in IKE.
    #[strum(serialize = "ENCR_AES_GCM_12")]
    AesGcm12 = 19,
    /// RFC 4106 in ESP, RFC 5282 in IKE.
    #[strum(serialize = "ENCR_AES_GCM_16")]
    AesGcm16 = 20,
    /// RFC 4543: authentication without encryption. Not allowed in IKE.
    #[strum(serialize = "ENCR_NULL_AUTH_AES_GMAC")]
    NullAuthAesGmac = 21,
    /// RFC 5529.
    #[strum(serialize = "ENCR_CAMELLIA_CBC")]
    CamelliaCbc = 23,
    /// RFC 5529. The registry has no reference for IKE.
    #[strum(serialize = "ENCR_CAMELLIA_CTR")]
    CamelliaCtr = 24,
    /// RFC 5529. The registry has no reference for IKE.
    #[strum(serialize = "ENCR_CAMELLIA_CCM_8")]
    CamelliaCcm8 = 25,
    /// RFC 5529. The registry has no reference for IKE.
    #[strum(serialize = "ENCR_CAMELLIA_CCM_12")]
    CamelliaCcm12 = 26,
    /// RFC 5529. The registry has no reference for IKE.
    #[strum(serialize = "ENCR_CAMELLIA_CCM_16")]
    CamelliaCcm16 = 27,
    /// RFC 7634. The key is always 256 bits, so no key length is sent.
    #[strum(serialize = "ENCR_CHACHA20_POLY1305")]
    ChaCha20Poly1305 = 28,
    /// RFC 8750. Not allowed in IKE.
    #[strum(serialize = "ENCR_AES_CCM_8_IIV")]
    AesCcm8Iiv = 29,
    /// RFC 8750. Not allowed in IKE.
    #[strum(serialize = "ENCR_AES_GCM_16_IIV")]
    AesGcm16Iiv = 30,
    /// RFC 8750. Not allowed in IKE.
    #[strum(serialize = "ENCR_CHACHA20_POLY1305_IIV")]
    ChaCha20Poly1305Iiv = 31,
    /// RFC 9227.
    #[strum(serialize = "ENCR_KUZNYECHIK_MGM_KTREE")]
    KuznyechikMgmKtree = 32,
    /// RFC 9227.
    #[strum(serialize = "ENCR_MAGMA_MGM_KTREE")]
    MagmaMgmKtree = 33,
    /// RFC 9227: authentication without encryption. Not allowed in IKE.
    #[strum(serialize = "ENCR_KUZNYECHIK_MGM_MAC_KTREE")]
    KuznyechikMgmMacKtree = 34,
    /// RFC 9227: authentication without encryption. Not allowed in IKE.
    #[strum(serialize = "ENCR_MAGMA_MGM_MAC_KTREE")]
    MagmaMgmMacKtree = 35,
}

/// Whether a cipher may stand in an IKE proposal, by the registry's column "IKEv2 Reference".
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum IkeUse {
    /// The registry gives a reference.
    Referenced,
    /// The registry gives none, and does not forbid it either.
    Unreferenced,
    /// "Not allowed".
    Forbidden,
}

impl Encr {
    /// Transform ID as it appears in an SA payload.
    pub const fn number(self) -> u16 {
        self as u16
    }

    /// Whether the algorithm also authenticates, so that no integrity transform goes with it.
    pub const fn is_aead(self) -> bool {
        match self {
            Self::DesIv64
            | Self::Des
            | Self::TripleDes
            | Self::Rc5
            | Self::Idea
            | Self::Cast
            | Self::Blowfish
            | Self::TripleIdea
            | Self::DesIv32
            | Self::Null
            | Self::AesCbc
            | Self::AesCtr
            | Self::CamelliaCbc
            | Self::CamelliaCtr => false,
            Self::AesCcm8
            | Self::AesCcm12
            | Self::AesCcm16
            | Self::AesGcm8
            | Self::AesGcm12
            | Self::AesGcm16
            | Self::NullAuthAesGmac
            | Self::CamelliaCcm8
            | Self::CamelliaCcm12
            | Self::CamelliaCcm16
            | Self::ChaCha20Poly1305
            | Self::AesCcm8Iiv
            | Self::AesGcm16Iiv
            | Self::ChaCha20Poly1305Iiv
            | Self::KuznyechikMgmKtree
            | Self::MagmaMgmKtree
            | Self::KuznyechikMgmMacKtree
            | Self::MagmaMgmMacKtree => true,
        }
    }

    /// Length of the integrity check value in octets, for algorithms whose name gives it or whose
    /// RFC fixes it (RFC 4543 and RFC 7634: 16). Those of RFC 9227 are not recorded here.
    pub const fn icv_octets(self) -> Option<u8> {
        match self {
            Self::AesCcm8 | Self::AesGcm8 | Self::CamelliaCcm8 | Self::AesCcm8Iiv => Some(8),
            Self::AesCcm12 | Self::AesGcm12 | Self::CamelliaCcm12 => Some(12),
            Self::AesCcm16
            | Self::AesGcm16
            | Self::NullAuthAesGmac
            | Self::CamelliaCcm16
            | Self::ChaCha20Poly1305
            | Self::AesGcm16Iiv
            | Self::ChaCha20Poly1305Iiv => Some(16),
            _ => None,
        }
    }

    /// Key lengths that are sent as an attribute; empty where the attribute must not be sent.
    ///
    /// RFC 7296, section 3.3.5; RFC 5282, section 7.3; RFC 4543, section 5.3. What strongSwan
    /// sends settles CAST and Blowfish, for which no text was found.
    pub const fn key_lengths(self) -> &'static [u16] {
        match self {
            Self::AesCbc
            | Self::AesCtr
            | Self::AesCcm8
            | Self::AesCcm12
            | Self::AesCcm16
            | Self::AesGcm8
            | Self::AesGcm12
            | Self::AesGcm16
            | Self::NullAuthAesGmac
            | Self::CamelliaCbc
            | Self::CamelliaCtr
            | Self::CamelliaCcm8
            | Self::CamelliaCcm12
            | Self::CamelliaCcm16
            | Self::AesCcm8Iiv
            | Self::AesGcm16Iiv
            | Self::Blowfish => &[128, 192, 256],
            Self::Cast => &[128],
            Self::DesIv64
            | Self::Des
            | Self::TripleDes
            | Self::Rc5
            | Self::Idea
            | Self::TripleIdea
            | Self::DesIv32
            | Self::Null
            | Self::ChaCha20Poly1305
            | Self::ChaCha20Poly1305Iiv
            | Self::KuznyechikMgmKtree
            | Self::MagmaMgmKtree
            | Self::KuznyechikMgmMacKtree
            | Self::MagmaMgmMacKtree => &[],
        }
    }

    /// Whether the registry lets the algorithm stand in an IKE proposal.
    pub const fn ike_use(self) -> IkeUse {
        match self {
            Self::Null
            | Self::NullAuthAesGmac
            | Self::AesCcm8Iiv
            | Self::AesGcm16Iiv
            | Self::ChaCha20Poly1305Iiv
            | Self::KuznyechikMgmMacKtree
            | Self::MagmaMgmMacKtree => IkeUse::Forbidden,
            Self::DesIv64
            | Self::DesIv32
            | Self::CamelliaCtr
            | Self::CamelliaCcm8
            | Self::CamelliaCcm12
            | Self::CamelliaCcm16 => IkeUse::Unreferenced,
            Self::Des
            | Self::TripleDes
            | Self::Rc5
            | Self::Idea
            | Self::Cast
            | Self::Blowfish
            | Self::TripleIdea
            | Self::AesCbc
            | Self::AesCtr
            | Self::AesCcm8
            | Self::AesCcm12
            | Self::AesCcm16
            | Self::AesGcm8
            | Self::AesGcm12
            | Self::AesGcm16
            | Self::CamelliaCbc
            | Self::ChaCha20Poly1305
            | Self::KuznyechikMgmKtree
            | Self::MagmaMgmKtree => IkeUse::Referenced,
        }
    }

    /// The RFC to which the registry attributes the status DEPRECATED, if it has that status.
    pub const fn deprecated_by(self) -> Option<u16> {
        match self {
            Self::Des => Some(8247),
            Self::DesIv64
            | Self::Rc5
            | Self::Idea
            | Self::Cast
            | Self::Blowfish
            | Self::TripleIdea
            | Self::DesIv32 => Some(9395),
            _ => None,
        }
    }
}
