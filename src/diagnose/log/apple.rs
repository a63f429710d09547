//! Apple's agents: neagent and nesessionmanager of OS X, NEIKEv2Provider of macOS and iOS, in
//! `system.log` or the unified log.
//!
//! The words are those of the Notes on IPsec for OS X El Capitan, Table 7 (ldx.ca), and of public logs.

use std::sync::LazyLock;

use super::head;
use super::table::Table;
use crate::diagnose::Statement;
use crate::diagnose::event::{AttemptKey, EventKind, Key, Witness};

static TABLE: LazyLock<Table> = LazyLock::new(|| Table::parse(PHRASES));

/// What each phrase says.
pub(super) const PHRASES: &str = include_str!("apple/phrases.txt");

/// Programs whose every line is about VPN.
const PROGRAMS: [&str; 7] = [
    "neagent",
    "nesessionmanager",
    "NEVPNConnectionErrorDomain",
    "NEIKEv2Provider",
    "NEIKEv2",
    "IKEv2IKESA",
    "IKEv2 Plugin",
];

/// Reads a line; returns whether it is one of Apple's.
pub(super) fn line(line: &str, say: &mut dyn FnMut(AttemptKey, EventKind)) -> bool {
    let found = code(line)
        .map(|statement| (statement, None))
        .or_else(|| TABLE.find(line));
    let program = PROGRAMS.into_iter().find(|program| line.contains(program));
    // The session manager carries tunnels of other programs, too.
    let found = found.filter(|_| !is_of_another(line));
    let (statement, detail) = match (found, program) {
        (Some(found), _) => found,
        (None, Some(_)) if is_of_another(line) => (Statement::OtherTunnel, None),
        (None, Some(_)) => (Statement::Other, None),
        (None, None) => return false,
    };
    let process = program.filter(|program| *program != "nesessionmanager");
    let process = process.and_then(|program| process_of(line, program));
    let attempt_key = AttemptKey {
        witness: Witness::Apple,
        stream: 0,
        key: process.map_or(Key::Open, Key::Serial),
    };
    say(
        attempt_key,
        EventKind::Statement(statement, detail.map(ToOwned::to_owned)),
    );
    true
}

/// Whether a line is about a tunnel of another program or protocol.
fn is_of_another(line: &str) -> bool {
    const OTHERS: [&str; 6] = [
        "NESMVPNSession[",
        "NESMLegacySession[",
        "NESMTransparentProxySession[",
        "NESMFilterSession[",
        "NETunnelProvider",
        "NEVPNConnectionErrorDomainIPSec",
    ];
    OTHERS.iter().any(|name| line.contains(name)) && !line.contains("IKEv2")
}

/// What the domain and number of an error say: those of `NEVPNConnection.h`, and those of IKEv2's provider that
/// logs show with what had happened.
fn code(line: &str) -> Option<Statement> {
    let (_, rest) = line.split_once("Domain=")?;
    let (domain, rest) = rest.split_once(" Code=")?;
    let digits = rest
        .find(|c: char| !c.is_ascii_digit())
        .unwrap_or(rest.len());
    Some(match (domain.trim(), &rest[..digits]) {
        ("NEVPNConnectionErrorDomain", "2") => Statement::PortUnreachable,
        ("NEVPNConnectionErrorDomain", "5") => Statement::NameUnresolved,
        ("NEVPNConnectionErrorDomain", "6") => Statement::ServerSilent,
        ("NEVPNConnectionErrorDomain", "7") => Statement::PeerDead,
        ("NEVPNConnectionErrorDomain", "8") => Statement::ClientRefused,
        ("NEVPNConnectionErrorDomain", "10" | "11" | "18" | "19") => Statement::CertificateTime,
        ("NEVPNConnectionErrorDomain", "15") => Statement::NegotiationFailed,
        ("NEVPNConnectionErrorDomain", "16") => Statement::ServerEnded,
        ("NEVPNConnectionErrorDomain", "17") => Statement::NoTrustedKey,
        ("NEVPNConnectionErrorDomainPlugin", "20") => Statement::ServerSilent,
        ("NEVPNConnectionErrorDomainPlugin", "21") => Statement::ServerEnded,
        ("IKEv2ProviderDisconnectionErrorDomain", "3") => Statement::ClientRefused,
        _ => return None,
    })
}

/// The process id in `neagent[12599]:`.
fn process_of(line: &str, program: &str) -> Option<u64> {
    let (before, _) = head::program(line, program)?;
    let (_, number) = before.rsplit_once('[')?;
    number.trim_end_matches(']').parse().ok()
}
