//! A text that stands inside of another one, and where: a here-string of a script, an escaped
//! element, a block of a document.

use std::ops::Range;

/// A text in the making, taken out of another one piece by piece.
#[derive(Clone, Debug, Default)]
pub(crate) struct Excerpt {
    text: String,
    pieces: Vec<Piece>,
}

/// A part of an excerpt.
#[derive(Clone, Debug)]
struct Piece {
    /// Where it begins in the excerpt; it ends where the next one begins.
    start: usize,
    /// What it stands for in the outer text.
    outer: Range<usize>,
    /// It is written there octet by octet.
    is_verbatim: bool,
}

impl Excerpt {
    /// Nothing yet.
    pub(crate) fn new() -> Self {
        Self::default()
    }

    /// A part of the outer text as it stands there.
    pub(crate) fn of(outer: &str, range: Range<usize>) -> Self {
        let mut excerpt = Self::new();
        excerpt.push(outer, range);
        excerpt
    }

    /// Adds a part of the outer text as it stands there.
    pub(crate) fn push(&mut self, outer: &str, range: Range<usize>) {
        let Some(part) = outer.get(range.clone()).filter(|part| !part.is_empty()) else {
            return;
        };
        match self.pieces.last_mut() {
            Some(last) if last.is_verbatim && last.outer.end == range.start => {
                last.outer.end = range.end;
            }
            _ => self.pieces.push(Piece {
                start: self.text.len(),
                outer: range,
                is_verbatim: true,
            }),
        }
        self.text.push_str(part);
    }

    /// Adds what the octets at `range` of the outer text stand for.
    pub(crate) fn push_as(&mut self, meaning: &str, range: Range<usize>) {
        if !meaning.is_empty() {
            self.pieces.push(Piece {
                start: self.text.len(),
                outer: range,
                is_verbatim: false,
            });
            self.text.push_str(meaning);
        }
    }

    /// Adds all of another one, which was taken out of the same text.
    pub(crate) fn append(&mut self, other: Self) {
        let before = self.text.len();
        self.text.push_str(&other.text);
        self.pieces
            .extend(other.pieces.into_iter().map(|piece| Piece {
                start: piece.start + before,
                ..piece
            }));
    }

    /// The text so far.
    pub(crate) fn text(&self) -> &str {
        &self.text
    }

    /// The place in the outer text of what stands at `range`.
    pub(super) fn outer(&self, range: Range<usize>) -> Range<usize> {
        let start = self.octet(range.start).start;
        if range.is_empty() {
            return start..start;
        }
        start..self.octet(range.end - 1).end.max(start)
    }

    /// What one octet of the text stands for; behind the end, the end.
    fn octet(&self, at: usize) -> Range<usize> {
        let next = self.pieces.partition_point(|piece| piece.start <= at);
        let Some(piece) = next.checked_sub(1).and_then(|it| self.pieces.get(it)) else {
            return 0..0;
        };
        if !piece.is_verbatim {
            return piece.outer.clone();
        }
        let start = (piece.outer.start + (at - piece.start)).min(piece.outer.end);
        start..(start + 1).min(piece.outer.end)
    }
}

#[cfg(test)]
mod tests {
    use super::Excerpt;

    #[test]
    fn what_an_excerpt_holds_has_its_place_in_the_outer_text() {
        let outer = "x = '&lt;a&gt;b' + '<c>'";
        let mut excerpt = Excerpt::new();
        excerpt.push_as("<", 5..9);
        excerpt.push(outer, 9..10);
        excerpt.push_as(">", 10..14);
        excerpt.push(outer, 14..15);
        excerpt.push(outer, 20..23);
        assert_eq!(excerpt.text(), "<a>b<c>");
        for (inner, place) in [
            (0..1, "&lt;"),
            (0..3, "&lt;a&gt;"),
            (3..4, "b"),
            (4..7, "<c>"),
            (5..6, "c"),
            (3..5, "b' + '<"),
            (7..7, ""),
        ] {
            assert_eq!(&outer[excerpt.outer(inner.clone())], place, "{inner:?}");
        }
        assert_eq!(Excerpt::new().outer(3..4), 0..0);
    }
}
