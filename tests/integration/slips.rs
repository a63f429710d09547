//! Slips on the command line: each is answered by the nearest right word or by what is taken, in plain words.

use std::fs;
use std::path::PathBuf;

use crate::common::ikecompat;

const SERVER: &str = "phase1: [aes256-sha256-modp2048]\nphase2: [aes256-sha256]\n";

/// What is wrong with a call, which has exit status 2.
fn refused(arguments: &[&str]) -> String {
    let run = ikecompat(arguments, SERVER);
    assert_eq!(run.status, 2, "{arguments:?}: {}{}", run.stdout, run.stderr);
    assert!(
        !run.stderr.contains("os error"),
        "{arguments:?}: {}",
        run.stderr
    );
    run.stderr
}

#[test]
fn values_are_answered_by_the_nearest_right_one() {
    for (arguments, said) in [
        (
            &["recommend", "--groups", "modp2084"][..],
            "did you mean `modp2048`?",
        ),
        (
            &["recommend", "--groups", "modp2048,ecp265"],
            "`ecp265` is no group as strongSwan spells it; did you mean `ecp256`?",
        ),
        (
            &["recommend", "--groups", "group14"],
            "did you mean `modp2048`?",
        ),
        (&["recommend", "--groups", "DH19"], "did you mean `ecp256`?"),
        (&["recommend", "--groups", "sha256"], "`sha256` is no group"),
        (&["recommend", "--forbid", "3dse"], "did you mean `3des`?"),
        (
            &["recommend", "--forbid", "AES-128"],
            "did you mean `aes128`?",
        ),
        (
            &["recommend", "--forbid", "xyzzy"],
            "such as `aes256`, `sha256` or `modp2048`",
        ),
        (
            &["recommend", "--product", "OPNsens"],
            "did you mean `opnsense`?",
        ),
        (
            &["recommend", "--auth", "eap-tsl"],
            "did you mean `eap-tls`?",
        ),
        (
            &["recommend", "--prefer", "secrity"],
            "did you mean `security`?",
        ),
        (&["recommend", "--min-bits", "many"], "`many` is no number"),
        (
            &["check", "-", "--built-with", "modp1042"],
            "did you mean `modp1024`?",
        ),
        (&["check", "-", "--format", "jsn"], "did you mean `json`?"),
        (
            &["check", "-", "--nat", "maybe"],
            "expected `no`, `unknown`, `yes`",
        ),
        (
            &["check", "-", "--client-address", "x"],
            "`x` is no IP address, as `192.0.2.1`",
        ),
        (
            &["check", "-", "--client-address", "10.0.0"],
            "it is written `--client-address <IP>`",
        ),
        (
            &["check", "-", "--policy", "rfc8274"],
            "did you mean `rfc8247`?",
        ),
        (
            &["check", "-", "--engine", "strongswan-6.0.1"],
            "did you mean `strongswan@6.0.1`?",
        ),
        (
            &["check", "-", "--from", "swanctrl"],
            "did you mean `swanctl`?",
        ),
        (
            &["lint", "-", "--allow", "weak-pfs-grop"],
            "did you mean `weak-pfs-group`?",
        ),
        (
            &["clients", "compare", "ios", "macos", "--phase", "3"],
            "`--phase`: 3 is not 1 or 2",
        ),
        (
            &["clients", "compare", "ios", "macos", "--phase", "ike"],
            "it is written `--phase <1|2>`",
        ),
        (
            &["clients", "compare", "ios", "macos", "--only", "modp2084"],
            "did you mean `modp2048`?",
        ),
        (
            &["clients", "list", "--role", "gatway"],
            "did you mean `gateway`?",
        ),
        (
            &["clients", "list", "--evidence", "observd"],
            "did you mean `observed`?",
        ),
        (
            &["recommend", "--product", "opnsense@26.7"],
            "a product in one of its releases is `--engine opnsense@26.7`",
        ),
        (&["schema", "chek"], "`chek` is no value of `NAME`"),
        (&["schema", "chek"], "did you mean `check`?"),
        (&["lab"], "`<DIR>` is missing"),
        (
            &["lab", "x", "--address", "h", "--seconds", "0"],
            "0 is not 1 to 86400",
        ),
        (
            &["lab", "x", "--address", "h", "--rekey-by", "clent"],
            "did you mean `client`?",
        ),
        (
            &[
                "negotiate",
                "--initiator",
                "aes256-sha265-modp2048",
                "--responder",
                "aes256-sha256-modp2048",
            ],
            "algorithm 'sha265' not recognized; did you mean `sha256`?",
        ),
        (
            &[
                "negotiate",
                "--initiator",
                "aes256-sha256-modp2048",
                "--responder",
                "AES256-sha256-modp2048",
            ],
            "did you mean `aes256`?",
        ),
        (
            &["--color", "alway", "check", "-"],
            "did you mean `always`?",
        ),
    ] {
        let stderr = refused(arguments);
        assert!(stderr.contains(said), "{arguments:?}: {stderr}");
    }
}

#[test]
fn upper_and_lower_case_are_the_same() {
    for arguments in [
        &["check", "-", "--format", "JSON", "--clients", "android"][..],
        &["check", "-", "--format", "Csv", "--clients", "ANDROID"],
        &["check", "-", "--nat", "YES", "--clients", "android"],
        &[
            "check",
            "-",
            "--from",
            "Server-YAML",
            "--clients",
            "android",
        ],
        &[
            "check",
            "-",
            "--engine",
            "StrongSwan@6.0.6",
            "--clients",
            "android",
        ],
        &[
            "check",
            "-",
            "--engine",
            "OPNsense@26.7.4",
            "--clients",
            "android",
        ],
        &["recommend", "--product", "OPNsense", "--format", "json"],
        &["recommend", "--product", "strongSwan", "--auth", "EAP-TLS"],
        &["convert", "-", "--to", "SWANCTL"],
        &["clients", "list", "--role", "Gateway"],
        &["clients", "list", "--evidence", "Observed"],
        &["schema", "Check"],
        &["--color", "Never", "schema"],
    ] {
        let run = ikecompat(arguments, SERVER);
        assert_eq!(run.status, 0, "{arguments:?}: {}", run.stderr);
    }
}

#[test]
fn a_file_that_is_not_there_is_answered_by_the_one_that_is() {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("slips");
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).unwrap();
    for name in ["server.yaml", "charon.log"] {
        fs::write(folder.join(name), SERVER).unwrap();
    }
    let at = |name: &str| folder.join(name).display().to_string();
    let (server, slip, log, lost) = (
        at("server.yaml"),
        at("sever.yaml"),
        at("chron.log"),
        at("none/server.yaml"),
    );
    let meant = format!("did you mean `{server}`?");
    let weights = format!("windows={slip}");
    for (arguments, said) in [
        (&["check", &slip][..], &*meant),
        (&["lint", &slip], &meant),
        (&["recommend", "--server", &slip], &meant),
        (&["recommend", "--weights", &slip], &meant),
        (&["check", &server, "--after", &slip], &meant),
        (&["check", &server, "--clients", &weights], &meant),
        (&["check", &server, "--policy", &slip], &meant),
        (&["convert", &slip, "--to", "swanctl"], &meant),
        (&["certificate", &slip], &meant),
        (&["diagnose", &log], "charon.log`?"),
        (&["learn", &log], "charon.log`?"),
        (&["negotiate", "--batch", &slip], &meant),
        (&["check", &lost], "there is no folder"),
        (&["check", &slip], "there is no such file"),
        (&[&slip], &meant),
    ] {
        let stderr = refused(arguments);
        assert!(stderr.contains(said), "{arguments:?}: {stderr}");
    }
}

/// A word of another version is no slip of itself.
#[test]
fn a_word_of_another_version_is_said_to_be_one() {
    for (engine, word, said) in [
        (
            "strongswan@5.9.14",
            "ke1_mlkem768",
            "strongSwan knows it since 6.0.0",
        ),
        (
            "strongswan@5.9.14",
            "mlkem768",
            "strongSwan knows it since 6.0.0",
        ),
        (
            "strongswan@6.0.6",
            "ntru128",
            "strongSwan knew it up to 5.9",
        ),
    ] {
        let list = format!("aes256-sha256-ecp256-{word}");
        let negotiate = [
            "negotiate",
            "--engine",
            engine,
            "--initiator",
            &list,
            "--responder",
            &list,
        ];
        let stderr = refused(&negotiate);
        assert!(stderr.contains(said), "{word}: {stderr}");
        assert!(!stderr.contains("did you mean"), "{word}: {stderr}");
        let text = format!("connections {{\n a {{\n proposals = {list}\n }}\n}}\n");
        let run = ikecompat(
            &["check", "-", "--from", "swanctl", "--engine", engine],
            &text,
        );
        assert!(run.stderr.contains(said), "{word}: {}", run.stderr);
    }
}
