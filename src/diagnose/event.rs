//! What one line of a log, or one packet of a capture, says.
//!
//! Every reader of logs and captures produces these, and knows nothing of what follows from them:
//! that is for [`super::judge`]. Both ends of a tunnel, and a capture between them, can be mixed.

use std::net::IpAddr;
use std::time::Duration;

use super::Statement;
use crate::ike::{Notify, Proposal, Transform, TransformType};
use crate::wire::Malformed;
use crate::wire::capture::Refused;

pub(crate) use crate::wire::Exchange;

/// One thing that was said, and what is needed to tell whom it is about.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Event {
    /// Number of the line or of the packet, from 1.
    pub at: u64,
    /// When, since any beginning; only differences count.
    pub time: Option<Duration>,
    /// The line, or a packet in words, as it is quoted. Secrets are masked when it is kept.
    pub text: String,
    /// Whom it is about.
    pub attempt_key: AttemptKey,
    /// What was said.
    pub kind: EventKind,
}

/// Who wrote it.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum Witness {
    /// strongSwan's charon, on whatever system, the Android app included.
    Charon,
    /// libreswan's pluto.
    Pluto,
    /// Apple's agents: neagent, nesessionmanager, NEIKEv2Provider.
    Apple,
    /// Windows' remote access client.
    Windows,
    /// Windows' remote access server.
    Rras,
    /// Android's own IKE library.
    Android,
    /// FortiGate.
    FortiGate,
    /// ASA, IOS and IOS XE of Cisco.
    Cisco,
    /// Site-to-Site VPN of AWS.
    Aws,
    /// OpenBSD's iked.
    OpenIked,
    /// RouterOS of MikroTik.
    MikroTik,
    /// PAN-OS of Palo Alto Networks.
    PaloAlto,
    /// kmd and iked of Junos.
    Junos,
    /// Nobody: packets were watched.
    Capture,
    /// A program whose lines are not read.
    Unknown,
}

/// Which connection attempt a line or packet belongs to.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct AttemptKey {
    /// Who wrote it.
    pub witness: Witness,
    /// Tells programs that ran side by side apart, such as a hash of host name and process id; 0 if
    /// there is only one.
    pub stream: u64,
    /// The attempt that it belongs to.
    pub key: Key,
}

/// What a line or packet has to name an attempt by.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum Key {
    /// Nothing: whatever this witness is busy with.
    Open,
    /// Nothing but the thread: whatever this thread of the witness is busy with.
    Thread(u16),
    /// Nothing, told apart by when it was: set by [`super::Diagnosis`] alone.
    Nameless(u64),
    /// A serial number that the witness gives its IKE SAs.
    Serial(u64),
    /// The initiator's SPI.
    Spi(u64),
}

/// Which request is repeated, as the detail of [`Statement::Retransmit`] and [`Statement::GaveUp`] says
/// where no message ID does.
pub(crate) mod repeated {
    /// That of IKE_SA_INIT.
    pub(crate) const FIRST: &str = "IKE_SA_INIT";
    /// One of IKE_AUTH, or of IKE_INTERMEDIATE before it.
    pub(crate) const AUTH: &str = "IKE_AUTH";
    /// One of an IKE SA that is up.
    pub(crate) const LATER: &str = "established";
}

/// What was said.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum EventKind {
    /// A list of proposals.
    Proposals(ProposalRole, Vec<Proposal>),
    /// An IKE message went by, or was taken apart or put together.
    Message(Message),
    /// A packet went by that is no IKE message.
    Sighting(Sighting),
    /// A statement with one meaning, and the name, address or number in it.
    Statement(Statement, Option<String>),
}

/// What a capture shows beside IKE messages.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Sighting {
    /// Who sent it.
    pub from: IpAddr,
    /// What it is.
    pub what: Sighted,
}

/// What a packet is that is no IKE message.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Sighted {
    /// A packet of a child SA.
    Esp,
    /// The same initiator begins another IKE SA with the same responder.
    BegunAgain,
    /// A later fragment of an IP packet whose first one was seen.
    LaterFragment,
    /// A packet of IKE did not arrive.
    Refused {
        /// Why the packet was refused.
        why: Refused,
        /// The UDP port that it was sent to.
        port: u16,
    },
}

/// Whose proposals.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum ProposalRole {
    /// What the initiator offers.
    Received,
    /// What the responder has.
    Configured,
    /// What was chosen: one proposal with one transform of each type.
    Selected,
}

/// The direction of a message as seen by the witness.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Direction {
    /// The witness sent it.
    Sent,
    /// The witness received it.
    Received,
    /// It went by: a capture.
    Seen,
}

/// Address and port.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub struct Endpoint {
    /// IP address.
    pub address: IpAddr,
    /// UDP port, if it is known.
    pub port: Option<u16>,
}

/// One IKE message, as far as the witness can see into it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Message {
    /// Its direction.
    pub direction: Direction,
    /// Where it comes from; logs often say it on another line.
    pub from: Option<Endpoint>,
    /// Where it goes.
    pub to: Option<Endpoint>,
    /// Exchange type; `None` if the line is about the packet alone.
    pub exchange: Option<Exchange>,
    /// A response, not a request (flag R).
    pub response: bool,
    /// Message ID.
    pub id: Option<u32>,
    /// Length in octets, UDP payload.
    pub bytes: Option<u32>,
    /// Number of this fragment and their total (RFC 7383).
    pub fragment: Option<(u16, u16)>,
    /// The packet came as IP fragments.
    pub ip_fragments: bool,
    /// Names of the payloads that were seen, as charon abbreviates them (`SA`, `AUTH`, `EAP/REQ/ID`,
    /// `CERT`, `CPRQ`, `TSi`, …), without notifies.
    pub payloads: Vec<String>,
    /// Proposals of the SA payload in wire order: an offer in a request, the choice in a response.
    pub proposals: Vec<Proposal>,
    /// Group of the KE payload.
    pub key_exchange: Option<Transform>,
    /// Notifies.
    pub notifies: Vec<Notify>,
    /// Group that an INVALID_KE_PAYLOAD notify asks for.
    pub wanted: Option<Transform>,
    /// What only the octets of the message tell.
    pub wire_details: Option<Box<WireDetails>>,
}

/// What only the octets of a message tell.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct WireDetails {
    /// Read from a listing of the packet, not from its octets.
    pub listed: bool,
    /// The initiator of the IKE SA sent it (flag I).
    pub by_initiator: bool,
    /// The responder's SPI; 0 if it has chosen none.
    pub responder_spi: u64,
    /// Length of what is encrypted, with initialisation vector and check value; of one fragment.
    pub encrypted: Option<u32>,
    /// Length of the nonce.
    pub nonce: Option<u32>,
    /// Order of the transform types in the first proposal.
    pub type_order: Vec<TransformType>,
    /// Vendor IDs by name, those without one in hexadecimal.
    pub vendor_ids: Vec<String>,
    /// Why it cannot be read to its end, though all of it was captured.
    pub malformed: Option<Malformed>,
}

impl Message {
    /// A message of which nothing is known but its direction.
    pub(crate) const fn plain(direction: Direction) -> Self {
        Self {
            direction,
            from: None,
            to: None,
            exchange: None,
            response: false,
            id: None,
            bytes: None,
            fragment: None,
            ip_fragments: false,
            payloads: Vec::new(),
            proposals: Vec::new(),
            key_exchange: None,
            notifies: Vec::new(),
            wanted: None,
            wire_details: None,
        }
    }

    /// Whether it carries a notify of this type.
    pub(crate) fn has(&self, notify: Notify) -> bool {
        self.notifies.contains(&notify)
    }

    /// Whether a payload of this name was seen in it.
    pub(crate) fn carries(&self, payload: &str) -> bool {
        self.payloads.iter().any(|name| name == payload)
    }
}
