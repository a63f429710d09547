//! Words of iked, both ways.

use super::{Refusal, proposal, proposals, string, transform, words};
use crate::dialect::swan;
use crate::ike::Proposal;
use crate::ike::Protocol::{Ah, Esp, Ike};

#[test]
fn every_type_is_written_because_defaults_fill_the_rest() {
    for (protocol, text, expected) in [
        (
            Ike,
            "aes256-sha256-modp2048",
            Ok("enc aes-256 auth hmac-sha2-256 prf hmac-sha2-256 group modp2048"),
        ),
        (
            Ike,
            "aes256gcm16-prfsha384-ecp384",
            Ok("enc aes-256-gcm prf hmac-sha2-384 group ecp384"),
        ),
        (Esp, "aes256gcm16", Ok("enc aes-256-gcm noesn group none")),
        (
            Esp,
            "aes128-sha1-curve25519",
            Ok("enc aes-128 auth hmac-sha1 group curve25519 noesn"),
        ),
        (Ike, "aes192gcm16-prfsha256-ecp256", Err(())),
        (Ike, "aes256-sha256-curve448", Err(())),
        (Ike, "aes256-aesxcbc-modp2048", Err(())),
        (Esp, "aes256gcm8", Err(())),
        (Esp, "aes256", Err(())),
    ] {
        let read = swan::parse(protocol, text).unwrap();
        let written = proposal(&read);
        assert_eq!(written.as_deref().map_err(|_| ()), expected, "{text}");
    }
}

#[test]
fn every_word_leads_to_a_transform_and_back() {
    for protocol in [Ike, Esp] {
        for keyword in ["enc", "auth", "prf", "group"] {
            for word in words(protocol, keyword) {
                let named = transform(protocol, keyword, word).unwrap();
                let first = super::spell(protocol, named).unwrap();
                let back = first.rsplit_once(' ').unwrap().1;
                assert_eq!(transform(protocol, keyword, back), Some(named), "{word}");
            }
        }
    }
    assert_eq!(
        transform(Esp, "enc", "aes"),
        transform(Esp, "enc", "aes-128")
    );
    assert_eq!(transform(Ike, "enc", "aes-128-ctr"), None);
    assert_eq!(transform(Ike, "group", "14"), None);
}

#[test]
fn what_is_left_out_is_filled_in() {
    let defaults: Vec<Proposal> = [
        "aes128gcm16-prfsha256-curve25519",
        "aes256-sha256-sha1-prfsha256-ecp256",
    ]
    .iter()
    .map(|text| swan::parse(Ike, text).unwrap())
    .collect();
    let read = |protocol, text: &str| {
        let mut listed = Vec::new();
        let mut all = text.split(' ').filter(|it| !it.is_empty());
        while let Some(keyword) = all.next() {
            let word = if keyword.ends_with("esn") {
                ""
            } else {
                all.next().unwrap()
            };
            listed.push(transform(protocol, keyword, word).unwrap());
        }
        let read = proposals(protocol, &listed, &defaults)?;
        Ok(read
            .iter()
            .map(|it| swan::write(it).unwrap())
            .collect::<Vec<_>>())
    };
    for (text, expected) in [
        (
            "enc aes-256",
            Ok(vec!["aes256-sha256-sha1-prfsha256-ecp256"]),
        ),
        (
            "enc aes-256-gcm group modp2048",
            Ok(vec!["aes256gcm16-prfsha256-modp2048"]),
        ),
        (
            "group grp14",
            Ok(vec![
                "aes128gcm16-prfsha256-modp2048",
                "aes256-sha256-sha1-prfsha256-modp2048",
            ]),
        ),
        (
            "auth hmac-sha2-512",
            Ok(vec!["aes256-sha512-prfsha256-ecp256"]),
        ),
        ("enc aes-256-gcm enc aes-256", Err(Refusal::Mixed)),
        (
            "enc aes-256-gcm auth hmac-sha1",
            Err(Refusal::IntegrityBesideAead),
        ),
        ("group none", Err(Refusal::NoneInIke)),
        ("esn", Err(Refusal::SequenceNumbersInIke)),
    ] {
        let expected = expected.map(|all| all.iter().map(|it| (*it).to_owned()).collect());
        assert_eq!(read(Ike, text), expected, "{text}");
    }
    assert_eq!(
        read(Ah, "auth hmac-sha1 esn"),
        Ok(vec!["sha1-ecp256-esn".to_owned()])
    );
}

#[test]
fn strings_are_written_as_they_are_read() {
    for (value, expected) in [
        ("a b", "\"a b\""),
        ("a\"b", "\"a\\\"b\""),
        ("a\\b", "\"a\\b\""),
        ("a\\ b\\", "\"a b\""),
    ] {
        assert_eq!(string(value), expected);
    }
}
