//! Configuration profiles against Apple's published schema.
//!
//! Transcribed from apple/device-management 0a4527c5, `mdm/profiles/com.apple.vpn.managed.yaml`
//! (and `CommonPayloadKeys.yaml`, `TopLevel.yaml` for what every payload has): of each key its
//! type, whether it is required, and the values it may have.

use ikecompat::ike::Protocol;
use ikecompat::write::config::mobileconfig;
use ikecompat::write::config::setup::{Auth, Setup};
use plist::{Dictionary, Value};

use super::plans::{proposal, suites};

enum Type {
    Array,
    Data,
    Dictionary,
    /// One of these.
    Integer(&'static [i64]),
    Text,
    /// One of these.
    Word(&'static [&'static str]),
}

/// Key, type, whether it is required.
type Schema = &'static [(&'static str, Type, bool)];

const TOP: Schema = &[
    ("PayloadType", Type::Word(&["Configuration"]), true),
    ("PayloadVersion", Type::Integer(&[1]), true),
    ("PayloadIdentifier", Type::Text, true),
    ("PayloadUUID", Type::Text, true),
    ("PayloadDisplayName", Type::Text, false),
    ("PayloadContent", Type::Array, false),
];

const VPN: Schema = &[
    ("PayloadType", Type::Word(&["com.apple.vpn.managed"]), true),
    ("PayloadVersion", Type::Integer(&[1]), true),
    ("PayloadIdentifier", Type::Text, true),
    ("PayloadUUID", Type::Text, true),
    ("PayloadDisplayName", Type::Text, false),
    ("VPNType", Type::Word(&["IKEv2"]), true),
    ("UserDefinedName", Type::Text, true),
    ("IKEv2", Type::Dictionary, false),
];

const CERTIFICATE: Schema = &[
    (
        "PayloadType",
        Type::Word(&["com.apple.security.pkcs12", "com.apple.security.root"]),
        true,
    ),
    ("PayloadVersion", Type::Integer(&[1]), true),
    ("PayloadIdentifier", Type::Text, true),
    ("PayloadUUID", Type::Text, true),
    ("PayloadContent", Type::Data, true),
];

const IKEV2: Schema = &[
    ("RemoteAddress", Type::Text, true),
    ("LocalIdentifier", Type::Text, true),
    ("RemoteIdentifier", Type::Text, true),
    (
        "AuthenticationMethod",
        Type::Word(&["None", "SharedSecret", "Certificate"]),
        true,
    ),
    ("PayloadCertificateUUID", Type::Text, false),
    ("ExtendedAuthEnabled", Type::Integer(&[0, 1]), false),
    ("EnablePFS", Type::Integer(&[0, 1]), false),
    ("IKESecurityAssociationParameters", Type::Dictionary, false),
    (
        "ChildSecurityAssociationParameters",
        Type::Dictionary,
        false,
    ),
];

const PARAMETERS: Schema = &[
    (
        "EncryptionAlgorithm",
        Type::Word(&[
            "DES",
            "3DES",
            "AES-128",
            "AES-256",
            "AES-128-GCM",
            "AES-256-GCM",
            "ChaCha20Poly1305",
        ]),
        false,
    ),
    (
        "IntegrityAlgorithm",
        Type::Word(&["SHA1-96", "SHA1-160", "SHA2-256", "SHA2-384", "SHA2-512"]),
        false,
    ),
    (
        "DiffieHellmanGroup",
        Type::Integer(&[1, 2, 5, 14, 15, 16, 17, 18, 19, 20, 21, 31, 32]),
        false,
    ),
];

/// Everything about a dictionary that the schema does not allow.
fn findings(own: &Dictionary, schema: Schema) -> Vec<String> {
    let mut found = Vec::new();
    for (key, value) in own {
        let Some((_, kind, _)) = schema.iter().find(|(name, ..)| name == key) else {
            found.push(format!("{key} is no key"));
            continue;
        };
        let fits = match kind {
            Type::Array => value.as_array().is_some(),
            Type::Data => value.as_data().is_some(),
            Type::Dictionary => value.as_dictionary().is_some(),
            Type::Integer(values) => value
                .as_signed_integer()
                .is_some_and(|number| values.contains(&number)),
            Type::Text => value.as_string().is_some(),
            Type::Word(words) => value.as_string().is_some_and(|word| words.contains(&word)),
        };
        if !fits {
            found.push(format!("{key}: {value:?}"));
        }
    }
    let missing = schema
        .iter()
        .filter(|(key, _, required)| *required && !own.contains_key(key));
    found.extend(missing.map(|(key, ..)| format!("{key} is missing")));
    found
}

fn setup(auth: Auth, ike: &str, esp: &str) -> Setup {
    Setup {
        name: "Büro & <VPN>".to_owned(),
        address: "vpn.example.com".to_owned(),
        remote_id: "vpn.example.com".to_owned(),
        auth,
        ike: vec![proposal(Protocol::Ike, ike)],
        esp: vec![proposal(Protocol::Esp, esp)],
        ..Setup::default()
    }
}

fn profile(setup: &Setup) -> Dictionary {
    let mut text = Vec::new();
    mobileconfig::write(setup, &mut text).unwrap_or_else(|why| panic!("{why}"));
    let value = Value::from_reader_xml(text.as_slice()).unwrap();
    value.into_dictionary().unwrap()
}

/// The IKEv2 dictionary of a profile whose every part fits the schema.
fn checked(profile: &Dictionary) -> Dictionary {
    assert_eq!(findings(profile, TOP), [""; 0]);
    let content = profile["PayloadContent"].as_array().unwrap();
    let mut ikev2 = None;
    for payload in content {
        let payload = payload.as_dictionary().unwrap();
        if payload["PayloadType"].as_string() == Some("com.apple.vpn.managed") {
            assert_eq!(findings(payload, VPN), [""; 0]);
            ikev2 = payload["IKEv2"].as_dictionary().cloned();
        } else {
            assert_eq!(findings(payload, CERTIFICATE), [""; 0]);
        }
    }
    let ikev2 = ikev2.unwrap();
    assert_eq!(findings(&ikev2, IKEV2), [""; 0]);
    for key in [
        "IKESecurityAssociationParameters",
        "ChildSecurityAssociationParameters",
    ] {
        let parameters = ikev2[key].as_dictionary().unwrap();
        assert_eq!(findings(parameters, PARAMETERS), [""; 0]);
    }
    ikev2
}

#[test]
fn each_way_to_authenticate_fits_the_schema() {
    for (auth, method, extended) in [
        (Auth::EapTls, "Certificate", 1),
        (Auth::EapMschapv2, "None", 1),
        (Auth::Certificate, "Certificate", 0),
    ] {
        let profile = profile(&setup(auth, "aes256-sha256-modp2048", "aes256-sha256"));
        let ikev2 = checked(&profile);
        assert_eq!(ikev2["AuthenticationMethod"].as_string(), Some(method));
        assert_eq!(
            ikev2["ExtendedAuthEnabled"].as_signed_integer(),
            Some(extended)
        );
        // The certificate that is named is one that the profile brings along.
        let named = ikev2
            .get("PayloadCertificateUUID")
            .and_then(Value::as_string);
        let content = profile["PayloadContent"].as_array().unwrap();
        let brought = content
            .iter()
            .filter_map(Value::as_dictionary)
            .any(|payload| {
                payload["PayloadUUID"].as_string() == named
                    && payload["PayloadType"].as_string() == Some("com.apple.security.pkcs12")
            });
        assert_eq!(named.is_some(), auth.by_certificate());
        assert_eq!(brought, auth.by_certificate());
        for secret in ["SharedSecret", "AuthPassword", "Password", "AuthName"] {
            assert!(!ikev2.contains_key(secret));
        }
    }
}

#[test]
fn pfs_is_on_exactly_where_phase_2_has_a_group() {
    for (esp, pfs, group) in [
        ("aes256-sha256", 0, None),
        ("aes256-sha256-ecp256", 1, Some(19)),
        ("aes256gcm16-modp2048", 1, Some(14)),
    ] {
        let ikev2 = checked(&profile(&setup(
            Auth::EapTls,
            "aes256-sha256-modp2048",
            esp,
        )));
        assert_eq!(ikev2["EnablePFS"].as_signed_integer(), Some(pfs), "{esp}");
        let child = ikev2["ChildSecurityAssociationParameters"].as_dictionary();
        let own = child.unwrap().get("DiffieHellmanGroup");
        assert_eq!(own.and_then(Value::as_signed_integer), group, "{esp}");
    }
}

#[test]
fn every_suite_that_is_written_fits_the_schema() {
    let mut written = 0;
    for protocol in [Protocol::Ike, Protocol::Esp] {
        for suite in suites(protocol) {
            let mut setup = setup(Auth::EapTls, "aes256-sha256-modp2048", "aes256-sha256");
            let own = vec![suite.to_proposal()];
            match protocol {
                Protocol::Ike => setup.ike = own,
                _ => setup.esp = own,
            }
            if mobileconfig::write(&setup, &mut Vec::new()).is_ok() {
                checked(&profile(&setup));
                written += 1;
            }
        }
    }
    assert!(written > 100, "{written}");
}

#[test]
fn a_later_profile_replaces_the_one_that_is_installed() {
    let one = setup(Auth::EapTls, "aes256-sha256-modp2048", "aes256-sha256");
    let later = setup(Auth::EapTls, "aes256gcm16-prfsha384-ecp384", "aes256gcm16");
    let mut elsewhere = later.clone();
    elsewhere.address = "203.0.113.10".to_owned();
    let id = |setup: &Setup| {
        let profile = profile(setup);
        ["PayloadUUID", "PayloadIdentifier"].map(|key| profile[key].as_string().unwrap().to_owned())
    };
    assert_eq!(id(&one), id(&later));
    assert_ne!(id(&one)[0], id(&elsewhere)[0]);
    assert_eq!(id(&one)[1], "com.example.vpn");
    assert_eq!(id(&elsewhere)[1], "ikev2.203-0-113-10");
}

/// The check finds what it is there to find.
#[test]
fn seeded_mistakes_are_found() {
    for (key, value) in [
        ("EncryptionAlgorithm", Value::from("AES-192")),
        ("IntegrityAlgorithm", Value::from("SHA256")),
        ("DiffieHellmanGroup", Value::from(22)),
        ("DiffieHellmanGroup", Value::from("14")),
        ("DhGroup", Value::from(14)),
    ] {
        let mut own = Dictionary::new();
        own.insert(key.to_owned(), value);
        assert_eq!(findings(&own, PARAMETERS).len(), 1, "{key}");
    }
    assert!(findings(&Dictionary::new(), IKEV2).len() >= 4);
}
