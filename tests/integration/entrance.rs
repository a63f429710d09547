//! The way in: a file without a subcommand, help in all its forms, and slips of every kind of word.

use std::collections::HashSet;
use std::fs;
use std::path::PathBuf;

use ikecompat::format::Format;

use crate::common::{ikecompat, path};

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

/// What a file is called that says nothing of what is in it.
fn nameless(file: &str) -> String {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("nameless");
    fs::create_dir_all(&folder).unwrap();
    let copy = folder.join(file.replace(['/', '.'], "-"));
    fs::copy(path(file), &copy).unwrap();
    copy.to_str().unwrap().to_owned()
}

#[test]
fn a_file_shows_what_is_meant() {
    let of = |folder: &str, endings: &[&str]| corpus(folder, endings);
    for (files, what, command) in [
        (of("logs", &[".log"]), "a log", "diagnose"),
        (
            of("logs/field", &[".log", ".txt", ".json"]),
            "a log",
            "diagnose",
        ),
        (of("logs", &[".pcap"]), "a capture", "diagnose"),
        (of("pcap", &[".pcap", ".pcapng"]), "a capture", "diagnose"),
        (
            of("certificates", &[".pem", ".der"]),
            "a certificate",
            "certificate",
        ),
        (
            of("embedded", &[".yaml", ".md", ".sh"]),
            "a file that holds strongSwan's",
            "check",
        ),
    ] {
        let of_others = |name: &String| !name.contains("/other-");
        for file in files.into_iter().filter(of_others) {
            let said = said(&nameless(&file));
            let line = format!("this is {what}");
            assert!(said.starts_with(&line), "{file}: {said}");
            assert!(
                said.contains(&format!("`ikecompat {command} ")),
                "{file}: {said}"
            );
        }
    }
}

/// Every format that is read is recognised as itself, whatever the file is called.
#[test]
fn every_format_shows_itself() {
    let mut seen = HashSet::new();
    for (format, files) in [
        (Format::Cisco, corpus("cisco", &[".cfg"])),
        (Format::Fortigate, corpus("fortios", &[".conf"])),
        (Format::Iked, corpus("iked", &[".conf"])),
        (
            Format::Intune,
            corpus("intune", &["e.json", "m.json", "4.json"]),
        ),
        (Format::IpsecConf, corpus("ipsec-conf", &[".conf"])),
        (Format::Libreswan, corpus("libreswan", &[".conf"])),
        (Format::Mikrotik, corpus("routeros", &[".rsc"])),
        (
            Format::Mobileconfig,
            corpus("mobileconfig", &[".mobileconfig"]),
        ),
        (Format::Nixos, corpus("nixos", &[".nix"])),
        (
            Format::Nmconnection,
            corpus("nmconnection", &[".nmconnection"]),
        ),
        (Format::OpnsenseXml, corpus("opnsense", &["backup.xml"])),
        (Format::PfsenseXml, corpus("pfsense", &["backup.xml"])),
        (Format::Powershell, corpus("powershell", &[".ps1"])),
        (Format::Profilexml, corpus("profilexml", &[".xml", ".ps1"])),
        (Format::Rasphone, corpus("rasphone", &[".pbk"])),
        (Format::Rras, vec![written(Format::Rras)]),
        (Format::ServerYaml, vec!["examples/server.yaml".to_owned()]),
        (Format::Sswan, corpus("sswan", &[".sswan"])),
        (Format::Swanctl, corpus("swanctl", &[".conf"])),
        (Format::Uci, corpus("uci", &[".uci"])),
        (Format::Vyos, corpus("vyos", &[".boot"])),
    ] {
        seen.insert(format);
        for file in files {
            let run = ikecompat(&[&nameless(&file)], "");
            let (ends, command) = match format.client() {
                Some(client) => ("client", format!("recommend --clients {client}=")),
                None => ("server", "check ".to_owned()),
            };
            let line = format!("this is {}, which configures a {ends}; ", format.title());
            assert!(run.stderr.contains(&line), "{file}: {}", run.stderr);
            assert!(
                run.stderr.contains(&format!("`ikecompat {command}")),
                "{file}: {}",
                run.stderr
            );
            assert!(run.status < 2, "{file}: {}", run.stderr);
        }
    }
    for format in Format::all_read() {
        assert!(seen.contains(&format), "{format}");
    }
}

/// A file that the program writes itself.
fn written(format: Format) -> String {
    let words = [
        "recommend",
        "--product",
        "rras",
        "--clients",
        "windows",
        "--format",
    ];
    let run = ikecompat(&[&words[..], &[&format.to_string()]].concat(), "");
    let file = format!("target/tmp/written-{format}");
    fs::create_dir_all(path("target/tmp")).unwrap();
    fs::write(path(&file), run.stdout).unwrap();
    file
}

/// Two files of which one is of a server are one question.
#[test]
fn two_files_are_one_question() {
    let server = "examples/before.yaml";
    for (other, command) in [
        (
            "tests/corpus/nmconnection/office.nmconnection",
            "check examples/before.yaml --clients linux=",
        ),
        (
            "tests/corpus/logs/eap-badpw-server-pfsense.log",
            "diagnose tests/corpus/logs/eap-badpw-server-pfsense.log --server examples/before.yaml",
        ),
        (
            "tests/corpus/certificates/rsa-san-eku.pem",
            "check examples/before.yaml --server-cert tests/corpus/certificates/rsa-san-eku.pem",
        ),
        ("examples/after.yaml", "check"),
    ] {
        for pair in [[server, other], [other, server]] {
            let run = ikecompat(&pair, "");
            assert!(
                run.stderr.contains(&format!("`ikecompat {command}")),
                "{}",
                run.stderr
            );
            assert!(run.status < 2, "{pair:?}: {}", run.stderr);
        }
    }
}

#[test]
fn what_is_recognised_is_done() {
    let run = ikecompat(&["examples/before.yaml", "--clients", "ios"], "");
    let same = ikecompat(&["check", "examples/before.yaml", "--clients", "ios"], "");
    assert_eq!((run.stdout, run.status), (same.stdout, same.status));
    let line = "this is `server.yaml`, which configures a server; `ikecompat check examples/before.yaml --clients ios`\n";
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
