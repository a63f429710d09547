//! A line taken apart.

use std::net::IpAddr;

use super::super::endpoint_with_colon;
use crate::diagnose::event::{Direction, Endpoint, Exchange, Message};

/// A line taken apart.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct Parts<'l> {
    pub(super) spi: Option<u64>,
    pub(super) serial: Option<u64>,
    pub(super) message: &'l str,
}

/// Takes `ike V=root:0:office:41: message` apart.
pub(super) fn parts(line: &str) -> Option<Parts<'_>> {
    let place = ike(line)?;
    let rest = &line[place + "ike ".len()..];
    let vdom = rest.strip_prefix("V=");
    let rest = match vdom {
        Some(rest) => rest.split_once(':')?.1,
        None => rest,
    };
    // The number of the virtual domain, unless the message follows at once.
    let digits = rest.len() - rest.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    let rest = match rest[digits..].strip_prefix(':') {
        Some(rest) if digits > 0 => rest,
        _ if vdom.is_some() || rest.starts_with("Negotiate") => {
            return Some(Parts {
                spi: None,
                serial: None,
                message: rest,
            });
        }
        _ => return None,
    };
    let mut parts = Parts {
        spi: None,
        serial: None,
        message: rest,
    };
    // SPIs or a name, then a number or two; a message begins with a blank.
    if let Some((name, behind)) = rest.split_once(':').filter(|_| !rest.starts_with(' ')) {
        parts.spi = spi(name);
        parts.message = behind;
        let mut behind = behind;
        while let Some((number, after)) = behind.split_once(':') {
            let Ok(number) = number.parse::<u64>() else {
                break;
            };
            parts.serial.get_or_insert(number);
            parts.message = after;
            behind = after;
        }
    }
    Some(parts)
}

/// Where `ike ` stands as a word of its own.
pub(super) fn ike(line: &str) -> Option<usize> {
    memchr::memmem::find_iter(line.as_bytes(), b"ike ").find(|place| {
        let before = line[..*place].chars().next_back();
        let after = &line[place + "ike ".len()..];
        before.is_none_or(|c| !c.is_alphanumeric())
            && (after.starts_with("V=")
                || after.starts_with("Negotiate ")
                || after.starts_with(|c: char| c.is_ascii_digit()))
    })
}

/// `00112233445566aa/0000000000000000`: the initiator's SPI.
pub(super) fn spi(text: &str) -> Option<u64> {
    let (initiator, responder) = text.split_once('/')?;
    let whole = initiator.len() == 16 && responder.len() >= 16;
    whole.then(|| u64::from_str_radix(initiator, 16).ok())?
}

pub(super) fn spi_in(message: &str) -> Option<u64> {
    let (_, rest) = message.split_once(" id=")?;
    spi(rest.split([' ', ':', ',']).next()?)
}

/// The address in `comes 198.51.100.5:500->192.0.2.2:500,ifindex=4`.
pub(super) fn comes_from(message: &str) -> Option<IpAddr> {
    let rest = message.trim_start().strip_prefix("comes ")?;
    Some(endpoint_with_colon(rest.split_once("->")?.0)?.address)
}

/// The other end of `sent IKE msg (SA_INIT): 192.0.2.2:500->198.51.100.5:500, len=…`.
pub(super) fn goes_to(message: &str) -> Option<IpAddr> {
    let (_, rest) = message.split_once("sent IKE msg ")?;
    let (_, to) = rest.split_once("->")?;
    Some(endpoint_with_colon(to.split(',').next()?)?.address)
}

/// `IKEv2 exchange=SA_INIT_RESPONSE id=…:00000000 len=80`, `sent IKE msg (AUTH): …`.
pub(super) fn message(text: &str) -> Option<Message> {
    let (direction, name) = if let Some((_, rest)) = text.split_once("IKEv2 exchange=") {
        (Direction::Received, rest.split_whitespace().next()?)
    } else {
        let (_, rest) = text.split_once("sent IKE msg (")?;
        (Direction::Sent, rest.split(')').next()?)
    };
    let name = name.strip_prefix("RETRANSMIT_").unwrap_or(name);
    let response = name.ends_with("_RESPONSE");
    let exchange = match name.trim_end_matches("_RESPONSE") {
        "SA_INIT" => Exchange::IKE_SA_INIT,
        "AUTH" => Exchange::IKE_AUTH,
        "CREATE_CHILD" | "CREATE_CHILD_SA" => Exchange::CREATE_CHILD_SA,
        "INFORMATIONAL" => Exchange::INFORMATIONAL,
        _ => return None,
    };
    let id = text.split_once(" id=").and_then(|(_, rest)| {
        let word = rest.split([' ', ',']).next()?;
        u32::from_str_radix(word.rsplit_once(':')?.1, 16).ok()
    });
    let bytes = text.split_once("len=").and_then(|(_, rest)| {
        let end = rest
            .find(|c: char| !c.is_ascii_digit())
            .unwrap_or(rest.len());
        rest[..end].parse().ok()
    });
    let port = |text: &str| endpoint_with_colon(text.split(',').next()?);
    let ends = text
        .split_once("): ")
        .and_then(|(_, rest)| rest.split_once("->"));
    let end = |end: Option<&str>| -> Option<Endpoint> { end.and_then(port) };
    Some(Message {
        from: end(ends.map(|it| it.0)),
        to: end(ends.map(|it| it.1)),
        exchange: Some(exchange),
        response,
        id: Some(id.unwrap_or(u32::from(exchange != Exchange::IKE_SA_INIT))),
        bytes,
        ..Message::plain(direction)
    })
}
