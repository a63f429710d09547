//! A diagnosis: the cause, what proves it, the fix, the attempts.

use std::io::{self, Write};

use maud::{Markup, html};

use super::{Page, grid, outline, tag};
use crate::answer::words::{self, Frame};
use crate::diagnose::{Confidence, DiagnosisReport, Explanation, Outcome};
use crate::write::escape::visible;
use crate::write::grid::Grid;
use crate::write::report::diagnose::{DiagnosisStyle, title};

/// Writes the page about a log or a capture.
pub fn diagnosis(
    report: &DiagnosisReport,
    look: &mut DiagnosisStyle<'_>,
    out: &mut impl Write,
) -> io::Result<()> {
    let lead = "IKEv2, judged from this one log or capture.";
    let body = part(report, look);
    let title = look.text(&Frame::of_diagnosis(report).headline);
    Page::new(&title, lead).write(&body, out)
}

/// The content of that page.
pub fn diagnosis_part(report: &DiagnosisReport, look: &mut DiagnosisStyle<'_>) -> String {
    part(report, look).into_string()
}

fn part(report: &DiagnosisReport, look: &mut DiagnosisStyle<'_>) -> Markup {
    let findings = report.findings().iter();
    let findings: Vec<_> = findings.map(|finding| look.finding(finding)).collect();
    let notes: Vec<_> = report.notes().iter().map(|note| look.note(note)).collect();
    let rows: Vec<_> = report.attempts().collect();
    let several = rows.iter().map(|row| row.count).sum::<u64>() > 1;
    let header = ["peer", "how many", "where", "outcome"];
    let attempts = Grid {
        header: header.map(ToOwned::to_owned).to_vec(),
        rows: rows.iter().map(|row| look.attempts(row).to_vec()).collect(),
    };
    let outcome = words::diagnosed(report);
    let frame = Frame::of_diagnosis(report);
    let lead = findings.first().map_or(outcome, |first| &first.message);
    let tone = match report.outcome() {
        Outcome::Failed => "bad",
        Outcome::Established => "good",
        Outcome::Inconclusive => "doubt",
        Outcome::NotIke => "",
    };
    html! {
        h2 { (visible(&title(look.files))) }
        p .lead { (tag(&report.outcome().to_string(), tone)) " " (outline::sentence(lead)) }
        @for (place, found) in findings.iter().enumerate() { (finding(found, place, look)) }
        @if !notes.is_empty() {
            h3 { "Notes" }
            ul .plain { @for note in &notes { li { (note) } } }
        }
        @if several {
            h3 { "Attempts" }
            (grid(&attempts, ("Attempts", true), |_, _, text| html! { (text) }))
        }
        (super::next(&frame))
    }
}

/// One cause; the message of the first one has been said.
fn finding(it: &Explanation, place: usize, look: &DiagnosisStyle<'_>) -> Markup {
    let severity = match it.confidence {
        Confidence::Certain => "error",
        Confidence::Likely => "warning",
        Confidence::Possible => "note",
    };
    html! {
        div class={ "finding " (severity) } {
            p { strong { (it.cause) } " in phase " (it.phase) ", " (it.confidence) }
            @if place > 0 { p { (outline::sentence(&it.message)) } }
            @if !it.evidence.is_empty() {
                pre .wrap tabindex="0" aria-label="What proves it" {
                    @for line in &it.evidence { (look.place(line.file, (line.line, line.line))) ": " (line.text) "\n" }
                }
            }
            p { strong { "Fix: " } (it.fix) }
            @for clause in &it.ruled_out { p .soft { "Ruled out: " (visible(clause)) } }
            @if let Some(source) = it.source {
                p .soft { "Source: " (super::link(source, source)) }
            }
        }
    }
}
