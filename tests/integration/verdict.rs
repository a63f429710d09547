//! The verdict over a client takes into account everything that is known, in every format.

use serde_json::Value;

use crate::common::ikecompat;

/// The article's line for Windows 10 (table 7), with the documented value for SHA-256.
const POWERSHELL: &str = "Set-VpnConnectionIPsecConfiguration -ConnectionName VPN \
    -AuthenticationTransformConstants SHA256128 -CipherTransformConstants AES256 -DHGroup Group14 \
    -EncryptionMethod AES256 -IntegrityCheckMethod SHA256 -PfsGroup None -Force\n";

/// The first client of the first server.
fn first_client(arguments: &[&str], text: &str) -> (i32, Value) {
    let mut all = vec!["check", "-", "--format", "json"];
    all.extend(arguments);
    let run = ikecompat(&all, text);
    let document: Value = serde_json::from_str(&run.stdout).unwrap_or_else(|_| {
        panic!("{arguments:?}: {}", run.stderr);
    });
    (run.status, document["servers"][0]["clients"][0].clone())
}

mod nat_and_lifetimes {
    use super::{POWERSHELL, first_client, ikecompat};

    #[test]
    fn the_articles_windows_keeps_its_tunnel_wherever_it_is() {
        let line = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("verdict.ps1");
        std::fs::write(&line, POWERSHELL).unwrap();
        let client = format!("windows-10={}", line.display());
        for nat in [None, Some("yes"), Some("no"), Some("unknown")] {
            let mut arguments = vec!["check", "examples/after.yaml", "--clients", &client];
            arguments.extend(nat.iter().flat_map(|nat| ["--nat", nat]));
            let run = ikecompat(&arguments, "");
            assert_eq!(run.status, 0, "{nat:?}: {}{}", run.stdout, run.stderr);
            // What is assumed is said where the answer depends on it.
            let said = run.stdout.contains("behind NAT (assumed, --nat)");
            assert_eq!(said, nat.is_none(), "{nat:?}: {}", run.stdout);
            let found = run.stdout.contains("server-initiated-rekey");
            assert_eq!(found, matches!(nat, None | Some("yes")), "{nat:?}");
        }
    }

    /// Windows renews keys after 3420 s.
    #[test]
    fn a_refused_rekeying_costs_the_tunnel_if_the_server_gives_it_up_first() {
        let lists = "phase1: [aes256-sha256-modp1024]\nphase2: [aes256-sha1]\n";
        for (head, nat, expected, outcome) in [
            ("product: pfsense\n", "yes", "connects", "kept"),
            ("product: pfsense\n", "no", "connects", ""),
            (
                "product: pfsense\nlifetime: {child: 50m}\n",
                "yes",
                "rekey-fails",
                "lost",
            ),
            (
                "product: pfsense\nlifetime: {child: 50m}\n",
                "no",
                "connects",
                "",
            ),
            ("rekey: {child: 3000}\n", "yes", "rekey-fails", "lost"),
            ("rekey: {child: 3110}\n", "yes", "connects", "kept"),
            // pfSense wants a longer lifetime than this, and nobody said which.
            (
                "product: pfsense\nrekey: {child: 2h}\n",
                "yes",
                "unknown",
                "unknown",
            ),
            // Who never asks keeps an SA for ever, unless told otherwise.
            ("rekey: {child: 0}\n", "yes", "connects", ""),
            (
                "rekey: {child: 0}\nlifetime: {child: 30m}\n",
                "no",
                "rekey-fails",
                "lost",
            ),
        ] {
            let text = format!("{head}{lists}");
            let arguments = ["--clients", "windows-10:require", "--nat", nat];
            let (status, client) = first_client(&arguments, &text);
            assert_eq!(client["verdict"], expected, "{text}{nat}");
            let survival = &client["children"][0]["child_rekey_by_server"]["survival"];
            let found = survival["outcome"].as_str().unwrap_or_default();
            assert_eq!(found, outcome, "{text}{nat}");
            assert_eq!(status, i32::from(expected != "connects"), "{text}{nat}");
        }
    }

    #[test]
    fn the_server_of_every_format_can_be_told_where_its_clients_are() {
        let swanctl = "connections {\n rw {\n  version = 2\n  pools = p\n  \
            proposals = aes256-sha256-modp1024\n  local {\n   auth = pubkey\n  }\n  \
            remote {\n   auth = eap-mschapv2\n  }\n  children {\n   net {\n    \
            esp_proposals = aes256-sha1\n    life_time = 3000\n   }\n  }\n }\n}\n";
        for (nat, expected) in [("yes", "rekey-fails"), ("no", "connects")] {
            let arguments = ["--clients", "windows-10:require", "--nat", nat];
            let (_, client) = first_client(&arguments, swanctl);
            assert_eq!(client["verdict"], expected, "{nat}");
        }
    }
}

mod beside_the_lists {
    use super::{first_client, ikecompat};

    const LISTS: [&str; 2] = [
        "  version = 2\n  proposals = aes256-sha256-modp2048\n",
        "  children {\n   net {\n    esp_proposals = aes256-sha256\n   }\n  }\n",
    ];

    fn swanctl(more: &str, remote: &str) -> String {
        let [ike, esp] = LISTS;
        format!(
            "connections {{\n rw {{\n{ike}{more}  local {{\n   auth = pubkey\n  }}\n{remote}{esp} }}\n}}\n"
        )
    }

    fn remote(auth: &str) -> String {
        format!("  remote {{\n   auth = {auth}\n  }}\n")
    }

    /// For each: what is written, the client, and the code of what keeps it out.
    #[test]
    fn what_is_known_keeps_a_client_out() {
        let pool = "  pools = p\n";
        let two =
            "  remote-1 {\n   auth = pubkey\n  }\n  remote-2 {\n   auth = eap-mschapv2\n  }\n";
        for (more, auth, client, expected) in [
            (pool, remote("eap-mschapv2"), "macos-13", None),
            (
                "",
                remote("eap-mschapv2"),
                "macos-13",
                Some("no-address-pool"),
            ),
            // Nobody says whether these ask for an address.
            ("", remote("psk"), "strongswan-5.9.7", None),
            (pool, remote("psk"), "macos-13", None),
            (
                pool,
                remote("psk"),
                "strongswan-android-2.4.1",
                Some("authentication-method-not-offered"),
            ),
            (
                pool,
                remote("eap-tls"),
                "android-13",
                Some("authentication-method-not-offered"),
            ),
            (pool, remote("eap-radius"), "android-13", None),
            (
                pool,
                two.to_owned(),
                "macos-13",
                Some("second-authentication-round"),
            ),
            (pool, two.to_owned(), "strongswan-android-2.4.1", None),
            (
                "  pools = p\n  childless = force\n",
                remote("pubkey"),
                "macos-13",
                Some("childless-forced"),
            ),
            (
                "  pools = p\n  childless = allow\n",
                remote("pubkey"),
                "macos-13",
                None,
            ),
        ] {
            let text = swanctl(more, &auth);
            let (status, found) = first_client(&["--clients", client], &text);
            let codes = found["obstacles"].as_array().unwrap();
            let codes: Vec<_> = codes.iter().map(|it| it["code"].as_str()).collect();
            let expected: Vec<_> = expected.into_iter().map(Some).collect();
            assert_eq!(codes, expected, "{client}: {text}");
            let verdict = if codes.is_empty() {
                "connects"
            } else {
                "refused"
            };
            assert_eq!(found["verdict"], verdict, "{client}: {text}");
            assert_eq!(status, i32::from(!codes.is_empty()), "{client}: {text}");
            // What the lists come to stays what it is.
            assert_eq!(found["ike_sa_init"]["verdict"], "agree", "{client}");
        }
    }

    #[test]
    fn every_format_says_the_same() {
        let text = swanctl("", &remote("eap-mschapv2"));
        for format in [
            "table", "markdown", "json", "csv", "html", "sarif", "github", "junit",
        ] {
            let arguments = ["check", "-", "--clients", "macos-13", "--format", format];
            let run = ikecompat(&arguments, &text);
            assert_eq!(run.status, 1, "{format}: {}", run.stderr);
            assert!(
                run.stdout.contains("no-address-pool"),
                "{format}: {}",
                run.stdout
            );
            assert!(!run.stdout.contains(">connects<"), "{format}");
            assert!(!run.stdout.contains(",connects,"), "{format}");
            assert!(!run.stdout.contains("\"connects\""), "{format}");
        }
    }

    #[test]
    fn nobody_connects_who_refuses_the_certificate() {
        let text = swanctl("  pools = p\n", &remote("eap-mschapv2"));
        let certificate = "tests/corpus/certificates/rsa-no-san.pem";
        for (format, connects) in [
            ("table", " recommended"),
            ("csv", ",connects,"),
            ("json", "\"connects\""),
            ("html", ">connects<"),
        ] {
            let arguments = [
                "check",
                "-",
                "--clients",
                "macos-13",
                "--server-cert",
                certificate,
                "--format",
                format,
            ];
            let run = ikecompat(&arguments, &text);
            assert_eq!(run.status, 1, "{format}: {}", run.stderr);
            assert!(
                run.stdout.contains("certificate-refused"),
                "{format}: {}",
                run.stdout
            );
            assert!(!run.stdout.contains(connects), "{format}: {}", run.stdout);
        }
        // Who proves itself by a shared key shows none.
        let shared = text.replace("auth = pubkey", "auth = psk");
        let arguments = ["--clients", "macos-13", "--server-cert", certificate];
        let (_, found) = first_client(&arguments, &shared);
        assert_eq!(found["verdict"], "connects");
        assert_eq!(found["certificate"]["verdict"], "not-shown");
        let (_, found) = first_client(&arguments, &text);
        assert_eq!(found["certificate"]["verdict"], "refused");
    }

    #[test]
    fn l2tp_is_not_for_clients_of_ikev2() {
        let text = "conn l2tp\n  authby=secret\n  type=transport\n  left=192.0.2.1\n  \
            leftprotoport=17/1701\n  right=%any\n  rightprotoport=17/%any\n  \
            ike=aes256-sha256-modp2048!\n  esp=aes256-sha256!\n  auto=add\n";
        let run = ikecompat(&["check", "-", "--clients", "macos-13"], text);
        assert_eq!(run.status, 1, "{}", run.stderr);
        assert!(
            run.stdout.contains("l2tp: transport mode"),
            "{}",
            run.stdout
        );
    }
}

mod which_connection_answers {
    use std::path::Path;

    use serde_json::Value;

    use super::{first_client, ikecompat};

    /// Two connections, of which OS X can take either: the addresses of `a`, of `b`, and of the client
    /// if it is said, and which one charon took, or `None` where that depends.
    type Case = (
        &'static str,
        &'static str,
        Option<&'static str>,
        Option<&'static str>,
    );

    const CASES: &[Case] = &[
        ("", "", None, Some("a")),
        (
            "local_addrs = %any",
            "local_addrs = 198.51.100.7",
            None,
            Some("b"),
        ),
        (
            "local_addrs = 198.51.100.0/24",
            "local_addrs = 198.51.100.7",
            None,
            Some("b"),
        ),
        ("", "remote_addrs = %any", None, Some("a")),
        (
            "remote_addrs = %any",
            "remote_addrs = 0.0.0.0/0",
            None,
            Some("a"),
        ),
        (
            "",
            "remote_addrs = 192.0.2.0/24",
            Some("192.0.2.9"),
            Some("b"),
        ),
        (
            "",
            "remote_addrs = 192.0.2.0/24",
            Some("192.0.3.9"),
            Some("a"),
        ),
        ("", "remote_addrs = 192.0.2.0/24", None, None),
        ("", "remote_addrs = 192.0.2.9", Some("192.0.2.9"), Some("b")),
        ("", "remote_addrs = 192.0.2.9", None, None),
        (
            "remote_addrs = 192.0.2.0/24",
            "local_addrs = 198.51.100.7",
            Some("192.0.2.9"),
            Some("b"),
        ),
        (
            "remote_addrs = 192.0.2.9",
            "local_addrs = 198.51.100.7",
            Some("192.0.2.9"),
            Some("a"),
        ),
        // Who names the version of IKE comes before who takes either.
        ("version = 0", "version = 2", None, Some("b")),
    ];

    fn connection(name: &str, addresses: &str, proposal: &str) -> String {
        let version = match addresses.starts_with("version") {
            true => "",
            false => "  version = 2\n",
        };
        format!(
            " {name} {{\n{version}  {addresses}\n  pools = p\n  proposals = {proposal}\n  local {{\n   \
             auth = pubkey\n  }}\n  remote {{\n   auth = eap-tls\n  }}\n  children {{\n   net {{\n    \
             esp_proposals = aes256-sha256\n   }}\n  }}\n }}\n"
        )
    }

    #[test]
    fn the_more_exact_addresses_come_first_and_then_the_file() {
        for (first, second, client, expected) in CASES {
            let text = format!(
                "connections {{\n{}{}}}\n",
                connection("a", first, "aes256-sha256-modp2048"),
                connection("b", second, "aes128-sha1-modp1024")
            );
            let mut arguments = vec!["--clients", "osx"];
            arguments.extend(client.iter().flat_map(|ip| ["--client-address", ip]));
            let (_, found) = first_client(&arguments, &text);
            assert_eq!(found["connection"].as_str(), *expected, "{text}");
            let possible = found["possible_connections"].as_array().unwrap();
            assert_eq!(possible.is_empty(), expected.is_some(), "{text}");
            if expected.is_none() {
                assert_eq!(found["ike_sa_init"]["verdict"], "one-of", "{text}");
                let run = ikecompat(&["check", "-", "--clients", "osx"], &text);
                assert!(run.stdout.contains("a or b"), "{}", run.stdout);
                assert!(run.stdout.contains("--client-address"), "{}", run.stdout);
            }
        }
    }

    /// charon goes on to the connection whose proof of identity the client has.
    #[test]
    fn a_proof_that_the_client_lacks_leads_to_the_next_connection() {
        let first = connection("a", "", "aes256-sha256-modp2048").replace("eap-tls", "psk");
        let second = connection("b", "", "aes256-sha256-modp2048");
        let text = format!("connections {{\n{first}{second}}}\n");
        for (client, expected) in [("macos-13", "a"), ("strongswan-android-2.4.1", "b")] {
            let (status, found) = first_client(&["--clients", client], &text);
            assert_eq!(found["connection"], expected, "{client}");
            assert_eq!(status, 0, "{client}");
        }
    }

    #[test]
    fn starter_makes_one_configuration_of_connections_that_differ_in_networks() {
        let conn = |name: &str, network: &str| {
            format!(
                "conn {name}\n  keyexchange=ikev2\n  left=%any\n  leftid=@vpn.example.com\n  leftauth=pubkey\n  \
                 leftsubnet={network}\n  right=%any\n  rightauth=eap-mschapv2\n  rightsourceip=192.0.2.0/24\n  \
                 ike=aes256-sha256-modp2048!\n  esp=aes256-sha256!\n  reauth=no\n  auto=add\n"
            )
        };
        let text = conn("one", "198.51.100.0/25") + &conn("two", "198.51.100.128/25");
        let run = ikecompat(&["lint", "-", "--clients", "macos-13"], &text);
        assert!(
            !run.stdout.contains("unreachable-connection"),
            "{}",
            run.stdout
        );
        assert!(!run.stdout.contains("remove one"), "{}", run.stdout);
    }

    /// What real daemons of 5.9.8 answered. Needs the folder of recorded truths:
    /// `IKECOMPAT_SHARED=FOLDER cargo test verdict`.
    #[test]
    fn recorded_daemons_answer_through_the_same_connection() {
        let Some(folder) = std::env::var_os("IKECOMPAT_SHARED") else {
            return;
        };
        let name = "field/negotiation/truth-598-check-addrs-411299.jsonl";
        let recorded = std::fs::read_to_string(Path::new(&folder).join(name)).unwrap();
        let mut compared = 0;
        for line in recorded.lines() {
            let record: Value = serde_json::from_str(line).unwrap();
            let rows = record["rows"].as_array().unwrap();
            let clients: Vec<_> = rows
                .iter()
                .map(|it| it["client"].as_str().unwrap())
                .collect();
            let clients = clients.join(",");
            let arguments = [
                "--engine",
                "strongswan@5.9.8",
                "--client-address",
                "203.0.113.5",
            ];
            let mut all = vec!["check", "-", "--format", "json", "--clients", &clients];
            all.extend(arguments);
            let run = ikecompat(&all, record["server"].as_str().unwrap());
            let answer: Value = serde_json::from_str(&run.stdout).expect(&run.stderr);
            let found = answer["servers"][0]["clients"].as_array().unwrap();
            for (row, client) in rows.iter().zip(found) {
                let at = format!("{}: {}", row["client"], record["server"]);
                let agrees = |verdict: &Value| *verdict == "agree";
                let ike = &client["ike_sa_init"];
                assert_eq!(
                    agrees(&ike["verdict"]),
                    row["ike"]["result"] == "ok",
                    "{at}"
                );
                compared += 1;
                if row["ike"]["result"] != "ok" {
                    continue;
                }
                assert_eq!(ike["suite"], row["ike"]["suite"], "{at}");
                assert_eq!(client["connection"], row["connection"], "{at}");
                let esp = &client["children"][0]["ike_auth"];
                assert_eq!(
                    agrees(&esp["verdict"]),
                    row["esp"]["result"] == "ok",
                    "{at}"
                );
                if agrees(&esp["verdict"]) {
                    assert_eq!(esp["suite"], row["esp"]["suite"], "{at}");
                }
            }
        }
        assert!(compared >= 300, "{compared}");
    }
}

mod reauthentication {
    use super::{first_client, ikecompat};

    fn ipsec_conf(auth: &str, more: &str) -> String {
        format!(
            "conn rw\n  keyexchange=ikev2\n  left=%any\n  leftid=@vpn.example.com\n  leftauth=pubkey\n  \
             right=%any\n  rightauth={auth}\n  rightsourceip=192.0.2.0/24\n  \
             ike=aes256-sha256-modp2048!\n  esp=aes256-sha256!\n  auto=add\n{more}"
        )
    }

    /// starter and charon were seen to schedule it after 9764 s, and the end after 10304 s.
    #[test]
    fn starters_default_is_said_with_its_seconds() {
        for (auth, client, outcome, verdict) in [
            ("eap-mschapv2", "macos-13", "unknown", "connects"),
            // With certificates it was seen not to follow.
            ("pubkey", "macos-13", "lost", "rekey-fails"),
            ("pubkey", "strongswan-android-2.4.1", "unknown", "connects"),
        ] {
            let (_, found) = first_client(&["--clients", client], &ipsec_conf(auth, ""));
            let said = &found["reauthentication"];
            assert_eq!(said["outcome"], outcome, "{auth} {client}");
            assert_eq!(found["verdict"], verdict, "{auth} {client}");
            assert_eq!(said["earliest_seconds"], 9720);
            assert_eq!(said["latest_seconds"], 10_260);
            assert_eq!(said["end_seconds"], 10_800);
        }
        for more in ["  reauth=no\n", "  rekey=no\n"] {
            let text = ipsec_conf("pubkey", more);
            let (_, found) = first_client(&["--clients", "macos-13"], &text);
            assert!(found["reauthentication"].is_null(), "{more}");
            assert_eq!(found["verdict"], "connects", "{more}");
        }
    }

    #[test]
    fn what_is_written_here_never_asks_for_it() {
        let plan = [
            "recommend",
            "--clients",
            "osx,android",
            "--product",
            "strongswan",
        ];
        for format in ["ipsec-conf", "swanctl"] {
            let written = ikecompat(&[&plan[..], &["--format", format]].concat(), "");
            let run = ikecompat(&["lint", "-"], &written.stdout);
            assert!(!run.stdout.contains("reauthentication"), "{}", run.stdout);
        }
    }
}

#[test]
fn who_must_stay_is_asked_about_with_everything_that_decides() {
    let server = "product: pfsense\nlifetime: {child: 50m}\n\
                  phase1: [aes256-sha256-modp1024]\nphase2: [aes256-sha1]\n";
    for (nat, status) in [("yes", 1), ("no", 0)] {
        let arguments = [
            "check",
            "-",
            "--require",
            "windows-10:require",
            "--nat",
            nat,
        ];
        let run = ikecompat(&arguments, server);
        assert_eq!(run.status, status, "{nat}: {}{}", run.stdout, run.stderr);
    }
}

#[test]
fn what_an_engine_without_a_known_rule_may_choose_is_told_with_its_evidence() {
    let server = "engine: openiked@7.4\n\
                  phase1: [aes128-sha256-ecp256, aes256-sha256-ecp256]\n\
                  phase2: [aes128-sha256, aes256-sha256]\n";
    let run = ikecompat(&["check", "-", "--clients", "android", "-v"], server);
    let text = run.stdout.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(
        text.contains("phase 1: aes128-sha256-ecp256 or aes256-sha256-ecp256"),
        "{text}"
    );
    assert!(
        text.contains("followed the order of its own list in 78 of 79 answers"),
        "{text}"
    );
    assert_eq!(text.matches("78 of 79").count(), 1, "{text}");
}

/// Seven additional key exchanges that a client lacks are one thing that it lacks, and a rekeying
/// that either side loses by it is told once.
#[test]
fn what_lacks_in_seven_key_exchanges_is_said_once() {
    let seven = "ke1_mlkem768-ke2_ecp384-ke3_modp2048-ke4_x25519-ke5_x448-ke6_ecp521-ke7_modp3072";
    let server = |ike: &str, esp: &str| {
        format!("engine: strongswan@6.0.6\nphase1: [{ike}]\nphase2: [{esp}]\n")
    };
    let sentence = "no additional key exchange in common";
    let count = |text: &str, what: &str| text.matches(what).count();
    let flat =
        |run: &crate::common::Run| run.stdout.split_whitespace().collect::<Vec<_>>().join(" ");
    let ike = format!("aes256gcm16-prfsha256-ecp256-{seven}");
    let text = server(&ike, "aes256gcm16");
    let clients = "ios-18,strongswan,osx";
    let brief = ikecompat(&["check", "-", "--clients", clients], &text);
    assert_eq!(count(&flat(&brief), sentence), 1, "{}", brief.stdout);
    assert!(
        flat(&brief).contains("ke1_mlkem768, ke2_ecp384, "),
        "{}",
        brief.stdout
    );
    let cell = "additional key exchange and additional";
    assert!(!flat(&brief).contains(cell) && !flat(&brief).contains("exchange, additional"));
    let full = ikecompat(&["check", "-", "-v", "--clients", "ios-18"], &text);
    assert_eq!(count(&flat(&full), sentence), 1, "{}", full.stdout);
    let sides = [
        "--initiator",
        "aes256gcm16-prfsha256-ecp256",
        "--responder",
        &ike,
    ];
    let arguments = [&["negotiate", "--engine", "strongswan@6.0.6"][..], &sides].concat();
    let pair = ikecompat(&arguments, "");
    // The first line and the list of what lacks.
    assert!(count(&flat(&pair), sentence) <= 2, "{}", pair.stdout);
    // A child SA that nobody can renew, whoever asks.
    let esp = format!("aes256gcm16-ecp256-{seven}");
    let text = server("aes256gcm16-prfsha256-ecp256,aes256-sha256-modp2048", &esp);
    let full = ikecompat(
        &["check", "-", "-v", "--clients", "strongswan-android-2.4.1"],
        &text,
    );
    assert_eq!(count(&flat(&full), sentence), 1, "{}", full.stdout);
    assert!(
        flat(&full).contains("by either side: no additional"),
        "{}",
        full.stdout
    );
}

/// What a client offers by itself was not seen, so a server that wants ML-KEM may be met by it or not.
#[test]
fn an_exchange_that_may_be_offered_is_not_refused() {
    for (list, client, unknown) in [
        ("aes256gcm16-prfsha256-ecp256-ke1_mlkem768", "ios-26", true),
        (
            "aes256gcm16-prfsha256-ecp256-ke1_mlkem1024",
            "macos-26",
            true,
        ),
        ("aes256gcm16-prfsha256-ecp256-ke1_mlkem512", "ios-26", false),
        (
            "aes256gcm16-prfsha256-modp4096-ke1_mlkem768",
            "ios-26",
            false,
        ),
        ("aes256gcm16-prfsha256-ecp256-ke1_mlkem768", "ios-17", false),
    ] {
        let server = format!("engine: strongswan@6.0.6\nphase1: [{list}]\nphase2: [aes256gcm16]\n");
        let run = ikecompat(&["check", "-", "-v", "--clients", client], &server);
        let said = run.stdout.split_whitespace().collect::<Vec<_>>().join(" ");
        let why = "an additional key exchange by itself was not seen";
        assert_eq!(said.contains(why), unknown, "{list} {client}: {said}");
        assert_eq!(
            said.contains("1 refused"),
            !unknown,
            "{list} {client}: {said}"
        );
    }
}
