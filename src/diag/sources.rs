//! The texts that were read, under the names their owners know them by.

use std::ops::Range;
use std::sync::Arc;

use super::{Code, Diagnostic, Place, Span};

/// Line and column as people count them: from 1, and in characters.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub struct Position {
    /// Number of the line.
    pub line: usize,
    /// Number of the character in its line.
    pub column: usize,
}

/// Texts, numbered in the order in which they were added, with what must not be shown of them.
#[derive(Clone, Debug, Default)]
pub struct Sources {
    files: Vec<File>,
}

#[derive(Clone, Debug)]
struct File {
    name: String,
    text: Arc<str>,
    /// Where each line begins.
    lines: Vec<usize>,
    secrets: Vec<Range<usize>>,
}

impl Sources {
    /// No texts.
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes a text under the name the user gave for it, and returns its number. A byte order
    /// mark is dropped, as editors do not count it as a column.
    pub fn add(&mut self, name: impl Into<String>, text: &str) -> usize {
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let breaks = text.match_indices('\n').map(|(place, _)| place + 1);
        self.files.push(File {
            name: name.into(),
            text: Arc::from(text),
            lines: std::iter::once(0).chain(breaks).collect(),
            secrets: Vec::new(),
        });
        self.files.len() - 1
    }

    /// Takes the octets of a file that ought to be text, and returns its number.
    ///
    /// Fails on anything but UTF-8 and on NUL characters. The file is numbered all the same, so
    /// that the complaint can name it.
    pub fn add_octets(
        &mut self,
        name: impl Into<String>,
        octets: &[u8],
    ) -> Result<usize, Vec<Diagnostic>> {
        match std::str::from_utf8(octets) {
            Ok(text) => {
                let file = self.add(name, text);
                match self.text(file).find('\0') {
                    None => Ok(file),
                    Some(nul) => Err(vec![nul_character(file, nul)]),
                }
            }
            Err(error) => {
                // What precedes the first wrong octet is kept, to count lines and columns in.
                let valid = &octets[..error.valid_up_to()];
                let text = String::from_utf8_lossy(valid);
                let file = self.add(name, &text);
                Err(vec![not_utf8(file, octets, self.text(file).len())])
            }
        }
    }

    /// The name of a text.
    pub fn name(&self, file: usize) -> &str {
        self.files.get(file).map_or("", |file| &file.name)
    }

    /// A text. It is shared, so that words can borrow from it while [`Self::hide`] is called.
    pub fn text(&self, file: usize) -> Arc<str> {
        self.files
            .get(file)
            .map_or_else(|| Arc::from(""), |file| Arc::clone(&file.text))
    }

    /// Makes the octets of `span` a secret: no rendered line shows them.
    pub fn hide(&mut self, span: &Span) {
        if let Some(file) = self.files.get_mut(span.file) {
            file.secrets.push(span.bytes());
        }
    }

    /// Line and column of the first octet of `span`.
    pub fn start(&self, span: &Span) -> Position {
        self.position(span.file, span.start)
    }

    /// Line and column behind the last octet of `span`.
    pub fn end(&self, span: &Span) -> Position {
        self.position(span.file, span.end)
    }

    fn position(&self, file: usize, offset: usize) -> Position {
        let Some(file) = self.files.get(file) else {
            return Position { line: 1, column: 1 };
        };
        let row = file.row(offset);
        let line = &file.text[file.lines[row]..file.boundary(offset)];
        Position {
            line: row + 1,
            column: line.chars().count() + 1,
        }
    }

    /// The lines from that of `first` to that of `last`, without the last line break, as they may
    /// be shown.
    pub(super) fn window(&self, number: usize, first: usize, last: usize) -> Option<Window<'_>> {
        let file = self.files.get(number)?;
        let (top, bottom) = (file.row(first), file.row(last));
        let start = file.lines[top];
        let after = file.lines.get(bottom + 1);
        let end = after.map_or(file.text.len(), |next| next - 1);
        let end = start + file.text[start..end].trim_end_matches('\r').len();
        Some(Window {
            file,
            start,
            end,
            line: top + 1,
        })
    }
}

/// Some lines of a text.
#[derive(Clone, Copy, Debug)]
pub(super) struct Window<'s> {
    file: &'s File,
    start: usize,
    end: usize,
    /// Number of the first line, from 1.
    pub(super) line: usize,
}

impl Window<'_> {
    /// The lines with every character of a secret masked, and every one replaced that could steer
    /// the terminal (those below U+0080 the renderer replaces). Columns stay right.
    pub(super) fn shown(&self) -> String {
        self.shown_until(self.end)
    }

    /// The octets of `span` in [`Self::shown`]. What lies outside of the lines is cut off.
    pub(super) fn locate(&self, span: &Span) -> Range<usize> {
        let place = |offset| self.shown_until(offset).len();
        let start = place(span.start);
        start..place(span.end).max(start)
    }

    fn shown_until(&self, offset: usize) -> String {
        let hidden = &self.file.secrets;
        let secret = |place: usize| hidden.iter().any(|range| range.contains(&place));
        let end = self.file.boundary(offset.clamp(self.start, self.end));
        let letters = self.file.text[self.start..end].char_indices();
        letters
            .map(|(place, letter)| match letter {
                '\n' | '\r' => letter,
                _ if secret(self.start + place) => '*',
                '\u{80}'..='\u{9f}' => char::REPLACEMENT_CHARACTER,
                _ => letter,
            })
            .collect()
    }
}

impl File {
    /// Index of the line in which `offset` lies.
    fn row(&self, offset: usize) -> usize {
        self.lines.partition_point(|start| *start <= offset) - 1
    }

    /// `offset`, moved back to a character boundary inside the text.
    fn boundary(&self, offset: usize) -> usize {
        let mut offset = offset.min(self.text.len());
        while !self.text.is_char_boundary(offset) {
            offset -= 1;
        }
        offset
    }
}

fn nul_character(file: usize, nul: usize) -> Diagnostic {
    let place = Place::Position(Span::new(file, nul..nul + 1));
    Diagnostic::error(
        Code::NulCharacter,
        place,
        "the file contains a NUL character",
    )
    .help("save the file as text with the encoding UTF-8")
}

fn not_utf8(file: usize, octets: &[u8], valid: usize) -> Diagnostic {
    let marks: [(&[u8], &str); 4] = [
        (b"\xff\xfe\0\0", "UTF-32"),
        (b"\0\0\xfe\xff", "UTF-32"),
        (b"\xff\xfe", "UTF-16"),
        (b"\xfe\xff", "UTF-16"),
    ];
    let marked = marks.iter().find(|(mark, _)| octets.starts_with(mark));
    let help = "save the file as text with the encoding UTF-8";
    match marked {
        Some((_, encoding)) => {
            let message = format!("the file is text in {encoding}, expected UTF-8");
            Diagnostic::error(Code::NotUtf8, Place::File(file), message).help(help)
        }
        None => {
            let place = Place::Position(Span::new(file, valid..valid));
            Diagnostic::error(Code::NotUtf8, place, "the file is not text in UTF-8").help(help)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Position, Sources};
    use crate::diag::{Place, Span};

    #[test]
    fn lines_and_columns_are_counted_from_one_in_characters() {
        let mut sources = Sources::new();
        let file = sources.add("f", "\u{feff}é: x\r\n\tb");
        let at = |start| sources.start(&Span::new(file, start..start));
        let is = |line, column| Position { line, column };
        assert_eq!(at(0), is(1, 1));
        assert_eq!(at(2), is(1, 2), "é is one character");
        assert_eq!(at(7), is(2, 1));
        assert_eq!(at(8), is(2, 2), "a tab is one character");
        assert_eq!(at(9), is(2, 3), "the end of the text has a place");
        assert_eq!(at(99), is(2, 3), "nothing lies behind the end");
    }

    #[test]
    fn secrets_are_masked_and_columns_stay() {
        let mut sources = Sources::new();
        let file = sources.add("f", "one\npsk: hüntér2, x: 1\nthree");
        sources.hide(&Span::new(file, 9..18));
        let window = sources.window(file, 5, 5).unwrap();
        assert_eq!(window.shown(), "psk: *******, x: 1");
        assert_eq!(window.line, 2);
        assert_eq!(window.locate(&Span::new(file, 20..21)), 14..15);
        assert_eq!(window.locate(&Span::new(file, 0..99)), 0..18);
    }

    #[test]
    fn octets_that_are_no_text_are_refused() {
        let refusal = |octets: &[u8]| {
            let mut sources = Sources::new();
            let mut diagnostics = sources.add_octets("f", octets).unwrap_err();
            assert_eq!(diagnostics.len(), 1);
            let diagnostic = diagnostics.remove(0);
            let place = diagnostic.place.span().map(|span| sources.start(span));
            (diagnostic.message, place)
        };
        let at = |line, column| Some(Position { line, column });
        assert_eq!(
            refusal(b"\xff\xfea\0"),
            (
                "the file is text in UTF-16, expected UTF-8".to_owned(),
                None
            )
        );
        assert_eq!(
            refusal(b"a: b\nc: \xfc"),
            ("the file is not text in UTF-8".to_owned(), at(2, 4))
        );
        assert_eq!(
            refusal(b"a\0b\0"),
            ("the file contains a NUL character".to_owned(), at(1, 2))
        );
        let mut sources = Sources::new();
        let file = sources.add_octets("f", "\u{feff}ä".as_bytes()).unwrap();
        assert_eq!(&*sources.text(file), "ä");
    }

    #[test]
    fn a_text_that_was_never_added_is_empty() {
        let sources = Sources::new();
        assert_eq!(sources.name(3), "");
        assert_eq!(&*sources.text(3), "");
        assert_eq!(Place::File(3).span(), None);
        assert_eq!(sources.start(&Span::new(3, 5..6)).line, 1);
    }
}
