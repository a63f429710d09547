//! Every report begins with the answer and ends with the next step; where standard output is a file to be
//! pasted or parsed, both go to standard error.

use crate::common::{Run, ikecompat};

const LOG: &str = "tests/corpus/logs/eap-badpw-server-pfsense.log";

/// A call, a word of its answer, and a word of its next step.
const CALLS: [(&[&str], &str, &str); 14] = [
    (
        &["check", "examples/before.yaml"],
        "5 refused",
        "recommend --server",
    ),
    (
        &["check", "examples/before.yaml", "examples/after.yaml"],
        "0 of the 2",
        "ikecompat check",
    ),
    (
        &[
            "check",
            "examples/before.yaml",
            "--after",
            "examples/after.yaml",
        ],
        "2 lose",
        "recommend",
    ),
    (
        &[
            "check",
            "examples/before.yaml",
            "--compare-engine",
            "strongswan@6.0.1",
        ],
        "from strongswan@5.9.8",
        "nothing",
    ),
    (
        &["recommend", "--server", "examples/before.yaml"],
        "set ",
        "--write",
    ),
    (
        &["recommend", "--clients", "samsung-native"],
        "no plan",
        "ikecompat learn",
    ),
    (
        &["lint", "examples/before.yaml"],
        "2 warnings",
        "ikecompat explain",
    ),
    (
        &["diagnose", LOG],
        "failed: the user name",
        "explain eap_failed",
    ),
    (&["clients"], "newest evidence", "clients show"),
    (
        &["clients", "list", "--unknown"],
        "not known",
        "ikecompat learn",
    ),
    (
        &["clients", "show", "ios-17"],
        "4 proposals",
        "ikecompat check",
    ),
    (
        &["clients", "compare", "ios-16", "ios-17"],
        "in common",
        "clients diff",
    ),
    (
        &["clients", "diff", "ios-16", "ios-17"],
        "from ios-16 to ios-17",
        "check",
    ),
    (
        &[
            "negotiate",
            "--initiator",
            "aes256-sha256-modp2048",
            "--responder",
            "aes128-sha256-modp2048",
        ],
        "do not agree",
        "try again",
    ),
];

fn run(call: &[&str], more: &[&str]) -> Run {
    let all: Vec<&str> = call.iter().chain(more).copied().collect();
    ikecompat(&all, "")
}

/// The lines of a text without those that are empty, and the wrapped last line in one.
fn first_and_last(text: &str) -> (String, String) {
    let first = text.split("\n\n").next().unwrap_or_default();
    let last = text.trim_end().rsplit("\n\n").next().unwrap_or_default();
    let flat = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    (flat(first), flat(last))
}

#[test]
fn reports_for_people_have_both() {
    for (call, answer, next) in CALLS {
        let run = run(call, &[]);
        let (first, last) = first_and_last(&run.stdout);
        assert!(first.contains(answer), "{call:?}: {first}");
        assert!(
            last.contains("next: ") && last.contains(next),
            "{call:?}: {last}"
        );
    }
}

#[test]
fn json_has_fields_for_both() {
    for (call, answer, next) in CALLS {
        let run = run(call, &["--format", "json"]);
        let json: serde_json::Value = serde_json::from_str(&run.stdout).unwrap();
        let field = |name: &str| json[name].as_str().unwrap_or_default().to_owned();
        let totals = json["totals"].as_object();
        let totals = totals.unwrap_or_else(|| panic!("{call:?}: {}", json["totals"]));
        assert!(
            !totals.is_empty() && totals.values().all(|it| it.is_u64()),
            "{call:?}: {totals:?}"
        );
        assert!(
            field("headline").contains(answer),
            "{call:?}: {}",
            field("headline")
        );
        assert!(field("next").contains(next), "{call:?}: {}", field("next"));
        assert!(run.stderr.contains("next: "), "{call:?}: {}", run.stderr);
    }
}

/// What has no report but a file, or a list of complaints, is answered in the same way.
#[test]
fn files_and_lists_have_both() {
    let swanctl = "examples/swanctl.conf";
    let profile = "profiles/clients/android/android-13.yaml";
    let logs = "tests/corpus/logs/invalid-syntax.pcap";
    for (call, answer, next) in [
        (
            vec!["convert", swanctl, "--to", "server-yaml"],
            "as ",
            "--after FILE",
        ),
        (
            vec!["convert", swanctl, "--to", "rras"],
            "nothing is written",
            "convert",
        ),
        (vec!["learn", logs], "", "ikecompat check SERVER"),
        (vec!["clients", "lint", profile], "1 profile: ", ""),
    ] {
        let run = ikecompat(&call, "");
        let seen = match call[0] {
            "clients" => &run.stdout,
            _ => &run.stderr,
        };
        let last = seen.trim_end().lines().last().unwrap();
        assert!(last.starts_with("next: "), "{call:?}: {seen}");
        assert!(last.contains(next), "{call:?}: {seen}");
        assert!(seen.contains(answer), "{call:?}: {seen}");
    }
}

#[test]
fn markdown_has_both() {
    for (call, answer, next) in CALLS {
        let has_markdown = match call {
            ["check", _] | ["check", _, "examples/after.yaml"] => true,
            ["clients", second, ..] => *second == "list" || *second == "compare",
            [command, ..] => ["recommend", "diagnose"].contains(command),
            [] => false,
        };
        if has_markdown {
            let run = run(call, &["--format", "markdown"]);
            let (first, last) = first_and_last(&run.stdout);
            assert!(first.contains(answer), "{call:?}: {first}");
            let last = last.replace("\\`", "`").replace('\\', "");
            assert!(
                last.contains("next: ") && last.contains(next),
                "{call:?}: {last}"
            );
        }
    }
}

#[test]
fn what_is_pasted_or_parsed_is_that_file_alone() {
    let (check, recommend) = (&CALLS[0], &CALLS[4]);
    let (lint, list) = (&CALLS[6], &CALLS[8]);
    for ((call, answer, next), formats) in [
        (check, &["csv", "sarif", "cbom", "json"][..]),
        (
            recommend,
            &[
                "swanctl",
                "powershell",
                "pfsense-xml",
                "json",
                "mobileconfig",
            ],
        ),
        (lint, &["sarif", "json"]),
        (list, &["csv", "json"]),
    ] {
        for format in formats {
            let run = run(call, &["--format", format]);
            assert!(
                !run.stdout.contains("next: "),
                "{call:?} {format}: {}",
                run.stdout
            );
            assert!(
                run.stderr.contains(answer),
                "{call:?} {format}: {}",
                run.stderr
            );
            assert!(
                run.stderr.contains(next),
                "{call:?} {format}: {}",
                run.stderr
            );
            let quiet = self::run(call, &["--format", format, "--quiet"]);
            assert!(
                !quiet.stderr.contains("next: "),
                "{format}: {}",
                quiet.stderr
            );
            assert_eq!(quiet.stdout, run.stdout);
        }
    }
}

/// Where the configuration leaves open what it takes, that is the next step, and no attempt on the live server.
#[test]
fn what_a_configuration_leaves_open_is_the_next_step() {
    let text = "{ services.strongswan-swanctl.swanctl.connections.people = { proposals = list; \
                remote.main.auth = \"eap-mschapv2\"; children.n = { }; }; }";
    let run = ikecompat(&["check", "-", "--clients", "ios-17"], text);
    let next = run.stdout.lines().find(|line| line.starts_with("next: "));
    assert!(next.unwrap().contains("ikecompat lint"), "{}", run.stdout);
    assert!(!run.stdout.contains("ikecompat probe"), "{}", run.stdout);
}

/// A failure does not hide what came up.
#[test]
fn a_failure_beside_what_works_is_counted() {
    let up = "tests/corpus/logs/ok-eap-client-journal.log";
    let seen = |files: &[&str]| {
        let arguments: Vec<_> = std::iter::once("diagnose")
            .chain(files.iter().copied())
            .collect();
        let run = ikecompat(&arguments, "");
        run.stdout.lines().next().unwrap().to_owned()
    };
    for files in [[LOG, up], [up, LOG]] {
        let headline = seen(&files);
        assert!(
            headline.contains("1 of 2 attempts failed, 1 came up: the user name"),
            "{headline}"
        );
    }
    assert!(seen(&[LOG]).contains("failed: the user name"));
    assert!(seen(&[up]).contains("established"));
}

/// Where a client is refused or lost there is something to do, whatever the server is.
#[test]
fn nobody_is_refused_and_told_to_do_nothing() {
    let device = "config vpn ipsec phase1-interface\nedit dial\nset type dynamic\nset ike-version 2\n\
                  set proposal aes256-sha256\nset dhgrp 14\nnext\nend\nconfig vpn ipsec phase2-interface\n\
                  edit dial2\nset phase1name dial\nset proposal aes256-sha256\nset pfs disable\nnext\nend\n";
    let run = ikecompat(
        &["check", "-", "--clients", "strongswan-android-2.4.1"],
        device,
    );
    let (first, last) = first_and_last(&run.stdout);
    assert!(first.contains("1 refused"), "{}", run.stdout);
    assert!(last.contains("ask again"), "{}", run.stdout);
    let mut refusing = 0;
    for folder in std::fs::read_dir("tests/corpus").unwrap() {
        let folder = folder.unwrap().path().display().to_string();
        let run = ikecompat(&["check", &folder, "--format", "json"], "");
        let Ok(report) = serde_json::from_str::<serde_json::Value>(&run.stdout) else {
            continue;
        };
        for server in report["servers"].as_array().into_iter().flatten() {
            let failing = ["refused", "rekey_fails"].map(|key| server["totals"][key].as_u64());
            if failing.into_iter().flatten().sum::<u64>() > 0 {
                refusing += 1;
                assert_ne!(
                    server["next"], "nothing has to be done",
                    "{}",
                    server["file"]
                );
            }
        }
    }
    assert!(refusing > 20, "{refusing}");
}
