//! Sequence number sizes: transform type 5 of the IANA registry "IKEv2 Parameters".
//!
//! RFC 7296 calls the type "Extended Sequence Numbers". The number 0 is a real value here.

use strum::{Display, EnumIter, EnumString, FromRepr};

/// Size of the sequence numbers of ESP and AH.
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
pub enum Sn {
    /// "No Extended Sequence Numbers" in RFC 7296; charon's NO_EXT_SEQ.
    #[strum(serialize = "32-bit Sequential Numbers")]
    Sequential32 = 0,
    /// "Extended Sequence Numbers" in RFC 7296; charon's EXT_SEQ.
    #[strum(serialize = "Partially Transmitted 64-bit Sequential Numbers")]
    Sequential64 = 1,
    /// For group key management.
    #[strum(serialize = "32-bit Unspecified Numbers")]
    Unspecified32 = 2,
}

impl Sn {
    /// Transform ID as it appears in an SA payload.
    pub const fn number(self) -> u16 {
        self as u16
    }
}
