//! `ikecompat clients show`: the whole story of one client.

use std::io::Write;

use anyhow::Context as _;
use ikecompat::peer::Client;
use ikecompat::profile::{Database, Profile};
use ikecompat::write;

use super::super::choice::choice;
use super::super::selection;
use super::super::terminal::Terminal;
use super::Exit;

#[derive(clap::Args, Debug)]
pub(super) struct Args {
    /// Profile id, alias, or id:variant
    #[arg(value_name = "ID")]
    id: String,

    /// Output format
    #[arg(
        long,
        default_value = "table",
        value_name = "FORMAT",
        value_parser = choice::<super::super::Format>()
    )]
    format: super::super::Format,
}

pub(super) fn run(
    args: &Args,
    database: &Database<'_>,
    terminal: Terminal,
    out: &mut impl Write,
) -> anyhow::Result<Exit> {
    let Some(selected) = selection::select(&args.id, database, terminal) else {
        return Ok(Exit::Unanswered);
    };
    for (place, id) in selected.iter().map(|one| &one.profile).enumerate() {
        if selected.iter().take(place).any(|one| one.profile == *id) {
            continue; // several variants of one profile are one story
        }
        let profile = database
            .profile(id)
            .context("a selected profile is there")??;
        let wanted: Vec<&str> = match args.id.split_once(':') {
            Some(_) => selected
                .iter()
                .filter(|one| one.profile == *id)
                .map(|one| one.client.id.as_str())
                .collect(),
            None => Vec::new(),
        };
        let by_file = selected.iter().filter(|one| one.profile == *id);
        let by_file = by_file.filter(|one| one.file.is_some());
        let configured: Vec<_> = by_file
            .map(|one| (one.variant.clone(), one.client.clone()))
            .collect();
        let clients = if configured.is_empty() {
            variants(&profile, &wanted)?
        } else {
            configured
        };
        if args.format == super::super::Format::Json {
            terminal.frame(&write::database::frames::show(&profile, &clients));
            write::database::json::show(&profile, database.overlaid(id), &clients, out)?;
        } else {
            if place > 0 {
                writeln!(out)?;
            }
            let look = terminal.table_style();
            let mut text = Vec::new();
            write::database::clients::show(&profile, &clients, look, &mut text)?;
            terminal.show(&text, out)?;
        }
    }
    Ok(Exit::Yes)
}

/// The variants of a profile, or those whose id is wanted.
fn variants(profile: &Profile, wanted: &[&str]) -> anyhow::Result<Vec<(String, Client)>> {
    let mut clients = Vec::new();
    for name in profile.variants() {
        let client = profile
            .client(name)
            .context("the profile lists this variant")??;
        if wanted.is_empty() || wanted.contains(&client.id.as_str()) {
            clients.push((name.to_owned(), client));
        }
    }
    Ok(clients)
}
