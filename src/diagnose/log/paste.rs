//! Lines that a web page has dressed up: entities for brackets, elements around words.

use std::borrow::Cow;

/// The elements that trackers and forums put around lines of a log, or around words in them.
const ELEMENTS: [&str; 15] = [
    "a", "b", "br", "code", "div", "em", "font", "i", "li", "p", "pre", "span", "strong", "td",
    "tt",
];

/// The lines in one that quotes several with `\n` between them, as programs print what another one said.
pub(super) fn lines(line: &[u8]) -> impl Iterator<Item = &[u8]> {
    /// A vendor ID has one in its name.
    const FEW: usize = 2;
    const BREAK: &[u8] = b"\\n";
    let quoted: Vec<usize> = memchr::memmem::find_iter(line, BREAK).collect();
    let breaks: Vec<(usize, usize)> = if quoted.len() > FEW {
        quoted
            .into_iter()
            .map(|it| (it, it + BREAK.len()))
            .collect()
    } else {
        heads(line).skip(1).map(|it| (it, it)).collect()
    };
    let starts = std::iter::once(0).chain(breaks.clone().into_iter().map(|(_, start)| start));
    let ends = breaks
        .into_iter()
        .map(|(end, _)| end)
        .chain(std::iter::once(line.len()));
    starts.zip(ends).map(|(start, end)| &line[start..end])
}

/// Where lines of charon begin with its name, the thread and the group: a page that lost its line breaks has several
/// of them in one line.
fn heads(line: &[u8]) -> impl Iterator<Item = usize> {
    const NAME: &[u8] = b"charon";
    memchr::memmem::find_iter(line, NAME).filter(|place| {
        let mut rest = &line[place + NAME.len()..];
        if let Some(number) = rest.strip_prefix(b"[") {
            let digits = number.iter().take_while(|b| b.is_ascii_digit()).count();
            let Some(behind) = number[digits..].strip_prefix(b"]") else {
                return false;
            };
            rest = behind;
        }
        matches!(rest, [b':', b' ', a, b, b'[', ..] if a.is_ascii_digit() && b.is_ascii_digit())
    })
}

/// A line as the program wrote it.
pub(super) fn plain(line: &str) -> Cow<'_, str> {
    // A `<` alone stands in every line of charon.
    let entity = || {
        const ENTITIES: [&str; 5] = ["&#", "&lt;", "&gt;", "&quot;", "&nbsp;"];
        ENTITIES.iter().any(|entity| line.contains(entity))
    };
    let dressed = memchr::memchr(b'&', line.as_bytes()).is_some() && entity()
        || memchr::memmem::find(line.as_bytes(), b"</").is_some();
    if !dressed {
        return Cow::Borrowed(line);
    }
    Cow::Owned(entities(&elements(line)))
}

/// Without elements; a name in angle brackets that is none, such as charon's `<con1|4>`, stays.
fn elements(line: &str) -> String {
    let mut out = String::with_capacity(line.len());
    let mut rest = line;
    while let Some(open) = rest.find('<') {
        out.push_str(&rest[..open]);
        let inner = &rest[open + 1..];
        let name = inner.trim_start_matches('/');
        let ends = name
            .find(|c: char| !c.is_ascii_alphanumeric())
            .unwrap_or(name.len());
        let known = ELEMENTS.contains(&name[..ends].to_ascii_lowercase().as_str())
            && !name[ends..].starts_with('|');
        match inner.find('>').filter(|_| known) {
            Some(close) => rest = &inner[close + 1..],
            None => {
                out.push('<');
                rest = inner;
            }
        }
    }
    out.push_str(rest);
    out
}

/// With characters in place of their entities.
fn entities(line: &str) -> String {
    /// No entity that matters is longer.
    const LONGEST: usize = 8;
    let mut out = String::with_capacity(line.len());
    let mut rest = line;
    while let Some(place) = rest.find('&') {
        out.push_str(&rest[..place]);
        let inner = &rest[place + 1..];
        let close = inner.find(';').filter(|close| *close <= LONGEST);
        let found = close.and_then(|close| Some((character(&inner[..close])?, close)));
        match found {
            Some((character, close)) => {
                out.push(character);
                rest = &inner[close + 1..];
            }
            None => {
                out.push('&');
                rest = inner;
            }
        }
    }
    out.push_str(rest);
    out
}

/// The character that an entity stands for.
fn character(name: &str) -> Option<char> {
    if let Some(number) = name.strip_prefix('#') {
        let number = match number.strip_prefix(['x', 'X']) {
            Some(digits) => u32::from_str_radix(digits, 16).ok()?,
            None => number.parse().ok()?,
        };
        let found = char::from_u32(number)?;
        return (!found.is_control()).then_some(found);
    }
    Some(match name {
        "amp" => '&',
        "lt" => '<',
        "gt" => '>',
        "quot" => '"',
        "apos" => '\'',
        "nbsp" => ' ',
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::{lines, plain};

    #[test]
    fn a_quotation_with_escaped_breaks_is_several_lines() {
        let quoted = br#""out": "[IKE] a\n[ENC] b\n[NET] c\n[IKE] d""#;
        let found: Vec<_> = lines(quoted).collect();
        assert_eq!(found.len(), 4);
        assert_eq!(found[1], b"[ENC] b");
        let name = br"received draft-ietf-ipsec-nat-t-ike-02\n vendor ID";
        assert_eq!(lines(name).collect::<Vec<_>>(), [&name[..]]);
    }

    #[test]
    fn what_a_page_adds_is_taken_away_and_names_stay() {
        for (dressed, expected) in [
            (
                "<p>08<span class=\"error\">&#91;CFG&#93;</span> &lt;con1|4&gt; it says</p>",
                "08[CFG] <con1|4> it says",
            ),
            (
                "05[IKE] <con1|4> no &#x5b; more<br/>",
                "05[IKE] <con1|4> no [ more",
            ),
            ("05[IKE] <b|4> a & b", "05[IKE] <b|4> a & b"),
            ("&unknown; &#0; <x </", "&unknown; &#0; <x </"),
        ] {
            assert_eq!(plain(dressed), expected);
        }
    }
}
