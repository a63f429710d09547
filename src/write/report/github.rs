//! Findings as workflow commands of GitHub Actions, which become annotations at the lines of a change.
//!
//! A line is `::error file=…,line=…,col=…,title=…::message`. What ends a line, a property or the command is
//! written as the runner reads it: `%25`, `%0D`, `%0A`, and in properties `%3A` and `%2C` as well.

use std::io::{self, Write};

use crate::diag::{Diagnostic, Severity};
use crate::write::escape::visible;
use crate::write::report::lint::LintedFile;

/// Writes the findings about `files` that no comment allows, and which files could not be opened, and why.
pub fn write(
    files: &[LintedFile],
    unopened: &[(String, String)],
    out: &mut impl Write,
) -> io::Result<()> {
    for (name, why) in unopened {
        let properties = format!("file={}", property(path(name)));
        writeln!(out, "::error {properties}::{}", message(why))?;
    }
    for file in files {
        for diagnostic in file.open() {
            finding(file, diagnostic, out)?;
        }
    }
    Ok(())
}

fn finding(file: &LintedFile, it: &Diagnostic, out: &mut impl Write) -> io::Result<()> {
    let command = match it.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Note => "notice",
    };
    let name = it.place.file().map(|number| file.sources.name(number));
    let name = name.filter(|name| !name.is_empty()).unwrap_or(&file.name);
    let mut properties = format!("file={}", property(path(name)));
    if let Some(span) = it.place.span() {
        let start = file.sources.start(span);
        properties += &format!(",line={},col={}", start.line, start.column);
    }
    properties += &format!(",title={}", property(it.code));
    let notes = it.notes.iter().map(|note| format!("note: {note}"));
    let help = it.help.iter().map(|help| format!("help: {help}"));
    let lines: Vec<_> = std::iter::once(it.message.clone())
        .chain(notes)
        .chain(help)
        .collect();
    writeln!(
        out,
        "::{command} {properties}::{}",
        message(&lines.join("\n"))
    )
}

/// The path as the runner looks for it below the root of the repository.
fn path(name: &str) -> &str {
    name.trim_start_matches("./")
}

/// The text behind the second pair of colons.
fn message(text: &str) -> String {
    let lines: Vec<_> = text.lines().map(visible).collect();
    lines.join("\n").replace('%', "%25").replace('\n', "%0A")
}

/// The value of a property.
fn property(text: &str) -> String {
    let text = message(text).replace(':', "%3A");
    text.replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::{message, property};

    #[test]
    fn nothing_ends_a_command_before_its_end() {
        assert_eq!(property("a,b: 50%"), "a%2Cb%3A 50%25");
        assert_eq!(message("a\n::error::b\r\nc%"), "a%0A::error::b%0Ac%25");
        assert_eq!(message("a\u{202e}b"), "a\\u{202e}b");
    }
}
