//! The texts that were read, under the names their owners know them by.

#[cfg(test)]
mod tests;

use std::ops::Range;
use std::sync::Arc;

use super::ranges::Ranges;
use super::steering::is_steering;
use super::{Diagnostic, Excerpt, Place, SourceCode, Span, encoding};

/// Line and column as people count them: from 1, and in characters.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub struct Position {
    /// Number of the line.
    pub line: usize,
    /// Number of the character in its line.
    pub column: usize,
}

/// Texts, numbered in the order in which they were added, with what may be shown of them.
///
/// Of a text nothing is shown but what a reader has recognised as harmless and named by
/// `Self::show`: its keys, names, addresses and algorithms. Everything else may be a secret,
/// wherever it stands and whatever it is called, and is masked.
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
    /// What may be shown.
    shown: Ranges,
    /// Whether a byte order mark was dropped.
    marked: bool,
    /// The text that it was taken out of, by its number, and where it stands in it.
    inside: Option<(usize, Excerpt)>,
}

impl Sources {
    /// No texts.
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes a text under the name the user gave for it, and returns its number. A byte order
    /// mark is dropped, as editors do not count it as a column.
    pub fn add(&mut self, name: impl Into<String>, text: &str) -> usize {
        let (marked, text) = match text.strip_prefix('\u{feff}') {
            Some(rest) => (true, rest),
            None => (false, text),
        };
        let breaks = text.match_indices('\n').map(|(place, _)| place + 1);
        self.files.push(File {
            name: name.into(),
            text: Arc::from(text),
            lines: std::iter::once(0).chain(breaks).collect(),
            shown: Ranges::default(),
            marked,
            inside: None,
        });
        self.files.len() - 1
    }

    /// Takes a text that stands inside of the text numbered `outer`, and returns its number. Its
    /// name, its places and its lines are those of the outer text, and what is shown of it is
    /// shown there.
    pub(crate) fn add_excerpt(&mut self, outer: usize, excerpt: Excerpt) -> usize {
        let number = self.add(self.name(outer).to_owned(), excerpt.text());
        if let Some(file) = self.files.get_mut(number) {
            file.inside = Some((outer, excerpt));
        }
        number
    }

    /// The same place in the text that is a file of its own.
    fn outermost(&self, span: &Span) -> Span {
        let mut span = span.clone();
        while let Some((outer, excerpt)) =
            self.files.get(span.file).and_then(|it| it.inside.as_ref())
        {
            span = Span::new(*outer, excerpt.outer(span.bytes()));
        }
        span
    }

    /// Takes the octets of a file that ought to be text, and returns its number.
    ///
    /// Text is UTF-8, or UTF-16 with a byte order mark, as Windows PowerShell writes it, or
    /// ISO-8859-1 where an XML declaration says so. Fails on anything else and on NUL characters.
    /// The file is numbered all the same, so that the complaint can name it.
    pub fn add_octets(
        &mut self,
        name: impl Into<String>,
        bytes: &[u8],
    ) -> Result<usize, Vec<Diagnostic>> {
        let decoded = match encoding::decode(bytes) {
            Ok(text) => Ok(text),
            Err(encoding::Undecodable::Wide(encoding)) => {
                let file = self.add(name, "");
                return Err(vec![broken_wide(file, encoding)]);
            }
            Err(encoding::Undecodable::Narrow(error)) => Err(error),
        };
        match decoded {
            Ok(text) => {
                let file = self.add(name, &text);
                match self.text(file).find('\0') {
                    None => Ok(file),
                    Some(nul) => Err(vec![nul_character(file, nul)]),
                }
            }
            Err(error) => {
                // What precedes the first wrong octet is kept, to count lines and columns in.
                let valid = &bytes[..error.valid_up_to()];
                let text = String::from_utf8_lossy(valid);
                let file = self.add(name, &text);
                Err(vec![not_utf8(file, self.text(file).len())])
            }
        }
    }

    /// How many texts there are; they are numbered from 0.
    pub const fn count(&self) -> usize {
        self.files.len()
    }

    /// The name of a text.
    pub fn name(&self, file: usize) -> &str {
        self.files.get(file).map_or("", |file| &file.name)
    }

    /// A text. It is shared, so that words can borrow from it while `Self::show` is called.
    pub fn text(&self, file: usize) -> Arc<str> {
        self.files
            .get(file)
            .map_or_else(|| Arc::from(""), |file| Arc::clone(&file.text))
    }

    /// Whether the text began with a byte order mark, which some programs take for a letter.
    pub(crate) fn had_byte_order_mark(&self, file: usize) -> bool {
        self.files.get(file).is_some_and(|file| file.marked)
    }

    /// Says that the octets of `span` are harmless: lines show them.
    pub(crate) fn show(&mut self, span: &Span) {
        let span = self.outermost(span);
        if let Some(file) = self.files.get_mut(span.file) {
            file.shown.add(span.bytes());
        }
    }

    /// Says that the word at `span` is harmless, and with it the one sign behind it, `=`, `:` or
    /// `{`, that makes it a key or the name of a section.
    pub(crate) fn show_key(&mut self, span: &Span) {
        let Some(file) = self.files.get(span.file) else {
            return;
        };
        let behind = file.text.get(span.end..).unwrap_or_default();
        let sign = behind.trim_start_matches([' ', '\t']);
        let blanks = behind.len() - sign.len();
        let end = if sign.starts_with(['=', ':', '{', ']']) {
            span.end + blanks + 1
        } else {
            span.end
        };
        self.show(&Span::new(span.file, span.start..end));
    }

    /// The octet at a line and column, or the end of the text behind it.
    pub(crate) fn offset(&self, file: usize, position: Position) -> usize {
        let Some(file) = self.files.get(file) else {
            return 0;
        };
        let Some(start) = file.lines.get(position.line.saturating_sub(1)) else {
            return file.text.len();
        };
        let mut letters = file.text[*start..].char_indices();
        let column = letters.nth(position.column.saturating_sub(1));
        column.map_or(file.text.len(), |(place, _)| start + place)
    }

    /// A whole text as it may be shown.
    #[cfg(test)]
    pub(crate) fn shown(&self, file: usize) -> String {
        let window = self.window(file, 0, self.text(file).len());
        window.map_or_else(String::new, |window| window.shown())
    }

    /// Line and column of the first octet of `span`.
    pub fn start(&self, span: &Span) -> Position {
        let span = self.outermost(span);
        self.position(span.file, span.start)
    }

    /// Line and column behind the last octet of `span`.
    pub(crate) fn end(&self, span: &Span) -> Position {
        let span = self.outermost(span);
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
        let outer = |offset: usize| self.outermost(&Span::new(number, offset..offset));
        let (first, last) = (outer(first), outer(last));
        let file = self.files.get(first.file)?;
        let (top, bottom) = (file.row(first.start), file.row(last.start));
        let start = file.lines[top];
        let after = file.lines.get(bottom + 1);
        let end = after.map_or(file.text.len(), |next| next - 1);
        let end = start + file.text[start..end].trim_end_matches('\r').len();
        Some(Window {
            sources: self,
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
    sources: &'s Sources,
    file: &'s File,
    start: usize,
    end: usize,
    /// Number of the first line, from 1.
    pub(super) line: usize,
}

impl Window<'_> {
    /// How many octets it has.
    pub(super) const fn len(&self) -> usize {
        self.end - self.start
    }

    /// The lines with every character masked that nobody said to be harmless, and every one
    /// replaced that could steer the terminal. Columns stay right.
    pub(super) fn shown(&self) -> String {
        let text = &self.file.text[self.start..self.end];
        let mut out = String::with_capacity(text.len());
        let mut start = self.start;
        for line in text.split_inclusive('\n') {
            self.file.show_line(start, line, &mut out);
            start += line.len();
        }
        out
    }

    /// The octets of `span` in `shown`, which [`Self::shown`] gave. What lies outside of the lines
    /// is cut off.
    pub(super) fn locate(&self, span: &Span, shown: &str) -> Range<usize> {
        let span = self.sources.outermost(span);
        let place = |offset: usize| {
            let end = self.file.boundary(offset.clamp(self.start, self.end));
            let letters = self.file.text[self.start..end].chars().count();
            let place = shown.char_indices().nth(letters);
            place.map_or(shown.len(), |(place, _)| place)
        };
        let start = place(span.start);
        start..place(span.end).max(start)
    }
}

/// Longest run of signs between harmless words that is shown with them, as in `, ` and ` = "`.
const LONGEST_SIGNS: usize = 4;

impl File {
    /// Adds the line at `start` to `out` as it may be shown.
    fn show_line(&self, start: usize, line: &str, out: &mut String) {
        let mut rest = line;
        while !rest.is_empty() {
            let at = start + line.len() - rest.len();
            let shown = self.shown.contains(at);
            let same = |(place, _): &(usize, char)| self.shown.contains(at + place) == shown;
            let end = rest.char_indices().find(|it| !same(it));
            let (run, after) = rest.split_at(end.map_or(rest.len(), |(place, _)| place));
            let mut letters = run.chars().filter(|c| !c.is_ascii_whitespace());
            let few = letters.clone().count() <= LONGEST_SIGNS;
            let signs = !shown && few && letters.all(|c| c.is_ascii_punctuation());
            out.extend(run.chars().map(|letter| match letter {
                '\n' | '\r' | '\t' | ' ' => letter,
                _ if !shown && !signs => '*',
                _ if is_steering(letter) => char::REPLACEMENT_CHARACTER,
                _ => letter,
            }));
            rest = after;
        }
    }

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
        SourceCode::NulCharacter,
        place,
        "the file contains a NUL character",
    )
    .help("save the file as text with the encoding UTF-8")
}

fn broken_wide(file: usize, encoding: &str) -> Diagnostic {
    let message = format!("the file begins as text in {encoding}, but is none");
    Diagnostic::error(SourceCode::NotUtf8, Place::File(file), message)
        .help("save the file as text with the encoding UTF-8")
}

fn not_utf8(file: usize, valid: usize) -> Diagnostic {
    let place = Place::Position(Span::new(file, valid..valid));
    Diagnostic::error(SourceCode::NotUtf8, place, "the file is not text in UTF-8")
        .help("save the file as text with the encoding UTF-8")
}
