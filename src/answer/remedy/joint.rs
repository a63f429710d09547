//! What client and server could do together where the client cannot be made to offer anything that the server has:
//! first the client is set up, then the server gets an entry for it.

use std::sync::Arc;

use itertools::Itertools as _;

use super::server_side::selects;
use super::{Advisor, Remedy, RemedyPart};
use crate::compat::config_method::{self, ConfigMethod};
use crate::compat::report::{ClientReport, Overall};
use crate::ike::{Protocol, Suite};
use crate::peer::server::Product;
use crate::peer::{Edit, ListPlace};
use crate::recommend::{configured, universe};

/// How many suites of each phase are tried, the best ones first.
const TRIED: usize = 6;

impl Advisor<'_> {
    /// One remedy with parts on both sides for each means of configuring the client that works.
    pub(super) fn on_both(&self, report: &ClientReport) -> Vec<Remedy> {
        let mut means = report.client.method.iter();
        let first = means.find_map(|method| self.together(report, *method));
        first.into_iter().collect()
    }

    fn together(&self, report: &ClientReport, method: ConfigMethod) -> Option<Remedy> {
        let (server, policy, client) = (self.setting.server, self.setting.policy, &report.client);
        let number = report.judged?;
        let connection = server.connections.get(number)?;
        let children = connection.children.first()?;
        let best = |protocol, can: &dyn Fn(&Suite) -> bool| {
            let all = universe(protocol).into_iter();
            let all = all.filter(|suite| can(suite) && selects(server, suite));
            let all = all.sorted_by_cached_key(|suite| policy.rank(suite));
            all.take(TRIED).collect::<Vec<_>>()
        };
        let ike = best(Protocol::Ike, &|suite| {
            config_method::can_ike(client, method, suite)
        });
        let esp = best(Protocol::Esp, &|suite| {
            config_method::can_esp(client, method, suite)
        });
        // With the group that the server asks for when keys are renewed, if it asks for one.
        let groups = children
            .esp
            .iter()
            .filter_map(|entry| entry.proposal.first_ke());
        let group = groups
            .filter(|group| !group.is_none())
            .find_or_first(|_| true);
        let with_group = |suite: &Suite| {
            let group = group.filter(|_| suite.ke().is_none())?;
            let mut with = *suite;
            with.set(group);
            config_method::can_esp(client, method, &with).then_some(with)
        };
        let esp: Vec<Suite> = esp
            .iter()
            .flat_map(|suite| with_group(suite).into_iter().chain([*suite]))
            .unique()
            .collect();
        let place = |child| ListPlace {
            connection: number,
            child,
        };
        let pairs = ike.iter().cartesian_product(&esp).map(|(ike, esp)| {
            let missing = self.missing(place(None), ike).into_iter();
            let edits: Vec<Edit> = missing.chain(self.missing(place(Some(0)), esp)).collect();
            (edits, ike, esp)
        });
        // Whatever the server has already need not be added.
        let pairs = pairs.sorted_by_key(|(edits, _, _)| edits.len());
        for (edits, ike, esp) in pairs {
            if edits.is_empty() {
                continue;
            }
            let told = Arc::new(configured(client, method, ike, esp));
            let works = self
                .after(&edits, &told)
                .is_some_and(|after| after.verdict == Overall::Connects);
            if !works || !self.is_harmless(&edits, report) {
                continue;
            }
            let of_client = self.client_remedy((client, method), ike, esp)?;
            let parts = edits
                .iter()
                .map(|edit| self.server_part(std::slice::from_ref(edit)));
            let parts: Vec<RemedyPart> = of_client.parts.into_iter().chain(parts).collect();
            return Some(Remedy { parts, ..of_client });
        }
        None
    }

    /// The entry that a list needs for a suite, if it has none.
    fn missing(&self, list: ListPlace, suite: &Suite) -> Option<Edit> {
        let server = self.setting.server;
        let connection = server.connections.get(list.connection)?;
        let entries = match list.child {
            None => &connection.ike,
            Some(child) => &connection.children.get(child)?.esp,
        };
        let allows = |entry: &crate::peer::Entry| {
            let mut transforms = suite.transforms();
            transforms.all(|transform| entry.proposal.contains(transform))
        };
        if entries.iter().any(allows) {
            return None;
        }
        let proposal = suite.to_proposal();
        Some(match server.product.is_some_and(Product::takes_one_suite) {
            true => Edit::Replace { list, proposal },
            false => Edit::Add {
                list,
                proposal,
                first: false,
            },
        })
    }
}
