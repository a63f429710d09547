//! The words of `Set-VpnConnectionIPsecConfiguration` and its server twin
//! `Set-VpnServerConfiguration`.
//!
//! Value sets: Microsoft's parameter pages for Windows Server 2016 to 2025, which are identical.
//! One connection has exactly one suite of IKE and one of ESP.

mod command;
mod line;
mod parameter;
pub(crate) mod phonebook;
mod quoting;
mod spelling;

use super::Inexpressible;
use crate::ike::{Encr, Integ, Ke, Prf, Protocol, Sn, Suite, Transform};

pub(crate) use command::{Command, Named, Takes, Unbound};
pub(crate) use line::{REGISTRY_ENFORCE, Refused, line};
pub use parameter::Parameter;
pub(crate) use quoting::{DASHES, DOUBLE_QUOTES, SINGLE_QUOTES, argument};
pub(crate) use spelling::Spelling;

/// Where the value sets are written.
pub(crate) const SOURCE: &str =
    "https://learn.microsoft.com/powershell/module/vpnclient/set-vpnconnectionipsecconfiguration";

/// The values of `-EncryptionLevel`, and what each is called among the set-ups of a profile.
pub(crate) const ENCRYPTION_LEVELS: &[(&str, Option<&str>)] = &[
    ("NoEncryption", Some("none")),
    ("Optional", Some("optional")),
    ("Required", Some("require")),
    ("Maximum", Some("maximum")),
    ("Custom", None),
];

/// What the dialog of a connection calls each of these set-ups.
pub(crate) const DATA_ENCRYPTION: &[(&str, &str)] = &[
    (
        "none",
        "No encryption allowed (server will disconnect if it requires encryption)",
    ),
    (
        "optional",
        "Optional encryption (connect even if no encryption)",
    ),
    (
        "require",
        "Require encryption (disconnect if server declines)",
    ),
    (
        "maximum",
        "Maximum strength encryption (disconnect if server declines)",
    ),
];

/// The ciphers both phases can name.
const CIPHERS: &[(&str, Encr, u16)] = &[
    ("DES", Encr::Des, 0),
    ("DES3", Encr::TripleDes, 0),
    ("AES128", Encr::AesCbc, 128),
    ("AES192", Encr::AesCbc, 192),
    ("AES256", Encr::AesCbc, 256),
    ("GCMAES128", Encr::AesGcm16, 128),
    ("GCMAES192", Encr::AesGcm16, 192),
    ("GCMAES256", Encr::AesGcm16, 256),
];

/// Hashes of phase 1: value, integrity algorithm, PRF.
const HASHES: &[(&str, Integ, Prf)] = &[
    ("MD5", Integ::HmacMd5_96, Prf::HmacMd5),
    ("SHA1", Integ::HmacSha1_96, Prf::HmacSha1),
    ("SHA256", Integ::HmacSha2_256_128, Prf::HmacSha2_256),
    ("SHA384", Integ::HmacSha2_384_192, Prf::HmacSha2_384),
];

/// Hashes of phase 2.
const AUTHENTICATION: &[(&str, Integ)] = &[
    ("MD596", Integ::HmacMd5_96),
    ("SHA196", Integ::HmacSha1_96),
    ("SHA256128", Integ::HmacSha2_256_128),
];

/// Groups: number, value of phase 1, value of phase 2.
const GROUPS: &[(Ke, &str, &str)] = &[
    (Ke::Modp768, "Group1", "PFS1"),
    (Ke::Modp1024, "Group2", "PFS2"),
    (Ke::Modp2048, "Group14", "PFS2048"),
    (Ke::Ecp256, "ECP256", "ECP256"),
    (Ke::Ecp384, "ECP384", "ECP384"),
    (Ke::Modp2048S256, "Group24", "PFS24"),
];

/// The transform that one value stands for; an `-IntegrityCheckMethod` is given as the integrity
/// algorithm, its PRF follows. `None` for values that stand for nothing, and for `PFSMM`.
pub fn transform_of(parameter: Parameter, value: &str) -> Option<Transform> {
    if !parameter.values().contains(&value) {
        return None;
    }
    let cipher = || {
        let row = CIPHERS.iter().find(|row| row.0 == value)?;
        Some(Transform::encr(row.1, row.2))
    };
    match parameter {
        Parameter::CipherTransformConstants | Parameter::EncryptionMethod => cipher(),
        Parameter::AuthenticationTransformConstants => {
            let row = AUTHENTICATION.iter().find(|row| row.0 == value);
            row.map(|row| Transform::integ(row.1)).or_else(cipher)
        }
        Parameter::IntegrityCheckMethod => {
            let row = HASHES.iter().find(|row| row.0 == value)?;
            Some(Transform::integ(row.1))
        }
        Parameter::DHGroup => {
            let row = GROUPS.iter().find(|row| row.1 == value)?;
            Some(Transform::ke(row.0))
        }
        Parameter::PfsGroup => {
            let row = GROUPS.iter().find(|row| row.2 == value)?;
            Some(Transform::ke(row.0))
        }
    }
}

/// The six values of a custom policy.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub struct Arguments {
    /// `-AuthenticationTransformConstants`.
    pub authentication: &'static str,
    /// `-CipherTransformConstants`.
    pub cipher: &'static str,
    /// `-DHGroup`.
    pub dh_group: &'static str,
    /// `-EncryptionMethod`.
    pub encryption: &'static str,
    /// `-IntegrityCheckMethod`.
    pub integrity: &'static str,
    /// `-PfsGroup`.
    pub pfs_group: &'static str,
}

impl Arguments {
    /// The value of one parameter.
    pub(crate) const fn value(&self, parameter: Parameter) -> &'static str {
        match parameter {
            Parameter::AuthenticationTransformConstants => self.authentication,
            Parameter::CipherTransformConstants => self.cipher,
            Parameter::DHGroup => self.dh_group,
            Parameter::EncryptionMethod => self.encryption,
            Parameter::IntegrityCheckMethod => self.integrity,
            Parameter::PfsGroup => self.pfs_group,
        }
    }

    /// The two suites that these values make Windows offer, ESP with the PFS group if there is
    /// one; `None` if a value cannot be used with IKEv2 or two of them contradict each other.
    pub fn suites(&self) -> Option<(Suite, Suite)> {
        let &(_, encr, bits) = CIPHERS.iter().find(|row| row.0 == self.encryption)?;
        let &(_, integ, prf) = HASHES.iter().find(|row| row.0 == self.integrity)?;
        let &(group, ..) = GROUPS.iter().find(|row| row.1 == self.dh_group)?;
        let cipher = Transform::encr(encr, bits);
        let mut ike = Suite::of(
            Protocol::Ike,
            [cipher, Transform::prf(prf), Transform::ke(group)],
        );
        if !cipher.is_aead() {
            ike.set(Transform::integ(integ));
        }

        let mut esp = Suite::of(Protocol::Esp, [Transform::sn(Sn::Sequential32)]);
        let gcm = self.cipher.starts_with("GCM") || self.authentication.starts_with("GCM");
        if gcm && self.cipher != self.authentication {
            return None;
        }
        let cipher = match CIPHERS.iter().find(|row| row.0 == self.cipher) {
            Some(&(_, encr, bits)) => Transform::encr(encr, bits),
            None => Transform::encr(Encr::Null, 0),
        };
        esp.set(cipher);
        if let Some((_, integ)) = AUTHENTICATION
            .iter()
            .find(|row| row.0 == self.authentication)
        {
            esp.set(Transform::integ(*integ));
        }
        if self.pfs_group == "PFSMM" {
            esp.set(Transform::ke(group));
        } else if let Some((group, ..)) = GROUPS.iter().find(|row| row.2 == self.pfs_group) {
            esp.set(Transform::ke(*group));
        }
        Some((ike, esp))
    }
}

/// The refusal of one transform of `suite`, or of all of it where the transform is what it lacks.
fn refuse(suite: &Suite, transform: Option<Transform>, limit: &'static str) -> Inexpressible {
    let whole = || crate::dialect::keyword::of_suite(suite);
    Inexpressible {
        what: transform.map_or_else(whole, crate::dialect::keyword::of_transform),
        product: "Set-VpnConnectionIPsecConfiguration",
        limit,
        source: SOURCE,
    }
}

/// Neither phase has a word for a key exchange beside the first.
fn only_one_key_exchange(suite: &Suite) -> Result<(), Inexpressible> {
    match suite.additional().find(|ke| !ke.is_none()) {
        Some(ke) => Err(refuse(
            suite,
            Some(ke),
            "there are no additional key exchanges",
        )),
        None => Ok(()),
    }
}

/// The values that make Windows offer exactly these two suites. `esp` carries a key exchange if
/// Windows is to use PFS.
pub fn suite_arguments(ike: &Suite, esp: &Suite) -> Result<Arguments, Inexpressible> {
    let cipher = |suite: &Suite| {
        let encr = suite.encr()?;
        let row = CIPHERS
            .iter()
            .find(|row| Transform::encr(row.1, row.2) == encr)?;
        Some(row.0)
    };
    let encryption =
        cipher(ike).filter(|value| Parameter::EncryptionMethod.values().contains(value));
    let encryption = encryption.ok_or_else(|| {
        refuse(
            ike,
            ike.encr(),
            "IKE takes DES, 3DES, AES-CBC, and AES-GCM with a 16-octet tag and 128 or 256 bits",
        )
    })?;
    let aead = ike.encr().is_some_and(Transform::is_aead);
    let hash = HASHES.iter().find(|(_, integ, prf)| {
        let integrity = aead || ike.integ() == Some(Transform::integ(*integ));
        integrity && ike.prf() == Some(Transform::prf(*prf))
    });
    let (integrity, ..) = hash.ok_or_else(|| {
        refuse(
            ike,
            ike.prf(),
            "one value sets integrity and PRF of IKE alike: MD5, SHA-1, SHA-256 or SHA-384",
        )
    })?;
    let group = |ke: Option<Transform>| GROUPS.iter().find(|row| ke == Some(Transform::ke(row.0)));
    let (_, dh_group, _) = group(ike.ke())
        .ok_or_else(|| refuse(ike, ike.ke(), "the groups are 1, 2, 14, 19, 20 and 24"))?;
    only_one_key_exchange(ike)?;

    let esp_cipher = match esp.encr() {
        Some(encr) if encr == Transform::encr(Encr::Null, 0) => Some("None"),
        _ => cipher(esp),
    };
    let esp_cipher = esp_cipher.ok_or_else(|| {
        refuse(
            esp,
            esp.encr(),
            "ESP takes DES, 3DES, AES-CBC, and AES-GCM with a 16-octet tag",
        )
    })?;
    let authentication = if esp.encr().is_some_and(Transform::is_aead) {
        // Both constants name the GCM; otherwise Windows refuses the policy.
        Some(esp_cipher)
    } else {
        let row = AUTHENTICATION
            .iter()
            .find(|row| esp.integ() == Some(Transform::integ(row.1)));
        row.map(|row| row.0)
    };
    let authentication = authentication.ok_or_else(|| {
        refuse(
            esp,
            esp.integ(),
            "ESP takes MD5, SHA-1 and SHA-256 beside a classic cipher",
        )
    })?;
    if esp
        .sn()
        .is_some_and(|sn| sn != Transform::sn(Sn::Sequential32))
    {
        return Err(refuse(
            esp,
            esp.sn(),
            "there are no extended sequence numbers",
        ));
    }
    only_one_key_exchange(esp)?;
    let pfs_group = match esp.ke() {
        None => "None",
        ke => {
            let row = group(ke);
            row.ok_or_else(|| refuse(esp, ke, "the groups are 1, 2, 14, 19, 20 and 24"))?
                .2
        }
    };
    Ok(Arguments {
        authentication,
        cipher: esp_cipher,
        dh_group,
        encryption,
        integrity,
        pfs_group,
    })
}

/// Whether the value sets have the suite.
pub fn expresses(suite: &Suite) -> bool {
    // The two phases are independent of each other, so any partner will do.
    let cipher = Transform::encr(Encr::AesCbc, 256);
    let integ = Transform::integ(Integ::HmacSha2_256_128);
    let ike = [
        cipher,
        integ,
        Transform::prf(Prf::HmacSha2_256),
        Transform::ke(Ke::Modp2048),
    ];
    let esp = [cipher, integ, Transform::sn(Sn::Sequential32)];
    let (ike, esp) = match suite.protocol {
        Protocol::Ike => (*suite, Suite::of(Protocol::Esp, esp)),
        Protocol::Esp => (Suite::of(Protocol::Ike, ike), *suite),
        Protocol::Ah => return false,
    };
    suite_arguments(&ike, &esp).is_ok()
}

#[cfg(test)]
mod tests {
    use itertools::Itertools as _;
    use strum::IntoEnumIterator as _;

    use super::{Arguments, Parameter, suite_arguments};
    use crate::dialect::swan;
    use crate::ike::{Protocol, Suite};

    fn suite(protocol: Protocol, text: &str) -> Suite {
        let proposal = swan::parse(protocol, text).unwrap();
        Suite::of(protocol, proposal.transforms().iter().copied())
    }

    fn arguments(ike: &str, esp: &str) -> Result<Arguments, String> {
        let refused = |why: super::Inexpressible| why.to_string();
        suite_arguments(&suite(Protocol::Ike, ike), &suite(Protocol::Esp, esp)).map_err(refused)
    }

    #[test]
    fn the_articles_suites_have_values() {
        let values = |a: Arguments| Parameter::iter().map(|p| a.value(p)).join(" ");
        let cbc = arguments("aes256-sha256-modp2048", "aes256-sha256").unwrap();
        assert_eq!(values(cbc), "SHA256128 AES256 Group14 AES256 SHA256 None");
        let gcm = arguments("aes256-sha256-modp2048", "aes128gcm16").unwrap();
        assert_eq!(
            values(gcm),
            "GCMAES128 GCMAES128 Group14 AES256 SHA256 None"
        );
        let pfs = arguments("aes256gcm16-prfsha384-ecp384", "aes256gcm16-ecp384").unwrap();
        assert_eq!(
            values(pfs),
            "GCMAES256 GCMAES256 ECP384 GCMAES256 SHA384 ECP384"
        );
    }

    #[test]
    fn what_windows_cannot_say_is_refused_with_the_limit() {
        for (ike, esp, what) in [
            ("aes256-sha512-modp2048", "aes256-sha256", "prfsha512"),
            ("aes256-sha256-modp3072", "aes256-sha256", "modp3072"),
            (
                "aes192gcm16-prfsha256-modp2048",
                "aes256-sha256",
                "aes192gcm16",
            ),
            (
                "aes256-sha256-prfsha384-modp2048",
                "aes256-sha256",
                "prfsha384",
            ),
            (
                "chacha20poly1305-prfsha256-ecp256",
                "aes256-sha256",
                "chacha20poly1305",
            ),
            ("aes256-sha256-modp2048", "aes256-sha512", "sha512"),
            ("aes256-sha256-modp2048", "aes256gcm8", "aes256gcm8"),
            ("aes256-sha256-modp2048", "aes256-sha256-esn", "esn"),
            (
                "aes256-sha256-modp2048",
                "aes256-sha256-modp3072",
                "modp3072",
            ),
            (
                "aes256-sha256-modp2048-ke1_mlkem768",
                "aes256-sha256",
                "ke1_mlkem768",
            ),
            (
                "aes256-sha256-modp2048",
                "aes256-sha256-modp2048-ke2_mlkem1024",
                "ke2_mlkem1024",
            ),
            ("aes256-sha256-modp2048", "aes256", "aes256"),
        ] {
            let message = arguments(ike, esp).unwrap_err();
            assert!(
                message.contains(&format!("`{what}`")),
                "{ike} {esp}: {message}"
            );
        }
    }

    /// Every combination of documented values either stands for two suites, which lead back to
    /// equivalent values, or is one that Windows refuses.
    #[test]
    fn all_values_lead_to_suites_and_back() {
        let of = |p: Parameter| p.values().iter().copied();
        let mut seen = 0;
        for (authentication, cipher) in of(Parameter::AuthenticationTransformConstants)
            .cartesian_product(of(Parameter::CipherTransformConstants))
        {
            for ((encryption, integrity), (dh_group, pfs_group)) in of(Parameter::EncryptionMethod)
                .cartesian_product(of(Parameter::IntegrityCheckMethod))
                .cartesian_product(
                    of(Parameter::DHGroup).cartesian_product(of(Parameter::PfsGroup)),
                )
            {
                let arguments = Arguments {
                    authentication,
                    cipher,
                    dh_group,
                    encryption,
                    integrity,
                    pfs_group,
                };
                let Some((ike, esp)) = arguments.suites() else {
                    continue;
                };
                if authentication == "None" {
                    continue; // ESP without integrity is never written
                }
                let back = suite_arguments(&ike, &esp).unwrap();
                assert_eq!(back.suites(), Some((ike, esp)));
                seen += 1;
            }
        }
        assert!(seen > 10_000, "{seen}");
    }
}
