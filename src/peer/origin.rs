//! Where a value came from, so that every finding can point at its place.

use std::ops::Range;

/// A place in one of the texts that were read.
///
/// Texts are numbered by [`crate::diag::Sources`], which travels with them.
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

/// How a value came to be.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub enum Origin {
    /// It stands in a file.
    Written(Span),
    /// The product makes it out of several written values, as pfSense multiplies ciphers by hashes.
    Expanded(Vec<Span>),
    /// Nothing is written; the product, a name and version, uses it by default.
    Default(String),
    /// It was given on the command line.
    Argument,
}

impl Origin {
    /// The first place in a file, if there is one.
    pub fn span(&self) -> Option<&Span> {
        match self {
            Self::Written(span) => Some(span),
            Self::Expanded(spans) => spans.first(),
            Self::Default(_) | Self::Argument => None,
        }
    }
}
