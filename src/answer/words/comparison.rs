//! What two engines, or two states of a file, make of the same clients.

use super::exchange;
use super::matrix::{INFERRED, child_outcome, outcome};
use super::verdict;
use crate::answer::check::ClientAnswer;
use crate::answer::engines::{EngineComparison, ReleaseDifference};
use crate::answer::text::{and_list, count};
use crate::compat::report::{ClientReport, Overall};
use crate::compat::upgrade::{Direction, Upgraded};
use crate::compat::verdict::Judged;
use crate::peer::Exchange;
use crate::profile::BehaviourChange;

/// A client of a comparison of engines: its place, and what is said otherwise of it.
pub(crate) struct Difference<'a> {
    /// With either engine.
    pub client: Upgraded<'a>,
    /// What is said of it by the engine that comes.
    pub after: &'a ClientAnswer,
    /// What differs, before, after; the verdict over the whole comes first.
    pub rows: Vec<[String; 3]>,
    /// Whether what is said the same of it is deduced with one of them and observed with the other.
    pub is_otherwise_known: bool,
}

/// The heading of the verdict over the whole.
pub(crate) const VERDICT: &str = "verdict";

/// What the releases do in different ways, a line each, and which connections lose by it.
pub(crate) fn releases(comparison: &EngineComparison) -> Vec<String> {
    let new = comparison.after.server.engine;
    let ReleaseDifference {
        changes,
        without_ikev1,
    } = &comparison.releases;
    let changes = changes.iter().map(|change| {
        let BehaviourChange {
            title,
            before,
            after,
            ..
        } = change;
        format!("{title}: from \"{before}\" to \"{after}\"")
    });
    let lost = |all: bool| {
        let of = without_ikev1.iter().filter(move |lost| lost.is_all == all);
        let names = of.map(|lost| format!("`{}`", lost.connection));
        names.collect::<Vec<_>>()
    };
    let said = |names: Vec<String>, what: &str| {
        (!names.is_empty()).then(|| format!("with {new} {what}: {}", and_list(&names)))
    };
    changes
        .chain(said(
            lost(true),
            "nobody is answered by what takes IKEv1 only",
        ))
        .chain(said(
            lost(false),
            "peers of IKEv1 get no answer any more from",
        ))
        .collect()
}

/// What is said otherwise of each client, exchange by exchange.
pub(crate) fn differences(comparison: &EngineComparison) -> Vec<Difference<'_>> {
    let both = comparison
        .before
        .clients
        .iter()
        .zip(&comparison.after.clients);
    let all = both.map(|(before, after)| {
        let (old, new) = (said(&before.report), said(&after.report));
        let mut rows = Vec::new();
        let mut is_otherwise_known = false;
        for (first, second) in old.into_iter().zip(new) {
            let is_hedge = first.text != second.text && first.plain() == second.plain();
            is_otherwise_known |= is_hedge;
            let same = first.plain() == second.plain();
            if !same {
                rows.push([first.what.to_owned(), first.text, second.text]);
            } else if first.suites() != second.suites() {
                // The words for the matrix are too short to tell them apart.
                rows.push([first.what.to_owned(), first.in_full(), second.in_full()]);
            }
        }
        let client = Upgraded {
            before: &before.report,
            after: &after.report,
        };
        if rows.is_empty() && client.differs() {
            let (old, new) = (others(&before.report), others(&after.report));
            rows.push(["further child SAs".to_owned(), old, new]);
        }
        Difference {
            client,
            after,
            rows,
            is_otherwise_known,
        }
    });
    all.collect()
}

/// What is said of one exchange, or of the whole.
struct Said<'r> {
    what: &'static str,
    text: String,
    judged: Option<&'r Judged>,
}

impl Said<'_> {
    /// The words without what they lean on.
    fn plain(&self) -> &str {
        self.text.strip_suffix(INFERRED).unwrap_or(&self.text)
    }

    /// What may come out, in an order that does not depend on which is tried first.
    fn suites(&self) -> Vec<String> {
        let suites = self
            .judged
            .map_or(&[][..], |judged| judged.verdict.suites());
        let mut names: Vec<_> = suites.iter().map(super::short).collect();
        names.sort();
        names.dedup();
        names
    }

    fn in_full(&self) -> String {
        self.suites().join(" or ")
    }
}

/// What is said of a client: over the whole, then of each exchange.
fn said(report: &ClientReport) -> Vec<Said<'_>> {
    let whole = Said {
        what: VERDICT,
        text: report.verdict.to_string(),
        judged: None,
    };
    let exchanges = report.exchanges();
    // What there is no child for has no second phase to speak of, but a row all the same.
    let exchanges = exchanges
        .iter()
        .filter(|(one, judged)| judged.is_some() || *one == Exchange::IkeAuth)
        .map(|(one, judged)| Said {
            what: exchange(one),
            text: match one {
                Exchange::IkeAuth => child_outcome(report).0,
                _ => outcome(*judged).0,
            },
            judged: *judged,
        });
    std::iter::once(whole).chain(exchanges).collect()
}

/// What comes of the child SAs behind the first one.
fn others(report: &ClientReport) -> String {
    let others = report.children.iter().skip(1);
    let said: Vec<_> = others
        .flat_map(|child| {
            [
                &child.verdicts.ike_auth,
                &child.verdicts.child_rekey_by_client,
                &child.verdicts.child_rekey_by_server,
            ]
        })
        .map(|judged| outcome(Some(judged)).0)
        .collect();
    said.join(", ")
}

/// How many clients are better and worse off, and how many only get something else, in a line.
pub(crate) fn changes(comparison: &EngineComparison) -> String {
    let all = differences(comparison);
    if let [one] = all.as_slice() {
        return of_one(one);
    }
    let number = |keep: &dyn Fn(&Difference<'_>) -> bool| all.iter().filter(|it| keep(it)).count();
    let in_direction = |wanted| number(&|it| it.client.direction() == wanted);
    let otherwise =
        |it: &Difference<'_>| it.client.direction() == Direction::Same && !it.rows.is_empty();
    let counted = [
        (in_direction(Direction::Gains), "gain"),
        (in_direction(Direction::Loses), "lose"),
        (in_direction(Direction::Unknown), "known on one side only"),
        (
            number(&otherwise),
            "as before, but with other suites or reasons",
        ),
    ];
    let said = counted.iter().filter(|(number, _)| *number > 0);
    let said: Vec<_> = said
        .map(|(number, what)| format!("{number} {what}"))
        .collect();
    let failing = number(&|it| {
        let (before, after) = (it.client.before.verdict, it.client.after.verdict);
        before >= Overall::RekeyFails && after >= Overall::RekeyFails
    });
    let still = match failing {
        0 => String::new(),
        some if some == all.len() => "; all of them fail either way".to_owned(),
        1 => "; 1 fails either way".to_owned(),
        some => format!("; {some} fail either way"),
    };
    let clients = count(all.len(), "client");
    match said.is_empty() {
        true => format!("nothing changes for {clients}{still}"),
        false => format!("of {clients}, {}{still}", said.join(", ")),
    }
}

/// The same of a client alone.
fn of_one(one: &Difference<'_>) -> String {
    let (before, after) = (one.client.before, one.client.after);
    let id = &after.client.id;
    let (old, new) = (verdict(before.verdict).0, verdict(after.verdict).0);
    let lead = match one.client.direction() {
        Direction::Gains => "gains: ",
        Direction::Loses => "loses: ",
        Direction::Unknown | Direction::Same => "",
    };
    match (old == new, one.rows.is_empty()) {
        (false, _) => format!("{id} {lead}{old} before, {new} after"),
        (true, true) => format!("nothing changes for {id}: {new} either way"),
        (true, false) if after.verdict >= Overall::RekeyFails => {
            format!("{id}: {new} either way, for another reason")
        }
        (true, false) => format!("{id}: {new} either way, with other suites"),
    }
}
