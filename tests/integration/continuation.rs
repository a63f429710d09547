//! Commands that are printed continue the question: what was asked beside the file is in them, and they run.

use std::fs;
use std::path::PathBuf;

use ikecompat::answer::words::Continuation;

use crate::common::{ikecompat, words};

/// The commands between backticks that are about a file.
fn commands(text: &str) -> Vec<String> {
    let flat = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let parts = flat.split('`').skip(1).step_by(2).map(str::to_owned);
    let is_about_a_file = |it: &String| {
        Continuation::ALL
            .iter()
            .any(|one| it.starts_with(&format!("ikecompat {} ", one.name())))
    };
    parts.filter(is_about_a_file).collect()
}

/// What a command line asks beside its files: each option with its value.
fn asked(words: &[String]) -> Vec<(String, String)> {
    let mut all = Vec::new();
    let mut words = words.iter().peekable();
    while let Some(word) = words.next() {
        let Some(option) = word.strip_prefix("--") else {
            continue;
        };
        if let Some((option, value)) = option.split_once('=') {
            all.push((option.to_owned(), value.to_owned()));
            continue;
        }
        let value = words.next_if(|word| !word.starts_with("--"));
        all.push((option.to_owned(), value.cloned().unwrap_or_default()));
    }
    all
}

#[test]
fn every_printed_command_continues_the_question() {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("continuation");
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).unwrap();
    let spaced = folder.join("of the office.yaml");
    fs::copy("examples/before.yaml", &spaced).unwrap();
    let spaced = spaced.to_str().unwrap();
    let certificate = "tests/corpus/certificates/rsa-san-eku.pem";
    for call in [
        &["check", "examples/before.yaml"][..],
        &["check", "examples/before.yaml", "--clients", "ios,macos"],
        &[
            "check",
            "examples/before.yaml",
            "--policy",
            "cnsa-1.0",
            "--nat=no",
        ],
        &[
            "check",
            "examples/before.yaml",
            "--engine",
            "strongswan@6.0.1",
            "--clients=ios",
        ],
        &[
            "check",
            "examples/before.yaml",
            "--clients",
            "ios",
            "--server-id",
            "vpn.example.org",
        ],
        &[
            "check",
            "examples/before.yaml",
            "--server-cert",
            certificate,
            "--at",
            "2026-11-30",
        ],
        &[
            "check",
            spaced,
            "--allow",
            "weak-entry=until the end, at last",
            "--clients",
            "osx",
        ],
        &[
            "check",
            "examples/swanctl.conf",
            "--from",
            "swanctl",
            "--built-with",
            "modp1024,md5",
        ],
        &[
            "check",
            "examples/before.yaml",
            "examples/after.yaml",
            "--clients",
            "ios",
            "--nat",
            "no",
        ],
        &[
            "check",
            "examples/before.yaml",
            "--compare-engine",
            "libreswan@5.0",
            "--clients",
            "windows",
        ],
        &[
            "check",
            "examples/after.yaml",
            "--after",
            "examples/before.yaml",
            "--clients",
            "ios,osx",
        ],
    ] {
        let run = ikecompat(call, "");
        let printed = commands(&run.stdout);
        // Where nobody is worse off by an engine there is nothing to do.
        let may_be_none = call.contains(&"--compare-engine");
        assert!(
            may_be_none || !printed.is_empty(),
            "{call:?}: {}",
            run.stdout
        );
        let own: Vec<_> = call.iter().map(|word| (*word).to_owned()).collect();
        let own = asked(&own);
        for command in &printed {
            let mut line = words(command);
            let one = Continuation::ALL
                .into_iter()
                .find(|one| one.name() == line[1])
                .unwrap();
            let continued = asked(&line);
            for (option, value) in &own {
                let is_taken = one.options().any(|name| name == option);
                let is_there = continued
                    .iter()
                    .any(|(other, own)| other == option && own == value);
                assert!(is_there || !is_taken, "{call:?}: {option} in {command}");
            }
            // The real parser takes it, and it is answered.
            if let Some(place) = line.iter().position(|word| word == "vpn/") {
                line[place] = folder.join("vpn").to_str().unwrap().to_owned();
                line.push("--force".to_owned());
            }
            let line: Vec<&str> = line.iter().skip(1).map(String::as_str).collect();
            let run = ikecompat(&line, "");
            assert!(run.status < 2, "{command}: {}", run.stderr);
        }
    }
}

/// What came in on standard input is gone, so no command names it.
#[test]
fn standard_input_is_named_as_a_file_to_be_made() {
    let input = fs::read_to_string("examples/before.yaml").unwrap();
    let own = "# ikecompat\n".to_owned() + &input;
    for call in [
        &["check", "-"][..],
        &["check", "-", "--clients", "ios"],
        &["check", "-", "-v"],
        &["check", "-", "--format", "json"],
        &["lint", "-"],
        &["check", "-", "--compare-engine", "strongswan@6.0.1"],
        &["check", "examples/after.yaml", "-"],
        &["recommend", "--server", "-"],
    ] {
        let run = ikecompat(call, &own);
        let said = run.stdout.clone() + &run.stderr;
        for command in commands(&said) {
            let words = words(&command);
            assert!(!words.iter().any(|word| word == "-"), "{call:?}: {command}");
        }
        let flat = said.split_whitespace().collect::<Vec<_>>().join(" ");
        let names_it = commands(&said).iter().any(|it| it.contains(" FILE"));
        assert!(
            !names_it || flat.contains("FILE being the input in a file"),
            "{call:?}: {flat}"
        );
    }
    let check = ikecompat(&["check", "-", "--clients", "ios"], &own);
    let flat = check
        .stdout
        .split_whitespace()
        .collect::<Vec<_>>()
        .join(" ");
    let next = "`ikecompat recommend --server FILE --clients ios --write vpn/`, FILE being the input in a file";
    assert!(flat.contains(next), "{flat}");
    let pem = fs::read_to_string("tests/corpus/certificates/rsa-san-eku.pem").unwrap();
    let run = ikecompat(&["certificate", "-", "--at", "2026-11-30"], &pem);
    assert!(!run.stdout.contains("--server-cert -"), "{}", run.stdout);
}

/// `check` counts what `lint` shows, whichever clients are named.
#[test]
fn check_and_lint_count_the_same() {
    let files = [
        "examples/before.yaml",
        "examples/after.yaml",
        "tests/corpus/swanctl/offices.conf",
        "tests/corpus/libreswan/gateway.conf",
        "tests/corpus/cisco/ios.cfg",
        "tests/corpus/vyos/office.boot",
    ];
    for file in files {
        for options in [
            &[][..],
            &["--clients", "ios,macos,windows"],
            &["--clients", "osx", "--nat", "no"],
        ] {
            let check = ikecompat(&[&["check", file][..], options].concat(), "");
            let flat = check
                .stdout
                .split_whitespace()
                .collect::<Vec<_>>()
                .join(" ");
            let (_, rest) = flat.split_once("about the server: ").unwrap_or(("", ""));
            let counted = rest.split("; `ikecompat lint").next().unwrap_or_default();
            let of = |severity: &str| -> u64 {
                let kinds = counted
                    .split(", ")
                    .map(|kind| kind.split(' ').collect::<Vec<_>>());
                let number = |kind: Vec<&str>| match kind.as_slice() {
                    [own, _] if *own == severity => 1,
                    [number, own, _] if *own == format!("{severity}s") => number.parse().unwrap(),
                    _ => 0,
                };
                kinds.map(number).sum()
            };
            let lint = ikecompat(
                &[&["lint", file, "--format", "json"][..], options].concat(),
                "",
            );
            let lint: serde_json::Value = serde_json::from_str(&lint.stdout).unwrap();
            for (severity, key) in [("error", "errors"), ("warning", "warnings")] {
                let shown = lint["totals"][key].as_u64().unwrap();
                assert_eq!(of(severity), shown, "{file} {options:?}: {counted}");
            }
        }
    }
}
