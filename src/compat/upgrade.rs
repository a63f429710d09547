//! What an upgrade of the server's engine does to its clients: two reports over the same file.

use super::report::{ClientReport, Overall};

/// Whether a client is better off.
#[derive(Clone, Copy, Debug, Eq, PartialEq, strum::Display, strum::VariantNames)]
#[strum(serialize_all = "lowercase")]
pub(crate) enum Direction {
    /// It fares better than before.
    Gains,
    /// It fares worse than before.
    Loses,
    /// It fares as before.
    Same,
    /// How it fares is known before or after only.
    Unknown,
}

/// One client before and after.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Upgraded<'r> {
    /// With the engine that is left.
    pub before: &'r ClientReport,
    /// With the engine that comes.
    pub after: &'r ClientReport,
}

impl Upgraded<'_> {
    /// Whether any exchange ends in another way.
    pub(crate) fn differs(&self) -> bool {
        let of = |report: &ClientReport| {
            let first = report.exchanges();
            let first = first.iter().filter_map(|(_, judged)| *judged);
            let others = report.children.iter().skip(1).flat_map(|child| {
                [
                    &child.verdicts.ike_auth,
                    &child.verdicts.child_rekey_by_client,
                    &child.verdicts.child_rekey_by_server,
                ]
            });
            let all = first.chain(others);
            all.map(|judged| judged.verdict.clone()).collect::<Vec<_>>()
        };
        self.before.verdict != self.after.verdict || of(self.before) != of(self.after)
    }

    /// Whether the client is known to be better or worse off.
    pub(crate) fn direction(&self) -> Direction {
        match (self.before.verdict, self.after.verdict) {
            (before, after) if before == after => Direction::Same,
            (Overall::Unknown, _) | (_, Overall::Unknown) => Direction::Unknown,
            (before, after) if after < before => Direction::Gains,
            _ => Direction::Loses,
        }
    }

    /// Whether a client that connects, or may, is worse off.
    pub(crate) fn breaks(&self) -> bool {
        let badness = |verdict: Overall| match verdict {
            Overall::Connects | Overall::Unknown => 0,
            Overall::RekeyFails => 1,
            Overall::Refused => 2,
        };
        badness(self.after.verdict) > badness(self.before.verdict)
    }
}
