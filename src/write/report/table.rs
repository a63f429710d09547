//! The answer of `check` for people: one matrix, then what to do for whom, then the server itself.

use std::io::{self, Write};

use crate::answer::words::{self, NOBODY, Word};
use crate::answer::{Answer, Tone};
use crate::diag::{Finding, Sources};
use crate::write::grid::Grid;
use crate::write::text::and_list;

/// How the answer looks.
#[derive(Clone, Copy, Debug)]
pub struct TableStyle {
    /// Columns of the terminal, or what a pipe is given.
    pub width: u16,
    /// With escape sequences for colours.
    pub colour: bool,
}

/// Writes the whole answer.
pub fn write(
    answer: &Answer,
    sources: &Sources,
    look: TableStyle,
    out: &mut impl Write,
) -> io::Result<()> {
    if answer.serves_clients() {
        matrix(answer, look, out)?;
    } else {
        writeln!(out, "{NOBODY}")?;
    }
    for (what, ids) in words::failures(answer) {
        writeln!(out, "\n{}: {}", and_list(&ids), what.join("\n  "))?;
    }
    let conflicts = words::policy_conflicts(answer);
    if !conflicts.is_empty() {
        writeln!(out, "\noutside of the policy {}", answer.policy.id)?;
    }
    for conflict in conflicts {
        writeln!(out, "  {conflict}")?;
    }
    let unknowns = words::unknowns(answer);
    if !unknowns.is_empty() {
        writeln!(out, "\nnot known")?;
        for (lines, ids) in unknowns {
            writeln!(out, "  {}\n    {}", and_list(&ids), lines.join("\n    "))?;
        }
    }
    let assumptions = words::assumptions(answer);
    if !assumptions.is_empty() {
        writeln!(out, "\nassumed")?;
    }
    for assumption in assumptions {
        writeln!(out, "  {assumption}")?;
    }
    let not_compared = words::not_compared(answer);
    if !not_compared.is_empty() {
        writeln!(out, "\nnot compared with clients")?;
    }
    for (name, why) in not_compared {
        writeln!(out, "  {name}: {why}")?;
    }
    let mut findings = answer.open_findings().peekable();
    if findings.peek().is_some() {
        writeln!(out, "\nabout the server")?;
    }
    findings.try_for_each(|finding| write_finding(finding, sources, out))
}

fn matrix(answer: &Answer, look: TableStyle, out: &mut impl Write) -> io::Result<()> {
    let clients = answer.clients.iter();
    let rows: Vec<Vec<Word>> = clients.map(|client| words::cells(client, answer)).collect();
    let text = |row: &Vec<Word>| row.iter().map(|(text, _)| text.clone()).collect();
    let header = words::header(answer).into_iter();
    let grid = Grid {
        header: header.map(ToOwned::to_owned).collect(),
        rows: rows.iter().map(text).collect(),
    };
    let tone = |row: usize, column: usize| -> Tone { rows[row][column].1 };
    grid.painted(look.width, look.colour, tone, out)
}

fn write_finding(finding: &Finding, sources: &Sources, out: &mut impl Write) -> io::Result<()> {
    let it = &finding.diagnostic;
    write!(out, "  {}[{}]", it.severity, it.code)?;
    if let Some(span) = finding.span() {
        let position = sources.start(span);
        write!(
            out,
            " {}:{}:{}",
            sources.name(span.file),
            position.line,
            position.column
        )?;
    }
    writeln!(out, ": {}", it.message)?;
    for note in &it.notes {
        writeln!(out, "    {note}")?;
    }
    if let Some(help) = &it.help {
        writeln!(out, "    help: {help}")?;
    }
    Ok(())
}
