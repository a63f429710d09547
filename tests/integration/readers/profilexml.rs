//! VPN profiles of Windows' device management, and Intune's exports of them.

use std::path::Path;

use ikecompat::format::Format;
use ikecompat::peer::Configuration;

use super::{Read, assert_broken, assert_survives_cuts, corpus, read_client, set};

fn read(text: &str) -> Read<Configuration> {
    read_client(Format::Profilexml, text, "windows-10")
}

fn read_intune(text: &str) -> Read<Configuration> {
    read_client(Format::Intune, text, "windows-10")
}

fn every_shape() -> Vec<(Format, String, String)> {
    let mut all = Vec::new();
    for (folder, format, ending) in [
        ("profilexml", Format::Profilexml, "xml"),
        ("profilexml", Format::Profilexml, "ps1"),
        ("intune", Format::Intune, "json"),
    ] {
        for (path, text) in corpus(folder, ending) {
            let name = |path: &Path| path.file_name().unwrap().to_string_lossy().into_owned();
            all.push((format, name(&path), text));
        }
    }
    all
}

fn office() -> String {
    let all = every_shape().into_iter();
    let mut office = all.filter(|(_, name, _)| name == "office.xml");
    office.next().unwrap().2
}

#[test]
fn a_profile_is_read_wherever_it_stands() {
    let all = every_shape();
    assert_eq!(all.len(), 12);
    for (format, name, text) in all {
        for text in [text.clone(), text.replace('\n', "\r\n")] {
            assert_eq!(Format::of(&text), Some(format), "{name}");
            let read = read_client(format, &text, "windows-10");
            let value = read.value();
            let suites = ["aes256gcm16-prfsha384-modp2048", "aes256-sha256-ecp384"];
            assert_eq!(set(value).map(Option::unwrap), suites, "{name}");
            let address = value.address.as_ref().map(|it| it.value.as_str());
            let known = (name != "concatenated.ps1").then_some("vpn.example.com");
            assert_eq!(address, known, "{name}");
            assert!(read.diagnostics().is_empty(), "{name}: {}", read.said());
        }
    }
}

#[test]
fn every_part_of_an_entry_has_its_place_in_the_file_itself() {
    for (format, name, text) in every_shape() {
        if name == "base64.json" {
            continue;
        }
        let wrong = [("AES_GCM_256", "AES_GCM_265"), ("aes256Gcm", "aes265Gcm")];
        let (_, slip) = wrong.iter().find(|(word, _)| text.contains(word)).unwrap();
        let text = wrong
            .iter()
            .fold(text, |text, (word, slip)| text.replace(word, slip));
        let read = read_client(format, &text, "windows-10");
        let before = &text[..text.find(slip).unwrap()];
        let line = before.matches('\n').count() + 1;
        let column = before.rsplit('\n').next().unwrap().chars().count() + 1;
        assert_eq!(read.places(), [("unknown-value", line, column)], "{name}");
        assert!(read.said().contains(slip), "{name}: {}", read.said());
    }
}

#[test]
fn a_word_in_another_case_or_of_powershell_is_read_with_a_warning() {
    for (word, other) in [
        ("AES_GCM_256", "aes_gcm_256"),
        ("AES_GCM_256", "GCMAES256"),
        ("Group14", "group14"),
    ] {
        let read = read(&office().replace(word, other));
        let ike = set(read.value())[0].clone();
        assert_eq!(ike.as_deref(), Some("aes256gcm16-prfsha384-modp2048"));
        assert!(
            read.said()
                .contains(&format!("the documented spelling is `{word}`")),
            "{}",
            read.said()
        );
    }
}

#[test]
fn without_a_suite_the_level_of_encryption_chooses() {
    let text = office();
    let start = text.find("    <CryptographySuite>").unwrap();
    let end = text.find("  </NativeProfile>").unwrap();
    let bare = format!("{}{}", &text[..start], &text[end..]);
    let read = self::read(&bare);
    assert_eq!(set(read.value()), [None, None]);
    assert_eq!(read.value().setup, None);
    assert!(read.said().contains("offers by itself"), "{}", read.said());
    for (level, setup) in [("Max", "maximum"), ("Require", "require"), ("None", "none")] {
        let level = format!("<DataEncryption>{level}</DataEncryption></VPNProfile>");
        let read = self::read(&bare.replace("</VPNProfile>", &level));
        assert_eq!(read.value().setup.as_ref().unwrap().value, setup);
    }
    // Beside another protocol there is nothing to misapply.
    let automatic = self::read(&bare.replace(">IKEv2<", ">Automatic<"));
    assert!(automatic.result.is_ok(), "{}", automatic.said());
}

#[test]
fn no_secret_of_a_profile_is_ever_shown() {
    for (format, name, text) in every_shape() {
        for text in [
            text.replace("AES256", "AES265").replace("aes256", "aes265"),
            text.replace("Servers>", "Server>"),
            text.replace('\n', " "),
        ] {
            let said = read_client(format, &text, "windows-10").said();
            assert!(!said.contains("hunter"), "{name}: {said}");
        }
    }
}

#[test]
fn a_profile_cut_anywhere_is_read_or_refused() {
    let cut = ["script.ps1", "syncml.xml", "custom.json"];
    let shapes = every_shape().into_iter();
    for (format, _, text) in shapes.filter(|(_, name, _)| cut.contains(&name.as_str())) {
        assert_survives_cuts(&text, |text| read_client(format, text, "windows-10"));
    }
}

#[test]
fn each_mistake_is_named_with_its_place() {
    assert_broken(
        Format::Profilexml,
        "xml",
        read,
        &[
            ("app", "not-ikev2", 4, 3),
            ("automatic", "incompatible-values", 6, 25),
            ("cut", "malformed-xml", 18, 39),
            ("half-gcm", "incompatible-values", 14, 33),
            ("no-group", "missing-parameter", 12, 5),
            ("no-protocol", "missing-parameter", 11, 5),
            ("powershell-word", "unknown-value", 17, 29),
            ("slip", "unknown-value", 18, 25),
            ("sstp", "not-ikev2", 6, 25),
            ("two", "several-connections", 22, 1),
        ],
    );
    assert_broken(
        Format::Profilexml,
        "ps1",
        read,
        &[("unset", "unresolved-value", 16, 33)],
    );
    assert_broken(
        Format::Intune,
        "json",
        read_intune,
        &[
            ("app", "not-ikev2", 18, 22),
            ("automatic", "incompatible-values", 18, 22),
            ("chacha", "unknown-value", 21, 26),
            ("cut", "syntax-error", 18, 18),
            ("encrypted", "unresolved-value", 13, 18),
            ("half-gcm", "incompatible-values", 24, 34),
            ("long-sha1", "unknown-value", 22, 30),
            ("no-group", "missing-parameter", 20, 24),
            ("other", "not-a-client", 0, 0),
            ("slip", "unknown-value", 15, 720),
        ],
    );
}

/// Twice the text, at most some times the work: bounded by size, nesting and repetition.
#[test]
fn hostile_profiles_end() {
    let many = "<VPNProfile>".repeat(200_000);
    let deep = "&lt;VPNProfile&gt;".repeat(50_000);
    let ends = format!("{}{}", "<VPNProfile/>", "</VPNProfile>".repeat(100_000));
    let script = format!("$a = '<VPNProfile>'{}", " + '<a>'".repeat(100_000));
    let joined = format!("$a = @'\n{many}");
    let escaped = format!("<Data>{}</Data>", "&amp;".repeat(300_000));
    for text in [many, deep, ends, script, joined, escaped] {
        assert!(read(&text).result.is_err());
    }
    let json = format!("{{\"cryptographySuite\": {}", "[".repeat(500_000));
    assert!(read_intune(&json).result.is_err());
}
