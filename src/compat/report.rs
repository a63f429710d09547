//! A server against the selected clients: the whole answer of `check`.

use std::sync::Arc;

use itertools::Itertools as _;
use rustc_hash::FxHashSet;

use super::answering;
use super::client::{ChildVerdicts, IkeVerdicts, Pairing, Situation, readings};
use super::identities;
use super::obstacle::{self, Obstacle};
use super::reauthentication::{Reauthenticated, ReauthenticationOutcome, reauthenticated};
use super::survival::{self, Survival};
use super::verdict::{Judged, Refusal, Verdict};
use crate::peer::setting::KeySet;
use crate::peer::{Client, Connection, EngineName, Exchange, PerExchange, Policy, Server};

/// The verdict over a whole server file.
///
/// A rekeying that fails whatever the suite counts even where it is not known whether the tunnel
/// comes up. One that only the server asks for costs the tunnel where the client does not renew the
/// SA by itself before the server gives it up (`Survival`).
#[derive(
    Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd, strum::Display, strum::VariantNames,
)]
#[strum(serialize_all = "kebab-case")]
pub enum Overall {
    /// The tunnel comes up, and is not known to be lost.
    Connects,
    /// The sources do not say what happens in IKE_SA_INIT or with the first child SA, or whether
    /// the tunnel outlives a rekeying that fails.
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
    /// The client that was compared.
    pub client: Arc<Client>,
    /// The verdict over the whole file.
    pub verdict: Overall,
    /// Number of the connection that the engine picks; `None` if it picks none.
    pub connection: Option<usize>,
    /// Numbers of the other connections that may answer, where the client's address decides it.
    pub alternatives: Vec<usize>,
    /// Number of the connection that the verdicts are about: the picked one, or the nearest.
    pub judged: Option<usize>,
    /// Exchanges of the IKE SA.
    pub ike: IkeVerdicts,
    /// Children of that connection. The first one decides: which child a client gets depends on
    /// traffic selectors, before proposals are compared.
    pub children: Vec<ChildReport>,
    /// What keeps the client out although the lists agree.
    pub obstacles: Vec<Obstacle>,
    /// What becomes of the SAs that the server cannot renew, by its exchanges.
    pub survival: PerExchange<Option<Survival>>,
    /// What becomes of it when the server wants it to authenticate again; `None` if it never does.
    pub reauthentication: Option<Reauthenticated>,
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
    pub(crate) fn rekeyings(&self) -> Vec<(Exchange, &Judged)> {
        let all = self.exchanges();
        let rekeyings = Exchange::REKEYINGS.into_iter();
        rekeyings
            .filter_map(|exchange| Some((exchange, all[exchange]?)))
            .collect()
    }

    /// Whether the tunnel is lost because of this rekeying: because the client's own is refused, or
    /// because the server's is, or is never asked for, and the client's comes too late.
    pub(crate) fn is_lost_by(&self, exchange: Exchange) -> bool {
        if exchange.is_by_server() {
            return matches!(self.survival[exchange], Some(Survival::Lost { .. }));
        }
        let fails = |judged: &Judged| judged.verdict.fails();
        Exchange::REKEYINGS.contains(&exchange) && self.exchanges()[exchange].is_some_and(fails)
    }

    /// Whether the first child SA is known to come up.
    pub(crate) fn comes_up(&self) -> bool {
        let first = self.exchanges().ike_auth;
        let agreed = first.is_some_and(|judged| !judged.verdict.suites().is_empty());
        agreed && self.obstacles.is_empty()
    }

    /// Adds something that keeps the client out.
    pub(crate) fn add_obstacle(&mut self, obstacle: Obstacle) {
        self.obstacles.push(obstacle);
        self.verdict = Overall::Refused;
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

/// A connection that a client may meet, and what comes of IKE_SA_INIT there.
struct Candidate<'a> {
    place: usize,
    connection: &'a Connection,
    pairing: Pairing<'a>,
    ike: IkeVerdicts,
}

impl Candidate<'_> {
    fn agrees(&self) -> bool {
        !self.ike.ike_sa_init.verdict.suites().is_empty()
    }
}

fn client_report(
    client: &Arc<Client>,
    server: &Server,
    situation: &Situation,
    policy: &Policy,
) -> ClientReport {
    let all = server.connections.iter().enumerate();
    let met = all.filter(|(_, one)| answering::may_answer(one, situation.client_address));
    let candidates: Vec<_> = met
        .map(|(place, connection)| {
            let pairing = Pairing::new(client, connection, situation, policy);
            let ike = pairing.ike();
            Candidate {
                place,
                connection,
                pairing,
                ike,
            }
        })
        .collect();
    let keys = server.definitions.keys;
    let report = |[first, answering]: [&Candidate<'_>; 2]| {
        let found = obstacle::obstacles(client, answering.connection, situation, keys);
        candidate_report(client, (answering, &first.ike), found, situation)
    };
    let orders = if situation.engine == EngineName::Strongswan {
        let connections: Vec<_> = candidates.iter().map(|it| it.connection).collect();
        answering::orders(&connections, situation.client_address)
    } else {
        Some(vec![
            (0..candidates.len()).map(|place| (place, 0)).collect(),
        ])
    };
    // Where the addresses are too many to try, each connection may be the first.
    let orders = orders.unwrap_or_else(|| {
        let places = 0..candidates.len();
        places.map(|place| vec![(place, 0)]).collect()
    });
    let answers = orders.iter().flat_map(|order| {
        let order = order.iter();
        let order = order.filter_map(|(at, score)| Some((candidates.get(*at)?, *score)));
        let order: Vec<_> = order.collect();
        picks(&order, client, situation, keys)
    });
    // One whose proposals the file does not say may be the one that answers.
    let unsaid = candidates.iter().filter(|it| it.connection.ike_is_unknown);
    let answers = answers.chain(unsaid.map(|one| [one, one]));
    let answers = answers.unique_by(|pair| pair.map(|one| one.place));
    let answers: Vec<_> = answers.collect();
    match answers.as_slice() {
        [] => nothing_to_judge(client),
        [one] => report(*one),
        several => one_of(several.iter().map(|one| report(*one)).collect()),
    }
}

/// The connection that answers of those in `order`, behind the one whose proposals count. charon
/// tries one after the other until proposals match, and in IKE_AUTH goes on to those that allow the
/// same suite where the proof of identity is another one.
///
/// Where the identities decide that are sent in IKE_AUTH, there is one for each.
fn picks<'c, 'a>(
    order: &[(&'c Candidate<'a>, u32)],
    client: &Client,
    situation: &Situation,
    keys: Option<KeySet>,
) -> Vec<[&'c Candidate<'a>; 2]> {
    let Some(first) = order.iter().position(|(one, _)| one.agrees()) else {
        let nearest = order.iter().map(|(one, _)| *one);
        let nearest = nearest.min_by_key(|one| distance(&one.ike.ike_sa_init.verdict));
        return nearest.map(|one| [one, one]).into_iter().collect();
    };
    let (answering, _) = order[first];
    let chosen = answering.ike.ike_sa_init.verdict.suites();
    let proves = |one: &&&'c Candidate<'a>| {
        let mut entries = one.connection.ike.iter();
        let allows = entries.any(|entry| chosen.iter().any(|suite| entry.proposal.allows(suite)));
        let obstacles = obstacle::obstacles(client, one.connection, situation, keys);
        allows && !obstacles.iter().any(Obstacle::is_of_authentication)
    };
    let called = |one: &Candidate<'_>| {
        let name = situation.server_id.as_deref();
        name.is_none_or(|name| identities::expects(one.connection, name))
    };
    let left = order[first..].iter().map(|(one, _)| one).filter(proves);
    let left: Vec<&Candidate<'_>> = left.copied().filter(|one| called(one)).collect();
    if left.is_empty() {
        // What it fails by is said of the one that it wants.
        let named = order.iter().map(|(one, _)| *one).find(|one| called(one));
        let named = named.filter(|_| situation.server_id.is_some());
        return vec![[answering, named.unwrap_or(answering)]];
    }
    if left.len() < 2 || situation.engine != EngineName::Strongswan {
        return vec![[answering, left[0]]];
    }
    let places: FxHashSet<usize> = left.iter().map(|one| one.place).collect();
    let in_file: Vec<_> = order
        .iter()
        .filter(|(one, _)| places.contains(&one.place))
        .copied()
        .sorted_by_key(|(one, _)| one.place)
        .collect();
    let scored: Vec<_> = in_file
        .iter()
        .map(|(one, score)| (one.connection, *score))
        .collect();
    let connections: Vec<_> = scored.iter().map(|(connection, _)| *connection).collect();
    let Some(sent) = identities::sent(&connections, situation.server_id.as_deref()) else {
        // Whichever it is, it is one of these.
        return in_file.iter().map(|(one, _)| [answering, *one]).collect();
    };
    let firsts = sent.into_iter().filter_map(|sent| {
        let at = identities::first(&scored, sent)?;
        Some([answering, in_file[at].0])
    });
    let mut picked: Vec<_> = firsts.collect();
    if picked.is_empty() {
        // Nobody fits what the client expects: it is judged by the first one.
        picked.push([answering, left[0]]);
    }
    picked
}

fn candidate_report(
    client: &Arc<Client>,
    (candidate, ike): (&Candidate<'_>, &IkeVerdicts),
    found: Vec<Obstacle>,
    situation: &Situation,
) -> ClientReport {
    let Candidate {
        place,
        connection,
        pairing,
        ..
    } = candidate;
    let children: Vec<_> = connection
        .children
        .iter()
        .enumerate()
        .map(|(number, child)| ChildReport {
            number,
            verdicts: pairing.child(child, ike),
        })
        .collect();
    let survival = survival((client, connection), (ike, &children), situation);
    let reauthentication = reauthenticated(client, connection, situation);
    let ends = |it: &Reauthenticated| it.outcome == ReauthenticationOutcome::Lost;
    let by_lists = match overall(ike, &children, &survival) {
        Overall::Connects if reauthentication.as_ref().is_some_and(ends) => Overall::RekeyFails,
        other => other,
    };
    let reached = !ike.ike_sa_init.verdict.fails() && !children.is_empty();
    let obstacles = if reached { found } else { Vec::new() };
    let verdict = match obstacles.as_slice() {
        [] => by_lists,
        _ => Overall::Refused,
    };
    ClientReport {
        client: Arc::clone(client),
        verdict,
        connection: (!ike.ike_sa_init.verdict.suites().is_empty()).then_some(*place),
        alternatives: Vec::new(),
        judged: Some(*place),
        ike: ike.clone(),
        children,
        obstacles,
        survival,
        reauthentication,
    }
}

/// One report of several, of which the client's address decides which one is true.
fn one_of(reports: Vec<ClientReport>) -> ClientReport {
    let why = "which connection answers depends on the addresses";
    let mut all = reports.iter();
    let alternatives = all.clone().skip(1).filter_map(|one| one.judged).collect();
    let combined = |pick: &dyn Fn(&ClientReport) -> Option<&Judged>| {
        let each: Vec<_> = reports.iter().filter_map(pick).cloned().collect();
        if each.len() < reports.len() {
            return Judged::plain(Verdict::Unknown(why.to_owned()));
        }
        readings::agreeing(why, &each)
    };
    let of = |exchange: Exchange| combined(&|report| report.exchanges()[exchange]);
    let first = &reports[0];
    let child = first.children.first().map(|child| ChildReport {
        number: child.number,
        verdicts: ChildVerdicts {
            ike_auth: of(Exchange::IkeAuth),
            child_rekey_by_client: of(Exchange::ChildRekeyByClient),
            child_rekey_by_server: of(Exchange::ChildRekeyByServer),
        },
    });
    let same = all.all(|one| one.verdict == first.verdict);
    let common = first.obstacles.iter().filter(|it| {
        let mut others = reports.iter().skip(1);
        others.all(|one| one.obstacles.contains(it))
    });
    ClientReport {
        verdict: if same {
            first.verdict
        } else {
            Overall::Unknown
        },
        alternatives,
        ike: IkeVerdicts {
            ike_sa_init: of(Exchange::IkeSaInit),
            ike_rekey_by_client: of(Exchange::IkeRekeyByClient),
            ike_rekey_by_server: of(Exchange::IkeRekeyByServer),
        },
        children: child.into_iter().collect(),
        obstacles: common.cloned().collect(),
        ..first.clone()
    }
}

/// What becomes of the SAs of the first child and of the IKE SA.
fn survival(
    (client, connection): (&Client, &Connection),
    (ike, children): (&IkeVerdicts, &[ChildReport]),
    situation: &Situation,
) -> PerExchange<Option<Survival>> {
    let child = children.first().and_then(|report| {
        let child = connection.children.get(report.number)?;
        survival::of_child((client, connection, child), &report.verdicts, situation)
    });
    PerExchange {
        child_rekey_by_server: child,
        ike_rekey_by_server: survival::of_ike((client, connection), ike, situation),
        ..PerExchange::default()
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
        alternatives: Vec::new(),
        judged: None,
        ike: IkeVerdicts {
            ike_sa_init: refused(),
            ike_rekey_by_client: refused(),
            ike_rekey_by_server: refused(),
        },
        children: Vec::new(),
        obstacles: Vec::new(),
        survival: PerExchange::default(),
        reauthentication: None,
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

fn overall(
    ike: &IkeVerdicts,
    children: &[ChildReport],
    survival: &PerExchange<Option<Survival>>,
) -> Overall {
    let Some(first) = children.first() else {
        return Overall::Refused;
    };
    let up = [&ike.ike_sa_init.verdict, &first.verdicts.ike_auth.verdict];
    let unknown = |verdict: &&Verdict| matches!(verdict, Verdict::Unknown(_));
    let is_unknown = up.iter().any(unknown);
    if !is_unknown && up.iter().any(|verdict| verdict.suites().is_empty()) {
        return Overall::Refused;
    }
    let by_client = [
        &ike.ike_rekey_by_client,
        &first.verdicts.child_rekey_by_client,
    ];
    let survives = |wanted: fn(&Survival) -> bool| {
        let mut each = survival.iter().filter_map(|(_, one)| one.as_ref());
        each.any(wanted)
    };
    let lost = survives(|one| matches!(one, Survival::Lost { .. }));
    if lost || by_client.iter().any(|judged| judged.verdict.fails()) {
        Overall::RekeyFails
    } else if is_unknown || survives(|one| matches!(one, Survival::Unknown(_))) {
        Overall::Unknown
    } else {
        Overall::Connects
    }
}
