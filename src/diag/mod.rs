//! Complaints that point at a place in the user's text, and the texts they point into.
//!
//! A [`Diagnostic`] is a value: nothing is printed here, [`Sources::render`] returns text. Every
//! layer has a `Code` enum of its own, whose variant comments are the user's documentation; a
//! diagnostic carries only the code's name.

mod code;
mod encoding;
mod excerpt;
mod finding;
mod list;
mod ranges;
mod render;
mod sources;
mod span;
mod steering;
mod suggest;
mod tone;

use strum::{Display, EnumIter, EnumString, IntoStaticStr, VariantNames};

pub(crate) use code::SourceCode;
pub use encoding::text_of;
pub(crate) use excerpt::Excerpt;
pub use finding::{Allowance, Finding};
pub use list::{and_list, or_list};
pub use render::Style;
pub use sources::{Position, Sources};
pub use span::Span;
pub(crate) use steering::is_steering;
pub use suggest::{any_of, is_slip, nearest, quoted, quoted_or, shell_file, shell_word};
pub use tone::{Tone, shown};

/// How bad it is. The worst comes last, so that `max` finds it.
#[derive(
    Clone,
    Copy,
    Debug,
    Display,
    EnumIter,
    EnumString,
    Eq,
    Hash,
    IntoStaticStr,
    Ord,
    PartialEq,
    PartialOrd,
    VariantNames,
)]
#[strum(serialize_all = "lowercase")]
pub enum Severity {
    /// Good to know, such as a default that was assumed.
    Note,
    /// The input was read, but perhaps not as it was meant.
    Warning,
    /// The input cannot be used.
    Error,
}

impl Severity {
    /// What it means for who reads it.
    pub const fn tone(self) -> Tone {
        match self {
            Self::Note => Tone::Neutral,
            Self::Warning => Tone::Doubtful,
            Self::Error => Tone::Bad,
        }
    }
}

/// What a diagnostic points at.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Place {
    /// No text: a word of the question itself, or a file that is no text.
    Nowhere,
    /// A text as a whole, by its number.
    File(usize),
    /// A place that is named by line and column, but whose line is not shown: the text could not
    /// be split into words, so nobody knows which of them are secret.
    Position(Span),
    /// A place that is shown with its line.
    Text(Span),
}

impl Place {
    /// The place in octets, unless it is a whole text.
    pub const fn span(&self) -> Option<&Span> {
        match self {
            Self::Nowhere | Self::File(_) => None,
            Self::Position(span) | Self::Text(span) => Some(span),
        }
    }

    /// Number of the text.
    pub(crate) const fn file(&self) -> Option<usize> {
        match self {
            Self::Nowhere => None,
            Self::File(file) => Some(*file),
            Self::Position(span) | Self::Text(span) => Some(span.file),
        }
    }
}

impl From<Span> for Place {
    fn from(span: Span) -> Self {
        Self::Text(span)
    }
}

impl From<&Span> for Place {
    fn from(span: &Span) -> Self {
        Self::Text(span.clone())
    }
}

/// A second place that belongs to a diagnostic.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Label {
    /// Where in the text it is.
    pub span: Span,
    /// Why it matters.
    pub text: String,
}

/// One complaint about one place.
///
/// Messages are lower case without full stop, name the thing in backticks as the user wrote it
/// (see [`quoted`]), and say what was found and what was expected. A help line is an action.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Diagnostic {
    /// How bad it is.
    pub severity: Severity,
    /// Stable name, in kebab case: a variant of some layer's `Code`.
    pub code: &'static str,
    /// What is wrong, in one line.
    pub message: String,
    /// Where in the text it is.
    pub place: Place,
    /// A remark under the carets.
    pub label: Option<String>,
    /// Other places that matter.
    pub context: Vec<Label>,
    /// Where we know it from.
    pub notes: Vec<String>,
    /// What to do.
    pub help: Option<String>,
}

impl Diagnostic {
    /// A complaint of the given severity.
    pub fn new(
        severity: Severity,
        code: impl Into<&'static str>,
        place: impl Into<Place>,
        message: impl Into<String>,
    ) -> Self {
        Self {
            severity,
            code: code.into(),
            message: message.into(),
            place: place.into(),
            label: None,
            context: Vec::new(),
            notes: Vec::new(),
            help: None,
        }
    }

    /// An error.
    pub fn error(
        code: impl Into<&'static str>,
        place: impl Into<Place>,
        message: impl Into<String>,
    ) -> Self {
        Self::new(Severity::Error, code, place, message)
    }

    /// A warning.
    pub(crate) fn warning(
        code: impl Into<&'static str>,
        place: impl Into<Place>,
        message: impl Into<String>,
    ) -> Self {
        Self::new(Severity::Warning, code, place, message)
    }

    /// Puts a remark under the carets.
    #[must_use]
    pub(crate) fn label(mut self, text: impl Into<String>) -> Self {
        self.label = Some(text.into());
        self
    }

    /// Points at a second place.
    #[must_use]
    pub(crate) fn context(mut self, span: Span, text: impl Into<String>) -> Self {
        let text = text.into();
        self.context.push(Label { span, text });
        self
    }

    /// Says where we know it from.
    #[must_use]
    pub fn note(mut self, text: impl Into<String>) -> Self {
        self.notes.push(text.into());
        self
    }

    /// Says what to do.
    #[must_use]
    pub(crate) fn help(mut self, text: impl Into<String>) -> Self {
        self.help = Some(text.into());
        self
    }

    /// Says what to do, if there is something.
    #[must_use]
    pub fn maybe_help(mut self, text: Option<String>) -> Self {
        self.help = text.or(self.help);
        self
    }
}

/// Brings diagnostics into the order of their places, so that output follows the file.
pub fn sort(diagnostics: &mut [Diagnostic]) {
    diagnostics.sort_by_key(|d| (d.place.file(), d.place.span().map(|span| span.start)));
}

/// How many errors and warnings there are, as a closing line: `2 errors, 1 warning`.
/// `None` if there is neither.
pub fn count(diagnostics: &[Diagnostic]) -> Option<String> {
    let of = |severity: Severity| {
        let count = diagnostics
            .iter()
            .filter(|d| d.severity == severity)
            .count();
        let plural = if count == 1 { "" } else { "s" };
        (count > 0).then(|| format!("{count} {severity}{plural}"))
    };
    let parts: Vec<_> = [Severity::Error, Severity::Warning]
        .into_iter()
        .filter_map(of)
        .collect();
    (!parts.is_empty()).then(|| parts.join(", "))
}

#[cfg(test)]
mod tests {
    use super::{Diagnostic, Place, Severity, Span, count, sort};

    fn at(severity: Severity, start: usize) -> Diagnostic {
        Diagnostic::new(severity, "code", Span::new(0, start..start), "message")
    }

    #[test]
    fn counts_are_numbered_correctly() {
        let (error, warning) = (at(Severity::Error, 0), at(Severity::Warning, 0));
        let count = |list: &[&Diagnostic]| {
            count(&list.iter().copied().cloned().collect::<Vec<_>>()).unwrap_or_default()
        };
        assert_eq!(count(&[&error]), "1 error");
        assert_eq!(count(&[&warning, &error, &error]), "2 errors, 1 warning");
        assert_eq!(count(&[&at(Severity::Note, 0)]), "");
    }

    #[test]
    fn sorting_follows_the_text_and_puts_the_whole_file_first() {
        let mut list = [at(Severity::Error, 7), at(Severity::Warning, 3)];
        sort(&mut list);
        assert_eq!(list[0].severity, Severity::Warning);
        let mut list = [
            at(Severity::Error, 0),
            Diagnostic::error("code", Place::File(0), "message"),
        ];
        sort(&mut list);
        assert_eq!(list[0].place, Place::File(0));
    }
}
