//! A server that looks at its clients and lets nobody in.
//!
//! It has no certificate, no secret and no account: every IKE_AUTH ends with AUTHENTICATION_FAILED.
//! It never sends of itself, never answers with more octets than an address has sent before that
//! address has proved itself by a cookie, and keeps little, for a short time.

mod reply;
mod state;

use std::collections::VecDeque;
use std::fmt::{self, Debug, Formatter};
use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use zeroize::Zeroizing;

use self::reply::{answer_to, invalid_ke, nonce_of};
use self::state::State;
use super::datagram::nat_hash;
use super::network::Network;
use super::visitor::{AuthSeen, InitSeen, Reaction, Then, Visitor, choose};
use crate::crypt::{Random, computes, sha1};
use crate::ike::{Notify, Transform, TransformType};
use crate::wire::{self, Exchange, Message, Payload, Spi};

/// No more conversations than this are kept.
const MOST_STATES: usize = 64;

/// How long a conversation is kept.
const KEPT: Duration = Duration::from_secs(30);

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
    /// From where.
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
}

/// What is remembered of an address between its first messages.
struct Asked {
    begun: Duration,
    address: IpAddr,
    spi: Spi,
    init: InitSeen,
    /// The group of its latest KE payload.
    latest: Option<Transform>,
    cookie: Option<bool>,
    reactions: Vec<Reaction>,
}

/// A server that looks at its clients.
pub struct Responder {
    options: ListenOptions,
    /// What cookies are made of.
    secret: Zeroizing<Vec<u8>>,
    states: VecDeque<State>,
    asked: VecDeque<Asked>,
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
            asked: VecDeque::new(),
            recent: VecDeque::new(),
            recent_first: VecDeque::new(),
        }
    }

    /// How many conversations are kept.
    #[cfg(test)]
    pub(crate) fn kept(&self) -> usize {
        self.states.len() + self.asked.len()
    }

    /// The clients that came and did not get as far as IKE_AUTH.
    pub fn unfinished(&self) -> Vec<Visitor> {
        let asked = self.asked.iter().map(|asked| Visitor {
            init: asked.init.clone(),
            cookie: asked.cookie,
            reactions: asked.reactions.clone(),
            ..Visitor::default()
        });
        asked.collect()
    }

    /// Takes a message.
    pub fn take(&mut self, incoming: Incoming<'_>, random: &mut dyn Random) -> Outgoing {
        let Incoming {
            now, from, octets, ..
        } = incoming;
        let address = from.ip();
        let nothing = Outgoing::default();
        if !self.options.from.iter().any(|it| it.contains(address)) {
            return nothing;
        }
        if count(&mut self.recent, now) > MOST_IN_A_SECOND {
            return nothing;
        }
        self.states.retain(|it| now.saturating_sub(it.begun) < KEPT);
        self.asked.retain(|it| now.saturating_sub(it.begun) < KEPT);
        let Ok(message) = Message::parse(octets) else {
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
        let known = self.states.iter().find(|it| it.request == octets);
        if let Some(known) = known.filter(|it| it.address == from.ip()) {
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
        self.note(incoming, message, proved);
        if demanded && !proved {
            return self.demand(message, &right, incoming);
        }
        if let Some(wanted) = self.next_group(from.ip(), message) {
            self.ask_for(from.ip(), wanted);
            return reply(invalid_ke(message, wanted));
        }
        let made = self.answer(incoming, message, nonce, random);
        if made.reply.as_ref().map_or(0, Vec::len) > octets.len() && !proved {
            // Whoever has not proved its address gets no more than it sent.
            self.states.retain(|it| it.spis.0 != spi);
            return self.demand(message, &right, incoming);
        }
        made
    }

    /// Asks for a cookie.
    fn demand(&mut self, message: &Message<'_>, cookie: &[u8], incoming: Incoming<'_>) -> Outgoing {
        if let Some(asked) = self.asked_of(incoming.from.ip()) {
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

    fn asked_of(&mut self, address: IpAddr) -> Option<&mut Asked> {
        self.asked.iter_mut().find(|it| it.address == address)
    }

    /// Remembers what an address has sent, and how it reacts to what it was asked for.
    fn note(&mut self, incoming: Incoming<'_>, message: &Message<'_>, proved: bool) {
        let (now, address) = (incoming.now, incoming.from.ip());
        let spi = message.header.initiator_spi;
        let seen = InitSeen::of(message);
        // Another list is another client behind the same address.
        let same = |it: &Asked| it.address != address || seen.offers_what(&it.init);
        self.asked.retain(same);
        let Some(asked) = self.asked_of(address) else {
            if self.asked.len() >= MOST_STATES {
                self.asked.pop_front();
            }
            self.asked.push_back(Asked {
                begun: now,
                address,
                spi,
                latest: seen.key_exchange,
                init: seen,
                cookie: None,
                reactions: Vec::new(),
            });
            return;
        };
        if proved && asked.cookie.is_some() {
            asked.cookie = Some(true);
        }
        let sent = seen.key_exchange;
        let unanswered = asked.reactions.last_mut().filter(|it| it.then.is_none());
        if let Some(reaction) = unanswered
            && (sent != asked.latest || spi != asked.spi)
        {
            reaction.then = Some(Then {
                sent,
                reordered: seen.proposals != asked.init.proposals,
                same_spi: spi == asked.spi,
            });
        }
        asked.latest = sent;
    }

    /// The group that a client is to be asked for now, if it offers it.
    fn next_group(&mut self, address: IpAddr, message: &Message<'_>) -> Option<Transform> {
        let offered: Vec<_> = message.proposals()?.iter().collect();
        let sent = message.key_exchange()?.group;
        let follow = self.options.follow.clone();
        let asked = self.asked_of(address)?;
        if let Some(waiting) = asked.reactions.last().filter(|it| it.then.is_none()) {
            // It has sent the same again, or something in between was lost.
            return Some(waiting.wanted);
        }
        let is_offered = |group: &Transform| {
            let mut all = offered.iter().flat_map(|it| &it.transforms);
            group.id != sent && all.any(|it| it.transform == *group)
        };
        let done = |group: &Transform| asked.reactions.iter().any(|it| it.wanted == *group);
        let mut left = follow.into_iter();
        left.find(|group| !done(group) && is_offered(group))
    }

    fn ask_for(&mut self, address: IpAddr, wanted: Transform) {
        if let Some(asked) = self.asked_of(address)
            && asked.reactions.last().map(|it| it.wanted) != Some(wanted)
        {
            asked.reactions.push(Reaction { wanted, then: None });
        }
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
                    self.ask_for(incoming.from.ip(), wanted);
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
    fn refuse(&mut self, incoming: Incoming<'_>, message: &Message<'_>) -> Outgoing {
        let notify = Payload::Notify(wire::Notify::new(Notify::NO_PROPOSAL_CHOSEN, &[]));
        let mut visitor = self.visitor(incoming, message);
        visitor.refused = true;
        let address = incoming.from.ip();
        self.asked.retain(|it| it.address != address);
        Outgoing {
            reply: answer_to(message, Spi(0), vec![notify]),
            visitor: Some(visitor),
        }
    }

    /// What was seen of the sender of a first message.
    fn visitor(&mut self, incoming: Incoming<'_>, message: &Message<'_>) -> Visitor {
        let seen = InitSeen::of(message);
        let asked = self.asked_of(incoming.from.ip());
        let (init, cookie, reactions) = asked.map_or((seen, None, Vec::new()), |asked| {
            (asked.init.clone(), asked.cookie, asked.reactions.clone())
        });
        Visitor {
            init,
            auth: None,
            cookie,
            reactions,
            ports: (incoming.to.port(), None),
            refused: false,
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
        let Some(state) = self.states.iter_mut().find(|it| it.spis == spis) else {
            return Outgoing::default();
        };
        if let Some((asked, answer)) = &state.last {
            let same = asked.as_slice() == incoming.octets;
            return reply(same.then(|| answer.clone()));
        }
        let Some((first, plain)) = state.open(incoming.octets, message) else {
            return Outgoing::default();
        };
        let Ok(payloads) = Message::parse_payloads(first, &plain) else {
            return Outgoing::default();
        };
        let mut seen = AuthSeen::of(&payloads, identity.as_deref());
        (seen.octets, seen.fragments) = (state.octets, state.fragments);
        let mut visitor = state.visitor.clone();
        visitor.auth = Some(seen);
        visitor.ports.1 = Some(incoming.to.port());
        let refusal = state.refusal(header, random);
        state.last = refusal
            .clone()
            .map(|refusal| (incoming.octets.to_vec(), refusal));
        let address = incoming.from.ip();
        self.asked.retain(|it| it.address != address);
        Outgoing {
            reply: refusal,
            visitor: Some(visitor),
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
        visitor: None,
    }
}
