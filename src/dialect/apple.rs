//! Apple's words: the SA parameters of a configuration profile.
//!
//! Values of `IKESecurityAssociationParameters` and `ChildSecurityAssociationParameters` in Apple's
//! schema `com.apple.vpn.managed` (iOS 18.1, macOS 15.1). One suite of IKE and one of ESP; the PRF
//! is inferred from the integrity algorithm, beside AEAD too. Version 26 added
//! `PostQuantumKeyExchangeMethods`.

use super::Inexpressible;
use crate::ike::{Encr, Integ, Ke, Prf, Sn, Suite, Transform};

/// Where the values are written.
pub(crate) const SOURCE: &str = "https://github.com/apple/device-management/blob/b6202ca2/mdm/profiles/com.apple.vpn.managed.yaml";

/// `EncryptionAlgorithm`.
const CIPHERS: &[(&str, Encr, u16)] = &[
    ("DES", Encr::Des, 0),
    ("3DES", Encr::TripleDes, 0),
    ("AES-128", Encr::AesCbc, 128),
    ("AES-256", Encr::AesCbc, 256),
    ("AES-128-GCM", Encr::AesGcm16, 128),
    ("AES-256-GCM", Encr::AesGcm16, 256),
    ("ChaCha20Poly1305", Encr::ChaCha20Poly1305, 0),
];

/// `IntegrityAlgorithm` and the PRF inferred from it.
const HASHES: &[(&str, Integ, Prf)] = &[
    ("SHA1-96", Integ::HmacSha1_96, Prf::HmacSha1),
    ("SHA1-160", Integ::HmacSha1_160, Prf::HmacSha1),
    ("SHA2-256", Integ::HmacSha2_256_128, Prf::HmacSha2_256),
    ("SHA2-384", Integ::HmacSha2_384_192, Prf::HmacSha2_384),
    ("SHA2-512", Integ::HmacSha2_512_256, Prf::HmacSha2_512),
];

/// `DiffieHellmanGroup`.
const GROUPS: &[Ke] = &[
    Ke::Modp768,
    Ke::Modp1024,
    Ke::Modp1536,
    Ke::Modp2048,
    Ke::Modp3072,
    Ke::Modp4096,
    Ke::Modp6144,
    Ke::Modp8192,
    Ke::Ecp256,
    Ke::Ecp384,
    Ke::Ecp521,
    Ke::Curve25519,
    Ke::Curve448,
];

/// `PostQuantumKeyExchangeMethods`, which has room for seven of them.
const POST_QUANTUM: &[Ke] = &[Ke::MlKem768, Ke::MlKem1024];

/// `CertificateType`, the kind of key that the client expects of a server: bits of the curve, none for RSA.
/// NetworkExtension has Ed25519 besides, which the schema does not list.
const CERTIFICATE_TYPES: &[(&str, Option<usize>)] = &[
    ("RSA", None),
    ("ECDSA256", Some(256)),
    ("ECDSA384", Some(384)),
    ("ECDSA521", Some(521)),
    ("RSA-PSS", None),
];

/// The parameters of one dictionary.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Parameters {
    /// `EncryptionAlgorithm`.
    pub encryption: &'static str,
    /// `IntegrityAlgorithm`; beside AEAD in ESP it has no meaning.
    pub integrity: Option<&'static str>,
    /// `DiffieHellmanGroup`; in the child's dictionary only with `EnablePFS`.
    pub group: Option<u16>,
    /// `PostQuantumKeyExchangeMethods`, since version 26.
    pub post_quantum: Vec<u16>,
}

fn refuse(transform: Option<Transform>, limit: &'static str) -> Inexpressible {
    let what = transform.map_or_else(|| "none".to_owned(), crate::dialect::keyword::of_transform);
    Inexpressible {
        what,
        product: "Apple's configuration profile",
        limit,
        source: SOURCE,
    }
}

/// Why there is no dictionary of IKE parameters without group.
pub(crate) fn no_group() -> Inexpressible {
    refuse(None, "IKE needs a group: 1, 2, 5, 14 to 21, 31 or 32")
}

/// The dictionary that makes a client offer exactly this suite.
pub fn parameters(suite: &Suite) -> Result<Parameters, Inexpressible> {
    let esn = Transform::sn(Sn::Sequential64);
    if suite.sn() == Some(esn) {
        return Err(refuse(Some(esn), "it has no extended sequence numbers"));
    }
    let post_quantum = post_quantum(suite)?;
    let cipher = CIPHERS
        .iter()
        .find(|row| suite.encr() == Some(Transform::encr(row.1, row.2)));
    let (encryption, ..) = cipher.ok_or_else(|| {
        refuse(suite.encr(), "its ciphers are DES, 3DES, AES-CBC and AES-GCM with 128 or 256 bits and a 16-octet tag, and ChaCha20-Poly1305")
    })?;
    let aead = suite.encr().is_some_and(Transform::is_aead);
    let fits = |(_, integ, prf): &&(&str, Integ, Prf)| {
        let integrity = aead || suite.integ() == Some(Transform::integ(*integ));
        let derived = suite.prf().is_none_or(|own| own == Transform::prf(*prf));
        integrity && derived
    };
    let integrity = if aead && suite.prf().is_none() {
        None
    } else {
        let limit =
            "its integrity algorithms are HMAC with SHA-1 and SHA-2, and the PRF follows from them";
        // SHA1-160 comes after SHA1-96, so an AEAD suite with PRF_HMAC_SHA1 gets the common one.
        Some(
            HASHES
                .iter()
                .find(fits)
                .ok_or_else(|| refuse(suite.integ().or(suite.prf()), limit))?
                .0,
        )
    };
    let group = match suite.ke() {
        None => None,
        ke => {
            let known = GROUPS
                .iter()
                .find(|group| ke == Some(Transform::ke(**group)));
            Some(
                known
                    .ok_or_else(|| refuse(ke, "its groups are 1, 2, 5, 14 to 21, 31 and 32"))?
                    .number(),
            )
        }
    };
    Ok(Parameters {
        encryption,
        integrity,
        group,
        post_quantum,
    })
}

/// The additional key exchanges, which have to follow each other without a gap.
fn post_quantum(suite: &Suite) -> Result<Vec<u16>, Inexpressible> {
    let limit = "its additional key exchanges are ML-KEM-768 and ML-KEM-1024, since version 26";
    let one = |(round, method): (u8, Transform)| {
        let in_order = method.kind.additional_round() == Some(round);
        let known = in_order && post_quantum_of(i64::from(method.id)).is_some();
        let number = known.then_some(method.id);
        number.ok_or_else(|| refuse(Some(method), limit))
    };
    (1..).zip(suite.additional()).map(one).collect()
}

/// Whether a profile can make a client offer exactly these two suites.
pub(crate) fn expresses(ike: &Suite, esp: &Suite) -> bool {
    ike.ke().is_some() && parameters(ike).is_ok() && parameters(esp).is_ok()
}

/// The values of `EncryptionAlgorithm`.
pub(crate) fn encryption_values() -> impl Iterator<Item = &'static str> {
    CIPHERS.iter().map(|row| row.0)
}

/// The cipher of a value of `EncryptionAlgorithm`.
pub(crate) fn encryption_of(value: &str) -> Option<Transform> {
    let row = CIPHERS.iter().find(|row| row.0 == value)?;
    Some(Transform::encr(row.1, row.2))
}

/// The values of `IntegrityAlgorithm`.
pub(crate) fn integrity_values() -> impl Iterator<Item = &'static str> {
    HASHES.iter().map(|row| row.0)
}

/// Integrity algorithm and PRF of a value of `IntegrityAlgorithm`.
pub(crate) fn integrity_of(value: &str) -> Option<(Transform, Transform)> {
    let row = HASHES.iter().find(|row| row.0 == value)?;
    Some((Transform::integ(row.1), Transform::prf(row.2)))
}

/// The values of `DiffieHellmanGroup`.
pub(crate) fn group_values() -> impl Iterator<Item = u16> {
    GROUPS.iter().map(|group| group.number())
}

/// The values of `CertificateType`.
pub(crate) fn certificate_types() -> impl Iterator<Item = &'static str> {
    CERTIFICATE_TYPES.iter().map(|row| row.0)
}

/// The curve of a value of `CertificateType` in bits, `Some(None)` for RSA.
pub(crate) fn curve_of(value: &str) -> Option<Option<usize>> {
    let row = CERTIFICATE_TYPES.iter().find(|row| row.0 == value)?;
    Some(row.1)
}

/// The value of `CertificateType` for a curve of so many bits, or for RSA.
pub(crate) fn certificate_type(curve: Option<usize>) -> Option<&'static str> {
    let row = CERTIFICATE_TYPES.iter().find(|row| row.1 == curve)?;
    Some(row.0)
}

/// The method of a value of `PostQuantumKeyExchangeMethods`.
pub(crate) fn post_quantum_of(number: i64) -> Option<Ke> {
    let mut known = POST_QUANTUM.iter();
    known
        .find(|method| i64::from(method.number()) == number)
        .copied()
}

/// The key exchange of a value of `DiffieHellmanGroup`.
pub(crate) fn group_of(number: u16) -> Option<Transform> {
    let group = GROUPS.iter().find(|group| group.number() == number)?;
    Some(Transform::ke(*group))
}

#[cfg(test)]
mod tests {
    use super::{
        encryption_of, encryption_values, group_of, group_values, integrity_of, integrity_values,
        parameters,
    };
    use crate::dialect::swan;
    use crate::ike::{Protocol, Suite};

    fn suite(protocol: Protocol, text: &str) -> Suite {
        let proposal = swan::parse(protocol, text).unwrap();
        Suite::of(protocol, proposal.transforms().iter().copied())
    }

    #[test]
    fn suites_become_dictionaries() {
        let p = parameters(&suite(Protocol::Ike, "aes256gcm16-prfsha384-ecp384")).unwrap();
        assert_eq!(
            (p.encryption, p.integrity, p.group),
            ("AES-256-GCM", Some("SHA2-384"), Some(20))
        );
        let p = parameters(&suite(Protocol::Esp, "aes256-sha256")).unwrap();
        assert_eq!(
            (p.encryption, p.integrity, p.group),
            ("AES-256", Some("SHA2-256"), None)
        );
        let p = parameters(&suite(Protocol::Esp, "aes128gcm16")).unwrap();
        assert_eq!((p.encryption, p.integrity), ("AES-128-GCM", None));
    }

    #[test]
    fn additional_key_exchanges_keep_their_order() {
        let text = "aes256gcm16-prfsha384-ecp384-ke1_mlkem1024-ke2_mlkem768";
        let p = parameters(&suite(Protocol::Ike, text)).unwrap();
        assert_eq!((p.group, p.post_quantum), (Some(20), vec![37, 36]));
    }

    #[test]
    fn every_value_leads_to_a_dictionary_with_it() {
        for encryption in encryption_values() {
            for integrity in integrity_values() {
                for number in group_values() {
                    let (integ, prf) = integrity_of(integrity).unwrap();
                    let cipher = encryption_of(encryption).unwrap();
                    let mut suite =
                        Suite::of(Protocol::Ike, [cipher, prf, group_of(number).unwrap()]);
                    if !cipher.is_aead() {
                        suite.set(integ);
                    } else if integrity == "SHA1-160" {
                        continue; // beside AEAD it means what SHA1-96 means
                    }
                    let back = parameters(&suite).unwrap();
                    assert_eq!(
                        (back.encryption, back.integrity, back.group),
                        (encryption, Some(integrity), Some(number))
                    );
                }
            }
        }
        assert_eq!(encryption_of("AES-192"), None);
        assert_eq!(integrity_of("SHA256"), None);
        assert_eq!(group_of(24), None);
    }

    #[test]
    fn what_a_profile_cannot_say_is_refused() {
        for (protocol, text) in [
            (Protocol::Ike, "aes192-sha256-modp2048"),
            (Protocol::Ike, "aes256-sha256-prfsha384-modp2048"),
            (Protocol::Ike, "aes256-sha256-modp2048s256"),
            (Protocol::Ike, "aes256-sha256-ecp256-ke1_mlkem512"),
            (Protocol::Ike, "aes256-sha256-ecp256-ke2_mlkem768"),
            (Protocol::Esp, "aes256gcm8"),
            (Protocol::Esp, "aes256-sha256-esn"),
        ] {
            assert!(parameters(&suite(protocol, text)).is_err(), "{text}");
        }
    }
}
