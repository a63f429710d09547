//! PowerShell against a grammar of the language, and against Microsoft's value sets.

use ikecompat::dialect::powershell::{Parameter, expresses};
use ikecompat::format::Format;
use ikecompat::ike::Protocol;
use ikecompat::write::config::setup::{Auth, Setup};
use ikecompat::write::config::{powershell, rras};
use strum::IntoEnumIterator as _;
use tree_sitter::Parser;

use super::plans::{plans, proposal, server, suites};

fn setup(name: &str, auth: Auth) -> Setup {
    Setup {
        name: name.to_owned(),
        address: "vpn.example.com".to_owned(),
        remote_id: "vpn.example.com".to_owned(),
        auth,
        ike: vec![proposal(Protocol::Ike, "aes256-sha256-modp2048")],
        esp: vec![proposal(Protocol::Esp, "aes256-sha256")],
        ..Setup::default()
    }
}

fn script(setup: &Setup) -> String {
    let mut text = Vec::new();
    powershell::script(setup, (true, true), &mut text).unwrap_or_else(|why| panic!("{why}"));
    String::from_utf8(text).unwrap()
}

/// Parses a script with the grammar; an error is a node of the tree.
fn parses(text: &str) -> bool {
    let mut parser = Parser::new();
    let language = tree_sitter_powershell::LANGUAGE.into();
    parser.set_language(&language).unwrap();
    let tree = parser.parse(text, None).unwrap();
    !tree.root_node().has_error()
}

/// The value of each parameter of a command is one of its documented set.
fn values_are_documented(text: &str, command: &str) {
    let line = text.lines().find(|line| line.starts_with(command)).unwrap();
    let words: Vec<_> = line.split(' ').collect();
    for parameter in Parameter::iter() {
        let at = words
            .iter()
            .position(|word| *word == format!("-{parameter}"));
        let value = words[at.unwrap() + 1];
        assert!(parameter.values().contains(&value), "{parameter} {value}");
    }
}

#[test]
fn the_grammar_takes_every_script() {
    let names = [
        "vpn",
        "Work VPN",
        "it's",
        "a\u{2019}b\u{201A}",
        "$(calc) `n \" ; | & # { }",
        "-Force",
        "Büro",
        "@x",
    ];
    for name in names {
        for auth in [Auth::EapTls, Auth::EapMschapv2, Auth::Certificate] {
            let text = script(&setup(name, auth));
            assert!(parses(&text), "{text}");
            values_are_documented(&text, "Set-VpnConnectionIPsecConfiguration");
        }
    }
}

#[test]
fn the_grammar_finds_what_is_broken() {
    for text in ["Set-Vpn -Name 'a", "@{ a = ", "Set-Vpn -Name \"a"] {
        assert!(!parses(text), "{text}");
    }
}

/// Every name comes out of the quotation marks as it went in: by the rules of about_Quoting_Rules,
/// each of the five single quotation marks ends the text unless it is doubled.
#[test]
fn names_come_out_of_the_quotation_marks_as_they_went_in() {
    let quotes = ['\'', '\u{2018}', '\u{2019}', '\u{201A}', '\u{201B}'];
    for name in ["it's", "''", "a\u{2019}\u{2018}b", "\u{201B}", "$x `n"] {
        let text = script(&setup(name, Auth::Certificate));
        let start = text.find("-Name '").unwrap() + "-Name '".len();
        let mut letters = text[start..].chars().peekable();
        let mut read = String::new();
        while let Some(c) = letters.next() {
            if quotes.contains(&c) && letters.next_if(|next| quotes.contains(next)).is_none() {
                break;
            }
            read.push(c);
        }
        assert_eq!(read, name, "{text}");
    }
}

#[test]
fn every_suite_of_the_value_sets_is_written() {
    let mut written = 0;
    for protocol in [Protocol::Ike, Protocol::Esp] {
        for suite in suites(protocol) {
            let mut setup = setup("vpn", Auth::EapTls);
            match protocol {
                Protocol::Ike => setup.ike = vec![suite.to_proposal()],
                _ => setup.esp = vec![suite.to_proposal()],
            }
            let mut text = Vec::new();
            let outcome = powershell::script(&setup, (false, true), &mut text);
            assert_eq!(outcome.is_ok(), expresses(&suite));
            if outcome.is_ok() {
                let text = String::from_utf8(text).unwrap();
                values_are_documented(&text, "Set-VpnConnectionIPsecConfiguration");
                written += 1;
            } else {
                assert!(text.is_empty());
            }
        }
    }
    assert!(written > 60, "{written}");
}

#[test]
fn the_server_has_the_same_values_and_one_policy() {
    for planned in plans() {
        let mut text = Vec::new();
        if rras::write(&planned.server(), &mut text).is_err() {
            continue;
        }
        let text = String::from_utf8(text).unwrap();
        assert!(parses(&text), "{text}");
        values_are_documented(&text, "Set-VpnServerConfiguration");
        let custom = "Set-VpnServerConfiguration -TunnelType Ikev2 -CustomPolicy ";
        assert_eq!(text.matches(custom).count(), 1);
    }
    let two = ["aes256-sha256-modp2048", "aes128-sha256-modp2048"];
    let two = two.map(|text| proposal(Protocol::Ike, text));
    let server = server(&two, &[proposal(Protocol::Esp, "aes256-sha256")]);
    assert!(rras::write(&server, &mut Vec::new()).is_err());
    let (carried, dropped) = Format::Rras.carried(&server, None);
    assert!(rras::write(&carried, &mut Vec::new()).is_ok());
    assert_eq!(dropped, ["phase 1: aes128-sha256-modp2048"]);
}
