//! The answer of `diagnose`, for people.

use std::io::{self, Write};

use super::text::count;
use crate::diagnose::event::Witness;
use crate::diagnose::redact::Redactor;
use crate::diagnose::{Finding, Outcome, Report, Row};

/// More rows of attempts than this are only counted.
const MOST_ROWS: usize = 20;

/// How the answer is given.
#[derive(Debug)]
pub struct Look<'a> {
    /// Name of the log or capture.
    pub file: &'a str,
    /// It is a capture: evidence is packets, not lines.
    pub packets: bool,
    /// Replaces addresses, if that is wished.
    pub redactor: Option<&'a mut Redactor>,
}

impl Look<'_> {
    fn text(&mut self, text: &str) -> String {
        match &mut self.redactor {
            Some(redactor) => redactor.text(text),
            None => text.to_owned(),
        }
    }

    fn finding(&mut self, finding: &Finding) -> Finding {
        match &mut self.redactor {
            Some(redactor) => redactor.finding(finding),
            None => finding.clone(),
        }
    }
}

/// Writes the answer.
pub fn write(report: &Report, look: &mut Look<'_>, out: &mut impl Write) -> io::Result<()> {
    let outcome = match report.outcome() {
        Outcome::NotIke => "nothing in it is about IKE",
        Outcome::Established => "established; nothing is wrong",
        Outcome::Inconclusive => "inconclusive; nothing in it decides",
        Outcome::Failed => "failed",
    };
    writeln!(out, "{}: {outcome}", look.file)?;
    for finding in report.findings() {
        let finding = look.finding(finding);
        writeln!(out)?;
        let Finding {
            cause,
            phase,
            confidence,
            message,
            ..
        } = &finding;
        writeln!(out, "{cause} in phase {phase}, {confidence}")?;
        writeln!(out, "  {message}")?;
        let noun = if look.packets { "packet" } else { "line" };
        for evidence in &finding.evidence {
            writeln!(out, "    {noun} {}: {}", evidence.line, evidence.text)?;
        }
        for clause in &finding.ruled_out {
            writeln!(out, "  ruled out: {clause}")?;
        }
        writeln!(out, "  fix: {}", finding.fix)?;
        if let Some(source) = finding.source {
            writeln!(out, "  source: {source}")?;
        }
    }
    if !report.notes().is_empty() {
        writeln!(out, "\nnotes")?;
        for note in report.notes() {
            writeln!(out, "  {}", look.text(note))?;
        }
    }
    let rows: Vec<_> = report.attempts().collect();
    if rows.iter().map(|row| row.count).sum::<u64>() > 1 {
        attempts(&rows, look, out)?;
    }
    Ok(())
}

fn attempts(rows: &[&Row], look: &mut Look<'_>, out: &mut impl Write) -> io::Result<()> {
    writeln!(out, "\nattempts")?;
    for row in rows.iter().take(MOST_ROWS) {
        let peer = row.peer.as_deref().unwrap_or("unnamed");
        let peer = look.text(peer);
        let noun = match row.witness {
            Witness::Capture if look.packets => "packets",
            _ => "lines",
        };
        let cause = row.findings.first().map(|it| format!(", {}", it.cause));
        writeln!(
            out,
            "  {peer}: {}, {noun} {} to {}: {}{}",
            count(usize::try_from(row.count).unwrap_or(usize::MAX), "attempt"),
            row.first,
            row.last,
            row.outcome,
            cause.unwrap_or_default()
        )?;
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
