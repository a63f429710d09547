//! Lines that a terminal or a mail program has wrapped, put together again.

use super::{charon, console, head, pluto};

/// Nothing narrower is wrapped.
const NARROW: usize = 60;

/// Nothing is wrapped into more pieces.
const MOST_PIECES: usize = 40;

/// Widths of terminals, which cut at any character.
const WIDTHS: [usize; 6] = [79, 80, 100, 120, 132, 160];

/// The line before, as long as it is not known whether the next one belongs to it.
#[derive(Debug, Default)]
pub(super) struct Unwrap {
    held: Option<Held>,
}

#[derive(Debug)]
struct Held {
    at: u64,
    text: Vec<u8>,
    /// Characters of the last piece.
    width: usize,
    pieces: usize,
}

impl Unwrap {
    /// Takes a line, and gives the one before with its number once it is whole.
    pub(super) fn line(&mut self, at: u64, line: &[u8]) -> Option<(u64, Vec<u8>)> {
        if let Some(held) = &mut self.held
            && held.is_continued_by(line)
        {
            return None;
        }
        let before = self.finish();
        self.held = Some(Held {
            at,
            text: line.to_vec(),
            width: line.len(),
            pieces: 1,
        });
        before
    }

    /// The last line.
    pub(super) fn finish(&mut self) -> Option<(u64, Vec<u8>)> {
        self.held.take().map(|held| (held.at, held.text))
    }
}

impl Held {
    /// Whether a line goes on with this one; if it does, it is appended.
    fn is_continued_by(&mut self, line: &[u8]) -> bool {
        if self.width < NARROW || self.pieces >= MOST_PIECES || line.len() > self.width {
            return false;
        }
        let (Ok(before), Ok(next)) = (str::from_utf8(&self.text), str::from_utf8(line)) else {
            return false;
        };
        let before = before.trim_end_matches('\r');
        let next = next.trim_end_matches('\r');
        // What marks a quotation, or sets it in, stands before each piece.
        let marks = before.len() - before.trim_start_matches(['>', '|', ' ', '\t']).len();
        let next = next.strip_prefix(&before[..marks]).unwrap_or(next);
        if next.trim().is_empty() || begins(next) {
            return false;
        }
        let Some(message) = begun(before) else {
            return false;
        };
        let direct = format!("{before}{next}");
        let spaced = format!("{before} {next}");
        let joined = if is_open(message, next) {
            direct
        } else if !is_read(before) {
            match [direct, spaced].into_iter().find(|joined| is_read(joined)) {
                Some(joined) => joined,
                None => return false,
            }
        } else if WIDTHS.contains(&self.width) {
            direct
        } else {
            return false;
        };
        self.text = joined.into_bytes();
        self.width = line.len();
        self.pieces += 1;
        true
    }
}

/// Whether a line begins something of its own: it has a prefix, a time, or is a message.
fn begins(line: &str) -> bool {
    let word = line.split_whitespace().next().unwrap_or_default();
    let dated = !line.starts_with(' ') && head::is_time(word) && head::clock(line).is_some();
    dated
        || head::charon(line).is_some()
        || pluto::message(line).is_some()
        || head::program(line, "pluto").is_some()
        || line.starts_with(['{', '<', '"', '#', '-', '='])
        || !line.starts_with(' ') && console::message(line).is_some()
}

/// The message of a line that one of the daemons wrote.
fn begun(line: &str) -> Option<&str> {
    if let Some(read) = head::charon(line) {
        return Some(read.message);
    }
    pluto::message(line).or_else(|| console::message(line).map(|(message, _)| message))
}

/// Whether a list has begun that the next line goes on with.
fn is_open(message: &str, next: &str) -> bool {
    let coded = (message.starts_with("generating ") || message.starts_with("parsed "))
        && message.contains(" [ ")
        && !message.trim_end().ends_with(']');
    let listed = (message.starts_with("received proposals: ")
        || message.starts_with("configured proposals: "))
        && next
            .chars()
            .all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || "_/:, ".contains(c));
    coded || listed
}

/// Whether a line says something that is known.
fn is_read(line: &str) -> bool {
    match head::charon(line) {
        Some(read) => charon::read(read.message).is_some(),
        None => match pluto::message(line) {
            Some(message) => pluto::is_known(message),
            None => console::message(line).is_some(),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::Unwrap;

    fn unwrapped(text: &str) -> Vec<(u64, String)> {
        let mut unwrap = Unwrap::default();
        let mut lines = Vec::new();
        for (at, line) in (1..).zip(text.lines()) {
            lines.extend(unwrap.line(at, line.as_bytes()));
        }
        lines.extend(unwrap.finish());
        let text = |(at, line)| (at, String::from_utf8(line).unwrap());
        lines.into_iter().map(text).collect()
    }

    /// Cuts each line at `width`.
    fn wrap(lines: &[&str], width: usize) -> String {
        let mut out = String::new();
        for line in lines {
            for piece in line.as_bytes().chunks(width) {
                out += std::str::from_utf8(piece).unwrap();
                out.push('\n');
            }
        }
        out
    }

    #[test]
    fn what_a_terminal_cut_is_whole_again() {
        let lines = [
            "Nov 29 10:00:01 gateway.example.org charon[871]: 08[CFG] looking for peer configs matching 192.0.2.1[a]...198.51.100.20[b]",
            "Nov 29 10:00:01 gateway.example.org charon[871]: 08[CFG] no matching peer config found",
            "Nov 29 10:00:01 gateway.example.org charon[871]: 08[ENC] generating IKE_AUTH response 1 [ N(AUTH_FAILED) ]",
        ];
        for width in [80, 100] {
            let found = unwrapped(&wrap(&lines, width));
            let texts: Vec<_> = found.iter().map(|(_, text)| text.as_str()).collect();
            assert_eq!(texts, lines, "{width}");
        }
    }

    #[test]
    fn prose_behind_a_line_is_not_part_of_it() {
        let text = "Nov 29 10:00:01 gateway.example.org charon[871]: 08[CFG] no matching peer config found\nand that is all\n";
        assert_eq!(unwrapped(text).len(), 2);
    }
}
