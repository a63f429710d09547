//! What an upgrade of the server's engine does to its clients, for people and for programs.

use std::io::{self, Write};

use serde::Serialize;

use crate::answer::words::{self, Frame, VERDICT};
use crate::answer::{EngineComparison, Tone};
use crate::compat::upgrade::Upgraded;
use crate::diag::{Sources, and_list};
use crate::write::grid::Grid;
use crate::write::report::frame;
use crate::write::report::json;
use crate::write::report::table::TableStyle;
use crate::write::text::reflow;

/// Writes who is better or worse off with the engine that comes, and why.
pub fn write(
    comparison: &EngineComparison,
    look: TableStyle,
    out: &mut impl Write,
) -> io::Result<()> {
    let EngineComparison { before, after } = comparison;
    let (old, new) = (before.server.engine, after.server.engine);
    let frame = Frame::of_engines(comparison);
    frame::headline(&frame, &after.server.file, look.width, out)?;
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
    for difference in words::differences(comparison) {
        let id = difference.client.after.client.id.as_str();
        if difference.rows.is_empty() {
            same.push(id);
        }
        for (place, [what, first, second]) in difference.rows.iter().cloned().enumerate() {
            let id = if place == 0 { id } else { "" };
            breaking.push(difference.client.breaks() && what == VERDICT);
            grid.rows.push(vec![id.to_owned(), what, first, second]);
        }
        if difference.client.breaks() {
            broken.push(difference.after);
        }
    }
    if grid.rows.is_empty() {
        return Ok(());
    }
    writeln!(out)?;
    let tone = |row: usize, column: usize| match column == 3 && breaking[row] {
        true => Tone::Bad,
        false => Tone::Neutral,
    };
    grid.painted(look.width, look.colour, tone, out)?;
    for client in broken {
        let lines = words::explain(client).join("\n  ");
        let text = format!("\n{}: {lines}", client.report.client.id);
        out.write_all(reflow(&text, look.width).as_bytes())?;
    }
    if !same.is_empty() {
        writeln!(out, "\nunchanged: {}", and_list(&same))?;
    }
    Ok(())
}

/// One server with either engine.
#[derive(Serialize)]
pub struct UpgradeJson {
    file: String,
    headline: String,
    next: String,
    before: json::ServerJson,
    after: json::ServerJson,
    /// Ids of the clients for which any exchange ends in another way.
    changed: Vec<String>,
    /// Ids of those of them that are worse off.
    broken: Vec<String>,
}

/// The shape of one server with either engine.
pub fn server(comparison: &EngineComparison, sources: &Sources) -> UpgradeJson {
    let all = words::differences(comparison);
    let ids = |keep: fn(&Upgraded<'_>) -> bool| {
        let kept = all.iter().filter(|difference| keep(&difference.client));
        kept.map(|difference| difference.client.after.client.id.clone())
            .collect()
    };
    let Frame { headline, next } = Frame::of_engines(comparison);
    UpgradeJson {
        headline,
        next,
        file: comparison.after.server.file.clone(),
        before: json::server(&comparison.before, sources),
        after: json::server(&comparison.after, sources),
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
