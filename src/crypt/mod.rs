//! The cryptography of IKEv2: key exchanges, PRFs, integrity, ciphers and the keys of an IKE SA.
//!
//! Ciphers and hashes are those of RustCrypto; the groups are arithmetic on big integers, since no
//! library has them all. That arithmetic takes time that depends on its operands. The keys live for
//! one exchange in which nothing is authenticated, so there is nothing to learn from them. Secrets,
//! keys and what was decrypted are wiped when they are dropped, and have no text of their own; the
//! numbers of that arithmetic are not, since their library cannot.
//!
//! Nothing here draws random numbers: [`Random`] is passed in.

mod cipher;
mod curve;
mod group;
mod hash;
mod keys;
mod modp;
mod montgomery;
mod sealed;
mod signature;
#[cfg(test)]
mod tests;

pub(crate) use cipher::Cipher;
pub(crate) use group::{BadPublicValue, KeyPair};
pub(crate) use hash::{Integrity, PseudoRandom};
pub(crate) use keys::{Algorithms, Keys, Nonces, NotComputable};
pub(crate) use sealed::{Reassembly, open, open_fragment, seal};
pub use signature::{NotVerified, Scheme, SignatureHash, SignatureKind};
pub(crate) use signature::{verify, verify_auth};

use sha1::{Digest as _, Sha1};

use crate::ike::{Ke, Transform, TransformType};

/// Where random octets come from.
pub trait Random {
    /// Fills `octets`.
    fn fill(&mut self, octets: &mut [u8]);

    /// So many octets.
    fn octets(&mut self, count: usize) -> Vec<u8> {
        let mut octets = vec![0; count];
        self.fill(&mut octets);
        octets
    }
}

/// SHA-1, which the NAT detection of IKEv2 is made of.
pub(crate) fn sha1(parts: &[&[u8]]) -> [u8; 20] {
    let mut hash = Sha1::new();
    for part in parts {
        hash.update(part);
    }
    hash.finalize().into()
}

/// Whether this program computes an algorithm.
pub fn computes(transform: Transform) -> bool {
    match transform.kind {
        TransformType::ENCR => Cipher::of(transform).is_some(),
        TransformType::PRF => PseudoRandom::of(transform).is_some(),
        TransformType::INTEG => Integrity::of(transform).is_some(),
        TransformType::KE => Ke::from_repr(transform.id).is_some_and(KeyPair::is_computable),
        _ => false,
    }
}
