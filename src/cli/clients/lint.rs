//! `ikecompat clients lint`: what is wrong with client profiles that somebody wrote.

use std::io::Write;
use std::path::PathBuf;

use ikecompat::diag::{Severity, Sources, count};
use ikecompat::profile::Database;

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
    for diagnostic in &diagnostics {
        let style = terminal.report_style();
        writeln!(out, "{}", sources.render(diagnostic, style))?;
    }
    let files = match texts.len() {
        1 => "1 profile".to_owned(),
        several => format!("{several} profiles"),
    };
    let wrong = count(&diagnostics).unwrap_or_else(|| "nothing is wrong".to_owned());
    writeln!(out, "{files}: {wrong}")?;
    let bad = diagnostics.iter().any(|it| it.severity > Severity::Note);
    Ok(Exit::of(!bad))
}
