//! The words of `ike=` and `esp=`: `lib/libswan/ike_alg_*.c` of libreswan, field `.names`.
//!
//! The first name of a row is the one that is written. Upper and lower case do not count.

use crate::ike::{Encr, Integ, Ke, Prf, Transform, TransformType};

/// A cipher.
#[derive(Clone, Copy, Debug)]
pub(super) struct Cipher {
    pub(super) names: &'static [&'static str],
    pub(super) encr: Encr,
    /// What messages call it.
    pub(super) formal: &'static str,
    /// Key lengths, the longest first; empty if none is written.
    pub(super) keys: &'static [u16],
    /// Whether IKE may use it.
    pub(super) ike: bool,
}

const AES: &[u16] = &[256, 192, 128];
/// The key length that stands beside the longest where none is written (`keydeflen`).
pub(super) const DEFAULT_KEY: u16 = 128;

const fn cipher(
    names: &'static [&'static str],
    encr: Encr,
    formal: &'static str,
    keys: &'static [u16],
    ike: bool,
) -> Cipher {
    Cipher {
        names,
        encr,
        formal,
        keys,
        ike,
    }
}

pub(super) const CIPHERS: &[Cipher] = &[
    cipher(
        &["3des", "3des_cbc"],
        Encr::TripleDes,
        "3DES_CBC",
        &[],
        true,
    ),
    cipher(&["null"], Encr::Null, "NULL", &[], false),
    cipher(&["aes", "aes_cbc"], Encr::AesCbc, "AES_CBC", AES, true),
    cipher(&["aes_ctr", "aesctr"], Encr::AesCtr, "AES_CTR", AES, true),
    cipher(
        &["aes_ccm_8", "aes_ccm_a"],
        Encr::AesCcm8,
        "AES_CCM_8",
        AES,
        false,
    ),
    cipher(
        &["aes_ccm_12", "aes_ccm_b"],
        Encr::AesCcm12,
        "AES_CCM_12",
        AES,
        false,
    ),
    cipher(
        &["aes_ccm", "aes_ccm_16", "aes_ccm_c"],
        Encr::AesCcm16,
        "AES_CCM_16",
        AES,
        false,
    ),
    cipher(
        &["aes_gcm_8", "aes_gcm_a"],
        Encr::AesGcm8,
        "AES_GCM_8",
        AES,
        true,
    ),
    cipher(
        &["aes_gcm_12", "aes_gcm_b"],
        Encr::AesGcm12,
        "AES_GCM_12",
        AES,
        true,
    ),
    cipher(
        &["aes_gcm", "aes_gcm_16", "aes_gcm_c"],
        Encr::AesGcm16,
        "AES_GCM_16",
        AES,
        true,
    ),
    cipher(
        &["aes_gmac", "null_auth_aes_gmac"],
        Encr::NullAuthAesGmac,
        "NULL_AUTH_AES_GMAC",
        AES,
        false,
    ),
    cipher(
        &["camellia", "camellia_cbc"],
        Encr::CamelliaCbc,
        "CAMELLIA_CBC",
        AES,
        true,
    ),
    cipher(
        &["camellia_ctr"],
        Encr::CamelliaCtr,
        "CAMELLIA_CTR",
        AES,
        false,
    ),
    cipher(
        &["chacha20_poly1305", "chacha20poly1305"],
        Encr::ChaCha20Poly1305,
        "CHACHA20_POLY1305",
        &[],
        true,
    ),
];

/// Names of one algorithm.
pub(super) type Row = (&'static [&'static str], Transform);

pub(super) const PRFS: &[Row] = &[
    (&["md5", "hmac_md5"], Transform::prf(Prf::HmacMd5)),
    (&["sha1", "sha", "hmac_sha1"], Transform::prf(Prf::HmacSha1)),
    (
        &["sha2_256", "sha2", "sha256", "hmac_sha2_256"],
        Transform::prf(Prf::HmacSha2_256),
    ),
    (
        &["sha2_384", "sha384", "hmac_sha2_384"],
        Transform::prf(Prf::HmacSha2_384),
    ),
    (
        &["sha2_512", "sha512", "hmac_sha2_512"],
        Transform::prf(Prf::HmacSha2_512),
    ),
    (
        &["aes_xcbc", "aes128_xcbc"],
        Transform::prf(Prf::Aes128Xcbc),
    ),
];

/// In the order in which libreswan looks for the one that belongs to a PRF.
pub(super) const INTEGS: &[Row] = &[
    (
        &["md5", "hmac_md5", "hmac_md5_96"],
        Transform::integ(Integ::HmacMd5_96),
    ),
    (
        &["sha1", "sha", "sha1_96", "hmac_sha1", "hmac_sha1_96"],
        Transform::integ(Integ::HmacSha1_96),
    ),
    (
        &[
            "sha2_256",
            "sha2",
            "sha256",
            "sha2_256_128",
            "hmac_sha2_256",
            "hmac_sha2_256_128",
        ],
        Transform::integ(Integ::HmacSha2_256_128),
    ),
    (
        &[
            "sha2_384",
            "sha384",
            "sha2_384_192",
            "hmac_sha2_384",
            "hmac_sha2_384_192",
        ],
        Transform::integ(Integ::HmacSha2_384_192),
    ),
    (
        &[
            "sha2_512",
            "sha512",
            "sha2_512_256",
            "hmac_sha2_512",
            "hmac_sha2_512_256",
        ],
        Transform::integ(Integ::HmacSha2_512_256),
    ),
    (
        &["aes_xcbc", "aes128_xcbc", "aes_xcbc_96", "aes128_xcbc_96"],
        Transform::integ(Integ::AesXcbc96),
    ),
    (
        &["aes_cmac", "aes_cmac_96"],
        Transform::integ(Integ::AesCmac96),
    ),
    (&["none", "null"], Transform::raw(TransformType::INTEG, 0)),
];

pub(super) const GROUPS: &[Row] = &[
    (
        &["none", "null", "dh0"],
        Transform::raw(TransformType::KE, 0),
    ),
    (&["modp1536", "dh5"], Transform::ke(Ke::Modp1536)),
    (&["modp2048", "dh14"], Transform::ke(Ke::Modp2048)),
    (&["modp3072", "dh15"], Transform::ke(Ke::Modp3072)),
    (&["modp4096", "dh16"], Transform::ke(Ke::Modp4096)),
    (&["modp6144", "dh17"], Transform::ke(Ke::Modp6144)),
    (&["modp8192", "dh18"], Transform::ke(Ke::Modp8192)),
    (&["dh19", "ecp_256", "ecp256"], Transform::ke(Ke::Ecp256)),
    (&["dh20", "ecp_384", "ecp384"], Transform::ke(Ke::Ecp384)),
    (&["dh21", "ecp_521", "ecp521"], Transform::ke(Ke::Ecp521)),
    (&["dh31", "curve25519"], Transform::ke(Ke::Curve25519)),
];

/// Groups of version 5.
pub(super) const GROUPS_5: &[Row] = &[(&["ml_kem_768"], Transform::ke(Ke::MlKem768))];

/// Groups that a build has if its makers asked for them (`USE_DH2=true`).
pub(super) const OPTIONAL_GROUPS: &[(&[&str], Ke)] = &[(&["modp1024", "dh2"], Ke::Modp1024)];

/// Names that libreswan knows and has no algorithm for: MODP-1024 is not built by default since 3.30
/// (CHANGES), the others are missing in 4.10 of Debian 12.
pub(super) const UNSUPPORTED_GROUPS: &[&str] = &["modp1024", "dh22", "dh23", "dh24", "curve448"];

/// Names of ciphers that libreswan knows by number and has no algorithm for.
pub(super) const UNSUPPORTED_CIPHERS: &[&str] = &["cast", "cast_cbc", "des", "des_cbc"];

/// The same, for ESP alone.
pub(super) const UNSUPPORTED_IN_ESP: &[&str] = &[
    "blowfish",
    "serpent",
    "serpent_cbc",
    "twofish",
    "twofish_cbc",
];

/// Names of integrity algorithms that IKEv2 has no number for.
pub(super) const NOT_IN_IKEV2: &[&str] = &["hmac_sha2_256_truncbug"];

/// The row with the name `word`.
pub(super) fn find(rows: &[Row], word: &str) -> Option<Transform> {
    let row = rows
        .iter()
        .find(|(names, _)| names.iter().any(|name| name.eq_ignore_ascii_case(word)));
    row.map(|(_, transform)| *transform)
}

/// All words of one type, for suggestions.
pub fn words(kind: TransformType) -> Vec<&'static str> {
    let rows = match kind {
        TransformType::ENCR => {
            return CIPHERS
                .iter()
                .flat_map(|cipher| cipher.names)
                .copied()
                .collect();
        }
        TransformType::PRF => PRFS,
        TransformType::INTEG => INTEGS,
        TransformType::KE => GROUPS,
        _ => &[],
    };
    rows.iter().flat_map(|(names, _)| *names).copied().collect()
}
