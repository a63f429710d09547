//! A conversation with a client that was given a suite.

use std::net::IpAddr;
use std::time::Duration;

use zeroize::Zeroizing;

use super::reply::selection;
use super::{Incoming, Visitor};
use crate::crypt::{
    Algorithms, KeyPair, Keys, Nonces, Random, Reassembly, open, open_fragment, seal,
};
use crate::ike::{Ke, Notify, Protocol, Suite, Transform};
use crate::wire::{self, Exchange, Flags, Header, Message, Payload, PayloadType, Spi};

/// Length of the nonce, as strongSwan has it.
const NONCE: usize = 32;

/// A conversation.
pub(super) struct State {
    /// When its latest message came, as far as it is proved to be its own.
    pub(super) latest: Duration,
    pub(super) address: IpAddr,
    pub(super) spis: (Spi, Spi),
    pub(super) request: Vec<u8>,
    pub(super) reply: Vec<u8>,
    pub(super) keys: Keys,
    pub(super) visitor: Visitor,
    pub(super) parts: Reassembly,
    pub(super) octets: usize,
    pub(super) fragments: usize,
    /// The answer to IKE_AUTH, and what it answers.
    pub(super) last: Option<(Vec<u8>, Vec<u8>)>,
}

impl State {
    /// Begins a conversation with what was chosen; `None` if no keys come of it.
    pub(super) fn new(
        incoming: Incoming<'_>,
        message: &Message<'_>,
        (number, chosen): (u8, &[Transform]),
        nonce: &[u8],
        visitor: Visitor,
        random: &mut dyn Random,
    ) -> Option<Self> {
        let suite = Suite::of(
            Protocol::Ike,
            chosen.iter().copied().filter(|it| !it.is_none()),
        );
        let algorithms = Algorithms::of(&suite).ok()?;
        let ke = message.key_exchange()?;
        let pair = KeyPair::new(Ke::from_repr(ke.group)?, random)?;
        let shared = pair.shared(ke.data).ok()?;
        let own_nonce = random.octets(NONCE);
        let mut octets = [0; 8];
        random.fill(&mut octets);
        let spi = message.header.initiator_spi;
        let own = Spi(u64::from_be_bytes(octets).max(1));
        let nonces = Nonces {
            initiator: nonce,
            responder: &own_nonce,
        };
        let keys = Keys::new(algorithms, &shared, nonces, (spi.0, own.0))?;
        let reply = selection(
            incoming,
            message,
            (number, chosen),
            &pair,
            (own, &own_nonce),
        )?;
        Some(Self {
            latest: incoming.now,
            address: incoming.from.ip(),
            spis: (spi, own),
            request: incoming.octets.to_vec(),
            reply,
            keys,
            visitor,
            parts: Reassembly::default(),
            octets: 0,
            fragments: 0,
            last: None,
        })
    }

    /// What is in an encrypted request, once it is whole.
    pub(super) fn open(
        &mut self,
        Incoming { now, octets, .. }: Incoming<'_>,
        message: &Message<'_>,
    ) -> Option<(PayloadType, Zeroizing<Vec<u8>>)> {
        let keys = &self.keys.initiator;
        match message.payloads.last()? {
            Payload::Encrypted(it) => {
                let plain = open(keys, octets, it).ok()?;
                self.latest = now;
                (self.octets, self.fragments) = (octets.len(), 1);
                Some((it.inner, plain))
            }
            Payload::Fragment(it) => {
                let plain = open_fragment(keys, octets, it).ok()?;
                self.latest = now;
                let whole = self.parts.take(it, plain);
                self.fragments = self.parts.progress().0;
                self.octets = self.parts.sent_octets();
                whole
            }
            _ => None,
        }
    }

    /// The answer that ends IKE_AUTH.
    pub(super) fn refusal(&self, header: &Header, random: &mut dyn Random) -> Option<Vec<u8>> {
        let notify = wire::Notify::new(Notify::AUTHENTICATION_FAILED, &[]);
        let payloads = Message::encode_payloads(&[Payload::Notify(notify)])?;
        let flags = Flags(Flags::RESPONSE);
        let mut message = Message::new(Exchange::IKE_AUTH, self.spis.0, self.spis.1, flags);
        message.header.message_id = header.message_id;
        let plain = (payloads.0, payloads.1.as_slice());
        seal(&self.keys.responder, &message.header, plain, random)
    }
}
