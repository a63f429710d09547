//! What messages add to an attempt: packets, their notifications, whose turn it was.

use super::{Attempt, Creation, MOST_TURNS, Role, Turn, quote};
use crate::diagnose::event::{Direction, Event, Exchange, Key, Message, ProposalRole};
use crate::diagnose::statement::Statement;
use crate::ike::Notify;

impl Attempt {
    /// A packet of which the log says on another line what is in it.
    pub(super) fn take_packet(&mut self, message: &Message) {
        let peer = match message.direction {
            Direction::Sent => message.to,
            Direction::Received | Direction::Seen => message.from,
        };
        self.name_peer(peer.map(|end| end.address.to_string()).as_deref());
        let here = match message.direction {
            Direction::Sent => message.from,
            Direction::Received => message.to,
            Direction::Seen => None,
        };
        self.local = self.local.or(here.map(|end| end.address));
        let ends = [message.from, message.to].into_iter().flatten();
        for port in ends.filter_map(|end| end.port) {
            self.ports.0 |= port == 4500;
            self.ports.1 |= port != 4500;
        }
        if message.direction == Direction::Received {
            self.arrived = Some(message.clone());
        } else if let Some(turn) = self.built.and_then(|place| self.turns.get_mut(place)) {
            turn.take_packet(message);
        }
    }

    /// What the other end is told, or tells, by a notify.
    pub(super) fn take_notifies(&mut self, message: &Message, event: &Event) {
        let statements = message.notifies.iter().filter_map(|notify| {
            let received = match message.direction {
                Direction::Sent => false,
                Direction::Received => true,
                Direction::Seen => return None,
            };
            let child = message.exchange != Some(Exchange::IKE_SA_INIT);
            Some(match (*notify, received) {
                (Notify::AUTHENTICATION_FAILED, true) => Statement::AuthFailedReceived,
                (Notify::AUTHENTICATION_FAILED, false) => Statement::AuthFailedSent,
                (Notify::NO_PROPOSAL_CHOSEN, true) if child => Statement::ChildNoProposalReceived,
                (Notify::NO_PROPOSAL_CHOSEN, true) => Statement::NoProposalReceived,
                (Notify::NO_PROPOSAL_CHOSEN, false) if child => Statement::ChildProposalsRefused,
                (Notify::NO_PROPOSAL_CHOSEN, false) => Statement::NoProposalSent,
                (Notify::REDIRECT, true) => Statement::Redirected,
                (Notify::COOKIE, true) if message.response => Statement::CookieReceived,
                (Notify::INVALID_MAJOR_VERSION, true) => Statement::WrongVersion,
                (Notify::TS_UNACCEPTABLE, true) => Statement::SelectorsRefusedByPeer,
                (Notify::TS_UNACCEPTABLE, false) => Statement::SelectorsRefused,
                (Notify::INTERNAL_ADDRESS_FAILURE, true) => Statement::NoVirtualIpReceived,
                (Notify::INTERNAL_ADDRESS_FAILURE, false) => Statement::NoVirtualIp,
                (Notify::FAILED_CP_REQUIRED, _) => Statement::VirtualIpNotRequested,
                _ => return None,
            })
        });
        for statement in statements.collect::<Vec<_>>() {
            self.take_statement(statement, None, event);
        }
        if message.direction == Direction::Received
            && message.response
            && message.carries("EAP/FAIL")
        {
            self.take_statement(Statement::EapFailureReceived, None, event);
        }
    }

    pub(super) fn take_message(&mut self, message: &Message, event: &Event) {
        if message.direction == Direction::Received {
            self.heard = Some(event.at);
        }
        let (Some(exchange), Some(id)) = (message.exchange, message.id) else {
            self.take_packet(message);
            return;
        };
        // `restarting CHILD_SA …` in the name of an IKE SA that was up puts the first message of its successor together.
        let of_successor = exchange == Exchange::IKE_SA_INIT
            && message.direction == Direction::Sent
            && !message.response
            && matches!(self.attempt_key.key, Key::Serial(_))
            && self.was_up();
        if of_successor {
            return;
        }
        self.take_notifies(message, event);
        let by_initiator = self.is_by_initiator(message);
        if exchange == Exchange::IKE_SA_INIT {
            self.take_first_exchange(message, event);
        }
        if exchange == Exchange::CREATE_CHILD_SA && !message.response {
            self.take_creation(message);
        }
        let same = |t: &Turn| (t.exchange, t.id, t.by_initiator) == (exchange, id, by_initiator);
        let place = self.turns.iter().position(same);
        if place.is_none() && self.turns.len() < MOST_TURNS {
            self.turns.push(Turn::new(exchange, id, by_initiator));
        }
        let place = place.unwrap_or(self.turns.len() - 1);
        let turn = &mut self.turns[place];
        if !same(turn) {
            return; // one more than are kept
        }
        turn.take(message, event);
        match message.direction {
            Direction::Sent => self.built = Some(place),
            Direction::Received => {
                if let Some(packet) = self.arrived.take() {
                    turn.take_packet(&packet);
                    if !message.response {
                        turn.request_bytes = turn.request_bytes.or(packet.bytes);
                    }
                }
            }
            Direction::Seen => {}
        }
    }

    /// What a request of CREATE_CHILD_SA is to make. What is encrypted in a capture shows nothing of it.
    pub(super) fn take_creation(&mut self, message: &Message) {
        if message.direction == Direction::Seen {
            return;
        }
        self.rekeying |= message.has(Notify::REKEY_SA);
        let creation = if message.has(Notify::REKEY_SA) {
            Creation::ChildRekey
        } else if message.carries("TSi") {
            Creation::Child
        } else if message.carries("SA") {
            Creation::IkeRekey
        } else {
            return;
        };
        self.creation = Some(creation);
    }

    /// Who asks in this exchange: the end that sent the request, or gets the response.
    pub(super) fn is_by_initiator(&mut self, message: &Message) -> bool {
        let first_request = message.exchange == Some(Exchange::IKE_SA_INIT) && !message.response;
        match message.direction {
            Direction::Sent | Direction::Received => {
                let asks_here = (message.direction == Direction::Sent) != message.response;
                if first_request || message.exchange == Some(Exchange::IKE_SA_INIT) {
                    let role = if asks_here {
                        Role::Initiator
                    } else {
                        Role::Responder
                    };
                    self.role.get_or_insert(role);
                }
                asks_here == (self.role != Some(Role::Responder))
            }
            Direction::Seen => {
                if let Some(bytes) = &message.wire_details {
                    let (asking, asked) = if bytes.by_initiator {
                        (message.from, message.to)
                    } else {
                        (message.to, message.from)
                    };
                    if self.peer.is_none() && bytes.by_initiator {
                        self.peer = asking.map(|end| end.address.to_string());
                    }
                    self.local = self.local.or(asked.map(|end| end.address));
                    return bytes.by_initiator != message.response;
                }
                let asking = if message.response {
                    message.to
                } else {
                    message.from
                };
                let asking = asking.map(|end| end.address.to_string());
                if first_request && self.peer.is_none() {
                    self.peer.clone_from(&asking);
                }
                asking.is_none() || asking == self.peer
            }
        }
    }

    pub(super) fn take_first_exchange(&mut self, message: &Message, event: &Event) {
        if !message.proposals.is_empty() {
            let whose = if message.response {
                ProposalRole::Selected
            } else {
                ProposalRole::Received
            };
            self.take_list(whose, &message.proposals, event);
        }
        if !message.response && message.key_exchange.is_some() {
            self.key_exchange = message.key_exchange;
        }
        if message.wanted.is_some() {
            self.wanted = message.wanted;
        }
    }
}

impl Turn {
    const fn new(exchange: Exchange, id: u32, by_initiator: bool) -> Self {
        Self {
            exchange,
            id,
            by_initiator,
            requests: 0,
            responses: 0,
            request: None,
            response: None,
            bytes: 0,
            request_bytes: None,
            over_4500: false,
            fragmented: false,
            ip_fragments: false,
            notifies: Vec::new(),
            asked: Vec::new(),
            answered: Vec::new(),
            refuses: false,
        }
    }

    /// Ports and size, from another line of the log.
    pub(super) fn take_packet(&mut self, message: &Message) {
        let ends = [message.from, message.to].into_iter().flatten();
        self.over_4500 |= ends.into_iter().any(|end| end.port == Some(4500));
        self.bytes = self.bytes.max(message.bytes.unwrap_or(0));
    }

    fn take(&mut self, message: &Message, event: &Event) {
        let first_fragment = message.fragment.is_none_or(|(number, _)| number == 1);
        self.take_packet(message);
        self.ip_fragments |= message.ip_fragments;
        if message.response {
            self.responses += u32::from(first_fragment);
            self.response = Some(quote(event));
            for notify in &message.notifies {
                if !self.notifies.contains(notify) && self.notifies.len() < 64 {
                    self.notifies.push(*notify);
                }
            }
            self.answered.clone_from(&message.payloads);
        } else {
            self.requests += u32::from(first_fragment);
            self.request_bytes = self.request_bytes.or(message.bytes);
            self.request.get_or_insert_with(|| quote(event));
            self.fragmented |= message.fragment.is_some();
            self.asked.clone_from(&message.payloads);
            self.refuses |= message.has(Notify::AUTHENTICATION_FAILED);
        }
    }
}
