//! A server that looks at its clients and lets nobody in.
//!
//! It has no certificate, no secret and no account: every IKE_AUTH ends with AUTHENTICATION_FAILED.
//! It never sends of itself, never answers with more octets than an address has sent before that
//! address has proved itself by a cookie, and keeps little, for a short time.

mod clients;
mod reply;
mod state;

use std::collections::VecDeque;
use std::fmt::{self, Debug, Formatter};
use std::net::SocketAddr;
use std::time::Duration;

use zeroize::Zeroizing;

use self::clients::Clients;
use self::reply::{answer_to, invalid_ke, nonce_of};
use self::state::State;
use super::datagram::nat_hash;
use super::network::Network;
use super::visitor::{AuthSeen, InitSeen, Visitor, choose};
use crate::crypt::{Random, computes, sha1};
use crate::ike::{Notify, Transform, TransformType};
use crate::wire::{self, Exchange, Message, Payload, Spi};

/// No more conversations than this are kept.
const MOST_STATES: usize = 64;

/// How long a conversation is kept after its latest message: charon's client is silent for up to 42
/// seconds between two tries.
const KEPT: Duration = Duration::from_secs(60);

/// More first messages than this in a second have to come with a cookie.
const BUSY: usize = 4;

/// More messages than this in a second are passed over.
const MOST_IN_A_SECOND: usize = 40;

/// What a responder is told to do.
#[derive(Clone, Debug, Default)]
pub struct ListenOptions {
    /// From where clients may come.
    pub from: Vec<Network>,
    /// The dummy identity that the user will type on the client.
    pub identity: Option<String>,
    /// Groups that each client is asked for, one after another.
    pub follow: Vec<Transform>,
    /// Every client has to send a cookie.
    pub cookie: bool,
}

/// A message that came.
#[derive(Clone, Copy, Debug)]
pub struct Incoming<'a> {
    /// When, since the beginning.
    pub now: Duration,
    /// The address that the packet came from.
    pub from: SocketAddr,
    /// To where; the address is the own one towards the sender.
    pub to: SocketAddr,
    /// Its octets, without marker.
    pub octets: &'a [u8],
}

/// What follows from a message.
#[derive(Debug, Default)]
pub struct Outgoing {
    /// What is to be sent back to where it came from.
    pub reply: Option<Vec<u8>>,
    /// A client that has shown all that it will.
    pub visitor: Option<Visitor>,
    /// Whether the message was looked at: it came from where clients may come, and not too fast.
    pub admitted: bool,
    /// Whether a first message offers nothing that this program computes.
    pub not_computed: bool,
}

/// A server that looks at its clients.
pub struct Responder {
    options: ListenOptions,
    /// What cookies are made of.
    secret: Zeroizing<Vec<u8>>,
    states: VecDeque<State>,
    clients: Clients,
    /// When the latest messages came.
    recent: VecDeque<Duration>,
    /// When the latest first messages came.
    recent_first: VecDeque<Duration>,
}

impl Debug for Responder {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "Responder with {} conversations", self.states.len())
    }
}

impl Responder {
    /// A server that does as it is told.
    pub fn new(options: ListenOptions, random: &mut dyn Random) -> Self {
        Self {
            options,
            secret: Zeroizing::new(random.octets(32)),
            states: VecDeque::new(),
            clients: Clients::default(),
            recent: VecDeque::new(),
            recent_first: VecDeque::new(),
        }
    }

    /// How many conversations are kept.
    #[cfg(test)]
    pub(crate) fn kept(&self) -> usize {
        self.states.len() + self.clients.len()
    }

    /// The clients that came and did not get as far as IKE_AUTH, those first whose offer is computed.
    pub fn unfinished(&self) -> Vec<Visitor> {
        self.clients.unfinished()
    }

    /// Takes a message.
    pub fn take(&mut self, incoming: Incoming<'_>, random: &mut dyn Random) -> Outgoing {
        let Incoming { now, from, .. } = incoming;
        let may_come = self.options.from.iter().any(|it| it.contains(from.ip()));
        if !may_come || count(&mut self.recent, now) > MOST_IN_A_SECOND {
            return Outgoing::default();
        }
        Outgoing {
            admitted: true,
            ..self.take_admitted(incoming, random)
        }
    }

    fn take_admitted(&mut self, incoming: Incoming<'_>, random: &mut dyn Random) -> Outgoing {
        let nothing = Outgoing::default();
        self.forget(incoming.now);
        let Ok(message) = Message::parse(incoming.octets) else {
            return nothing;
        };
        let header = &message.header;
        let asks = header.major() == 2
            && header.flags.from_initiator()
            && !header.flags.is_response()
            && !header.initiator_spi.is_zero();
        match header.exchange {
            Exchange::IKE_SA_INIT
                if asks && header.responder_spi.is_zero() && header.message_id == 0 =>
            {
                self.take_init(incoming, &message, random)
            }
            Exchange::IKE_AUTH if asks && header.message_id == 1 => {
                self.take_auth(incoming, &message, random)
            }
            _ => nothing,
        }
    }

    /// Forgets conversations of which nothing was heard for long, but not that somebody came.
    fn forget(&mut self, now: Duration) {
        let is_kept = |latest: Duration| now.saturating_sub(latest) < KEPT;
        self.states.retain(|it| is_kept(it.latest));
        self.clients.leave(|it| !is_kept(it.seen));
    }

    fn take_init(
        &mut self,
        incoming: Incoming<'_>,
        message: &Message<'_>,
        random: &mut dyn Random,
    ) -> Outgoing {
        let Incoming {
            now, from, octets, ..
        } = incoming;
        let spi = message.header.initiator_spi;
        if let Some(known) = self.states.iter_mut().find(|it| it.request == octets) {
            if known.address != from.ip() {
                return Outgoing::default(); // a replay
            }
            known.latest = now;
            // RFC 7296, section 2.1: the same answer, octet by octet.
            return reply(Some(known.reply.clone()));
        }
        let Some(nonce) = nonce_of(message) else {
            return Outgoing::default();
        };
        if message.proposals().is_none() || message.key_exchange().is_none() {
            return Outgoing::default();
        }
        let busy = count(&mut self.recent_first, now) > BUSY;
        let right = self.cookie_for(spi, nonce, from);
        let given = message.notify(Notify::COOKIE).map(|it| it.data.to_vec());
        let proved = given.as_deref() == Some(right.as_slice());
        let demanded = self.options.cookie || busy || self.states.len() >= MOST_STATES / 2;
        self.clients.note(incoming, message, proved);
        if demanded && !proved {
            return self.demand(message, &right, incoming);
        }
        let follow = &self.options.follow;
        if let Some(wanted) = self.clients.next_group(from.ip(), message, follow) {
            self.clients.ask_for(from.ip(), wanted);
            return reply(invalid_ke(message, wanted));
        }
        let made = self.answer(incoming, message, nonce, random);
        if made.reply.as_ref().map_or(0, Vec::len) > octets.len() && !proved {
            // Whoever has not proved its address gets no more than it sent.
            self.states.retain(|it| it.request != octets);
            return self.demand(message, &right, incoming);
        }
        made
    }

    /// Asks for a cookie.
    fn demand(&mut self, message: &Message<'_>, cookie: &[u8], incoming: Incoming<'_>) -> Outgoing {
        if let Some(asked) = self.clients.asked_of(incoming.from.ip()) {
            asked.cookie.get_or_insert(false);
        }
        let notify = Payload::Notify(wire::Notify::new(Notify::COOKIE, cookie));
        let demand = answer_to(message, Spi(0), vec![notify]);
        reply(demand.filter(|it| it.len() <= incoming.octets.len()))
    }

    /// The cookie of a first message: nothing has to be kept for it (RFC 7296, section 2.6).
    fn cookie_for(&self, spi: Spi, nonce: &[u8], from: SocketAddr) -> Vec<u8> {
        let end = nat_hash(spi, Spi(0), from);
        sha1(&[
            &self.secret,
            &spi.0.to_be_bytes(),
            nonce,
            &end,
            &self.secret,
        ])
        .to_vec()
    }

    /// Answers with a suite, with the wish for another group, or with a refusal.
    fn answer(
        &mut self,
        incoming: Incoming<'_>,
        message: &Message<'_>,
        nonce: &[u8],
        random: &mut dyn Random,
    ) -> Outgoing {
        let proposals = message.proposals().unwrap_or_default();
        let Some(ke) = message.key_exchange() else {
            return Outgoing::default();
        };
        let sent = Transform::raw(TransformType::KE, ke.group);
        let chosen = choose(proposals, Some(sent), computes);
        let Some((number, chosen)) = chosen else {
            let other = choose(proposals, None, computes);
            let group = other.and_then(|(_, all)| {
                let mut all = all.into_iter();
                all.find(|it| it.kind == TransformType::KE)
            });
            return match group.filter(|group| *group != sent) {
                Some(wanted) => {
                    self.clients.ask_for(incoming.from.ip(), wanted);
                    reply(invalid_ke(message, wanted))
                }
                None => self.refuse(incoming, message),
            };
        };
        let visitor = self.visitor(incoming, message);
        let made = State::new(incoming, message, (number, &chosen), nonce, visitor, random);
        match made {
            Some(state) => {
                let octets = state.reply.clone();
                if self.states.len() >= MOST_STATES {
                    self.states.pop_front();
                }
                self.states.push_back(state);
                reply(Some(octets))
            }
            // RFC 7296, section 2.7: a public value that is none is answered like that too.
            None => self.refuse(incoming, message),
        }
    }

    /// Refuses an offer, of which nothing more will be seen than the first message.
    ///
    /// Anybody can send such a message, so others are waited for all the same.
    fn refuse(&mut self, incoming: Incoming<'_>, message: &Message<'_>) -> Outgoing {
        let notify = Payload::Notify(wire::Notify::new(Notify::NO_PROPOSAL_CHOSEN, &[]));
        let mut visitor = self.visitor(incoming, message);
        visitor.refused = true;
        let address = incoming.from.ip();
        self.clients.drop(address);
        self.clients.remember(visitor);
        Outgoing {
            not_computed: true,
            ..reply(answer_to(message, Spi(0), vec![notify]))
        }
    }

    /// What was seen of the sender of a first message.
    fn visitor(&mut self, incoming: Incoming<'_>, message: &Message<'_>) -> Visitor {
        let asked = self.clients.asked_of(incoming.from.ip());
        let seen = asked.map(|it| it.visitor());
        Visitor {
            ports: (incoming.to.port(), None),
            ..seen.unwrap_or_else(|| Visitor {
                init: InitSeen::of(message),
                ..Visitor::default()
            })
        }
    }

    fn take_auth(
        &mut self,
        incoming: Incoming<'_>,
        message: &Message<'_>,
        random: &mut dyn Random,
    ) -> Outgoing {
        let header = &message.header;
        let spis = (header.initiator_spi, header.responder_spi);
        let identity = self.options.identity.clone();
        let address = incoming.from.ip();
        // Another port is NAT's or the client's choice; from another address it is a replay.
        let is_it = |it: &&mut State| it.spis == spis && it.address == address;
        let Some(state) = self.states.iter_mut().find(is_it) else {
            return Outgoing::default();
        };
        if let Some((asked, answer)) = &state.last {
            let same = asked.as_slice() == incoming.octets;
            return reply(same.then(|| answer.clone()));
        }
        let Some((first, plain)) = state.open(incoming, message) else {
            return Outgoing::default();
        };
        let mut visitor = state.visitor.clone();
        visitor.ports.1 = Some(incoming.to.port());
        let Ok(payloads) = Message::parse_payloads(first, &plain) else {
            visitor.is_unreadable = true;
            self.clients.drop(address);
            self.clients.remember(visitor);
            return Outgoing::default();
        };
        let mut seen = AuthSeen::of(&payloads, identity.as_deref());
        (seen.octets, seen.fragments) = (state.octets, state.fragments);
        visitor.auth = Some(seen);
        let refusal = state.refusal(header, random);
        state.last = refusal
            .clone()
            .map(|refusal| (incoming.octets.to_vec(), refusal));
        self.clients.drop(address);
        Outgoing {
            visitor: Some(visitor),
            ..reply(refusal)
        }
    }
}

/// Notes the time of a message; gives how many there were in the last second.
fn count(recent: &mut VecDeque<Duration>, now: Duration) -> usize {
    recent.retain(|it| now.saturating_sub(*it) < Duration::from_secs(1));
    if recent.len() <= MOST_IN_A_SECOND {
        recent.push_back(now);
    }
    recent.len()
}

fn reply(reply: Option<Vec<u8>>) -> Outgoing {
    Outgoing {
        reply,
        ..Outgoing::default()
    }
}
