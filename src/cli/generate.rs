//! `ikecompat completions` and `ikecompat man`: what shells and manuals want to know about the
//! command line.

use std::fs;
use std::io::Write;
use std::path::PathBuf;

use anyhow::Context as _;
use clap::{Command, CommandFactory as _};
use clap_mangen::roff::{Roff, bold, roman};

use super::{Arguments, Exit, manual};

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

pub(super) fn completions(args: &Completions, out: &mut impl Write) -> anyhow::Result<Exit> {
    let mut text = Vec::new();
    clap_complete::generate(args.shell, &mut manual::command(), "ikecompat", &mut text);
    out.write_all(&text)?;
    Ok(Exit::Yes)
}

pub(super) fn man(args: &Man, out: &mut impl Write) -> anyhow::Result<Exit> {
    // Pages have sections for what help says after the options.
    let mut whole = Arguments::command();
    whole.build();
    let Some(folder) = &args.all else {
        let found = args.command.iter().try_fold(&whole, |command, name| {
            let found = command.find_subcommand(name);
            found.ok_or_else(|| anyhow::anyhow!("there is no subcommand `{name}`"))
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
