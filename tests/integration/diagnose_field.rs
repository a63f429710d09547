//! Excerpts as people post them: every answer held against its label, and how right the sure ones are.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

use ikecompat::diagnose::{Cause, Confidence, Outcome, Phase};
use serde::Deserialize;
use serde_json::Value;

use crate::common::ikecompat;

/// What must be answered for one file. `labels.yaml` explains the fields.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Label {
    answer: Vec<String>,
    phase: Option<String>,
    at_most: Option<String>,
    attempts: Option<u64>,
    #[serde(default)]
    says: Vec<String>,
    #[serde(default)]
    never: Vec<String>,
    #[serde(default)]
    learns: bool,
    #[serde(default = "yes")]
    held: bool,
}

const fn yes() -> bool {
    true
}

/// The folders of such files; each has its labels.
const FOLDERS: &[&str] = &["tests/corpus/logs/field", "tests/corpus/logs/varied"];

/// What is no log.
const NO_LOGS: [&str; 2] = ["labels.yaml", "origin.yaml"];

fn path(folder: &str, name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join(folder)
        .join(name)
}

fn labels(folder: &str) -> BTreeMap<String, Label> {
    let text = fs::read_to_string(path(folder, "labels.yaml")).unwrap();
    serde_yaml::from_str(&text).unwrap()
}

/// Exit status, answer, and its findings and notes in lower case.
fn diagnose(folder: &str, name: &str) -> (i32, Value, String) {
    let file = format!("{folder}/{name}");
    let run = ikecompat(&["diagnose", "--format", "json", &file], "");
    let answer: Value =
        serde_json::from_str(&run.stdout).unwrap_or_else(|_| panic!("{name}: {}", run.stderr));
    let said = format!("{} {}", answer["findings"], answer["notes"]).to_lowercase();
    (run.status, answer, said)
}

/// The cause of the first finding, or the outcome.
fn verdict(answer: &Value) -> &str {
    answer["findings"][0]["cause"]
        .as_str()
        .or_else(|| answer["outcome"].as_str())
        .unwrap_or_default()
}

fn rank(confidence: &str) -> Confidence {
    confidence.parse().unwrap()
}

/// What is wrong with the answer for one file.
fn mistakes(folder: &str, name: &str, label: &Label) -> Vec<String> {
    let (status, answer, said) = diagnose(folder, name);
    let mut mistakes = Vec::new();
    let mut mistake = |text: String| mistakes.push(format!("{name}: {text}"));
    let verdict = verdict(&answer);
    if !label.answer.iter().any(|it| it == verdict) {
        mistake(format!("`{verdict}` instead of {:?}", label.answer));
    }
    let outcome = answer["outcome"].as_str().unwrap_or_default();
    if status != i32::from(outcome != "established") {
        mistake(format!("exit status {status} for {outcome}"));
    }
    let top = &answer["findings"][0];
    if let (Some(wanted), Some(phase)) = (&label.phase, top["phase"].as_str())
        && wanted != phase
    {
        mistake(format!("phase {phase} instead of {wanted}"));
    }
    if let (Some(most), Some(confidence)) = (&label.at_most, top["confidence"].as_str())
        && rank(confidence) < rank(most)
    {
        mistake(format!("{confidence}, at most {most}"));
    }
    let attempts = answer["attempts"].as_array().unwrap().iter();
    let counted: u64 = attempts.filter_map(|row| row["count"].as_u64()).sum();
    if label.attempts.is_some_and(|attempts| attempts != counted) {
        mistake(format!("{counted} attempts, not {:?}", label.attempts));
    }
    for words in &label.says {
        if !said.contains(&words.to_lowercase()) {
            mistake(format!("{words:?} is not said"));
        }
    }
    for words in &label.never {
        if said.contains(&words.to_lowercase()) {
            mistake(format!("{words:?} is said"));
        }
    }
    // Who abstains says what to do next.
    if outcome == "inconclusive" && answer["notes"].as_array().unwrap().is_empty() {
        mistake("inconclusive without a word on how to go on".to_owned());
    }
    if label.learns {
        let file = format!("{folder}/{name}");
        let run = ikecompat(&["learn", &file, "--id", "some-client"], "");
        if run.status != 0 {
            mistake(format!("`learn` finds no offer: {}", run.stderr));
        }
    }
    mistakes
}

#[test]
fn every_file_has_a_label_and_every_label_a_file() {
    for folder in FOLDERS {
        let mut files: Vec<_> = fs::read_dir(path(folder, ""))
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .filter(|name| !NO_LOGS.contains(&name.as_str()))
            .collect();
        files.sort();
        let labels = labels(folder);
        assert_eq!(files, labels.keys().cloned().collect::<Vec<_>>());
        for (name, label) in labels {
            for word in &label.answer {
                let known = word.parse::<Cause>().is_ok() || word.parse::<Outcome>().is_ok();
                assert!(known, "{name}: {word}");
            }
            assert!(!label.answer.is_empty(), "{name}");
            if let Some(phase) = &label.phase {
                assert!(phase.parse::<Phase>().is_ok(), "{name}: {phase}");
            }
        }
    }
}

#[test]
fn every_excerpt_is_answered_as_labelled() {
    let mut wrong = Vec::new();
    for folder in FOLDERS {
        for (name, label) in labels(folder).iter().filter(|(_, label)| label.held) {
            wrong.extend(mistakes(folder, name, label));
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

/// `certain` is never wrong, and of ten that are `likely` at most one is.
#[test]
fn sure_answers_are_right() {
    #[derive(Deserialize)]
    struct Whole {
        cause: String,
        #[serde(default)]
        also: Vec<String>,
    }
    let folder = "tests/corpus/logs";
    let text = fs::read_to_string(path(folder, "labels.yaml")).unwrap();
    let whole: BTreeMap<String, Whole> = serde_yaml::from_str(&text).unwrap();
    let mut expected: Vec<(&str, String, Vec<String>)> = whole
        .into_iter()
        .map(|(name, mut label)| {
            label.also.push(label.cause);
            (folder, name, label.also)
        })
        .collect();
    for folder in FOLDERS {
        let labels = labels(folder).into_iter().filter(|(_, label)| label.held);
        expected.extend(labels.map(|(name, label)| (*folder, name, label.answer)));
    }
    let mut likely = (0, 0);
    let mut wrong = Vec::new();
    for (folder, name, answers) in &expected {
        let (_, answer, _) = diagnose(folder, name);
        let right = answers.iter().any(|it| it == verdict(&answer));
        match answer["findings"][0]["confidence"].as_str().map(rank) {
            Some(Confidence::Certain) if !right => {
                wrong.push(format!("{name}: {} is certain", verdict(&answer)));
            }
            Some(Confidence::Likely) => {
                likely.0 += u32::from(right);
                likely.1 += 1;
            }
            _ => {}
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
    assert!(
        likely.1 > 20 && likely.0 * 100 >= likely.1 * 85,
        "{likely:?} are right"
    );
}

/// What stands before a message of charon, taken away as consoles show it and people quote it.
fn without_prefixes(text: &str) -> String {
    let bare = |line: &str| -> String {
        let groups = [
            "[IKE] ", "[CFG] ", "[ENC] ", "[NET] ", "[KNL] ", "[LIB] ", "[JOB] ",
        ];
        let message = groups.iter().find_map(|group| line.split_once(group));
        let Some((_, message)) = message else {
            return line.to_owned();
        };
        let named = message.strip_prefix('<').and_then(|it| it.split_once("> "));
        named.map_or(message, |(_, message)| message).to_owned()
    };
    text.lines().map(bare).collect::<Vec<_>>().join("\n")
}

/// As trackers show it.
fn as_a_page(text: &str) -> String {
    let escaped = |line: &str| {
        let line = line
            .replace('&', "&amp;")
            .replace('<', "&lt;")
            .replace('>', "&gt;");
        format!(
            "<p>{}</p>",
            line.replace('[', "&#91;").replace(']', "&#93;")
        )
    };
    text.lines().map(escaped).collect::<Vec<_>>().join("\n")
}

/// As a terminal cuts it.
fn wrapped(text: &str, width: usize) -> String {
    let mut out = String::new();
    for line in text.lines() {
        let characters: Vec<char> = line.chars().collect();
        for piece in characters.chunks(width) {
            out.extend(piece);
            out.push('\n');
        }
    }
    out
}

#[test]
fn the_form_in_which_people_paste_changes_no_answer() {
    /// A log that runs backwards, or a wrapped one, cannot lose more; what nobody but the daemon's name marks
    /// cannot lose that.
    /// Clients that come at the same time are told apart by it.
    const LEFT_OUT: [&str; 7] = [
        "mixed-three-server-syslog.log",
        "27-html-entities.log",
        "29-wrapped-at-80-columns.log",
        "idle-server-start-syslog.log",
        "keepalive-client-syslog.log",
        "pfs-client-only-server-opnsensegui-newest-first.log",
        "android-dns-failure-app.log",
    ];
    let answer = |text: &str| {
        let mut scan = ikecompat::diagnose::log::Scan::default();
        let mut diagnosis =
            ikecompat::diagnose::Diagnosis::new(ikecompat::diagnose::Aid::default());
        scan.feed(text.as_bytes(), &mut |event| diagnosis.take(event));
        scan.finish(&mut |event| diagnosis.take(event));
        let report = diagnosis.finish();
        let cause = report.findings().first().map(|it| it.cause.to_string());
        cause.unwrap_or_else(|| report.outcome().to_string())
    };
    let mut wrong = Vec::new();
    for folder in ["tests/corpus/logs", FOLDERS[0]] {
        for entry in fs::read_dir(path(folder, "")).unwrap() {
            let entry = entry.unwrap();
            let name = entry.file_name().into_string().unwrap();
            let text = fs::read_to_string(entry.path()).unwrap_or_default();
            // The forms are those of charon's log; consoles have none of it.
            if LEFT_OUT.contains(&name.as_str())
                || !text.contains("charon")
                || !name.ends_with(".log")
            {
                continue;
            }
            let expected = answer(&text);
            for (form, changed) in [
                ("without prefixes", without_prefixes(&text)),
                ("as a page", as_a_page(&text)),
                ("wrapped", wrapped(&text, 80)),
            ] {
                let found = answer(&changed);
                if found != expected {
                    wrong.push(format!("{name} {form}: `{found}` instead of `{expected}`"));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}
