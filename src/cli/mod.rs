//! The subcommands: each reads, asks the library, writes. Files, terminals and exit status live
//! here; the library knows none of them.

mod batch;
mod certificate;
mod check;
mod clients;
mod configured;
mod convert;
mod diagnose;
mod explain;
mod files;
mod folder;
mod generate;
mod inputs;
mod judge;
mod learn;
mod lint;
mod negotiate;
mod profiles;
mod recommend;
mod render;
mod schema;
mod servers;
mod source;
mod stream;
mod upgrade;

use std::ffi::OsString;
use std::io::Write;
use std::path::Path;
use std::process::ExitCode;
use std::str::FromStr;

use anyhow::Context as _;
use clap::{Parser, Subcommand};
use ikecompat::diag::Sources;
use ikecompat::peer::Policy;
use ikecompat::profile::Database;

use files::Colour;

/// Which IKEv2 clients connect to a VPN server, on which suite, whether they keep the tunnel, and
/// what to paste where
#[derive(Debug, Parser)]
#[command(version, about, max_term_width = 100, arg_required_else_help = true)]
#[command(disable_help_subcommand = true, propagate_version = true)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    command: Command,

    #[command(flatten)]
    profiles: profiles::ProfileArgs,

    /// Print errors and the report only: no warnings, notes or progress
    #[arg(short, long, global = true)]
    quiet: bool,

    /// Print more: every complaint, what comments allow, and the whole answer for each file of a folder
    #[arg(short, long, global = true, conflicts_with = "quiet")]
    verbose: bool,
}

#[derive(Debug, Subcommand)]
enum Command {
    Check(check::Args),
    Clients(clients::Args),
    Completions(generate::Completions),
    Convert(convert::Args),
    Diagnose(diagnose::Args),
    Explain(explain::Args),
    Learn(learn::Args),
    Lint(lint::Args),
    Man(generate::Man),
    Negotiate(negotiate::Args),
    Recommend(recommend::Args),
    Schema(schema::Args),
}

/// Options about how things look, the same for every subcommand.
#[derive(clap::Args, Clone, Copy, Debug)]
pub(crate) struct LookArgs {
    /// Colour the output
    #[arg(
        long = "color",
        value_name = "auto|always|never",
        default_value = "auto"
    )]
    colour: Colour,
}

/// Formats that every report has.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Format {
    /// For people.
    Table,
    /// For programs.
    Json,
}

impl FromStr for Format {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "table" => Ok(Self::Table),
            "json" => Ok(Self::Json),
            _ => Err("expected `table` or `json`".to_owned()),
        }
    }
}

/// The policy of the given id, or in the file of the given name, which ends in `.yaml`.
fn policy(database: &Database<'_>, word: &str) -> anyhow::Result<Policy> {
    let path = Path::new(word);
    if path.extension().is_none_or(|extension| extension != "yaml") {
        return database.policy(word).with_context(|| {
            let ids = ikecompat::diag::any_of(database.policies());
            format!("there is no policy `{word}`; expected {ids}, or a file `*.yaml`")
        });
    }
    let (name, bytes) = files::read(path)?;
    let mut sources = Sources::new();
    let read = sources
        .add_octets(name, &bytes)
        .and_then(|file| ikecompat::profile::policy::read(&mut sources, file, database));
    read.map_err(|diagnostics| {
        files::complain(&diagnostics, &sources, files::Colour::Auto);
        anyhow::anyhow!("`{word}` is no policy that can be used")
    })
}

/// What the exit status says, whatever the output format.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Exit {
    /// The answer is yes, or there was nothing to answer: 0.
    Yes,
    /// The answer is no: 1.
    No,
    /// There is no answer, and the diagnostics that say why have been printed: 2.
    Unanswered,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(match exit {
            Exit::Yes => 0,
            Exit::No => 1,
            Exit::Unanswered => 2,
        })
    }
}

/// Reads the command line.
pub(crate) fn parse(
    arguments: impl IntoIterator<Item = OsString>,
) -> Result<Arguments, clap::Error> {
    Arguments::try_parse_from(arguments)
}

/// What `--version` says: the program, and the state of its database, which matters more.
pub(crate) fn version() -> String {
    let revision = option_env!("IKECOMPAT_REVISION");
    let revision = revision.map_or_else(String::new, |revision| format!(" (rev {revision})"));
    let database = Database::builtin();
    let dates = database.profiles().filter_map(Result::ok);
    let newest = dates
        .filter_map(|profile| profile.file.newest_evidence)
        .max();
    let newest = newest.map_or_else(String::new, |date| format!(", newest evidence {date}"));
    format!(
        "{} {}{revision} · {} clients{newest}",
        env!("CARGO_PKG_NAME"),
        env!("CARGO_PKG_VERSION"),
        database.ids().count()
    )
}

/// Runs the subcommand.
pub(crate) fn run(arguments: &Arguments, out: &mut impl Write) -> anyhow::Result<Exit> {
    files::set_volume(files::Volume {
        quiet: arguments.quiet,
        verbose: arguments.verbose,
    });
    match &arguments.command {
        Command::Check(args) => arguments.with(|database| check::run(args, database, out)),
        Command::Clients(args) => match args.alone(out) {
            Some(exit) => exit,
            None => arguments.with(|database| clients::run(args, database, out)),
        },
        Command::Completions(args) => generate::completions(args, out),
        Command::Convert(args) => arguments.with(|database| convert::run(args, database, out)),
        Command::Diagnose(args) => arguments.with(|database| diagnose::run(args, database, out)),
        Command::Explain(args) => arguments.with(|database| explain::run(args, database, out)),
        Command::Lint(args) => arguments.with(|database| lint::run(args, database, out)),
        Command::Man(args) => generate::man(args, out),
        Command::Learn(args) => arguments.with(|database| learn::run(args, database, out)),
        Command::Negotiate(args) => negotiate::run(args, out),
        Command::Recommend(args) => arguments.with(|database| recommend::run(args, database, out)),
        Command::Schema(args) => schema::run(args, out),
    }
}

impl Arguments {
    /// Runs what needs client profiles with those of the program and of the user.
    fn with(
        &self,
        run: impl FnOnce(&Database<'_>) -> anyhow::Result<Exit>,
    ) -> anyhow::Result<Exit> {
        match self.profiles.database()? {
            Ok(database) => run(&database),
            Err(exit) => Ok(exit),
        }
    }
}
