//! What a log or a capture teaches about a client: its offers, as far as they were seen.
//!
//! [`Learner`] takes the same events as [`super::Diagnosis`] and keeps, of every connection attempt,
//! what its initiator offered. Attempts that offered the same are one client.

use std::time::Duration;

use indexmap::IndexMap;

use super::event::{Event, Exchange, Message, Octets, Said, Way, Who, Whose};
use super::sign::Sign;
use crate::ike::{Notify, Proposal, Protocol, Transform, TransformType};

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
    /// Whether it tried again after INVALID_KE_PAYLOAD, if it got one.
    pub retries: Option<bool>,
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
    /// It was seen in a capture, not in a log.
    pub from_packets: bool,
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
    attempts: IndexMap<Who, Attempt>,
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
        if !self.attempts.contains_key(&event.who) && self.attempts.len() >= MOST {
            self.dropped += 1;
            return;
        }
        let attempt = self.attempts.entry(event.who).or_insert_with(|| Attempt {
            learned: Learned {
                attempts: 1,
                first: event.at,
                time: event.time,
                ..Learned::default()
            },
            ..Attempt::default()
        });
        match &event.said {
            Said::Proposals(Whose::Received, list) => attempt.take_list(list, event.at),
            Said::Proposals(..) | Said::Sighting(_) => {}
            Said::Message(message) => attempt.take_message(message, event.at),
            Said::Sign(Sign::Initiating, _) => attempt.ours = true,
            Said::Sign(Sign::PeerInitiating, peer) => {
                attempt.ours = false;
                if attempt.learned.peer.is_none() {
                    attempt.learned.peer.clone_from(peer);
                }
            }
            Said::Sign(Sign::RekeyingChild, _) => attempt.rekeying = true,
            Said::Sign(..) => {}
        }
    }

    /// The clients that offered something, in the order in which they were seen.
    pub fn finish(self) -> Vec<Learned> {
        let mut clients: Vec<Learned> = Vec::new();
        for attempt in self.attempts.into_values() {
            let learned = attempt.learned;
            if attempt.ours || learned.ike.is_none() && learned.esp.is_none() {
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

    fn take_message(&mut self, message: &Message, at: u64) {
        let exchange = message.exchange;
        self.rekeying = exchange == Some(Exchange::CREATE_CHILD_SA);
        if exchange != Some(Exchange::IKE_SA_INIT) {
            return;
        }
        // Both directions of a capture; in a log only what the client sent.
        let asked = match message.way {
            Way::Seen => !message.response,
            Way::Received => !message.response,
            Way::Sent => false,
        };
        if !asked {
            if message.response && message.wanted.is_some() {
                self.wanted = message.wanted;
                self.learned.retries.get_or_insert(false);
            }
            return;
        }
        if self.wanted.is_some() {
            self.learned.retries = Some(true);
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
        learned.from_packets = message.way == Way::Seen;
        if let Some(octets) = message.octets_seen.as_deref() {
            let Octets {
                type_order,
                nonce,
                vendor_ids,
                ..
            } = octets.clone();
            learned.type_order = type_order;
            learned.nonce = nonce;
            learned.vendor_ids = vendor_ids;
        }
    }
}
