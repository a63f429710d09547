//! tcpdump's names of transforms.

use crate::ike::{Encr, Integ, Ke, Prf, Sn, Transform, TransformType};

/// The word behind `name`, to the next bracket or blank.
pub(super) fn value(text: &str, name: &str) -> Option<String> {
    let (_, rest) = text.split_once(name)?;
    let end = rest.find(|c: char| c.is_whitespace() || matches!(c, '(' | ')' | ':' | ','));
    let word = &rest[..end.unwrap_or(rest.len())];
    (!word.is_empty()).then(|| word.to_owned())
}

/// `(t: #1 type=encr id=aes (type=keylen value=0100))`.
pub(super) fn transform(text: &str) -> Option<Transform> {
    let kind = value(text, "type=")?;
    let id = value(text, "id=")?;
    let number = id.strip_prefix('#').and_then(|n| n.parse::<u16>().ok());
    let bits = value(text, "type=keylen value=").and_then(|v| u16::from_str_radix(&v, 16).ok());
    let (kind, id) = match kind.as_str() {
        "encr" => (TransformType::ENCR, number.or_else(|| named(ENCR, &id))?),
        "prf" => (TransformType::PRF, number.or_else(|| named(PRF, &id))?),
        "integ" => (TransformType::INTEG, number.or_else(|| named(INTEG, &id))?),
        "dh" => return group(&id),
        "esn" => (TransformType::SN, number.or_else(|| named(ESN, &id))?),
        _ => {
            let kind = kind.strip_prefix('#')?.parse().ok()?;
            (TransformType(kind), number.unwrap_or_default())
        }
    };
    Some(Transform {
        kind,
        id,
        key_bits: bits.unwrap_or(0),
    })
}

pub(super) fn group(id: &str) -> Option<Transform> {
    let number = id.strip_prefix('#').and_then(|n| n.parse().ok());
    let id = number.or_else(|| named(DH, id))?;
    Some(Transform::raw(TransformType::KE, id))
}

pub(super) fn named(table: &[(&str, u16)], name: &str) -> Option<u16> {
    let row = table.iter().find(|(known, _)| *known == name)?;
    Some(row.1)
}

pub(super) const ENCR: &[(&str, u16)] = &[
    ("des-iv64", Encr::DesIv64 as u16),
    ("1des", Encr::Des as u16),
    ("3des", Encr::TripleDes as u16),
    ("rc5", Encr::Rc5 as u16),
    ("idea", Encr::Idea as u16),
    ("cast", Encr::Cast as u16),
    ("blowfish", Encr::Blowfish as u16),
    ("3idea", Encr::TripleIdea as u16),
    ("des-iv32", Encr::DesIv32 as u16),
    ("null", Encr::Null as u16),
    ("aes", Encr::AesCbc as u16),
    ("aes-ctr", Encr::AesCtr as u16),
];

pub(super) const PRF: &[(&str, u16)] = &[
    ("hmac-md5", Prf::HmacMd5 as u16),
    ("hmac-sha", Prf::HmacSha1 as u16),
    ("hamc-tiger", Prf::HmacTiger as u16),
    ("hmac-tiger", Prf::HmacTiger as u16),
    ("aes128_xcbc", Prf::Aes128Xcbc as u16),
];

pub(super) const INTEG: &[(&str, u16)] = &[
    ("hmac-md5", Integ::HmacMd5_96 as u16),
    ("hmac-sha", Integ::HmacSha1_96 as u16),
    ("dec-mac", Integ::DesMac as u16),
    ("kpdk-md5", Integ::KpdkMd5 as u16),
    ("aes-xcbc", Integ::AesXcbc96 as u16),
];

pub(super) const DH: &[(&str, u16)] = &[
    ("modp768", Ke::Modp768 as u16),
    ("modp1024", Ke::Modp1024 as u16),
    ("modp1536", Ke::Modp1536 as u16),
    ("modp2048", Ke::Modp2048 as u16),
    ("modp3072", Ke::Modp3072 as u16),
    ("modp4096", Ke::Modp4096 as u16),
    ("modp6144", Ke::Modp6144 as u16),
    ("modp8192", Ke::Modp8192 as u16),
];

pub(super) const ESN: &[(&str, u16)] = &[
    ("no", Sn::Sequential32 as u16),
    ("yes", Sn::Sequential64 as u16),
];
