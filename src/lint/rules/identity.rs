//! Names that do not belong together.

use std::net::IpAddr;

use crate::diag::{Severity, Span};
use crate::lint::rules::RuleFile;
use crate::lint::{Findings, LintSubject, Rule};
use crate::peer::Connection;

/// What `ikecompat explain identity-contradicts-address` says.
pub(super) const IDENTITY_CONTRADICTS_ADDRESS: Rule = Rule {
    name: "identity-contradicts-address",
    severity: Severity::Warning,
    documentation: "The name that clients dial and the name that the server proves contradict each other.\n\n\
        Windows holds the server's certificate against the address that is dialled (error 13801); \
        Apple's clients hold it against the Remote ID that is entered. If the two differ, one \
        certificate must carry both names as subjectAltName.\n\n\
        Use one name for both.",
};

/// The row of the table of rules.
pub(super) const FILE: RuleFile = RuleFile {
    rules: &[IDENTITY_CONTRADICTS_ADDRESS],
    check,
};

/// [`IDENTITY_CONTRADICTS_ADDRESS`].
fn check(subject: &LintSubject<'_>, found: &mut Findings) {
    let server = subject.server;
    if let (Some(address), Some(id)) = (&server.address, &server.remote_id)
        && contradict(address, id)
    {
        let message = format!("clients dial `{address}`, and the server proves that it is `{id}`");
        let span = line_of(subject, "remote");
        found.push(
            IDENTITY_CONTRADICTS_ADDRESS
                .finding(message)
                .at(span.as_ref())
                .note("Windows holds the certificate against the address, Apple's clients against the Remote ID")
                .help("use one name, or have both names in the certificate as subjectAltName"),
        );
    }
    for (number, connection) in subject.for_clients() {
        let Some(id) = &connection.local.id else {
            continue;
        };
        let addresses = &connection.local.addresses;
        let all =
            !addresses.is_empty() && addresses.iter().all(|a| contradict(&a.value, &id.value));
        if all && settled(connection) {
            let address = &addresses[0];
            let message = format!(
                "the server is reached at `{}`, and proves that it is `{}`",
                address.value,
                bare(&id.value)
            );
            found.push(
                IDENTITY_CONTRADICTS_ADDRESS
                    .finding(message)
                    .about(number)
                    .at(Some(&id.span))
                    .with(Some(&address.span), "the address")
                    .help("use one name, or have both names in the certificate as subjectAltName"),
            );
        }
    }
}

/// An identity without the word that says what it is.
fn bare(id: &str) -> &str {
    let id = id.trim_start_matches(['@', '%']);
    let kinds = ["fqdn:", "ipv4:", "ipv6:", "dns:"];
    kinds
        .iter()
        .find_map(|kind| id.strip_prefix(kind))
        .unwrap_or(id)
}

/// Whether both are host names, or both addresses, and differ. A name and an address may well
/// belong together.
fn contradict(address: &str, id: &str) -> bool {
    let (address, id) = (bare(address.trim()), bare(id.trim()));
    let ip = |text: &str| text.parse::<IpAddr>().ok();
    match (ip(address), ip(id)) {
        (Some(address), Some(id)) => address != id && address.is_ipv4() == id.is_ipv4(),
        (None, None) => is_name(address) && is_name(id) && !address.eq_ignore_ascii_case(id),
        _ => false,
    }
}

/// Whether the text is a host name with a dot, without wildcards.
fn is_name(text: &str) -> bool {
    let inner = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '.';
    text.contains('.') && text.chars().all(inner)
}

/// Whether no NAT can stand before the server: its addresses are not private ones.
fn settled(connection: &Connection) -> bool {
    let private = |text: &str| match text.parse::<IpAddr>() {
        Ok(IpAddr::V4(ip)) => ip.is_private() || ip.is_link_local() || ip.is_loopback(),
        Ok(IpAddr::V6(ip)) => ip.is_unique_local() || ip.is_loopback(),
        Err(_) => false,
    };
    let addresses = connection.local.addresses.iter();
    !addresses.map(|a| a.value.as_str()).any(private)
}

/// The first line that begins with a key.
fn line_of(subject: &LintSubject<'_>, key: &str) -> Option<Span> {
    let text = subject.sources.text(subject.file);
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        let content = line.trim();
        if content.starts_with(key) {
            let begin = start + (line.len() - line.trim_start().len());
            return Some(Span::new(subject.file, begin..begin + content.len()));
        }
        start += line.len();
    }
    None
}
