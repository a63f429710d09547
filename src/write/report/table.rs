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

/// Writes the answer: whole for who wants it in full, on a screen otherwise.
pub fn write(
    answer: &Answer,
    sources: &Sources,
    look: TableStyle,
    out: &mut impl Write,
) -> io::Result<()> {
    let frame = Frame::of_answer(answer);
    frame::headline(&frame, &answer.server.file, look.width, out)?;
    match look.verbose {
        true => in_full(answer, sources, look, out),
        false => in_short(answer, look, out),
    }
}

/// Lines of what is named one by one before the others are counted.
const FEW: usize = 3;

/// The matrix, a block for each thing that keeps clients out, and how much else there is to say.
fn in_short(answer: &Answer, look: TableStyle, out: &mut impl Write) -> io::Result<()> {
    let width = look.width;
    writeln!(
        out,
        "{}",
        wrap(&words::judged_in_short(answer), width, "", 2)
    )?;
    if answer.serves_clients() {
        writeln!(out)?;
        matrix(answer, look, out)?;
    }
    for problem in words::problems(answer) {
        writeln!(out)?;
        let lines = problem.lines(width).into_iter();
        lines
            .into_iter()
            .try_for_each(|line| writeln!(out, "{line}"))?;
    }
    let mut beside = Vec::new();
    let mut few = |lead: &str, all: Vec<String>| {
        let more = all.len().saturating_sub(FEW);
        let shown = all.into_iter().take(FEW);
        beside.extend(shown.map(|line| (lead.to_owned(), line)));
        if more > 0 {
            beside.push((lead.to_owned(), format!("{more} more, which -v shows")));
        }
    };
    let outside = format!("outside of the policy {}: ", answer.policy.id);
    few(&outside, words::policy_conflicts(answer));
    let not_compared = words::not_compared(answer).into_iter();
    let not_compared = not_compared.map(|(name, why)| format!("{name}: {why}"));
    few("not compared with clients: ", not_compared.collect());
    // What was said while reading counts as `lint` counts it.
    let findings: Vec<_> = answer.told().collect();
    if !findings.is_empty() {
        few(
            "about the server: ",
            vec![words::counted(answer, &findings)],
        );
    }
    few("allowed about the server: ", words::allowed_in(answer));
    let unknowns = words::unknowns(answer);
    let clients: usize = unknowns.iter().map(|(_, ids)| ids.len()).sum();
    if clients > 0 {
        let clients = count(clients, "client");
        few(
            "",
            vec![format!(
                "not everything is known of {clients}; -v says what"
            )],
        );
    }
    if !beside.is_empty() {
        writeln!(out)?;
    }
    beside
        .iter()
        .try_for_each(|(lead, line)| writeln!(out, "{}", wrap(line, width, lead, 2)))
}

/// The matrix, and everything there is to say.
fn in_full(
    answer: &Answer,
    sources: &Sources,
    look: TableStyle,
    out: &mut impl Write,
) -> io::Result<()> {
    writeln!(
        out,
        "{}",
        wrap(&words::judged_as(answer), look.width, "", 2)
    )?;
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
    findings.try_for_each(|finding| write_finding(finding, sources, look.width, out))?;
    let allowed = words::allowed_in(answer);
    if !allowed.is_empty() {
        writeln!(out, "\nallowed about the server")?;
    }
    let mut allowed = allowed.iter();
    allowed.try_for_each(|line| writeln!(out, "{}", wrap(line, look.width, "  ", 4)))
}

/// What is not known.
fn unknown(all: &[words::Said<'_>], look: TableStyle, out: &mut impl Write) -> io::Result<()> {
    writeln!(out, "\nnot known")?;
    for (lines, ids) in all {
        writeln!(out, "{}", wrap(&and_list(ids), look.width, "  ", 4))?;
        for line in lines {
            writeln!(out, "{}", wrap(line, look.width, "    ", 6))?;
        }
    }
    Ok(())
}

/// What stands for [`words::INFERRED`] where there is no room for the word.
const DEDUCED: &str = "~";

fn matrix(answer: &Answer, look: TableStyle, out: &mut impl Write) -> io::Result<()> {
    let clients = answer.clients.iter();
    let rows: Vec<Vec<Word>> = clients.map(|client| words::cells(client, answer)).collect();
    let text = |row: &Vec<Word>| row.iter().map(|(text, _)| text.clone()).collect();
    let header = words::header(answer).into_iter();
    let mut grid = Grid {
        header: header.map(ToOwned::to_owned).collect(),
        rows: rows.iter().map(text).collect(),
    };
    let tone = |row: usize, column: usize| -> Tone { rows[row][column].1 };
    let mut deduced = false;
    if !grid.fits(look.width) {
        for cell in grid.rows.iter_mut().flatten() {
            if let Some(word) = cell.strip_suffix(words::INFERRED) {
                *cell = format!("{DEDUCED}{word}");
                deduced = true;
            }
        }
    }
    grid.painted(look.width, look.colour, tone, out)?;
    if deduced {
        writeln!(out, "{DEDUCED} inferred: deduced, not observed")?;
    }
    Ok(())
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
