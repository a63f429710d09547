//! From the packets of a capture to events.
//!
//! Of the packets of a child SA, which may be millions, the first in each direction becomes an event,
//! the others are counted.

use std::fmt::Write as _;
use std::io::Read;
use std::net::SocketAddr;
use std::time::Duration;

use super::conversation::{Conversations, Packet};
use super::event::{Direction, Endpoint, Event, Message, WireDetails};
use crate::ike::{Transform, TransformType};
use crate::wire::capture::{Capture, Ending, Ike, Link, NotACapture, Seen, What};
use crate::wire::{self, Malformed, Payload, PayloadType, vendor};

/// What was counted and became no event.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Counts {
    /// IKEv2 messages.
    pub messages: u64,
    /// IKEv1 messages.
    pub version_one: u64,
    /// Packets of child SAs.
    pub esp: u64,
    /// Keepalives of NAT mappings.
    pub keepalives: u64,
    /// Packets on the ports of IKE that are no messages.
    pub malformed: u64,
    /// IP fragments of IKE messages, first and later ones.
    pub fragments: u64,
}

/// A packet on a port of IKE that is no whole message.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Complaint {
    /// Number of the packet.
    pub packet: u64,
    /// What is wrong.
    pub why: Malformed,
}

/// Makes events of packets, one after the other.
#[derive(Debug, Default)]
pub(crate) struct Packets {
    conversations: Conversations,
    start: Option<Duration>,
    /// What the packet that was taken last says about an earlier attempt.
    earlier: Option<Event>,
    /// What was counted.
    pub counts: Counts,
    /// The first packet that lied about its lengths.
    pub complaint: Option<Complaint>,
}

/// What there is to say about a capture beside what it shows.
#[derive(Clone, Debug)]
pub struct Summary {
    /// Packets that were read.
    pub packets: u64,
    /// What was counted.
    pub counts: Counts,
    /// The first packet that lied about its lengths.
    pub complaint: Option<Complaint>,
    /// How the capture ended.
    pub ending: Ending,
    /// A link layer that is not read, and how many packets have it.
    pub unread: Option<(Link, u64)>,
    /// Time of the first packet that mattered, since 1970.
    pub start: Option<Duration>,
}

impl Summary {
    /// Everything to be warned of, as sentences without full stop.
    pub fn warnings(&self) -> Vec<String> {
        let mut warnings = Vec::new();
        if self.ending != Ending::Whole {
            warnings.push(format!("{}; what stands before was read", self.ending));
        }
        if let Some((link, packets)) = self.unread {
            let noun = if packets == 1 { "packet" } else { "packets" };
            warnings.push(format!("{packets} {noun} not read: {link} is not known"));
        }
        if let Some(Complaint { packet, why }) = self.complaint {
            warnings.push(match self.counts.malformed {
                1 => format!("packet {packet}: {why}"),
                more => format!(
                    "packet {packet}: {why}; {} more packets are no IKE either",
                    more - 1
                ),
            });
        }
        warnings
    }
}

/// Reads a capture from its beginning to its end, and gives what its packets say to `take`.
///
/// `progress` is called now and then with the number of packets so far.
pub fn feed(
    source: impl Read,
    take: &mut dyn FnMut(&Event),
    progress: &mut dyn FnMut(u64),
) -> Result<Summary, NotACapture> {
    const NOW_AND_THEN: u64 = 1 << 16;
    let mut capture = Capture::new(source)?;
    let mut packets = Packets::default();
    let mut unread: Option<(Link, u64)> = None;
    while let Some(packet) = capture.next() {
        if packet.number % NOW_AND_THEN == 0 {
            progress(packet.number);
        }
        if let Some(seen) = packet.seen() {
            if let Some(event) = packets.event(&seen) {
                take(&event);
            }
            if let Some(event) = packets.earlier() {
                take(&event);
            }
        } else if matches!(packet.link, Link::Other(_)) {
            unread.get_or_insert((packet.link, 0)).1 += 1;
        }
    }
    Ok(Summary {
        packets: capture.packets(),
        counts: packets.counts,
        complaint: packets.complaint,
        ending: capture.ending().cloned().unwrap_or(Ending::Whole),
        unread,
        start: packets.start,
    })
}

impl Packets {
    /// What a packet says, if it says something that is not only counted.
    pub(crate) fn event(&mut self, seen: &Seen<'_>) -> Option<Event> {
        match seen.what {
            What::Ike(ike) => self.message(seen, ike),
            What::Esp { .. } => {
                self.counts.esp += 1;
                let text = format!("{}: ESP", ends(seen));
                let packet = self.packet(seen, text);
                self.conversations.esp(packet)
            }
            What::Keepalive => {
                self.counts.keepalives += 1;
                None
            }
            What::LaterFragment { identification, .. } => {
                let (from, to) = (seen.source.ip(), seen.destination.ip());
                let text = format!("{from} > {to}: later IP fragment");
                let packet = self.packet(seen, text);
                let event = self.conversations.later_fragment(packet, identification)?;
                self.counts.fragments += 1;
                Some(event)
            }
            What::Unreachable(refusal) => {
                let text = format!(
                    "{} says about a packet to {}: {}",
                    seen.source.ip(),
                    refusal.to,
                    refusal.why
                );
                let packet = self.packet(seen, text);
                let ends = (refusal.from.ip(), refusal.to.ip());
                let what = (refusal.why, refusal.to.port());
                self.conversations.refused(packet, ends, what)
            }
        }
    }

    fn packet(&mut self, seen: &Seen<'_>, text: String) -> Packet {
        Packet {
            at: seen.number,
            time: self.since_start(seen),
            text,
            from: seen.source.ip(),
            to: seen.destination.ip(),
            fragment: None,
        }
    }

    /// Time since the first packet that mattered.
    fn since_start(&mut self, seen: &Seen<'_>) -> Option<Duration> {
        let time = seen.time?;
        let start = *self.start.get_or_insert(time);
        Some(time.saturating_sub(start))
    }

    fn message(&mut self, seen: &Seen<'_>, ike: Ike<'_>) -> Option<Event> {
        let (message, failed) = match wire::Message::parse_start(ike.bytes) {
            Ok(read) => read,
            Err(why) => {
                self.complain(seen.number, why);
                return None;
            }
        };
        let malformed = failed.filter(|_| !ike.is_cut());
        if let Some(why) = malformed {
            self.complain(seen.number, why);
        }
        let mut packet = self.packet(seen, described(seen, &message, &ike));
        packet.fragment = ike.fragment;
        let spi = Some(message.header.initiator_spi.0);
        if message.header.major() == 1 {
            self.counts.version_one += 1;
            return Some(self.conversations.version_one(packet, spi));
        }
        self.counts.messages += 1;
        self.counts.fragments += u64::from(ike.fragment.is_some());
        let read = read(seen, &message, &ike, malformed);
        let said = self.conversations.message(packet, spi, read);
        self.earlier = said.earlier;
        said.event
    }

    /// What the packet that was taken last says about an earlier attempt, if anything.
    pub(crate) fn earlier(&mut self) -> Option<Event> {
        self.earlier.take()
    }

    fn complain(&mut self, packet: u64, why: Malformed) {
        self.counts.malformed += 1;
        self.complaint.get_or_insert(Complaint { packet, why });
    }
}

fn ends(seen: &Seen<'_>) -> String {
    let end = |end: SocketAddr| match end.port() {
        0 => end.ip().to_string(),
        _ => end.to_string(),
    };
    format!("{} > {}", end(seen.source), end(seen.destination))
}

/// A message in words, with charon's abbreviations of payloads.
fn described(seen: &Seen<'_>, message: &wire::Message<'_>, ike: &Ike<'_>) -> String {
    let (header, length) = (&message.header, ike.length);
    let kind = if header.flags.is_response() && header.major() == 2 {
        "response"
    } else {
        "request"
    };
    let mut text = format!("{}: {}", ends(seen), header.exchange);
    if header.major() == 1 {
        let _ = write!(text, " of IKEv1, {length} octets"); // a String takes everything
        return text;
    }
    let _ = write!(text, " {kind} {}, {length} octets [", header.message_id);
    for payload in &message.payloads {
        let _ = match payload {
            Payload::Notify(notify) => write!(text, " N({})", notify.kind.label()),
            Payload::Fragment(it) => write!(text, " SKF({}/{})", it.number, it.total),
            other => write!(text, " {}", abbreviation(other.kind())),
        };
    }
    text.push_str(if ike.fragment.is_some() {
        " … ], first IP fragment"
    } else if ike.is_cut() {
        " … ], not captured whole"
    } else {
        " ]"
    });
    text
}

/// charon's abbreviation of a payload.
fn abbreviation(kind: PayloadType) -> String {
    match kind {
        PayloadType::NONCE => "No".to_owned(),
        PayloadType::VENDOR_ID => "V".to_owned(),
        PayloadType::DELETE => "D".to_owned(),
        other => other.to_string(),
    }
}

fn endpoint(end: SocketAddr) -> Endpoint {
    Endpoint {
        address: end.ip(),
        port: Some(end.port()),
    }
}

/// What of a message is needed to judge.
fn read(
    seen: &Seen<'_>,
    message: &wire::Message<'_>,
    ike: &Ike<'_>,
    malformed: Option<Malformed>,
) -> Message {
    let header = &message.header;
    let mut read = Message {
        from: Some(endpoint(seen.source)),
        to: Some(endpoint(seen.destination)),
        exchange: Some(header.exchange),
        response: header.flags.is_response(),
        id: Some(header.message_id),
        bytes: u32::try_from(ike.length).ok(),
        ip_fragments: ike.fragment.is_some(),
        ..Message::plain(Direction::Seen)
    };
    let mut bytes = WireDetails {
        by_initiator: header.flags.from_initiator(),
        responder_spi: header.responder_spi.0,
        malformed,
        ..WireDetails::default()
    };
    for payload in &message.payloads {
        match payload {
            Payload::Notify(notify) => {
                read.notifies.push(notify.kind);
                if let Ok(wire::NotifyData::WantedGroup(group)) = notify.said() {
                    read.wanted = Some(Transform::raw(TransformType::KE, group));
                }
                continue;
            }
            Payload::Sa(proposals) => {
                read.proposals = proposals
                    .iter()
                    .filter_map(wire::sa::Proposal::grouped)
                    .collect();
                let first = proposals.first();
                bytes.type_order = first
                    .map(wire::sa::Proposal::type_order)
                    .unwrap_or_default();
            }
            Payload::KeyExchange(ke) => {
                read.key_exchange = Some(Transform::raw(TransformType::KE, ke.group));
            }
            Payload::Nonce(nonce) => bytes.nonce = u32::try_from(nonce.len()).ok(),
            Payload::VendorId(id) => {
                let name = vendor::name(id).unwrap_or_else(|| vendor::hex(id));
                bytes.vendor_ids.push(name);
            }
            Payload::Encrypted(it) => bytes.encrypted = u32::try_from(it.data.len()).ok(),
            Payload::Fragment(it) => {
                bytes.encrypted = u32::try_from(it.data.len()).ok();
                read.fragment = Some((it.number, it.total));
            }
            Payload::Delete(_) | Payload::Other { .. } => {}
        }
        read.payloads.push(abbreviation(payload.kind()));
    }
    read.wire_details = Some(Box::new(bytes));
    read
}
