//! One line of tshark without `-V` for each packet.

use std::net::IpAddr;
use std::time::Duration;

use crate::diagnose::conversation::Packet;
use crate::diagnose::event::{Direction, Endpoint, Exchange, Message};
use crate::wire::capture::Refused;

/// `1   0.000000   192.0.2.77 → 198.51.100.9 ISAKMP 212 IKE_SA_INIT MID=00 Initiator Request`; no message if it is
/// a packet of a child SA, and no exchange if it is IKEv1.
pub(super) fn summary(at: u64, text: &str) -> Option<(Packet, Option<u64>, Option<Message>)> {
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
pub(super) fn complaint(at: u64, text: &str) -> Option<(Packet, Refused)> {
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
