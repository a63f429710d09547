//! What is to be said about a server in view of its clients: weak entries and who needs them,
//! entries nobody uses, what the order costs.

use super::client::{Pairing, Situation};
use super::closing::every_suite;
use super::code::Code;
use super::rank::{Rank, Tier};
use super::report::ClientReport;
use super::select::{Rule, Terms};
use super::verdict::{Refusal, Verdict};
use crate::diag::{Severity, and_list};
use crate::dialect::swan;
use crate::ike::{Proposal, Protocol, Suite, Transform};
use crate::peer::build::NotLoaded;
use crate::peer::{Connection, Entry, Policy, Server, Span};

/// One thing to say about the server.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Finding {
    /// Its name.
    pub code: Code,
    /// How bad it is.
    pub severity: Severity,
    /// Place of the connection it is about; `None` if it is about no one in particular.
    pub connection: Option<usize>,
    /// What is the matter, in one line.
    pub message: String,
    /// Where in the file, if it stands there.
    pub span: Option<Span>,
    /// Clause or deduction.
    pub notes: Vec<String>,
    /// What to do.
    pub help: Option<String>,
}

/// Where an entry stands, for people: `phase 1, entry 2`.
#[derive(Clone, Copy)]
struct Place<'a> {
    connection: &'a Connection,
    /// Place of the connection among those of the server.
    number: usize,
    /// The child; `None` for IKE.
    child: Option<usize>,
    /// From 0.
    entry: usize,
}

impl Place<'_> {
    fn name(&self) -> String {
        let phase = if self.child.is_some() { 2 } else { 1 };
        format!("phase {phase}, entry {}", self.entry + 1)
    }

    fn entries(&self) -> &[Entry] {
        match self.child {
            Some(child) => &self.connection.children[child].esp,
            None => &self.connection.ike,
        }
    }

    fn entry(&self) -> &Entry {
        &self.entries()[self.entry]
    }
}

/// All findings about `server`.
pub fn of_server(
    server: &Server,
    clients: &[ClientReport<'_>],
    situation: &Situation,
    policy: &Policy,
) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (number, connection) in server.connections.iter().enumerate() {
        if !connection.serves_clients() {
            continue;
        }
        if let Some(reason) = situation.build.refusal(connection) {
            findings.push(not_loaded(server, number, reason));
            continue;
        }
        let served: Vec<_> = clients
            .iter()
            .filter(|c| c.connection == Some(number))
            .collect();
        let ike = (0..connection.ike.len()).map(|entry| (None, entry));
        let esp = connection
            .children
            .iter()
            .enumerate()
            .flat_map(|(child, c)| (0..c.esp.len()).map(move |entry| (Some(child), entry)));
        for (child, entry) in ike.chain(esp) {
            let place = Place {
                connection,
                number,
                child,
                entry,
            };
            findings.extend(weak(place, &served, situation, policy));
            findings.extend(unused(place, &served));
        }
        findings.extend(order(&served, situation, policy, (number, connection)));
    }
    findings.extend(pfs_traps(clients));
    findings.extend(round_trips(clients));
    findings.extend(not_seen(clients, situation));
    findings
}

/// The connection that the daemon does not load, with the place of the word that is to blame.
fn not_loaded(server: &Server, number: usize, reason: NotLoaded) -> Finding {
    let connection = &server.connections[number];
    let (NotLoaded::Lacks(culprit) | NotLoaded::GroupWithoutPfs(culprit)) = reason;
    let children = connection.children.iter().flat_map(|child| &child.esp);
    let mut entries = connection.ike.iter().chain(children);
    let entry = entries.find(|entry| entry.proposal.contains(culprit));
    let word = swan::spell(culprit).unwrap_or_else(|| culprit.id.to_string());
    let engine = server.engine;
    let (message, help) = match reason {
        NotLoaded::Lacks(_) => (
            format!("{engine} is built without {word} and does not load the connection"),
            format!("take {word} out, or build the daemon with it"),
        ),
        NotLoaded::GroupWithoutPfs(_) => (
            format!(
                "{engine} does not load a connection that names {word} in phase 2 while PFS is off"
            ),
            format!("turn PFS on, or take {word} out of phase 2"),
        ),
    };
    Finding {
        code: Code::ConnectionNotLoaded,
        severity: Severity::Error,
        connection: Some(number),
        message,
        span: entry.and_then(|entry| entry.origin.span().cloned()),
        notes: Vec::new(),
        help: Some(help),
    }
}

/// The worst suite that an entry allows, with its rank.
fn worst(place: Place<'_>, situation: &Situation, policy: &Policy) -> Option<(Suite, Rank)> {
    let terms = Terms {
        rule: situation.rule.unwrap_or(Rule::CHARON),
        with_ke: true,
        with_private: true,
        with_additional_ke: true,
    };
    every_suite(&place.entry().proposal, terms)
        .into_iter()
        .map(|suite| (suite, policy.rank(&suite)))
        .max_by(|(_, a), (_, b)| a.cmp(b))
}

fn weak(
    place: Place<'_>,
    served: &[&ClientReport<'_>],
    situation: &Situation,
    policy: &Policy,
) -> Option<Finding> {
    let (suite, rank) = worst(place, situation, policy)?;
    if rank.tier() <= Tier::Permitted {
        return None;
    }
    let deciding = policy.deciding(&suite);
    let needs = without(place, deciding.transform, served, situation, policy);
    let needed = if needs.is_empty() {
        format!("none of the clients compared needs {}", deciding.name())
    } else {
        format!("needed by {}", and_list(&needs))
    };
    Some(Finding {
        code: Code::WeakEntry,
        severity: Severity::Warning,
        connection: Some(place.number),
        message: format!("{} allows {}", place.name(), deciding.summary()),
        span: place.entry().origin.span().cloned(),
        notes: vec![deciding.reason(), needed],
        help: None,
    })
}

/// Labels of the clients that have nothing left without `transform` in the entry.
fn without(
    place: Place<'_>,
    transform: Option<Transform>,
    served: &[&ClientReport<'_>],
    situation: &Situation,
    policy: &Policy,
) -> Vec<String> {
    let mut connection = place.connection.clone();
    let entries = match place.child {
        Some(child) => &mut connection.children[child].esp,
        None => &mut connection.ike,
    };
    let proposal = &entries[place.entry].proposal;
    let kept = proposal
        .transforms()
        .iter()
        .copied()
        .filter(|t| Some(*t) != transform);
    let kept = Proposal::new(proposal.protocol(), kept);
    // What is the only one of its type cannot be taken out without the entry.
    let usable = transform.is_some_and(|t| !kept.of(t.kind).is_empty());
    if usable {
        entries[place.entry].proposal = kept;
    } else {
        entries.remove(place.entry);
    }
    served
        .iter()
        .filter(|report| {
            let pairing = Pairing::new(report.client, &connection, situation, policy);
            let ike = pairing.ike();
            let left = match place.child {
                Some(child) => pairing.child(&connection.children[child], &ike).ike_auth,
                None => ike.ike_sa_init,
            };
            left.verdict.suites().is_empty() && uses(report, place)
        })
        .map(|report| report.client.label.clone())
        .collect()
}

/// Whether some exchange of the client selects the entry.
fn uses(report: &ClientReport<'_>, place: Place<'_>) -> bool {
    let selects = |verdict: &Verdict| match verdict {
        Verdict::Agree(agreed) => match agreed.pair {
            Some(pair) => pair.server == place.entry + 1,
            None => offers(place, &agreed.suite),
        },
        Verdict::OneOf(suites) => suites.iter().any(|suite| offers(place, suite)),
        _ => false,
    };
    match place.child {
        None => [
            &report.ike.ike_sa_init,
            &report.ike.ike_rekey_by_client,
            &report.ike.ike_rekey_by_server,
        ]
        .iter()
        .any(|judged| selects(&judged.verdict)),
        Some(child) => report.children.get(child).is_some_and(|child| {
            let v = &child.verdicts;
            [
                &v.ike_auth,
                &v.child_rekey_by_client,
                &v.child_rekey_by_server,
            ]
            .iter()
            .any(|judged| selects(&judged.verdict))
        }),
    }
}

fn offers(place: Place<'_>, suite: &Suite) -> bool {
    let proposal = &place.entry().proposal;
    suite
        .transforms()
        .all(|transform| proposal.contains(transform))
}

fn unused(place: Place<'_>, served: &[&ClientReport<'_>]) -> Option<Finding> {
    if served.is_empty() || served.iter().any(|report| uses(report, place)) {
        return None;
    }
    Some(Finding {
        code: Code::UnusedEntry,
        severity: Severity::Note,
        connection: Some(place.number),
        message: format!("{} is used by none of the clients compared", place.name()),
        span: place.entry().origin.span().cloned(),
        notes: Vec::new(),
        help: None,
    })
}

/// Clients that could have a better suite if the server's order were another.
fn order(
    served: &[&ClientReport<'_>],
    situation: &Situation,
    policy: &Policy,
    (number, connection): (usize, &Connection),
) -> Vec<Finding> {
    let mut findings = Vec::new();
    for protocol in [Protocol::Ike, Protocol::Esp] {
        let mut losers = Vec::new();
        for report in served {
            let pairing = Pairing::new(report.client, connection, situation, policy);
            let (chosen, common) = match protocol {
                Protocol::Ike => (&report.ike.ike_sa_init.verdict, pairing.common_ike()),
                _ => match report.children.first() {
                    Some(child) => (
                        &child.verdicts.ike_auth.verdict,
                        pairing.common_esp(child.child),
                    ),
                    None => continue,
                },
            };
            let best = super::closing::best(common, policy);
            if let (Some(chosen), Some(best)) = (chosen.suite(), best)
                && policy.rank(&best).tier() < policy.rank(chosen).tier()
            {
                losers.push(report.client.label.clone());
            }
        }
        if !losers.is_empty() {
            let phase = if protocol == Protocol::Ike { 1 } else { 2 };
            findings.push(Finding {
                code: Code::StrongerSuiteNotChosen,
                severity: Severity::Warning,
                connection: Some(number),
                message: format!(
                    "the order of phase {phase} gives {} a weaker suite than both sides allow",
                    and_list(&losers)
                ),
                span: None,
                notes: Vec::new(),
                help: Some("put the stronger entry first".to_owned()),
            });
        }
    }
    findings
}

/// Clients that come up and lose the tunnel when keys are renewed.
fn pfs_traps(clients: &[ClientReport<'_>]) -> Vec<Finding> {
    let by = |wanted: Code| -> Vec<String> {
        let hit = |report: &&ClientReport<'_>| {
            report.children.iter().any(|child| {
                let v = &child.verdicts;
                [&v.child_rekey_by_client, &v.child_rekey_by_server]
                    .iter()
                    .any(|judged| code_of(&judged.verdict) == Some(wanted))
            })
        };
        let labels = clients
            .iter()
            .filter(hit)
            .map(|report| report.client.label.clone());
        labels.collect()
    };
    [
        (
            Code::NoCommonKeyExchange,
            "the tunnel comes up and is lost at the first rekeying of a child SA, for want of a common group: ",
            "turn PFS off in phase 2, or let every client use the group",
        ),
        (
            Code::RekeyWithKeyExchangeRefused,
            "rekeying of child SAs that the server asks for names a key exchange, which is refused by ",
            "turn PFS off in phase 2, or never let the server ask (rekey time 0)",
        ),
        (
            Code::ServerRekeyBehindNat,
            "rekeying of child SAs that the server asks for is refused behind NAT by ",
            "never let the server ask (rekey time 0); the clients rekey by themselves",
        ),
    ]
    .into_iter()
    .filter_map(|(code, sentence, help)| {
        let labels = by(code);
        (!labels.is_empty()).then(|| Finding {
            code,
            severity: Severity::Warning,
            connection: None,
            message: format!("{sentence}{}", and_list(&labels)),
            span: None,
            notes: Vec::new(),
            help: Some(help.to_owned()),
        })
    })
    .collect()
}

/// The name of what a refusal is about.
pub fn code_of(verdict: &Verdict) -> Option<Code> {
    match verdict {
        Verdict::Refuse(Refusal::NoMatch { gaps, .. }) => {
            gaps.first().map(|gap| Code::of_gap(gap.kind))
        }
        Verdict::Refuse(Refusal::KeyExchangeUnwanted) => Some(Code::RekeyWithKeyExchangeRefused),
        Verdict::Refuse(Refusal::BehindNat) => Some(Code::ServerRekeyBehindNat),
        Verdict::Refuse(Refusal::NotLoaded(_)) => Some(Code::ConnectionNotLoaded),
        _ => None,
    }
}

fn round_trips(clients: &[ClientReport<'_>]) -> Option<Finding> {
    let lost = |report: &&ClientReport<'_>| match &report.ike.ike_sa_init.verdict {
        Verdict::Agree(agreed) => agreed.invalid_ke.as_ref().is_some_and(|r| !r.is_empty()),
        _ => false,
    };
    let labels: Vec<_> = clients
        .iter()
        .filter(lost)
        .map(|r| r.client.label.clone())
        .collect();
    (!labels.is_empty()).then(|| Finding {
        code: Code::KeyExchangeRoundTrip,
        severity: Severity::Note,
        connection: None,
        message: format!(
            "INVALID_KE_PAYLOAD costs a round trip before the tunnel comes up: {}",
            and_list(&labels)
        ),
        span: None,
        notes: Vec::new(),
        help: None,
    })
}

/// Clients whose offer is longer than what the server looks at.
fn not_seen(clients: &[ClientReport<'_>], situation: &Situation) -> Option<Finding> {
    let most = situation.build.most_transforms?;
    let is_cut = |offer: &[Proposal]| situation.build.seen(offer).is_some_and(|it| it != offer);
    let cut = |report: &&ClientReport<'_>| {
        let client = report.client;
        let ike = client.ike_sa_init.stated();
        let esp = client.ike_auth.stated();
        ike.is_some_and(|fact| is_cut(&fact.value.proposals))
            || esp.is_some_and(|fact| is_cut(&fact.value))
    };
    let labels: Vec<_> = clients
        .iter()
        .filter(cut)
        .map(|r| r.client.label.clone())
        .collect();
    (!labels.is_empty()).then(|| Finding {
        code: Code::TransformsNotSeen,
        severity: Severity::Note,
        connection: None,
        message: format!(
            "the server looks at the first {most} transforms of a type, and more are offered by {}",
            and_list(&labels)
        ),
        span: None,
        notes: Vec::new(),
        help: None,
    })
}
