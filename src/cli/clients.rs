//! `ikecompat clients`: the database of what clients offer, and on what evidence.

mod compare;
mod diff;
mod lint;
mod list;
mod show;
mod site;

use std::io::Write;

use ikecompat::answer::words::Frame;
use ikecompat::profile::Database;
use ikecompat::write::grid::Grid;
use ikecompat::write::report::{frame, markdown};

use super::Exit;
use super::terminal::Terminal;

/// Show what clients offer, and on what evidence
#[derive(clap::Args, Debug)]
pub(crate) struct Args {
    #[command(subcommand)]
    command: Option<Command>,

    #[command(flatten)]
    list: list::ListArgs,
}

#[derive(clap::Subcommand, Debug)]
enum Command {
    /// Put several clients side by side
    Compare(compare::Args),
    Diff(diff::Args),
    Lint(lint::Args),
    /// List the clients of the database
    List(list::ListArgs),
    /// Tell the whole story of one client, with its sources
    Show(show::Args),
    Site(site::Args),
}

impl Args {
    /// Runs what must work without the user's own profiles, because it judges such.
    pub(super) fn alone(
        &self,
        terminal: Terminal,
        out: &mut impl Write,
    ) -> Option<anyhow::Result<Exit>> {
        match &self.command {
            Some(Command::Lint(args)) => Some(lint::run(args, terminal, out)),
            _ => None,
        }
    }
}

/// How a table of the database looks.
#[derive(Clone, Copy, Debug, Eq, PartialEq, strum::EnumString, strum::VariantNames)]
#[strum(serialize_all = "lowercase")]
enum Format {
    /// For people at a terminal.
    Table,
    /// For programs.
    Json,
    /// For a ticket.
    Markdown,
    /// For spreadsheets.
    Csv,
}

pub(super) fn run(
    args: &Args,
    database: &Database<'_>,
    terminal: Terminal,
    out: &mut impl Write,
) -> anyhow::Result<Exit> {
    match &args.command {
        None => list::run(&args.list, database, terminal, out),
        Some(Command::Compare(args)) => compare::run(args, database, terminal, out),
        Some(Command::Diff(args)) => diff::run(args, database, terminal, out),
        Some(Command::Lint(args)) => lint::run(args, terminal, out),
        Some(Command::List(args)) => list::run(args, database, terminal, out),
        Some(Command::Show(args)) => show::run(args, database, terminal, out),
        Some(Command::Site(args)) => site::run(args, database, terminal, out),
    }
}

/// Writes a table in any format but JSON, with what the report begins and ends with.
fn grid(
    grid: &Grid,
    frame: &Frame,
    format: Format,
    terminal: Terminal,
    out: &mut impl Write,
) -> anyhow::Result<()> {
    let width = terminal.table_style().width;
    match format {
        Format::Table => {
            let mut text = Vec::new();
            frame::headline(frame, "", width, &mut text)?;
            writeln!(text)?;
            grid.table(width, &mut text)?;
            frame::next(frame, width, &mut text)?;
            terminal.show(&text, out)?;
        }
        Format::Markdown => {
            markdown::headline(frame, out)?;
            grid.markdown(out)?;
            markdown::next(frame, out)?;
        }
        Format::Csv | Format::Json => {
            terminal.frame(frame);
            grid.csv(out)?;
        }
    }
    Ok(())
}
