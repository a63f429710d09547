//! What a plan is asked for, and what comes of it.

use crate::answer::certificate::{CertificateRow, Certificates, is_refused};
use crate::answer::conclusion::Conclusion;
use crate::answer::migration::Existing;
use crate::answer::reading::ServerText;
use crate::answer::selection::Clients;
use crate::diag::Diagnostic;
use crate::peer::server::Product;
use crate::peer::{Auth, Build, Client, Engine, Policy};
use crate::profile::fleet::People;
use crate::profile::shape::Enter;
use crate::read::Files;
use crate::recommend::{Constraints, Frontier, Impossible, Names as ServerNames, Plan, Preference};

/// Where nobody said what the connection is called.
pub(crate) const NAME: &str = "IKEv2 VPN";

/// What a plan is asked for.
#[derive(Clone)]
pub struct PlanQuestion<'q> {
    /// The server as it is: what the question does not say is taken from it.
    pub server: Option<ServerText<'q>>,
    /// The clients to be served.
    pub clients: Clients<'q>,
    /// The product that is to be configured; `None` is that of the server, else pfSense.
    pub product: Option<Product>,
    /// Whether clients may be configured.
    pub client_changes: bool,
    /// Whether Windows gets AES-GCM in phase 2 where it is configured anyway.
    pub gcm: bool,
    /// What the plan has to keep to besides.
    pub constraints: Constraints,
    /// The clients that have to stay as they are, in the words of a selection.
    pub must_keep: Option<&'q str>,
    /// What goes before the usual order of goals.
    pub prefer: Option<Preference>,
    /// The engine of the server that is to be configured, if it is not the product's usual one.
    pub engine: Option<Engine>,
    /// What the connection is called on clients.
    pub connection_name: Option<&'q str>,
    /// What clients dial.
    pub address: Option<&'q str>,
    /// The name in the server certificate.
    pub remote_id: Option<&'q str>,
    /// What a client calls itself.
    pub local_id: Option<&'q str>,
    /// How clients authenticate.
    pub auth: Option<Auth>,
    /// How many people use each client, if that was said.
    pub people: Option<&'q People>,
    /// By what suites are ranked.
    pub policy: &'q Policy,
    /// The certificates.
    pub certificates: &'q Certificates,
    /// Opens the files that configure clients.
    pub files: &'q dyn Files,
    /// The options as they were typed, for a command that asks the same again.
    pub typed: &'q [(String, String)],
}

/// A plan with the names, clients and certificates that belong to it.
#[derive(Clone, Debug)]
pub struct PlanAnswer {
    /// The options as they were typed.
    pub typed: Vec<(String, String)>,
    /// The plan and what could be chosen in its place, or why there is none.
    pub outcome: Result<Frontier, Impossible>,
    /// What could be done if clients were configured, where that was not allowed.
    pub with_client_changes: Option<Plan>,
    /// The clients, in the order of the plan's places.
    pub clients: Vec<Client>,
    /// What to enter on each client, where its profile says so.
    pub enter: Vec<Option<Enter>>,
    /// The product.
    pub product: Product,
    /// The server as it is, if it was named.
    pub existing: Option<Existing>,
    /// What the connection is called on clients.
    pub connection_name: String,
    /// What clients dial, if known.
    pub address: Option<String>,
    /// The name in the server certificate, if known.
    pub remote_id: Option<String>,
    /// What a client calls itself, if known.
    pub local_id: Option<String>,
    /// How clients authenticate.
    pub auth: Auth,
    /// How many people use each client, if that was said.
    pub people: Option<People>,
    /// By what the plan is ranked.
    pub policy: Policy,
    /// The engine that was asked for, or that what was asked for needs.
    pub engine: Option<Engine>,
    /// How the engine that the plan is for behaves, if it is known.
    pub build: Option<Build>,
    /// The certificates that were given.
    pub given: Certificates,
    /// What clients make of them.
    pub certificates: Vec<CertificateRow>,
    /// Warnings and notes about the server's text and the files of clients.
    pub reading: Vec<Diagnostic>,
}

/// What stands beside a plan: names, and what to enter by hand.
#[derive(Clone, Copy)]
pub struct PlanContext<'a> {
    /// The options as they were typed.
    pub typed: &'a [(String, String)],
    /// The clients, in the order of the plan's places.
    pub clients: &'a [Client],
    /// What to enter on each client, where its profile says so.
    pub enter: &'a [Option<Enter>],
    /// What the connection is called on clients.
    pub connection_name: &'a str,
    /// Host name or address that clients dial, if known.
    pub address: Option<&'a str>,
    /// Name in the server certificate, if known.
    pub remote_id: Option<&'a str>,
    /// CN of the user certificate, if known.
    pub user_cn: Option<&'a str>,
    /// What a client calls itself, if known.
    pub local_id: Option<&'a str>,
    /// How clients authenticate, if known.
    pub auth: Option<Auth>,
    /// The certificates that were given.
    pub given: &'a Certificates,
    /// What clients make of the certificates.
    pub certificates: &'a [CertificateRow],
    /// How many people use each client, if that was said.
    pub people: Option<&'a People>,
    /// By what the plan is ranked.
    pub policy: &'a Policy,
    /// The engine that was asked for, or that what was asked for needs.
    pub engine: Option<Engine>,
    /// How the engine that the plan is for behaves, if it is known.
    pub build: Option<&'a Build>,
}

impl<'a> PlanContext<'a> {
    /// How the server of the plan is called.
    pub const fn names(&self) -> ServerNames<'a> {
        ServerNames {
            connection: Some(self.connection_name),
            address: self.address,
            remote_id: self.remote_id,
        }
    }
}

impl PlanAnswer {
    /// What stands beside the plan.
    pub fn context(&self) -> PlanContext<'_> {
        PlanContext {
            typed: &self.typed,
            clients: &self.clients,
            enter: &self.enter,
            connection_name: &self.connection_name,
            address: self.address.as_deref(),
            remote_id: self.remote_id.as_deref(),
            user_cn: self.given.user_cn(),
            local_id: self.local_id.as_deref(),
            auth: Some(self.auth),
            given: &self.given,
            certificates: &self.certificates,
            people: self.people.as_ref(),
            policy: &self.policy,
            engine: self.engine,
            build: self.build.as_ref(),
        }
    }

    /// Whether there is a plan, it keeps all tunnels, and nobody refuses a certificate.
    pub fn conclusion(&self) -> Conclusion {
        let kept = |frontier: &Frontier| frontier.recommended().lost.is_empty();
        let plan = self.outcome.as_ref();
        Conclusion::of(plan.is_ok_and(kept) && !self.refuses_certificate())
    }

    /// Whether a client refuses a certificate.
    pub fn refuses_certificate(&self) -> bool {
        is_refused(&self.certificates)
    }
}
