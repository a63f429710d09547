//! One connection attempt as far as it has been told: what was said, and how far it got.
//!
//! Its size has a bound: of every statement the first and the last line are kept, of every list the
//! last one, of the messages a few dozen.

use std::borrow::Cow;
use std::net::IpAddr;
use std::time::Duration;

use super::event::{
    AttemptKey, Direction, Event, EventKind, Exchange, Message, ProposalRole, Sighted, Sighting,
    Witness, repeated,
};
use super::finding::Evidence;
use super::mask;
use super::statement::Statement;
use super::watched::Watched;
use crate::ike::{Notify, Proposal, Protocol, Transform};

/// A longer line is cut when it is quoted.
const LONGEST_QUOTE: usize = 4096;

/// More lines that complain in unknown words are not kept.
const MOST_COMPLAINTS: usize = 3;

/// A message ID that no round of IKE_AUTH reaches, with EAP either.
const LATE_ID: u32 = 20;

/// More messages than this are only counted.
const MOST_TURNS: usize = 48;

/// Who began.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Role {
    /// The witness.
    Initiator,
    /// The witness's peer.
    Responder,
}

/// Which request was repeated last.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Repeated {
    /// That of IKE_SA_INIT.
    First,
    /// One of IKE_AUTH, or of IKE_INTERMEDIATE before it.
    Auth,
    /// One of an IKE SA that was up.
    Later,
    /// The log does not tell.
    Unknown,
}

/// What a CREATE_CHILD_SA exchange is to make (RFC 7296, section 1.3).
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Creation {
    /// A further child SA.
    Child,
    /// A child SA in the place of an older one.
    ChildRekey,
    /// An IKE SA in the place of this one.
    IkeRekey,
}

/// A statement with its places.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Seen {
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
pub(crate) struct Lists {
    /// What the initiator offers.
    pub received: Option<(Vec<Proposal>, Evidence)>,
    /// What the responder has.
    pub configured: Option<(Vec<Proposal>, Evidence)>,
    /// What was chosen.
    pub selected: Option<(Vec<Proposal>, Evidence)>,
}

/// A request and its response.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Turn {
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
    /// The request says that authentication failed.
    pub refuses: bool,
}

/// One attempt.
#[derive(Clone, Debug)]
pub(crate) struct Attempt {
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
    /// The other end's address or name; in a capture, the initiator's.
    pub peer: Option<String>,
    /// The address of the end that tells; in a capture, the responder's.
    pub local: Option<IpAddr>,
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
    /// What the last CREATE_CHILD_SA was to make.
    pub creation: Option<Creation>,
    /// It is IKE version 1.
    pub version_one: bool,
    /// The line in which the peer was heard last.
    pub heard: Option<u64>,
    /// Lines that complain in words that nobody here knows.
    pub complaints: Vec<Evidence>,
    /// When the log ends, as far as it was read when this was judged.
    pub until: Option<Duration>,
    /// Which request was repeated last, as the log names it: by exchange or by message ID.
    named_repeated: Option<Repeated>,
    repeated_id: Option<u32>,
    /// The largest number of a repetition.
    pub repetitions: u32,
    /// A packet was sent from or to port 4500, and one from or to another port.
    ports: (bool, bool),
    /// What only a capture shows.
    pub watched: Watched,
    /// The packet that was received last, of which the log has not said yet what is in it.
    arrived: Option<Message>,
    /// Where in `turns` the message is that was put together last.
    built: Option<usize>,
}

impl Attempt {
    /// An attempt of which nothing is known.
    pub(crate) fn new(attempt_key: AttemptKey, at: u64) -> Self {
        Self {
            attempt_key,
            first: at,
            last: at,
            times: None,
            role: None,
            peer: None,
            local: None,
            connection: None,
            seen: Vec::new(),
            ike: Lists::default(),
            esp: Lists::default(),
            key_exchange: None,
            wanted: None,
            turns: Vec::new(),
            rekeying: false,
            creation: None,
            version_one: false,
            heard: None,
            complaints: Vec::new(),
            until: None,
            named_repeated: None,
            repeated_id: None,
            repetitions: 0,
            ports: (false, false),
            watched: Watched::default(),
            arrived: None,
            built: None,
        }
    }

    /// Takes an event in.
    pub(crate) fn take(&mut self, event: &Event) {
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
    pub(crate) fn is_empty(&self) -> bool {
        let lists = [&self.ike, &self.esp];
        let listed = lists
            .iter()
            .any(|it| it.received.is_some() || it.configured.is_some() || it.selected.is_some());
        // charon and pluto complain at their start, too, when nobody has come yet.
        let complains = !self.complaints.is_empty()
            && !matches!(self.attempt_key.witness, Witness::Charon | Witness::Pluto);
        !(listed || complains || self.is_watched()) && self.seen.is_empty() && self.turns.is_empty()
    }

    /// Whether it was watched in a capture, not told by a log.
    pub(crate) fn is_watched(&self) -> bool {
        self.attempt_key.witness == Witness::Capture
    }

    /// The statement, if it was made.
    pub(crate) fn statement(&self, statement: Statement) -> Option<&Seen> {
        self.seen.iter().find(|seen| seen.statement == statement)
    }

    /// Whether the statement was made.
    pub(crate) fn has(&self, statement: Statement) -> bool {
        self.statement(statement).is_some()
    }

    /// Whether one of the statements was made.
    pub(crate) fn has_any(&self, statements: &[Statement]) -> bool {
        statements.iter().any(|statement| self.has(*statement))
    }

    /// Whether nothing more is to come of it.
    pub(crate) fn is_over(&self) -> bool {
        const ENDS: &[Statement] = &[
            Statement::AuthFailedReceived,
            Statement::AuthFailedSent,
            Statement::ChildEstablished,
            Statement::ChildFailed,
            Statement::Closed,
            Statement::GaveUp,
            Statement::HalfOpenTimeout,
            Statement::NoIkeConfig,
            Statement::NeverEstablished,
            Statement::NoProposalReceived,
            Statement::PeerDead,
        ];
        self.has_any(ENDS)
    }

    /// The turns of an exchange.
    pub(crate) fn of(&self, exchange: Exchange) -> impl Iterator<Item = &Turn> {
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
            Statement::Complaint => {
                if self.complaints.len() == MOST_COMPLAINTS {
                    self.complaints.remove(0);
                }
                self.complaints.push(quote(event));
                return;
            }
            Statement::PeerNamed => {
                self.name_peer(detail);
                return;
            }
            Statement::ConnectionNamed => {
                if self.connection.is_none() {
                    self.connection = detail.map(ToOwned::to_owned);
                }
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
            Statement::Retransmit | Statement::GaveUp | Statement::PeerRepeats => {
                self.take_retransmit(statement, detail);
            }
            Statement::VersionOne
            | Statement::VersionOneEstablished
            | Statement::VersionOneKeyDiffers => {
                self.version_one = true;
                self.name_peer(detail);
            }
            Statement::CreatingChild => self.creation = Some(Creation::Child),
            Statement::RekeyingIke => self.creation = Some(Creation::IkeRekey),
            Statement::RekeyingChild => {
                self.rekeying = true;
                self.creation = Some(Creation::ChildRekey);
            }
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

    /// `2 of request with message ID 1` as sent, `1, retransmitting response` as received, or the name of
    /// an exchange.
    fn take_retransmit(&mut self, statement: Statement, detail: Option<&str>) {
        let Some(detail) = detail else { return };
        let asked_here = statement != Statement::PeerRepeats;
        let named = match detail {
            repeated::FIRST => Some(Repeated::First),
            repeated::AUTH => Some(Repeated::Auth),
            repeated::LATER => Some(Repeated::Later),
            _ => None,
        };
        if named.is_some() {
            self.named_repeated = named;
            return;
        }
        let number = |text: &str| {
            let digits = text.find(|c: char| !c.is_ascii_digit());
            text[..digits.unwrap_or(text.len())].parse::<u32>().ok()
        };
        let id = match detail.rsplit_once("message ID ") {
            Some((_, id)) => number(id),
            None if asked_here => return, // `giving up after 5 retransmits`
            None => number(detail),
        };
        if asked_here {
            self.repeated_id = id;
            self.repetitions = self.repetitions.max(number(detail).unwrap_or_default());
        }
        let by_initiator = asked_here == (self.role != Some(Role::Responder));
        let same = |turn: &&mut Turn| Some(turn.id) == id && turn.by_initiator == by_initiator;
        if let Some(turn) = self.turns.iter_mut().rev().find(same) {
            turn.requests += 1;
        }
    }

    /// Which of our requests was repeated and not answered, as far as the log tells.
    pub(crate) fn repeated(&self) -> Repeated {
        if let Some(named) = self.named_repeated {
            return named;
        }
        let asks = self.role != Some(Role::Responder);
        let Some(id) = self.repeated_id else {
            return self.unanswered(asks);
        };
        let turn = self
            .turns
            .iter()
            .rev()
            .find(|turn| turn.id == id && turn.by_initiator == asks && turn.request.is_some());
        if let Some(turn) = turn {
            return Repeated::of(turn.exchange);
        }
        let connecting = self.has_any(&[Statement::NeverEstablished, Statement::TryingAgain]);
        let begins = connecting || self.has(Statement::Initiating) || self.ports == (false, true);
        match id {
            _ if self.was_up() => Repeated::Later,
            0 if begins => Repeated::First,
            // Whoever was asked first counts from 0, and only an IKE SA that is up is asked on port 4500.
            0 if self.ports.0 => Repeated::Later,
            0 => Repeated::Unknown,
            _ if connecting => Repeated::Auth,
            1 => Repeated::Auth,
            _ if id > LATE_ID || self.has(Statement::GaveUp) => Repeated::Later,
            _ => Repeated::Unknown,
        }
    }

    /// The last request that was seen and not answered.
    fn unanswered(&self, asks: bool) -> Repeated {
        let turn = self
            .turns
            .iter()
            .rev()
            .find(|turn| turn.by_initiator == asks);
        match turn {
            Some(turn) if turn.responses == 0 => Repeated::of(turn.exchange),
            _ if self.was_up() => Repeated::Later,
            None if self.has(Statement::InitAnswered) => Repeated::Auth,
            None if self.has(Statement::Initiating) => Repeated::First,
            None if self.attempt_key.witness == Witness::Charon => Repeated::Unknown,
            None => Repeated::First,
            Some(_) => Repeated::Auth,
        }
    }

    /// Whether the IKE SA was up, by what only happens once it is, although the log need not show how it
    /// came up.
    pub(crate) fn was_up(&self) -> bool {
        const LATER: &[Statement] = &[
            Statement::ChildEstablished,
            Statement::ChildRekeyed,
            Statement::ChildRekeyFailed,
            Statement::ChildUnknown,
            Statement::CreatingChild,
            Statement::DeleteUnanswered,
            Statement::IkeEstablished,
            Statement::IkeRekeyed,
            Statement::IkeRekeyFailed,
            Statement::ProbeSent,
            Statement::Reestablishing,
            Statement::RekeyingChild,
            Statement::RekeyingIke,
        ];
        let later = |turn: &Turn| match turn.exchange {
            Exchange::CREATE_CHILD_SA => true,
            // An initiator that does not accept the responder says so in one.
            Exchange::INFORMATIONAL => !turn.refuses,
            _ => false,
        };
        self.has_any(LATER)
            || self.turns.iter().any(later)
            || self.named_repeated == Some(Repeated::Later)
    }

    /// A packet of which the log says on another line what is in it.
    fn take_packet(&mut self, message: &Message) {
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
    }

    fn take_message(&mut self, message: &Message, event: &Event) {
        if message.direction == Direction::Received {
            self.heard = Some(event.at);
        }
        let (Some(exchange), Some(id)) = (message.exchange, message.id) else {
            self.take_packet(message);
            return;
        };
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
    fn take_creation(&mut self, message: &Message) {
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

impl Repeated {
    fn of(exchange: Exchange) -> Self {
        match exchange {
            Exchange::IKE_SA_INIT => Self::First,
            Exchange::IKE_AUTH | Exchange::IKE_INTERMEDIATE => Self::Auth,
            _ => Self::Later,
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
            self.refuses |= message.has(Notify::AUTHENTICATION_FAILED);
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
        Cow::Owned(format!("{} […]", &text[..end]))
    } else {
        Cow::Borrowed(text)
    };
    Evidence {
        file: 0, // a report of several files says which
        line: event.at,
        text: mask::line(&text).into_owned(),
    }
}
