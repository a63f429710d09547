//! Integrity algorithms: transform type 3 of the IANA registry "IKEv2 Parameters".
//!
//! Names, numbers and order are the registry's (state of 2025-03-19). None of them carries a key
//! length; where one is in the name it is the length of the tag, or the size of the GMAC key.

use strum::{Display, EnumIter, EnumString, FromRepr};

/// Integrity algorithm.
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
pub enum Integ {
    /// RFC 7296: what may stand beside an AEAD cipher.
    #[strum(serialize = "NONE")]
    None = 0,
    /// RFC 2403.
    #[strum(serialize = "AUTH_HMAC_MD5_96")]
    HmacMd5_96 = 1,
    /// RFC 2404.
    #[strum(serialize = "AUTH_HMAC_SHA1_96")]
    HmacSha1_96 = 2,
    /// Unspecified.
    #[strum(serialize = "AUTH_DES_MAC")]
    DesMac = 3,
    /// Unspecified.
    #[strum(serialize = "AUTH_KPDK_MD5")]
    KpdkMd5 = 4,
    /// RFC 3566.
    #[strum(serialize = "AUTH_AES_XCBC_96")]
    AesXcbc96 = 5,
    /// RFC 4595, for Fibre Channel.
    #[strum(serialize = "AUTH_HMAC_MD5_128")]
    HmacMd5_128 = 6,
    /// RFC 4595, for Fibre Channel.
    #[strum(serialize = "AUTH_HMAC_SHA1_160")]
    HmacSha1_160 = 7,
    /// RFC 4494.
    #[strum(serialize = "AUTH_AES_CMAC_96")]
    AesCmac96 = 8,
    /// RFC 4543, for AH only.
    #[strum(serialize = "AUTH_AES_128_GMAC")]
    Aes128Gmac = 9,
    /// RFC 4543, for AH only.
    #[strum(serialize = "AUTH_AES_192_GMAC")]
    Aes192Gmac = 10,
    /// RFC 4543, for AH only.
    #[strum(serialize = "AUTH_AES_256_GMAC")]
    Aes256Gmac = 11,
    /// RFC 4868.
    #[strum(serialize = "AUTH_HMAC_SHA2_256_128")]
    HmacSha2_256_128 = 12,
    /// RFC 4868.
    #[strum(serialize = "AUTH_HMAC_SHA2_384_192")]
    HmacSha2_384_192 = 13,
    /// RFC 4868.
    #[strum(serialize = "AUTH_HMAC_SHA2_512_256")]
    HmacSha2_512_256 = 14,
}

impl Integ {
    /// Transform ID as it appears in an SA payload.
    pub const fn number(self) -> u16 {
        self as u16
    }

    /// Length of the tag in bits; 0 for [`Self::None`], `None` where no text gives one.
    pub const fn tag_bits(self) -> Option<u16> {
        match self {
            Self::None => Some(0),
            Self::HmacMd5_96 | Self::HmacSha1_96 | Self::AesXcbc96 | Self::AesCmac96 => Some(96),
            Self::HmacMd5_128
            | Self::Aes128Gmac
            | Self::Aes192Gmac
            | Self::Aes256Gmac
            | Self::HmacSha2_256_128 => Some(128),
            Self::HmacSha1_160 => Some(160),
            Self::HmacSha2_384_192 => Some(192),
            Self::HmacSha2_512_256 => Some(256),
            Self::DesMac | Self::KpdkMd5 => None,
        }
    }

    /// The RFC to which the registry attributes the status DEPRECATED, if it has that status.
    pub const fn deprecated_by(self) -> Option<u16> {
        match self {
            Self::HmacMd5_96 | Self::DesMac | Self::KpdkMd5 => Some(8247),
            Self::HmacMd5_128 | Self::HmacSha1_160 => Some(9395),
            _ => None,
        }
    }
}
