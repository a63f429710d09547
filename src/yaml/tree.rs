//! The tree that a YAML text becomes.

use std::borrow::Cow;
use std::fmt::{self, Display, Formatter};
use std::ops::{Deref, Range};

use crate::diag::Span;

/// What other programs would take an unquoted word for. A reader that needs text can insist on
/// quotation marks, so that no other program reads `10.10` as a number.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Form {
    /// `true` or `false`.
    Boolean,
    /// A number; the word keeps its spelling.
    Number,
    /// Everything else, and everything quoted.
    Text,
}

/// A scalar: its text and its place.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Word<'a> {
    /// The text, quotation marks and escapes removed.
    pub text: Cow<'a, str>,
    /// Where it stands, or the key before it where the text does not hold the word literally
    /// (escapes, block scalars, quoted words that span lines).
    pub span: Span,
    /// What it looks like.
    pub form: Form,
}

impl<'a> Word<'a> {
    pub(super) const fn exact(text: &'a str, span: Span, form: Form) -> Self {
        Self {
            text: Cow::Borrowed(text),
            span,
            form,
        }
    }

    pub(super) fn rewritten(text: &str, fallback: Span, form: Form) -> Self {
        Self {
            text: Cow::Owned(text.to_owned()),
            span: fallback,
            form,
        }
    }

    /// The place of a part of the word, or of the whole word where parts have none.
    pub(crate) fn part(&self, bytes: Range<usize>) -> Span {
        match self.text {
            Cow::Borrowed(_) => {
                let start = self.span.start;
                Span::new(self.span.file, start + bytes.start..start + bytes.end)
            }
            Cow::Owned(_) => self.span.clone(),
        }
    }

    pub(super) const fn is_exact(&self) -> bool {
        matches!(self.text, Cow::Borrowed(_))
    }
}

impl Deref for Word<'_> {
    type Target = str;

    fn deref(&self) -> &str {
        &self.text
    }
}

impl Display for Word<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// A key and its value.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Entry<'a> {
    /// The key.
    pub key: Word<'a>,
    /// The value.
    pub value: Node<'a>,
}

/// What a node is.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) enum Kind<'a> {
    /// Nothing, or `null`, or `~`.
    Null,
    /// A scalar.
    Word(Word<'a>),
    /// A list.
    List(Vec<Node<'a>>),
    /// A mapping, in the order of the text, duplicates included.
    Map(Vec<Entry<'a>>),
}

/// A value with its place.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Node<'a> {
    /// What it is.
    pub kind: Kind<'a>,
    /// Where it stands: the word, or the first word inside, or the key before it.
    pub place: Span,
}

impl<'a> Node<'a> {
    pub(super) const fn nothing(place: Span) -> Self {
        Self {
            kind: Kind::Null,
            place,
        }
    }

    /// What a user calls it: "a list", "nothing".
    pub(crate) const fn noun(&self) -> &'static str {
        match &self.kind {
            Kind::Null => "nothing",
            Kind::Word(word) => match word.form {
                Form::Boolean => "a truth value",
                Form::Number => "a number",
                Form::Text => "a word",
            },
            Kind::List(_) => "a list",
            Kind::Map(_) => "a mapping",
        }
    }

    /// The scalar, if it is one.
    pub(crate) const fn as_word(&self) -> Option<&Word<'a>> {
        match &self.kind {
            Kind::Word(word) => Some(word),
            Kind::Null | Kind::List(_) | Kind::Map(_) => None,
        }
    }

    /// Everything from its first word to its last, as far as words have places.
    pub(crate) fn extent(&self) -> Span {
        let mut extent = self.place.clone();
        self.visit(&mut |word| {
            // What an alias repeats stands elsewhere.
            if word.is_exact() && word.span.start >= extent.start {
                extent.end = extent.end.max(word.span.end);
            }
        });
        extent
    }

    fn visit<'n>(&'n self, seen: &mut impl FnMut(&'n Word<'a>)) {
        match &self.kind {
            Kind::Null => {}
            Kind::Word(word) => seen(word),
            Kind::List(items) => items.iter().for_each(|item| item.visit(seen)),
            Kind::Map(entries) => {
                for entry in entries {
                    seen(&entry.key);
                    entry.value.visit(seen);
                }
            }
        }
    }
}
