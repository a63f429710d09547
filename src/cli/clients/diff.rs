//! `ikecompat clients diff`: what changed between two clients, and whom that breaks.

use std::io::Write;
use std::path::PathBuf;
use std::sync::Arc;

use anyhow::bail;
use ikecompat::answer::{Clients, Question, ServerInput, ask};
use ikecompat::compat::change::changes;
use ikecompat::diag::Sources;
use ikecompat::profile::Database;
use ikecompat::write::database::diff::{self, Consequence};

use super::super::choice::choice;
use super::super::servers::ReadArgs;
use super::super::terminal::Terminal;
use super::super::{policy, selection};
use super::Exit;

/// Say what changed between two clients, such as two releases of one, and which servers that breaks
#[derive(clap::Args, Debug)]
pub(super) struct Args {
    /// The earlier client: id, alias, or id:variant
    #[arg(value_name = "A")]
    before: String,

    /// The later client
    #[arg(value_name = "B")]
    after: String,

    /// Servers that are judged with either client
    #[arg(long = "server", value_name = "FILE")]
    servers: Vec<PathBuf>,

    /// Output format
    #[arg(
        long,
        default_value = "table",
        value_name = "FORMAT",
        value_parser = choice::<super::super::Format>()
    )]
    format: super::super::Format,

    #[command(flatten)]
    read: ReadArgs,
}

pub(super) fn run(
    args: &Args,
    database: &Database<'_>,
    terminal: Terminal,
    out: &mut impl Write,
) -> anyhow::Result<Exit> {
    let mut clients = Vec::new();
    for word in [&args.before, &args.after] {
        let Some(selected) = selection::select(word, database, terminal) else {
            return Ok(Exit::Unanswered);
        };
        match <[_; 1]>::try_from(selected) {
            Ok([one]) => clients.push(Arc::new(one.client)),
            Err(several) => bail!("`{word}` means {} clients, not one", several.len()),
        }
    }
    let policy = policy(database, "rfc8247", terminal)?;
    let mut consequences = Vec::new();
    for path in &args.servers {
        let opened = args.read.open(path)?;
        let question = Question {
            clients: Clients::Given(&clients),
            ..Question::new(ServerInput::Text(opened.text()), &policy)
        };
        let mut sources = Sources::new();
        match ask(&question, database, &mut sources) {
            Ok(answer) => {
                let verdict = |place: usize| answer.clients[place].report.verdict;
                consequences.push(Consequence {
                    before: verdict(0),
                    after: verdict(1),
                    server: answer.server.file,
                });
            }
            Err(diagnostics) => {
                terminal.complain(&diagnostics, &sources);
                return Ok(Exit::Unanswered);
            }
        }
    }
    let [before, after] = clients.as_slice() else {
        bail!("two clients are compared");
    };
    let changes = changes(before, after);
    let answer = diff::Answer {
        before,
        after,
        changes: &changes,
        consequences: &consequences,
    };
    match args.format {
        super::super::Format::Json => {
            terminal.frame(&diff::frame(&answer));
            diff::json(&answer, out)?;
        }
        super::super::Format::Table => {
            let mut text = Vec::new();
            diff::write(&answer, terminal.table_style().width, &mut text)?;
            terminal.show(&text, out)?;
        }
    }
    Ok(Exit::Yes)
}
