//! One connection attempt as far as it has been told: what was said, and how far it got.
//!
//! Its size has a bound: of every statement the first and the last line are kept, of every list the
//! last one, of the messages a few dozen.

use std::net::IpAddr;
use std::time::Duration;

use super::event::{
    AttemptKey, Direction, Event, EventKind, Exchange, Message, ProposalRole, Sighted, Sighting,
    Witness,
};
use super::finding::Evidence;
use super::mask;
use super::statement::Statement;
use super::watched::Watched;
use crate::ike::{Notify, Proposal, Protocol, Transform};

/// A longer line is cut when it is quoted.
const LONGEST_QUOTE: usize = 4096;

/// More messages than this are only counted.
const MOST_TURNS: usize = 48;

/// Who began.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Role {
    /// The witness.
    Initiator,
    /// The witness's peer.
    Responder,
}

/// A statement with its places.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Seen {
    /// What was said.
    pub statement: Statement,
    /// How often.
    pub count: u64,
    /// The name, address or number in the first line.
    pub detail: Option<String>,
    /// The first line.
    pub first: Evidence,
    /// The last line, if there are several.
    pub last: Option<Evidence>,
}

/// The proposals of either side for one protocol, with the line of each list.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Lists {
    /// What the initiator offers.
    pub received: Option<(Vec<Proposal>, Evidence)>,
    /// What the responder has.
    pub configured: Option<(Vec<Proposal>, Evidence)>,
    /// What was chosen.
    pub selected: Option<(Vec<Proposal>, Evidence)>,
}

/// A request and its response.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Turn {
    /// The exchange.
    pub exchange: Exchange,
    /// Message ID.
    pub id: u32,
    /// The initiator of the IKE SA asked.
    pub by_initiator: bool,
    /// How often the request was seen.
    pub requests: u32,
    /// How often the response was seen.
    pub responses: u32,
    /// The request.
    pub request: Option<Evidence>,
    /// The response.
    pub response: Option<Evidence>,
    /// Octets of the largest packet.
    pub bytes: u32,
    /// Octets of the request, if it came in one packet.
    pub request_bytes: Option<u32>,
    /// A packet of it went over port 4500.
    pub over_4500: bool,
    /// The request was cut by IKEv2 fragmentation.
    pub fragmented: bool,
    /// A packet of it came as IP fragments.
    pub ip_fragments: bool,
    /// Notifies in the response.
    pub notifies: Vec<Notify>,
    /// Payloads of the request, where they can be seen.
    pub asked: Vec<String>,
    /// Payloads of the response, where they can be seen.
    pub answered: Vec<String>,
}

/// One attempt.
#[derive(Clone, Debug)]
pub struct Attempt {
    /// Whose it is.
    pub attempt_key: AttemptKey,
    /// First line or packet.
    pub first: u64,
    /// Last line or packet.
    pub last: u64,
    /// Time of the first and of the last line, if lines have times.
    pub times: Option<(Duration, Duration)>,
    /// Who began, if that is known.
    pub role: Option<Role>,
    /// The other end's address or name.
    pub peer: Option<String>,
    /// Name of the connection.
    pub connection: Option<String>,
    /// Statements in the order of their first lines.
    pub seen: Vec<Seen>,
    /// IKE proposals.
    pub ike: Lists,
    /// ESP proposals.
    pub esp: Lists,
    /// Group of the initiator's KE payload.
    pub key_exchange: Option<Transform>,
    /// Group that the responder asked for.
    pub wanted: Option<Transform>,
    /// Messages.
    pub turns: Vec<Turn>,
    /// A child SA is being rekeyed.
    pub rekeying: bool,
    /// What only a capture shows.
    pub watched: Watched,
    /// The packet that was received last, of which the log has not said yet what is in it.
    arrived: Option<Message>,
    /// Where in `turns` the message is that was put together last.
    built: Option<usize>,
}

impl Attempt {
    /// An attempt of which nothing is known.
    pub fn new(attempt_key: AttemptKey, at: u64) -> Self {
        Self {
            attempt_key,
            first: at,
            last: at,
            times: None,
            role: None,
            peer: None,
            connection: None,
            seen: Vec::new(),
            ike: Lists::default(),
            esp: Lists::default(),
            key_exchange: None,
            wanted: None,
            turns: Vec::new(),
            rekeying: false,
            watched: Watched::default(),
            arrived: None,
            built: None,
        }
    }

    /// Takes an event in.
    pub fn take(&mut self, event: &Event) {
        let of_another = matches!(
            event.kind,
            EventKind::Sighting(Sighting {
                what: Sighted::BegunAgain,
                ..
            })
        );
        if !of_another {
            self.last = event.at;
        }
        if let Some(time) = event.time {
            let first = self.times.map_or(time, |(first, _)| first);
            self.times = Some((first, time));
        }
        match &event.kind {
            EventKind::Proposals(whose, list) => self.take_list(*whose, list, event),
            EventKind::Message(message) => {
                self.watched.take(message, event);
                self.take_message(message, event);
            }
            EventKind::Sighting(sighting) => self.watched.sight(sighting, event),
            EventKind::Statement(statement, detail) => {
                self.take_statement(*statement, detail.as_deref(), event)
            }
        }
    }

    /// Whether nothing was said but that there is such a program.
    pub fn is_empty(&self) -> bool {
        let lists = [&self.ike, &self.esp];
        let listed = lists
            .iter()
            .any(|it| it.received.is_some() || it.configured.is_some() || it.selected.is_some());
        !(listed || self.is_watched()) && self.seen.is_empty() && self.turns.is_empty()
    }

    /// Whether it was watched in a capture, not told by a log.
    pub fn is_watched(&self) -> bool {
        self.attempt_key.witness == Witness::Capture
    }

    /// The statement, if it was made.
    pub fn statement(&self, statement: Statement) -> Option<&Seen> {
        self.seen.iter().find(|seen| seen.statement == statement)
    }

    /// Whether the statement was made.
    pub fn has(&self, statement: Statement) -> bool {
        self.statement(statement).is_some()
    }

    /// Whether one of the statements was made.
    pub fn has_any(&self, statements: &[Statement]) -> bool {
        statements.iter().any(|statement| self.has(*statement))
    }

    /// Whether nothing more is to come of it.
    pub fn is_over(&self) -> bool {
        const ENDS: &[Statement] = &[
            Statement::AuthFailedReceived,
            Statement::AuthFailedSent,
            Statement::ChildEstablished,
            Statement::ChildFailed,
            Statement::Closed,
            Statement::GaveUp,
            Statement::HalfOpenTimeout,
            Statement::NoIkeConfig,
            Statement::NoProposalReceived,
            Statement::PeerDead,
        ];
        self.has_any(ENDS)
    }

    /// The turns of an exchange.
    pub fn of(&self, exchange: Exchange) -> impl Iterator<Item = &Turn> {
        self.turns
            .iter()
            .filter(move |turn| turn.exchange == exchange)
    }

    fn take_list(&mut self, whose: ProposalRole, list: &[Proposal], event: &Event) {
        let Some(first) = list.first() else { return };
        let lists = match first.protocol() {
            Protocol::Ike => &mut self.ike,
            Protocol::Ah | Protocol::Esp => &mut self.esp,
        };
        let place = match whose {
            ProposalRole::Received => &mut lists.received,
            ProposalRole::Configured => &mut lists.configured,
            ProposalRole::Selected => &mut lists.selected,
        };
        *place = Some((list.to_vec(), quote(event)));
    }

    fn take_statement(&mut self, statement: Statement, detail: Option<&str>, event: &Event) {
        match statement {
            Statement::Other => return,
            Statement::PeerNamed => {
                self.name_peer(detail);
                return;
            }
            Statement::Initiating => {
                self.role = Some(Role::Initiator);
                self.name_peer(detail);
            }
            Statement::PeerInitiating => {
                self.role = Some(Role::Responder);
                self.name_peer(detail);
            }
            Statement::NoIkeConfig => self.name_peer(detail.and_then(peer_of_pair)),
            Statement::Retransmit => self.take_retransmit(detail),
            Statement::RekeyingChild => self.rekeying = true,
            Statement::ChildRekeyed | Statement::IkeRekeyed => self.rekeying = false,
            _ => {}
        }
        if let Some(seen) = self
            .seen
            .iter_mut()
            .find(|seen| seen.statement == statement)
        {
            seen.count += 1;
            seen.last = Some(quote(event));
            return;
        }
        self.seen.push(Seen {
            statement,
            count: 1,
            detail: detail.map(ToOwned::to_owned),
            first: quote(event),
            last: None,
        });
    }

    /// The other end's address, if it is one and none is known.
    fn name_peer(&mut self, name: Option<&str>) {
        let address = name.filter(|name| name.parse::<IpAddr>().is_ok());
        if let (None, Some(address)) = (&self.peer, address) {
            self.peer = Some(address.to_owned());
        }
    }

    /// `2 of request with message ID 1` as sent, `1, retransmitting response` as received.
    fn take_retransmit(&mut self, detail: Option<&str>) {
        let Some(detail) = detail else { return };
        let ours = detail.rsplit_once("message ID ");
        let id = match ours {
            Some((_, id)) => id.parse::<u32>().ok(),
            None => {
                let digits = detail.find(|c: char| !c.is_ascii_digit());
                detail[..digits.unwrap_or(detail.len())].parse().ok()
            }
        };
        let asked_here = ours.is_some();
        let by_initiator = asked_here == (self.role != Some(Role::Responder));
        let same = |turn: &&mut Turn| Some(turn.id) == id && turn.by_initiator == by_initiator;
        if let Some(turn) = self.turns.iter_mut().rev().find(same) {
            turn.requests += 1;
        }
    }

    /// A packet of which the log says on another line what is in it.
    fn take_packet(&mut self, message: &Message) {
        let peer = match message.direction {
            Direction::Sent => message.to,
            Direction::Received | Direction::Seen => message.from,
        };
        self.name_peer(peer.map(|end| end.address.to_string()).as_deref());
        if message.direction == Direction::Received {
            self.arrived = Some(message.clone());
        } else if let Some(turn) = self.built.and_then(|place| self.turns.get_mut(place)) {
            turn.take_packet(message);
        }
    }

    /// What the other end is told, or tells, by a notify.
    fn take_notifies(&mut self, message: &Message, event: &Event) {
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
                (Notify::NO_PROPOSAL_CHOSEN, false) => Statement::NoProposalSent,
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
    }

    fn take_message(&mut self, message: &Message, event: &Event) {
        let (Some(exchange), Some(id)) = (message.exchange, message.id) else {
            self.take_packet(message);
            return;
        };
        self.take_notifies(message, event);
        let by_initiator = self.is_by_initiator(message);
        if exchange == Exchange::IKE_SA_INIT {
            self.take_first_exchange(message, event);
        }
        if exchange == Exchange::CREATE_CHILD_SA && message.has(Notify::REKEY_SA) {
            self.rekeying = true;
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

    /// Who asks in this exchange: the end that sent the request, or gets the response.
    fn is_by_initiator(&mut self, message: &Message) -> bool {
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
                    if self.peer.is_none() && bytes.by_initiator {
                        self.peer = message.from.map(|end| end.address.to_string());
                    }
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

    fn take_first_exchange(&mut self, message: &Message, event: &Event) {
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
        }
    }

    /// Ports and size, from another line of the log.
    fn take_packet(&mut self, message: &Message) {
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
        }
    }
}

/// The peer in `192.0.2.10...192.0.2.5, sending NO_PROPOSAL_CHOSEN`, or the address alone.
fn peer_of_pair(text: &str) -> Option<&str> {
    let peer = text.split_once("...").map_or(text, |(_, peer)| peer);
    peer.split([',', ' ']).next()
}

/// The line of an event, as it is kept.
pub(super) fn quote(event: &Event) -> Evidence {
    let text = event.text.trim_end();
    let text = if text.len() > LONGEST_QUOTE {
        let mut end = LONGEST_QUOTE;
        while !text.is_char_boundary(end) {
            end -= 1;
        }
        format!("{} […]", &text[..end])
    } else {
        text.to_owned()
    };
    Evidence {
        line: event.at,
        text: mask::line(&text).into_owned(),
    }
}
