//! JSON of `check`: structs of its own, so that nothing changes by accident.

mod shape;

use std::io::{self, Write};

use schemars::{JsonSchema, Schema};
use serde::Serialize;

use shape::{
    CertificateVerdict, Child, CitationShape, Client, ClientCertificate, Connection, Exchange,
    ExchangeVerdict, FindingShape, GapShape, ObstacleShape, PairShape, PartShape,
    ReauthenticationShape, RemedyShape, SurvivalShape, Survives,
};

use crate::answer::certificate::{CertificateRow, is_refused};
use crate::answer::check::Citation;
use crate::answer::remedy::Remedy;
use crate::answer::words::{self, Frame};
use crate::answer::{Answer, ClientAnswer, Conclusion};
use crate::compat::exchange::InvalidKe;
use crate::compat::gap::Gap;
use crate::compat::obstacle::Obstacle;
use crate::compat::rank::Tier;
use crate::compat::reauthentication::{Reauthenticated, ReauthenticationOutcome};
use crate::compat::report::{ChildReport, ClientReport};
use crate::compat::survival::Survival;
use crate::compat::verdict::{Judged, Refusal, Verdict};
use crate::diag::{Finding, Sources, Tone};
use crate::dialect::{charon, swan};
use crate::ike::{Suite, Transform};
use crate::peer::client::Lifetimes;
use crate::peer::policy::Level;
use crate::peer::server::{Nat, Product};
use crate::peer::{self, Policy};
use crate::write::json::{self, Document, SourceJson, SuiteJson, Word};
use crate::write::report::certificate::{self, CertificateFinding};
use crate::write::report::summary::{PassedOver, Summary};

/// Servers, and which clients connect.
#[derive(Serialize, JsonSchema)]
struct Check<'a> {
    /// The answer in one line.
    headline: String,
    /// What to do or call next.
    next: String,
    /// What the exit status says: yes (0), no (1), unanswered (2).
    verdict: Word<Conclusion>,
    totals: TotalsJson,
    servers: &'a [ServerJson],
    /// Configurations that could not be read.
    unreadable: Vec<Unreadable<'a>>,
    /// Other files of folders.
    skipped: usize,
    /// What each of those is.
    skipped_files: &'a [PassedOver],
}

impl Document for Check<'_> {
    const NAME: &'static str = "check";
    const VERSION: u8 = 2;
    const TITLE: &'static str = "ikecompat check --format json";
}

/// The schema of the document.
pub fn schema() -> Schema {
    json::schema::<Check<'_>>()
}

/// How many clients have which verdict.
#[derive(Default, Serialize, JsonSchema)]
#[schemars(rename = "Totals")]
pub(crate) struct TotalsJson {
    clients: usize,
    connect: usize,
    refused: usize,
    rekey_fails: usize,
    unknown: usize,
}

impl TotalsJson {
    fn of(answer: &Answer) -> Self {
        let totals = answer.totals();
        Self {
            clients: answer.clients.len(),
            connect: totals.connect,
            refused: totals.refused,
            rekey_fails: totals.rekey_fails,
            unknown: totals.unknown,
        }
    }

    /// The totals of several servers together.
    fn of_all<'a>(all: impl Iterator<Item = &'a Self>) -> Self {
        all.fold(Self::default(), |sum, one| Self {
            clients: sum.clients + one.clients,
            connect: sum.connect + one.connect,
            refused: sum.refused + one.refused,
            rekey_fails: sum.rekey_fails + one.rekey_fails,
            unknown: sum.unknown + one.unknown,
        })
    }
}

/// A configuration that could not be read.
#[derive(Serialize, JsonSchema)]
struct Unreadable<'a> {
    file: &'a str,
    reason: &'a str,
}

/// One server and its clients.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Server")]
pub struct ServerJson {
    file: String,
    /// Whether all clients connect: yes, no, unanswered.
    verdict: Word<Conclusion>,
    totals: TotalsJson,
    /// The answer in one line.
    headline: String,
    /// The next step, in one line.
    next: String,
    product: Option<Word<Product>>,
    /// Program and version.
    engine: String,
    /// Id of the policy that ranks.
    policy: String,
    /// Whether clients are behind NAT.
    nat: Word<Nat>,
    /// Nobody said so.
    nat_assumed: bool,
    connections: Vec<Connection>,
    clients: Vec<Client>,
    /// What is wrong with certificates that were given, once for all clients.
    certificate_findings: Vec<CertificateFinding>,
}

/// How good a suite is, and by what of it.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Rank")]
pub(crate) struct RankJson {
    tier: Word<Tier>,
    /// The algorithm that decides.
    deciding: String,
    level: Word<Level>,
    /// Where that is stated.
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
            role: Word(connection.role),
            versions: Word(connection.versions),
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
    let conclusion = Conclusion::of_answers(std::iter::once(answer), false, false);
    ServerJson {
        file: server.file.clone(),
        verdict: Word(conclusion),
        totals: TotalsJson::of(answer),
        headline: words::headline(answer),
        next: words::next(answer),
        product: server.product.map(Word),
        engine: server.engine.to_string(),
        policy: answer.policy.id.clone(),
        nat: Word(server.nat.unwrap_or(Nat::ASSUMED)),
        nat_assumed: server.nat.is_none(),
        connections,
        clients: answer.clients.iter().map(|c| client(c, answer)).collect(),
        certificate_findings: certificate::shapes(rows),
    }
}

/// Writes the document.
pub fn check(
    servers: &[ServerJson],
    summary: &Summary,
    conclusion: Conclusion,
    out: &mut impl Write,
) -> io::Result<()> {
    let unreadable = summary.unreadable.iter();
    let Frame { headline, next, .. } = match servers {
        [one] if summary.unreadable.is_empty() => Frame {
            tone: Tone::Neutral,
            headline: one.headline.clone(),
            next: one.next.clone(),
        },
        _ => summary.frame(),
    };
    let document = Check {
        headline,
        next,
        verdict: Word(conclusion),
        totals: TotalsJson::of_all(servers.iter().map(|server| &server.totals)),
        servers,
        unreadable: unreadable
            .map(|(file, reason)| Unreadable { file, reason })
            .collect(),
        skipped: summary.skipped.len(),
        skipped_files: &summary.skipped,
    };
    json::write(&document, out)
}

fn finding(finding: &Finding, sources: &Sources) -> FindingShape {
    let it = &finding.diagnostic;
    let position = finding.span().map(|span| sources.start(span));
    FindingShape {
        code: it.code.to_string(),
        severity: Word(it.severity),
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
    let obstacles = report.obstacles.iter().map(|one| ObstacleShape {
        code: one.code().into(),
        message: words::obstacle(one),
        help: Some(words::obstacle_help(one, &answer.server)),
    });
    let conflicts = client.conflicts.iter();
    let possible = answer.connections_of(client).into_iter();
    Client {
        id: report.client.id.clone(),
        label: report.client.label.clone(),
        versions: report.client.covers.clone(),
        verdict: Word(report.verdict),
        connection: connection
            .filter(|_| report.alternatives.is_empty())
            .map(|connection| connection.name.clone()),
        possible_connections: match report.alternatives.as_slice() {
            [] => Vec::new(),
            _ => possible.map(str::to_owned).collect(),
        },
        obstacles: obstacles.collect(),
        reauthentication: report.reauthentication.as_ref().map(reauthentication),
        certificate: client_certificate(client, answer),
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
        sources: client.sources.iter().map(citation).collect(),
    }
}

fn citation(citation: &Citation) -> CitationShape {
    let exchanges = citation.exchanges.iter();
    CitationShape {
        source: SourceJson::of(&citation.source),
        exchanges: exchanges.map(|exchange| Word(*exchange)).collect(),
    }
}

fn client_certificate(client: &ClientAnswer, answer: &Answer) -> Option<ClientCertificate> {
    let rows = answer.certificates.as_ref()?.rows.iter();
    let mine: Vec<CertificateRow> = rows
        .filter(|row| row.clients.contains(&client.report.client.id))
        .map(|row| CertificateRow {
            clients: vec![client.report.client.id.clone()],
            ..row.clone()
        })
        .collect();
    let mut obstacles = client.report.obstacles.iter();
    let shown = client.report.ike.ike_sa_init.verdict.fails()
        || obstacles.any(|one| matches!(one, Obstacle::Certificate { .. }));
    Some(ClientCertificate {
        verdict: match (is_refused(&mine), shown) {
            (true, true) => CertificateVerdict::Refused,
            (true, false) => CertificateVerdict::NotShown,
            (false, _) => CertificateVerdict::NotRefused,
        },
        findings: certificate::shapes(&mine),
    })
}

fn remedy(remedy: &Remedy) -> RemedyShape {
    let parts = remedy.parts.iter().map(|part| PartShape {
        side: Word(part.side),
        product: part.product.map(Word),
        phase: part.phase,
        proposal: part.proposal.clone(),
        position: part.position().map(Word),
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
            ReauthenticationOutcome::Kept => Survives::Kept,
            ReauthenticationOutcome::Lost => Survives::Lost,
            ReauthenticationOutcome::Unknown(_) => Survives::Unknown,
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
        Survival::Kept { renewed, lifetime } => (Survives::Kept, *renewed, *lifetime, None),
        Survival::Lost { renewed, lifetime } => {
            (Survives::Lost, Some(*renewed), Some(*lifetime), None)
        }
        Survival::Unknown(why) => (Survives::Unknown, None, None, Some(why.clone())),
    };
    Some(SurvivalShape {
        outcome,
        client_renews_after_seconds: renewed
            .filter(|time| *time != Lifetimes::NEVER)
            .map(|time| time.as_secs()),
        server_gives_up_after_seconds: lifetime.map(|time| time.as_secs()),
        reason,
    })
}

fn exchange(judged: &Judged, policy: &Policy) -> Exchange {
    let shape = Exchange {
        evidence: judged.evidence.map(Word),
        code: judged.verdict.code().map(Word),
        ..Exchange::default()
    };
    match &judged.verdict {
        Verdict::Agree(agreed) => Exchange {
            verdict: ExchangeVerdict::Agree,
            suite: Some(charon::suite(&agreed.suite)),
            proposal: swan::write(&agreed.suite.to_proposal()),
            pair: agreed.pair.map(|pair| PairShape {
                client: pair.client,
                server: pair.server,
            }),
            round_trips: agreed.invalid_ke.as_ref().map(|rounds| rounds.len() + 1),
            invalid_ke: agreed.invalid_ke.as_deref().map(rounds),
            rank: Some(RankJson::of(&agreed.suite, policy)),
            ..shape
        },
        Verdict::OneOf(suites) => Exchange {
            verdict: ExchangeVerdict::OneOf,
            possible: suites.iter().map(SuiteJson::of).collect(),
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
                verdict: ExchangeVerdict::Refuse,
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
            verdict: ExchangeVerdict::Unknown,
            reason: Some(what.clone()),
            ..shape
        },
        Verdict::NotUsed(why) => Exchange {
            verdict: ExchangeVerdict::NotUsed,
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

impl RankJson {
    /// The rank of a suite.
    pub(crate) fn of(suite: &Suite, policy: &Policy) -> Self {
        let deciding = policy.deciding(suite);
        Self {
            tier: Word(policy.rank(suite).tier()),
            deciding: deciding.name(),
            level: Word(deciding.level),
            clause: deciding.clause,
        }
    }
}
