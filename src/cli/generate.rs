//! `ikecompat completions` and `ikecompat man`: what shells and manuals want to know about the
//! command line.

mod bash;
mod values;

use std::fs;
use std::io::{IsTerminal as _, Write};
use std::path::PathBuf;

use anyhow::Context as _;
use clap::{Command, CommandFactory as _};
use clap_mangen::roff::{Roff, bold, roman};
use ikecompat::answer::text::wrap;
use ikecompat::diag;

use values::Values;

use super::terminal::Terminal;
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

/// The help of a subcommand, or of the program.
fn long_help(path: &[String]) -> anyhow::Result<clap::builder::StyledStr> {
    let mut whole = manual::command();
    whole.build();
    let mut found = &mut whole;
    for name in path {
        let names: Vec<String> = found
            .get_subcommands()
            .map(|one| one.get_name().to_owned())
            .collect();
        found = found
            .find_subcommand_mut(name)
            .ok_or_else(|| no_subcommand(name, &names))?;
    }
    Ok(found.render_long_help())
}

/// The manual page for a screen: help, and what stands in the page beside it.
fn plain(path: &[String], width: u16) -> anyhow::Result<String> {
    let mut text = long_help(path)?.to_string();
    for (title, terms) in [
        ("Files", manual::FILES),
        ("Environment", manual::ENVIRONMENT),
    ] {
        text += &format!("\n{title}:\n");
        for (term, means) in terms {
            text += &format!("  {term}\n{}\n", wrap(means, width, "          ", 10));
        }
    }
    let call = path.join(" ");
    text += &format!("\nnext: `ikecompat man {call} | man -l -` shows it as a manual page\n");
    Ok(text.replace("man  |", "man |"))
}

/// Prints help as `--help` does.
pub(super) fn help(args: &Help, out: &mut impl Write) -> anyhow::Result<Exit> {
    let help = long_help(&args.command)?;
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
    let mut command = Values::builtin().put_into(manual::command());
    clap_complete::generate(args.shell, &mut command, "ikecompat", &mut text);
    let script = String::from_utf8_lossy(&text).into_owned();
    out.write_all(values::complete(script, args.shell, &command).as_bytes())?;
    Ok(Exit::Yes)
}

pub(super) fn man(args: &Man, terminal: Terminal, out: &mut impl Write) -> anyhow::Result<Exit> {
    let width = terminal.table_style().width;
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
        let path = args.command.join(" ");
        match std::io::stdout().is_terminal() {
            // What a formatter is to read is nothing to look at.
            true => out.write_all(plain(&args.command, width)?.as_bytes())?,
            false => out.write_all(&page(found, &path)?)?,
        }
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

#[cfg(test)]
mod tests {
    use super::plain;

    #[test]
    fn a_manual_on_a_screen_is_no_source_of_a_page() {
        for path in [
            &[][..],
            &["check".to_owned()],
            &["clients".to_owned(), "show".to_owned()],
        ] {
            let text = plain(path, 80).unwrap();
            assert!(!text.lines().any(|line| line.starts_with('.')), "{text}");
            for part in [
                "Examples:",
                "Exit status:",
                "Files:",
                "Environment:",
                "NO_COLOR",
                "| man -l -",
            ] {
                assert!(text.contains(part), "{path:?}: {part}");
            }
        }
    }
}
