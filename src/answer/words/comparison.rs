//! What two engines make of one configuration.

use super::exchange;
use super::matrix::{child_outcome, outcome};
use crate::answer::check::ClientAnswer;
use crate::answer::engines::{EngineComparison, ReleaseDifference};
use crate::answer::text::and_list;
use crate::compat::report::ClientReport;
use crate::compat::upgrade::Upgraded;
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
