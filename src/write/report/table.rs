//! The answer of `check` for people: one matrix, then what to do for whom, then the server itself.

use std::io::{self, Write};

use crate::answer::words::{self, Frame, Word};
use crate::answer::{Answer, Tone};
use crate::diag::{Finding, Sources};
use crate::write::grid::Grid;
use crate::write::report::frame;
use crate::write::text::{and_list, count, wrap};

/// How the answer looks.
#[derive(Clone, Copy, Debug)]
pub struct TableStyle {
    /// Columns of the terminal, or what a pipe is given.
    pub width: u16,
    /// With escape sequences for colours.
    pub colour: bool,
    /// With everything that is not known, instead of a line that counts it.
    pub verbose: bool,
}

/// Writes the whole answer.
pub fn write(
    answer: &Answer,
    sources: &Sources,
    look: TableStyle,
    out: &mut impl Write,
) -> io::Result<()> {
    let frame = Frame::of_answer(answer);
    frame::headline(&frame, &answer.server.file, look.width, out)?;
    if answer.serves_clients() {
        writeln!(out)?;
        matrix(answer, look, out)?;
    }
    for (what, ids) in words::failures(answer) {
        writeln!(out)?;
        let mut lines = what.iter();
        if let Some(first) = lines.next() {
            let line = format!("{}: {first}", and_list(&ids));
            writeln!(out, "{}", wrap(&line, look.width, "", 2))?;
        }
        for line in lines {
            match line.strip_prefix("  ") {
                // What is to be typed is copied in one piece.
                Some(command) => writeln!(out, "    {command}")?,
                None => writeln!(out, "{}", wrap(line, look.width, "  ", 4))?,
            }
        }
    }
    let conflicts = words::policy_conflicts(answer);
    if !conflicts.is_empty() {
        writeln!(out, "\noutside of the policy {}", answer.policy.id)?;
    }
    for conflict in conflicts {
        writeln!(out, "{}", wrap(&conflict.to_string(), look.width, "  ", 4))?;
    }
    let unknowns = words::unknowns(answer);
    if !unknowns.is_empty() {
        unknown(&unknowns, look, out)?;
    }
    let assumptions = words::assumptions(answer);
    if !assumptions.is_empty() {
        writeln!(out, "\nassumed")?;
    }
    for assumption in assumptions {
        writeln!(out, "{}", wrap(&assumption, look.width, "  ", 4))?;
    }
    let not_compared = words::not_compared(answer);
    if !not_compared.is_empty() {
        writeln!(out, "\nnot compared with clients")?;
    }
    for (name, why) in not_compared {
        writeln!(out, "{}", wrap(&why, look.width, &format!("  {name}: "), 4))?;
    }
    let mut findings = answer.open_findings().peekable();
    if findings.peek().is_some() {
        writeln!(out, "\nabout the server")?;
    }
    findings.try_for_each(|finding| write_finding(finding, sources, look.width, out))
}

/// What is not known: all of it, or how much there is and how to see it.
fn unknown(all: &[words::Said<'_>], look: TableStyle, out: &mut impl Write) -> io::Result<()> {
    if !look.verbose {
        let clients = all.iter().map(|(_, ids)| ids.len()).sum();
        let clients = count(clients, "client");
        return writeln!(out, "\nnot everything is known of {clients}; -v says what");
    }
    writeln!(out, "\nnot known")?;
    for (lines, ids) in all {
        writeln!(out, "{}", wrap(&and_list(ids), look.width, "  ", 4))?;
        for line in lines {
            writeln!(out, "{}", wrap(line, look.width, "    ", 6))?;
        }
    }
    Ok(())
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

fn write_finding(
    finding: &Finding,
    sources: &Sources,
    width: u16,
    out: &mut impl Write,
) -> io::Result<()> {
    let it = &finding.diagnostic;
    let mut head = format!("  {}[{}]", it.severity, it.code);
    if let Some(span) = finding.span() {
        let position = sources.start(span);
        let name = sources.name(span.file);
        // In one piece, so that it can be clicked.
        head += &format!(" {name}:{}:{}", position.line, position.column);
    }
    head += ": ";
    writeln!(out, "{}", wrap(&it.message, width, &head, 4))?;
    for note in &it.notes {
        writeln!(out, "{}", wrap(note, width, "    ", 6))?;
    }
    if let Some(help) = &it.help {
        writeln!(out, "{}", wrap(help, width, "    help: ", 6))?;
    }
    Ok(())
}
