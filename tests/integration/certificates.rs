//! Certificates as clients see them: each finding where it belongs, and not beside it.

use std::fs;
use std::path::Path;

use ikecompat::compat::certificate::{self, CertificateCode, Told};
use ikecompat::diag::Severity;
use ikecompat::peer::certificate::{Certificate, Demands, Key};
use ikecompat::profile::Database;
use ikecompat::read::certificate::{certificates, leaf};
use proptest::prelude::*;
use serde_json::Value;

use crate::common::{Run, ikecompat};

const FOLDER: &str = "tests/corpus/certificates";
/// 2026-12-31, within the validity of all but the expired one.
const NOW: i64 = 1_798_675_200;

fn bytes(name: &str) -> Vec<u8> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(FOLDER);
    fs::read(folder.join(name)).unwrap()
}

fn read(name: &str) -> Certificate {
    let chain = certificates(&bytes(name)).unwrap();
    leaf(&chain).unwrap().clone()
}

fn found(name: &str, client: &str, address: &str, now: i64) -> Vec<(CertificateCode, Severity)> {
    let demands = Database::builtin()
        .profile(client)
        .unwrap()
        .unwrap()
        .demands();
    let told = Told {
        address: Some(address),
        remote_id: None,
        now,
    };
    let found = certificate::server(&read(name), &demands, &told);
    found
        .iter()
        .map(|one| (one.code.parse().unwrap(), one.severity))
        .collect()
}

#[test]
fn names_keys_and_usages_are_read() {
    let certificate = read("rsa-san-eku.pem");
    assert_eq!(certificate.common_name.as_deref(), Some("vpn.example.com"));
    assert_eq!(certificate.dns_names, ["vpn.example.com", "192.0.2.1"]);
    assert_eq!(
        certificate.addresses,
        ["192.0.2.1".parse::<std::net::IpAddr>().unwrap()]
    );
    assert_eq!(certificate.key, Key::Rsa(2048));
    assert!(certificate.usage.unwrap().server && !certificate.usage.unwrap().client);
    assert_eq!(read("rsa-san-eku.der"), certificate);
    assert_eq!(read("ecdsa-p256.pem").key, Key::Ecdsa(256));
    assert_eq!(read("rsa-1024.pem").key, Key::Rsa(1024));
    assert_eq!(read("rsa-no-eku.pem").usage, None);
    assert_eq!(read("client-alice.pem").mail_names, ["alice@example.com"]);
    assert!(read("rsa-wildcard.pem").names("VPN.example.com"));
    assert!(!read("rsa-wildcard.pem").names("a.vpn.example.com"));
    assert!(!read("rsa-wildcard.pem").names("example.com"));
}

#[test]
fn each_client_refuses_what_its_profile_says() {
    const NAME: &str = "vpn.example.com";
    let error = Severity::Error;
    let warning = Severity::Warning;
    for (file, client, address, expected) in [
        ("rsa-san-eku.pem", "windows-10", NAME, vec![]),
        ("rsa-san-eku.pem", "windows-10", "192.0.2.1", vec![]),
        (
            "rsa-ip.pem",
            "windows-10",
            "192.0.2.1",
            vec![(CertificateCode::AddressNotDnsName, error)],
        ),
        ("rsa-ip.pem", "ios-16", "192.0.2.1", vec![]),
        (
            "rsa-no-san.pem",
            "ios-16",
            NAME,
            vec![(CertificateCode::SanMissing, error)],
        ),
        (
            "rsa-no-san.pem",
            "osx-10.11",
            NAME,
            vec![(CertificateCode::SanMissing, warning)],
        ),
        (
            "rsa-no-eku.pem",
            "macos-13",
            NAME,
            vec![(CertificateCode::ServerAuthMissing, error)],
        ),
        (
            "rsa-no-eku.pem",
            "osx-10.11",
            NAME,
            vec![(CertificateCode::ServerAuthMissing, warning)],
        ),
        (
            "rsa-client-eku.pem",
            "windows-11",
            NAME,
            vec![(CertificateCode::ServerAuthMissing, error)],
        ),
        (
            "ecdsa-p256.pem",
            "ios-16",
            NAME,
            vec![(CertificateCode::EcdsaNotAccepted, error)],
        ),
        ("ecdsa-p256.pem", "macos-13", NAME, vec![]),
        (
            "rsa-name-only.pem",
            "ios-14",
            "gate.example.com",
            vec![(CertificateCode::NameNotInCertificate, error)],
        ),
        (
            "rsa-name-only.pem",
            "osx-10.11",
            "gate.example.com",
            vec![(CertificateCode::NameNotInCertificate, warning)],
        ),
        (
            "rsa-1024.pem",
            "ios-14",
            NAME,
            vec![(CertificateCode::RsaKeyTooShort, warning)],
        ),
        (
            "rsa-sha1.pem",
            "ios-14",
            NAME,
            vec![(CertificateCode::WeakCertificateSignature, warning)],
        ),
        (
            "rsa-expired.pem",
            "ios-14",
            NAME,
            vec![(CertificateCode::CertificateExpired, error)],
        ),
        ("rsa-wildcard.pem", "ios-14", NAME, vec![]),
    ] {
        assert_eq!(
            found(file, client, address, NOW),
            expected,
            "{file} {client} {address}"
        );
    }
}

#[test]
fn addresses_that_are_too_short_for_os_x_are_named() {
    let short = |address| {
        let all = found("rsa-san-eku.pem", "osx-10.11", address, NOW);
        all.contains(&(CertificateCode::AddressTooShort, Severity::Error))
    };
    assert!(short("vpn.ex.de"));
    assert!(!short("vpn.ex.com"));
    assert!(!short("192.0.2.1"), "an address is exempt");
    let other = found("rsa-san-eku.pem", "ios-14", "vpn.ex.de", NOW);
    assert!(
        other
            .iter()
            .all(|(code, _)| *code != CertificateCode::AddressTooShort)
    );
}

#[test]
fn the_remote_id_of_os_x_is_the_cn() {
    let said = |client: &str, remote_id| {
        let demands = Database::builtin()
            .profile(client)
            .unwrap()
            .unwrap()
            .demands();
        let told = Told {
            remote_id: Some(remote_id),
            now: NOW,
            ..Told::default()
        };
        let all = certificate::server(&read("rsa-san-eku.pem"), &demands, &told);
        all.iter()
            .any(|one| one.code.parse() == Ok(CertificateCode::RemoteIdNotCommonName))
    };
    assert!(said("osx-10.11", "192.0.2.1"));
    assert!(!said("osx-10.11", "vpn.example.com"));
    assert!(!said("ios-16", "192.0.2.1"));
}

#[test]
fn time_decides_at_both_ends() {
    let certificate = read("rsa-san-eku.pem");
    let (from, until) = certificate.valid;
    let day = 24 * 60 * 60;
    for (now, expected) in [
        (from - 1, Some(CertificateCode::CertificateNotYetValid)),
        (from, None),
        (until - 31 * day, None),
        (
            until - 29 * day,
            Some(CertificateCode::CertificateExpiresSoon),
        ),
        (until, Some(CertificateCode::CertificateExpiresSoon)),
        (until + 1, Some(CertificateCode::CertificateExpired)),
    ] {
        let told = Told {
            now,
            ..Told::default()
        };
        let all = certificate::server(&certificate, &Demands::default(), &told);
        assert_eq!(
            all.first().map(|one| one.code.parse().unwrap()),
            expected,
            "{now}"
        );
    }
}

#[test]
fn client_certificates_need_client_auth_if_anything() {
    let codes = |name| {
        let all = certificate::client(&read(name), NOW);
        let codes = all.iter().map(|one| one.code.parse().unwrap());
        codes.collect::<Vec<CertificateCode>>()
    };
    assert_eq!(codes("client-alice.pem"), []);
    assert_eq!(codes("rsa-no-eku.pem"), []);
    assert_eq!(
        codes("rsa-san-eku.pem"),
        [CertificateCode::ClientAuthMissing]
    );
}

fn check(more: &[&str]) -> Run {
    let mut args = vec!["check", "-", "--at", "2026-12-31"];
    args.extend(more);
    let server = "product: strongswan\naddress: vpn.example.com\n\
        phase1: [aes256-sha256-modp2048]\nphase2: [aes256-sha256]\n";
    ikecompat(&args, server)
}

#[test]
fn table_4_is_filled_in_from_the_certificates() {
    let file = |name: &str| format!("{FOLDER}/{name}");
    let (server, user) = (file("rsa-san-eku.pem"), file("client-alice.pem"));
    let both = [
        "--clients",
        "osx-10.11",
        "--server-cert",
        &server,
        "--client-cert",
        &user,
    ];
    let run = check(&both);
    assert_eq!(run.status, 0, "{}{}", run.stdout, run.stderr);
    for line in [
        "  nothing is wrong with it for these clients\n",
        "  Server Address: vpn.example.com\n",
        "  Remote ID: vpn.example.com\n",
        "  Local ID: alice\n",
        "  mark as trusted: CA certificate\n",
    ] {
        assert!(run.stdout.contains(line), "{}", run.stdout);
    }
    let mut args = vec!["recommend", "--at", "2026-12-31"];
    args.extend(both);
    let run = ikecompat(&args, "");
    assert_eq!(run.status, 0, "{}{}", run.stdout, run.stderr);
    assert!(
        run.stdout.contains("  Remote ID: vpn.example.com\n"),
        "{}",
        run.stdout
    );
    assert!(run.stdout.contains("  Local ID: alice\n"), "{}", run.stdout);
}

#[test]
fn a_certificate_that_is_refused_is_a_failure() {
    let bad = format!("{FOLDER}/rsa-no-eku.pem");
    let run = check(&[
        "--clients",
        "macos-13",
        "--server-cert",
        &bad,
        "--format",
        "json",
    ]);
    assert_eq!(run.status, 1, "{}", run.stderr);
    let json: Value = serde_json::from_str(&run.stdout).unwrap();
    let finding = &json["servers"][0]["certificate_findings"][0];
    assert_eq!(finding["code"], "server-auth-missing");
    assert_eq!(finding["severity"], "error");
    assert_eq!(finding["clients"][0], "macos-13");
    let run = check(&["--clients", "osx-10.11", "--server-cert", &bad]);
    assert_eq!(run.status, 0, "{}", run.stdout);
    let args = [
        "recommend",
        "--clients",
        "macos-13",
        "--server-cert",
        &bad,
        "--at",
        "2026-12-31",
    ];
    assert_eq!(ikecompat(&args, "").status, 1);
    let run = ikecompat(&["explain", "server-auth-missing"], "");
    assert!(run.stdout.contains("serverAuth"), "{}", run.stdout);
}

#[test]
fn what_is_no_certificate_is_refused_with_its_reason() {
    for (file, at, words) in [
        (
            "Cargo.toml",
            "2026-12-31",
            "it is no X.509 certificate in PEM or DER",
        ),
        ("does-not-exist.pem", "2026-12-31", "cannot open"),
        (
            "tests/corpus/certificates/rsa-no-eku.pem",
            "2026-02-30",
            "expected a day",
        ),
    ] {
        let run = ikecompat(&["check", "-", "--at", at, "--server-cert", file], "");
        assert_eq!(run.status, 2);
        assert!(run.stderr.contains(words), "{}", run.stderr);
    }
}

#[test]
fn private_keys_and_cas_in_the_file_are_passed_over() {
    let label = "PRIVATE KEY";
    let key = format!("-----BEGIN {label}-----\nc2VjcmV0\n-----END {label}-----\n");
    let mut text = key.clone().into_bytes();
    text.extend(bytes("rsa-san-eku.pem"));
    let chain = certificates(&text).unwrap();
    assert_eq!(chain, [read("rsa-san-eku.pem")]);
    assert_eq!(
        certificates(key.as_bytes()),
        Err("there is no certificate in it")
    );
    // An encrypted key of OpenSSL's old form has headers, and its octets may not even be Base64.
    let old = "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-256-CBC,00\n\n??\n\
               -----END RSA PRIVATE KEY-----\n";
    let mut text = b"\xef\xbb\xbf".to_vec();
    text.extend(old.as_bytes());
    text.extend(bytes("rsa-san-eku.pem"));
    assert_eq!(certificates(&text).unwrap(), chain);
    let mut ca = read("rsa-no-san.pem");
    ca.is_ca = true;
    let chain = [ca, chain[0].clone()];
    assert_eq!(leaf(&chain), Some(&chain[1]));
}

#[test]
fn every_certificate_says_how_it_was_made() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(FOLDER);
    let mut count = 0;
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let text = fs::read(&path).unwrap();
        assert!(
            !text.windows(11).any(|part| part == b"PRIVATE KEY"),
            "{path:?}"
        );
        if path.extension().is_some_and(|it| it != "yaml") {
            let origin = fs::read_to_string(path.with_extension("origin.yaml")).unwrap();
            assert!(origin.contains("openssl req -x509"), "{path:?}");
            count += 1;
        }
    }
    assert_eq!(count, 13);
}

proptest! {
    /// Hostile by accident: cut, and with octets that are wrong.
    #[test]
    fn no_file_makes_it_panic(cut in 0..900_usize, place in 0..900_usize, octet in any::<u8>()) {
        for name in ["rsa-san-eku.pem", "rsa-san-eku.der"] {
            let mut text = bytes(name);
            let last = text.len() - 1;
            text[place.min(last)] = octet;
            text.truncate(cut.max(1));
            drop(certificates(&text));
        }
    }
}

/// An Apple client expects the kind of key that its profile names, so the profile is the other way out.
#[test]
fn certificate_type_is_named_as_the_way_to_an_ecdsa_certificate() {
    let server = "phase1: [aes256gcm16-prfsha256-ecp256]\nphase2: [aes256gcm16]\n";
    let check = |client: &str| {
        let arguments = [
            "check",
            "-",
            "--server-cert",
            "tests/corpus/certificates/ecdsa-p256.pem",
            "--clients",
            client,
        ];
        ikecompat(&arguments, server)
    };
    let run = check("ios-26");
    assert_eq!(run.status, 1);
    assert!(
        run.stdout.contains("set CertificateType to ECDSA256"),
        "{}",
        run.stdout
    );
    let folder = std::env::temp_dir();
    for (kind, status, words) in [
        ("ECDSA256", 0, "1 of 1 client connects"),
        (
            "ECDSA384",
            0,
            "to expect ECDSA384; whether it takes another curve is not known",
        ),
        ("Ed25519", 0, "1 of 1 client connects"),
        ("RSA", 1, "does not accept"),
    ] {
        let path = folder.join(format!("ikecompat-kind-{kind}-{}", std::process::id()));
        let dict = "<dict><key>EncryptionAlgorithm</key><string>AES-256-GCM</string>\
                    <key>IntegrityAlgorithm</key><string>SHA2-256</string>\
                    <key>DiffieHellmanGroup</key><integer>19</integer></dict>";
        let text = format!(
            "<plist><dict><key>VPNType</key><string>IKEv2</string><key>IKEv2</key><dict>\
             <key>CertificateType</key><string>{kind}</string>\
             <key>IKESecurityAssociationParameters</key>{dict}</dict></dict></plist>"
        );
        std::fs::write(&path, text).unwrap();
        let run = check(&format!("macos-26={}", path.display()));
        std::fs::remove_file(&path).unwrap();
        assert_eq!(run.status, status, "{kind}: {}", run.stdout);
        let flat = run.stdout.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(flat.contains(words), "{kind}: {}", run.stdout);
    }
}
