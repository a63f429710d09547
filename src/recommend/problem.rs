//! The question of a plan in the terms of the search: suites that could be entries, whom each of
//! them serves by which way, and what each way costs.

use rustc_hash::FxHashMap;

use super::cover::{Clients, Mask};
use super::goal::Costs;
use super::pfs::{self, PfsMode};
use super::request::PlanRequest;
use super::space;
use crate::compat::config_method::{self, ConfigMethod};
use crate::compat::rank::{Rank, Tier};
use crate::ike::{Protocol, Suite, Transform};
use crate::peer::Client;

/// A suite that could be an entry of the server.
#[derive(Clone, Debug)]
pub(super) struct Candidate {
    pub(super) suite: Suite,
    pub(super) rank: Rank,
    /// Whom it serves: first those who offer it as they are, then those who can be made to by
    /// their first way of configuring, their second, …
    pub(super) slots: Vec<Mask>,
}

impl Candidate {
    /// Whether it serves a client by a way.
    pub(super) fn serves(&self, client: usize, slot: usize) -> bool {
        self.slots[slot] & (1 << client) != 0
    }
}

/// A way for a client to meet the server.
#[derive(Clone, Copy, Debug)]
pub(super) struct Way {
    /// Its place in [`Candidate::slots`].
    pub(super) slot: usize,
    /// By what the client is configured; `None` leaves it as it is.
    pub(super) method: Option<ConfigMethod>,
    /// It is known to lose its tunnel then.
    lost: bool,
}

impl Way {
    /// What a client costs that settles on suites of which `tier` is the worst.
    pub(super) fn costs(&self, tier: Tier) -> Costs {
        Costs::of_client(tier, self.method, self.lost)
    }
}

/// The question.
#[derive(Clone, Debug)]
pub(super) struct Problem {
    /// The clients that are planned for.
    pub(super) clients: Mask,
    /// The ways of each client.
    pub(super) ways: Vec<Vec<Way>>,
    /// Candidates of phase 1, best first; none serves as another, better one of its tier does.
    pub(super) ike: Vec<Candidate>,
    /// Candidates of phase 2.
    pub(super) esp: Vec<Candidate>,
}

/// The suites that a client offers as it is and the plan may have.
#[derive(Clone, Debug, Default)]
pub(super) struct Offers {
    pub(super) ike: Vec<Suite>,
    pub(super) esp: Vec<Suite>,
}

impl Offers {
    fn of(&self, protocol: Protocol) -> &[Suite] {
        match protocol {
            Protocol::Ike => &self.ike,
            Protocol::Esp | Protocol::Ah => &self.esp,
        }
    }
}

impl Problem {
    /// Puts the question for the clients of `clients`, whose offers are those.
    pub(super) fn new(
        request: PlanRequest<'_>,
        clients: Mask,
        offers: &[Offers],
        mode: PfsMode,
    ) -> Self {
        let methods = |place: usize| -> &[ConfigMethod] {
            let may = request.client_changes && !request.constraints.kept.contains(&place);
            if may && clients & (1 << place) != 0 {
                &request.clients[place].method
            } else {
                &[]
            }
        };
        let ways = |place: usize| -> Vec<Way> {
            if clients & (1 << place) == 0 {
                return Vec::new();
            }
            let client = &request.clients[place];
            let as_is = Way {
                slot: 0,
                method: None,
                lost: mode == PfsMode::Off && pfs::demands(client),
            };
            let configured = methods(place)
                .iter()
                .enumerate()
                .map(|(number, method)| Way {
                    slot: number + 1,
                    method: Some(*method),
                    lost: false,
                });
            std::iter::once(as_is).chain(configured).collect()
        };
        let ways: Vec<_> = (0..request.clients.len()).map(ways).collect();
        let phase = |protocol| {
            let mut phase = Phase {
                request,
                mode,
                clients,
                protocol,
                ways: &ways,
                offers,
            };
            phase.candidates()
        };
        let (mut ike, mut esp) = (phase(Protocol::Ike), phase(Protocol::Esp));
        keep_strength(&ways, &mut ike, &mut esp);
        Self {
            clients,
            ike: distinct(ike),
            esp: distinct(esp),
            ways,
        }
    }
}

/// One phase of the question.
struct Phase<'a> {
    request: PlanRequest<'a>,
    mode: PfsMode,
    clients: Mask,
    protocol: Protocol,
    ways: &'a [Vec<Way>],
    offers: &'a [Offers],
}

impl Phase<'_> {
    fn candidates(&mut self) -> Vec<Candidate> {
        let request = self.request;
        let mut offered: FxHashMap<Suite, Mask> = FxHashMap::default();
        for place in Clients(self.clients) {
            for suite in self.offers[place].of(self.protocol) {
                *offered.entry(*suite).or_default() |= 1 << place;
            }
        }
        let slots = self.ways.iter().map(Vec::len).max().unwrap_or(1).max(1);
        if slots > 1 {
            let mut universe = space::universe(self.protocol);
            if request.constraints.post_quantum && self.protocol == Protocol::Ike {
                universe.extend(space::hybrids(request));
            }
            for suite in universe {
                let known = offered.contains_key(&suite);
                if !known && space::may_have(request, &suite) {
                    offered.insert(suite, 0);
                }
            }
        }
        let classes = self.classes();
        let mut candidates: Vec<_> = offered
            .into_iter()
            .map(|(suite, mask)| {
                let mut masks = vec![0; slots];
                masks[0] = self.carrying(mask, &suite);
                for (place, alike) in &classes {
                    for way in &self.ways[*place] {
                        let Some(method) = way.method else { continue };
                        if self.can(&request.clients[*place], method, &suite) {
                            masks[way.slot] |= alike;
                        }
                    }
                }
                Candidate {
                    rank: request.policy.rank(&suite),
                    slots: masks,
                    suite,
                }
            })
            .filter(|candidate| candidate.slots.iter().any(|mask| *mask != 0))
            .collect();
        candidates.sort_by_key(|candidate| candidate.rank);
        if request.constraints.gcm && self.protocol == Protocol::Esp {
            self.only_gcm(&mut candidates);
        }
        if request.constraints.post_quantum && self.protocol == Protocol::Ike {
            only_post_quantum(&mut candidates);
        }
        candidates
    }

    /// Clients that can be made to offer the same, one of each kind with the mask of all.
    fn classes(&self) -> Vec<(usize, Mask)> {
        let clients = self.request.clients;
        let mut classes: Vec<(usize, Mask)> = Vec::new();
        for place in Clients(self.clients) {
            let own = &clients[place];
            if self.ways[place].len() < 2 {
                continue;
            }
            let alike = |other: &Client| {
                let registry = own.method.contains(&ConfigMethod::Registry);
                own.method == other.method
                    && own.choices == other.choices
                    && (!registry || own.ike_auth == other.ike_auth)
            };
            let same = |class: &&mut (usize, Mask)| {
                alike(&clients[class.0]) && self.ways[class.0].len() == self.ways[place].len()
            };
            match classes.iter_mut().find(same) {
                Some(class) => class.1 |= 1 << place,
                None => classes.push((place, 1 << place)),
            }
        }
        classes
    }

    /// Those of `mask` that renew keys as the mode wants it.
    fn carrying(&self, mask: Mask, suite: &Suite) -> Mask {
        let PfsMode::On(group) = self.mode else {
            return mask;
        };
        let carries = |place: &usize| pfs::carries(&self.request.clients[*place], suite, group);
        Clients(mask)
            .filter(carries)
            .fold(0, |all, place| all | 1 << place)
    }

    fn can(&self, client: &Client, method: ConfigMethod, suite: &Suite) -> bool {
        match (self.protocol, self.mode) {
            (Protocol::Ike, _) => config_method::can_ike(client, method, suite),
            (Protocol::Esp | Protocol::Ah, PfsMode::On(group)) => {
                let mut suite = *suite;
                suite.set(group);
                config_method::can_esp(client, method, &suite)
            }
            (Protocol::Esp | Protocol::Ah, PfsMode::Free | PfsMode::Off) => {
                config_method::can_esp(client, method, suite)
            }
        }
    }

    /// Windows, where it is configured by PowerShell, gets AES-GCM if it can.
    fn only_gcm(&self, candidates: &mut [Candidate]) {
        let powershell = |way: &&Way| way.method == Some(ConfigMethod::Powershell);
        for (place, ways) in self.ways.iter().enumerate() {
            for way in ways.iter().filter(powershell) {
                let aead = |suite: &Suite| suite.encr().is_some_and(Transform::is_aead);
                let can = |one: &Candidate| aead(&one.suite) && one.serves(place, way.slot);
                if !candidates.iter().any(can) {
                    continue;
                }
                for candidate in candidates.iter_mut().filter(|one| !aead(&one.suite)) {
                    candidate.slots[way.slot] &= !(1 << place);
                }
            }
        }
    }
}

/// Who can have a post-quantum key exchange is served by nothing else; what the others need stays.
fn only_post_quantum(candidates: &mut [Candidate]) {
    let is_hybrid = |one: &Candidate| space::is_post_quantum(&one.suite);
    let masks = candidates.iter().filter(|one| is_hybrid(one));
    let able = masks
        .flat_map(|one| &one.slots)
        .fold(0, |all, mask| all | mask);
    for classical in candidates.iter_mut().filter(|one| !is_hybrid(one)) {
        classical.slots.iter_mut().for_each(|mask| *mask &= !able);
    }
}

/// A client that offers nothing worse than permitted is not configured for something weaker: a MAY
/// is no reason for fewer bits.
fn keep_strength(ways: &[Vec<Way>], ike: &mut [Candidate], esp: &mut [Candidate]) {
    for (place, ways) in ways.iter().enumerate().filter(|(_, ways)| ways.len() > 1) {
        let own = |list: &[Candidate]| {
            let own = list.iter().find(|one| one.serves(place, 0))?;
            Some((own.rank.tier(), own.rank.floor()))
        };
        let (Some(phase1), Some(phase2)) = (own(ike), own(esp)) else {
            continue;
        };
        if phase1.0.max(phase2.0) != Tier::Permitted {
            continue;
        }
        for (list, (_, floor)) in [(&mut *ike, phase1), (&mut *esp, phase2)] {
            for weaker in list.iter_mut().filter(|one| one.rank.floor() < floor) {
                for way in &ways[1..] {
                    weaker.slots[way.slot] &= !(1 << place);
                }
            }
        }
    }
}

/// Of candidates of one tier that serve the same clients by the same ways only the best.
fn distinct(candidates: Vec<Candidate>) -> Vec<Candidate> {
    let mut seen = rustc_hash::FxHashSet::default();
    let first = |one: &Candidate| seen.insert((one.rank.tier(), one.slots.clone()));
    candidates.into_iter().filter(first).collect()
}
