//! The ISAKMP part of a frame of `tshark -V`.

use super::super::names;
use super::super::proposals::Proposals;
use super::number;
use crate::diagnose::conversation::{Conversations, Packet};
use crate::diagnose::event::{Direction, Endpoint, Event, Exchange, Message, WireDetails};
use crate::ike::{Notify, Protocol, Transform, TransformType};

/// An IKE message.
#[derive(Debug)]
pub(super) struct Isakmp {
    pub(super) at: u64,
    pub(super) text: String,
    pub(super) version_one: bool,
    pub(super) spi: Option<u64>,
    pub(super) message: Message,
    details: WireDetails,
    pub(super) proposals: Proposals,
    pub(super) kind: Option<TransformType>,
    pub(super) id: Option<u16>,
    bits: u16,
    /// Length of the payload that is being read, and whether it is encrypted.
    payload: Payload,
    notify: Option<Notify>,
}

#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(super) enum Payload {
    #[default]
    Plain,
    Encrypted,
    Fragment,
}

impl Isakmp {
    pub(super) fn new(at: u64, text: &str) -> Self {
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

    pub(super) fn read(&mut self, at: u64, line: &str) {
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

    pub(super) fn give(
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
