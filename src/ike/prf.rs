//! Pseudo-random functions: transform type 2 of the IANA registry "IKEv2 Parameters".
//!
//! Names, numbers and order are the registry's (state of 2025-03-19). PRFs stand in IKE proposals
//! only and never carry a key length.

use strum::{Display, EnumIter, EnumString, FromRepr};

/// Pseudo-random function.
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
pub enum Prf {
    /// RFC 2104.
    #[strum(serialize = "PRF_HMAC_MD5")]
    HmacMd5 = 1,
    /// RFC 2104.
    #[strum(serialize = "PRF_HMAC_SHA1")]
    HmacSha1 = 2,
    /// Unspecified.
    #[strum(serialize = "PRF_HMAC_TIGER")]
    HmacTiger = 3,
    /// RFC 4434.
    #[strum(serialize = "PRF_AES128_XCBC")]
    Aes128Xcbc = 4,
    /// RFC 4868.
    #[strum(serialize = "PRF_HMAC_SHA2_256")]
    HmacSha2_256 = 5,
    /// RFC 4868.
    #[strum(serialize = "PRF_HMAC_SHA2_384")]
    HmacSha2_384 = 6,
    /// RFC 4868.
    #[strum(serialize = "PRF_HMAC_SHA2_512")]
    HmacSha2_512 = 7,
    /// RFC 4615.
    #[strum(serialize = "PRF_AES128_CMAC")]
    Aes128Cmac = 8,
    /// RFC 9385.
    #[strum(serialize = "PRF_HMAC_STREEBOG_512")]
    HmacStreebog512 = 9,
}

impl Prf {
    /// Transform ID as it appears in an SA payload.
    pub const fn number(self) -> u16 {
        self as u16
    }

    /// The RFC to which the registry attributes the status DEPRECATED, if it has that status.
    pub const fn deprecated_by(self) -> Option<u16> {
        match self {
            Self::HmacMd5 => Some(8247),
            Self::HmacTiger => Some(9395),
            _ => None,
        }
    }
}
