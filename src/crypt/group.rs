//! Key exchange: a secret of one's own, the public value of it, and what both sides share.

use std::fmt::{self, Debug, Display, Formatter};

use num_bigint::BigUint;
use zeroize::Zeroizing;

use super::Random;
use super::curve::Curve;
use super::modp::Modp;
use super::montgomery::Montgomery;
use crate::ike::Ke;

/// Why a public value is refused.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum BadPublicValue {
    /// It has another length than the group demands.
    Length {
        /// What it has.
        found: usize,
        /// What it should have.
        right: usize,
    },
    /// It is no element of the group, or one that gives the secret away.
    Value,
}

impl Display for BadPublicValue {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Length { found, right } => {
                write!(f, "the public value has {found} octets instead of {right}")
            }
            Self::Value => f.write_str("the public value is not one of the group"),
        }
    }
}

/// A secret and its public value. The secret is wiped when dropped, and never shown.
pub(crate) struct KeyPair {
    method: Ke,
    secret: Zeroizing<Vec<u8>>,
    public: Vec<u8>,
}

impl Debug for KeyPair {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "KeyPair of group {}", self.method.number())
    }
}

/// A group, by the kind of its arithmetic.
enum Arithmetic {
    Modp(Modp),
    Curve(Curve),
    Montgomery(Montgomery),
}

impl Arithmetic {
    fn of(method: Ke) -> Option<Self> {
        let modp = Modp::of(method).map(Self::Modp);
        let curve = || Curve::of(method).map(Self::Curve);
        let montgomery = || Montgomery::of(method).map(Self::Montgomery);
        modp.or_else(curve).or_else(montgomery)
    }

    fn public_octets(&self) -> usize {
        match self {
            Self::Modp(modp) => modp.octets,
            Self::Curve(curve) => 2 * curve.octets,
            Self::Montgomery(montgomery) => montgomery.octets,
        }
    }

    fn secret_octets(&self) -> usize {
        match self {
            Self::Modp(modp) => modp.secret_octets,
            // More than it takes, so that the remainder is even.
            Self::Curve(curve) => curve.octets + 8,
            Self::Montgomery(montgomery) => montgomery.octets,
        }
    }

    fn public(&self, secret: &[u8]) -> Option<Vec<u8>> {
        let number = BigUint::from_bytes_be(secret);
        match self {
            Self::Modp(modp) => Some(padded(&modp.public(&number), modp.octets)?.to_vec()),
            Self::Curve(curve) => {
                let (x, y) = curve.public(&curve.secret(&number))?;
                let (x, y) = (padded(&x, curve.octets)?, padded(&y, curve.octets)?);
                Some([x.as_slice(), y.as_slice()].concat())
            }
            Self::Montgomery(montgomery) => Some(montgomery.public(secret).to_vec()),
        }
    }

    fn shared(&self, secret: &[u8], peer: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
        let number = BigUint::from_bytes_be(secret);
        match self {
            Self::Modp(modp) => {
                let shared = modp.shared(&number, &BigUint::from_bytes_be(peer))?;
                padded(&shared, modp.octets)
            }
            Self::Curve(curve) => {
                let (x, y) = peer.split_at_checked(curve.octets)?;
                let point = (BigUint::from_bytes_be(x), BigUint::from_bytes_be(y));
                // The x coordinate alone: RFC 5903, section 7, and RFC 6954, section 2.
                let (x, _) = curve.shared(&curve.secret(&number), &point)?;
                padded(&x, curve.octets)
            }
            Self::Montgomery(montgomery) => montgomery.shared(secret, peer),
        }
    }
}

/// A number in exactly so many octets.
fn padded(number: &BigUint, octets: usize) -> Option<Zeroizing<Vec<u8>>> {
    let digits = Zeroizing::new(number.to_bytes_be());
    let zeros = octets.checked_sub(digits.len())?;
    // Of the right size from the beginning: what grows leaves its octets where it was.
    let mut padded = Zeroizing::new(vec![0; octets]);
    padded.get_mut(zeros..)?.copy_from_slice(&digits);
    Some(padded)
}

impl KeyPair {
    /// Whether this program can compute the method.
    pub(crate) fn is_computable(method: Ke) -> bool {
        // Making the tables is what takes time here, and it takes little.
        Arithmetic::of(method).is_some()
    }

    /// Length of a public value, of a method that can be computed.
    #[cfg(test)]
    pub(crate) fn public_octets(method: Ke) -> Option<usize> {
        Arithmetic::of(method).map(|it| it.public_octets())
    }

    /// A new pair; `None` if the method cannot be computed.
    pub(crate) fn new(method: Ke, random: &mut dyn Random) -> Option<Self> {
        let octets = Arithmetic::of(method)?.secret_octets();
        Self::of_secret(method, Zeroizing::new(random.octets(octets)))
    }

    /// The pair of a secret; `None` if the method cannot be computed.
    pub(crate) fn of_secret(method: Ke, secret: Zeroizing<Vec<u8>>) -> Option<Self> {
        let public = Arithmetic::of(method)?.public(&secret)?;
        Some(Self {
            method,
            secret,
            public,
        })
    }

    /// The method.
    pub(crate) const fn method(&self) -> Ke {
        self.method
    }

    /// The public value, as it stands in a KE payload.
    pub(crate) fn public(&self) -> &[u8] {
        &self.public
    }

    /// What both sides know: g^ir of RFC 7296, section 2.14.
    pub(crate) fn shared(&self, peer: &[u8]) -> Result<Zeroizing<Vec<u8>>, BadPublicValue> {
        let arithmetic = Arithmetic::of(self.method).ok_or(BadPublicValue::Value)?;
        let right = arithmetic.public_octets();
        if peer.len() != right {
            let found = peer.len();
            return Err(BadPublicValue::Length { found, right });
        }
        let shared = arithmetic.shared(&self.secret, peer);
        shared.ok_or(BadPublicValue::Value)
    }
}
