//! What a log or a capture teaches about a client: its offers, as far as they were seen.
//!
//! [`Learner`] takes the same events as [`super::Diagnosis`] and keeps, of every connection attempt,
//! what its initiator offered. Attempts that offered the same are one client.

use std::time::Duration;

use indexmap::IndexMap;

use super::event::{
    AttemptKey, Direction, Event, EventKind, Exchange, Message, ProposalRole, WireDetails, Witness,
};
use super::statement::Statement;
use crate::dialect::pluto::logged;
use crate::ike::{Notify, Proposal, Protocol, Transform, TransformType};
use crate::peer::client::InvalidKeRetry;

/// More attempts than this are not kept.
const MOST: usize = 1000;

/// A list with the line or packet it was seen in.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Seen {
    /// The proposals in wire order.
    pub proposals: Vec<Proposal>,
    /// Number of the line or packet.
    pub at: u64,
}

/// A client, as far as it was seen.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Learned {
    /// Its address, if it was named.
    pub peer: Option<String>,
    /// How many attempts taught the same.
    pub attempts: u64,
    /// First line or packet.
    pub first: u64,
    /// The offer of IKE_SA_INIT.
    pub ike: Option<Seen>,
    /// The offer of the first child SA.
    pub esp: Option<Seen>,
    /// What was offered when a child SA was rekeyed.
    pub rekey: Option<Seen>,
    /// Group of the first KE payload.
    pub key_exchange: Option<Transform>,
    /// Whether and how it tried again after INVALID_KE_PAYLOAD, if it got one.
    pub retries: Option<InvalidKeRetry>,
    /// Order of transform types inside a proposal on the wire.
    pub type_order: Vec<TransformType>,
    /// Length of its nonce in octets.
    pub nonce: Option<u32>,
    /// Notifies of its first message.
    pub notifies: Vec<Notify>,
    /// Vendor IDs of its first message.
    pub vendor_ids: Vec<String>,
    /// When it was first seen, since the beginning of the capture.
    pub time: Option<Duration>,
    /// Packets went by, as a capture or tcpdump's listing of one; it is no daemon's log.
    pub watched: bool,
    /// Places are numbers of packets, not of lines.
    pub by_packet: bool,
}

impl Learned {
    /// Whether the offers of the other one say nothing else.
    fn agrees_with(&self, other: &Self) -> bool {
        fn same<T: PartialEq>(a: Option<&T>, b: Option<&T>) -> bool {
            a.zip(b).is_none_or(|(a, b)| a == b)
        }
        let list = |seen: &Option<Seen>| seen.as_ref().map(|seen| seen.proposals.clone());
        let ike = (list(&self.ike), list(&other.ike));
        let esp = (list(&self.esp), list(&other.esp));
        let one_has_both = ike.0.is_some() && ike.1.is_some() || self.peer == other.peer;
        one_has_both
            && same(ike.0.as_ref(), ike.1.as_ref())
            && same(esp.0.as_ref(), esp.1.as_ref())
            && same(self.key_exchange.as_ref(), other.key_exchange.as_ref())
    }

    fn take_over(&mut self, other: Self) {
        self.attempts += other.attempts;
        self.first = self.first.min(other.first);
        self.ike = self.ike.take().or(other.ike);
        self.esp = self.esp.take().or(other.esp);
        self.rekey = self.rekey.take().or(other.rekey);
        self.key_exchange = self.key_exchange.or(other.key_exchange);
        self.retries = self.retries.or(other.retries);
        self.nonce = self.nonce.or(other.nonce);
        if self.peer != other.peer {
            self.peer = None;
        }
        if self.type_order.is_empty() {
            self.type_order = other.type_order;
        }
        if self.notifies.is_empty() {
            self.notifies = other.notifies;
        }
        if self.vendor_ids.is_empty() {
            self.vendor_ids = other.vendor_ids;
        }
    }
}

/// Collects what is offered.
#[derive(Debug, Default)]
pub struct Learner {
    attempts: IndexMap<AttemptKey, Attempt>,
    /// Attempts that were not kept because there were too many.
    pub dropped: u64,
}

#[derive(Debug, Default)]
struct Attempt {
    learned: Learned,
    /// The witness began: what it received are answers.
    ours: bool,
    /// The last request was CREATE_CHILD_SA.
    rekeying: bool,
    /// A group that the responder asked for.
    wanted: Option<Transform>,
}

impl Learner {
    /// Takes one event.
    pub fn take(&mut self, event: &Event) {
        if !self.attempts.contains_key(&event.attempt_key) && self.attempts.len() >= MOST {
            self.dropped += 1;
            return;
        }
        let attempt = self
            .attempts
            .entry(event.attempt_key)
            .or_insert_with(|| Attempt {
                learned: Learned {
                    attempts: 1,
                    first: event.at,
                    time: event.time,
                    ..Learned::default()
                },
                ..Attempt::default()
            });
        if event.attempt_key.witness == Witness::Pluto {
            attempt.take_listing(&event.text, event.at);
        }
        match &event.kind {
            EventKind::Proposals(ProposalRole::Received, list) => attempt.take_list(list, event.at),
            EventKind::Proposals(..) | EventKind::Sighting(_) => {}
            EventKind::Message(message) => attempt.take_message(message, event.at),
            EventKind::Statement(Statement::Initiating, _) => attempt.ours = true,
            EventKind::Statement(Statement::PeerInitiating, peer) => {
                attempt.ours = false;
                if attempt.learned.peer.is_none() {
                    attempt.learned.peer.clone_from(peer);
                }
            }
            EventKind::Statement(Statement::RekeyingChild, _) => attempt.rekeying = true,
            EventKind::Statement(..) => {}
        }
    }

    /// The clients that offered something, in the order in which they were seen.
    pub fn finish(self) -> Vec<Learned> {
        let mut clients: Vec<Learned> = Vec::new();
        for attempt in self.attempts.into_values() {
            let learned = attempt.learned;
            let lists = [&learned.ike, &learned.esp, &learned.rekey];
            if attempt.ours || lists.iter().all(|seen| seen.is_none()) {
                continue;
            }
            match clients.iter_mut().find(|it| it.agrees_with(&learned)) {
                Some(known) => known.take_over(learned),
                None => clients.push(learned),
            }
        }
        clients
    }
}

impl Attempt {
    fn take_list(&mut self, list: &[Proposal], at: u64) {
        let Some(first) = list.first() else { return };
        let learned = &mut self.learned;
        let has_group = list.iter().any(|it| it.first_ke().is_some());
        let place = match first.protocol() {
            // A second try stands in another order, or has another group first.
            Protocol::Ike => &mut learned.ike,
            Protocol::Ah => return,
            // Groups are never sent in IKE_AUTH (RFC 7296, section 1.2).
            Protocol::Esp if self.rekeying || has_group => &mut learned.rekey,
            Protocol::Esp => &mut learned.esp,
        };
        place.get_or_insert_with(|| Seen {
            proposals: list.to_vec(),
            at,
        });
    }

    /// pluto's list of what the other side offers, in wire order, types included.
    fn take_listing(&mut self, line: &str, at: u64) {
        // 3.23 to 3.29 wrote `chosen from: `.
        let listing = ["remote proposals ", "chosen from: "]
            .iter()
            .find_map(|words| line.split_once(words));
        let Some((_, listing)) = listing else {
            return;
        };
        let proposals = listing.split_whitespace().map(logged::parse_offered);
        // A list that was cut, or has a word nobody knows, would teach half of an offer.
        let Ok(list) = proposals.collect::<Result<Vec<_>, _>>() else {
            return;
        };
        self.take_list(&list, at);
        if self.learned.type_order.is_empty() && listing.contains(":IKE:") {
            self.learned.type_order = listed_order(listing);
        }
    }

    fn take_message(&mut self, message: &Message, at: u64) {
        let exchange = message.exchange;
        self.rekeying = exchange == Some(Exchange::CREATE_CHILD_SA);
        if exchange != Some(Exchange::IKE_SA_INIT) {
            return;
        }
        // Both directions of a capture; in a log only what the client sent.
        let asked = match message.direction {
            Direction::Seen => !message.response,
            Direction::Received => !message.response,
            Direction::Sent => false,
        };
        if !asked {
            if message.response && message.wanted.is_some() {
                self.wanted = message.wanted;
            }
            return;
        }
        if self.wanted.is_some() {
            self.learned.retries = Some(InvalidKeRetry::Repeats);
        }
        if message.proposals.is_empty() || self.learned.ike.is_some() {
            return;
        }
        self.take_list(&message.proposals, at);
        let learned = &mut self.learned;
        learned.key_exchange = message.key_exchange;
        learned.notifies.clone_from(&message.notifies);
        if let (None, Some(end)) = (&learned.peer, message.from) {
            learned.peer = Some(end.address.to_string());
        }
        learned.watched = message.direction == Direction::Seen;
        let octets = message.wire_details.as_ref().is_some_and(|it| !it.listed);
        learned.by_packet = learned.watched && octets;
        if let Some(bytes) = message.wire_details.as_deref() {
            let WireDetails {
                type_order,
                nonce,
                vendor_ids,
                ..
            } = bytes.clone();
            learned.type_order = type_order;
            learned.nonce = nonce;
            learned.vendor_ids = vendor_ids;
        }
    }
}

/// The order of types in the first proposal of a listing: `1:IKE:ENCR=…;PRF=…;INTEG=…;DH=…`.
fn listed_order(listing: &str) -> Vec<TransformType> {
    let first = listing.split_whitespace().next().unwrap_or_default();
    let list = first.rsplit(':').next().unwrap_or_default();
    let mut order = Vec::new();
    for item in list.split(';') {
        let kind = match item.split('=').next() {
            Some("ENCR") => TransformType::ENCR,
            Some("PRF") => TransformType::PRF,
            Some("INTEG") => TransformType::INTEG,
            Some("DH" | "KE") => TransformType::KE,
            Some("ESN" | "SN") => TransformType::SN,
            _ => continue,
        };
        if !order.contains(&kind) {
            order.push(kind);
        }
    }
    order
}

#[cfg(test)]
mod tests {
    use super::Learner;
    use crate::diagnose::Statement;
    use crate::diagnose::event::{AttemptKey, Event, EventKind, Key, Witness};
    use crate::ike::TransformType;

    fn kind(at: u64, text: &str) -> Event {
        Event {
            at,
            time: None,
            text: text.to_owned(),
            attempt_key: AttemptKey {
                witness: Witness::Pluto,
                stream: 0,
                key: Key::Serial(1),
            },
            kind: EventKind::Statement(Statement::Other, None),
        }
    }

    #[test]
    fn a_listing_of_pluto_is_an_offer_with_its_order() {
        let mut learner = Learner::default();
        learner.take(&kind(
            3,
            "\"vpn\" #1: no local proposal matches remote proposals \
             1:IKE:ENCR=AES_CBC_256;PRF=HMAC_SHA2_256;INTEG=HMAC_SHA2_256_128;DH=MODP2048 \
             2:IKE:ENCR=3DES;PRF=HMAC_SHA1;INTEG=HMAC_SHA1_96;DH=MODP1024[first-match]",
        ));
        learner.take(&kind(
            5,
            "\"vpn\" #2: proposal 1:ESP=AES_CBC_256-HMAC_SHA2_256_128-DISABLED chosen from remote \
             proposals 1:ESP:ENCR=AES_CBC_256;INTEG=HMAC_SHA2_256_128;ESN=DISABLED[first-match]",
        ));
        let clients = learner.finish();
        let [client] = clients.as_slice() else {
            panic!("one client");
        };
        let ike = client.ike.as_ref().unwrap();
        assert_eq!((ike.proposals.len(), ike.at), (2, 3));
        assert_eq!(client.esp.as_ref().unwrap().at, 5);
        assert_eq!(
            client.type_order,
            [
                TransformType::ENCR,
                TransformType::PRF,
                TransformType::INTEG,
                TransformType::KE
            ]
        );
        let mut cut = Learner::default();
        cut.take(&kind(
            1,
            "#1: remote proposals 1:IKE:ENCR=AES_CBC_256;PRF=HMAC_SHA2_256;DH=MODP2048 2:IKE:EN",
        ));
        assert!(cut.finish().is_empty());
    }
}
