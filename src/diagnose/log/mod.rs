//! Logs: one line in, what it says out.
//!
//! `LogReader` recognises the program that wrote a line by the line itself, so that files of several
//! programs can be mixed. The files beside it hold the words of one program each.

mod android;
mod apple;
mod aws;
mod charon;
mod cisco;
mod console;
mod fortigate;
mod head;
mod host;
mod iked;
mod junos;
mod listing;
mod mikrotik;
mod names;
mod order;
mod paloalto;
mod paste;
mod pluto;
mod proposals;
mod scan;
mod table;
mod tcpdump;
mod tshark;
mod unwrap;
mod windows;

use std::sync::LazyLock;
use std::time::Duration;

use aho_corasick::AhoCorasick;

use super::conversation::{Conversations, Packet};
use super::event::{AttemptKey, Endpoint, Event, EventKind, Key, Witness};
use super::statement::Statement;

pub(in crate::diagnose) use listing::LISTED;
pub use scan::{Scan, WORDS};

/// A longer line is cut; none of any program is half as long.
const LONGEST_LINE: usize = 64 << 10;

/// Reads line after line. It remembers a little: which lines of a program belong together, and the list or
/// packet that is not complete.
#[derive(Debug, Default)]
pub(crate) struct LogReader {
    android: android::Reader,
    cisco: cisco::Reader,
    fortigate: fortigate::Reader,
    pluto: pluto::Reader,
    tcpdump: tcpdump::Reader,
    tshark: tshark::Reader,
    console: console::Reader,
    /// Listings of packets.
    conversations: Conversations,
}

/// A line, and whom to tell what it says.
struct Told<'a> {
    at: u64,
    time: Option<Duration>,
    text: &'a str,
    take: &'a mut dyn FnMut(&Event),
}

impl Told<'_> {
    fn say(&mut self, attempt_key: AttemptKey, kind: EventKind) {
        (self.take)(&Event {
            at: self.at,
            time: self.time,
            text: self.text.to_owned(),
            attempt_key,
            kind,
        });
    }

    /// Says only that this is a line of the program.
    fn other(&mut self, attempt_key: AttemptKey) {
        self.say(attempt_key, EventKind::Statement(Statement::Other, None));
    }
}

/// Says that a listing shows nothing of what is in a message.
fn listed(packet: Packet, attempt_key: AttemptKey, program: &str) -> Event {
    Event {
        at: packet.at,
        time: packet.time,
        text: packet.text,
        attempt_key,
        kind: EventKind::Statement(Statement::ShortListing, Some(program.to_owned())),
    }
}

/// `192.0.2.1:500`, `2001:db8::1:500`, `[2001:db8::1]:500`.
fn endpoint_with_colon(text: &str) -> Option<Endpoint> {
    let (address, port) = text.trim().rsplit_once(':')?;
    let digits = port
        .find(|c: char| !c.is_ascii_digit())
        .unwrap_or(port.len());
    Some(Endpoint {
        address: address.trim_matches(['[', ']']).parse().ok()?,
        port: Some(port[..digits].parse().ok()?),
    })
}

/// The phrases of every program that is read, as they stand in its table.
#[cfg(test)]
const PHRASES: [(&str, &str); 11] = [
    ("android", android::PHRASES),
    ("apple", apple::PHRASES),
    ("aws", aws::PHRASES),
    ("charon", charon::PHRASES),
    ("cisco", cisco::PHRASES),
    ("fortigate", fortigate::PHRASES),
    ("iked", iked::PHRASES),
    ("junos", junos::PHRASES),
    ("mikrotik", mikrotik::PHRASES),
    ("paloalto", paloalto::PHRASES),
    ("pluto", pluto::PHRASES),
];

/// What became of a line.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Line {
    /// It is about IKE.
    Ike,
    /// It is not.
    Other,
    /// It is, and the next line belongs to it as well, whatever is in it.
    Continued,
    /// It is not, but the next line decides.
    Announced,
}

impl LogReader {
    /// Reads one line without its line break, and gives what it says to `take`.
    pub(crate) fn line(&mut self, at: u64, bytes: &[u8], take: &mut dyn FnMut(&Event)) -> Line {
        let bytes = &bytes[..bytes.len().min(LONGEST_LINE)];
        let text = String::from_utf8_lossy(bytes);
        let text = paste::plain(text.trim_end_matches(['\r', '\0']));
        let text = text.as_ref();
        if let Some(line) = self.charon(at, text, take) {
            return line;
        }
        let conversations = &mut self.conversations;
        if let Some(line) = self.tshark.line(at, text, conversations, take) {
            return line;
        }
        if let Some(line) = self.tcpdump.line(at, text, conversations, take) {
            return line;
        }
        let time = head::clock(text);
        let message = json(text);
        let line = message.as_deref().unwrap_or(text);
        let mut told = Told {
            at,
            time,
            text: line,
            take: &mut *take,
        };
        if self.fortigate.line(&mut told) || self.android.line(&mut told) {
            return Line::Ike;
        }
        if let Some(line) = self.cisco.line(&mut told) {
            return line;
        }
        if let Some(said) = charon_line(line) {
            self.heard_charon(at, (text, time), said, take);
            return Line::Ike;
        }
        let mut event = Event {
            at,
            time,
            text: String::new(),
            attempt_key: NOT_READ,
            kind: EventKind::Statement(Statement::NotRead, None),
        };
        let mut say = |attempt_key: AttemptKey, kind: EventKind| {
            event.attempt_key = attempt_key;
            event.kind = kind;
            if event.text.is_empty() {
                text.clone_into(&mut event.text);
            }
            take(&event);
        };
        if self.log(line, &mut say) {
            return Line::Ike;
        }
        if self.console.line(at, (line, time), take) {
            return Line::Continued;
        }
        if let Some(statement) = of_nobody(line) {
            text.clone_into(&mut event.text);
            event.kind = EventKind::Statement(statement, None);
            take(&event);
        }
        Line::Other
    }

    /// Reads a line that charon's group marks, if no other program is in the middle of something: most large logs
    /// have no other lines of IKE.
    fn charon(&mut self, at: u64, text: &str, take: &mut dyn FnMut(&Event)) -> Option<Line> {
        let busy = self.tshark.is_open()
            || self.tcpdump.is_open()
            || self.cisco.is_open()
            || self.fortigate.is_open();
        if busy || text.starts_with('{') {
            return None;
        }
        let said = marked_line(text)?;
        self.heard_charon(at, (text, head::clock(text)), said, take);
        Some(Line::Ike)
    }

    fn heard_charon(
        &mut self,
        at: u64,
        (text, time): (&str, Option<Duration>),
        (attempt_key, kind): (AttemptKey, EventKind),
        take: &mut dyn FnMut(&Event),
    ) {
        let stream = attempt_key.stream;
        self.console.release(at, stream, take);
        self.console.heard(at, stream);
        take(&Event {
            at,
            time,
            text: text.to_owned(),
            attempt_key,
            kind,
        });
    }

    /// What is left open when the input ends.
    pub(crate) fn finish(&mut self, take: &mut dyn FnMut(&Event)) {
        self.tcpdump.finish(&mut self.conversations, take);
        self.tshark.finish(&mut self.conversations, take);
        self.cisco.finish(take);
        self.fortigate.finish(take);
    }

    /// Reads a line of a log; returns whether it is one of an IKE program.
    fn log(&mut self, line: &str, say: &mut dyn FnMut(AttemptKey, EventKind)) -> bool {
        self.pluto.line(line, say)
            || apple::line(line, say)
            || aws::line(line, say)
            || paloalto::line(line, say)
            || junos::line(line, say)
            || iked::line(line, say)
            || mikrotik::line(line, say)
            || windows::line(line, say)
            || listing::line(line, say)
    }
}

/// Reads a line that charon's group or name marks.
fn charon_line(line: &str) -> Option<(AttemptKey, EventKind)> {
    let named = || {
        let (before, message) = head::program(line, "charon")?;
        let kind = match charon::read(message) {
            Some(kind) => kind,
            None if host::does_not_run(line) => EventKind::Statement(Statement::NotStarted, None),
            None => complaint(message),
        };
        Some((charon_key(head::stream(before), Key::Open), kind))
    };
    marked_line(line).or_else(named)
}

/// Reads a line that charon's group marks.
fn marked_line(line: &str) -> Option<(AttemptKey, EventKind)> {
    let read = head::charon(line)?;
    let key = match (read.serial, read.thread) {
        (Some(serial), _) => Key::Serial(serial),
        (None, Some(thread)) => Key::Thread(thread),
        (None, None) => Key::Open,
    };
    // Another IKE SA is begun in the name of this one: to renew it, or in its place.
    let another = charon::begun(read.message)
        .is_some_and(|number| read.serial.is_some_and(|it| it != number));
    let kind = if another {
        EventKind::Statement(Statement::Other, None)
    } else {
        charon::read(read.message).unwrap_or_else(|| complaint(read.message))
    };
    Some((charon_key(head::stream(read.prefix), key), kind))
}

const fn charon_key(stream: u64, key: Key) -> AttemptKey {
    AttemptKey {
        witness: Witness::Charon,
        stream,
        key,
    }
}

/// Whose lines are told to be of a program that is not read.
const NOT_READ: AttemptKey = AttemptKey {
    witness: Witness::Unknown,
    stream: 0,
    key: Key::Open,
};

/// What a message is that nobody knows: one that complains, or nothing.
fn complaint(message: &str) -> EventKind {
    static WORDS: LazyLock<Option<AhoCorasick>> = LazyLock::new(|| {
        AhoCorasick::builder()
            .ascii_case_insensitive(true)
            .build([
                "fail",
                "error",
                " not ",
                "n't ",
                "invalid",
                "unable",
                "reject",
                "mismatch",
                "denied",
                "missing",
                "refus",
                "unacceptable",
                "unexpected",
                "wrong",
                "expired",
                "unsupported",
                "forbid",
                "cannot",
                "too short",
                "too long",
                "abort",
                "no valid",
                "no usable",
                "requires",
            ])
            .ok()
    });
    let complains = WORDS.as_ref().is_some_and(|words| words.is_match(message));
    let statement = if complains {
        Statement::Complaint
    } else {
        Statement::Other
    };
    EventKind::Statement(statement, None)
}

/// What a line says that has a word of IKE in it, whatever program wrote it.
fn of_nobody(line: &str) -> Option<Statement> {
    if let Some(statement) = host::read(line) {
        return Some(statement);
    }
    // racoon of ipsec-tools speaks version 1 only.
    let racoon = line.contains("racoon") && !line.contains("racoon2");
    let version_one = racoon && (line.contains("isakmp") || line.contains("ipsec-tools"));
    if version_one {
        return Some(Statement::VersionOne);
    }
    is_of_ike(line).then_some(Statement::NotRead)
}

/// Whether a line has a word of IKE in it, whatever program wrote it.
fn is_of_ike(line: &str) -> bool {
    const NAMES: [&str; 11] = [
        "isakmpd", "IKMPD", "ike V=", "%ASA-", "kmd[", "iked[", "racoon", "ikev2", "ikev1",
        "isakmp", "IkeV2",
    ];
    let bytes = line.as_bytes();
    let whole = |word: &str| {
        memchr::memmem::find_iter(bytes, word).any(|place| {
            let before = place.checked_sub(1).map(|it| bytes[it]);
            !before.is_some_and(|it| it.is_ascii_alphabetic())
        })
    };
    whole("IKE") || whole("ISAKMP") || NAMES.iter().any(|name| line.contains(name))
}

/// The line that a record of `journalctl -o json` stands for.
fn json(line: &str) -> Option<String> {
    if !line.starts_with('{') {
        return None;
    }
    let record: serde_json::Map<String, serde_json::Value> = serde_json::from_str(line).ok()?;
    let field = |name: &str| record.get(name).and_then(serde_json::Value::as_str);
    let message = field("MESSAGE")
        .or_else(|| field("message"))
        .or_else(|| field("eventMessage"))
        .or_else(|| field("log"))
        .or_else(|| field("line"))?
        .trim_end();
    let program = field("SYSLOG_IDENTIFIER")
        .or_else(|| field("_COMM"))
        .or_else(|| field("process"))
        .unwrap_or_default();
    let host = field("_HOSTNAME").unwrap_or_default();
    let process = field("_PID").unwrap_or_default();
    // charon's own fields of the journal (`charon-systemd.c`).
    let group = match (field("GROUP"), field("IKE_SA_UNIQUE_ID")) {
        (Some(group), serial) if program.starts_with("charon") => {
            let thread = field("THREAD").unwrap_or_default();
            let name = serial.map_or_else(String::new, |serial| format!("<{serial}> "));
            format!("{thread}[{group}] {name}")
        }
        _ => String::new(),
    };
    Some(format!("{host} {program}[{process}]: {group}{message}"))
}
