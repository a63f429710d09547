//! Logs and captures of real daemons, and the labels that say what is in them.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

use ikecompat::diagnose::{Cause, Outcome, Phase};
use serde::Deserialize;

/// What must be answered for one file. `labels.yaml` explains the fields.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Label {
    kind: String,
    cause: String,
    #[serde(default)]
    also: Vec<String>,
    phase: Option<String>,
    evidence: Option<String>,
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

/// Numbers of the lines of a file that read like this.
fn numbers(name: &str, line: &str) -> Vec<u64> {
    let text = fs::read_to_string(path(name)).unwrap();
    let lines = (1..).zip(text.lines());
    let alike = lines.filter(|(_, text)| *text == line);
    alike.map(|(number, _)| number).collect()
}

#[test]
fn every_file_has_a_label_and_every_label_a_file() {
    let mut files: Vec<_> = fs::read_dir(path(""))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
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
        if let Some(line) = &label.evidence {
            assert!(
                !numbers(&name, line).is_empty(),
                "{name} has no line {line}"
            );
        }
    }
}
