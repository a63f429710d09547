//! Which clients connect to a server, on which suite, and whether they keep the tunnel.

use super::certificate::{self, CertificateOwner, CertificateRow, Certificates, Names};
use super::plan::{PlanAnswer, for_server};
use super::question::{Question, ServerInput};
use super::reading::{self};
use super::remedy::{Advisor, Remedy};
use super::selection::{self, Clients, Selections};
use super::words;
use crate::compat::conflict::{Conflict, conflicts};
use crate::compat::harm::Setting;
use crate::compat::identities;
use crate::compat::rank::{Member, Tier};
use crate::compat::report::{ClientReport, Overall, reports};
use crate::diag::{Diagnostic, Finding, Severity, Sources, quoted};
use crate::lint::{self, Help, LintSubject};
use crate::peer::authentication::Method;
use crate::peer::{Client, Connection, Policy, Server};
use crate::profile::Database;
use crate::profile::server_shape::ServerRule;
use crate::profile::shape::{Enter, SourceShape};
use crate::read::Reading;

/// The answer about one server.
#[derive(Clone, Debug)]
pub struct Answer {
    /// The server as it was understood.
    pub server: Server,
    /// By what suites were ranked.
    pub policy: Policy,
    /// The words that selected the clients; `None` are the usual ones, or those that were given.
    pub clients_asked: Option<String>,
    /// The options of the command line that belong to the question, as they were typed.
    pub typed: Vec<(String, String)>,
    /// What is known of how its engine chooses, where no source gives the rule.
    pub selection: Option<String>,
    /// The clients, in the order of the selection.
    pub clients: Vec<ClientAnswer>,
    /// Warnings and notes of reading, those that comments allow among them.
    pub reading: Vec<Finding>,
    /// What is wrong with the server itself, that which comments allow among it.
    pub findings: Vec<Finding>,
    /// What the help of the findings comes to, as changes of the server.
    pub helps: Vec<Help>,
    /// What clients make of the certificates, if any were given.
    pub certificates: Option<CertificateAnswer>,
    /// Settings that serve everybody, if the answer is in full, somebody is not served, and there
    /// are any.
    pub plan: Option<Box<PlanAnswer>>,
}

/// One client of an answer.
#[derive(Clone, Debug)]
pub struct ClientAnswer {
    /// The verdicts, exchange by exchange.
    pub report: ClientReport,
    /// What would help: alternatives, each of them enough.
    pub remedies: Vec<Remedy>,
    /// What helps against what keeps it out although the lists agree, each in one line.
    pub helps: Vec<String>,
    /// What it offers nothing of that the policy allows.
    pub conflicts: Vec<Conflict>,
    /// The weakest suite that it settles on; `None` unless it comes up.
    pub rank: Option<ClientRank>,
    /// The sources of its facts, if the answer is in full.
    pub sources: Vec<Citation>,
}

/// How good the weaker of a client's suites is.
#[derive(Clone, Debug)]
pub struct ClientRank {
    /// The tier.
    pub tier: Tier,
    /// What decides it.
    pub deciding: Member,
}

/// A source, and the exchanges whose facts it proves.
#[derive(Clone, Debug)]
pub struct Citation {
    /// The source.
    pub source: SourceShape,
    /// The exchanges.
    pub exchanges: Vec<crate::peer::Exchange>,
}

/// What clients make of the certificates.
#[derive(Clone, Debug)]
pub struct CertificateAnswer {
    /// The certificates.
    pub given: Certificates,
    /// What is wrong with them, and for whom.
    pub rows: Vec<CertificateRow>,
    /// What is entered by hand, in the order of the clients.
    pub enter: Vec<Option<Enter>>,
}

impl CertificateAnswer {
    /// Whether a client refuses a certificate.
    pub(crate) fn is_refused(&self) -> bool {
        certificate::is_refused(&self.rows)
    }
}

/// How many clients have which verdict.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(crate) struct Totals {
    /// The tunnel comes up and is kept, as far as is known.
    pub connect: usize,
    /// How many clients nothing decisive is known of.
    pub unknown: usize,
    /// The tunnel is lost when keys are renewed.
    pub rekey_fails: usize,
    /// The tunnel does not come up.
    pub refused: usize,
}

impl Answer {
    /// How many clients have which verdict.
    pub(crate) fn totals(&self) -> Totals {
        let mut totals = Totals::default();
        for client in &self.clients {
            *match client.report.verdict {
                Overall::Connects => &mut totals.connect,
                Overall::Unknown => &mut totals.unknown,
                Overall::RekeyFails => &mut totals.rekey_fails,
                Overall::Refused => &mut totals.refused,
            } += 1;
        }
        totals
    }

    /// Whether clients can meet a connection at all.
    pub fn serves_clients(&self) -> bool {
        let mut connections = self.server.connections.iter();
        connections.any(Connection::serves_clients)
    }

    /// Whether clients can meet more than one connection, so that it matters which.
    pub(crate) fn has_several_connections(&self) -> bool {
        let serving = self.server.connections.iter();
        serving.filter(|one| one.serves_clients()).count() > 1
    }

    /// The findings about the server that no comment allows, without what is untidy only.
    pub(crate) fn open_findings(&self) -> impl Iterator<Item = &Finding> {
        let open = self.findings.iter().filter(|finding| finding.is_open());
        open.filter(|finding| finding.diagnostic.severity > Severity::Note)
    }

    /// What `lint` tells: the findings about the server, and what was said while reading it.
    pub(crate) fn told(&self) -> impl Iterator<Item = &Finding> {
        let all = self.reading.iter().chain(&self.findings);
        all.filter(|it| it.is_open() && it.diagnostic.severity > Severity::Note)
    }

    /// The name of the connection that the engine picks for a client.
    pub(crate) fn connection_of(&self, client: &ClientAnswer) -> Option<&Connection> {
        self.server.connections.get(client.report.connection?)
    }

    /// The names of the connections of which one answers a client; the first one is shown.
    pub(crate) fn connections_of(&self, client: &ClientAnswer) -> Vec<&str> {
        let report = &client.report;
        let places = report.connection.iter().chain(&report.alternatives);
        let found = places.filter_map(|place| self.server.connections.get(*place));
        found.map(|connection| connection.name.as_str()).collect()
    }

    /// Whether any client is known to refuse a certificate.
    pub fn refuses_certificate(&self) -> bool {
        let certificates = self.certificates.as_ref();
        certificates.is_some_and(CertificateAnswer::is_refused)
    }
}

/// Answers a question. Places in the answer point into `sources`.
///
/// Fails with everything that is wrong where nothing can be answered.
pub fn ask(
    question: &Question<'_>,
    database: &Database<'_>,
    sources: &mut Sources,
) -> Result<Answer, Vec<Diagnostic>> {
    let reading = read(question, database, sources)?;
    let texts = sources.count();
    let mut selections = Selections::default();
    let said = selections.look_up(
        question.clients,
        &reading.value,
        database,
        question.files,
        sources,
    )?;
    let mut answer = judge(question, reading, &selections, database, (sources, texts))?;
    answer.reading.extend(said.into_iter().map(Finding::from));
    Ok(answer)
}

/// What came of one of several questions.
pub struct Answered {
    /// The texts that places point into.
    pub sources: Sources,
    /// The answer, or everything that is wrong.
    pub result: Result<Answer, Vec<Diagnostic>>,
}

/// The answers to several questions.
pub struct Answers {
    /// One for each question, in their order.
    pub each: Vec<Answered>,
    /// Warnings and notes about the files that configure clients.
    pub selection: Vec<Diagnostic>,
    /// The texts that they point into.
    pub sources: Sources,
}

/// Applies work to many items, at once or one after the other.
pub trait Executor {
    /// Returns the results in the order of `items`; `what` names the work for who waits for it.
    fn map<T: Sync, R: Send>(
        &self,
        items: &[T],
        what: &'static str,
        work: impl Fn(&T) -> R + Sync,
    ) -> Vec<R>;
}

/// One after the other.
#[derive(Clone, Copy, Debug, Default)]
pub struct Sequential;

impl Executor for Sequential {
    fn map<T: Sync, R: Send>(
        &self,
        items: &[T],
        _what: &'static str,
        work: impl Fn(&T) -> R + Sync,
    ) -> Vec<R> {
        items.iter().map(work).collect()
    }
}

/// Answers several questions; the clients of equal words are looked up once.
///
/// Fails where the words of a selection mean nothing, since that concerns every question.
pub fn ask_all(
    questions: &[Question<'_>],
    database: &Database<'_>,
    executor: &impl Executor,
) -> Result<Answers, (Vec<Diagnostic>, Sources)> {
    let read = executor.map(questions, "reading", |question| {
        let mut sources = Sources::new();
        let reading = read(question, database, &mut sources);
        (reading, sources)
    });
    let read: Vec<_> = questions.iter().zip(read).collect();
    let mut selections = Selections::default();
    let (mut selection, mut sources) = (Vec::new(), Sources::new());
    for (question, (reading, _)) in &read {
        let Ok(reading) = reading else {
            continue;
        };
        let server = &reading.value;
        let looked_up = selections.look_up(
            question.clients,
            server,
            database,
            question.files,
            &mut sources,
        );
        match looked_up {
            Ok(said) => selection.extend(said),
            Err(wrong) => return Err((wrong, sources)),
        }
    }
    let each = executor.map(&read, "comparing", |(question, (reading, sources))| {
        let result = reading.clone().and_then(|reading| {
            let texts = (sources, sources.count());
            judge(question, reading, &selections, database, texts)
        });
        Answered {
            sources: sources.clone(),
            result,
        }
    });
    Ok(Answers {
        each,
        selection,
        sources,
    })
}

fn read(
    question: &Question<'_>,
    database: &Database<'_>,
    sources: &mut Sources,
) -> Result<Reading<Server>, Vec<Diagnostic>> {
    let mut reading = match question.server {
        ServerInput::Text(text) => reading::server(&text, database, sources)?,
        ServerInput::Model(server) => Reading {
            value: server.clone(),
            diagnostics: Vec::new(),
        },
    };
    let server = &mut reading.value;
    server.product = question.product.or(server.product);
    server.nat = question.nat.or(server.nat);
    Ok(reading)
}

/// Compares a server that was read with its clients, and applies the rules. The first of the texts
/// in `sources`, as many as given, are the server's.
fn judge(
    question: &Question<'_>,
    reading: Reading<Server>,
    selections: &Selections,
    database: &Database<'_>,
    (sources, texts): (&Sources, usize),
) -> Result<Answer, Vec<Diagnostic>> {
    let server = reading.value;
    let policy = question.policy;
    let clients = selections.of(question.clients, &server);
    let mut situation = reading::situation(&server, database)?;
    situation.client_address = question.client_address;
    situation.server_id = question.server_id.map(ToOwned::to_owned);
    if let Some(name) = question.server_id {
        // From a known address a client may meet a connection for one peer, too.
        let is_met = |one: &&Connection| one.serves_clients() || question.client_address.is_some();
        let serving: Vec<_> = server.connections.iter().filter(is_met).collect();
        if !serving.is_empty() && !serving.iter().any(|one| identities::expects(one, name)) {
            let message = format!(
                "no connection is for clients that expect the server to be {}",
                quoted(name)
            );
            return Err(vec![selection::about_the_question(message)]);
        }
    }
    let reports = reports(&server, &clients, &situation, policy);
    let mut linted = lint::lint(
        &LintSubject {
            server: &server,
            clients: &reports,
            clients_chosen: !matches!(question.clients, Clients::Usual)
                || !server.clients.is_empty(),
            situation: &situation,
            policy,
            sources,
            texts,
            file: 0,
            database,
        },
        reading.diagnostics,
    );
    for finding in linted.reading.iter_mut().chain(&mut linted.findings) {
        crate::lint::allow(finding, question.allow);
    }
    let advisor = Advisor {
        setting: Setting {
            server: &server,
            situation: &situation,
            policy,
        },
        all: &reports,
    };
    let remedies: Vec<_> = reports.iter().map(|one| advisor.remedies(one)).collect();
    let mut clients: Vec<ClientAnswer> = reports
        .into_iter()
        .zip(remedies)
        .map(|(report, remedies)| client_answer(report, remedies, &server, question, database))
        .collect();
    let certificates = question
        .certificates
        .filter(|given| given.shown().is_some());
    let certificates =
        certificates.map(|given| certificate_answer(given, &clients, &server, database));
    let rows = certificates.iter().flat_map(|answer| &answer.rows);
    let refused: Vec<_> = rows.filter(|row| row.is_refused()).collect();
    for client in &mut clients {
        refuse_certificates(client, &refused, &server);
    }
    let mut answer = Answer {
        policy: policy.clone(),
        typed: question.typed.to_vec(),
        clients_asked: match question.clients {
            Clients::Selected(words) => Some(words.to_owned()),
            Clients::Usual | Clients::Given(_) => None,
        },
        selection: selection_without_rule(&server, database),
        clients,
        reading: linted.reading,
        findings: linted.findings,
        helps: linted.helps,
        certificates,
        plan: None,
        server,
    };
    if question.in_full && answer.totals().connect < answer.clients.len() {
        answer.plan = for_server(&answer).map(Box::new);
    }
    Ok(answer)
}

/// What is known of how a server's engine chooses, where no source gives the rule.
fn selection_without_rule(server: &Server, database: &Database<'_>) -> Option<String> {
    let file = database.server(&server.engine.name.to_string()).ok()??;
    let selection = file.selection?;
    (selection.rule == ServerRule::Unknown).then_some(selection.text)
}

fn client_answer(
    report: ClientReport,
    remedies: Vec<Remedy>,
    server: &Server,
    question: &Question<'_>,
    database: &Database<'_>,
) -> ClientAnswer {
    let policy = question.policy;
    let helps = report.obstacles.iter();
    ClientAnswer {
        remedies,
        helps: helps
            .filter_map(|one| words::obstacle_help(one, server))
            .collect(),
        conflicts: conflicts(&report.client, policy),
        rank: rank(&report, policy),
        sources: match question.in_full || question.sources {
            true => citations(&report.client, database),
            false => Vec::new(),
        },
        report,
    }
}

/// A client that refuses a certificate does not connect, whatever the lists; one is not looked at
/// where the side that has it proves itself otherwise.
fn refuse_certificates(client: &mut ClientAnswer, rows: &[&CertificateRow], server: &Server) {
    let report = &mut client.report;
    let connection = report.judged.and_then(|at| server.connections.get(at));
    let shown = |owner: CertificateOwner| {
        let side = connection.map(|connection| match owner {
            CertificateOwner::Server => &connection.local,
            CertificateOwner::Client => &connection.remote,
        });
        let mut methods = side.into_iter().flat_map(|side| &side.rounds);
        !methods.any(|round| round.method == Some(Method::PreSharedKey))
    };
    for row in rows {
        let concerned = row.clients.contains(&report.client.id) && shown(row.owner);
        if concerned && !report.ike.ike_sa_init.verdict.fails() {
            report.add_obstacle(row.obstacle());
            client.rank = None;
        }
    }
}

/// The rank of the weaker suite of a client that comes up.
fn rank(report: &ClientReport, policy: &Policy) -> Option<ClientRank> {
    if !report.comes_up() {
        return None;
    }
    let exchanges = report.exchanges();
    let first = [exchanges.ike_sa_init, exchanges.ike_auth];
    let suites = first
        .into_iter()
        .flatten()
        .flat_map(|judged| judged.verdict.suites());
    let worst = suites.max_by_key(|suite| policy.rank(suite).tier())?;
    Some(ClientRank {
        tier: policy.rank(worst).tier(),
        deciding: policy.deciding(worst),
    })
}

/// The sources of a client's profile that its facts cite, each with the exchanges.
fn citations(client: &Client, database: &Database<'_>) -> Vec<Citation> {
    let id = client.id.split(':').next().unwrap_or_default();
    let Some(Ok(profile)) = database.profile(id) else {
        return Vec::new();
    };
    let cited = client.sources();
    let all = profile.file.sources.into_iter();
    let with_exchanges = all.map(|(key, source)| {
        let mine = cited.iter().filter(|(_, keys)| keys.contains(&key));
        Citation {
            source,
            exchanges: mine.map(|(exchange, _)| exchange).collect(),
        }
    });
    with_exchanges
        .filter(|citation| !citation.exchanges.is_empty())
        .collect()
}

fn certificate_answer(
    given: &Certificates,
    clients: &[ClientAnswer],
    server: &Server,
    database: &Database<'_>,
) -> CertificateAnswer {
    let all = clients.iter().map(|one| &*one.report.client);
    let names = Names {
        address: server.address.as_deref(),
        remote_id: server.remote_id.as_deref(),
    };
    CertificateAnswer {
        rows: given.rows(all.clone(), names, database),
        enter: all
            .map(|client| certificate::enter(client, database))
            .collect(),
        given: given.clone(),
    }
}
