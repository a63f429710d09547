//! charon's log names: `AES_CBC_256/HMAC_SHA2_256_128/PRF_HMAC_SHA2_256/MODP_2048`.
//!
//! Names as strongSwan prints them: additional key exchanges as version 6, `KE1_ML_KEM_768`. A number
//! it has no name for it prints in brackets, and so do [`suite`] and [`proposal`].

use std::sync::LazyLock;

use super::swan::{self, Generation, spell};
use crate::ike::{
    Encr, Integ, Ke, Notify, Prf, Proposal, Protocol, Sn, Suite, Transform, TransformType,
};

/// Name and number of a transform, without key length.
type Row = (&'static str, TransformType, u16);

/// charon's short names of notifies, as in `N(NO_PROP)` (`notify_payload.c`), with their numbers.
const NOTIFIES: &[(&str, u16)] = &[
    ("CRIT", 1),
    ("INVAL_IKE_SPI", 4),
    ("INVAL_MAJOR", 5),
    ("INVAL_SYN", 7),
    ("INVAL_MID", 9),
    ("INVAL_SPI", 11),
    ("NO_PROP", 14),
    ("INVAL_KE", 17),
    ("AUTH_FAILED", 24),
    ("SINGLE_PAIR", 34),
    ("NO_ADD_SAS", 35),
    ("INT_ADDR_FAIL", 36),
    ("FAIL_CP_REQ", 37),
    ("TS_UNACCEPT", 38),
    ("INVAL_SEL", 39),
    ("UNACCEPT_ADDR", 40),
    ("UNEXPECT_NAT", 41),
    ("ASSIGNED_HoA", 42),
    ("TEMP_FAIL", 43),
    ("NO_CHILD_SA", 44),
    ("NO_STATE", 47),
    ("MAX_QUEUE", 48),
    ("INIT_CONTACT", 16384),
    ("SET_WINSIZE", 16385),
    ("ADD_TS_POSS", 16386),
    ("IPCOMP_SUP", 16387),
    ("NATD_S_IP", 16388),
    ("NATD_D_IP", 16389),
    ("COOKIE", 16390),
    ("USE_TRANSP", 16391),
    ("HTTP_CERT_LOOK", 16392),
    ("REKEY_SA", 16393),
    ("ESP_TFC_PAD_N", 16394),
    ("NON_FIRST_FRAG", 16395),
    ("MOBIKE_SUP", 16396),
    ("ADD_4_ADDR", 16397),
    ("ADD_6_ADDR", 16398),
    ("NO_ADD_ADDR", 16399),
    ("UPD_SA_ADDR", 16400),
    ("COOKIE2", 16401),
    ("NO_NATS", 16402),
    ("AUTH_LFT", 16403),
    ("MULT_AUTH", 16404),
    ("AUTH_FOLLOWS", 16405),
    ("REDIR_SUP", 16406),
    ("REDIR", 16407),
    ("REDIR_FROM", 16408),
    ("TKT_LT_OPAK", 16409),
    ("TKT_REQ", 16410),
    ("TKT_ACK", 16411),
    ("TKT_NACK", 16412),
    ("TKT_OPAK", 16413),
    ("LINK_ID", 16414),
    ("WESP_MODE", 16415),
    ("ROHC_SUP", 16416),
    ("EAP_ONLY", 16417),
    ("CHDLESS_SUP", 16418),
    ("CRASH_DET", 16419),
    ("MSG_ID_SYN_SUP", 16420),
    ("RPL_CTR_SYN_SUP", 16421),
    ("MSG_ID_SYN", 16422),
    ("RPL_CTR_SYN", 16423),
    ("SEC_PASSWD", 16424),
    ("PSK_PST", 16425),
    ("PSK_CFM", 16426),
    ("ERX_SUP", 16427),
    ("IFOM_CAP", 16428),
    ("SENDER_REQ_ID", 16429),
    ("FRAG_SUP", 16430),
    ("HASH_ALG", 16431),
    ("USE_PPK", 16435),
    ("PPK_ID", 16436),
    ("NO_PPK", 16437),
    ("IKE_INT_SUP", 16438),
    ("ADD_KE", 16441),
    ("AGGFRAG", 16442),
    ("RES_INFO", 16444),
];

/// The notify of a short name.
pub(crate) fn notify(short: &str) -> Option<Notify> {
    let row = NOTIFIES
        .iter()
        .find(|(name, _)| name.eq_ignore_ascii_case(short))?;
    Some(Notify(row.1))
}

/// charon's short name of a notify.
pub(crate) fn short_name(notify: Notify) -> Option<&'static str> {
    let row = NOTIFIES.iter().find(|(_, number)| *number == notify.0)?;
    Some(row.0)
}

const fn encr(name: &'static str, id: Encr) -> Row {
    (name, TransformType::ENCR, id as u16)
}
const fn integ(name: &'static str, id: Integ) -> Row {
    (name, TransformType::INTEG, id as u16)
}
const fn prf(name: &'static str, id: Prf) -> Row {
    (name, TransformType::PRF, id as u16)
}
const fn ke(name: &'static str, id: Ke) -> Row {
    (name, TransformType::KE, id as u16)
}

/// The names charon prints. Additional key exchanges (types 6 to 12) have those of type 4 behind
/// their own prefix, `KE1_` to `KE7_`.
pub(crate) const NAMES: &[Row] = &[
    encr("DES_IV64", Encr::DesIv64),
    encr("DES_CBC", Encr::Des),
    encr("3DES_CBC", Encr::TripleDes),
    encr("RC5_CBC", Encr::Rc5),
    encr("IDEA_CBC", Encr::Idea),
    encr("CAST_CBC", Encr::Cast),
    encr("BLOWFISH_CBC", Encr::Blowfish),
    encr("3IDEA", Encr::TripleIdea),
    encr("DES_IV32", Encr::DesIv32),
    encr("NULL", Encr::Null),
    encr("AES_CBC", Encr::AesCbc),
    encr("AES_CTR", Encr::AesCtr),
    encr("AES_CCM_8", Encr::AesCcm8),
    encr("AES_CCM_12", Encr::AesCcm12),
    encr("AES_CCM_16", Encr::AesCcm16),
    encr("AES_GCM_8", Encr::AesGcm8),
    encr("AES_GCM_12", Encr::AesGcm12),
    encr("AES_GCM_16", Encr::AesGcm16),
    encr("NULL_AES_GMAC", Encr::NullAuthAesGmac),
    encr("CAMELLIA_CBC", Encr::CamelliaCbc),
    encr("CAMELLIA_CTR", Encr::CamelliaCtr),
    encr("CAMELLIA_CCM_8", Encr::CamelliaCcm8),
    encr("CAMELLIA_CCM_12", Encr::CamelliaCcm12),
    encr("CAMELLIA_CCM_16", Encr::CamelliaCcm16),
    encr("CHACHA20_POLY1305", Encr::ChaCha20Poly1305),
    ("SERPENT_CBC", TransformType::ENCR, swan::SERPENT_CBC),
    ("TWOFISH_CBC", TransformType::ENCR, swan::TWOFISH_CBC),
    integ("HMAC_MD5_96", Integ::HmacMd5_96),
    integ("HMAC_SHA1_96", Integ::HmacSha1_96),
    integ("DES_MAC", Integ::DesMac),
    integ("KPDK_MD5", Integ::KpdkMd5),
    integ("AES_XCBC_96", Integ::AesXcbc96),
    integ("HMAC_MD5_128", Integ::HmacMd5_128),
    integ("HMAC_SHA1_160", Integ::HmacSha1_160),
    integ("AES_CMAC_96", Integ::AesCmac96),
    integ("AES_128_GMAC", Integ::Aes128Gmac),
    integ("AES_192_GMAC", Integ::Aes192Gmac),
    integ("AES_256_GMAC", Integ::Aes256Gmac),
    integ("HMAC_SHA2_256_128", Integ::HmacSha2_256_128),
    integ("HMAC_SHA2_384_192", Integ::HmacSha2_384_192),
    integ("HMAC_SHA2_512_256", Integ::HmacSha2_512_256),
    (
        "HMAC_SHA2_256_96",
        TransformType::INTEG,
        swan::HMAC_SHA2_256_96,
    ),
    (
        "CAMELLIA_XCBC_96",
        TransformType::INTEG,
        swan::CAMELLIA_XCBC_96,
    ),
    prf("PRF_HMAC_MD5", Prf::HmacMd5),
    prf("PRF_HMAC_SHA1", Prf::HmacSha1),
    prf("PRF_HMAC_TIGER", Prf::HmacTiger),
    prf("PRF_AES128_XCBC", Prf::Aes128Xcbc),
    prf("PRF_HMAC_SHA2_256", Prf::HmacSha2_256),
    prf("PRF_HMAC_SHA2_384", Prf::HmacSha2_384),
    prf("PRF_HMAC_SHA2_512", Prf::HmacSha2_512),
    prf("PRF_AES128_CMAC", Prf::Aes128Cmac),
    (
        "PRF_CAMELLIA128_XCBC",
        TransformType::PRF,
        swan::PRF_CAMELLIA128_XCBC,
    ),
    ke("KE_NONE", Ke::None),
    ke("MODP_768", Ke::Modp768),
    ke("MODP_1024", Ke::Modp1024),
    ke("MODP_1536", Ke::Modp1536),
    ke("MODP_2048", Ke::Modp2048),
    ke("MODP_3072", Ke::Modp3072),
    ke("MODP_4096", Ke::Modp4096),
    ke("MODP_6144", Ke::Modp6144),
    ke("MODP_8192", Ke::Modp8192),
    ke("ECP_256", Ke::Ecp256),
    ke("ECP_384", Ke::Ecp384),
    ke("ECP_521", Ke::Ecp521),
    ke("MODP_1024_160", Ke::Modp1024S160),
    ke("MODP_2048_224", Ke::Modp2048S224),
    ke("MODP_2048_256", Ke::Modp2048S256),
    ke("ECP_192", Ke::Ecp192),
    ke("ECP_224", Ke::Ecp224),
    ke("ECP_224_BP", Ke::BrainpoolP224r1),
    ke("ECP_256_BP", Ke::BrainpoolP256r1),
    ke("ECP_384_BP", Ke::BrainpoolP384r1),
    ke("ECP_512_BP", Ke::BrainpoolP512r1),
    ke("CURVE_25519", Ke::Curve25519),
    ke("CURVE_448", Ke::Curve448),
    ke("GOST3410_256", Ke::Gost256),
    ke("GOST3410_512", Ke::Gost512),
    ke("ML_KEM_512", Ke::MlKem512),
    ke("ML_KEM_768", Ke::MlKem768),
    ke("ML_KEM_1024", Ke::MlKem1024),
    ("MODP_NULL", TransformType::KE, swan::MODP_NULL),
    ("NTRU_112", TransformType::KE, swan::NTRU_112),
    ("NTRU_128", TransformType::KE, swan::NTRU_128),
    ("NTRU_192", TransformType::KE, swan::NTRU_192),
    ("NTRU_256", TransformType::KE, swan::NTRU_256),
    ("NEWHOPE_128", TransformType::KE, swan::NEWHOPE_128),
    ("NO_EXT_SEQ", TransformType::SN, Sn::Sequential32 as u16),
    ("EXT_SEQ", TransformType::SN, Sn::Sequential64 as u16),
];

/// Numbers below this are looked up by place.
const PLACES: usize = 64;

/// The name of a transform without its key length and without the prefix of an additional key
/// exchange, or `None` if charon has none.
pub fn name(kind: TransformType, id: u16) -> Option<&'static str> {
    static BY_PLACE: LazyLock<[[Option<&str>; PLACES]; 5]> = LazyLock::new(|| {
        let mut table = [[None; PLACES]; 5];
        for &(name, kind, id) in NAMES {
            let row = kind.slot().and_then(|slot| table.get_mut(slot));
            if let Some(cell) = row.and_then(|row| row.get_mut(usize::from(id))) {
                *cell = Some(name);
            }
        }
        table
    });
    let kind = if kind.is_key_exchange() {
        TransformType::KE
    } else {
        kind
    };
    if usize::from(id) < PLACES {
        return BY_PLACE
            .get(kind.slot()?)?
            .get(usize::from(id))
            .copied()
            .flatten();
    }
    let row = NAMES.iter().find(|(_, k, n)| (*k, *n) == (kind, id))?;
    Some(row.0)
}

/// Prints one transform; see the module.
pub fn transform(transform: Transform) -> String {
    let mut text = String::new();
    push_transform(transform, &mut text);
    text
}

/// Appends one transform to `text`.
pub(crate) fn push_transform(transform: Transform, text: &mut String) {
    let Transform { kind, id, key_bits } = transform;
    if let Some(round) = kind.additional_round() {
        text.push_str("KE");
        text.push(char::from(b'0' + round));
        text.push('_');
    }
    match name(kind, id) {
        Some(name) => text.push_str(name),
        None => {
            text.push('(');
            push_number(id, text);
            text.push(')');
        }
    }
    if key_bits > 0 {
        text.push('_');
        push_number(key_bits, text);
    }
}

/// Appends the group of a KE payload as the daemon logs it that received the payload: version 5
/// has no names for the groups of version 6, GOST's and ML-KEM's.
pub(crate) fn push_received_group(group: Transform, generation: Generation, text: &mut String) {
    let is_named = spell(group).is_none_or(|word| generation.knows(&word));
    if is_named {
        push_transform(group, text);
    } else {
        text.push('(');
        push_number(group.id, text);
        text.push(')');
    }
}

fn push_number(number: u16, text: &mut String) {
    match number {
        128 => text.push_str("128"),
        192 => text.push_str("192"),
        256 => text.push_str("256"),
        _ => text.push_str(&number.to_string()),
    }
}

fn push_joined(transforms: impl Iterator<Item = Transform>, text: &mut String) {
    for (place, transform) in transforms.enumerate() {
        if place > 0 {
            text.push('/');
        }
        push_transform(transform, text);
    }
}

/// Prints a suite without its protocol, as in `selected proposal:` after the colon.
pub fn suite(suite: &Suite) -> String {
    let mut text = String::new();
    push_suite(suite, &mut text);
    text
}

/// Appends a suite to `text`.
pub(crate) fn push_suite(suite: &Suite, text: &mut String) {
    push_joined(suite.transforms(), text);
}

/// Prints a proposal with its protocol, as in `received proposals:`.
pub fn proposal(proposal: &Proposal) -> String {
    let mut text = format!("{}:", proposal.protocol());
    push_joined(proposal.transforms().iter().copied(), &mut text);
    text
}

/// Reads one transform.
pub fn parse_transform(text: &str) -> Option<Transform> {
    let named = |name: &str| NAMES.iter().find(|row| row.0 == name);
    if let Some(&(_, kind, id)) = named(text) {
        return Some(Transform::raw(kind, id));
    }
    if let Some((round, group)) = additional(text) {
        let &(_, kind, id) = named(group)?;
        return (kind == TransformType::KE).then_some(Transform::raw(round, id));
    }
    // A release that has no name for a type prints both numbers: `UNKNOWN_6_36`.
    if let Some(numbers) = text.strip_prefix("UNKNOWN_") {
        let (kind, id) = numbers.split_once('_')?;
        let kind = TransformType(kind.parse().ok()?);
        return Some(Transform::raw(kind, id.parse().ok()?));
    }
    let (base, bits) = text.rsplit_once('_')?;
    let &(_, kind, id) = named(base)?;
    let key_bits = bits.parse().ok().filter(|bits| *bits > 0)?;
    (kind == TransformType::ENCR).then_some(Transform { kind, id, key_bits })
}

/// The transform type of an additional key exchange and the name behind its prefix.
fn additional(text: &str) -> Option<(TransformType, &str)> {
    let (round, group) = text.strip_prefix("KE")?.split_once('_')?;
    Some((TransformType::additional(round.parse().ok()?)?, group))
}

/// Reads one proposal, `IKE:…/…` or `ESP:…/…`; fails with the part that is not a name.
pub fn parse_proposal(text: &str) -> Result<Proposal, &str> {
    let (protocol, rest) = text.split_once(':').ok_or(text)?;
    let protocol = match protocol {
        "IKE" => Protocol::Ike,
        "ESP" => Protocol::Esp,
        "AH" => Protocol::Ah,
        other => return Err(other),
    };
    let transforms: Result<Vec<_>, _> = rest
        .split('/')
        .map(|part| parse_transform(part).ok_or(part))
        .collect();
    Ok(Proposal::new(protocol, transforms?))
}

#[cfg(test)]
mod tests {
    use super::{NAMES, parse_proposal, parse_transform, proposal, transform};
    use crate::dialect::swan::KEYWORDS;
    use crate::ike::Transform;

    #[test]
    fn a_type_without_a_name_is_its_numbers() {
        let hybrid = parse_proposal("IKE:AES_GCM_16_256/PRF_HMAC_SHA2_256/ECP_256/UNKNOWN_6_36");
        let named = parse_proposal("IKE:AES_GCM_16_256/PRF_HMAC_SHA2_256/ECP_256/KE1_ML_KEM_768");
        assert!(hybrid.is_ok());
        assert_eq!(hybrid, named);
        assert_eq!(parse_transform("UNKNOWN_6"), None);
    }

    #[test]
    fn names_are_unique_and_lead_back() {
        for &(name, kind, id) in NAMES {
            assert_eq!(NAMES.iter().filter(|row| row.0 == name).count(), 1);
            let expected = Transform::raw(kind, id);
            assert_eq!(parse_transform(name), Some(expected));
            assert_eq!(transform(expected), name);
        }
    }

    #[test]
    fn every_keyword_has_a_log_name_that_leads_back() {
        for &(word, expected) in KEYWORDS {
            let printed = transform(expected);
            assert_eq!(
                parse_transform(&printed),
                Some(expected),
                "{word} prints as {printed}"
            );
        }
    }

    #[test]
    fn proposals_survive_a_round_trip() {
        for text in [
            "IKE:AES_CBC_256/AES_CBC_128/HMAC_SHA2_256_128/PRF_HMAC_SHA2_256/MODP_2048/ECP_256",
            "ESP:CHACHA20_POLY1305_256/NO_EXT_SEQ",
            "IKE:AES_GCM_16_256/PRF_HMAC_SHA2_384/ECP_384/KE1_ML_KEM_768/KE1_KE_NONE/KE7_CURVE_448",
        ] {
            assert_eq!(proposal(&parse_proposal(text).unwrap()), text);
        }
        assert_eq!(parse_proposal("IKE:AES_CBC_256/FOO"), Err("FOO"));
        for wrong in ["KE8_ML_KEM_768", "KE0_ECP_256", "KE1_AES_CBC", "KE1_"] {
            assert_eq!(parse_transform(wrong), None, "{wrong}");
        }
    }
}
