//! Which packets belong to one attempt, in whatever form a capture is read: octets, or a listing of them.
//!
//! The initiator's SPI names an attempt. A client that is asked for another group may begin with a new SPI:
//! address, port and group say that it goes on. Packets that name no SPI belong to the attempt that goes on
//! between their addresses.

use std::hash::{Hash as _, Hasher as _};
use std::net::IpAddr;
use std::time::Duration;

use rustc_hash::{FxHashMap, FxHasher};

use super::event::{
    AttemptKey, Endpoint, Event, EventKind, Exchange, Key, Message, Sighted, Sighting, Witness,
};
use super::statement::Statement;
use crate::ike::{Notify, Transform};
use crate::wire::capture::Refused;

/// More pairs of addresses than this are not remembered.
const MOST_PAIRS: usize = 10_000;

/// More first fragments than this are not waited for.
const MOST_FRAGMENTS: usize = 256;

/// A packet, as far as every form of a capture shows it.
#[derive(Clone, Debug)]
pub(super) struct Packet {
    /// Number of the packet or of its line.
    pub(super) at: u64,
    /// Since any beginning.
    pub(super) time: Option<Duration>,
    /// The packet in words, or its line.
    pub(super) text: String,
    pub(super) from: IpAddr,
    pub(super) to: IpAddr,
    /// What its IP fragments have in common, if it is the first of them.
    pub(super) fragment: Option<u32>,
}

impl Packet {
    fn event(self, attempt_key: AttemptKey, kind: EventKind) -> Event {
        Event {
            at: self.at,
            time: self.time,
            text: self.text,
            attempt_key,
            kind,
        }
    }
}

/// What is known of two addresses, by direction.
#[derive(Debug)]
struct Pair {
    attempt_key: AttemptKey,
    /// A packet of a child SA was seen.
    esp: bool,
    /// The client that was asked for another group, the group it had tried, and the one it was asked for.
    asked: Option<(Endpoint, Option<Transform>, Option<Transform>)>,
    /// Group of the last first message.
    tried: Option<Transform>,
}

impl Pair {
    const fn new(attempt_key: AttemptKey) -> Self {
        Self {
            attempt_key,
            esp: false,
            asked: None,
            tried: None,
        }
    }

    /// Whether a first message goes on where the responder had asked for another group.
    fn goes_on(&self, message: &Message) -> bool {
        self.asked.is_some_and(|(client, tried, wanted)| {
            let group = message.key_exchange;
            let other = match wanted {
                Some(_) => group == wanted,
                None => group.is_some() && group != tried,
            };
            message.from == Some(client) && other
        })
    }
}

/// Remembers which packets belong together.
#[derive(Debug, Default)]
pub(super) struct Conversations {
    pairs: FxHashMap<(IpAddr, IpAddr), Pair>,
    /// First fragments, by addresses and what their fragments have in common.
    fragments: FxHashMap<(IpAddr, IpAddr, u32), AttemptKey>,
    /// Attempts that went on under another SPI.
    others: FxHashMap<u64, AttemptKey>,
}

/// What one packet says: of the attempt it belongs to, and of the one before.
#[derive(Clone, Debug, Default)]
pub(super) struct PacketEvents {
    pub(super) event: Option<Event>,
    pub(super) earlier: Option<Event>,
}

impl Conversations {
    /// A message of IKEv2; `spi` is the initiator's, if it is shown.
    pub(super) fn message(
        &mut self,
        packet: Packet,
        spi: Option<u64>,
        message: Message,
    ) -> PacketEvents {
        let begins = message.exchange == Some(Exchange::IKE_SA_INIT) && !message.response;
        let attempt_key = self.attempt_of(&packet, spi, &message, begins);
        let ends = (packet.from, packet.to);
        let pair = self.pairs.get(&ends);
        let earlier = pair
            .filter(|pair| begins && pair.attempt_key != attempt_key)
            .map(|pair| {
                let sighting = Sighting {
                    from: packet.from,
                    what: Sighted::BegunAgain,
                };
                let packet = packet.clone();
                packet.event(pair.attempt_key, EventKind::Sighting(sighting))
            });
        self.remember(&packet, attempt_key);
        self.follow(ends, &message, begins);
        PacketEvents {
            event: Some(packet.event(attempt_key, EventKind::Message(message))),
            earlier,
        }
    }

    /// A message of IKEv1.
    pub(super) fn version_one(&self, packet: Packet, spi: Option<u64>) -> Event {
        let spi = spi.unwrap_or_else(|| number(packet.from, packet.to));
        let kind = EventKind::Statement(Statement::VersionOne, None);
        packet.event(watched(Key::Spi(spi)), kind)
    }

    /// A packet of a child SA; only the first of each direction says something.
    pub(super) fn esp(&mut self, packet: Packet) -> Option<Event> {
        let pair = self.pairs.get_mut(&(packet.from, packet.to))?;
        if std::mem::replace(&mut pair.esp, true) {
            return None;
        }
        let sighting = Sighting {
            from: packet.from,
            what: Sighted::Esp,
        };
        Some(packet.event(pair.attempt_key, EventKind::Sighting(sighting)))
    }

    /// A later IP fragment of a message whose first one was seen.
    pub(super) fn later_fragment(&self, packet: Packet, identification: u32) -> Option<Event> {
        let place = (packet.from, packet.to, identification);
        let attempt_key = *self.fragments.get(&place)?;
        let sighting = Sighting {
            from: packet.from,
            what: Sighted::LaterFragment,
        };
        Some(packet.event(attempt_key, EventKind::Sighting(sighting)))
    }

    /// Somebody says that a packet between `from` and `to` did not arrive.
    pub(super) fn refused(
        &self,
        packet: Packet,
        (from, to): (IpAddr, IpAddr),
        (why, port): (Refused, u16),
    ) -> Option<Event> {
        let attempt_key = self.pairs.get(&(from, to))?.attempt_key;
        let sighting = Sighting {
            from: packet.from,
            what: Sighted::Refused { why, port },
        };
        Some(packet.event(attempt_key, EventKind::Sighting(sighting)))
    }

    fn attempt_of(
        &mut self,
        packet: &Packet,
        spi: Option<u64>,
        message: &Message,
        begins: bool,
    ) -> AttemptKey {
        let pair = self.pairs.get(&(packet.from, packet.to));
        let Some(spi) = spi else {
            // One attempt a pair of addresses; nothing tells further ones apart.
            return pair.map_or_else(
                || watched(Key::Spi(number(packet.from, packet.to))),
                |pair| pair.attempt_key,
            );
        };
        if let Some(other) = self.others.get(&spi) {
            return *other;
        }
        let own = watched(Key::Spi(spi));
        let Some(pair) = pair.filter(|pair| begins && pair.attempt_key != own) else {
            return own;
        };
        if !pair.goes_on(message) {
            return own;
        }
        let attempt_key = pair.attempt_key;
        if self.others.len() >= MOST_PAIRS {
            self.others.clear();
        }
        self.others.insert(spi, attempt_key);
        attempt_key
    }

    /// Remembers whose packets go between these addresses.
    fn remember(&mut self, packet: &Packet, attempt_key: AttemptKey) {
        let (from, to) = (packet.from, packet.to);
        if self.pairs.len() >= MOST_PAIRS && !self.pairs.contains_key(&(from, to)) {
            self.pairs.clear();
        }
        for pair in [(from, to), (to, from)] {
            let known = self
                .pairs
                .entry(pair)
                .or_insert_with(|| Pair::new(attempt_key));
            if known.attempt_key != attempt_key {
                *known = Pair::new(attempt_key);
            }
        }
        if let Some(identification) = packet.fragment {
            if self.fragments.len() >= MOST_FRAGMENTS {
                self.fragments.clear();
            }
            self.fragments
                .insert((from, to, identification), attempt_key);
        }
    }

    /// Remembers which group was tried, and whether another one was asked for.
    fn follow(&mut self, (from, to): (IpAddr, IpAddr), message: &Message, begins: bool) {
        if begins && let Some(pair) = self.pairs.get_mut(&(from, to)) {
            pair.tried = message.key_exchange;
            pair.asked = None;
        }
        if message.response
            && message.has(Notify::INVALID_KE_PAYLOAD)
            && let Some(client) = message.to
            && let Some(pair) = self.pairs.get_mut(&(to, from))
        {
            pair.asked = Some((client, pair.tried, message.wanted));
        }
    }
}

fn watched(key: Key) -> AttemptKey {
    AttemptKey {
        witness: Witness::Capture,
        stream: 0,
        key,
    }
}

/// A number for two addresses, whatever the direction.
fn number(one: IpAddr, other: IpAddr) -> u64 {
    let mut hasher = FxHasher::default();
    (one.min(other), one.max(other)).hash(&mut hasher);
    hasher.finish()
}
