//! A server against the selected clients: the whole answer of `check`.

use std::sync::Arc;

use super::client::{ChildVerdicts, IkeVerdicts, Pairing, Situation};
use super::verdict::{Judged, Refusal, Verdict};
use crate::peer::{Client, Exchange, PerExchange, Policy, Server};

/// The verdict over a whole server file.
///
/// A rekeying that fails whatever the suite counts even where it is not known whether the tunnel
/// comes up.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd, strum::Display)]
#[strum(serialize_all = "kebab-case")]
pub enum Overall {
    /// The tunnel comes up, and no rekeying is known to fail.
    Connects,
    /// The sources do not say what happens in IKE_SA_INIT or with the first child SA.
    Unknown,
    /// The tunnel comes up and is lost when keys are to be renewed.
    RekeyFails,
    /// The tunnel does not come up.
    Refused,
}

/// A child of the connection and its verdicts.
#[derive(Clone, Debug)]
pub struct ChildReport {
    /// Number of the child in its connection, from 0.
    pub number: usize,
    /// Its exchanges.
    pub verdicts: ChildVerdicts,
}

/// One client.
#[derive(Clone, Debug)]
pub struct ClientReport {
    /// Which.
    pub client: Arc<Client>,
    /// The verdict over the whole file.
    pub verdict: Overall,
    /// Number of the connection that the engine picks; `None` if it picks none.
    pub connection: Option<usize>,
    /// Number of the connection that the verdicts are about: the picked one, or the nearest.
    pub judged: Option<usize>,
    /// Exchanges of the IKE SA.
    pub ike: IkeVerdicts,
    /// Children of that connection. The first one decides: which child a client gets depends on
    /// traffic selectors, before proposals are compared.
    pub children: Vec<ChildReport>,
}

impl ClientReport {
    /// The verdict of each exchange, with the first child; `None` where there is no child.
    pub fn exchanges(&self) -> PerExchange<Option<&Judged>> {
        let first = self.children.first().map(|child| &child.verdicts);
        PerExchange {
            ike_sa_init: Some(&self.ike.ike_sa_init),
            ike_auth: first.map(|child| &child.ike_auth),
            child_rekey_by_client: first.map(|child| &child.child_rekey_by_client),
            child_rekey_by_server: first.map(|child| &child.child_rekey_by_server),
            ike_rekey_by_client: Some(&self.ike.ike_rekey_by_client),
            ike_rekey_by_server: Some(&self.ike.ike_rekey_by_server),
        }
    }

    /// The verdicts of the rekeyings that there are.
    pub fn rekeyings(&self) -> Vec<(Exchange, &Judged)> {
        let all = self.exchanges();
        let rekeyings = Exchange::REKEYINGS.into_iter();
        rekeyings
            .filter_map(|exchange| Some((exchange, all[exchange]?)))
            .collect()
    }

    /// Whether the first child SA is known to come up.
    pub fn comes_up(&self) -> bool {
        let first = self.exchanges().ike_auth;
        first.is_some_and(|judged| !judged.verdict.suites().is_empty())
    }
}

/// Compares `server` with `clients`.
pub fn reports(
    server: &Server,
    clients: &[Arc<Client>],
    situation: &Situation,
    policy: &Policy,
) -> Vec<ClientReport> {
    let clients = clients.iter();
    clients
        .map(|client| client_report(client, server, situation, policy))
        .collect()
}

fn client_report(
    client: &Arc<Client>,
    server: &Server,
    situation: &Situation,
    policy: &Policy,
) -> ClientReport {
    let judged: Vec<_> = server
        .connections
        .iter()
        .enumerate()
        .filter(|(_, connection)| connection.serves_clients())
        .map(|(place, connection)| {
            let pairing = Pairing::new(client, connection, situation, policy);
            let ike = pairing.ike();
            (place, connection, pairing, ike)
        })
        .collect();
    // charon tries the connections of the same addresses in turn until proposals match.
    let picked = judged
        .iter()
        .position(|(.., ike)| !ike.ike_sa_init.verdict.suites().is_empty());
    let nearest = judged
        .iter()
        .enumerate()
        .min_by_key(|(_, (.., ike))| distance(&ike.ike_sa_init.verdict))
        .map(|(place, _)| place);
    let Some((place, connection, pairing, ike)) =
        picked.or(nearest).and_then(|place| judged.get(place))
    else {
        return nothing_to_judge(client);
    };
    let children: Vec<_> = connection
        .children
        .iter()
        .enumerate()
        .map(|(number, child)| ChildReport {
            number,
            verdicts: pairing.child(child, ike),
        })
        .collect();
    let verdict = overall(ike, &children);
    ClientReport {
        client: Arc::clone(client),
        verdict,
        connection: picked.map(|_| *place),
        judged: Some(*place),
        ike: ike.clone(),
        children,
    }
}

/// A server without a connection for remote access refuses everybody.
fn nothing_to_judge(client: &Arc<Client>) -> ClientReport {
    let refused = || {
        super::verdict::Judged::plain(Verdict::Refuse(Refusal::NoMatch {
            pair: None,
            gaps: Vec::new(),
        }))
    };
    ClientReport {
        client: Arc::clone(client),
        verdict: Overall::Refused,
        connection: None,
        judged: None,
        ike: IkeVerdicts {
            ike_sa_init: refused(),
            ike_rekey_by_client: refused(),
            ike_rekey_by_server: refused(),
        },
        children: Vec::new(),
    }
}

/// How far a verdict is from agreement.
fn distance(verdict: &Verdict) -> usize {
    match verdict {
        Verdict::Agree(_) | Verdict::OneOf(_) => 0,
        Verdict::Unknown(_) => 1,
        Verdict::Refuse(Refusal::NoMatch {
            pair: Some(_),
            gaps,
        }) => 1 + gaps.len(),
        Verdict::Refuse(_) | Verdict::NotUsed(_) => usize::MAX,
    }
}

fn overall(ike: &IkeVerdicts, children: &[ChildReport]) -> Overall {
    let Some(first) = children.first() else {
        return Overall::Refused;
    };
    let up = [&ike.ike_sa_init.verdict, &first.verdicts.ike_auth.verdict];
    let unknown = |verdict: &&Verdict| matches!(verdict, Verdict::Unknown(_));
    let is_unknown = up.iter().any(unknown);
    if !is_unknown && up.iter().any(|verdict| verdict.suites().is_empty()) {
        return Overall::Refused;
    }
    let rekeyings = [
        &ike.ike_rekey_by_client,
        &ike.ike_rekey_by_server,
        &first.verdicts.child_rekey_by_client,
        &first.verdicts.child_rekey_by_server,
    ];
    if rekeyings.iter().any(|judged| judged.verdict.fails()) {
        Overall::RekeyFails
    } else if is_unknown {
        Overall::Unknown
    } else {
        Overall::Connects
    }
}
