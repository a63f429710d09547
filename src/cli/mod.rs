//! The subcommands: each reads, asks the library, writes. Files, terminals and exit status live
//! here; the library knows none of them.

mod archive;
mod asked;
mod batch;
mod certificate;
mod certificates;
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
mod habits;
mod inputs;
mod kind;
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
pub(crate) mod terminal;
mod typed;
mod unnamed;
mod upgrade;
mod usage;

use std::ffi::OsString;
use std::io::Write;
use std::path::Path;

use anyhow::Context as _;
use clap::error::ErrorKind;
use clap::{ColorChoice, FromArgMatches as _, Parser, Subcommand};
use ikecompat::diag::Sources;
use ikecompat::peer::Policy;
use ikecompat::profile::Database;

pub(crate) use exit::Exit;
pub(crate) use files::why;
use terminal::{Colour, Terminal};

/// The heading of options that every subcommand has.
const EVERYWHERE: &str = "Options of every subcommand";

/// The heading of options that say how servers' files are read.
const READING: &str = "How configurations are read";

/// The heading of options that choose clients and what they are judged by.
const CLIENTS: &str = "Clients and policy";

/// The heading of options that say what is printed, and how the exit status is meant.
const OUTPUT: &str = "Output";

/// Which IKEv2 clients connect to a VPN server, on which suite, whether they keep the tunnel, and
/// what to paste where
#[derive(Debug, Parser)]
#[command(version, about, max_term_width = 80, arg_required_else_help = true)]
#[command(disable_help_subcommand = true, propagate_version = true)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    command: Command,

    #[command(flatten, next_help_heading = EVERYWHERE)]
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
    Certificate(certificates::Args),
    Check(check::Args),
    Clients(clients::Args),
    Completions(generate::Completions),
    Convert(convert::Args),
    Diagnose(diagnose::Args),
    Explain(explain::Args),
    Help(generate::Help),
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
    /// Print the version, and the state of the database
    Version,
    /// What is no subcommand: a file that shows which one is meant.
    #[command(external_subcommand)]
    Unnamed(Vec<OsString>),
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
            let near = ikecompat::diag::nearest(word, database.policies());
            let near = near.map_or_else(String::new, |id| format!("did you mean `{id}`? "));
            let ids = ikecompat::diag::any_of(database.policies());
            format!("there is no policy `{word}`; {near}expected {ids}, or a file `*.yaml`")
        });
    }
    let (name, bytes) = files::read(path)?;
    if let Some(why) = kind::no_policy(&name, &bytes) {
        anyhow::bail!("{why}");
    }
    let mut sources = Sources::new();
    let read = sources
        .add_octets(name, &bytes)
        .and_then(|file| ikecompat::profile::policy::read(&mut sources, file, database));
    read.map_err(|diagnostics| {
        terminal.complain(&diagnostics, &sources);
        anyhow::anyhow!("`{word}` is no policy that can be used")
    })
}

/// Reads the command line, with what a file without a subcommand and a file of habits add to it.
pub(crate) fn parse(
    arguments: impl IntoIterator<Item = OsString>,
) -> Result<Arguments, clap::Error> {
    let mut arguments = globals_first(arguments.into_iter().collect());
    terminal::wish(colour_of(&arguments));
    let mut said = Vec::new();
    let mut matches = matches(&arguments)?;
    let parsed = Arguments::from_arg_matches(&matches)?;
    if let Command::Unnamed(words) = &parsed.command {
        let recognised = unnamed::recognise(words).map_err(|why| complaint(&why))?;
        said.push(recognised.sentence());
        // The words stand at the end of what was typed.
        arguments.truncate(arguments.len() - words.len());
        arguments.extend(recognised.arguments);
        matches = self::matches(&arguments)?;
    }
    let groups = habits::groups(&matches);
    if let [first, others @ ..] = groups.as_slice()
        && !others.is_empty()
    {
        // Each file has the habits of its own folder: the same is asked for each group.
        let apart = |group: &Vec<std::path::PathBuf>| {
            let others = groups.iter().filter(|it| *it != group).flatten();
            with_habits(without(arguments.clone(), others))
        };
        let mut parsed = apart(first)?;
        for group in others {
            parsed.join(apart(group)?);
        }
        return Ok(parsed);
    }
    let parsed = with_habits(arguments)?;
    if !parsed.quiet {
        said.iter().for_each(|line| terminal::say_beside(line));
    }
    Ok(parsed)
}

/// The words of a command line without these files.
fn without<'p>(
    mut arguments: Vec<OsString>,
    files: impl Iterator<Item = &'p std::path::PathBuf>,
) -> Vec<OsString> {
    for file in files {
        // An option's value is no file that is asked about.
        let is_value = |place: usize| {
            let before = arguments[place - 1].to_str().unwrap_or_default();
            before.starts_with("--")
                && !before.contains('=')
                && OPTIONS_WITHOUT_VALUE.iter().all(|it| *it != before)
        };
        let place = (1..arguments.len())
            .find(|place| arguments[*place].as_os_str() == file.as_os_str() && !is_value(*place));
        if let Some(place) = place {
            arguments.remove(place);
        }
    }
    arguments
}

/// Options of `check` and `lint` behind which a file may stand.
const OPTIONS_WITHOUT_VALUE: [&str; 7] = [
    "--",
    "--deny-unknown",
    "--include-anywhere",
    "--pedantic",
    "--quiet",
    "--skip-unrecognised",
    "--verbose",
];

/// Reads a command line with what a file of habits adds to it.
fn with_habits(mut arguments: Vec<OsString>) -> Result<Arguments, clap::Error> {
    let mut said = Vec::new();
    let mut matches = self::matches(&arguments)?;
    let mut parsed = Arguments::from_arg_matches(&matches)?;
    let added = habits::added(&matches).map_err(|(wrong, sources)| {
        Terminal::default().complain(&wrong, &sources);
        complaint(&format!(
            "`{}` cannot be used",
            ikecompat::answer::habits::FILE
        ))
    })?;
    if let (Some(added), Some(name)) = (added, matches.subcommand_name()) {
        let place = arguments.iter().skip(1).position(|word| word == name);
        let place = place.map_or(arguments.len(), |place| place + 2);
        said.extend(added.sentence(parsed.verbose));
        if !added.options.is_empty() {
            arguments.splice(place..place, added.options);
            matches = self::matches(&arguments)?;
        }
    }
    parsed = Arguments::from_arg_matches(&matches)?;
    let options = typed::options(&manual::command(), &matches);
    match &mut parsed.command {
        Command::Check(args) => args.typed = options,
        Command::Lint(args) => args.typed = options,
        Command::Recommend(args) => args.typed = options,
        _ => {}
    }
    if !parsed.quiet {
        said.iter().for_each(|line| terminal::say_beside(line));
    }
    Ok(parsed)
}

impl Arguments {
    /// Adds a question about other files to one of the same kind.
    fn join(&mut self, other: Self) {
        match (&mut self.command, other.command) {
            (Command::Check(own), Command::Check(other)) => own.others.push(other),
            (Command::Lint(own), Command::Lint(other)) => own.others.push(other),
            _ => {}
        }
    }
}

/// Of `explain`, whose topic may begin with a hyphen, what every subcommand has goes before the topic.
fn globals_first(arguments: Vec<OsString>) -> Vec<OsString> {
    let Some(place) = arguments.iter().position(|word| word == "explain") else {
        return arguments;
    };
    let mut words = arguments.into_iter();
    let mut first: Vec<OsString> = words.by_ref().take(place).collect();
    let mut rest = Vec::new();
    while let Some(word) = words.next() {
        match word.to_str() {
            Some("--color" | "--profiles") => {
                first.push(word);
                first.extend(words.next());
            }
            Some("-q" | "--quiet" | "-v" | "--verbose") => first.push(word),
            Some(text) if text.starts_with("--color=") || text.starts_with("--profiles=") => {
                first.push(word);
            }
            _ => rest.push(word),
        }
    }
    first.extend(rest);
    first
}

/// What is wrong with the command line in this program's own words.
fn complaint(why: &str) -> clap::Error {
    clap::Error::raw(ErrorKind::InvalidSubcommand, format!("{why}\n"))
}

/// What clap makes of the words.
fn matches(arguments: &[OsString]) -> Result<clap::ArgMatches, clap::Error> {
    let command = choice::ignoring_case(manual::command()).color(colour_of_help());
    let names: Vec<_> = command
        .get_subcommands()
        .map(clap::Command::get_name)
        .collect();
    let mut words = arguments.iter().filter_map(|word| word.to_str());
    let subcommand = words.find(|word| names.contains(word));
    let mut call = env!("CARGO_PKG_NAME").to_owned();
    if let Some(name) = subcommand {
        call += &format!(" {name}");
        // `clients` has subcommands of its own.
        let below = command.find_subcommand(name).zip(words.next());
        let below = below.and_then(|(command, word)| command.find_subcommand(word));
        call.extend(below.map(|below| format!(" {}", below.get_name())));
    }
    let matched = command.try_get_matches_from(arguments);
    matched.map_err(|refused| usage::complaint(refused, &call))
}

/// Whether help is coloured.
fn colour_of_help() -> ColorChoice {
    match terminal::is_help_coloured() {
        true => ColorChoice::Always,
        false => ColorChoice::Never,
    }
}

/// When to colour, as the command line says it, which may not be parsed yet.
fn colour_of(arguments: &[OsString]) -> Colour {
    let words: Vec<_> = arguments
        .iter()
        .map(|word| word.to_string_lossy())
        .collect();
    let after = words.iter().position(|word| word == "--color");
    let after = after.and_then(|place| words.get(place + 1));
    let joined = words.iter().find_map(|word| word.strip_prefix("--color="));
    let word = joined.or(after.map(|word| &**word));
    word.and_then(|word| word.parse().ok()).unwrap_or_default()
}

/// What `--version` says: the program, and the state of its database, which matters more.
pub(crate) fn version() -> String {
    let revision = option_env!("IKECOMPAT_REVISION");
    let revision = revision.map_or_else(String::new, |revision| format!(" (rev {revision})"));
    let database = Database::builtin();
    let newest = database.newest_evidence();
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
        Command::Help(args) => return generate::help(args, out),
        Command::Version => {
            writeln!(out, "{}", version())?;
            return Ok(Exit::Yes);
        }
        Command::Unnamed(_) => return Ok(Exit::Unanswered),
        Command::Lab(args) => return lab::run(args, out),
        Command::Man(args) => return generate::man(args, terminal, out),
        Command::Negotiate(args) => return negotiate::run(args, terminal, out),
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
        Command::Certificate(args) => certificates::run(args, database, terminal, out),
        Command::Check(args) => check::run(args, database, terminal, out),
        Command::Clients(args) => clients::run(args, database, terminal, out),
        Command::Completions(args) => generate::completions(args, out),
        Command::Convert(args) => convert::run(args, database, terminal, out),
        Command::Diagnose(args) => diagnose::run(args, database, terminal, out),
        Command::Explain(args) => explain::run(args, database, terminal, out),
        Command::Help(args) => generate::help(args, out),
        Command::Lab(args) => lab::run(args, out),
        Command::Learn(args) => learn::run(args, database, terminal, out),
        Command::Lint(args) => lint::run(args, database, terminal, out),
        #[cfg(feature = "live")]
        Command::Listen(args) => listen::run(args, database, terminal, out),
        Command::Man(args) => generate::man(args, terminal, out),
        Command::Negotiate(args) => negotiate::run(args, terminal, out),
        #[cfg(feature = "live")]
        Command::Probe(args) => probe::run(args, database, terminal, out),
        Command::Recommend(args) => recommend::run(args, database, terminal, out),
        Command::Schema(args) => schema::run(args, out),
        // Both were answered above.
        Command::Unnamed(_) | Command::Version => Ok(Exit::Yes),
    }
}
