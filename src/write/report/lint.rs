//! The answer of `lint` for people and for programs.

use std::io::{self, Write};

use schemars::{JsonSchema, Schema};
use serde::Serialize;

use crate::answer::words::{self, Frame};
use crate::answer::{Answer, Conclusion};
use crate::diag::{Allowance, Diagnostic, Finding, Place, Severity, Sources, Style, Tone};
use crate::lint::Levels;
use crate::write::json::{self, Document, Word};
use crate::write::report::frame;
use crate::write::report::summary::{NOTHING_FOUND, PassedOver, instead, number, passed_over};
use crate::write::text::{reflow, wrap};

/// One configuration and what there is to say about it.
#[derive(Clone, Debug)]
pub struct LintedFile {
    /// Its name.
    pub name: String,
    /// The texts that places point into.
    pub sources: Sources,
    /// Names of its connections.
    pub connections: Vec<String>,
    /// Whether it could be read.
    pub readable: bool,
    /// Findings, in the order of the text.
    pub findings: Vec<Finding>,
}

impl LintedFile {
    /// What there is to say about a configuration, as far as the user wants to hear it.
    pub fn new(answer: &Answer, sources: &Sources, levels: &Levels) -> Self {
        let wanted = |finding: &Finding, of_rule: bool| {
            let mut finding = finding.clone();
            let it = &mut finding.diagnostic;
            it.severity = match of_rule {
                true => levels.of_rule(it.code, it.severity)?,
                false => levels.of(it.code, it.severity),
            };
            let denied = levels.deny.iter().any(|rule| rule == it.code);
            if !denied {
                crate::lint::allow(&mut finding, &levels.allow);
            }
            Some(finding)
        };
        let reading = answer.reading.iter();
        let reading = reading.filter_map(|finding| wanted(finding, false));
        let rules = answer.findings.iter();
        let rules = rules.filter_map(|finding| wanted(finding, true));
        let mut findings: Vec<_> = reading.chain(rules).collect();
        findings.sort_by_key(|finding| !finding.is_open());
        findings.sort_by_key(|finding| {
            let place = &finding.diagnostic.place;
            let start = place.span().map(|span| span.start);
            (place.file(), matches!(place, Place::File(_)), start)
        });
        let connections = answer.server.connections.iter();
        Self {
            name: answer.server.file.clone(),
            sources: sources.clone(),
            connections: connections.map(|one| one.name.clone()).collect(),
            readable: true,
            findings,
        }
    }

    /// What keeps a configuration from being read; nothing of it can be allowed.
    pub fn unreadable(name: &str, sources: &Sources, diagnostics: &[Diagnostic]) -> Self {
        Self {
            name: name.to_owned(),
            sources: sources.clone(),
            connections: Vec::new(),
            readable: false,
            findings: diagnostics.iter().cloned().map(Finding::from).collect(),
        }
    }

    /// The findings that no comment allows.
    pub fn open(&self) -> impl Iterator<Item = &Diagnostic> {
        let open = self.findings.iter().filter(|finding| finding.is_open());
        open.map(|finding| &finding.diagnostic)
    }

    /// The name of the connection that a finding is about.
    fn connection(&self, finding: &Finding) -> Option<&str> {
        self.connections
            .get(finding.connection?)
            .map(String::as_str)
    }
}

/// Writes how many findings there are, and the findings with their lines; `suppressed` ones only if
/// asked for.
pub fn text(
    files: &[LintedFile],
    skipped: &[PassedOver],
    (style, width): (Style, u16),
    suppressed: bool,
    out: &mut impl Write,
) -> io::Result<()> {
    let frame = frame(files, skipped);
    frame::headline(&frame, "", width, out)?;
    for file in files {
        for finding in &file.findings {
            let mut diagnostic = finding.diagnostic.clone();
            if let Some(reason) = &finding.suppressed {
                if !suppressed {
                    continue;
                }
                diagnostic =
                    diagnostic.note(format!("allowed {}: {}", reason.by(), reason.reason()));
            }
            let text = file.sources.render(&diagnostic, style);
            write!(out, "\n{}", reflow(&text, width))?;
        }
    }
    if !suppressed {
        allowed(files, width, out)?;
    }
    if !skipped.is_empty() {
        writeln!(out, "\nskipped, as no configuration of a server:")?;
    }
    for line in passed_over(skipped, suppressed) {
        writeln!(out, "{}", wrap(&line, width, "", 4))?;
    }
    frame::next(&frame, width, out)
}

/// Which findings are allowed, by whom, and why.
fn allowed(files: &[LintedFile], width: u16, out: &mut impl Write) -> io::Result<()> {
    let lines = words::allowed(files.iter().flat_map(|file| &file.findings));
    if !lines.is_empty() {
        writeln!(out, "\nallowed; -v shows the lines")?;
    }
    let mut lines = lines.iter();
    lines.try_for_each(|line| writeln!(out, "{}", wrap(line, width, "  ", 4)))
}

/// How many findings of which severity there are, and what to do about the worst.
pub fn frame(files: &[LintedFile], skipped: &[PassedOver]) -> Frame {
    let open = || files.iter().flat_map(LintedFile::open);
    let totals = Totals::of(files);
    let counts: Vec<_> = [
        (totals.errors, Severity::Error),
        (totals.warnings, Severity::Warning),
        (totals.notes, Severity::Note),
    ]
    .into_iter()
    .filter(|(count, _)| *count > 0)
    .map(|(count, severity)| number(count, &severity.to_string()))
    .collect();
    let counts = if counts.is_empty() {
        "nothing found".to_owned()
    } else {
        counts.join(", ")
    };
    let mut headline = match files {
        [] => NOTHING_FOUND.to_owned(),
        [one] => format!("{}: {counts}", one.name),
        several => format!("{counts} in {}", number(several.len(), "configuration")),
    };
    if totals.allowed > 0 {
        headline += &format!("; {} allowed", totals.allowed);
    }
    if !skipped.is_empty() {
        headline += &format!("; {} skipped", number(skipped.len(), "other file"));
    }
    // The first one of the worst.
    let worst = open().reduce(|first, next| match next.severity > first.severity {
        true => next,
        false => first,
    });
    Frame {
        tone: match worst.map(|it| it.severity) {
            None => Tone::Good,
            Some(severity) => severity.tone(),
        },
        headline,
        next: match worst {
            Some(worst) => format!(
                "`ikecompat explain {}` says why it matters, and what to do",
                worst.code
            ),
            None if files.is_empty() => instead(skipped),
            None => words::NOTHING_TO_DO.to_owned(),
        },
    }
}

/// What there is to say about configurations.
#[derive(Serialize, JsonSchema)]
struct Linted<'a> {
    /// The answer in one line.
    headline: String,
    /// What to do or call next.
    next: String,
    /// What the exit status says: yes (0), no (1), unanswered (2).
    verdict: Word<Conclusion>,
    totals: Totals,
    files: Vec<FileShape<'a>>,
    /// Other files of folders.
    skipped: usize,
    /// What each of those is.
    skipped_files: &'a [PassedOver],
}

impl Document for Linted<'_> {
    const NAME: &'static str = "lint";
    const VERSION: u8 = 2;
    const TITLE: &'static str = "ikecompat lint --format json";
}

/// The schema of the document.
pub fn schema() -> Schema {
    json::schema::<Linted<'_>>()
}

/// How many findings there are that nobody allows, and how many that are allowed.
#[derive(Serialize, JsonSchema)]
struct Totals {
    files: usize,
    errors: usize,
    warnings: usize,
    notes: usize,
    allowed: usize,
}

impl Totals {
    fn of(files: &[LintedFile]) -> Self {
        let of = |severity: Severity| {
            let all = files.iter().flat_map(LintedFile::open);
            all.filter(|it| it.severity == severity).count()
        };
        let all = files.iter().flat_map(|file| &file.findings);
        Self {
            files: files.len(),
            errors: of(Severity::Error),
            warnings: of(Severity::Warning),
            notes: of(Severity::Note),
            allowed: all.filter(|finding| !finding.is_open()).count(),
        }
    }
}

#[derive(Serialize, JsonSchema)]
#[schemars(rename = "File")]
struct FileShape<'a> {
    file: &'a str,
    readable: bool,
    findings: Vec<FindingShape<'a>>,
}

#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Finding")]
struct FindingShape<'a> {
    /// What `ikecompat explain` explains.
    code: &'static str,
    severity: Word<Severity>,
    message: &'a str,
    connection: Option<&'a str>,
    file: &'a str,
    line: Option<usize>,
    column: Option<usize>,
    end_line: Option<usize>,
    end_column: Option<usize>,
    notes: &'a [String],
    help: Option<&'a str>,
    /// The reason for which a comment, or who asks, allows it.
    allowed: Option<&'a str>,
}

/// Writes the findings as JSON.
pub fn json(
    files: &[LintedFile],
    skipped: &[PassedOver],
    conclusion: Conclusion,
    out: &mut impl Write,
) -> io::Result<()> {
    let totals = Totals::of(files);
    let Frame { headline, next, .. } = frame(files, skipped);
    let files = files.iter().map(|file| FileShape {
        file: &file.name,
        readable: file.readable,
        findings: file.findings.iter().map(|one| shape(file, one)).collect(),
    });
    let document = Linted {
        headline,
        next,
        verdict: Word(conclusion),
        totals,
        files: files.collect(),
        skipped: skipped.len(),
        skipped_files: skipped,
    };
    json::write(&document, out)
}

fn shape<'a>(file: &'a LintedFile, finding: &'a Finding) -> FindingShape<'a> {
    let it = &finding.diagnostic;
    let span = finding.span();
    let start = span.map(|span| file.sources.start(span));
    let end = span.map(|span| file.sources.end(span));
    FindingShape {
        code: it.code,
        severity: Word(it.severity),
        message: &it.message,
        connection: file.connection(finding),
        file: it
            .place
            .file()
            .map_or(&file.name, |number| file.sources.name(number)),
        line: start.map(|p| p.line),
        column: start.map(|p| p.column),
        end_line: end.map(|p| p.line),
        end_column: end.map(|p| p.column),
        notes: &it.notes,
        help: it.help.as_deref(),
        allowed: finding.suppressed.as_ref().map(Allowance::reason),
    }
}
