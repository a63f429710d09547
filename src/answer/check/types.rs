//! The answer about a server: what is known of each client, and what is said besides.

use crate::answer::certificate::{self, CertificateRow, Certificates};
use crate::answer::plan::PlanAnswer;
use crate::answer::remedy::Remedy;
use crate::compat::conflict::Conflict;
use crate::compat::rank::{Member, Tier};
use crate::compat::report::{ClientReport, Overall};
use crate::diag::{Finding, Severity};
use crate::lint::Help;
use crate::peer::{Connection, Policy, Server};
use crate::profile::shape::{Enter, SourceShape};

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
