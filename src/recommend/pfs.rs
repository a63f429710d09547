//! Whether phase 2 can demand perfect forward secrecy: only if every client provably follows.

use crate::compat::config_method::{self, ConfigMethod};
use crate::compat::rank::Tier;
use crate::ike::{Proposal, Protocol, Suite, Transform, TransformType};
use crate::peer::client::RekeyOffer;
use crate::peer::server::Product;
use crate::peer::{Client, Policy};

/// The decision about perfect forward secrecy.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Pfs {
    /// The group; `None` is off.
    pub group: Option<Transform>,
    /// Labels of the clients because of which it is off.
    pub because: Vec<String>,
    /// Labels of the clients that demand a group when they rekey and for which entries with their
    /// group stand before those without, although it is off for the others.
    pub beside: Vec<String>,
    /// Labels of the clients that demand a group when they rekey, although it is off: they lose
    /// their tunnel then.
    pub lost: Vec<String>,
}

/// What the search has to take into account of it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum PfsMode {
    /// The product lists suites with a group beside suites without, so nobody loses by it.
    Free,
    /// It is off for all; who demands a group loses the tunnel.
    Off,
    /// It is on in this group for all.
    On(Transform),
}

/// Whether the product takes ESP suites with a group and without in one list.
pub(super) const fn mixes(product: Product) -> bool {
    matches!(
        product,
        Product::Openiked | Product::Opnsense | Product::Strongswan
    )
}

/// A client as the decision sees it.
pub(super) struct Party<'a> {
    pub(super) client: &'a Client,
    /// By which means it is configured, if it is touched.
    pub(super) reconfigured: Option<ConfigMethod>,
    /// What it settles on.
    pub(super) ike: Suite,
    pub(super) esp: Suite,
}

/// Decides for what the clients settle on.
pub(super) fn decide(
    parties: &[Party<'_>],
    policy: &Policy,
    permitted: impl Fn(Transform) -> bool,
    mixed: bool,
) -> Pfs {
    let unwilling = parties.iter().filter(|party| groups_of(party).is_empty());
    let mut because: Vec<_> = unwilling.map(|party| party.client.label.clone()).collect();
    let rank = |party: &Party<'_>, group: Transform| {
        let mut suite = party.ike;
        suite.set(group);
        policy.rank(&suite)
    };
    let allowed = |group: &Transform| {
        let same = |party: &Party<'_>| party.ike.ke() == Some(*group) || !policy.esp_group_of_ike;
        let within =
            |party: &Party<'_>| !policy.binding || rank(party, *group).tier() < Tier::Prohibited;
        permitted(*group) && parties.iter().all(|it| same(it) && within(it))
    };
    let all = parties.iter().flat_map(groups_of);
    let common = all.filter(|group| parties.iter().all(|party| carries_group(party, *group)));
    let first = parties.first();
    let group = common
        .filter(allowed)
        .min_by_key(|group| first.map(|party| rank(party, *group)));
    if group.is_none() && because.is_empty() {
        because.extend(parties.iter().map(|party| party.client.label.clone()));
    }
    let group = group.filter(|_| because.is_empty());
    let demanding = parties
        .iter()
        .filter(|party| group.is_none() && party.reconfigured.is_none() && demands(party.client));
    let (beside, lost): (Vec<_>, Vec<_>) =
        demanding.partition(|party| mixed && group_beside(party, &permitted).is_some());
    let labels = |list: Vec<&Party<'_>>| list.iter().map(|p| p.client.label.clone()).collect();
    Pfs {
        group,
        because,
        beside: labels(beside),
        lost: labels(lost),
    }
}

/// The group with which an entry has to stand beside that without, for a client that demands one.
pub(super) fn group_beside(
    party: &Party<'_>,
    permitted: impl Fn(Transform) -> bool,
) -> Option<Transform> {
    let demanding = party.reconfigured.is_none() && demands(party.client);
    let groups = groups_of(party).into_iter();
    groups.filter(|_| demanding).find(|group| permitted(*group))
}

/// Whether the client, as it is, renews child SAs in some group only.
pub(super) fn demands(client: &Client) -> bool {
    let always = |list: &[Proposal]| {
        let groups = |p: &Proposal| {
            let kinds = p.of(TransformType::KE);
            !kinds.is_empty() && kinds.iter().all(|t| !t.is_none())
        };
        !list.is_empty() && list.iter().all(groups)
    };
    match asked(client) {
        Asked::List(list) => always(list),
        Asked::InIkeGroup { only } => only,
        Asked::Nothing => false,
    }
}

/// The groups of every rekeying that the client, as it is, may ask for, whatever is in use.
pub(super) fn groups_demanded(client: &Client, ike: &[Suite]) -> Vec<Transform> {
    match asked(client) {
        Asked::List(list) => list
            .iter()
            .flat_map(|p| p.of(TransformType::KE).to_vec())
            .filter(|group| !group.is_none())
            .collect(),
        Asked::InIkeGroup { .. } => ike.iter().filter_map(Suite::ke).collect(),
        Asked::Nothing => Vec::new(),
    }
}

/// Whether the client, as it is, provably renews child SAs in `group` where `suite` is in use.
pub(super) fn carries(client: &Client, suite: &Suite, group: Transform) -> bool {
    match (asked(client), suite.protocol) {
        (Asked::List(_), Protocol::Ike) => true,
        (Asked::List(list), Protocol::Esp | Protocol::Ah) => of_list(list, suite).contains(&group),
        (Asked::InIkeGroup { .. }, Protocol::Ike) => suite.ke() == Some(group),
        (Asked::InIkeGroup { .. }, Protocol::Esp | Protocol::Ah) => true,
        (Asked::Nothing, _) => false,
    }
}

/// With what groups a client asks for new keys of a child SA.
enum Asked<'a> {
    /// Those of this list.
    List(&'a [Proposal]),
    /// That of the IKE SA, and nothing else if `only`.
    InIkeGroup { only: bool },
    /// None, or nobody knows.
    Nothing,
}

fn asked(client: &Client) -> Asked<'_> {
    if client.engine.is_some() {
        let list = client.ike_auth.stated();
        return list.map_or(Asked::Nothing, |fact| Asked::List(&fact.value));
    }
    let stated = client.child_rekey_by_client.stated();
    match stated.map(|fact| &fact.value) {
        Some(RekeyOffer::List(list)) => Asked::List(list),
        // The groups that stand there are not sent, that of the IKE SA is.
        Some(RekeyOffer::ListInIkeGroup(list)) => {
            let groups = |p: &Proposal| p.of(TransformType::KE).iter().any(|t| !t.is_none());
            let only = !list.is_empty() && list.iter().all(groups);
            Asked::InIkeGroup { only }
        }
        Some(RekeyOffer::NegotiatedOnlyInIkeGroup) => Asked::InIkeGroup { only: true },
        Some(RekeyOffer::NegotiatedInIkeGroup) => Asked::InIkeGroup { only: false },
        Some(RekeyOffer::Negotiated) | None => Asked::Nothing,
    }
}

/// The groups with which a list has a suite of ESP.
fn of_list(list: &[Proposal], esp: &Suite) -> Vec<Transform> {
    let wanted = esp.without_key_exchange();
    let has =
        |p: &&Proposal| p.protocol() == Protocol::Esp && wanted.transforms().all(|t| p.contains(t));
    let groups = list
        .iter()
        .filter(has)
        .flat_map(|p| p.of(TransformType::KE));
    groups.copied().filter(|t| !t.is_none()).collect()
}

/// The groups that the client provably carries when it rekeys what it settles on.
fn groups_of(party: &Party<'_>) -> Vec<Transform> {
    if party.reconfigured.is_some() {
        let own = party.ike.ke().into_iter();
        return own.filter(|group| carries_group(party, *group)).collect();
    }
    match asked(party.client) {
        Asked::List(list) => of_list(list, &party.esp),
        Asked::InIkeGroup { .. } => party.ike.ke().into_iter().collect(),
        Asked::Nothing => Vec::new(),
    }
}

fn carries_group(party: &Party<'_>, group: Transform) -> bool {
    match party.reconfigured {
        Some(method) => {
            let mut esp = party.esp;
            esp.set(group);
            config_method::can_esp(party.client, method, &esp)
        }
        None => groups_of(party).contains(&group),
    }
}
