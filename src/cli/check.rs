//! `ikecompat check`: which clients connect to this server, and do they keep the tunnel?

use std::io::Write;
use std::path::PathBuf;

use ikecompat::answer::failure::failure;
use ikecompat::answer::words::Frame;
use ikecompat::answer::{Clients, Conclusion, Question, ServerInput};
use ikecompat::diag::Severity;
use ikecompat::lint::Levels;
use ikecompat::peer::NamedEngine;
use ikecompat::profile::Database;
use ikecompat::write::report::lint::LintedFile;
use ikecompat::write::report::table::TableStyle;
use ikecompat::write::report::{
    cbom, certificate, csv, frame, github, html, json, junit, markdown, sarif, table,
};

use super::asked::{Asked, OpenedFiles, Unreadable};
use super::choice::choice;
use super::servers::ReadArgs;
use super::terminal::Terminal;
use super::{Exit, change, manifest, upgrade};
use ikecompat::answer::text::wrap;

/// Check which clients connect to a server, on which suite, and whether they keep the tunnel
///
/// Of a folder every configuration in it is checked; one matrix shows files against clients, and
/// `-v` the whole answer for each file. Of a folder that `recommend --write` made, its server is
/// checked with the files of its clients, as `ikecompat.yaml` names them.
#[derive(clap::Args, Debug)]
pub(crate) struct Args {
    /// What was typed beside the files.
    #[arg(skip)]
    pub(super) typed: Vec<super::typed::TypedOption>,

    /// The same about files that have habits of their own.
    #[arg(skip)]
    pub(super) others: Vec<Self>,

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
    /// the algorithms that the servers accept, `github` for annotations of a workflow, `junit` with a
    /// test for each client
    #[arg(help_heading = super::OUTPUT,
        long,
        default_value = "table",
        value_name = "FORMAT",
        value_parser = choice::<Format>()
    )]
    pub(super) format: Format,

    /// Allow findings of this rule about the server: they are counted; verdicts stay as they are
    #[arg(help_heading = super::OUTPUT, long, value_name = "RULE[=REASON]")]
    pub(super) allow: Vec<super::lint::AllowArg>,

    /// Count what is not known as a failure
    #[arg(help_heading = super::OUTPUT, long)]
    pub(super) deny_unknown: bool,

    #[command(flatten, next_help_heading = super::OUTPUT)]
    pub(super) skip: super::asked::SkipArgs,

    #[command(flatten, next_help_heading = "Certificates")]
    pub(super) certificates: super::certificate::CertificateArgs,

    #[command(flatten, next_help_heading = super::CLIENTS)]
    pub(super) place: super::servers::ClientPlaceArgs,

    #[command(flatten, next_help_heading = super::READING)]
    pub(super) read: ReadArgs,
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
    /// Annotations of a workflow on GitHub.
    Github,
    /// A test for each client, for build servers.
    Junit,
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
    let mut report = Asked::default();
    let mut count = 0;
    for args in std::iter::once(args).chain(&args.others) {
        let Some((asked, files)) = ask_with_habits(args, database, terminal)? else {
            return Ok(Exit::Unanswered);
        };
        report.extend(asked);
        count += files;
    }
    report.complain_if_nothing(args.skip);
    let is_collection = |path: &PathBuf| path.is_dir() && !manifest::is_there(path);
    let folder = args.servers.iter().any(is_collection);
    // A folder with one configuration is that one, and what else is in it.
    let several = match report.answers.len() + report.unreadable.len() {
        0 => folder,
        all => all > 1,
    };
    let in_short = args.format == Format::Table && !several && !terminal.verbose;
    // What is assumed is counted in a short report, and where a screen is to hold it, what else was said while reading.
    let counted = match terminal.table_style().height {
        _ if !in_short => None,
        usize::MAX => Some(Severity::Note),
        _ => Some(Severity::Warning),
    };
    if counted == Some(Severity::Warning) {
        report.say_in_answer();
    }
    report.complain(terminal, counted);
    if args.format == Format::Table {
        report.say_next();
    }
    if !matches!(args.format, Format::Table | Format::Markdown | Format::Html) {
        terminal.frame(&report.frame(terminal));
    }
    // Whose files were not chosen by name, may have some into which nobody dials.
    let mixed = folder || args.skip.skip_unrecognised;
    let conclusion = match args.skip.passes(&report) {
        true => Conclusion::Yes,
        false => conclusion(&report, mixed, args.deny_unknown),
    };
    match args.format {
        Format::Table => {
            let whole = !folder || !several || terminal.verbose;
            let mut text = Vec::new();
            let parts = (whole, count > 1, several);
            table_of(&report, terminal, parts, &mut text)?;
            terminal.show(&text, out)?;
        }
        Format::Json => {
            let all = report.answers.iter();
            let servers: Vec<_> = all.map(|(it, sources)| json::server(it, sources)).collect();
            json::check(&servers, &report.summary(terminal), conclusion, out)?;
        }
        Format::Markdown => markdown_of(&report, terminal, several, out)?,
        Format::Html => {
            let all = report.answers.iter().enumerate();
            let sections: Vec<_> = all
                .map(|(place, (it, sources))| html::server(it, sources, place + 1))
                .collect::<Result<_, _>>()?;
            html::check(&sections, &report.summary(terminal), out)?;
        }
        Format::Csv => {
            let rows = report.answers.iter().flat_map(|(it, _)| csv::server(it));
            csv::write(rows.collect(), out)?;
        }
        Format::Sarif => sarif::write(&linted(&report), out)?,
        Format::Github => github::write(&linted(&report), &report.unopened(), out)?,
        Format::Junit => {
            let answers: Vec<_> = report.answers.iter().map(|(answer, _)| answer).collect();
            let mut suites = junit::check(&answers, mixed, args.deny_unknown);
            let unread = report.summary(terminal).unreadable;
            suites.extend(unread.iter().map(|(name, why)| junit::unread(name, why)));
            junit::write("check", &suites, out)?;
        }
        Format::Cbom => {
            let mut bill = cbom::Bill::default();
            for (answer, _) in &report.answers {
                bill.add(&answer.server, &answer.policy);
            }
            bill.write(out)?;
        }
    }
    Ok(conclusion.into())
}

/// Asks about the files that have the same habits, and how many they are.
fn ask_with_habits(
    args: &Args,
    database: &Database<'_>,
    terminal: Terminal,
) -> anyhow::Result<Option<(Asked, usize)>> {
    let policy = super::policy(database, &args.policy, terminal)?;
    let allow = super::lint::allowed(&args.allow)?;
    let certificates = args.certificates.read()?;
    let (read, files) = args.read.beside(args.clients.as_deref());
    let question = Question {
        clients: args.clients(),
        certificates: Some(&certificates),
        nat: args.place.nat,
        client_address: args.place.client_address,
        server_id: args.place.server_id.as_deref(),
        files: &files,
        allow: &allow,
        typed: &args.typed,
        in_full: args.format == Format::Html,
        sources: args.format == Format::Json,
        ..Question::new(ServerInput::NOTHING, &policy)
    };
    ask(args, &question, database, (&read, terminal))
}

/// Asks about everything that the user named, and how many files that is: a folder with a manifest is its server.
/// `None` if the question is wrong, which has been said.
fn ask(
    args: &Args,
    question: &Question<'_>,
    database: &Database<'_>,
    (read, terminal): (&ReadArgs, Terminal),
) -> anyhow::Result<Option<(Asked, usize)>> {
    let (mut report, mut count) = (Asked::default(), 0);
    // What stands together is asked together, and the order is that of the command line.
    let groups = args
        .servers
        .chunk_by(|a, b| !manifest::is_there(a) && !manifest::is_there(b));
    for group in groups {
        let asked = match group {
            [folder] if manifest::is_there(folder) => {
                count += 1;
                manifest::ask(folder, question, database, (read, terminal))?
            }
            files => {
                let opened = OpenedFiles::open(files, read, (args.skip, terminal))?;
                count += opened.count();
                opened.ask(question, database)
            }
        };
        match asked {
            Some(asked) => report.extend(asked),
            None => return Ok(None),
        }
    }
    Ok(Some((report, count)))
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
    let mut summary = report.summary(terminal);
    summary.is_written_out = whole;
    let frame = summary.frame();
    if several {
        frame::headline(&frame, "", style.width, out)?;
    }
    let answers = report.answers.iter().filter(|_| whole);
    for (place, (answer, sources)) in answers.enumerate() {
        if titled && place > 0 || several {
            writeln!(out)?;
        }
        let more = summary.sentences();
        let style = TableStyle {
            above: style.above + if several { 0 } else { more.len() },
            ..style
        };
        table::write(answer, sources, style, out)?;
        certificate::of_answer(answer, out)?;
        if !several {
            if !more.is_empty() {
                writeln!(out)?;
            }
            for line in &more {
                writeln!(out, "{}", wrap(line, style.width, "", 4))?;
            }
            frame::next(&Frame::of_answer(answer), style.width, out)?;
        }
    }
    if several {
        summary.write(style, out)?;
        frame::next(&frame, style.width, out)?;
    }
    Ok(())
}

fn markdown_of(
    report: &Asked,
    terminal: Terminal,
    several: bool,
    out: &mut impl Write,
) -> anyhow::Result<()> {
    let summary = report.summary(terminal);
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

/// What the answers come to.
fn conclusion(report: &Asked, folder: bool, deny_unknown: bool) -> Conclusion {
    if !report.unreadable.is_empty() {
        return Conclusion::Unanswered;
    }
    let answers = report.answers.iter().map(|(answer, _)| answer);
    Conclusion::of_answers(answers, folder, deny_unknown)
}
