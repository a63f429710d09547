//! One connection attempt as far as it has been told: what was said, and how far it got.
//!
//! Its size has a bound: of every statement the first and the last line are kept, of every list the
//! last one, of the messages a few dozen.

mod messages;
mod silence;

pub(crate) use silence::Repeated;

use std::borrow::Cow;
use std::net::IpAddr;
use std::time::Duration;

use super::event::{
    AttemptKey, Event, EventKind, Exchange, Key, Message, ProposalRole, Sighted, Sighting, Witness,
};
use super::explanation::Evidence;
use super::log::LISTED;
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
    /// How many times it was seen.
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
    /// Its lines stand in the file from the last one to the first one.
    pub newest_first: bool,
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
            newest_first: false,
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
        let daemon = matches!(self.attempt_key.witness, Witness::Charon | Witness::Pluto);
        // They complain at their start, too, when nobody has come yet; what has a number is an IKE SA.
        let complains = !self.complaints.is_empty() && !daemon;
        let numbered = daemon && matches!(self.attempt_key.key, Key::Serial(_));
        let known = listed || complains || numbered || self.is_watched();
        !known && self.seen.is_empty() && self.turns.is_empty()
    }

    /// Whether a listing tells of it.
    pub(crate) fn is_listed(&self) -> bool {
        self.attempt_key.stream == LISTED
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

    /// The place of a line among the others in the order of time.
    pub(crate) const fn order(&self, line: &Evidence) -> u64 {
        self.order_of(line.line)
    }

    /// The place of the line of this number among the others in the order of time.
    pub(crate) const fn order_of(&self, line: u64) -> u64 {
        if self.newest_first {
            u64::MAX - line
        } else {
            line
        }
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
            Statement::PeerDead,
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
