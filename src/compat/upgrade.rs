//! What an upgrade of the server's engine does to its clients: two reports over the same file.

use super::report::{ClientReport, Overall, Report};

/// One client before and after.
#[derive(Clone, Copy, Debug)]
pub struct Upgraded<'r, 'a> {
    /// With the engine that is left.
    pub before: &'r ClientReport<'a>,
    /// With the engine that comes.
    pub after: &'r ClientReport<'a>,
}

impl Upgraded<'_, '_> {
    /// Whether any exchange ends in another way.
    pub fn differs(&self) -> bool {
        let of = |report: &ClientReport<'_>| {
            let ike = [
                &report.ike.ike_sa_init.verdict,
                &report.ike.ike_rekey_by_client.verdict,
                &report.ike.ike_rekey_by_server.verdict,
            ];
            let children = report.children.iter().flat_map(|child| {
                [
                    &child.verdicts.ike_auth.verdict,
                    &child.verdicts.child_rekey_by_client.verdict,
                    &child.verdicts.child_rekey_by_server.verdict,
                ]
            });
            let verdicts = ike.into_iter().chain(children);
            verdicts.cloned().collect::<Vec<_>>()
        };
        self.before.verdict != self.after.verdict || of(self.before) != of(self.after)
    }

    /// Whether a client that connects, or may, is worse off.
    pub fn breaks(&self) -> bool {
        let badness = |verdict: Overall| match verdict {
            Overall::Connects | Overall::Unknown => 0,
            Overall::RekeyFails => 1,
            Overall::Refused => 2,
        };
        badness(self.after.verdict) > badness(self.before.verdict)
    }
}

/// Pairs the clients of two reports that were made with the same selection.
pub fn pairs<'r, 'a>(before: &'r Report<'a>, after: &'r Report<'a>) -> Vec<Upgraded<'r, 'a>> {
    let both = before.clients.iter().zip(&after.clients);
    both.map(|(before, after)| Upgraded { before, after })
        .collect()
}
