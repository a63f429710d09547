//! Reading whatever `convert` is given: the configuration of a server, or the file of a client as
//! the server that such a client needs.

use std::path::Path;

use anyhow::Context as _;
use ikecompat::diag::{Diagnostic, Place, Sources};
use ikecompat::peer::client::ConfigMethod;
use ikecompat::peer::{Client, Server};
use ikecompat::profile::{Database, unset};
use ikecompat::read::{self, Format, ReadCode};
use ikecompat::write::config::setup;

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
    let (name, bytes) = files::read(path)?;
    let format = args.format(&bytes);
    let method = format.and_then(read::method);
    let method = method.filter(|_| !of_server(format, &bytes));
    let reading = match (format, method) {
        (Some(format), Some(method)) => {
            let unset = client(database, method)?;
            read::add(sources, &name, &bytes).and_then(|file| {
                let reading = read::client(sources, file, format, &unset)?;
                match setup::wanted(&reading.value) {
                    Some(value) => Ok(read::Reading {
                        value,
                        diagnostics: reading.diagnostics,
                    }),
                    None => Err(nothing_set(file, reading.diagnostics)),
                }
            })
        }
        _ => args.server(path, (&name, &bytes), None, sources, database),
    };
    Ok(match reading {
        Ok(reading) => {
            files::complain(&reading.diagnostics, sources, colour);
            Some(reading.value)
        }
        Err(diagnostics) => {
            files::complain(&diagnostics, sources, colour);
            None
        }
    })
}

/// Whether the text, of a format that servers and clients share, configures a server.
fn of_server(format: Option<Format>, bytes: &[u8]) -> bool {
    let command = b"set-vpnserver";
    let mut windows = bytes.windows(command.len());
    format == Some(Format::Powershell) && windows.any(|found| found.eq_ignore_ascii_case(command))
}

/// A client that files of this kind configure, as it is when they set nothing.
fn client(database: &Database<'_>, method: ConfigMethod) -> anyhow::Result<Client> {
    let alias = match method {
        ConfigMethod::AppleProfile => "ios",
        ConfigMethod::Sswan | ConfigMethod::Proposals => "android",
        ConfigMethod::Powershell | ConfigMethod::Registry | ConfigMethod::Settings => "windows",
    };
    let selected = database.select(alias).unwrap_or_default();
    let one = selected.into_iter().next();
    let one = one.with_context(|| format!("the database has no client `{alias}`"))?;
    if method != ConfigMethod::AppleProfile {
        return Ok(one.client);
    }
    let profile = database.profile(&one.profile);
    Ok(unset::apple(
        database,
        &profile.context("a selected profile is there")??,
    )?)
}

fn nothing_set(file: usize, diagnostics: Vec<Diagnostic>) -> Vec<Diagnostic> {
    let message = "the file leaves the suites to the client, so there is nothing to convert";
    let diagnostic = Diagnostic::error(ReadCode::DefaultUnknown, Place::File(file), message)
        .help("`ikecompat clients show` says what the client offers by itself");
    diagnostics.into_iter().chain([diagnostic]).collect()
}
