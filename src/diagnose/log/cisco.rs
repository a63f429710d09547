//! Cisco: `debug crypto ikev2` of ASA and of IOS and IOS XE, and the messages 750003 and their like of ASA's
//! syslog.
//!
//! ASA writes `IKEv2-PROTO-1: (7): message`, IOS `IKEv2-ERROR:(SESSION ID = 9,SA ID = 1):message`. Packets and
//! lists of proposals go on in lines that name no program; the IOS forms put a list on one line.

mod lines;
mod lists;

use std::hash::Hasher as _;
use std::sync::LazyLock;

use lines::{debug, is_version_one, numbered, packet, packet_line, syslog};
use rustc_hash::{FxHashMap, FxHasher};

use lists::proposal;

use super::proposals::Listing;
use super::table::Table;
use super::{Line, Told, endpoint_with_colon};
use crate::diagnose::Statement;
use crate::diagnose::event::{
    AttemptKey, Event, EventKind, Exchange, Key, Message, ProposalRole, Witness,
};
use crate::ike::Protocol;

/// What each phrase says; whether a refusal is about the child SA, the reader decides.
pub(super) const PHRASES: &str = include_str!("cisco/phrases.txt");

static TABLE: LazyLock<Table> = LazyLock::new(|| Table::parse(PHRASES));

/// More sessions than this are not remembered.
const MOST_REMEMBERED: usize = 10_000;

/// More lines than this do not belong to one packet or list.
const MOST_LINES: u32 = 40;

/// What goes on in the lines behind one that names the program.
#[derive(Debug)]
enum Open {
    List(Listing),
    Packet(AttemptKey, u64, String, Message),
}

/// Remembers which negotiation of each session is meant, and the list or packet that is open.
#[derive(Debug, Default)]
pub(super) struct Reader {
    open: Option<Open>,
    lines: u32,
    /// The negotiation of each session: the same numbers are given again.
    sessions: FxHashMap<u64, Session>,
    /// The last list or packet of each attempt was about a child SA.
    child: FxHashMap<Key, bool>,
    /// A refusal whose list has not come yet.
    refused: Option<(AttemptKey, u64, String)>,
    current: Option<Key>,
}

/// A session as far as it went.
#[derive(Clone, Copy, Debug, Default)]
struct Session {
    /// How often its numbers were given before.
    round: u64,
    /// It is over: what comes next under its numbers is another negotiation.
    over: bool,
}

impl Reader {
    /// Whether the next line may belong to the one before.
    pub(super) const fn is_open(&self) -> bool {
        self.open.is_some()
    }

    /// Reads a line; `None` if it is not Cisco's.
    pub(super) fn line(&mut self, told: &mut Told<'_>) -> Option<Line> {
        let Some((session, message)) = debug(told.text) else {
            if let Some((key, message)) = syslog(told.text) {
                self.close(told.take);
                self.say(key, message, told);
                return Some(Line::Ike);
            }
            if is_version_one(told.text) {
                self.close(told.take);
                let kind = EventKind::Statement(Statement::VersionOne, None);
                told.say(attempt_key(Key::Open), kind);
                return Some(Line::Ike);
            }
            return self.goes_on(told);
        };
        self.close(told.take);
        if self.sessions.len() + self.child.len() > MOST_REMEMBERED {
            self.sessions.clear();
            self.child.clear();
        }
        let key = match session {
            Some(session) => Key::Serial(number(&(session, self.round(session, message)))),
            None => self.current.unwrap_or(Key::Open),
        };
        self.current = Some(key);
        let attempt_key = attempt_key(key);
        for (words, role) in [
            ("eceived Policies:", ProposalRole::Received),
            ("xpected Policies:", ProposalRole::Configured),
        ] {
            let Some((_, list)) = message.split_once(words) else {
                continue;
            };
            self.begin(Open::List(Listing::new(
                attempt_key,
                role,
                told.at,
                told.text,
            )));
            if message.contains("Failed to find a matching policy") {
                self.refuse(attempt_key, told);
            }
            told.other(attempt_key);
            self.list(list);
            return Some(Line::Continued);
        }
        if let Some(packet) = packet(message) {
            let text = told.text.to_owned();
            self.begin(Open::Packet(attempt_key, told.at, text, packet));
            told.other(attempt_key);
            return Some(Line::Continued);
        }
        self.say(key, message, told);
        Some(Line::Ike)
    }

    /// Gives what is open when the input ends.
    pub(super) fn finish(&mut self, take: &mut dyn FnMut(&Event)) {
        self.close(take);
        self.flush(take);
    }

    /// Which negotiation under these numbers a message is about.
    fn round(&mut self, session: u64, message: &str) -> u64 {
        let session = self.sessions.entry(session).or_default();
        if message.contains("Deleting SA") {
            session.over = true;
        } else if std::mem::take(&mut session.over) {
            session.round += 1;
        }
        session.round
    }

    fn begin(&mut self, open: Open) {
        self.open = Some(open);
        self.lines = 0;
    }

    fn say(&mut self, key: Key, message: &str, told: &mut Told<'_>) {
        let attempt_key = attempt_key(key);
        let found = TABLE.find(message).map(|(statement, _)| statement);
        let child = self.child.get(&key).copied().unwrap_or(false);
        let statement = match found {
            Some(Statement::IkeProposalsRefused) => {
                self.refuse(attempt_key, told);
                Statement::Other
            }
            Some(Statement::NoProposalReceived) if child => Statement::ChildNoProposalReceived,
            Some(Statement::AuthFailedReceived) if message.contains("Auth exchange failed") => {
                // Both ends write it, whoever refused.
                Statement::AuthFailedSomewhere
            }
            other => other.unwrap_or(Statement::Other),
        };
        let peer = message
            .split_once("Remote:")
            .and_then(|(_, rest)| endpoint_with_colon(rest.split_whitespace().next()?));
        if let Some(peer) = peer {
            let named = Some(peer.address.to_string());
            told.say(
                attempt_key,
                EventKind::Statement(Statement::PeerNamed, named),
            );
        }
        told.say(attempt_key, EventKind::Statement(statement, None));
    }

    /// The list that decides which proposals were refused comes before or behind.
    fn refuse(&mut self, attempt_key: AttemptKey, told: &mut Told<'_>) {
        if self.child.contains_key(&attempt_key.key) {
            self.flush(told.take);
            self.give(attempt_key, told.at, told.text, told.take);
        } else if self.refused.as_ref().is_none_or(|it| it.0 != attempt_key) {
            self.flush(told.take);
            self.refused = Some((attempt_key, told.at, told.text.to_owned()));
        }
    }

    fn give(&self, attempt_key: AttemptKey, at: u64, text: &str, take: &mut dyn FnMut(&Event)) {
        let statement = match self.child.get(&attempt_key.key) {
            Some(true) => Statement::ChildProposalsRefused,
            Some(false) => Statement::IkeProposalsRefused,
            None => Statement::NoProposalChosen,
        };
        take(&Event {
            at,
            time: None,
            text: text.to_owned(),
            attempt_key,
            kind: EventKind::Statement(statement, None),
        });
    }

    fn flush(&mut self, take: &mut dyn FnMut(&Event)) {
        if let Some((attempt_key, at, text)) = self.refused.take() {
            self.give(attempt_key, at, &text, take);
        }
    }

    /// A line without the name of the program.
    fn goes_on(&mut self, told: &mut Told<'_>) -> Option<Line> {
        self.open.as_ref()?;
        self.lines += 1;
        let text = told.text.trim();
        let bare = numbered(text).map_or(text, |(_, message)| message.trim());
        let belongs = match &mut self.open {
            _ if self.lines > MOST_LINES => false,
            _ if bare.is_empty() => true,
            Some(Open::List(_)) => return self.list_line(bare, told),
            Some(Open::Packet(_, at, line, message)) => {
                let belongs = packet_line(bare, message);
                // The line that says it is worth more than the one that begins the packet.
                if belongs
                    && bare.contains("NOTIFY(")
                    && message.notifies.iter().any(|it| it.is_error())
                {
                    (*at, *line) = (told.at, told.text.to_owned());
                }
                belongs
            }
            None => false,
        };
        if !belongs {
            self.close(told.take);
            return None;
        }
        Some(Line::Continued)
    }

    fn list_line(&mut self, text: &str, told: &mut Told<'_>) -> Option<Line> {
        if text.starts_with("Proposal ") || text.starts_with("ESP: Proposal ") {
            self.list(text);
            return Some(Line::Continued);
        }
        self.close(told.take);
        None
    }

    /// Reads the proposals of a list that stand in `text`.
    fn list(&mut self, text: &str) {
        let key = self.current.unwrap_or(Key::Open);
        let Some(Open::List(listing)) = &mut self.open else {
            return;
        };
        for (place, _) in text.match_indices("Proposal ") {
            let protocol = if text[..place].trim_end().ends_with("ESP:") {
                Protocol::Esp
            } else {
                Protocol::Ike
            };
            self.child.insert(key, protocol == Protocol::Esp);
            let rest = &text[place + "Proposal ".len()..];
            let end = rest.find("Proposal ").unwrap_or(rest.len());
            let Some((_, row)) = rest[..end].split_once(':') else {
                listing.proposals.spoil();
                continue;
            };
            listing.proposals.begin(protocol);
            let row = row.trim_end().trim_end_matches("ESP:");
            match proposal(row, protocol) {
                Some(transforms) => {
                    for transform in transforms {
                        listing.proposals.push(Some(transform));
                    }
                }
                None => listing.proposals.spoil(),
            }
        }
    }

    fn close(&mut self, take: &mut dyn FnMut(&Event)) {
        match self.open.take() {
            Some(Open::List(listing)) => {
                let key = self.current.unwrap_or(Key::Open);
                listing.finish(take);
                if self.child.contains_key(&key) {
                    self.flush(take);
                }
            }
            Some(Open::Packet(attempt_key, at, text, message)) => {
                self.give_packet(attempt_key, at, text, message, take);
            }
            None => {}
        }
    }

    fn give_packet(
        &mut self,
        attempt_key: AttemptKey,
        at: u64,
        text: String,
        message: Message,
        take: &mut dyn FnMut(&Event),
    ) {
        let Some(exchange) = message.exchange else {
            return;
        };
        self.child
            .insert(attempt_key.key, exchange != Exchange::IKE_SA_INIT);
        take(&Event {
            at,
            time: None,
            text,
            attempt_key,
            kind: EventKind::Message(message),
        });
    }
}

fn attempt_key(key: Key) -> AttemptKey {
    AttemptKey {
        witness: Witness::Cisco,
        stream: 0,
        key,
    }
}

fn number(thing: &impl std::hash::Hash) -> u64 {
    let mut hasher = FxHasher::default();
    thing.hash(&mut hasher);
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use super::{Protocol, proposal};
    use crate::dialect::charon;
    use crate::ike::Proposal;

    #[test]
    fn proposals_of_either_form_are_read() {
        use Protocol::{Esp, Ike};
        for (protocol, row, expected) in [
            (
                Ike,
                "AES-CBC-256 SHA1 SHA96 DH_GROUP_1024_MODP/Group 2",
                Some("IKE:AES_CBC_256/HMAC_SHA1_96/PRF_HMAC_SHA1/MODP_1024"),
            ),
            (
                Ike,
                "AES-CBC-256 AES-CBC-128 SHA512 SHA256 SHA512 SHA256 DH_GROUP_256_ECP/Group 19",
                Some(
                    "IKE:AES_CBC_256/AES_CBC_128/HMAC_SHA2_512_256/HMAC_SHA2_256_128/PRF_HMAC_SHA2_512/PRF_HMAC_SHA2_256/ECP_256",
                ),
            ),
            (
                Ike,
                "ENCRYPTION: AES-GCM-256 PRF: SHA384 INTEGRITY: None DH GROUP: DH_GROUP_384_ECP/Group 20 DH_GROUP_2048_MODP/Group 14",
                Some("IKE:AES_GCM_16_256/PRF_HMAC_SHA2_384/ECP_384/MODP_2048"),
            ),
            (
                Esp,
                "AES-CBC-256 SHA96 Don't use ESN",
                Some("ESP:AES_CBC_256/HMAC_SHA1_96/NO_EXT_SEQ"),
            ),
            (
                Ike,
                "AES-CBC-256 SHA1 SHA96 SHA256 DH_GROUP_1024_MODP/Group 2",
                None,
            ),
            (Ike, "ROT13 SHA1 SHA96 DH_GROUP_1024_MODP/Group 2", None),
        ] {
            let read = proposal(row, protocol)
                .map(|transforms| charon::proposal(&Proposal::new(protocol, transforms)));
            assert_eq!(read.as_deref(), expected, "{row}");
        }
    }
}
