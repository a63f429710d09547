//! `tcpdump -nvv` in text: a packet is a line with `isakmp` and the indented lines behind it.
//!
//! tcpdump names the numbers it knows (`print-isakmp.c`) and prints the others as `#12`.

mod head;
mod transforms;

use std::net::IpAddr;
use std::time::Duration;

use head::{Clock, Header, complaint_of, ends, ip_header, length};
use rustc_hash::FxHashMap;

use transforms::{group, transform, value};

use super::proposals::Proposals;
use super::{Line, listed};
use crate::diagnose::conversation::{Conversations, Packet};
use crate::diagnose::event::{Direction, Endpoint, Event, Exchange, Message, WireDetails};
use crate::ike::{Notify, Protocol};

/// More lines than this do not belong to one packet.
const MOST_LINES: u32 = 2000;

/// More pairs that ask each other are not remembered.
const MOST_ASKED: usize = 10_000;

/// Encrypted fragments that follow each other faster than this are of one message: nobody repeats one so soon.
const OF_ONE_MESSAGE: Duration = Duration::from_millis(100);

/// Collects the lines of a packet.
#[derive(Debug, Default)]
pub(super) struct Reader {
    open: Option<Open>,
    /// What the line with the IP header says, which precedes the one with the addresses in the verbose forms.
    header: Header,
    /// The lines that follow are of a packet that ICMP quotes.
    quoted: bool,
    /// The encrypted fragment before.
    fragment: Option<Fragment>,
    /// The requests of each end, where the listing shows no message IDs: which one is open or was answered.
    asked: FxHashMap<(IpAddr, IpAddr, Exchange), (u32, bool)>,
    clock: Clock,
}

/// A packet whose lines are not complete.
#[derive(Debug)]
struct Open {
    packet: Packet,
    spi: Option<u64>,
    message: Message,
    details: Option<WireDetails>,
    lines: u32,
    proposals: Proposals,
    version_one: bool,
    /// Nothing is shown of what is in the message.
    terse: bool,
}

/// An encrypted fragment, and the number that it got.
#[derive(Clone, Copy, Debug)]
struct Fragment {
    exchange: Exchange,
    id: Option<u32>,
    from: IpAddr,
    time: Option<Duration>,
    number: u16,
}

impl Fragment {
    /// Whether another one is of the same message and follows at once.
    fn is_followed_by(&self, other: &Self) -> bool {
        let at_once = other
            .time
            .zip(self.time)
            .is_none_or(|(now, then)| now.saturating_sub(then) < OF_ONE_MESSAGE);
        (self.exchange, self.id, self.from) == (other.exchange, other.id, other.from) && at_once
    }
}

impl Reader {
    /// Whether the next line may belong to the one before.
    pub(super) const fn is_open(&self) -> bool {
        self.open.is_some() || self.quoted
    }

    /// Reads a line; `None` if it is not tcpdump's.
    pub(super) fn line(
        &mut self,
        at: u64,
        text: &str,
        conversations: &mut Conversations,
        take: &mut dyn FnMut(&Event),
    ) -> Option<Line> {
        let indented = text.starts_with([' ', '\t']);
        if !indented {
            self.quoted = false;
            self.header = Header {
                time: self.clock.read(text),
                ..ip_header(text)
            };
        }
        if indented && self.quoted {
            return Some(Line::Continued);
        }
        if let Some((from, to, rest)) = ends(text) {
            let (from, to) = (from, to);
            let first = Packet {
                at,
                time: self.header.time,
                text: text.to_owned(),
                from: from.address,
                to: to.address,
                fragment: None,
            };
            if let Some(event) = self.sighting(&first, rest, conversations) {
                self.finish(conversations, take);
                event.iter().for_each(&mut *take);
                self.quoted = rest.starts_with("ICMP");
                return Some(if self.quoted {
                    Line::Continued
                } else {
                    Line::Ike
                });
            }
            if let Some(open) = self.message(first, (from, to), rest) {
                self.finish(conversations, take);
                self.open = Some(open);
                return Some(Line::Continued);
            }
        } else if indented && let Some(open) = self.open.as_mut() {
            open.lines += 1;
            if open.lines <= MOST_LINES {
                open.detail(at, text);
                return Some(Line::Continued);
            }
        }
        self.finish(conversations, take);
        // The line with the addresses follows.
        (self.header.identification.is_some() && !indented).then_some(Line::Announced)
    }

    /// Gives the packet that is open.
    pub(super) fn finish(
        &mut self,
        conversations: &mut Conversations,
        take: &mut dyn FnMut(&Event),
    ) {
        let Some(open) = self.open.take() else {
            return;
        };
        let Open {
            mut packet,
            spi,
            mut message,
            details,
            ..
        } = open;
        if open.version_one {
            take(&conversations.version_one(packet, spi));
            return;
        }
        if message.id.is_none() {
            message.id = self.number_request(&message, &packet);
        }
        message.proposals = open.proposals.finish().unwrap_or_default();
        if message.exchange != Some(Exchange::IKE_SA_INIT) {
            self.number_fragment(&mut message, &packet);
        }
        packet.fragment = packet.fragment.filter(|_| message.ip_fragments);
        message.wire_details = details.map(Box::new);
        let terse = open.terse.then(|| packet.clone());
        let said = conversations.message(packet, spi, message);
        let attempt_key = said.event.as_ref().map(|event| event.attempt_key);
        said.event.iter().chain(&said.earlier).for_each(&mut *take);
        if let (Some(packet), Some(attempt_key)) = (terse, attempt_key) {
            take(&listed(packet, attempt_key, "tcpdump"));
        }
    }

    /// A request is repeated until it is answered; the next one has the next ID (RFC 7296, section 2.3).
    fn number_request(&mut self, message: &Message, packet: &Packet) -> Option<u32> {
        if self.asked.len() > MOST_ASKED {
            self.asked.clear();
        }
        let exchange = message.exchange?;
        let (asker, asked) = if message.response {
            (packet.to, packet.from)
        } else {
            (packet.from, packet.to)
        };
        let place = self.asked.entry((asker, asked, exchange));
        let (id, answered) = place.or_insert((1, false));
        if message.response {
            *answered = true;
        } else if std::mem::take(answered) {
            *id += 1;
        }
        Some(*id)
    }

    /// Encrypted fragments are not numbered in the listing; those of one message follow each other at once.
    fn number_fragment(&mut self, message: &mut Message, packet: &Packet) {
        let before = self.fragment.take();
        if message.fragment.is_none() {
            return;
        }
        let mut fragment = Fragment {
            exchange: message.exchange.unwrap_or(Exchange::IKE_AUTH),
            id: message.id,
            from: packet.from,
            time: packet.time,
            number: 1,
        };
        if let Some(before) = before.filter(|before| before.is_followed_by(&fragment)) {
            fragment.number = before.number.saturating_add(1);
        }
        message.fragment = Some((fragment.number, fragment.number));
        self.fragment = Some(fragment);
    }

    /// A packet that is no IKE message, and what it says.
    fn sighting(
        &self,
        packet: &Packet,
        rest: &str,
        conversations: &mut Conversations,
    ) -> Option<Option<Event>> {
        if rest.starts_with("ESP(spi=") || rest.starts_with("UDP-encap: ESP(spi=") {
            return Some(conversations.esp(packet.clone()));
        }
        if rest.starts_with("ip-proto-17") || rest.starts_with("frag (") {
            let identification = self
                .header
                .identification
                .filter(|_| self.header.fragment == Some(false))?;
            return Some(conversations.later_fragment(packet.clone(), identification));
        }
        let complaint = rest
            .strip_prefix("ICMP ")
            .or_else(|| rest.strip_prefix("ICMP6, "))?;
        let (why, port, about) = complaint_of(complaint)?;
        // The packet that did not arrive went the other way; behind a router its source is not named.
        let to = about.unwrap_or(packet.from);
        let what = (why, port);
        Some(conversations.refused(packet.clone(), (packet.to, to), what))
    }

    /// `[udp sum ok] isakmp 2.0 msgid 00000000 cookie 4b…->00…: parent_sa ikev2_init[I]:`; the short forms lack
    /// cookies, version and message ID.
    fn message(
        &self,
        packet: Packet,
        (from, to): (Endpoint, Endpoint),
        rest: &str,
    ) -> Option<Open> {
        let (_, isakmp) = rest.split_once("isakmp")?;
        let isakmp = isakmp.trim_start_matches(':');
        let version_one = isakmp.starts_with(" 1.0") || isakmp.contains(" phase ");
        let known = EXCHANGES.iter().find_map(|(name, exchange)| {
            let (_, rest) = isakmp.split_once(name)?;
            Some((*exchange, rest.split(']').next()?))
        });
        if known.is_none() && !version_one {
            return None;
        }
        let hex = |word: &str| u64::from_str_radix(word, 16).ok();
        let cookies = value(isakmp, "cookie ");
        let cookies = cookies
            .as_deref()
            .and_then(|cookies| cookies.split_once("->"))
            .and_then(|(one, other)| Some((hex(one)?, hex(other)?)));
        let id = value(isakmp, "msgid ").and_then(|id| u32::from_str_radix(&id, 16).ok());
        let (exchange, flags) = known.unwrap_or((Exchange::IKE_SA_INIT, ""));
        let first = exchange == Exchange::IKE_SA_INIT;
        let response = flags.contains('R');
        let fragment = self
            .header
            .identification
            .filter(|_| self.header.fragment == Some(true));
        let mut open = Open {
            packet: Packet { fragment, ..packet },
            spi: cookies.map(|it| it.0),
            message: Message {
                from: Some(from),
                to: Some(to),
                exchange: Some(exchange),
                response,
                id: id.or(first.then_some(0)),
                ip_fragments: self.header.fragment == Some(true),
                ..Message::plain(Direction::Seen)
            },
            details: cookies.map(|(_, responder)| WireDetails {
                listed: true,
                by_initiator: flags.contains('I'),
                responder_spi: responder,
                ..WireDetails::default()
            }),
            lines: 0,
            proposals: Proposals::default(),
            version_one,
            terse: cookies.is_none() && id.is_none(),
        };
        if let Some((_, rest)) = isakmp.split_once("]:") {
            open.detail(open.packet.at, rest);
        }
        Some(open)
    }
}

/// The exchanges as they are listed.
const EXCHANGES: [(&str, Exchange); 4] = [
    ("ikev2_init[", Exchange::IKE_SA_INIT),
    ("ikev2_auth[", Exchange::IKE_AUTH),
    ("child_sa[", Exchange::CREATE_CHILD_SA),
    ("inf2[", Exchange::INFORMATIONAL),
];

impl Open {
    /// Reads the brackets of an indented line.
    fn detail(&mut self, at: u64, text: &str) {
        let text = text.trim_start();
        if text.starts_with("(p:") {
            self.proposals.begin(if text.contains("protoid=ipsec-esp") {
                Protocol::Esp
            } else {
                Protocol::Ike
            });
        } else if text.starts_with("(t:") {
            let transform = transform(text);
            if let (Some(details), Some(transform)) = (&mut self.details, transform)
                && !details.type_order.contains(&transform.kind)
            {
                details.type_order.push(transform.kind);
            }
            self.proposals.push(transform);
        } else if text.starts_with("(v2ke:") {
            self.message.key_exchange = value(text, "group=").and_then(|v| group(&v));
        } else if text.starts_with("(nonce:") {
            if let Some(details) = &mut self.details {
                details.nonce = length(text);
            }
        } else if text.starts_with("(v2e:") {
            if let Some(details) = &mut self.details {
                details.encrypted = length(text);
            }
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
                self.packet.at = at;
                text.clone_into(&mut self.packet.text);
            }
        } else if text.starts_with("(#53") || text.starts_with("(v2f") {
            // An encrypted fragment (RFC 7383), whose number is not shown.
            self.message.fragment = Some((1, 0));
        }
    }
}

// The names of `print-isakmp.c`.

#[cfg(test)]
mod tests {
    use super::{Clock, Reader, transform};
    use crate::diagnose::conversation::Conversations;
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
        let mut conversations = Conversations::default();
        for (place, line) in text.lines().enumerate() {
            reader.line(place as u64 + 1, line, &mut conversations, &mut |event| {
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
    fn times_go_on_after_midnight() {
        let mut clock = Clock::default();
        let mut read = |text| clock.read(text).map(|time| time.as_millis());
        assert_eq!(read("23:59:59.500000 IP"), Some(86_399_500));
        assert_eq!(read("00:00:00.500000 IP"), Some(86_400_500));
        assert_eq!(read("00:00:01.500000 IP"), Some(86_401_500));
        assert_eq!(read("nothing at all"), None);
        let mut clock = Clock::default();
        let time = clock.read("2023-11-14 22:13:20.000000 IP");
        assert_eq!(time.map(|time| time.as_secs()), Some(80_000));
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
