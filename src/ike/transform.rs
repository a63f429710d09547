//! One algorithm as it is offered: transform type, number and key length.
//!
//! The values are raw numbers, so that a transform this program has never heard of survives a
//! round trip; the enums beside this module ([`Encr`], [`Prf`], …) only *name* the known ones.

use super::{Encr, Integ, Ke, Prf, Sn};

/// First number of the private-use range of transform types 1 to 5 (RFC 7296, section 3.3.2).
///
/// strongSwan skips such transforms unless the peer is known to be strongSwan too.
pub(crate) const PRIVATE_USE: u16 = 1024;

/// A transform type (IANA "Transform Type Values"), as the octet on the wire.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct TransformType(pub u8);

impl TransformType {
    /// Encryption algorithm.
    pub const ENCR: Self = Self(1);
    /// Pseudo-random function, in IKE proposals only.
    pub const PRF: Self = Self(2);
    /// Integrity algorithm.
    pub const INTEG: Self = Self(3);
    /// Key exchange method; "Diffie-Hellman Group" until RFC 9370.
    pub const KE: Self = Self(4);
    /// Sequence numbers; "Extended Sequence Numbers" in RFC 7296.
    pub const SN: Self = Self(5);
    /// First additional key exchange (RFC 9370); the seven follow each other.
    pub const ADDKE1: Self = Self(6);
    /// Last additional key exchange (RFC 9370).
    pub const ADDKE7: Self = Self(12);

    /// Every type a suite can have, in the order in which charon compares and prints them.
    ///
    /// Integrity stands before the PRF because a chosen AEAD cipher switches it off.
    pub const COMPARED: [Self; 12] = [
        Self::ENCR,
        Self::INTEG,
        Self::PRF,
        Self::KE,
        Self::SN,
        Self(6),
        Self(7),
        Self(8),
        Self(9),
        Self(10),
        Self(11),
        Self(12),
    ];

    /// Place in [`Self::COMPARED`], or `None` for a type no suite has.
    pub(crate) const fn slot(self) -> Option<usize> {
        match self.0 {
            1 => Some(0),
            3 => Some(1),
            2 => Some(2),
            4 => Some(3),
            n @ 5..=12 => Some(n as usize - 1),
            _ => None,
        }
    }

    /// Whether the type names a key exchange, the first or an additional one.
    pub(crate) const fn is_key_exchange(self) -> bool {
        matches!(self.0, 4 | 6..=12)
    }

    /// The type of the additional key exchange of the given number, 1 to 7 (RFC 9370).
    pub(crate) const fn additional(round: u8) -> Option<Self> {
        match round {
            1..=7 => Some(Self(Self::ADDKE1.0 + round - 1)),
            _ => None,
        }
    }

    /// Which additional key exchange this is, from 1, if it is one.
    pub const fn additional_round(self) -> Option<u8> {
        match self.0 {
            n @ 6..=12 => Some(n - Self::ADDKE1.0 + 1),
            _ => None,
        }
    }

    /// The type's abbreviation in RFC 7296 and RFC 9370, or `None` if this program knows none.
    pub const fn name(self) -> Option<&'static str> {
        Some(match self.0 {
            1 => "ENCR",
            2 => "PRF",
            3 => "INTEG",
            4 => "KE",
            5 => "SN",
            6 => "ADDKE1",
            7 => "ADDKE2",
            8 => "ADDKE3",
            9 => "ADDKE4",
            10 => "ADDKE5",
            11 => "ADDKE6",
            12 => "ADDKE7",
            _ => return None,
        })
    }

    /// What the type is called in a sentence.
    pub(crate) const fn noun(self) -> &'static str {
        match self.0 {
            1 => "encryption algorithm",
            2 => "PRF",
            3 => "integrity algorithm",
            4 => "key exchange",
            5 => "sequence number size",
            6..=12 => "additional key exchange",
            _ => "transform of an unknown type",
        }
    }
}

/// One transform. Key length belongs to its identity: AES-CBC with 128 and with 256 bits are as
/// different as two algorithms (RFC 7296, section 3.3.5).
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct Transform {
    /// Transform type.
    pub kind: TransformType,
    /// Transform ID.
    pub id: u16,
    /// Key Length attribute in bits; 0 where the attribute is absent, which is no length at all:
    /// ChaCha20 with an explicit 256 is another transform than ChaCha20 without.
    pub key_bits: u16,
}

impl Transform {
    /// An encryption algorithm; `key_bits` is 0 for those that send no Key Length attribute.
    pub const fn encr(id: Encr, key_bits: u16) -> Self {
        Self {
            kind: TransformType::ENCR,
            id: id as u16,
            key_bits,
        }
    }

    /// A pseudo-random function.
    pub const fn prf(id: Prf) -> Self {
        Self::raw(TransformType::PRF, id as u16)
    }

    /// An integrity algorithm.
    pub const fn integ(id: Integ) -> Self {
        Self::raw(TransformType::INTEG, id as u16)
    }

    /// A key exchange method.
    pub const fn ke(id: Ke) -> Self {
        Self::raw(TransformType::KE, id as u16)
    }

    /// A size of sequence numbers.
    pub const fn sn(id: Sn) -> Self {
        Self::raw(TransformType::SN, id as u16)
    }

    /// A transform without Key Length attribute.
    pub const fn raw(kind: TransformType, id: u16) -> Self {
        Self {
            kind,
            id,
            key_bits: 0,
        }
    }

    /// Whether this is the number 0 of a type in which 0 means "none of these".
    ///
    /// In type 5 the number 0 is a real value, 32-bit sequence numbers.
    pub fn is_none(self) -> bool {
        self.id == 0 && self.kind != TransformType::SN
    }

    /// Whether the number belongs to the private-use range.
    pub(crate) const fn is_private(self) -> bool {
        self.id >= PRIVATE_USE
    }

    /// Whether this is a cipher that authenticates too, so that no integrity algorithm goes with it.
    pub fn is_aead(self) -> bool {
        self.kind == TransformType::ENCR && Encr::from_repr(self.id).is_some_and(Encr::is_aead)
    }
}

#[cfg(test)]
mod tests {
    use super::TransformType;

    #[test]
    fn slots_follow_the_order_of_comparison() {
        for (slot, kind) in TransformType::COMPARED.into_iter().enumerate() {
            assert_eq!(kind.slot(), Some(slot));
            assert!(kind.name().is_some());
        }
        assert_eq!(TransformType(13).slot(), None);
    }

    #[test]
    fn additional_key_exchanges_are_numbered_from_1_to_7() {
        for round in 1..=7 {
            let kind = TransformType::additional(round).unwrap();
            assert_eq!(kind.additional_round(), Some(round));
            assert!(kind.is_key_exchange());
        }
        assert_eq!(TransformType::additional(0), None);
        assert_eq!(TransformType::additional(8), None);
        assert_eq!(TransformType::KE.additional_round(), None);
    }
}
