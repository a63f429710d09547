//! Clients as files configure them: `--clients windows-10=line.ps1,ios=profile.mobileconfig`.

use std::path::Path;

use anyhow::Context as _;
use ikecompat::diag::{Diagnostic, Place, Severity, Sources};
use ikecompat::peer::client::ConfigMethod;
use ikecompat::peer::{Client, Evidence};
use ikecompat::profile::{Database, Profile, Selected, unset};
use ikecompat::read::{self, Format, ReadCode};

use super::files::{self, Colour};

/// Puts the client that a file makes in the place of each client that was selected with one.
///
/// `None` if a file cannot be used; why has been printed.
pub(super) fn configure(
    database: &Database<'_>,
    selected: Vec<Selected>,
    sources: &mut Sources,
    colour: Colour,
) -> anyhow::Result<Option<Vec<Selected>>> {
    let mut configured = Vec::new();
    let mut usable = true;
    for one in selected {
        let Some(path) = one.file.clone() else {
            configured.push(one);
            continue;
        };
        let mut diagnostics = Vec::new();
        match from_file(database, one, &path, sources, &mut diagnostics)? {
            Some(one) => configured.push(one),
            None => usable = false,
        }
        files::complain(&diagnostics, sources, colour);
    }
    Ok(usable.then_some(configured))
}

fn from_file(
    database: &Database<'_>,
    mut one: Selected,
    path: &str,
    sources: &mut Sources,
    reported: &mut Vec<Diagnostic>,
) -> anyhow::Result<Option<Selected>> {
    let (name, bytes) = files::read(Path::new(path))?;
    let refuse = |reported: &mut Vec<Diagnostic>, diagnostics| {
        *reported = diagnostics;
        Ok(None)
    };
    let file = match read::add(sources, &name, &bytes) {
        Ok(file) => file,
        Err(diagnostics) => return refuse(reported, diagnostics),
    };
    let Some(format) = Format::of(&sources.text(file)) else {
        let message = "the file is of no format that is known here";
        let diagnostic = Diagnostic::error(ReadCode::NotAClient, Place::File(file), message).note(
            "clients are configured by PowerShell, `.mobileconfig`, `.sswan`, `rasphone.pbk`",
        );
        return refuse(reported, vec![diagnostic]);
    };
    let profile = profile(database, &one.profile)?;
    let Some(method) = read::method(format) else {
        return match read::client(sources, file, format, &one.client) {
            Ok(reading) => refuse(reported, reading.diagnostics),
            Err(diagnostics) => refuse(reported, diagnostics),
        };
    };
    let Some(evidence) = evidence(&profile, method)? else {
        let message = format!("{} is not configured by such a file", profile.file.label);
        let diagnostic = Diagnostic::error(ReadCode::NotAClient, Place::File(file), message).help(
            format!("`ikecompat clients show {}` says by what it is", profile.id),
        );
        return refuse(reported, vec![diagnostic]);
    };
    let base = match method {
        ConfigMethod::AppleProfile => unset::apple(database, &profile)?,
        _ => one.client.clone(),
    };
    let reading = match read::client(sources, file, format, &base) {
        Ok(reading) => reading,
        Err(diagnostics) => return refuse(reported, diagnostics),
    };
    *reported = reading.diagnostics;
    let configuration = reading.value;
    let base = match &configuration.setup {
        Some(setup) => match profile.client(&setup.value) {
            Some(client) => {
                one.variant.clone_from(&setup.value);
                client?
            }
            None => {
                let message = format!(
                    "what {} offers in this set-up is not in its profile",
                    profile.file.label
                );
                reported.push(
                    Diagnostic::new(
                        Severity::Error,
                        ReadCode::DefaultUnknown,
                        &setup.span,
                        message,
                    )
                    .note(variants(&profile)),
                );
                return Ok(None);
            }
        },
        None => base,
    };
    let client = configuration.applied_to(&base, &evidence);
    let reconfigured = configuration.ike.is_some() || configuration.esp.is_some();
    one.client = if reconfigured || method == ConfigMethod::AppleProfile {
        Client {
            id: format!("{}={path}", one.profile),
            label: format!("{}, {}", profile.file.label, file_name(path)),
            covers: profile.file.covers.clone(),
            method: one.client.method.clone(),
            ..client
        }
    } else {
        client
    };
    Ok(Some(one))
}

fn profile(database: &Database<'_>, id: &str) -> anyhow::Result<Profile> {
    let profile = database.profile(id);
    Ok(profile.context("a selected profile is there")??)
}

/// How it is known that a file of this kind configures the client.
fn evidence(profile: &Profile, method: ConfigMethod) -> anyhow::Result<Option<Evidence>> {
    let by = |by: &str| by.parse() == Ok(method);
    let configurable = profile.file.configurable.iter().find(|it| by(&it.by));
    let Some(configurable) = configurable else {
        return Ok(None);
    };
    let sources = configurable.sources.clone();
    let grade = profile.grade(&sources, configurable.grade.as_ref());
    let grade = grade.map_err(anyhow::Error::msg)?;
    Ok(Some(Evidence { grade, sources }))
}

fn variants(profile: &Profile) -> String {
    let names: Vec<_> = profile.variants().collect();
    format!("it has {}", ikecompat::diag::any_of(names))
}

/// The last part of a path, for tables.
fn file_name(path: &str) -> &str {
    path.rsplit(['/', '\\']).next().unwrap_or(path)
}
