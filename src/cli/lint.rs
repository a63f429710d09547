//! `ikecompat lint`: what is wrong with the configuration itself?

use std::io::Write;
use std::path::PathBuf;

use anyhow::bail;
use ikecompat::answer::{Clients, Conclusion, Question, ServerInput};
use ikecompat::diag::{self, Diagnostic, Severity};
use ikecompat::lint::{AllowedRule, Levels, known};
use ikecompat::profile::Database;
use ikecompat::write;
use ikecompat::write::report::junit;
use ikecompat::write::report::lint::LintedFile;

use super::Exit;
use super::asked::{Asked, OpenedFiles, Unreadable};
use super::choice::choice;
use super::terminal::Terminal;

/// Say what is wrong with the configuration of a server
///
/// An error is what breaks: a client fails, or the daemon loads nothing. A warning is what weakens. What
/// is only untidy is a note, told with `--pedantic` or `--fail-on note`.
///
/// A comment `# ikecompat: allow(RULE): REASON` allows a finding on its line or, on a line of its
/// own, on the next line and what is indented below it; `allow-file` in the whole file. In XML it
/// is `<!-- ikecompat: allow(RULE): REASON -->`. docs/rules.md lists the rules.
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
    servers: Vec<PathBuf>,

    /// The mildest finding that fails: error, warning or note
    #[arg(help_heading = "Findings",
        long,
        value_name = "SEVERITY",
        default_value = "warning",
        value_parser = choice::<Severity>()
    )]
    fail_on: Severity,

    /// Tell what is untidy, too: what neither breaks nor weakens anything, such as an entry that no
    /// client uses
    #[arg(help_heading = "Findings", long)]
    pedantic: bool,

    /// Make findings of this rule errors
    #[arg(
        help_heading = "Findings",
        long,
        value_name = "RULE",
        value_delimiter = ','
    )]
    deny: Vec<String>,

    /// Allow findings of this rule: they are counted, and fail nothing; with a reason, which is shown, one rule at a
    /// time
    #[arg(help_heading = "Findings", long, value_name = "RULE[=REASON]")]
    allow: Vec<AllowArg>,

    /// Clients in view of which the server is judged: ids, aliases, globs, comma-separated
    #[arg(help_heading = super::CLIENTS, long, value_name = "LIST")]
    clients: Option<String>,

    /// Policy that says what is weak: an id, or a file of your own (`*.yaml`)
    #[arg(help_heading = super::CLIENTS, long, value_name = "ID|FILE", default_value = "rfc8247")]
    policy: String,

    /// Output format: `sarif` for code scanning, `github` for annotations of a workflow, `junit` with a
    /// test for each finding
    #[arg(help_heading = super::OUTPUT,
        long,
        default_value = "table",
        value_name = "FORMAT",
        value_parser = choice::<Format>()
    )]
    format: Format,

    #[command(flatten, next_help_heading = super::OUTPUT)]
    skip: super::asked::SkipArgs,

    #[command(flatten, next_help_heading = super::CLIENTS)]
    place: super::servers::ClientPlaceArgs,

    #[command(flatten, next_help_heading = super::READING)]
    read: super::servers::ReadArgs,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq, strum::EnumString, strum::VariantNames)]
#[strum(serialize_all = "lowercase")]
enum Format {
    /// For people.
    Table,
    /// For programs.
    Json,
    /// For code scanning.
    Sarif,
    /// Annotations of a workflow on GitHub.
    Github,
    /// A test for each finding, for build servers.
    Junit,
}

/// Rules of `--allow`: several, or one with its reason.
#[derive(Clone, Debug)]
pub(super) struct AllowArg(Vec<AllowedRule>);

impl From<&str> for AllowArg {
    fn from(text: &str) -> Self {
        // A reason may have commas.
        Self(match text.contains('=') {
            true => vec![AllowedRule::from(text)],
            false => text.split(',').map(AllowedRule::from).collect(),
        })
    }
}

/// The rules that are allowed. Refuses what is no rule.
pub(super) fn allowed(arguments: &[AllowArg]) -> anyhow::Result<Vec<AllowedRule>> {
    let all: Vec<_> = arguments.iter().flat_map(|it| it.0.clone()).collect();
    are_rules(all.iter().map(|it| &it.rule))?;
    Ok(all)
}

/// Refuses what is no rule, with the nearest one that is.
fn are_rules<'n>(names: impl IntoIterator<Item = &'n String>) -> anyhow::Result<()> {
    for name in names {
        if !known().any(|rule| rule == name) {
            let help = diag::nearest(name, known());
            let help = help.map_or_else(String::new, |rule| format!("; did you mean `{rule}`?"));
            bail!("there is no rule `{}`{help}", name.escape_debug());
        }
    }
    Ok(())
}

pub(super) fn run(
    args: &Args,
    database: &Database<'_>,
    terminal: Terminal,
    out: &mut impl Write,
) -> anyhow::Result<Exit> {
    let mut asked = Asked::default();
    let mut linted = Vec::new();
    for args in std::iter::once(args).chain(&args.others) {
        let Some((found, files)) = ask_with_habits(args, database, terminal)? else {
            return Ok(Exit::Unanswered);
        };
        asked.extend(found);
        linted.extend(files);
    }
    asked.complain_if_nothing(args.skip);
    asked.tell_selection(terminal);
    // What has no text has no place in any format.
    for file in asked.unreadable.iter().filter(|file| file.error.is_some()) {
        file.complain(terminal, false);
    }
    if args.format != Format::Table {
        terminal.frame(&write::report::lint::frame(&linted, &asked.skipped));
    }
    let fails = |it: &Diagnostic| it.severity >= args.fail_on;
    let answered = asked.unreadable.is_empty() && !asked.answers.is_empty();
    let conclusion = match answered {
        _ if args.skip.passes(&asked) => Conclusion::Yes,
        true => Conclusion::of(!linted.iter().flat_map(LintedFile::open).any(fails)),
        false => Conclusion::Unanswered,
    };
    match args.format {
        Format::Json => write::report::lint::json(&linted, &asked.skipped, conclusion, out)?,
        Format::Sarif => write::report::sarif::write(&linted, out)?,
        Format::Github => write::report::github::write(&linted, &asked.unopened(), out)?,
        Format::Junit => {
            let mut suites = junit::lint(&linted, args.fail_on);
            let unopened = asked.unopened();
            suites.extend(unopened.iter().map(|(name, why)| junit::unread(name, why)));
            junit::write("lint", &suites, out)?;
        }
        // Why has been said.
        Format::Table if linted.is_empty() && !asked.unreadable.is_empty() => asked.say_next(),
        Format::Table => {
            let style = (terminal.report_style(), terminal.table_style().width);
            let verbose = terminal.verbose;
            let mut text = Vec::new();
            write::report::lint::text(&linted, &asked.skipped, style, verbose, &mut text)?;
            terminal.show(&text, out)?;
        }
    }
    Ok(conclusion.into())
}

/// Asks about the files that have the same habits, and what is found in each.
fn ask_with_habits(
    args: &Args,
    database: &Database<'_>,
    terminal: Terminal,
) -> anyhow::Result<Option<(Asked, Vec<LintedFile>)>> {
    let allow = allowed(&args.allow)?;
    are_rules(&args.deny)?;
    let levels = Levels {
        allow,
        deny: args.deny.clone(),
        fail_on: args.fail_on,
        pedantic: args.pedantic,
    };
    let policy = super::policy(database, &args.policy, terminal)?;
    let (read, files) = args.read.beside(args.clients.as_deref());
    let clients = args.clients.as_deref().map(Clients::Selected);
    let question = Question {
        clients: clients.unwrap_or_default(),
        files: &files,
        nat: args.place.nat,
        client_address: args.place.client_address,
        server_id: args.place.server_id.as_deref(),
        typed: &args.typed,
        ..Question::new(ServerInput::NOTHING, &policy)
    };
    let opened = OpenedFiles::open(&args.servers, &read, (args.skip, terminal))?;
    let Some(asked) = opened.ask(&question, database) else {
        return Ok(None);
    };
    let readable = asked.answers.iter();
    let readable = readable.map(|(answer, sources)| LintedFile::new(answer, sources, &levels));
    let unreadable = asked.unreadable.iter().filter_map(Unreadable::linted);
    let linted = readable.chain(unreadable).collect();
    Ok(Some((asked, linted)))
}
