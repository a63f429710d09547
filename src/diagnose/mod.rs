//! From a log or a capture to the cause, the proof and the fix.
//!
//! ```text
//!  lines ──► log ──┐
//!                  ├─► Event ─► Attempt ─► judge ─► Finding ─┐
//!  packets ────────┘                                         ├─► Report
//!                     Diagnosis keeps the open attempts, folds those that are over ─┘
//! ```
//!
//! [`Event`] is what one line or packet says, [`Attempt`] the story of one connection, [`Cause`] the
//! catalogue. [`Diagnosis`] is a machine that is fed one event after the other: its memory has a bound
//! whatever the length of the input, and logs of both ends and packets may be mixed. It reads no
//! files and prints nothing.
//!
//! NO_PROPOSAL_CHOSEN, AUTHENTICATION_FAILED and silence are symptoms here, never causes: where the
//! lines do not decide, the outcome is [`Outcome::Inconclusive`].

pub mod attempt;
pub mod cause;
pub mod event;
pub mod finding;
pub mod judge;
pub mod learn;
pub mod log;
mod mask;
pub mod packet;
pub mod redact;
pub mod report;
pub mod sign;
pub mod watched;

use rustc_hash::FxHashMap;

pub use attempt::Attempt;
pub use cause::Cause;
pub use event::{Event, Key, Said, Who};
pub use finding::{Confidence, Evidence, Finding, Outcome, Phase};
pub use judge::Aid;
pub use report::{Report, Row};
pub use sign::Sign;

/// More attempts than this are not kept open; the one that was silent longest is judged first.
pub const MOST_OPEN: usize = 1000;

/// So many are judged at once when there are too many.
const EVICTED_AT_ONCE: usize = 100;

/// The machine: takes events, keeps the open attempts, and judges those that are over.
#[derive(Debug)]
pub struct Diagnosis<'a> {
    aid: Aid<'a>,
    open: FxHashMap<Who, Open>,
    /// The attempt that lines without a name belong to, by witness and stream.
    current: FxHashMap<(event::Witness, u64), Who>,
    clock: u64,
    serial: u64,
    report: Report,
}

/// An open attempt and when it was last heard of.
#[derive(Debug)]
struct Open {
    attempt: Attempt,
    heard: u64,
}

impl<'a> Diagnosis<'a> {
    /// Begins.
    pub fn new(aid: Aid<'a>) -> Self {
        Self {
            aid,
            open: FxHashMap::default(),
            current: FxHashMap::default(),
            clock: 0,
            serial: 0,
            report: Report::default(),
        }
    }

    /// Takes one event.
    pub fn take(&mut self, event: &Event) {
        self.clock += 1;
        if event.said == Said::Sign(Sign::Restarted, None) {
            self.end_stream(event.who);
            return;
        }
        let who = self.attempt_of(event);
        let clock = self.clock;
        let open = self.open.entry(who).or_insert_with(|| Open {
            attempt: Attempt::new(who, event.at),
            heard: clock,
        });
        open.heard = clock;
        open.attempt.take(event);
        if self.open.len() > MOST_OPEN {
            self.evict();
        }
    }

    /// Judges what is still open, and answers.
    pub fn finish(mut self) -> Report {
        let mut rest: Vec<_> = self.open.drain().map(|(_, open)| open.attempt).collect();
        rest.sort_by_key(|attempt| (attempt.first, attempt.who));
        for attempt in &rest {
            self.report.add(attempt, judge::judge(attempt, &self.aid));
        }
        self.report.close();
        self.report
    }

    /// Which attempt an event is about; begins another one where a witness that names none begins.
    fn attempt_of(&mut self, event: &Event) -> Who {
        let stream = (event.who.witness, event.who.stream);
        if event.who.key != Key::Open {
            self.current.insert(stream, event.who);
            return event.who;
        }
        let begins = matches!(
            event.said,
            Said::Sign(Sign::Initiating | Sign::PeerInitiating, _)
        );
        if let Some(who) = self.current.get(&stream) {
            let over = self
                .open
                .get(who)
                .is_none_or(|open| begins && open.attempt.is_over());
            if !over {
                return *who;
            }
        }
        self.serial += 1;
        let who = Who {
            key: Key::Nameless(self.serial),
            ..event.who
        };
        if self.current.len() >= MOST_OPEN {
            self.current.clear();
        }
        self.current.insert(stream, who);
        who
    }

    fn end_stream(&mut self, who: Who) {
        let of_stream = |other: &Who| (other.witness, other.stream) == (who.witness, who.stream);
        let mut ended: Vec<_> = self
            .open
            .extract_if(|other, _| of_stream(other))
            .map(|(_, open)| open.attempt)
            .collect();
        ended.sort_by_key(|attempt| (attempt.first, attempt.who));
        for attempt in &ended {
            self.report.add(attempt, judge::judge(attempt, &self.aid));
        }
        self.current.remove(&(who.witness, who.stream));
    }

    fn evict(&mut self) {
        let mut heard: Vec<(u64, Who)> = self
            .open
            .iter()
            .map(|(who, open)| (open.heard, *who))
            .collect();
        heard.sort_unstable();
        for (_, who) in heard.into_iter().take(EVICTED_AT_ONCE) {
            if let Some(open) = self.open.remove(&who) {
                let judged = judge::judge(&open.attempt, &self.aid);
                self.report.add(&open.attempt, judged);
                self.report.evicted += 1;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::event::{Endpoint, Exchange, Message, Way, Witness};
    use super::{Aid, Cause, Diagnosis, Event, Key, MOST_OPEN, Outcome, Report, Said, Who};

    fn packet(at: u64, spi: u64, exchange: Exchange, response: bool, port: u16) -> Event {
        let end = |last: u8| Endpoint {
            address: [192, 0, 2, last].into(),
            port: Some(port),
        };
        let (from, to) = if response { (2, 1) } else { (1, 2) };
        let message = Message {
            from: Some(end(from)),
            to: Some(end(to)),
            exchange: Some(exchange),
            response,
            id: Some(u32::from(exchange != Exchange::IKE_SA_INIT)),
            ..Message::plain(Way::Seen)
        };
        Event {
            at,
            time: None,
            text: format!("packet {at}"),
            who: Who {
                witness: Witness::Capture,
                stream: 0,
                key: Key::Spi(spi),
            },
            said: Said::Message(message),
        }
    }

    fn report(events: &[Event]) -> Report {
        let mut diagnosis = Diagnosis::new(Aid::default());
        for event in events {
            diagnosis.take(event);
        }
        diagnosis.finish()
    }

    #[test]
    fn silence_on_either_port_is_told_apart() {
        let init = |at, response| packet(at, 7, Exchange::IKE_SA_INIT, response, 500);
        let auth = |at| packet(at, 7, Exchange::IKE_AUTH, false, 4500);
        let cause = |events: &[Event]| {
            let report = report(events);
            assert_eq!(report.outcome(), Outcome::Failed);
            report.findings()[0].cause
        };
        let unanswered = [init(1, false), init(2, false)];
        assert_eq!(cause(&unanswered), Cause::NoResponse);
        let blocked = [init(1, false), init(2, true), auth(3), auth(4)];
        assert_eq!(cause(&blocked), Cause::NatTBlocked);
        let once = report(&[init(1, false)]);
        assert_eq!(once.outcome(), Outcome::Inconclusive);
        assert!(once.findings().is_empty());
    }

    #[test]
    fn memory_is_bounded_and_evictions_are_counted() {
        let flood = MOST_OPEN as u64 * 3;
        let events: Vec<_> = (0..flood)
            .map(|n| packet(n + 1, n, Exchange::IKE_SA_INIT, false, 500))
            .collect();
        let report = report(&events);
        assert!(report.evicted >= flood - MOST_OPEN as u64 - 100);
        let rows: Vec<_> = report.attempts().collect();
        assert_eq!(rows.len(), 1);
        assert_eq!(
            (rows[0].count, rows[0].first, rows[0].last),
            (flood, 1, flood)
        );
    }

    #[test]
    fn nothing_at_all_is_not_ike() {
        assert_eq!(report(&[]).outcome(), Outcome::NotIke);
    }
}
