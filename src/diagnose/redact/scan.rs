//! Where addresses and names stand in a line.
#![cfg_attr(not(test), warn(clippy::indexing_slicing, clippy::string_slice))]

use std::net::IpAddr;
use std::ops::Range;

/// What a piece of a text is.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Found {
    /// An address.
    Address(IpAddr),
    /// A name, by its form.
    Name,
    /// What stays.
    Plain,
    /// A name, by the signs around it.
    Quoted,
    /// A word that may be a name that is known from elsewhere.
    Word,
}

/// Takes a text apart.
pub(super) struct Scanner<'t> {
    text: &'t str,
    at: usize,
    /// What was found together with the last piece.
    next: Option<(usize, &'t str, Found)>,
}

/// Attributes of distinguished names, in lower case.
const ATTRIBUTES: [&str; 19] = [
    "c",
    "cn",
    "dc",
    "dnqualifier",
    "e",
    "email",
    "emailaddress",
    "gn",
    "l",
    "mail",
    "n",
    "o",
    "ou",
    "s",
    "serialnumber",
    "sn",
    "st",
    "uid",
    "unstructuredname",
];

/// What stands at the end of names of files and parts of programs, which are no host names.
const ENDINGS: [&str; 17] = [
    "app", "c", "cc", "conf", "cpp", "d", "dll", "exe", "h", "log", "pcap", "pem", "plist",
    "secrets", "service", "so", "yaml",
];

/// What stands in quotation marks or brackets and is no name.
const STAYS: [&str; 12] = [
    "%any",
    "%any6",
    "%fromcert",
    "(null)",
    "***",
    "IKEv1",
    "IKEv2",
    "any",
    "main",
    "no",
    "none",
    "yes",
];

/// Words behind which a name stands without quotation marks, to the end of the word.
const BEFORE_NAMES: [&str; 16] = [
    "User-Name=",
    "user=",
    "username=",
    "Username=",
    "Username = ",
    "User = ",
    "hostname=",
    "host=",
    "he user ",
    "connection named ",
    "Primary Tunnel:",
    "Group = ",
    "login=",
    "peer-id ",
    "peer ID ",
    "serial number ",
];

impl<'t> Scanner<'t> {
    pub(super) const fn new(text: &'t str) -> Self {
        Self {
            text,
            at: 0,
            next: None,
        }
    }

    /// The next piece with its place. All pieces together are the text.
    pub(super) fn next(&mut self) -> Option<(usize, &'t str, Found)> {
        if let Some(next) = self.next.take() {
            return Some(next);
        }
        let rest = self.text.get(self.at..).filter(|rest| !rest.is_empty())?;
        let before = self.text.get(..self.at).unwrap_or_default();
        let at = self.at;
        if let Some(length) = quoted(before, rest) {
            // The sign itself stays; what it opens is the next piece.
            let sign = rest.chars().next().map_or(0, char::len_utf8);
            let (sign, behind) = rest.split_at(sign);
            let name = behind.get(..length).unwrap_or_default();
            self.at += sign.len() + name.len();
            let found = name.parse().map_or(Found::Quoted, Found::Address);
            self.next = Some((at + sign.len(), name, found));
            return Some((at, sign, Found::Plain));
        }
        let (length, found) = piece(before, rest);
        let piece = rest.get(..length).unwrap_or(rest);
        self.at += piece.len();
        Some((at, piece, found))
    }
}

/// How long the name is that the sign at the start of `rest` opens, if it opens one.
fn quoted(before: &str, rest: &str) -> Option<usize> {
    let mut letters = rest.chars();
    let open = letters.next()?;
    let inner = letters.as_str();
    let close = match open {
        '<' => '|',
        '[' => ']',
        '\'' | '"' => open,
        _ => return None,
    };
    let end = inner.find(close)?;
    let name = inner
        .get(..end)
        .filter(|name| !name.is_empty() && !STAYS.contains(name))?;
    let word_before = before.ends_with(char::is_alphanumeric);
    let is_name = match open {
        '\'' => !word_before && !name.starts_with('('),
        '"' => !name.contains(": ") && !name.ends_with('.'),
        '<' => !name.contains([' ', '>']),
        // Behind an address stands an identity, elsewhere a group of messages or a number.
        _ => {
            let last = before.rsplit([' ', '(']).next().unwrap_or_default();
            let address = last.ends_with(|c: char| c.is_ascii_hexdigit() || c == ']')
                && last.trim_matches('.').contains(['.', ':']);
            if address && !name.bytes().all(|digit| digit.is_ascii_digit()) {
                return Some(end);
            }
            let named = name.contains(['@', '.', '=']) && !name.contains(": ");
            let file = name.rsplit_once('.').is_some_and(|(_, end)| {
                let end = end.split(':').next().unwrap_or_default();
                ENDINGS.contains(&end)
            });
            named && !file && name.contains('=')
        }
    };
    is_name.then_some(end)
}

/// Length and kind of the piece at the start of `rest`, of which nothing is quoted.
fn piece(before: &str, rest: &str) -> (usize, Found) {
    let inside = |c: char| c.is_alphanumeric() || c == '_';
    let first = rest.chars().next().unwrap_or(' ');
    if before.ends_with(inside) || !(inside(first) || "/:".contains(first)) {
        // The rest of something, or signs between words.
        return (first.len_utf8(), Found::Plain);
    }
    if let Some(length) = named_by_words(before, rest) {
        return (length, Found::Name);
    }
    let forms = [distinguished_name, path, uuid, octets];
    if let Some(length) = forms.iter().find_map(|form| form(rest)) {
        return (length, Found::Name);
    }
    if let Some((length, address)) = address(rest) {
        return (length, Found::Address(address));
    }
    let word = |c: char| c.is_alphanumeric() || "._-@\\%+".contains(c);
    let length = rest
        .find(|c| !word(c))
        .unwrap_or(rest.len())
        .max(first.len_utf8());
    let whole = rest.get(..length).unwrap_or_default();
    let name = whole.trim_end_matches(['.', '-']);
    let found = if is_name(name) {
        Found::Name
    } else {
        Found::Word
    };
    (name.len().max(first.len_utf8()), found)
}

/// Whether a word is a host name, an e-mail address or the name of a user with its domain.
fn is_name(word: &str) -> bool {
    if let Some((user, domain)) = word.split_once('@') {
        return !user.is_empty() || domain.contains('.');
    }
    if let Some((domain, user)) = word.split_once('\\') {
        return !domain.is_empty() && !user.is_empty();
    }
    let Some((_, last)) = word.rsplit_once('.') else {
        return false;
    };
    let label = |label: &str| {
        !label.is_empty()
            && label
                .chars()
                .all(|c| c.is_alphanumeric() || c == '-' || c == '_')
    };
    let top = last.len() >= 2 && last.chars().all(char::is_alphabetic);
    let of_apple = word.starts_with("com.apple.") || word.starts_with("org.strongswan.");
    top && !of_apple && !ENDINGS.contains(&last) && word.split('.').all(label)
}

/// A name behind words that announce one.
fn named_by_words(before: &str, rest: &str) -> Option<usize> {
    let words = BEFORE_NAMES
        .iter()
        .find(|words| before.ends_with(**words))?;
    let end = match *words {
        "connection named " => rest.find(" which ").unwrap_or(rest.len()),
        "Primary Tunnel:" => rest.find([':', ']']).unwrap_or(rest.len()),
        _ => rest.find([' ', ',', ';', '\'', '"']).unwrap_or(rest.len()),
    };
    let name = rest.get(..end).unwrap_or_default();
    (!name.is_empty() && !STAYS.contains(&name)).then_some(end)
}

/// `C=CH, O=Example, CN=vpn`, to the sign that ends it.
fn distinguished_name(rest: &str) -> Option<usize> {
    let attribute = |text: &str| {
        let text = text.trim_start();
        let (name, _) = text.split_once('=')?;
        let known = ATTRIBUTES.contains(&name.trim_end().to_ascii_lowercase().as_str());
        known.then_some(())
    };
    attribute(rest)?;
    let end = rest
        .find(['\'', '"', ']', '>', ';', '\n'])
        .unwrap_or(rest.len());
    let whole = rest.get(..end)?;
    // Without blanks behind its commas it ends at the first blank of its last part.
    let mut length = 0;
    for part in whole.split_inclusive([',', '/', '+']) {
        if length > 0 && attribute(part).is_none() && !whole.contains(", ") {
            break;
        }
        length += part.len();
    }
    let name = whole.get(..length)?;
    if !name.contains(", ")
        && let Some(comma) = name.rfind(',')
        && let Some(blank) = name.get(comma..).and_then(|last| last.find(' '))
    {
        return Some(comma + blank);
    }
    Some(name.trim_end().len())
}

/// The path of a file.
fn path(rest: &str) -> Option<usize> {
    let inner = rest.strip_prefix('/')?;
    let end = inner
        .find(|c: char| c.is_whitespace() || "'\"]),;:>".contains(c))
        .unwrap_or(inner.len());
    let name = inner.get(..end)?;
    let begins = name.starts_with(|c: char| c.is_alphabetic() || c == '.' || c == '_');
    (begins && name.contains('/')).then_some(end + 1)
}

fn uuid(rest: &str) -> Option<usize> {
    const LENGTH: usize = 36;
    let word = rest.get(..LENGTH)?;
    let dashes = [8, 13, 18, 23];
    let mut letters = word.char_indices();
    let fits = letters.all(|(at, c)| match dashes.contains(&at) {
        true => c == '-',
        false => c.is_ascii_hexdigit(),
    });
    fits.then_some(LENGTH)
}

/// Pairs of hexadecimal digits between colons or dashes: MAC addresses, key identifiers, serial
/// numbers. Times of the day have three pairs.
fn octets(rest: &str) -> Option<usize> {
    const FEWEST: usize = 6;
    let end = rest
        .find(|c: char| !(c.is_ascii_hexdigit() || c == ':' || c == '-'))
        .unwrap_or(rest.len());
    let word = rest.get(..end)?.trim_end_matches([':', '-']);
    let separator = if word.contains('-') { '-' } else { ':' };
    let pairs = word.split(separator).all(|pair| pair.len() == 2);
    let many = word.split(separator).count() >= FEWEST;
    let followed = rest.get(word.len()..).unwrap_or_default();
    (pairs && many && !followed.starts_with(char::is_alphanumeric)).then_some(word.len())
}

/// An address, without the port, the range or the full stop behind it.
fn address(rest: &str) -> Option<(usize, IpAddr)> {
    let end = rest
        .find(|c: char| !(c.is_ascii_hexdigit() || c == ':' || c == '.'))
        .unwrap_or(rest.len());
    let run = rest.get(..end)?;
    let after = rest.get(end..).unwrap_or_default();
    if after.starts_with(|c: char| c.is_alphanumeric() || c == '_') {
        return None;
    }
    // `a...b` and `a..b` are two.
    let first = run.split("..").next().unwrap_or_default();
    let mut word = first.trim_end_matches('.');
    loop {
        // A single colon at an end belongs to the sentence, two are a part of the address.
        if let Ok(address) = word.parse() {
            return Some((word.len(), address));
        }
        let cut = word.rfind([':', '.'])?;
        let behind = word.get(cut + 1..).unwrap_or_default();
        if !behind.bytes().all(|digit| digit.is_ascii_digit()) {
            return None;
        }
        word = word.get(..cut)?;
    }
}

/// The host of a syslog line: `Nov 25 15:23:09 fw01 charon: …`.
pub(super) fn host(text: &str) -> Option<Range<usize>> {
    const PROGRAMS: [&str; 6] = [
        " charon",
        " pluto",
        " neagent",
        " nesessionmanager",
        " ipsec",
        " swanctl",
    ];
    let program = PROGRAMS.iter().filter_map(|name| text.find(name)).min()?;
    let before = text.get(..program)?;
    let host = before.rsplit(char::is_whitespace).next()?;
    let is_host = host.contains(|c: char| c.is_ascii_alphabetic())
        && !host.contains([':', '[', '>', '<', '\'', '"', '+'])
        && before.len() > host.len()
        && before.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '<');
    let dated = before.contains(':');
    (is_host && dated).then(|| program - host.len()..program)
}
