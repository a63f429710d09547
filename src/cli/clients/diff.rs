//! `ikecompat clients diff`: what changed between two clients, and whom that breaks.

use std::io::Write;
use std::path::PathBuf;

use anyhow::bail;
use ikecompat::compat::change::changes;
use ikecompat::compat::client::Situation;
use ikecompat::compat::report::report;
use ikecompat::diag::Sources;
use ikecompat::peer::{Client, Server};
use ikecompat::profile::Database;
use ikecompat::write::database::diff::{self, Consequence};

use super::super::{LookArgs, policy, servers::ReadArgs};
use super::{Exit, files};

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
    #[arg(long, default_value = "table", value_name = "table|json")]
    format: super::super::Format,

    #[command(flatten)]
    read: ReadArgs,

    #[command(flatten)]
    look: LookArgs,
}

pub(super) fn run(
    args: &Args,
    database: &Database<'_>,
    out: &mut impl Write,
) -> anyhow::Result<Exit> {
    let (mut clients, mut sources) = (Vec::new(), Sources::new());
    for word in [&args.before, &args.after] {
        let selected = match files::select(database, word, &mut sources, args.look.colour)? {
            Ok(selected) => selected,
            Err(exit) => return Ok(exit),
        };
        match <[_; 1]>::try_from(selected) {
            Ok([one]) => clients.push(one.client),
            Err(several) => bail!("`{word}` means {} clients, not one", several.len()),
        }
    }
    let mut servers = Vec::new();
    for path in &args.servers {
        let (name, bytes) = files::read(path)?;
        let text = (name.as_str(), bytes.as_slice());
        match args.read.server(path, text, None, &mut sources, database) {
            Ok(reading) => servers.push(reading.value),
            Err(diagnostics) => {
                files::complain(&diagnostics, &sources, args.look.colour);
                return Ok(Exit::Unanswered);
            }
        }
    }
    let consequences = servers
        .iter()
        .map(|server| consequence(server, &clients, database))
        .collect::<anyhow::Result<Vec<_>>>()?;
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
        super::super::Format::Json => diff::json(&answer, out)?,
        super::super::Format::Table => diff::write(&answer, out)?,
    }
    Ok(Exit::Yes)
}

/// What a server makes of either client.
fn consequence(
    server: &Server,
    clients: &[Client],
    database: &Database<'_>,
) -> anyhow::Result<Consequence> {
    let policy = policy(database, "rfc8247")?;
    let situation = Situation::of(server, database.build(server.engine)?);
    let report = report(server, clients, &situation, &policy);
    let verdict = |place: usize| report.clients[place].verdict;
    Ok(Consequence {
        server: server.file.clone(),
        before: verdict(0),
        after: verdict(1),
    })
}
