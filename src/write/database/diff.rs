//! What changed between two clients, for people and for programs.

use std::io::{self, Write};

use itertools::Itertools as _;
use schemars::{JsonSchema, Schema};
use serde::Serialize;

use crate::answer::words::Frame;
use crate::compat::change::{Change, Changed, Only};
use crate::compat::report::Overall;
use crate::diag::Tone;
use crate::dialect::charon;
use crate::ike::Suite;
use crate::peer::Client;
use crate::peer::{Exchange, Grade};
use crate::write::json::{self, Document, Word};
use crate::write::report::frame;
use crate::write::text::{self, count, transform};

/// Combinations that are written out; the others are counted.
const MOST_SHOWN: usize = 8;

/// What a server makes of either client.
#[derive(Clone, Debug)]
pub struct Consequence {
    /// Name of its file.
    pub server: String,
    /// With the first client.
    pub before: Overall,
    /// With the second client.
    pub after: Overall,
}

/// The whole answer.
#[derive(Clone, Copy, Debug)]
pub struct Answer<'a> {
    /// The earlier client.
    pub before: &'a Client,
    /// The later one.
    pub after: &'a Client,
    /// What changed, exchange by exchange.
    pub changes: &'a [Changed],
    /// What servers make of it.
    pub consequences: &'a [Consequence],
}

const fn title(exchange: Exchange) -> &'static str {
    match exchange {
        Exchange::IkeSaInit => "phase 1 (IKE_SA_INIT)",
        Exchange::IkeAuth => "phase 2, first child SA (IKE_AUTH)",
        Exchange::ChildRekeyByClient => "rekeying of the child SA, by the client",
        Exchange::ChildRekeyByServer => "rekeying of the child SA, by the server",
        Exchange::IkeRekeyByClient => "rekeying of the IKE SA, by the client",
        Exchange::IkeRekeyByServer => "rekeying of the IKE SA, by the server",
    }
}

/// What changed in short, and the next step.
pub fn frame(answer: &Answer<'_>) -> Frame {
    let is_unknown = |it: &&Changed| matches!(it.change, Change::Unknown { .. });
    let unknown = answer.changes.iter().filter(is_unknown).count();
    let all = answer.changes.len();
    let changed = answer.changes.iter();
    let changed = changed.filter(|it| it.change != Change::Same && !is_unknown(it));
    let titles: Vec<_> = changed.map(|it| title(it.exchange)).collect();
    let what = match (titles.as_slice(), unknown) {
        ([], 0) => "nothing changed".to_owned(),
        ([], unknown) if unknown == all => "what changed is not known".to_owned(),
        ([], unknown) => {
            format!("nothing that is known changed; {unknown} of {all} exchanges are not")
        }
        (titles, 0) => format!("{} changed", text::and_list(titles)),
        (titles, unknown) => format!(
            "{} changed; of {unknown} of {all} exchanges that is not known",
            text::and_list(titles)
        ),
    };
    let (before, after) = (&answer.before.id, &answer.after.id);
    Frame {
        tone: Tone::Neutral,
        headline: format!("from {before} to {after}: {what}"),
        next: match answer.consequences.is_empty() {
            true => format!(
                "what a server makes of it: `ikecompat check FILE --clients {before},{after}`"
            ),
            false => format!("`ikecompat clients show {after}` has the sources"),
        },
    }
}

/// Writes the answer for people.
pub fn write(answer: &Answer<'_>, width: u16, out: &mut impl Write) -> io::Result<()> {
    let frame = frame(answer);
    frame::headline(&frame, "", width, out)?;
    let mut story = Vec::new();
    changes(answer, &mut story)?;
    out.write_all(text::reflow(&String::from_utf8_lossy(&story), width).as_bytes())?;
    frame::next(&frame, width, out)
}

fn changes(answer: &Answer<'_>, out: &mut impl Write) -> io::Result<()> {
    for client in [answer.before, answer.after] {
        writeln!(out, "  {}: {}", client.id, client.label)?;
    }
    let same = |changed: &&Changed| changed.change == Change::Same;
    for changed in answer.changes.iter().filter(|changed| !same(changed)) {
        write!(out, "\n{}", title(changed.exchange))?;
        match changed.evidence {
            Some(grade) => writeln!(out, " [{grade}]")?,
            None => writeln!(out)?,
        }
        of_exchange(answer, changed, out)?;
    }
    let same: Vec<_> = answer
        .changes
        .iter()
        .filter(same)
        .map(|changed| title(changed.exchange))
        .collect();
    if !same.is_empty() {
        writeln!(out, "\nunchanged: {}", same.join("; "))?;
    }
    if !answer.consequences.is_empty() {
        writeln!(out, "\nservers")?;
    }
    for Consequence {
        server,
        before,
        after,
    } in answer.consequences
    {
        if before == after {
            writeln!(out, "  {server}: {before}, as before")?;
        } else {
            writeln!(out, "  {server}: {before} before, {after} afterwards")?;
        }
    }
    Ok(())
}

fn of_exchange(answer: &Answer<'_>, changed: &Changed, out: &mut impl Write) -> io::Result<()> {
    match &changed.change {
        Change::Same => Ok(()),
        Change::Order { before, after } => {
            let first =
                |suite: &Option<Suite>| suite.as_ref().map_or("-".to_owned(), charon::suite);
            writeln!(out, "  the same suites in another order")?;
            writeln!(out, "  first choice: {}", first(before))?;
            writeln!(out, "           now: {}", first(after))
        }
        Change::Suites { lost, gained } => {
            side(&Tone::Doubtful.marked("no longer offered"), lost, out)?;
            side(&Tone::Good.marked("newly offered"), gained, out)?;
            if lost.suites > 0 {
                let breaks = breaks(lost);
                writeln!(
                    out,
                    "  {} servers that have nothing else in common with it than {breaks}",
                    Tone::Bad.marked("breaks")
                )?;
            }
            Ok(())
        }
        Change::Manner { before, after } => {
            writeln!(out, "  before: {before}")?;
            writeln!(out, "  now: {after}")
        }
        Change::Unknown { before, after } => {
            for (client, why) in [(answer.before, before), (answer.after, after)] {
                if let Some(why) = why {
                    writeln!(
                        out,
                        "  {} of {}: {why}",
                        Tone::Doubtful.marked("not known"),
                        client.id
                    )?;
                }
            }
            Ok(())
        }
    }
}

fn side(title: &str, only: &Only, out: &mut impl Write) -> io::Result<()> {
    if only.suites == 0 {
        return Ok(());
    }
    writeln!(out, "  {title}: {}", count(only.suites, "suite"))?;
    if !only.transforms.is_empty() {
        let names = only.transforms.iter().map(|t| transform(*t)).join(" ");
        writeln!(out, "    all with: {names}")?;
    }
    for suite in only.combinations.iter().take(MOST_SHOWN) {
        writeln!(out, "    {}", charon::suite(suite))?;
    }
    if only.combinations.len() > MOST_SHOWN {
        let left = only.combinations.len() - MOST_SHOWN;
        writeln!(out, "    and {left} more of the same algorithms")?;
    }
    Ok(())
}

/// What a server must not be limited to.
fn breaks(lost: &Only) -> String {
    let mut names: Vec<String> = lost.transforms.iter().map(|t| transform(*t)).collect();
    match lost.combinations.as_slice() {
        [] => {}
        [one] => names.push(charon::suite(one)),
        several => names.push(format!("the {} combinations above", several.len())),
    }
    let suites = if lost.transforms.is_empty() {
        ""
    } else {
        "suites with "
    };
    format!("{suites}{}", text::or_list(&names))
}

/// What changed between two clients.
#[derive(Serialize, JsonSchema)]
struct DiffJson<'a> {
    /// The answer in one line.
    headline: String,
    /// What to do or call next.
    next: String,
    totals: DiffTotals,
    /// Id of the earlier client.
    before: &'a str,
    after: &'a str,
    exchanges: Vec<ExchangeShape<'a>>,
    servers: Vec<ServerShape<'a>>,
}

/// How many exchanges are what.
#[derive(Serialize, JsonSchema)]
struct DiffTotals {
    changed: usize,
    same: usize,
    unknown: usize,
    /// Servers whose answer is another one.
    servers: usize,
}

impl Document for DiffJson<'_> {
    const NAME: &'static str = "clients-diff";
    const VERSION: u8 = 1;
    const TITLE: &'static str = "ikecompat clients diff --format json";
}

/// The schema of the document.
pub fn schema() -> Schema {
    json::schema::<DiffJson<'_>>()
}

#[derive(Clone, Copy, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
enum ChangeWord {
    Same,
    /// The same suites in another order.
    Order,
    Suites,
    Manner,
    Unknown,
}

#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Exchange")]
struct ExchangeShape<'a> {
    exchange: Word<Exchange>,
    change: ChangeWord,
    evidence: Option<Word<Grade>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    lost: Option<OnlyShape>,
    #[serde(skip_serializing_if = "Option::is_none")]
    gained: Option<OnlyShape>,
    #[serde(skip_serializing_if = "Option::is_none")]
    before: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    after: Option<&'a str>,
}

#[derive(Serialize, JsonSchema)]
struct OnlyShape {
    suites: usize,
    transforms: Vec<String>,
    combinations: Vec<String>,
}

#[derive(Serialize, JsonSchema)]
struct ServerShape<'a> {
    file: &'a str,
    before: Word<Overall>,
    after: Word<Overall>,
}

impl From<&Only> for OnlyShape {
    fn from(only: &Only) -> Self {
        Self {
            suites: only.suites,
            transforms: only
                .transforms
                .iter()
                .map(|t| charon::transform(*t))
                .collect(),
            combinations: only.combinations.iter().map(charon::suite).collect(),
        }
    }
}

/// Writes the answer for programs.
pub fn json(answer: &Answer<'_>, out: &mut impl Write) -> io::Result<()> {
    let exchanges = answer.changes.iter().map(|changed| {
        let mut shape = ExchangeShape {
            exchange: Word(changed.exchange),
            change: ChangeWord::Same,
            evidence: changed.evidence.map(Word),
            lost: None,
            gained: None,
            before: None,
            after: None,
        };
        match &changed.change {
            Change::Same => {}
            Change::Order { .. } => shape.change = ChangeWord::Order,
            Change::Suites { lost, gained } => {
                shape.change = ChangeWord::Suites;
                shape.lost = Some(lost.into());
                shape.gained = Some(gained.into());
            }
            Change::Manner { before, after } => {
                shape.change = ChangeWord::Manner;
                shape.before = Some(before.clone());
                shape.after = Some(after);
            }
            Change::Unknown { before, after } => {
                shape.change = ChangeWord::Unknown;
                shape.before = before.clone();
                shape.after = after.as_deref();
            }
        }
        shape
    });
    let servers = answer.consequences.iter().map(|it| ServerShape {
        file: &it.server,
        before: Word(it.before),
        after: Word(it.after),
    });
    let Frame { headline, next, .. } = frame(answer);
    let of = |keep: fn(&Change) -> bool| {
        let changes = answer.changes.iter();
        changes.filter(|it| keep(&it.change)).count()
    };
    let same = of(|it| matches!(it, Change::Same));
    let unknown = of(|it| matches!(it, Change::Unknown { .. }));
    let document = DiffJson {
        headline,
        next,
        totals: DiffTotals {
            changed: answer.changes.len() - same - unknown,
            same,
            unknown,
            servers: answer.consequences.len(),
        },
        before: &answer.before.id,
        after: &answer.after.id,
        exchanges: exchanges.collect(),
        servers: servers.collect(),
    };
    json::write(&document, out)
}
