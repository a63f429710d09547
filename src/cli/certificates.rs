//! `ikecompat certificate`: what clients demand of a certificate, and whether they take it.

use std::io::Write;
use std::path::PathBuf;

use anyhow::Context as _;
use ikecompat::answer::certificate::{Certificates, Names};
use ikecompat::answer::selection::{self, Selection};
use ikecompat::diag::Sources;
use ikecompat::profile::Database;
use ikecompat::profile::selection::DEFAULT;
use ikecompat::read::certificate::leaf;
use ikecompat::write::report::certificate;

use super::Exit;
use super::certificate::{now, read};
use super::files::Folder;
use super::terminal::Terminal;

/// Describe a certificate, and say what clients demand of it
///
/// What only clients may prove themselves with is looked at as a client's, everything else as a server's.
/// Private keys in the file are passed over.
#[derive(clap::Args, Debug)]
pub(crate) struct Args {
    /// Certificate or chain, in PEM or DER
    #[arg(value_name = "FILE")]
    file: PathBuf,

    /// Clients that are asked: ids, aliases, globs, comma-separated
    #[arg(long, value_name = "LIST")]
    clients: Option<String>,

    /// Host name or IP address that clients dial
    #[arg(long, value_name = "HOST")]
    address: Option<String>,

    /// Day on which it has to be valid [default: today]
    #[arg(long, value_name = "YYYY-MM-DD", value_parser = super::certificate::day)]
    at: Option<i64>,
}

pub(super) fn run(
    args: &Args,
    database: &Database<'_>,
    terminal: Terminal,
    out: &mut impl Write,
) -> anyhow::Result<Exit> {
    let chain = read(&args.file)?;
    let one = leaf(&chain)
        .context("there is no certificate in the file")?
        .clone();
    let authorities = chain.iter().filter(|other| other.is_ca && **other != one);
    let (server, client) = match one.is_of_client_only() {
        true => (None, Some(one.clone())),
        false => (Some(one.clone()), None),
    };
    let given = Certificates {
        server,
        client,
        now: args.at.unwrap_or_else(now),
        authorities: authorities.cloned().collect(),
    };
    let words = args.clients.as_deref().unwrap_or(DEFAULT);
    let mut sources = Sources::new();
    let selection = match selection::select(words, database, &Folder::none(), &mut sources) {
        Ok(selection) => selection,
        Err(diagnostics) => {
            terminal.complain(&diagnostics, &sources);
            return Ok(Exit::Unanswered);
        }
    };
    let Selection {
        clients,
        diagnostics,
    } = selection;
    terminal.complain(&diagnostics, &sources);
    let clients: Vec<_> = clients.into_iter().map(|one| one.client).collect();
    let names = Names {
        address: args.address.as_deref(),
        remote_id: None,
    };
    let rows = given.rows(clients.iter(), names, database);
    let demands = given.demands(clients.iter(), database);
    let look = terminal.table_style();
    let name = args.file.display().to_string();
    let mut text = Vec::new();
    let said = (&rows[..], &demands[..], clients.len());
    let refused = certificate::alone(&name, &one, said, look, &mut text)?;
    terminal.show(&text, out)?;
    Ok(Exit::of(!refused))
}
