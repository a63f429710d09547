//! The answer of `check` in Markdown, to be pasted into a ticket: GitHub's dialect, which has tables.

use std::io::{self, Write};

use crate::compat::finding::Finding;
use crate::compat::report::Report;
use crate::diag::Sources;
use crate::peer::{Policy, Server};
use crate::recommend::Plan;
use crate::write::escape::{markdown, markdown_block, markdown_code};
use crate::write::grid::Grid;
use crate::write::plan::text::{self, PlanContext};
use crate::write::report::summary::Summary;
use crate::write::report::table::{
    NOBODY, cells, failures, has_several, header, not_compared, policy_conflicts, serves_clients,
    unknowns,
};
use crate::write::text::and_list;

/// Writes the part about one server.
pub fn server(
    report: &Report<'_>,
    sources: &Sources,
    policy: &Policy,
    out: &mut impl Write,
) -> io::Result<()> {
    writeln!(out, "## {}\n", markdown(&report.server.file))?;
    writeln!(out, "{}\n", markdown(&judged_as(report.server, policy)))?;
    if serves_clients(report.server) {
        matrix(report, policy).markdown(out)?;
    } else {
        writeln!(out, "{NOBODY}")?;
    }
    let failures = failures(report, policy);
    if !failures.is_empty() {
        writeln!(out, "\n### What fails, and what helps\n")?;
    }
    for (lines, ids) in failures {
        let (what, rest) = lines
            .split_first()
            .map_or(("", &[][..]), |(what, rest)| (what.as_str(), rest));
        writeln!(
            out,
            "- **{}**: {}",
            markdown(&and_list(&ids)),
            markdown(what)
        )?;
        reasons(rest, out)?;
    }
    let policy_conflicts = policy_conflicts(report, policy);
    if !policy_conflicts.is_empty() {
        writeln!(
            out,
            "\n### Outside of the policy {}\n",
            markdown(&policy.id)
        )?;
    }
    for conflict in policy_conflicts {
        writeln!(out, "- {}", markdown(&conflict))?;
    }
    let doubts = unknowns(report);
    if !doubts.is_empty() {
        writeln!(out, "\n### Not known\n")?;
    }
    for (lines, ids) in doubts {
        writeln!(out, "- **{}**", markdown(&and_list(&ids)))?;
        reasons(&lines, out)?;
    }
    let not_compared = not_compared(report.server);
    if !not_compared.is_empty() {
        writeln!(out, "\n### Not compared with clients\n")?;
    }
    for (name, why) in not_compared {
        writeln!(out, "- {}: {}", markdown_code(name), markdown(&why))?;
    }
    if !report.findings.is_empty() {
        writeln!(out, "\n### About the server\n")?;
    }
    for finding in &report.findings {
        say(finding, sources, out)?;
    }
    Ok(())
}

/// Writes what several servers have in common, after their parts.
pub fn summary(summary: &Summary, out: &mut impl Write) -> io::Result<()> {
    writeln!(out, "## All configurations\n")?;
    if !summary.rows.is_empty() {
        summary.grid().markdown(out)?;
        writeln!(out)?;
    }
    for line in summary.sentences() {
        let item = line.strip_prefix("  ");
        let line = item.map_or_else(|| markdown(&line), |item| format!("- {}", markdown(item)));
        writeln!(out, "{line}")?;
    }
    Ok(())
}

/// Writes a plan.
pub fn plan(plan: &Plan, context: &PlanContext<'_>, out: &mut impl Write) -> io::Result<()> {
    writeln!(out, "## Settings for {}\n", plan.product)?;
    for part in text::parts(plan, context)? {
        writeln!(out, "### {}\n", markdown(&part.title))?;
        let lines: Vec<&str> = part.text.lines().collect();
        write!(out, "{}", markdown_block(part.language, &lines, ""))?;
        writeln!(out)?;
    }
    Ok(())
}

/// Product, engine and policy: what the judgement rests on.
pub(crate) fn judged_as(server: &Server, policy: &Policy) -> String {
    let product = server.product;
    let product = product.map_or_else(String::new, |product| format!("{product}, "));
    format!("judged as {product}{} by {}", server.engine, policy.id)
}

fn matrix(report: &Report<'_>, policy: &Policy) -> Grid {
    let row = |client| {
        let cells = cells(client, report, policy);
        cells.into_iter().map(|cell| cell.0).collect()
    };
    let header = header(has_several(report.server)).into_iter();
    Grid {
        header: header.map(ToOwned::to_owned).collect(),
        rows: report.clients.iter().map(row).collect(),
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

/// Where a finding stands, as `file:line:column`.
pub(crate) fn place(finding: &Finding, sources: &Sources) -> Option<String> {
    let span = finding.span.as_ref()?;
    let position = sources.start(span);
    let name = sources.name(span.file);
    Some(format!("{name}:{}:{}", position.line, position.column))
}

fn say(finding: &Finding, sources: &Sources, out: &mut impl Write) -> io::Result<()> {
    let place = place(finding, sources);
    let place = place.map_or_else(String::new, |place| format!(" {}", markdown_code(&place)));
    writeln!(
        out,
        "- **{}** {}{place}: {}",
        finding.severity,
        markdown_code(finding.code),
        markdown(&finding.message)
    )?;
    for note in &finding.notes {
        writeln!(out, "  - {}", markdown(note))?;
    }
    if let Some(help) = &finding.help {
        writeln!(out, "  - help: {}", markdown(help))?;
    }
    Ok(())
}
