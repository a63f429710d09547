//! docs/exit-status.md, row by row.

use std::fs;
use std::path::PathBuf;

use crate::common::ikecompat;

/// A folder of this test, empty at first.
fn folder(name: &str) -> PathBuf {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).unwrap();
    folder
}

const SERVER: &str = "phase1: [aes256-sha256-modp2048]\nphase2: [aes256-sha256]\n";

const SWANCTL: &str = "connections {\n rw {\n version = 2\n proposals = aes256-sha256-modp2048\n pools = p\n remote {\n \
    auth = eap-mschapv2\n }\n children {\n c {\n esp_proposals = aes256-sha256\n }\n }\n }\n}\npools {\n p {\n \
    addrs = 192.0.2.0/24\n }\n}\n";

#[test]
fn every_row_of_the_table() {
    let empty = folder("exit-empty");
    let empty = empty.to_str().unwrap();
    let other = folder("exit-other");
    fs::write(
        other.join("readme.txt"),
        "Nothing of the kind stands here.\n",
    )
    .unwrap();
    let other = other.to_str().unwrap();
    for (arguments, input, status) in [
        (&["check", "-", "--clients", "android"][..], SERVER, 0),
        (&["check", "-", "--clients", "windows-7"], SERVER, 1),
        (&["check", "-", "--clients", "samsung-native"], SERVER, 1),
        (
            &["check", "-", "--clients", "android,samsung-native"],
            SERVER,
            0,
        ),
        (
            &[
                "check",
                "-",
                "--clients",
                "android,samsung-native",
                "--deny-unknown",
            ],
            SERVER,
            1,
        ),
        (&["check", "-", "--clients", "nobody"], SERVER, 2),
        (&["check", "-"], "phase1: [nonsense]\n", 2),
        (&["check", empty], "", 2),
        (&["check", "no-such-file.yaml"], "", 2),
        (&["lint", "-", "--clients", "android"], SERVER, 0),
        (&["lint", empty], "", 2),
        (&["lint", "-"], "phase1: [nonsense]\n", 2),
        (&["clients", "show", "nobody"], "", 2),
        (&["check", "-", "--clients", "nothing-*"], SERVER, 2),
        (
            &[
                "check",
                "-",
                "--server-id",
                "vpn.example.com",
                "--clients",
                "android",
            ],
            SERVER,
            0,
        ),
        (
            &[
                "check",
                "-",
                "--compare-engine",
                "strongswan@6.0.6",
                "--clients",
                "android",
            ],
            SWANCTL,
            0,
        ),
        (&["check", other], "", 2),
        (&["check", "--engine", "no-such-engine@1", "-"], SERVER, 2),
        (
            &[
                "certificate",
                "tests/corpus/certificates/rsa-san-eku.pem",
                "--clients",
                "android",
            ],
            "",
            0,
        ),
        (
            &[
                "certificate",
                "tests/corpus/certificates/rsa-no-san.pem",
                "--clients",
                "ios-26",
            ],
            "",
            1,
        ),
        (&["certificate", "Cargo.toml"], "", 2),
        (&["clients", "list"], "", 0),
        (&["clients", "list", "--unknown"], "", 0),
        (&["clients", "show", "android"], "", 0),
        (
            &["clients", "lint", "profiles/clients/apple/macos-13.yaml"],
            "",
            0,
        ),
        (&["clients", "lint", "no-such-file.yaml"], "", 2),
        (&["explain", "modp2048"], "", 0),
        (&["help"], "", 0),
        (&["--version"], "", 0),
        (&["schema", "check"], "", 0),
        (&["schema", "nothing-of-the-kind"], "", 2),
        (&["man"], "", 0),
        (&["completions", "bash"], "", 0),
        (&["completions", "no-such-shell"], "", 2),
        (&["explain", "no-such-topic-at-all"], "", 2),
        (
            &["lint", "-", "--clients", "android"],
            "phase1: [3des-md5-modp1024]\nphase2: [aes256-sha256]\n",
            1,
        ),
        (&["lint", other], "", 2),
        (&["diagnose", empty], "", 2),
        (
            &[
                "negotiate",
                "--initiator",
                "nonsense",
                "--responder",
                "aes256-sha256-ecp256",
            ],
            "",
            2,
        ),
        (&["check", "-", "--no-such-option"], SERVER, 2),
        (&["convert", "-", "--to", "swanctl"], SERVER, 0),
        (
            &["convert", "-", "--to", "swanctl"],
            "phase1: [nonsense]\n",
            2,
        ),
        (&["diagnose", "-"], "hello\n", 0),
        (&["diagnose", "-"], "something speaks of ISAKMP here\n", 1),
        (&["diagnose", "-"], "", 2),
        (&["diagnose", "-"], "\u{1}\u{2}\u{3}\u{4}\u{5}\u{6}", 2),
        (&["diagnose", "no-such-file.log"], "", 2),
        (&["learn", "-"], "hello\n", 2),
        (
            &[
                "negotiate",
                "--initiator",
                "aes256-sha256-modp2048",
                "--responder",
                "aes256-sha256-modp2048",
            ],
            "",
            0,
        ),
        (
            &[
                "negotiate",
                "--initiator",
                "aes256-sha256-modp2048",
                "--responder",
                "aes256-sha256-ecp256",
            ],
            "",
            1,
        ),
        (&["recommend", "--clients", "osx,android,windows"], "", 0),
        (
            &["recommend", "--clients", "windows-7", "--min-bits", "250"],
            "",
            1,
        ),
        (&["recommend", "--clients", "nobody"], "", 2),
    ] {
        let run = ikecompat(arguments, input);
        assert_eq!(
            run.status, status,
            "{arguments:?} {input:?}\n{}{}",
            run.stdout, run.stderr
        );
    }
}

#[test]
fn what_must_stay_is_kept_by_a_change_or_the_status_is_1() {
    let folder = folder("exit-change");
    let write = |name: &str, text: &str| {
        let path = folder.join(name);
        fs::write(&path, text).unwrap();
        path.to_str().unwrap().to_owned()
    };
    let both = "phase1: [aes256-sha256-modp2048, aes256-sha256-modp1024]\n\
                phase2: [aes256-sha256, aes256-sha1]\n";
    let (old, new) = (write("old.yaml", both), write("new.yaml", SERVER));
    let run = |arguments: &[&str]| ikecompat(&[&["check"], arguments].concat(), "");
    let windows = "windows-10:require";
    let lost = run(&[&old, "--after", &new, "--require", windows]);
    assert_eq!(lost.status, 1, "{}", lost.stdout);
    assert!(lost.stdout.contains("loses"), "{}", lost.stdout);
    assert!(
        lost.stdout
            .contains("required, and would fail: windows-10:require")
    );
    assert_eq!(
        run(&[&old, "--after", &new, "--require", "android"]).status,
        0
    );
    assert_eq!(
        run(&[&new, "--after", &old, "--require", windows]).status,
        0
    );
    assert_eq!(run(&[&old, "--after", &new]).status, 1);
    assert_eq!(run(&[&new, "--after", &old]).status, 0);
    assert_eq!(run(&[&new, "--require", windows]).status, 1);
    assert_eq!(run(&[&old, "--require", windows]).status, 0);
    assert_eq!(run(&[&old, "--after", "no-such-file"]).status, 2);
    assert_eq!(run(&[&old, "--require", "nobody"]).status, 2);
    let json = run(&[
        &old,
        "--after",
        &new,
        "--require",
        windows,
        "--format",
        "json",
    ]);
    let json: serde_json::Value = serde_json::from_str(&json.stdout).unwrap();
    assert_eq!(json["schema"], "ikecompat.change.v1");
    assert_eq!(json["clients"][0]["change"], "loses");
    assert_eq!(json["clients"][0]["fails"], true);
}

/// Where nothing changes, nobody is told what does: who has to stay, and whether each of them does.
#[test]
fn who_is_required_of_one_file_is_said_without_a_change() {
    for (file, clients, status, says) in [
        (
            "examples/after.yaml",
            "ios-17",
            0,
            "ios-17, which is required, connects",
        ),
        (
            "examples/after.yaml",
            "ios-17,android-13",
            0,
            "2 required clients connect",
        ),
        (
            "examples/before.yaml",
            "ios-17",
            1,
            "ios-17, which is required, is refused",
        ),
        (
            "examples/before.yaml",
            "ios-17,windows-11",
            1,
            "1 of 2 required clients fails",
        ),
        (
            "examples/before.yaml",
            "windows-7",
            0,
            "whether windows-7:optional, which is required, connects is not known",
        ),
    ] {
        let run = ikecompat(&["check", file, "--require", clients], "");
        assert_eq!(run.status, status, "{}", run.stdout);
        let headline = run.stdout.lines().next().unwrap();
        assert_eq!(headline, format!("{file}: {says}"));
        for word in [
            "either way",
            "nothing changes",
            "would fail",
            "before ",
            "same",
        ] {
            assert!(!run.stdout.contains(word), "{word}: {}", run.stdout);
        }
        let is_whole = run.stdout.contains("nothing has to be done");
        assert_eq!(
            is_whole,
            says.ends_with("connects") || says.ends_with("connect")
        );
    }
}

/// What could not be read is the next step, and the first line says that it is left out.
#[test]
fn what_is_missing_is_the_next_step() {
    let log = "tests/corpus/logs/ok-eap-client-journal.log";
    for format in ["table", "markdown", "json"] {
        let run = ikecompat(&["diagnose", log, "no-such.log", "--format", format], "");
        assert_eq!(run.status, 2);
        let all = format!("{}{}", run.stdout, run.stderr).replace('\\', "");
        assert!(all.contains("1 file could not be read"), "{format}: {all}");
        assert!(all.contains("give no-such.log again"), "{format}: {all}");
        assert!(!all.contains("nothing has to be done"), "{format}: {all}");
    }
    for call in [
        &["check", "examples/befor.yaml"][..],
        &["lint", "examples/befor.yaml"],
        &["recommend", "--server", "examples/befor.yaml"],
        &["convert", "examples/befor.yaml", "--to", "swanctl"],
        &["certificate", "examples/befor.yaml"],
        &["diagnose", "examples/befor.yaml"],
        &["learn", "examples/befor.yaml"],
    ] {
        let run = ikecompat(call, "");
        assert_eq!(run.status, 2);
        let typed = call.join(" ").replace("befor.", "before.");
        let next = format!("next: `ikecompat {typed}`");
        let last = run.stderr.lines().last().unwrap();
        assert_eq!(last, next, "{call:?}: {}", run.stderr);
    }
    let run = ikecompat(&["check", "no-such-file-at-all"], "");
    assert!(run.stderr.contains("\nnext: name a file"), "{}", run.stderr);
}

/// The table has a row for every subcommand.
#[test]
fn no_subcommand_is_missing_in_the_table() {
    let page = fs::read_to_string("docs/exit-status.md").unwrap();
    let first = page.lines().filter_map(|line| line.strip_prefix("| "));
    let first: String = first.filter_map(|row| row.split(" | ").next()).collect();
    let help = ikecompat(&["help"], "").stdout;
    let (_, commands) = help.split_once("Commands:\n").unwrap();
    let commands = commands.lines().take_while(|line| !line.is_empty());
    let commands: Vec<_> = commands
        .filter(|line| line.starts_with("  ") && !line.starts_with("   "))
        .map(|line| line.split_whitespace().next().unwrap())
        .collect();
    assert!(commands.len() > 15, "{commands:?}");
    for command in commands {
        let is_there = [' ', '`'].map(|end| first.contains(&format!("`{command}{end}")));
        assert!(is_there.contains(&true), "{command}");
    }
}
