//! The certificates that `check` and `recommend` are given.

use std::path::{Path, PathBuf};
use std::time::SystemTime;

use anyhow::Context as _;
use ikecompat::compat::certificate::{self, Told};
use ikecompat::compat::report::Report;
use ikecompat::diag::Severity;
use ikecompat::peer::certificate::Certificate;
use ikecompat::peer::{Client, Policy};
use ikecompat::profile::Database;
use ikecompat::profile::shape::Enter;
use ikecompat::read::certificate::{certificates, leaf};
use ikecompat::write;
use ikecompat::write::config::setup::NAME;
use ikecompat::write::plan::text::PlanContext;
use ikecompat::write::report::certificate::{CertificateRow, rows};

use super::files;

/// Certificates to be looked at.
#[derive(clap::Args, Clone, Debug)]
pub(crate) struct CertificateArgs {
    /// Certificate of the server, or its chain, in PEM or DER: is it accepted, and what is entered
    /// on the clients? Private keys in the file are passed over
    #[arg(long, value_name = "FILE")]
    server_cert: Option<PathBuf>,

    /// Certificate of a user or client, in PEM or DER
    #[arg(long, value_name = "FILE")]
    client_cert: Option<PathBuf>,

    /// Day on which certificates have to be valid [default: today]
    #[arg(long, value_name = "YYYY-MM-DD", value_parser = day)]
    at: Option<i64>,
}

/// The certificates that were given.
#[derive(Clone, Debug)]
pub(super) struct Given {
    pub(super) server: Option<Certificate>,
    pub(super) client: Option<Certificate>,
    now: i64,
}

/// What came of looking at them.
pub(super) struct LookedAt {
    pub(super) rows: Vec<CertificateRow>,
    /// For people; empty without certificates.
    pub(super) text: Vec<u8>,
}

const DAY: i64 = 24 * 60 * 60;

/// Seconds since 1970 at noon of a day.
fn day(text: &str) -> Result<i64, String> {
    let wrong = || "expected a day such as `2026-11-23`".to_owned();
    let parts: Vec<_> = text.split('-').collect();
    let &[year, month, day] = parts.as_slice() else {
        return Err(wrong());
    };
    let number = |text: &str, digits: usize| {
        let fits = text.len() == digits && text.bytes().all(|b| b.is_ascii_digit());
        fits.then(|| text.parse::<i64>().ok())
            .flatten()
            .ok_or_else(wrong)
    };
    let (year, month, day) = (number(year, 4)?, number(month, 2)?, number(day, 2)?);
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let days = match month {
        2 if leap => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        1..=12 => 31,
        _ => return Err(wrong()),
    };
    if !(1970..=9999).contains(&year) || !(1..=days).contains(&day) {
        return Err(wrong());
    }
    // Years begin in March, so that the leap day is the last one.
    let year = if month <= 2 { year - 1 } else { year };
    let in_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    let since_1970 = year * 365 + year / 4 - year / 100 + year / 400 + in_year - 719_468;
    Ok(since_1970 * DAY + DAY / 2)
}

impl CertificateArgs {
    /// Reads what was given.
    pub(super) fn read(&self) -> anyhow::Result<Given> {
        let one = |path: Option<&Path>| path.map(read).transpose();
        let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
        let now = now.map_or(0, |time| i64::try_from(time.as_secs()).unwrap_or(i64::MAX));
        Ok(Given {
            server: one(self.server_cert.as_deref())?,
            client: one(self.client_cert.as_deref())?,
            now: self.at.unwrap_or(now),
        })
    }
}

fn read(path: &Path) -> anyhow::Result<Certificate> {
    let (name, bytes) = files::read(path)?;
    let chain = certificates(&bytes).map_err(|why| anyhow::anyhow!("`{name}`: {why}"))?;
    leaf(&chain)
        .cloned()
        .with_context(|| format!("`{name}`: there is no certificate in it"))
}

impl Given {
    /// The name of the server that clients expect: the CN if it is one of its names, else the first
    /// dNSName, else the CN.
    pub(super) fn remote_id(&self) -> Option<&str> {
        let server = self.server.as_ref()?;
        let usable = |name: &&str| !name.starts_with("*.");
        let cn = server.common_name.as_deref().filter(usable);
        let mut names = server.dns_names.iter().map(String::as_str).filter(usable);
        cn.filter(|cn| server.names(cn))
            .or_else(|| names.next())
            .or(cn)
    }

    /// The CN of the client's certificate.
    pub(super) fn user_cn(&self) -> Option<&str> {
        self.client.as_ref()?.common_name.as_deref()
    }

    /// Judges for the clients of a report, and says it for people.
    pub(super) fn look(
        &self,
        report: &Report<'_>,
        database: &Database<'_>,
        policy: &Policy,
    ) -> anyhow::Result<LookedAt> {
        let server = report.server;
        let clients: Vec<_> = report.clients.iter().map(|one| one.client).collect();
        let address = server.address.as_deref();
        let stated = server.remote_id.as_deref();
        let rows = self.rows(&clients, (address, stated), database);
        let mut text = Vec::new();
        if let Some(shown) = self.server.as_ref().or(self.client.as_ref()) {
            write::report::certificate::write(shown, &rows, &mut text)?;
            let clients: Vec<Client> = clients.into_iter().cloned().collect();
            let enter: Vec<_> = clients.iter().map(|one| enter(one, database)).collect();
            let remote_id = stated.or_else(|| self.remote_id());
            let context = PlanContext {
                clients: &clients,
                enter: &enter,
                connection_name: server.connection_name.as_deref().unwrap_or(NAME),
                address: address.or(remote_id),
                remote_id,
                user_cn: self.user_cn(),
                certificates: &rows,
                policy,
            };
            write::report::certificate::enter(&context, &mut text)?;
        }
        Ok(LookedAt { rows, text })
    }

    /// What each client makes of the certificates.
    pub(super) fn rows(
        &self,
        clients: &[&Client],
        (address, remote_id): (Option<&str>, Option<&str>),
        database: &Database<'_>,
    ) -> Vec<CertificateRow> {
        let told = Told {
            address,
            remote_id,
            now: self.now,
        };
        let mut all = Vec::new();
        if let Some(server) = &self.server {
            let of = |client: &&Client| {
                let demands = profile(client, database).map(|profile| profile.demands());
                let found = certificate::server(server, &demands.unwrap_or_default(), &told);
                (client.id.clone(), found)
            };
            all.extend(rows("server", clients.iter().map(of)));
        }
        if let Some(own) = &self.client {
            let of = |client: &&Client| (client.id.clone(), certificate::client(own, self.now));
            all.extend(rows("client", clients.iter().map(of)));
        }
        all
    }
}

/// Whether a client refuses a certificate.
pub(super) fn refused(rows: &[CertificateRow]) -> bool {
    let mut errors = rows.iter().map(|row| row.finding.severity);
    errors.any(|severity| severity == Severity::Error)
}

fn profile(client: &Client, database: &Database<'_>) -> Option<ikecompat::profile::Profile> {
    let id = client.id.split(':').next()?;
    database.profile(id)?.ok()
}

/// What is entered by hand on a client.
pub(super) fn enter(client: &Client, database: &Database<'_>) -> Option<Enter> {
    profile(client, database)?.file.enter
}
