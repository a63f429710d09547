//! Octets to text: UTF-8, and the two other encodings in which configurations come.

use std::borrow::Cow;
use std::str::Utf8Error;

/// Why octets are no text.
pub(super) enum Undecodable {
    /// They are not UTF-8.
    Narrow(Utf8Error),
    /// They begin with the mark of this encoding, but do not follow its rules.
    Wide(&'static str),
}

/// The text that the octets stand for, with its byte order mark if that is of UTF-8.
pub(super) fn decode(bytes: &[u8]) -> Result<Cow<'_, str>, Undecodable> {
    if bytes.starts_with(b"\xff\xfe\0\0") || bytes.starts_with(b"\0\0\xfe\xff") {
        return Err(Undecodable::Wide("UTF-32"));
    }
    if let Some(rest) = bytes.strip_prefix(b"\xff\xfe") {
        return utf16(rest, u16::from_le_bytes);
    }
    if let Some(rest) = bytes.strip_prefix(b"\xfe\xff") {
        return utf16(rest, u16::from_be_bytes);
    }
    if let Some(text) = unmarked_utf16(bytes) {
        return Ok(text);
    }
    match std::str::from_utf8(bytes) {
        Ok(text) => Ok(Cow::Borrowed(text)),
        Err(_) if declares_latin1(bytes) => {
            Ok(bytes.iter().map(|octet| char::from(*octet)).collect())
        }
        Err(error) => Err(Undecodable::Narrow(error)),
    }
}

/// The text that the beginning of a file stands for, whatever else may be wrong with it.
pub fn text_of(head: &[u8]) -> Cow<'_, str> {
    decode(head).unwrap_or_else(|_| String::from_utf8_lossy(head))
}

/// How many characters have to be ASCII to take a text without a mark for UTF-16.
const ENOUGH: usize = 16;

/// A text in UTF-16 without a mark: it begins with ASCII, every second octet of which is zero, as
/// nothing does that is text in another encoding.
fn unmarked_utf16(bytes: &[u8]) -> Option<Cow<'_, str>> {
    let (pairs, rest) = bytes.as_chunks::<2>();
    let head = pairs.get(..ENOUGH).filter(|_| rest.is_empty())?;
    let is_ascii = |octet: u8| matches!(octet, b'\t' | b'\n' | b'\r' | b' '..=b'~');
    let unit: fn([u8; 2]) -> u16 = if head.iter().all(|pair| is_ascii(pair[0]) && pair[1] == 0) {
        u16::from_le_bytes
    } else if head.iter().all(|pair| pair[0] == 0 && is_ascii(pair[1])) {
        u16::from_be_bytes
    } else {
        return None;
    };
    utf16(bytes, unit).ok()
}

fn utf16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> Result<Cow<'_, str>, Undecodable> {
    let (pairs, rest) = bytes.as_chunks::<2>();
    let text: Result<String, _> =
        char::decode_utf16(pairs.iter().map(|pair| unit(*pair))).collect();
    match text {
        Ok(text) if rest.is_empty() => Ok(Cow::Owned(text)),
        _ => Err(Undecodable::Wide("UTF-16")),
    }
}

/// Whether an XML declaration names ISO-8859-1, in which every octet is a character.
fn declares_latin1(bytes: &[u8]) -> bool {
    let Some(rest) = bytes.trim_ascii_start().strip_prefix(b"<?xml") else {
        return false;
    };
    let end = rest.windows(2).position(|pair| pair == b"?>");
    let declaration = &rest[..end.unwrap_or_default()];
    let declaration = String::from_utf8_lossy(declaration).to_ascii_lowercase();
    declaration.contains("\"iso-8859-1\"") || declaration.contains("'iso-8859-1'")
}

#[cfg(test)]
mod tests {
    use super::decode;

    #[test]
    fn three_encodings_are_text() {
        for (bytes, text) in [
            (&b"a\xc3\xa4"[..], Some("aä")),
            (b"\xff\xfea\0\xe4\0", Some("aä")),
            (b"\xfe\xff\0a\0\xe4", Some("aä")),
            (b"\xff\xfe\x3d\xd8\x00\xde", Some("\u{1f600}")),
            (
                b"c\0o\0n\0n\0 \0r\0w\0\r\0\n\0 \0a\0u\0t\0o\0=\0\xe4\0",
                None,
            ),
            (
                b"c\0o\0n\0n\0 \0r\0w\0\r\0\n\0 \0a\0u\0t\0o\0=\0a\0\xe4\0",
                Some("conn rw\r\n auto=aä"),
            ),
            (
                b"\0c\0o\0n\0n\0 \0r\0w\0\r\0\n\0 \0a\0u\0t\0o\0=\0a",
                Some("conn rw\r\n auto=a"),
            ),
            (b"\xff\xfe", Some("")),
            (b"\xff\xfe\x3d\xd8", None),
            (b"\xff\xfea\0\xe4", None),
            (b"\xff\xfe\0\0a\0\0\0", None),
            (b"a\xe4", None),
            (
                b"<?xml version='1.0' encoding='ISO-8859-1'?><a>\xe4</a>",
                Some("<?xml version='1.0' encoding='ISO-8859-1'?><a>ä</a>"),
            ),
            (b"<?xml version='1.0' encoding='UTF-8'?><a>\xe4</a>", None),
            (b"<a>\xe4</a> iso-8859-1", None),
        ] {
            assert_eq!(decode(bytes).ok().as_deref(), text);
        }
    }
}
