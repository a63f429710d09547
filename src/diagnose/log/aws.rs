//! AWS Site-to-Site VPN: the tunnel's log, a record of JSON a line, on several lines, or inside of another one.
//!
//! The sentences are those of Amazon's documentation, "Site-to-Site VPN log contents".

use std::sync::LazyLock;

use super::table::Table;
use crate::diagnose::Statement;
use crate::diagnose::event::{AttemptKey, EventKind, Key, Witness};

static TABLE: LazyLock<Table> = LazyLock::new(|| Table::parse(PHRASES));

/// What each sentence says.
pub(super) const PHRASES: &str = include_str!("aws/phrases.txt");

/// What the states of a record say, where the sentence says nothing.
const STATES: [(&str, &str, Statement); 2] = [
    (
        "ike_phase2_state",
        "established",
        Statement::ChildEstablished,
    ),
    ("ike_phase1_state", "established", Statement::IkeEstablished),
];

/// Words that only such records have.
const MARKS: [&str; 6] = [
    "ike_phase1_state",
    "ike_phase2_state",
    "AWS tunnel",
    "AWS: Traffic Selector",
    "No Proposal Match Found",
    "Declaring peer dead",
];

/// Reads a line; returns whether it is of such a log.
pub(super) fn line(line: &str, say: &mut dyn FnMut(AttemptKey, EventKind)) -> bool {
    if !MARKS.iter().any(|mark| line.contains(mark)) {
        return false;
    }
    let attempt_key = AttemptKey {
        witness: Witness::Aws,
        stream: 0,
        key: Key::Open,
    };
    let peer = line
        .split_once("cgw: ")
        .and_then(|(_, rest)| rest.split(['"', '\\', ' ', ',']).next());
    let peer = peer.filter(|peer| peer.parse::<std::net::IpAddr>().is_ok());
    if let Some(peer) = peer {
        let named = EventKind::Statement(Statement::PeerNamed, Some(peer.to_owned()));
        say(attempt_key, named);
    }
    let found = TABLE.find(line).map(|(statement, _)| statement);
    let statement = match found {
        // The record says whether phase 1 was up.
        Some(Statement::NoProposalChosen) if state(line).is_some() => {
            Statement::ChildProposalsRefused
        }
        found => found.or_else(|| state(line)).unwrap_or(Statement::Other),
    };
    say(attempt_key, EventKind::Statement(statement, None));
    true
}

/// `"ike_phase2_state":"established"`, with blanks, other quotation marks or escapes.
fn state(line: &str) -> Option<Statement> {
    STATES.iter().find_map(|(name, value, statement)| {
        let (_, rest) = line.split_once(name)?;
        let rest = rest.trim_start_matches(['"', '\\', ':', ' ']);
        rest.to_ascii_lowercase()
            .starts_with(value)
            .then_some(*statement)
    })
}
