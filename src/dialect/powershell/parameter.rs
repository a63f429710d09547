//! The six parameters of a custom policy, and their documented values.

use strum::{Display, EnumIter, EnumMessage, IntoEnumIterator as _, IntoStaticStr};

use super::quoting::DASHES;

/// The six parameters of a custom policy, in the order in which this program writes them.
///
/// The comment on a variant is what `explain` prints.
#[derive(
    Clone, Copy, Debug, Display, EnumIter, EnumMessage, Eq, Hash, IntoStaticStr, PartialEq,
)]
pub enum Parameter {
    /// Phase 2, hash algorithm: the integrity algorithm of ESP.
    ///
    /// `SHA256128` is HMAC-SHA-256 with a 128-bit tag; there is no SHA-384 and no SHA-512. With an
    /// AES-GCM cipher this must name the same GCM as `-CipherTransformConstants`, otherwise
    /// Windows says "The IPsec cipher transform is not compatible with the policy." Guides that
    /// write `SHA256` here rely on PowerShell completing an unambiguous prefix.
    AuthenticationTransformConstants,
    /// Phase 2, encryption algorithm: the cipher of ESP.
    ///
    /// `None` is ESP without encryption.
    CipherTransformConstants,
    /// Phase 1, DH group: the key exchange of IKE.
    ///
    /// `Group14` is the 2048-bit MODP group, `ECP256` and `ECP384` are groups 19 and 20. `None` is
    /// for AuthIP and cannot be used with IKEv2.
    DHGroup,
    /// Phase 1, encryption algorithm: the cipher of IKE.
    EncryptionMethod,
    /// Phase 1, hash algorithm: the integrity algorithm of IKE, and its PRF.
    ///
    /// With an AES-GCM `-EncryptionMethod` only the PRF remains.
    IntegrityCheckMethod,
    /// Phase 2, PFS group: the key exchange that is sent when the child SA is rekeyed.
    ///
    /// With `None` Windows refuses any rekeying by the server that names a group (error 13816).
    /// With a group it demands that group: a server without it loses the tunnel after an hour or
    /// 200 MiB. `PFSMM` repeats the group of phase 1.
    PfsGroup,
}

impl Parameter {
    /// The documented values.
    pub const fn values(self) -> &'static [&'static str] {
        match self {
            Self::AuthenticationTransformConstants => &[
                "MD596",
                "SHA196",
                "SHA256128",
                "GCMAES128",
                "GCMAES192",
                "GCMAES256",
                "None",
            ],
            Self::CipherTransformConstants => &[
                "DES",
                "DES3",
                "AES128",
                "AES192",
                "AES256",
                "GCMAES128",
                "GCMAES192",
                "GCMAES256",
                "None",
            ],
            Self::DHGroup => &[
                "None", "Group1", "Group2", "Group14", "ECP256", "ECP384", "Group24",
            ],
            Self::EncryptionMethod => &[
                "DES",
                "DES3",
                "AES128",
                "AES192",
                "AES256",
                "GCMAES128",
                "GCMAES256",
            ],
            Self::IntegrityCheckMethod => &["MD5", "SHA1", "SHA256", "SHA384"],
            Self::PfsGroup => &[
                "None", "PFS1", "PFS2", "PFS2048", "ECP256", "ECP384", "PFSMM", "PFS24",
            ],
        }
    }

    /// The parameter whose name is `text`, with or without dash, whatever the case.
    pub(crate) fn named(text: &str) -> Option<Self> {
        let name = text.trim_start_matches(DASHES);
        Self::iter().find(|parameter| parameter.to_string().eq_ignore_ascii_case(name))
    }

    /// Completes a value as PowerShell does: the exact name wins, whatever its case, else the one
    /// value that begins with `text`. Fails with the candidates, none or several.
    pub(crate) fn complete(self, text: &str) -> Result<&'static str, Vec<&'static str>> {
        let values = || self.values().iter().copied();
        if let Some(exact) = values().find(|value| value.eq_ignore_ascii_case(text)) {
            return Ok(exact);
        }
        let begins = |value: &&str| {
            let start = value.get(..text.len());
            !text.is_empty() && start.is_some_and(|start| start.eq_ignore_ascii_case(text))
        };
        let candidates: Vec<_> = values().filter(begins).collect();
        match candidates.as_slice() {
            [one] => Ok(one),
            _ => Err(candidates),
        }
    }
}

#[cfg(test)]
mod tests {
    use strum::{EnumMessage as _, IntoEnumIterator as _};

    use super::Parameter;

    #[test]
    fn values_complete_as_in_powershell() {
        let auth = Parameter::AuthenticationTransformConstants;
        assert_eq!(auth.complete("sha256"), Ok("SHA256128"));
        assert_eq!(auth.complete("SHA1"), Ok("SHA196"));
        assert_eq!(auth.complete("SHA").unwrap_err(), ["SHA196", "SHA256128"]);
        assert_eq!(Parameter::DHGroup.complete("Group1"), Ok("Group1"));
        assert_eq!(
            Parameter::CipherTransformConstants.complete("DES"),
            Ok("DES")
        );
        assert_eq!(auth.complete("SHA512").unwrap_err(), Vec::<&str>::new());
    }

    #[test]
    fn every_parameter_is_documented_and_found_by_name() {
        for parameter in Parameter::iter() {
            assert!(parameter.get_documentation().is_some());
            assert_eq!(Parameter::named(&format!("-{parameter}")), Some(parameter));
        }
    }
}
