//! `tcpdump -nvv` in text: a packet is a line with `isakmp` and the indented lines behind it.
//!
//! tcpdump names the numbers it knows (`print-isakmp.c`) and prints the others as `#12`.

use super::Line;
use crate::diagnose::Statement;
use crate::diagnose::event::{
    AttemptKey, Direction, Endpoint, Event, EventKind, Exchange, Key, Message, Sighted, Sighting,
    Witness,
};
use crate::ike::{Encr, Integ, Ke, Notify, Prf, Proposal, Protocol, Sn, Transform, TransformType};
use crate::wire::capture::Refused;

/// More lines than this do not belong to one packet.
const MOST_LINES: u32 = 2000;

/// Collects the lines of a packet.
#[derive(Debug, Default)]
pub(super) struct Reader {
    open: Option<Packet>,
    /// The line with the IP header, which precedes the one with `isakmp` in the verbose forms.
    fragmented: bool,
}

#[derive(Debug)]
struct Packet {
    event: Event,
    message: Message,
    lines: u32,
    /// Proposals that are complete, and the one that is not.
    proposals: Vec<Proposal>,
    protocol: Option<Protocol>,
    transforms: Vec<Transform>,
}

impl Reader {
    /// Reads a line; `None` if it is not tcpdump's.
    pub(super) fn line(
        &mut self,
        at: u64,
        text: &str,
        take: &mut dyn FnMut(&Event),
    ) -> Option<Line> {
        if let Some(sighting) = sighting(text) {
            self.finish(take);
            take(&Event {
                at,
                time: None,
                text: text.to_owned(),
                attempt_key: watched(Key::Open),
                kind: EventKind::Sighting(sighting),
            });
            return Some(Line::Ike);
        }
        let indented = text.starts_with([' ', '\t']);
        if indented && !text.contains("isakmp ") && !text.contains("isakmp:") {
            let packet = self.open.as_mut()?;
            packet.lines += 1;
            if packet.lines > MOST_LINES {
                self.finish(take);
                return None;
            }
            packet.detail(at, text);
            return Some(Line::Continued);
        }
        // A transform line of another packet starts with `(p:`; the header is never in brackets.
        if indented && text.trim_start().starts_with('(') {
            let packet = self.open.as_mut()?;
            packet.detail(at, text);
            return Some(Line::Continued);
        }
        self.finish(take);
        let Some(message) = header(text) else {
            self.fragmented = is_fragment(text);
            return None;
        };
        let (spi, mut message) = message;
        message.ip_fragments |= std::mem::take(&mut self.fragmented);
        let attempt_key = watched(spi.map_or(Key::Open, Key::Spi));
        self.open = Some(Packet {
            event: Event {
                at,
                time: None,
                text: text.to_owned(),
                attempt_key,
                kind: EventKind::Statement(Statement::Other, None),
            },
            message,
            lines: 0,
            proposals: Vec::new(),
            protocol: None,
            transforms: Vec::new(),
        });
        if let Some((_, rest)) = text.split_once("isakmp")
            && let Some((_, rest)) = rest.split_once("]:")
            && let Some(packet) = self.open.as_mut()
        {
            packet.detail(at, rest);
        }
        Some(Line::Continued)
    }

    /// Gives the packet that is open.
    pub(super) fn finish(&mut self, take: &mut dyn FnMut(&Event)) {
        let Some(mut packet) = self.open.take() else {
            return;
        };
        packet.close_proposal();
        packet.message.proposals = packet.proposals;
        packet.event.kind = EventKind::Message(packet.message);
        take(&packet.event);
    }
}

impl Packet {
    /// Reads the brackets of an indented line.
    fn detail(&mut self, at: u64, text: &str) {
        let text = text.trim_start();
        if text.starts_with("(p:") {
            self.close_proposal();
            self.protocol = Some(if text.contains("protoid=ipsec-esp") {
                Protocol::Esp
            } else {
                Protocol::Ike
            });
        } else if text.starts_with("(t:") {
            self.transforms.extend(transform(text));
        } else if text.starts_with("(v2ke:") {
            self.message.key_exchange = value(text, "group=").and_then(|v| group(&v));
        } else if text.starts_with("(n:") {
            let number = value(text, "type=").and_then(|v| v.parse().ok());
            let Some(notify) = number.map(Notify) else {
                return;
            };
            if self.message.notifies.len() < 64 {
                self.message.notifies.push(notify);
            }
            // The line that says it is worth more than the one that begins the packet.
            if notify.is_error() {
                self.event.at = at;
                text.clone_into(&mut self.event.text);
            }
        } else if text.starts_with("(#53") || text.starts_with("(v2f") {
            // An encrypted fragment (RFC 7383), whose number is not shown.
            self.message.fragment = Some((1, 0));
        }
    }

    fn close_proposal(&mut self) {
        if let Some(protocol) = self.protocol.take() {
            let transforms = std::mem::take(&mut self.transforms);
            if self.proposals.len() < 256 {
                self.proposals.push(Proposal::new(protocol, transforms));
            }
        }
    }
}

fn watched(key: Key) -> AttemptKey {
    AttemptKey {
        witness: Witness::Capture,
        stream: 0,
        key,
    }
}

/// A packet of a child SA, or a router that complains:
/// `192.0.2.1 > 192.0.2.2: ICMP 192.0.2.1 udp port 500 unreachable, length 500`.
fn sighting(text: &str) -> Option<Sighting> {
    let (ends, rest) = text.split_once(": ")?;
    let from = ends.split_once(" > ")?.0.split_whitespace().next_back()?;
    let from = match from.parse() {
        Ok(address) => address,
        Err(_) => endpoint(from)?.address,
    };
    let what = if rest.starts_with("ESP(spi=") || rest.starts_with("UDP-encap: ESP(spi=") {
        Sighted::Esp
    } else {
        let complaint = rest
            .strip_prefix("ICMP ")
            .or_else(|| rest.strip_prefix("ICMP6, "))?;
        let (_, port) = complaint.split_once("udp port ").unwrap_or_default();
        let port = match port.split([' ', ',']).next()? {
            "isakmp" => Some(500),
            "ipsec-nat-t" => Some(4500),
            port => port.parse().ok(),
        };
        let says = |words: &str| complaint.contains(words);
        let why = if says("udp port") && says("unreachable") {
            Refused::Port
        } else if says("admin prohibited") || says("prohibited by filter") {
            Refused::Prohibited
        } else if says("unreachable") && (says("host ") || says("net ")) {
            Refused::Host
        } else {
            return None;
        };
        let port = port.filter(|port| matches!(port, 500 | 4500));
        Sighted::Refused {
            why,
            port: port.unwrap_or(500),
        }
    };
    Some(Sighting { from, what })
}

/// A fragment of an IP packet other than the first: it has no ports.
fn is_fragment(text: &str) -> bool {
    text.contains("proto UDP (17)") && (text.contains("flags [+]") || !text.contains("offset 0,"))
}

/// `192.0.2.1.500 > 192.0.2.2.500: [udp sum ok] isakmp 2.0 msgid 00000000 cookie 4b…->00…:
/// parent_sa ikev2_init[I]:`; the short form lacks version, message ID and cookies.
fn header(text: &str) -> Option<(Option<u64>, Message)> {
    let (ends, isakmp) = text.split_once("isakmp")?;
    let (from, to) = ends.split_once(" > ")?;
    let from = endpoint(from.split_whitespace().next_back()?)?;
    let to = endpoint(to.split_whitespace().next()?.trim_end_matches(':'))?;
    let (name, flag) = [
        ("ikev2_init[", Exchange::IKE_SA_INIT),
        ("ikev2_auth[", Exchange::IKE_AUTH),
        ("child_sa[", Exchange::CREATE_CHILD_SA),
        ("inf2[", Exchange::INFORMATIONAL),
    ]
    .into_iter()
    .find_map(|(name, exchange)| {
        let (_, rest) = isakmp.split_once(name)?;
        Some((exchange, rest.split(']').next()?))
    })?;
    let hex = |word: &str| u64::from_str_radix(word, 16).ok();
    let cookie = value(isakmp, "cookie ").and_then(|cookie| hex(cookie.split("->").next()?));
    let id = value(isakmp, "msgid ").and_then(|id| u32::from_str_radix(&id, 16).ok());
    Some((
        cookie,
        Message {
            from: Some(from),
            to: Some(to),
            exchange: Some(name),
            response: flag.contains('R'),
            id: Some(id.unwrap_or(u32::from(name != Exchange::IKE_SA_INIT))),
            ..Message::plain(Direction::Seen)
        },
    ))
}

/// `192.0.2.1.500`, `2001:db8::1.500`.
fn endpoint(text: &str) -> Option<Endpoint> {
    let (address, port) = text.rsplit_once('.')?;
    let port = match port {
        "isakmp" => 500,
        "ipsec-nat-t" | "ipsec-msft" => 4500,
        port => port.parse().ok()?,
    };
    Some(Endpoint {
        address: address.parse().ok()?,
        port: Some(port),
    })
}

/// The word behind `name`, to the next bracket or blank.
fn value(text: &str, name: &str) -> Option<String> {
    let (_, rest) = text.split_once(name)?;
    let end = rest.find(|c: char| c.is_whitespace() || matches!(c, '(' | ')' | ':' | ','));
    let word = &rest[..end.unwrap_or(rest.len())];
    (!word.is_empty()).then(|| word.to_owned())
}

/// `(t: #1 type=encr id=aes (type=keylen value=0100))`.
fn transform(text: &str) -> Option<Transform> {
    let kind = value(text, "type=")?;
    let id = value(text, "id=")?;
    let number = id.strip_prefix('#').and_then(|n| n.parse::<u16>().ok());
    let bits = value(text, "type=keylen value=").and_then(|v| u16::from_str_radix(&v, 16).ok());
    let (kind, id) = match kind.as_str() {
        "encr" => (TransformType::ENCR, number.or_else(|| named(ENCR, &id))?),
        "prf" => (TransformType::PRF, number.or_else(|| named(PRF, &id))?),
        "integ" => (TransformType::INTEG, number.or_else(|| named(INTEG, &id))?),
        "dh" => return group(&id),
        "esn" => (TransformType::SN, number.or_else(|| named(ESN, &id))?),
        _ => {
            let kind = kind.strip_prefix('#')?.parse().ok()?;
            (TransformType(kind), number.unwrap_or_default())
        }
    };
    Some(Transform {
        kind,
        id,
        key_bits: bits.unwrap_or(0),
    })
}

fn group(id: &str) -> Option<Transform> {
    let number = id.strip_prefix('#').and_then(|n| n.parse().ok());
    let id = number.or_else(|| named(DH, id))?;
    Some(Transform::raw(TransformType::KE, id))
}

fn named(table: &[(&str, u16)], name: &str) -> Option<u16> {
    let row = table.iter().find(|(known, _)| *known == name)?;
    Some(row.1)
}

// The names of `print-isakmp.c`.
const ENCR: &[(&str, u16)] = &[
    ("des-iv64", Encr::DesIv64 as u16),
    ("1des", Encr::Des as u16),
    ("3des", Encr::TripleDes as u16),
    ("rc5", Encr::Rc5 as u16),
    ("idea", Encr::Idea as u16),
    ("cast", Encr::Cast as u16),
    ("blowfish", Encr::Blowfish as u16),
    ("3idea", Encr::TripleIdea as u16),
    ("des-iv32", Encr::DesIv32 as u16),
    ("null", Encr::Null as u16),
    ("aes", Encr::AesCbc as u16),
    ("aes-ctr", Encr::AesCtr as u16),
];
const PRF: &[(&str, u16)] = &[
    ("hmac-md5", Prf::HmacMd5 as u16),
    ("hmac-sha", Prf::HmacSha1 as u16),
    ("hamc-tiger", Prf::HmacTiger as u16),
    ("hmac-tiger", Prf::HmacTiger as u16),
    ("aes128_xcbc", Prf::Aes128Xcbc as u16),
];
const INTEG: &[(&str, u16)] = &[
    ("hmac-md5", Integ::HmacMd5_96 as u16),
    ("hmac-sha", Integ::HmacSha1_96 as u16),
    ("dec-mac", Integ::DesMac as u16),
    ("kpdk-md5", Integ::KpdkMd5 as u16),
    ("aes-xcbc", Integ::AesXcbc96 as u16),
];
const DH: &[(&str, u16)] = &[
    ("modp768", Ke::Modp768 as u16),
    ("modp1024", Ke::Modp1024 as u16),
    ("modp1536", Ke::Modp1536 as u16),
    ("modp2048", Ke::Modp2048 as u16),
    ("modp3072", Ke::Modp3072 as u16),
    ("modp4096", Ke::Modp4096 as u16),
    ("modp6144", Ke::Modp6144 as u16),
    ("modp8192", Ke::Modp8192 as u16),
];
const ESN: &[(&str, u16)] = &[
    ("no", Sn::Sequential32 as u16),
    ("yes", Sn::Sequential64 as u16),
];

#[cfg(test)]
mod tests {
    use super::{Reader, transform};
    use crate::diagnose::event::{Event, EventKind, Exchange};
    use crate::dialect::charon;

    #[test]
    fn a_packet_is_read_with_its_indented_lines() {
        let text = "\
12:00:00.000000 IP (tos 0x0, ttl 64, id 1, offset 0, flags [none], proto UDP (17), length 632)
    192.0.2.5.500 > 192.0.2.10.500: [udp sum ok] isakmp 2.0 msgid 00000000 cookie 4b0bd8cb99e5f6ac->0000000000000000: parent_sa ikev2_init[I]:
    (sa: len=96
        (p: #1 protoid=isakmp transform=4 len=44
            (t: #1 type=encr id=aes (type=keylen value=0100))
            (t: #2 type=prf id=#5 )
            (t: #3 type=integ id=#12 )
            (t: #4 type=dh id=modp2048 ))
        (p: #2 protoid=isakmp transform=4 len=40
            (t: #1 type=encr id=3des )
            (t: #2 type=prf id=hmac-sha )
            (t: #3 type=integ id=hmac-sha )
            (t: #4 type=dh id=#19 )))
    (v2ke: len=256 group=modp2048)
    (n: prot_id=#0 type=16430(status))
12:00:01.000000 IP 192.0.2.9.53 > 192.0.2.8.4500: UDP, length 12
";
        let mut reader = Reader::default();
        let mut events: Vec<Event> = Vec::new();
        for (place, line) in text.lines().enumerate() {
            reader.line(place as u64 + 1, line, &mut |event| {
                events.push(event.clone())
            });
        }
        let [event] = events.as_slice() else {
            panic!("one packet is one event");
        };
        assert_eq!(event.at, 2);
        let EventKind::Message(message) = &event.kind else {
            panic!("a packet is a message");
        };
        let offered: Vec<_> = message.proposals.iter().map(charon::proposal).collect();
        assert_eq!(
            offered,
            [
                "IKE:AES_CBC_256/HMAC_SHA2_256_128/PRF_HMAC_SHA2_256/MODP_2048",
                "IKE:3DES_CBC/HMAC_SHA1_96/PRF_HMAC_SHA1/ECP_256",
            ]
        );
        assert_eq!(message.exchange, Some(Exchange::IKE_SA_INIT));
        assert_eq!((message.response, message.id), (false, Some(0)));
        assert!(message.has(crate::ike::Notify::FRAGMENTATION_SUPPORTED));
    }

    #[test]
    fn numbers_that_tcpdump_does_not_name_are_read() {
        let read = |text| transform(text).map(charon::transform);
        assert_eq!(
            read("(t: #1 type=encr id=#20 (type=keylen value=0080))").as_deref(),
            Some("AES_GCM_16_128")
        );
        assert_eq!(
            read("(t: #1 type=integ id=#999 )").as_deref(),
            Some("(999)")
        );
        assert_eq!(read("(t: #1 type=encr id=nobody-knows )"), None);
    }
}
