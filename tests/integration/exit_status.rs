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

#[test]
fn every_row_of_the_table() {
    let empty = folder("exit-empty");
    let empty = empty.to_str().unwrap();
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
        (&["explain", "no-such-topic-at-all"], "", 2),
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
