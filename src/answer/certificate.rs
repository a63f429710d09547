//! What clients make of the certificates that a question names.

use crate::compat::certificate::{self, Told};
use crate::compat::obstacle::{CertificateSide, Obstacle};
use crate::diag::{Diagnostic, Severity};
use crate::peer::Client;
use crate::peer::certificate::{Certificate, Demands};
use crate::profile::shape::Enter;
use crate::profile::{Database, Profile};

/// The certificates that a question names.
#[derive(Clone, Debug, Default)]
pub struct Certificates {
    /// The server's.
    pub server: Option<Certificate>,
    /// That of a user or client.
    pub client: Option<Certificate>,
    /// Those of the CAs that issued them.
    pub authorities: Vec<Certificate>,
    /// When they have to be valid, in seconds since 1970.
    pub now: i64,
}

impl Certificates {
    /// Those that a server sends, its own first; its issuers are those among them that are of CAs.
    pub fn of_server(chain: &[Certificate], now: i64) -> Self {
        Self {
            server: chain.first().cloned(),
            client: None,
            authorities: chain.iter().filter(|one| one.is_ca).cloned().collect(),
            now,
        }
    }
}

impl Certificates {
    /// What to do where one stands in the place of another, by what its extended key usage allows.
    pub fn misplaced(&self) -> Option<&'static str> {
        let is_server = self.server.as_ref().map(|one| !one.is_of_client_only());
        let is_client = self.client.as_ref().map(|one| !one.is_of_server_only());
        match (is_server, is_client) {
            (Some(false), Some(false)) => Some(
                "exchange the files of `--server-cert` and `--client-cert`: each is the other's",
            ),
            (Some(false), _) => Some(
                "what `--server-cert` names is a client's (clientAuth alone): give it as `--client-cert`, and the server's \
                 own as `--server-cert`",
            ),
            (_, Some(false)) => Some(
                "what `--client-cert` names is a server's (serverAuth alone): give it as `--server-cert`, and the client's \
                 own as `--client-cert`",
            ),
            _ => None,
        }
    }
}

/// Whose certificate it is.
#[derive(
    Clone, Copy, Debug, Eq, PartialEq, strum::Display, strum::IntoStaticStr, strum::VariantNames,
)]
#[strum(serialize_all = "lowercase")]
pub enum CertificateOwner {
    /// The server's.
    Server,
    /// A client's.
    Client,
}

/// A finding about a certificate, and the clients that it is about.
#[derive(Clone, Debug)]
pub struct CertificateRow {
    /// Whose certificate.
    pub owner: CertificateOwner,
    /// The finding; an error if the clients provably refuse the certificate.
    pub finding: Diagnostic,
    /// Ids of clients.
    pub clients: Vec<String>,
}

impl CertificateRow {
    /// Whether the certificate is refused because of it.
    pub(crate) fn is_refused(&self) -> bool {
        self.finding.severity == Severity::Error
    }

    /// The same as what keeps a client out.
    pub(super) fn obstacle(&self) -> Obstacle {
        Obstacle::Certificate {
            side: match self.owner {
                CertificateOwner::Server => CertificateSide::Server,
                CertificateOwner::Client => CertificateSide::Client,
            },
            code: self.finding.code,
            why: self.finding.message.clone(),
        }
    }
}

/// The names that clients dial and expect.
#[derive(Clone, Copy, Debug, Default)]
pub struct Names<'a> {
    /// Host name or IP address that clients dial.
    pub address: Option<&'a str>,
    /// The name that the server has to prove.
    pub remote_id: Option<&'a str>,
}

impl Certificates {
    /// The name of the server that clients expect: the CN if it is one of its names, else the first
    /// dNSName, else the CN.
    pub(crate) fn remote_id(&self) -> Option<&str> {
        let server = self.server.as_ref()?;
        let usable = |name: &&str| !name.starts_with("*.");
        let cn = server.common_name.as_deref().filter(usable);
        let mut names = server.dns_names.iter().map(String::as_str).filter(usable);
        cn.filter(|cn| server.names(cn))
            .or_else(|| names.next())
            .or(cn)
    }

    /// The name of its user that a client's certificate proves: a name of its subjectAltName, else the CN.
    pub(crate) fn user_identity(&self) -> Option<&str> {
        let client = self.client.as_ref()?;
        let mut names = client.mail_names.iter().chain(&client.dns_names);
        names
            .next()
            .or(client.common_name.as_ref())
            .map(String::as_str)
    }

    /// The CN of the client's certificate.
    pub(crate) fn user_cn(&self) -> Option<&str> {
        self.client.as_ref()?.common_name.as_deref()
    }

    /// The certificate that is described, if any is given.
    pub fn shown(&self) -> Option<&Certificate> {
        self.server.as_ref().or(self.client.as_ref())
    }

    /// What clients demand of a server's certificate by their profiles; equal demands are one row.
    pub fn demands<'c>(
        &self,
        clients: impl Iterator<Item = &'c Client>,
        database: &Database<'_>,
    ) -> Vec<(Demands, Vec<String>)> {
        let mut all: Vec<(Demands, Vec<String>)> = Vec::new();
        for client in clients.filter(|_| self.server.is_some()) {
            let own = demands(client, database);
            match all.iter_mut().find(|(known, _)| *known == own) {
                Some((_, ids)) => ids.push(client.id.clone()),
                None => all.push((own, vec![client.id.clone()])),
            }
        }
        all
    }

    /// What each client makes of them; findings that are equal are one row.
    pub fn rows<'c>(
        &self,
        clients: impl Iterator<Item = &'c Client> + Clone,
        names: Names<'_>,
        database: &Database<'_>,
    ) -> Vec<CertificateRow> {
        let told = Told {
            address: names.address,
            remote_id: names.remote_id,
            now: self.now,
        };
        let mut all = Vec::new();
        if let Some(server) = &self.server {
            let found = clients.clone().map(|client| {
                let demands = demands(client, database);
                let found = certificate::server(server, &demands, &told);
                (client.id.clone(), found)
            });
            all.extend(grouped(CertificateOwner::Server, found));
        }
        if let Some(own) = &self.client {
            let found =
                clients.map(|client| (client.id.clone(), certificate::client(own, self.now)));
            all.extend(grouped(CertificateOwner::Client, found));
        }
        all
    }
}

/// Puts equal findings together, the worst first.
fn grouped(
    owner: CertificateOwner,
    found: impl Iterator<Item = (String, Vec<Diagnostic>)>,
) -> Vec<CertificateRow> {
    let mut rows: Vec<CertificateRow> = Vec::new();
    for (id, findings) in found {
        for finding in findings {
            match rows.iter_mut().find(|row| row.finding == finding) {
                Some(row) => row.clients.push(id.clone()),
                None => rows.push(CertificateRow {
                    owner,
                    finding,
                    clients: vec![id.clone()],
                }),
            }
        }
    }
    rows.sort_by_key(|row| std::cmp::Reverse(row.finding.severity));
    rows
}

/// Whether a client refuses a certificate.
pub(crate) fn is_refused(rows: &[CertificateRow]) -> bool {
    rows.iter().any(CertificateRow::is_refused)
}

/// What a client demands of a server's certificate.
fn demands(client: &Client, database: &Database<'_>) -> Demands {
    let demands = profile(client, database).map(|profile| profile.demands());
    let key = client.server_key.stated().map(|fact| fact.value);
    demands.unwrap_or_default().with_key(key)
}

/// The profile of a client.
fn profile(client: &Client, database: &Database<'_>) -> Option<Profile> {
    let id = client.id.split([':', '=']).next()?;
    database.profile(id)?.ok()
}

/// What is entered by hand on a client.
pub(crate) fn enter(client: &Client, database: &Database<'_>) -> Option<Enter> {
    let file = profile(client, database)?.file;
    match file.enter_like {
        Some(other) => database.profile(&other)?.ok()?.file.enter,
        None => file.enter,
    }
}
