//! `ikecompat check`: which clients connect to this server, and do they keep the tunnel?

use std::io::Write;
use std::path::PathBuf;

use ikecompat::compat::report::Overall;
use ikecompat::diag::{Diagnostic, Sources};
use ikecompat::peer::{Client, Engine, Server};
use ikecompat::profile::Database;
use ikecompat::write;
use ikecompat::write::report::summary::{FileRow, Summary};

use super::inputs::{self, Read};
use super::judge::{Selections, judge};
use super::render::{Format, Rendered, render};
use super::{Exit, files, upgrade};

/// Check which clients connect to a server, on which suite, and whether they keep the tunnel
///
/// Of a folder every configuration in it is checked; one matrix shows files against clients, and
/// `-v` the whole answer for each file.
///
/// Exit status: 0 every client connects, no rekeying is known to fail, and no client is known to
/// refuse the certificate, 1 at least one does not,
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

    /// Output format: `markdown` for a ticket, `html` for one page with everything, `csv` with a line
    /// for each client, `sarif` with the findings and who is refused, `cbom` for a CycloneDX bill of
    /// the algorithms that the servers accept
    #[arg(
        long,
        default_value = "table",
        value_name = "table|json|markdown|html|csv|sarif|cbom"
    )]
    pub(super) format: Format,

    /// Count what is not known as a failure
    #[arg(long)]
    pub(super) deny_unknown: bool,

    #[command(flatten)]
    certificates: super::certificate::CertificateArgs,

    #[command(flatten)]
    pub(super) read: super::servers::ReadArgs,

    #[command(flatten)]
    pub(super) look: super::LookArgs,
}

/// The answer for one file.
struct Answer {
    /// What the reader said.
    diagnostics: Vec<Diagnostic>,
    sources: Sources,
    row: FileRow,
    rendered: Rendered,
    /// Whether a client refuses a certificate.
    certificate_refused: bool,
}

pub(super) fn run(
    args: &Args,
    database: &Database<'_>,
    out: &mut impl Write,
) -> anyhow::Result<Exit> {
    let policy = super::policy(database, &args.policy)?;
    let given = args.certificates.read()?;
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
    let mut broken = Vec::new();
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
                broken.extend(super::lint::broken(&file));
                let reason = file.reason();
                summary.unreadable.push((file.name, reason));
            }
            Read::Skipped => summary.skipped += 1,
        }
    }
    let all = &loaded;
    let answers = inputs::each(all, "comparing", |loaded| {
        judge(
            loaded,
            &selections,
            asked,
            (database, &policy),
            |report, linted, sources| {
                let look = args.look.colour.look();
                let mut all = all.iter();
                let number = all.position(|one| std::ptr::eq(one, loaded)).unwrap_or(0) + 1;
                let rendered = render(
                    args.format,
                    report,
                    &linted,
                    (sources, &policy),
                    (database, number),
                    look,
                )?;
                let looked_at = given.look(report, database, &policy)?;
                Ok(Answer {
                    diagnostics: linted.diagnostics,
                    sources: sources.clone(),
                    row: FileRow::of(report),
                    rendered: rendered.with(&looked_at, args.format),
                    certificate_refused: super::certificate::refused(&looked_at.rows),
                })
            },
        )
    });
    let answers: Vec<Answer> = answers.into_iter().collect::<anyhow::Result<_>>()?;
    for answer in &answers {
        files::complain(&answer.diagnostics, &answer.sources, args.look.colour);
    }
    let folder = args.servers.iter().any(|path| path.is_dir());
    let verdicts: Vec<Overall> = answers
        .iter()
        .flat_map(|a| a.row.verdicts(folder))
        .collect();
    let certificate_refused = answers.iter().any(|answer| answer.certificate_refused);
    let whole = args.format != Format::Table || !folder || files::volume().verbose;
    let several = folder || answers.len() > 1;
    let (rows, rendered): (Vec<_>, Vec<_>) = answers
        .into_iter()
        .map(|answer| (answer.row, answer.rendered))
        .unzip();
    let names: Vec<String> = rows.iter().map(|row| row.file.clone()).collect();
    summary.rows = rows;
    match args.format {
        Format::Json => {
            let servers = rendered.into_iter().filter_map(Rendered::json);
            write::report::json::check(&servers.collect::<Vec<_>>(), &summary, out)?;
        }
        Format::Cbom => {
            let mut bill = write::report::cbom::Bill::default();
            for one in &loaded {
                bill.add(&one.reading.value, &policy);
            }
            bill.write(out)?;
        }
        Format::Html => {
            let sections: Vec<_> = rendered.into_iter().filter_map(Rendered::section).collect();
            write::report::html::check(&sections, &summary, out)?;
        }
        Format::Csv => {
            let rows = rendered.into_iter().flat_map(Rendered::rows).collect();
            write::report::csv::write(rows, out)?;
        }
        Format::Sarif => {
            let files = rendered.into_iter().filter_map(Rendered::file);
            write::report::sarif::write(&files.chain(broken).collect::<Vec<_>>(), out)?;
        }
        Format::Markdown => {
            writeln!(out, "# Clients of IKEv2")?;
            for part in rendered.into_iter().filter_map(Rendered::text) {
                writeln!(out)?;
                out.write_all(&part)?;
            }
            if several {
                writeln!(out)?;
                write::report::markdown::summary(&summary, out)?;
            }
        }
        Format::Table => {
            let parts = rendered.into_iter().filter_map(Rendered::text);
            let titled = inputs.len() > 1;
            for (place, (part, name)) in parts.zip(&names).enumerate().filter(|_| whole) {
                if titled {
                    let gap = if place == 0 { "" } else { "\n" };
                    writeln!(out, "{gap}{name}")?;
                }
                out.write_all(&part)?;
            }
            if several {
                if whole && !names.is_empty() {
                    writeln!(out)?;
                }
                summary.write(args.look.colour.look(), out)?;
            }
        }
    }
    if !summary.unreadable.is_empty() || verdicts.is_empty() && !folder {
        return Ok(Exit::Unanswered);
    }
    let exit = files::exit(verdicts, args.deny_unknown);
    Ok(if exit == Exit::Yes && certificate_refused {
        Exit::No
    } else {
        exit
    })
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
