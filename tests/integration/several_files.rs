//! Several logs and captures, or a folder of them: one answer.

use std::fs;
use std::path::PathBuf;

use serde_json::Value;

use crate::common::ikecompat;

const SERVER: &str = "\
10:00:04 05[NET] <4> received packet: from 198.51.100.7[500] to 192.0.2.1[500] (464 bytes)
10:00:04 05[ENC] <4> parsed IKE_SA_INIT request 0 [ SA KE No ]
10:00:04 05[IKE] <4> 198.51.100.7 is initiating an IKE_SA
10:00:04 05[ENC] <4> generating IKE_SA_INIT response 0 [ SA KE No ]
10:00:05 06[ENC] <4> parsed IKE_AUTH request 1 [ IDi AUTH SA TSi TSr ]
10:00:05 06[IKE] <a|4> tried 2 shared keys for 'gw' - 'me', but MAC mismatched
10:00:05 06[ENC] <a|4> generating IKE_AUTH response 1 [ N(AUTH_FAILED) ]
";

const CLIENT: &str = "\
initiating IKE_SA a[1] to 192.0.2.1
generating IKE_SA_INIT request 0 [ SA KE No ]
sending packet: from 10.0.0.7[500] to 192.0.2.1[500] (464 bytes)
received packet: from 192.0.2.1[500] to 10.0.0.7[500] (472 bytes)
parsed IKE_SA_INIT response 0 [ SA KE No ]
generating IKE_AUTH request 1 [ IDi AUTH SA TSi TSr ]
parsed IKE_AUTH response 1 [ N(AUTH_FAILED) ]
received AUTHENTICATION_FAILED notify error
";

/// The client's log, as one of another server.
fn elsewhere() -> String {
    CLIENT.replace("192.0.2.1", "203.0.113.99")
}

/// A folder of this test with these files.
fn folder(name: &str, files: &[(&str, &[u8])]) -> PathBuf {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).unwrap();
    for (name, bytes) in files {
        fs::write(folder.join(name), bytes).unwrap();
    }
    folder
}

fn json(arguments: &[&str]) -> (i32, Value) {
    let mut all = vec!["diagnose", "--format", "json"];
    all.extend(arguments);
    let run = ikecompat(&all, "");
    let answer = serde_json::from_str(&run.stdout).unwrap_or_else(|_| panic!("{}", run.stderr));
    (run.status, answer)
}

fn path(folder: &std::path::Path, name: &str) -> String {
    folder.join(name).to_str().unwrap().to_owned()
}

#[test]
fn what_both_ends_tell_of_one_attempt_is_one_story() {
    let folder = folder(
        "several-ends",
        &[
            ("client.log", CLIENT.as_bytes()),
            ("server.log", SERVER.as_bytes()),
        ],
    );
    let (client, server) = (path(&folder, "client.log"), path(&folder, "server.log"));
    for files in [
        vec![client.as_str(), &server],
        vec![&server, &client],
        vec![folder.to_str().unwrap()],
    ] {
        let (status, answer) = json(&files);
        assert_eq!(status, 1);
        assert_eq!(answer["outcome"], "failed");
        let [finding] = answer["findings"].as_array().unwrap().as_slice() else {
            panic!("one cause: {answer}");
        };
        assert_eq!(finding["cause"], "psk_mismatch");
        assert_eq!(finding["confidence"], "certain");
        let proof = finding["evidence"].as_array().unwrap();
        let of = |name: &str| proof.iter().any(|it| it["file"] == name);
        assert!(of(&client) && of(&server), "{proof:?}");
        let notes = answer["notes"].to_string();
        assert!(
            notes.contains("are the same attempt, as the end that began saw it"),
            "{notes}"
        );
        assert!(answer["file"].is_null());
        assert_eq!(answer["files"].as_array().unwrap().len(), 2);
    }
    let run = ikecompat(&["diagnose", &client, &server], "");
    assert!(
        run.stdout.starts_with("2 files: failed: "),
        "{}",
        run.stdout
    );
    assert!(
        run.stdout.contains(&format!("{server}, line 6: ")),
        "{}",
        run.stdout
    );
}

#[test]
fn attempts_of_others_stay_apart() {
    let other = elsewhere();
    let folder = folder(
        "several-apart",
        &[("a.log", other.as_bytes()), ("b.log", SERVER.as_bytes())],
    );
    let (_, answer) = json(&[folder.to_str().unwrap()]);
    let causes = answer["findings"].as_array().unwrap().iter();
    let causes: Vec<_> = causes.map(|it| it["cause"].as_str().unwrap()).collect();
    assert_eq!(causes, ["psk_mismatch", "auth_failed_opaque"]);
}

#[test]
fn numbers_of_two_daemons_are_not_the_same_attempt() {
    // Both call their first IKE SA 1, and neither names host or process.
    let up = "05[IKE] <a|1> IKE_SA a[1] established between 192.0.2.1[a]...198.51.100.7[b]\n\
              05[IKE] <a|1> CHILD_SA a{1} established with SPIs c1_i c2_o and TS 10.0.0.0/8 === 10.9.0.1/32\n";
    let refused = "05[IKE] <1> 198.51.100.9 is initiating an IKE_SA\n\
                   05[IKE] <1> received proposals unacceptable\n";
    let folder = folder(
        "several-numbers",
        &[("a.log", up.as_bytes()), ("b.log", refused.as_bytes())],
    );
    let (status, answer) = json(&[folder.to_str().unwrap()]);
    assert_eq!(status, 1);
    let attempts = answer["attempts"].as_array().unwrap();
    let outcomes: Vec<_> = attempts.iter().map(|it| it["outcome"].as_str()).collect();
    assert_eq!(outcomes, [Some("established"), Some("failed")]);
}

#[test]
fn a_capture_of_the_attempt_is_part_of_its_story() {
    let capture = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/tests/corpus/logs/invalid-syntax.pcap"
    );
    let run = ikecompat(&["diagnose", "--format", "json", capture], "");
    let alone: Value = serde_json::from_str(&run.stdout).unwrap();
    let (_, both) = json(&[capture, capture]);
    assert_eq!(alone["file"], capture);
    assert_eq!(both["outcome"], alone["outcome"]);
    // The same packets in two files are two captures of one attempt, not twice as many packets of it.
    for attempt in both["attempts"].as_array().unwrap() {
        assert_eq!(attempt["last_line"], alone["attempts"][0]["last_line"]);
        assert_eq!(attempt["count"], 1);
    }
}

#[test]
fn the_exit_status_is_that_of_the_worst() {
    let up = "05[IKE] <a|1> IKE_SA a[1] established between 192.0.2.1[a]...198.51.100.7[b]\n\
              05[IKE] <a|1> CHILD_SA a{1} established with SPIs c1_i c2_o and TS 10.0.0.0/8 === 10.9.0.1/32\n";
    let folder_ = folder(
        "several-status",
        &[
            ("up.log", up.as_bytes()),
            ("other.txt", b"hello\n"),
            ("picture.bin", b"\x01\x02\x03\x04\x05\x06"),
            ("empty.log", b""),
        ],
    );
    let up = path(&folder_, "up.log");
    assert_eq!(json(&[folder_.to_str().unwrap()]).0, 0);
    assert_eq!(json(&[&up, &path(&folder_, "other.txt")]).0, 0);
    // What was named has to be read; the others are answered all the same.
    let (status, answer) = json(&[&up, &path(&folder_, "empty.log")]);
    assert_eq!((status, &answer["outcome"]), (2, &"established".into()));
    assert_eq!(json(&[&up, &path(&folder_, "missing.log")]).0, 2);
    let none = folder(
        "several-none",
        &[("picture.bin", b"\x01\x02\x03\x04\x05\x06")],
    );
    let run = ikecompat(&["diagnose", none.to_str().unwrap()], "");
    assert_eq!(run.status, 2);
    assert!(
        run.stderr.contains("no log and no capture"),
        "{}",
        run.stderr
    );
    assert!(run.stdout.is_empty());
}

#[test]
fn names_of_files_are_not_shown_if_the_answer_is_to_be_posted() {
    let folder = folder(
        "several-redacted",
        &[
            ("acme-client.log", CLIENT.as_bytes()),
            ("acme-server.log", SERVER.as_bytes()),
        ],
    );
    for format in ["table", "json", "markdown"] {
        let name = folder.to_str().unwrap();
        let run = ikecompat(&["diagnose", name, "--redact", "--format", format], "");
        assert!(!run.stdout.contains("acme"), "{}", run.stdout);
        assert!(run.stdout.contains("file 2"), "{}", run.stdout);
    }
}
