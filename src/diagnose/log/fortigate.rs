//! FortiGate: `diagnose debug application ike -1`, in the words of FortiOS 6.x and 7.x.
//!
//! `ike V=root:0:office:41: message`, before 7.2 `ike 0:office:41: message`: virtual domain, name of the
//! tunnel or SPIs, and a serial number, each of which may be absent. Both lists of proposals are
//! printed over several lines.

mod parts;

use std::net::IpAddr;
use std::sync::LazyLock;

use parts::{Parts, comes_from, goes_to, message, parts, spi_in};
use rustc_hash::{FxHashMap, FxHashSet};

use super::Told;
use super::names;
use super::proposals::Listing;
use super::table::Table;
use crate::diagnose::Statement;
use crate::diagnose::event::{AttemptKey, Event, EventKind, Exchange, Key, ProposalRole, Witness};
use crate::ike::{Protocol, TransformType};

/// What each phrase says; what is refused before and after IKE_AUTH is told apart by the reader.
pub(super) const PHRASES: &str = include_str!("fortigate/phrases.txt");

static TABLE: LazyLock<Table> = LazyLock::new(|| Table::parse(PHRASES));

/// More connections than this are not remembered.
const MOST_REMEMBERED: usize = 10_000;

/// Remembers which numbers and SPIs are the same attempt, and the list that is open.
#[derive(Debug, Default)]
pub(super) struct Reader {
    serials: FxHashMap<u64, Key>,
    spis: FxHashMap<u64, Key>,
    /// Attempts whose number is known.
    numbered: FxHashSet<Key>,
    /// The attempt of the line before.
    current: Option<Key>,
    /// Whose packet came last.
    peer: Option<IpAddr>,
    /// What the last list of each attempt was for, and whether IKE_AUTH was reached.
    stages: FxHashMap<Key, Protocol>,
    listing: Option<Listing>,
}

impl Reader {
    /// Whether the next line may belong to the one before.
    pub(super) const fn is_open(&self) -> bool {
        self.listing.is_some()
    }

    /// Reads a line; returns whether it is one of FortiGate's.
    pub(super) fn line(&mut self, told: &mut Told<'_>) -> bool {
        let Some(parts) = parts(told.text) else {
            return false;
        };
        if self.serials.len() + self.spis.len() + self.stages.len() > MOST_REMEMBERED {
            *self = Self::default();
        }
        let key = self.key(&parts, told);
        let attempt_key = attempt_key(key);
        if self.listed(attempt_key, &parts, told) {
            return true;
        }
        if let Some(message) = message(parts.message) {
            if message
                .exchange
                .is_some_and(|it| it != Exchange::IKE_SA_INIT)
            {
                self.stages.insert(key, Protocol::Esp);
            }
            told.say(attempt_key, EventKind::Message(message));
        }
        let found = TABLE.find(parts.message).map(|(statement, _)| statement);
        let statement = match found {
            Some(Statement::PeerInitiating | Statement::Initiating) if key == Key::Open => None,
            Some(statement) => Some(self.of_stage(key, statement)),
            None => None,
        };
        told.say(
            attempt_key,
            EventKind::Statement(statement.unwrap_or(Statement::Other), None),
        );
        true
    }

    /// Gives the list that is open when the input ends.
    pub(super) fn finish(&mut self, take: &mut dyn FnMut(&Event)) {
        self.close(take);
    }

    fn close(&mut self, take: &mut dyn FnMut(&Event)) {
        let Some(listing) = self.listing.take() else {
            return;
        };
        let key = self.current;
        if let (Some(protocol), Some(key)) = (listing.finish(take), key) {
            self.stages.insert(key, protocol);
        }
    }

    /// A refusal of proposals is about the child SA if its list was the last one.
    fn of_stage(&self, key: Key, statement: Statement) -> Statement {
        let child = self.stages.get(&key) == Some(&Protocol::Esp);
        match statement {
            Statement::IkeProposalsRefused if child => Statement::ChildProposalsRefused,
            Statement::NoProposalReceived if child => Statement::ChildNoProposalReceived,
            other => other,
        }
    }

    /// The attempt that a line is about.
    fn key(&mut self, parts: &Parts<'_>, told: &mut Told<'_>) -> Key {
        if let Some(peer) = comes_from(parts.message) {
            // What follows is about the packet that came, and names its SPI.
            self.close(told.take);
            self.peer = Some(peer);
            self.current = None;
        }
        let spi = parts.spi.or_else(|| spi_in(parts.message));
        let known = parts
            .serial
            .and_then(|serial| self.serials.get(&serial))
            .or_else(|| spi.and_then(|spi| self.spis.get(&spi)))
            .copied();
        // A packet is announced by its SPIs, then the lines about it have a name and a number.
        let announced = self
            .current
            .filter(|key| spi.is_none() && !self.numbered.contains(key));
        let named = spi
            .map(Key::Spi)
            .or(announced.filter(|_| parts.serial.is_some()))
            .or(parts.serial.map(Key::Serial));
        let key = known.or(named).or(self.current).unwrap_or(Key::Open);
        if Some(key) != self.current {
            self.close(told.take);
        }
        if let Some(serial) = parts.serial {
            self.serials.insert(serial, key);
            self.numbered.insert(key);
        }
        if let Some(spi) = spi {
            self.spis.insert(spi, key);
        }
        if known.is_none()
            && named.is_some()
            && let Some(peer) = self.peer.or_else(|| goes_to(parts.message))
        {
            let named = EventKind::Statement(Statement::PeerNamed, Some(peer.to_string()));
            told.say(attempt_key(key), named);
        }
        if key != Key::Open {
            self.current = Some(key);
        }
        key
    }

    /// Reads a line of a list; returns whether it is one.
    fn listed(&mut self, attempt_key: AttemptKey, parts: &Parts<'_>, told: &mut Told<'_>) -> bool {
        let message = parts.message.trim();
        let role = if message.starts_with("incoming ") && message.contains("proposal") {
            Some(ProposalRole::Received)
        } else if message.starts_with("my ") && message.contains("proposal") {
            Some(ProposalRole::Configured)
        } else {
            None
        };
        if let Some(role) = role {
            self.close(told.take);
            self.listing = Some(Listing::new(attempt_key, role, told.at, told.text));
            told.other(attempt_key);
            return true;
        }
        let Some(listing) = self.listing.as_mut() else {
            return false;
        };
        let proposals = &mut listing.proposals;
        if message.starts_with("proposal id") || message.starts_with("encapsulation") {
        } else if let Some(name) = message.strip_prefix("protocol = ") {
            match names::protocol(name) {
                Some(protocol) => proposals.begin(protocol),
                None => proposals.spoil(),
            }
        } else if let Some(row) = message.strip_prefix("type=") {
            if let Some(transform) = row_of(row) {
                proposals.push(transform);
            }
        } else if message.starts_with("PFS is ") || message.starts_with("trans_id") {
        } else {
            self.close(told.take);
            return false;
        }
        told.other(attempt_key);
        true
    }
}

/// `ENCR, val=AES_CBC (key_len = 256)`; `None` if the row is about something else.
fn row_of(row: &str) -> Option<Option<crate::ike::Transform>> {
    let (kind, value) = row.split_once(',')?;
    let kind = match kind.trim() {
        "ENCR" => TransformType::ENCR,
        "INTEGR" => TransformType::INTEG,
        "PRF" => TransformType::PRF,
        "DH_GROUP" => TransformType::KE,
        "ESN" => TransformType::SN,
        _ => return None,
    };
    let value = value.trim().strip_prefix("val=")?;
    let end = value.find(['(', ',', ' ']).unwrap_or(value.len());
    let (name, rest) = value.split_at(end);
    let name = name.trim_end_matches('.');
    let digits: String = rest.chars().filter(char::is_ascii_digit).collect();
    Some(names::transform(kind, name, digits.parse().ok()))
}

fn attempt_key(key: Key) -> AttemptKey {
    AttemptKey {
        witness: Witness::FortiGate,
        stream: 0,
        key,
    }
}

#[cfg(test)]
mod tests {
    use super::{Parts, parts};

    #[test]
    fn every_prefix_is_taken_apart() {
        let spi = Some(0x0011_2233_4455_66aa);
        for (line, spi, serial, message) in [
            (
                "ike V=root:0:00112233445566aa/0000000000000000:41: no proposal chosen",
                spi,
                Some(41),
                " no proposal chosen",
            ),
            (
                "2024-03-12 18:07:06.761429 ike 0:office:370445: initiator received AUTH msg",
                None,
                Some(370_445),
                " initiator received AUTH msg",
            ),
            (
                "ike 0:office:7:9: added IPsec SA: SPIs=1/2",
                None,
                Some(7),
                " added IPsec SA: SPIs=1/2",
            ),
            (
                "ike 0: comes 198.51.100.5:500->192.0.2.2:500,ifindex=4",
                None,
                None,
                " comes 198.51.100.5:500->192.0.2.2:500,ifindex=4",
            ),
            (
                "ike V=root:Negotiate SA Error: [11895]",
                None,
                None,
                "Negotiate SA Error: [11895]",
            ),
            (
                "ike V=root:0:office: ignoring IKEv2 request, no policy configured",
                None,
                None,
                " ignoring IKEv2 request, no policy configured",
            ),
            (
                "ike Negotiate SA Error: ",
                None,
                None,
                "Negotiate SA Error: ",
            ),
        ] {
            assert_eq!(
                parts(line),
                Some(Parts {
                    spi,
                    serial,
                    message
                }),
                "{line}"
            );
        }
        for line in [
            "they like 3 apples: red",
            "ike was a president",
            "strike 1: out",
        ] {
            assert_eq!(parts(line), None, "{line}");
        }
    }
}
