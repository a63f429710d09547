//! What a client could be told to offer, so that it connects to the server as it is.

use std::sync::Arc;

use itertools::Itertools as _;

use super::{Advisor, Remedy, RemedyChange, RemedyPart, RemedySide, words};
use crate::answer::words::short;
use crate::compat::config_method::{self, ConfigMethod};
use crate::compat::possible;
use crate::compat::report::{ClientReport, Overall};
use crate::ike::{Proposal, Suite};
use crate::peer::{Client, Connection, Entry};
use crate::recommend::configured;

/// How many suites of each phase are tried, the best ones first.
const TRIED: usize = 12;
/// How many lists are compared for each means: a trial compares all lists of the server again.
const COMPARED: usize = 1 << 13;
/// However many that are, so many pairs of suites are tried.
const PAIRS: usize = 8;
/// How many connections' suites are tried, times the lists of the server.
const LOOKED_AT: usize = 1 << 11;

impl Advisor<'_> {
    /// One remedy for each means of configuring the client that works.
    pub(super) fn on_client(&self, report: &ClientReport) -> Vec<Remedy> {
        let client = &report.client;
        let connections = self.setting.server.connections.iter().enumerate();
        let nearest_first = connections
            .filter(|(_, connection)| connection.serves_clients())
            .sorted_by_key(|(number, _)| Some(*number) != report.judged);
        let most = (LOOKED_AT / self.setting.server.lists().max(1)).max(1);
        let connections: Vec<&Connection> = nearest_first.map(|(_, one)| one).take(most).collect();
        let means = client.method.iter();
        means
            .filter_map(|method| {
                let mut connections = connections.iter();
                let found =
                    connections.find_map(|connection| self.offers(client, *method, connection));
                let (ike, esp) = found?;
                self.client_remedy((client, *method), &ike, &esp)
            })
            .collect()
    }

    /// The best suites of a connection that the client can be made to offer, and with which it keeps
    /// the tunnel.
    fn offers(
        &self,
        client: &Arc<Client>,
        method: ConfigMethod,
        connection: &Connection,
    ) -> Option<(Suite, Suite)> {
        let policy = self.setting.policy;
        // A default list has thousands of suites, of which a client can be told few.
        let ranked = |entries: &[Entry], can: &dyn Fn(&Suite) -> bool| {
            let list: Vec<Proposal> = entries.iter().map(|it| it.proposal.clone()).collect();
            let mut all = possible::of_offer(&list, true);
            all.retain(can);
            all.sort_by_cached_key(|suite| policy.rank(suite));
            all.into_iter()
        };
        let ike = ranked(&connection.ike, &|suite| {
            config_method::can_ike(client, method, suite)
        });
        let ike: Vec<Suite> = ike.take(TRIED).collect();
        let esp = ranked(&connection.children.first()?.esp, &|suite| {
            config_method::can_esp(client, method, suite)
        });
        // At rekeying both with the group and without it may be right.
        let esp = esp.flat_map(|suite| [suite, suite.without_key_exchange()]);
        let esp: Vec<Suite> = esp.unique().take(2 * TRIED).collect();
        let most = (COMPARED / self.setting.server.lists().max(1)).max(PAIRS);
        let mut pairs = ike.iter().cartesian_product(&esp).take(most);
        let found = pairs.find(|(ike, esp)| {
            let can = config_method::can(client, method, ike, esp);
            can && self.works(client, method, ike, esp)
        });
        found.map(|(ike, esp)| (*ike, *esp))
    }

    fn works(&self, client: &Client, method: ConfigMethod, ike: &Suite, esp: &Suite) -> bool {
        let told = Arc::new(configured(client, method, ike, esp));
        let after = self.after(&[], &told);
        after.is_some_and(|after| after.verdict == Overall::Connects)
    }

    pub(super) fn client_remedy(
        &self,
        (client, method): (&Client, ConfigMethod),
        ike: &Suite,
        esp: &Suite,
    ) -> Option<Remedy> {
        let policy = self.setting.policy;
        let (instruction, commands) =
            words::on_client((client, method), ike, esp, self.setting.server)?;
        Some(Remedy {
            parts: vec![RemedyPart {
                side: RemedySide::Client,
                product: None,
                phase: None,
                proposal: None,
                brief: format!(
                    "{instruction}, set {} and {} (-v says how)",
                    short(ike),
                    short(esp)
                ),
                instruction: instruction.to_owned(),
                commands,
                change: RemedyChange::Client {
                    method,
                    ike: *ike,
                    esp: *esp,
                },
            }],
            objection: policy.objection(ike).or_else(|| policy.objection(esp)),
            tier: policy.rank(ike).tier().max(policy.rank(esp).tier()),
        })
    }
}
