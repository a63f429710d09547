//! `ikecompat check --compare-engine`: who notices when the server's engine is another one?

use std::io::Write;
use std::path::Path;

use ikecompat::compat::report::report;
use ikecompat::diag::Sources;
use ikecompat::peer::{Client, Engine, Policy, Server};
use ikecompat::profile::Database;
use ikecompat::write::{self, report::upgrade};

use super::check::{Args, clients};
use super::render::Format;
use super::{Exit, files, servers};

/// Judges each server with the engine `before`, and with the one that was named or that its file
/// tells.
pub(super) fn run(
    args: &Args,
    before: Engine,
    database: &Database<'_>,
    policy: &Policy,
    out: &mut impl Write,
) -> anyhow::Result<Exit> {
    if !matches!(args.format, Format::Table | Format::Json) {
        anyhow::bail!("`--compare-engine` answers as `--format table` or `json`");
    }
    let mut sources = Sources::new();
    let (mut answers, mut verdicts) = (Vec::new(), Vec::new());
    let mut unreadable = false;
    for (place, path) in args.servers.iter().enumerate() {
        let Some((old, new)) = both(args, path, before, &mut sources, database)? else {
            unreadable = true;
            continue;
        };
        let selected: Vec<Client> = match clients(args, &new, database, &mut sources)? {
            Ok(selected) => selected,
            Err(exit) => return Ok(exit),
        };
        let judged = |server| -> anyhow::Result<_> {
            let situation = servers::situation(server, database)?;
            Ok(report(server, &selected, &situation, policy))
        };
        let (old, new) = (judged(&old)?, judged(&new)?);
        verdicts.extend(new.clients.iter().map(|client| client.verdict));
        match args.format {
            Format::Json => answers.push(upgrade::server(&old, &new, &sources, policy)),
            _ => {
                if args.servers.len() > 1 {
                    let gap = if place > 0 { "\n" } else { "" };
                    writeln!(out, "{gap}{}", new.server.file)?;
                }
                let look = args.look.colour.look();
                write::report::upgrade::write(&old, &new, policy, look, out)?;
            }
        }
    }
    if args.format == Format::Json {
        upgrade::json(&answers, out)?;
    }
    if unreadable {
        return Ok(Exit::Unanswered);
    }
    Ok(files::exit(verdicts, args.deny_unknown))
}

/// The server of a file with either engine; what is wrong with the file goes to standard error.
fn both(
    args: &Args,
    path: &Path,
    before: Engine,
    sources: &mut Sources,
    database: &Database<'_>,
) -> anyhow::Result<Option<(Server, Server)>> {
    let (name, bytes) = files::read(path)?;
    let text = (name.as_str(), bytes.as_slice());
    let new = args.read.server(path, text, None, sources, database);
    let old = args
        .read
        .server(path, text, Some(before), sources, database);
    let colour = args.look.colour;
    Ok(match (old, new) {
        (Ok(old), Ok(new)) => {
            files::complain(&new.diagnostics, sources, colour);
            Some((old.value, new.value))
        }
        (_, Err(diagnostics)) | (Err(diagnostics), _) => {
            files::complain(&diagnostics, sources, colour);
            None
        }
    })
}
