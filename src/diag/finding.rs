//! One thing that was found: a diagnostic, what it is about, and whether somebody allowed it.

use super::{Diagnostic, Place, Severity, Span};

/// Something that a reader, a rule or a comparison found.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Finding {
    /// What was found, where, and what helps.
    pub diagnostic: Diagnostic,
    /// Number of the connection that it is about, from 0; `None` if it is about none in particular.
    pub connection: Option<usize>,
    /// Who allows it, and why; `None` if nobody does.
    pub suppressed: Option<Allowance>,
}

/// Who allows a finding, and why.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Allowance {
    /// A comment in the file, with its reason.
    Comment(String),
    /// Who asks, for every file, with the reason if there is one.
    Question(Option<String>),
}

impl Allowance {
    /// The reason.
    pub fn reason(&self) -> &str {
        match self {
            Self::Comment(reason) | Self::Question(Some(reason)) => reason,
            Self::Question(None) => "allowed for every file",
        }
    }

    /// Who allows it, in a word or two.
    pub const fn by(&self) -> &'static str {
        match self {
            Self::Comment(_) => "by a comment",
            Self::Question(_) => "by `allow`",
        }
    }
}

impl From<Diagnostic> for Finding {
    fn from(diagnostic: Diagnostic) -> Self {
        Self {
            diagnostic,
            connection: None,
            suppressed: None,
        }
    }
}

impl Finding {
    /// A finding about the text that was named first.
    pub(crate) fn new(severity: Severity, code: &'static str, message: impl Into<String>) -> Self {
        Diagnostic::new(severity, code, Place::File(0), message).into()
    }

    /// Where it stands, if it stands anywhere in particular.
    pub const fn span(&self) -> Option<&Span> {
        self.diagnostic.place.span()
    }

    /// Whether nobody allows it.
    pub const fn is_open(&self) -> bool {
        self.suppressed.is_none()
    }

    /// Says which connection it is about.
    #[must_use]
    pub(crate) const fn about(mut self, connection: usize) -> Self {
        self.connection = Some(connection);
        self
    }

    /// Says where it stands; `None` is the text as a whole.
    #[must_use]
    pub(crate) fn at(mut self, span: Option<&Span>) -> Self {
        self.diagnostic.place = span.map_or(Place::File(0), Place::from);
        self
    }

    /// Points at a second place, if it is known.
    #[must_use]
    pub(crate) fn with(self, span: Option<&Span>, text: &str) -> Self {
        match span {
            Some(span) => Self {
                diagnostic: self.diagnostic.context(span.clone(), text),
                ..self
            },
            None => self,
        }
    }

    /// Says where we know it from.
    #[must_use]
    pub(crate) fn note(self, text: impl Into<String>) -> Self {
        Self {
            diagnostic: self.diagnostic.note(text),
            ..self
        }
    }

    /// Says what to do.
    #[must_use]
    pub(crate) fn help(self, text: impl Into<String>) -> Self {
        Self {
            diagnostic: self.diagnostic.help(text),
            ..self
        }
    }
}
