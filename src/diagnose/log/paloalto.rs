//! Palo Alto Networks: the messages of `ikemgr.log` and of the system log, whatever stands before them.

use std::sync::LazyLock;

use super::table::Table;
use crate::diagnose::Statement;
use crate::diagnose::event::{AttemptKey, EventKind, Key, Witness};

static TABLE: LazyLock<Table> = LazyLock::new(|| Table::parse(PHRASES));

/// The reasons that a message can state.
pub(super) const PHRASES: &str = include_str!("paloalto/phrases.txt");

/// Words that only lines of this program have.
const MARKS: [&str; 4] = [
    "IKEv2 IKE SA negotiation ",
    "IKEv2 child SA negotiation ",
    "IKEv2 SA negotiation ",
    "IKE protocol notification message received",
];

/// Reads a line; returns whether it is one of this program's.
pub(super) fn line(line: &str, say: &mut dyn FnMut(AttemptKey, EventKind)) -> bool {
    const VERSION_ONE: [&str; 4] = [
        "IKE phase-1 negotiation is ",
        "IKE phase-2 negotiation is ",
        "IKE phase-1 negotiation failed",
        "IKE phase-2 negotiation failed",
    ];
    if VERSION_ONE.iter().any(|words| line.contains(words)) {
        say(
            attempt_key(Key::Open),
            EventKind::Statement(Statement::VersionOne, None),
        );
        return true;
    }
    if !MARKS.iter().any(|mark| line.contains(mark)) {
        return false;
    }
    let attempt_key = attempt_key(spi(line).map_or(Key::Open, Key::Spi));
    if let Some(peer) = peer(line) {
        let named = EventKind::Statement(Statement::PeerNamed, Some(peer.to_owned()));
        say(attempt_key, named);
    }
    let found = TABLE.find(line);
    let failed = line.contains("negotiation is failed") || line.contains("negotiation failed");
    let statement = match found.map(|(statement, _)| statement) {
        Some(Statement::NoProposalChosen) if line.contains("child SA") => {
            Statement::ChildNoProposalReceived
        }
        Some(statement) => statement,
        None if failed && line.contains("child SA") => Statement::ChildFailed,
        None => Statement::Other,
    };
    say(attempt_key, EventKind::Statement(statement, None));
    true
}

fn attempt_key(key: Key) -> AttemptKey {
    AttemptKey {
        witness: Witness::PaloAlto,
        stream: 0,
        key,
    }
}

/// The initiator's SPI in `SPI:0011223344556677:8899aabbccddeeff`.
fn spi(line: &str) -> Option<u64> {
    let (_, rest) = line.split_once("SPI:")?;
    u64::from_str_radix(rest.split(':').next()?, 16).ok()
}

/// The other end of `192.0.2.9[4500]-198.51.100.77[40001]`.
fn peer(line: &str) -> Option<&str> {
    let (_, rest) = line.split_once("]-")?;
    let peer = rest.split('[').next()?;
    peer.parse::<std::net::IpAddr>().ok()?;
    Some(peer)
}
