//! One frame of `tshark -V`: its addresses, and what ICMP complains about.

use std::net::IpAddr;
use std::time::Duration;

use super::isakmp::Isakmp;
use super::{after, number};
use crate::diagnose::conversation::{Conversations, Packet};
use crate::diagnose::event::{Endpoint, Event};
use crate::wire::capture::Refused;

/// A packet as far as its lines were read.
#[derive(Debug, Default)]
pub(super) struct Frame {
    pub(super) at: u64,
    pub(super) lines: u32,
    pub(super) time: Option<Duration>,
    pub(super) from: Option<IpAddr>,
    pub(super) to: Option<IpAddr>,
    ports: Option<(u16, u16)>,
    identification: Option<u32>,
    /// Octets of the IP packet before this fragment.
    offset: u64,
    more_fragments: bool,
    pub(super) reassembled: bool,
    pub(super) esp: bool,
    refused: Option<Complaint>,
    pub(super) isakmp: Option<Box<Isakmp>>,
}

/// An ICMP message, and the packet that it is about.
#[derive(Debug, Default)]
struct Complaint {
    pub(super) kind: Option<u16>,
    code: Option<u16>,
    pub(super) ends: Option<(IpAddr, IpAddr)>,
    pub(super) port: Option<u16>,
}

/// `Src: host (192.0.2.1), Dst: 192.0.2.2`, with names or without.
pub(super) fn addresses(text: &str) -> Option<(IpAddr, IpAddr)> {
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

/// The heads of protocols in a line: what a web page shows of a copied packet can have several in one.
fn heads(line: &str) -> impl Iterator<Item = &str> {
    const INNER: [&str; 2] = [
        " User Datagram Protocol, ",
        " Internet Security Association and Key",
    ];
    let mut rest = Some(line);
    std::iter::from_fn(move || {
        let line = rest?;
        let place = INNER.iter().filter_map(|head| line.find(head)).min();
        let (head, behind) = place.map_or((line, None), |place| {
            (&line[..place], Some(&line[place + 1..]))
        });
        rest = behind;
        Some(head)
    })
}

impl Frame {
    /// A frame that begins at `at`.
    pub(super) fn new(at: u64) -> Self {
        Self {
            at,
            ..Self::default()
        }
    }

    pub(super) fn read(&mut self, at: u64, text: &str) {
        let inner = text.starts_with([' ', '\t']);
        let line = text.trim();
        if !inner {
            heads(line).for_each(|head| self.read_head(at, head));
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

    pub(super) fn give(self, conversations: &mut Conversations, take: &mut dyn FnMut(&Event)) {
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
    pub(super) fn read(&mut self, line: &str) {
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

    pub(super) fn give(self, packet: Packet, conversations: &mut Conversations) -> Option<Event> {
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
