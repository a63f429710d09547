//! What was sent again, and whether anybody ever answered.

use super::{Attempt, LATE_ID, Role, Turn};
use crate::diagnose::event::{Exchange, Witness, repeated};
use crate::diagnose::statement::Statement;

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

impl Repeated {
    fn of(exchange: Exchange) -> Self {
        match exchange {
            Exchange::IKE_SA_INIT => Self::First,
            Exchange::IKE_AUTH | Exchange::IKE_INTERMEDIATE => Self::Auth,
            _ => Self::Later,
        }
    }
}

impl Attempt {
    /// `2 of request with message ID 1` as sent, `1, retransmitting response` as received, or the name of
    /// an exchange.
    pub(super) fn take_retransmit(&mut self, statement: Statement, detail: Option<&str>) {
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
}
