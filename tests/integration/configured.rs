//! Clients that files configure: `--clients windows-10=line.ps1`.

use ikecompat::format::Format;
use ikecompat::peer::client::{ConfigMethod, RekeyOffer};
use ikecompat::peer::{Client, Evidence, Grade, Known};
use ikecompat::profile::Database;
use serde_json::Value;

use crate::common::ikecompat;
use crate::readers::read_client;

const SCRIPT: &str = "tests/corpus/powershell/work.ps1";

fn selected(selection: &str) -> Client {
    let database = Database::builtin();
    database.select(selection).unwrap().remove(0).client
}

/// The client that a text makes of one of the database.
fn configured(format: Format, text: &str, selection: &str) -> Client {
    let read = read_client(format, text, selection);
    let evidence = Evidence {
        grade: Grade::Documented,
        sources: Vec::new(),
    };
    read.value().applied_to(&selected(selection), &evidence)
}

/// What is said about clients of a server that takes what the files here set.
fn check(clients: &str) -> Value {
    let server = "phase1: [aes256-sha256-modp2048]\nphase2: [aes128gcm16, aes256-sha256]\n";
    let arguments = ["check", "-", "--format", "json", "--clients", clients];
    let run = ikecompat(&arguments, server);
    assert_ne!(run.status, 2, "{}", run.stderr);
    serde_json::from_str(&run.stdout).unwrap()
}

/// The variants of this profile are clients whose values were seen together with what they sent.
#[test]
fn windows_offers_what_was_captured_of_the_same_values() {
    for (variant, values) in [
        (
            "gcm128-modp2048",
            "GCMAES128 GCMAES128 Group14 AES256 SHA256 None",
        ),
        (
            "aes256-modp2048",
            "SHA256128 AES256 Group14 AES256 SHA256 None",
        ),
        (
            "gcm128-ecp256",
            "GCMAES128 GCMAES128 ECP256 AES128 SHA384 None",
        ),
        (
            "gcm128-ecp256-pfs",
            "GCMAES128 GCMAES128 ECP256 AES128 SHA384 ECP256",
        ),
    ] {
        let seen = selected(&format!("windows-10-custom:{variant}"));
        let text = format!("Set-VpnConnectionIPsecConfiguration W {values}");
        let made = configured(Format::Powershell, &text, "windows-10");
        let first = |client: &Client| client.ike_sa_init.stated().unwrap().value.clone();
        assert_eq!(first(&made).proposals, first(&seen).proposals, "{variant}");
        assert_eq!(
            first(&made).key_exchange,
            first(&seen).key_exchange,
            "{variant}"
        );
        let child = |client: &Client| client.ike_auth.stated().unwrap().value.clone();
        assert_eq!(child(&made), child(&seen), "{variant}");
        let again = |client: &Client| client.child_rekey_by_client.stated().unwrap().value.clone();
        assert_eq!(again(&made), again(&seen), "{variant}");
        let answer = |client: &Client| match &client.child_rekey_by_server {
            Known::Stated(fact) => Some(fact.value.clone()),
            Known::Unknown(_) => None,
        };
        assert_eq!(answer(&made), answer(&seen), "{variant}");
        assert_eq!(made.lifetimes.child_mebibytes, Some(200));
    }
}

#[test]
fn a_configured_client_is_a_client_of_its_own() {
    let id = format!("windows-10={SCRIPT}");
    let report = check(&format!("{id},windows-10:require"));
    let clients = report["servers"][0]["clients"].as_array().unwrap();
    assert_eq!(clients.len(), 2);
    assert_eq!(clients[0]["id"], id.as_str());
    assert_eq!(clients[0]["verdict"], "connects");
    let first = &clients[0]["children"][0]["ike_auth"];
    assert_eq!(first["suite"], "AES_GCM_16_128/NO_EXT_SEQ");
    assert_eq!(clients[1]["verdict"], "refused");
    let run = ikecompat(&["clients", "show", &id], "");
    assert_eq!(run.status, 0, "{}", run.stderr);
    assert!(run.stdout.contains("aes128gcm16"), "{}", run.stdout);
}

#[test]
fn a_file_that_is_none_for_the_client_is_refused_with_what_is() {
    for (selection, code) in [
        (format!("osx={SCRIPT}"), "not-a-client"),
        ("windows-10=examples/server.yaml".to_owned(), "not-a-client"),
        (
            "windows-10=tests/corpus/nmconnection/office.nmconnection".to_owned(),
            "not-a-client",
        ),
        ("windows-10=LICENSE-MIT".to_owned(), "not-a-client"),
        (format!("strongswan-android-2.4.1={SCRIPT}"), "not-a-client"),
    ] {
        let run = ikecompat(
            &["check", "examples/server.yaml", "--clients", &selection],
            "",
        );
        assert_eq!((run.status, &*run.stdout), (2, ""), "{selection}");
        assert!(
            run.stderr.starts_with(&format!("error[{code}]")),
            "{}",
            run.stderr
        );
    }
    let missing = "windows-10=no-such-file.ps1";
    let run = ikecompat(&["check", "examples/server.yaml", "--clients", missing], "");
    assert_eq!(run.status, 2);
    assert!(
        run.stderr.contains("cannot open `no-such-file.ps1`"),
        "{}",
        run.stderr
    );
}

#[test]
fn a_level_of_encryption_makes_the_client_of_that_name() {
    for (level, variant) in [("Optional", "optional"), ("NoEncryption", "none")] {
        let path = std::env::temp_dir().join(format!("ikecompat-level-{}.ps1", std::process::id()));
        let text = format!("Add-VpnConnection W vpn.example.org Ikev2 {level}\n");
        std::fs::write(&path, text).unwrap();
        let report = check(&format!("windows-10={}", path.display()));
        std::fs::remove_file(&path).unwrap();
        let client = &report["servers"][0]["clients"][0];
        assert_eq!(client["id"], format!("windows-10:{variant}"));
    }
}

#[test]
fn what_follows_from_a_file_is_inferred() {
    let text = "Set-VpnConnectionIPsecConfiguration W SHA256128 AES256 Group14 AES256 SHA256 None";
    let client = configured(Format::Powershell, text, "windows-10");
    assert_eq!(
        client.ike_sa_init.stated().unwrap().grade,
        Grade::Documented
    );
    let rekey = client.child_rekey_by_client.stated().unwrap();
    assert_eq!(rekey.grade, Grade::Inferred);
    assert!(matches!(&rekey.value, RekeyOffer::List(list) if list.len() == 1));
    assert!(client.method.contains(&ConfigMethod::Powershell));
}

/// The variants of this profile are clients whose profiles were seen together with what they sent.
#[test]
fn apple_offers_what_was_captured_of_the_same_profile() {
    let profile = |ike: [&str; 3], child: [&str; 3]| {
        let dict = |name: &str, [cipher, hash, group]: [&str; 3]| {
            format!(
                "<key>{name}SecurityAssociationParameters</key><dict><key>EncryptionAlgorithm</key>\
                 <string>{cipher}</string><key>IntegrityAlgorithm</key><string>{hash}</string>\
                 <key>DiffieHellmanGroup</key><integer>{group}</integer></dict>"
            )
        };
        format!(
            "<plist><dict><key>VPNType</key><string>IKEv2</string><key>IKEv2</key><dict>{}{}\
             <key>EnablePFS</key><integer>0</integer></dict></dict></plist>",
            dict("IKE", ike),
            dict("Child", child)
        )
    };
    for (variant, ike, child) in [
        (
            "aes256-modp2048",
            ["AES-256", "SHA2-256", "14"],
            ["AES-128-GCM", "SHA2-256", "14"],
        ),
        (
            "aes256-ecp384",
            ["AES-256", "SHA2-384", "20"],
            ["AES-256", "SHA2-256", "20"],
        ),
        (
            "gcm128-ecp256",
            ["AES-128-GCM", "SHA2-512", "19"],
            ["AES-128-GCM", "SHA2-512", "19"],
        ),
        (
            "gcm256-ecp384",
            ["AES-256-GCM", "SHA2-512", "20"],
            ["AES-256-GCM", "SHA2-512", "20"],
        ),
    ] {
        let seen = selected(&format!("apple-profile-set:{variant}"));
        let made = configured(Format::Mobileconfig, &profile(ike, child), "apple-unset-14");
        let first = |client: &Client| client.ike_sa_init.stated().unwrap().value.clone();
        assert_eq!(first(&made), first(&seen), "{variant}");
        if let Some(offer) = seen.ike_auth.stated() {
            assert_eq!(
                made.ike_auth.stated().unwrap().value,
                offer.value,
                "{variant}"
            );
        }
        if let Some(offer) = seen.child_rekey_by_client.stated() {
            let again = made.child_rekey_by_client.stated().unwrap();
            assert_eq!(again.value, offer.value, "{variant}");
        }
    }
}

#[test]
fn every_kind_of_client_takes_its_file() {
    let selection = "windows-10=tests/corpus/powershell/work.ps1,\
                     windows-11=tests/corpus/rasphone/work.pbk,\
                     ios-16=tests/corpus/mobileconfig/office.mobileconfig,\
                     osx=tests/corpus/mobileconfig/office.mobileconfig,\
                     android=tests/corpus/sswan/phone.sswan";
    let server = "phase1: [aes256-sha256-modp2048, aes256gcm16-prfsha384-ecp384, aes128-sha256-ecp256]\n\
                  phase2: [aes128gcm16, aes256gcm16-ecp384-none, aes128gcm16-ecp256, aes256gcm16]\n";
    let run = ikecompat(
        &["check", "-", "--format", "json", "--clients", selection],
        server,
    );
    assert_eq!(run.complaints(), "");
    let report: Value = serde_json::from_str(&run.stdout).unwrap();
    let clients = report["servers"][0]["clients"].as_array().unwrap();
    let found: Vec<_> = clients
        .iter()
        .map(|client| {
            let suite =
                |exchange: &Value| exchange["suite"].as_str().unwrap_or_default().to_owned();
            let id = client["id"].as_str().unwrap();
            (
                id.split('=').next().unwrap(),
                suite(&client["ike_sa_init"]),
                suite(&client["children"][0]["ike_auth"]),
            )
        })
        .collect();
    let is = |id, ike: &str, esp: &str| (id, ike.to_owned(), esp.to_owned());
    assert_eq!(
        found,
        [
            is(
                "windows-10",
                "AES_CBC_256/HMAC_SHA2_256_128/PRF_HMAC_SHA2_256/MODP_2048",
                "AES_GCM_16_128/NO_EXT_SEQ"
            ),
            is(
                "windows-11",
                "AES_GCM_16_256/PRF_HMAC_SHA2_384/ECP_384",
                "AES_GCM_16_256/NO_EXT_SEQ"
            ),
            is(
                "ios-16",
                "AES_GCM_16_256/PRF_HMAC_SHA2_384/ECP_384",
                "AES_GCM_16_128/NO_EXT_SEQ"
            ),
            is(
                "osx-10.11",
                "AES_GCM_16_256/PRF_HMAC_SHA2_384/ECP_384",
                "AES_GCM_16_128/NO_EXT_SEQ"
            ),
            is(
                "strongswan-android-2.4.1",
                "AES_CBC_128/HMAC_SHA2_256_128/PRF_HMAC_SHA2_256/ECP_256",
                "AES_GCM_16_256/NO_EXT_SEQ"
            ),
        ]
    );
}

/// With a fallback, a server without the post-quantum method is not refused; without one it is.
#[test]
fn a_fallback_meets_a_server_without_post_quantum_methods() {
    let office = std::fs::read_to_string("tests/corpus/mobileconfig/office.mobileconfig").unwrap();
    let key = "<key>PostQuantumKeyExchangeMethods</key><array><integer>36</integer></array>";
    let fallback = "<key>AllowPostQuantumKeyExchangeFallback</key><true/>";
    let own = "<key>IKESecurityAssociationParameters</key>";
    let group = "<key>DiffieHellmanGroup</key>";
    let with = |inside: &str, before: &str| {
        let text = office.replacen(group, &format!("{inside}{group}"), 1);
        text.replacen(own, &format!("{before}{own}"), 1)
    };
    let offered = |text: &str| {
        let client = configured(Format::Mobileconfig, text, "ios-26");
        let offer = client.ike_sa_init.stated().unwrap().value.clone();
        let hybrid = |it: &ikecompat::ike::Proposal| {
            let mut all = it.transforms().iter();
            all.any(|transform| transform.kind.additional_round().is_some())
        };
        offer.proposals.iter().map(hybrid).collect::<Vec<_>>()
    };
    assert_eq!(offered(&with(key, "")), [true]);
    assert_eq!(
        offered(&with(&format!("{key}{fallback}"), "")),
        [true, false]
    );
    assert_eq!(offered(&with(key, fallback)), [true, false]);
}

#[test]
fn a_file_for_a_client_is_no_server() {
    for file in [
        "tests/corpus/powershell/work.ps1",
        "tests/corpus/rasphone/work.pbk",
        "tests/corpus/mobileconfig/office.mobileconfig",
        "tests/corpus/sswan/phone.sswan",
    ] {
        let run = ikecompat(&["check", file], "");
        assert_eq!((run.status, &*run.stdout), (2, ""), "{file}");
        assert!(
            run.stderr.starts_with("error[not-a-server]"),
            "{}",
            run.stderr
        );
        let named = [format!("={file}`"), "=FILE`".to_owned()];
        let is_named = named.iter().any(|it| run.stderr.contains(it));
        assert!(is_named, "{}", run.stderr);
    }
}

#[test]
fn certificate_type_says_which_server_keys_the_client_takes() {
    use ikecompat::peer::client::ServerKey;

    let text = std::fs::read_to_string("tests/corpus/mobileconfig/office.mobileconfig").unwrap();
    let key = |text: &str| {
        let made = configured(Format::Mobileconfig, text, "ios-16");
        made.server_key.stated().map(|fact| fact.value)
    };
    let start = text.find("<key>RemoteAddress</key>").unwrap();
    let with = |kind: &str| {
        let (before, behind) = text.split_at(start);
        format!("{before}<key>CertificateType</key><string>{kind}</string>{behind}")
    };
    assert_eq!(key(&text), Some(ServerKey::Rsa));
    assert_eq!(key(&with("RSA")), Some(ServerKey::Rsa));
    assert_eq!(key(&with("RSA-PSS")), Some(ServerKey::Rsa));
    assert_eq!(key(&with("ECDSA256")), Some(ServerKey::Ecdsa256));
    assert_eq!(key(&with("ECDSA384")), Some(ServerKey::Ecdsa384));
    assert_eq!(key(&with("ECDSA521")), Some(ServerKey::Ecdsa521));
    // Neither the one of the system nor any other.
    assert_eq!(key(&with("Ed25519")), None);
    let by_hand = selected("ios-26").server_key;
    assert_eq!(
        by_hand.stated().map(|fact| fact.value),
        Some(ServerKey::Rsa)
    );
    assert!(selected("macos-26").server_key.stated().is_none());
    let lifetimes = selected("windows-11:require").lifetimes;
    assert_eq!(lifetimes.child.map(|time| time.as_secs()), Some(3420));
    assert!(
        lifetimes
            .evidence
            .unwrap()
            .sources
            .contains(&"algo-354".to_owned())
    );
}

/// A folder of files for one test.
fn folder(name: &str) -> std::path::PathBuf {
    let name = format!("ikecompat-{name}-{}", std::process::id());
    let path = std::env::temp_dir().join(name);
    std::fs::create_dir_all(&path).unwrap();
    path
}

const DIALS: &str = "connections {
  one {
    remote_addrs = vpn.example.org
    vips = 0.0.0.0
    proposals = aes256-sha256-modp2048,aes256-sha256-ecp256
    local { auth = eap-mschapv2 }
    children { net { esp_proposals = aes256-sha256
      rekey_time = 0 } }
  }
  two {
    remote_addrs = vpn.example.org
    proposals = aes128-sha1-modp1024
    children { net { esp_proposals = aes128-sha1 } }
  }
}
";

/// Of the connections of a file those dial in that ask for an address or prove a user; only where
/// there is none, each with a known peer may.
#[test]
fn a_daemon_that_dials_in_is_a_client() {
    let folder = folder("initiator");
    let file = folder.join("swanctl.conf");
    for (text, expected) in [
        (DIALS.to_owned(), vec!["connects"]),
        (
            DIALS
                .replace("vips = 0.0.0.0", "")
                .replace("eap-mschapv2", "psk"),
            vec!["connects", "refused"],
        ),
    ] {
        std::fs::write(&file, text).unwrap();
        for word in [
            "linux",
            "strongswan",
            "strongswan@5.9.8",
            "strongswan-6.0",
            "charon-cmd-5.9.7",
        ] {
            let report = check(&format!("{word}={}", file.display()));
            let clients = report["servers"][0]["clients"].as_array().unwrap();
            let verdicts: Vec<_> = clients.iter().map(|it| it["verdict"].clone()).collect();
            assert_eq!(verdicts, expected, "{word}");
            let child = &clients[0]["children"][0];
            assert_eq!(child["child_rekey_by_client"]["verdict"], "not-used");
        }
    }
    let run = ikecompat(&["check", &file.display().to_string()], "");
    assert!(
        run.stdout.contains("one and two: site to site"),
        "{}",
        run.stdout
    );
    std::fs::write(&file, DIALS).unwrap();
    let run = ikecompat(&["check", &file.display().to_string()], "");
    assert!(
        run.stdout.contains("one: this machine is the client"),
        "{}",
        run.stdout
    );
    std::fs::remove_dir_all(folder).unwrap();
}

/// What a daemon does without lists depends on its version alone.
#[test]
fn a_daemon_without_lists_is_the_profile_of_its_version() {
    let folder = folder("initiator-defaults");
    let file = folder.join("swanctl.conf");
    let text = DIALS
        .lines()
        .filter(|line| !line.contains("proposals = aes256"));
    let text: String = text.flat_map(|line| [line, "\n"]).collect();
    let text = text.replace("      rekey_time = 0 } }", "    children { net { } }");
    std::fs::write(&file, text).unwrap();
    let database = Database::builtin();
    for (word, id) in [
        ("strongswan@5.9.12", "strongswan-5.9.10"),
        ("strongswan@6.0.1", "strongswan-6.0"),
        ("strongswan-5.9.7", "strongswan-5.9.7"),
    ] {
        let mut sources = ikecompat::diag::Sources::new();
        let words = format!("{word}={}", file.display());
        let chosen =
            ikecompat::answer::selection::select(&words, &database, &Disk, &mut sources).unwrap();
        let [one] = chosen.clients.as_slice() else {
            panic!("{words}");
        };
        let plain = selected(id);
        assert_eq!(one.client.ike_sa_init, plain.ike_sa_init, "{word}");
        assert_eq!(one.client.ike_auth, plain.ike_auth, "{word}");
    }
    std::fs::remove_dir_all(folder).unwrap();
}

/// Files of the disk.
struct Disk;

impl ikecompat::read::Files for Disk {
    fn open(
        &self,
        _from: &str,
        _pattern: &str,
    ) -> Result<Vec<ikecompat::read::context::Opened>, ikecompat::read::context::NotOpened> {
        Err(ikecompat::read::context::NotOpened::Nowhere)
    }

    fn named(
        &self,
        path: &str,
    ) -> Result<ikecompat::read::context::Opened, ikecompat::read::context::NotOpened> {
        Ok(ikecompat::read::context::Opened {
            name: path.to_owned(),
            bytes: std::fs::read(path).unwrap(),
        })
    }
}

/// pluto renews a child SA in the group of the IKE SA, unless PFS is off or esp= names a group that
/// counts.
#[test]
fn libreswan_rekeys_as_a_client_as_it_does_as_a_server() {
    let text = |line: &str| {
        format!(
            "conn office\n  left=%defaultroute\n  leftmodecfgclient=yes\n  right=vpn.example.org\n  \
             ikev2=insist\n  leftcert=me\n  ike=aes256-sha2_256;dh14\n  esp=aes256-sha2_256{line}\n  auto=add\n"
        )
    };
    let folder = folder("pluto");
    let file = folder.join("ipsec.conf");
    for (word, line, expected) in [
        ("linux", "", "rekey-fails"),
        ("linux", "\n  pfs=no", "connects"),
        ("libreswan@5.0", ";dh19", "rekey-fails"),
        ("libreswan@4.10", "\n  rekey=no\n  pfs=no", "connects"),
    ] {
        std::fs::write(&file, text(line)).unwrap();
        let report = check(&format!("{word}={}", file.display()));
        let client = &report["servers"][0]["clients"][0];
        assert_eq!(client["verdict"], expected, "{word} {line}");
    }
    std::fs::write(&file, text("").replace("dh14", "dh2")).unwrap();
    let words = format!("linux={}", file.display());
    let run = ikecompat(&["check", "examples/server.yaml", "--clients", &words], "");
    assert_eq!(run.status, 2, "{}", run.stdout);
    std::fs::remove_dir_all(folder).unwrap();
}

/// A script that both makes a connection and holds a profile is what the user says it is.
#[test]
fn a_format_of_clients_is_that_of_their_files() {
    let script =
        "Set-VpnConnectionIPsecConfiguration a SHA256128 AES256 Group14 AES256 SHA256 None\n";
    let profile = std::fs::read_to_string("tests/corpus/profilexml/script.ps1").unwrap();
    let name = format!("ikecompat-both-{}.ps1", std::process::id());
    let path = std::env::temp_dir().join(name);
    std::fs::write(&path, format!("{script}{profile}")).unwrap();
    let client = format!("windows-10={}", path.display());
    for (from, suite) in [
        (&[][..], "aes256-sha256-modp2048"),
        (&["--from", "powershell"], "aes256-sha256-modp2048"),
        (&["--from", "profilexml"], "aes256gcm16-prfsha384-modp2048"),
    ] {
        let server = "phase1: [aes256-sha256-modp2048, aes256gcm16-prfsha384-modp2048]\n\
                      phase2: [aes256-sha256, aes256-sha256-ecp384]\n";
        let arguments = [
            &["check", "-", "--format", "csv", "--clients", &client][..],
            from,
        ]
        .concat();
        let run = ikecompat(&arguments, server);
        assert!(
            run.stdout.contains(suite),
            "{from:?}: {}{}",
            run.stdout,
            run.stderr
        );
    }
    std::fs::remove_file(&path).unwrap();
}

/// A profile of an Apple client that sets these methods in IKE, and this group and hash.
fn apple_file(name: &str, group: u16, methods: &str) -> std::path::PathBuf {
    let path = std::env::temp_dir().join(format!("ikecompat-{name}-{}", std::process::id()));
    let dict = format!(
        "<dict><key>EncryptionAlgorithm</key><string>AES-256-GCM</string>\
         <key>IntegrityAlgorithm</key><string>SHA2-256</string>\
         <key>DiffieHellmanGroup</key><integer>{group}</integer>{methods}</dict>"
    );
    let text = format!(
        "<plist><dict><key>VPNType</key><string>IKEv2</string><key>IKEv2</key><dict>\
         <key>IKESecurityAssociationParameters</key>{dict}</dict></dict></plist>"
    );
    std::fs::write(&path, text).unwrap();
    path
}

/// The verdicts about clients with a file, at a server that takes all of it.
fn verdicts(clients: &[&str], file: &std::path::Path) -> Vec<(String, String)> {
    let server = "engine: strongswan@6.0.6\nphase1: [aes256gcm16-prfsha256-ecp256-ke1_mlkem768-ke2_mlkem1024, \
                  aes256gcm16-prfsha256-ecp256-ke1_mlkem768, aes256gcm16-prfsha256-ecp256, \
                  aes256gcm16-prfsha256-curve25519, aes256gcm16-prfsha256-curve448]\n\
                  phase2: [aes256gcm16]\n";
    let each = clients.iter().map(|client| {
        let selection = format!("{client}={}", file.display());
        let run = ikecompat(
            &["check", "-", "--format", "json", "--clients", &selection],
            server,
        );
        assert_ne!(run.status, 2, "{client}: {}", run.stderr);
        let json: Value = serde_json::from_str(&run.stdout).unwrap();
        let client = &json["servers"][0]["clients"][0];
        let unknown = run.stderr.contains("warning[not-in-release]: ");
        assert_eq!(client["verdict"] == "unknown", unknown, "{}", run.stderr);
        let verdict = client["verdict"].as_str().unwrap();
        (verdict.to_owned(), run.stderr)
    });
    each.collect()
}

/// Every client that such a file configures, with what its release has: nothing else is judged as if it
/// were sent.
#[test]
fn a_release_without_an_algorithm_of_the_file_is_unknown() {
    let database = Database::builtin();
    let all: Vec<_> = database.select("all").unwrap();
    let apple = all
        .iter()
        .filter(|one| one.client.method.contains(&ConfigMethod::AppleProfile));
    let mut ids: Vec<&str> = apple.map(|one| one.profile.as_str()).collect();
    ids.dedup();
    let methods = |numbers: &[u16]| {
        let each = numbers.iter().map(|it| format!("<integer>{it}</integer>"));
        let each: String = each.collect();
        format!("<key>PostQuantumKeyExchangeMethods</key><array>{each}</array>")
    };
    let known = |file: std::path::PathBuf| {
        let found = verdicts(&ids, &file);
        std::fs::remove_file(&file).unwrap();
        let pairs = ids.iter().zip(found);
        let known = pairs.filter(|(_, (verdict, _))| verdict == "connects");
        known.map(|(id, _)| *id).collect::<Vec<_>>()
    };
    let of_26 = ["apple-26", "ios-26", "macos-26"];
    assert_eq!(known(apple_file("mlkem", 19, &methods(&[36]))), of_26);
    assert_eq!(known(apple_file("two", 19, &methods(&[36, 37]))), of_26);
    assert_eq!(known(apple_file("plain", 19, "")), ids);
    let curve25519 = known(apple_file("curve25519", 31, ""));
    let without: Vec<_> = ids.iter().filter(|id| !curve25519.contains(id)).collect();
    assert_eq!(without, [&"ios-9", &"osx-10.11"]);
    let curve448 = known(apple_file("curve448", 32, ""));
    assert!(curve448.contains(&"ios-17") && !curve448.contains(&"ios-16"));
}

#[test]
fn what_a_release_does_not_have_is_said_with_its_place_and_what_would_tell() {
    let methods = "<key>PostQuantumKeyExchangeMethods</key><array><integer>36</integer></array>";
    let file = apple_file("place", 19, methods);
    let (verdict, said) = verdicts(&["ios-18"], &file).remove(0);
    std::fs::remove_file(&file).unwrap();
    assert_eq!(verdict, "unknown");
    let words = "ke1_mlkem768, which the file sets, is not among what is known of iOS 17 and 18";
    assert!(said.contains(words), "{said}");
    assert!(said.contains("  |") && said.contains("^^"), "{said}");
    assert!(said.contains("`ikecompat listen`"), "{said}");
}

/// Proposals without a group leave PFS of libreswan on, so the advice names the switch; carried out, it helps.
#[test]
fn advice_without_a_group_turns_pfs_off() {
    const SERVER: &str =
        "engine: strongswan@5.9.8\nphase1: [aes256-sha256-modp2048]\nphase2: [aes256-sha256]\n";
    let check = |clients: &str| ikecompat(&["check", "-", "-v", "--clients", clients], SERVER);
    let run = check("networkmanager-libreswan");
    let said = "IKE aes256-sha256-modp2048, ESP aes256-sha256, `pfs=no`";
    assert!(run.stdout.contains(said), "{}", run.stdout);
    let folder = folder("pfs-off");
    let file = folder.join("vpn.nmconnection");
    for (pfs, connects) in [("pfs=no\n", true), ("", false)] {
        let text = format!(
            "[connection]\nid=vpn\ntype=vpn\n\n[vpn]\nservice-type=org.freedesktop.NetworkManager.libreswan\n\
             ikev2=insist\nright=vpn.example.org\nleftcert=u\nike=aes256-sha256-modp2048\nesp=aes256-sha256\n{pfs}"
        );
        std::fs::write(&file, text).unwrap();
        let run = check(&format!("networkmanager-libreswan={}", file.display()));
        assert_eq!(run.status == 0, connects, "{pfs}: {}", run.stdout);
    }
    std::fs::remove_dir_all(&folder).unwrap();
}
