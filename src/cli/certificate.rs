//! The certificates that `check` and `recommend` are given.

use std::path::{Path, PathBuf};
use std::time::SystemTime;

use ikecompat::answer::certificate::Certificates;
use ikecompat::peer::certificate::Certificate;
use ikecompat::read::certificate::{certificates, leaf};

use super::{files, kind};

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

    /// Certificate of the CA, in PEM or DER, which files for clients are to hold; those of the chains
    /// of the others are taken too
    #[arg(long, value_name = "FILE")]
    ca_cert: Option<PathBuf>,

    /// Day on which certificates have to be valid [default: today]
    #[arg(long, value_name = "YYYY-MM-DD", value_parser = day)]
    at: Option<i64>,
}

const DAY: i64 = 24 * 60 * 60;

/// Seconds since 1970 at noon of a day.
pub(super) fn day(text: &str) -> Result<i64, String> {
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
    pub(super) fn read(&self) -> anyhow::Result<Certificates> {
        let mut authorities = Vec::new();
        let mut one = |path: &Option<PathBuf>| -> anyhow::Result<Option<Certificate>> {
            let Some(path) = path else {
                return Ok(None);
            };
            let chain = read(path)?;
            let own = leaf(&chain).cloned();
            for other in chain.into_iter().filter(|other| other.is_ca) {
                if !authorities.contains(&other) && own.as_ref() != Some(&other) {
                    authorities.push(other);
                }
            }
            Ok(own)
        };
        Ok(Certificates {
            server: one(&self.server_cert)?,
            client: one(&self.client_cert)?,
            now: self.at.unwrap_or_else(now),
            authorities: {
                if let Some(authority) = one(&self.ca_cert)?
                    && !authorities.contains(&authority)
                {
                    authorities.push(authority);
                }
                authorities
            },
        })
    }
}

/// The present time in seconds since 1970.
pub(super) fn now() -> i64 {
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
    now.map_or(0, |time| i64::try_from(time.as_secs()).unwrap_or(i64::MAX))
}

/// The certificates of a file.
pub(super) fn read(path: &Path) -> anyhow::Result<Vec<Certificate>> {
    let (name, bytes) = files::read(path)?;
    let why = |why: &str| anyhow::anyhow!("{}", kind::no_certificate(&name, &bytes, why));
    certificates(&bytes).map_err(why)
}
