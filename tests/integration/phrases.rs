//! Every phrase that is read, alone in a line of its program.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use ikecompat::diagnose::log::Scan;
use ikecompat::diagnose::{Aid, Diagnosis};

/// Program, answer, line.
fn rows(text: &str) -> Vec<(&str, &str, &str)> {
    let rows = text
        .lines()
        .filter(|line| !line.is_empty() && !line.starts_with('#'));
    rows.map(|line| {
        let (program, rest) = line.split_once(" | ").unwrap();
        let (answer, line) = rest.split_once(" | ").unwrap();
        (program, answer, line)
    })
    .collect()
}

fn corpus() -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"));
    fs::read_to_string(folder.join("tests/corpus/phrases.txt")).unwrap()
}

/// The cause and how sure it is, or the outcome.
fn answer(line: &str) -> String {
    let mut scan = Scan::default();
    let mut diagnosis = Diagnosis::new(Aid::default());
    scan.feed(line.as_bytes(), &mut |event| diagnosis.take(event));
    scan.finish(&mut |event| diagnosis.take(event));
    let report = diagnosis.finish();
    let first = report.findings().first();
    first.map_or_else(
        || report.outcome().to_string(),
        |it| format!("{} {}", it.cause, it.confidence),
    )
}

#[test]
fn every_phrase_alone_is_answered_as_it_means() {
    let text = corpus();
    let mut wrong = Vec::new();
    for (program, expected, line) in rows(&text) {
        let found = answer(line);
        if found != expected {
            wrong.push(format!(
                "{program}: `{found}` instead of `{expected}`: {line}"
            ));
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

/// A phrase without such a line is one of which nobody knows whether it is read right.
#[test]
fn every_phrase_of_every_program_has_a_line() {
    let text = corpus();
    let mut lines: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for (program, _, line) in rows(&text) {
        lines.entry(program).or_default().push(line);
    }
    let mut without = Vec::new();
    for (program, table) in tables() {
        let of_program = lines.get(program.as_str()).cloned().unwrap_or_default();
        for row in table.lines().filter(|row| !row.starts_with('#')) {
            let Some((_, phrase)) = row.split_once('"') else {
                continue;
            };
            let phrase = phrase.trim_end().trim_end_matches('"');
            // AWS quotes its sentences in JSON.
            let quoted = phrase.replace('"', "\\\"");
            let found = of_program
                .iter()
                .any(|line| line.contains(phrase) || line.contains(&quoted));
            if !found {
                without.push(format!("{program}: {phrase}"));
            }
        }
    }
    assert!(without.is_empty(), "\n{}", without.join("\n"));
}

/// The tables beside the readers, by the name of their folder.
fn tables() -> Vec<(String, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/diagnose/log");
    let mut folders: Vec<PathBuf> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.join("phrases.txt").exists())
        .collect();
    folders.sort();
    assert!(folders.len() > 10);
    let table = |path: &PathBuf| {
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        (name, fs::read_to_string(path.join("phrases.txt")).unwrap())
    };
    folders.iter().map(table).collect()
}
