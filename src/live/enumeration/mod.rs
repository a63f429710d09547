//! Which suites a server accepts and in which order, found out by asking.
//!
//! Most questions leave nothing on the server: their KE payload is for a group that stands only in a
//! last proposal which no server accepts. A server that accepts one of the others answers with
//! INVALID_KE_PAYLOAD and the group that it wants, a server that accepts none with
//! NO_PROPOSAL_CHOSEN. Where the order counts, a suite is selected and its SA is ended at once.
//!
//! [`Enumeration`] is a source of messages for a [`Run`](super::probe::Run).

mod difference;
mod order;
mod question;
mod survey;
#[cfg(test)]
mod tests;

use itertools::Itertools as _;

pub use difference::{Difference, differences};
pub use question::Unsuitable;

use self::order::{Ordered, order};
use self::question::{Asked, Asker, LAST, Pause, Question, Record, predicted};
use self::survey::{Survey, survey};
use super::candidates::{beyond, cover, everything, size};
use super::first::First;
use super::heard::{Heard, Traits};
use super::probe::Messages;
use crate::crypt::computes;
use crate::ike::{Proposal, Transform};
use crate::peer::{Child, Connection, Engine, EngineName, Entry, Origin, Server, Version};

/// What was found out.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Found {
    /// The proposals of the server; none if it accepts nothing of what was asked.
    pub proposals: Vec<Proposal>,
    /// So many of them stand in the server's order, the others behind them in none.
    pub ordered: usize,
    /// Whether the server's order decides, and not the client's.
    pub prefers_own: bool,
    /// How many suites they are.
    pub suites: usize,
    /// How many of these have something that this program does not compute, so that their place in the
    /// order cannot be seen: they stand behind the others.
    pub beyond: usize,
    /// How many of these were not asked for one by one.
    pub inferred: usize,
    /// These are too many even to ask for each pair of their algorithms: so many suites, spread over all
    /// of them, were asked for instead. `None` if each pair is accepted.
    pub samples: Option<usize>,
    /// How many selections are those that the proposals predict, and how many others there were.
    pub predicted: (usize, usize),
    /// What else its answers show.
    pub traits: Option<Traits>,
}

/// An enumeration under way.
#[derive(Debug)]
pub struct Enumeration {
    packets: u32,
    record: Record,
    asked: Option<Question>,
    /// The suites, and how many answers told them.
    surveyed: Option<(Survey, usize)>,
    traits: Option<Traits>,
    outcome: Option<Result<Found, Unsuitable>>,
}

impl Enumeration {
    /// An enumeration that sends so many packets at most.
    pub fn new(packets: u32) -> Self {
        Self {
            packets,
            record: Record::default(),
            asked: None,
            surveyed: None,
            traits: None,
            outcome: None,
        }
    }

    /// What was found out; `None` if the run ended before.
    pub fn outcome(self) -> Option<Result<Found, Unsuitable>> {
        self.outcome
    }

    /// How many questions were answered.
    pub fn answers(&self) -> usize {
        self.record.len()
    }

    fn go_on(&mut self) -> Asked<Found> {
        if self.surveyed.is_none() {
            let mut ask = Asker::new(&self.record, 0, self.packets);
            let Some(survey) = survey(&mut ask)? else {
                return Ok(Found {
                    prefers_own: true,
                    ..Found::default()
                });
            };
            self.surveyed = Some((survey, ask.at()));
        }
        let Some((survey, answers)) = &self.surveyed else {
            return Ok(Found::default());
        };
        let mut ask = Asker::new(&self.record, *answers, self.packets);
        let Ordered {
            mut proposals,
            ordered,
            prefers_own,
        } = order(&mut ask, survey)?;
        let selections = self.record.selections(0);
        let fitting = selections
            .map(|(offer, suite)| predicted(offer, &proposals, prefers_own) == Some(suite));
        let fitting: Vec<bool> = fitting.collect();
        let right = fitting.iter().filter(|it| **it).count();
        proposals.extend(cover(&survey.beyond.iter().copied().collect()));
        Ok(Found {
            proposals,
            ordered,
            prefers_own,
            suites: survey.accepted.len() + survey.beyond.len(),
            beyond: survey.beyond.len(),
            inferred: survey.inferred,
            samples: survey.samples,
            predicted: (right, fitting.len() - right),
            traits: self.traits.clone(),
        })
    }
}

impl Messages for Enumeration {
    fn next(&mut self, heard: Option<&Heard>) -> Option<First> {
        if let (Some(question), Some(heard)) = (self.asked.take(), heard) {
            if self.traits.is_none() {
                self.traits.clone_from(&heard.traits);
            }
            if let Err(why) = self.record.take(question, heard) {
                self.outcome = Some(Err(why));
                return None;
            }
        }
        match self.go_on() {
            Ok(found) => self.outcome = Some(Ok(found)),
            Err(Pause::Unsuitable(why)) => self.outcome = Some(Err(why)),
            Err(Pause::Ask(question)) => {
                let first = question.first();
                self.asked = Some(question);
                return Some(first);
            }
        }
        None
    }
}

/// How many suites are asked for, all types of algorithms together.
pub fn asked_for() -> usize {
    let sets = beyond(LAST);
    let all = everything().into_iter().chain(sets.into_iter().flatten());
    all.map(|block| size(&block)).sum()
}

/// The algorithms of these proposals that this program does not compute.
pub fn not_computed(proposals: &[Proposal]) -> Vec<Transform> {
    let all = proposals.iter().flat_map(Proposal::transforms);
    all.copied().filter(|it| !computes(*it)).unique().collect()
}

impl Found {
    /// Whether it accepts every suite that this program computes.
    pub fn is_everything(&self) -> bool {
        let computed: usize = everything().iter().map(size).sum();
        self.suites - self.beyond == computed
    }

    /// The server as a configuration; nothing is known of its phase 2.
    pub fn server(&self) -> Server {
        let entry = |proposal: &Proposal| Entry::new(proposal.clone(), Origin::Argument);
        Server {
            file: String::new(),
            product: None,
            // Not written: what it is cannot be seen, and this is how a file without it is read.
            engine: Engine {
                name: EngineName::Strongswan,
                version: Version::new(0, 0, 0),
            },
            prefers_own: self.prefers_own,
            address: None,
            remote_id: None,
            connection_name: None,
            nat: None,
            built_with: Vec::new(),
            connections: vec![Connection {
                name: "server".to_owned(),
                ike: self.proposals.iter().map(entry).collect(),
                children: vec![Child::unknown()],
                ..Connection::default()
            }],
            clients: Vec::new(),
            definitions: Default::default(),
        }
    }
}
