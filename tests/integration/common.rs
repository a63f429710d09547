//! Running the program as a user does, without the user's environment.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::documents;

/// What a run left behind.
pub(crate) struct Run {
    /// Exit status.
    pub(crate) status: i32,
    /// Standard output.
    pub(crate) stdout: String,
    /// Standard error.
    pub(crate) stderr: String,
}

impl Run {
    /// Standard error without the answer and the next step, which go there where standard output is a file alone.
    pub(crate) fn complaints(&self) -> String {
        let mut lines: Vec<&str> = self.stderr.lines().collect();
        while let Some(place) = lines.iter().position(|line| line.starts_with("next: ")) {
            lines.drain(place.saturating_sub(1)..=place);
        }
        lines.iter().map(|line| format!("{line}\n")).collect()
    }
}

/// Runs the program in the project's folder.
pub(crate) fn ikecompat(arguments: &[&str], input: &str) -> Run {
    ikecompat_with(&[], arguments, input)
}

/// Runs the program in the project's folder with these variables alone.
pub(crate) fn ikecompat_with(variables: &[(&str, &str)], arguments: &[&str], input: &str) -> Run {
    let mut child = Command::new(env!("CARGO_BIN_EXE_ikecompat"))
        .args(arguments)
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .env_clear()
        .envs(variables.iter().copied())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let input = input.to_owned();
    // A program that stops reading early is no failure of the test.
    let writer = std::thread::spawn(move || drop(stdin.write_all(input.as_bytes())));
    let output = child.wait_with_output().unwrap();
    writer.join().unwrap();
    let run = Run {
        status: output.status.code().unwrap_or(-1),
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr: String::from_utf8(output.stderr).unwrap(),
    };
    documents::are_as_published(arguments, &run);
    run
}

/// A file of the project.
pub(crate) fn path(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(name)
}

/// The words of a command line; single and double quotation marks hold words together.
pub(crate) fn words(line: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut quote = None;
    for c in line.chars() {
        match (quote, c) {
            (None, '\'' | '"') => quote = Some(c),
            (Some(q), c) if q == c => quote = None,
            (None, ' ') => words.push(String::new()),
            _ => words.last_mut().unwrap().push(c),
        }
    }
    words.retain(|word| !word.is_empty());
    words
}
