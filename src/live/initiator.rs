//! One conversation with a server: IKE_SA_INIT as a client has it, and the end of what it began.
//!
//! What does not fit the conversation is passed over, since anybody can send a datagram.

use std::fmt::{self, Debug, Formatter};

use zeroize::Zeroizing;

use super::auth::{self, AuthAnswer};
use super::datagram::nat_hash;
use super::first::{Ending, Ends, First, Follow};
use super::heard::{Answer, Cleanup, Heard, Traits};
use super::limits::PATIENCE;
use super::proof::Proof;
use crate::compat::exchange::InvalidKe;
use crate::crypt::{
    Algorithms, KeyPair, Keys, Nonces, Random, Reassembly, open, open_fragment, seal,
};
use crate::ike::{Ke, Notify, Protocol, Suite, Transform, TransformType};
use crate::wire::{Exchange, Flags, Message, NotifyData, Payload, PayloadType, Spi, sa};

/// More cookies than this are asked for by nobody in earnest.
const MOST_COOKIES: u8 = 3;

/// More questions than this EAP does not ask after a Nak.
const MOST_EAP: u32 = 4;

/// What follows from a datagram.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Progress {
    /// Nothing: it does not belong here.
    Ignored,
    /// There is a new request to be sent.
    Request,
    /// The conversation is over.
    Over,
}

/// How far it is.
enum Phase {
    Init,
    Auth {
        keys: Box<Keys>,
        responder: Spi,
        message_id: u32,
        eap: bool,
        parts: Reassembly,
        /// The answer to IKE_SA_INIT, octet by octet, which the server signs.
        answer: Vec<u8>,
    },
    Over,
}

/// A conversation.
pub struct Initiator {
    first: First,
    ends: Ends,
    spi: Spi,
    nonce: Vec<u8>,
    pair: KeyPair,
    cookie: Option<Vec<u8>>,
    request: Vec<u8>,
    phase: Phase,
    heard: Heard,
    /// How often it was asked for the group that it has sent because it was asked for it.
    repeated: usize,
    /// Whether something came for IKE_AUTH that its keys do not open.
    is_odd: bool,
}

impl Debug for Initiator {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "Initiator {}", self.spi)
    }
}

impl Initiator {
    /// Begins a conversation; `None` if the message would be too long.
    pub fn new(first: First, ends: Ends, random: &mut dyn Random) -> Option<Self> {
        let mut initiator = Self {
            spi: spi(random),
            nonce: random.octets(usize::from(first.nonce)),
            pair: KeyPair::new(first.group, random)?,
            first,
            ends,
            cookie: None,
            request: Vec::new(),
            phase: Phase::Init,
            heard: Heard::only(Answer::Silence),
            repeated: 0,
            is_odd: false,
        };
        initiator.request = initiator.first_request()?;
        Some(initiator)
    }

    fn first_request(&self) -> Option<Vec<u8>> {
        let cookie = self.cookie.as_deref();
        self.first
            .encode(self.spi, &self.pair, &self.nonce, cookie, self.ends)
    }

    /// The message that waits for an answer, without marker.
    pub fn request(&self) -> &[u8] {
        &self.request
    }

    /// Whether the server has selected something, and the rest is about ending what that began.
    pub const fn is_cleaning_up(&self) -> bool {
        matches!(self.phase, Phase::Auth { .. })
    }

    /// What was heard until now; silence where nothing was.
    pub(crate) fn end(mut self) -> Heard {
        if self.is_cleaning_up() {
            self.heard.cleanup = Some(match self.is_odd {
                true => Cleanup::NotOpened,
                false => Cleanup::Silence,
            });
        } else if self.heard.answer == Answer::Silence && self.repeated >= PATIENCE.len() {
            let sent = Transform::ke(self.pair.method());
            self.heard.answer = Answer::WantsSent(sent);
        }
        self.heard
    }

    /// Takes a message that came, without marker.
    pub fn take(&mut self, octets: &[u8], random: &mut dyn Random) -> Progress {
        let Ok(message) = Message::parse(octets) else {
            return Progress::Ignored;
        };
        let header = &message.header;
        let answers = header.version == 0x20
            && header.flags.is_response()
            && !header.flags.from_initiator()
            && header.initiator_spi == self.spi;
        match (&self.phase, header.exchange) {
            (Phase::Init, Exchange::IKE_SA_INIT) if answers && header.message_id == 0 => {
                self.take_init(octets, &message, random)
            }
            (Phase::Auth { .. }, Exchange::IKE_AUTH) if answers => {
                self.take_auth(octets, &message, random)
            }
            _ => Progress::Ignored,
        }
    }

    fn over(&mut self, answer: Answer) -> Progress {
        self.heard.answer = answer;
        self.phase = Phase::Over;
        Progress::Over
    }

    fn take_init(
        &mut self,
        octets: &[u8],
        message: &Message<'_>,
        random: &mut dyn Random,
    ) -> Progress {
        for notify in message.notifies() {
            match (notify.kind, notify.said()) {
                (Notify::COOKIE, Ok(NotifyData::Cookie(cookie)))
                    if message.proposals().is_none() =>
                {
                    return self.take_cookie(cookie);
                }
                (Notify::INVALID_KE_PAYLOAD, Ok(NotifyData::WantedGroup(group))) => {
                    return self.take_wanted(Transform::raw(TransformType::KE, group), random);
                }
                (Notify::INVALID_KE_PAYLOAD, _) => {
                    return self.over(Answer::Malformed("INVALID_KE_PAYLOAD names no group"));
                }
                (Notify::REDIRECT, _) if message.proposals().is_none() => {
                    return self.over(Answer::Redirect);
                }
                (kind, _) if kind.is_error() => return self.over(Answer::Error(kind)),
                _ => {}
            }
        }
        match self.selected(message) {
            Ok(suite) => self.take_selection(suite, (octets, message), random),
            Err(answer) => self.over(answer),
        }
    }

    fn take_cookie(&mut self, cookie: &[u8]) -> Progress {
        // RFC 7296, section 2.6: 1 to 64 octets. The same one again is a late duplicate.
        if self.cookie.as_deref() == Some(cookie) || !(1..=64).contains(&cookie.len()) {
            return Progress::Ignored;
        }
        if self.heard.cookies == MOST_COOKIES {
            return self.over(Answer::Cookies);
        }
        self.heard.cookies += 1;
        self.cookie = Some(cookie.to_vec());
        self.ask_again()
    }

    fn ask_again(&mut self) -> Progress {
        match self.first_request() {
            Some(request) => {
                self.request = request;
                Progress::Request
            }
            None => self.over(Answer::Malformed("the cookie is too long")),
        }
    }

    fn take_wanted(&mut self, wanted: Transform, random: &mut dyn Random) -> Progress {
        let sent = Transform::ke(self.pair.method());
        if wanted == sent {
            if self.heard.invalid_ke.is_empty() || self.first.follow == Follow::Anew {
                return self.over(Answer::WantsSent(wanted));
            }
            // Mostly a late duplicate of what was answered already.
            self.repeated += 1;
            return Progress::Ignored;
        }
        if !self.first.offers(wanted) {
            return self.over(Answer::WantsOther(wanted));
        }
        self.heard.invalid_ke.push(InvalidKe {
            sent: Some(sent),
            wanted,
        });
        if !self.first.goes_along(wanted) || self.heard.invalid_ke.len() > self.first.rounds() {
            return self.over(Answer::TooManyRounds(wanted));
        }
        let pair = Ke::from_repr(wanted.id).and_then(|method| KeyPair::new(method, random));
        let Some(pair) = pair else {
            return self.over(Answer::NotComputed(wanted));
        };
        self.pair = pair;
        if self.first.follow == Follow::Anew {
            // What the server said to the message before does not hold for this one.
            self.spi = spi(random);
            self.nonce = random.octets(usize::from(self.first.nonce));
            self.cookie = None;
        }
        self.ask_again()
    }

    /// The suite of an answer, if it is one of those that were offered.
    fn selected(&self, message: &Message<'_>) -> Result<Suite, Answer> {
        let proposals = message.proposals();
        let Some([chosen]) = proposals else {
            return Err(Answer::Malformed("the answer selects no proposal"));
        };
        let plain = chosen.grouped().filter(|it| it.protocol() == Protocol::Ike);
        let plain = plain.ok_or(Answer::Malformed("the answer selects nothing for IKE"))?;
        let of = |kind| plain.of(kind).len();
        if TransformType::COMPARED.into_iter().any(|kind| of(kind) > 1) {
            return Err(Answer::Malformed("the answer selects two of one type"));
        }
        let suite = suite_of(chosen);
        let fits = |offered: &crate::ike::Proposal| {
            suite.transforms().all(|it| offered.contains(it))
                && TransformType::COMPARED.into_iter().all(|kind| {
                    let listed = offered.of(kind);
                    let optional = kind == TransformType::INTEG
                        && suite.encr().is_some_and(Transform::is_aead);
                    let none = listed.is_empty() || listed.iter().any(|it| it.is_none());
                    suite.get(kind).is_some() || none || optional
                })
        };
        if !self.first.proposals.iter().any(fits) {
            return Err(Answer::NotOffered(suite));
        }
        let ke = message.key_exchange();
        let ke = ke.ok_or(Answer::Malformed("the answer has no KE payload"))?;
        let right = suite.ke() == Some(Transform::ke(self.pair.method()));
        if !right || ke.group != self.pair.method().number() {
            return Err(Answer::Malformed("the answer is for another group"));
        }
        match nonce(message) {
            // RFC 7296, section 2.10.
            Some(nonce) if (16..=256).contains(&nonce.len()) => Ok(suite),
            _ => Err(Answer::Malformed("the answer has no usable nonce")),
        }
    }

    fn traits(&self, message: &Message<'_>) -> Traits {
        let spis = (message.header.initiator_spi, message.header.responder_spi);
        let certreq = message.payloads.iter().find_map(|payload| match payload {
            Payload::Other {
                kind: PayloadType::CERTREQ,
                data,
                ..
            } => Some(data.len().saturating_sub(1) / 20),
            _ => None,
        });
        let seen = message.notify(Notify::NAT_DETECTION_DESTINATION_IP);
        Traits {
            notifies: message.notifies().map(|it| it.kind).collect(),
            vendor_ids: message.vendor_ids().map(<[u8]>::to_vec).collect(),
            nonce: nonce(message).map_or(0, <[u8]>::len),
            authorities: certreq,
            translated: seen.map(|it| it.data != nat_hash(spis.0, spis.1, self.ends.local)),
        }
    }

    fn take_selection(
        &mut self,
        suite: Suite,
        (octets, message): (&[u8], &Message<'_>),
        random: &mut dyn Random,
    ) -> Progress {
        self.heard.traits = Some(self.traits(message));
        match self.keys(&suite, message) {
            Ok(Some(keys)) => {
                self.heard.answer = Answer::Selected(suite);
                self.phase = Phase::Auth {
                    keys: Box::new(keys),
                    responder: message.header.responder_spi,
                    message_id: 1,
                    eap: false,
                    parts: Reassembly::default(),
                    answer: octets.to_vec(),
                };
                let mut spi = [0; 4];
                random.fill(&mut spi);
                let ending = self.first.ending;
                self.ask(auth::request(&self.first.esp, spi, ending), random)
            }
            Ok(None) => self.over(Answer::Malformed("no keys come of the answer")),
            Err(cleanup) => {
                self.heard.cleanup = Some(cleanup);
                self.over(Answer::Selected(suite))
            }
        }
    }

    fn keys(&self, suite: &Suite, message: &Message<'_>) -> Result<Option<Keys>, Cleanup> {
        let algorithms = Algorithms::of(suite).map_err(Cleanup::Impossible)?;
        let (Some(ke), Some(responder)) = (message.key_exchange(), nonce(message)) else {
            return Ok(None);
        };
        let shared = self.pair.shared(ke.data).map_err(Cleanup::PublicValue)?;
        let nonces = Nonces {
            initiator: &self.nonce,
            responder,
        };
        let spis = (self.spi.0, message.header.responder_spi.0);
        Ok(Keys::new(algorithms, &shared, nonces, spis))
    }

    /// Makes an encrypted request of payloads.
    fn ask(
        &mut self,
        payloads: Option<(PayloadType, Vec<u8>)>,
        random: &mut dyn Random,
    ) -> Progress {
        let sealed = match (&self.phase, payloads) {
            (
                Phase::Auth {
                    keys,
                    responder,
                    message_id,
                    ..
                },
                Some((first, octets)),
            ) => {
                let flags = Flags(Flags::INITIATOR);
                let mut message = Message::new(Exchange::IKE_AUTH, self.spi, *responder, flags);
                message.header.message_id = *message_id;
                seal(&keys.initiator, &message.header, (first, &octets), random)
            }
            _ => None,
        };
        match sealed {
            Some(request) => {
                self.request = request;
                Progress::Request
            }
            None => self.ended(Cleanup::NotSent),
        }
    }

    fn ended(&mut self, cleanup: Cleanup) -> Progress {
        self.heard.cleanup = Some(cleanup);
        self.phase = Phase::Over;
        Progress::Over
    }

    fn take_auth(
        &mut self,
        octets: &[u8],
        message: &Message<'_>,
        random: &mut dyn Random,
    ) -> Progress {
        let Phase::Auth {
            keys,
            responder,
            message_id,
            eap,
            parts,
            answer,
        } = &mut self.phase
        else {
            return Progress::Ignored;
        };
        let header = &message.header;
        if header.responder_spi != *responder || header.message_id != *message_id {
            return Progress::Ignored;
        }
        let (first, plain) = match opened(keys, parts, octets, message) {
            Opened::Whole(first, plain) => (first, plain),
            Opened::Part => return Progress::Ignored,
            Opened::Not => {
                self.is_odd = true;
                return Progress::Ignored;
            }
        };
        let Ok(payloads) = Message::parse_payloads(first, &plain) else {
            return self.ended(Cleanup::Unexpected);
        };
        if self.first.ending == Ending::Proof && self.heard.proof.is_none() {
            let signed = |identity: &[u8]| keys.responder_signed(answer, &self.nonce, identity);
            self.heard.proof = Proof::of(&payloads, signed);
        }
        match auth::read(&payloads) {
            AuthAnswer::Eap(identifier) if *message_id <= MOST_EAP => {
                *eap = true;
                *message_id += 1;
                *parts = Reassembly::default();
                self.ask(auth::refusal(identifier), random)
            }
            AuthAnswer::Over(error) => {
                self.heard.refusal = error;
                let eap = *eap;
                self.ended(Cleanup::Freed { eap })
            }
            AuthAnswer::Eap(_) => self.ended(Cleanup::EapGoesOn),
            AuthAnswer::Nothing => self.ended(Cleanup::Unexpected),
        }
    }
}

/// An SPI of one's own. One of zero means that there is none.
fn spi(random: &mut dyn Random) -> Spi {
    let mut octets = [0; 8];
    random.fill(&mut octets);
    Spi(u64::from_be_bytes(octets).max(1))
}

/// What an encrypted answer is.
enum Opened {
    /// The payloads of the whole message.
    Whole(PayloadType, Zeroizing<Vec<u8>>),
    /// A fragment of it.
    Part,
    /// Not encrypted, or not with these keys.
    Not,
}

/// What is in an encrypted answer, once it is whole.
fn opened(keys: &Keys, parts: &mut Reassembly, octets: &[u8], message: &Message<'_>) -> Opened {
    match message.payloads.last() {
        Some(Payload::Encrypted(it)) => match open(&keys.responder, octets, it) {
            Ok(plain) => Opened::Whole(it.inner, plain),
            Err(_) => Opened::Not,
        },
        Some(Payload::Fragment(it)) => match open_fragment(&keys.responder, octets, it) {
            Ok(plain) => parts
                .take(it, plain)
                .map_or(Opened::Part, |(first, plain)| Opened::Whole(first, plain)),
            Err(_) => Opened::Not,
        },
        _ => Opened::Not,
    }
}

fn nonce<'a>(message: &Message<'a>) -> Option<&'a [u8]> {
    message.payloads.iter().find_map(|payload| match payload {
        Payload::Nonce(nonce) => Some(*nonce),
        _ => None,
    })
}

/// The suite of a proposal on the wire; NONE is no algorithm.
pub(super) fn suite_of(proposal: &sa::Proposal<'_>) -> Suite {
    let transforms = proposal.transforms.iter().map(|it| it.transform);
    Suite::of(Protocol::Ike, transforms.filter(|it| !it.is_none()))
}
