//! What an upgrade of the server's engine does to its clients, for people and for programs.

use std::io::{self, Write};

use serde::Serialize;

use crate::answer::Tone;
use crate::compat::report::{ClientReport, Report};
use crate::compat::upgrade::{Upgraded, pairs};
use crate::diag::{Sources, and_list};
use crate::peer::Policy;
use crate::write::grid::Grid;
use crate::write::report::json;
use crate::write::report::table::{self, TableStyle};

/// Writes who is better or worse off with the engine of `after`, and why.
pub fn write(
    before: &Report<'_>,
    after: &Report<'_>,
    policy: &Policy,
    look: TableStyle,
    out: &mut impl Write,
) -> io::Result<()> {
    let (old, new) = (before.server.engine, after.server.engine);
    writeln!(out, "from {old} to {new}")?;
    let mut grid = Grid {
        header: vec![
            "client".to_owned(),
            String::new(),
            old.to_string(),
            new.to_string(),
        ],
        rows: Vec::new(),
    };
    let (mut breaking, mut broken, mut same) = (Vec::new(), Vec::new(), Vec::new());
    for client in pairs(before, after) {
        let rows = rows(&client);
        let id = client.after.client.id.as_str();
        if rows.is_empty() {
            same.push(id);
        }
        for (place, [what, first, second]) in rows.into_iter().enumerate() {
            let id = if place == 0 { id } else { "" };
            breaking.push(client.breaks() && what == VERDICT);
            grid.rows.push(vec![id.to_owned(), what, first, second]);
        }
        if client.breaks() {
            broken.push(client);
        }
    }
    if grid.rows.is_empty() {
        writeln!(out, "  no selected client notices a difference")?;
        return Ok(());
    }
    let paint = |row: usize, column: usize| match column == 3 && breaking[row] {
        true => Tone::Bad,
        false => Tone::Neutral,
    };
    grid.painted(look.width, look.colour, paint, out)?;
    for client in broken {
        let lines = table::explain(client.after, after, policy);
        writeln!(out, "\n{}: {}", client.after.client.id, lines.join("\n  "))?;
    }
    if !same.is_empty() {
        writeln!(out, "\nunchanged: {}", and_list(&same))?;
    }
    Ok(())
}

const VERDICT: &str = "verdict";

/// What is said otherwise of a client: the verdict, and exchange by exchange.
fn rows(client: &Upgraded<'_, '_>) -> Vec<[String; 3]> {
    let said = |report: &ClientReport<'_>| {
        let verdict = (VERDICT, report.verdict.to_string());
        std::iter::once(verdict)
            .chain(table::exchanges(report))
            .collect::<Vec<_>>()
    };
    let both = said(client.before).into_iter().zip(said(client.after));
    both.filter(|((_, first), (_, second))| first != second)
        .map(|((what, first), (_, second))| [what.to_owned(), first, second])
        .collect()
}

/// One server with either engine.
#[derive(Serialize)]
pub struct UpgradeJson {
    file: String,
    before: json::ServerJson,
    after: json::ServerJson,
    /// Ids of the clients for which any exchange ends in another way.
    changed: Vec<String>,
    /// Ids of those of them that are worse off.
    broken: Vec<String>,
}

/// The shape of one server with either engine.
pub fn server(
    before: &Report<'_>,
    after: &Report<'_>,
    sources: &Sources,
    policy: &Policy,
) -> UpgradeJson {
    let all = pairs(before, after);
    let ids = |keep: fn(&Upgraded<'_, '_>) -> bool| {
        let kept = all.iter().filter(|client| keep(client));
        kept.map(|client| client.after.client.id.clone()).collect()
    };
    UpgradeJson {
        file: after.server.file.clone(),
        before: json::server(before, sources, policy),
        after: json::server(after, sources, policy),
        changed: ids(|client| client.differs()),
        broken: ids(|client| client.breaks()),
    }
}

/// Writes the JSON document, version 1.
pub fn json(servers: &[UpgradeJson], out: &mut impl Write) -> io::Result<()> {
    #[derive(Serialize)]
    struct Document<'a> {
        schema: &'static str,
        servers: &'a [UpgradeJson],
    }
    let document = Document {
        schema: "ikecompat.upgrade.v1",
        servers,
    };
    serde_json::to_writer_pretty(&mut *out, &document)?;
    writeln!(out)
}
