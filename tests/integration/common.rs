//! Running the program as a user does, without the user's environment.

use std::io::Write as _;
use std::process::{Command, Stdio};

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
    Run {
        status: output.status.code().unwrap_or(-1),
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr: String::from_utf8(output.stderr).unwrap(),
    }
}
