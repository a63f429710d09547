//! The subcommands: each reads, asks the library, writes. Files, terminals and exit status live
//! here; the library knows none of them.

mod batch;
mod negotiate;

use std::ffi::OsString;
use std::io::Write;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// Which IKEv2 clients connect to a VPN server, on which suite, whether they keep the tunnel, and
/// what to paste where
#[derive(Debug, Parser)]
#[command(version, about, max_term_width = 100, arg_required_else_help = true)]
#[command(disable_help_subcommand = true, propagate_version = true)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Negotiate(negotiate::Args),
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

/// Runs the subcommand.
pub(crate) fn run(arguments: &Arguments, out: &mut impl Write) -> anyhow::Result<Exit> {
    match &arguments.command {
        Command::Negotiate(args) => negotiate::run(args, out),
    }
}
