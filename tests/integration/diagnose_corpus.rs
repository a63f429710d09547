//! Logs and captures of real daemons, diagnosed as their labels say.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

use ikecompat::diagnose::{Cause, Outcome, Phase};
use serde::Deserialize;
use serde_json::Value;

use crate::common::ikecompat;

/// What must be answered for one file. `labels.yaml` explains the fields.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Label {
    kind: String,
    cause: String,
    #[serde(default)]
    also: Vec<String>,
    phase: Option<String>,
    #[serde(default)]
    evidence: Vec<String>,
    #[serde(rename = "note")]
    _note: Option<String>,
    #[serde(rename = "source")]
    _source: Option<String>,
}

const FOLDER: &str = "tests/corpus/logs";

fn path(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join(FOLDER)
        .join(name)
}

fn labels() -> BTreeMap<String, Label> {
    let text = fs::read_to_string(path("labels.yaml")).unwrap();
    serde_yaml::from_str(&text).unwrap()
}

/// Exit status and answer.
fn diagnose(name: &str) -> (i32, Value) {
    let file = format!("{FOLDER}/{name}");
    let run = ikecompat(&["diagnose", "--format", "json", &file], "");
    let answer = serde_json::from_str(&run.stdout);
    (
        run.status,
        answer.unwrap_or_else(|_| panic!("{name}: {}", run.stderr)),
    )
}

/// Numbers of the lines of a file that read like this.
fn numbers(name: &str, line: &str) -> Vec<u64> {
    let text = fs::read_to_string(path(name)).unwrap();
    let lines = (1..).zip(text.lines());
    let alike = lines.filter(|(_, text)| *text == line);
    alike.map(|(number, _)| number).collect()
}

/// What is wrong with the answer for one file.
fn mistakes(name: &str, label: &Label) -> Vec<String> {
    let (status, answer) = diagnose(name);
    let outcome = answer["outcome"].as_str().unwrap_or_default();
    let findings = answer["findings"].as_array().unwrap();
    let mut mistakes = Vec::new();
    let mut mistake = |text: String| mistakes.push(format!("{name}: {text}"));

    let top = findings.first();
    let cause = top.map_or(outcome, |finding| finding["cause"].as_str().unwrap());
    if cause != label.cause && !label.also.iter().any(|also| also == cause) {
        mistake(format!("`{cause}` instead of `{}`", label.cause));
    }
    if (outcome == "failed") != top.is_some() {
        mistake(format!("{} findings although {outcome}", findings.len()));
    }
    // A file of another kind is named, with the command that reads it.
    let expected = match answer["verdict"].as_str() {
        Some("unanswered") if label.kind == "other" => 2,
        _ => i32::from(!["established", "not_ike"].contains(&outcome)),
    };
    if status != expected {
        mistake(format!("exit status {status} for {outcome}"));
    }
    let Some(top) = top.filter(|_| cause == label.cause) else {
        return mistakes;
    };
    if label.phase.as_deref() != top["phase"].as_str() {
        mistake(format!(
            "phase {} instead of {:?}",
            top["phase"], label.phase
        ));
    }
    let quoted = top["evidence"].as_array().unwrap();
    if quoted.is_empty() {
        mistake("no evidence".to_owned());
    }
    let decisive: Vec<_> = label
        .evidence
        .iter()
        .flat_map(|line| numbers(name, line))
        .collect();
    let quoted: Vec<_> = quoted.iter().filter_map(|e| e["line"].as_u64()).collect();
    if !decisive.is_empty() && !quoted.iter().any(|number| decisive.contains(number)) {
        mistake(format!("lines {quoted:?} are quoted, none of {decisive:?}"));
    }
    mistakes
}

#[test]
fn every_file_has_a_label_and_every_label_a_file() {
    let mut files: Vec<_> = fs::read_dir(path(""))
        .unwrap()
        .map(Result::unwrap)
        .filter(|entry| entry.path().is_file())
        .map(|entry| entry.file_name().into_string().unwrap())
        .filter(|name| !["labels.yaml", "origin.yaml"].contains(&name.as_str()))
        .collect();
    files.sort();
    let labels = labels();
    assert_eq!(files, labels.keys().cloned().collect::<Vec<_>>());
    for kind in [
        "charon", "macos", "other", "pcap", "pluto", "tcpdump", "windows",
    ] {
        assert!(labels.values().any(|label| label.kind == kind), "no {kind}");
    }
}

#[test]
fn every_file_is_diagnosed_as_labelled() {
    let labels = labels();
    let mistakes: Vec<_> = labels
        .iter()
        .flat_map(|(name, label)| mistakes(name, label))
        .collect();
    assert!(mistakes.is_empty(), "\n{}", mistakes.join("\n"));
}

#[test]
fn labels_are_words_of_the_program_and_quote_lines_of_the_file() {
    for (name, label) in labels() {
        for word in label.also.iter().chain([&label.cause]) {
            let known = word.parse::<Cause>().is_ok() || word.parse::<Outcome>().is_ok();
            assert!(known, "{name}: {word}");
        }
        let failed = label.cause.parse::<Cause>().is_ok();
        assert_eq!(failed, label.phase.is_some(), "{name}");
        if let Some(phase) = &label.phase {
            assert!(phase.parse::<Phase>().is_ok(), "{name}: {phase}");
        }
        for line in &label.evidence {
            assert!(
                !numbers(&name, line).is_empty(),
                "{name} has no line {line}"
            );
        }
    }
}
