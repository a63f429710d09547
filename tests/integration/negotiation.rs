//! `negotiate` against what two real strongSwan daemons did, and its single form.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

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

fn read(path: &Path) -> Vec<Value> {
    let text = fs::read_to_string(path).unwrap();
    text.lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

fn recorded(name: &str) -> Vec<Value> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/corpus/negotiation");
    read(&folder.join(name))
}

fn corpus() -> Vec<Value> {
    recorded("strongswan-5.9.8.jsonl")
}

/// Compares what the daemons did with what the program says, and counts the values.
fn compare(lines: &[Value], engines: [&str; 2]) -> usize {
    let mut compared = 0;
    for prefers_own in [true, false] {
        let own = |line: &Value| line["responder_prefers_own"].as_bool().unwrap_or(true);
        let as_asked = |line: &&Value| own(line) == prefers_own;
        let lines: Vec<&Value> = lines.iter().filter(as_asked).collect();
        let input: String = lines.iter().map(|line| format!("{line}\n")).collect();
        let own = if prefers_own { "yes" } else { "no" };
        let arguments = ["negotiate", "--batch", "-", "--responder-prefers-own", own];
        let engines = ["--engine", engines[0], "--responder-engine", engines[1]];
        let run = ikecompat(&[&arguments[..], &engines[..]].concat(), &input);
        assert_eq!((run.status, run.stderr.as_str()), (0, ""));
        assert_eq!(run.stdout.lines().count(), lines.len());
        for (seen, answer) in lines.iter().zip(run.stdout.lines()) {
            let answer: Value = serde_json::from_str(answer).unwrap();
            assert_eq!(seen["id"], answer["id"]);
            let exchanges = EXCHANGES.iter().filter(|name| seen.get(name).is_some());
            for exchange in exchanges {
                let (seen_here, said) = (&seen[exchange], &answer[exchange]);
                for field in ["result", "suite", "selected"] {
                    let id = &answer["id"];
                    assert_eq!(seen_here[field], said[field], "{id} {exchange} {field}");
                }
                compared += 3;
            }
            compared += rounds(seen, &answer);
        }
    }
    compared
}

/// Compares the INVALID_KE_PAYLOAD rounds of one line.
fn rounds(seen: &Value, answer: &Value) -> usize {
    let rounds = |line: &Value, exchange: &str| -> Vec<Value> {
        let rounds = line[exchange]["invalid_ke"].as_array();
        rounds.cloned().unwrap_or_default()
    };
    // A child SA that follows IKE_AUTH was counted with the IKE SA.
    let first = |line| [rounds(line, "ike"), rounds(line, "esp")].concat();
    let id = &answer["id"];
    assert_eq!(first(seen), first(answer), "{id} invalid_ke");
    let rekeyings = EXCHANGES[2..]
        .iter()
        // The daemon tries again what its backend has refused.
        .filter(|name| seen.get(**name).is_some() && seen[**name]["installed"] != false);
    let mut compared = 1;
    for exchange in rekeyings {
        let (seen, said) = (rounds(seen, exchange), rounds(answer, exchange));
        assert_eq!(seen, said, "{id} {exchange} invalid_ke");
        compared += 1;
    }
    compared
}

#[test]
fn every_recorded_pair_of_other_versions_agrees_with_the_daemons() {
    let mut by_engines: BTreeMap<[String; 2], Vec<Value>> = BTreeMap::new();
    for line in recorded("strongswan-6.jsonl") {
        let engines = [0, 1].map(|side| line["engines"][side].as_str().unwrap().to_owned());
        by_engines.entry(engines).or_default().push(line);
    }
    assert_eq!(by_engines.len(), 6);
    let compared = by_engines.iter().map(|(engines, lines)| {
        let [initiator, responder] = engines;
        compare(lines, [initiator, responder])
    });
    assert!(compared.sum::<usize>() > 10_000);
}

/// Needs the folder of recorded truths: `IKECOMPAT_SHARED=FOLDER cargo test negotiation`.
#[test]
fn all_recorded_truths_agree_with_the_daemons() {
    let Some(shared) = std::env::var_os("IKECOMPAT_SHARED") else {
        return;
    };
    let shared = Path::new(&shared);
    let mut files = 0;
    for folder in ["field/negotiation", "oracle"] {
        for entry in fs::read_dir(shared.join(folder)).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_str().unwrap();
            let Some(engines) = engines_of(name) else {
                continue;
            };
            let compared = compare(&read(&path), engines);
            println!("{name}: {compared} values");
            files += 1;
        }
    }
    assert!(files >= 15, "{files}");
}

/// Which daemons a file of truths is about, initiator first.
fn engines_of(name: &str) -> Option<[&str; 2]> {
    let both = |engine| Some([engine, engine]);
    let rest = name.strip_prefix("truth-")?.strip_suffix(".jsonl")?;
    if rest.contains("addr") {
        return None; // which connection answers, not what is negotiated
    }
    match rest.split('-').next()? {
        "fixed" | "rekey" => both("strongswan@5.9.8").filter(|_| rest != "rekey"),
        "598" => both("strongswan@5.9.8"),
        "5914" => both("strongswan@5.9.14"),
        "601" => both("strongswan@6.0.1"),
        "606" => both("strongswan@6.0.6"),
        "k1" => match rest {
            "k1-5.9.14" => both("strongswan@5.9.14"),
            "k1-6.0.1" => both("strongswan@6.0.1"),
            _ => both("strongswan@6.0.6"),
        },
        "mix" if rest.contains("606c-598s") => Some(["strongswan@6.0.6", "strongswan@5.9.8"]),
        "mix" => Some(["strongswan@5.9.8", "strongswan@6.0.6"]),
        _ => None,
    }
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
        "error: `--initiator`: algorithm 'sha257' not recognized; did you mean `sha256`?\n"
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

/// A server whose ESP list begins with none, and a client that demands a group: strongSwan 5 asks
/// for new keys without any, 6 leaves the group to the client.
#[test]
fn a_list_that_begins_with_none_keeps_its_groups_since_version_6() {
    let profile = "\
name: Own
vendor: Own
role: client
product: Own
label: Own
covers: [\"5.9.14\"]
newest-evidence: \"2026-11-29\"
engine: charon
sources:
  own:
    grade: observed
    title: Own
    url: file:own.log
    date: \"2026-11-29\"
variants:
  default:
    setup: its configuration
    ike-sa-init:
      sources: [own]
      offers: [aes256-sha256-prfsha256-modp2048]
      key-exchange: modp2048
    ike-auth:
      sources: [own]
      offers: [aes256gcm16-modp2048-noesn]
";
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("none-first");
    fs::create_dir_all(&folder).unwrap();
    fs::write(folder.join("own.yaml"), profile).unwrap();
    let server = "connections {\n  pair {\n    proposals = aes256-sha256-modp2048\n    children {\n      \
                  child {\n        esp_proposals = aes256gcm16-none-modp2048\n      }\n    }\n  }\n}\n";
    let folder = folder.to_str().unwrap();
    let check = |engine: &str| {
        let arguments = ["check", "-", "--profiles", folder, "--clients", "own"];
        let more = ["--engine", engine, "--format", "json"];
        let run = ikecompat(&[&arguments[..], &more[..]].concat(), server);
        let answer: Value = serde_json::from_str(&run.stdout).expect(&run.stderr);
        let child = &answer["servers"][0]["clients"][0]["children"][0];
        child["child_rekey_by_server"]["verdict"].clone()
    };
    assert_eq!(check("strongswan@5.9.8"), "refuse");
    assert_eq!(check("strongswan@6.0.6"), "agree");
}

/// What stands behind the daemon's buffer is lost, which here costs hash and group.
#[test]
fn a_proposal_is_read_as_far_as_the_buffer_goes() {
    let long = format!("{}sha256-modp2048", "aes256-".repeat(75));
    let line = |esp: &str| {
        let side = serde_json::json!({"ike": [long], "esp": [esp]});
        let pair = serde_json::json!({"id": 1, "initiator": side, "responder": side});
        format!("{pair}\n")
    };
    let ike = |engine: &str| {
        let run = ikecompat(
            &["negotiate", "--batch", "-", "--engine", engine],
            &line("aes256-sha256"),
        );
        let answer: Value = serde_json::from_str(&run.stdout).unwrap();
        answer["ike"]["result"].clone()
    };
    assert_eq!(ike("strongswan@5.9.8"), "CONFIG_REJECTED");
    assert_eq!(ike("strongswan@6.0.6"), "ok");
    let server = format!(
        "connections {{\n c {{\n pools = p\n proposals = {long}\n children {{\n a {{\n esp_proposals = aes256-sha256\n }}\n }}\n }}\n}}\n"
    );
    for (engine, status) in [("strongswan@5.9.8", 2), ("strongswan@6.0.6", 0)] {
        let arguments = ["check", "-", "--clients", "osx", "--engine", engine];
        let run = ikecompat(&arguments, &server);
        assert_eq!(run.status, status, "{engine}: {}", run.stderr);
        assert_eq!(run.stderr.contains("proposal-too-long"), status == 2);
    }
}

/// The word of a childless IKE SA is the version's, and the groups of its child count at once.
#[test]
fn a_child_sa_of_its_own_exchange_has_its_groups_from_the_beginning() {
    let pair = r#"{"id":1,"initiator":{"ike":["aes256-sha256-modp2048"],"esp":["aes256gcm16-ecp256"]},"responder":{"ike":["aes256-sha256-modp2048"],"esp":["aes256gcm16-ecp256"]},"childless":{"initiator":"INITIATOR","responder":"RESPONDER"}}"#;
    let answer = |engine: &str, modes: [&str; 2]| -> Value {
        let line = pair
            .replace("INITIATOR", modes[0])
            .replace("RESPONDER", modes[1]);
        let run = ikecompat(&["negotiate", "--batch", "-", "--engine", engine], &line);
        serde_json::from_str(&run.stdout).unwrap()
    };
    let esp = |engine, modes| answer(engine, modes)["esp"]["suite"].clone();
    let with_group = "AES_GCM_16_256/ECP_256/NO_EXT_SEQ";
    let without = "AES_GCM_16_256/NO_EXT_SEQ";
    assert_eq!(esp("strongswan@6.0.6", ["prefer", "allow"]), with_group);
    assert_eq!(esp("strongswan@6.0.6", ["prefer", "never"]), without);
    assert_eq!(esp("strongswan@5.9.8", ["force", "allow"]), with_group);
    let limit = |modes| answer("strongswan@6.0.6", modes)["ike"]["limit"].clone();
    assert_eq!(limit(["allow", "force"]), "childless-not-agreed");
    assert_eq!(limit(["force", "never"]), "childless-not-agreed");
    let refused = answer("strongswan@5.9.8", ["allow", "prefer"]);
    assert_eq!(refused["ike"]["side"], "responder");
}
