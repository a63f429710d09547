//! A server against the selected clients: the whole answer of `check`.

use super::client::{ChildVerdicts, IkeVerdicts, Pairing, Situation};
use super::finding::Finding;
use super::fix::{self, Fix};
use super::verdict::{Refusal, Verdict};
use crate::peer::{Child, Client, Policy, Server};

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
pub struct ChildReport<'a> {
    /// The child.
    pub child: &'a Child,
    /// Its exchanges.
    pub verdicts: ChildVerdicts,
}

/// One client.
#[derive(Clone, Debug)]
pub struct ClientReport<'a> {
    /// Which.
    pub client: &'a Client,
    /// The verdict over the whole file.
    pub verdict: Overall,
    /// Place of the connection that the engine picks; `None` if it picks none.
    pub connection: Option<usize>,
    /// Place of the connection that the verdicts are about: the picked one, or the nearest.
    pub judged: Option<usize>,
    /// Exchanges of the IKE SA.
    pub ike: IkeVerdicts,
    /// Children of that connection. The first one decides: which child a client gets depends on
    /// traffic selectors, before proposals are compared.
    pub children: Vec<ChildReport<'a>>,
    /// What would help, on the server and on the client.
    pub fixes: Vec<Fix>,
}

/// A server and its clients.
#[derive(Clone, Debug)]
pub struct Report<'a> {
    /// The server.
    pub server: &'a Server,
    /// Clients in the order of the selection.
    pub clients: Vec<ClientReport<'a>>,
    /// What is to be said about the server itself; [`report`] leaves that to `lint`.
    pub findings: Vec<Finding>,
}

/// Compares `server` with `clients`.
pub fn report<'a>(
    server: &'a Server,
    clients: &'a [Client],
    situation: &Situation,
    policy: &Policy,
) -> Report<'a> {
    let clients: Vec<_> = clients
        .iter()
        .map(|client| client_report(client, server, situation, policy))
        .collect();
    Report {
        server,
        clients,
        findings: Vec::new(),
    }
}

fn client_report<'a>(
    client: &'a Client,
    server: &'a Server,
    situation: &Situation,
    policy: &Policy,
) -> ClientReport<'a> {
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
        .map(|child| ChildReport {
            child,
            verdicts: pairing.child(child, ike),
        })
        .collect();
    let verdict = overall(ike, &children);
    let not_loaded = |verdict: &Verdict| matches!(verdict, Verdict::Refuse(Refusal::NotLoaded(_)));
    // What keeps a connection from being loaded is a finding about the server.
    let fixes = if verdict == Overall::Connects || not_loaded(&ike.ike_sa_init.verdict) {
        Vec::new()
    } else {
        fix::fixes(client, connection, ike, &children, situation, policy)
    };
    ClientReport {
        client,
        verdict,
        connection: picked.map(|_| *place),
        judged: Some(*place),
        ike: ike.clone(),
        children,
        fixes,
    }
}

/// A server without a connection for remote access refuses everybody.
fn nothing_to_judge(client: &Client) -> ClientReport<'_> {
    let refused = || {
        super::verdict::Judged::plain(Verdict::Refuse(Refusal::NoMatch {
            pair: None,
            gaps: Vec::new(),
        }))
    };
    ClientReport {
        client,
        verdict: Overall::Refused,
        connection: None,
        judged: None,
        ike: IkeVerdicts {
            ike_sa_init: refused(),
            ike_rekey_by_client: refused(),
            ike_rekey_by_server: refused(),
        },
        children: Vec::new(),
        fixes: Vec::new(),
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

fn overall(ike: &IkeVerdicts, children: &[ChildReport<'_>]) -> Overall {
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
