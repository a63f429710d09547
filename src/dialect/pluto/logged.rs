//! What pluto's log calls transforms and proposals.
//!
//! What a peer offers is logged as `1:IKE:ENCR=AES_CBC_256;PRF=HMAC_SHA2_256;DH=MODP2048`, what is
//! chosen as `1:IKE=AES_CBC_256-HMAC_SHA2_256-HMAC_SHA2_256_128-MODP2048`. Names are those of
//! `ikev2_trans_type_*_names` in `lib/libswan/constants.c`; version 5 says `KE` for `DH`, and
//! `AES_GCM_16` for `AES_GCM_C`.

use crate::ike::{Encr, Integ, Ke, Prf, Proposal, Protocol, Sn, Transform, TransformType};

type Row = (&'static str, Transform);

const fn encr(name: &'static str, id: Encr) -> Row {
    (name, Transform::encr(id, 0))
}

const fn prf(name: &'static str, id: Prf) -> Row {
    (name, Transform::prf(id))
}

const fn integ(name: &'static str, id: Integ) -> Row {
    (name, Transform::integ(id))
}

const fn ke(name: &'static str, id: Ke) -> Row {
    (name, Transform::ke(id))
}

/// Names with their transforms; the first for a transform is that of version 4.
const NAMES: &[Row] = &[
    encr("DES", Encr::Des),
    encr("3DES", Encr::TripleDes),
    encr("3DES_CBC", Encr::TripleDes),
    encr("CAST", Encr::Cast),
    encr("BLOWFISH", Encr::Blowfish),
    encr("NULL", Encr::Null),
    encr("AES_CBC", Encr::AesCbc),
    encr("AES_CTR", Encr::AesCtr),
    encr("AES_CCM_A", Encr::AesCcm8),
    encr("AES_CCM_8", Encr::AesCcm8),
    encr("AES_CCM_B", Encr::AesCcm12),
    encr("AES_CCM_12", Encr::AesCcm12),
    encr("AES_CCM_C", Encr::AesCcm16),
    encr("AES_CCM_16", Encr::AesCcm16),
    encr("AES_GCM_A", Encr::AesGcm8),
    encr("AES_GCM_8", Encr::AesGcm8),
    encr("AES_GCM_B", Encr::AesGcm12),
    encr("AES_GCM_12", Encr::AesGcm12),
    encr("AES_GCM_C", Encr::AesGcm16),
    encr("AES_GCM_16", Encr::AesGcm16),
    encr("NULL_AUTH_AES_GMAC", Encr::NullAuthAesGmac),
    encr("CAMELLIA_CBC", Encr::CamelliaCbc),
    encr("CAMELLIA_CTR", Encr::CamelliaCtr),
    encr("CHACHA20_POLY1305", Encr::ChaCha20Poly1305),
    prf("HMAC_MD5", Prf::HmacMd5),
    prf("HMAC_SHA1", Prf::HmacSha1),
    prf("AES128_XCBC", Prf::Aes128Xcbc),
    prf("HMAC_SHA2_256", Prf::HmacSha2_256),
    prf("HMAC_SHA2_384", Prf::HmacSha2_384),
    prf("HMAC_SHA2_512", Prf::HmacSha2_512),
    prf("AES128_CMAC", Prf::Aes128Cmac),
    ("NONE", Transform::raw(TransformType::INTEG, 0)),
    integ("HMAC_MD5_96", Integ::HmacMd5_96),
    integ("HMAC_SHA1_96", Integ::HmacSha1_96),
    integ("AES_XCBC_96", Integ::AesXcbc96),
    integ("HMAC_MD5_128", Integ::HmacMd5_128),
    integ("HMAC_SHA1_160", Integ::HmacSha1_160),
    integ("AES_CMAC_96", Integ::AesCmac96),
    integ("HMAC_SHA2_256_128", Integ::HmacSha2_256_128),
    integ("HMAC_SHA2_384_192", Integ::HmacSha2_384_192),
    integ("HMAC_SHA2_512_256", Integ::HmacSha2_512_256),
    ("NONE", Transform::raw(TransformType::KE, 0)),
    ke("MODP768", Ke::Modp768),
    ke("MODP1024", Ke::Modp1024),
    ke("MODP1536", Ke::Modp1536),
    ke("MODP2048", Ke::Modp2048),
    ke("MODP3072", Ke::Modp3072),
    ke("MODP4096", Ke::Modp4096),
    ke("MODP6144", Ke::Modp6144),
    ke("MODP8192", Ke::Modp8192),
    ke("ECP_256", Ke::Ecp256),
    ke("DH19", Ke::Ecp256),
    ke("ECP_384", Ke::Ecp384),
    ke("DH20", Ke::Ecp384),
    ke("ECP_521", Ke::Ecp521),
    ke("DH21", Ke::Ecp521),
    ke("DH22", Ke::Modp1024S160),
    ke("DH23", Ke::Modp2048S224),
    ke("DH24", Ke::Modp2048S256),
    ke("ECP_192", Ke::Ecp192),
    ke("ECP_224", Ke::Ecp224),
    ke("BRAINPOOL_P224R1", Ke::BrainpoolP224r1),
    ke("BRAINPOOL_P256R1", Ke::BrainpoolP256r1),
    ke("BRAINPOOL_P384R1", Ke::BrainpoolP384r1),
    ke("BRAINPOOL_P512R1", Ke::BrainpoolP512r1),
    ke("CURVE25519", Ke::Curve25519),
    ke("DH31", Ke::Curve25519),
    ke("CURVE448", Ke::Curve448),
    ke("ML_KEM_512", Ke::MlKem512),
    ke("ML_KEM_768", Ke::MlKem768),
    ke("ML_KEM_1024", Ke::MlKem1024),
    ("DISABLED", Transform::sn(Sn::Sequential32)),
    ("NO", Transform::sn(Sn::Sequential32)),
    ("ENABLED", Transform::sn(Sn::Sequential64)),
    ("YES", Transform::sn(Sn::Sequential64)),
];

/// The transform of type `kind` that the log calls `name`, key length included.
pub fn transform(kind: TransformType, name: &str) -> Option<Transform> {
    let row = |name: &str| {
        let mut rows = NAMES.iter();
        rows.find(|(known, t)| *known == name && t.kind == kind)
            .map(|(_, t)| *t)
    };
    row(name).or_else(|| {
        let (name, bits) = name.rsplit_once('_')?;
        let key_bits = bits.parse().ok().filter(|_| kind == TransformType::ENCR)?;
        Some(Transform {
            key_bits,
            ..row(name)?
        })
    })
}

/// What the log of version 4 calls a transform, or `None` if it has no name there.
pub fn name(transform: Transform) -> Option<String> {
    let plain = Transform {
        key_bits: 0,
        ..transform
    };
    let (name, _) = NAMES.iter().find(|(_, known)| *known == plain)?;
    Some(match transform.key_bits {
        0 => (*name).to_owned(),
        bits => format!("{name}_{bits}"),
    })
}

/// Reads one proposal out of a `remote proposals` list, with or without its number before and the
/// remark in square brackets behind: `1:IKE:ENCR=AES_CBC_256;…;DH=MODP2048[first-match]`.
///
/// Fails with the part that is not understood.
pub fn parse_offered(text: &str) -> Result<Proposal, &str> {
    let text = text.split('[').next().unwrap_or_default();
    let mut fields = text.splitn(3, ':');
    let first = fields.next().unwrap_or_default();
    let numbered = !first.is_empty() && first.bytes().all(|b| b.is_ascii_digit());
    let protocol = if numbered {
        fields.next().unwrap_or_default()
    } else {
        first
    };
    // A list that is cut right behind the number has nothing more.
    let rest = if numbered {
        text.split_once(':').map_or("", |(_, rest)| rest)
    } else {
        text
    };
    let protocol = named_protocol(protocol).ok_or(protocol)?;
    let list = rest.split_once(':').map_or("", |(_, list)| list);
    let mut found = Vec::new();
    for item in list.split(';').filter(|item| !item.is_empty()) {
        let (kind, name) = item.split_once('=').ok_or(item)?;
        let kind = match kind {
            "ENCR" => TransformType::ENCR,
            "PRF" => TransformType::PRF,
            "INTEG" => TransformType::INTEG,
            "DH" | "KE" => TransformType::KE,
            "ESN" | "SN" => TransformType::SN,
            _ => match kind
                .strip_prefix("ADDKE")
                .and_then(|round| round.parse().ok())
            {
                Some(round @ 1..=7) => TransformType(TransformType::ADDKE1.0 + round - 1_u8),
                _ => return Err(item),
            },
        };
        let named = if kind.is_key_exchange() {
            TransformType::KE
        } else {
            kind
        };
        let transform = transform(named, name).ok_or(item)?;
        found.push(Transform { kind, ..transform });
    }
    Ok(Proposal::new(protocol, found))
}

/// Reads a chosen proposal: `1:IKE=AES_CBC_256-HMAC_SHA2_256-HMAC_SHA2_256_128-MODP2048`.
///
/// Fails with the part that is not understood.
pub fn parse_chosen(text: &str) -> Result<Proposal, &str> {
    let (head, list) = text.split_once('=').ok_or(text)?;
    let protocol = head.rsplit(':').next().unwrap_or_default();
    let protocol = named_protocol(protocol).ok_or(protocol)?;
    let order = match protocol {
        Protocol::Ike => &[
            TransformType::ENCR,
            TransformType::PRF,
            TransformType::INTEG,
            TransformType::KE,
        ][..],
        Protocol::Esp => &[
            TransformType::ENCR,
            TransformType::INTEG,
            TransformType::KE,
            TransformType::SN,
        ],
        Protocol::Ah => &[TransformType::INTEG, TransformType::KE, TransformType::SN],
    };
    let mut found = Vec::new();
    let mut place = 0;
    for part in list.split('-') {
        // Types that have no value are left out.
        let mut kinds = order.iter().enumerate().skip(place);
        let named = |kind: &TransformType| -> Option<Vec<Transform>> {
            part.split('+').map(|name| transform(*kind, name)).collect()
        };
        let hit = kinds.find_map(|(at, kind)| Some((at, named(kind)?)));
        let (at, transforms) = hit.ok_or(part)?;
        place = at + 1;
        found.extend(transforms.into_iter().filter(|t| !t.is_none()));
    }
    Ok(Proposal::new(protocol, found))
}

fn named_protocol(name: &str) -> Option<Protocol> {
    match name {
        "IKE" => Some(Protocol::Ike),
        "ESP" => Some(Protocol::Esp),
        "AH" => Some(Protocol::Ah),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::{NAMES, name, parse_chosen, parse_offered, transform};
    use crate::dialect::charon;

    #[test]
    fn names_lead_back() {
        for (word, known) in NAMES {
            assert_eq!(transform(known.kind, word), Some(*known), "{word}");
            let canonical = name(*known).unwrap();
            assert_eq!(transform(known.kind, &canonical), Some(*known), "{word}");
        }
    }

    /// Lines of pluto 4 and 5.
    #[test]
    fn offers_are_read_as_they_are_logged() {
        for (text, expected) in [
            (
                "1:IKE:ENCR=AES_CBC_256;INTEG=HMAC_SHA2_256_128;PRF=HMAC_SHA2_256;DH=MODP2048[first-match]",
                "IKE:AES_CBC_256/HMAC_SHA2_256_128/PRF_HMAC_SHA2_256/MODP_2048",
            ),
            (
                "2:IKE:ENCR=AES_GCM_16_256;PRF=HMAC_SHA2_512;KE=ECP_256;KE=CURVE25519",
                "IKE:AES_GCM_16_256/PRF_HMAC_SHA2_512/ECP_256/CURVE_25519",
            ),
            (
                "1:ESP:ENCR=AES_GCM_C_256;DH=ECP_256;ESN=DISABLED",
                "ESP:AES_GCM_16_256/ECP_256/NO_EXT_SEQ",
            ),
            (
                "ESP:ENCR=3DES;INTEG=HMAC_SHA1_96;ESN=DISABLED",
                "ESP:3DES_CBC/HMAC_SHA1_96/NO_EXT_SEQ",
            ),
        ] {
            let read = parse_offered(text).map(|proposal| charon::proposal(&proposal));
            assert_eq!(read.as_deref(), Ok(expected), "{text}");
        }
        assert_eq!(parse_offered("1:IKE:ENCR=ROT13"), Err("ENCR=ROT13"));
        assert_eq!(parse_offered("1:XXX:ENCR=3DES"), Err("XXX"));
        assert_eq!(parse_offered(""), Err(""));
    }

    #[test]
    fn choices_are_read_as_they_are_logged() {
        for (text, expected) in [
            (
                "1:IKE=AES_CBC_256-HMAC_SHA2_256-HMAC_SHA2_256_128-MODP2048",
                "IKE:AES_CBC_256/HMAC_SHA2_256_128/PRF_HMAC_SHA2_256/MODP_2048",
            ),
            (
                "1:IKE=AES_GCM_C_256-HMAC_SHA2_512-NONE-DH19",
                "IKE:AES_GCM_16_256/PRF_HMAC_SHA2_512/ECP_256",
            ),
            (
                "2:ESP=AES_CBC_128-HMAC_SHA1_96-NONE-DISABLED",
                "ESP:AES_CBC_128/HMAC_SHA1_96/NO_EXT_SEQ",
            ),
            (
                "ESP=AES_GCM_C_256-NONE-NONE-ENABLED+DISABLED",
                "ESP:AES_GCM_16_256/EXT_SEQ/NO_EXT_SEQ",
            ),
        ] {
            let read = parse_chosen(text).map(|proposal| charon::proposal(&proposal));
            assert_eq!(read.as_deref(), Ok(expected), "{text}");
        }
        assert_eq!(parse_chosen("IKE=ROT13-MODP2048"), Err("ROT13"));
    }
}
