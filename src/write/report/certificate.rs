//! What clients make of the certificates, and what is entered and imported on each.

use std::io::{self, Write};

use schemars::JsonSchema;
use serde::Serialize;

use crate::answer::Answer;
use crate::answer::certificate::{CertificateOwner, CertificateRow};
use crate::answer::plan::{NAME, PlanContext};
use crate::diag::{Diagnostic, Severity};
use crate::peer::Client;
use crate::peer::certificate::{Certificate, Key};
use crate::write::json::Word;
use crate::write::plan::text::by_hand;
use crate::write::text::and_list;

/// What is wrong with a certificate, and for whom.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct CertificateFinding {
    /// Whose it is.
    certificate: Word<CertificateOwner>,
    /// What `ikecompat explain` explains.
    code: &'static str,
    /// An error if the clients refuse it.
    severity: Word<Severity>,
    message: String,
    help: String,
    /// Their ids.
    clients: Vec<String>,
}

impl CertificateFinding {
    fn of(row: &CertificateRow) -> Self {
        Self {
            certificate: Word(row.owner),
            code: row.finding.code,
            severity: Word(row.finding.severity),
            message: row.finding.message.clone(),
            help: row.finding.help.clone().unwrap_or_default(),
            clients: row.clients.clone(),
        }
    }
}

/// For programs.
pub(crate) fn shapes(rows: &[CertificateRow]) -> Vec<CertificateFinding> {
    rows.iter().map(CertificateFinding::of).collect()
}

/// One certificate in a line: names, key.
pub(crate) fn summary(certificate: &Certificate) -> String {
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
        let ids: Vec<_> = row.clients.iter().map(String::as_str).collect();
        let Diagnostic {
            severity,
            code,
            message,
            help,
            ..
        } = &row.finding;
        let verb = match (severity, ids.len()) {
            (Severity::Error, 1) => ", which refuses it",
            (Severity::Error, _) => ", which refuse it",
            (Severity::Warning | Severity::Note, _) => "",
        };
        let whose = match row.owner {
            CertificateOwner::Client => "client's: ",
            CertificateOwner::Server => "",
        };
        writeln!(out, "  {severity}[{code}] {whose}{message}")?;
        writeln!(out, "    for {}{verb}", and_list(&ids))?;
        if let Some(help) = help {
            writeln!(out, "    help: {help}")?;
        }
    }
    if rows.is_empty() {
        writeln!(out, "  nothing is wrong with it for these clients")?;
    }
    Ok(())
}

/// What clients of an answer make of its certificates, and what is entered, imported and trusted on
/// each.
pub fn of_answer(answer: &Answer, out: &mut impl Write) -> io::Result<()> {
    let Some(certificates) = &answer.certificates else {
        return Ok(());
    };
    let Some(shown) = certificates.given.shown() else {
        return Ok(());
    };
    write(shown, &certificates.rows, out)?;
    let clients = answer.clients.iter();
    let clients: Vec<Client> = clients
        .map(|one| Client::clone(&one.report.client))
        .collect();
    let server = &answer.server;
    let remote_id = server.remote_id.as_deref();
    let remote_id = remote_id.or_else(|| certificates.given.remote_id());
    let context = PlanContext {
        clients: &clients,
        enter: &certificates.enter,
        connection_name: server.connection_name.as_deref().unwrap_or(NAME),
        address: server.address.as_deref().or(remote_id),
        remote_id,
        user_cn: certificates.given.user_cn(),
        local_id: certificates.given.user_identity(),
        auth: None,
        given: &certificates.given,
        certificates: &certificates.rows,
        policy: &answer.policy,
    };
    for (client, enter) in clients.iter().zip(context.enter) {
        if let Some(enter) = enter {
            writeln!(out)?;
            by_hand(client, enter, &context, out)?;
        }
    }
    Ok(())
}
