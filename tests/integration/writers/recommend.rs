//! `ikecompat recommend`: one file at a time, in the words of each product, and what it takes from a
//! server's own configuration.

use crate::common::ikecompat;

#[test]
fn the_plan_speaks_the_words_of_its_product() {
    for (product, lines) in [
        (
            "pfsense",
            &[
                "    AES, 256 bits, SHA256, 14 (2048 bit)",
                "  PFS key group: off",
            ][..],
        ),
        (
            "opnsense",
            &["    aes256-sha256-modp2048 [DH14]", "    aes256-sha256"],
        ),
        (
            "strongswan",
            &[
                "  proposals = aes256-sha256-modp2048",
                "  esp_proposals = aes256-sha256",
            ],
        ),
        (
            "libreswan",
            &[
                "  ike=aes256-sha2_256-modp2048",
                "  esp=aes256-sha2_256",
                "  pfs=no",
            ],
        ),
    ] {
        let run = ikecompat(&["recommend", "--clients", "osx", "--product", product], "");
        assert_eq!((run.status, run.stderr.as_str()), (0, ""), "{product}");
        for line in lines {
            let found = run.stdout.lines().any(|own| own == *line);
            assert!(found, "{product}: no `{line}` in\n{}", run.stdout);
        }
    }
}

#[test]
fn a_device_is_told_in_its_own_commands() {
    for (format, device, line) in [
        ("cisco", "IOS XE", "crypto ikev2 proposal roadwarriors-1"),
        ("fortigate", "FortiOS", "        set proposal aes256-sha256"),
        ("mikrotik", "RouterOS", "/ip ipsec profile"),
        (
            "vyos",
            "VyOS",
            "set vpn ipsec ike-group roadwarriors proposal 1 dh-group 14",
        ),
    ] {
        let run = ikecompat(&["recommend", "--clients", "osx", "--format", format], "");
        assert_eq!(run.status, 0, "{format}: {}", run.stderr);
        let found = run.stdout.lines().any(|own| own == line);
        assert!(found, "{format}: no `{line}` in\n{}", run.stdout);
        let headline = format!("set 1 entry in phase 1, 1 entry in phase 2 on {device}");
        assert!(run.stderr.starts_with(&headline), "{}", run.stderr);
    }
    // A file that stays what it is gets a plan that its words can say, in them.
    let file = "tests/corpus/vyos/office.boot";
    let run = ikecompat(&["recommend", "--server", file, "--clients", "osx"], "");
    assert!(
        run.stdout.contains("\nVyOS; `--format vyos`"),
        "{}",
        run.stdout
    );
    assert!(
        run.stdout.contains("  set vpn ipsec ike-group"),
        "{}",
        run.stdout
    );
    assert!(!run.stdout.contains("swanctl.conf"), "{}", run.stdout);
}

#[test]
fn names_product_and_authentication_come_from_the_server() {
    let server = "connections {\n  a {\n    proposals = aes256-sha256-modp2048\n    local {\n      auth = pubkey\n      \
        id = vpn.example.org\n    }\n    remote {\n      auth = eap-mschapv2\n    }\n    children {\n      b {\n        \
        esp_proposals = aes256-sha256\n      }\n    }\n  }\n}\n";
    let arguments = ["recommend", "--server", "-", "--clients", "osx", "--format"];
    let run = ikecompat(&[&arguments[..], &["swanctl"]].concat(), server);
    assert_eq!(run.status, 0, "{}", run.stderr);
    assert!(
        run.stdout.contains("auth = eap-mschapv2\n"),
        "{}",
        run.stdout
    );
    let run = ikecompat(&[&arguments[..], &["sswan"]].concat(), server);
    assert!(
        run.stdout.contains("\"type\": \"ikev2-eap\""),
        "{}",
        run.stdout
    );
    // The command line goes before the file.
    let given = ["sswan", "--auth", "certificate"];
    let run = ikecompat(&[&arguments[..], &given].concat(), server);
    assert!(
        run.stdout.contains("\"type\": \"ikev2-cert\""),
        "{}",
        run.stdout
    );

    let yaml = "product: opnsense\naddress: vpn.example.org\nconnection_name: Work\nclients: [osx]\n\
        phase1: [aes256-sha256-modp2048]\nphase2: [aes256-sha256]\n";
    let run = ikecompat(&["recommend", "--server", "-"], yaml);
    assert_eq!((run.status, run.stderr.as_str()), (0, ""));
    assert!(
        run.stdout.contains("OPNsense: VPN > IPsec"),
        "{}",
        run.stdout
    );
    assert!(
        run.stdout.contains("  Server Address: vpn.example.org\n"),
        "{}",
        run.stdout
    );
    let run = ikecompat(&["recommend", "--server", "-"], "phase1: [aes265]\n");
    assert_eq!((run.status, run.stdout.as_str()), (2, ""));
}

#[test]
fn rras_gets_one_suite_or_no_plan() {
    let arguments = ["recommend", "--clients", "osx,windows", "--product", "rras"];
    let run = ikecompat(&[&arguments[..], &["--format", "rras"]].concat(), "");
    assert_eq!(run.status, 0, "{}", run.stderr);
    assert!(
        run.stdout
            .contains(" -DHGroup Group14 -EncryptionMethod AES256 "),
        "{}",
        run.stdout
    );
    // They have no suite in common, and only one of the products takes a list.
    let clients = [
        "recommend",
        "--clients",
        "android,windows-10:require",
        "--no-client-changes",
    ];
    for (product, status) in [("rras", 1), ("strongswan", 0)] {
        let run = ikecompat(&[&clients[..], &["--product", product]].concat(), "");
        assert_eq!(run.status, status, "{product}: {}", run.stdout);
    }
}

/// Server and clients authenticate alike, or they never meet.
#[test]
fn clients_of_libreswan_have_certificates_without_eap() {
    let arguments = [
        "recommend",
        "--clients",
        "android",
        "--product",
        "libreswan",
        "--format",
    ];
    let run = ikecompat(&[&arguments[..], &["sswan"]].concat(), "");
    assert!(
        run.stdout.contains("\"type\": \"ikev2-cert\""),
        "{}",
        run.stdout
    );
    let run = ikecompat(&[&arguments[..], &["libreswan"]].concat(), "");
    assert!(run.stdout.contains("\tauthby=rsasig\n"), "{}", run.stdout);
    let eap = ["sswan", "--auth", "eap-mschapv2"];
    let run = ikecompat(&[&arguments[..], &eap].concat(), "");
    assert_eq!((run.status, run.stdout.as_str()), (2, ""));
    assert!(
        run.stderr.contains("`--auth certificate`"),
        "{}",
        run.stderr
    );
}
