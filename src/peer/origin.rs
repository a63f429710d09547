//! Where a value came from, so that every finding can point at its place.

pub use crate::diag::Span;

/// A value and where it stands.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub struct Spanned<T> {
    /// What is written.
    pub value: T,
    /// Where it stands in the file.
    pub span: Span,
}

/// How a value came to be.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub enum Origin {
    /// It stands in a file.
    Written(Span),
    /// The product makes it out of several written values, as pfSense multiplies ciphers by hashes.
    Expanded(Vec<Span>),
    /// It comes out of a word for the product's own list, such as `default`.
    DefaultWord(Span),
    /// Nothing is written; the product, a name and version, uses it by default.
    Default(String),
    /// It was given on the command line.
    Argument,
}

impl Origin {
    /// The first place in a file, if there is one.
    pub fn span(&self) -> Option<&Span> {
        match self {
            Self::Written(span) | Self::DefaultWord(span) => Some(span),
            Self::Expanded(spans) => spans.first(),
            Self::Default(_) | Self::Argument => None,
        }
    }
}
