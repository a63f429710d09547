//! pluto's messages, in the words of libreswan 3.2x to 5.x.
//!
//! pluto numbers IKE SAs and child SAs in one row (`"s2s" #2: …`); which IKE SA a child belongs to
//! stands in some of its messages only, so it is remembered.

use std::sync::LazyLock;

use rustc_hash::FxHashMap;

use super::head;
use super::table::{Detail, Phrase, Table, starts, within};
use crate::diagnose::Sign;
use crate::diagnose::event::{Key, Said, Who, Witness};

static TABLE: LazyLock<Table> = LazyLock::new(|| Table::new(PHRASES));

/// More SAs than this are not remembered.
const MOST_REMEMBERED: usize = 10_000;

/// What each phrase says.
const PHRASES: &[Phrase] = &[
    starts(
        "initiating IKEv2 connection",
        Sign::Initiating,
        Detail::None,
    ),
    starts("initiating v2 parent SA", Sign::Initiating, Detail::None),
    starts("sent IKE_SA_INIT request", Sign::Initiating, Detail::None),
    within("sent v2I1, expected v2R1", Sign::Initiating, Detail::None),
    starts(
        "processing IKE_SA_INIT request",
        Sign::PeerInitiating,
        Detail::None,
    ),
    within(
        "chosen from remote proposals",
        Sign::PeerInitiating,
        Detail::None,
    ),
    starts("sent IKE_SA_INIT reply", Sign::InitAnswered, Detail::None),
    starts(
        "sent IKE_SA_INIT response",
        Sign::InitAnswered,
        Detail::None,
    ),
    starts(
        "processed IKE_SA_INIT response",
        Sign::InitAnswered,
        Detail::None,
    ),
    starts("sent IKE_AUTH request", Sign::InitAnswered, Detail::None),
    within("sent v2I2, expected v2R2", Sign::InitAnswered, Detail::None),
    starts(
        "processing decrypted IKE_AUTH request",
        Sign::AuthReceived,
        Detail::None,
    ),
    within(
        " retransmission; will wait ",
        Sign::Retransmit,
        Detail::None,
    ),
    within(
        " second timeout exceeded after ",
        Sign::GaveUp,
        Detail::Word,
    ),
    within("max number of retransmissions", Sign::GaveUp, Detail::None),
    within(
        "No response (or no acceptable response) to our first IKEv2 message",
        Sign::GaveUp,
        Detail::None,
    ),
    within(
        "no suitable connection found with IKEv2 policy",
        Sign::NoIkeConfig,
        Detail::None,
    ),
    within(
        "but no connection has been authorized",
        Sign::NoIkeConfig,
        Detail::None,
    ),
    within(
        "but no suitable connection found",
        Sign::NoIkeConfig,
        Detail::None,
    ),
    starts(
        "no local proposal matches remote proposals 1:ESP",
        Sign::ChildProposalsRefused,
        Detail::None,
    ),
    starts(
        "no local proposal matches remote proposals ",
        Sign::IkeProposalsRefused,
        Detail::None,
    ),
    within(
        "with unencrypted notification NO_PROPOSAL_CHOSEN",
        Sign::NoProposalSent,
        Detail::None,
    ),
    within(
        "partial list of remote proposals",
        Sign::IkeProposalsRefused,
        Detail::None,
    ),
    within(
        "initiator guessed wrong keying material group",
        Sign::GroupRequested,
        Detail::None,
    ),
    starts(
        "Received unauthenticated INVALID_KE_PAYLOAD response",
        Sign::GroupFollowed,
        Detail::None,
    ),
    starts(
        "Discarding unauthenticated INVALID_KE_PAYLOAD response",
        Sign::GroupRefused,
        Detail::None,
    ),
    within(
        "INVALID_KE_PAYLOAD response to DH",
        Sign::GroupFollowed,
        Detail::None,
    ),
    within(
        "containing NO_PROPOSAL_CHOSEN notification",
        Sign::NoProposalReceived,
        Detail::None,
    ),
    within(
        "v2N_NO_PROPOSAL_CHOSEN - ignored",
        Sign::NoProposalReceived,
        Detail::None,
    ),
    within(
        "received unauthenticated NO_PROPOSAL_CHOSEN",
        Sign::NoProposalReceived,
        Detail::None,
    ),
    within(
        "containing INVALID_KE_PAYLOAD notification",
        Sign::GroupRefused,
        Detail::None,
    ),
    within(
        "containing AUTHENTICATION_FAILED notification",
        Sign::AuthFailedReceived,
        Detail::None,
    ),
    within(
        "containing INVALID_SYNTAX notification",
        Sign::Malformed,
        Detail::None,
    ),
    within(
        "containing TS_UNACCEPTABLE notification",
        Sign::SelectorsRefusedByPeer,
        Detail::None,
    ),
    // Authentication.
    starts(
        "IKE SA authentication request rejected by peer: AUTHENTICATION_FAILED",
        Sign::AuthFailedReceived,
        Detail::None,
    ),
    starts(
        "IKE SA authentication request rejected by peer",
        Sign::AuthFailedReceived,
        Detail::None,
    ),
    within(
        "error notification AUTHENTICATION_FAILED",
        Sign::AuthFailedReceived,
        Detail::None,
    ),
    within(
        "with encrypted notification AUTHENTICATION_FAILED",
        Sign::AuthFailedSent,
        Detail::None,
    ),
    within("PSK AUTH mismatch", Sign::SharedKeyDiffers, Detail::None),
    within(
        "computed hash does not match hash received from peer",
        Sign::SharedKeyDiffers,
        Detail::None,
    ),
    within("malformed payload in packet", Sign::Malformed, Detail::None),
    within("proposal number was ", Sign::SelectionInvalid, Detail::None),
    within(
        "asynchronous network error report on",
        Sign::PortUnreachable,
        Detail::None,
    ),
    within(
        "AUTH mismatch: Received AUTH != computed AUTH",
        Sign::SharedKeyDiffers,
        Detail::None,
    ),
    within(
        "authentication failed: no PSK found for ",
        Sign::NoSharedKey,
        Detail::None,
    ),
    within("no matching PSK found", Sign::NoSharedKey, Detail::None),
    within("No matching PSK found", Sign::NoSharedKey, Detail::None),
    within(
        "Can't authenticate: no preshared key found",
        Sign::NoSharedKey,
        Detail::None,
    ),
    within("Failed to find our PSK", Sign::NoSharedKey, Detail::None),
    within(
        "authentication failed: peer attempted ",
        Sign::MethodRefused,
        Detail::None,
    ),
    within("Auth Method mismatched", Sign::MethodRefused, Detail::None),
    within(
        "Peer attempted EAP authentication",
        Sign::EapUnwanted,
        Detail::None,
    ),
    within(
        "authentication failed: method ",
        Sign::MethodRefused,
        Detail::None,
    ),
    within(
        "mismatched on first found connection and no better connection found",
        Sign::NoPeerConfig,
        Detail::None,
    ),
    within(
        "no suitable connection for peer ",
        Sign::NoPeerConfig,
        Detail::Quoted,
    ),
    within(
        "we require IKEv2 peer to have ID ",
        Sign::WrongResponderId,
        Detail::Quoted,
    ),
    within(
        "we require peer to have ID ",
        Sign::WrongResponderId,
        Detail::Quoted,
    ),
    within(
        "No matching subjectAltName found",
        Sign::IdentityNotInCertificate,
        Detail::None,
    ),
    within(
        "does not match ID payload",
        Sign::IdentityNotInCertificate,
        Detail::None,
    ),
    within(
        "certificate subjectAltName extension does not match",
        Sign::IdentityNotInCertificate,
        Detail::None,
    ),
    within(
        "X509: CERT and ID don't match",
        Sign::IdentityNotInCertificate,
        Detail::None,
    ),
    within(
        "no matching sAN",
        Sign::IdentityNotInCertificate,
        Detail::None,
    ),
    within(
        "SEC_ERROR_EXPIRED_CERTIFICATE",
        Sign::CertificateTime,
        Detail::None,
    ),
    within(
        "Peer's Certificate has expired",
        Sign::CertificateTime,
        Detail::None,
    ),
    within(
        "SEC_ERROR_EXPIRED_ISSUER_CERTIFICATE",
        Sign::CertificateTime,
        Detail::None,
    ),
    within(
        "certificate has expired",
        Sign::CertificateTime,
        Detail::None,
    ),
    within(
        "is expired or not yet valid",
        Sign::CertificateTime,
        Detail::None,
    ),
    within(
        "SEC_ERROR_REVOKED_CERTIFICATE",
        Sign::CertificateRevoked,
        Detail::None,
    ),
    within(
        "certificate revoked",
        Sign::CertificateRevoked,
        Detail::None,
    ),
    within(
        "SEC_ERROR_UNKNOWN_ISSUER",
        Sign::IssuerUnknown,
        Detail::None,
    ),
    within(
        "SEC_ERROR_UNTRUSTED_ISSUER",
        Sign::IssuerUnknown,
        Detail::None,
    ),
    within(
        "SEC_ERROR_CA_CERT_INVALID",
        Sign::IssuerUnknown,
        Detail::None,
    ),
    within(
        "SEC_ERROR_INADEQUATE_KEY_USAGE",
        Sign::CertificateUse,
        Detail::None,
    ),
    within(
        "SEC_ERROR_INADEQUATE_CERT_TYPE",
        Sign::CertificateUse,
        Detail::None,
    ),
    within("SEC_ERROR_BAD_SIGNATURE", Sign::IssuerUnknown, Detail::None),
    within("no certificate matched", Sign::NoTrustedKey, Detail::Quoted),
    within("no EE-cert in chain", Sign::NoPeerCertificate, Detail::None),
    within("private key not found", Sign::NoPrivateKey, Detail::None),
    within("private key found", Sign::Other, Detail::None),
    within(
        "unable to locate my private key",
        Sign::NoPrivateKey,
        Detail::None,
    ),
    within("Failed to find our", Sign::NoPrivateKey, Detail::None),
    within(
        "not found in the NSS database",
        Sign::NoOwnCertificate,
        Detail::Quoted,
    ),
    within("no private key matching", Sign::NoPrivateKey, Detail::None),
    within(
        "failed to find private key",
        Sign::NoPrivateKey,
        Detail::None,
    ),
    within("ppk=insist", Sign::MethodRefused, Detail::None),
    within("connection requires PPK", Sign::MethodRefused, Detail::None),
    within("missing payloads: AUTH", Sign::MethodRefused, Detail::None),
    within(
        "Digital Signature authentication using",
        Sign::Other,
        Detail::None,
    ),
    within(
        "failed to match authenticator",
        Sign::IntegrityFailed,
        Detail::None,
    ),
    within(
        "signature check for '",
        Sign::SignatureInvalid,
        Detail::None,
    ),
    within("EAP AUTH failed", Sign::EapMethodFailed, Detail::None),
    // The child SA.
    within("established IKE SA", Sign::IkeEstablished, Detail::None),
    within("established Child SA", Sign::ChildEstablished, Detail::None),
    within("IPsec SA established", Sign::ChildEstablished, Detail::None),
    within(
        "negotiated connection [",
        Sign::ChildEstablished,
        Detail::None,
    ),
    within(
        "No IKEv2 connection found with compatible Traffic Selectors",
        Sign::SelectorsRefused,
        Detail::None,
    ),
    within(
        "with encrypted notification TS_UNACCEPTABLE",
        Sign::SelectorsRefused,
        Detail::None,
    ),
    within(
        "error notification TS_UNACCEPTABLE",
        Sign::SelectorsRefusedByPeer,
        Detail::None,
    ),
    within(
        "rejected Child SA with TS_UNACCEPTABLE",
        Sign::SelectorsRefusedByPeer,
        Detail::None,
    ),
    within(
        "CHILD SA error notification 'TS_UNACCEPTABLE'",
        Sign::SelectorsRefusedByPeer,
        Detail::None,
    ),
    within(
        "error notification NO_PROPOSAL_CHOSEN",
        Sign::ChildNoProposalReceived,
        Detail::None,
    ),
    within(
        "rejected Child SA with NO_PROPOSAL_CHOSEN",
        Sign::ChildNoProposalReceived,
        Detail::None,
    ),
    within(
        "CHILD SA error notification 'NO_PROPOSAL_CHOSEN'",
        Sign::ChildNoProposalReceived,
        Detail::None,
    ),
    within(
        "with encrypted notification NO_PROPOSAL_CHOSEN",
        Sign::ChildProposalsRefused,
        Detail::None,
    ),
    within(
        "responder SA processing returned NO_PROPOSAL_CHOSEN",
        Sign::ChildProposalsRefused,
        Detail::None,
    ),
    within("lease_an_address failure", Sign::PoolFull, Detail::None),
    within("INTERNAL_ADDRESS_FAILURE", Sign::NoVirtualIp, Detail::None),
    within(
        "ERROR: netlink response for ",
        Sign::KernelRefused,
        Detail::None,
    ),
    within(
        "netlink response for Add SA",
        Sign::KernelRefused,
        Detail::None,
    ),
    // Afterwards.
    within(
        "initiating rekey to replace IKE SA",
        Sign::RekeyingIke,
        Detail::None,
    ),
    within(
        "initiating rekey to replace Child SA",
        Sign::RekeyingChild,
        Detail::None,
    ),
    within("rekeyed Child SA", Sign::ChildRekeyed, Detail::None),
    within("rekeyed IKE SA", Sign::IkeRekeyed, Detail::None),
    within("liveness action", Sign::PeerDead, Detail::None),
    within("peer has not responded in", Sign::PeerDead, Detail::None),
    within("DPD action", Sign::PeerDead, Detail::None),
    starts("deleting IKE SA", Sign::Closed, Detail::None),
    starts("received Delete SA payload", Sign::Closed, Detail::None),
    within("initiating IKEv1", Sign::VersionOne, Detail::None),
    within("initiating Main Mode", Sign::VersionOne, Detail::None),
    starts("Starting Pluto", Sign::Restarted, Detail::None),
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
    pub(super) fn line(&mut self, line: &str, say: &mut dyn FnMut(Who, Said)) -> bool {
        let who = |stream, key| Who {
            witness: Witness::Pluto,
            stream,
            key,
        };
        let sign = |message: &str| {
            let found = TABLE.find(message);
            let (sign, detail) = found.unwrap_or((Sign::Other, None));
            Said::Sign(sign, detail.map(ToOwned::to_owned))
        };
        if let Some(read) = numbered(line) {
            let stream = head::stream(read.prefix);
            let said = sign(read.message);
            let known = self.parents.contains_key(&(stream, read.number));
            let serial = self.parent(stream, &read, &said);
            let who = who(stream, Key::Serial(serial));
            if let (false, Some(peer)) = (known, read.peer) {
                say(who, Said::Sign(Sign::PeerNamed, Some(peer.to_owned())));
            }
            say(who, said);
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
                    let said = match sign(message) {
                        Said::Sign(sign, None) => Said::Sign(sign, Some(address.to_owned())),
                        said => said,
                    };
                    say(who(head::stream(prefix), Key::Open), said);
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
                say(who(0, Key::Open), Said::Sign(Sign::Other, None));
            }
            return plain;
        };
        say(who(head::stream(before), Key::Open), sign(message));
        true
    }

    /// The IKE SA that a line is about.
    fn parent(&mut self, stream: u64, read: &Numbered<'_>, said: &Said) -> u64 {
        if self.parents.len() > MOST_REMEMBERED || self.latest.len() > MOST_REMEMBERED {
            self.parents.clear();
            self.latest.clear();
        }
        if let Some(parent) = self.parents.get(&(stream, read.number)) {
            return *parent;
        }
        let begins = matches!(
            said,
            Said::Sign(
                Sign::Initiating
                    | Sign::PeerInitiating
                    | Sign::InitAnswered
                    | Sign::IkeProposalsRefused
                    | Sign::GroupRequested
                    | Sign::RekeyingIke,
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
