//! Logs: one line in, what it says out.
//!
//! [`LogReader`] recognises the program that wrote a line by the line itself, so that files of several
//! programs can be mixed. The files beside it hold the words of one program each.

mod android;
mod apple;
mod aws;
mod charon;
mod cisco;
mod fortigate;
mod head;
mod iked;
mod junos;
mod listing;
mod mikrotik;
mod names;
mod paloalto;
mod pluto;
mod proposals;
mod scan;
mod table;
mod tcpdump;
mod tshark;
mod windows;

use super::conversation::{Conversations, Packet};
use super::event::{AttemptKey, Endpoint, Event, EventKind, Key, Witness};
use super::statement::Statement;

pub use scan::{Scan, WORDS};

/// A longer line is cut; none of any program is half as long.
const LONGEST_LINE: usize = 64 << 10;

/// Reads line after line. It remembers a little: which lines of a program belong together, and the list or
/// packet that is not complete.
#[derive(Debug, Default)]
pub struct LogReader {
    android: android::Reader,
    cisco: cisco::Reader,
    fortigate: fortigate::Reader,
    pluto: pluto::Reader,
    tcpdump: tcpdump::Reader,
    tshark: tshark::Reader,
    /// Listings of packets.
    conversations: Conversations,
}

/// A line, and whom to tell what it says.
struct Told<'a> {
    at: u64,
    text: &'a str,
    take: &'a mut dyn FnMut(&Event),
}

impl Told<'_> {
    fn say(&mut self, attempt_key: AttemptKey, kind: EventKind) {
        (self.take)(&Event {
            at: self.at,
            time: None,
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

/// What became of a line.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Line {
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
    pub fn line(&mut self, at: u64, bytes: &[u8], take: &mut dyn FnMut(&Event)) -> Line {
        let bytes = &bytes[..bytes.len().min(LONGEST_LINE)];
        let text = String::from_utf8_lossy(bytes);
        let text = text.trim_end_matches(['\r', '\0']);
        let conversations = &mut self.conversations;
        if let Some(line) = self.tshark.line(at, text, conversations, take) {
            return line;
        }
        if let Some(line) = self.tcpdump.line(at, text, conversations, take) {
            return line;
        }
        let message = json(text);
        let line = message.as_deref().unwrap_or(text);
        let mut told = Told {
            at,
            text: line,
            take: &mut *take,
        };
        if self.fortigate.line(&mut told) || self.android.line(&mut told) {
            return Line::Ike;
        }
        if let Some(line) = self.cisco.line(&mut told) {
            return line;
        }
        let mut say = |attempt_key: AttemptKey, kind: EventKind| {
            take(&Event {
                at,
                time: None,
                text: text.to_owned(),
                attempt_key,
                kind,
            });
        };
        if self.log(line, &mut say) {
            Line::Ike
        } else {
            Line::Other
        }
    }

    /// What is left open when the input ends.
    pub fn finish(&mut self, take: &mut dyn FnMut(&Event)) {
        self.tcpdump.finish(&mut self.conversations, take);
        self.tshark.finish(&mut self.conversations, take);
        self.cisco.finish(take);
        self.fortigate.finish(take);
    }

    /// Reads a line of a log; returns whether it is one of an IKE program.
    fn log(&mut self, line: &str, say: &mut dyn FnMut(AttemptKey, EventKind)) -> bool {
        if let Some(read) = head::charon(line) {
            let attempt_key = AttemptKey {
                witness: Witness::Charon,
                stream: head::stream(read.prefix),
                key: match (read.serial, read.thread) {
                    (Some(serial), _) => Key::Serial(serial),
                    (None, Some(thread)) => Key::Thread(thread),
                    (None, None) => Key::Open,
                },
            };
            let other = EventKind::Statement(Statement::Other, None);
            say(attempt_key, charon::read(read.message).unwrap_or(other));
            return true;
        }
        if let Some((before, message)) = head::program(line, "charon") {
            let attempt_key = AttemptKey {
                witness: Witness::Charon,
                stream: head::stream(before),
                key: Key::Open,
            };
            let other = EventKind::Statement(Statement::Other, None);
            say(attempt_key, charon::read(message).unwrap_or(other));
            return true;
        }
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

/// The line that a record of `journalctl -o json` stands for.
fn json(line: &str) -> Option<String> {
    if !line.starts_with('{') {
        return None;
    }
    let record: serde_json::Map<String, serde_json::Value> = serde_json::from_str(line).ok()?;
    let field = |name: &str| record.get(name).and_then(serde_json::Value::as_str);
    let message = field("MESSAGE")
        .or_else(|| field("message"))
        .or_else(|| field("eventMessage"))?;
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
