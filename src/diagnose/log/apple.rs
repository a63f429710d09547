//! Apple's agents: neagent and nesessionmanager of OS X, NEIKEv2Provider of macOS and iOS, in
//! `system.log` or the unified log.
//!
//! The words are those of the Notes on IPsec for OS X El Capitan, Table 7 (ldx.ca), and of public logs.

use std::sync::LazyLock;

use super::head;
use super::table::{Detail, Phrase, Table, within};
use crate::diagnose::Statement;
use crate::diagnose::event::{AttemptKey, EventKind, Key, Witness};

static TABLE: LazyLock<Table> = LazyLock::new(|| Table::new(PHRASES));

/// What each phrase says.
const PHRASES: &[Phrase] = &[
    within(
        "failed to query DNS",
        Statement::NameUnresolved,
        Detail::None,
    ),
    within(
        "Attempt to query DNS failed",
        Statement::NameUnresolved,
        Detail::None,
    ),
    within(
        "ikev2_dns_callback: Error",
        Statement::NameUnresolved,
        Detail::None,
    ),
    within(
        "Failed to process IKE SA Init packet",
        Statement::ClientInitFailed,
        Detail::None,
    ),
    within(
        "Failed to receive IKE SA Init packet",
        Statement::ClientInitSilent,
        Detail::None,
    ),
    within(
        "Failed to create IKE Auth packet",
        Statement::ClientAuthNotBegun,
        Detail::None,
    ),
    within(
        "Failed to process IKE Auth packet",
        Statement::ClientAuthFailed,
        Detail::None,
    ),
    within(
        "Failed to receive IKE Auth packet",
        Statement::ClientAuthSilent,
        Detail::None,
    ),
    within(
        "Failed to process IKE Auth (EAP) packet",
        Statement::ClientEapFailed,
        Detail::None,
    ),
    within(
        "Failed to receive IKE Auth (EAP) packet",
        Statement::ClientAuthSilent,
        Detail::None,
    ),
    within(
        "errSSLPeerCertUnknown",
        Statement::TlsAlertReceived,
        Detail::None,
    ),
    within(
        "errSSLPeerCertExpired",
        Statement::CertificateTime,
        Detail::None,
    ),
    within(
        "errSSLPeerCertRevoked",
        Statement::CertificateRevoked,
        Detail::None,
    ),
    within(
        "errSSLPeerUnknownCA",
        Statement::IssuerUnknown,
        Detail::None,
    ),
    within(
        "errSSLXCertChainInvalid",
        Statement::IssuerUnknown,
        Detail::None,
    ),
    within(
        "errSSLUnknownRootCert",
        Statement::IssuerUnknown,
        Detail::None,
    ),
    within("errSSLNoRootCert", Statement::IssuerUnknown, Detail::None),
    within(
        "errSSLCertExpired",
        Statement::CertificateTime,
        Detail::None,
    ),
    within(
        "errSSLCertNotYetValid",
        Statement::CertificateTime,
        Detail::None,
    ),
    within(
        "errSSLHostNameMismatch",
        Statement::IdentityNotInCertificate,
        Detail::None,
    ),
    within(
        "Error (No Proposal Chosen)",
        Statement::NoProposalReceived,
        Detail::None,
    ),
    within(
        "Error (Authentication Failed)",
        Statement::AuthFailedReceived,
        Detail::None,
    ),
    within(
        "Error (TS Unacceptable)",
        Statement::SelectorsRefusedByPeer,
        Detail::None,
    ),
    within(
        "Error (Internal Address Failure)",
        Statement::NoVirtualIpReceived,
        Detail::None,
    ),
    within(
        "Error (Invalid KE Payload)",
        Statement::GroupFollowed,
        Detail::None,
    ),
    // The session manager, when a tunnel is taken down.
    within(
        "The VPN server is not responding",
        Statement::ServerSilent,
        Detail::None,
    ),
    within(
        "The VPN server stopped responding",
        Statement::PeerDead,
        Detail::None,
    ),
    within(
        "The VPN session was aborted by the VPN server",
        Statement::ServerEnded,
        Detail::None,
    ),
    within(
        "The VPN protocol negotiation with the VPN server failed",
        Statement::NegotiationFailed,
        Detail::None,
    ),
    within(
        "The VPN credentials are invalid",
        Statement::ClientRefused,
        Detail::None,
    ),
    within(
        "The VPN server hostname could not be resolved",
        Statement::NameUnresolved,
        Detail::None,
    ),
    within(
        "not connected to a network",
        Statement::PortUnreachable,
        Detail::None,
    ),
    within(
        "The VPN client certificate has expired",
        Statement::CertificateTime,
        Detail::None,
    ),
    within(
        "The VPN client certificate is not yet valid",
        Statement::CertificateTime,
        Detail::None,
    ),
    within(
        "The VPN client certificate is missing",
        Statement::NoOwnCertificate,
        Detail::None,
    ),
    within(
        "The VPN server certificate has expired",
        Statement::CertificateTime,
        Detail::None,
    ),
    within(
        "The VPN server certificate is not yet valid",
        Statement::CertificateTime,
        Detail::None,
    ),
    within(
        "The VPN server certificate is invalid",
        Statement::NoTrustedKey,
        Detail::None,
    ),
    within(
        "The VPN shared secret is missing",
        Statement::NoSharedKey,
        Detail::None,
    ),
    within(
        "reason Server is not responding",
        Statement::ServerSilent,
        Detail::None,
    ),
    within(
        "reason Tunnel was terminated by the server",
        Statement::ServerEnded,
        Detail::None,
    ),
    within(
        "reason Authentication failed",
        Statement::ClientRefused,
        Detail::None,
    ),
    within(
        "reason Stop command received",
        Statement::Closed,
        Detail::None,
    ),
    within(
        "status changed to connected",
        Statement::ChildEstablished,
        Detail::None,
    ),
    within(
        "Failed to find the VPN app for plugin type",
        Statement::RedHerring,
        Detail::None,
    ),
    within(
        "BUG in libdispatch client",
        Statement::RedHerring,
        Detail::None,
    ),
    within("SIOCPROTODETACH_IN6", Statement::RedHerring, Detail::None),
    within(
        "nw_interface_create_with_name",
        Statement::RedHerring,
        Detail::None,
    ),
];

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
