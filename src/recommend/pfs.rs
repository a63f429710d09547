//! Whether phase 2 can demand perfect forward secrecy: only if every client provably follows.

use crate::compat::config_method::{self, ConfigMethod};
use crate::compat::rank::Tier;
use crate::ike::{Proposal, Protocol, Suite, Transform, TransformType};
use crate::peer::client::RekeyOffer;
use crate::peer::{Client, Policy};

/// The decision about perfect forward secrecy.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Pfs {
    /// The group; `None` is off.
    pub group: Option<Transform>,
    /// Labels of the clients because of which it is off.
    pub because: Vec<String>,
    /// Labels of the clients that demand a group when they rekey, although it is off: they lose
    /// their tunnel then.
    pub lost: Vec<String>,
}

/// A client as the decision sees it.
pub(super) struct Party<'a> {
    pub(super) client: &'a Client,
    /// By which means it is configured, if it is touched.
    pub(super) reconfigured: Option<ConfigMethod>,
}

/// Decides for the base suites.
pub(super) fn decide(parties: &[Party<'_>], ike: &Suite, esp: &Suite, policy: &Policy) -> Pfs {
    let mut groups: Option<Vec<Transform>> = None;
    let mut because = Vec::new();
    for party in parties {
        let own = groups_of(party, ike, esp);
        if own.is_empty() {
            because.push(party.client.label.clone());
        }
        groups = Some(match groups {
            None => own,
            Some(common) => common.into_iter().filter(|g| own.contains(g)).collect(),
        });
    }
    let rank = |group: &Transform| {
        let mut suite = *ike;
        suite.set(*group);
        policy.rank(&suite)
    };
    let allowed = |group: &Transform| {
        let same = suite_group(ike) == Some(group.id) || !policy.esp_group_of_ike;
        same && (!policy.binding || rank(group).tier() < Tier::Prohibited)
    };
    let group = groups.unwrap_or_default().into_iter();
    let group = group.filter(allowed).min_by_key(rank);
    if group.is_none() && because.is_empty() {
        because.extend(parties.iter().map(|party| party.client.label.clone()));
    }
    let group = group.filter(|_| because.is_empty());
    let demanding = parties.iter().filter(|party| demands(party));
    let lost = demanding.map(|party| party.client.label.clone());
    Pfs {
        group,
        because,
        lost: lost.filter(|_| group.is_none()).collect(),
    }
}

/// The number of the group of a suite.
fn suite_group(suite: &Suite) -> Option<u16> {
    suite.get(TransformType::KE).map(|group| group.id)
}

/// Whether the client, as it is, renews child SAs in some group only.
fn demands(party: &Party<'_>) -> bool {
    if party.reconfigured.is_some() {
        return false;
    }
    let always = |list: &[Proposal]| {
        let groups = |p: &Proposal| {
            let kinds = p.of(TransformType::KE);
            !kinds.is_empty() && kinds.iter().all(|t| !t.is_none())
        };
        !list.is_empty() && list.iter().all(groups)
    };
    let client = party.client;
    if client.engine.is_some() {
        return client
            .ike_auth
            .stated()
            .is_some_and(|fact| always(&fact.value));
    }
    match client
        .child_rekey_by_client
        .stated()
        .map(|fact| &fact.value)
    {
        Some(RekeyOffer::NegotiatedOnlyInIkeGroup) => true,
        Some(RekeyOffer::List(list) | RekeyOffer::ListInIkeGroup(list)) => always(list),
        Some(RekeyOffer::Negotiated | RekeyOffer::NegotiatedInIkeGroup) | None => false,
    }
}

/// The groups that the client provably carries when it rekeys a child SA of suite `esp`.
fn groups_of(party: &Party<'_>, ike: &Suite, esp: &Suite) -> Vec<Transform> {
    if let Some(method) = party.reconfigured {
        let with = |group: &Transform| {
            let mut esp = *esp;
            esp.set(*group);
            config_method::can(party.client, method, ike, &esp)
        };
        return ike.ke().into_iter().filter(with).collect();
    }
    let offered: Vec<&Proposal> = match &party.client.engine {
        Some(_) => party
            .client
            .ike_auth
            .stated()
            .map_or_else(Vec::new, |f| f.value.iter().collect()),
        None => match party
            .client
            .child_rekey_by_client
            .stated()
            .map(|f| &f.value)
        {
            Some(RekeyOffer::List(list)) => list.iter().collect(),
            // The groups that stand there are not sent, that of the IKE SA is.
            Some(
                RekeyOffer::ListInIkeGroup(_)
                | RekeyOffer::NegotiatedInIkeGroup
                | RekeyOffer::NegotiatedOnlyInIkeGroup,
            ) => return ike.ke().into_iter().collect(),
            Some(RekeyOffer::Negotiated) | None => Vec::new(),
        },
    };
    let carries = |p: &&&Proposal| {
        let wanted = esp.without_key_exchange();
        p.protocol() == Protocol::Esp && wanted.transforms().all(|t| p.contains(t))
    };
    let groups = offered
        .iter()
        .filter(carries)
        .flat_map(|p| p.of(TransformType::KE));
    groups.copied().filter(|t| !t.is_none()).collect()
}
