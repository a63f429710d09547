//! What pluto puts in place of a part that nobody wrote.

use super::super::names::{CIPHERS, Cipher, DEFAULT_KEY};
use super::super::{Reason, Refusal, Release};
use super::refusal;
use crate::ike::{Encr, Integ, Ke, Prf, Protocol, Transform, TransformType};

/// Groups where a proposal of IKE names none, by release: those of the default list
/// (`profiles/servers/libreswan.yaml`).
const GROUPS_4: [Ke; 8] = [
    Ke::Modp2048,
    Ke::Modp3072,
    Ke::Modp4096,
    Ke::Modp8192,
    Ke::Ecp256,
    Ke::Ecp384,
    Ke::Ecp521,
    Ke::Curve25519,
];

pub(super) const GROUPS_5: [Ke; 8] = [
    Ke::Ecp256,
    Ke::Ecp384,
    Ke::Ecp521,
    Ke::Curve25519,
    Ke::Modp4096,
    Ke::Modp3072,
    Ke::Modp2048,
    Ke::Modp8192,
];

/// PRFs where a proposal of IKE names none.
pub(super) const PRFS: [Prf; 2] = [Prf::HmacSha2_512, Prf::HmacSha2_256];

/// Integrity algorithms where a proposal of ESP names none.
pub(super) const INTEGS: [Integ; 2] = [Integ::HmacSha2_512_256, Integ::HmacSha2_256_128];

/// Adds a transform that is not there yet, as libreswan discards duplicates.
pub(super) fn push(found: &mut Vec<Transform>, transform: Transform) {
    if !found.contains(&transform) {
        found.push(transform);
    }
}

/// The cipher with its key length; without one, the longest and 128 bits, in IKE the longest first
/// (`append_encrypt_transform` in `ikev2_proposals.c`).
pub(super) fn keyed(cipher: &Cipher, bits: u16, protocol: Protocol) -> Vec<Transform> {
    let lengths = match (cipher.keys.first(), protocol) {
        (None, _) => vec![0],
        (Some(_), _) if bits != 0 => vec![bits],
        (Some(longest), Protocol::Ike) => vec![*longest, DEFAULT_KEY],
        (Some(longest), _) => vec![DEFAULT_KEY, *longest],
    };
    let keyed = |bits| Transform::encr(cipher.encr, bits);
    lengths.into_iter().map(keyed).collect()
}

/// Adds what is not written, and refuses what does not go together.
pub(super) fn complete(
    protocol: Protocol,
    text: &str,
    release: Release,
    found: &mut Vec<Transform>,
    ciphers: usize,
) -> Result<(), Refusal> {
    let has = |found: &[Transform], kind| found.iter().any(|t| t.kind == kind);
    if protocol == Protocol::Ike && !has(found, TransformType::PRF) {
        found.extend(PRFS.map(Transform::prf));
    }
    let aead = found
        .iter()
        .take(ciphers)
        .filter(|t| t.is_aead() || is_gmac(**t))
        .count();
    let formal = |found: &[Transform]| {
        let first = found.first().map(|t| t.id);
        let cipher = CIPHERS
            .iter()
            .find(|cipher| Some(cipher.encr as u16) == first);
        cipher.map_or("", |cipher| cipher.formal)
    };
    let refuse = |reason, said| Err(refusal(0..text.len(), reason, said));
    if aead > 0 && aead < ciphers {
        let said = format!("AEAD and non-AEAD {protocol} encryption algorithm cannot be combined");
        return refuse(Reason::MixedCipherModes, said);
    }
    let integs: Vec<_> = found
        .iter()
        .filter(|t| t.kind == TransformType::INTEG)
        .collect();
    if integs.is_empty() && aead == 0 {
        let derived: Vec<_> = match protocol {
            Protocol::Ike => found.iter().filter_map(|t| integrity_of(*t)).collect(),
            Protocol::Ah | Protocol::Esp => INTEGS.map(Transform::integ).to_vec(),
        };
        found.extend(derived);
    } else if protocol == Protocol::Ah && integs.iter().any(|t| t.is_none()) {
        let said = "AH cannot have 'none' as the integrity algorithm".to_owned();
        return refuse(Reason::NoIntegrity, said);
    } else if aead > 0 && integs.iter().any(|t| !t.is_none()) {
        let said = format!(
            "AEAD {protocol} encryption algorithm {} must have 'NONE' as the integrity algorithm",
            formal(found)
        );
        return refuse(Reason::IntegrityBesideAead, said);
    } else if aead == 0 && integs.iter().all(|t| t.is_none()) {
        let said = format!(
            "non-AEAD {protocol} encryption algorithm {} cannot have 'NONE' as the integrity algorithm",
            formal(found)
        );
        return refuse(Reason::NoIntegrity, said);
    }
    if aead > 0 {
        found.retain(|t| t.kind != TransformType::INTEG);
    }
    let none = |t: &Transform| t.kind == TransformType::KE && t.is_none();
    if protocol == Protocol::Ike && found.iter().any(none) {
        let said = "IKE DH algorithm 'none' not permitted".to_owned();
        return refuse(Reason::NoKeyExchange, said);
    }
    if protocol == Protocol::Ike && !has(found, TransformType::KE) {
        let groups = match release {
            Release::Four => GROUPS_4,
            Release::Five => GROUPS_5,
        };
        found.extend(groups.map(Transform::ke));
    }
    Ok(())
}

/// libreswan counts AES-GMAC, which only authenticates, among the AEAD ciphers.
fn is_gmac(transform: Transform) -> bool {
    transform.kind == TransformType::ENCR && transform.id == Encr::NullAuthAesGmac as u16
}

/// The integrity algorithm that libreswan makes of a PRF.
pub(crate) fn integrity_of(prf: Transform) -> Option<Transform> {
    if prf.kind != TransformType::PRF {
        return None;
    }
    let integ = match Prf::from_repr(prf.id)? {
        Prf::HmacMd5 => Integ::HmacMd5_96,
        Prf::HmacSha1 => Integ::HmacSha1_96,
        Prf::HmacSha2_256 => Integ::HmacSha2_256_128,
        Prf::HmacSha2_384 => Integ::HmacSha2_384_192,
        Prf::HmacSha2_512 => Integ::HmacSha2_512_256,
        Prf::Aes128Xcbc => Integ::AesXcbc96,
        _ => return None,
    };
    Some(Transform::integ(integ))
}
