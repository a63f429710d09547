//! A run: one conversation after another with one server, within limits.
//!
//! ```text
//!  loop: poll(now) ─► Send(octets) │ Wait(until) ─► take(now, octets) │ End
//! ```

use std::fmt::{self, Display, Formatter};
use std::time::Duration;

use super::first::{Ends, First};
use super::heard::{Answer, Cleanup, Heard};
use super::initiator::{Initiator, Progress};
use super::limits::{HALF_OPEN, Limits, MOST_LEFT, MOST_SILENCES, PATIENCE};
use crate::crypt::Random;

/// No conversation is begun with fewer packets left than it takes as a rule.
const LEAST_PACKETS: u32 = 4;

/// What is to be done next.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Action {
    /// Send this message.
    Send(Vec<u8>),
    /// Listen until this time, which counts from the beginning.
    Wait(Duration),
    /// Nothing more.
    End,
}

/// Why a run ended before everything was asked.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Stopped {
    /// The server has answered, and then not any more.
    Blocked,
    /// Nothing has ever answered.
    Silent,
    /// The server's machine says that nothing listens on the port.
    Unreachable,
    /// As many packets were sent as may be.
    Packets,
    /// The run took as long as it may.
    Time,
}

impl Display for Stopped {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Blocked => {
                "the server answered and then went silent: it blocks this address, as charon does \
                 after five half-open SAs; wait half a minute, and ask for fewer clients"
            }
            Self::Silent => {
                "nothing answers: a firewall drops the packets, or no IKEv2 server is there"
            }
            Self::Unreachable => "the machine says that nothing listens on this port",
            Self::Packets => {
                "no more packets may be sent: fewer are left than one client takes, which is 4 as a rule"
            }
            Self::Time => "the time is up",
        })
    }
}

/// Where the messages of a run come from, one after another.
pub trait Messages {
    /// The next message, in the light of what was heard to the one before it; `None` if all is said.
    fn next(&mut self, heard: Option<&Heard>) -> Option<First>;
}

/// Messages that stand in a list from the beginning.
#[derive(Debug)]
pub struct Listed<'f>(std::slice::Iter<'f, First>);

impl<'f> Listed<'f> {
    /// These messages, in this order.
    pub fn new(firsts: &'f [First]) -> Self {
        Self(firsts.iter())
    }
}

impl Messages for Listed<'_> {
    fn next(&mut self, _: Option<&Heard>) -> Option<First> {
        self.0.next().cloned()
    }
}

/// A run.
#[derive(Debug)]
pub struct Run<M> {
    messages: M,
    ends: Ends,
    limits: Limits,
    current: Option<Initiator>,
    /// The message after that.
    next: Option<First>,
    /// There is none any more.
    done: bool,
    /// A request waits for being sent.
    due: bool,
    /// How often the present request was sent.
    tries: usize,
    /// When the present request is given up or sent again.
    timer: Duration,
    last_sent: Option<Duration>,
    not_before: Duration,
    sent: u32,
    silences: usize,
    left: usize,
    heard: Vec<Heard>,
    stopped: Option<Stopped>,
}

impl<M: Messages> Run<M> {
    /// A run that sends all messages, one after another.
    pub const fn new(messages: M, ends: Ends, limits: Limits) -> Self {
        Self {
            messages,
            ends,
            limits,
            current: None,
            next: None,
            done: false,
            due: false,
            tries: 0,
            timer: Duration::ZERO,
            last_sent: None,
            not_before: Duration::ZERO,
            sent: 0,
            silences: 0,
            left: 0,
            heard: Vec::new(),
            stopped: None,
        }
    }

    /// What is to be done at this time.
    pub fn poll(&mut self, now: Duration, random: &mut dyn Random) -> Action {
        loop {
            if self.stopped.is_some() {
                return Action::End;
            }
            if self.current.is_none() && !self.has_more() {
                return Action::End;
            }
            if now >= self.limits.duration {
                self.stop(Stopped::Time);
                continue;
            }
            if self.current.is_none() {
                if now < self.not_before {
                    if self.not_before >= self.limits.duration {
                        // Nothing may be sent any more after that pause.
                        self.stop(Stopped::Time);
                        continue;
                    }
                    return Action::Wait(self.not_before);
                }
                if self.sent + LEAST_PACKETS > self.limits.packets {
                    self.stop(Stopped::Packets);
                    continue;
                }
                self.begin(random);
                continue;
            }
            if self.due {
                return self.send(now);
            }
            if now < self.timer {
                return self.wait(self.timer);
            }
            if self.tries < PATIENCE.len() {
                self.due = true;
            } else {
                self.finish(now);
            }
        }
    }

    /// Whether there is another message to be sent.
    fn has_more(&mut self) -> bool {
        if self.next.is_none() && !self.done {
            self.next = self.messages.next(self.heard.last());
            self.done = self.next.is_none();
        }
        self.next.is_some()
    }

    fn begin(&mut self, random: &mut dyn Random) {
        let Some(first) = self.next.take() else {
            return;
        };
        match Initiator::new(first, self.ends, random) {
            Some(initiator) => {
                self.current = Some(initiator);
                self.due = true;
                self.tries = 0;
            }
            None => self.heard.push(Heard::only(Answer::Malformed(
                "the client's message is too long",
            ))),
        }
    }

    /// Waits until a time, but not longer than the run may take.
    fn wait(&self, until: Duration) -> Action {
        Action::Wait(until.min(self.limits.duration))
    }

    fn send(&mut self, now: Duration) -> Action {
        let earliest = self.last_sent.map(|last| last + self.limits.interval);
        if let Some(earliest) = earliest.filter(|earliest| now < *earliest) {
            return self.wait(earliest);
        }
        let request = self.current.as_ref().map(|it| it.request().to_vec());
        let request = request.filter(|_| self.sent < self.limits.packets);
        let Some(request) = request else {
            self.stop(Stopped::Packets);
            return Action::End;
        };
        self.sent += 1;
        self.last_sent = Some(now);
        let patience = PATIENCE.get(self.tries).copied().unwrap_or_default();
        self.timer = now + patience;
        self.tries += 1;
        self.due = false;
        Action::Send(request)
    }

    /// Takes a message that came from the server.
    pub fn take(&mut self, now: Duration, octets: &[u8], random: &mut dyn Random) {
        let Some(current) = &mut self.current else {
            return;
        };
        match current.take(octets, random) {
            Progress::Ignored => {}
            Progress::Request => {
                self.due = true;
                self.tries = 0;
            }
            Progress::Over => self.finish(now),
        }
    }

    /// Takes the word of the server's machine that nothing listens on the port.
    pub fn unreachable(&mut self) {
        self.stop(Stopped::Unreachable);
    }

    /// Ends the present conversation.
    fn finish(&mut self, now: Duration) {
        let Some(current) = self.current.take() else {
            return;
        };
        let heard = current.end();
        self.due = false;
        if heard.answer == Answer::Silence {
            self.silences += 1;
        } else {
            self.silences = 0;
        }
        if heard.cleanup.as_ref().is_some_and(Cleanup::is_left) {
            self.left += 1;
            if self.left == MOST_LEFT {
                self.left = 0;
                self.not_before = now + HALF_OPEN;
            }
        }
        self.heard.push(heard);
        if self.silences == MOST_SILENCES {
            self.stop(if self.has_answered() {
                Stopped::Blocked
            } else {
                Stopped::Silent
            });
        }
    }

    fn has_answered(&self) -> bool {
        self.heard.iter().any(Heard::has_answered)
    }

    fn stop(&mut self, why: Stopped) {
        // What was selected is an answer, whatever became of the rest.
        if let Some(current) = self.current.take() {
            let mut heard = current.end();
            if heard.answer == Answer::Silence {
                heard.answer = Answer::NotAwaited;
            }
            // What was never sent was not asked.
            if self.tries > 0 || heard.has_answered() {
                self.heard.push(heard);
            }
        }
        self.stopped.get_or_insert(why);
    }

    /// How many packets were sent.
    pub const fn sent(&self) -> u32 {
        self.sent
    }

    /// What was heard, in the order of the messages, and why there is not more of it.
    pub fn end(self) -> (Vec<Heard>, Option<Stopped>) {
        (self.heard, self.stopped)
    }

    /// Where the messages came from, and why there were not more of them.
    pub fn into_messages(self) -> (M, Option<Stopped>) {
        (self.messages, self.stopped)
    }
}
