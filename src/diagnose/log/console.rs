//! charon's messages without anything before them, as `ipsec up` and `swanctl --initiate` print them and people
//! quote them, or with no more than a time.
//!
//! Such a line is one of charon's only if it has a word of IKE in it, or stands beside lines of charon. A line that
//! lost its prefix can be the first one, so what could be of charon waits for a line that is.

use std::time::Duration;

use super::{charon, complaint, head};
use crate::diagnose::Statement;
use crate::diagnose::event::{AttemptKey, Direction, Event, EventKind, Key, Witness};

/// So many lines may stand between two lines of one console.
const GAP: u64 = 3;

/// More lines than this do not wait.
const MOST_WAITING: usize = 8;

/// Remembers where charon was heard last, and what may be of it.
#[derive(Debug, Default)]
pub(super) struct Reader {
    /// Number of the line, and the stream that it belongs to.
    heard: Option<(u64, u64)>,
    /// Lines that could be charon's.
    waiting: Vec<(u64, String, EventKind)>,
}

impl Reader {
    /// A line that charon's name or group marks was read.
    pub(super) fn heard(&mut self, at: u64, stream: u64) {
        self.heard = Some((at, stream));
    }

    /// Whether lines wait for one that says whose they are.
    pub(super) fn release(&mut self, at: u64, stream: u64, take: &mut dyn FnMut(&Event)) {
        for (line, text, kind) in self.waiting.drain(..) {
            if at - line <= MOST_WAITING as u64 {
                take(&event((line, text, None), stream, kind));
            }
        }
    }

    /// Reads a line that nothing marks; returns whether it is charon's.
    pub(super) fn line(
        &mut self,
        at: u64,
        (line, time): (&str, Option<Duration>),
        take: &mut dyn FnMut(&Event),
    ) -> bool {
        let beside = self
            .heard
            .filter(|(heard, _)| at.saturating_sub(*heard) <= GAP);
        let Some((message, kind)) = message(line) else {
            // Beside lines of charon one more complaint is its own, if it looks like a message.
            let complains = complaint(line.trim());
            let own = beside.is_some_and(|(heard, _)| at == heard + 1)
                && complains == EventKind::Statement(Statement::Complaint, None)
                && line.trim().len() < 160;
            if let (true, Some((_, stream))) = (own, beside) {
                self.heard = Some((at, stream));
                take(&event((at, line.to_owned(), time), stream, complains));
            }
            return own;
        };
        // A console that is quoted below a log, with something between them, is another end.
        let begins = matches!(kind, EventKind::Statement(Statement::Initiating, _));
        let stream = match beside {
            Some((heard, _)) if begins && at > heard + 1 => 0,
            Some((_, stream)) => stream,
            None if is_distinctive(message, &kind) => 0,
            None => {
                self.wait(at, line, kind);
                return false;
            }
        };
        self.release(at, stream, take);
        self.heard = Some((at, stream));
        take(&event((at, line.to_owned(), time), stream, kind));
        true
    }

    fn wait(&mut self, at: u64, line: &str, kind: EventKind) {
        if kind == EventKind::Statement(Statement::Other, None) {
            return;
        }
        if self.waiting.len() == MOST_WAITING {
            self.waiting.remove(0);
        }
        self.waiting.push((at, line.to_owned(), kind));
    }
}

fn event((at, text, time): (u64, String, Option<Duration>), stream: u64, kind: EventKind) -> Event {
    Event {
        at,
        time,
        text,
        attempt_key: AttemptKey {
            witness: Witness::Charon,
            stream,
            key: Key::Open,
        },
        kind,
    }
}

/// What charon says in a line, and where that begins.
pub(super) fn message(line: &str) -> Option<(&str, EventKind)> {
    let start = unmarked(line);
    let found = |text| charon::read(text).map(|kind| (text, kind));
    let rest = untimed(start);
    if let Some(found) = found(rest) {
        return Some(found);
    }
    // `gateway ipsec[77]: …`, `IKE 05 : …`, `[05] …`, `the log says "…`.
    const FAR: usize = 100;
    const BEFORE: [&str; 5] = [": ", "] ", "\"", "`", "'"];
    BEFORE.iter().find_map(|mark| {
        let place = rest.find(mark).filter(|place| *place < FAR)?;
        let message = rest[place + mark.len()..].trim_start();
        found(unmarked(message))
    })
}

/// A message without what people put before it.
pub(super) fn bare(line: &str) -> &str {
    untimed(unmarked(line))
}

/// Without the marks of quotations and lists.
fn unmarked(line: &str) -> &str {
    line.trim_start_matches(|c: char| {
        c.is_whitespace() || matches!(c, '>' | '|' | '*' | '`' | '"' | '\'' | '#' | '+' | '-')
    })
}

/// Without date and time.
fn untimed(line: &str) -> &str {
    let mut rest = line;
    while let Some(word) = rest.split_whitespace().next() {
        let bare = word.trim_matches(|c: char| matches!(c, '[' | ']' | '(' | ')' | ':' | ','));
        // `5 seconds` is no date: a message begins with a letter.
        if bare.is_empty() || !head::is_time(bare) {
            break;
        }
        rest = rest[word.len()..].trim_start();
    }
    rest
}

/// Whether nobody but charon would write it.
fn is_distinctive(message: &str, kind: &EventKind) -> bool {
    const WORDS: [&str; 34] = [
        "IKE_SA",
        "CHILD_SA",
        "IKE_AUTH",
        "INFORMATIONAL",
        "ID_PROT",
        "QUICK_MODE",
        "Main Mode",
        "Aggressive Mode",
        "peer config",
        "IKE config",
        "NO_PROPOSAL_CHOSEN",
        "TS_UNACCEPTABLE",
        "AUTHENTICATION_FAILED",
        "INTERNAL_ADDRESS_FAILURE",
        "FAILED_CP_REQUIRED",
        "INVALID_KE_PAYLOAD",
        "EAP-MS-CHAPv2",
        "EAP_FAILURE",
        "EAP method EAP_",
        "received RADIUS Access-",
        "DPD request",
        "request with message ID",
        "proposals unacceptable",
        "end entity cert",
        "CRED_PRIVATE_KEY",
        "DHCP DISCOVER",
        "the same policy for reqid",
        "error writing to socket: ",
        "looking for a child config for ",
        ", initiate aborted",
        "invalid proposal string",
        "Proposal mismatch in IKE SA",
        "Starting strongSwan ",
        "' established successfully",
    ];
    match kind {
        EventKind::Message(message) => {
            message.exchange.is_some()
                || message.direction == Direction::Sent && message.to.is_some()
                || message.from.is_some()
        }
        EventKind::Proposals(..) => true,
        _ => WORDS.iter().any(|words| message.contains(words)),
    }
}

#[cfg(test)]
mod tests {
    use super::{Reader, message};
    use crate::diagnose::Statement;
    use crate::diagnose::event::EventKind;

    #[test]
    fn a_message_is_found_behind_a_time_a_quotation_or_a_foreign_prefix() {
        for line in [
            "no matching peer config found",
            "Nov 29 10:00:01 no matching peer config found",
            "2026-11-29T10:00:01.123+01:00 no matching peer config found",
            "[10:00:01] no matching peer config found",
            "> no matching peer config found",
            "IKE 05 : no matching peer config found",
            "+no matching peer config found",
            "gw ipsec[77]: no matching peer config found",
        ] {
            let (_, kind) = message(line).unwrap_or_else(|| panic!("{line}"));
            assert_eq!(
                kind,
                EventKind::Statement(Statement::NoPeerConfig, None),
                "{line}"
            );
        }
    }

    #[test]
    fn what_anybody_could_write_counts_beside_charon_only() {
        let mut lines = Vec::new();
        let mut reader = Reader::default();
        for (at, line) in (1..).zip([
            "giving up after 3 tries",
            "an article",
            "about nothing",
            "an article",
            "about nothing",
            "an article",
            "about nothing",
            "an article",
            "about nothing",
            "no private key found for 'gw'",
            "establishing CHILD_SA a{1}",
            "giving up after 5 retransmits",
        ]) {
            reader.line(at, (line, None), &mut |event| lines.push(event.at));
        }
        assert_eq!(lines, [10, 11, 12]);
    }
}
