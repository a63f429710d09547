//! `ikecompat clients site`: the database as a folder of pages.

use std::io::Write;
use std::path::PathBuf;

use ikecompat::profile::Database;
use ikecompat::write::database::site::site;

use super::super::terminal::Terminal;
use super::super::{folder, policy};
use super::Exit;

/// Write the database as a folder of pages without scripts: one for each client and algorithm, who
/// offers the usual suites, what is not known
#[derive(clap::Args, Debug)]
pub(super) struct Args {
    /// Folder, which is made if need be
    #[arg(value_name = "DIR")]
    folder: PathBuf,

    /// Overwrite files that are there already
    #[arg(long)]
    force: bool,

    /// Policy that is quoted about algorithms: an id, or a file of your own (`*.yaml`)
    #[arg(long, value_name = "ID|FILE", default_value = "rfc8247")]
    policy: String,
}

pub(super) fn run(
    args: &Args,
    database: &Database<'_>,
    terminal: Terminal,
    out: &mut impl Write,
) -> anyhow::Result<Exit> {
    let policy = policy(database, &args.policy, terminal)?;
    let files = site(database, &policy)?;
    folder::write(&args.folder, &files, args.force)?;
    let start = args.folder.join("index.html");
    writeln!(out, "{} pages, from {}", files.len(), start.display())?;
    Ok(Exit::Yes)
}
