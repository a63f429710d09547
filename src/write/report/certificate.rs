//! What clients make of the certificates, and what is entered and imported on each.

use std::io::{self, Write};

use serde::Serialize;

use crate::compat::certificate::CertificateFinding;
use crate::diag::Severity;
use crate::peer::certificate::{Certificate, Key};
use crate::write::plan::text::{PlanContext, by_hand};
use crate::write::text::and_list;

/// A finding, and the clients (ids) that it is about.
#[derive(Clone, Debug)]
pub struct CertificateRow {
    /// Whose certificate: `server` or `client`.
    pub whose: &'static str,
    /// The finding.
    pub finding: CertificateFinding,
    /// Ids of clients.
    pub clients: Vec<String>,
}

/// A row for programs.
#[derive(Debug, Serialize)]
pub struct CertificateRowJson<'a> {
    certificate: &'static str,
    code: String,
    severity: String,
    message: &'a str,
    help: &'a str,
    clients: &'a [String],
}

impl<'a> CertificateRowJson<'a> {
    fn of(row: &'a CertificateRow) -> Self {
        Self {
            certificate: row.whose,
            code: row.finding.code.to_string(),
            severity: row.finding.severity.to_string(),
            message: &row.finding.message,
            help: &row.finding.help,
            clients: &row.clients,
        }
    }
}

/// The rows of findings about each client: equal ones are put together.
pub fn rows(
    whose: &'static str,
    found: impl IntoIterator<Item = (String, Vec<CertificateFinding>)>,
) -> Vec<CertificateRow> {
    let mut rows: Vec<CertificateRow> = Vec::new();
    for (id, findings) in found {
        for finding in findings {
            match rows.iter_mut().find(|row| row.finding == finding) {
                Some(row) => row.clients.push(id.clone()),
                None => rows.push(CertificateRow {
                    whose,
                    finding,
                    clients: vec![id.clone()],
                }),
            }
        }
    }
    rows.sort_by_key(|row| std::cmp::Reverse(row.finding.severity));
    rows
}

/// For programs.
pub fn shapes(rows: &[CertificateRow]) -> Vec<CertificateRowJson<'_>> {
    rows.iter().map(CertificateRowJson::of).collect()
}

/// One certificate in a line: names, key.
pub fn summary(certificate: &Certificate) -> String {
    let mut names = Vec::new();
    names.extend(certificate.common_name.iter().map(|cn| format!("CN {cn}")));
    let dns = certificate.dns_names.iter();
    names.extend(dns.map(|name| format!("dNSName {name}")));
    let addresses = certificate.addresses.iter();
    names.extend(addresses.map(|address| format!("iPAddress {address}")));
    let mail = certificate.mail_names.iter();
    names.extend(mail.map(|name| format!("rfc822Name {name}")));
    let key = match certificate.key {
        Key::Rsa(bits) => format!("RSA {bits} bits"),
        Key::Ecdsa(bits) => format!("ECDSA {bits} bits"),
        Key::Other => "another kind of key".to_owned(),
    };
    format!("{}; {key}", names.join(", "))
}

/// What is wrong, and for whom.
pub fn write(
    certificate: &Certificate,
    rows: &[CertificateRow],
    out: &mut impl Write,
) -> io::Result<()> {
    writeln!(out, "\ncertificate: {}", summary(certificate))?;
    for row in rows {
        let severity = match row.finding.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Note => "note",
        };
        let ids: Vec<_> = row.clients.iter().map(String::as_str).collect();
        let CertificateFinding {
            code,
            message,
            help,
            ..
        } = &row.finding;
        let verb = match (row.finding.severity, ids.len()) {
            (Severity::Error, 1) => ", which refuses it",
            (Severity::Error, _) => ", which refuse it",
            _ => "",
        };
        let whose = if row.whose == "client" {
            "client's: "
        } else {
            ""
        };
        writeln!(out, "  {severity}[{code}] {whose}{message}")?;
        writeln!(out, "    for {}{verb}", and_list(&ids))?;
        writeln!(out, "    help: {help}")?;
    }
    if rows.is_empty() {
        writeln!(out, "  nothing is wrong with it for these clients")?;
    }
    Ok(())
}

/// What is entered, imported and trusted on each client.
pub fn enter(context: &PlanContext<'_>, out: &mut impl Write) -> io::Result<()> {
    for (client, enter) in context.clients.iter().zip(context.enter) {
        if let Some(enter) = enter {
            writeln!(out)?;
            by_hand(client, enter, context, out)?;
        }
    }
    Ok(())
}
