//! Apple's configuration profiles.

use ikecompat::diag::Severity;
use ikecompat::format::Format;
use ikecompat::peer::Configuration;

use super::{Read, assert_broken, assert_survives_cuts, corpus, read_client, set};

fn read(text: &str) -> Read<Configuration> {
    read_client(Format::Mobileconfig, text, "apple-unset-14")
}

fn office() -> String {
    corpus("mobileconfig", "mobileconfig").remove(0).1
}

/// A profile with these entries in the dictionary `IKEv2`.
fn profile(entries: &str) -> String {
    format!(
        "<plist><dict><key>PayloadContent</key><array><dict><key>PayloadType</key>\
         <string>com.apple.vpn.managed</string><key>VPNType</key><string>IKEv2</string>\
         <key>IKEv2</key><dict>{entries}</dict></dict></array></dict></plist>"
    )
}

fn dict(name: &str, entries: &[(&str, &str)]) -> String {
    let entries = entries.iter().map(|(key, value)| {
        let value = match value.parse::<u16>() {
            Ok(number) => format!("<integer>{number}</integer>"),
            Err(_) => format!("<string>{value}</string>"),
        };
        format!("<key>{key}</key>{value}")
    });
    let entries: String = entries.collect();
    format!("<key>{name}</key><dict>{entries}</dict>")
}

const IKE: &str = "IKESecurityAssociationParameters";
const CHILD: &str = "ChildSecurityAssociationParameters";

fn suites(text: &str) -> [String; 2] {
    set(read(text).value()).map(|it| it.unwrap_or_else(|| "unset".to_owned()))
}

#[test]
fn a_profile_sets_one_suite_of_each() {
    for text in [
        office(),
        office().replace('\n', "\r\n"),
        office().replace(['\n', '\t'], ""),
    ] {
        let read = read(&text);
        let value = read.value();
        assert_eq!(
            set(value).map(Option::unwrap),
            ["aes256gcm16-prfsha384-ecp384", "aes128gcm16-ecp256"]
        );
        assert_eq!(value.name.as_ref().unwrap().value, "Office & home");
        assert_eq!(value.address.as_ref().unwrap().value, "vpn.example.org");
        assert_eq!(value.sets_lifetimes, [true, false]);
        let first = value.ike[0].origin.span().unwrap();
        assert_eq!(read.text_at(first), "AES-256-GCM");
        assert_eq!(read.places(), []);
    }
}

#[test]
fn a_group_of_the_child_counts_only_with_pfs() {
    for (switch, esp) in [
        ("<false/>", "aes128gcm16"),
        ("<integer>0</integer>", "aes128gcm16"),
        ("<integer>1</integer>", "aes128gcm16-ecp256"),
        ("<real>1</real>", "aes128gcm16-ecp256"),
    ] {
        assert_eq!(
            suites(&office().replace("<true/>", switch))[1],
            esp,
            "{switch}"
        );
    }
}

#[test]
fn what_is_unset_is_the_default_of_the_release() {
    let cipher = dict(IKE, &[("EncryptionAlgorithm", "AES-128")]);
    let child = dict(CHILD, &[("IntegrityAlgorithm", "SHA2-512")]);
    let pfs = "<key>EnablePFS</key><true/>";
    for (entries, newer, older) in [
        (String::new(), ["unset", "unset"], ["unset", "unset"]),
        (
            cipher.clone(),
            ["aes128-sha256-modp2048", "aes128-sha256"],
            ["aes128-sha1-modp1024", "aes128-sha1"],
        ),
        (
            child.clone(),
            ["unset", "aes256-sha512"],
            ["unset", "3des-sha512"],
        ),
        (
            format!("{cipher}{child}{pfs}"),
            ["aes128-sha256-modp2048", "aes256-sha512-modp2048"],
            ["aes128-sha1-modp1024", "3des-sha512-modp1024"],
        ),
        (
            pfs.to_owned(),
            ["unset", "aes256-sha256-modp2048"],
            ["unset", "3des-sha1-modp1024"],
        ),
        (
            dict(IKE, &[]),
            ["aes256-sha256-modp2048", "aes256-sha256"],
            ["3des-sha1-modp1024", "3des-sha1"],
        ),
    ] {
        let text = profile(&entries);
        assert_eq!(suites(&text), newer, "{entries}");
        let older_client = read_client(Format::Mobileconfig, &text, "apple-legacy-unset");
        let suites = set(older_client.value()).map(|it| it.unwrap_or_else(|| "unset".to_owned()));
        assert_eq!(suites, older, "{entries}");
    }
    let said = read(&profile(&cipher));
    assert_eq!(said.places()[0].0, "default-assumed");
    assert!(
        said.said().contains("`DiffieHellmanGroup` modp2048"),
        "{}",
        said.said()
    );
}

#[test]
fn of_a_key_that_is_there_twice_the_last_counts() {
    let twice = [("DiffieHellmanGroup", "14"), ("DiffieHellmanGroup", "19")];
    let text = profile(&dict(IKE, &twice));
    assert_eq!(suites(&text)[0], "aes256-sha256-ecp256");
}

#[test]
fn post_quantum_methods_are_additional_key_exchanges() {
    let methods = "<key>PostQuantumKeyExchangeMethods</key><array><integer>36</integer></array>";
    let text = profile(
        &dict(IKE, &[("DiffieHellmanGroup", "19")]).replace("<dict>", &format!("<dict>{methods}")),
    );
    assert_eq!(suites(&text)[0], "aes256-sha256-ecp256-ke1_mlkem768");
}

/// A list of post-quantum methods in the dictionary of IKE.
fn with_methods(methods: &str) -> String {
    let methods = format!("<key>PostQuantumKeyExchangeMethods</key>{methods}");
    let ike = dict(IKE, &[("DiffieHellmanGroup", "19")]);
    profile(&ike.replace("<dict>", &format!("<dict>{methods}")))
}

fn list(numbers: &[u8]) -> String {
    let numbers = numbers.iter().map(|it| format!("<integer>{it}</integer>"));
    format!("<array>{}</array>", numbers.collect::<String>())
}

#[test]
fn no_post_quantum_method_is_passed_over() {
    const BASE: &str = "aes256-sha256-ecp256";
    for (numbers, suite) in [
        (&[][..], BASE.to_owned()),
        (&[0], BASE.to_owned()),
        (&[37, 0], format!("{BASE}-ke1_mlkem1024")),
    ] {
        assert_eq!(
            suites(&with_methods(&list(numbers)))[0],
            suite,
            "{numbers:?}"
        );
    }
    let seven = read(&with_methods(&list(&[36; 7])));
    let first = seven.value().ike[0].proposal.transforms().to_vec();
    assert_eq!(first.iter().filter(|it| it.id == 36).count(), 7);
    for (methods, place, words) in [
        (list(&[36; 8]), "36", "room for seven"),
        (list(&[35]), "35", "36 (ML-KEM-768), 37 (ML-KEM-1024) or 0"),
        (list(&[0, 36]), "0", "before another method is not known"),
        (
            "<integer>36</integer>".to_owned(),
            "36",
            "is an array of integers",
        ),
        (
            "<string>36</string>".to_owned(),
            "36",
            "is an array of integers",
        ),
    ] {
        let read = read(&with_methods(&methods));
        let said = read.said();
        assert!(said.contains(words), "{methods}: {said}");
        assert!(said.contains(place), "{methods}: {said}");
        let error = read
            .diagnostics()
            .iter()
            .any(|it| it.severity == Severity::Error);
        assert!(error, "{methods}");
    }
}

#[test]
fn lifetimes_have_a_range() {
    let text = profile(&dict(
        CHILD,
        &[("LifeTimeInMinutes", "1441"), ("DiffieHellmanGroup", "14")],
    ));
    let read = read(&text);
    assert_eq!(read.value().sets_lifetimes, [false, true]);
    let said = read.said();
    assert!(
        said.contains("`LifeTimeInMinutes` is an integer from 10 to 1440"),
        "{said}"
    );
}

#[test]
fn no_secret_of_a_profile_is_ever_shown() {
    let text = office().replace("AES-256-GCM", "AES-256-GCN");
    for text in [text.clone(), text.replace(['\n', '\t'], "")] {
        let said = read(&text).said();
        assert!(said.contains("`AES-256-GCN` is not a value"), "{said}");
        assert!(!said.contains("hunter"), "{said}");
    }
}

#[test]
fn a_profile_cut_anywhere_is_read_or_refused() {
    assert_survives_cuts(&office(), read);
}

#[test]
fn each_mistake_is_named_with_its_place() {
    assert_broken(
        Format::Mobileconfig,
        "mobileconfig",
        read,
        &[
            ("aes-192", "unknown-value", 40, 14),
            ("ampersand", "malformed-xml", 13, 20),
            ("cut", "malformed-xml", 31, 10),
            ("dashless", "unknown-value", 29, 14),
            ("entities", "malformed-xml", 2, 104),
            ("group-24", "unknown-value", 44, 15),
            ("group-as-text", "unknown-value", 44, 14),
            ("l2tp", "not-ikev2", 58, 12),
            ("no-dictionary", "missing-parameter", 7, 3),
            ("no-vpn", "not-a-client", 0, 0),
            ("sha256", "unknown-value", 42, 14),
            ("two-connections", "several-connections", 109, 12),
        ],
    );
}
