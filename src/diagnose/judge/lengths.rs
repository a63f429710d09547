//! What fits into an encrypted answer.
//!
//! The suite of IKE_SA_INIT gives the lengths of initialisation vector and check value; what is left is
//! the longest that the payloads inside can be. An answer without room for the payloads of a child SA
//! made none. The other direction proves less: there may be a certificate in it.

use crate::diagnose::watched::{Asked, Half};
use crate::ike::{Encr, Integ, Prf, Proposal, TransformType};

/// What an answer to IKE_AUTH has room for.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Room {
    /// Not even for an AUTH payload: an error, or a round of EAP.
    Error,
    /// For the authentication of the responder, not for a child SA.
    NoChild,
    /// For a child SA, not for a certificate.
    Child,
    /// For anything, or the length is not known.
    Anything,
}

/// Generic header, type and reserved octets before the identity (RFC 7296, section 3.5).
const IDR: u32 = 8;
/// Generic header, method and reserved octets before the data (RFC 7296, section 3.8).
const AUTH: u32 = 8;
/// The smallest SA payload of ESP: one proposal with SPI, a cipher that authenticates and a size of
/// sequence numbers (RFC 7296, section 3.3).
const SA: u32 = 4 + 8 + 4 + 8 + 8;
/// Two payloads with one IPv4 selector each (RFC 7296, section 3.13).
const TS: u32 = 2 * (8 + 16);
/// A signature of ECDSA with P-256 and the smallest certificate that anybody issues.
const CERTIFICATE: u32 = 64 + 250;

impl Room {
    /// The room in the answer of one round; the first round identifies the responder too.
    pub(super) fn of(asked: &Asked, suite: Option<&Proposal>, first_round: bool) -> Self {
        let Some(most) = suite.and_then(|suite| payloads(&asked.answer, suite)) else {
            return Self::Anything;
        };
        let identity = if first_round { IDR } else { 0 };
        let authentication = identity + AUTH + suite.map_or(16, prf_octets);
        if most < authentication {
            Self::Error
        } else if most < authentication + SA + TS {
            Self::NoChild
        } else if most < authentication + SA + TS + CERTIFICATE {
            Self::Child
        } else {
            Self::Anything
        }
    }
}

/// The most octets that the payloads inside can have.
pub(super) fn payloads(half: &Half, suite: &Proposal) -> Option<u32> {
    if !half.is_whole() || half.encrypted == 0 {
        return None;
    }
    // One octet says how much padding there is (RFC 7296, section 3.14).
    let overhead = vector_octets(suite)? + check_octets(suite)? + 1;
    let fragments = u32::from(half.total).max(1);
    Some(half.encrypted.saturating_sub(overhead * fragments))
}

/// Length of the initialisation vector: a block of the cipher, or 8 octets where it counts.
fn vector_octets(suite: &Proposal) -> Option<u32> {
    let cipher = suite.of(TransformType::ENCR).first()?;
    Some(match Encr::from_repr(cipher.id)? {
        Encr::AesCbc | Encr::CamelliaCbc => 16,
        Encr::Null => 0,
        Encr::TripleDes
        | Encr::Des
        | Encr::DesIv32
        | Encr::DesIv64
        | Encr::Cast
        | Encr::Blowfish
        | Encr::Idea
        | Encr::AesCtr
        | Encr::CamelliaCtr => 8,
        cipher if cipher.is_aead() => 8,
        _ => return None,
    })
}

/// Length of the integrity check value.
fn check_octets(suite: &Proposal) -> Option<u32> {
    let cipher = suite.of(TransformType::ENCR).first()?;
    if cipher.is_aead() {
        return Encr::from_repr(cipher.id)?.icv_octets().map(u32::from);
    }
    let integrity = suite.of(TransformType::INTEG).first()?;
    let bits = Integ::from_repr(integrity.id)?.tag_bits()?;
    Some(u32::from(bits) / 8)
}

/// Length of what the PRF gives, which is the AUTH data of a pre-shared key and of EAP.
fn prf_octets(suite: &Proposal) -> u32 {
    let prf = suite.of(TransformType::PRF).first();
    match prf.and_then(|prf| Prf::from_repr(prf.id)) {
        Some(Prf::HmacSha1) => 20,
        Some(Prf::HmacTiger) => 24,
        Some(Prf::HmacSha2_256) => 32,
        Some(Prf::HmacSha2_384) => 48,
        Some(Prf::HmacSha2_512) => 64,
        _ => 16, // the shortest there is
    }
}
