//! The way in: a file without a subcommand, help in all its forms, and slips of every kind of word.

use std::fs;
use std::path::PathBuf;

use crate::common::ikecompat;

/// The files of a folder of the corpus that end in one of these.
fn corpus(folder: &str, endings: &[&str]) -> Vec<String> {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    let folder = format!("tests/corpus/{folder}");
    let all = fs::read_dir(root.join(&folder)).unwrap();
    let names = all.filter_map(Result::ok).map(|it| it.file_name());
    let names = names.map(|name| format!("{folder}/{}", name.to_string_lossy()));
    let mut names: Vec<_> = names
        .filter(|name| endings.iter().any(|ending| name.ends_with(ending)))
        .collect();
    names.sort();
    assert!(!names.is_empty(), "{folder}");
    names
}

/// What the program says it did about a file.
fn said(file: &str) -> String {
    let run = ikecompat(&[file], "");
    let line = run.stderr.lines().find(|line| line.starts_with("this is "));
    line.unwrap_or(&run.stderr).to_owned()
}

#[test]
fn a_file_shows_what_is_meant() {
    for (folder, endings, what) in [
        ("logs", &[".log"][..], "this is a log; `ikecompat diagnose "),
        (
            "logs",
            &[".pcap"],
            "this is a capture; `ikecompat diagnose ",
        ),
        (
            "pcap",
            &[".pcap", ".pcapng"],
            "this is a capture; `ikecompat diagnose ",
        ),
        (
            "swanctl",
            &[".conf"],
            "this is a configuration; `ikecompat check ",
        ),
        (
            "pfsense",
            &[".xml"],
            "this is a configuration; `ikecompat check ",
        ),
        (
            "libreswan",
            &[".conf"],
            "this is a configuration; `ikecompat check ",
        ),
        (
            "certificates",
            &[".pem", ".der"],
            "this is a certificate; `ikecompat certificate ",
        ),
        (
            "mobileconfig",
            &[".mobileconfig"],
            "this is a configuration of a client; ",
        ),
        (
            "sswan",
            &[".sswan"],
            "this is a configuration of a client; ",
        ),
    ] {
        let of_others = |name: &String| !name.contains("/other-");
        for file in corpus(folder, endings).into_iter().filter(of_others) {
            let said = said(&file);
            assert!(said.starts_with(what), "{file}: {said}");
        }
    }
}

#[test]
fn what_is_recognised_is_done() {
    let run = ikecompat(&["examples/before.yaml", "--clients", "ios"], "");
    let same = ikecompat(&["check", "examples/before.yaml", "--clients", "ios"], "");
    assert_eq!((run.stdout, run.status), (same.stdout, same.status));
    let line = "this is a configuration; `ikecompat check examples/before.yaml --clients ios`\n";
    assert!(run.stderr.contains(line), "{}", run.stderr);
    assert!(said("examples").contains("a folder of configurations"));
    assert!(said("tests/corpus/pcap").contains("a folder of logs or captures"));
    let quiet = ikecompat(&["-q", "examples/after.yaml"], "");
    assert_eq!(quiet.stderr, "");
    let neither = ikecompat(&["LICENSE-MIT"], "");
    assert_eq!(neither.status, 2);
    assert!(
        neither.stderr.contains("name the subcommand"),
        "{}",
        neither.stderr
    );
    let input = ikecompat(&["-"], "");
    assert!(
        input.stderr.contains("`ikecompat check -`"),
        "{}",
        input.stderr
    );
}

#[test]
fn a_certificate_alone_is_described() {
    let folder = "tests/corpus/certificates";
    let day = ["--at", "2026-11-30"];
    let run = |file: &str, more: &[&str]| {
        let file = format!("{folder}/{file}");
        let all: Vec<&str> = ["certificate", &file].into_iter().chain(day).collect();
        ikecompat(&[&all, more].concat(), "")
    };
    let good = run("rsa-san-eku.pem", &[]);
    assert_eq!(good.status, 0, "{}", good.stdout);
    for words in [
        "is known to refuse it",
        "extended key usage: serverAuth",
        "the name as subjectAltName",
    ] {
        assert!(good.stdout.contains(words), "{words}: {}", good.stdout);
    }
    let bad = run("rsa-no-san.pem", &["--clients", "ios-17"]);
    assert_eq!(bad.status, 1, "{}", bad.stdout);
    assert!(
        bad.stdout.contains("1 of 1 client would refuse it"),
        "{}",
        bad.stdout
    );
    assert!(bad.stdout.contains("[san-missing]"), "{}", bad.stdout);
}

#[test]
fn help_and_version_are_words_too() {
    for (words, option) in [
        (&["help"][..], &["--help"][..]),
        (&["help", "check"], &["check", "--help"]),
        (&["help", "clients", "show"], &["clients", "show", "--help"]),
        (&["version"], &["--version"]),
    ] {
        let run = ikecompat(words, "");
        assert_eq!(run.status, 0, "{words:?}: {}", run.stderr);
        assert_eq!(run.stdout, ikecompat(option, "").stdout, "{words:?}");
    }
    let slip = ikecompat(&["help", "chek"], "");
    assert_eq!(slip.status, 2);
    assert!(
        slip.stderr.contains("did you mean `check`?"),
        "{}",
        slip.stderr
    );
}

#[test]
fn a_slip_is_answered_by_the_nearest_right_word() {
    let server = "examples/before.yaml";
    for (call, near) in [
        (&["chek", server][..], "`check`"),
        (&["check", server, "--client", "ios"], "--clients"),
        (&["check", server, "--clients", "andriod"], "`android`"),
        (&["check", server, "--format", "markdwon"], "markdown"),
        (&["check", server, "--policy", "rfc8427"], "`rfc8247`"),
        (
            &["check", server, "--engine", "strongwsan@6.0.1"],
            "`strongswan@6.0.1`",
        ),
        (&["recommend", "--product", "pfsens"], "pfsense"),
        (&["recommend", "--prefer", "securty"], "security"),
        (&["recommend", "--format", "swanctrl"], "`swanctl`"),
        (&["recommend", "--auth", "eap-tsl"], "eap-tls"),
        (&["lint", server, "--allow", "weak-entyr"], "`weak-entry`"),
        (&["explain", "modp1204"], "`modp1024`"),
        (&["clients", "shwo", "ios"], "show"),
        (&["check", "examples/befor.yaml"], "`examples/before.yaml`"),
        (
            &["diagnose", "examples/befor.yaml"],
            "`examples/before.yaml`",
        ),
        (&["examples/befor.yaml"], "`examples/before.yaml`"),
        (&["convert", server, "--to", "swanclt"], "swanctl"),
        (&["schema", "sever"], "server"),
    ] {
        let run = ikecompat(call, "");
        assert_eq!(run.status, 2, "{call:?}: {}", run.stdout);
        assert!(run.stderr.contains(near), "{call:?}: {}", run.stderr);
        assert!(
            !run.stderr.contains("variant not found"),
            "{call:?}: {}",
            run.stderr
        );
    }
}

/// What is wrong with a call is said in the program's words, with the right word beside it.
#[test]
fn a_wrong_call_is_answered_by_the_right_word() {
    let server = "examples/after.yaml";
    for (call, what, help) in [
        (
            &["check", "--clinets", "osx", server][..],
            "error: there is no option `--clinets` here",
            "did you mean `--clients`?",
        ),
        (
            &["check", server, "--format", "jsn"],
            "error: `jsn` is no value of `--format`",
            "did you mean `json`?",
        ),
        (
            &["check", server, "--engine", "strongswn"],
            "`strongswn` is no engine and no product with one inside",
            "did you mean `strongswan@VERSION`?",
        ),
        (
            &["check"],
            "error: `<SERVER>` is missing",
            "`ikecompat check --help` says what it takes",
        ),
        (
            &["recommend", "--clients"],
            "error: `--clients` lacks its value",
            "`ikecompat recommend --help` says what it takes",
        ),
        (
            &["recommend", "--min-bits", "many"],
            "error: `--min-bits`: `many` is no number, or out of range",
            "`ikecompat recommend --help` says what it takes",
        ),
        (
            &["check", server, "--clients", "osx", "--clients", "ios"],
            "error: `--clients` can be given once",
            "`ikecompat check --help` says what it takes",
        ),
        (
            &["check", server, "--verbose=3"],
            "error: `--verbose` takes no value",
            "`ikecompat check --help` says what it takes",
        ),
    ] {
        let run = ikecompat(call, "");
        assert_eq!((run.status, run.stdout.as_str()), (2, ""), "{call:?}");
        assert!(run.stderr.contains(what), "{call:?}: {}", run.stderr);
        assert!(run.stderr.contains(help), "{call:?}: {}", run.stderr);
        for library in ["Usage:", "tip:", "possible values", "try '--help'"] {
            assert!(!run.stderr.contains(library), "{call:?}: {}", run.stderr);
        }
    }
}
