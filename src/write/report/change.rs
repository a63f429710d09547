//! What a change of a server's file does to its clients, for people and for programs.

use std::io::{self, Write};

use schemars::{JsonSchema, Schema};
use serde::Serialize;

use crate::answer::words::{self, Continuation, Frame};
use crate::answer::{Conclusion, EngineComparison, Tone};
use crate::compat::report::Overall;
use crate::diag::{and_list, shell_file};
use crate::write::grid::Grid;
use crate::write::json::{self, Document, Word};
use crate::write::report::frame;
use crate::write::report::table::TableStyle;
use crate::write::text::reflow;

/// One client before and after the change.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct ChangedClient {
    id: String,
    label: String,
    /// Whether it has to stay.
    required: bool,
    before: Word<Overall>,
    after: Word<Overall>,
    change: Word<Direction>,
    /// Whether it has to stay and would not.
    fails: bool,
}

/// Whether a client is better off.
#[derive(Clone, Copy, Debug, Eq, PartialEq, strum::Display, strum::VariantNames)]
#[strum(serialize_all = "lowercase")]
enum Direction {
    Gains,
    Loses,
    Same,
}

/// Everybody who is compared; the first `required` clients have to stay. What is not known counts as a
/// failure if it was known, or with `deny_unknown`.
pub fn clients(
    comparison: &EngineComparison,
    required: usize,
    deny_unknown: bool,
) -> Vec<ChangedClient> {
    let EngineComparison { before, after, .. } = comparison;
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
            before: Word(old),
            after: Word(new),
            change: Word(match new.cmp(&old) {
                std::cmp::Ordering::Less => Direction::Gains,
                std::cmp::Ordering::Equal => Direction::Same,
                std::cmp::Ordering::Greater => Direction::Loses,
            }),
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
        self.change.0 == Direction::Loses
    }
}

/// Who gains, who loses, and whether somebody fails who has to stay.
pub fn frame(comparison: &EngineComparison, clients: &[ChangedClient]) -> Frame {
    let of = |change: Direction| clients.iter().filter(|it| it.change.0 == change).count();
    let fail = clients.iter().filter(|it| it.fails).count();
    let required = clients.iter().filter(|it| it.required).count();
    let mut headline = format!(
        "{} gain, {} lose",
        of(Direction::Gains),
        of(Direction::Loses)
    );
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
    let (before, after) = (shell_file(before), shell_file(after));
    Frame {
        headline,
        next: match fail > 0 || required == 0 && of(Direction::Loses) > 0 {
            true => {
                let plan = [("write", "vpn/")];
                let plan = Continuation::Recommend.typed(&comparison.after, &plan);
                format!("{plan} serves all of them")
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
                    client.before.0.to_string(),
                    client.after.0.to_string(),
                    client.change.0.to_string(),
                    cell(if client.required { "yes" } else { "" }),
                ]
            })
            .collect(),
    };
    let tone = |row: usize, column: usize| match (column, &clients[row]) {
        (2, client) if client.fails => Tone::Bad,
        (3, client) if client.loses() => Tone::Bad,
        (3, client) if client.change.0 == Direction::Gains => Tone::Good,
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

/// What a change does to clients.
#[derive(Serialize, JsonSchema)]
struct ChangeJson<'a> {
    /// The answer in one line.
    headline: String,
    /// What to do or call next.
    next: String,
    /// What the exit status says: yes (0), no (1).
    verdict: Word<Conclusion>,
    totals: Totals,
    /// The file as it is.
    before: &'a str,
    /// The file that it is to become.
    after: &'a str,
    clients: &'a [ChangedClient],
}

impl Document for ChangeJson<'_> {
    const NAME: &'static str = "change";
    const VERSION: u8 = 1;
    const TITLE: &'static str = "ikecompat check --after FILE, or --require CLIENTS, --format json";
}

/// The schema of the document.
pub fn schema() -> Schema {
    json::schema::<ChangeJson<'_>>()
}

/// How many clients are better or worse off, and how many that have to stay fail.
#[derive(Serialize, JsonSchema)]
struct Totals {
    clients: usize,
    gain: usize,
    lose: usize,
    same: usize,
    fail: usize,
}

/// Writes it for programs.
pub fn json(
    comparison: &EngineComparison,
    clients: &[ChangedClient],
    conclusion: Conclusion,
    out: &mut impl Write,
) -> io::Result<()> {
    let of = |direction: Direction| {
        let all = clients.iter();
        all.filter(|client| client.change.0 == direction).count()
    };
    let Frame { headline, next } = frame(comparison, clients);
    let document = ChangeJson {
        headline,
        next,
        verdict: Word(conclusion),
        totals: Totals {
            clients: clients.len(),
            gain: of(Direction::Gains),
            lose: of(Direction::Loses),
            same: of(Direction::Same),
            fail: clients.iter().filter(|client| client.fails).count(),
        },
        before: &comparison.before.server.file,
        after: &comparison.after.server.file,
        clients,
    };
    json::write(&document, out)
}
