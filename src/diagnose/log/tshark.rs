//! TShark and Wireshark in text: `tshark -V`, or a packet that was exported or copied; and the summary, a
//! packet a line.
//!
//! The details are read as the octets would be, so that both give the same answer. The summary shows which
//! messages went by, not what is in them.

use std::net::IpAddr;
use std::time::Duration;

use super::proposals::Proposals;
use super::{Line, listed, names};
use crate::diagnose::conversation::{Conversations, Packet};
use crate::diagnose::event::{Direction, Endpoint, Event, Exchange, Message, WireDetails};
use crate::ike::{Notify, Protocol, Transform, TransformType};
use crate::wire::capture::Refused;

/// More lines than this do not belong to one packet.
const MOST_LINES: u32 = 20_000;

/// Reads packets, whose details are many lines.
#[derive(Debug, Default)]
pub(super) struct Reader {
    open: Option<Frame>,
}

/// A packet as far as its lines were read.
#[derive(Debug, Default)]
struct Frame {
    at: u64,
    lines: u32,
    time: Option<Duration>,
    from: Option<IpAddr>,
    to: Option<IpAddr>,
    ports: Option<(u16, u16)>,
    identification: Option<u32>,
    /// Octets of the IP packet before this fragment.
    offset: u64,
    more_fragments: bool,
    reassembled: bool,
    esp: bool,
    refused: Option<Complaint>,
    isakmp: Option<Box<Isakmp>>,
}

/// An ICMP message, and the packet that it is about.
#[derive(Debug, Default)]
struct Complaint {
    kind: Option<u16>,
    code: Option<u16>,
    ends: Option<(IpAddr, IpAddr)>,
    port: Option<u16>,
}

/// An IKE message.
#[derive(Debug)]
struct Isakmp {
    at: u64,
    text: String,
    version_one: bool,
    spi: Option<u64>,
    message: Message,
    details: WireDetails,
    proposals: Proposals,
    kind: Option<TransformType>,
    id: Option<u16>,
    bits: u16,
    /// Length of the payload that is being read, and whether it is encrypted.
    payload: Payload,
    notify: Option<Notify>,
}

#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
enum Payload {
    #[default]
    Plain,
    Encrypted,
    Fragment,
}

impl Reader {
    /// Whether the next line may belong to the one before.
    pub(super) const fn is_open(&self) -> bool {
        self.open.is_some()
    }

    /// Reads a line; `None` if it is not TShark's.
    pub(super) fn line(
        &mut self,
        at: u64,
        text: &str,
        conversations: &mut Conversations,
        take: &mut dyn FnMut(&Event),
    ) -> Option<Line> {
        if begins(text) {
            // A paste may begin below the line with the number of the packet.
            let below = !text.starts_with("Frame ")
                && self.open.as_ref().is_some_and(|frame| {
                    let addressed = frame.from.is_some() && text.starts_with("Internet Protocol");
                    frame.isakmp.is_none() && !addressed
                });
            if !below {
                self.finish(conversations, take);
                self.open = Some(Frame {
                    at,
                    ..Frame::default()
                });
            }
        }
        if let Some(frame) = self.open.as_mut() {
            frame.lines += 1;
            if frame.lines <= MOST_LINES && belongs(text) {
                frame.read(at, text);
                return Some(if frame.isakmp.is_some() {
                    Line::Continued
                } else {
                    Line::Announced
                });
            }
            self.finish(conversations, take);
        }
        if let Some((packet, why)) = complaint(at, text) {
            // The port is not shown; what is asked first goes to 500.
            let ends = (packet.to, packet.from);
            let event = conversations.refused(packet, ends, (why, 500))?;
            take(&event);
            return Some(Line::Ike);
        }
        let (packet, spi, message) = summary(at, text)?;
        let Some(message) = message else {
            let esp = conversations.esp(packet);
            esp.iter().for_each(&mut *take);
            return Some(Line::Ike);
        };
        if message.exchange.is_none() {
            take(&conversations.version_one(packet, spi));
            return Some(Line::Ike);
        }
        let said = conversations.message(packet.clone(), spi, message);
        let attempt_key = said.event.as_ref().map(|event| event.attempt_key);
        said.event.iter().chain(&said.earlier).for_each(&mut *take);
        if let Some(attempt_key) = attempt_key {
            take(&listed(packet, attempt_key, "tshark"));
        }
        Some(Line::Ike)
    }

    /// Gives the packet that is open.
    pub(super) fn finish(
        &mut self,
        conversations: &mut Conversations,
        take: &mut dyn FnMut(&Event),
    ) {
        if let Some(frame) = self.open.take() {
            frame.give(conversations, take);
        }
    }
}

/// Whether a packet begins, or the part of one that matters here.
fn begins(text: &str) -> bool {
    text.starts_with("Internet Protocol Version ")
        || text.starts_with("Internet Security Association and Key Management Protocol")
        || text
            .strip_prefix("Frame ")
            .is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()))
}

/// Whether a line can be one of a packet's details.
fn belongs(text: &str) -> bool {
    const HEADS: [&str; 18] = [
        "Frame ",
        "Ethernet",
        "Raw packet data",
        "Linux cooked",
        "Internet ",
        "User Datagram",
        "UDP Encapsulation",
        "Encapsulating Security",
        "Fragmented IP",
        "Data (",
        "Null/Loopback",
        "802.1Q",
        "PPP",
        "Point-to-Point",
        "Packet comments",
        "Reassembled",
        "[",
        "0000",
    ];
    text.is_empty()
        || text.starts_with([' ', '\t'])
        || HEADS.iter().any(|head| text.starts_with(head))
}

/// The number in the last brackets of a line, or at its end.
fn number(text: &str) -> Option<u16> {
    let inner = text.trim_end().strip_suffix(')')?.rsplit_once('(')?.1;
    inner.parse().ok()
}

/// What stands behind `name: `.
fn after<'l>(text: &'l str, name: &str) -> Option<&'l str> {
    text.strip_prefix(name)?.strip_prefix(':').map(str::trim)
}

/// `Src: host (192.0.2.1), Dst: 192.0.2.2`, with names or without.
fn addresses(text: &str) -> Option<(IpAddr, IpAddr)> {
    let address = |words: &str| -> Option<IpAddr> {
        let (_, rest) = text.split_once(words)?;
        let word = rest.split(',').next()?.trim();
        let inner = word.strip_suffix(')').and_then(|it| it.rsplit_once('('));
        inner.map_or(word, |(_, inner)| inner).parse().ok()
    };
    Some((address("Src: ")?, address("Dst: ")?))
}

/// `Src Port: isakmp (500), Dst Port: 4500`.
fn ports(text: &str) -> Option<(u16, u16)> {
    let port = |words: &str| -> Option<u16> {
        let (_, rest) = text.split_once(words)?;
        let word = rest.split(',').next()?.trim();
        word.parse().ok().or_else(|| number(word))
    };
    Some((port("Src Port: ")?, port("Dst Port: ")?))
}

impl Frame {
    fn read(&mut self, at: u64, text: &str) {
        let inner = text.starts_with([' ', '\t']);
        let line = text.trim();
        if !inner {
            self.read_head(at, line);
            return;
        }
        if let Some(isakmp) = &mut self.isakmp {
            isakmp.read(at, line);
            return;
        }
        if let Some(complaint) = &mut self.refused {
            complaint.read(line);
            return;
        }
        if let Some((_, rest)) = line.split_once("ime since reference or first frame: ") {
            let seconds = rest
                .split_whitespace()
                .next()
                .and_then(|it| it.parse().ok());
            self.time = seconds.and_then(|it| Duration::try_from_secs_f64(it).ok());
        } else if let Some(rest) = after(line, "Identification") {
            let hex = rest.split_whitespace().next().unwrap_or_default();
            self.identification = u32::from_str_radix(hex.trim_start_matches("0x"), 16).ok();
        } else if let Some((_, rest)) = line.split_once("Fragment Offset: ") {
            self.offset = rest
                .split_whitespace()
                .next()
                .and_then(|it| it.parse().ok())
                .unwrap_or(0);
        } else if line.ends_with("More fragments: Set") {
            self.more_fragments = true;
        } else if line.starts_with('[') && line.contains("Fragments (") {
            self.reassembled = true;
        }
    }

    fn read_head(&mut self, at: u64, line: &str) {
        if line.starts_with("Internet Protocol Version ") {
            if let Some((from, to)) = addresses(line) {
                (self.from, self.to) = (Some(from), Some(to));
            }
        } else if line.starts_with("User Datagram Protocol") {
            self.ports = ports(line);
        } else if line.starts_with("Encapsulating Security Payload") {
            self.esp = true;
        } else if line.starts_with("Internet Control Message Protocol") {
            self.refused = Some(Complaint::default());
        } else if line.starts_with("Internet Security Association") && self.refused.is_none() {
            self.isakmp = Some(Box::new(Isakmp::new(at, line)));
        }
    }

    fn give(self, conversations: &mut Conversations, take: &mut dyn FnMut(&Event)) {
        // Without addresses nobody knows who asked whom; one pair is assumed.
        let unknown = IpAddr::from([0, 0, 0, 0]);
        let (from, to) = (self.from.unwrap_or(unknown), self.to.unwrap_or(unknown));
        let fragment = (self.more_fragments && self.offset == 0)
            .then_some(self.identification)
            .flatten();
        let packet = Packet {
            at: self.at,
            time: self.time,
            text: String::new(),
            from,
            to,
            fragment,
        };
        let (from_port, to_port) = self.ports.unzip();
        if let Some(isakmp) = self.isakmp {
            let ends = (
                Endpoint {
                    address: from,
                    port: from_port,
                },
                Endpoint {
                    address: to,
                    port: to_port,
                },
            );
            let known = self.from.is_some();
            isakmp.give(
                packet,
                known.then_some(ends),
                self.reassembled,
                conversations,
                take,
            );
            return;
        }
        let event = if let Some(complaint) = self.refused {
            complaint.give(packet, conversations)
        } else if self.esp {
            let text = format!("{from} > {to}: ESP");
            conversations.esp(Packet { text, ..packet })
        } else if self.offset > 0 {
            self.identification.and_then(|identification| {
                let text = format!("{from} > {to}: later IP fragment");
                conversations.later_fragment(Packet { text, ..packet }, identification)
            })
        } else {
            None
        };
        event.iter().for_each(take);
    }
}

impl Complaint {
    fn read(&mut self, line: &str) {
        if let Some(rest) = after(line, "Type") {
            self.kind = self.kind.or_else(|| leading(rest));
        } else if let Some(rest) = after(line, "Code") {
            self.code = self.code.or_else(|| leading(rest));
        } else if line.starts_with("Internet Protocol Version ") {
            self.ends = addresses(line);
        } else if line.starts_with("User Datagram Protocol") {
            self.port = ports(line).map(|(_, to)| to);
        }
    }

    fn give(self, packet: Packet, conversations: &mut Conversations) -> Option<Event> {
        let why = match (self.kind?, self.code?) {
            (3, 3) | (1, 4) => Refused::Port,
            (3, 9 | 10 | 13) | (1, 1 | 5) => Refused::Prohibited,
            (3, 0 | 1 | 6 | 7) | (1, 0 | 3) => Refused::Host,
            _ => return None,
        };
        let port = self.port?;
        let text = format!("{} says about a packet to port {port}: {why}", packet.from);
        let packet = Packet { text, ..packet };
        conversations.refused(packet, self.ends?, (why, port))
    }
}

/// `3 (Destination unreachable)`.
fn leading(text: &str) -> Option<u16> {
    text.split_whitespace().next()?.parse().ok()
}

impl Isakmp {
    fn new(at: u64, text: &str) -> Self {
        Self {
            at,
            text: text.to_owned(),
            version_one: false,
            spi: None,
            message: Message::plain(Direction::Seen),
            details: WireDetails {
                listed: true,
                ..WireDetails::default()
            },
            proposals: Proposals::default(),
            kind: None,
            id: None,
            bits: 0,
            payload: Payload::Plain,
            notify: None,
        }
    }

    fn read(&mut self, at: u64, line: &str) {
        let hex = |text: &str| u64::from_str_radix(text, 16).ok();
        let (name, rest) = line.split_once(": ").unwrap_or((line, ""));
        match name {
            "Initiator SPI" | "Initiator cookie" => self.spi = hex(rest.trim()),
            "Responder SPI" | "Responder cookie" => {
                self.details.responder_spi = hex(rest.trim()).unwrap_or(0);
            }
            "Version" => self.version_one = rest.starts_with("1."),
            "Exchange type" => {
                self.message.exchange = number(line)
                    .and_then(|it| u8::try_from(it).ok())
                    .map(Exchange);
                (self.at, self.text) = (at, line.to_owned());
            }
            "Flags" => {
                let flags = rest
                    .split_whitespace()
                    .next()
                    .and_then(|word| hex(word.trim_start_matches("0x")));
                let flags = flags.unwrap_or(0);
                self.details.by_initiator = flags & 0x08 != 0;
                self.message.response = flags & 0x20 != 0;
            }
            "Message ID" => {
                self.message.id =
                    hex(rest.trim().trim_start_matches("0x")).and_then(|it| u32::try_from(it).ok());
            }
            "Length" => {
                let length = rest.trim().parse().ok();
                self.message.bytes = self.message.bytes.or(length);
            }
            "Payload" => self.begin_payload(rest),
            "Payload length" => self.measure(rest),
            "Protocol ID" if self.in_proposal() => self.begin_proposal(line),
            "Fragment Number" | "Fragment number" => self.fragment(rest, true),
            "Total Fragments" | "Total fragments" => self.fragment(rest, false),
            "Nonce DATA" | "Nonce Data" => {
                self.details.nonce = u32::try_from(rest.trim().len() / 2).ok();
            }
            "DH Group #" => {
                let group = number(line).map(|id| Transform::raw(TransformType::KE, id));
                self.message.key_exchange = self.message.key_exchange.or(group);
            }
            "Accepted DH group" | "Accepted DH Group" => {
                self.message.wanted = number(line).map(|id| Transform::raw(TransformType::KE, id));
            }
            "Notify Message Type" => self.notify(at, line),
            "Notification DATA" if self.notify == Some(Notify::INVALID_KE_PAYLOAD) => {
                let group = hex(rest.trim()).and_then(|it| u16::try_from(it).ok());
                let group = group.map(|id| Transform::raw(TransformType::KE, id));
                self.message.wanted = self.message.wanted.or(group);
            }
            "Vendor ID" if self.details.vendor_ids.len() < 64 => {
                self.details.vendor_ids.push(rest.trim().to_owned());
            }
            "Transform Type" => {
                self.close_transform();
                self.kind = number(line)
                    .and_then(|it| u8::try_from(it).ok())
                    .map(TransformType);
            }
            "Key Length" => self.bits = rest.trim().parse().unwrap_or(0),
            name if name.starts_with("Transform ID") => self.id = number(line),
            _ => {}
        }
    }

    fn in_proposal(&self) -> bool {
        self.notify.is_none() && self.kind.is_none() && self.message.notifies.is_empty()
    }

    fn begin_payload(&mut self, rest: &str) {
        if rest.starts_with("Transform") {
            self.close_transform();
            return;
        }
        self.close_transform();
        self.kind = None;
        self.payload = match number(rest.split(" - ").next().unwrap_or_default()) {
            Some(46) => Payload::Encrypted,
            Some(53) => Payload::Fragment,
            _ => Payload::Plain,
        };
    }

    fn begin_proposal(&mut self, line: &str) {
        let protocol = match number(line) {
            Some(1) => Protocol::Ike,
            Some(2) => Protocol::Ah,
            Some(3) => Protocol::Esp,
            _ => match names::protocol(line.split(": ").nth(1).unwrap_or_default()) {
                Some(protocol) => protocol,
                None => return,
            },
        };
        self.proposals.begin(protocol);
    }

    fn close_transform(&mut self) {
        let (kind, id) = (self.kind, self.id.take());
        let bits = std::mem::take(&mut self.bits);
        if let (Some(kind), Some(id)) = (kind, id) {
            if !self.details.type_order.contains(&kind) {
                self.details.type_order.push(kind);
            }
            self.proposals.push(Some(Transform {
                kind,
                id,
                key_bits: bits,
            }));
        }
    }

    /// Length of what is encrypted: the payload without its header, and the numbers of a fragment.
    fn measure(&mut self, rest: &str) {
        let header = match self.payload {
            Payload::Plain => return,
            Payload::Encrypted => 4,
            Payload::Fragment => 8,
        };
        let length: Option<u32> = rest.trim().parse().ok();
        self.details.encrypted = length.map(|length| length.saturating_sub(header));
        self.payload = Payload::Plain;
    }

    fn fragment(&mut self, rest: &str, first: bool) {
        let number = rest.trim().parse().unwrap_or(0);
        let (one, total) = self.message.fragment.unwrap_or((1, 0));
        self.message.fragment = Some(if first {
            (number, total)
        } else {
            (one, number)
        });
    }

    fn notify(&mut self, at: u64, line: &str) {
        let Some(notify) = number(line).map(Notify) else {
            return;
        };
        self.notify = Some(notify);
        if self.message.notifies.len() < 64 {
            self.message.notifies.push(notify);
        }
        // The line that says it is worth more than the one that begins the packet.
        if notify.is_error() {
            (self.at, self.text) = (at, line.to_owned());
        }
    }

    fn give(
        mut self: Box<Self>,
        packet: Packet,
        ends: Option<(Endpoint, Endpoint)>,
        reassembled: bool,
        conversations: &mut Conversations,
        take: &mut dyn FnMut(&Event),
    ) {
        self.close_transform();
        let packet = Packet {
            at: self.at,
            text: self.text,
            ..packet
        };
        if self.version_one {
            take(&conversations.version_one(packet, self.spi));
            return;
        }
        let mut message = self.message;
        (message.from, message.to) = ends.unzip();
        message.ip_fragments = reassembled || packet.fragment.is_some();
        message.proposals = self.proposals.finish().unwrap_or_default();
        message.wire_details = Some(Box::new(self.details));
        let said = conversations.message(packet, self.spi, message);
        said.event.iter().chain(&said.earlier).for_each(take);
    }
}

/// `1   0.000000   192.0.2.77 → 198.51.100.9 ISAKMP 212 IKE_SA_INIT MID=00 Initiator Request`; no message if it is
/// a packet of a child SA, and no exchange if it is IKEv1.
fn summary(at: u64, text: &str) -> Option<(Packet, Option<u64>, Option<Message>)> {
    let (packet, protocol, mut words) = listed_packet(at, text)?;
    if protocol == "ESP" {
        return Some((packet, None, None));
    }
    let exchange = match words.next()? {
        "IKE_SA_INIT" => Some(Exchange::IKE_SA_INIT),
        "IKE_AUTH" => Some(Exchange::IKE_AUTH),
        "CREATE_CHILD_SA" => Some(Exchange::CREATE_CHILD_SA),
        "INFORMATIONAL" if text.contains("MID=") => Some(Exchange::INFORMATIONAL),
        _ if protocol == "ISAKMP" => None,
        _ => return None,
    };
    let id = text
        .split_once("MID=")
        .and_then(|(_, rest)| u32::from_str_radix(rest.split_whitespace().next()?, 16).ok());
    let end = |address| Endpoint {
        address,
        port: None,
    };
    let message = Message {
        from: Some(end(packet.from)),
        to: Some(end(packet.to)),
        exchange,
        response: text.contains("Response"),
        id,
        ..Message::plain(Direction::Seen)
    };
    Some((packet, None, Some(message)))
}

/// `2   0.100000 198.51.100.9 → 192.0.2.77   ICMP 520 Destination unreachable (Port unreachable)`.
fn complaint(at: u64, text: &str) -> Option<(Packet, Refused)> {
    let (packet, protocol, _) = listed_packet(at, text)?;
    let why = [
        ("Port unreachable", Refused::Port),
        ("dministratively", Refused::Prohibited),
        ("Host unreachable", Refused::Host),
        ("Network unreachable", Refused::Host),
        ("No route to destination", Refused::Host),
    ];
    let why = why.into_iter().find(|(words, _)| text.contains(words));
    Some((packet, why.filter(|_| protocol.starts_with("ICMP"))?.1))
}

/// A packet of the summary, its protocol, and the words behind its length.
fn listed_packet(at: u64, text: &str) -> Option<(Packet, &str, std::str::SplitWhitespace<'_>)> {
    let mut words = text.split_whitespace();
    let mut before = Vec::new();
    let protocol = loop {
        match words.next()? {
            word @ ("ISAKMP" | "ESP" | "ICMP" | "ICMPv6") => break word,
            _ if before.len() > 8 => return None,
            word => before.push(word),
        }
    };
    let mut addresses = before.iter().filter_map(|word| word.parse::<IpAddr>().ok());
    let (from, to) = (addresses.next()?, addresses.next()?);
    let time = before
        .iter()
        .find(|word| word.contains('.') && word.parse::<IpAddr>().is_err())
        .and_then(|word| Duration::try_from_secs_f64(word.parse().ok()?).ok());
    let packet = Packet {
        at,
        time,
        text: text.trim().to_owned(),
        from,
        to,
        fragment: None,
    };
    let _length: u32 = words.next()?.parse().ok()?;
    Some((packet, protocol, words))
}
