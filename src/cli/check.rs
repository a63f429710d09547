//! `ikecompat check`: which clients connect to this server, and do they keep the tunnel?

use std::io::Write;
use std::path::PathBuf;

use ikecompat::compat::report::report;
use ikecompat::diag::Sources;
use ikecompat::peer::{Client, Engine, Server};
use ikecompat::profile::{Database, selection};
use ikecompat::write;

use super::{Exit, Format, files, upgrade};

/// Check which clients connect to a server, on which suite, and whether they keep the tunnel
///
/// Exit status: 0 every client connects and no rekeying is known to fail, 1 at least one does not,
/// 2 the question could not be answered.
#[derive(clap::Args, Debug)]
pub(crate) struct Args {
    /// Configurations of servers, or `-` for standard input
    #[arg(required = true, value_name = "SERVER")]
    pub(super) servers: Vec<PathBuf>,

    /// Clients to compare: ids, aliases, globs, comma-separated
    #[arg(long, value_name = "LIST")]
    clients: Option<String>,

    /// Policy that ranks the suites
    #[arg(long, value_name = "ID", default_value = "rfc8247")]
    policy: String,

    /// Say who notices the difference to this engine, as before an upgrade: `strongswan@6.0.1`
    #[arg(long, value_name = "NAME@VERSION", value_parser = super::servers::engine)]
    compare_engine: Option<Engine>,

    /// Output format
    #[arg(long, default_value = "table", value_name = "table|json")]
    pub(super) format: Format,

    /// Count what is not known as a failure
    #[arg(long)]
    pub(super) deny_unknown: bool,

    #[command(flatten)]
    pub(super) read: super::servers::ReadArgs,

    #[command(flatten)]
    pub(super) look: super::LookArgs,
}

pub(super) fn run(
    args: &Args,
    database: &Database<'_>,
    out: &mut impl Write,
) -> anyhow::Result<Exit> {
    let policy = super::policy(database, &args.policy)?;
    if let Some(before) = args.compare_engine {
        return upgrade::run(args, before, database, &policy, out);
    }
    let mut sources = Sources::new();
    let mut servers = Vec::new();
    let mut unreadable = false;
    for path in &args.servers {
        let (name, octets) = files::read(path)?;
        let text = (name.as_str(), octets.as_slice());
        match args.read.server(path, text, None, &mut sources, database) {
            Ok(reading) => {
                files::complain(&reading.remarks, &sources, args.look.colour);
                servers.push(reading.value);
            }
            Err(diagnostics) => {
                files::complain(&diagnostics, &sources, args.look.colour);
                unreadable = true;
            }
        }
    }
    if unreadable {
        return Ok(Exit::Unanswered);
    }
    let mut verdicts = Vec::new();
    let mut answers = Vec::new();
    let mut first = true;
    for server in &servers {
        let clients = match clients(args, server, database, &mut sources)? {
            Ok(clients) => clients,
            Err(exit) => return Ok(exit),
        };
        let situation = super::servers::situation(server, database)?;
        let report = report(server, &clients, &situation, &policy);
        verdicts.extend(report.clients.iter().map(|client| client.verdict));
        match args.format {
            Format::Json => answers.push(write::json::server(&report, &sources, &policy)),
            Format::Table => {
                if servers.len() > 1 {
                    let gap = if first { "" } else { "\n" };
                    writeln!(out, "{gap}{}", server.file)?;
                }
                write::check::write(&report, &sources, &policy, args.look.colour.look(), out)?;
            }
        }
        first = false;
    }
    if args.format == Format::Json {
        write::json::check(&answers, out)?;
    }
    Ok(files::exit(verdicts, args.deny_unknown))
}

/// The clients that a server is compared with: those of the command line, else of its file.
pub(super) fn clients(
    args: &Args,
    server: &Server,
    database: &Database<'_>,
    sources: &mut Sources,
) -> anyhow::Result<Result<Vec<Client>, Exit>> {
    let list = args.clients.clone().unwrap_or_else(|| {
        if server.clients.is_empty() {
            selection::DEFAULT.to_owned()
        } else {
            server.clients.join(",")
        }
    });
    let selected = files::select(database, &list, sources, args.look.colour)?;
    Ok(selected.map(|selected| selected.into_iter().map(|one| one.client).collect()))
}
