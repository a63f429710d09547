//! Reading whatever `convert` is given: the configuration of a server, or the file of a client as
//! the server that such a client needs.

use std::path::Path;

use anyhow::Context as _;
use ikecompat::diag::{Diagnostic, Place, Sources};
use ikecompat::peer::client::Means;
use ikecompat::peer::{Client, Server};
use ikecompat::profile::{Database, unset};
use ikecompat::read::{self, Code, Format};
use ikecompat::write::setup;

use super::files::{self, Colour};
use super::servers::ReadArgs;

/// Reads the file at `path`. `None` if it cannot be used; why has been printed.
pub(super) fn read(
    path: &Path,
    args: &ReadArgs,
    sources: &mut Sources,
    database: &Database<'_>,
    colour: Colour,
) -> anyhow::Result<Option<Server>> {
    let (name, octets) = files::read(path)?;
    let format = args.format(&octets);
    let means = format.and_then(read::means);
    let means = means.filter(|_| !of_server(format, &octets));
    let reading = match (format, means) {
        (Some(format), Some(means)) => {
            let unset = client(database, means)?;
            read::add(sources, &name, &octets).and_then(|file| {
                let reading = read::client(sources, file, format, &unset)?;
                match setup::wanted(&reading.value) {
                    Some(value) => Ok(read::Reading {
                        value,
                        remarks: reading.remarks,
                    }),
                    None => Err(nothing_set(file, reading.remarks)),
                }
            })
        }
        _ => args.server(path, (&name, &octets), None, sources, database),
    };
    Ok(match reading {
        Ok(reading) => {
            files::complain(&reading.remarks, sources, colour);
            Some(reading.value)
        }
        Err(diagnostics) => {
            files::complain(&diagnostics, sources, colour);
            None
        }
    })
}

/// Whether the text, of a format that servers and clients share, configures a server.
fn of_server(format: Option<Format>, octets: &[u8]) -> bool {
    let command = b"set-vpnserver";
    let mut windows = octets.windows(command.len());
    format == Some(Format::Powershell) && windows.any(|found| found.eq_ignore_ascii_case(command))
}

/// A client that files of this kind configure, as it is when they set nothing.
fn client(database: &Database<'_>, means: Means) -> anyhow::Result<Client> {
    let alias = match means {
        Means::AppleProfile => "ios",
        Means::Sswan | Means::Proposals => "android",
        Means::Powershell | Means::Registry | Means::Settings => "windows",
    };
    let selected = database.select(alias).unwrap_or_default();
    let one = selected.into_iter().next();
    let one = one.with_context(|| format!("the database has no client `{alias}`"))?;
    if means != Means::AppleProfile {
        return Ok(one.client);
    }
    let profile = database.profile(&one.profile);
    Ok(unset::apple(
        database,
        &profile.context("a selected profile is there")??,
    )?)
}

fn nothing_set(file: usize, remarks: Vec<Diagnostic>) -> Vec<Diagnostic> {
    let message = "the file leaves the suites to the client, so there is nothing to convert";
    let diagnostic = Diagnostic::error(Code::DefaultUnknown, Place::File(file), message)
        .help("`ikecompat clients show` says what the client offers by itself");
    remarks.into_iter().chain([diagnostic]).collect()
}
