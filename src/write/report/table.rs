//! The answer of `check` for people: one matrix, then what to do for whom, then the server itself.

use std::io::{self, Write};

use itertools::Itertools as _;

use crate::answer::Answer;
use crate::answer::words::{self, Frame, Word};
use crate::diag::Tone;
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
    /// Lines of the screen.
    pub height: usize,
    /// Lines that stand on the screen already.
    pub above: usize,
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
        false => in_short(answer, &frame, look, out),
    }
}

/// Lines of what is named one by one before the others are counted.
const FEW: usize = 3;

/// Lines of the longest block about what keeps clients out.
const BLOCK: usize = 4;

/// Lines that are no room for anything.
const LITTLE: usize = 2;

/// Lines below a matrix that fills the screen.
const LEAST_BELOW: usize = 8;

/// The matrix, a block for each thing that keeps clients out, and how much else there is to say: as much as fits on
/// the screen.
fn in_short(
    answer: &Answer,
    frame: &Frame,
    look: TableStyle,
    out: &mut impl Write,
) -> io::Result<()> {
    let width = look.width;
    let mut lines: Vec<String> = Vec::new();
    let push = |lines: &mut Vec<String>, text: &str| lines.extend(text.lines().map(str::to_owned));
    push(
        &mut lines,
        &wrap(&words::judged_in_short(answer), width, "", 2),
    );
    let mut legends = Vec::new();
    if answer.serves_clients() {
        lines.push(String::new());
        let (matrix, said) = matrix(answer, look)?;
        push(&mut lines, &matrix);
        legends = said;
    }
    let mut framed = Vec::new();
    frame::headline(frame, &answer.server.file, width, &mut framed)?;
    frame::next(frame, width, &mut framed)?;
    let framed = framed.iter().filter(|octet| **octet == b'\n').count();
    let above = look.above + framed + lines.len();
    let room = match look.height.saturating_sub(above) {
        // Where the matrix alone fills the screen, what helps is worth a second one.
        0..LITTLE => LEAST_BELOW,
        room => room,
    };
    lines.extend(below(answer, &legends, width, room));
    lines.iter().try_for_each(|line| writeln!(out, "{line}"))
}

/// What stands below the matrix, in at most `room` lines where that can be.
fn below(answer: &Answer, legends: &[String], width: u16, room: usize) -> Vec<String> {
    let mut lines = Vec::new();
    for (block, spaced, most) in [
        (BLOCK, true, usize::MAX),
        (BLOCK, false, usize::MAX),
        (BLOCK - 1, false, usize::MAX),
        (BLOCK - 2, false, usize::MAX),
        (BLOCK - 1, false, 2),
        (BLOCK - 2, false, 2),
        (BLOCK - 2, false, 1),
        (BLOCK - 2, false, 0),
    ] {
        lines = said_below(answer, legends, width, (block, spaced, most));
        if lines.len() <= room {
            break;
        }
    }
    lines
}

/// The same with blocks of so many lines, apart from each other or not, and so many of them.
fn said_below(
    answer: &Answer,
    legends: &[String],
    width: u16,
    (block, spaced, most): (usize, bool, usize),
) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    // What the matrix needs to be read stands right below it.
    lines.extend(legends.iter().filter(|_| spaced).cloned());
    let problems = words::problems(answer);
    for (place, problem) in problems.iter().take(most).enumerate() {
        if spaced || place == 0 {
            lines.push(String::new());
        }
        lines.extend(problem.lines(width, block));
    }
    if most == 0 && !problems.is_empty() {
        lines.push(String::new());
    }
    let others: Vec<&str> = problems
        .iter()
        .skip(most)
        .flat_map(|it| it.ids().iter().copied())
        .collect();
    if !others.is_empty() {
        let text = format!("{}: -v says why, and what helps", and_list(&others));
        lines.extend(wrap(&text, width, "", 2).lines().map(str::to_owned));
    }
    let beside = beside(answer, spaced);
    if spaced {
        if !beside.is_empty() {
            lines.push(String::new());
        }
        for (lead, line) in &beside {
            lines.extend(wrap(line, width, lead, 2).lines().map(str::to_owned));
        }
        return lines;
    }
    // One paragraph; what the signs of the matrix mean first.
    let legends = legends
        .iter()
        .map(|it| it.split(": deduced").next().unwrap_or(it).to_owned());
    let beside = beside
        .into_iter()
        .map(|(lead, line)| format!("{lead}{line}"));
    let all: Vec<String> = legends.chain(beside).collect();
    if !all.is_empty() {
        if lines.is_empty() {
            lines.push(String::new());
        }
        lines.extend(
            wrap(&all.join("; "), width, "", 2)
                .lines()
                .map(str::to_owned),
        );
    }
    lines
}

/// What there is to say beside what keeps clients out, each with the words before it; with what to call for more, or
/// without.
fn beside(answer: &Answer, with_calls: bool) -> Vec<(String, String)> {
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
            vec![match with_calls {
                true => words::counted(answer, &findings),
                false => words::kinds(&findings),
            }],
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
    beside
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
        let (matrix, legends) = matrix(answer, look)?;
        out.write_all(matrix.as_bytes())?;
        legends
            .iter()
            .try_for_each(|line| writeln!(out, "{line}"))?;
    }
    for (what, ids) in words::failures(answer) {
        writeln!(out)?;
        let mut lines = what.iter();
        if let Some(first) = lines.next() {
            let line = format!("{}: {}", and_list(&ids), Tone::Bad.marked(first));
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
fn unknown(
    all: &[words::GroupedReasons<'_>],
    look: TableStyle,
    out: &mut impl Write,
) -> io::Result<()> {
    writeln!(out, "\n{}", Tone::Doubtful.marked("not known"))?;
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

/// The matrix, and what has to be said so that it can be read.
fn matrix(answer: &Answer, look: TableStyle) -> io::Result<(String, Vec<String>)> {
    let clients = answer.clients.iter();
    let mut rows: Vec<Vec<Word>> = clients.map(|client| words::cells(client, answer)).collect();
    let header = words::header(answer).into_iter();
    let mut header: Vec<String> = header.map(ToOwned::to_owned).collect();
    let mut legends = Vec::new();
    let grid = |header: &[String], rows: &[Vec<Word>]| Grid {
        header: header.to_vec(),
        rows: rows
            .iter()
            .map(|row| row.iter().map(|(text, _)| text.clone()).collect())
            .collect(),
    };
    let fits = |header: &[String], rows: &[Vec<Word>]| grid(header, rows).fits(look.width);
    // In the order in which the least is lost.
    if !fits(&header, &rows) {
        let mut deduced = false;
        for (cell, _) in rows.iter_mut().flatten() {
            if let Some(word) = cell.strip_suffix(words::INFERRED) {
                *cell = format!("{DEDUCED}{word}");
                deduced = true;
            }
        }
        if deduced {
            legends.push(format!("{DEDUCED} inferred: deduced, not observed"));
        }
    }
    if !fits(&header, &rows) && header.get(1).is_some_and(|name| name == "connection") {
        let names = rows
            .iter()
            .filter_map(|row| row.get(1))
            .map(|(name, _)| name.clone());
        let names: Vec<String> = names.filter(|name| name != "-").unique().collect();
        if let [one] = names.as_slice() {
            header.remove(1);
            rows.iter_mut().for_each(|row| drop(row.remove(1)));
            legends.push(format!("connection: {one}"));
        }
    }
    let shorten: [fn(&str) -> Option<String>; 2] = [
        // The first thing that is not in common keeps a client out alone.
        |cell| {
            let (verdict, what) = cell.split_once("refused: ")?;
            let (first, _) = what.split_once(" and ").or_else(|| what.split_once(", "))?;
            Some(format!("{verdict}refused: {first} …"))
        },
        // What decides a rank stands in the suite.
        |cell| {
            let (tier, _) = cell.split_once(": ")?;
            (tier != "refused" && tier != "~refused").then(|| tier.to_owned())
        },
    ];
    for shorter in shorten {
        if !fits(&header, &rows) {
            for (cell, _) in rows.iter_mut().flat_map(|row| row.iter_mut().skip(1)) {
                if let Some(text) = shorter(cell) {
                    *cell = text;
                }
            }
        }
    }
    let tone = |row: usize, column: usize| -> Tone { rows[row][column].1 };
    let mut text = Vec::new();
    grid(&header, &rows).painted(look.width, look.colour, tone, &mut text)?;
    Ok((String::from_utf8_lossy(&text).into_owned(), legends))
}

fn write_finding(
    finding: &Finding,
    sources: &Sources,
    width: u16,
    out: &mut impl Write,
) -> io::Result<()> {
    let it = &finding.diagnostic;
    let label = it.severity.tone().marked(&it.severity.to_string());
    let mut head = format!("  {label}[{}]", it.code);
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
