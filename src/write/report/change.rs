//! What a change of a server's file does to its clients, for people and for programs.

use std::io::{self, Write};

use schemars::{JsonSchema, Schema};
use serde::Serialize;

use crate::answer::text::count;
use crate::answer::words::{self, Continuation, Frame};
use crate::answer::{Answer, Conclusion, EngineComparison};
use crate::compat::report::Overall;
use crate::compat::upgrade::{Direction, Upgraded};
use crate::diag::{Tone, and_list, shell_file};
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
        let both = Upgraded {
            before: &before.report,
            after: &after.report,
        };
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
            change: Word(both.direction()),
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

    /// Whether it is worse off, or may be.
    pub fn loses(&self) -> bool {
        let (before, after) = (self.before.0, self.after.0);
        self.change.0 == Direction::Loses || self.change.0 == Direction::Unknown && after > before
    }
}

/// Whether it is asked who has to stay with one file, and not what becomes of it.
fn is_one_file(comparison: &EngineComparison, clients: &[ChangedClient]) -> bool {
    comparison.before.server.file == comparison.after.server.file
        && clients.iter().any(|it| it.required)
}

/// Whether somebody fails who has to stay, of one file.
fn frame_of_one(answer: &Answer, clients: &[ChangedClient]) -> Frame {
    let (required, others): (Vec<_>, Vec<_>) = clients.iter().partition(|it| it.required);
    let failing = required.iter().filter(|it| it.fails).count();
    let unknown = |all: &[&ChangedClient]| {
        let unknown = all.iter().filter(|it| it.after.0 == Overall::Unknown);
        unknown.count()
    };
    let is_failing = |it: &&&ChangedClient| it.after.0 >= Overall::RekeyFails;
    let others_failing = others.iter().filter(is_failing).count();
    let fail = |number: usize| if number == 1 { "fails" } else { "fail" };
    let all = count(required.len(), "required client");
    let mut headline = match (failing, unknown(&required), required.as_slice()) {
        (0, 0, [one]) => format!("{}, which is required, connects", one.id),
        (0, 0, _) => format!("{all} connect"),
        (0, _, [one]) => format!(
            "whether {}, which is required, connects is not known",
            one.id
        ),
        (0, some, _) => format!("of {all} none is known to fail; {some} unknown"),
        (_, _, [one]) => {
            let (verdict, _) = words::verdict(one.after.0);
            let is = if one.after.0 == Overall::Refused {
                "is "
            } else {
                ""
            };
            format!("{}, which is required, {is}{verdict}", one.id)
        }
        (some, ..) => format!("{some} of {all} {}", fail(some)),
    };
    if others_failing > 0 {
        let others = count(others.len(), "other client");
        headline += &format!("; {others_failing} of {others} {}", fail(others_failing));
    }
    let next = match (failing, unknown(&required), others_failing) {
        (0, 0, 0) => words::NOTHING_TO_DO.to_owned(),
        (0, 0, _) => format!(
            "{} says why others fail",
            Continuation::Check.typed(answer, &[])
        ),
        (0, ..) => words::TRY_IT.to_owned(),
        _ => serving_all(answer),
    };
    Frame {
        tone: match (failing, unknown(&required)) {
            (0, 0) => Tone::Good,
            (0, _) => Tone::Doubtful,
            _ => Tone::Bad,
        },
        headline: format!("{}: {headline}", answer.server.file),
        next,
    }
}

/// The command that plans for everybody.
fn serving_all(answer: &Answer) -> String {
    let plan = Continuation::Recommend.typed(answer, &[("write", "vpn/")]);
    format!("{plan} serves all of them")
}

/// Who gains, who loses, and whether somebody fails who has to stay.
pub fn frame(comparison: &EngineComparison, clients: &[ChangedClient]) -> Frame {
    if is_one_file(comparison, clients) {
        return frame_of_one(&comparison.after, clients);
    }
    let fail = clients.iter().filter(|it| it.fails).count();
    let required = clients.iter().filter(|it| it.required).count();
    let mut headline = words::changes(comparison);
    if required > 0 {
        let noun = if required == 1 { "client" } else { "clients" };
        headline = format!("{fail} of {required} required {noun} would fail; {headline}");
    }
    let (before, after) = (
        &comparison.before.server.file,
        &comparison.after.server.file,
    );
    headline = format!("from {before} to {after}: {headline}");
    let (before, after) = (shell_file(before), shell_file(after));
    Frame {
        tone: match fail > 0 || clients.iter().any(ChangedClient::loses) {
            true => Tone::Bad,
            false => Tone::Good,
        },
        headline,
        next: match fail > 0 || required == 0 && clients.iter().any(ChangedClient::loses) {
            true => serving_all(&comparison.after),
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
    let one_file = is_one_file(comparison, clients);
    let of_change = |cells: [&str; 5]| {
        let cells = cells.map(ToOwned::to_owned);
        let [client, before, after, change, required] = cells;
        match one_file {
            true => vec![client, after, required],
            false => vec![client, before, after, change, required],
        }
    };
    let verdict = if one_file { words::VERDICT } else { "after" };
    let rows = clients.iter().map(|client| {
        let required = if client.required { "yes" } else { "" };
        let [before, after] = [client.before, client.after].map(|it| it.0.to_string());
        let change = client.change.0.to_string();
        of_change([&client.id, &before, &after, &change, required])
    });
    let grid = Grid {
        header: of_change(["client", "before", verdict, "change", "required"]),
        rows: rows.collect(),
    };
    let tone = |row: usize, column: usize| match (column, &clients[row]) {
        (1, client) if one_file => words::verdict(client.after.0).1,
        (2, client) if client.fails => Tone::Bad,
        (3, client) if client.change.0 == Direction::Unknown => Tone::Doubtful,
        (3, client) if client.loses() => Tone::Bad,
        (3, client) if client.change.0 == Direction::Gains => Tone::Good,
        _ => Tone::Neutral,
    };
    grid.painted(look.width, look.colour, tone, out)?;
    let answers = clients.iter().zip(&after.clients);
    let is_told = |client: &ChangedClient| {
        client.fails || client.loses() || one_file && client.after.0 >= Overall::RekeyFails
    };
    for (client, answer) in answers.filter(|(client, _)| is_told(client)) {
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
        let fail = match (one_file, failing.len()) {
            (false, _) => "would fail",
            (true, 1) => "fails",
            (true, _) => "fail",
        };
        writeln!(out, "\nrequired, and {fail}: {}", and_list(&failing))?;
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
    /// How they fare is known before or after only.
    unknown: usize,
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
    let Frame { headline, next, .. } = frame(comparison, clients);
    let document = ChangeJson {
        headline,
        next,
        verdict: Word(conclusion),
        totals: Totals {
            clients: clients.len(),
            gain: of(Direction::Gains),
            lose: of(Direction::Loses),
            same: of(Direction::Same),
            unknown: of(Direction::Unknown),
            fail: clients.iter().filter(|client| client.fails).count(),
        },
        before: &comparison.before.server.file,
        after: &comparison.after.server.file,
        clients,
    };
    json::write(&document, out)
}
