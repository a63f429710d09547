//! Finding the lines that can be about IKE in a large text, without looking at the others one by one.
//!
//! Every line that [`super::LogReader`] understands has one of a few words in it. They are searched in
//! large pieces of the input; between hits only line breaks are counted.

use aho_corasick::packed::Searcher;
use aho_corasick::{AhoCorasick, AhoCorasickKind, MatchKind, Span};

use super::unwrap::Unwrap;
use super::{Line, LogReader, order, paste};
use crate::diagnose::event::Event;

/// Words of which every line about IKE has one, whatever program wrote it.
pub const WORDS: &[&str] = &[
    // charon's groups, and its name where the journal has no groups
    "[CFG",
    "[ENC",
    "[NET",
    "[JOB",
    "[KNL",
    "[TLS",
    "[CHD",
    "[MGR",
    "[DMN",
    "[LIB",
    "[ASN",
    "charon",
    // whoever speaks of IKE, consoles without a prefix among them
    "IKE",
    "CHILD_SA",
    "ISAKMP",
    // pluto: `"name" #1: `, `"name"[1] 192.0.2.1 #1: `
    "pluto",
    "Starting Pluto",
    "\" #",
    "\"[",
    "packet from ",
    // Apple
    "neagent",
    "nesessionmanager",
    "SIOCPROTODETACH_IN6",
    "libdispatch client",
    "nw_interface_create_with_name",
    "NEVPNConnectionError",
    // Windows
    "RasClient",
    "CoId=",
    "RemoteAccess",
    "RasMan",
    "dialed a connection",
    "returned on failure",
    "olicy match error",
    "13801",
    "13806",
    "13816",
    "13819",
    "13820",
    "13843",
    "13863",
    "13868",
    "not responding",
    "returned on termination",
    "Remote Access error",
    "ike authentication",
    "ike failed",
    "rror 809",
    "rror 691",
    "rror 787",
    "rror 789",
    // swanctl --list-certs; the other listings have words of IKE in them
    "List of X.509",
    // Android
    "IkeSession",
    "IkeSaPayload",
    "IkeMessage",
    "ChildSessionStateMachine",
    "net.ipsec.ike",
    "VpnIkev2",
    "IkeV2VpnRunner",
    "IkeNetworkLost",
    // FortiGate: `ike V=root:0:`, `ike 0:`
    "ike V=",
    "ike 0:",
    "ike 1",
    "ike 2",
    "ike 3",
    "ike 4",
    "ike 5",
    "ike 6",
    "ike 7",
    "ike 8",
    "ike 9",
    "ike Negotiate",
    // Cisco
    "%ASA-",
    "%FTD-",
    "%CRYPTO-",
    // AWS
    "ike_phase",
    "AWS tunnel",
    "AWS: Traffic Selector",
    "Proposal Match Found",
    "Declaring peer dead",
    // OpenIKED
    "ikev2_",
    "spi=0x",
    "sa_state: ",
    // MikroTik
    "ipsec,",
    "ike2 SA",
    // Junos
    "kmd[",
    "KMD_",
    // tshark
    "bytes on wire",
    "Internet Protocol Version ",
    "Internet Security Association",
    // tcpdump; the line with the IP header precedes the one with the addresses
    "proto UDP (17)",
    "isakmp",
    "ESP(spi=",
    "ICMP ",
];

/// Pieces of the words, of which every word has one. So few and so short ones are found by comparing many octets
/// at once, which more than 64 cannot be; what they find is a candidate, and the words decide.
const FRAGMENTS: &[&str] = &[
    "[CFG",
    "[ENC",
    "[NET",
    "[JOB",
    "[KNL",
    "[TLS",
    "[CHD",
    "[MGR",
    "[DMN",
    "[LIB",
    "[ASN",
    "charo",
    "IKE",
    "CHILD_",
    "ISAKM",
    "luto",
    "\" #",
    "\"[",
    "ket from",
    "neagen",
    "nesess",
    "SIOCPR",
    "libdisp",
    "nw_inter",
    "NEVPN",
    "RasC",
    "CoId=",
    "RasM",
    "emoteAcc",
    "dialed a",
    "ned on",
    "olicy match",
    "1380",
    "1381",
    "1382",
    "1384",
    "1386",
    "not resp",
    "emote Acc",
    "rror 809",
    "rror 691",
    "rror 78",
    "t of X.5",
    "Ike",
    "hildSess",
    "ipsec",
    "ike",
    "%ASA-",
    "%FTD-",
    "%CRYP",
    "AWS",
    "Proposal M",
    "ring peer",
    "spi=0x",
    "sa_state",
    "kmd[",
    "KMD_",
    "s on wire",
    "net Prot",
    "net Secu",
    "UDP (17",
    "isakmp",
    "ESP(s",
    "ICMP ",
];

/// Splits the input into lines and gives those that can be about IKE to a `LogReader`.
#[derive(Debug)]
pub struct Scan {
    words: Option<AhoCorasick>,
    /// Finds lines that may have one of the words; not every processor can.
    fragments: Option<Searcher>,
    reader: LogReader,
    /// Number of the line that begins at the start of the next piece.
    line: u64,
    /// The line before belongs to this one.
    continued: bool,
    /// Lines about IKE.
    ike: u64,
    /// The begin of a line whose end did not come yet.
    rest: Vec<u8>,
    /// So many octets are still read line by line, whatever is in them.
    whole: usize,
    /// Puts together in them what was wrapped.
    unwrap: Unwrap,
    /// Those lines, as long as it is not known in which order they stand.
    held: Vec<(u64, Vec<u8>)>,
}

impl Default for Scan {
    fn default() -> Self {
        // Of more than a hundred words a slower automaton would be made, to save memory.
        let words = AhoCorasick::builder()
            .kind(Some(AhoCorasickKind::DFA))
            .match_kind(MatchKind::LeftmostFirst)
            .build(WORDS);
        Self {
            words: words.ok(),
            fragments: Searcher::new(FRAGMENTS),
            reader: LogReader::default(),
            line: 1,
            continued: false,
            ike: 0,
            rest: Vec::new(),
            whole: WHOLE,
            unwrap: Unwrap::default(),
            held: Vec::new(),
        }
    }
}

/// What people paste is smaller: so many octets at the beginning are read line by line. Lines that have none of the
/// words, or are wrapped, are understood there alone.
const WHOLE: usize = 256 << 10;

/// A longer line without line break is cut.
const LONGEST: usize = 1 << 20;

impl Scan {
    /// Takes a piece of the input; pieces may end anywhere.
    pub fn feed(&mut self, piece: &[u8], take: &mut dyn FnMut(&Event)) {
        let Some(last) = memchr::memrchr(b'\n', piece) else {
            self.keep(piece);
            return;
        };
        let mut whole = &piece[..=last];
        if !self.rest.is_empty() {
            let first = memchr::memchr(b'\n', whole).map_or(whole.len(), |end| end + 1);
            let mut joined = std::mem::take(&mut self.rest);
            joined.extend_from_slice(&whole[..first]);
            self.lines(&joined, take);
            joined.clear();
            self.rest = joined;
            whole = &whole[first..];
        }
        self.lines(whole, take);
        self.keep(&piece[last + 1..]);
    }

    /// Takes the last line, if it has no line break, and says how many lines were about IKE.
    pub fn finish(&mut self, take: &mut dyn FnMut(&Event)) -> u64 {
        let rest = std::mem::take(&mut self.rest);
        if !rest.is_empty() {
            self.lines(&rest, take);
        }
        self.unwrapped();
        if order::is_newest_first(&self.held) {
            self.turned_around(take);
        } else {
            self.release(take);
        }
        self.reader.finish(take);
        self.ike
    }

    fn keep(&mut self, piece: &[u8]) {
        let room = LONGEST.saturating_sub(self.rest.len());
        self.rest.extend_from_slice(&piece[..piece.len().min(room)]);
    }

    /// Reads whole lines.
    fn lines(&mut self, text: &[u8], take: &mut dyn FnMut(&Event)) {
        let mut from = 0;
        while from < text.len() {
            if self.whole > 0 {
                let end = line_end(text, from);
                self.wrapped_line(&text[from..end], take);
                from = end;
                continue;
            }
            if self.continued {
                let end = line_end(text, from);
                self.line(text, from, end, take);
                from = end;
                continue;
            }
            let Some((start, end)) = self.candidate(text, from) else {
                self.line += count(&text[from..]);
                return;
            };
            self.line += count(&text[from..start]);
            self.line(text, start, end, take);
            from = end;
        }
    }

    /// The next line behind `from` that has one of the words.
    fn candidate(&self, text: &[u8], from: usize) -> Option<(usize, usize)> {
        let words = self.words.as_ref()?;
        let around = |place: usize| {
            let start = memchr::memrchr(b'\n', &text[from..place]).map_or(from, |n| from + n + 1);
            (start, line_end(text, place))
        };
        let Some(fragments) = &self.fragments else {
            return words
                .find(&text[from..])
                .map(|it| around(from + it.start()));
        };
        let mut rest = from;
        loop {
            let span = Span::from(rest..text.len());
            let (start, end) = around(fragments.find_in(text, span)?.start());
            if words.is_match(&text[start..end]) {
                return Some((start, end));
            }
            rest = end;
        }
    }

    /// Reads the line between `start` and `end`, line break included.
    fn line(&mut self, text: &[u8], start: usize, end: usize, take: &mut dyn FnMut(&Event)) {
        self.read(self.line, without_break(&text[start..end]), take);
        self.line += 1;
    }

    /// Takes a line that may go on in the next one.
    fn wrapped_line(&mut self, line: &[u8], take: &mut dyn FnMut(&Event)) {
        self.whole = self.whole.saturating_sub(line.len());
        for line in paste::lines(without_break(line)) {
            let whole = self.unwrap.line(self.line, line);
            self.held.extend(whole);
        }
        self.line += 1;
        if self.whole == 0 {
            self.unwrapped();
            self.release(take);
        }
    }

    /// Takes the line that may have gone on.
    fn unwrapped(&mut self) {
        self.held.extend(self.unwrap.finish());
    }

    /// Reads the lines that were held back, in the order of the file.
    fn release(&mut self, take: &mut dyn FnMut(&Event)) {
        for (at, line) in std::mem::take(&mut self.held) {
            self.read(at, &line, take);
        }
    }

    /// Reads them from the last one to the first one. The readers count lines, so they see them numbered in this
    /// order; what they say bears the number in the file.
    fn turned_around(&mut self, take: &mut dyn FnMut(&Event)) {
        let held = std::mem::take(&mut self.held);
        let numbers: Vec<u64> = held.iter().rev().map(|(at, _)| *at).collect();
        take(&order::turned());
        let mut renumbered = |event: &Event| {
            let place = usize::try_from(event.at).unwrap_or(usize::MAX);
            let at = numbers.get(place.saturating_sub(1)).copied();
            take(&Event {
                at: at.unwrap_or(event.at),
                ..event.clone()
            });
        };
        for (at, (_, line)) in (1..).zip(held.iter().rev()) {
            self.read(at, line, &mut renumbered);
        }
        self.reader.finish(&mut renumbered);
    }

    fn read(&mut self, at: u64, line: &[u8], take: &mut dyn FnMut(&Event)) {
        let read = self.reader.line(at, line, take);
        self.continued = matches!(read, Line::Continued | Line::Announced);
        self.ike += u64::from(matches!(read, Line::Ike | Line::Continued));
    }
}

fn without_break(line: &[u8]) -> &[u8] {
    line.strip_suffix(b"\n").unwrap_or(line)
}

fn line_end(text: &[u8], from: usize) -> usize {
    memchr::memchr(b'\n', &text[from..]).map_or(text.len(), |n| from + n + 1)
}

fn count(text: &[u8]) -> u64 {
    memchr::memchr_iter(b'\n', text).count() as u64
}

#[cfg(test)]
mod tests {
    use super::{FRAGMENTS, Scan, WORDS};

    const TEXT: &str = "nothing\n\n\
05[IKE] <a|1> giving up after 5 retransmits\n\
no break in the middle\r\n\
pluto[1]: \"x\" #1: PSK AUTH mismatch";

    fn numbers(pieces: &[&[u8]]) -> Vec<u64> {
        let mut scan = Scan::default();
        let mut lines = Vec::new();
        for piece in pieces {
            scan.feed(piece, &mut |event| lines.push(event.at));
        }
        assert_eq!(scan.finish(&mut |event| lines.push(event.at)), 2);
        lines.dedup(); // a line can say several things
        lines
    }

    /// Behind the beginning of a file, a word without a fragment would never be found.
    #[test]
    fn every_word_has_a_fragment_and_there_are_no_more_than_can_be_compared_at_once() {
        assert!(FRAGMENTS.len() <= 64, "{}", FRAGMENTS.len());
        for word in WORDS {
            let fragment = FRAGMENTS.iter().find(|fragment| word.contains(**fragment));
            assert!(fragment.is_some(), "{word}");
        }
        for fragment in FRAGMENTS {
            assert!(
                WORDS.iter().any(|word| word.contains(fragment)),
                "{fragment}"
            );
        }
    }

    #[test]
    fn words_are_found_behind_the_beginning_of_a_large_file() {
        let other = "Nov 23 15:30:57 web nginx[77]: GET /like/13800/a.png HTTP/1.1 200\n";
        let mut text = other.repeat(super::WHOLE / other.len() + 10);
        let before = text.lines().count() as u64;
        for word in WORDS {
            text += &format!("{word}\n");
        }
        text += "05[IKE] <a|1> giving up after 5 retransmits\n";
        let mut lines = Vec::new();
        let mut scan = Scan::default();
        scan.feed(text.as_bytes(), &mut |event| lines.push(event.at));
        scan.finish(&mut |event| lines.push(event.at));
        let last = before + WORDS.len() as u64 + 1;
        assert!(lines.contains(&last) && lines.iter().all(|line| *line > before));
    }

    #[test]
    fn lines_are_numbered_wherever_pieces_end() {
        let bytes = TEXT.as_bytes();
        assert_eq!(numbers(&[bytes]), [3, 5]);
        for cut in 0..bytes.len() {
            let (one, two) = bytes.split_at(cut);
            assert_eq!(numbers(&[one, two]), [3, 5], "cut at {cut}");
        }
        let bytes: Vec<&[u8]> = bytes.chunks(1).collect();
        assert_eq!(numbers(&bytes), [3, 5]);
    }
}
