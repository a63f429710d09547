//! The head of a packet: its time, its addresses, what ICMP complains about.

use std::net::IpAddr;
use std::time::Duration;

use super::transforms::value;
use crate::diagnose::event::Endpoint;
use crate::wire::capture::Refused;

/// An IP header.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Header {
    pub(super) time: Option<Duration>,
    pub(super) identification: Option<u32>,
    /// It is a fragment: the first one, or a later one.
    pub(super) fragment: Option<bool>,
}

pub(super) fn length(text: &str) -> Option<u32> {
    value(text, "len=").and_then(|length| length.parse().ok())
}

/// Reads the times of the lines, and goes on after midnight.
#[derive(Debug, Default)]
pub(super) struct Clock {
    last: Option<Duration>,
    days: u32,
}

impl Clock {
    /// `12:00:00.000000`, behind a date or not; `1700000000.000000`.
    pub(super) fn read(&mut self, text: &str) -> Option<Duration> {
        let day = Duration::from_secs(24 * 60 * 60);
        let mut words = text.split_whitespace().take(2);
        let time = words.find_map(|word| {
            let (clock, fraction) = word.split_once('.').unwrap_or((word, "0"));
            let digits: String = fraction.chars().take_while(char::is_ascii_digit).collect();
            let nanos = format!("{digits:0<9}").get(..9)?.parse().ok()?;
            let mut seconds: u64 = 0;
            let parts = clock.split(':').count();
            if parts != 3 && (parts != 1 || clock.len() != 10) {
                return None;
            }
            for part in clock.split(':') {
                seconds = seconds.checked_mul(60)?.checked_add(part.parse().ok()?)?;
            }
            Some(Duration::new(seconds, nanos))
        })?;
        let time = time.checked_add(day * self.days)?;
        match self.last {
            Some(last) if time + day / 2 < last => {
                self.days = self.days.saturating_add(1);
                self.last = time.checked_add(day);
            }
            _ => self.last = Some(time),
        }
        self.last
    }
}

/// What the line with the IP header says.
pub(super) fn ip_header(text: &str) -> Header {
    if !text.contains("proto UDP (17)") {
        return Header::default();
    }
    let number = |name| value(text, name).and_then(|it| it.parse::<u32>().ok());
    let later = number("offset ").is_some_and(|offset| offset > 0);
    let more = text.contains("flags [+]");
    Header {
        time: None,
        identification: number(", id "),
        fragment: (more || later).then_some(!later),
    }
}

/// The addresses of a packet, and what stands behind them.
pub(super) fn ends(text: &str) -> Option<(Endpoint, Endpoint, &str)> {
    let (before, rest) = text.split_once(" > ")?;
    let from = before.split_whitespace().next_back()?;
    let (to, rest) = rest
        .split_once(": ")
        .or_else(|| Some((rest.strip_suffix(':')?, "")))?;
    let end = |text: &str| {
        endpoint(text).or_else(|| {
            Some(Endpoint {
                address: text.parse().ok()?,
                port: None,
            })
        })
    };
    // With the link layer (`-e`) the first arrow is between its addresses.
    match (end(from), end(to.split_whitespace().next()?)) {
        (Some(from), Some(to)) => Some((from, to, rest)),
        _ if rest.contains(" > ") => ends(rest),
        _ => None,
    }
}

/// `192.0.2.1 udp port 500 unreachable, length 500`: why, which port, and the host that is meant.
pub(super) fn complaint_of(complaint: &str) -> Option<(Refused, u16, Option<IpAddr>)> {
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
    let about = complaint
        .split_whitespace()
        .find_map(|word| word.trim_end_matches(',').parse().ok());
    let port = port.filter(|port| matches!(port, 500 | 4500));
    Some((why, port.unwrap_or(500), about))
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
