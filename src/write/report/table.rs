//! The answer of `check` for people: one matrix, then what to do for whom, then the server itself.

mod matrix;

use std::io::{self, Write};

use indexmap::IndexMap;

use self::matrix::Matrix;
use crate::answer::Answer;
use crate::answer::words::{self, Frame, Problem};
use crate::diag::Tone;
use crate::diag::{Finding, Sources};
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
        false => in_short(answer, sources, (&frame, look), out),
    }
}

/// Lines of what is named one by one before the others are counted.
const FEW: usize = 3;

/// Lines of the longest block about what keeps clients out.
const BLOCK: usize = 4;

/// How a report is laid out, from the roomiest to the tightest: the matrix with a line for each client, so many lines
/// for each block, blocks apart from each other.
const LAYOUTS: [Layout; 9] = [
    Layout::new(true, BLOCK, true),
    Layout::new(true, BLOCK, false),
    Layout::new(false, BLOCK, false),
    Layout::new(true, BLOCK - 1, false),
    Layout::new(false, BLOCK - 1, false),
    Layout::new(true, BLOCK - 2, false),
    Layout::new(false, BLOCK - 2, false),
    Layout::new(false, 1, false),
    Layout {
        refused: false,
        ..Layout::new(false, 1, false)
    },
];

#[derive(Clone, Copy)]
struct Layout {
    /// A line of the matrix for each client; otherwise one for all of whom it says the same.
    each: bool,
    /// Lines of a block.
    block: usize,
    /// With blank lines between blocks.
    spaced: bool,
    /// The matrix has those who are refused, too, although a block says it of each.
    refused: bool,
}

impl Layout {
    const fn new(each: bool, block: usize, spaced: bool) -> Self {
        Self {
            each,
            block,
            spaced,
            refused: true,
        }
    }
}

/// The matrix, a block for each thing that keeps clients out, and how much else there is to say: as much as fits on
/// the screen.
fn in_short(
    answer: &Answer,
    sources: &Sources,
    (frame, look): (&Frame, TableStyle),
    out: &mut impl Write,
) -> io::Result<()> {
    let width = look.width;
    let mut framed = Vec::new();
    frame::headline(frame, &answer.server.file, width, &mut framed)?;
    frame::next(frame, width, &mut framed)?;
    let framed: usize = String::from_utf8_lossy(&framed)
        .lines()
        .map(|line| rows(line, width))
        .sum();
    let judged = wrap(&words::judged_in_short(answer), width, "", 2);
    let room = look.height.saturating_sub(look.above + framed);
    let matrices = match answer.serves_clients() {
        true => Some([true, false].map(|refused| {
            let each = Matrix::of(answer, look, refused);
            (each.merged(), each)
        })),
        false => None,
    };
    // Only those whose block names them are left out of the matrix.
    let names_all = words::problems(answer).iter().all(Problem::names_all);
    let written = |layout: Layout| {
        let mut lines: Vec<String> = judged.lines().map(str::to_owned).collect();
        let mut legends: &[String] = &[];
        if let Some([all, without_refused]) = &matrices {
            let (merged, each) = match layout.refused || !names_all {
                true => all,
                false => without_refused,
            };
            let matrix = if layout.each { each } else { merged };
            if !matrix.is_empty() {
                lines.push(String::new());
                lines.extend(matrix.lines(look, layout.each));
            }
            legends = &matrix.legends;
        }
        lines.extend(said_below((answer, sources), legends, look, layout));
        lines
    };
    let height = |lines: &[String]| lines.iter().map(|line| rows(line, width)).sum::<usize>();
    let mut shortest: Option<Vec<String>> = None;
    for layout in LAYOUTS {
        let lines = written(layout);
        let is_shorter = shortest
            .as_ref()
            .is_none_or(|known| height(&lines) < height(known));
        if is_shorter {
            shortest = Some(lines);
        }
        if shortest.as_ref().is_some_and(|it| height(it) <= room) {
            break;
        }
    }
    let mut lines = shortest.into_iter().flatten();
    lines.try_for_each(|line| writeln!(out, "{line}"))
}

/// The lines of a screen that one of a text takes.
fn rows(line: &str, width: u16) -> usize {
    let columns = textwrap::core::display_width(line);
    columns.div_ceil(usize::from(width).max(1)).max(1)
}

/// What stands below the matrix.
fn said_below(
    (answer, sources): (&Answer, &Sources),
    legends: &[String],
    look: TableStyle,
    layout: Layout,
) -> Vec<String> {
    let Layout { block, spaced, .. } = layout;
    let width = look.width;
    let mut lines: Vec<String> = Vec::new();
    // What the matrix needs to be read stands right below it.
    lines.extend(legends.iter().filter(|_| spaced).cloned());
    for (place, problem) in words::problems(answer).iter().enumerate() {
        if spaced || place == 0 {
            lines.push(String::new());
        }
        lines.extend(problem.lines(width, block));
    }
    let mut beside = beside(answer, spaced);
    if spaced && look.height < usize::MAX {
        // Elsewhere it is said on standard error.
        beside.extend(read(answer, sources));
    }
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
    // What several have before them is said once.
    let mut said_last = String::new();
    let beside = beside.into_iter().map(|(lead, line)| {
        let is_said = !lead.is_empty() && lead == said_last;
        said_last.clone_from(&lead);
        match is_said {
            true => line,
            false => lead + &line,
        }
    });
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

/// What was found while reading, a line for each.
fn read(answer: &Answer, sources: &Sources) -> Vec<(String, String)> {
    let told = answer.told().filter(|it| answer.reading.contains(it));
    let said = told.map(|finding| {
        let it = &finding.diagnostic;
        let place = finding.span().map_or_else(String::new, |span| {
            format!("line {}: ", sources.start(span).line)
        });
        let label = it.severity.tone().marked(&it.severity.to_string());
        (
            format!("{label}: "),
            format!("{place}{} [{}]", it.message, it.code),
        )
    });
    said.collect()
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
    few("not compared with clients: ", not_compared(answer));
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

/// The connections that no client is compared with, those together for which the reason is the same.
fn not_compared(answer: &Answer) -> Vec<String> {
    let mut kinds: IndexMap<String, Vec<&str>> = IndexMap::new();
    for (name, why) in words::not_compared(answer) {
        kinds.entry(why).or_default().push(name);
    }
    let line = |(why, names): (String, Vec<&str>)| match names.len() {
        0..=FEW => format!("{}: {why}", and_list(&names)),
        all => format!("{} and {} more: {why}", names[..FEW].join(", "), all - FEW),
    };
    kinds.into_iter().map(line).collect()
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
        let matrix = Matrix::of(answer, look, true);
        let lines = matrix.lines(look, true);
        let mut lines = lines.iter().chain(&matrix.legends);
        lines.try_for_each(|line| writeln!(out, "{line}"))?;
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
