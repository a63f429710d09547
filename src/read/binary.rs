//! Configuration profiles that are not text: signed ones, and property lists in binary form.

use std::borrow::Cow;

use super::ReadCode;
use crate::diag::{Diagnostic, Place, Sources};

/// Takes the octets of a configuration into `sources`, and returns the number of the text.
///
/// Of a signed configuration profile it is the profile inside; whether the signature is good is not
/// looked at. Fails as [`Sources::add_octets`] does, or with what to do about a binary file.
pub(crate) fn add(
    sources: &mut Sources,
    name: &str,
    bytes: &[u8],
) -> Result<usize, Vec<Diagnostic>> {
    let text = if is_signed(bytes) {
        payload(bytes).map_or(Cow::Borrowed(bytes), Cow::Borrowed)
    } else {
        Cow::Borrowed(bytes)
    };
    sources.add_octets(name, &text).map_err(|diagnostics| {
        let file = diagnostics
            .first()
            .and_then(|it| it.place.file())
            .unwrap_or(0);
        match binary(bytes, file) {
            Some(diagnostic) => vec![diagnostic],
            None => diagnostics,
        }
    })
}

/// Whether the octets begin as a sequence of ASN.1 with the identifier of signed data: CMS, RFC
/// 5652, section 5.
fn is_signed(bytes: &[u8]) -> bool {
    const SIGNED_DATA: &[u8] = b"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02";
    let start = &bytes[..bytes.len().min(32)];
    let holds = start
        .windows(SIGNED_DATA.len())
        .any(|part| part == SIGNED_DATA);
    start.first() == Some(&0x30) && holds
}

/// The property list inside of signed data, if it stands there in one piece.
fn payload(bytes: &[u8]) -> Option<&[u8]> {
    let start = memchr::memmem::find(bytes, b"<?xml")?;
    let last = b"</plist>";
    let end = memchr::memmem::rfind(bytes, last)? + last.len();
    let inside = bytes.get(start..end)?;
    let text = std::str::from_utf8(inside).ok()?;
    // Pieces have headers between them, which hold lengths.
    let broken = |letter: char| letter.is_control() && !"\t\r\n".contains(letter);
    (!text.contains(broken)).then_some(inside)
}

fn binary(bytes: &[u8], file: usize) -> Option<Diagnostic> {
    let (message, help) = if bytes.starts_with(b"bplist") {
        (
            "the file is a property list in binary form",
            "convert it: `plutil -convert xml1 FILE`, or `plistutil -i FILE -o OTHER`",
        )
    } else if is_signed(bytes) {
        (
            "the file is a signed configuration profile",
            "take the profile out: `openssl smime -verify -noverify -inform DER -in FILE -out OTHER`",
        )
    } else {
        return None;
    };
    Some(Diagnostic::error(ReadCode::BinaryFile, Place::File(file), message).help(help))
}

#[cfg(test)]
mod tests {
    use super::add;
    use crate::diag::Sources;

    #[test]
    fn the_profile_inside_of_a_signature_is_taken_out_if_it_is_in_one_piece() {
        let head = b"0\x80\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02\xa0\x80\x04\x1f";
        let list = b"<?xml version=\"1.0\"?><plist/><plist></plist>";
        let whole = [&head[..], &list[..], b"\0\0\xff"].concat();
        let mut sources = Sources::new();
        let file = add(&mut sources, "f", &whole).unwrap();
        assert_eq!(sources.text(file).as_bytes(), list);
        let pieces = [&head[..], &list[..9], b"\x04\x82\x03\xe8", &list[9..]].concat();
        let refused = add(&mut sources, "f", &pieces).unwrap_err();
        assert_eq!(refused[0].code, "binary-file");
        assert!(refused[0].help.as_ref().unwrap().contains("openssl smime"));
        let refused = add(&mut sources, "f", b"bplist00\xd1\0").unwrap_err();
        assert!(refused[0].help.as_ref().unwrap().contains("plutil"));
        let refused = add(&mut sources, "f", b"a\xe4").unwrap_err();
        assert_eq!(refused[0].code, "not-utf8");
    }
}
