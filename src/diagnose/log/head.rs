//! What stands before a message: time, host, program, process, thread, IKE SA.
//!
//! Syslog in both formats (RFC 3164, RFC 5424), journald, pfSense, OPNsense, charon's own files and
//! `swanctl --log` differ only in this.

use std::hash::{Hash as _, Hasher as _};
use std::time::Duration;

use rustc_hash::FxHasher;

/// charon's groups of messages (`debug.c`).
const GROUPS: [&str; 18] = [
    "APP", "ASN", "CFG", "CHD", "DMN", "ENC", "ESP", "IKE", "IMC", "IMV", "JOB", "KNL", "LIB",
    "MGR", "NET", "PTS", "TLS", "TNC",
];

/// A line of charon, taken apart.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct Charon<'l> {
    /// What stands before the thread.
    pub(super) prefix: &'l str,
    /// Number of the thread.
    pub(super) thread: Option<u16>,
    /// Serial number of the IKE SA.
    pub(super) serial: Option<u64>,
    /// The message.
    pub(super) message: &'l str,
}

/// Takes a line apart that has charon's group in it: `05[IKE] <con1|67> …`.
pub(super) fn charon(line: &str) -> Option<Charon<'_>> {
    let bytes = line.as_bytes();
    let mut from = 0;
    loop {
        let open = from + memchr::memchr(b'[', &bytes[from..])?;
        from = open + 1;
        let rest = line.get(open + 1..)?;
        let Some(group) = rest.get(..3).filter(|group| GROUPS.contains(group)) else {
            continue;
        };
        let behind = &rest[group.len()..];
        // With `log_level = yes` the level stands behind the group.
        let behind = behind
            .strip_prefix(|c: char| c.is_ascii_digit())
            .unwrap_or(behind);
        let Some(behind) = behind.strip_prefix("] ") else {
            continue;
        };
        let before = &line[..open];
        // `[INFO][N3IWF][IKE] `: another program's list of words in brackets.
        let listed = before
            .strip_suffix(']')
            .and_then(|rest| rest.rsplit_once('['))
            .is_some_and(|(_, word)| word.contains(|c: char| c.is_ascii_alphabetic()));
        if listed {
            continue;
        }
        let digits = before.len() - before.trim_end_matches(|c: char| c.is_ascii_digit()).len();
        let (prefix, thread) = before.split_at(before.len() - digits);
        let (serial, message) = name(behind.trim_start());
        return Some(Charon {
            prefix,
            thread: thread.parse().ok(),
            serial,
            message,
        });
    }
}

/// Takes `<con1|67> ` or `<67> ` off a message; some builds write `<con1> `, without a number.
fn name(message: &str) -> (Option<u64>, &str) {
    let taken = message.strip_prefix('<').and_then(|rest| {
        let (name, message) = rest.split_once("> ")?;
        let serial = name.rsplit('|').next()?.parse().ok();
        Some((serial, message.trim_start()))
    });
    // Whoever may write no angle brackets writes `[con1|67] `.
    let squared = || {
        let (name, message) = message.strip_prefix('[')?.split_once("] ")?;
        let serial = name.rsplit_once('|')?.1.parse().ok()?;
        Some((Some(serial), message.trim_start()))
    };
    taken.or_else(squared).unwrap_or((None, message))
}

/// The message of a line that names the program `program`, `host program[123]: …`, and what stands
/// before it. The name may go on (`charon-systemd`).
pub(super) fn program<'l>(line: &'l str, program: &str) -> Option<(&'l str, &'l str)> {
    let place = memchr::memmem::find(line.as_bytes(), program.as_bytes())?;
    let after = &line[place..];
    let name_ends = after
        .find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.')))
        .unwrap_or(after.len());
    let (name, rest) = after.split_at(name_ends);
    let rest = match rest.strip_prefix('[') {
        Some(rest) => rest.split_once(']')?.1,
        None => rest,
    };
    let message = if let Some(message) = rest.strip_prefix(':') {
        message
    } else if let Some(message) = rest.strip_prefix('\t') {
        message
    } else {
        rfc5424(rest)?
    };
    let before = &line[..place + name.len() + (after.len() - name.len() - rest.len())];
    Some((before, message.trim_start()))
}

/// Takes `PROCID MSGID STRUCTURED-DATA ` off (RFC 5424, section 6).
fn rfc5424(rest: &str) -> Option<&str> {
    let rest = rest.strip_prefix(' ')?;
    let (process, rest) = rest.split_once(' ')?;
    if process != "-" && process.parse::<u32>().is_err() {
        return None;
    }
    let (_, rest) = rest.split_once(' ')?;
    if let Some(rest) = rest.strip_prefix("- ") {
        return Some(rest);
    }
    rest.strip_prefix('[')?
        .split_once("] ")
        .map(|(_, rest)| rest)
}

/// A number for host and process, so that programs that ran side by side are kept apart: all words of
/// `prefix` but those of time, level and sequence.
pub(super) fn stream(prefix: &str) -> u64 {
    let mut hasher = FxHasher::default();
    let mut words = 0;
    for word in prefix.split(|c: char| c.is_whitespace()) {
        let word = word.trim_matches([':', '-']);
        if word.is_empty() || is_time(word) || word.contains("sequenceId") || word.starts_with('<')
        {
            continue;
        }
        word.hash(&mut hasher);
        words += 1;
    }
    if words == 0 { 0 } else { hasher.finish() | 1 }
}

/// The time of day that stands in the first words of a line, `15:30:57` with or without a fraction.
pub(super) fn clock(line: &str) -> Option<Duration> {
    const FAR: usize = 64;
    let bytes = &line.as_bytes()[..line.len().min(FAR)];
    let colon = memchr::memchr_iter(b':', bytes).find(|place| {
        let digits = |from: usize| {
            bytes
                .get(from..from + 2)
                .is_some_and(|it| it.iter().all(u8::is_ascii_digit))
        };
        *place >= 2
            && digits(place - 2)
            && digits(place + 1)
            && bytes.get(place + 3) == Some(&b':')
            && digits(place + 4)
    })?;
    let number =
        |from: usize| u64::from(bytes[from] - b'0') * 10 + u64::from(bytes[from + 1] - b'0');
    let seconds = number(colon - 2) * 3600 + number(colon + 1) * 60 + number(colon + 4);
    Some(Duration::from_secs(seconds))
}

/// Whether a word belongs to a date or a time: a number, a clock, a month, a day of the week, a level.
pub(super) fn is_time(word: &str) -> bool {
    const WORDS: [&str; 27] = [
        "Jan",
        "Feb",
        "Mar",
        "Apr",
        "May",
        "Jun",
        "Jul",
        "Aug",
        "Sep",
        "Oct",
        "Nov",
        "Dec",
        "Mon",
        "Tue",
        "Wed",
        "Thu",
        "Fri",
        "Sat",
        "Sun",
        "UTC",
        "Informational",
        "Notice",
        "Warning",
        "Error",
        "Debug",
        "AM",
        "PM",
    ];
    let first = word.as_bytes()[0];
    let number =
        |c: char| c.is_ascii_digit() || matches!(c, ':' | '.' | '-' | '+' | 'T' | 'Z' | '/' | ',');
    let clock = first.is_ascii_digit() && word.chars().all(number);
    let address = word.parse::<std::net::IpAddr>().is_ok();
    (clock && !address) || (first == b'+' && word.chars().all(number)) || WORDS.contains(&word)
}

#[cfg(test)]
mod tests {
    use super::{Charon, charon, program, stream};

    #[test]
    fn every_prefix_leaves_the_same_message() {
        for (line, serial) in [
            ("05[IKE] <con1|67> no acceptable proposal found", Some(67)),
            ("[IKE] no acceptable proposal found", None),
            (
                "Jul 27 19:41:30\tcharon\t02[IKE] <44> no acceptable proposal found",
                Some(44),
            ),
            (
                "Nov 23 15:30:57 fw charon[812]: 15[IKE] <44> no acceptable proposal found",
                Some(44),
            ),
            (
                "<30>1 2026-11-23T15:30:57.123+01:00 OPNsense.localdomain charon 812 - [meta sequenceId=\"7\"] 15[IKE] <a-b|2> no acceptable proposal found",
                Some(2),
            ),
            (
                "2026-11-23T15:30:57\tInformational\tcharon\t15[IKE1] <2> no acceptable proposal found",
                Some(2),
            ),
        ] {
            let read = charon(line).unwrap();
            assert_eq!(
                (read.message, read.serial),
                ("no acceptable proposal found", serial)
            );
        }
        assert_eq!(charon("[note] [CFGX] nothing [CFG]"), None);
        assert_eq!(charon("[WARN][gateway][IKE] nothing"), None);
        let Charon { thread, prefix, .. } = charon("a 05[NET] b").unwrap();
        assert_eq!((thread, prefix), (Some(5), "a "));
    }

    #[test]
    fn programs_without_groups_are_found_by_name() {
        for line in [
            "Nov 23 15:30:57 fw charon-systemd[812]: it says",
            "<30>1 2026-11-23T15:30:57Z fw charon-systemd 812 - - it says",
        ] {
            assert_eq!(
                program(line, "charon").map(|(_, message)| message),
                Some("it says")
            );
        }
        assert_eq!(program("charon is a moon", "charon"), None);
    }

    #[test]
    fn a_stream_is_host_and_process_whatever_the_time() {
        let one = stream("Nov 23 15:30:57 fw charon[812]: ");
        assert_eq!(one, stream("Nov 24 05:00:01 fw charon[812]: "));
        assert_ne!(one, stream("Nov 23 15:30:57 laptop charon[812]: "));
        assert_ne!(one, stream("Nov 23 15:30:57 fw charon[813]: "));
        assert_eq!(stream("Nov 23 15:30:57 "), 0);
        assert_eq!(stream(""), 0);
    }
}
