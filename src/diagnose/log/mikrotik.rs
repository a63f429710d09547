//! MikroTik: the topics `ipsec` of RouterOS.

use std::sync::LazyLock;

use super::table::Table;
use crate::diagnose::Statement;
use crate::diagnose::event::{AttemptKey, EventKind, Key, Witness};

static TABLE: LazyLock<Table> = LazyLock::new(|| Table::parse(PHRASES));

/// What each phrase says.
pub(super) const PHRASES: &str = include_str!("mikrotik/phrases.txt");

/// Words that only lines of this program have.
const MARKS: [&str; 5] = [
    "ipsec,",
    "ike2 SA",
    "ipsec: ",
    "respond new phase 1",
    "initiate new phase 1",
];

/// Reads a line; returns whether it is one of this program's.
pub(super) fn line(line: &str, say: &mut dyn FnMut(AttemptKey, EventKind)) -> bool {
    if !MARKS.iter().any(|mark| line.contains(mark)) {
        return false;
    }
    // `ipsec: ` alone is what many programs write.
    let found = TABLE.find(line).map(|(statement, _)| statement);
    if found.is_none() && !line.contains("ipsec,") {
        return false;
    }
    let attempt_key = AttemptKey {
        witness: Witness::MikroTik,
        stream: 0,
        key: spi(line).map_or(Key::Open, Key::Spi),
    };
    if let Some(peer) = peer(line) {
        let named = EventKind::Statement(Statement::PeerNamed, Some(peer.to_owned()));
        say(attempt_key, named);
    }
    // What it calls an error in words that are not known is quoted.
    let unknown = if line.contains("ipsec,error") {
        Statement::Complaint
    } else {
        Statement::Other
    };
    let statement = found.unwrap_or(unknown);
    say(attempt_key, EventKind::Statement(statement, None));
    true
}

/// The initiator's SPI in `spi:0011223344556677:8899aabbccddeeff`.
fn spi(line: &str) -> Option<u64> {
    let (_, rest) = line.split_once("spi:")?;
    u64::from_str_radix(rest.split(':').next()?, 16).ok()
}

/// The other end of `192.0.2.1[500]-198.51.100.7[500]`.
fn peer(line: &str) -> Option<&str> {
    let (_, rest) = line.split_once("]-")?;
    let peer = rest.split('[').next()?;
    peer.parse::<std::net::IpAddr>().ok()?;
    Some(peer)
}
