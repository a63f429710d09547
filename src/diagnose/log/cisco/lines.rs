//! Lines of `debug crypto ikev2` and of syslog, taken apart.

use super::super::endpoint_with_colon;
use super::number;
use crate::diagnose::event::{Direction, Exchange, Key, Message};
use crate::ike::Notify;

/// A line of a debug: the number of its session, if it has one, and the message.
pub(super) fn debug(line: &str) -> Option<(Option<u64>, &str)> {
    let place = line.find("IKEv2")?;
    let (before, rest) = (line[..place].trim_end(), &line[place + "IKEv2".len()..]);
    // ASA's `-PROTO-1: `, `-PLAT-4: `; IOS' `:`, `-ERROR:`, `-INTERNAL:`, `-PAK:`.
    let end = rest.find(':')?;
    let name = &rest[..end];
    let bare = name.is_empty()
        && (before.is_empty()
            || before.ends_with([':', '#', '>', ']', ')'])
            || rest.starts_with(":(S"));
    let known = bare
        || ["-PROTO-", "-PLAT-", "-ERROR", "-INTERNAL", "-PAK", "-EVENT"]
            .iter()
            .any(|known| name.starts_with(known));
    if !known || name.contains(' ') {
        return None;
    }
    let rest = rest[end + 1..].trim_start();
    Some(numbered(rest).map_or((None, rest), |(number, rest)| (Some(number), rest)))
}

/// Takes `(7): ` or `(SESSION ID = 9,SA ID = 1):` off.
pub(super) fn numbered(text: &str) -> Option<(u64, &str)> {
    let (inner, rest) = text.strip_prefix('(')?.split_once(')')?;
    let rest = rest.strip_prefix(':')?;
    let session = match inner.parse::<u64>() {
        Ok(session) => session,
        Err(_) => {
            let inner = inner
                .strip_prefix("SESSION ID = ")
                .or_else(|| inner.strip_prefix("SA ID = "))?;
            let end = inner
                .find(|c: char| !c.is_ascii_digit())
                .unwrap_or(inner.len());
            inner[..end].parse().ok()?
        }
    };
    Some((session, rest.trim_start()))
}

/// A message of the syslog about a negotiation with a peer.
pub(super) fn syslog(line: &str) -> Option<(Key, &str)> {
    // A mail program or a web page breaks the message behind the name of the user.
    const CONTINUED: &str = "IKEv2 Negotiation aborted due to ERROR: ";
    if line.trim_start().starts_with(CONTINUED) {
        return Some((Key::Open, line.trim()));
    }
    let place = ["%ASA-", "%FTD-", "%CRYPTO-"]
        .iter()
        .find_map(|name| line.find(name))?;
    let message = &line[place..];
    let about = message.contains("IKEv2")
        || message.contains("IKEV2")
        || ["-750", "-751", "-752"].iter().any(|number| {
            message
                .split(':')
                .next()
                .is_some_and(|id| id.contains(number))
        });
    if !about {
        return None;
    }
    let peer = message
        .split_once("Remote:")
        .and_then(|(_, rest)| rest.split_whitespace().next());
    Some((
        peer.map_or(Key::Open, |peer| Key::Serial(number(&peer))),
        message,
    ))
}

/// Whether a line is one of `debug crypto isakmp`, which is about version 1: `ISAKMP:(0): …`, `ISAKMP (1001): …`.
pub(super) fn is_version_one(line: &str) -> bool {
    const FORMS: [&str; 5] = [
        "ISAKMP:(",
        "ISAKMP: (",
        "ISAKMP (",
        "ISAKMP-PAK: (",
        "[IKEv1",
    ];
    FORMS.iter().any(|form| line.contains(form))
}

/// `Sending Packet [To 192.0.2.1:500/From 192.0.2.2:500/VRF i0:f0]`.
pub(super) fn packet(message: &str) -> Option<Message> {
    let (direction, rest) = if let Some((_, rest)) = message.split_once("ending Packet [To ") {
        (Direction::Sent, rest)
    } else {
        let (_, rest) = message.split_once("eceived Packet [From ")?;
        (Direction::Received, rest)
    };
    let mut ends = rest.split('/');
    let peer = endpoint_with_colon(ends.next()?);
    let here = ends
        .next()
        .map(|end| end.trim_start_matches("From ").trim_start_matches("To "))
        .and_then(endpoint_with_colon);
    let (from, to) = match direction {
        Direction::Sent => (here, peer),
        _ => (peer, here),
    };
    Some(Message {
        from,
        to,
        ..Message::plain(direction)
    })
}

/// Reads a line behind the one that begins a packet; returns whether it belongs to it.
pub(super) fn packet_line(text: &str, message: &mut Message) -> bool {
    if text.starts_with("Initiator SPI") {
        let id = text.split_once("Message id:");
        message.id = id.and_then(|(_, id)| id.trim().parse().ok());
        return true;
    }
    if let Some((name, rest)) = text
        .strip_prefix("IKEv2 ")
        .and_then(|rest| rest.split_once(" Exchange "))
    {
        message.exchange = match name {
            "IKE_SA_INIT" => Some(Exchange::IKE_SA_INIT),
            "IKE_AUTH" => Some(Exchange::IKE_AUTH),
            "CREATE_CHILD_SA" => Some(Exchange::CREATE_CHILD_SA),
            "INFORMATIONAL" => Some(Exchange::INFORMATIONAL),
            _ => None,
        };
        message.response = rest.trim_start().starts_with("RESPONSE");
        return true;
    }
    if text.starts_with("Payload contents") {
        return true;
    }
    let payload = |word: &str| {
        let name = word.split('(').next().unwrap_or_default();
        name.len() < 12 && name.chars().all(|c| c.is_ascii_alphanumeric())
    };
    if !text.split_whitespace().all(payload) {
        return false;
    }
    for word in text.split_whitespace() {
        let notify = word
            .strip_prefix("NOTIFY(")
            .and_then(|name| Notify::named(name.trim_end_matches(')')));
        match notify {
            Some(notify) if message.notifies.len() < 64 => message.notifies.push(notify),
            _ if message.payloads.len() < 64 => message.payloads.push(word.to_owned()),
            _ => {}
        }
    }
    true
}
