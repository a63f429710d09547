//! `ikecompat completions` and `ikecompat man`: what shells and manuals want to know about the
//! command line.

use std::io::Write;

use clap::CommandFactory as _;

use super::{Arguments, Exit};

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
    /// Subcommand
    #[arg(value_name = "COMMAND")]
    command: Option<String>,
}

pub(super) fn completions(args: &Completions, out: &mut impl Write) -> anyhow::Result<Exit> {
    let mut text = Vec::new();
    clap_complete::generate(
        args.shell,
        &mut Arguments::command(),
        "ikecompat",
        &mut text,
    );
    out.write_all(&text)?;
    Ok(Exit::Yes)
}

pub(super) fn man(args: &Man, out: &mut impl Write) -> anyhow::Result<Exit> {
    let mut whole = Arguments::command();
    whole.build();
    let command = match &args.command {
        None => whole,
        Some(name) => {
            let found = whole
                .get_subcommands()
                .find(|command| command.get_name() == name);
            found
                .cloned()
                .ok_or_else(|| anyhow::anyhow!("there is no subcommand `{name}`"))?
        }
    };
    clap_mangen::Man::new(command)
        .source(concat!("ikecompat ", env!("CARGO_PKG_VERSION")))
        .render(out)?;
    Ok(Exit::Yes)
}
