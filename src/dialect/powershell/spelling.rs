//! What the six values of a custom policy are called in the three places where Windows takes them.
//!
//! PowerShell: [`super::SOURCE`]. ProfileXML: the allowed values of the nodes below
//! `NativeProfile/CryptographySuite` in the DDF file of the configuration service provider VPNv2.
//! Intune: the enumerations that Microsoft Graph's resource `cryptographySuite` names.
//!
//! Only rows are here of which both words are documented as the same algorithm. Graph shares its
//! enumerations with other systems and has words for which Windows' own lists have none, such as
//! `sha1_160`, `sha2_512` and `chaCha20Poly1305`: what becomes of them on Windows is not documented.

use strum::IntoEnumIterator as _;

use super::{Parameter, SOURCE};

/// A place in which a policy is written.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub(crate) enum Spelling {
    /// `Set-VpnConnectionIPsecConfiguration`.
    Powershell,
    /// `<CryptographySuite>` of a VPN profile.
    Profilexml,
    /// `cryptographySuite` of Microsoft Graph.
    Intune,
}

/// Words that differ from PowerShell's: parameter, PowerShell's value, ProfileXML's, Intune's.
/// `None` where there is no such word.
type Row = (
    Parameter,
    &'static str,
    Option<&'static str>,
    Option<&'static str>,
);

const ROWS: &[Row] = {
    use Parameter::{
        AuthenticationTransformConstants as Authentication, CipherTransformConstants as Cipher,
        DHGroup as Group, EncryptionMethod as Encryption, IntegrityCheckMethod as Integrity,
        PfsGroup as Pfs,
    };
    &[
        (Authentication, "MD596", Some("MD596"), Some("md5_96")),
        (Authentication, "SHA196", Some("SHA196"), Some("sha1_96")),
        (
            Authentication,
            "SHA256128",
            Some("SHA256128"),
            Some("sha_256_128"),
        ),
        (
            Authentication,
            "GCMAES128",
            Some("GCMAES128"),
            Some("aes128Gcm"),
        ),
        (
            Authentication,
            "GCMAES192",
            Some("GCMAES192"),
            Some("aes192Gcm"),
        ),
        (
            Authentication,
            "GCMAES256",
            Some("GCMAES256"),
            Some("aes256Gcm"),
        ),
        (Authentication, "None", None, None),
        (Cipher, "DES", Some("DES"), Some("des")),
        (Cipher, "DES3", Some("DES3"), Some("tripleDes")),
        (Cipher, "AES128", Some("AES128"), Some("aes128")),
        (Cipher, "AES192", Some("AES192"), Some("aes192")),
        (Cipher, "AES256", Some("AES256"), Some("aes256")),
        (Cipher, "GCMAES128", Some("GCMAES128"), Some("aes128Gcm")),
        (Cipher, "GCMAES192", Some("GCMAES192"), Some("aes192Gcm")),
        (Cipher, "GCMAES256", Some("GCMAES256"), Some("aes256Gcm")),
        (Cipher, "None", None, None),
        (Group, "None", Some("None"), None),
        (Group, "Group1", Some("Group1"), Some("group1")),
        (Group, "Group2", Some("Group2"), Some("group2")),
        (Group, "Group14", Some("Group14"), Some("group14")),
        (Group, "ECP256", Some("ECP256"), Some("ecp256")),
        (Group, "ECP384", Some("ECP384"), Some("ecp384")),
        (Group, "Group24", Some("Group24"), Some("group24")),
        (Encryption, "DES", Some("DES"), Some("des")),
        (Encryption, "DES3", Some("DES3"), Some("tripleDes")),
        (Encryption, "AES128", Some("AES128"), Some("aes128")),
        (Encryption, "AES192", Some("AES192"), Some("aes192")),
        (Encryption, "AES256", Some("AES256"), Some("aes256")),
        (
            Encryption,
            "GCMAES128",
            Some("AES_GCM_128"),
            Some("aes128Gcm"),
        ),
        (
            Encryption,
            "GCMAES256",
            Some("AES_GCM_256"),
            Some("aes256Gcm"),
        ),
        (Integrity, "MD5", Some("MD5"), Some("md5")),
        (Integrity, "SHA1", Some("SHA196"), Some("sha1_96")),
        (Integrity, "SHA256", Some("SHA256"), Some("sha2_256")),
        (Integrity, "SHA384", Some("SHA384"), Some("sha2_384")),
        (Pfs, "None", Some("None"), None),
        (Pfs, "PFS1", Some("PFS1"), Some("pfs1")),
        (Pfs, "PFS2", Some("PFS2"), Some("pfs2")),
        (Pfs, "PFS2048", Some("PFS2048"), Some("pfs2048")),
        (Pfs, "ECP256", Some("ECP256"), Some("ecp256")),
        (Pfs, "ECP384", Some("ECP384"), Some("ecp384")),
        (Pfs, "PFSMM", Some("PFSMM"), Some("pfsMM")),
        (Pfs, "PFS24", Some("PFS24"), Some("pfs24")),
    ]
};

impl Spelling {
    /// The word of a row.
    const fn of(self, row: &Row) -> Option<&'static str> {
        match self {
            Self::Powershell => Some(row.1),
            Self::Profilexml => row.2,
            Self::Intune => row.3,
        }
    }

    /// Where its words are documented.
    pub(crate) const fn source(self) -> &'static str {
        match self {
            Self::Powershell => SOURCE,
            Self::Profilexml => {
                "https://learn.microsoft.com/windows/client-management/mdm/vpnv2-ddf-file"
            }
            Self::Intune => {
                "https://learn.microsoft.com/graph/api/resources/intune-deviceconfig-cryptographysuite"
            }
        }
    }

    /// What a parameter is called, as it is named in a message.
    pub(crate) fn name(self, parameter: Parameter) -> String {
        match self {
            Self::Powershell => format!("-{parameter}"),
            Self::Profilexml => parameter.to_string(),
            Self::Intune => match parameter {
                Parameter::AuthenticationTransformConstants => "authenticationTransformConstants",
                Parameter::CipherTransformConstants => "cipherTransformConstants",
                Parameter::DHGroup => "dhGroup",
                Parameter::EncryptionMethod => "encryptionMethod",
                Parameter::IntegrityCheckMethod => "integrityCheckMethod",
                Parameter::PfsGroup => "pfsGroup",
            }
            .to_owned(),
        }
    }

    /// The parameter of a name.
    pub(crate) fn parameter(self, name: &str) -> Option<Parameter> {
        Parameter::iter().find(|it| self.name(*it) == name)
    }

    /// The documented words for a parameter.
    pub(crate) fn words(self, parameter: Parameter) -> impl Iterator<Item = &'static str> + Clone {
        let rows = ROWS.iter().filter(move |row| row.0 == parameter);
        rows.filter_map(move |row| self.of(row))
    }

    /// PowerShell's value for a word, whatever its case.
    pub(crate) fn value_of(self, parameter: Parameter, word: &str) -> Option<&'static str> {
        let mut rows = ROWS.iter().filter(|row| row.0 == parameter);
        let row = rows.find(|row| self.of(row).is_some_and(|it| it.eq_ignore_ascii_case(word)));
        row.map(|row| row.1)
    }

    /// PowerShell's value for a word that is not documented here, and that Windows is reported to
    /// take (<https://github.com/richardhicks/aovpn/issues/15>).
    pub(crate) fn tolerated(self, parameter: Parameter, word: &str) -> Option<&'static str> {
        let values = ["GCMAES128", "GCMAES256"];
        let found = values.into_iter().find(|it| it.eq_ignore_ascii_case(word));
        found.filter(|_| (self, parameter) == (Self::Profilexml, Parameter::EncryptionMethod))
    }

    /// The word for PowerShell's value, if there is one.
    pub(crate) fn word_of(self, parameter: Parameter, value: &str) -> Option<&'static str> {
        let row = ROWS.iter().find(|row| (row.0, row.1) == (parameter, value));
        row.and_then(|row| self.of(row))
    }
}

#[cfg(test)]
mod tests {
    use strum::IntoEnumIterator as _;

    use super::{Parameter, ROWS, Spelling};

    #[test]
    fn every_value_of_powershell_has_a_row_and_every_word_leads_back() {
        for parameter in Parameter::iter() {
            let rows = ROWS.iter().filter(|row| row.0 == parameter);
            let values: Vec<_> = rows.map(|row| row.1).collect();
            assert_eq!(values, parameter.values(), "{parameter}");
        }
        for spelling in [Spelling::Powershell, Spelling::Profilexml, Spelling::Intune] {
            for parameter in Parameter::iter() {
                assert_eq!(
                    spelling.parameter(&spelling.name(parameter)),
                    Some(parameter)
                );
                for word in spelling.words(parameter) {
                    let value = spelling.value_of(parameter, word).unwrap();
                    assert_eq!(spelling.word_of(parameter, value), Some(word));
                }
            }
        }
    }

    #[test]
    fn the_same_value_has_other_words_elsewhere() {
        let encryption = Parameter::EncryptionMethod;
        let word = |spelling: Spelling| spelling.word_of(encryption, "GCMAES256");
        assert_eq!(word(Spelling::Profilexml), Some("AES_GCM_256"));
        assert_eq!(word(Spelling::Intune), Some("aes256Gcm"));
        let integrity = Parameter::IntegrityCheckMethod;
        assert_eq!(Spelling::Profilexml.value_of(integrity, "SHA1"), None);
        assert_eq!(
            Spelling::Profilexml.value_of(integrity, "sha196"),
            Some("SHA1")
        );
        assert_eq!(Spelling::Intune.value_of(integrity, "sha1_160"), None);
        assert_eq!(Spelling::Intune.value_of(encryption, "aes192Gcm"), None);
    }
}
