//! Table 7 of the notes on IPsec for OS X El Capitan, its second obstacle and its four revelations:
//! from their log lines to their resolutions.

use ikecompat::diagnose::log::Scan;
use ikecompat::diagnose::{Aid, Diagnosis, Outcome};
use serde_json::Value;

use crate::common::ikecompat;

fn diagnose(log: &str) -> (i32, Value) {
    let run = ikecompat(&["diagnose", "-", "--format", "json"], log);
    let answer = serde_json::from_str(&run.stdout);
    (
        run.status,
        answer.unwrap_or_else(|_| panic!("{}", run.stderr)),
    )
}

/// A line of neagent as OS X writes it.
fn neagent(message: &str) -> String {
    format!("Jul 28 22:53:07 mac neagent[14549]: {message}\n")
}

/// Cause, phase, and words of the fix, for the messages of each row of the table; each message alone is
/// likely, not certain.
const ROWS: &[(&[&str], &str, &str, &[&str])] = &[
    (
        &[
            "IKEv2 Plugin: ikev2_resolve_server_name: failed to query DNS",
            "IKEv2 Plugin: Connect: Attempt to query DNS failed",
        ],
        "unreachable",
        "network",
        &["IP address", "ten characters"],
    ),
    (
        &["Failed to process IKE SA Init packet"],
        "ike_proposal_mismatch",
        "ike_sa_init",
        &["phase 1", "group 14"],
    ),
    (
        &["Failed to create IKE Auth packet"],
        "cert_identity",
        "ike_auth",
        &["Remote ID", "CN of the server certificate"],
    ),
    (
        &[
            "[eaptls_plugin.c:397] eaptls_handshake(): SSLHandshake failed, errSSLPeerCertUnknown (-9829)",
        ],
        "cert_identity",
        "ike_auth",
        &["Local ID", "CN of the user certificate"],
    ),
    (
        &[
            "Received error: Error (No Proposal Chosen)",
            "Failed to process IKE Auth packet",
        ],
        "esp_proposal_mismatch",
        "child_sa",
        &["phase 2"],
    ),
];

#[test]
fn each_row_leads_to_its_resolution() {
    for (messages, cause, phase, words) in ROWS {
        let together: String = messages.iter().map(|message| neagent(message)).collect();
        let alone = messages.iter().map(|message| neagent(message));
        for log in alone.chain([together]) {
            let (status, answer) = diagnose(&log);
            assert_eq!(
                (status, answer["outcome"].as_str()),
                (1, Some("failed")),
                "{log}"
            );
            let finding = &answer["findings"][0];
            assert_eq!(finding["cause"], **cause, "{log}");
            assert_eq!(finding["phase"], **phase, "{log}");
            assert_eq!(finding["confidence"], "likely", "{log}");
            let fix = finding["fix"].as_str().unwrap();
            for word in *words {
                assert!(fix.contains(word), "`{word}` is not in: {fix}");
            }
            assert_eq!(finding["evidence"][0]["line"], 1);
            assert_eq!(answer["attempts"].as_array().map(Vec::len), Some(1));
        }
    }
}

#[test]
fn eap_that_fails_without_a_reason_is_not_called_a_certificate() {
    let (_, answer) = diagnose(&neagent("Failed to process IKE Auth (EAP) packet"));
    let finding = &answer["findings"][0];
    assert_eq!(
        (finding["cause"].as_str(), finding["phase"].as_str()),
        (Some("eap_failed"), Some("ike_auth"))
    );
    assert!(finding["fix"].as_str().unwrap().contains("Local ID"));
}

/// Obstacle 2: lines that OS X writes whether it works or not.
#[test]
fn red_herrings_are_named_and_decide_nothing() {
    let log = "\
Jul 27 19:46:37 mac nesessionmanager[12598]: Failed to find the VPN app for plugin type com.apple.neplugin.IKEv2
Jul 27 19:46:38 mac neagent[12699]: BUG in libdispatch client: kevent[EVFILT_READ] delete: \"Bad file descriptor\" - 0x9
Jul 27 19:46:38 mac kernel[0]: SIOCPROTODETACH_IN6: ipsec0 error=6
";
    let (status, answer) = diagnose(log);
    assert_eq!(
        (status, answer["outcome"].as_str()),
        (1, Some("inconclusive"))
    );
    assert_eq!(answer["findings"].as_array().map(Vec::len), Some(0));
    let notes = answer["notes"].to_string();
    assert!(
        notes.contains("red herrings") && notes.contains("filter the log by neagent"),
        "{notes}"
    );
    // They do not hide what decides.
    let (_, answer) = diagnose(&format!(
        "{log}{}",
        neagent("Failed to create IKE Auth packet")
    ));
    assert_eq!(answer["findings"][0]["cause"], "cert_identity");
}

/// Revelations 2 to 4: what the server says at the same second makes it certain, and gives the change.
#[test]
fn the_log_of_the_server_makes_it_certain() {
    let phase_1 = "\
Jul 27 19:41:31 mac neagent[12638]: Failed to process IKE SA Init packet
Jul 27 19:41:30\tcharon\t02[CFG] <44> received proposals: IKE:AES_CBC_256/HMAC_SHA2_256_128/PRF_HMAC_SHA2_256/MODP_2048, IKE:AES_CBC_128/HMAC_SHA1_96/PRF_HMAC_SHA1/MODP_1024
Jul 27 19:41:30\tcharon\t02[CFG] <44> configured proposals: IKE:AES_CBC_256/HMAC_SHA2_256_128/PRF_HMAC_SHA2_256/MODP_1024
Jul 27 19:41:30\tcharon\t02[IKE] <44> received proposals inacceptable
";
    let phase_2 = "\
Jul 27 23:08:07\tcharon\t12[CFG] <con1|67> received proposals: ESP:AES_CBC_256/HMAC_SHA2_256_128/NO_EXT_SEQ, ESP:AES_CBC_128/HMAC_SHA1_96/NO_EXT_SEQ
Jul 27 23:08:07\tcharon\t12[CFG] <con1|67> configured proposals: ESP:AES_CBC_256/HMAC_SHA1_96/NO_EXT_SEQ
Jul 27 23:08:07\tcharon\t12[IKE] <con1|67> no acceptable proposal found
Jul 27 23:08:07\tcharon\t12[IKE] <con1|67> failed to establish CHILD_SA, keeping IKE_SA
";
    let identity = "\
Jul 27 23:03:44\tcharon\t05[TLS] <con1|66> no trusted certificate found for '192.168.43.5' to verify TLS peer
Jul 27 23:03:44\tcharon\t05[TLS] <con1|66> sending fatal TLS alert 'certificate unknown'
";
    for (log, cause, line, word) in [
        (
            phase_1,
            "ike_proposal_mismatch",
            3,
            "aes256-sha256-modp2048",
        ),
        (phase_2, "esp_proposal_mismatch", 2, "aes256-sha256"),
        (identity, "cert_identity", 1, "Local ID"),
    ] {
        let (_, answer) = diagnose(log);
        let finding = &answer["findings"][0];
        assert_eq!(finding["cause"], cause);
        assert_eq!(finding["confidence"], "certain", "{cause}");
        let lines = finding["evidence"].as_array().unwrap();
        assert!(
            lines.iter().any(|it| it["line"] == line),
            "{cause}: {lines:?}"
        );
        assert!(finding["fix"].as_str().unwrap().contains(word), "{finding}");
    }
}

/// Whatever is cut off, the answer is one.
#[test]
fn a_log_cut_anywhere_is_answered() {
    let log = "\
Nov 25 15:23:09 fw charon: 07[IKE] <1> 198.51.100.20 is initiating an IKE_SA
Nov 25 15:23:09 fw pluto[12]: \"a\"[1] 192.0.2.1 #3: no local proposal matches remote proposals 1:IKE:ENCR=AES_CBC_256
CoId={6D5E0F43-1B7C}: The user CORP\\bob dialed a connection named Office which has failed. The error code returned on failure is 809.
";
    for cut in 0..=log.len() {
        let mut diagnosis = Diagnosis::new(Aid::default());
        let mut scan = Scan::default();
        scan.feed(&log.as_bytes()[..cut], &mut |event| diagnosis.take(event));
        scan.finish(&mut |event| diagnosis.take(event));
        let report = diagnosis.finish();
        let failed = report.outcome() == Outcome::Failed;
        assert_eq!(failed, !report.findings().is_empty(), "cut at {cut}");
    }
}

#[test]
fn what_is_no_log_of_ike_says_so_in_every_encoding() {
    let (status, answer) = diagnose("some words\n");
    assert_eq!((status, answer["outcome"].as_str()), (0, Some("not_ike")));
    for (input, why) in [
        ("", "there is nothing in it"),
        ("\u{0}\u{1}PNG\r\n\u{1a}\n", "neither text nor a capture"),
    ] {
        let run = ikecompat(&["diagnose", "-", "--format", "json"], input);
        assert_eq!((run.status, run.stdout.as_str()), (2, ""), "{input:?}");
        assert!(run.stderr.contains(why), "{}", run.stderr);
    }
    let line = "The user CORP\\bob dialed a connection named Office which has failed. The error code returned on failure is 13801.";
    let mut bytes = vec![0xff, 0xfe];
    bytes.extend(
        format!("CoId={{1}}: {line}\r\n")
            .encode_utf16()
            .flat_map(u16::to_le_bytes),
    );
    let path = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("event-utf16.txt");
    std::fs::write(&path, bytes).unwrap();
    let run = ikecompat(
        &["diagnose", path.to_str().unwrap(), "--format", "json"],
        "",
    );
    let answer: Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!(answer["findings"][0]["cause"], "cert_identity");
    // Who it was is nobody's business.
    assert!(!run.stdout.contains("bob"), "{}", run.stdout);
}
