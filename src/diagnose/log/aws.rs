//! AWS Site-to-Site VPN: the tunnel's log, a record of JSON a line, on several lines, or inside of another one.
//!
//! The sentences are those of Amazon's documentation, "Site-to-Site VPN log contents".

use std::sync::LazyLock;

use super::table::{Detail, Phrase, Table, within};
use crate::diagnose::Statement;
use crate::diagnose::event::{AttemptKey, EventKind, Key, Witness};

static TABLE: LazyLock<Table> = LazyLock::new(|| Table::new(PHRASES));

/// What each sentence says.
const PHRASES: &[Phrase] = &[
    within(
        "pre-shared key mismatch with cgw",
        Statement::SharedKeyDiffers,
        Detail::None,
    ),
    within(
        "unsuccessful due to invalid Pre-shared Key",
        Statement::SharedKeyDiffers,
        Detail::None,
    ),
    within(
        "AWS tunnel DPD timed out",
        Statement::PeerDead,
        Detail::None,
    ),
    within("Declaring peer dead", Statement::PeerDead, Detail::None),
    within(
        "AWS tunnel received DELETE for IKE_SA",
        Statement::Closed,
        Detail::None,
    ),
    within(
        "Phase 2 was unable to establish while keeping Phase 1",
        Statement::ChildFailed,
        Detail::None,
    ),
    within(
        "TS_UNACCEPTABLE: received from responder",
        Statement::SelectorsRefusedByPeer,
        Detail::None,
    ),
    within(
        "is sending AUTHENTICATION_FAILED as the response",
        Statement::AuthFailedSent,
        Detail::None,
    ),
    within(
        "deleting un-established Phase 1 IKE_SA",
        Statement::HalfOpenTimeout,
        Detail::None,
    ),
    within(
        "No Proposal Match Found",
        Statement::NoProposalChosen,
        Detail::None,
    ),
];

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
