//! What a product cannot say is refused: its limit, where that is written, what comes nearest, and
//! not an octet of output.

use std::path::Path;

use crate::common::{Run, ikecompat};

fn convert(yaml: &str, to: &str, more: &[&str]) -> Run {
    let mut arguments = vec!["convert", "-", "--from", "server-yaml", "--to", to];
    arguments.extend(more);
    ikecompat(&arguments, yaml)
}

fn yaml(ike: &str, esp: &str) -> String {
    format!("phase1: [{ike}]\nphase2: [{esp}]\n")
}

#[test]
fn impossible_requests_are_refused_with_limit_source_and_the_nearest() {
    const IKE: &str = "aes256-sha256-modp2048";
    const ESP: &str = "aes256-sha256";
    let windows = "learn.microsoft.com/powershell/module/";
    for (to, ike, esp, limit, source, nearest) in [
        // SHA-512 on Windows.
        (
            "powershell",
            "aes256-sha512-modp2048",
            ESP,
            "MD5, SHA-1, SHA-256 or SHA-384",
            windows,
            "aes256-sha384-modp2048",
        ),
        (
            "powershell",
            IKE,
            "aes256-sha512",
            "ESP takes MD5, SHA-1 and SHA-256 beside a classic cipher",
            windows,
            "aes256-sha256",
        ),
        // Group 31 in RRAS.
        (
            "rras",
            "aes256-sha256-curve25519",
            ESP,
            "the groups are 1, 2, 14, 19, 20 and 24",
            windows,
            "aes256-sha256-ecp256",
        ),
        // Two proposals in a .sswan profile, which cannot become one.
        (
            "sswan",
            "aes256-sha256-modp2048, aes256gcm16-prfsha256-ecp256",
            ESP,
            "a comma separates nothing there",
            "androidVpnClientProfiles",
            "aes256-sha256-modp2048",
        ),
        // A tag of 8 octets on Apple's clients.
        (
            "mobileconfig",
            "aes256gcm8-prfsha256-ecp256",
            ESP,
            "a 16-octet tag",
            "apple/device-management",
            "aes256gcm16-prfsha256-ecp256",
        ),
        (
            "mobileconfig",
            IKE,
            "aes256gcm8",
            "a 16-octet tag",
            "apple/device-management",
            "aes256gcm16",
        ),
        // Without PFS OPNsense has five values.
        (
            "opnsense",
            IKE,
            "aes128gcm16",
            "without PFS its lists have",
            "IPsecProposalField.php",
            "aes256gcm16",
        ),
        // 3DES left pfSense with 2.7.0.
        (
            "pfsense",
            "3des-sha1-modp2048",
            ESP,
            "its ciphers are AES-CBC, AES-GCM and ChaCha20-Poly1305",
            "pfsense/pfsense",
            "aes128-sha1-modp2048",
        ),
        (
            "pfsense-pages",
            IKE,
            "aes256-sha256, aes256gcm16-modp2048",
            "one PFS key group",
            "pfsense/pfsense",
            "aes256gcm16",
        ),
        (
            "iked",
            "chacha20poly1305-prfsha256-curve25519",
            ESP,
            "its ciphers of IKE are",
            "openiked",
            "aes256gcm16-prfsha256-curve25519",
        ),
        (
            "swanctl@5.9.14",
            "aes256-sha256-modp2048-ke1_mlkem768",
            ESP,
            "version 5 has no additional key exchanges",
            "docs.strongswan.org",
            "aes256-sha256-modp2048",
        ),
        // pluto answers no INVALID_KE_PAYLOAD when a child SA is rekeyed.
        (
            "libreswan",
            IKE,
            "aes256-sha256-modp2048, aes128-sha256-ecp256",
            "begin with one group",
            "libreswan.org",
            "aes128-sha256-modp2048",
        ),
        (
            "libreswan",
            "aes256-sha256-modp1024",
            ESP,
            "or for one of them",
            "libreswan.org",
            "aes256-sha256-modp2048",
        ),
        (
            "reg",
            "aes256-sha256-ecp256",
            "aes256-sha1",
            "group 14",
            "windowsClients",
            "aes256-sha256-modp2048",
        ),
    ] {
        let run = convert(&yaml(ike, esp), to, &[]);
        assert_eq!(
            (run.status, run.stdout.as_str()),
            (2, ""),
            "{to}: {ike}; {esp}"
        );
        for text in ["error[inexpressible]: phase ", limit, source] {
            assert!(
                run.stderr.contains(text),
                "{to}: no `{text}` in\n{}",
                run.stderr
            );
        }
        let nearest = format!("the nearest that it has is {nearest}");
        let whole = |line: &str| {
            let (_, found) = line.split_once("= help: ").unwrap_or_default();
            found == nearest || found.starts_with(&format!("{nearest};"))
        };
        assert!(
            run.stderr.lines().any(whole),
            "{to}: no `{nearest}` in\n{}",
            run.stderr
        );
    }
}

#[test]
fn the_refusal_points_at_the_line() {
    let run = convert(
        "phase1:\n  - aes256-sha512-modp2048\nphase2: [aes256-sha256]\n",
        "rras",
        &[],
    );
    assert!(run.stderr.contains(" --> <stdin>:2:5\n"), "{}", run.stderr);
    assert!(
        run.stderr.contains("  |     ^^^^^^^^^^^^^^^^^^^^^^\n"),
        "{}",
        run.stderr
    );
}

#[test]
fn what_can_be_said_is_written_on_request() {
    let two = yaml(
        "aes256-sha512-modp2048, aes256-sha256-modp2048",
        "aes256-sha256",
    );
    let run = convert(&two, "powershell", &["--partial"]);
    assert_eq!(run.status, 0);
    assert!(
        run.stdout.contains("-IntegrityCheckMethod SHA256"),
        "{}",
        run.stdout
    );
    assert_eq!(
        run.complaints(),
        "warning[not-carried]: phase 1: aes256-sha512-modp2048\n"
    );
    // libreswan takes one group for all of phase 2, that of the first proposal that has one.
    let groups = "aes256gcm16, aes256-sha256-modp2048, aes128-sha256-ecp256";
    let run = convert(
        &yaml("aes256-sha256-modp2048", groups),
        "libreswan",
        &["--partial"],
    );
    assert_eq!(run.status, 0, "{}", run.stderr);
    let list = "\tesp=aes_gcm256;none,aes256-sha2_256;modp2048\n";
    assert!(run.stdout.contains(list), "{}", run.stdout);
    let lost = "warning[not-carried]: phase 2: aes128-sha256-ecp256\n";
    assert!(run.stderr.starts_with(lost), "{}", run.stderr);
    // Nothing at all is left of phase 1.
    let run = convert(
        &yaml("aes256-sha512-modp2048", "aes256-sha256"),
        "rras",
        &["--partial"],
    );
    assert_eq!((run.status, run.stdout.as_str()), (2, ""));
    assert!(!run.stderr.contains("--partial"), "{}", run.stderr);
}

#[test]
fn recommend_refuses_in_the_same_words() {
    let mut arguments = vec!["recommend", "--clients", "osx,android"];
    arguments.extend(["--product", "pfsense", "--format", "rras"]);
    let run = ikecompat(&arguments, "");
    assert_eq!((run.status, run.stdout.as_str()), (2, ""));
    assert!(
        run.stderr.contains("RRAS has one custom policy"),
        "{}",
        run.stderr
    );
    assert!(
        run.stderr.contains("= note: https://learn.microsoft.com/"),
        "{}",
        run.stderr
    );
}

#[test]
fn a_pre_shared_key_is_no_choice_of_recommend() {
    let run = ikecompat(&["recommend", "--auth", "psk"], "");
    assert_eq!(run.status, 2);
    assert!(!Path::new("psk").exists());
}

const HYBRID: &str = "connections {\n  rw {\n    version = 2\n    proposals = aes256gcm16-prfsha256-ecp256-ke1_mlkem768\n\
    local {\n auth = pubkey\n id = vpn.example.org\n }\n remote {\n auth = pubkey\n }\n\
    children {\n net {\n esp_proposals = aes256gcm16-ecp256\n }\n }\n  }\n}\n";

#[test]
fn what_came_with_a_release_is_written_for_that_release() {
    let convert = |target: &str, more: &[&str]| {
        let arguments = [&["convert", "-", "--from", "swanctl", "--to", target], more].concat();
        ikecompat(&arguments, HYBRID)
    };
    for (target, line) in [
        (
            "libreswan@5.4",
            "ike=aes_gcm256-sha2_256-dh19;addke1=ml_kem_768\n",
        ),
        ("cisco@26.1.1", " pqc mlkem768\n"),
    ] {
        let run = convert(target, &[]);
        assert_eq!(run.status, 0, "{target}: {}", run.stderr);
        assert!(run.stdout.contains(line), "{target}: {}", run.stdout);
    }
    for (target, words) in [
        ("libreswan", "`--to libreswan@5.4` writes for"),
        ("libreswan@5.3.2", "came with release 5.4"),
        ("cisco", "which `--to cisco@26.1.1` writes"),
        ("cisco@17.9", "which `--to cisco@26.1.1` writes"),
        ("vyos", "no additional key exchange"),
        ("libreswan@five", "`five` is not a version"),
        ("vyos@1.5", "writes the same for every release"),
    ] {
        let run = convert(target, &[]);
        assert_eq!((run.status, &*run.stdout), (2, ""), "{target}");
        assert!(run.stderr.contains(words), "{target}: {}", run.stderr);
    }
}

/// charon does by itself what libreswan has to be told.
#[test]
fn what_the_other_daemon_does_by_itself_is_not_lost() {
    let text = "conn rw\n\tikev2=yes\n\tleft=%defaultroute\n\tleftid=@vpn.example.org\n\tleftcert=a\n\
                \tright=%any\n\tauthby=rsasig\n\tike=aes_gcm256-sha2_256-dh19;addke1=ml_kem_768\n\
                \tintermediate=yes\n\tnarrowing=yes\n\tesp=aes_gcm256\n\tpfs=no\n\tauto=add\n";
    let arguments = ["convert", "-", "--from", "libreswan", "--to", "swanctl"];
    let run = ikecompat(&arguments, text);
    assert_eq!(run.status, 0, "{}", run.stderr);
    assert!(!run.stderr.contains("narrowing"), "{}", run.stderr);
    assert!(!run.stderr.contains("`intermediate`"), "{}", run.stderr);
    assert!(run.stdout.contains("-ke1_mlkem768"), "{}", run.stdout);
    // Any authority of the store is no substitute for one of them.
    let strict = text.replace("\tauthby", "\trightca=%same\n\tauthby");
    let run = ikecompat(&arguments, &strict);
    assert_eq!(run.status, 2);
    assert!(run.stderr.contains("`rightca`"), "{}", run.stderr);
}

/// The file of a client says what its server has to have; the version of that server follows, or is said.
#[test]
fn a_client_with_ml_kem_becomes_a_server_that_has_it() {
    const CLIENT: &str = r#"{"uuid": "66840704-2fbc-4d56-82b3-9e49a7349ec5", "name": "vpn", "type": "ikev2-eap",
        "remote": {"addr": "vpn.example.org"}, "ike-proposal": "aes256gcm16-prfsha256-ecp256-ke1_mlkem768",
        "esp-proposal": "aes256gcm16"}"#;
    const YAML: &str =
        "phase1: [aes256gcm16-prfsha256-ecp256-ke1_mlkem768]\nphase2: [aes256gcm16]\n";
    let convert = |from: &str, to: &str, more: &[&str], text: &str| {
        let arguments = [&["convert", "-", "--from", from, "--to", to], more].concat();
        ikecompat(&arguments, text)
    };
    for (from, text) in [("sswan", CLIENT), ("server-yaml", YAML)] {
        for (to, more) in [
            ("swanctl", &[][..]),
            ("swanctl@6.1.0", &[]),
            ("ipsec-conf@6.0.6", &[]),
            ("swanctl", &["--engine", "strongswan@6.0.6"]),
        ] {
            let run = convert(from, to, more, text);
            assert_eq!(run.status, 0, "{from} {to} {more:?}: {}", run.stderr);
            assert!(run.stdout.contains("-ke1_mlkem768"), "{}", run.stdout);
        }
        for (to, more) in [
            ("swanctl@5.9.14", &[][..]),
            ("swanctl", &["--engine", "strongswan@5.9.14"]),
        ] {
            let run = convert(from, to, more, text);
            assert_eq!(run.status, 2, "{from} {to} {more:?}: {}", run.stdout);
            assert!(run.stderr.contains("came with 6.0"), "{}", run.stderr);
        }
    }
    let check = ikecompat(&["check", "-", "--clients", "ios-17"], YAML);
    assert!(
        check.stdout.contains("judged as strongswan@6"),
        "{}",
        check.stdout
    );
}
