//! `negotiate` against what two real strongSwan daemons did, and its single form.

use std::fs;

use serde_json::Value;

use crate::common::{Run, ikecompat};

/// Exchange fields that are compared.
const EXCHANGES: [&str; 6] = [
    "ike",
    "esp",
    "child_rekey_by_client",
    "child_rekey_by_server",
    "ike_rekey_by_client",
    "ike_rekey_by_server",
];

fn corpus() -> Vec<Value> {
    let path = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/tests/corpus/negotiation/strongswan-5.9.8.jsonl"
    );
    let text = fs::read_to_string(path).unwrap();
    text.lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

#[test]
fn every_recorded_pair_agrees_with_the_daemon() {
    let corpus = corpus();
    assert!(corpus.len() >= 600);
    let mut compared = 0;
    for prefers_own in [true, false] {
        let lines: Vec<&Value> = corpus
            .iter()
            .filter(|line| line["responder_prefers_own"] == prefers_own)
            .collect();
        let input: String = lines.iter().map(|line| format!("{line}\n")).collect();
        let own = if prefers_own { "yes" } else { "no" };
        let run = ikecompat(
            &["negotiate", "--batch", "-", "--responder-prefers-own", own],
            &input,
        );
        assert_eq!((run.status, run.stderr.as_str()), (0, ""));
        for (seen, answer) in lines.iter().zip(run.stdout.lines()) {
            let answer: Value = serde_json::from_str(answer).unwrap();
            assert_eq!(seen["id"], answer["id"]);
            for exchange in EXCHANGES {
                for field in ["result", "suite", "invalid_ke"] {
                    let (seen, said) = (&seen[exchange][field], &answer[exchange][field]);
                    assert_eq!(seen, said, "{} {exchange} {field}", answer["id"]);
                    compared += 1;
                }
            }
        }
    }
    assert_eq!(compared, corpus.len() * EXCHANGES.len() * 3);
}

#[test]
fn preference_changes_the_suite_never_the_verdict() {
    let lines = corpus();
    let input: String = lines.iter().map(|line| format!("{line}\n")).collect();
    let answers = ["yes", "no"].map(|own| {
        let run = ikecompat(
            &["negotiate", "--batch", "-", "--responder-prefers-own", own],
            &input,
        );
        let verdict = |line: &str| {
            let answer: Value = serde_json::from_str(line).unwrap();
            ["ike", "esp"].map(|exchange| answer[exchange]["result"] == "NO_PROPOSAL_CHOSEN")
        };
        run.stdout.lines().map(verdict).collect::<Vec<_>>()
    });
    assert_eq!(answers[0], answers[1]);
}

#[test]
fn a_refusal_lists_all_gaps_of_the_nearest_pair() {
    let line = r#"{"id":1,"initiator":{"ike":["aes128-sha1-modp1024","aes256-sha1-modp2048"],"esp":["aes256-sha256"]},"responder":{"ike":["aes256-sha256-modp2048"],"esp":["aes256-sha256"]}}"#;
    let run = ikecompat(&["negotiate", "--batch", "-"], line);
    let answer: Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!(answer["ike"]["result"], "NO_PROPOSAL_CHOSEN");
    assert_eq!(answer["ike"]["pair"]["initiator"], 2);
    let types: Vec<_> = answer["ike"]["gaps"]
        .as_array()
        .unwrap()
        .iter()
        .map(|g| g["type"].clone())
        .collect();
    assert_eq!(types, ["INTEG", "PRF"]);
    assert_eq!(
        answer["ike"]["gaps"][0]["responder"][0],
        "HMAC_SHA2_256_128"
    );
}

#[test]
fn the_single_form_says_yes_or_no() {
    let one = |initiator: &str, responder: &str| -> Run {
        ikecompat(
            &[
                "negotiate",
                "--initiator",
                initiator,
                "--responder",
                responder,
            ],
            "",
        )
    };
    let no = one("aes256-sha256-modp2048", "aes256-sha256-modp1024");
    assert_eq!(no.status, 1);
    assert!(no.stdout.contains(
        "no key exchange in common: the initiator offers modp2048, the responder accepts modp1024"
    ));
    let yes = one(
        "aes256-sha256-modp2048",
        "aes128-sha1-modp1024,aes256-sha256-modp2048",
    );
    assert_eq!(yes.status, 0);
    assert!(
        yes.stdout
            .contains("AES_CBC_256/HMAC_SHA2_256_128/PRF_HMAC_SHA2_256/MODP_2048")
    );
    let bad = one("aes256-sha257-modp2048", "aes256-sha256-modp2048");
    assert_eq!((bad.status, bad.stdout.as_str()), (2, ""));
    assert_eq!(
        bad.stderr,
        "error: `--initiator`: algorithm 'sha257' not recognized\n"
    );
}

#[test]
fn a_broken_line_is_named_and_its_content_is_not_repeated() {
    let input = "{\"id\":1,\"initiator\":{\"ike\":[\"aes256-sha256-modp2048\"]},\"responder\":{}}\n{\"psk\":\"hunter2\"";
    let run = ikecompat(&["negotiate", "--batch", "-"], input);
    assert_eq!(run.status, 2);
    assert!(
        run.stderr.starts_with("error: <stdin>:2:"),
        "{}",
        run.stderr
    );
    assert!(!run.stderr.contains("hunter2"));
    assert_eq!(
        run.stdout.lines().count(),
        1,
        "what was answered before stays answered"
    );
}
