//! The search for a plan.

use itertools::Itertools as _;
use strum::IntoEnumIterator as _;

use super::cover::{Candidate, MAX_CLIENTS, Mask, smallest};
use super::pfs::{self, Party, Pfs};
use super::space;
use crate::compat::closing::best;
use crate::compat::config_method::ConfigMethod;
use crate::compat::conflict::conflicts;
use crate::compat::possible::distinct;
use crate::compat::rank::{Rank, Tier};
use crate::ike::{Protocol, Suite};
use crate::peer::server::Product;
use crate::peer::{Client, Policy};

/// What is asked for.
#[derive(Clone, Copy, Debug)]
pub struct PlanRequest<'a> {
    /// Clients to be served.
    pub clients: &'a [Client],
    /// The product that is to be configured.
    pub product: Product,
    /// Whether clients may be configured to offer something else than by default.
    pub client_changes: bool,
    /// By what suites are ranked.
    pub policy: &'a Policy,
}

/// One entry of the server.
#[derive(Clone, Debug)]
pub struct PlanEntry {
    /// The only suite it allows.
    pub suite: Suite,
    /// Its rank.
    pub rank: Rank,
    /// Places of the clients it serves.
    pub serves: Vec<usize>,
}

/// A client that has to be configured.
#[derive(Clone, Debug)]
pub struct Reconfigured {
    /// Its place among the clients.
    pub client: usize,
    /// By what means.
    pub method: ConfigMethod,
    /// IKE suite.
    pub ike: Suite,
    /// ESP suite, with its group if PFS is on.
    pub esp: Suite,
}

/// A better suite for clients that need nothing done.
#[derive(Clone, Debug)]
pub struct Addition {
    /// The suite; in phase 2 with the group if PFS is on.
    pub suite: Suite,
    /// Its rank.
    pub rank: Rank,
    /// Places of the clients it is for.
    pub clients: Vec<usize>,
}

/// A plan.
#[derive(Clone, Debug)]
pub struct Plan {
    /// The product it is for.
    pub product: Product,
    /// The worst tier it admits.
    pub tier: Tier,
    /// Base entries of phase 1, best first.
    pub ike: Vec<PlanEntry>,
    /// Base entries of phase 2, best first, with the group if PFS is on.
    pub esp: Vec<PlanEntry>,
    /// Perfect forward secrecy.
    pub pfs: Pfs,
    /// Clients to be configured.
    pub reconfigured: Vec<Reconfigured>,
    /// Optional entries of phase 1, best first.
    pub ike_additions: Vec<Addition>,
    /// Optional entries of phase 2, best first.
    pub esp_additions: Vec<Addition>,
}

/// Why there is no plan.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Impossible {
    /// Nothing was chosen.
    NoClients,
    /// More clients than can be planned for at once.
    TooManyClients,
    /// What these clients (labels) offer is not known.
    Unknown(Vec<String>),
    /// Nothing that the product can select serves these clients (labels).
    Unserved(Vec<String>),
    /// Nothing that the policy allows serves them: why, a sentence each.
    OutsidePolicy(Vec<String>),
}

/// What a client brings along.
struct Offerer<'a> {
    client: &'a Client,
    ike: Vec<Suite>,
    esp: Vec<Suite>,
}

/// Finds the best plan.
pub fn recommend(request: PlanRequest<'_>) -> Result<Plan, Impossible> {
    let PlanRequest {
        clients, product, ..
    } = request;
    if clients.is_empty() {
        return Err(Impossible::NoClients);
    }
    if clients.len() > MAX_CLIENTS {
        return Err(Impossible::TooManyClients);
    }
    let mut unknown = Vec::new();
    let mut parties = Vec::new();
    for client in clients {
        let configurable = request.client_changes && !client.method.is_empty();
        match (space::ike_as_is(client), space::esp_as_is(client)) {
            (Some(ike), Some(esp)) => {
                let selectable = |s: &Suite| space::selectable(product, s);
                parties.push(Offerer {
                    client,
                    ike: ike.into_iter().filter(selectable).collect(),
                    esp: esp.into_iter().filter(selectable).collect(),
                });
            }
            _ if configurable => parties.push(Offerer {
                client,
                ike: Vec::new(),
                esp: Vec::new(),
            }),
            _ => unknown.push(client.label.clone()),
        }
    }
    if !unknown.is_empty() {
        return Err(Impossible::Unknown(unknown));
    }
    let binding = request.policy.binding;
    let plan = Tier::iter()
        .filter(|tier| !binding || *tier < Tier::Prohibited)
        .find_map(|tier| at_tier(request, &parties, tier));
    plan.ok_or_else(|| {
        // Only then is it the policy that stands in the way.
        if binding && at_tier(request, &parties, Tier::Prohibited).is_some() {
            Impossible::OutsidePolicy(policy_conflicts(request, &parties))
        } else {
            Impossible::Unserved(unserved(request, &parties))
        }
    })
}

/// Which clients make a plan within the policy impossible, and why.
fn policy_conflicts(request: PlanRequest<'_>, parties: &[Offerer<'_>]) -> Vec<String> {
    let policy = request.policy;
    let within = |suites: &[Suite]| !space::within(suites, Tier::Discouraged, policy).is_empty();
    let planned = |protocol| {
        let all = space::universe(protocol);
        let mut suites = space::within(&all, Tier::Discouraged, policy);
        suites.retain(|suite| space::selectable(request.product, suite));
        suites
    };
    let (ike, esp) = (planned(Protocol::Ike), planned(Protocol::Esp));
    let mut reasons = Vec::new();
    for Offerer {
        client,
        ike: own_ike,
        esp: own_esp,
    } in parties
    {
        if within(own_ike) && within(own_esp) {
            continue;
        }
        let configurable = request.client_changes && !client.method.is_empty();
        let mut pairs = ike.iter().cartesian_product(&esp);
        if configurable && pairs.any(|(ike, esp)| space::means_for(client, ike, esp).is_some()) {
            continue;
        }
        let addition = if configurable {
            ", and cannot be configured to offer anything that is allowed"
        } else {
            ""
        };
        let before = reasons.len();
        for conflict in conflicts(client, policy) {
            reasons.push(format!("{conflict}{addition}"));
        }
        if reasons.len() == before {
            reasons.push(format!(
                "{} allows nothing that {} offers and {} can select{addition}",
                policy.title, client.label, request.product
            ));
        }
    }
    if reasons.is_empty() {
        let labels: Vec<_> = parties.iter().map(|p| p.client.label.as_str()).collect();
        reasons.push(format!(
            "{} leaves no list of suites that serves all of {} on {}",
            policy.title,
            labels.join(", "),
            request.product
        ));
    }
    reasons
}

/// Labels of the clients that no selectable suite serves, whatever its tier.
fn unserved(request: PlanRequest<'_>, parties: &[Offerer<'_>]) -> Vec<String> {
    let lost = |party: &&Offerer<'_>| {
        let as_is = !party.ike.is_empty() && !party.esp.is_empty();
        !as_is && (!request.client_changes || party.client.method.is_empty())
    };
    let lost: Vec<_> = parties
        .iter()
        .filter(lost)
        .map(|p| p.client.label.clone())
        .collect();
    if lost.is_empty() {
        parties.iter().map(|p| p.client.label.clone()).collect()
    } else {
        lost
    }
}

/// The plan that admits nothing worse than `tier`, if there is one.
fn at_tier(request: PlanRequest<'_>, parties: &[Offerer<'_>], tier: Tier) -> Option<Plan> {
    let policy = request.policy;
    let ike: Vec<_> = parties
        .iter()
        .map(|p| space::within(&p.ike, tier, policy))
        .collect();
    let esp: Vec<_> = parties
        .iter()
        .map(|p| space::within(&p.esp, tier, policy))
        .collect();
    let is_touched = |place: usize| ike[place].is_empty() || esp[place].is_empty();
    let reconfigured: Vec<usize> = (0..parties.len()).filter(|p| is_touched(*p)).collect();
    if !request.client_changes && !reconfigured.is_empty() {
        return None;
    }

    let esp_entries = entries(
        request,
        parties,
        &esp,
        &reconfigured,
        Protocol::Esp,
        tier,
        None,
    )?;
    let reference = esp_entries.first()?.suite;
    let ike_entries = entries(
        request,
        parties,
        &ike,
        &reconfigured,
        Protocol::Ike,
        tier,
        Some(&reference),
    )?;

    let one = space::takes_one(request.product);
    if one && (ike_entries.len() > 1 || esp_entries.len() > 1) {
        return None;
    }

    let mut configured = Vec::new();
    for place in reconfigured {
        let client = parties[place].client;
        let pairs = ike_entries.iter().cartesian_product(&esp_entries);
        let (ike, esp, method) = pairs.into_iter().find_map(|(ike, esp)| {
            let method = space::means_for(client, &ike.suite, &esp.suite)?;
            Some((ike.suite, esp.suite, method))
        })?;
        configured.push(Reconfigured {
            client: place,
            method,
            ike,
            esp,
        });
    }

    let means_of = |place: usize| {
        configured
            .iter()
            .find(|t| t.client == place)
            .map(|t| t.method)
    };
    let pfs_parties: Vec<_> = parties
        .iter()
        .enumerate()
        .map(|(place, party)| Party {
            client: party.client,
            reconfigured: means_of(place),
        })
        .collect();
    let pfs = pfs::decide(
        &pfs_parties,
        &ike_entries.first()?.suite,
        &reference,
        policy,
    );

    let untouched = |place: usize| means_of(place).is_none();
    let (mut ike_additions, mut esp_additions) = (Vec::new(), Vec::new());
    if !one {
        ike_additions = additions(&ike, &ike_entries, untouched, policy);
        esp_additions = additions(&esp, &esp_entries, untouched, policy);
    }
    let mut esp_entries = esp_entries;
    if let Some(group) = pfs.group {
        esp_entries
            .iter_mut()
            .for_each(|entry| entry.suite.set(group));
        esp_additions
            .iter_mut()
            .for_each(|addition| addition.suite.set(group));
        configured
            .iter_mut()
            .for_each(|reconfigured| reconfigured.esp.set(group));
    }
    Some(Plan {
        product: request.product,
        tier,
        ike: ike_entries,
        esp: esp_entries,
        pfs,
        reconfigured: configured,
        ike_additions,
        esp_additions,
    })
}

/// The base entries of one phase.
///
/// `esp` is the first base entry of phase 2 once it is known; a touched client takes a suite of
/// phase 1 only together with it.
fn entries(
    request: PlanRequest<'_>,
    parties: &[Offerer<'_>],
    as_is: &[Vec<Suite>],
    reconfigured: &[usize],
    protocol: Protocol,
    tier: Tier,
    esp: Option<&Suite>,
) -> Option<Vec<PlanEntry>> {
    let policy = request.policy;
    let mut suites: Vec<Suite> = as_is.iter().flatten().copied().collect();
    if !reconfigured.is_empty() {
        suites.extend(
            space::universe(protocol)
                .into_iter()
                .filter(|suite| space::selectable(request.product, suite))
                .filter(|suite| policy.rank(suite).tier() <= tier),
        );
    }
    let candidates: Vec<_> = distinct(suites)
        .into_iter()
        .map(|suite| {
            let takes = |place: usize| {
                if !reconfigured.contains(&place) {
                    return as_is[place].contains(&suite);
                }
                let client = parties[place].client;
                match esp {
                    Some(esp) => space::means_for(client, &suite, esp).is_some(),
                    None => takes_esp(client, &suite),
                }
            };
            let serves = (0..parties.len()).filter(|place| takes(*place));
            Candidate {
                rank: policy.rank(&suite),
                serves: serves.fold(0, |mask: Mask, place| mask | 1 << place),
                suite,
            }
        })
        .collect();
    let all = (0..parties.len()).fold(0, |mask: Mask, place| mask | 1 << place);
    let cover = smallest(&candidates, all)?;
    let entry = |candidate: Candidate| PlanEntry {
        suite: candidate.suite,
        rank: candidate.rank,
        serves: (0..parties.len())
            .filter(|p| candidate.serves & (1 << p) != 0)
            .collect(),
    };
    Some(cover.into_iter().map(entry).collect())
}

/// Whether the client can be made to offer the ESP suite with some suite of IKE.
fn takes_esp(client: &Client, esp: &Suite) -> bool {
    space::universe(Protocol::Ike)
        .iter()
        .any(|ike| space::means_for(client, ike, esp).is_some())
}

/// Better suites for those who need nothing done.
fn additions(
    as_is: &[Vec<Suite>],
    base: &[PlanEntry],
    untouched: impl Fn(usize) -> bool,
    policy: &Policy,
) -> Vec<Addition> {
    let mut found: Vec<Addition> = Vec::new();
    for (place, suites) in as_is
        .iter()
        .enumerate()
        .filter(|(place, _)| untouched(*place))
    {
        let gets = base
            .iter()
            .filter(|entry| entry.serves.contains(&place))
            .map(|e| &e.rank)
            .min();
        let Some(suite) = best(suites.iter().copied(), policy) else {
            continue;
        };
        let rank = policy.rank(&suite);
        if gets.is_none_or(|gets| rank >= *gets) {
            continue;
        }
        match found.iter_mut().find(|addition| addition.suite == suite) {
            Some(addition) => addition.clients.push(place),
            None => found.push(Addition {
                suite,
                rank,
                clients: vec![place],
            }),
        }
    }
    found.sort_by_key(|addition| addition.rank);
    found
}
