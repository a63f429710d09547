//! From a log or a capture to the cause, the proof and the fix.
//!
//! ```text
//!  lines ──► log ──┐
//!                  ├─► Event ─► Attempt ─► judge ─► Finding ─┐
//!  packets ────────┘                                         ├─► Report
//!                     Diagnosis keeps the open attempts, folds those that are over ─┘
//! ```
//!
//! `Event` is what one line or packet says, `Attempt` the story of one connection, [`Cause`] the
//! catalogue. [`Diagnosis`] is a machine that is fed one event after the other: its memory has a bound
//! whatever the length of the input, and logs of both ends and packets may be mixed. It reads no
//! files and prints nothing.
//!
//! NO_PROPOSAL_CHOSEN, AUTHENTICATION_FAILED and silence are symptoms here, never causes: where the
//! lines do not decide, the outcome is [`Outcome::Inconclusive`].

pub(crate) mod attempt;
pub(crate) mod cause;
mod conversation;
pub(crate) mod event;
pub(crate) mod explanation;
pub(crate) mod judge;
pub mod learn;
pub mod log;
mod mask;
pub mod packet;
pub mod redact;
pub(crate) mod report;
pub(crate) mod statement;
pub mod stream;
pub(crate) mod watched;

use std::net::IpAddr;
use std::time::Duration;

use rustc_hash::FxHashMap;

use event::Direction;

pub(crate) use attempt::Attempt;
pub use cause::Cause;
pub(crate) use event::{AttemptKey, Event, EventKind, Key};
pub use explanation::{Confidence, Evidence, Explanation, Outcome, Phase};
pub use judge::Aid;
pub use report::{CauseRow, DiagnosisReport, Note};
pub(crate) use statement::Statement;

/// More attempts than this are not kept open; the one that was silent longest is judged first.
pub(crate) const MOST_OPEN: usize = 1000;

/// So many are judged at once when there are too many.
const EVICTED_AT_ONCE: usize = 100;

/// The machine: takes events, keeps the open attempts, and judges those that are over.
#[derive(Debug)]
pub struct Diagnosis<'a> {
    aid: Aid<'a>,
    open: FxHashMap<AttemptKey, Open>,
    /// The attempt that lines without a name belong to, by stream and thread.
    current: FxHashMap<(Stream, Option<u16>), AttemptKey>,
    /// The last attempt of each peer, of witnesses that name none.
    peers: FxHashMap<(Stream, IpAddr), AttemptKey>,
    clock: u64,
    /// When the last line was written, if lines have times.
    time: Option<Duration>,
    serial: u64,
    /// Number of the file that is read.
    file: usize,
    /// The file runs from its end to its beginning, and is told in the order of time.
    newest_first: bool,
    report: DiagnosisReport,
}

/// A witness, and which of several that run side by side.
type Stream = (event::Witness, u64);

/// An open attempt and when it was last heard of.
#[derive(Debug)]
struct Open {
    attempt: Attempt,
    heard: u64,
}

impl<'a> Diagnosis<'a> {
    /// Begins a diagnosis with what is known besides the log.
    pub fn new(aid: Aid<'a>) -> Self {
        Self {
            aid,
            open: FxHashMap::default(),
            current: FxHashMap::default(),
            peers: FxHashMap::default(),
            clock: 0,
            time: None,
            serial: 0,
            file: 0,
            newest_first: false,
            report: DiagnosisReport::default(),
        }
    }

    /// Takes one event.
    pub fn take(&mut self, event: &Event) {
        self.clock += 1;
        if event.kind == EventKind::Statement(Statement::Restarted, None) {
            self.end_stream(event.attempt_key);
            self.report.hear_idle(self.file, event.attempt_key.witness);
            return;
        }
        if event.kind == EventKind::Statement(Statement::NotRead, None) {
            self.report.hear_unread(self.file, event.at, &event.text);
            return;
        }
        if event.kind == EventKind::Statement(Statement::NewestFirst, None) {
            self.newest_first = true;
            self.report.turn_around(self.file);
            return;
        }
        self.time = event.time.or(self.time);
        let attempt_key = self.attempt_of(event);
        self.begin_anew(attempt_key, event);
        let clock = self.clock;
        let newest_first = self.newest_first;
        let open = self.open.entry(attempt_key).or_insert_with(|| {
            let mut attempt = Attempt::new(attempt_key, event.at);
            attempt.newest_first = newest_first;
            Open {
                attempt,
                heard: clock,
            }
        });
        open.heard = clock;
        open.attempt.take(event);
        if self.open.len() > MOST_OPEN {
            self.evict();
        }
    }

    /// Says that what comes next is of another file. Nothing goes on in it: a number, a thread or an SPI can be of
    /// another program there, or of the other end.
    pub(crate) fn next_file(&mut self) {
        self.judge_open();
        self.current.clear();
        self.peers.clear();
        self.time = None;
        self.newest_first = false;
        self.file += 1;
    }

    /// Judges what is still open, and answers.
    pub fn finish(mut self) -> DiagnosisReport {
        self.judge_open();
        self.report.close();
        self.report
    }

    fn judge_open(&mut self) {
        let mut rest: Vec<_> = self.open.drain().map(|(_, open)| open.attempt).collect();
        rest.sort_by_key(|attempt| (attempt.first, attempt.attempt_key));
        for attempt in rest {
            self.fold(attempt);
        }
    }

    /// Which attempt an event is about; begins another one where a witness that names none begins.
    ///
    /// Such a witness is followed by its threads, and by the addresses in the lines about packets: what a
    /// thread says next is about the peer whose packet it has just named.
    fn attempt_of(&mut self, event: &Event) -> AttemptKey {
        let stream = (event.attempt_key.witness, event.attempt_key.stream);
        let thread = match event.attempt_key.key {
            Key::Open => None,
            Key::Thread(thread) => Some(thread),
            Key::Nameless(_) | Key::Serial(_) | Key::Spi(_) => {
                self.current.insert((stream, None), event.attempt_key);
                return event.attempt_key;
            }
        };
        let peer = peer_of(event);
        let begins = matches!(
            event.kind,
            EventKind::Statement(Statement::Initiating | Statement::PeerInitiating, _)
        );
        let known = peer.and_then(|peer| self.peers.get(&(stream, peer)));
        let busy = self
            .current
            .get(&(stream, thread))
            .or_else(|| self.current.get(&(stream, None)));
        // An attempt of another peer is left alone.
        let strange = |attempt_key: &&AttemptKey| {
            let named = self
                .open
                .get(attempt_key)
                .and_then(|open| open.attempt.peer.as_ref());
            peer.is_none()
                || named.is_none_or(|named| peer.is_some_and(|it| *named == it.to_string()))
        };
        let candidate = known.or_else(|| busy.filter(strange)).copied();
        let over = |attempt_key: &AttemptKey| {
            let open = self.open.get(attempt_key);
            open.is_none_or(|open| begins && open.attempt.is_over())
        };
        let attempt_key = candidate
            .filter(|attempt_key| !over(attempt_key))
            .unwrap_or_else(|| {
                self.serial += 1;
                AttemptKey {
                    key: Key::Nameless(self.serial),
                    ..event.attempt_key
                }
            });
        if self.current.len() + self.peers.len() >= MOST_OPEN {
            self.current.clear();
            self.peers.clear();
        }
        self.current.insert((stream, thread), attempt_key);
        self.current.insert((stream, None), attempt_key);
        if let Some(peer) = peer {
            self.peers.insert((stream, peer), attempt_key);
        }
        attempt_key
    }

    fn end_stream(&mut self, attempt_key: AttemptKey) {
        let of_stream = |other: &AttemptKey| {
            (other.witness, other.stream) == (attempt_key.witness, attempt_key.stream)
        };
        let mut ended: Vec<_> = self
            .open
            .extract_if(|other, _| of_stream(other))
            .map(|(_, open)| open.attempt)
            .collect();
        ended.sort_by_key(|attempt| (attempt.first, attempt.attempt_key));
        for attempt in ended {
            self.fold(attempt);
        }
        let stream = (attempt_key.witness, attempt_key.stream);
        self.current.retain(|(of, _), _| *of != stream);
        self.peers.retain(|(of, _), _| *of != stream);
    }

    /// Ends the attempt of a number that a daemon uses again: it was started anew, and nothing in the lines
    /// tells its runs apart.
    fn begin_anew(&mut self, attempt_key: AttemptKey, event: &Event) {
        const BEGINS: [Statement; 2] = [Statement::Initiating, Statement::PeerInitiating];
        const ENDS: &[Statement] = &[
            Statement::ChildEstablished,
            Statement::Closed,
            Statement::GaveUp,
            Statement::IkeEstablished,
            Statement::NeverEstablished,
            Statement::PeerDead,
        ];
        let begins =
            matches!(event.kind, EventKind::Statement(statement, _) if BEGINS.contains(&statement));
        if !begins || !matches!(attempt_key.key, Key::Serial(_)) {
            return;
        }
        // In a log that runs backwards the beginning comes last, and ends nothing.
        let ended = self.open.get(&attempt_key).is_some_and(|open| {
            let line = |statement: &Statement| {
                let seen = open.attempt.statement(*statement);
                seen.map(|seen| open.attempt.order(&seen.first))
            };
            let begun = BEGINS.iter().filter_map(line).min();
            let ended = ENDS.iter().filter_map(line).max();
            begun.zip(ended).is_some_and(|(begun, ended)| begun < ended)
                && !open.attempt.has(Statement::TryingAgain)
        });
        if ended && let Some(open) = self.open.remove(&attempt_key) {
            self.fold(open.attempt);
        }
    }

    /// Judges an attempt, and counts it.
    fn fold(&mut self, mut attempt: Attempt) {
        attempt.until = self.time;
        let judged = judge::judge(&attempt, &self.aid);
        self.report.add(self.file, &attempt, judged, &self.aid);
    }

    fn evict(&mut self) {
        let mut heard: Vec<(u64, AttemptKey)> = self
            .open
            .iter()
            .map(|(attempt_key, open)| (open.heard, *attempt_key))
            .collect();
        heard.sort_unstable();
        for (_, attempt_key) in heard.into_iter().take(EVICTED_AT_ONCE) {
            if let Some(open) = self.open.remove(&attempt_key) {
                self.fold(open.attempt);
                self.report.evicted += 1;
            }
        }
    }
}

/// The address of the peer in a line of a log about a packet or about a beginning.
fn peer_of(event: &Event) -> Option<IpAddr> {
    match &event.kind {
        EventKind::Message(message) if message.exchange.is_none() => match message.direction {
            Direction::Sent => message.to.map(|end| end.address),
            Direction::Received => message.from.map(|end| end.address),
            Direction::Seen => None,
        },
        EventKind::Statement(
            Statement::Initiating
            | Statement::PeerInitiating
            | Statement::IkeProposalsRefused
            | Statement::InitAnswered
            | Statement::Malformed
            | Statement::NoIkeConfig
            | Statement::NoProposalSent
            | Statement::Overloaded
            | Statement::VersionOne
            | Statement::WrongVersion,
            Some(name),
        ) => name.parse().ok(),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::event::{Direction, Endpoint, Exchange, Message, Witness};
    use super::{
        Aid, AttemptKey, Cause, Diagnosis, DiagnosisReport, Event, EventKind, Key, MOST_OPEN,
        Outcome,
    };

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
            ..Message::plain(Direction::Seen)
        };
        Event {
            at,
            time: None,
            text: format!("packet {at}"),
            attempt_key: AttemptKey {
                witness: Witness::Capture,
                stream: 0,
                key: Key::Spi(spi),
            },
            kind: EventKind::Message(message),
        }
    }

    fn report(events: &[Event]) -> DiagnosisReport {
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

    /// The journal of charon-systemd names no IKE SA and no thread.
    #[test]
    fn peers_are_kept_apart_by_their_packets_where_nothing_else_names_them() {
        let line = |message: &str| format!("fw charon-systemd[812]: {message}\n");
        let begins = |peer: &str| {
            let packet =
                format!("received packet: from {peer}[500] to 203.0.113.10[500] (464 bytes)");
            [
                line(&packet),
                line("parsed IKE_SA_INIT request 0 [ SA KE No ]"),
                line(&format!("{peer} is initiating an IKE_SA")),
            ]
            .concat()
        };
        let (one, two, three) = ("198.51.100.1", "198.51.100.2", "198.51.100.3");
        let more = |peer: &str, message: &str| {
            let packet =
                format!("received packet: from {peer}[4500] to 203.0.113.10[4500] (352 bytes)");
            [line(&packet), line(message)].concat()
        };
        let text = [
            begins(one),
            line("received proposals unacceptable"),
            begins(two),
            begins(three),
            more(two, "EAP-MS-CHAPv2 verification failed, retry (1)"),
            more(
                three,
                "CHILD_SA rw{1} established with SPIs c1_i c2_o and TS 10.0.0.0/8 === 10.9.0.1/32",
            ),
        ]
        .concat();
        let mut diagnosis = Diagnosis::new(Aid::default());
        let mut scan = super::log::Scan::default();
        scan.feed(text.as_bytes(), &mut |event| diagnosis.take(event));
        scan.finish(&mut |event| diagnosis.take(event));
        let report = diagnosis.finish();
        let found: Vec<_> = report
            .attempts()
            .map(|row| {
                (
                    row.peer.as_deref(),
                    row.findings.first().map(|it| it.cause),
                    row.outcome,
                )
            })
            .collect();
        assert_eq!(
            found,
            [
                (Some(one), Some(Cause::IkeProposalMismatch), Outcome::Failed),
                (Some(two), Some(Cause::EapFailed), Outcome::Failed),
                (Some(three), None, Outcome::Established),
            ]
        );
        assert_eq!(report.outcome(), Outcome::Failed);
    }

    #[test]
    fn nothing_at_all_is_not_ike() {
        assert_eq!(report(&[]).outcome(), Outcome::NotIke);
    }
}
