//! pluto's messages, in the words of libreswan 3.2x to 5.x. Its phrases stand in `pluto/phrases.txt`.
//!
//! pluto numbers IKE SAs and child SAs in one row (`"s2s" #2: …`); which IKE SA a child belongs to
//! stands in some of its messages only, so it is remembered.

use std::sync::LazyLock;

use rustc_hash::FxHashMap;

use super::table::Table;
use super::{complaint, console, head};
use crate::diagnose::Statement;
use crate::diagnose::event::{AttemptKey, EventKind, Key, Witness, repeated};

/// What each phrase says.
pub(super) const PHRASES: &str = include_str!("pluto/phrases.txt");

static TABLE: LazyLock<Table> = LazyLock::new(|| Table::parse(PHRASES));

/// More SAs than this are not remembered.
const MOST_REMEMBERED: usize = 10_000;

/// Remembers which SAs belong together.
#[derive(Debug, Default)]
pub(super) struct Reader {
    /// IKE SA of each SA, by stream and number.
    parents: FxHashMap<(u64, u64), u64>,
    /// Last IKE SA of each connection, by stream and name.
    latest: FxHashMap<(u64, Box<str>), u64>,
}

impl Reader {
    /// Reads a line; returns whether it is one of pluto's.
    pub(super) fn line(&mut self, line: &str, say: &mut dyn FnMut(AttemptKey, EventKind)) -> bool {
        let attempt_key = |stream, key| AttemptKey {
            witness: Witness::Pluto,
            stream,
            key,
        };
        if let Some(read) = numbered(line) {
            let stream = head::stream(read.prefix);
            let kind = said(read.message);
            let known = self.parents.contains_key(&(stream, read.number));
            let serial = self.parent(stream, &read, &kind);
            let attempt_key = attempt_key(stream, Key::Serial(serial));
            if let (false, Some(peer)) = (known, read.peer) {
                say(
                    attempt_key,
                    EventKind::Statement(Statement::PeerNamed, Some(peer.to_owned())),
                );
            }
            if !known {
                say(
                    attempt_key,
                    EventKind::Statement(Statement::ConnectionNamed, Some(read.name.to_owned())),
                );
            }
            say(attempt_key, kind);
            return true;
        }
        if let Some(place) = line.find("packet from ") {
            let (prefix, rest) = line.split_at(place);
            let rest = &rest["packet from ".len()..];
            if let Some((endpoint, message)) = rest.split_once(": ") {
                let address = endpoint
                    .rsplit_once(':')
                    .map_or(endpoint, |(address, _)| address);
                if address.parse::<std::net::IpAddr>().is_ok() {
                    let kind = match said(message) {
                        EventKind::Statement(statement, None) => {
                            EventKind::Statement(statement, Some(address.to_owned()))
                        }
                        kind => kind,
                    };
                    say(attempt_key(head::stream(prefix), Key::Open), kind);
                    return true;
                }
            }
        }
        let Some((before, message)) = head::program(line, "pluto") else {
            let kind = of_connection(line)
                .map(complaint)
                .or_else(|| is_plain(line).then_some(EventKind::Statement(Statement::Other, None)))
                .or_else(|| bare(line))
                .or_else(|| is_dated(line).then_some(EventKind::Statement(Statement::Other, None)));
            if let Some(kind) = kind {
                say(attempt_key(0, Key::Open), kind);
                return true;
            }
            return false;
        };
        say(attempt_key(head::stream(before), Key::Open), said(message));
        true
    }

    /// The IKE SA that a line is about.
    fn parent(&mut self, stream: u64, read: &Numbered<'_>, kind: &EventKind) -> u64 {
        if self.parents.len() > MOST_REMEMBERED || self.latest.len() > MOST_REMEMBERED {
            self.parents.clear();
            self.latest.clear();
        }
        if let Some(parent) = self.parents.get(&(stream, read.number)) {
            return *parent;
        }
        let begins = matches!(
            kind,
            EventKind::Statement(
                Statement::Initiating
                    | Statement::PeerInitiating
                    | Statement::InitAnswered
                    | Statement::IkeProposalsRefused
                    | Statement::GroupRequested
                    | Statement::RekeyingIke,
                _
            )
        ) && !read.message.contains("ESP");
        let name = (stream, Box::from(read.name));
        let named = parent_in(read.message).filter(|number| *number != read.number);
        let parent = match (named, begins) {
            (Some(named), _) => *self.parents.get(&(stream, named)).unwrap_or(&named),
            (None, true) => read.number,
            (None, false) => self.latest.get(&name).copied().unwrap_or(read.number),
        };
        if parent == read.number {
            self.latest.insert(name, parent);
        }
        self.parents.insert((stream, read.number), parent);
        parent
    }
}

/// The message of a line about an SA or a packet.
pub(super) fn message(line: &str) -> Option<&str> {
    let of_packet = || Some(line.split_once("packet from ")?.1.split_once(": ")?.1);
    numbered(line).map(|read| read.message).or_else(of_packet)
}

/// Whether a message is one that is known.
pub(super) fn is_known(message: &str) -> bool {
    TABLE.find(message).is_some()
}

/// What a message says.
fn said(message: &str) -> EventKind {
    let Some((statement, detail)) = TABLE.find(message) else {
        return complaint(message);
    };
    let detail = match statement {
        Statement::Retransmit | Statement::GaveUp => detail.and_then(stage),
        _ => detail,
    };
    EventKind::Statement(statement, detail.map(ToOwned::to_owned))
}

/// The exchange whose request is repeated, by the state in which that is said:
/// `STATE_PARENT_I2: retransmission; …`, `ESTABLISHED_IKE_SA: 60 second timeout …`,
/// `retransmitting IKE_SA_INIT request; …`.
fn stage(before: &str) -> Option<&'static str> {
    const STATES: &[(&str, &str)] = &[
        ("ESTABLISHED", repeated::LATER),
        ("V2_IPSEC", repeated::LATER),
        ("REKEY", repeated::LATER),
        ("CREATE", repeated::LATER),
        ("NEW_CHILD", repeated::LATER),
        ("INFORMATIONAL", repeated::LATER),
        ("DELETE", repeated::LATER),
        ("PARENT_I3", repeated::LATER),
        ("PARENT_R2", repeated::LATER),
        ("PARENT_I2", repeated::AUTH),
        ("IKE_AUTH", repeated::AUTH),
        ("IKE_INTERMEDIATE", repeated::AUTH),
        ("PARENT_I1", repeated::FIRST),
        ("IKE_SA_INIT", repeated::FIRST),
    ];
    let state = STATES.iter().find(|(state, _)| before.contains(state));
    state.map(|(_, stage)| *stage)
}

/// Whether a line is pluto's although it names neither the program nor an SA: what it writes at its
/// start, and about connections (`"rw": added IKEv2 connection`).
fn is_plain(line: &str) -> bool {
    const WORDS: [&str; 14] = [
        "response; payloads: ",
        "request; payloads: ",
        "| trusted_ca_nss: ",
        "| State DB: ",
        "| Now let's proceed with payload ",
        "| selected state microcode ",
        "| timer_event_cb: ",
        "| remote proposal ",
        "| comparing remote proposal ",
        "FIPS mode disabled for pluto daemon",
        "Starting Pluto (Libreswan",
        "\": added ",
        "\": IKE SA proposals (connection add)",
        "\": terminating SAs using this connection",
    ];
    let named = WORDS.iter().find(|words| line.contains(**words));
    named.is_some_and(|words| !words.ends_with("added ") || line.contains("IKEv2 connection"))
}

/// Whether a line stands in pluto's own file, which has microseconds behind the day of the month, and is of
/// `plutodebug` or lists an algorithm for both versions.
fn is_dated(line: &str) -> bool {
    let mut words = line.split_ascii_whitespace();
    let (Some(month), Some(day), Some(time)) = (words.next(), words.next(), words.next()) else {
        return false;
    };
    let exact = time
        .strip_suffix(':')
        .and_then(|time| time.split_once('.'))
        .is_some_and(|(clock, fraction)| head::is_time(clock) && fraction.len() == 6);
    let dated = exact && head::is_time(month) && day.bytes().all(|b| b.is_ascii_digit());
    dated && (words.next() == Some("|") || line.contains(" IKEv1: ") && line.contains(" IKEv2: "))
}

/// What `ipsec auto` prints of a connection: `003 "office": cannot install route: peer is within its client`.
fn of_connection(line: &str) -> Option<&str> {
    let line = line.trim_start();
    let (code, rest) = line.split_at_checked(3)?;
    let named = code.bytes().all(|b| b.is_ascii_digit()) && rest.starts_with(" \"");
    named.then_some(())?;
    Some(rest.split_once("\": ")?.1)
}

/// What a sentence of pluto says that nothing marks, if nobody else would write it.
fn bare(line: &str) -> Option<EventKind> {
    const WORDS: [&str; 16] = [
        "preshared",
        "ASSERTION FAILED",
        "netlink response for ",
        "IKEv1 ",
        "EVENT_v1_",
        "PSK",
        "OAKLEY_",
        "Oakley",
        "IKE SA",
        "IKE_AUTH",
        "IKE_SA_INIT",
        "Child SA",
        "Traffic Selector",
        "IKEv2",
        "v2N_",
        "authentication failed: ",
    ];
    if !WORDS.iter().any(|word| line.contains(word)) || console::message(line).is_some() {
        return None;
    }
    let message = console::bare(line);
    let kind = said(message);
    // People write of IKEv1 in their own words, too.
    let ours = match &kind {
        EventKind::Statement(Statement::VersionOne, _) => {
            // Behind a time `| ` marks what `plutodebug` writes.
            let debugs = message.starts_with("| ") && head::clock(line).is_some();
            debugs || message.starts_with("OAKLEY_") || message.starts_with("ignoring IKEv1 packet")
        }
        EventKind::Statement(statement, _) => {
            !matches!(statement, Statement::Other | Statement::Complaint)
        }
        _ => false,
    };
    ours.then_some(kind)
}

/// `#1` behind words that say that it is the IKE SA of this one.
fn parent_in(message: &str) -> Option<u64> {
    let behind = ["using IKE SA #", "using #", "replace IKE SA #"]
        .iter()
        .find_map(|words| message.split_once(words))?
        .1;
    let digits = behind
        .find(|c: char| !c.is_ascii_digit())
        .unwrap_or(behind.len());
    behind[..digits].parse().ok()
}

/// A line about an SA with a number.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
struct Numbered<'l> {
    prefix: &'l str,
    name: &'l str,
    peer: Option<&'l str>,
    number: u64,
    message: &'l str,
}

/// Takes `"name"[2] 192.0.2.7 #3: message` apart.
fn numbered(line: &str) -> Option<Numbered<'_>> {
    let mut from = 0;
    loop {
        let open = from + line[from..].find('"')?;
        from = open + 1;
        let (name, rest) = line[from..].split_once('"')?;
        if let Some((peer, number, message)) = number(rest) {
            return Some(Numbered {
                prefix: &line[..open],
                name,
                peer,
                number,
                message,
            });
        }
    }
}

fn number(rest: &str) -> Option<(Option<&str>, u64, &str)> {
    let (head, message) = rest.split_once(": ")?;
    let (instance, number) = head.rsplit_once('#')?;
    let digits = number
        .find(|c: char| !c.is_ascii_digit())
        .unwrap_or(number.len());
    let peer = instance.split_whitespace().next_back();
    let peer = peer.map(|word| word.trim_start_matches("..."));
    let peer = peer.filter(|word| word.parse::<std::net::IpAddr>().is_ok());
    let plain = instance.trim().is_empty() || instance.starts_with(['[', ' ']);
    plain.then_some(())?;
    Some((peer, number[..digits].parse().ok()?, message))
}
