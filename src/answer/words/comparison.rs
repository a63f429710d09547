//! What two engines make of one configuration.

use super::exchange;
use super::matrix::{child_outcome, outcome};
use crate::answer::check::ClientAnswer;
use crate::answer::engines::EngineComparison;
use crate::compat::report::ClientReport;
use crate::compat::upgrade::Upgraded;
use crate::peer::Exchange;

/// A client of a comparison of engines: its place, and what is said otherwise of it.
pub(crate) struct Difference<'a> {
    /// With either engine.
    pub client: Upgraded<'a>,
    /// What is said of it by the engine that comes.
    pub after: &'a ClientAnswer,
    /// What differs, before, after; the verdict over the whole comes first.
    pub rows: Vec<[String; 3]>,
}

/// The heading of the verdict over the whole.
pub(crate) const VERDICT: &str = "verdict";

/// What is said otherwise of each client, exchange by exchange.
pub(crate) fn differences(comparison: &EngineComparison) -> Vec<Difference<'_>> {
    let both = comparison
        .before
        .clients
        .iter()
        .zip(&comparison.after.clients);
    let all = both.map(|(before, after)| {
        let said = |report: &ClientReport| {
            let verdict = (VERDICT, report.verdict.to_string());
            // What there is no child for has no second phase to speak of, but a row all the same.
            let exchanges = report.exchanges();
            let exchanges = exchanges
                .iter()
                .filter(|(one, judged)| judged.is_some() || *one == Exchange::IkeAuth)
                .map(|(one, judged)| match one {
                    Exchange::IkeAuth => (exchange(one), child_outcome(report).0),
                    _ => (exchange(one), outcome(*judged).0),
                });
            std::iter::once(verdict)
                .chain(exchanges)
                .collect::<Vec<_>>()
        };
        let (old, new) = (said(&before.report), said(&after.report));
        let rows = old.into_iter().zip(new);
        let rows = rows
            .filter(|((_, first), (_, second))| first != second)
            .map(|((what, first), (_, second))| [what.to_owned(), first, second]);
        Difference {
            client: Upgraded {
                before: &before.report,
                after: &after.report,
            },
            after,
            rows: rows.collect(),
        }
    });
    all.collect()
}
