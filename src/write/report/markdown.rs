//! The answer of `check` in Markdown, to be pasted into a ticket: GitHub's dialect, which has tables.

use std::io::{self, Write};

use crate::answer::Answer;
use crate::answer::words::{self, Frame};
use crate::diag::{Finding, Sources};
use crate::write::escape::{markdown, markdown_block, markdown_code, markdown_sentence};
use crate::write::grid::Grid;
use crate::write::plan::alternatives;
use crate::write::plan::report::PlanReport;
use crate::write::report::certificate;
use crate::write::report::summary::Summary;
use crate::write::text::and_list;

/// Writes the part about one server.
pub fn server(answer: &Answer, sources: &Sources, out: &mut impl Write) -> io::Result<()> {
    let frame = Frame::of_answer(answer);
    let file = markdown(&answer.server.file);
    writeln!(out, "## {file}: {}\n", markdown(&frame.headline))?;
    writeln!(out, "{}\n", markdown(&words::judged_as(answer)))?;
    if answer.serves_clients() {
        matrix(answer).markdown(out)?;
    }
    failures(answer, out)?;
    let conflicts = words::policy_conflicts(answer);
    if !conflicts.is_empty() {
        let policy = markdown(&answer.policy.id);
        writeln!(out, "\n### Outside of the policy {policy}\n")?;
    }
    for conflict in conflicts {
        writeln!(out, "- {}", markdown(&conflict))?;
    }
    let unknowns = words::unknowns(answer);
    if !unknowns.is_empty() {
        writeln!(out, "\n### Not known\n")?;
    }
    for (lines, ids) in unknowns {
        writeln!(out, "- **{}**", markdown(&and_list(&ids)))?;
        reasons(&lines, out)?;
    }
    let assumptions = words::assumptions(answer);
    if !assumptions.is_empty() {
        writeln!(out, "\n### Assumed\n")?;
    }
    for assumption in assumptions {
        writeln!(out, "- {}", markdown(&assumption))?;
    }
    let not_compared = words::not_compared(answer);
    if !not_compared.is_empty() {
        writeln!(out, "\n### Not compared with clients\n")?;
    }
    for (name, why) in not_compared {
        writeln!(out, "- {}: {}", markdown_code(name), markdown(&why))?;
    }
    let mut findings = answer.open_findings().peekable();
    if findings.peek().is_some() {
        writeln!(out, "\n### About the server\n")?;
    }
    findings.try_for_each(|finding| write_finding(finding, sources, out))?;
    let allowed = words::allowed_in(answer);
    if !allowed.is_empty() {
        writeln!(out, "\n### Allowed about the server\n")?;
    }
    let mut allowed = allowed.iter();
    allowed.try_for_each(|line| writeln!(out, "- {}", markdown_sentence(line)))?;
    if answer.certificates.is_some() {
        writeln!(out, "\n```text")?;
        certificate::of_answer(answer, out)?;
        writeln!(out, "```")?;
    }
    next(&frame, out)
}

/// Writes the next step, the last line of a report.
pub fn next(frame: &Frame, out: &mut impl Write) -> io::Result<()> {
    writeln!(out, "\nnext: {}", markdown_sentence(&frame.next))
}

/// Writes the answer about several servers, the first line of a report.
pub fn headline(frame: &Frame, out: &mut impl Write) -> io::Result<()> {
    writeln!(out, "# {}\n", markdown(&frame.headline))
}

fn failures(answer: &Answer, out: &mut impl Write) -> io::Result<()> {
    let failures = words::failures(answer);
    if !failures.is_empty() {
        writeln!(out, "\n### What fails, and what helps\n")?;
    }
    for (lines, ids) in failures {
        let (what, rest) = lines
            .split_first()
            .map_or(("", &[][..]), |(what, rest)| (what.as_str(), rest));
        let ids = markdown(&and_list(&ids));
        writeln!(out, "- **{ids}**: {}", markdown(what))?;
        reasons(rest, out)?;
    }
    Ok(())
}

/// Writes what several servers have in common, after their parts.
pub fn summary(summary: &Summary, out: &mut impl Write) -> io::Result<()> {
    writeln!(out, "## All configurations\n")?;
    if !summary.rows.is_empty() {
        summary.grid().markdown(out)?;
    }
    let sentences = summary.sentences();
    if !sentences.is_empty() {
        writeln!(out)?;
    }
    for line in sentences {
        let item = line.strip_prefix("  ");
        let line = item.map_or_else(|| markdown(&line), |item| format!("- {}", markdown(item)));
        writeln!(out, "{line}")?;
    }
    Ok(())
}

/// Writes a plan.
pub fn plan(report: &PlanReport<'_>, out: &mut impl Write) -> io::Result<()> {
    let [what, whom, good] = report.summary();
    writeln!(out, "## {}\n", markdown(&what))?;
    writeln!(out, "{}  \n{}", markdown(&whom), markdown(&good))?;
    if let Some(choice) = report.choice() {
        writeln!(out, "\n### {}\n", markdown(alternatives::UNBEATEN))?;
        choice.markdown(out)?;
    }
    if !report.is_complete() {
        writeln!(out, "\n{}", markdown(alternatives::INCOMPLETE))?;
    }
    for part in report.settings()?.iter().chain(&report.clients()?) {
        writeln!(out, "\n### {}\n", markdown(&part.title))?;
        let lines: Vec<&str> = part.body().lines().collect();
        write!(out, "{}", markdown_block(part.language(), &lines, ""))?;
    }
    writeln!(out, "\n### Why")?;
    for paragraph in report.why()? {
        writeln!(out)?;
        let mut lines = paragraph.lines();
        if let Some(first) = lines.next() {
            writeln!(out, "{}", markdown(first))?;
        }
        let mut below = lines.peekable();
        if below.peek().is_some() {
            writeln!(out)?;
        }
        for line in below {
            let deeper = if line.starts_with("    ") { "  " } else { "" };
            writeln!(out, "{deeper}- {}", markdown(line.trim()))?;
        }
    }
    next(
        &Frame::of_plan(
            report.plan(),
            &report.answer().clients,
            &report.answer().typed,
        ),
        out,
    )
}

fn matrix(answer: &Answer) -> Grid {
    let row = |client| {
        let cells = words::cells(client, answer);
        cells.into_iter().map(|cell| cell.0).collect()
    };
    let header = words::header(answer).into_iter();
    Grid {
        header: header.map(ToOwned::to_owned).collect(),
        rows: answer.clients.iter().map(row).collect(),
    }
}

/// Sentences as a list; what is indented, to be typed somewhere, as code.
fn reasons(lines: &[String], out: &mut impl Write) -> io::Result<()> {
    for (line, code) in with_code(lines) {
        writeln!(out, "  - {}", markdown(line))?;
        if !code.is_empty() {
            let language = match code[0].starts_with("Set-Vpn") {
                true => "powershell",
                false => "",
            };
            write!(out, "{}", markdown_block(language, &code, "    "))?;
        }
    }
    Ok(())
}

/// Every sentence with the indented lines that follow it.
pub(crate) fn with_code(lines: &[String]) -> Vec<(&str, Vec<&str>)> {
    let mut all: Vec<(&str, Vec<&str>)> = Vec::new();
    for line in lines {
        match (line.strip_prefix("  "), all.last_mut()) {
            (Some(code), Some((_, block))) => block.push(code),
            _ => all.push((line, Vec::new())),
        }
    }
    all
}

fn write_finding(finding: &Finding, sources: &Sources, out: &mut impl Write) -> io::Result<()> {
    let it = &finding.diagnostic;
    let place = finding.span().map(|span| {
        let position = sources.start(span);
        let name = sources.name(span.file);
        format!("{name}:{}:{}", position.line, position.column)
    });
    let place = place.map_or_else(String::new, |place| format!(" {}", markdown_code(&place)));
    writeln!(
        out,
        "- **{}** {}{place}: {}",
        it.severity,
        markdown_code(it.code),
        markdown(&it.message)
    )?;
    for note in &it.notes {
        writeln!(out, "  - {}", markdown(note))?;
    }
    if let Some(help) = &it.help {
        writeln!(out, "  - help: {}", markdown(help))?;
    }
    Ok(())
}
