//! A place in a text.

use std::ops::Range;

/// A place in one of the texts that were read.
///
/// Texts are numbered by [`super::Sources`], which travels with them.
#[derive(Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct Span {
    /// Number of the text.
    pub file: usize,
    /// Octets of the text, start included, end excluded, on character boundaries.
    pub start: usize,
    /// See `start`.
    pub end: usize,
}

impl Span {
    /// The octets `bytes` of the text numbered `file`.
    pub const fn new(file: usize, bytes: Range<usize>) -> Self {
        Self {
            file,
            start: bytes.start,
            end: bytes.end,
        }
    }

    /// The octets as a range.
    pub const fn bytes(&self) -> Range<usize> {
        self.start..self.end
    }
}
