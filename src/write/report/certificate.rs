//! What clients make of the certificates, and what is entered and imported on each.

use std::io::{self, Write};

use schemars::JsonSchema;
use serde::Serialize;

use crate::answer::Answer;
use crate::answer::certificate::{CertificateOwner, CertificateRow};
use crate::answer::plan::{NAME, PlanContext};
use crate::answer::words::Frame;
use crate::diag::{Diagnostic, Severity, Tone, shell_file};
use crate::peer::Client;
use crate::peer::certificate::{Certificate, Demands, Key};
use crate::write::json::Word;
use crate::write::plan::by_hand::by_hand;
use crate::write::report::frame;
use crate::write::report::table::TableStyle;
use crate::write::text::{and_list, count, reflow};

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
    findings(rows, out)
}

/// Demands, and the ids of the clients that make them.
pub type DemandRow = (Demands, Vec<String>);

/// One certificate by itself: what it says, what clients demand of it, and whether they take it. Returns
/// whether a client is known to refuse it; `clients` is how many are asked.
pub fn alone(
    name: &str,
    certificate: &Certificate,
    (rows, demands, clients): (&[CertificateRow], &[DemandRow], usize),
    look: TableStyle,
    out: &mut impl Write,
) -> io::Result<bool> {
    let mut refusing: Vec<&str> = Vec::new();
    for row in rows.iter().filter(|row| row.is_refused()) {
        refusing.extend(row.clients.iter().map(String::as_str));
    }
    refusing.sort_unstable();
    refusing.dedup();
    let frame = Frame {
        tone: if refusing.is_empty() {
            Tone::Good
        } else {
            Tone::Bad
        },
        headline: match refusing.len() {
            0 => format!("no client of {clients} is known to refuse it"),
            some => format!("{some} of {} would refuse it", count(clients, "client")),
        },
        next: match rows.first().and_then(|row| row.finding.help.as_deref()) {
            Some(help) => help.to_owned(),
            None => {
                let option = match certificate.is_of_client_only() {
                    true => "--client-cert",
                    false => "--server-cert",
                };
                let file = match name {
                    // It is gone.
                    "-" => "FILE".to_owned(),
                    name => shell_file(name),
                };
                format!("with the server: `ikecompat check SERVER {option} {file}`")
            }
        },
    };
    let mut text = Vec::new();
    frame::headline(&frame, name, look.width, out)?;
    writeln!(text, "\nnames and key: {}", summary(certificate))?;
    let usage = match certificate.usage {
        None => "not restricted".to_owned(),
        Some(usage) => {
            let named = [(usage.server, "serverAuth"), (usage.client, "clientAuth")];
            let named = named.into_iter().filter(|(is_there, _)| *is_there);
            let named: Vec<_> = named.map(|(_, name)| name).collect();
            match named.is_empty() {
                true => "neither serverAuth nor clientAuth".to_owned(),
                false => and_list(&named),
            }
        }
    };
    writeln!(text, "extended key usage: {usage}")?;
    if !demands.is_empty() {
        writeln!(text, "\nwhat clients demand of a server's certificate")?;
    }
    for (demands, ids) in demands {
        let all = sentences(demands);
        let all = match all.is_empty() {
            true => "nothing is known".to_owned(),
            false => and_list(&all),
        };
        writeln!(text, "  {}: {all}", ids.join(", "))?;
    }
    writeln!(text, "\nwhat they make of this one")?;
    findings(rows, &mut text)?;
    out.write_all(reflow(&String::from_utf8_lossy(&text), look.width).as_bytes())?;
    frame::next(&frame, look.width, out)?;
    Ok(!refusing.is_empty())
}

/// The demands in words.
fn sentences(demands: &Demands) -> Vec<String> {
    let flags = [
        (demands.san, "the name as subjectAltName"),
        (demands.server_auth, "the extended key usage serverAuth"),
        (
            demands.address_as_dns_name,
            "an IP address that is dialled as dNSName, too",
        ),
        (demands.cn_as_remote_id, "the Remote ID as CN"),
        (demands.no_ecdsa, "no ECDSA key"),
        (demands.no_rsa, "no RSA key"),
    ];
    let flags = flags.into_iter().filter(|(is_so, _)| *is_so);
    let mut all: Vec<String> = flags.map(|(_, words)| words.to_owned()).collect();
    if demands.shortest_address > 0 {
        let least = demands.shortest_address;
        all.push(format!("a server address of at least {least} characters"));
    }
    all
}

fn findings(rows: &[CertificateRow], out: &mut impl Write) -> io::Result<()> {
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
        typed: &[],
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
        people: None,
        policy: &answer.policy,
        engine: None,
        build: None,
    };
    for (client, enter) in clients.iter().zip(context.enter) {
        if let Some(enter) = enter {
            writeln!(out)?;
            by_hand(client, Some(enter), &context, out)?;
        }
    }
    Ok(())
}
