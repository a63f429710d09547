//! X25519 and X448 (RFC 7748): the x coordinates of Montgomery curves.

use num_bigint::BigUint;
use zeroize::Zeroizing;

use crate::ike::Ke;

/// A curve, by what RFC 7748, section 5 calls its parameters.
pub(super) struct Montgomery {
    p: BigUint,
    a24: u32,
    base: u8,
    /// Length of secrets and of public values.
    pub(super) octets: usize,
}

impl Montgomery {
    pub(super) fn of(method: Ke) -> Option<Self> {
        let one = BigUint::from(1_u8);
        Some(match method {
            Ke::Curve25519 => Self {
                p: (&one << 255_u32) - 19_u8,
                a24: 121_665,
                base: 9,
                octets: 32,
            },
            Ke::Curve448 => Self {
                p: (&one << 448_u32) - (&one << 224_u32) - one,
                a24: 39_081,
                base: 5,
                octets: 56,
            },
            _ => return None,
        })
    }

    pub(super) fn public(&self, secret: &[u8]) -> Zeroizing<Vec<u8>> {
        let mut base = vec![0; self.octets];
        if let Some(first) = base.first_mut() {
            *first = self.base;
        }
        self.times(secret, &base)
    }

    /// The shared secret; `None` if it is zero, as RFC 8031, section 2 demands.
    pub(super) fn shared(&self, secret: &[u8], peer: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
        let shared = self.times(secret, peer);
        shared.iter().any(|octet| *octet != 0).then_some(shared)
    }

    /// The secret as a number, with the bits that RFC 7748 sets and clears.
    fn scalar(&self, secret: &[u8]) -> BigUint {
        let mut octets = Zeroizing::new(secret.to_vec());
        let (low, high, top) = if self.octets == 32 {
            (0xf8, 0x7f, 0x40)
        } else {
            (0xfc, 0xff, 0x80)
        };
        if let Some(first) = octets.first_mut() {
            *first &= low;
        }
        if let Some(last) = octets.last_mut() {
            *last = *last & high | top;
        }
        BigUint::from_bytes_le(&octets)
    }

    /// The ladder of RFC 7748, section 5.
    fn times(&self, secret: &[u8], point: &[u8]) -> Zeroizing<Vec<u8>> {
        let p = &self.p;
        let mut point = point.to_vec();
        if let (32, Some(last)) = (self.octets, point.last_mut()) {
            *last &= 0x7f; // the highest bit means nothing
        }
        let k = self.scalar(secret);
        let x1 = BigUint::from_bytes_le(&point) % p;
        let one = BigUint::from(1_u8);
        let (mut x2, mut z2) = (one.clone(), BigUint::ZERO);
        let (mut x3, mut z3) = (x1.clone(), one);
        let mut swapped = false;
        for bit in (0..k.bits()).rev() {
            let swap = k.bit(bit);
            if swap != swapped {
                std::mem::swap(&mut x2, &mut x3);
                std::mem::swap(&mut z2, &mut z3);
            }
            swapped = swap;
            let a = (&x2 + &z2) % p;
            let aa = &a * &a % p;
            let b = self.minus(&x2, &z2);
            let bb = &b * &b % p;
            let e = self.minus(&aa, &bb);
            let da = self.minus(&x3, &z3) * a % p;
            let cb = (&x3 + &z3) * b % p;
            let sum = (&da + &cb) % p;
            x3 = &sum * &sum % p;
            let difference = self.minus(&da, &cb);
            z3 = &difference * &difference % p * &x1 % p;
            x2 = &aa * bb % p;
            z2 = &e * (aa + &e * self.a24) % p;
        }
        if swapped {
            std::mem::swap(&mut x2, &mut x3);
            std::mem::swap(&mut z2, &mut z3);
        }
        // By Fermat; zero stays zero.
        let result = x2 * z2.modpow(&(p - 2_u8), p) % p;
        let digits = Zeroizing::new(result.to_bytes_le());
        // Of the right size from the beginning: what grows leaves its octets where it was.
        let mut octets = Zeroizing::new(vec![0; self.octets]);
        for (octet, digit) in octets.iter_mut().zip(digits.iter()) {
            *octet = *digit;
        }
        octets
    }

    fn minus(&self, from: &BigUint, what: &BigUint) -> BigUint {
        (from + &self.p - what) % &self.p
    }
}
