//! pluto's messages, in the words of libreswan 3.2x to 5.x.
//!
//! pluto numbers IKE SAs and child SAs in one row (`"s2s" #2: …`); which IKE SA a child belongs to
//! stands in some of its messages only, so it is remembered.

use std::sync::LazyLock;

use rustc_hash::FxHashMap;

use super::head;
use super::table::{Detail, Phrase, Table, starts, within};
use crate::diagnose::Statement;
use crate::diagnose::event::{AttemptKey, EventKind, Key, Witness};

static TABLE: LazyLock<Table> = LazyLock::new(|| Table::new(PHRASES));

/// More SAs than this are not remembered.
const MOST_REMEMBERED: usize = 10_000;

/// What each phrase says.
const PHRASES: &[Phrase] = &[
    starts(
        "initiating IKEv2 connection",
        Statement::Initiating,
        Detail::None,
    ),
    starts(
        "initiating v2 parent SA",
        Statement::Initiating,
        Detail::None,
    ),
    starts(
        "sent IKE_SA_INIT request",
        Statement::Initiating,
        Detail::None,
    ),
    within(
        "sent v2I1, expected v2R1",
        Statement::Initiating,
        Detail::None,
    ),
    starts(
        "processing IKE_SA_INIT request",
        Statement::PeerInitiating,
        Detail::None,
    ),
    within(
        "chosen from remote proposals",
        Statement::PeerInitiating,
        Detail::None,
    ),
    starts(
        "sent IKE_SA_INIT reply",
        Statement::InitAnswered,
        Detail::None,
    ),
    starts(
        "sent IKE_SA_INIT response",
        Statement::InitAnswered,
        Detail::None,
    ),
    starts(
        "processed IKE_SA_INIT response",
        Statement::InitAnswered,
        Detail::None,
    ),
    starts(
        "sent IKE_AUTH request",
        Statement::InitAnswered,
        Detail::None,
    ),
    within(
        "sent v2I2, expected v2R2",
        Statement::InitAnswered,
        Detail::None,
    ),
    starts(
        "processing decrypted IKE_AUTH request",
        Statement::AuthReceived,
        Detail::None,
    ),
    within(
        " retransmission; will wait ",
        Statement::Retransmit,
        Detail::None,
    ),
    within(
        " second timeout exceeded after ",
        Statement::GaveUp,
        Detail::Word,
    ),
    within(
        "max number of retransmissions",
        Statement::GaveUp,
        Detail::None,
    ),
    within(
        "No response (or no acceptable response) to our first IKEv2 message",
        Statement::GaveUp,
        Detail::None,
    ),
    within(
        "no suitable connection found with IKEv2 policy",
        Statement::NoIkeConfig,
        Detail::None,
    ),
    within(
        "but no connection has been authorized",
        Statement::NoIkeConfig,
        Detail::None,
    ),
    within(
        "but no suitable connection found",
        Statement::NoIkeConfig,
        Detail::None,
    ),
    starts(
        "no local proposal matches remote proposals 1:ESP",
        Statement::ChildProposalsRefused,
        Detail::None,
    ),
    starts(
        "no local proposal matches remote proposals ",
        Statement::IkeProposalsRefused,
        Detail::None,
    ),
    within(
        "with unencrypted notification NO_PROPOSAL_CHOSEN",
        Statement::NoProposalSent,
        Detail::None,
    ),
    within(
        "partial list of remote proposals",
        Statement::IkeProposalsRefused,
        Detail::None,
    ),
    within(
        "initiator guessed wrong keying material group",
        Statement::GroupRequested,
        Detail::None,
    ),
    starts(
        "Received unauthenticated INVALID_KE_PAYLOAD response",
        Statement::GroupFollowed,
        Detail::None,
    ),
    starts(
        "Discarding unauthenticated INVALID_KE_PAYLOAD response",
        Statement::GroupRefused,
        Detail::None,
    ),
    within(
        "INVALID_KE_PAYLOAD response to DH",
        Statement::GroupFollowed,
        Detail::None,
    ),
    within(
        "containing NO_PROPOSAL_CHOSEN notification",
        Statement::NoProposalReceived,
        Detail::None,
    ),
    within(
        "v2N_NO_PROPOSAL_CHOSEN - ignored",
        Statement::NoProposalReceived,
        Detail::None,
    ),
    within(
        "received unauthenticated NO_PROPOSAL_CHOSEN",
        Statement::NoProposalReceived,
        Detail::None,
    ),
    within(
        "containing INVALID_KE_PAYLOAD notification",
        Statement::GroupRefused,
        Detail::None,
    ),
    within(
        "containing AUTHENTICATION_FAILED notification",
        Statement::AuthFailedReceived,
        Detail::None,
    ),
    within(
        "containing INVALID_SYNTAX notification",
        Statement::Malformed,
        Detail::None,
    ),
    within(
        "containing TS_UNACCEPTABLE notification",
        Statement::SelectorsRefusedByPeer,
        Detail::None,
    ),
    // Authentication.
    starts(
        "IKE SA authentication request rejected by peer: AUTHENTICATION_FAILED",
        Statement::AuthFailedReceived,
        Detail::None,
    ),
    starts(
        "IKE SA authentication request rejected by peer",
        Statement::AuthFailedReceived,
        Detail::None,
    ),
    within(
        "error notification AUTHENTICATION_FAILED",
        Statement::AuthFailedReceived,
        Detail::None,
    ),
    within(
        "with encrypted notification AUTHENTICATION_FAILED",
        Statement::AuthFailedSent,
        Detail::None,
    ),
    within(
        "PSK AUTH mismatch",
        Statement::SharedKeyDiffers,
        Detail::None,
    ),
    within(
        "computed hash does not match hash received from peer",
        Statement::SharedKeyDiffers,
        Detail::None,
    ),
    within(
        "malformed payload in packet",
        Statement::Malformed,
        Detail::None,
    ),
    within(
        "proposal number was ",
        Statement::SelectionInvalid,
        Detail::None,
    ),
    within(
        "asynchronous network error report on",
        Statement::PortUnreachable,
        Detail::None,
    ),
    within(
        "AUTH mismatch: Received AUTH != computed AUTH",
        Statement::SharedKeyDiffers,
        Detail::None,
    ),
    within(
        "authentication failed: no PSK found for ",
        Statement::NoSharedKey,
        Detail::None,
    ),
    within(
        "no matching PSK found",
        Statement::NoSharedKey,
        Detail::None,
    ),
    within(
        "No matching PSK found",
        Statement::NoSharedKey,
        Detail::None,
    ),
    within(
        "Can't authenticate: no preshared key found",
        Statement::NoSharedKey,
        Detail::None,
    ),
    within(
        "Failed to find our PSK",
        Statement::NoSharedKey,
        Detail::None,
    ),
    within(
        "authentication failed: peer attempted ",
        Statement::MethodRefused,
        Detail::None,
    ),
    within(
        "Auth Method mismatched",
        Statement::MethodRefused,
        Detail::None,
    ),
    within(
        "Peer attempted EAP authentication",
        Statement::EapUnwanted,
        Detail::None,
    ),
    within(
        "authentication failed: method ",
        Statement::MethodRefused,
        Detail::None,
    ),
    within(
        "mismatched on first found connection and no better connection found",
        Statement::NoPeerConfig,
        Detail::None,
    ),
    within(
        "no suitable connection for peer ",
        Statement::NoPeerConfig,
        Detail::Quoted,
    ),
    within(
        "we require IKEv2 peer to have ID ",
        Statement::WrongResponderId,
        Detail::Quoted,
    ),
    within(
        "we require peer to have ID ",
        Statement::WrongResponderId,
        Detail::Quoted,
    ),
    within(
        "No matching subjectAltName found",
        Statement::IdentityNotInCertificate,
        Detail::None,
    ),
    within(
        "does not match ID payload",
        Statement::IdentityNotInCertificate,
        Detail::None,
    ),
    within(
        "certificate subjectAltName extension does not match",
        Statement::IdentityNotInCertificate,
        Detail::None,
    ),
    within(
        "X509: CERT and ID don't match",
        Statement::IdentityNotInCertificate,
        Detail::None,
    ),
    within(
        "no matching sAN",
        Statement::IdentityNotInCertificate,
        Detail::None,
    ),
    within(
        "SEC_ERROR_EXPIRED_CERTIFICATE",
        Statement::CertificateTime,
        Detail::None,
    ),
    within(
        "Peer's Certificate has expired",
        Statement::CertificateTime,
        Detail::None,
    ),
    within(
        "SEC_ERROR_EXPIRED_ISSUER_CERTIFICATE",
        Statement::CertificateTime,
        Detail::None,
    ),
    within(
        "certificate has expired",
        Statement::CertificateTime,
        Detail::None,
    ),
    within(
        "is expired or not yet valid",
        Statement::CertificateTime,
        Detail::None,
    ),
    within(
        "SEC_ERROR_REVOKED_CERTIFICATE",
        Statement::CertificateRevoked,
        Detail::None,
    ),
    within(
        "certificate revoked",
        Statement::CertificateRevoked,
        Detail::None,
    ),
    within(
        "SEC_ERROR_UNKNOWN_ISSUER",
        Statement::IssuerUnknown,
        Detail::None,
    ),
    within(
        "SEC_ERROR_UNTRUSTED_ISSUER",
        Statement::IssuerUnknown,
        Detail::None,
    ),
    within(
        "SEC_ERROR_CA_CERT_INVALID",
        Statement::IssuerUnknown,
        Detail::None,
    ),
    within(
        "SEC_ERROR_INADEQUATE_KEY_USAGE",
        Statement::CertificateUse,
        Detail::None,
    ),
    within(
        "SEC_ERROR_INADEQUATE_CERT_TYPE",
        Statement::CertificateUse,
        Detail::None,
    ),
    within(
        "SEC_ERROR_BAD_SIGNATURE",
        Statement::IssuerUnknown,
        Detail::None,
    ),
    within(
        "no certificate matched",
        Statement::NoTrustedKey,
        Detail::Quoted,
    ),
    within(
        "no EE-cert in chain",
        Statement::NoPeerCertificate,
        Detail::None,
    ),
    within(
        "private key not found",
        Statement::NoPrivateKey,
        Detail::None,
    ),
    within("private key found", Statement::Other, Detail::None),
    within(
        "unable to locate my private key",
        Statement::NoPrivateKey,
        Detail::None,
    ),
    within("Failed to find our", Statement::NoPrivateKey, Detail::None),
    within(
        "not found in the NSS database",
        Statement::NoOwnCertificate,
        Detail::Quoted,
    ),
    within(
        "no private key matching",
        Statement::NoPrivateKey,
        Detail::None,
    ),
    within(
        "failed to find private key",
        Statement::NoPrivateKey,
        Detail::None,
    ),
    within("ppk=insist", Statement::MethodRefused, Detail::None),
    within(
        "connection requires PPK",
        Statement::MethodRefused,
        Detail::None,
    ),
    within(
        "missing payloads: AUTH",
        Statement::MethodRefused,
        Detail::None,
    ),
    within(
        "Digital Signature authentication using",
        Statement::Other,
        Detail::None,
    ),
    within(
        "failed to match authenticator",
        Statement::IntegrityFailed,
        Detail::None,
    ),
    within(
        "signature check for '",
        Statement::SignatureInvalid,
        Detail::None,
    ),
    within("EAP AUTH failed", Statement::EapMethodFailed, Detail::None),
    // The child SA.
    within(
        "established IKE SA",
        Statement::IkeEstablished,
        Detail::None,
    ),
    within(
        "established Child SA",
        Statement::ChildEstablished,
        Detail::None,
    ),
    within(
        "IPsec SA established",
        Statement::ChildEstablished,
        Detail::None,
    ),
    within(
        "negotiated connection [",
        Statement::ChildEstablished,
        Detail::None,
    ),
    within(
        "No IKEv2 connection found with compatible Traffic Selectors",
        Statement::SelectorsRefused,
        Detail::None,
    ),
    within(
        "with encrypted notification TS_UNACCEPTABLE",
        Statement::SelectorsRefused,
        Detail::None,
    ),
    within(
        "error notification TS_UNACCEPTABLE",
        Statement::SelectorsRefusedByPeer,
        Detail::None,
    ),
    within(
        "rejected Child SA with TS_UNACCEPTABLE",
        Statement::SelectorsRefusedByPeer,
        Detail::None,
    ),
    within(
        "CHILD SA error notification 'TS_UNACCEPTABLE'",
        Statement::SelectorsRefusedByPeer,
        Detail::None,
    ),
    within(
        "error notification NO_PROPOSAL_CHOSEN",
        Statement::ChildNoProposalReceived,
        Detail::None,
    ),
    within(
        "rejected Child SA with NO_PROPOSAL_CHOSEN",
        Statement::ChildNoProposalReceived,
        Detail::None,
    ),
    within(
        "CHILD SA error notification 'NO_PROPOSAL_CHOSEN'",
        Statement::ChildNoProposalReceived,
        Detail::None,
    ),
    within(
        "with encrypted notification NO_PROPOSAL_CHOSEN",
        Statement::ChildProposalsRefused,
        Detail::None,
    ),
    within(
        "responder SA processing returned NO_PROPOSAL_CHOSEN",
        Statement::ChildProposalsRefused,
        Detail::None,
    ),
    within(
        "lease_an_address failure",
        Statement::PoolFull,
        Detail::None,
    ),
    within(
        "INTERNAL_ADDRESS_FAILURE",
        Statement::NoVirtualIp,
        Detail::None,
    ),
    within(
        "ERROR: netlink response for ",
        Statement::KernelRefused,
        Detail::None,
    ),
    within(
        "netlink response for Add SA",
        Statement::KernelRefused,
        Detail::None,
    ),
    // Afterwards.
    within(
        "initiating rekey to replace IKE SA",
        Statement::RekeyingIke,
        Detail::None,
    ),
    within(
        "initiating rekey to replace Child SA",
        Statement::RekeyingChild,
        Detail::None,
    ),
    within("rekeyed Child SA", Statement::ChildRekeyed, Detail::None),
    within("rekeyed IKE SA", Statement::IkeRekeyed, Detail::None),
    within("liveness action", Statement::PeerDead, Detail::None),
    within(
        "peer has not responded in",
        Statement::PeerDead,
        Detail::None,
    ),
    within("DPD action", Statement::PeerDead, Detail::None),
    starts("deleting IKE SA", Statement::Closed, Detail::None),
    starts(
        "received Delete SA payload",
        Statement::Closed,
        Detail::None,
    ),
    within("initiating IKEv1", Statement::VersionOne, Detail::None),
    within("initiating Main Mode", Statement::VersionOne, Detail::None),
    starts("Starting Pluto", Statement::Restarted, Detail::None),
];

/// Remembers which SAs belong together.
#[derive(Debug, Default)]
pub(super) struct Reader {
    /// IKE SA of each SA, by stream and number.
    parents: FxHashMap<(u64, u64), u64>,
    /// Last IKE SA of each connection, by stream and name.
    latest: FxHashMap<(u64, Box<str>), u64>,
}

impl Reader {
    /// Reads a line; returns whether it is one of pluto's.
    pub(super) fn line(&mut self, line: &str, say: &mut dyn FnMut(AttemptKey, EventKind)) -> bool {
        let attempt_key = |stream, key| AttemptKey {
            witness: Witness::Pluto,
            stream,
            key,
        };
        let statement = |message: &str| {
            let found = TABLE.find(message);
            let (statement, detail) = found.unwrap_or((Statement::Other, None));
            EventKind::Statement(statement, detail.map(ToOwned::to_owned))
        };
        if let Some(read) = numbered(line) {
            let stream = head::stream(read.prefix);
            let kind = statement(read.message);
            let known = self.parents.contains_key(&(stream, read.number));
            let serial = self.parent(stream, &read, &kind);
            let attempt_key = attempt_key(stream, Key::Serial(serial));
            if let (false, Some(peer)) = (known, read.peer) {
                say(
                    attempt_key,
                    EventKind::Statement(Statement::PeerNamed, Some(peer.to_owned())),
                );
            }
            say(attempt_key, kind);
            return true;
        }
        if let Some(place) = line.find("packet from ") {
            let (prefix, rest) = line.split_at(place);
            let rest = &rest["packet from ".len()..];
            if let Some((endpoint, message)) = rest.split_once(": ") {
                let address = endpoint
                    .rsplit_once(':')
                    .map_or(endpoint, |(address, _)| address);
                if address.parse::<std::net::IpAddr>().is_ok() {
                    let kind = match statement(message) {
                        EventKind::Statement(statement, None) => {
                            EventKind::Statement(statement, Some(address.to_owned()))
                        }
                        kind => kind,
                    };
                    say(attempt_key(head::stream(prefix), Key::Open), kind);
                    return true;
                }
            }
        }
        const PLAIN: &[&str] = &[
            "FIPS mode disabled for pluto daemon",
            "Starting Pluto (Libreswan",
        ];
        let Some((before, message)) = head::program(line, "pluto") else {
            let plain = PLAIN.iter().any(|words| line.contains(words));
            if plain {
                say(
                    attempt_key(0, Key::Open),
                    EventKind::Statement(Statement::Other, None),
                );
            }
            return plain;
        };
        say(
            attempt_key(head::stream(before), Key::Open),
            statement(message),
        );
        true
    }

    /// The IKE SA that a line is about.
    fn parent(&mut self, stream: u64, read: &Numbered<'_>, kind: &EventKind) -> u64 {
        if self.parents.len() > MOST_REMEMBERED || self.latest.len() > MOST_REMEMBERED {
            self.parents.clear();
            self.latest.clear();
        }
        if let Some(parent) = self.parents.get(&(stream, read.number)) {
            return *parent;
        }
        let begins = matches!(
            kind,
            EventKind::Statement(
                Statement::Initiating
                    | Statement::PeerInitiating
                    | Statement::InitAnswered
                    | Statement::IkeProposalsRefused
                    | Statement::GroupRequested
                    | Statement::RekeyingIke,
                _
            )
        ) && !read.message.contains("ESP");
        let name = (stream, Box::from(read.name));
        let named = parent_in(read.message).filter(|number| *number != read.number);
        let parent = match (named, begins) {
            (Some(named), _) => *self.parents.get(&(stream, named)).unwrap_or(&named),
            (None, true) => read.number,
            (None, false) => self.latest.get(&name).copied().unwrap_or(read.number),
        };
        if parent == read.number {
            self.latest.insert(name, parent);
        }
        self.parents.insert((stream, read.number), parent);
        parent
    }
}

/// `#1` behind words that say that it is the IKE SA of this one.
fn parent_in(message: &str) -> Option<u64> {
    let behind = ["using IKE SA #", "using #", "replace IKE SA #"]
        .iter()
        .find_map(|words| message.split_once(words))?
        .1;
    let digits = behind
        .find(|c: char| !c.is_ascii_digit())
        .unwrap_or(behind.len());
    behind[..digits].parse().ok()
}

/// A line about an SA with a number.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
struct Numbered<'l> {
    prefix: &'l str,
    name: &'l str,
    peer: Option<&'l str>,
    number: u64,
    message: &'l str,
}

/// Takes `"name"[2] 192.0.2.7 #3: message` apart.
fn numbered(line: &str) -> Option<Numbered<'_>> {
    let mut from = 0;
    loop {
        let open = from + line[from..].find('"')?;
        from = open + 1;
        let (name, rest) = line[from..].split_once('"')?;
        if let Some((peer, number, message)) = number(rest) {
            return Some(Numbered {
                prefix: &line[..open],
                name,
                peer,
                number,
                message,
            });
        }
    }
}

fn number(rest: &str) -> Option<(Option<&str>, u64, &str)> {
    let (head, message) = rest.split_once(": ")?;
    let (instance, number) = head.rsplit_once('#')?;
    let digits = number
        .find(|c: char| !c.is_ascii_digit())
        .unwrap_or(number.len());
    let peer = instance.split_whitespace().next_back();
    let peer = peer.map(|word| word.trim_start_matches("..."));
    let peer = peer.filter(|word| word.parse::<std::net::IpAddr>().is_ok());
    let plain = instance.trim().is_empty() || instance.starts_with(['[', ' ']);
    plain.then_some(())?;
    Some((peer, number[..digits].parse().ok()?, message))
}
