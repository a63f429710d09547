//! Key exchange methods: transform type 4 of the IANA registry "IKEv2 Parameters", and the numbers
//! that the additional key exchanges of RFC 9370 (types 6 to 12) use too.
//!
//! Names, numbers and order are the registry's (state of 2025-03-19). The registry called them
//! "Diffie-Hellman groups" before RFC 9370, and people still say "DH group 14".

use strum::{Display, EnumIter, EnumString, FromRepr};

/// Key exchange method.
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
pub enum Ke {
    /// RFC 7296: no key exchange, in ESP and AH.
    #[strum(serialize = "NONE")]
    None = 0,
    /// RFC 7296.
    #[strum(serialize = "768-bit MODP Group")]
    Modp768 = 1,
    /// RFC 7296.
    #[strum(serialize = "1024-bit MODP Group")]
    Modp1024 = 2,
    /// RFC 3526.
    #[strum(serialize = "1536-bit MODP Group")]
    Modp1536 = 5,
    /// RFC 3526.
    #[strum(serialize = "2048-bit MODP Group")]
    Modp2048 = 14,
    /// RFC 3526.
    #[strum(serialize = "3072-bit MODP Group")]
    Modp3072 = 15,
    /// RFC 3526.
    #[strum(serialize = "4096-bit MODP Group")]
    Modp4096 = 16,
    /// RFC 3526.
    #[strum(serialize = "6144-bit MODP Group")]
    Modp6144 = 17,
    /// RFC 3526.
    #[strum(serialize = "8192-bit MODP Group")]
    Modp8192 = 18,
    /// RFC 5903.
    #[strum(serialize = "256-bit random ECP group")]
    Ecp256 = 19,
    /// RFC 5903.
    #[strum(serialize = "384-bit random ECP group")]
    Ecp384 = 20,
    /// RFC 5903.
    #[strum(serialize = "521-bit random ECP group")]
    Ecp521 = 21,
    /// RFC 5114.
    #[strum(serialize = "1024-bit MODP Group with 160-bit Prime Order Subgroup")]
    Modp1024S160 = 22,
    /// RFC 5114.
    #[strum(serialize = "2048-bit MODP Group with 224-bit Prime Order Subgroup")]
    Modp2048S224 = 23,
    /// RFC 5114.
    #[strum(serialize = "2048-bit MODP Group with 256-bit Prime Order Subgroup")]
    Modp2048S256 = 24,
    /// RFC 5114.
    #[strum(serialize = "192-bit Random ECP Group")]
    Ecp192 = 25,
    /// RFC 5114.
    #[strum(serialize = "224-bit Random ECP Group")]
    Ecp224 = 26,
    /// RFC 6954.
    #[strum(serialize = "brainpoolP224r1")]
    BrainpoolP224r1 = 27,
    /// RFC 6954.
    #[strum(serialize = "brainpoolP256r1")]
    BrainpoolP256r1 = 28,
    /// RFC 6954.
    #[strum(serialize = "brainpoolP384r1")]
    BrainpoolP384r1 = 29,
    /// RFC 6954.
    #[strum(serialize = "brainpoolP512r1")]
    BrainpoolP512r1 = 30,
    /// RFC 8031.
    #[strum(serialize = "Curve25519")]
    Curve25519 = 31,
    /// RFC 8031.
    #[strum(serialize = "Curve448")]
    Curve448 = 32,
    /// RFC 9385.
    #[strum(serialize = "GOST3410_2012_256")]
    Gost256 = 33,
    /// RFC 9385.
    #[strum(serialize = "GOST3410_2012_512")]
    Gost512 = 34,
    /// draft-ietf-ipsecme-ikev2-mlkem.
    #[strum(serialize = "ml-kem-512")]
    MlKem512 = 35,
    /// draft-ietf-ipsecme-ikev2-mlkem.
    #[strum(serialize = "ml-kem-768")]
    MlKem768 = 36,
    /// draft-ietf-ipsecme-ikev2-mlkem.
    #[strum(serialize = "ml-kem-1024")]
    MlKem1024 = 37,
}

impl Ke {
    /// Transform ID as it appears in an SA payload.
    pub const fn number(self) -> u16 {
        self as u16
    }

    /// Whether the method resists a quantum computer by itself.
    pub(crate) const fn is_post_quantum(self) -> bool {
        matches!(self, Self::MlKem512 | Self::MlKem768 | Self::MlKem1024)
    }

    /// The RFC to which the registry attributes the status DEPRECATED, if it has that status.
    pub const fn deprecated_by(self) -> Option<u16> {
        match self {
            Self::Modp768 | Self::Modp1024S160 => Some(8247),
            _ => None,
        }
    }
}
