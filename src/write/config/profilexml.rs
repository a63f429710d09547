//! `<VPNProfile>` for Windows' device management, as Intune takes it in a custom setting.
//!
//! The protocol is always IKEv2: beside another one Windows does not apply a cryptography suite as
//! it is written. The order of elements is that of the example in the repository richardhicks/aovpn:
//! with Windows 11, Intune does not take every other order.

use std::io::Write;

use super::powershell::{only_suites, refusal};
use super::xml::Xml;
use crate::dialect::Inexpressible;
use crate::dialect::powershell::{self, Arguments, Parameter, Spelling, suite_arguments};
use crate::ike::{Encr, Suite, Transform};
use crate::write::config::refusal::Failure;
use crate::write::config::setup::{Auth, Setup};

const PRODUCT: &str = "a VPN profile of Windows (ProfileXML)";
const LIMIT: &str = "it holds one suite of IKE and one of ESP";
const SOURCE: &str = Spelling::Profilexml.source();

/// The values in the order of the schema.
const ORDER: [Parameter; 6] = [
    Parameter::AuthenticationTransformConstants,
    Parameter::CipherTransformConstants,
    Parameter::PfsGroup,
    Parameter::DHGroup,
    Parameter::IntegrityCheckMethod,
    Parameter::EncryptionMethod,
];

const HOST: &str = "http://www.microsoft.com/provisioning/EapHostConfig";
const COMMON: &str = "http://www.microsoft.com/provisioning/EapCommon";
const BASE: &str = "http://www.microsoft.com/provisioning/BaseEapConnectionPropertiesV1";

/// Whether the lists of this spelling have a word for each value of the suite.
pub(super) fn expresses(suite: &Suite, spelling: Spelling) -> bool {
    // PowerShell alone has `None` for the cipher of ESP.
    let is_null = suite.encr() == Some(Transform::encr(Encr::Null, 0));
    // Intune has no word for a child without a group of its own.
    let no_group = suite.protocol == crate::ike::Protocol::Esp && suite.ke().is_none();
    let no_word = is_null || spelling == Spelling::Intune && no_group;
    !no_word && powershell::expresses(suite)
}

/// Writes the profile. Returns what it could not carry.
pub(super) fn write(setup: &Setup, out: &mut impl Write) -> Result<Vec<String>, Failure> {
    let (ike, esp) = only_suites(&setup.ike, &setup.esp, (PRODUCT, LIMIT, SOURCE))?;
    let refused = |why: Inexpressible| {
        let why = Inexpressible {
            product: PRODUCT,
            source: SOURCE,
            ..why
        };
        Failure::from(refusal(&ike, &esp, why))
    };
    let arguments = suite_arguments(&ike, &esp).map_err(refused)?;
    if !expresses(&esp, Spelling::Profilexml) {
        return Err(refused(Inexpressible {
            what: "null".to_owned(),
            product: PRODUCT,
            limit: "ESP has a cipher",
            source: SOURCE,
        }));
    }
    if setup.address.is_empty() || setup.address.contains([',', ';']) {
        let why = "the address is empty or has a sign that separates addresses";
        return Err(Failure::Impossible(why.to_owned()));
    }
    let mut xml = Xml::new("  ");
    xml.comment(&format!(
        "Intune, custom settings, data type String (XML file): OMA-URI {}",
        address(&setup.name)
    ));
    xml.open("VPNProfile");
    xml.open("NativeProfile");
    // `address;name`: Intune's profiles for Windows 11 need the name, says the example of
    // https://github.com/richardhicks/aovpn (ProfileXML_User.xml).
    xml.text("Servers", &format!("{0};{0}", setup.address));
    xml.text("RoutingPolicyType", "ForceTunnel");
    xml.text("NativeProtocolType", "IKEv2");
    xml.open("Authentication");
    authentication(setup, &mut xml)?;
    xml.close();
    suite(&arguments, &mut xml);
    out.write_all(xml.finish().as_bytes())?;
    Ok(Vec::new())
}

/// Where Intune puts the profile of this name.
fn address(name: &str) -> String {
    let mut escaped = String::new();
    for octet in name.bytes() {
        if octet.is_ascii_alphanumeric() || b"-_.".contains(&octet) {
            escaped.push(char::from(octet));
        } else {
            escaped.push_str(&format!("%{octet:02X}"));
        }
    }
    format!("./User/Vendor/MSFT/VPNv2/{escaped}/ProfileXML")
}

/// How the client proves who it is.
fn authentication(setup: &Setup, xml: &mut Xml) -> Result<(), Failure> {
    match setup.auth {
        Auth::Certificate => xml.text("MachineMethod", "Certificate"),
        Auth::EapTls => eap(xml, "13", |xml| {
            let tls = "http://www.microsoft.com/provisioning/EapTlsConnectionPropertiesV1";
            xml.open_with("EapType", &namespace(tls));
            xml.open("CredentialsSource");
            xml.open("CertificateStore");
            xml.text("SimpleCertSelection", "true");
            xml.close();
            xml.close();
            xml.open("ServerValidation");
            xml.text("DisableUserPromptForServerValidation", "false");
            xml.text("ServerNames", &setup.remote_id);
            xml.close();
            xml.text("DifferentUsername", "false");
            xml.close();
        }),
        Auth::EapMschapv2 | Auth::EapRadius => eap(xml, "26", |xml| {
            let mschap = "http://www.microsoft.com/provisioning/MsChapV2ConnectionPropertiesV1";
            xml.open_with("EapType", &namespace(mschap));
            xml.text("UseWinLogonCredentials", "false");
            xml.close();
        }),
        Auth::Psk => return Err(super::powershell::no_psk()),
    }
    Ok(())
}

/// A method of EAP by its number, with the settings that `inner` writes.
fn eap(xml: &mut Xml, number: &str, inner: impl FnOnce(&mut Xml)) {
    xml.text("UserMethod", "Eap");
    xml.open("Eap");
    xml.open("Configuration");
    xml.open_with("EapHostConfig", &namespace(HOST));
    xml.open("EapMethod");
    let numbers = [
        ("Type", number),
        ("VendorId", "0"),
        ("VendorType", "0"),
        ("AuthorId", "0"),
    ];
    for (name, value) in numbers {
        xml.text_with(name, &namespace(COMMON), value);
    }
    xml.close();
    xml.open_with("Config", &namespace(HOST));
    xml.open_with("Eap", &namespace(BASE));
    xml.text("Type", number);
    inner(xml);
    for _ in 0..5 {
        xml.close();
    }
}

fn namespace(address: &str) -> String {
    format!(" xmlns=\"{address}\"")
}

fn suite(arguments: &Arguments, xml: &mut Xml) {
    xml.open("CryptographySuite");
    for parameter in ORDER {
        let value = arguments.value(parameter);
        let word = Spelling::Profilexml.word_of(parameter, value);
        xml.text(parameter.into(), word.unwrap_or(value));
    }
    xml.close();
}
