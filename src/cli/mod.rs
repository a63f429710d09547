//! The subcommands: each reads, asks the library, writes. Files, terminals and exit status live
//! here; the library knows none of them.

mod archive;
mod asked;
mod batch;
mod certificate;
mod change;
mod check;
mod choice;
mod clients;
mod convert;
mod diagnose;
mod exit;
mod explain;
mod files;
mod folder;
mod generate;
mod inputs;
mod lab;
mod learn;
mod limits;
mod lint;
#[cfg(feature = "live")]
mod listen;
#[cfg(feature = "live")]
mod live;
mod manifest;
mod manual;
mod negotiate;
#[cfg(feature = "live")]
mod probe;
mod profiles;
mod recommend;
#[cfg(feature = "live")]
mod recording;
mod schema;
mod selection;
mod servers;
#[cfg(feature = "live")]
mod sockets;
mod terminal;
mod upgrade;

use std::ffi::OsString;
use std::io::Write;
use std::path::Path;

use anyhow::Context as _;
use clap::{FromArgMatches as _, Parser, Subcommand};
use ikecompat::diag::Sources;
use ikecompat::peer::Policy;
use ikecompat::profile::Database;

pub(crate) use exit::Exit;
use terminal::{Colour, Terminal};

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

    /// Colour the output
    #[arg(
        long = "color",
        value_name = "WHEN",
        default_value = "auto",
        global = true,
        value_parser = choice::choice::<Colour>()
    )]
    colour: Colour,
}

#[derive(Debug, Subcommand)]
enum Command {
    Check(check::Args),
    Clients(clients::Args),
    Completions(generate::Completions),
    Convert(convert::Args),
    Diagnose(diagnose::Args),
    Explain(explain::Args),
    Lab(lab::Args),
    Learn(learn::Args),
    Lint(lint::Args),
    #[cfg(feature = "live")]
    Listen(listen::Args),
    Man(generate::Man),
    Negotiate(negotiate::Args),
    #[cfg(feature = "live")]
    Probe(probe::Args),
    Recommend(Box<recommend::Args>),
    Schema(schema::Args),
}

/// Formats that every report has.
#[derive(Clone, Copy, Debug, Eq, PartialEq, strum::EnumString, strum::VariantNames)]
#[strum(serialize_all = "lowercase")]
pub(crate) enum Format {
    /// For people.
    Table,
    /// For programs.
    Json,
}

/// The policy of the given id, or in the file of the given name, which ends in `.yaml`.
fn policy(database: &Database<'_>, word: &str, terminal: Terminal) -> anyhow::Result<Policy> {
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
        terminal.complain(&diagnostics, &sources);
        anyhow::anyhow!("`{word}` is no policy that can be used")
    })
}

/// Reads the command line.
pub(crate) fn parse(
    arguments: impl IntoIterator<Item = OsString>,
) -> Result<Arguments, clap::Error> {
    let matches = manual::command().try_get_matches_from(arguments)?;
    Arguments::from_arg_matches(&matches)
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
    let terminal = Terminal {
        quiet: arguments.quiet,
        verbose: arguments.verbose,
        colour: arguments.colour,
    };
    // What must work without the user's own profiles.
    match &arguments.command {
        Command::Completions(args) => return generate::completions(args, out),
        Command::Lab(args) => return lab::run(args, out),
        Command::Man(args) => return generate::man(args, out),
        Command::Negotiate(args) => return negotiate::run(args, out),
        Command::Schema(args) => return schema::run(args, out),
        Command::Clients(args) => {
            if let Some(exit) = args.alone(terminal, out) {
                return exit;
            }
        }
        _ => {}
    }
    let database = match arguments.profiles.database(terminal)? {
        Ok(database) => database,
        Err(exit) => return Ok(exit),
    };
    let database = &database;
    match &arguments.command {
        Command::Check(args) => check::run(args, database, terminal, out),
        Command::Clients(args) => clients::run(args, database, terminal, out),
        Command::Completions(args) => generate::completions(args, out),
        Command::Convert(args) => convert::run(args, database, terminal, out),
        Command::Diagnose(args) => diagnose::run(args, database, terminal, out),
        Command::Explain(args) => explain::run(args, database, terminal, out),
        Command::Lab(args) => lab::run(args, out),
        Command::Learn(args) => learn::run(args, database, terminal, out),
        Command::Lint(args) => lint::run(args, database, terminal, out),
        #[cfg(feature = "live")]
        Command::Listen(args) => listen::run(args, database, terminal, out),
        Command::Man(args) => generate::man(args, out),
        Command::Negotiate(args) => negotiate::run(args, out),
        #[cfg(feature = "live")]
        Command::Probe(args) => probe::run(args, database, terminal, out),
        Command::Recommend(args) => recommend::run(args, database, terminal, out),
        Command::Schema(args) => schema::run(args, out),
    }
}
