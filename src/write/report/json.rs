//! JSON of `check`, version 1: structs of its own, so that nothing changes by accident. Fields may
//! be added, never changed.

use std::io::{self, Write};

use serde::Serialize;
use serde_json::Value;

use crate::answer::remedy::{Remedy, RemedySide};
use crate::answer::words::{self, Frame};
use crate::answer::{Answer, ClientAnswer};
use crate::compat::exchange::InvalidKe;
use crate::compat::gap::Gap;
use crate::compat::reauthentication::{Reauthenticated, ReauthenticationOutcome};
use crate::compat::report::{ChildReport, ClientReport};
use crate::compat::survival::Survival;
use crate::compat::verdict::{Judged, Refusal, Verdict};
use crate::diag::{Finding, Sources};
use crate::dialect::charon;
use crate::ike::{Suite, Transform};
use crate::peer::server::Nat;
use crate::peer::{self, Policy};
use crate::write::report::certificate;
use crate::write::report::summary::Summary;

#[derive(Serialize)]
struct Check<'a> {
    schema: &'static str,
    headline: String,
    next: String,
    servers: &'a [ServerJson],
    unreadable: Vec<Unreadable<'a>>,
    skipped: usize,
}

/// A configuration that could not be read.
#[derive(Serialize)]
struct Unreadable<'a> {
    file: &'a str,
    reason: &'a str,
}

/// One server and its clients.
#[derive(Serialize)]
pub struct ServerJson {
    file: String,
    headline: String,
    next: String,
    product: Option<String>,
    engine: String,
    policy: String,
    nat: String,
    nat_assumed: bool,
    connections: Vec<Connection>,
    clients: Vec<Client>,
    certificate_findings: Vec<Value>,
}

#[derive(Serialize)]
struct Connection {
    name: String,
    role: String,
    versions: String,
    not_loaded: Option<String>,
    findings: Vec<FindingShape>,
}

#[derive(Serialize)]
struct FindingShape {
    code: String,
    severity: String,
    message: String,
    line: Option<usize>,
    column: Option<usize>,
    notes: Vec<String>,
    help: Option<String>,
}

#[derive(Serialize)]
struct Client {
    id: String,
    label: String,
    version: String,
    verdict: String,
    connection: Option<String>,
    possible_connections: Vec<String>,
    obstacles: Vec<ObstacleShape>,
    reauthentication: Option<ReauthenticationShape>,
    fixes: Vec<FixShape>,
    remedies: Vec<RemedyShape>,
    policy_conflicts: Vec<String>,
    ike_sa_init: Exchange,
    ike_rekey_by_client: Exchange,
    ike_rekey_by_server: Exchange,
    children: Vec<Child>,
}

/// What keeps a client out although the lists agree.
#[derive(Serialize)]
struct ObstacleShape {
    code: &'static str,
    message: String,
}

/// What becomes of a client when the server wants it to authenticate again.
#[derive(Serialize)]
struct ReauthenticationShape {
    earliest_seconds: u64,
    latest_seconds: u64,
    end_seconds: u64,
    outcome: &'static str,
}

#[derive(Serialize)]
struct FixShape {
    side: &'static str,
    text: String,
}

/// One of the alternatives: its parts belong together.
#[derive(Serialize)]
struct RemedyShape {
    advised: bool,
    objection: Option<String>,
    parts: Vec<PartShape>,
}

#[derive(Serialize)]
struct PartShape {
    side: &'static str,
    product: Option<String>,
    phase: Option<u8>,
    proposal: Option<String>,
    instruction: String,
    commands: Vec<String>,
}

#[derive(Serialize)]
struct Child {
    name: String,
    ike_auth: Exchange,
    child_rekey_by_client: Exchange,
    child_rekey_by_server: Exchange,
}

#[derive(Default, Serialize)]
struct Exchange {
    verdict: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    code: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    suite: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    possible: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pair: Option<PairShape>,
    #[serde(skip_serializing_if = "Option::is_none")]
    round_trips: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    invalid_ke: Option<Vec<[Option<String>; 2]>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    gaps: Vec<GapShape>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    rank: Option<RankShape>,
    #[serde(skip_serializing_if = "Option::is_none")]
    evidence: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    survival: Option<SurvivalShape>,
}

/// What becomes of the SA where the server does not renew it.
#[derive(Serialize)]
struct SurvivalShape {
    outcome: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    client_renews_after_seconds: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    server_gives_up_after_seconds: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
}

#[derive(Serialize)]
struct PairShape {
    client: usize,
    server: usize,
}

#[derive(Serialize)]
struct GapShape {
    r#type: &'static str,
    client: Vec<String>,
    server: Vec<String>,
}

#[derive(Serialize)]
struct RankShape {
    tier: String,
    deciding: String,
    level: String,
    clause: String,
}

/// The shape of the answer about one server.
pub fn server(answer: &Answer, sources: &Sources) -> ServerJson {
    let server = &answer.server;
    let connections = server
        .connections
        .iter()
        .enumerate()
        .map(|(number, connection)| Connection {
            name: connection.name.clone(),
            role: connection.role.to_string(),
            versions: connection.versions.to_string(),
            not_loaded: connection.not_loaded.clone(),
            // Findings about clients at large go with the first connection.
            findings: answer
                .open_findings()
                .filter(|finding| finding.connection.unwrap_or(0) == number)
                .map(|f| finding(f, sources))
                .collect(),
        })
        .collect();
    let certificates = answer.certificates.as_ref();
    let rows = certificates.map_or(&[][..], |certificates| &certificates.rows);
    let shapes = certificate::shapes(rows).into_iter();
    ServerJson {
        file: server.file.clone(),
        headline: words::headline(answer),
        next: words::next(answer),
        product: server.product.map(|product| product.to_string()),
        engine: server.engine.to_string(),
        policy: answer.policy.id.clone(),
        nat: server.nat.unwrap_or(Nat::ASSUMED).to_string(),
        nat_assumed: server.nat.is_none(),
        connections,
        clients: answer.clients.iter().map(|c| client(c, answer)).collect(),
        certificate_findings: shapes
            .filter_map(|shape| serde_json::to_value(shape).ok())
            .collect(),
    }
}

/// Writes the document.
pub fn check(servers: &[ServerJson], summary: &Summary, out: &mut impl Write) -> io::Result<()> {
    let unreadable = summary.unreadable.iter();
    let Frame { headline, next } = match servers {
        [one] if summary.unreadable.is_empty() => Frame {
            headline: one.headline.clone(),
            next: one.next.clone(),
        },
        _ => summary.frame(),
    };
    let document = Check {
        schema: "ikecompat.check.v1",
        headline,
        next,
        servers,
        unreadable: unreadable
            .map(|(file, reason)| Unreadable { file, reason })
            .collect(),
        skipped: summary.skipped,
    };
    serde_json::to_writer_pretty(&mut *out, &document)?;
    writeln!(out)
}

fn finding(finding: &Finding, sources: &Sources) -> FindingShape {
    let it = &finding.diagnostic;
    let position = finding.span().map(|span| sources.start(span));
    FindingShape {
        code: it.code.to_string(),
        severity: it.severity.to_string(),
        message: it.message.clone(),
        line: position.map(|p| p.line),
        column: position.map(|p| p.column),
        notes: it.notes.clone(),
        help: it.help.clone(),
    }
}

fn client(client: &ClientAnswer, answer: &Answer) -> Client {
    let report = &client.report;
    let policy = &answer.policy;
    let connection = answer.connection_of(client);
    let fixes = client.remedies.iter().map(|remedy| FixShape {
        side: match remedy.is_on(RemedySide::Server) {
            true => RemedySide::Server.into(),
            false => RemedySide::Client.into(),
        },
        text: remedy.lines().join("\n"),
    });
    let helps = client.helps.iter().map(|help| FixShape {
        side: RemedySide::Server.into(),
        text: help.clone(),
    });
    let obstacles = report.obstacles.iter().map(|one| ObstacleShape {
        code: one.code().into(),
        message: words::obstacle(one),
    });
    let conflicts = client.conflicts.iter();
    let possible = answer.connections_of(client).into_iter();
    Client {
        id: report.client.id.clone(),
        label: report.client.label.clone(),
        version: report.client.covers.join(", "),
        verdict: report.verdict.to_string(),
        connection: connection
            .filter(|_| report.alternatives.is_empty())
            .map(|connection| connection.name.clone()),
        possible_connections: match report.alternatives.as_slice() {
            [] => Vec::new(),
            _ => possible.map(str::to_owned).collect(),
        },
        obstacles: obstacles.collect(),
        reauthentication: report.reauthentication.as_ref().map(reauthentication),
        fixes: fixes.chain(helps).collect(),
        remedies: client.remedies.iter().map(remedy).collect(),
        policy_conflicts: conflicts.map(ToString::to_string).collect(),
        ike_sa_init: exchange(&report.ike.ike_sa_init, policy),
        ike_rekey_by_client: exchange(&report.ike.ike_rekey_by_client, policy),
        ike_rekey_by_server: Exchange {
            survival: survival(report, peer::Exchange::IkeRekeyByServer),
            ..exchange(&report.ike.ike_rekey_by_server, policy)
        },
        children: report
            .children
            .iter()
            .map(|one| child(one, client, answer))
            .collect(),
    }
}

fn remedy(remedy: &Remedy) -> RemedyShape {
    let parts = remedy.parts.iter().map(|part| PartShape {
        side: part.side.into(),
        product: part.product.map(|product| product.to_string()),
        phase: part.phase,
        proposal: part.proposal.clone(),
        instruction: part.instruction.clone(),
        commands: part.commands.clone(),
    });
    RemedyShape {
        advised: remedy.is_advised(),
        objection: remedy.objection.clone(),
        parts: parts.collect(),
    }
}

fn reauthentication(one: &Reauthenticated) -> ReauthenticationShape {
    ReauthenticationShape {
        earliest_seconds: one.times.earliest.as_secs(),
        latest_seconds: one.times.latest.as_secs(),
        end_seconds: one.times.end.as_secs(),
        outcome: match one.outcome {
            ReauthenticationOutcome::Kept => "kept",
            ReauthenticationOutcome::Lost => "lost",
            ReauthenticationOutcome::Unknown(_) => "unknown",
        },
    }
}

fn child(report: &ChildReport, client: &ClientAnswer, answer: &Answer) -> Child {
    let (verdicts, policy) = (&report.verdicts, &answer.policy);
    let connections = &answer.server.connections;
    let connection = client.report.judged.and_then(|at| connections.get(at));
    let child = connection.and_then(|connection| connection.children.get(report.number));
    // The first child decides over the tunnel.
    let is_first = report.number == client.report.children.first().map_or(0, |it| it.number);
    Child {
        name: child.map_or_else(String::new, |child| child.name.clone()),
        ike_auth: exchange(&verdicts.ike_auth, policy),
        child_rekey_by_client: exchange(&verdicts.child_rekey_by_client, policy),
        child_rekey_by_server: Exchange {
            survival: is_first
                .then(|| survival(&client.report, peer::Exchange::ChildRekeyByServer))
                .flatten(),
            ..exchange(&verdicts.child_rekey_by_server, policy)
        },
    }
}

fn survival(report: &ClientReport, exchange: peer::Exchange) -> Option<SurvivalShape> {
    let (outcome, renewed, lifetime, reason) = match report.survival[exchange].as_ref()? {
        Survival::Kept { renewed, lifetime } => ("kept", *renewed, *lifetime, None),
        Survival::Lost { renewed, lifetime } => ("lost", Some(*renewed), Some(*lifetime), None),
        Survival::Unknown(why) => ("unknown", None, None, Some(why.clone())),
    };
    Some(SurvivalShape {
        outcome,
        client_renews_after_seconds: renewed.map(|time| time.as_secs()),
        server_gives_up_after_seconds: lifetime.map(|time| time.as_secs()),
        reason,
    })
}

fn exchange(judged: &Judged, policy: &Policy) -> Exchange {
    let evidence = judged.evidence.map(|grade| grade.to_string());
    let shape = Exchange {
        evidence,
        code: judged.verdict.code().map(|code| code.to_string()),
        ..Exchange::default()
    };
    match &judged.verdict {
        Verdict::Agree(agreed) => Exchange {
            verdict: "agree",
            suite: Some(charon::suite(&agreed.suite)),
            pair: agreed.pair.map(|pair| PairShape {
                client: pair.client,
                server: pair.server,
            }),
            round_trips: agreed.invalid_ke.as_ref().map(|rounds| rounds.len() + 1),
            invalid_ke: agreed.invalid_ke.as_deref().map(rounds),
            rank: Some(rank(&agreed.suite, policy)),
            ..shape
        },
        Verdict::OneOf(suites) => Exchange {
            verdict: "one-of",
            possible: suites.iter().map(charon::suite).collect(),
            ..shape
        },
        Verdict::Refuse(refusal) => {
            let (pair, gaps, reason) = match refusal {
                Refusal::NoMatch { pair, gaps } => (*pair, gaps.as_slice(), "no-match".to_owned()),
                Refusal::KeyExchangeUnwanted => (None, &[][..], "key-exchange-unwanted".to_owned()),
                Refusal::BehindNat => (None, &[][..], "behind-nat".to_owned()),
                Refusal::Limit(limit) => (None, &[][..], limit.to_string()),
                Refusal::NotLoaded(_) => (None, &[][..], "not-loaded".to_owned()),
            };
            Exchange {
                verdict: "refuse",
                pair: pair.map(|pair| PairShape {
                    client: pair.client,
                    server: pair.server,
                }),
                gaps: gaps.iter().map(gap).collect(),
                reason: Some(reason),
                ..shape
            }
        }
        Verdict::Unknown(what) => Exchange {
            verdict: "unknown",
            reason: Some(what.clone()),
            ..shape
        },
        Verdict::NotUsed(why) => Exchange {
            verdict: "not-used",
            reason: Some((*why).to_owned()),
            ..shape
        },
    }
}

fn rounds(rounds: &[InvalidKe]) -> Vec<[Option<String>; 2]> {
    let name = |group: Transform| Some(charon::transform(group));
    let round = |round: &InvalidKe| [round.sent.and_then(name), name(round.wanted)];
    rounds.iter().map(round).collect()
}

fn gap(gap: &Gap) -> GapShape {
    let names = |list: &[Transform]| list.iter().map(|t| charon::transform(*t)).collect();
    GapShape {
        r#type: gap.kind.name().unwrap_or("unknown"),
        client: names(&gap.asked),
        server: names(&gap.answered),
    }
}

fn rank(suite: &Suite, policy: &Policy) -> RankShape {
    let deciding = policy.deciding(suite);
    RankShape {
        tier: policy.rank(suite).tier().to_string(),
        deciding: deciding.name(),
        level: deciding.level.to_string(),
        clause: deciding.clause,
    }
}
