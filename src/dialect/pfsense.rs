//! pfSense's words: values in `config.xml`, and the labels of the pages that set them.
//!
//! Read from the forms of pfSense's master of 2026-03-31; the labels are those of 2.6.0 to 2.7.2
//! too. What the pages call "Key length" of an AES-GCM cipher is the length of its *tag*.

use super::Inexpressible;
use crate::ike::{Encr, Integ, Ke, Prf, Protocol, Sn, Suite, Transform, TransformType};

/// Where the lists are written.
pub(crate) const SOURCE: &str =
    "https://github.com/pfsense/pfsense/blob/9363ac5b8651/src/etc/inc/ipsec.inc";

/// A cipher: value of `<name>`, text of the option, algorithm, key bits, and the lengths to choose
/// from: key bits for AES-CBC, tag bits for AES-GCM.
struct Cipher {
    value: &'static str,
    label: &'static str,
    encr: fn(u16) -> Option<(Encr, u16)>,
    lengths: &'static [u16],
}

const fn gcm(tag: u16) -> Option<Encr> {
    match tag {
        64 => Some(Encr::AesGcm8),
        96 => Some(Encr::AesGcm12),
        128 => Some(Encr::AesGcm16),
        _ => None,
    }
}

/// The ciphers, in the order of the pages.
const CIPHERS: &[Cipher] = &[
    Cipher {
        value: "aes",
        label: "AES",
        encr: |bits| Some((Encr::AesCbc, bits)),
        lengths: &[256, 192, 128],
    },
    Cipher {
        value: "aes128gcm",
        label: "AES128-GCM",
        encr: |tag| Some((gcm(tag)?, 128)),
        lengths: &[128, 96, 64],
    },
    Cipher {
        value: "aes192gcm",
        label: "AES192-GCM",
        encr: |tag| Some((gcm(tag)?, 192)),
        lengths: &[128, 96, 64],
    },
    Cipher {
        value: "aes256gcm",
        label: "AES256-GCM",
        encr: |tag| Some((gcm(tag)?, 256)),
        lengths: &[128, 96, 64],
    },
    Cipher {
        value: "chacha20poly1305",
        label: "CHACHA20-POLY1305",
        encr: |_| Some((Encr::ChaCha20Poly1305, 0)),
        lengths: &[0],
    },
];

/// Hashes: value in phase 1, value in phase 2, text, integrity algorithm, PRF.
const HASHES: &[(&str, &str, &str, Integ, Prf)] = &[
    (
        "sha1",
        "hmac_sha1",
        "SHA1",
        Integ::HmacSha1_96,
        Prf::HmacSha1,
    ),
    (
        "sha256",
        "hmac_sha256",
        "SHA256",
        Integ::HmacSha2_256_128,
        Prf::HmacSha2_256,
    ),
    (
        "sha384",
        "hmac_sha384",
        "SHA384",
        Integ::HmacSha2_384_192,
        Prf::HmacSha2_384,
    ),
    (
        "sha512",
        "hmac_sha512",
        "SHA512",
        Integ::HmacSha2_512_256,
        Prf::HmacSha2_512,
    ),
    (
        "aesxcbc",
        "aesxcbc",
        "AES-XCBC",
        Integ::AesXcbc96,
        Prf::Aes128Xcbc,
    ),
];

/// Groups: method and text; the value is the number.
const GROUPS: &[(Ke, &str)] = &[
    (Ke::Modp768, "1 (768 bit)"),
    (Ke::Modp1024, "2 (1024 bit)"),
    (Ke::Modp1536, "5 (1536 bit)"),
    (Ke::Modp2048, "14 (2048 bit)"),
    (Ke::Modp3072, "15 (3072 bit)"),
    (Ke::Modp4096, "16 (4096 bit)"),
    (Ke::Modp6144, "17 (6144 bit)"),
    (Ke::Modp8192, "18 (8192 bit)"),
    (Ke::Ecp256, "19 (nist ecp256)"),
    (Ke::Ecp384, "20 (nist ecp384)"),
    (Ke::Ecp521, "21 (nist ecp521)"),
    (Ke::Modp1024S160, "22 (1024(sub 160) bit)"),
    (Ke::Modp2048S224, "23 (2048(sub 224) bit)"),
    (Ke::Modp2048S256, "24 (2048(sub 256) bit)"),
    (Ke::Ecp192, "25 (nist ecp192)"),
    (Ke::Ecp224, "26 (nist ecp224)"),
    (Ke::BrainpoolP224r1, "27 (brainpool ecp224)"),
    (Ke::BrainpoolP256r1, "28 (brainpool ecp256)"),
    (Ke::BrainpoolP384r1, "29 (brainpool ecp384)"),
    (Ke::BrainpoolP512r1, "30 (brainpool ecp512)"),
    (Ke::Curve25519, "31 (Elliptic Curve 25519, 256 bit)"),
    (Ke::Curve448, "32 (Elliptic Curve 448, 448 bit)"),
];

/// What to choose on a page: the option's text, and of a cipher the text of its length list.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct CipherLabel {
    /// `AES`, `AES256-GCM`, …
    pub algorithm: &'static str,
    /// `256 bits`; `None` where the page has no such list.
    pub length: Option<u16>,
}

/// One row of phase 1.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Phase1Row {
    /// Columns Algorithm and Key length.
    pub cipher: CipherLabel,
    /// Column Hash.
    pub hash: &'static str,
    /// Column DH Group.
    pub group: &'static str,
    /// Column PRF, needed only where it is not the hash's own.
    pub prf: Option<&'static str>,
}

/// What to tick in phase 2 for one suite.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Phase2Ticks {
    /// The cipher and its length.
    pub cipher: CipherLabel,
    /// The hash; none beside an AEAD cipher.
    pub hash: Option<&'static str>,
    /// PFS key group.
    pub pfs: &'static str,
}

fn refuse(transform: Option<Transform>, limit: &'static str) -> Inexpressible {
    let what = transform.map_or_else(|| "none".to_owned(), crate::dialect::keyword::of_transform);
    Inexpressible {
        what,
        product: "pfSense",
        limit,
        source: SOURCE,
    }
}

fn cipher(encr: Option<Transform>) -> Result<CipherLabel, Inexpressible> {
    let found = CIPHERS.iter().find_map(|row| {
        let length = row.lengths.iter().copied().find(|length| {
            (row.encr)(*length).is_some_and(|(id, bits)| encr == Some(Transform::encr(id, bits)))
        })?;
        Some(CipherLabel {
            algorithm: row.label,
            length: (length > 0).then_some(length),
        })
    });
    found.ok_or_else(|| {
        refuse(
            encr,
            "its ciphers are AES-CBC, AES-GCM and ChaCha20-Poly1305",
        )
    })
}

fn group(ke: Option<Transform>) -> Result<&'static str, Inexpressible> {
    let row = GROUPS.iter().find(|row| ke == Some(Transform::ke(row.0)));
    row.map(|row| row.1)
        .ok_or_else(|| refuse(ke, "its groups are 1, 2, 5 and 14 to 32"))
}

fn no_more_than(suite: &Suite) -> Result<(), Inexpressible> {
    let more = suite.transforms().find(|t| {
        t.kind > TransformType::SN
            || (t.kind == TransformType::SN && *t != Transform::sn(Sn::Sequential32))
    });
    match more {
        Some(t) => Err(refuse(
            Some(t),
            "it has neither extended sequence numbers nor additional key exchanges",
        )),
        None => Ok(()),
    }
}

const HASH_LIMIT: &str = "its hashes are SHA-1, SHA-256, SHA-384, SHA-512 and AES-XCBC";

/// The row of phase 1 that allows exactly this suite.
pub fn phase1(suite: &Suite) -> Result<Phase1Row, Inexpressible> {
    no_more_than(suite)?;
    let aead = suite.encr().is_some_and(Transform::is_aead);
    let prf = HASHES
        .iter()
        .find(|row| suite.prf() == Some(Transform::prf(row.4)));
    let prf = prf.ok_or_else(|| refuse(suite.prf(), HASH_LIMIT))?;
    // Beside AEAD the column Hash gives only the PRF.
    let hash = if aead {
        prf
    } else {
        let row = HASHES
            .iter()
            .find(|row| suite.integ() == Some(Transform::integ(row.3)));
        row.ok_or_else(|| refuse(suite.integ(), HASH_LIMIT))?
    };
    Ok(Phase1Row {
        cipher: cipher(suite.encr())?,
        hash: hash.2,
        group: group(suite.ke())?,
        prf: (hash.4 != prf.4).then_some(prf.2),
    })
}

/// What to tick in phase 2 to allow exactly this suite.
pub fn phase2(suite: &Suite) -> Result<Phase2Ticks, Inexpressible> {
    no_more_than(suite)?;
    let hash = if suite.encr().is_some_and(Transform::is_aead) {
        None
    } else {
        let row = HASHES
            .iter()
            .find(|row| suite.integ() == Some(Transform::integ(row.3)));
        Some(row.ok_or_else(|| refuse(suite.integ(), HASH_LIMIT))?.2)
    };
    let pfs = match suite.ke() {
        None => "off",
        ke => group(ke)?,
    };
    Ok(Phase2Ticks {
        cipher: cipher(suite.encr())?,
        hash,
        pfs,
    })
}

/// Whether the pages can select the suite.
pub fn expresses(suite: &Suite) -> bool {
    match suite.protocol {
        Protocol::Ike => phase1(suite).is_ok(),
        Protocol::Ah | Protocol::Esp => phase2(suite).is_ok(),
    }
}

/// The option's text and length of a cipher.
pub fn cipher_label(encr: Transform) -> Option<String> {
    let label = cipher(Some(encr)).ok()?;
    Some(match label.length {
        Some(bits) => format!("{}, {bits} bits", label.algorithm),
        None => label.algorithm.to_owned(),
    })
}

/// The option's text of an integrity algorithm or PRF.
pub fn hash_label(hash: Transform) -> Option<String> {
    let own = |row: &&(&str, &str, &'static str, Integ, Prf)| {
        hash == Transform::integ(row.3) || hash == Transform::prf(row.4)
    };
    HASHES.iter().find(own).map(|row| row.2.to_owned())
}

/// The option's text of a group.
pub fn group_label(ke: Transform) -> Option<String> {
    group(Some(ke)).ok().map(ToOwned::to_owned)
}

/// The transform of `<name>` and `<keylen>`, which is the tag of an AES-GCM cipher.
pub fn cipher_of(name: &str, length: u16) -> Option<Transform> {
    let row = CIPHERS.iter().find(|row| row.value == name)?;
    let length = if row.lengths == [0] { 0 } else { length };
    row.lengths.contains(&length).then_some(())?;
    let (id, bits) = (row.encr)(length)?;
    Some(Transform::encr(id, bits))
}

/// `<name>` and `<keylen>` of a cipher.
pub fn cipher_value(encr: Transform) -> Option<(&'static str, Option<u16>)> {
    let label = cipher(Some(encr)).ok()?;
    let row = CIPHERS.iter().find(|row| row.label == label.algorithm)?;
    Some((row.value, label.length))
}

/// The values of `<keylen>` that the pages know for a `<name>`: lengths of the tag for AES-GCM. Empty
/// if there is nothing to choose, or no such cipher.
pub(crate) fn lengths_of(name: &str) -> &'static [u16] {
    let row = CIPHERS.iter().find(|row| row.value == name);
    row.map_or(&[], |row| {
        row.lengths.strip_prefix(&[0]).unwrap_or(row.lengths)
    })
}

/// Integrity algorithm and PRF of a hash, by its value in either phase.
#[cfg(test)]
pub(crate) fn hash_of(value: &str) -> Option<(Transform, Transform)> {
    let row = HASHES.iter().find(|row| row.0 == value || row.1 == value)?;
    Some((Transform::integ(row.3), Transform::prf(row.4)))
}

/// The ciphers in the order of the page "Edit Phase 2": transform, `<name>`, `<keylen>`.
pub(crate) fn ciphers_of_page() -> impl Iterator<Item = (Transform, &'static str, Option<u16>)> {
    CIPHERS.iter().flat_map(|row| {
        row.lengths.iter().filter_map(|length| {
            let (id, bits) = (row.encr)(*length)?;
            let keylen = (*length > 0).then_some(*length);
            Some((Transform::encr(id, bits), row.value, keylen))
        })
    })
}

/// The hashes in the order of the page "Edit Phase 2": integrity algorithm and value.
pub(crate) fn hashes_of_page() -> impl Iterator<Item = (Transform, &'static str)> {
    HASHES.iter().map(|row| (Transform::integ(row.3), row.1))
}

/// The values of an integrity algorithm or PRF in phase 1 and in phase 2.
pub(crate) fn hash_value(hash: Transform) -> Option<(&'static str, &'static str)> {
    let own = |row: &&(&'static str, &'static str, &str, Integ, Prf)| {
        hash == Transform::integ(row.3) || hash == Transform::prf(row.4)
    };
    HASHES.iter().find(own).map(|row| (row.0, row.1))
}

/// The key exchange of a group's number, `None` for 0 and for numbers that the pages lack.
pub fn group_of(number: u16) -> Option<Transform> {
    let row = GROUPS.iter().find(|row| row.0.number() == number)?;
    Some(Transform::ke(row.0))
}

/// A suite in the labels of pfSense's pages, in one line: `AES 256 bits, SHA256, DH Group 14 (2048 bit)`.
pub(crate) fn words(suite: &Suite) -> Option<String> {
    let cipher = |label: CipherLabel| match label.length {
        Some(bits) => format!("{} {bits} bits", label.algorithm),
        None => label.algorithm.to_owned(),
    };
    match suite.protocol {
        Protocol::Ike => {
            let row = phase1(suite).ok()?;
            let prf = row
                .prf
                .map_or_else(String::new, |prf| format!(", PRF {prf}"));
            Some(format!(
                "{}, {}, DH Group {}{prf}",
                cipher(row.cipher),
                row.hash,
                row.group
            ))
        }
        Protocol::Ah | Protocol::Esp => {
            let ticks = phase2(suite).ok()?;
            let hash = ticks
                .hash
                .map_or_else(String::new, |hash| format!(", {hash}"));
            Some(format!("{}{hash}", cipher(ticks.cipher)))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{
        CIPHERS, GROUPS, HASHES, cipher_of, cipher_value, group, group_of, hash_of, hash_value,
        phase1, phase2,
    };
    use crate::dialect::swan;
    use crate::ike::{Protocol, Suite, Transform};

    fn suite(protocol: Protocol, text: &str) -> Suite {
        let proposal = swan::parse(protocol, text).unwrap();
        Suite::of(protocol, proposal.transforms().iter().copied())
    }

    #[test]
    fn every_value_leads_to_a_label_and_back() {
        for row in CIPHERS {
            for length in row.lengths {
                let transform = cipher_of(row.value, *length).unwrap();
                let expected = (row.value, (*length > 0).then_some(*length));
                assert_eq!(cipher_value(transform), Some(expected));
            }
        }
        for row in HASHES {
            let expected = Some((Transform::integ(row.3), Transform::prf(row.4)));
            assert_eq!((hash_of(row.0), hash_of(row.1)), (expected, expected));
            let values = Some((row.0, row.1));
            assert_eq!(hash_value(Transform::integ(row.3)), values);
            assert_eq!(hash_value(Transform::prf(row.4)), values);
        }
        for (ke, label) in GROUPS {
            assert_eq!(group_of(ke.number()), Some(Transform::ke(*ke)));
            assert_eq!(group(Some(Transform::ke(*ke))), Ok(*label));
            assert!(label.starts_with(&format!("{} (", ke.number())));
        }
    }

    #[test]
    fn a_gcm_row_names_the_tag_not_the_key() {
        let row = phase1(&suite(Protocol::Ike, "aes256gcm16-prfsha384-ecp384")).unwrap();
        assert_eq!(
            (row.cipher.algorithm, row.cipher.length),
            ("AES256-GCM", Some(128))
        );
        assert_eq!(
            (row.hash, row.group, row.prf),
            ("SHA384", "20 (nist ecp384)", None)
        );
        let ticks = phase2(&suite(Protocol::Esp, "aes128-sha256")).unwrap();
        assert_eq!(
            (ticks.cipher.length, ticks.hash, ticks.pfs),
            (Some(128), Some("SHA256"), "off")
        );
    }

    #[test]
    fn what_the_pages_lack_is_refused() {
        for (protocol, text) in [
            (Protocol::Ike, "3des-sha1-modp1024"),
            (Protocol::Ike, "aes256ctr-sha256-modp2048"),
            (Protocol::Ike, "aes256-sha256-modp2048-ke1_mlkem768"),
            (Protocol::Esp, "aes256-sha256-esn"),
            (Protocol::Esp, "aes256-md5"),
        ] {
            let suite = suite(protocol, text);
            assert!(!super::expresses(&suite), "{text}");
        }
    }
}
