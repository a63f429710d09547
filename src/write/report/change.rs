//! What a change of a server's file does to its clients, for people and for programs.

use std::io::{self, Write};

use serde::Serialize;

use crate::answer::words::{self, Frame};
use crate::answer::{EngineComparison, Tone};
use crate::compat::report::Overall;
use crate::diag::and_list;
use crate::write::grid::Grid;
use crate::write::report::frame;
use crate::write::report::table::TableStyle;
use crate::write::text::reflow;

/// One client before and after the change.
#[derive(Clone, Debug, Serialize)]
pub struct ChangedClient {
    id: String,
    label: String,
    required: bool,
    before: String,
    after: String,
    /// `gains`, `loses` or `same`.
    change: &'static str,
    /// Whether it has to stay and would not.
    fails: bool,
}

/// Everybody who is compared; the first `required` clients have to stay. What is not known counts as a
/// failure if it was known, or with `deny_unknown`.
pub fn clients(
    comparison: &EngineComparison,
    required: usize,
    deny_unknown: bool,
) -> Vec<ChangedClient> {
    let EngineComparison { before, after } = comparison;
    let both = before.clients.iter().zip(&after.clients).enumerate();
    let all = both.map(|(place, (before, after))| {
        let (old, new) = (before.report.verdict, after.report.verdict);
        let fails = match new {
            Overall::Connects => false,
            Overall::Unknown => deny_unknown || old == Overall::Connects,
            Overall::RekeyFails | Overall::Refused => true,
        };
        ChangedClient {
            id: after.report.client.id.clone(),
            label: after.report.client.label.clone(),
            required: place < required,
            before: old.to_string(),
            after: new.to_string(),
            change: match new.cmp(&old) {
                std::cmp::Ordering::Less => "gains",
                std::cmp::Ordering::Equal => "same",
                std::cmp::Ordering::Greater => "loses",
            },
            fails: fails && place < required,
        }
    });
    all.collect()
}

impl ChangedClient {
    /// Whether it has to stay and would not.
    pub const fn fails(&self) -> bool {
        self.fails
    }

    /// Whether it is worse off.
    pub fn loses(&self) -> bool {
        self.change == "loses"
    }
}

/// Who gains, who loses, and whether somebody fails who has to stay.
pub fn frame(comparison: &EngineComparison, clients: &[ChangedClient]) -> Frame {
    let of = |change: &str| clients.iter().filter(|it| it.change == change).count();
    let fail = clients.iter().filter(|it| it.fails).count();
    let required = clients.iter().filter(|it| it.required).count();
    let mut headline = format!("{} gain, {} lose", of("gains"), of("loses"));
    if required > 0 {
        headline = format!("{fail} of {required} required clients would fail; {headline}");
    }
    let (before, after) = (
        &comparison.before.server.file,
        &comparison.after.server.file,
    );
    if before != after {
        headline = format!("from {before} to {after}: {headline}");
    }
    let (before, after) = (words::typed(before), words::typed(after));
    Frame {
        headline,
        next: match fail > 0 || required == 0 && of("loses") > 0 {
            true => {
                format!("`ikecompat recommend --server {after} --write vpn/` serves all of them")
            }
            false if before == after => words::NOTHING_TO_DO.to_owned(),
            false => format!("put {after} in the place of {before}"),
        },
    }
}

/// Writes one table, and why those who have to stay would fail.
pub fn write(
    comparison: &EngineComparison,
    clients: &[ChangedClient],
    look: TableStyle,
    out: &mut impl Write,
) -> io::Result<()> {
    let EngineComparison { after, .. } = comparison;
    let frame = self::frame(comparison, clients);
    frame::headline(&frame, "", look.width, out)?;
    writeln!(out)?;
    let cell = |text: &str| text.to_owned();
    let grid = Grid {
        header: vec![
            cell("client"),
            cell("before"),
            cell("after"),
            cell("change"),
            cell("required"),
        ],
        rows: clients
            .iter()
            .map(|client| {
                vec![
                    client.id.clone(),
                    client.before.clone(),
                    client.after.clone(),
                    cell(client.change),
                    cell(if client.required { "yes" } else { "" }),
                ]
            })
            .collect(),
    };
    let tone = |row: usize, column: usize| match (column, &clients[row]) {
        (2, client) if client.fails => Tone::Bad,
        (3, client) if client.change == "loses" => Tone::Bad,
        (3, client) if client.change == "gains" => Tone::Good,
        _ => Tone::Neutral,
    };
    grid.painted(look.width, look.colour, tone, out)?;
    let answers = clients.iter().zip(&after.clients);
    for (client, answer) in answers.filter(|(client, _)| client.fails || client.loses()) {
        let lines = words::explain(answer).join("\n  ");
        let text = format!("\n{}: {lines}", client.id);
        out.write_all(reflow(&text, look.width).as_bytes())?;
    }
    let failing: Vec<&str> = clients
        .iter()
        .filter(|client| client.fails)
        .map(|client| client.id.as_str())
        .collect();
    if !failing.is_empty() {
        writeln!(out, "\nrequired, and would fail: {}", and_list(&failing))?;
    }
    frame::next(&frame, look.width, out)
}

/// Writes the JSON document, version 1.
pub fn json(
    comparison: &EngineComparison,
    clients: &[ChangedClient],
    out: &mut impl Write,
) -> io::Result<()> {
    #[derive(Serialize)]
    struct Document<'a> {
        schema: &'static str,
        headline: String,
        next: String,
        before: &'a str,
        after: &'a str,
        clients: &'a [ChangedClient],
    }
    let Frame { headline, next } = frame(comparison, clients);
    let document = Document {
        schema: "ikecompat.change.v1",
        headline,
        next,
        before: &comparison.before.server.file,
        after: &comparison.after.server.file,
        clients,
    };
    serde_json::to_writer_pretty(&mut *out, &document)?;
    writeln!(out)
}
