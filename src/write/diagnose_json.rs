//! JSON of `diagnose`, version 1.

use std::io::{self, Write};

use serde::Serialize;

use crate::diagnose::redact::Redactor;
use crate::diagnose::{Finding, Report, Row};

#[derive(Serialize)]
struct Answer {
    schema: &'static str,
    file: String,
    outcome: String,
    findings: Vec<Found>,
    notes: Vec<String>,
    attempts: Vec<Attempts>,
    /// Attempts that were judged early because too many were open.
    evicted: u64,
    /// Attempts that are in no row.
    uncounted: u64,
    warnings: Vec<String>,
}

#[derive(Serialize)]
struct Attempts {
    peer: Option<String>,
    count: u64,
    first: u64,
    last: u64,
    outcome: String,
    phase: String,
    findings: Vec<Found>,
    notes: Vec<String>,
}

#[derive(Serialize)]
struct Found {
    cause: String,
    phase: String,
    confidence: String,
    message: String,
    evidence: Vec<Proof>,
    ruled_out: Vec<String>,
    fix: String,
    source: Option<&'static str>,
}

#[derive(Serialize)]
struct Proof {
    line: u64,
    text: String,
}

/// Writes the answer; `warnings` are about what could not be read.
pub fn write(
    report: &Report,
    file: &str,
    warnings: &[String],
    redactor: Option<&mut Redactor>,
    out: &mut impl Write,
) -> io::Result<()> {
    let mut shown = Shown { redactor };
    let answer = Answer {
        schema: "ikecompat.diagnose.v1",
        file: file.to_owned(),
        outcome: report.outcome().to_string(),
        findings: report.findings().iter().map(|it| shown.found(it)).collect(),
        notes: report.notes().iter().map(|it| shown.text(it)).collect(),
        attempts: report.attempts().map(|row| shown.attempts(row)).collect(),
        evicted: report.evicted,
        uncounted: report.uncounted,
        warnings: warnings.to_vec(),
    };
    serde_json::to_writer_pretty(&mut *out, &answer)?;
    writeln!(out)
}

struct Shown<'a> {
    redactor: Option<&'a mut Redactor>,
}

impl Shown<'_> {
    fn text(&mut self, text: &str) -> String {
        match &mut self.redactor {
            Some(redactor) => redactor.text(text),
            None => text.to_owned(),
        }
    }

    fn attempts(&mut self, row: &Row) -> Attempts {
        Attempts {
            peer: row.peer.as_deref().map(|peer| self.text(peer)),
            count: row.count,
            first: row.first,
            last: row.last,
            outcome: row.outcome.to_string(),
            phase: row.phase.to_string(),
            findings: row.findings.iter().map(|it| self.found(it)).collect(),
            notes: row.notes.iter().map(|it| self.text(it)).collect(),
        }
    }

    fn found(&mut self, finding: &Finding) -> Found {
        let evidence = finding.evidence.iter().map(|it| Proof {
            line: it.line,
            text: self.text(&it.text),
        });
        Found {
            evidence: evidence.collect(),
            cause: finding.cause.to_string(),
            phase: finding.phase.to_string(),
            confidence: finding.confidence.to_string(),
            message: self.text(&finding.message),
            ruled_out: finding.ruled_out.iter().map(|it| self.text(it)).collect(),
            fix: self.text(&finding.fix),
            source: finding.source,
        }
    }
}
