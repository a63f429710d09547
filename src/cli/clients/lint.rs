//! `ikecompat clients lint`: what is wrong with client profiles that somebody wrote.

use std::io::Write;
use std::path::PathBuf;

use ikecompat::answer::text::{self, reflow};
use ikecompat::answer::words::{Frame, NOTHING_TO_DO};
use ikecompat::diag::{Severity, Sources, Tone, count, shell_file};
use ikecompat::profile::Database;
use ikecompat::write::report::frame;

use super::super::profiles;
use super::super::terminal::Terminal;
use super::Exit;

/// Check client profiles of your own: everything that is wrong, with its place and its remedy
#[derive(clap::Args, Debug)]
pub(super) struct Args {
    /// Profiles, or folders of them
    #[arg(value_name = "FILE|DIR", required = true)]
    paths: Vec<PathBuf>,
}

pub(super) fn run(args: &Args, terminal: Terminal, out: &mut impl Write) -> anyhow::Result<Exit> {
    let mut sources = Sources::new();
    let mut texts = Vec::new();
    for path in &args.paths {
        match profiles::texts(path, &mut sources, terminal)? {
            Ok(found) if found.is_empty() => {
                anyhow::bail!("`{}` holds no profile (`*.yaml`)", path.display());
            }
            Ok(found) => texts.extend(found),
            Err(exit) => return Ok(exit),
        }
    }
    let diagnostics = Database::builtin().lint(&mut sources, &texts);
    let worst = diagnostics.iter().max_by_key(|it| it.severity);
    let wrong = count(&diagnostics).unwrap_or_else(|| "nothing is wrong".to_owned());
    let frame = Frame {
        headline: format!("{}: {wrong}", text::count(texts.len(), "profile")),
        tone: worst.map_or(Tone::Good, |it| it.severity.tone()),
        next: match worst.filter(|it| it.severity > Severity::Note) {
            Some(worst) => format!(
                "correct what is marked, the {} first, and lint again",
                match worst.severity {
                    Severity::Error => "errors",
                    Severity::Warning | Severity::Note => "warnings",
                }
            ),
            None => match args.paths.as_slice() {
                [path] => format!(
                    "does it connect? `ikecompat check SERVER --profiles {} --clients ID`",
                    shell_file(&path.display().to_string())
                ),
                _ => NOTHING_TO_DO.to_owned(),
            },
        },
    };
    let width = terminal.table_style().width;
    let mut report = Vec::new();
    frame::headline(&frame, "", width, &mut report)?;
    for diagnostic in &diagnostics {
        let style = terminal.report_style();
        let text = reflow(&sources.render(diagnostic, style), width);
        write!(report, "\n{text}")?;
    }
    frame::next(&frame, width, &mut report)?;
    terminal.show(&report, out)?;
    let bad = diagnostics.iter().any(|it| it.severity > Severity::Note);
    Ok(Exit::of(!bad))
}
