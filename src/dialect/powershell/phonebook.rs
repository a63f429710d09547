//! The codes under which the phone book of Windows keeps a custom policy.
//!
//! `CustomIPSecPolicies` holds six little-endian numbers of 32 bits. Their order and the codes here
//! follow from three public files whose authors name the PowerShell arguments that made them, and
//! which agree with each other. A code that stands in none of them is not known here, although the
//! order of Microsoft's lists suggests what it is.

use super::Parameter;

/// The parameters in the order of the six numbers.
pub(crate) const ORDER: [Parameter; 6] = [
    Parameter::IntegrityCheckMethod,
    Parameter::EncryptionMethod,
    Parameter::DHGroup,
    Parameter::CipherTransformConstants,
    Parameter::AuthenticationTransformConstants,
    Parameter::PfsGroup,
];

/// Codes that are proven.
const CODES: &[(Parameter, u32, &str)] = &[
    (Parameter::IntegrityCheckMethod, 2, "SHA256"),
    (Parameter::IntegrityCheckMethod, 3, "SHA384"),
    (Parameter::EncryptionMethod, 2, "AES128"),
    (Parameter::EncryptionMethod, 4, "AES256"),
    (Parameter::EncryptionMethod, 6, "GCMAES256"),
    (Parameter::DHGroup, 3, "Group14"),
    (Parameter::DHGroup, 5, "ECP384"),
    (Parameter::CipherTransformConstants, 3, "AES128"),
    (Parameter::CipherTransformConstants, 5, "AES256"),
    (Parameter::CipherTransformConstants, 8, "GCMAES256"),
    (Parameter::AuthenticationTransformConstants, 2, "SHA256128"),
    (Parameter::AuthenticationTransformConstants, 5, "GCMAES256"),
    (Parameter::PfsGroup, 0, "None"),
    (Parameter::PfsGroup, 3, "PFS2048"),
    (Parameter::PfsGroup, 5, "ECP384"),
];

/// The value of a code, if it is proven.
pub(crate) fn value_of(parameter: Parameter, code: u32) -> Option<&'static str> {
    let row = CODES.iter().find(|row| (row.0, row.1) == (parameter, code));
    row.map(|row| row.2)
}

#[cfg(test)]
mod tests {
    use super::CODES;

    #[test]
    fn codes_are_unique_and_mean_documented_values() {
        for (place, (parameter, code, value)) in CODES.iter().enumerate() {
            assert!(parameter.values().contains(value), "{value}");
            let same = |other: &&(_, _, _)| (other.0, other.1) == (*parameter, *code);
            assert_eq!(CODES.iter().position(|other| same(&other)), Some(place));
        }
    }
}
