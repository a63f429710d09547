//! What a folder holds for each client: steps by hand, names, certificates and suites.

use std::fs;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ikecompat::profile::Database;
use ikecompat::profile::shape::Role;
use serde_json::Value;

use super::folder::{Folder, readme_of};
use crate::common::ikecompat;

const CERTIFICATES: &str = "tests/corpus/certificates";

fn certificate(name: &str) -> String {
    format!("{}/{CERTIFICATES}/{name}", env!("CARGO_MANIFEST_DIR"))
}

fn text(folder: &Folder, path: &str) -> String {
    fs::read_to_string(folder.0.join(path)).unwrap_or_else(|why| panic!("{path}: {why}"))
}

/// Every family of clients that people dial with has steps, with the menus that lead to them.
#[test]
fn each_family_has_steps() {
    // Their dialogs are not documented in any source that was found, or they are no dialogs.
    let without = [
        "azure-p2s",
        "forticlient-android-7.4",
        "openiked-7",
        "samsung-native",
    ];
    let database = Database::builtin();
    let mut seen = 0;
    for selected in database.select("all").unwrap() {
        let id = selected.profile.as_str();
        let profile = database.profile(id).unwrap().unwrap();
        if profile.file.role != Role::Client || without.contains(&id) {
            continue;
        }
        let like = profile.file.enter_like.as_deref();
        assert!(like.is_none() || profile.file.enter.is_none(), "{id}");
        let own = match like {
            Some(other) => database.profile(other).unwrap().unwrap().file.enter,
            None => profile.file.enter,
        };
        let enter = own.unwrap_or_else(|| panic!("{id} has no steps"));
        assert!(enter.open.is_some_and(|open| !open.is_empty()), "{id}");
        seen += 1;
    }
    assert!(seen > 40, "{seen}");
}

/// Where no source names the menus, the page says so, and what the client has to be told all the same.
#[test]
fn a_client_without_menus_has_a_page() {
    let folder = Folder::new("menus");
    let (out, clients) = (
        folder.0.to_str().unwrap(),
        "osx,forticlient-android-7.4,chromeos",
    );
    let arguments = [
        "recommend",
        "--clients",
        clients,
        "--address",
        "vpn.example.org",
        "--write",
        out,
    ];
    let run = ikecompat(&arguments, "");
    assert_eq!(run.status, 0, "{}", run.stderr);
    let page = text(&folder, "clients/forticlient-android-7.4.txt");
    assert!(page.contains("open: not known"), "{page}");
    assert!(page.contains("what it dials: vpn.example.org\n"), "{page}");
    let page = text(&folder, "clients/chromeos.txt");
    assert!(page.contains("Provider type: IPsec (IKEv2)\n"), "{page}");
    assert!(
        page.contains("Server hostname: vpn.example.org\n"),
        "{page}"
    );
}

/// A fleet of Windows machines gets the same connection as the single one.
#[test]
fn windows_has_a_profile_for_device_management() {
    let folder = Folder::new("fleet");
    let out = folder.0.to_str().unwrap();
    let clients = "osx,windows,windows-7:require";
    let arguments = [
        "recommend",
        "--clients",
        clients,
        "--product",
        "strongswan",
        "--write",
        out,
    ];
    let run = ikecompat(&arguments, "");
    assert_eq!(run.status, 0, "{}", run.stderr);
    let server = folder.0.join("server/swanctl.conf");
    let suites = |file: &str| {
        let client = format!("windows-10={out}/clients/{file}");
        let arguments = [
            "check",
            server.to_str().unwrap(),
            "--clients",
            &client,
            "--format",
            "json",
        ];
        let run = ikecompat(&arguments, "");
        let answer: Value = serde_json::from_str(&run.stdout).unwrap();
        let client = &answer["servers"][0]["clients"][0];
        (
            client["ike_sa_init"].clone(),
            client["children"][0]["ike_auth"].clone(),
        )
    };
    let (script, profile) = (
        suites("windows-10-require.ps1"),
        suites("windows-10-require.xml"),
    );
    assert_eq!(script, profile);
    assert_eq!(script.0["verdict"], "agree", "{}", script.0);
    // Windows 7 has none of that, and what changes no suite needs no profile.
    assert!(!folder.0.join("clients/windows-7-require.xml").exists());
}

const EACH: &str = "osx,ios-26,macos-14,android-13,strongswan-android-2.4.1,windows-11,windows-7,\
    charon-cmd-6.0.2,networkmanager-strongswan-6.0.2,strongswan-6.0.2,strongswan-ipsec-conf-6.0.2";

#[test]
fn steps_are_those_of_the_authentication_in_use() {
    for (auth, has, has_not) in [
        ("eap-mschapv2", "password", "user certificate"),
        ("eap-tls", "user certificate", "password"),
        ("certificate", "certificate", "password"),
    ] {
        let folder = Folder::new(&format!("steps-{auth}"));
        let clients = match auth {
            "eap-tls" => EACH.replace("android-13,", ""),
            _ => EACH.to_owned(),
        };
        let arguments = [
            "--clients",
            &clients,
            "--product",
            "strongswan",
            "--auth",
            auth,
        ];
        readme_of(&folder, &arguments);
        let mut steps = 0;
        for entry in fs::read_dir(folder.0.join("clients")).unwrap() {
            let path = entry.unwrap().path();
            if path.extension().is_some_and(|it| it == "txt") {
                let text = fs::read_to_string(&path).unwrap().to_lowercase();
                let name = path.display();
                assert!(text.contains("  open: "), "{name}");
                assert!(
                    text.contains(has) || auth == "eap-mschapv2",
                    "{name}: {text}"
                );
                let text = text.replace("username/password", "");
                assert!(!text.contains(has_not), "{name}: {text}");
                steps += 1;
            }
        }
        assert_eq!(steps, clients.split(',').count());
    }
}

#[test]
fn the_local_identifier_is_never_empty() {
    let base = ["--clients", "ios-26", "--product", "strongswan"];
    let path = "clients/ios-26.mobileconfig";
    let identifier = |text: &str| {
        let at = text.split("<key>LocalIdentifier</key>").nth(1).unwrap();
        let value = at.split("<string>").nth(1).unwrap();
        value.split("</string>").next().unwrap().to_owned()
    };
    let folder = Folder::new("local-id-none");
    let readme = readme_of(&folder, &base);
    assert_eq!(identifier(&text(&folder, path)), "user-1");
    assert!(
        readme.contains("* `user-1`: ") && readme.contains(&format!("`{path}`")),
        "{readme}"
    );

    let folder = Folder::new("local-id-given");
    readme_of(&folder, &[&base[..], &["--local-id", "bob"]].concat());
    assert_eq!(identifier(&text(&folder, path)), "bob");

    let alice = certificate("client-alice.pem");
    let folder = Folder::new("local-id-certificate");
    readme_of(&folder, &[&base[..], &["--client-cert", &alice]].concat());
    assert_eq!(identifier(&text(&folder, path)), "alice@example.com");
}

#[test]
fn certificates_that_were_given_are_embedded() {
    let der = fs::read(certificate("rsa-san-eku.der")).unwrap();
    let encoded = STANDARD.encode(&der);
    let folder = Folder::new("embedded");
    let ca = certificate("rsa-san-eku.pem");
    let server = certificate("ecdsa-p256.pem");
    let arguments = [
        "--clients",
        "ios-26,strongswan-android-2.4.1,windows-11",
        "--product",
        "strongswan",
        "--auth",
        "eap-mschapv2",
        "--server-cert",
        &server,
        "--ca-cert",
        &ca,
    ];
    let readme = readme_of(&folder, &arguments);
    assert!(readme.contains("`clients/ca.crt`"), "{readme}");
    let pem = text(&folder, "clients/ca.crt");
    let own: Vec<_> = pem.lines().filter(|line| !line.starts_with('-')).collect();
    assert_eq!(own.concat(), encoded);
    let profile = text(&folder, "clients/ios-26.mobileconfig");
    assert!(profile.contains("<string>ECDSA256</string>"), "{profile}");
    let issuer =
        "<key>ServerCertificateIssuerCommonName</key>\n\t\t\t\t<string>vpn.example.com</string>";
    assert!(profile.contains(issuer), "{profile}");
    assert!(profile.contains("com.apple.security.pkcs1"), "{profile}");
    let sswan: Value =
        serde_json::from_str(&text(&folder, "clients/strongswan-android-2.4.1.sswan")).unwrap();
    let cert = sswan["remote"]["cert"].as_str().unwrap();
    assert_eq!(cert, encoded);
    let in_profile: String = profile.chars().filter(|c| !c.is_whitespace()).collect();
    assert!(
        in_profile.contains(&encoded) && !in_profile.contains("UkVQTEFDRT"),
        "{profile}"
    );
    for file in [
        "clients/ios-26.mobileconfig",
        "README.md",
        "server/swanctl.conf",
    ] {
        assert!(!text(&folder, file).contains("PRIVATE KEY"));
    }
}

/// A profile holds one suite, which need not be what the client settles on without it.
#[test]
fn files_for_clients_carry_the_best_suite_of_the_plan() {
    let folder = Folder::new("best");
    let arguments = [
        "--clients",
        "osx,android,windows",
        "--product",
        "strongswan",
    ];
    readme_of(&folder, &arguments);
    let sswan = text(&folder, "clients/strongswan-android-2.4.1.sswan");
    assert!(
        sswan.contains("\"aes256gcm16-prfsha256-ecp256\""),
        "{sswan}"
    );
    assert!(sswan.contains("\"aes256gcm16\""), "{sswan}");
    let profile = text(&folder, "clients/osx-10.11.mobileconfig");
    assert!(
        profile.contains("<string>AES-256-GCM</string>"),
        "{profile}"
    );
    let script = text(&folder, "clients/windows-10-require.ps1");
    assert!(script.contains(" -DHGroup Group14 "), "{script}");
}
