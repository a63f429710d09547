//! What could be changed on the server: the nearest change for the first exchange that fails, and so on
//! until the client connects and keeps its tunnel.

use std::sync::Arc;

use itertools::Itertools as _;

use super::{Advisor, Remedy, RemedyChange, RemedyPart, RemedySide, words};
use crate::compat::possible;
use crate::compat::rank::Tier;
use crate::compat::report::{ClientReport, Overall};
use crate::compat::surface::{self, only_suite};
use crate::compat::survival::Survival;
use crate::compat::verdict::{Judged, Refusal, Verdict};
use crate::dialect::powershell;
use crate::ike::{Proposal, Protocol, Suite, Transform, TransformType};
use crate::peer::client::Lifetimes;
use crate::peer::lifetime::outlasting;
use crate::peer::server::Product;
use crate::peer::{Client, Connection, Edit, Exchange, ListPlace, Server};

/// How many changes may belong together.
const DEEPEST: usize = 4;
/// How many sets of changes are tried for a client.
const TRIED: usize = 96;
/// With more lists than these less is tried.
const MANY: usize = 64;
/// How many pairs of suites are tried where the server has one of each.
const PAIRS: usize = 8;

/// A set of changes that was tried, a step at a time; those of a step belong to lists that are equal.
type Steps = Vec<Vec<Edit>>;

impl Advisor<'_> {
    /// Every kind of change after which the client connects, keeps its tunnel, and nobody else is worse
    /// off.
    pub(super) fn on_server(&self, report: &ClientReport) -> Vec<Remedy> {
        let mut found: Vec<(Vec<String>, Remedy)> = Vec::new();
        for steps in self.working(report) {
            let remedy = self.server_remedy(&steps);
            // Of two changes of the same kind the better one is enough.
            let kind: Vec<String> = steps.iter().map(|step| kind(step)).collect();
            let known = found.iter_mut().find(|(other, _)| *other == kind);
            match known {
                Some((_, known)) if key(&remedy) < key(known) => *known = remedy,
                Some(_) => {}
                None => found.push((kind, remedy)),
            }
        }
        // What does more than another one does not help more.
        let kinds: Vec<Vec<String>> = found.iter().map(|(kind, _)| kind.clone()).collect();
        let larger = |own: &Vec<String>| {
            let less = |other: &Vec<String>| {
                other.len() < own.len() && other.iter().all(|kind| own.contains(kind))
            };
            kinds.iter().any(less)
        };
        let smallest = found.into_iter().filter(|(kind, _)| !larger(kind));
        smallest.map(|(_, remedy)| remedy).collect()
    }

    fn working(&self, report: &ClientReport) -> Vec<Steps> {
        let mut working: Vec<Steps> = Vec::new();
        let mut open: Vec<(Steps, ClientReport)> = vec![(Steps::new(), report.clone())];
        let mut tried = 0;
        // Each trial compares all connections.
        let lists = self.setting.server.lists();
        let most = (TRIED * MANY / lists.max(MANY)).max(2);
        while let Some((steps, before)) = (!open.is_empty()).then(|| open.remove(0)) {
            if steps.len() == DEEPEST {
                continue;
            }
            let server = self.changed(&steps);
            for step in self.candidates(&before, &server) {
                tried += 1;
                if tried > most {
                    return working;
                }
                let mut steps = steps.clone();
                steps.push(step);
                let Some(after) = self.after(&steps.concat(), &report.client) else {
                    continue;
                };
                if after.verdict == Overall::Connects {
                    let steps = self.without_idle(steps, &report.client);
                    if self.is_harmless(&steps.concat(), report) {
                        working.push(steps);
                    }
                } else if distance(&after) < distance(&before) {
                    open.push((steps, after));
                }
            }
        }
        working
    }

    /// The steps without those that are not needed.
    fn without_idle(&self, mut steps: Steps, client: &Arc<Client>) -> Steps {
        let mut place = 0;
        while place < steps.len() && steps.len() > 1 {
            let mut fewer = steps.clone();
            fewer.remove(place);
            let after = self.after(&fewer.concat(), client);
            if after.is_some_and(|after| after.verdict == Overall::Connects) {
                steps = fewer;
            } else {
                place += 1;
            }
        }
        steps
    }

    fn changed(&self, steps: &Steps) -> Server {
        let mut server = self.setting.server.clone();
        for edit in steps.iter().flatten() {
            edit.apply(&mut server);
        }
        server
    }

    /// Changes that may help with the first exchange that fails.
    fn candidates(&self, report: &ClientReport, server: &Server) -> Vec<Vec<Edit>> {
        let Some(number) = report.judged else {
            return Vec::new();
        };
        let Some(connection) = server.connections.get(number) else {
            return Vec::new();
        };
        if server.product == Some(Product::Rras) {
            return self.replacements(report, number);
        }
        let engine = server.engine.name.row();
        let client = &report.client;
        if report.ike.ike_sa_init.verdict.fails() {
            return self.additions(&ike_suites(client), connection, number, None);
        }
        let Some(first) = report.children.first().map(|child| &child.verdicts) else {
            return Vec::new();
        };
        if first.ike_auth.verdict.fails() {
            return self.additions(&esp_suites(client), connection, number, Some(0));
        }
        let mut candidates = longer_lifetimes(report, number);
        if report.ike.ike_rekey_by_client.verdict.fails() {
            candidates.extend(self.additions(&ike_suites(client), connection, number, None));
        }
        let can_stop = |protocol| {
            let words = server.surface().row().never_asks.of_protocol(protocol);
            // Of a device nobody guesses how it is said.
            engine.can_stop_rekeying && (words.is_some() || !engine.multiplies_lists)
        };
        let mut stop = |judged: &Judged, protocol| {
            if judged.verdict.fails() && can_stop(protocol) {
                candidates.push(vec![Edit::StopRekeying {
                    connection: number,
                    protocol,
                }]);
            }
        };
        stop(&report.ike.ike_rekey_by_server, Protocol::Ike);
        let (by_client, by_server) = (&first.child_rekey_by_client, &first.child_rekey_by_server);
        if by_client.verdict.fails() || by_server.verdict.fails() {
            let lists = equal_lists(connection, number, Some(0));
            let drop = |list: &ListPlace| Edit::DropGroups { list: *list };
            candidates.push(lists.iter().map(drop).collect());
            let groups = groups(by_client).into_iter();
            // Where lists are multiplied, there may be no place for a second group.
            for group in groups.filter(|_| !engine.multiplies_lists) {
                for optional in [true, false] {
                    let add = |list: &ListPlace| Edit::AddGroup {
                        list: *list,
                        group,
                        optional,
                    };
                    let mixed = mixes(server);
                    if mixed || !optional {
                        candidates.push(lists.iter().map(add).collect());
                    }
                }
            }
            if by_server.verdict.fails() && can_stop(Protocol::Esp) {
                candidates.push(vec![Edit::StopRekeying {
                    connection: number,
                    protocol: Protocol::Esp,
                }]);
            }
            candidates.extend(self.additions(&esp_suites(client), connection, number, Some(0)));
        }
        candidates
    }

    /// An entry more, behind the others or before them: the suite of the client that is nearest to one
    /// of the entries, and the best of all.
    fn additions(
        &self,
        suites: &[Suite],
        connection: &Connection,
        number: usize,
        child: Option<usize>,
    ) -> Vec<Vec<Edit>> {
        let server = self.setting.server;
        if server.engine.name.row().multiplies_lists {
            return Vec::new();
        }
        let policy = self.setting.policy;
        let entries = match child {
            Some(child) => connection.children.get(child).map(|child| &child.esp),
            None => Some(&connection.ike),
        };
        let entries = entries.map_or(&[][..], Vec::as_slice);
        let selectable = suites.iter().filter(|suite| selects(server, suite));
        let missing = |suite: &Suite| {
            let lacks = |entry: &crate::peer::Entry| {
                let all = suite.transforms();
                let missing = all.filter(|t| !entry.proposal.contains(*t));
                missing.count()
            };
            entries.iter().map(lacks).min()
        };
        let ranked = selectable.map(|suite| (policy.rank(suite), suite));
        let ranked: Vec<_> = ranked.collect();
        let nearest = ranked
            .iter()
            .min_by_key(|(rank, suite)| (missing(suite), *rank))
            .map(|(_, suite)| *suite);
        let best = ranked
            .iter()
            .min_by_key(|(rank, _)| *rank)
            .map(|(_, suite)| *suite);
        let chosen = nearest.into_iter().chain(best).unique();
        let proposals = chosen.flat_map(|suite| {
            let plain = suite.to_proposal();
            let groups = child.and_then(|_| shared_groups(entries));
            let with = groups.map(|groups| {
                let all = plain.transforms().iter().copied();
                Proposal::new(plain.protocol(), all.chain(groups))
            });
            // Where the group is a setting of its own, there is no entry without it.
            let plain = (with.is_none() || mixes(server)).then_some(plain);
            with.into_iter().chain(plain)
        });
        let lists = equal_lists(connection, number, child);
        let add = |proposal: &Proposal, first| -> Vec<Edit> {
            let lists = lists.iter();
            lists
                .map(|list| Edit::Add {
                    list: *list,
                    proposal: proposal.clone(),
                    first,
                })
                .collect()
        };
        let proposals: Vec<Proposal> = proposals.unique().collect();
        let behind = proposals.iter().map(|one| add(one, false));
        let before = proposals.iter().map(|one| add(one, true));
        let present = |one: &Proposal| entries.iter().any(|entry| entry.proposal == *one);
        let moved = proposals.iter().any(present);
        // What stands in the list already is not written once more.
        behind.chain(before).filter(|_| !moved).collect()
    }

    /// Other suites in the place of those of a server that has one of each.
    fn replacements(&self, report: &ClientReport, connection: usize) -> Vec<Vec<Edit>> {
        let policy = self.setting.policy;
        let ranked = |suites: Vec<Suite>| {
            let suites = suites.into_iter().filter(powershell::expresses);
            let suites = suites.sorted_by_key(|suite| policy.rank(suite));
            suites.take(PAIRS).collect::<Vec<_>>()
        };
        let (ike, esp) = (
            ranked(ike_suites(&report.client)),
            ranked(esp_suites(&report.client)),
        );
        let replace = |child, suite: &Suite| Edit::Replace {
            list: ListPlace { connection, child },
            proposal: suite.to_proposal(),
        };
        let pairs = ike.iter().cartesian_product(&esp);
        pairs
            .map(|(ike, esp)| vec![replace(None, ike), replace(Some(0), esp)])
            .collect()
    }

    fn server_remedy(&self, steps: &Steps) -> Remedy {
        let policy = self.setting.policy;
        let added = steps.iter().flatten().filter_map(|edit| match edit {
            Edit::Add { proposal, .. } | Edit::Replace { proposal, .. } => {
                Some(only_suite(proposal))
            }
            _ => None,
        });
        let added: Vec<Suite> = added.unique().collect();
        let worst = added.iter().map(|suite| policy.rank(suite).tier()).max();
        let mut objections = added.iter().filter_map(|suite| policy.objection(suite));
        let parts = steps.iter().map(|step| self.server_part(step));
        Remedy {
            objection: objections.next(),
            parts: parts.collect(),
            tier: worst.unwrap_or(Tier::Recommended),
        }
    }

    pub(super) fn server_part(&self, step: &[Edit]) -> RemedyPart {
        let server = self.setting.server;
        let said = words::on_server(step, server);
        RemedyPart {
            side: RemedySide::Server,
            product: server.product,
            phase: said.phase,
            proposal: said.proposal,
            brief: said.brief,
            instruction: said.instruction,
            commands: said.commands,
            change: RemedyChange::Server(step.to_vec()),
        }
    }
}

/// By which of two remedies of the same kind one is the better.
fn key(remedy: &Remedy) -> (bool, Tier) {
    (!remedy.is_advised(), remedy.tier)
}

/// What kind of change a step is: what is done, and to which phase.
fn kind(step: &[Edit]) -> String {
    let Some(edit) = step.first() else {
        return String::new();
    };
    let phase = edit.list().map(|list| list.child.is_some());
    format!("{:?} {phase:?}", std::mem::discriminant(edit))
}

/// Hard lifetimes that let the client renew in time what the server does not.
fn longer_lifetimes(report: &ClientReport, connection: usize) -> Vec<Vec<Edit>> {
    let lost = |(exchange, survival): (Exchange, &Option<Survival>)| match survival {
        Some(Survival::Lost { renewed, .. }) if *renewed != Lifetimes::NEVER => {
            Some(vec![Edit::SetLifetime {
                connection,
                protocol: exchange.protocol(),
                lifetime: outlasting(*renewed),
            }])
        }
        _ => None,
    };
    report.survival.iter().filter_map(lost).collect()
}

/// How far a client is from keeping a tunnel.
fn distance(report: &ClientReport) -> usize {
    let survival = report.survival.iter();
    let lost = survival.filter(|(_, one)| matches!(one, Some(Survival::Lost { .. })));
    let exchanges = report.exchanges();
    let weights = [
        (exchanges.ike_sa_init, 100),
        (exchanges.ike_auth, 50),
        (exchanges.ike_rekey_by_client, 1),
        (exchanges.ike_rekey_by_server, 1),
        (exchanges.child_rekey_by_client, 1),
        (exchanges.child_rekey_by_server, 1),
    ];
    let up = report.comes_up();
    let count = |(judged, weight): (Option<&Judged>, usize)| match judged.map(|it| &it.verdict) {
        Some(Verdict::Refuse(_)) => weight,
        // What is not reached yet may fail as well.
        Some(Verdict::NotUsed(_)) if !up => weight,
        _ => 0,
    };
    weights.into_iter().map(count).sum::<usize>() + lost.count()
}

/// Whether entries with a group may stand beside entries without it.
fn mixes(server: &Server) -> bool {
    !server.surface().row().sets_one_pfs_group && server.engine.name.row().mixes_pfs
}

/// Whether the place where the server is configured has words for the suite.
pub(super) fn selects(server: &Server, suite: &Suite) -> bool {
    surface::expresses(server.surface(), suite)
}

/// The suites that a client offers in phase 1.
fn ike_suites(client: &Client) -> Vec<Suite> {
    let offer = client.ike_sa_init.stated();
    offer.map_or_else(Vec::new, |offer| {
        possible::of_offer(&offer.value.proposals, true)
    })
}

/// The suites that a client offers with its first child SA.
fn esp_suites(client: &Client) -> Vec<Suite> {
    let offer = client.ike_auth.stated();
    offer.map_or_else(Vec::new, |offer| possible::of_offer(&offer.value, false))
}

/// The groups that a client asks for at rekeying, in vain.
fn groups(judged: &Judged) -> Vec<Transform> {
    let Verdict::Refuse(Refusal::NoMatch { gaps, .. }) = &judged.verdict else {
        return Vec::new();
    };
    let gaps = gaps.iter().filter(|gap| gap.kind == TransformType::KE);
    let groups = gaps.flat_map(|gap| gap.asked.iter().copied());
    groups.filter(|group| !group.is_none()).take(2).collect()
}

/// The groups that all entries have.
fn shared_groups(entries: &[crate::peer::Entry]) -> Option<Vec<Transform>> {
    let mut groups = entries
        .iter()
        .map(|entry| entry.proposal.of(TransformType::KE));
    let first = groups.next()?;
    (!first.is_empty() && groups.all(|other| other == first)).then(|| first.to_vec())
}

/// The list, and those of the other children that are equal to it.
fn equal_lists(connection: &Connection, number: usize, child: Option<usize>) -> Vec<ListPlace> {
    let place = |child| ListPlace {
        connection: number,
        child,
    };
    let Some(child) = child else {
        return vec![place(None)];
    };
    let proposals = |child: usize| {
        let esp = connection.children.get(child).map(|child| &child.esp);
        let esp = esp.into_iter().flatten();
        esp.map(|entry| &entry.proposal).collect::<Vec<_>>()
    };
    let own = proposals(child);
    let all = 0..connection.children.len();
    let equal = all.filter(|other| *other == child || proposals(*other) == own);
    equal.map(|child| place(Some(child))).collect()
}
