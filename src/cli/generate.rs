//! `ikecompat completions` and `ikecompat man`: what shells and manuals want to know about the
//! command line.

use std::fs;
use std::io::Write;
use std::path::PathBuf;

use anyhow::Context as _;
use clap::builder::{PossibleValue, PossibleValuesParser};
use clap::{Command, CommandFactory as _};
use clap_mangen::roff::{Roff, bold, roman};
use ikecompat::diag;
use ikecompat::peer::EngineName;
use ikecompat::profile::Database;
use strum::VariantNames as _;

use super::{Arguments, Exit, manual, terminal};

/// Print the completions for a shell
#[derive(clap::Args, Debug)]
pub(crate) struct Completions {
    /// Shell
    #[arg(value_name = "SHELL")]
    shell: clap_complete::Shell,
}

/// Print the manual page, of the program or of one subcommand
#[derive(clap::Args, Debug)]
pub(crate) struct Man {
    /// Subcommand, such as `check` or `clients show`
    #[arg(value_name = "COMMAND")]
    command: Vec<String>,

    /// Write all manual pages into this folder instead
    #[arg(long, value_name = "DIR", conflicts_with = "command")]
    all: Option<PathBuf>,
}

/// Print the help of the program or of a subcommand
#[derive(clap::Args, Debug)]
pub(crate) struct Help {
    /// Subcommand, such as `check` or `clients show`
    #[arg(value_name = "COMMAND")]
    command: Vec<String>,
}

/// Prints help as `--help` does.
pub(super) fn help(args: &Help, out: &mut impl Write) -> anyhow::Result<Exit> {
    let mut whole = manual::command();
    whole.build();
    let mut found = &mut whole;
    for name in &args.command {
        let names: Vec<String> = found
            .get_subcommands()
            .map(|one| one.get_name().to_owned())
            .collect();
        found = found
            .find_subcommand_mut(name)
            .ok_or_else(|| no_subcommand(name, &names))?;
    }
    let help = found.render_long_help();
    match terminal::is_help_coloured() {
        true => write!(out, "{}", help.ansi())?,
        false => write!(out, "{help}")?,
    }
    Ok(Exit::Yes)
}

/// Says that there is no such subcommand, and which there is.
fn no_subcommand(name: &str, known: &[String]) -> anyhow::Error {
    let near = diag::nearest(name, known.iter().map(String::as_str));
    let near = near.map_or_else(String::new, |near| format!("; did you mean `{near}`?"));
    anyhow::anyhow!("there is no subcommand `{}`{near}", name.escape_debug())
}

pub(super) fn completions(args: &Completions, out: &mut impl Write) -> anyhow::Result<Exit> {
    let mut text = Vec::new();
    let mut command = with_values(manual::command(), &Values::builtin());
    clap_complete::generate(args.shell, &mut command, "ikecompat", &mut text);
    out.write_all(&text)?;
    Ok(Exit::Yes)
}

/// The words that arguments take which are parsed as any text.
struct Values {
    clients: Vec<String>,
    engines: Vec<String>,
    policies: Vec<String>,
    rules: Vec<String>,
    topics: Vec<String>,
}

impl Values {
    fn builtin() -> Self {
        let database = Database::builtin();
        let profiles = database.profiles().filter_map(Result::ok);
        let clients = profiles.flat_map(|profile| {
            let aliases = profile.file.aliases.clone();
            std::iter::once(profile.id.clone()).chain(aliases)
        });
        let engines = EngineName::VARIANTS.iter().flat_map(|name| {
            let file = database.server(name).ok().flatten();
            let releases = file.map_or_else(Vec::new, |file| file.releases);
            releases
                .into_iter()
                .map(move |release| format!("{name}@{release}"))
        });
        Self {
            clients: clients.collect(),
            engines: engines.collect(),
            policies: database.policies().map(ToOwned::to_owned).collect(),
            rules: ikecompat::lint::known().map(ToOwned::to_owned).collect(),
            topics: ikecompat::explain::topics(&database),
        }
    }

    /// The words for an argument of a subcommand.
    fn of(&self, command: &str, argument: &str) -> Option<&[String]> {
        Some(match (command, argument) {
            (_, "clients" | "require" | "must_keep") | ("compare", "ids") => &self.clients,
            ("show", "id") | ("diff", "before" | "after") => &self.clients,
            (_, "engine" | "compare_engine" | "responder_engine") => &self.engines,
            (_, "policy") => &self.policies,
            ("check" | "lint", "allow") | ("lint", "deny") => &self.rules,
            ("explain", "topic") => &self.topics,
            _ => return None,
        })
    }
}

/// The command line with the words that shells offer; it is not parsed by.
fn with_values(command: Command, values: &Values) -> Command {
    let name = command.get_name().to_owned();
    let arguments: Vec<String> = command
        .get_arguments()
        .map(|argument| argument.get_id().to_string())
        .collect();
    let command = arguments
        .iter()
        .fold(command, |command, id| match values.of(&name, id) {
            Some(words) => command.mut_arg(id, |argument| {
                let words = words.iter().map(PossibleValue::new);
                argument.value_parser(PossibleValuesParser::new(words))
            }),
            None => command,
        });
    let below: Vec<String> = command
        .get_subcommands()
        .map(|one| one.get_name().to_owned())
        .collect();
    below.iter().fold(command, |command, name| {
        command.mut_subcommand(name, |one| with_values(one, values))
    })
}

pub(super) fn man(args: &Man, out: &mut impl Write) -> anyhow::Result<Exit> {
    // Pages have sections for what help says after the options.
    let mut whole = Arguments::command();
    whole.build();
    let Some(folder) = &args.all else {
        let found = args.command.iter().try_fold(&whole, |command, name| {
            let found = command.find_subcommand(name);
            let names = command
                .get_subcommands()
                .map(|one| one.get_name().to_owned());
            found.ok_or_else(|| no_subcommand(name, &names.collect::<Vec<_>>()))
        })?;
        out.write_all(&page(found, &args.command.join(" "))?)?;
        return Ok(Exit::Yes);
    };
    fs::create_dir_all(folder).with_context(|| format!("cannot make `{}`", folder.display()))?;
    pages(&whole, "", &mut |command, path| {
        let name = command.get_display_name().unwrap_or("ikecompat");
        let file = folder.join(format!("{name}.1"));
        fs::write(&file, page(command, path)?)
            .with_context(|| format!("cannot write `{}`", file.display()))?;
        writeln!(out, "{}", file.display())?;
        Ok(())
    })?;
    Ok(Exit::Yes)
}

/// Calls `each` with a command and its subcommands, and what is typed for it.
fn pages(
    command: &Command,
    path: &str,
    each: &mut dyn FnMut(&Command, &str) -> anyhow::Result<()>,
) -> anyhow::Result<()> {
    each(command, path)?;
    for below in command.get_subcommands() {
        pages(below, format!("{path} {}", below.get_name()).trim(), each)?;
    }
    Ok(())
}

/// One manual page.
fn page(command: &Command, path: &str) -> anyhow::Result<Vec<u8>> {
    let man = clap_mangen::Man::new(command.clone())
        .source(concat!("ikecompat ", env!("CARGO_PKG_VERSION")));
    let mut text = Vec::new();
    man.render_title(&mut text)?;
    man.render_name_section(&mut text)?;
    man.render_synopsis_section(&mut text)?;
    man.render_description_section(&mut text)?;
    man.render_options_section(&mut text)?;
    if command.has_subcommands() {
        man.render_subcommands_section(&mut text)?;
    }
    let mut roff = Roff::new();
    if let Some(manual) = manual::of(path) {
        roff.control("SH", ["EXAMPLES"]);
        for (what, typed) in manual.examples {
            roff.control("TP", []);
            roff.text([roman(*what)]);
            // A shell takes only ASCII hyphens, which roff writes only where they are asked for.
            roff.text([bold(*typed)]);
        }
        terms(&mut roff, "EXIT STATUS", manual.statuses);
    }
    terms(&mut roff, "FILES", manual::FILES);
    terms(&mut roff, "ENVIRONMENT", manual::ENVIRONMENT);
    roff.to_writer(&mut text)?;
    Ok(text)
}

/// A section of words and what they mean.
fn terms(roff: &mut Roff, title: &str, terms: &[(&str, &str)]) {
    roff.control("SH", [title]);
    for (term, means) in terms {
        roff.control("TP", []);
        roff.text([bold(*term)]);
        roff.text([roman(*means)]);
    }
}
