//! The phone book of Windows.

use ikecompat::format::Format;
use ikecompat::peer::Configuration;

use super::{Read, assert_broken, assert_survives_cuts, corpus, read_client, set};

fn read(text: &str) -> Read<Configuration> {
    read_client(Format::Rasphone, text, "windows-10")
}

fn work() -> String {
    corpus("rasphone", "pbk").remove(0).1
}

/// The three public files whose authors name the values, and no others.
#[test]
fn the_proven_policies_are_read() {
    for (policy, suites) in [
        (
            "020000000400000003000000050000000200000000000000",
            ["aes256-sha256-modp2048", "aes256-sha256"],
        ),
        (
            "030000000600000005000000080000000500000005000000",
            ["aes256gcm16-prfsha384-ecp384", "aes256gcm16-ecp384"],
        ),
        (
            "020000000200000003000000030000000200000003000000",
            ["aes128-sha256-modp2048", "aes128-sha256-modp2048"],
        ),
    ] {
        let text = work().replace("030000000600000005000000080000000500000005000000", policy);
        let read = read(&text);
        let value = read.value();
        assert_eq!(set(value).map(Option::unwrap), suites);
        assert_eq!(value.name.as_ref().unwrap().value, "Work VPN");
    }
}

#[test]
fn without_a_policy_the_level_of_encryption_chooses() {
    let text = |strategy: &str, level: &str| {
        format!(
            "[Office]\r\nEncoding=1\r\nVpnStrategy={strategy}\r\nDataEncryption={level}\r\nPhoneNumber=hunter2\r\n"
        )
    };
    for (level, setup) in [
        ("0", "none"),
        ("8", "optional"),
        ("256", "require"),
        ("512", "maximum"),
    ] {
        let text = text("7", level);
        assert_eq!(Format::of(&text), Some(Format::Rasphone));
        let read = read(&text);
        assert_eq!(read.value().setup.as_ref().unwrap().value, setup);
        assert_eq!(set(read.value()), [None, None]);
    }
    for (text, code, line) in [
        (text("5", "256"), "not-ikev2", 3),
        (text("7", "1"), "unknown-value", 4),
        (
            format!("{}{}", text("7", "8"), text("8", "8")),
            "several-connections",
            8,
        ),
        ("[Modem]\r\nEncoding=1\r\n".to_owned(), "not-a-client", 0),
    ] {
        let read = read(&text);
        let (said, at, _) = read.places()[0];
        assert_eq!((said, at), (code, line));
        assert!(!read.said().contains("hunter"), "{}", read.said());
    }
}

#[test]
fn no_secret_of_a_phone_book_is_ever_shown() {
    let text = work()
        .replace("=03000000", "=07000000")
        .replace("\r\n", "\r");
    assert!(!read(&text).said().contains("hunter"));
}

#[test]
fn a_phone_book_cut_anywhere_is_read_or_refused() {
    assert_survives_cuts(&work(), read);
}

#[test]
fn each_mistake_is_named_with_its_place() {
    assert_broken(
        Format::Rasphone,
        "pbk",
        read,
        &[
            ("different-gcm", "incompatible-values", 10, 45),
            ("no-policy", "not-a-client", 9, 17),
            ("short", "unknown-value", 10, 21),
            ("two-policies", "several-connections", 10, 21),
            ("unproven-code", "unresolved-value", 10, 21),
        ],
    );
}
