//! Profiles of the strongSwan app: keys and types of the app's own import
//! (`VpnProfileImportActivity`, strongSwan 3b902ea5), and its parser of proposals.

use ikecompat::dialect::swan;
use ikecompat::ike::Protocol;
use ikecompat::write::config::setup::{Auth, Setup};
use ikecompat::write::config::sswan;
use serde_json::Value;

use super::plans::{proposal, suites};

/// Keys that are texts, and whether the import insists on them.
const TEXTS: &[(&str, bool)] = &[
    ("/uuid", true),
    ("/name", true),
    ("/type", true),
    ("/remote/addr", true),
    ("/remote/id", false),
    ("/ike-proposal", false),
    ("/esp-proposal", false),
];

/// Any other type silently becomes `ikev2-eap` in the app.
const TYPES: &[&str] = &[
    "ikev2-eap",
    "ikev2-cert",
    "ikev2-cert-eap",
    "ikev2-eap-tls",
    "ikev2-byod-eap",
];

fn setup(auth: Auth) -> Setup {
    Setup {
        name: "Büro \"VPN\"".to_owned(),
        address: "vpn.example.com".to_owned(),
        remote_id: "vpn.example.com".to_owned(),
        auth,
        ike: vec![proposal(Protocol::Ike, "aes256-sha256-modp2048")],
        esp: vec![proposal(Protocol::Esp, "aes256-sha256")],
        ..Setup::default()
    }
}

/// The profile, every key of which has been looked at.
fn profile(setup: &Setup) -> Value {
    let mut text = Vec::new();
    sswan::write(setup, &mut text).unwrap_or_else(|why| panic!("{why}"));
    let profile: Value = serde_json::from_slice(&text).unwrap();
    for (key, required) in TEXTS {
        let value = profile.pointer(key);
        assert!(value.is_none_or(Value::is_string), "{key}");
        assert!(value.is_some() || !required, "{key}");
    }
    let known = |path: String| TEXTS.iter().any(|(key, _)| *key == path);
    for (key, value) in profile.as_object().unwrap() {
        match value {
            Value::Object(inner) => {
                assert!(
                    inner.keys().all(|inner| known(format!("/{key}/{inner}"))),
                    "{key}"
                );
            }
            _ => assert!(known(format!("/{key}")), "{key}"),
        }
    }
    assert!(TYPES.contains(&profile["type"].as_str().unwrap()));
    let uuid = profile["uuid"].as_str().unwrap();
    assert!(uuid::Uuid::parse_str(uuid).is_ok());
    profile
}

#[test]
fn each_way_to_authenticate_has_a_type() {
    for (auth, kind) in [
        (Auth::EapTls, "ikev2-eap-tls"),
        (Auth::EapMschapv2, "ikev2-eap"),
        (Auth::Certificate, "ikev2-cert"),
    ] {
        assert_eq!(profile(&setup(auth))["type"], kind);
    }
}

#[test]
fn a_key_holds_one_proposal_that_the_app_parses() {
    for protocol in [Protocol::Ike, Protocol::Esp] {
        for suite in suites(protocol) {
            let own = suite.to_proposal();
            let mut setup = setup(Auth::EapTls);
            let key = match protocol {
                Protocol::Ike => {
                    setup.ike = vec![own.clone()];
                    "ike-proposal"
                }
                _ => {
                    setup.esp = vec![own.clone()];
                    "esp-proposal"
                }
            };
            let profile = profile(&setup);
            let text = profile[key].as_str().unwrap();
            assert!(!text.contains(','), "{text}");
            assert_eq!(swan::parse(protocol, text), Ok(own), "{text}");
        }
    }
}

#[test]
fn two_proposals_that_make_one_are_named() {
    let mut setup = setup(Auth::EapTls);
    setup
        .ike
        .push(proposal(Protocol::Ike, "aes128-sha256-modp2048"));
    let why = sswan::write(&setup, &mut Vec::new()).unwrap_err();
    let ikecompat::write::config::refusal::Failure::Refused(refusals) = why else {
        panic!("{why}");
    };
    let nearest = refusals[0].nearest.as_deref();
    assert_eq!(nearest, Some("aes256-aes128-sha256-modp2048"));
}
