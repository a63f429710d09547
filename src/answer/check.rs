//! Which clients connect to a server, on which suite, and whether they keep the tunnel.

mod batch;
mod types;

use std::sync::Arc;
use std::time::Duration;

use super::certificate::{self, CertificateOwner, CertificateRow, Certificates, Names};
use super::plan::for_server;
use super::question::{Question, ServerInput};
use super::reading::{self};
use super::remedy::{Advisor, Remedy};
use super::selection::{self, Clients, Selections};
use super::words;
use crate::compat::conflict::conflicts;
use crate::compat::harm::Setting;
use crate::compat::identities;
use crate::compat::report::{ClientReport, reports};
use crate::diag::{Diagnostic, Finding, Sources, quoted};
use crate::lint::{self, LintSubject};
use crate::peer::authentication::Method;
use crate::peer::client::Lifetimes;
use crate::peer::{Client, Connection, Policy, Server};
use crate::profile::Database;
use crate::profile::server_shape::ServerRule;
use crate::read::Reading;

pub use batch::{Answered, Answers, Executor, Sequential, ask_all};
pub use types::{Answer, ClientAnswer};
pub(crate) use types::{CertificateAnswer, Citation, ClientRank};

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
    situation.slowest_ike = slowest_ike(&clients);
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

/// The longest time after which one of these clients renews the keys of its IKE SA, of those that do.
fn slowest_ike(clients: &[Arc<Client>]) -> Option<Duration> {
    let known = clients.iter().filter_map(|client| client.lifetimes.ike);
    known.filter(|time| *time != Lifetimes::NEVER).max()
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
    ClientAnswer {
        remedies,
        helps: words::helps(&report, server),
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
