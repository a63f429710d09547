//! `ikecompat clients compare`: several clients side by side.

use std::io::Write;

use anyhow::bail;
use ikecompat::dialect::swan;
use ikecompat::ike::Transform;
use ikecompat::peer::Client;
use ikecompat::profile::{Database, Selected};
use ikecompat::write;

use super::super::choice::{choice, no_algorithm};
use super::super::selection;
use super::super::terminal::{Terminal, say_beside};
use super::{Exit, Format, grid};

#[derive(clap::Args, Debug)]
pub(super) struct Args {
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
    #[arg(
        long,
        default_value = "table",
        value_name = "FORMAT",
        value_parser = choice::<Format>()
    )]
    format: Format,
}

pub(super) fn run(
    args: &Args,
    database: &Database<'_>,
    terminal: Terminal,
    out: &mut impl Write,
) -> anyhow::Result<Exit> {
    let Some(selected) = selection::select(&args.ids.join(","), database, terminal) else {
        return Ok(Exit::Unanswered);
    };
    let mut clients: Vec<Client> = Vec::new();
    for Selected { client, .. } in selected {
        // Two words may mean the same client.
        if clients.iter().all(|known| known.id != client.id) {
            clients.push(client);
        }
    }
    let mut only: Vec<Transform> = Vec::new();
    for word in args
        .only
        .iter()
        .flat_map(|list| list.split(','))
        .map(str::trim)
    {
        match swan::keyword(word) {
            Some(transform) => only.push(transform),
            None => bail!("`--only`: {}", no_algorithm(word, None)),
        }
    }
    let phases = args.phase.map_or_else(|| vec![1, 2], |phase| vec![phase]);
    let table = write::database::clients::compare(&clients, &phases, &only);
    let left_out = match only.is_empty() {
        true => write::database::clients::left_out(&clients, &phases, &table),
        // What is asked for is there.
        false => 0,
    };
    let frame = write::database::frames::compare(&clients, &table, left_out);
    if let Some(left_out) = write::database::clients::without(left_out) {
        say_beside(&format!("note: {left_out}"));
    }
    match args.format {
        Format::Json => {
            terminal.frame(&frame);
            write::database::json::compare(frame, &table, out)?;
        }
        Format::Table => {
            let look = terminal.table_style();
            let mut text = Vec::new();
            write::database::clients::side_by_side(&table, clients.len(), &frame, look, &mut text)?;
            terminal.show(&text, out)?;
        }
        format => grid(&table, &frame, format, terminal, out)?,
    }
    Ok(Exit::Yes)
}
