//! `explain` knows every noun that the program prints: what has a fixed spelling is taken from the library, column
//! heads, cells and values from the reports themselves.

use std::collections::BTreeSet;

use ikecompat::diagnose::{Cause, Confidence, Outcome, Phase};
use ikecompat::explain::explain;
use ikecompat::peer::server::Product;
use ikecompat::peer::{EngineName, Grade};
use ikecompat::profile::Database;
use serde_json::Value;
use strum::VariantNames as _;

use crate::common::ikecompat_with;

/// Nouns of which the library has a list.
fn listed(database: &Database<'_>) -> BTreeSet<String> {
    let lists: [&[&str]; 7] = [
        Cause::VARIANTS,
        Confidence::VARIANTS,
        Outcome::VARIANTS,
        Phase::VARIANTS,
        Product::VARIANTS,
        EngineName::VARIANTS,
        Grade::VARIANTS,
    ];
    let mut all: BTreeSet<String> = lists
        .iter()
        .flat_map(|list| list.iter().map(|it| (*it).to_owned()))
        .collect();
    all.extend(
        ikecompat::lint::rules()
            .into_iter()
            .map(|it| it.name.to_owned()),
    );
    all.extend(database.policies().map(ToOwned::to_owned));
    all.extend(database.ids().map(ToOwned::to_owned));
    all.extend(database.server_ids().map(ToOwned::to_owned));
    all
}

/// What the program says on standard output on a wide screen.
fn said(call: &[&str]) -> String {
    ikecompat_with(&[("COLUMNS", "400")], call, "").stdout
}

/// The words between columns.
fn cells(line: &str) -> impl Iterator<Item = &str> {
    line.split("  ").map(str::trim).filter(|it| !it.is_empty())
}

/// The heads of tables, which begin behind a blank line; with what stands below, or without.
fn of_tables(text: &str, with_cells: bool) -> Vec<String> {
    let mut found = Vec::new();
    let lines: Vec<&str> = text.lines().collect();
    let mut place = 0;
    while place + 1 < lines.len() {
        place += 1;
        let is_head = lines[place - 1].is_empty() && cells(lines[place]).count() > 2;
        if !is_head {
            continue;
        }
        found.extend(cells(lines[place]).map(ToOwned::to_owned));
        let below = lines[place + 1..].iter().take_while(|it| !it.is_empty());
        let below = below.filter(|line| with_cells && cells(line).count() > 1);
        found.extend(below.flat_map(|line| cells(line)).map(ToOwned::to_owned));
    }
    found
}

/// Members of JSON whose values are words of the program.
const MEMBERS: &[&str] = &[
    "cause",
    "change",
    "code",
    "confidence",
    "engine",
    "evidence",
    "grade",
    "id",
    "outcome",
    "phase",
    "policy",
    "product",
    "rekey",
    "role",
    "rule",
    "severity",
    "side",
    "tier",
    "verdict",
];

fn of_json(value: &Value, found: &mut BTreeSet<String>) {
    match value {
        Value::Array(all) => all.iter().for_each(|one| of_json(one, found)),
        Value::Object(members) => members.iter().for_each(|(name, value)| {
            let word = value.as_str().filter(|_| MEMBERS.contains(&name.as_str()));
            found.extend(word.map(ToOwned::to_owned));
            of_json(value, found);
        }),
        _ => {}
    }
}

/// What stands in brackets behind a sentence.
fn codes(text: &str) -> Vec<String> {
    let parts = text.split('[').skip(1).filter_map(|it| it.split_once(']'));
    let is_code = |part: &&str| {
        part.contains(['-', '_'])
            && part
                .chars()
                .all(|c| c.is_ascii_lowercase() || c == '-' || c == '_')
    };
    let codes = parts.map(|(code, _)| code).filter(is_code);
    codes.map(|code| format!("[{code}]")).collect()
}

/// The nouns of reports.
fn printed() -> BTreeSet<String> {
    let mut all = BTreeSet::new();
    let servers = [
        "examples/before.yaml",
        "examples/after.yaml",
        "examples/swanctl.conf",
        "tests/corpus/cisco/ios.cfg",
        "tests/corpus/libreswan/gateway.conf",
        "tests/corpus/nixos/office.nix",
        "tests/corpus/routeros/office.rsc",
        "tests/corpus/vyos/commands.boot",
    ];
    for server in servers {
        let text = said(&["check", server]);
        all.extend(of_tables(&text, true));
        for call in [
            &["check", server, "-v"][..],
            &["lint", server, "--pedantic"],
        ] {
            all.extend(codes(&said(call)));
        }
        for call in [
            &["check", server, "--format", "json"][..],
            &["lint", server, "--format", "json"],
        ] {
            of_json(&serde_json::from_str(&said(call)).unwrap(), &mut all);
        }
    }
    let before = "examples/before.yaml";
    for (call, with_cells) in [
        (
            &["check", before, "--after", "examples/after.yaml"][..],
            true,
        ),
        (&["clients", "list"], false),
        (&["clients", "show", "ios-17", "-v"], false),
        (&["clients", "compare", "ios", "windows-10"], false),
        (&["recommend", "--server", before], false),
        (&["check", before, "--format", "markdown"], false),
    ] {
        all.extend(of_tables(&said(call), with_cells));
    }
    for log in [
        "tests/corpus/logs/pluto-pfs-plain.log",
        "tests/corpus/logs/eap-badpw-server-pfsense.log",
        "tests/corpus/logs/ok-eap-client-journal.log",
    ] {
        let text = said(&["diagnose", log, "--format", "json"]);
        of_json(&serde_json::from_str(&text).unwrap(), &mut all);
        all.extend(codes(&said(&["diagnose", log])));
    }
    all
}

#[test]
fn every_noun_that_is_printed_is_explained() {
    let database = Database::builtin();
    let policy = database.policy("rfc8247").unwrap();
    let mut all = listed(&database);
    all.extend(printed());
    all.remove("-");
    assert!(all.len() > 250, "{}", all.len());
    let is_known = |noun: &&String| !explain(noun, &database, &policy).unwrap().is_empty();
    let missing: Vec<_> = all.iter().filter(|noun| !is_known(noun)).collect();
    assert!(missing.is_empty(), "{missing:#?}");
}

/// What is copied is explained: with brackets or signs around it, in the plural, or as pages spell it.
#[test]
fn words_are_explained_as_they_are_written() {
    let database = Database::builtin();
    let policy = database.policy("rfc8247").unwrap();
    for (topic, title) in [
        ("[no-common-key-exchange]", "no-common-key-exchange"),
        ("`rank`", "rank"),
        ("rank:", "rank"),
        ("certificates", "certificate"),
        ("DH groups", "DH group"),
        ("policies", "policy"),
        ("exchanges", "exchange"),
        ("AES-256", "aes256"),
        ("AES 256 bits", "aes256"),
        ("AES-256-GCM", "aes256gcm16"),
        ("SHA-256", "sha256"),
        ("HMAC-SHA-256", "sha256"),
        ("P-384", "ecp384"),
        ("RSA", "RSA"),
        ("ECDSA", "ECDSA"),
        ("ML-KEM", "ML-KEM"),
        ("ECP", "ECP"),
        ("CN", "CN"),
        ("DNS", "DNS"),
        ("initiator", "initiator"),
        ("responder", "responder"),
        ("payload", "payload"),
        ("INFORMATIONAL", "INFORMATIONAL"),
    ] {
        let articles = explain(topic, &database, &policy).unwrap();
        let found = articles.first().map(|it| it.title.as_str());
        assert_eq!(found, Some(title), "{topic}");
    }
}

/// A word that is not known leads to words like it, and not to any that have its letters by accident.
#[test]
fn suggestions_do_not_mislead() {
    let near = |topic| ikecompat::explain::nearest(topic, &Database::builtin());
    for topic in ["dsn", "rsb", "cm", "xyz", "ecq"] {
        assert!(near(topic).is_empty(), "{topic}: {:?}", near(topic));
    }
    assert!(near("ravers").iter().all(|it| !it.contains("traversal")));
    assert_eq!(near("exchagne")[0], "exchange");
    assert_eq!(near("certifcate")[0], "certificate");
    assert_eq!(near("[weak-entri]")[0], "weak-entry");
}
