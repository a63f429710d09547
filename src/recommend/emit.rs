//! A solution made into a plan: who settles on what, PFS, optional additions, rekeying.
//!
//! Everything that could cost somebody the tunnel is tried on the whole list as it is emitted, with
//! all clients: an addition that changes anything for others is no addition.

use std::sync::Arc;
use std::time::Duration;

use super::goal::{Goal, Preference};
use super::pfs::{self, Party, Pfs};
use super::plan::{Addition, Plan, PlanEntry, Reconfigured, Rekeying};
use super::problem::{Candidate, Problem};
use super::question::{Question, Solved};
use super::request::PlanRequest;
use super::server::{Names, server};
use crate::compat::client::Situation;
use crate::compat::closing::best;
use crate::compat::config_method;
use crate::compat::harm::is_worse;
use crate::compat::rank::Tier;
use crate::compat::report::{ClientReport, Overall, reports};
use crate::compat::verdict::Verdict;
use crate::ike::{Protocol, Suite, Transform};
use crate::peer::client::Lifetimes;
use crate::peer::server::{Nat, Rekey};
use crate::peer::{Build, Client, Policy};

/// Makes the plan that a solution stands for.
pub(super) fn plan(question: &Question<'_>, solved: &Solved<'_>) -> Plan {
    let request = question.request;
    let mut plan = base(question, solved);
    let clients: Vec<Arc<Client>> = (0..request.clients.len())
        .map(|place| Arc::new(plan.client(request.clients, place)))
        .collect();
    let judge = Judge {
        request,
        clients: &clients,
    };
    plan.rekeying = rekeying(&plan, &judge);
    let lost = judge.lost(&plan);
    plan.lose(lost);
    let one = request.product.takes_one_suite();
    if !one && request.prefer != Some(Preference::FewEntries) {
        additions(question, &judge, &mut plan);
        plan.rekeying = rekeying(&plan, &judge);
    }
    plan
}

/// The base entries, who settles on them, and PFS.
fn base(question: &Question<'_>, solved: &Solved<'_>) -> Plan {
    let request = question.request;
    let Problem { ike, esp, .. } = solved.problem;
    let entries = |list: &[Candidate], places: &[usize]| -> Vec<PlanEntry> {
        let entry = |place: &usize| PlanEntry {
            suite: list[*place].suite,
            rank: list[*place].rank,
            serves: Vec::new(),
        };
        places.iter().map(entry).collect()
    };
    let mut ike_entries = entries(ike, &solved.solution.ike);
    let mut esp_entries = entries(esp, &solved.solution.esp);
    let mut reconfigured = Vec::new();
    let mut parties = Vec::new();
    for place in question.places() {
        let Some(way) = solved.solution.ways[place] else {
            continue;
        };
        let settles = |list: &[Candidate], taken: &[usize], own: &[Suite]| {
            taken.iter().position(|one| match way.method {
                Some(_) => list[*one].serves(place, way.slot),
                None => own.contains(&list[*one].suite),
            })
        };
        let offers = &question.offers[place];
        let phase1 = settles(ike, &solved.solution.ike, &offers.ike);
        let phase2 = settles(esp, &solved.solution.esp, &offers.esp);
        let (Some(phase1), Some(phase2)) = (phase1, phase2) else {
            continue;
        };
        ike_entries[phase1].serves.push(place);
        esp_entries[phase2].serves.push(place);
        let party = Party {
            client: &request.clients[place],
            reconfigured: way.method,
            ike: ike_entries[phase1].suite,
            esp: esp_entries[phase2].suite,
        };
        if let Some(method) = way.method {
            reconfigured.push(Reconfigured {
                client: place,
                method,
                ike: party.ike,
                esp: party.esp,
            });
        }
        parties.push((place, party));
    }
    let parties: (Vec<usize>, Vec<Party<'_>>) = parties.into_iter().unzip();
    let pfs = with_groups(request, &parties, &mut esp_entries, &mut reconfigured);
    if pfs.group.is_some() && pfs::mixes(request.product) {
        post_quantum_pfs(request, &mut esp_entries, &mut reconfigured);
    }
    let entries = u16::try_from(ike_entries.len() + esp_entries.len()).unwrap_or(u16::MAX);
    let tiers = ike_entries
        .iter()
        .chain(&esp_entries)
        .map(|it| it.rank.tier());
    Plan {
        product: request.product,
        engine: request.engine,
        format: request.constraints.format,
        tier: tiers.max().unwrap_or(Tier::Recommended),
        ike: ike_entries,
        esp: esp_entries,
        pfs,
        reconfigured,
        ike_additions: Vec::new(),
        esp_additions: Vec::new(),
        rekeying: Rekeying::default(),
        costs: solved.solution.costs.with(Goal::Entries, entries),
        lost: Vec::new(),
        left_out: question.left_out.clone(),
        is_optimal: solved.is_optimal,
    }
}

/// Decides about PFS and puts groups into the entries of phase 2.
fn with_groups(
    request: PlanRequest<'_>,
    (places, parties): &(Vec<usize>, Vec<Party<'_>>),
    entries: &mut Vec<PlanEntry>,
    reconfigured: &mut [Reconfigured],
) -> Pfs {
    let permitted = |group: Transform| {
        let selectable = |entry: &PlanEntry| {
            let mut suite = entry.suite;
            suite.set(group);
            request.selects(&suite)
        };
        request.constraints.permits_transform(group) && entries.iter().all(selectable)
    };
    let mixed = pfs::mixes(request.product);
    let decided = pfs::decide(parties, request.policy, permitted, mixed);
    if let Some(group) = decided.group {
        entries.iter_mut().for_each(|entry| entry.suite.set(group));
        reconfigured.iter_mut().for_each(|told| told.esp.set(group));
        return decided;
    }
    if decided.beside.is_empty() {
        return decided;
    }
    let wanted: Vec<_> = places
        .iter()
        .zip(parties)
        .filter_map(|(place, party)| {
            let group = pfs::group_beside(party, permitted)?;
            Some((*place, party.esp, group))
        })
        .collect();
    for (place, esp, group) in wanted {
        let mut suite = esp;
        suite.set(group);
        if let Some(without) = entries.iter().position(|entry| entry.suite == esp) {
            entries[without].serves.retain(|own| *own != place);
            match entries.iter_mut().find(|entry| entry.suite == suite) {
                Some(entry) => entry.serves.push(place),
                None => {
                    let rank = entries[without].rank;
                    let serves = vec![place];
                    entries.insert(
                        without,
                        PlanEntry {
                            suite,
                            rank,
                            serves,
                        },
                    );
                }
            }
        }
    }
    entries.retain(|entry| !entry.serves.is_empty());
    decided
}

/// Gives the clients that were told a post-quantum key exchange for phase 1 the same for PFS.
fn post_quantum_pfs(
    request: PlanRequest<'_>,
    entries: &mut Vec<PlanEntry>,
    reconfigured: &mut [Reconfigured],
) {
    for told in reconfigured {
        let mut hybrid = told.esp;
        told.ike.additional().for_each(|method| hybrid.set(method));
        let client = &request.clients[told.client];
        if hybrid == told.esp
            || !request.selects(&hybrid)
            || !config_method::can_esp(client, told.method, &hybrid)
        {
            continue;
        }
        let classical = std::mem::replace(&mut told.esp, hybrid);
        let Some(place) = entries.iter().position(|entry| entry.suite == classical) else {
            continue;
        };
        entries[place].serves.retain(|own| *own != told.client);
        match entries.iter_mut().find(|entry| entry.suite == hybrid) {
            Some(entry) => entry.serves.push(told.client),
            None => {
                let rank = entries[place].rank;
                let entry = PlanEntry {
                    suite: hybrid,
                    rank,
                    serves: vec![told.client],
                };
                entries.insert(place, entry);
            }
        }
    }
    entries.retain(|entry| !entry.serves.is_empty());
}

/// What clients make of a plan's list.
struct Judge<'a> {
    request: PlanRequest<'a>,
    /// As the plan wants them to be.
    clients: &'a [Arc<Client>],
}

/// What one client makes of it.
struct Meeting {
    report: ClientReport,
    suites: [Option<Suite>; 2],
}

impl Meeting {
    fn of(report: ClientReport) -> Self {
        let esp = report.children.first();
        let esp = esp.and_then(|child| child.verdicts.ike_auth.verdict.suite());
        let suites = [report.ike.ike_sa_init.verdict.suite(), esp];
        let suites = suites.map(Option::<&Suite>::copied);
        Self { report, suites }
    }
}

/// What clients behind NAT make of the plan's server, as far as the engine is known that it is for.
fn tried(
    plan: &Plan,
    clients: &[Arc<Client>],
    build: Option<&Build>,
    policy: &Policy,
) -> Vec<ClientReport> {
    let mut server = server(plan, Names::default());
    server.nat = Some(Nat::Yes);
    let build = build.cloned().unwrap_or_else(Build::unlimited);
    let situation = Situation::of(&server, build);
    reports(&server, clients, &situation, policy)
}

/// What becomes of a client that is set up like this one on the plan's server.
pub(crate) fn verdict(
    plan: &Plan,
    client: Client,
    build: Option<&Build>,
    policy: &Policy,
) -> Overall {
    let reports = tried(plan, &[Arc::new(client)], build, policy);
    reports.first().map_or(Overall::Unknown, |one| one.verdict)
}

impl Judge<'_> {
    fn each<T>(&self, plan: &Plan, look: impl Fn(&Client, &ClientReport) -> T) -> Vec<T> {
        let request = self.request;
        let reports = tried(plan, self.clients, request.build, request.policy);
        let look = |one: &ClientReport| look(&one.client, one);
        reports.iter().map(look).collect()
    }

    fn meetings(&self, plan: &Plan) -> Vec<Meeting> {
        let request = self.request;
        let reports = tried(plan, self.clients, request.build, request.policy);
        reports.into_iter().map(Meeting::of).collect()
    }

    fn lost(&self, plan: &Plan) -> Vec<usize> {
        let verdicts = self.each(plan, |_, one| one.verdict == Overall::RekeyFails);
        let fails = verdicts.into_iter().enumerate().filter(|(_, fails)| *fails);
        fails.map(|(place, _)| place).collect()
    }
}

/// Better suites for those who need nothing done, as long as nobody else notices.
///
/// Each of them is harmless alone, since it may be entered alone, and together with all others.
fn additions(question: &Question<'_>, judge: &Judge<'_>, plan: &mut Plan) {
    let bare = plan.clone();
    let without = judge.meetings(&bare);
    for protocol in [Protocol::Ike, Protocol::Esp] {
        let mut wished: Vec<Addition> = Vec::new();
        for place in question.places() {
            if let Some((suite, rank)) = wish(question, plan, protocol, place) {
                match wished.iter_mut().find(|addition| addition.suite == suite) {
                    Some(addition) => addition.clients.push(place),
                    None => wished.push(Addition {
                        suite,
                        rank,
                        clients: vec![place],
                    }),
                }
            }
        }
        wished.retain(|one| {
            let one = std::slice::from_ref(one);
            let alone = with_additions(&bare, protocol, one);
            is_harmless(one, protocol, &without, &judge.meetings(&alone))
        });
        wished.sort_by_key(|addition| addition.rank);
        let before = judge.meetings(plan);
        // Nearly always nobody minds any of them.
        let all = with_additions(plan, protocol, &wished);
        if is_harmless(&wished, protocol, &before, &judge.meetings(&all)) {
            *plan = all;
            continue;
        }
        let mut kept: Vec<Addition> = Vec::new();
        for addition in wished {
            kept.push(addition);
            let more = with_additions(plan, protocol, &kept);
            if !is_harmless(&kept, protocol, &before, &judge.meetings(&more)) {
                kept.pop();
            }
        }
        *plan = with_additions(plan, protocol, &kept);
    }
}

fn with_additions(plan: &Plan, protocol: Protocol, additions: &[Addition]) -> Plan {
    let mut more = plan.clone();
    match protocol {
        Protocol::Ike => more.ike_additions = additions.to_vec(),
        Protocol::Esp | Protocol::Ah => more.esp_additions = additions.to_vec(),
    }
    more
}

/// The best suite of a client that stays as it is, if it is better than what the base gives it.
fn wish(
    question: &Question<'_>,
    plan: &Plan,
    protocol: Protocol,
    place: usize,
) -> Option<(Suite, crate::compat::rank::Rank)> {
    let policy = question.request.policy;
    if plan.reconfigured.iter().any(|told| told.client == place) {
        return None;
    }
    let offers = &question.offers[place];
    let (own, base) = match protocol {
        Protocol::Ike => (&offers.ike, &plan.ike),
        Protocol::Esp | Protocol::Ah => (&offers.esp, &plan.esp),
    };
    let gets = base.iter().find(|entry| entry.serves.contains(&place))?;
    let mut suite = best(own.iter().copied(), policy)?;
    let rank = policy.rank(&suite);
    if rank >= gets.rank {
        return None;
    }
    if let (Some(group), Protocol::Esp) = (plan.pfs.group, protocol) {
        suite.set(group);
        if !question.request.selects(&suite) {
            return None;
        }
    }
    Some((suite, rank))
}

/// Whether additions give their clients what they promise and change nothing for the others.
fn is_harmless(
    additions: &[Addition],
    protocol: Protocol,
    before: &[Meeting],
    after: &[Meeting],
) -> bool {
    let phase = usize::from(protocol != Protocol::Ike);
    let plain = |suite: Suite| match protocol {
        Protocol::Ike => suite,
        Protocol::Esp | Protocol::Ah => suite.without_key_exchange(),
    };
    let mut both = before.iter().zip(after).enumerate();
    both.all(|(place, (before, after))| {
        let own = additions.iter().find(|it| it.clients.contains(&place));
        let is_as_wished = match own {
            Some(own) => after.suites[phase].map(plain) == Some(plain(own.suite)),
            None => after.suites == before.suites && after.report.verdict == before.report.verdict,
        };
        is_as_wished && !is_worse(&before.report, &after.report)
    })
}

/// The client of the plan that renews the keys of its IKE SA last, of those of which it is known.
fn slowest_ike(plan: &Plan, judge: &Judge<'_>) -> Option<(usize, Duration)> {
    let is_in = |place: usize| !plan.left_out.iter().any(|out| out.client == place);
    let places = judge.clients.iter().enumerate();
    let known = places.filter_map(|(place, client)| Some((place, client.lifetimes.ike?)));
    let own = known.filter(|(place, time)| is_in(*place) && *time != Lifetimes::NEVER);
    own.rev().max_by_key(|(_, time)| *time)
}

/// When keys are renewed: the server never asks where somebody is known to refuse that.
fn rekeying(plan: &Plan, judge: &Judge<'_>) -> Rekeying {
    let mut asking = plan.clone();
    asking.rekeying = Rekeying::default();
    let fails = |verdict: &Verdict| verdict.fails();
    let is_open = |verdict: &Verdict| matches!(verdict, Verdict::Unknown(_));
    let refusals = judge.each(&asking, |client, one| {
        let child = one.children.first();
        let child = child.map(|child| &child.verdicts.child_rekey_by_server.verdict);
        let answer = client.child_rekey_by_server.stated();
        let behind_nat = answer.is_some_and(|fact| fact.value.refuses_behind_nat);
        let ike = &one.ike.ike_rekey_by_server.verdict;
        (
            fails(ike),
            behind_nat || child.is_some_and(fails),
            (is_open(ike), child.is_some_and(is_open)),
        )
    });
    let refusing: Vec<_> = (0..refusals.len())
        .filter(|place| refusals[*place].1)
        .collect();
    let zero = |refused: bool| refused.then_some(Duration::ZERO);
    let server = Rekey {
        ike: zero(refusals.iter().any(|(ike, ..)| *ike)),
        child: zero(!refusing.is_empty()),
    };
    let open = |asks: bool, of: fn(&(bool, bool)) -> bool| {
        let places = 0..refusals.len();
        places
            .filter(|place| asks && of(&refusals[*place].2))
            .collect::<Vec<_>>()
    };
    let mut found = Rekeying {
        server,
        refusing,
        slowest: None,
        slowest_ike: slowest_ike(plan, judge),
        unknown: Vec::new(),
        ike_open: open(server.ike.is_none(), |(ike, _)| *ike),
        child_open: open(server.child.is_none(), |(_, child)| *child),
    };
    if server.child.is_none() {
        return found;
    }
    for (place, client) in judge.clients.iter().enumerate() {
        if plan
            .left_out
            .iter()
            .any(|left_out| left_out.client == place)
        {
            continue;
        }
        match client.lifetimes.child {
            Some(own)
                if own != Lifetimes::NEVER
                    && found.slowest.is_none_or(|(_, slowest)| own > slowest) =>
            {
                found.slowest = Some((place, own));
            }
            // Whether its tunnel lasts is in its verdict.
            Some(_) => {}
            None => found.unknown.push(place),
        }
    }
    found
}
