//! The answer of `diagnose`, for people and in JSON.

use std::io::{self, Write};

use schemars::{JsonSchema, Schema};
use serde::Serialize;

use crate::answer::Conclusion;
use crate::answer::words::{Frame, NOTHING_TO_DO};
use crate::diag::Tone;
use crate::diagnose::redact::Redactor;
use crate::diagnose::{
    Cause, CauseRow, Confidence, DiagnosisReport, Evidence, Explanation, Note, Outcome, Phase,
};
use crate::write::escape::{markdown as markdown_text, markdown_sentence, visible};
use crate::write::json::{self, Document, Word};
use crate::write::report::frame;
use crate::write::text::{count, wrap};

/// More rows of attempts than this are only counted.
const MOST_ROWS: usize = 20;

/// A file that is a log or a capture, or was to be one.
#[derive(Clone, Debug)]
pub struct DiagnosedFile {
    /// Its name, as it is shown.
    pub name: String,
    /// It could be read.
    pub is_read: bool,
    /// It was asked about and could not be read, so that the answer is not whole.
    pub is_missing: bool,
    /// It is a capture: evidence is packets, not lines.
    pub packets: bool,
    /// What could not be looked at.
    pub warnings: Vec<String>,
}

impl DiagnosedFile {
    /// What a piece of evidence is.
    const fn noun(&self) -> &'static str {
        if self.packets { "packet" } else { "line" }
    }
}

/// What all files together are called.
pub(crate) fn title(files: &[DiagnosedFile]) -> String {
    match files {
        [file] => file.name.clone(),
        several => count(several.iter().filter(|it| it.is_read).count(), "file"),
    }
}

/// The first and the last line of the answer about files, of which some may be missing.
pub fn frame_of(report: &DiagnosisReport, files: &[DiagnosedFile]) -> Frame {
    let frame = Frame::of_diagnosis(report);
    let missing: Vec<_> = files.iter().filter(|it| it.is_missing).collect();
    let Some(first) = missing.first() else {
        return frame;
    };
    let first = &first.name;
    let ask = format!("give {first} again, which could not be read");
    let next = match frame.next.as_str() {
        NOTHING_TO_DO => ask,
        other => format!("{ask}; {other}"),
    };
    Frame {
        headline: format!(
            "{}; {} could not be read",
            frame.headline,
            count(missing.len(), "file")
        ),
        next,
        tone: match frame.tone {
            Tone::Good => Tone::Doubtful,
            other => other,
        },
    }
}

/// What has to be said before something that is of one of several files.
fn origin(files: &[DiagnosedFile], file: usize) -> Option<&str> {
    let several = files.len() > 1;
    files
        .get(file)
        .filter(|_| several)
        .map(|file| file.name.as_str())
}

/// The note with the file that it is about, if there are several.
fn noted(note: &Note, files: &[DiagnosedFile], text: &str) -> String {
    match note.file.and_then(|file| origin(files, file)) {
        Some(name) => format!("{name}: {text}"),
        None => text.to_owned(),
    }
}

/// How the answer is given.
#[derive(Debug)]
pub struct DiagnosisStyle<'a> {
    /// The logs and captures, in the order of their numbers.
    pub files: &'a [DiagnosedFile],
    /// Columns of the terminal, or what a pipe is given.
    pub width: u16,
    /// Replaces addresses and names, if that is wished.
    pub redactor: Option<&'a mut Redactor>,
}

impl DiagnosisStyle<'_> {
    /// A row of attempts: the peer, how many, where, and what came of them.
    pub(crate) fn attempts(&mut self, row: &CauseRow) -> [String; 4] {
        let peer = self.text(row.peer.as_deref().unwrap_or("unnamed"));
        let place = self.place(row.file, (row.first, row.last));
        let number = usize::try_from(row.count).unwrap_or(usize::MAX);
        let cause = row.findings.first().map(|it| format!(", {}", it.cause));
        let outcome = format!("{}{}", row.outcome, cause.unwrap_or_default());
        [peer, count(number, "attempt"), place, outcome]
    }

    /// `line 3`, `gateway.log, packets 3 to 5`.
    pub(crate) fn place(&self, file: usize, (first, last): (u64, u64)) -> String {
        let noun = self.files.get(file).map_or("line", DiagnosedFile::noun);
        let place = if first == last {
            format!("{noun} {first}")
        } else {
            format!("{noun}s {first} to {last}")
        };
        match origin(self.files, file) {
            Some(name) => format!("{name}, {place}"),
            None => place,
        }
    }

    /// A note with the file that it is about, without what is redacted.
    pub(crate) fn note(&mut self, note: &Note) -> String {
        let text = self.text(&note.text);
        noted(note, self.files, &text)
    }

    /// A text without what is redacted.
    pub(crate) fn text(&mut self, text: &str) -> String {
        match &mut self.redactor {
            Some(redactor) => visible(&redactor.text(text)),
            None => visible(text),
        }
    }

    /// A finding without what is redacted.
    pub(crate) fn finding(&mut self, finding: &Explanation) -> Explanation {
        let finding = match &mut self.redactor {
            Some(redactor) => redactor.finding(finding),
            None => finding.clone(),
        };
        let evidence = finding.evidence.into_iter().map(|it| Evidence {
            text: visible(&it.text),
            ..it
        });
        Explanation {
            evidence: evidence.collect(),
            message: visible(&finding.message),
            fix: visible(&finding.fix),
            ..finding
        }
    }
}

/// Writes the answer.
pub fn write(
    report: &DiagnosisReport,
    look: &mut DiagnosisStyle<'_>,
    out: &mut impl Write,
) -> io::Result<()> {
    // What happened to whom comes first, in words.
    let frame = frame_of(report, look.files);
    let frame = Frame {
        headline: look.text(&frame.headline),
        ..frame
    };
    frame::headline(&frame, &title(look.files), look.width, out)?;
    for (rank, finding) in report.findings().iter().enumerate() {
        let finding = look.finding(finding);
        writeln!(out)?;
        let Explanation {
            cause,
            phase,
            confidence,
            message,
            ..
        } = &finding;
        let sure = confidence.tone().marked(&confidence.to_string());
        writeln!(out, "{cause} in phase {phase}, {sure}")?;
        if rank > 0 {
            writeln!(out, "{}", wrap(message, look.width, "  ", 2))?;
        }
        for evidence in &finding.evidence {
            let place = look.place(evidence.file, (evidence.line, evidence.line));
            writeln!(out, "    {place}: {}", evidence.text)?;
        }
        for clause in &finding.ruled_out {
            writeln!(out, "{}", wrap(clause, look.width, "  ruled out: ", 4))?;
        }
        writeln!(out, "{}", wrap(&finding.fix, look.width, "  fix: ", 4))?;
        if let Some(source) = finding.source {
            writeln!(out, "  source: {source}")?;
        }
    }
    if !report.notes().is_empty() {
        writeln!(out, "\nnotes")?;
        for note in report.notes() {
            let note = look.note(note);
            writeln!(out, "{}", wrap(&note, look.width, "  ", 4))?;
        }
    }
    let rows: Vec<_> = report.attempts().collect();
    if rows.iter().map(|row| row.count).sum::<u64>() > 1 {
        attempts(&rows, look, out)?;
    }
    frame::next(&frame, look.width, out)
}

fn attempts(
    rows: &[&CauseRow],
    look: &mut DiagnosisStyle<'_>,
    out: &mut impl Write,
) -> io::Result<()> {
    writeln!(out, "\nattempts")?;
    for row in rows.iter().take(MOST_ROWS) {
        let [peer, number, place, outcome] = look.attempts(row);
        let line = format!("{peer}: {number}, {place}: {outcome}");
        writeln!(out, "{}", wrap(&line, look.width, "  ", 4))?;
    }
    if rows.len() > MOST_ROWS {
        writeln!(
            out,
            "  and {} more rows; --format json has all",
            rows.len() - MOST_ROWS
        )?;
    }
    Ok(())
}

/// What failed, and why.
#[derive(Serialize, JsonSchema)]
struct DiagnosisJson {
    /// What the exit status says: yes (0), no (1), unanswered (2).
    verdict: Word<Conclusion>,
    totals: Totals,
    /// The file, if it is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    file: Option<String>,
    /// Files that were read.
    files: Vec<String>,
    /// The answer in one line.
    headline: String,
    /// What to do or call next.
    next: String,
    outcome: Word<Outcome>,
    /// The causes, the surest first.
    findings: Vec<Found>,
    notes: Vec<String>,
    /// Attempts that are alike, together.
    attempts: Vec<Attempts>,
    /// Attempts that were judged early because too many were open.
    evicted: u64,
    /// Attempts that are in no row.
    uncounted: u64,
    warnings: Vec<String>,
}

impl Document for DiagnosisJson {
    const NAME: &'static str = "diagnose";
    const VERSION: u8 = 1;
    const TITLE: &'static str = "ikecompat diagnose --format json";
}

/// The schema of the document.
pub fn schema() -> Schema {
    json::schema::<DiagnosisJson>()
}

/// How many attempts came to what.
#[derive(Default, Serialize, JsonSchema)]
struct Totals {
    attempts: u64,
    established: u64,
    failed: u64,
    inconclusive: u64,
}

impl Totals {
    fn of(report: &DiagnosisReport) -> Self {
        let mut totals = Self::default();
        for row in report.attempts() {
            totals.attempts += row.count;
            match row.outcome {
                Outcome::Established => totals.established += row.count,
                Outcome::Failed => totals.failed += row.count,
                Outcome::Inconclusive => totals.inconclusive += row.count,
                Outcome::NotIke => {}
            }
        }
        totals
    }
}

#[derive(Serialize, JsonSchema)]
struct Attempts {
    /// The file, if there are several.
    #[serde(skip_serializing_if = "Option::is_none")]
    file: Option<String>,
    peer: Option<String>,
    count: u64,
    /// Number of the first line or packet, from 1.
    first_line: u64,
    last_line: u64,
    outcome: Word<Outcome>,
    phase: Word<Phase>,
    findings: Vec<Found>,
    notes: Vec<String>,
}

#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Finding")]
struct Found {
    /// What `ikecompat explain` explains.
    cause: Word<Cause>,
    phase: Word<Phase>,
    confidence: Word<Confidence>,
    message: String,
    evidence: Vec<Proof>,
    ruled_out: Vec<String>,
    fix: String,
    source: Option<&'static str>,
}

#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Evidence")]
struct Proof {
    /// The file, if there are several.
    #[serde(skip_serializing_if = "Option::is_none")]
    file: Option<String>,
    /// Number of the line or packet, from 1.
    line: u64,
    text: String,
}

/// Writes the answer in JSON; `verdict` is what the exit status says.
pub fn json(
    report: &DiagnosisReport,
    files: &[DiagnosedFile],
    redactor: Option<&mut Redactor>,
    verdict: Conclusion,
    out: &mut impl Write,
) -> io::Result<()> {
    let mut shown = Shown { redactor, files };
    let name = |file: &DiagnosedFile| file.name.clone();
    let warnings = files.iter().enumerate().flat_map(|(number, file)| {
        let origin = origin(files, number).map_or_else(String::new, |name| format!("{name}: "));
        file.warnings
            .iter()
            .map(move |warning| format!("{origin}{warning}"))
    });
    let Frame { headline, next, .. } = frame_of(report, files);
    let answer = DiagnosisJson {
        headline: shown.text(&headline),
        next,
        verdict: Word(verdict),
        totals: Totals::of(report),
        file: files.first().filter(|_| files.len() == 1).map(name),
        files: files.iter().filter(|it| it.is_read).map(name).collect(),
        outcome: Word(report.outcome()),
        findings: report.findings().iter().map(|it| shown.found(it)).collect(),
        notes: report.notes().iter().map(|it| shown.note(it)).collect(),
        attempts: report.attempts().map(|row| shown.attempts(row)).collect(),
        evicted: report.evicted,
        uncounted: report.uncounted,
        warnings: warnings.collect(),
    };
    json::write(&answer, out)
}

struct Shown<'a> {
    redactor: Option<&'a mut Redactor>,
    files: &'a [DiagnosedFile],
}

impl Shown<'_> {
    fn text(&mut self, text: &str) -> String {
        match &mut self.redactor {
            Some(redactor) => redactor.text(text),
            None => text.to_owned(),
        }
    }

    fn note(&mut self, note: &Note) -> String {
        let text = self.text(&note.text);
        noted(note, self.files, &text)
    }

    fn origin(&self, file: usize) -> Option<String> {
        origin(self.files, file).map(ToOwned::to_owned)
    }

    fn attempts(&mut self, row: &CauseRow) -> Attempts {
        Attempts {
            file: self.origin(row.file),
            peer: row.peer.as_deref().map(|peer| self.text(peer)),
            count: row.count,
            first_line: row.first,
            last_line: row.last,
            outcome: Word(row.outcome),
            phase: Word(row.phase),
            findings: row.findings.iter().map(|it| self.found(it)).collect(),
            notes: row.notes.iter().map(|it| self.text(it)).collect(),
        }
    }

    fn found(&mut self, finding: &Explanation) -> Found {
        let evidence = finding.evidence.iter().map(|it| Proof {
            file: self.origin(it.file),
            line: it.line,
            text: self.text(&it.text),
        });
        Found {
            evidence: evidence.collect(),
            cause: Word(finding.cause),
            phase: Word(finding.phase),
            confidence: Word(finding.confidence),
            message: self.text(&finding.message),
            ruled_out: finding.ruled_out.iter().map(|it| self.text(it)).collect(),
            fix: self.text(&finding.fix),
            source: finding.source,
        }
    }
}

/// Writes the answer in Markdown, to paste into a ticket.
pub fn markdown(
    report: &DiagnosisReport,
    files: &[DiagnosedFile],
    redactor: Option<&mut Redactor>,
    out: &mut impl Write,
) -> io::Result<()> {
    let mut shown = Shown { redactor, files };
    let title = title(files);
    let frame = frame_of(report, files);
    writeln!(
        out,
        "# `{title}`: {}\n",
        markdown_text(&shown.text(&frame.headline))
    )?;
    for finding in report.findings() {
        let found = shown.found(finding);
        writeln!(
            out,
            "## `{}` in phase `{}`, {}\n\n{}\n\n```text",
            found.cause.0, found.phase.0, found.confidence.0, found.message
        )?;
        for proof in found.evidence {
            // A line of three marks would end the block.
            let origin = proof
                .file
                .map_or_else(String::new, |name| format!("{name}:"));
            writeln!(
                out,
                "{origin}{}: {}",
                proof.line,
                visible(&proof.text).replace("```", "'''")
            )?;
        }
        writeln!(out, "```\n\n* fix: {}", found.fix)?;
        for clause in &found.ruled_out {
            writeln!(out, "* ruled out: {clause}")?;
        }
        if let Some(source) = found.source {
            writeln!(out, "* source: {source}")?;
        }
        writeln!(out)?;
    }
    for note in report.notes() {
        writeln!(out, "* note: {}", shown.note(note))?;
    }
    writeln!(out, "\nnext: {}", markdown_sentence(&frame.next))
}
