//! `ikecompat check`: which clients connect to this server, and do they keep the tunnel?

use std::io::Write;
use std::path::PathBuf;

use ikecompat::compat::report::Overall;
use ikecompat::diag::{Diagnostic, Sources};
use ikecompat::peer::{Client, Engine, Server};
use ikecompat::profile::Database;
use ikecompat::write;
use ikecompat::write::summary::{Row, Summary};

use super::inputs::{self, Read};
use super::judge::{Selections, judge};
use super::{Exit, Format, files, upgrade};

/// Check which clients connect to a server, on which suite, and whether they keep the tunnel
///
/// Of a folder every configuration in it is checked; one matrix shows files against clients, and
/// `-v` the whole answer for each file.
///
/// Exit status: 0 every client connects and no rekeying is known to fail, 1 at least one does not,
/// 2 the question could not be answered.
#[derive(clap::Args, Debug)]
pub(crate) struct Args {
    /// Configurations of servers, folders of them, or `-` for standard input
    #[arg(required = true, value_name = "SERVER")]
    pub(super) servers: Vec<PathBuf>,

    /// Clients to compare: ids, aliases, globs, comma-separated
    #[arg(long, value_name = "LIST")]
    clients: Option<String>,

    /// Policy that ranks the suites: an id, or a file of your own (`*.yaml`)
    #[arg(long, value_name = "ID|FILE", default_value = "rfc8247")]
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

/// The answer for one file.
struct Answer {
    /// What the reader said.
    remarks: Vec<Diagnostic>,
    sources: Sources,
    row: Row,
    /// The answer for people.
    table: Vec<u8>,
    /// The answer for programs.
    json: Option<write::json::Server>,
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
    let asked = args.clients.as_deref();
    let inputs = inputs::expand(&args.servers);
    let read = inputs::each(&inputs, "reading", |input| {
        inputs::read(input, &args.read, database)
    });
    let mut selections = Selections::default();
    let mut summary = Summary::default();
    let mut loaded = Vec::new();
    for read in read {
        match read {
            Read::Server(server) => {
                let known =
                    selections.look_up(&server.reading.value, asked, database, args.look.colour)?;
                if let Err(exit) = known {
                    return Ok(exit);
                }
                loaded.push(server);
            }
            Read::Unreadable(file) => {
                file.complain(args.look.colour);
                let reason = file.reason();
                summary.unreadable.push((file.name, reason));
            }
            Read::Skipped => summary.skipped += 1,
        }
    }
    let answers = inputs::each(&loaded, "comparing", |loaded| {
        judge(
            loaded,
            &selections,
            asked,
            (database, &policy),
            |report, linted, sources| {
                let mut table = Vec::new();
                let mut json = None;
                match args.format {
                    Format::Json => json = Some(write::json::server(report, sources, &policy)),
                    Format::Table => {
                        let look = args.look.colour.look();
                        write::check::write(report, sources, &policy, look, &mut table)?;
                    }
                }
                Ok(Answer {
                    remarks: linted.remarks,
                    sources: sources.clone(),
                    row: Row::of(report),
                    table,
                    json,
                })
            },
        )
    });
    let answers: Vec<Answer> = answers.into_iter().collect::<anyhow::Result<_>>()?;
    for answer in &answers {
        files::complain(&answer.remarks, &answer.sources, args.look.colour);
    }
    let folder = args.servers.iter().any(|path| path.is_dir());
    let verdicts: Vec<Overall> = answers
        .iter()
        .flat_map(|a| a.row.verdicts(folder))
        .collect();
    if args.format == Format::Json {
        let servers: Vec<_> = answers
            .into_iter()
            .filter_map(|answer| answer.json)
            .collect();
        write::json::check(&servers, &summary, out)?;
    } else {
        let whole = !folder || files::volume().verbose;
        let several = inputs.len() > 1;
        for (place, answer) in answers.iter().enumerate().filter(|_| whole) {
            if several {
                let gap = if place == 0 { "" } else { "\n" };
                writeln!(out, "{gap}{}", answer.row.file)?;
            }
            out.write_all(&answer.table)?;
        }
        if folder || answers.len() > 1 {
            if whole && !answers.is_empty() {
                writeln!(out)?;
            }
            summary.rows = answers.into_iter().map(|answer| answer.row).collect();
            summary.write(args.look.colour.look(), out)?;
        }
    }
    if !summary.unreadable.is_empty() || verdicts.is_empty() && !folder {
        return Ok(Exit::Unanswered);
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
    let list = super::judge::words(server, args.clients.as_deref());
    let selected = files::select(database, &list, sources, args.look.colour)?;
    Ok(selected.map(|selected| selected.into_iter().map(|one| one.client).collect()))
}
