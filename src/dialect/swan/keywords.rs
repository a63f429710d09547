//! strongSwan's keywords, as they stand in `proposals`, `ike=` and `.sswan` files.
//!
//! Compared with `proposal_keywords_static.txt` of strongSwan 5.9.8 and 6.0.6. Where several
//! keywords name one transform, the first row is the spelling this program writes.

use crate::ike::{Encr, Integ, Ke, Prf, Sn, Transform, TransformType};

// Private-use numbers of strongSwan (crypter.h, signer.h, prf.h, diffie_hellman.h of 5.9.8).

/// Serpent in CBC mode.
pub const SERPENT_CBC: u16 = 1026;
/// Twofish in CBC mode.
pub(crate) const TWOFISH_CBC: u16 = 1027;
/// HMAC-SHA-256 with the tag cut to 96 bits, for old Linux kernels.
pub(crate) const HMAC_SHA2_256_96: u16 = 1026;
/// Camellia in XCBC mode, as integrity algorithm.
pub(crate) const CAMELLIA_XCBC_96: u16 = 1030;
/// Camellia in XCBC mode, as PRF.
pub(crate) const PRF_CAMELLIA128_XCBC: u16 = 1028;
/// A key exchange without any security, for tests.
pub(crate) const MODP_NULL: u16 = 1024;
/// NTRU at 112 bits of strength; the other sizes follow.
pub(crate) const NTRU_112: u16 = 1030;
/// NTRU at 128 bits of strength.
pub(crate) const NTRU_128: u16 = 1031;
/// NTRU at 192 bits of strength.
pub(crate) const NTRU_192: u16 = 1032;
/// NTRU at 256 bits of strength.
pub(crate) const NTRU_256: u16 = 1033;
/// New Hope at 128 bits of strength.
pub(crate) const NEWHOPE_128: u16 = 1040;

const fn private(kind: TransformType, id: u16, key_bits: u16) -> Transform {
    Transform { kind, id, key_bits }
}

/// Keyword and transform.
pub const KEYWORDS: &[(&str, Transform)] = &[
    ("aes128", Transform::encr(Encr::AesCbc, 128)),
    ("aes192", Transform::encr(Encr::AesCbc, 192)),
    ("aes256", Transform::encr(Encr::AesCbc, 256)),
    ("aes", Transform::encr(Encr::AesCbc, 128)),
    ("aes128ctr", Transform::encr(Encr::AesCtr, 128)),
    ("aes192ctr", Transform::encr(Encr::AesCtr, 192)),
    ("aes256ctr", Transform::encr(Encr::AesCtr, 256)),
    ("aes128ccm8", Transform::encr(Encr::AesCcm8, 128)),
    ("aes128ccm12", Transform::encr(Encr::AesCcm12, 128)),
    ("aes128ccm16", Transform::encr(Encr::AesCcm16, 128)),
    ("aes192ccm8", Transform::encr(Encr::AesCcm8, 192)),
    ("aes192ccm12", Transform::encr(Encr::AesCcm12, 192)),
    ("aes192ccm16", Transform::encr(Encr::AesCcm16, 192)),
    ("aes256ccm8", Transform::encr(Encr::AesCcm8, 256)),
    ("aes256ccm12", Transform::encr(Encr::AesCcm12, 256)),
    ("aes256ccm16", Transform::encr(Encr::AesCcm16, 256)),
    ("aes128gcm8", Transform::encr(Encr::AesGcm8, 128)),
    ("aes128gcm12", Transform::encr(Encr::AesGcm12, 128)),
    ("aes128gcm16", Transform::encr(Encr::AesGcm16, 128)),
    ("aes192gcm8", Transform::encr(Encr::AesGcm8, 192)),
    ("aes192gcm12", Transform::encr(Encr::AesGcm12, 192)),
    ("aes192gcm16", Transform::encr(Encr::AesGcm16, 192)),
    ("aes256gcm8", Transform::encr(Encr::AesGcm8, 256)),
    ("aes256gcm12", Transform::encr(Encr::AesGcm12, 256)),
    ("aes256gcm16", Transform::encr(Encr::AesGcm16, 256)),
    ("aes128ccm64", Transform::encr(Encr::AesCcm8, 128)),
    ("aes128ccm96", Transform::encr(Encr::AesCcm12, 128)),
    ("aes128ccm128", Transform::encr(Encr::AesCcm16, 128)),
    ("aes128ccm", Transform::encr(Encr::AesCcm16, 128)),
    ("aes192ccm64", Transform::encr(Encr::AesCcm8, 192)),
    ("aes192ccm96", Transform::encr(Encr::AesCcm12, 192)),
    ("aes192ccm128", Transform::encr(Encr::AesCcm16, 192)),
    ("aes192ccm", Transform::encr(Encr::AesCcm16, 192)),
    ("aes256ccm64", Transform::encr(Encr::AesCcm8, 256)),
    ("aes256ccm96", Transform::encr(Encr::AesCcm12, 256)),
    ("aes256ccm128", Transform::encr(Encr::AesCcm16, 256)),
    ("aes256ccm", Transform::encr(Encr::AesCcm16, 256)),
    ("aes128gcm64", Transform::encr(Encr::AesGcm8, 128)),
    ("aes128gcm96", Transform::encr(Encr::AesGcm12, 128)),
    ("aes128gcm128", Transform::encr(Encr::AesGcm16, 128)),
    ("aes128gcm", Transform::encr(Encr::AesGcm16, 128)),
    ("aes192gcm64", Transform::encr(Encr::AesGcm8, 192)),
    ("aes192gcm96", Transform::encr(Encr::AesGcm12, 192)),
    ("aes192gcm128", Transform::encr(Encr::AesGcm16, 192)),
    ("aes192gcm", Transform::encr(Encr::AesGcm16, 192)),
    ("aes256gcm64", Transform::encr(Encr::AesGcm8, 256)),
    ("aes256gcm96", Transform::encr(Encr::AesGcm12, 256)),
    ("aes256gcm128", Transform::encr(Encr::AesGcm16, 256)),
    ("aes256gcm", Transform::encr(Encr::AesGcm16, 256)),
    ("aes128gmac", Transform::encr(Encr::NullAuthAesGmac, 128)),
    ("aes192gmac", Transform::encr(Encr::NullAuthAesGmac, 192)),
    ("aes256gmac", Transform::encr(Encr::NullAuthAesGmac, 256)),
    (
        "chacha20poly1305",
        Transform::encr(Encr::ChaCha20Poly1305, 0),
    ),
    (
        "chacha20poly1305compat",
        Transform::encr(Encr::ChaCha20Poly1305, 256),
    ),
    ("3des", Transform::encr(Encr::TripleDes, 0)),
    ("des", Transform::encr(Encr::Des, 0)),
    ("null", Transform::encr(Encr::Null, 0)),
    ("cast128", Transform::encr(Encr::Cast, 128)),
    ("blowfish128", Transform::encr(Encr::Blowfish, 128)),
    ("blowfish192", Transform::encr(Encr::Blowfish, 192)),
    ("blowfish256", Transform::encr(Encr::Blowfish, 256)),
    ("blowfish", Transform::encr(Encr::Blowfish, 128)),
    ("camellia128", Transform::encr(Encr::CamelliaCbc, 128)),
    ("camellia192", Transform::encr(Encr::CamelliaCbc, 192)),
    ("camellia256", Transform::encr(Encr::CamelliaCbc, 256)),
    ("camellia", Transform::encr(Encr::CamelliaCbc, 128)),
    ("camellia128ctr", Transform::encr(Encr::CamelliaCtr, 128)),
    ("camellia192ctr", Transform::encr(Encr::CamelliaCtr, 192)),
    ("camellia256ctr", Transform::encr(Encr::CamelliaCtr, 256)),
    ("camellia128ccm8", Transform::encr(Encr::CamelliaCcm8, 128)),
    (
        "camellia128ccm12",
        Transform::encr(Encr::CamelliaCcm12, 128),
    ),
    (
        "camellia128ccm16",
        Transform::encr(Encr::CamelliaCcm16, 128),
    ),
    ("camellia192ccm8", Transform::encr(Encr::CamelliaCcm8, 192)),
    (
        "camellia192ccm12",
        Transform::encr(Encr::CamelliaCcm12, 192),
    ),
    (
        "camellia192ccm16",
        Transform::encr(Encr::CamelliaCcm16, 192),
    ),
    ("camellia256ccm8", Transform::encr(Encr::CamelliaCcm8, 256)),
    (
        "camellia256ccm12",
        Transform::encr(Encr::CamelliaCcm12, 256),
    ),
    (
        "camellia256ccm16",
        Transform::encr(Encr::CamelliaCcm16, 256),
    ),
    ("camellia128ccm64", Transform::encr(Encr::CamelliaCcm8, 128)),
    (
        "camellia128ccm96",
        Transform::encr(Encr::CamelliaCcm12, 128),
    ),
    (
        "camellia128ccm128",
        Transform::encr(Encr::CamelliaCcm16, 128),
    ),
    ("camellia192ccm64", Transform::encr(Encr::CamelliaCcm8, 192)),
    (
        "camellia192ccm96",
        Transform::encr(Encr::CamelliaCcm12, 192),
    ),
    (
        "camellia192ccm128",
        Transform::encr(Encr::CamelliaCcm16, 192),
    ),
    ("camellia256ccm64", Transform::encr(Encr::CamelliaCcm8, 256)),
    (
        "camellia256ccm96",
        Transform::encr(Encr::CamelliaCcm12, 256),
    ),
    (
        "camellia256ccm128",
        Transform::encr(Encr::CamelliaCcm16, 256),
    ),
    ("serpent128", private(TransformType::ENCR, SERPENT_CBC, 128)),
    ("serpent192", private(TransformType::ENCR, SERPENT_CBC, 192)),
    ("serpent256", private(TransformType::ENCR, SERPENT_CBC, 256)),
    ("serpent", private(TransformType::ENCR, SERPENT_CBC, 128)),
    ("twofish128", private(TransformType::ENCR, TWOFISH_CBC, 128)),
    ("twofish192", private(TransformType::ENCR, TWOFISH_CBC, 192)),
    ("twofish256", private(TransformType::ENCR, TWOFISH_CBC, 256)),
    ("twofish", private(TransformType::ENCR, TWOFISH_CBC, 128)),
    ("sha256", Transform::integ(Integ::HmacSha2_256_128)),
    ("sha384", Transform::integ(Integ::HmacSha2_384_192)),
    ("sha512", Transform::integ(Integ::HmacSha2_512_256)),
    ("sha1", Transform::integ(Integ::HmacSha1_96)),
    ("sha2_256", Transform::integ(Integ::HmacSha2_256_128)),
    ("sha2_384", Transform::integ(Integ::HmacSha2_384_192)),
    ("sha2_512", Transform::integ(Integ::HmacSha2_512_256)),
    ("sha", Transform::integ(Integ::HmacSha1_96)),
    ("sha1_160", Transform::integ(Integ::HmacSha1_160)),
    ("md5", Transform::integ(Integ::HmacMd5_96)),
    ("md5_128", Transform::integ(Integ::HmacMd5_128)),
    ("aesxcbc", Transform::integ(Integ::AesXcbc96)),
    ("aescmac", Transform::integ(Integ::AesCmac96)),
    (
        "sha256_96",
        private(TransformType::INTEG, HMAC_SHA2_256_96, 0),
    ),
    (
        "sha2_256_96",
        private(TransformType::INTEG, HMAC_SHA2_256_96, 0),
    ),
    (
        "camelliaxcbc",
        private(TransformType::INTEG, CAMELLIA_XCBC_96, 0),
    ),
    ("prfsha256", Transform::prf(Prf::HmacSha2_256)),
    ("prfsha384", Transform::prf(Prf::HmacSha2_384)),
    ("prfsha512", Transform::prf(Prf::HmacSha2_512)),
    ("prfsha1", Transform::prf(Prf::HmacSha1)),
    ("prfmd5", Transform::prf(Prf::HmacMd5)),
    ("prfaesxcbc", Transform::prf(Prf::Aes128Xcbc)),
    ("prfaescmac", Transform::prf(Prf::Aes128Cmac)),
    (
        "prfcamelliaxcbc",
        private(TransformType::PRF, PRF_CAMELLIA128_XCBC, 0),
    ),
    ("none", Transform::ke(Ke::None)),
    ("modpnone", Transform::ke(Ke::None)),
    ("modp768", Transform::ke(Ke::Modp768)),
    ("modp1024", Transform::ke(Ke::Modp1024)),
    ("modp1536", Transform::ke(Ke::Modp1536)),
    ("modp2048", Transform::ke(Ke::Modp2048)),
    ("modp3072", Transform::ke(Ke::Modp3072)),
    ("modp4096", Transform::ke(Ke::Modp4096)),
    ("modp6144", Transform::ke(Ke::Modp6144)),
    ("modp8192", Transform::ke(Ke::Modp8192)),
    ("modp1024s160", Transform::ke(Ke::Modp1024S160)),
    ("modp2048s224", Transform::ke(Ke::Modp2048S224)),
    ("modp2048s256", Transform::ke(Ke::Modp2048S256)),
    ("ecp192", Transform::ke(Ke::Ecp192)),
    ("ecp224", Transform::ke(Ke::Ecp224)),
    ("ecp256", Transform::ke(Ke::Ecp256)),
    ("ecp384", Transform::ke(Ke::Ecp384)),
    ("ecp521", Transform::ke(Ke::Ecp521)),
    ("ecp224bp", Transform::ke(Ke::BrainpoolP224r1)),
    ("ecp256bp", Transform::ke(Ke::BrainpoolP256r1)),
    ("ecp384bp", Transform::ke(Ke::BrainpoolP384r1)),
    ("ecp512bp", Transform::ke(Ke::BrainpoolP512r1)),
    ("curve25519", Transform::ke(Ke::Curve25519)),
    ("x25519", Transform::ke(Ke::Curve25519)),
    ("curve448", Transform::ke(Ke::Curve448)),
    ("x448", Transform::ke(Ke::Curve448)),
    ("gost256", Transform::ke(Ke::Gost256)),
    ("gost512", Transform::ke(Ke::Gost512)),
    ("mlkem512", Transform::ke(Ke::MlKem512)),
    ("mlkem768", Transform::ke(Ke::MlKem768)),
    ("mlkem1024", Transform::ke(Ke::MlKem1024)),
    ("modpnull", private(TransformType::KE, MODP_NULL, 0)),
    ("ntru112", private(TransformType::KE, NTRU_112, 0)),
    ("ntru128", private(TransformType::KE, NTRU_128, 0)),
    ("ntru192", private(TransformType::KE, NTRU_192, 0)),
    ("ntru256", private(TransformType::KE, NTRU_256, 0)),
    ("newhope128", private(TransformType::KE, NEWHOPE_128, 0)),
    ("noesn", Transform::sn(Sn::Sequential32)),
    ("esn", Transform::sn(Sn::Sequential64)),
];
