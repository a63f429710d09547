//! What an upgrade of the server's engine does to its clients, for people and for programs.

use std::io::{self, Write};

use itertools::Itertools as _;
use schemars::{JsonSchema, Schema};
use serde::Serialize;

use crate::answer::words::{self, Difference, Frame, NOTHING_TO_DO, VERDICT};
use crate::answer::{Conclusion, EngineComparison, ReleaseDifference, WithoutIkev1};
use crate::diag::Tone;
use crate::diag::{Sources, and_list};
use crate::profile::BehaviourChange;
use crate::write::grid::Grid;
use crate::write::json::{self, Document, Word};
use crate::write::report::frame;
use crate::write::report::table::TableStyle;
use crate::write::report::{self, json::ServerJson};
use crate::write::text::{count, reflow, wrap};

/// Writes who is better or worse off with the engine that comes, and why.
pub fn write(
    comparison: &EngineComparison,
    look: TableStyle,
    out: &mut impl Write,
) -> io::Result<()> {
    let EngineComparison { before, after, .. } = comparison;
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
    let (mut breaking, mut broken) = (Vec::new(), Vec::new());
    let (mut same, mut otherwise_known) = (Vec::new(), Vec::new());
    for difference in words::differences(comparison) {
        let id = difference.client.after.client.id.as_str();
        match (difference.rows.is_empty(), difference.is_otherwise_known) {
            (true, false) => same.push(id),
            (true, true) => otherwise_known.push(id),
            (false, _) => {}
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
    let releases = words::releases(comparison);
    if !releases.is_empty() {
        writeln!(out)?;
    }
    for line in releases {
        writeln!(out, "{}", wrap(&line, look.width, "", 2))?;
    }
    if !grid.rows.is_empty() {
        writeln!(out)?;
    }
    let tone = |row: usize, column: usize| match column == 3 && breaking[row] {
        true => Tone::Bad,
        false => Tone::Neutral,
    };
    if !grid.rows.is_empty() {
        grid.painted(look.width, look.colour, tone, out)?;
    }
    for client in broken {
        let lines = words::explain(client).join("\n  ");
        let text = format!("\n{}: {lines}", client.report.client.id);
        out.write_all(reflow(&text, look.width).as_bytes())?;
    }
    let unchanged = [
        ("unchanged: ", same),
        (
            "unchanged, but deduced with one engine and observed with the other: ",
            otherwise_known,
        ),
    ];
    for (place, (lead, ids)) in unchanged
        .iter()
        .filter(|(_, ids)| !ids.is_empty())
        .enumerate()
    {
        let gap = if place == 0 { "\n" } else { "" };
        writeln!(out, "{gap}{}", wrap(&and_list(ids), look.width, lead, 2))?;
    }
    Ok(())
}

/// One server with either engine.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Upgrade")]
pub struct UpgradeJson {
    file: String,
    /// The answer in one line.
    headline: String,
    /// What to do or call next.
    next: String,
    /// With the engine that it has.
    before: ServerJson,
    /// With the engine that comes.
    after: ServerJson,
    /// What the engine that comes does in another way by itself.
    releases: Vec<BehaviourJson>,
    /// Connections of which a peer of IKEv1 gets no answer any more.
    without_ikev1: Vec<WithoutIkev1Json>,
    /// Ids of the clients for which any exchange ends in another way.
    changed: Vec<String>,
    /// Ids of those of them that are worse off.
    broken: Vec<String>,
}

/// Something that two releases do in different ways.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "ReleaseChange")]
struct BehaviourJson {
    /// Its stable name.
    id: String,
    what: String,
    before: String,
    after: String,
}

/// A connection that answers IKEv1 no longer.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "WithoutIkev1")]
struct WithoutIkev1Json {
    connection: String,
    /// Whether it takes nothing else, so that nobody is answered.
    is_all: bool,
}

/// The shape of one server with either engine.
pub fn server(comparison: &EngineComparison, sources: &Sources) -> UpgradeJson {
    let all = words::differences(comparison);
    let ids = |keep: fn(&Difference<'_>) -> bool| {
        let kept = all.iter().filter(|difference| keep(difference));
        kept.map(|difference| difference.client.after.client.id.clone())
            .collect()
    };
    let Frame { headline, next, .. } = Frame::of_engines(comparison);
    let ReleaseDifference {
        changes,
        without_ikev1,
    } = &comparison.releases;
    let change = |change: &BehaviourChange| BehaviourJson {
        id: change.id.clone(),
        what: change.title.clone(),
        before: change.before.clone(),
        after: change.after.clone(),
    };
    let without = |lost: &WithoutIkev1| WithoutIkev1Json {
        connection: lost.connection.clone(),
        is_all: lost.is_all,
    };
    UpgradeJson {
        releases: changes.iter().map(change).collect(),
        without_ikev1: without_ikev1.iter().map(without).collect(),
        headline,
        next,
        file: comparison.after.server.file.clone(),
        before: report::json::server(&comparison.before, sources),
        after: report::json::server(&comparison.after, sources),
        changed: ids(|one| !one.rows.is_empty()),
        broken: ids(|one| one.client.breaks()),
    }
}

/// Servers with either engine.
#[derive(Serialize, JsonSchema)]
struct Upgrades<'a> {
    /// The answer in one line.
    headline: String,
    /// What to do or call next.
    next: String,
    /// What the exit status says, with the engine that comes: yes (0), no (1), unanswered (2).
    verdict: Word<Conclusion>,
    totals: Totals,
    servers: &'a [UpgradeJson],
}

impl Document for Upgrades<'_> {
    const NAME: &'static str = "upgrade";
    const VERSION: u8 = 2;
    const TITLE: &'static str = "ikecompat check --compare-engine ENGINE --format json";
}

/// The schema of the document.
pub fn schema() -> Schema {
    json::schema::<Upgrades<'_>>()
}

/// How many clients notice, and how many are worse off.
#[derive(Serialize, JsonSchema)]
struct Totals {
    changed: usize,
    broken: usize,
}

/// Writes it for programs.
pub fn json(
    servers: &[UpgradeJson],
    conclusion: Conclusion,
    out: &mut impl Write,
) -> io::Result<()> {
    let broken = servers.iter().filter(|server| !server.broken.is_empty());
    let all = count(servers.len(), "configuration");
    let document = Upgrades {
        headline: match servers {
            [one] => one.headline.clone(),
            _ => format!("{all}; in {} of them clients are worse off", broken.count()),
        },
        // Of several, the first where there is something to do.
        next: servers
            .iter()
            .map(|server| &server.next)
            .find_or_first(|next| *next != NOTHING_TO_DO)
            .map_or_else(|| NOTHING_TO_DO.to_owned(), Clone::clone),
        verdict: Word(conclusion),
        totals: Totals {
            changed: servers.iter().map(|server| server.changed.len()).sum(),
            broken: servers.iter().map(|server| server.broken.len()).sum(),
        },
        servers,
    };
    json::write(&document, out)
}
