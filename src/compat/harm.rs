//! Whom a change of the server would harm: the same clients, compared with the server as it is and as
//! it would be.

use std::sync::Arc;

use super::client::{ChildVerdicts, Situation};
use super::report::{ClientReport, Overall, reports};
use super::verdict::{Judged, Verdict};
use crate::peer::{Client, Edit, Policy, Server};

/// What decides about clients: the server, and what is known of it and of its policy.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Setting<'a> {
    /// The server as it is.
    pub server: &'a Server,
    /// What decides besides the lists.
    pub situation: &'a Situation,
    /// By what suites are ranked.
    pub policy: &'a Policy,
}

impl Setting<'_> {
    /// The reports about clients after these changes.
    pub(crate) fn after(&self, edits: &[Edit], clients: &[Arc<Client>]) -> Vec<ClientReport> {
        if edits.is_empty() {
            return reports(self.server, clients, self.situation, self.policy);
        }
        let mut server = self.server.clone();
        for edit in edits {
            edit.apply(&mut server);
        }
        let changed = Situation {
            rule: Situation::of(&server, self.situation.build.clone()).rule,
            ..self.situation.clone()
        };
        reports(&server, clients, &changed, self.policy)
    }

    /// Those of the clients, each with its report on the server as it is, who would be worse off after
    /// these changes.
    pub(crate) fn harmed<'r>(
        &self,
        edits: &[Edit],
        clients: &[&'r ClientReport],
    ) -> Vec<&'r ClientReport> {
        let all: Vec<_> = clients.iter().map(|one| Arc::clone(&one.client)).collect();
        let after = self.after(edits, &all);
        let both = clients.iter().zip(&after);
        let worse = both.filter(|(before, after)| is_worse(before, after));
        worse.map(|(before, _)| *before).collect()
    }
}

/// Whether a client is worse off: the verdict over the whole is worse, or, where it connects or may, any
/// exchange fails that did not, or of which nobody knew.
pub fn is_worse(before: &ClientReport, after: &ClientReport) -> bool {
    if after.verdict > before.verdict {
        return true;
    }
    if before.verdict >= Overall::Refused {
        return false;
    }
    let (old, new) = (exchanges(before), exchanges(after));
    let mut both = old.iter().zip(&new);
    both.any(|(old, new)| !old.fails() && new.fails())
}

/// Everything that is said about a client, exchange by exchange, of all children.
fn exchanges(report: &ClientReport) -> Vec<&Verdict> {
    let ike = &report.ike;
    let of_ike = [
        &ike.ike_sa_init,
        &ike.ike_rekey_by_client,
        &ike.ike_rekey_by_server,
    ];
    fn of_child(child: &ChildVerdicts) -> [&Judged; 3] {
        [
            &child.ike_auth,
            &child.child_rekey_by_client,
            &child.child_rekey_by_server,
        ]
    }
    let children = report.children.iter();
    let children = children.flat_map(|child| of_child(&child.verdicts));
    let all = of_ike.into_iter().chain(children);
    all.map(|judged| &judged.verdict).collect()
}
