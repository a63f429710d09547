//! Apple's agents: neagent and nesessionmanager of OS X, NEIKEv2Provider of macOS and iOS, in
//! `system.log` or the unified log.
//!
//! The words are those of the Notes on IPsec for OS X El Capitan, Table 7 (ldx.ca), and of public logs.

use std::sync::LazyLock;

use super::head;
use super::table::{Detail, Phrase, Table, within};
use crate::diagnose::Sign;
use crate::diagnose::event::{Key, Said, Who, Witness};

static TABLE: LazyLock<Table> = LazyLock::new(|| Table::new(PHRASES));

/// What each phrase says.
const PHRASES: &[Phrase] = &[
    within("failed to query DNS", Sign::NameUnresolved, Detail::None),
    within(
        "Attempt to query DNS failed",
        Sign::NameUnresolved,
        Detail::None,
    ),
    within(
        "ikev2_dns_callback: Error",
        Sign::NameUnresolved,
        Detail::None,
    ),
    within(
        "Failed to process IKE SA Init packet",
        Sign::ClientInitFailed,
        Detail::None,
    ),
    within(
        "Failed to receive IKE SA Init packet",
        Sign::ClientInitSilent,
        Detail::None,
    ),
    within(
        "Failed to create IKE Auth packet",
        Sign::ClientAuthNotBegun,
        Detail::None,
    ),
    within(
        "Failed to process IKE Auth packet",
        Sign::ClientAuthFailed,
        Detail::None,
    ),
    within(
        "Failed to receive IKE Auth packet",
        Sign::ClientAuthSilent,
        Detail::None,
    ),
    within(
        "Failed to process IKE Auth (EAP) packet",
        Sign::ClientEapFailed,
        Detail::None,
    ),
    within(
        "Failed to receive IKE Auth (EAP) packet",
        Sign::ClientAuthSilent,
        Detail::None,
    ),
    within(
        "errSSLPeerCertUnknown",
        Sign::TlsAlertReceived,
        Detail::None,
    ),
    within("errSSLPeerCertExpired", Sign::CertificateTime, Detail::None),
    within(
        "errSSLPeerCertRevoked",
        Sign::CertificateRevoked,
        Detail::None,
    ),
    within("errSSLPeerUnknownCA", Sign::IssuerUnknown, Detail::None),
    within("errSSLXCertChainInvalid", Sign::IssuerUnknown, Detail::None),
    within("errSSLUnknownRootCert", Sign::IssuerUnknown, Detail::None),
    within("errSSLNoRootCert", Sign::IssuerUnknown, Detail::None),
    within("errSSLCertExpired", Sign::CertificateTime, Detail::None),
    within("errSSLCertNotYetValid", Sign::CertificateTime, Detail::None),
    within(
        "errSSLHostNameMismatch",
        Sign::IdentityNotInCertificate,
        Detail::None,
    ),
    within(
        "Error (No Proposal Chosen)",
        Sign::NoProposalReceived,
        Detail::None,
    ),
    within(
        "Error (Authentication Failed)",
        Sign::AuthFailedReceived,
        Detail::None,
    ),
    within(
        "Error (TS Unacceptable)",
        Sign::SelectorsRefusedByPeer,
        Detail::None,
    ),
    within(
        "Error (Internal Address Failure)",
        Sign::NoVirtualIpReceived,
        Detail::None,
    ),
    within(
        "Error (Invalid KE Payload)",
        Sign::GroupFollowed,
        Detail::None,
    ),
    within(
        "Failed to find the VPN app for plugin type",
        Sign::RedHerring,
        Detail::None,
    ),
    within("BUG in libdispatch client", Sign::RedHerring, Detail::None),
    within("SIOCPROTODETACH_IN6", Sign::RedHerring, Detail::None),
    within(
        "nw_interface_create_with_name",
        Sign::RedHerring,
        Detail::None,
    ),
];

/// Programs whose every line is about VPN.
const PROGRAMS: [&str; 6] = [
    "neagent",
    "nesessionmanager",
    "NEIKEv2Provider",
    "NEIKEv2",
    "IKEv2IKESA",
    "IKEv2 Plugin",
];

/// Reads a line; returns whether it is one of Apple's.
pub(super) fn line(line: &str, say: &mut dyn FnMut(Who, Said)) -> bool {
    let found = TABLE.find(line);
    let program = PROGRAMS.into_iter().find(|program| line.contains(program));
    let (sign, detail) = match (found, program) {
        (Some(found), _) => found,
        (None, Some(_)) => (Sign::Other, None),
        (None, None) => return false,
    };
    let process = program.filter(|program| *program != "nesessionmanager");
    let process = process.and_then(|program| process_of(line, program));
    let who = Who {
        witness: Witness::Apple,
        stream: 0,
        key: process.map_or(Key::Open, Key::Serial),
    };
    say(who, Said::Sign(sign, detail.map(ToOwned::to_owned)));
    true
}

/// The process id in `neagent[12599]:`.
fn process_of(line: &str, program: &str) -> Option<u64> {
    let (before, _) = head::program(line, program)?;
    let (_, number) = before.rsplit_once('[')?;
    number.trim_end_matches(']').parse().ok()
}
