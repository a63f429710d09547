//! OpenIKED, in the words of OpenBSD 6.0 to 7.8: `spi=0x…: recv IKE_SA_INIT req 0 peer …`, before 6.6
//! `ikev2_recv: IKE_SA_INIT request from initiator …`.

use std::sync::LazyLock;

use super::endpoint_with_colon;
use super::table::Table;
use crate::diagnose::Statement;
use crate::diagnose::event::{
    AttemptKey, Direction, Endpoint, EventKind, Exchange, Key, Message, Witness,
};

static TABLE: LazyLock<Table> = LazyLock::new(|| Table::parse(PHRASES));

/// What each phrase says.
pub(super) const PHRASES: &str = include_str!("iked/phrases.txt");

/// Words that only lines of this program have.
const MARKS: [&str; 12] = [
    "ikev2_recv: ",
    "ikev2_msg_",
    "ikev2_pld_",
    "ikev2_resp_",
    "ikev2_init_",
    "ikev2_ike_",
    "ikev2_add_error",
    "ikev2_send_",
    "ikev2_log_",
    "ca_getreq: ",
    "sa_state: ",
    "spi=0x",
];

/// Reads a line; returns whether it is one of this program's.
pub(super) fn line(line: &str, say: &mut dyn FnMut(AttemptKey, EventKind)) -> bool {
    if !MARKS.iter().any(|mark| line.contains(mark)) {
        return false;
    }
    let found = TABLE.find(line);
    let message = message(line);
    // Other programs have SPIs, too.
    if found.is_none() && message.is_none() && !line.contains("ikev2_") && !line.contains("iked[") {
        return false;
    }
    let attempt_key = AttemptKey {
        witness: Witness::OpenIked,
        stream: 0,
        key: spi(line).map_or(Key::Open, Key::Spi),
    };
    let named = (message.is_none() && line.contains(" peer "))
        .then(|| word(line, " peer "))
        .flatten();
    if let Some(peer) = named.and_then(endpoint_with_colon) {
        let address = Some(peer.address.to_string());
        say(
            attempt_key,
            EventKind::Statement(Statement::PeerNamed, address),
        );
    }
    let exchange = message.as_ref().and_then(|message| message.exchange);
    if let Some(message) = message.clone() {
        // A line names message and packet at once.
        let packet = Message {
            exchange: None,
            ..message.clone()
        };
        if message.direction == Direction::Received {
            say(attempt_key, EventKind::Message(packet));
        }
        say(attempt_key, EventKind::Message(message));
    }
    let (statement, detail) = match found {
        Some((Statement::Retransmit, _)) if !line.contains(" req ") => (Statement::Other, None),
        Some((statement, detail)) => (statement, detail.map(ToOwned::to_owned)),
        None if exchange.is_none() => (Statement::Other, None),
        None => return true,
    };
    say(attempt_key, EventKind::Statement(statement, detail));
    true
}

/// `spi=0x0011223344556677`.
fn spi(line: &str) -> Option<u64> {
    let (_, rest) = line.split_once("spi=0x")?;
    let end = rest
        .find(|c: char| !c.is_ascii_hexdigit())
        .unwrap_or(rest.len());
    u64::from_str_radix(&rest[..end], 16).ok()
}

/// The word behind `words`, without a comma.
fn word<'l>(line: &'l str, words: &str) -> Option<&'l str> {
    let (_, rest) = line.split_once(words)?;
    Some(rest.split_whitespace().next()?.trim_end_matches(','))
}

/// A line about a message, in either form.
fn message(line: &str) -> Option<Message> {
    const EXCHANGES: [(&str, Exchange); 4] = [
        ("IKE_SA_INIT ", Exchange::IKE_SA_INIT),
        ("IKE_AUTH ", Exchange::IKE_AUTH),
        ("CREATE_CHILD_SA ", Exchange::CREATE_CHILD_SA),
        ("INFORMATIONAL ", Exchange::INFORMATIONAL),
    ];
    let direction = if line.contains(": recv ") || line.contains("ikev2_recv: ") {
        Direction::Received
    } else if line.contains(": send ") || line.contains("ikev2_msg_send: ") {
        Direction::Sent
    } else {
        return None;
    };
    let (exchange, rest) = EXCHANGES
        .iter()
        .find_map(|(name, exchange)| Some((*exchange, line.split_once(name)?.1)))?;
    let kind = rest.split_whitespace().next()?;
    let response = kind.starts_with("res");
    let number = |words| word(line, words).and_then(|id| id.parse().ok());
    let id = rest
        .split_whitespace()
        .nth(1)
        .and_then(|id| id.parse().ok())
        .or_else(|| number(" msgid "))
        .or_else(|| number(" id "));
    let end = |words| word(line, words).and_then(endpoint_with_colon);
    let (peer, here): (Option<Endpoint>, Option<Endpoint>) = match direction {
        Direction::Received if line.contains(" peer ") => (end(" peer "), end(" local ")),
        Direction::Received => (end("initiator ").or_else(|| end(" from ")), end(" to ")),
        _ if line.contains(" peer ") => (end(" peer "), end(" local ")),
        _ => (end(" to "), end(" from ")),
    };
    let (from, to) = match direction {
        Direction::Received => (peer, here),
        _ => (here, peer),
    };
    Some(Message {
        from,
        to,
        exchange: Some(exchange),
        response,
        id: Some(id.unwrap_or(u32::from(exchange != Exchange::IKE_SA_INIT))),
        ..Message::plain(direction)
    })
}
