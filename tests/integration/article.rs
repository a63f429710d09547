//! The article that the database starts from, table by table.
//!
//! "IPsec VPN (IKEv2) with pfSense and OS X El Capitan", last updated 2019-02-16; where the article
//! errs, the profile's errata say so and the test follows the errata.

use serde_json::Value;

use crate::common::ikecompat;

fn json(arguments: &[&str]) -> Value {
    let run = ikecompat(arguments, "");
    assert_eq!(run.complaints(), "");
    serde_json::from_str(&run.stdout).unwrap()
}

/// The keyword strings of one exchange of one variant.
fn offered(id: &str, exchange: &str) -> Vec<String> {
    let shown = json(&["clients", "show", id, "--format", "json"]);
    let offers = shown["offers"].as_array().unwrap();
    assert_eq!(offers.len(), 1, "{id} is one variant");
    let list = offers[0][exchange]["proposals"].as_array().unwrap();
    list.iter()
        .map(|p| p.as_str().unwrap().to_owned())
        .collect()
}

#[test]
fn table_1_phase_1_of_os_x() {
    assert_eq!(
        offered("osx-10.11", "ike_sa_init"),
        [
            "aes256-sha256-modp2048",
            "aes256-sha256-ecp256",
            "aes256-sha256-modp1536",
            "aes128-sha1-modp1024",
            "3des-sha1-modp1024"
        ]
    );
}

#[test]
fn table_2_phase_2_of_os_x_with_the_repetitions_it_leaves_out() {
    assert_eq!(
        offered("osx-10.11", "ike_auth"),
        [
            "aes256-sha256",
            "aes256-sha256",
            "aes256-sha256",
            "aes128-sha1",
            "3des-sha1"
        ]
    );
}

#[test]
fn table_3_is_what_recommend_finds() {
    let plan = &json(&[
        "recommend",
        "--clients",
        "osx,android,windows",
        "--format",
        "json",
    ])["plans"][0];
    assert_eq!(plan["tier"], "recommended");
    let proposals = |list: &Value| -> Vec<String> {
        let list = list.as_array().unwrap();
        list.iter()
            .map(|entry| entry["proposal"].as_str().unwrap().to_owned())
            .collect()
    };
    assert_eq!(proposals(&plan["phase1"]), ["aes256-sha256-modp2048"]);
    assert_eq!(proposals(&plan["phase2"]), ["aes256-sha256"]);
    assert_eq!(plan["pfs"]["group"], Value::Null);
    assert_eq!(plan["pfs"]["because"][0], "OS X 10.11");
    // The article took the 128-bit key; the ranking takes the longer one of two equals.
    assert_eq!(proposals(&plan["additions"]["phase2"]), ["aes256gcm16"]);
    let reconfigured: Vec<_> = plan["clients"]
        .as_array()
        .unwrap()
        .iter()
        .map(|c| c["touched"].clone())
        .collect();
    assert_eq!(reconfigured, [false, false, true]);
}

#[test]
fn table_3_in_the_words_of_pfsense() {
    let run = ikecompat(
        &[
            "recommend",
            "--clients",
            "osx,android,windows",
            "--format",
            "pfsense",
        ],
        "",
    );
    let text = run.stdout;
    let places: Vec<_> = [
        "Phase2 PFS Group: Provide the Phase2 PFS group to clients: unticked",
        "Key Exchange version: IKEv2",
        "    AES, 256 bits, SHA256, 14 (2048 bit)",
        "Encryption Algorithms, ticked:",
        "    AES256-GCM, 128 bits\n",
        "    AES, 256 bits\n",
        "Hash Algorithms, ticked: SHA256",
        "PFS key group: off",
    ]
    .iter()
    .map(|words| {
        text.find(words)
            .unwrap_or_else(|| panic!("{words} is not in:\n{text}"))
    })
    .collect();
    assert!(places.is_sorted(), "in the order of the pages");
}

#[test]
fn table_4_is_what_to_enter_by_hand() {
    let run = ikecompat(
        &[
            "recommend",
            "--clients",
            "osx",
            "--address",
            "vpn.example.com",
            "--remote-id",
            "vpn.example.com",
        ],
        "",
    );
    for line in [
        "  Server Address: vpn.example.com",
        "  Remote ID: vpn.example.com",
        "  Local ID: CN of the user certificate",
        "  import: user certificate with its private key",
        "  import: CA certificate",
        "  import: intermediate certificates",
        "  mark as trusted: CA certificate",
    ] {
        assert!(
            run.stdout.lines().any(|l| l == line),
            "{line} is not in:\n{}",
            run.stdout
        );
    }
}

#[test]
fn table_5_phase_1_of_the_app_as_two_proposals() {
    let groups = "ecp256-ecp384-ecp521-ecp256bp-ecp384bp-ecp512bp-curve25519-modp3072-modp4096-modp8192-modp2048-modp1024";
    let prfs = "prfsha256-prfsha384-prfsha512-prfaesxcbc-prfmd5-prfsha1";
    assert_eq!(
        offered("strongswan-android-1.7.2", "ike_sa_init"),
        [
            format!(
                "aes128-aes192-aes256-3des-sha256-sha384-sha512-md5-sha1-aesxcbc-{prfs}-{groups}"
            ),
            format!(
                "aes128gcm16-aes192gcm16-aes256gcm16-chacha20poly1305compat-aes128gcm12-aes192gcm12-aes256gcm12-aes128gcm8-aes192gcm8-aes256gcm8-{prfs}-{groups}"
            ),
        ]
    );
}

#[test]
fn table_6_phase_2_of_the_app_as_four_proposals_with_and_without_groups() {
    let list = offered("strongswan-android-1.7.2", "ike_auth");
    assert_eq!(
        list[4..],
        [
            "aes128gcm16-aes256gcm16-chacha20poly1305compat",
            "aes128-sha256",
            "aes256-sha384",
            "aes128-aes192-aes256-sha1-sha256-sha384-sha512"
        ]
    );
    for (with, without) in list[..4].iter().zip(&list[4..]) {
        assert!(with.starts_with(without.as_str()) && with.len() > without.len());
    }
}

#[test]
fn table_7_messages_are_explained() {
    for (message, phase, help) in [
        (
            "IKEv2 Plugin: Connect: Attempt to query DNS failed",
            "before the first packet",
            "IP address of the server",
        ),
        (
            "Failed to process IKE SA Init packet",
            "IKE_SA_INIT (phase 1)",
            "phase 1 entry",
        ),
        (
            "Failed to create IKE Auth packet",
            "IKE_AUTH, before it is sent",
            "Remote ID",
        ),
        (
            "errSSLPeerCertUnknown (-9829)",
            "IKE_AUTH, EAP-TLS",
            "Local ID",
        ),
        (
            "Received error: Error (No Proposal Chosen)",
            "IKE_AUTH, child SA (phase 2)",
            "phase 2 entry",
        ),
        (
            "Failed to find the VPN app for plugin type com.apple.neplugin.IKEv2",
            "none",
            "neagent",
        ),
    ] {
        let run = ikecompat(&["explain", message], "");
        assert_eq!(run.status, 0, "{message}");
        assert!(run.stdout.contains(phase), "{message}: {}", run.stdout);
        assert!(run.stdout.contains(help), "{message}: {}", run.stdout);
    }
}

#[test]
fn table_8_phase_1_of_windows_in_the_captured_order() {
    let order = |ciphers: &[&str], hashes: &[&str], cipher_major: bool| -> Vec<String> {
        let suite = |c: &str, h: &str| format!("{c}-{h}-modp1024");
        let mut list = Vec::new();
        for outer in if cipher_major { ciphers } else { hashes } {
            for inner in if cipher_major { hashes } else { ciphers } {
                list.push(if cipher_major {
                    suite(outer, inner)
                } else {
                    suite(inner, outer)
                });
            }
        }
        list
    };
    let hashes = ["sha1", "sha256", "sha384"];
    let twelve = order(&["3des", "aes128", "aes192", "aes256"], &hashes, true);
    let six = order(&["3des", "aes256"], &hashes, false);
    for (variant, expected) in [
        ("optional", &twelve),
        ("none", &twelve),
        ("require", &six),
        ("maximum", &six),
    ] {
        assert_eq!(
            &offered(&format!("windows-10:{variant}"), "ike_sa_init"),
            expected,
            "{variant}"
        );
    }
}

#[test]
fn table_9_phase_2_of_windows() {
    for (variant, expected) in [
        ("none", &["null-sha1"][..]),
        (
            "optional",
            &[
                "aes256-sha1",
                "aes128-sha1",
                "3des-sha1",
                "des-sha1",
                "null-sha1",
            ],
        ),
        ("require", &["aes256-sha1", "3des-sha1"]),
        ("maximum", &["aes256-sha1", "3des-sha1"]),
    ] {
        assert_eq!(
            offered(&format!("windows-10:{variant}"), "ike_auth"),
            expected,
            "{variant}"
        );
    }
}

#[test]
fn table_10_with_its_lost_check_marks() {
    let table = json(&[
        "clients",
        "compare",
        "windows-10:optional",
        "windows-10:require",
        "osx-10.11",
        "strongswan-android-1.7.2",
        "--only",
        "aes256,aes128,3des,sha256,sha1,modp2048,modp1024",
        "--format",
        "json",
    ]);
    let expected = [
        "1 aes256 sha256 modp2048(14) - - yes yes",
        "1 aes256 sha256 modp1024(2) yes yes - yes",
        "1 aes256 sha1 modp2048(14) - - - yes",
        "1 aes256 sha1 modp1024(2) yes yes - yes",
        "1 aes128 sha256 modp2048(14) - - - yes",
        "1 aes128 sha256 modp1024(2) yes - - yes",
        "1 aes128 sha1 modp2048(14) - - - yes",
        "1 aes128 sha1 modp1024(2) yes - yes yes",
        "1 3des sha256 modp2048(14) - - - yes",
        "1 3des sha256 modp1024(2) yes yes - yes",
        "1 3des sha1 modp2048(14) - - - yes",
        "1 3des sha1 modp1024(2) yes yes yes yes",
        "2 aes256 sha256 - - - yes yes",
        "2 aes256 sha1 - yes yes - yes",
        "2 aes128 sha256 - - - - yes",
        "2 aes128 sha1 - yes - yes yes",
        "2 3des sha256 - - - - -",
        "2 3des sha1 - yes yes yes -",
    ];
    let rows: Vec<String> = table["rows"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| {
            row.as_array()
                .unwrap()
                .iter()
                .map(|c| c.as_str().unwrap())
                .collect::<Vec<_>>()
                .join(" ")
        })
        .collect();
    assert_eq!(rows, expected);
    // Without `--only` those that several offer are among the rows.
    let all = ikecompat(
        &[
            "clients",
            "compare",
            "windows-10:optional",
            "windows-10:require",
            "osx-10.11",
            "strongswan-android-1.7.2",
            "--format",
            "csv",
        ],
        "",
    );
    for row in expected.iter().filter(|row| row.matches("yes").count() > 1) {
        let row = row.replace(' ', ",");
        assert!(all.stdout.lines().any(|line| line == row), "{row}");
    }
}

#[test]
fn table_11_parameters_are_explained() {
    for (parameter, phase, example) in [
        (
            "-EncryptionMethod",
            "Phase 1, encryption algorithm",
            "AES256",
        ),
        ("-IntegrityCheckMethod", "Phase 1, hash algorithm", "SHA256"),
        ("-DHGroup", "Phase 1, DH group", "Group14"),
        (
            "-CipherTransformConstants",
            "Phase 2, encryption algorithm",
            "AES256",
        ),
        (
            "-AuthenticationTransformConstants",
            "Phase 2, hash algorithm",
            "SHA256128",
        ),
        ("-PfsGroup", "Phase 2, PFS group", "None"),
    ] {
        let run = ikecompat(&["explain", parameter], "");
        assert!(run.stdout.contains(phase), "{}", run.stdout);
        assert!(
            run.stdout
                .lines()
                .any(|line| line.trim_start().starts_with(example))
        );
    }
}

#[test]
fn the_powershell_line_is_the_articles_with_the_documented_value() {
    let line = |extra: &[&str]| {
        let mut arguments = vec![
            "recommend",
            "--clients",
            "osx,android,windows",
            "--format",
            "powershell",
        ];
        arguments.extend(extra);
        ikecompat(&arguments, "").stdout
    };
    assert_eq!(
        line(&["--connection-name", "atom-vpn"]),
        "Set-VpnConnectionIPsecConfiguration -ConnectionName atom-vpn -AuthenticationTransformConstants SHA256128 -CipherTransformConstants AES256 -DHGroup Group14 -EncryptionMethod AES256 -IntegrityCheckMethod SHA256 -PfsGroup None -Force\n"
    );
    let gcm = line(&["--gcm"]);
    assert!(gcm.contains(
        "-AuthenticationTransformConstants GCMAES256 -CipherTransformConstants GCMAES256 "
    ));
    assert!(
        line(&["--connection-name", "Bob\u{2019}s VPN"]).contains("'Bob\u{2019}\u{2019}s VPN'")
    );
}

/// What happens to each client at the article's server before and after its author changed it.
#[test]
fn the_servers_before_and_after() {
    let verdicts = |file: &str, clients: &str| -> Vec<(String, String)> {
        let run = ikecompat(
            &["check", file, "--clients", clients, "--format", "json"],
            "",
        );
        let answer: Value = serde_json::from_str(&run.stdout).unwrap();
        let clients = answer["servers"][0]["clients"].as_array().unwrap();
        let pair = |c: &Value| {
            (
                c["id"].as_str().unwrap().to_owned(),
                c["verdict"].as_str().unwrap().to_owned(),
            )
        };
        clients.iter().map(pair).collect()
    };
    let clients = "osx,android,strongswan-android-1.7.2,windows-10:optional,windows-10:require,windows-10:maximum,windows-10:none";
    let before: Vec<_> = verdicts("examples/before.yaml", clients)
        .into_iter()
        .map(|v| v.1)
        .collect();
    assert_eq!(
        before,
        [
            "refused", "refused", "connects", "connects", "connects", "connects", "refused"
        ]
    );
    let after: Vec<_> = verdicts("examples/after.yaml", clients)
        .into_iter()
        .map(|v| v.1)
        .collect();
    assert_eq!(
        after,
        [
            "connects", "connects", "connects", "refused", "refused", "refused", "refused"
        ]
    );

    let run = ikecompat(
        &[
            "check",
            "examples/before.yaml",
            "--clients",
            "osx,strongswan-android-1.7.2,windows-10:none",
            "--format",
            "json",
        ],
        "",
    );
    let answer: Value = serde_json::from_str(&run.stdout).unwrap();
    let clients = &answer["servers"][0]["clients"];
    let types = |exchange: &Value| -> Vec<Value> {
        exchange["gaps"]
            .as_array()
            .unwrap()
            .iter()
            .map(|gap| gap["type"].clone())
            .collect()
    };
    assert_eq!(
        types(&clients[0]["ike_sa_init"]),
        ["KE"],
        "OS X is refused for the group alone"
    );
    assert_eq!(
        clients[1]["ike_sa_init"]["round_trips"], 2,
        "after one INVALID_KE_PAYLOAD round"
    );
    assert_eq!(clients[2]["ike_sa_init"]["verdict"], "agree");
    assert_eq!(
        clients[2]["children"][0]["ike_auth"]["verdict"], "refuse",
        "in phase 2"
    );
    let after = ikecompat(
        &[
            "check",
            "examples/after.yaml",
            "--clients",
            "osx",
            "--format",
            "json",
        ],
        "",
    );
    let answer: Value = serde_json::from_str(&after.stdout).unwrap();
    assert_eq!(
        answer["servers"][0]["clients"][0]["ike_rekey_by_server"]["verdict"],
        "unknown"
    );
}
