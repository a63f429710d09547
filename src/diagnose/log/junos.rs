//! Junos: kmd and iked of SRX, in the syslog.

use std::hash::{Hash as _, Hasher as _};
use std::sync::LazyLock;

use rustc_hash::FxHasher;

use super::table::Table;
use crate::diagnose::Statement;
use crate::diagnose::event::{AttemptKey, EventKind, Key, Witness};

static TABLE: LazyLock<Table> = LazyLock::new(|| Table::parse(PHRASES));

/// What each phrase says.
pub(super) const PHRASES: &str = include_str!("junos/phrases.txt");

/// Words that only lines of this program have.
const MARKS: [&str; 5] = [
    "kmd[",
    "KMD_",
    "IKE negotiation failed with error",
    "IKE negotiation successfully completed",
    "IKE_VPN_",
];

/// Reads a line; returns whether it is one of this program's.
pub(super) fn line(line: &str, say: &mut dyn FnMut(AttemptKey, EventKind)) -> bool {
    if !MARKS.iter().any(|mark| line.contains(mark)) {
        return false;
    }
    let peer = peer(line);
    let attempt_key = AttemptKey {
        witness: Witness::Junos,
        stream: 0,
        key: peer.map_or(Key::Open, |peer| {
            let mut hasher = FxHasher::default();
            peer.hash(&mut hasher);
            Key::Serial(hasher.finish())
        }),
    };
    if let Some(peer) = peer {
        let named = EventKind::Statement(Statement::PeerNamed, Some(peer.to_owned()));
        say(attempt_key, named);
    }
    let version_one = line.contains("IKE Version: 1");
    let found = TABLE.find(line).map(|(statement, _)| statement);
    let statement = match found {
        Some(_) if version_one => Statement::VersionOne,
        Some(statement) => statement,
        None => Statement::Other,
    };
    say(attempt_key, EventKind::Statement(statement, None));
    true
}

/// The address in `Remote: 198.51.100.7/500`, `Remote gateway: 198.51.100.7`, `VPN vpn1 from 198.51.100.7 is up`.
fn peer(line: &str) -> Option<&str> {
    ["Remote: ", "Remote gateway: ", " from "]
        .iter()
        .find_map(|words| {
            let (_, rest) = line.split_once(words)?;
            let word = rest.split(['/', ',', ' ']).next()?;
            word.parse::<std::net::IpAddr>().ok()?;
            Some(word)
        })
}
