//! Strength in bits.
//!
//! NIST SP 800-57 part 1 (revision 6, initial public draft): a key exchange over a finite field
//! counts as the largest row of the table that it reaches, so 3072, 4096 and 6144 bits are equal.
//! Where the table would mislead or says nothing, the comment gives the reason.

use crate::ike::{Encr, Integ, Ke, Prf, Suite, Transform, TransformType};

/// Strength of a cipher's key; 0 for an unknown number, and for no encryption at all.
pub fn cipher(transform: Transform) -> u16 {
    match Encr::from_repr(transform.id) {
        Some(Encr::Des | Encr::DesIv32 | Encr::DesIv64) => 56,
        Some(Encr::TripleDes) => 112, // three keys of 56 bits, less the meet in the middle
        Some(
            Encr::ChaCha20Poly1305
            | Encr::ChaCha20Poly1305Iiv
            | Encr::KuznyechikMgmKtree
            | Encr::MagmaMgmKtree,
        ) => 256,
        Some(
            Encr::Null
            | Encr::NullAuthAesGmac
            | Encr::KuznyechikMgmMacKtree
            | Encr::MagmaMgmMacKtree,
        )
        | None => 0,
        Some(Encr::Rc5 | Encr::Idea | Encr::Cast | Encr::Blowfish | Encr::TripleIdea) => 128,
        Some(_) => transform.key_bits,
    }
}

/// Strength of a suite's cipher.
pub fn cipher_of(suite: &Suite) -> u16 {
    suite.encr().map_or(0, cipher)
}

/// Strength of a MAC or PRF. SP 800-57 gives HMAC-SHA-1 128 bits, so strength never tells SHA-1
/// from its successors; the levels of a policy do.
fn keyed_hash(transform: Transform) -> u16 {
    let known = if transform.kind == TransformType::PRF {
        match Prf::from_repr(transform.id) {
            Some(
                Prf::HmacSha2_256 | Prf::HmacSha2_384 | Prf::HmacSha2_512 | Prf::HmacStreebog512,
            ) => Some(256),
            Some(_) => Some(128),
            None => None,
        }
    } else {
        match Integ::from_repr(transform.id) {
            Some(Integ::HmacSha2_256_128 | Integ::HmacSha2_384_192 | Integ::HmacSha2_512_256) => {
                Some(256)
            }
            Some(_) => Some(128),
            None => None,
        }
    };
    known.unwrap_or(0)
}

/// Strength of one key exchange; 0 for an unknown number.
pub fn key_exchange(transform: Transform) -> u16 {
    match Ke::from_repr(transform.id) {
        None | Some(Ke::None) => 0,
        // Below the table: 1024 bits are its lowest row, "80 bits or less".
        Some(Ke::Modp768) => 70,
        Some(Ke::Modp1024 | Ke::Modp1024S160 | Ke::Modp1536 | Ke::Ecp192) => 80,
        Some(
            Ke::Modp2048 | Ke::Modp2048S224 | Ke::Modp2048S256 | Ke::Ecp224 | Ke::BrainpoolP224r1,
        ) => 112,
        // The order of Curve25519 is just short of 256 bits, and a literal look-up would put it
        // below P-256; it was designed for 128 bits (RFC 7748).
        Some(
            Ke::Modp3072
            | Ke::Modp4096
            | Ke::Modp6144
            | Ke::Ecp256
            | Ke::BrainpoolP256r1
            | Ke::Curve25519
            | Ke::Gost256
            | Ke::MlKem512,
        ) => 128,
        Some(Ke::Modp8192 | Ke::Ecp384 | Ke::BrainpoolP384r1 | Ke::MlKem768) => 192,
        Some(Ke::Curve448) => 224,
        Some(Ke::Ecp521 | Ke::BrainpoolP512r1 | Ke::Gost512 | Ke::MlKem1024) => 256,
    }
}

/// Strength of all key exchanges together: a hybrid is as strong as its strongest part.
pub fn key_exchanges(suite: &Suite) -> Option<u16> {
    let all = suite.transforms().filter(|t| t.kind.is_key_exchange());
    all.map(key_exchange).max()
}

/// Strength of the weakest member; the groups of ESP are left out, as everywhere in the ranking.
pub fn floor(suite: &Suite, with_ke: bool) -> u16 {
    let hashes = [suite.integ(), suite.prf()]
        .into_iter()
        .flatten()
        .map(keyed_hash);
    let ciphers = suite.encr().map(cipher);
    let groups = key_exchanges(suite).filter(|_| with_ke);
    hashes.chain(ciphers).chain(groups).min().unwrap_or(0)
}
