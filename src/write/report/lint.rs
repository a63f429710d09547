//! The answer of `lint` for people and, in version 1 of its JSON, for programs.

use std::io::{self, Write};

use serde::Serialize;

use crate::diag::{Diagnostic, Place, Severity, Sources, Style};
use crate::write::report::summary::number;

/// One configuration and what there is to say about it.
#[derive(Clone, Debug)]
pub struct LintedFile {
    /// Its name.
    pub name: String,
    /// The texts that places point into.
    pub sources: Sources,
    /// Whether it could be read.
    pub readable: bool,
    /// Findings, in the order of the text.
    pub said: Vec<ReportedFinding>,
}

/// One finding.
#[derive(Clone, Debug)]
pub struct ReportedFinding {
    /// What is said.
    pub diagnostic: Diagnostic,
    /// Name of the connection that it is about.
    pub connection: Option<String>,
    /// The reason for which a comment allows it.
    pub suppressed: Option<String>,
}

impl LintedFile {
    /// The findings that no comment allows.
    pub fn open(&self) -> impl Iterator<Item = &Diagnostic> {
        let open = self.said.iter().filter(|said| said.suppressed.is_none());
        open.map(|said| &said.diagnostic)
    }
}

/// Writes findings with their lines, and how many there are; `suppressed` ones only if asked for.
pub fn text(
    files: &[LintedFile],
    skipped: usize,
    style: Style,
    suppressed: bool,
    out: &mut impl Write,
) -> io::Result<()> {
    for file in files {
        for said in &file.said {
            match &said.suppressed {
                None => writeln!(out, "{}", file.sources.render(&said.diagnostic, style))?,
                Some(reason) if suppressed => {
                    let diagnostic = said.diagnostic.clone();
                    let diagnostic = diagnostic.note(format!("allowed by a comment: {reason}"));
                    writeln!(out, "{}", file.sources.render(&diagnostic, style))?;
                }
                Some(_) => {}
            }
        }
    }
    let of = |severity: Severity| {
        let all = files.iter().flat_map(LintedFile::open);
        all.filter(|it| it.severity == severity).count()
    };
    let counts: Vec<_> = [Severity::Error, Severity::Warning, Severity::Note]
        .into_iter()
        .map(|severity| (of(severity), severity.to_string()))
        .filter(|(count, _)| *count > 0)
        .map(|(count, noun)| number(count, &noun))
        .collect();
    let counts = if counts.is_empty() {
        "nothing found".to_owned()
    } else {
        counts.join(", ")
    };
    write!(out, "{counts} in {}", number(files.len(), "configuration"))?;
    let said = files.iter().flat_map(|file| &file.said);
    let allowed = said.filter(|said| said.suppressed.is_some()).count();
    if allowed > 0 {
        write!(out, "; {allowed} allowed by comments")?;
    }
    if skipped > 0 {
        write!(out, "; {} skipped", number(skipped, "other file"))?;
    }
    writeln!(out)
}

#[derive(Serialize)]
struct Document<'a> {
    schema: &'static str,
    files: Vec<FileShape<'a>>,
    skipped: usize,
}

#[derive(Serialize)]
struct FileShape<'a> {
    file: &'a str,
    readable: bool,
    findings: Vec<FindingShape<'a>>,
}

#[derive(Serialize)]
struct FindingShape<'a> {
    rule: &'static str,
    severity: &'static str,
    message: &'a str,
    connection: Option<&'a str>,
    file: &'a str,
    line: Option<usize>,
    column: Option<usize>,
    end_line: Option<usize>,
    end_column: Option<usize>,
    notes: &'a [String],
    help: Option<&'a str>,
    allowed: Option<&'a str>,
}

/// Writes the findings as JSON.
pub fn json(files: &[LintedFile], skipped: usize, out: &mut impl Write) -> io::Result<()> {
    let files = files.iter().map(|file| FileShape {
        file: &file.name,
        readable: file.readable,
        findings: file.said.iter().map(|said| finding(file, said)).collect(),
    });
    let document = Document {
        schema: "ikecompat.lint.v1",
        files: files.collect(),
        skipped,
    };
    serde_json::to_writer_pretty(&mut *out, &document)?;
    writeln!(out)
}

fn finding<'a>(file: &'a LintedFile, said: &'a ReportedFinding) -> FindingShape<'a> {
    let it = &said.diagnostic;
    let span = match &it.place {
        Place::File(_) => None,
        Place::Position(span) | Place::Text(span) => Some(span),
    };
    let start = span.map(|span| file.sources.start(span));
    let end = span.map(|span| file.sources.end(span));
    FindingShape {
        rule: it.code,
        severity: it.severity.into(),
        message: &it.message,
        connection: said.connection.as_deref(),
        file: file.sources.name(it.place.file()),
        line: start.map(|p| p.line),
        column: start.map(|p| p.column),
        end_line: end.map(|p| p.line),
        end_column: end.map(|p| p.column),
        notes: &it.notes,
        help: it.help.as_deref(),
        allowed: said.suppressed.as_deref(),
    }
}
