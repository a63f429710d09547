//! The names that logs give to transforms, whatever program wrote them.
//!
//! Most programs print names of the IANA registry or pluto's; what they call otherwise stands here.

use crate::dialect::pluto::logged;
use crate::ike::{Encr, Integ, Ke, Prf, Protocol, Sn, Transform, TransformType};

/// Names that stand in no other table, in capitals and with underscores.
const NAMES: &[(&str, Transform)] = &[
    // FortiGate
    ("DES_CBC", Transform::encr(Encr::Des, 0)),
    ("HMAC_SHA_96", Transform::integ(Integ::HmacSha1_96)),
    ("HMAC_SHA", Transform::prf(Prf::HmacSha1)),
    ("SHA1", Transform::integ(Integ::HmacSha1_96)),
    ("SHA", Transform::integ(Integ::HmacSha1_96)),
    ("MD5", Transform::integ(Integ::HmacMd5_96)),
    // Cisco
    ("SHA96", Transform::integ(Integ::HmacSha1_96)),
    ("MD596", Transform::integ(Integ::HmacMd5_96)),
    ("SHA256", Transform::integ(Integ::HmacSha2_256_128)),
    ("SHA384", Transform::integ(Integ::HmacSha2_384_192)),
    ("SHA512", Transform::integ(Integ::HmacSha2_512_256)),
    ("MD5", Transform::prf(Prf::HmacMd5)),
    ("SHA1", Transform::prf(Prf::HmacSha1)),
    ("SHA256", Transform::prf(Prf::HmacSha2_256)),
    ("SHA384", Transform::prf(Prf::HmacSha2_384)),
    ("SHA512", Transform::prf(Prf::HmacSha2_512)),
    // Android
    ("HMAC2_256", Transform::prf(Prf::HmacSha2_256)),
    ("HMAC2_384", Transform::prf(Prf::HmacSha2_384)),
    ("HMAC2_512", Transform::prf(Prf::HmacSha2_512)),
    ("GROUP_CURVE_25519", Transform::ke(Ke::Curve25519)),
    ("1024_BIT_MODP", Transform::ke(Ke::Modp1024)),
    ("1536_BIT_MODP", Transform::ke(Ke::Modp1536)),
    ("2048_BIT_MODP", Transform::ke(Ke::Modp2048)),
    ("3072_BIT_MODP", Transform::ke(Ke::Modp3072)),
    ("4096_BIT_MODP", Transform::ke(Ke::Modp4096)),
    ("ESN_NO_EXTENDED", Transform::sn(Sn::Sequential32)),
    ("ESN_EXTENDED", Transform::sn(Sn::Sequential64)),
    // FortiGate and OpenIKED
    ("ECP256", Transform::ke(Ke::Ecp256)),
    ("ECP384", Transform::ke(Ke::Ecp384)),
    ("ECP521", Transform::ke(Ke::Ecp521)),
    ("ECP256BP", Transform::ke(Ke::BrainpoolP256r1)),
    ("ECP384BP", Transform::ke(Ke::BrainpoolP384r1)),
    ("ECP512BP", Transform::ke(Ke::BrainpoolP512r1)),
    ("ECP_256", Transform::ke(Ke::Ecp256)),
    ("ECP_384", Transform::ke(Ke::Ecp384)),
    ("ECP_521", Transform::ke(Ke::Ecp521)),
    ("CURVE448", Transform::ke(Ke::Curve448)),
    ("ESN", Transform::sn(Sn::Sequential64)),
    ("NO_ESN", Transform::sn(Sn::Sequential32)),
];

/// What programs write before the name of a transform.
const PREFIXES: [&str; 5] = ["ENCR_", "AUTH_", "PRF_", "INTEG_", "DH_"];

/// The transform of type `kind` that a log calls `name`, with its key length if that stands apart.
pub(super) fn transform(kind: TransformType, name: &str, bits: Option<u16>) -> Option<Transform> {
    let name = name.trim().to_ascii_uppercase().replace(['-', ' '], "_");
    let bare = PREFIXES
        .iter()
        .find_map(|prefix| name.strip_prefix(prefix))
        .unwrap_or(&name);
    let own = NAMES
        .iter()
        .find(|(known, it)| *known == bare && it.kind == kind)
        .map(|(_, it)| *it);
    let found = own
        .or_else(|| logged::transform(kind, bare))
        .or_else(|| registered(kind, &name))?;
    let key_bits = bits.filter(|bits| *bits > 0).unwrap_or(found.key_bits);
    Some(Transform { key_bits, ..found })
}

/// By the name in the registry.
fn registered(kind: TransformType, name: &str) -> Option<Transform> {
    match kind {
        TransformType::ENCR => Some(Transform::encr(name.parse().ok()?, 0)),
        TransformType::PRF => Some(Transform::prf(name.parse().ok()?)),
        TransformType::INTEG => Some(Transform::integ(name.parse().ok()?)),
        _ => None,
    }
}

/// The group with this number.
pub(super) fn group(number: &str) -> Option<Transform> {
    let number: u16 = number.trim().parse().ok()?;
    let known = Ke::from_repr(number).is_some();
    known.then(|| Transform::raw(TransformType::KE, number))
}

/// The protocol that a list is for.
pub(super) fn protocol(name: &str) -> Option<Protocol> {
    let name = name.trim().trim_end_matches([':', '.']);
    match name.to_ascii_uppercase().as_str() {
        "IKE" | "IKEV2" => Some(Protocol::Ike),
        "ESP" => Some(Protocol::Esp),
        "AH" => Some(Protocol::Ah),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::transform;
    use crate::dialect::charon;
    use crate::ike::TransformType;

    #[test]
    fn names_of_every_program_are_read() {
        for (kind, name, bits, expected) in [
            (
                TransformType::ENCR,
                "AES_CBC",
                Some(256),
                Some("AES_CBC_256"),
            ),
            (
                TransformType::ENCR,
                "ENCR_AES_GCM_16",
                Some(128),
                Some("AES_GCM_16_128"),
            ),
            (
                TransformType::ENCR,
                "AES-CBC-192",
                None,
                Some("AES_CBC_192"),
            ),
            (
                TransformType::ENCR,
                "ENCR_CHACHA20_POLY1305",
                Some(0),
                Some("CHACHA20_POLY1305"),
            ),
            (TransformType::ENCR, "ENCR_3DES", None, Some("3DES_CBC")),
            (
                TransformType::INTEG,
                "AUTH_HMAC_SHA2_256_128",
                None,
                Some("HMAC_SHA2_256_128"),
            ),
            (TransformType::INTEG, "SHA96", None, Some("HMAC_SHA1_96")),
            (
                TransformType::PRF,
                "PRF_HMAC2_512",
                None,
                Some("PRF_HMAC_SHA2_512"),
            ),
            (TransformType::PRF, "SHA1", None, Some("PRF_HMAC_SHA1")),
            (
                TransformType::KE,
                "DH_GROUP_CURVE_25519",
                None,
                Some("CURVE_25519"),
            ),
            (TransformType::KE, "MODP2048", None, Some("MODP_2048")),
            (
                TransformType::KE,
                "DH_1536_BIT_MODP",
                None,
                Some("MODP_1536"),
            ),
            (TransformType::PRF, "NOBODY_KNOWS", None, None),
        ] {
            let read = transform(kind, name, bits).map(charon::transform);
            assert_eq!(read.as_deref(), expected, "{name}");
        }
    }
}
