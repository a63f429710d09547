//! `ikecompat clients`: the database of what clients offer, and on what evidence.

use std::io::Write;
use std::str::FromStr;

use anyhow::{Context as _, bail};
use ikecompat::diag::Sources;
use ikecompat::dialect::swan;
use ikecompat::ike::Transform;
use ikecompat::peer::Client;
use ikecompat::profile::{Database, Profile};
use ikecompat::write;
use ikecompat::write::grid::Grid;

use super::files::Colour;
use super::{Exit, LookArgs, files};

/// Show what clients offer, and on what evidence
#[derive(clap::Args, Debug)]
pub(crate) struct Args {
    #[command(subcommand)]
    command: Option<Command>,

    #[command(flatten)]
    list: ListArgs,
}

#[derive(clap::Subcommand, Debug)]
enum Command {
    /// List the clients of the database
    List(ListArgs),
    /// Tell the whole story of one client, with its sources
    Show(ShowArgs),
    /// Put several clients side by side
    Compare(CompareArgs),
}

#[derive(clap::Args, Debug)]
struct ListArgs {
    /// Only clients whose id, vendor or name contains this
    filter: Option<String>,

    /// Output format
    #[arg(long, default_value = "table", value_name = "table|json|markdown|csv")]
    format: Format,
}

#[derive(clap::Args, Debug)]
struct ShowArgs {
    /// Profile id, alias, or id:variant
    #[arg(value_name = "ID")]
    id: String,

    /// Output format
    #[arg(long, default_value = "table", value_name = "table|json")]
    format: Format,
}

#[derive(clap::Args, Debug)]
struct CompareArgs {
    /// Profile ids, aliases, ids with variant
    #[arg(value_name = "ID", required = true)]
    ids: Vec<String>,

    /// Only one phase
    #[arg(long, value_name = "1|2", value_parser = clap::value_parser!(u8).range(1..=2))]
    phase: Option<u8>,

    /// Rows for these algorithms only, comma-separated keywords
    #[arg(long, value_name = "LIST")]
    only: Option<String>,

    /// Output format
    #[arg(long, default_value = "table", value_name = "table|json|markdown|csv")]
    format: Format,

    #[command(flatten)]
    look: LookArgs,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Format {
    Csv,
    Json,
    Markdown,
    Table,
}

impl FromStr for Format {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "csv" => Ok(Self::Csv),
            "json" => Ok(Self::Json),
            "markdown" => Ok(Self::Markdown),
            "table" => Ok(Self::Table),
            _ => Err("expected `table`, `json`, `markdown` or `csv`".to_owned()),
        }
    }
}

pub(super) fn run(args: &Args, out: &mut impl Write) -> anyhow::Result<Exit> {
    let database = Database::builtin();
    match &args.command {
        None => list(&args.list, &database, out),
        Some(Command::List(args)) => list(args, &database, out),
        Some(Command::Show(args)) => show(args, &database, out),
        Some(Command::Compare(args)) => compare(args, &database, out),
    }
}

fn list(args: &ListArgs, database: &Database<'_>, out: &mut impl Write) -> anyhow::Result<Exit> {
    let mut profiles = database.profiles().collect::<Result<Vec<_>, _>>()?;
    if let Some(filter) = &args.filter {
        let filter = filter.to_lowercase();
        profiles.retain(|profile| {
            let file = &profile.file;
            [&profile.id, &file.vendor, &file.name]
                .iter()
                .any(|text| text.to_lowercase().contains(&filter))
        });
    }
    if args.format == Format::Json {
        write::clients_json::list(&profiles, out)?;
    } else {
        grid(&write::clients::list(&profiles), args.format, out)?;
    }
    Ok(Exit::Yes)
}

fn grid(grid: &Grid, format: Format, out: &mut impl Write) -> anyhow::Result<()> {
    let width = files::Colour::Auto.look().width;
    match format {
        Format::Table => grid.table(width, out)?,
        Format::Markdown => grid.markdown(out)?,
        Format::Csv | Format::Json => grid.csv(out)?,
    }
    Ok(())
}

fn show(args: &ShowArgs, database: &Database<'_>, out: &mut impl Write) -> anyhow::Result<Exit> {
    let selected = match files::select(database, &args.id, &mut Sources::new(), Colour::Auto)? {
        Ok(selected) => selected,
        Err(exit) => return Ok(exit),
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
        if args.format == Format::Json {
            write::clients_json::show(&profile, &clients, out)?;
        } else {
            if place > 0 {
                writeln!(out)?;
            }
            let width = files::Colour::Auto.look().width;
            write::clients::show(&profile, &clients, width, out)?;
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

fn compare(
    args: &CompareArgs,
    database: &Database<'_>,
    out: &mut impl Write,
) -> anyhow::Result<Exit> {
    let selected = match files::select(
        database,
        &args.ids.join(","),
        &mut Sources::new(),
        args.look.colour,
    )? {
        Ok(selected) => selected,
        Err(exit) => return Ok(exit),
    };
    let clients: Vec<Client> = selected.into_iter().map(|one| one.client).collect();
    let mut only: Vec<Transform> = Vec::new();
    for word in args
        .only
        .iter()
        .flat_map(|list| list.split(','))
        .map(str::trim)
    {
        match swan::keyword(word) {
            Some(transform) => only.push(transform),
            None => bail!("`{word}` is not an algorithm keyword"),
        }
    }
    let phases = args.phase.map_or_else(|| vec![1, 2], |phase| vec![phase]);
    let table = write::clients::compare(&clients, &phases, &only);
    match args.format {
        Format::Json => write::clients_json::compare(&table, out)?,
        Format::Table => table.table(args.look.colour.look().width.max(80), out)?,
        format => grid(&table, format, out)?,
    }
    Ok(Exit::Yes)
}
