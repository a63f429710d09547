//! One question to the server, and what its answer means.

use crate::compat::select::{Offer, Rule, Terms, select};
use crate::ike::{Ke, Notify, Proposal, Suite, Transform, TransformType};
use crate::live::candidates::{beside, unacceptable, with};
use crate::live::first::{First, Follow};
use crate::live::heard::{Answer, Heard};

/// One group has to stand beside the others.
pub(super) const LAST: Ke = Ke::Ecp192;

/// Why suites cannot be enumerated.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Unsuitable {
    /// It accepts what nobody accepts, or refuses what it has selected.
    Inconsistent,
    /// It answers a question with something else.
    Answer(Box<Answer>),
    /// More packets are needed than may be sent.
    Packets,
}

/// Why the algorithm does not go on for now.
#[derive(Debug)]
pub(super) enum Pause {
    /// It has to ask this.
    Ask(Question),
    /// It has to end.
    Unsuitable(Unsuitable),
}

/// What comes of a step.
pub(super) type Asked<T> = Result<T, Pause>;

/// What is asked.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Aim {
    /// Whether any of these suites is accepted, and in which group: nothing is left on the server.
    Group,
    /// Which suite is selected.
    Suite,
}

/// A question.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct Question {
    offer: Vec<Proposal>,
    /// The group of the KE payload.
    group: Ke,
    aim: Aim,
}

/// An answer.
#[derive(Clone, Debug, Eq, PartialEq)]
enum Reply {
    Group(Option<Transform>),
    Suite(Option<Suite>),
}

impl Question {
    /// The message that asks it.
    pub(super) fn first(&self) -> First {
        let mut proposals = self.offer.clone();
        if self.aim == Aim::Group {
            proposals.push(unacceptable(self.group));
        }
        let plain = First::plain(proposals, self.group);
        let more = |it: &Proposal| !it.of(TransformType::ADDKE1).is_empty();
        // RFC 9370, section 2.2.1: whoever offers additional key exchanges announces IKE_INTERMEDIATE.
        let intermediate = self.offer.iter().any(more);
        let intermediate = intermediate.then_some(Notify::INTERMEDIATE_EXCHANGE_SUPPORTED);
        First {
            follow: match self.aim {
                Aim::Group => Follow::Never,
                Aim::Suite => Follow::KeepingOrder,
            },
            notifies: plain.notifies.iter().copied().chain(intermediate).collect(),
            ..plain
        }
    }

    /// What an answer means; `None` if there was none.
    fn reply(&self, heard: &Heard) -> Result<Option<Reply>, Unsuitable> {
        let reply = match (self.aim, &heard.answer) {
            (_, Answer::Silence | Answer::NotAwaited) => return Ok(None),
            (Aim::Group, Answer::TooManyRounds(group)) => Reply::Group(Some(*group)),
            (Aim::Group, Answer::Error(Notify::NO_PROPOSAL_CHOSEN)) => Reply::Group(None),
            (Aim::Suite, Answer::Selected(suite)) => Reply::Suite(Some(*suite)),
            (Aim::Suite, Answer::Error(Notify::NO_PROPOSAL_CHOSEN)) => Reply::Suite(None),
            (_, other) => return Err(Unsuitable::Answer(Box::new(other.clone()))),
        };
        Ok(Some(reply))
    }
}

/// The questions that were answered, in order.
#[derive(Debug, Default)]
pub(super) struct Record {
    answered: Vec<(Question, Reply, u32)>,
    spent: u32,
}

impl Record {
    /// Notes what was heard.
    pub(super) fn take(&mut self, question: Question, heard: &Heard) -> Result<(), Unsuitable> {
        let reply = question.reply(heard)?;
        let rounds = heard.invalid_ke.len() + usize::from(heard.cookies);
        let ended = usize::from(heard.cleanup.is_some());
        self.spent += u32::try_from(1 + rounds + ended).unwrap_or(u32::MAX);
        if let Some(reply) = reply {
            self.answered.push((question, reply, self.spent));
        }
        Ok(())
    }

    /// How many questions were answered.
    pub(super) fn len(&self) -> usize {
        self.answered.len()
    }

    /// The selections after the first `from` answers: what was offered, and what was selected.
    pub(super) fn selections(&self, from: usize) -> impl Iterator<Item = (&[Proposal], Suite)> {
        let answered = self.answered.iter().skip(from);
        answered.filter_map(|(question, reply, _)| match reply {
            Reply::Suite(Some(suite)) => Some((question.offer.as_slice(), *suite)),
            _ => None,
        })
    }
}

/// What an algorithm asks through: what was answered already it is told again, in the same order.
///
/// So the algorithm is written as if the server answered at once, and goes on from the beginning
/// after each answer.
pub(super) struct Asker<'r> {
    record: &'r Record,
    at: usize,
    packets: u32,
}

impl<'r> Asker<'r> {
    /// Goes on behind the first `at` answers; `packets` may be sent in all.
    pub(super) const fn new(record: &'r Record, at: usize, packets: u32) -> Self {
        Self {
            record,
            at,
            packets,
        }
    }

    /// How many answers were told.
    pub(super) const fn at(&self) -> usize {
        self.at
    }

    /// How many packets may still be sent at this point.
    pub(super) fn left(&self) -> usize {
        let before = self.at.checked_sub(1);
        let last = before.and_then(|last| self.record.answered.get(last));
        let spent = last.map_or(0, |(_, _, spent)| *spent);
        self.packets.saturating_sub(spent) as usize
    }

    fn ask(&mut self, question: Question) -> Asked<Reply> {
        match self.record.answered.get(self.at) {
            Some((asked, reply, _)) => {
                debug_assert_eq!(*asked, question);
                self.at += 1;
                Ok(reply.clone())
            }
            None => Err(Pause::Ask(question)),
        }
    }

    /// The group in which the server accepts one of the suites that are offered, if it does.
    pub(super) fn group(&mut self, offer: Vec<Proposal>) -> Asked<Option<Transform>> {
        let Some(group) = beside(&offer) else {
            return self.group_of_all(&offer);
        };
        let all = offer.clone();
        let question = Question {
            offer,
            group,
            aim: Aim::Group,
        };
        match self.ask(question)? {
            Reply::Group(Some(group)) if !all.iter().any(|it| it.contains(group)) => {
                Err(Pause::Unsuitable(Unsuitable::Inconsistent))
            }
            Reply::Group(group) => Ok(group),
            Reply::Suite(_) => Ok(None),
        }
    }

    /// The same of an offer with every group, beside which none can stand: it is asked for in two parts.
    fn group_of_all(&mut self, offer: &[Proposal]) -> Asked<Option<Transform>> {
        let part = |is_last: bool| -> Vec<Proposal> {
            let parts = offer.iter().filter_map(|it| {
                let mut groups = it.of(TransformType::KE).to_vec();
                groups.retain(|group| (*group == Transform::ke(LAST)) == is_last);
                (!groups.is_empty()).then(|| with(it, TransformType::KE, &groups))
            });
            parts.collect()
        };
        match self.group(part(false))? {
            Some(group) => Ok(Some(group)),
            None => self.group(part(true)),
        }
    }

    /// Whether the server accepts a suite of this proposal.
    pub(super) fn accepts(&mut self, block: &Proposal) -> Asked<bool> {
        Ok(self.group(vec![block.clone()])?.is_some())
    }

    /// The suite that the server selects; the KE payload is for `group`.
    pub(super) fn suite(&mut self, offer: Vec<Proposal>, group: Ke) -> Asked<Option<Suite>> {
        let aim = Aim::Suite;
        match self.ask(Question { offer, group, aim })? {
            Reply::Suite(suite) => Ok(suite),
            Reply::Group(_) => Ok(None),
        }
    }
}

/// What a server with this list selects, as charon does it.
pub(super) fn predicted(offer: &[Proposal], own: &[Proposal], prefers_own: bool) -> Option<Suite> {
    let terms = Terms {
        rule: Rule::Charon { prefers_own },
        with_ke: true,
        with_private: false,
        with_additional_ke: true,
    };
    select(Offer::as_listed(offer), own, terms).map(|it| it.suite)
}
