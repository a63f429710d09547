//! `ikecompat check`: which clients connect to this server, and do they keep the tunnel?

use std::io::Write;
use std::path::PathBuf;

use ikecompat::answer::failure::failure;
use ikecompat::answer::words::Frame;
use ikecompat::answer::{Answer, Clients, Question, ServerInput};
use ikecompat::compat::report::Overall;
use ikecompat::lint::Levels;
use ikecompat::peer::NamedEngine;
use ikecompat::profile::Database;
use ikecompat::write::report::lint::LintedFile;
use ikecompat::write::report::{cbom, certificate, csv, frame, html, json, markdown, sarif, table};

use super::asked::{Asked, OpenedFiles, Unreadable};
use super::choice::choice;
use super::files::Folder;
use super::terminal::Terminal;
use super::{Exit, change, upgrade};

/// Check which clients connect to a server, on which suite, and whether they keep the tunnel
///
/// Of a folder every configuration in it is checked; one matrix shows files against clients, and
/// `-v` the whole answer for each file.
#[derive(clap::Args, Debug)]
pub(crate) struct Args {
    /// Configurations of servers, folders of them, or `-` for standard input
    #[arg(required = true, value_name = "SERVER")]
    pub(super) servers: Vec<PathBuf>,

    /// Clients to compare: ids, aliases, globs, comma-separated
    #[arg(help_heading = super::CLIENTS, long, value_name = "LIST")]
    pub(super) clients: Option<String>,

    /// Policy that ranks the suites: an id, or a file of your own (`*.yaml`)
    #[arg(help_heading = super::CLIENTS, long, value_name = "ID|FILE", default_value = "rfc8247")]
    pub(super) policy: String,

    /// Say who notices the difference to this engine, as before or after an upgrade:
    /// `strongswan@6.0.1`
    #[arg(help_heading = "Before a change or an upgrade", long, value_name = "NAME@VERSION", value_parser = super::servers::engine)]
    compare_engine: Option<NamedEngine>,

    /// What the file is to become: one table says who gains and who loses by the change
    #[arg(
        help_heading = "Before a change or an upgrade",
        long,
        value_name = "FILE",
        conflicts_with = "compare_engine"
    )]
    pub(super) after: Option<PathBuf>,

    /// Clients that have to connect, after the change if there is one: exit status 1 if one of them
    /// would not, whatever becomes of the others
    #[arg(
        help_heading = "Before a change or an upgrade",
        long,
        value_name = "LIST",
        conflicts_with = "compare_engine"
    )]
    pub(super) require: Option<String>,

    /// Output format: `markdown` for a ticket, `html` for one page with everything, `csv` with a line
    /// for each client, `sarif` with the findings and who is refused, `cbom` for a CycloneDX bill of
    /// the algorithms that the servers accept
    #[arg(help_heading = super::OUTPUT,
        long,
        default_value = "table",
        value_name = "FORMAT",
        value_parser = choice::<Format>()
    )]
    pub(super) format: Format,

    /// Count what is not known as a failure
    #[arg(help_heading = super::OUTPUT, long)]
    pub(super) deny_unknown: bool,

    #[command(flatten, next_help_heading = "Certificates")]
    certificates: super::certificate::CertificateArgs,

    #[command(flatten, next_help_heading = super::CLIENTS)]
    pub(super) place: super::servers::ClientPlaceArgs,

    #[command(flatten, next_help_heading = super::READING)]
    pub(super) read: super::servers::ReadArgs,
}

/// The formats of the answer.
#[derive(Clone, Copy, Debug, Eq, PartialEq, strum::EnumString, strum::VariantNames)]
#[strum(serialize_all = "lowercase")]
pub(crate) enum Format {
    /// For people at a terminal.
    Table,
    /// For programs.
    Json,
    /// For a ticket.
    Markdown,
    /// One page for a browser or a printer.
    Html,
    /// A line for each client, for spreadsheets.
    Csv,
    /// Findings, for code scanning.
    Sarif,
    /// A bill of materials of the algorithms, CycloneDX 1.6.
    Cbom,
}

impl Args {
    /// The clients that are asked for.
    pub(super) fn clients(&self) -> Clients<'_> {
        let selected = self.clients.as_deref().map(Clients::Selected);
        selected.unwrap_or_default()
    }
}

pub(super) fn run(
    args: &Args,
    database: &Database<'_>,
    terminal: Terminal,
    out: &mut impl Write,
) -> anyhow::Result<Exit> {
    let policy = super::policy(database, &args.policy, terminal)?;
    if let Some(other) = &args.compare_engine {
        return upgrade::run(args, other, database, (&policy, terminal), out);
    }
    if args.after.is_some() || args.require.is_some() {
        return change::run(args, database, (&policy, terminal), out);
    }
    let certificates = args.certificates.read()?;
    let files = Folder::none();
    let question = Question {
        clients: args.clients(),
        certificates: Some(&certificates),
        nat: args.place.nat,
        client_address: args.place.client_address,
        files: &files,
        in_full: args.format == Format::Html,
        ..Question::new(ServerInput::NOTHING, &policy)
    };
    let opened = OpenedFiles::open(&args.servers, &args.read, terminal)?;
    let Some(report) = opened.ask(&question, database) else {
        return Ok(Exit::Unanswered);
    };
    report.complain_if_nothing();
    report.complain(terminal);
    let folder = args.servers.iter().any(|path| path.is_dir());
    let several = folder || report.answers.len() > 1;
    if !matches!(args.format, Format::Table | Format::Markdown | Format::Html) {
        terminal.frame(&report.frame());
    }
    match args.format {
        Format::Table => {
            let whole = !folder || terminal.verbose;
            let mut text = Vec::new();
            let parts = (whole, opened.count() > 1, several);
            table_of(&report, terminal, parts, &mut text)?;
            terminal.show(&text, out)?;
        }
        Format::Json => {
            let all = report.answers.iter();
            let servers: Vec<_> = all.map(|(it, sources)| json::server(it, sources)).collect();
            json::check(&servers, &report.summary(), out)?;
        }
        Format::Markdown => markdown_of(&report, several, out)?,
        Format::Html => {
            let all = report.answers.iter().enumerate();
            let sections: Vec<_> = all
                .map(|(place, (it, sources))| html::server(it, sources, place + 1))
                .collect::<Result<_, _>>()?;
            html::check(&sections, &report.summary(), out)?;
        }
        Format::Csv => {
            let rows = report.answers.iter().flat_map(|(it, _)| csv::server(it));
            csv::write(rows.collect(), out)?;
        }
        Format::Sarif => sarif::write(&linted(&report), out)?,
        Format::Cbom => {
            let mut bill = cbom::Bill::default();
            for (answer, _) in &report.answers {
                bill.add(&answer.server, &policy);
            }
            bill.write(out)?;
        }
    }
    Ok(exit(&report, folder, args.deny_unknown))
}

/// One answer after the other, and the matrix of all; `whole`, `titled` and `several` say whether the answers are
/// written out, apart from each other, and whether there is a matrix.
fn table_of(
    report: &Asked,
    terminal: Terminal,
    (whole, titled, several): (bool, bool, bool),
    out: &mut impl Write,
) -> anyhow::Result<()> {
    let style = terminal.table_style();
    let summary = report.summary();
    let frame = summary.frame();
    if several {
        frame::headline(&frame, "", style.width, out)?;
    }
    let answers = report.answers.iter().filter(|_| whole);
    for (place, (answer, sources)) in answers.enumerate() {
        if titled && place > 0 || several {
            writeln!(out)?;
        }
        table::write(answer, sources, style, out)?;
        certificate::of_answer(answer, out)?;
        if !several {
            frame::next(&Frame::of_answer(answer), style.width, out)?;
        }
    }
    if several {
        summary.write(style, out)?;
        frame::next(&frame, style.width, out)?;
    }
    Ok(())
}

fn markdown_of(report: &Asked, several: bool, out: &mut impl Write) -> anyhow::Result<()> {
    let summary = report.summary();
    let frame = summary.frame();
    if several {
        markdown::headline(&frame, out)?;
    }
    for (place, (answer, sources)) in report.answers.iter().enumerate() {
        if place > 0 {
            writeln!(out)?;
        }
        markdown::server(answer, sources, out)?;
    }
    if several {
        writeln!(out)?;
        markdown::summary(&summary, out)?;
        markdown::next(&frame, out)?;
    }
    Ok(())
}

/// The findings about servers, with the clients that fail among them.
fn linted(report: &Asked) -> Vec<LintedFile> {
    let answers = report.answers.iter().map(|(answer, sources)| {
        let mut file = LintedFile::new(answer, sources, &Levels::default());
        let clients = answer.clients.iter();
        file.findings
            .extend(clients.filter_map(|client| failure(client, answer)));
        file
    });
    let unreadable = report.unreadable.iter().filter_map(Unreadable::linted);
    answers.chain(unreadable).collect()
}

/// The status: of a file in a folder into which nobody dials, no verdict counts. Where no configuration was
/// found there is no answer; where nothing is known of any client, the answer is not yes.
fn exit(report: &Asked, folder: bool, deny_unknown: bool) -> Exit {
    let answers = report.answers.iter().map(|(answer, _)| answer);
    let counted = answers
        .clone()
        .filter(|answer| answer.serves_clients() || !folder);
    let verdicts: Vec<Overall> = counted
        .flat_map(|answer| &answer.clients)
        .map(|client| client.report.verdict)
        .collect();
    let nothing_asked = report.answers.is_empty() || verdicts.is_empty() && !folder;
    if !report.unreadable.is_empty() || nothing_asked {
        return Exit::Unanswered;
    }
    let nothing_known = !verdicts.is_empty() && verdicts.iter().all(|it| *it == Overall::Unknown);
    match Exit::of_verdicts(verdicts, deny_unknown || nothing_known) {
        Exit::Yes => Exit::of(!answers.clone().any(Answer::refuses_certificate)),
        other => other,
    }
}
