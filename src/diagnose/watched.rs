//! What only a capture shows of an attempt: SPIs, lengths of what is encrypted, ESP, refusals.
//!
//! Nothing in here is decrypted. Its size has a bound.

use std::net::IpAddr;
use std::time::Duration;

use super::attempt::quote;
use super::event::{Direction, Event, Exchange, Message, Sighted, Sighting};
use super::explanation::Evidence;
use crate::ike::{Notify, Proposal, Transform, TransformType};
use crate::wire::Malformed;
use crate::wire::capture::Refused;

/// More messages than this are not kept.
const MOST: usize = 64;

/// What a capture shows.
#[derive(Clone, Debug, Default)]
pub(crate) struct Watched {
    /// The messages of IKE_SA_INIT, in order.
    pub first: Vec<First>,
    /// The requests behind IKE_SA_INIT with their answers, in order.
    pub asked: Vec<Asked>,
    /// Packets of a child SA: from the initiator, from the responder.
    pub esp: [Traffic; 2],
    /// Later IP fragments that followed a first one.
    pub later_fragments: u32,
    /// Packets that did not arrive, by the port they were sent to.
    pub refused: Vec<(Refused, u16, Evidence)>,
    /// The message with which the initiator begins another IKE SA.
    pub begun_again: Option<Evidence>,
    /// The initiator's address.
    pub initiator: Option<IpAddr>,
    /// What the first request says about its sender.
    pub sender: Sender,
    /// When the last message was seen.
    pub last: Option<Duration>,
    /// The first message of the initiator that names the responder's SPI: the responder had answered.
    pub answered: Option<Evidence>,
    /// The form of the capture shows SPIs.
    pub spis_shown: bool,
}

/// What the first request says about its sender, beside proposals.
#[derive(Clone, Debug, Default)]
pub(crate) struct Sender {
    /// The offer.
    pub offer: Vec<Proposal>,
    /// Group of the KE payload.
    pub key_exchange: Option<Transform>,
    /// Order of transform types.
    pub type_order: Vec<TransformType>,
}

/// A message of IKE_SA_INIT.
#[derive(Clone, Debug)]
pub(crate) enum First {
    /// A request, with its group.
    Request {
        /// Group of the KE payload.
        group: Option<Transform>,
        /// The packet.
        evidence: Evidence,
    },
    /// The responder asks for a cookie.
    Cookie(Evidence),
    /// The responder asks for another group.
    InvalidKe(Option<Transform>, Evidence),
    /// The responder refuses.
    Refusal {
        /// The error that the packet carries.
        notify: Notify,
        /// It has chosen an SPI.
        has_spi: bool,
        /// The packet.
        evidence: Evidence,
    },
    /// A message lies about its lengths.
    Malformed {
        /// The responder sent it.
        response: bool,
        /// What is wrong with it.
        why: Malformed,
        /// The packet.
        evidence: Evidence,
    },
    /// The responder sends the initiator to another one (RFC 5685).
    Redirect(Evidence),
    /// The responder has chosen a suite.
    Choice(Evidence),
    /// The responder answers, and what it says is not shown.
    Answer(Evidence),
}

/// A request and its answer.
#[derive(Clone, Debug)]
pub(crate) struct Asked {
    /// The exchange.
    pub exchange: Exchange,
    /// The initiator of the IKE SA asked.
    pub by_initiator: bool,
    /// Message ID.
    pub id: u32,
    /// What is seen of the request.
    pub request: Half,
    /// What is seen of the answer.
    pub answer: Half,
}

/// A message, perhaps in fragments, perhaps sent several times.
#[derive(Clone, Debug, Default)]
pub(crate) struct Half {
    /// How often it was sent.
    pub times: u32,
    /// Octets of what is encrypted, of all fragments together.
    pub encrypted: u32,
    /// Fragments of RFC 7383 that were seen, the lowest 64 of them as bits.
    fragments: u64,
    /// How many fragments there are.
    pub total: u16,
    /// It was cut by IP.
    pub ip_fragments: bool,
    /// It went over port 4500.
    pub over_4500: bool,
    /// The first packet.
    pub first: Option<Evidence>,
    /// When the first packet was seen.
    pub time: Option<Duration>,
}

/// Packets of a child SA in one direction.
#[derive(Clone, Debug, Default)]
pub(crate) struct Traffic {
    /// The first one.
    pub first: Option<Evidence>,
}

impl Half {
    /// Whether all of it was seen.
    pub(crate) const fn is_whole(&self) -> bool {
        self.times > 0 && self.fragments.count_ones() >= self.total as u32
    }

    fn take(&mut self, message: &Message, event: &Event) {
        let (number, total) = message.fragment.unwrap_or((1, 1));
        let bit = 1_u64.checked_shl(u32::from(number.saturating_sub(1)));
        let bit = bit.unwrap_or(0);
        if number == 1 {
            self.times += 1;
        }
        if self.fragments & bit == 0 {
            self.fragments |= bit;
            let bytes = message.wire_details.as_ref();
            let encrypted = bytes.and_then(|it| it.encrypted).unwrap_or(0);
            self.encrypted = self.encrypted.saturating_add(encrypted);
        }
        self.total = self.total.max(total);
        self.ip_fragments |= message.ip_fragments;
        let ends = [message.from, message.to].into_iter().flatten();
        self.over_4500 |= ends.into_iter().any(|end| end.port == Some(4500));
        self.first.get_or_insert_with(|| quote(event));
        self.time = self.time.or(event.time);
    }
}

impl Watched {
    pub(super) fn take(&mut self, message: &Message, event: &Event) {
        if message.direction != Direction::Seen {
            return;
        }
        let (Some(exchange), Some(id)) = (message.exchange, message.id) else {
            return;
        };
        self.last = event.time.or(self.last);
        let bytes = message.wire_details.as_ref();
        self.spis_shown |= bytes.is_some();
        let by_initiator = bytes.is_none_or(|it| it.by_initiator);
        if self.initiator.is_none() {
            let end = if by_initiator {
                message.from
            } else {
                message.to
            };
            self.initiator = end.map(|end| end.address);
        }
        if by_initiator && bytes.is_some_and(|it| it.responder_spi != 0) {
            self.answered.get_or_insert_with(|| quote(event));
        }
        if exchange == Exchange::IKE_SA_INIT {
            self.take_first(message, event);
            return;
        }
        let by_initiator = match bytes {
            Some(bytes) => bytes.by_initiator != message.response,
            // Text of tcpdump: whose address it is decides.
            None => {
                let asking = if message.response {
                    message.to
                } else {
                    message.from
                };
                asking.map(|end| end.address) == self.initiator
            }
        };
        let same =
            |it: &Asked| (it.exchange, it.by_initiator, it.id) == (exchange, by_initiator, id);
        let place = self.asked.iter().position(same);
        let place = place.or_else(|| {
            (self.asked.len() < MOST).then(|| {
                self.asked.push(Asked {
                    exchange,
                    by_initiator,
                    id,
                    request: Half::default(),
                    answer: Half::default(),
                });
                self.asked.len() - 1
            })
        });
        let Some(asked) = place.and_then(|place| self.asked.get_mut(place)) else {
            return;
        };
        if message.response {
            asked.answer.take(message, event);
        } else {
            asked.request.take(message, event);
        }
    }

    fn take_first(&mut self, message: &Message, event: &Event) {
        if self.first.len() >= MOST {
            return;
        }
        let evidence = quote(event);
        let malformed = message.wire_details.as_ref().and_then(|it| it.malformed);
        if let Some(why) = malformed {
            self.first.push(First::Malformed {
                response: message.response,
                why,
                evidence,
            });
            return;
        }
        if !message.response {
            self.introduce(message);
            self.first.push(First::Request {
                group: message.key_exchange,
                evidence,
            });
            return;
        }
        let error = message.notifies.iter().find(|it| it.is_error());
        self.first.push(match error {
            Some(&Notify::INVALID_KE_PAYLOAD) => First::InvalidKe(message.wanted, evidence),
            Some(notify) => First::Refusal {
                notify: *notify,
                has_spi: message
                    .wire_details
                    .as_ref()
                    .is_some_and(|it| it.responder_spi != 0),
                evidence,
            },
            None if message.proposals.is_empty() && message.has(Notify::COOKIE) => {
                First::Cookie(evidence)
            }
            None if message.has(Notify::REDIRECT) => First::Redirect(evidence),
            None if message.proposals.is_empty() && message.key_exchange.is_none() => {
                First::Answer(evidence)
            }
            None => First::Choice(evidence),
        });
    }

    /// Remembers what the first request says about its sender.
    fn introduce(&mut self, message: &Message) {
        if !self.sender.offer.is_empty() || message.proposals.is_empty() {
            return;
        }
        let bytes = message.wire_details.as_deref().cloned().unwrap_or_default();
        self.sender = Sender {
            offer: message.proposals.clone(),
            key_exchange: message.key_exchange,
            type_order: bytes.type_order,
        };
    }

    pub(super) fn sight(&mut self, sighting: &Sighting, event: &Event) {
        match sighting.what {
            Sighted::Esp => {
                let from_responder = usize::from(Some(sighting.from) != self.initiator);
                if let Some(traffic) = self.esp.get_mut(from_responder) {
                    traffic.first.get_or_insert_with(|| quote(event));
                }
            }
            Sighted::BegunAgain => {
                self.begun_again.get_or_insert_with(|| quote(event));
            }
            Sighted::LaterFragment => self.later_fragments += 1,
            Sighted::Refused { why, port } => {
                if self.refused.len() < MOST {
                    self.refused.push((why, port, quote(event)));
                }
            }
        }
    }

    /// The answers to IKE_AUTH, in order.
    pub(crate) fn auth(&self) -> impl DoubleEndedIterator<Item = &Asked> {
        let of = |it: &&Asked| it.exchange == Exchange::IKE_AUTH && it.by_initiator;
        self.asked.iter().filter(of)
    }

    /// The packet that proves that the responder had answered, if no packet of the responder was captured.
    pub(crate) fn without_answers(&self) -> Option<&Evidence> {
        let request = |first: &First| {
            matches!(
                first,
                First::Request { .. }
                    | First::Malformed {
                        response: false,
                        ..
                    }
            )
        };
        let heard = !self.first.iter().all(request)
            || self
                .asked
                .iter()
                .any(|it| it.answer.times > 0 && it.by_initiator)
            || self
                .asked
                .iter()
                .any(|it| it.request.times > 0 && !it.by_initiator)
            || self.esp[1].first.is_some();
        self.answered.as_ref().filter(|_| !heard)
    }

    /// The first packet of the responder, if no packet of the initiator was captured.
    pub(crate) fn without_requests(&self) -> Option<&Evidence> {
        let first = self.first.iter().map(|first| match first {
            First::Request { .. } | First::Malformed { .. } => None,
            First::Cookie(evidence)
            | First::InvalidKe(_, evidence)
            | First::Refusal { evidence, .. }
            | First::Redirect(evidence)
            | First::Choice(evidence)
            | First::Answer(evidence) => Some(evidence),
        });
        let later = self
            .asked
            .iter()
            .filter(|it| it.by_initiator)
            .map(|it| it.answer.first.as_ref().filter(|_| it.request.times == 0));
        let mut all = first.chain(later).peekable();
        let evidence = (*all.peek()?)?;
        all.all(|it| it.is_some()).then_some(evidence)
    }

    /// The packet in which the responder sends the initiator to another one.
    pub(crate) fn redirect(&self) -> Option<&Evidence> {
        self.first.iter().find_map(|first| match first {
            First::Redirect(evidence) => Some(evidence),
            _ => None,
        })
    }

    /// Whether packets of a child SA were seen.
    pub(crate) fn has_esp(&self) -> bool {
        self.esp.iter().any(|traffic| traffic.first.is_some())
    }
}
