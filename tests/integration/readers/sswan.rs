//! Profiles of the strongSwan app.

use ikecompat::format::Format;
use ikecompat::peer::Configuration;

use super::{Read, assert_broken, assert_survives_cuts, corpus, read_client, set};

fn read(text: &str) -> Read<Configuration> {
    read_client(Format::Sswan, text, "strongswan-android-2.4.1")
}

fn phone() -> String {
    corpus("sswan", "sswan").remove(0).1
}

#[test]
fn a_profile_sets_one_proposal_a_key() {
    for text in [
        phone(),
        phone().replace('\n', "\r\n\t"),
        phone().replace(['\n', ' '], ""),
    ] {
        let read = read(&text);
        let value = read.value();
        assert_eq!(
            set(value).map(Option::unwrap),
            [
                "aes256-aes128-sha256-modp3072-ecp256",
                "aes256gcm16-chacha20poly1305-ecp256-none"
            ]
        );
        assert_eq!(value.address.as_ref().unwrap().value, "vpn.example.org");
        let span = value.esp[0].origin.span().unwrap();
        assert_eq!(
            read.text_at(span),
            "aes256gcm16-chacha20poly1305-ecp256-none"
        );
        assert_eq!(read.places(), []);
    }
}

#[test]
fn what_is_absent_or_empty_is_the_apps_default() {
    let text = phone()
        .replace("\"aes256-aes128-sha256-modp3072-ecp256\"", "\"\"")
        .replace("\"esp-proposal\"", "\"esp_proposal\"");
    assert_eq!(set(read(&text).value()), [None, None]);
}

#[test]
fn an_escaped_text_reads_like_a_plain_one() {
    let text = phone().replace("modp3072", "mod\\u0070307\\u0032");
    let read = read(&text);
    let ike = set(read.value())[0].clone();
    assert_eq!(ike.as_deref(), Some("aes256-aes128-sha256-modp3072-ecp256"));
}

#[test]
fn another_type_is_what_the_app_makes_of_it() {
    let read = read(&phone().replace("ikev2-cert", "ikev2-psk"));
    assert_eq!(read.places(), [("unknown-value", 4, 12)]);
    assert!(
        read.said().contains("so the app takes `ikev2-eap`"),
        "{}",
        read.said()
    );
}

#[test]
fn no_secret_of_a_profile_is_ever_shown() {
    let text = phone().replace("modp3072", "modp3027");
    for text in [text.clone(), text.replace(['\n', ' '], "")] {
        let said = read(&text).said();
        assert!(
            said.contains("`modp3027` is not an algorithm keyword"),
            "{said}"
        );
        assert!(!said.contains("hunter"), "{said}");
    }
}

#[test]
fn a_profile_cut_anywhere_is_read_or_refused() {
    assert_survives_cuts(&phone(), read);
}

#[test]
fn each_mistake_is_named_with_its_place() {
    assert_broken(
        Format::Sswan,
        "sswan",
        read,
        &[
            ("cut", "syntax-error", 8, 32),
            ("default", "unknown-keyword", 17, 20),
            ("list", "syntax-error", 1, 1),
            ("mixed", "mixed-cipher-modes", 17, 20),
            ("no-address", "missing-parameter", 0, 0),
            ("no-comma", "syntax-error", 4, 3),
            ("no-group", "no-key-exchange", 16, 20),
            ("slip", "unknown-keyword", 16, 41),
            ("two-proposals", "one-proposal-only", 16, 20),
        ],
    );
}
