//! JSON with the place of every value.

use std::borrow::Cow;

use indexmap::IndexMap;
use serde_json::value::RawValue;

use super::ReadCode;
use crate::diag::{Diagnostic, Place, Position, Sources, Span};
use crate::peer::server::Spanned;

/// The members of an object, as they stand in the text.
pub(super) type Object<'t> = IndexMap<Cow<'t, str>, &'t RawValue>;

/// What is wrong with a text that is no JSON of the kind that was expected. serde's own words would
/// repeat what stands there, secrets included.
pub(super) fn malformed(
    sources: &Sources,
    file: usize,
    text: &str,
    error: &serde_json::Error,
) -> Diagnostic {
    let position = Position {
        line: error.line().max(1),
        column: error.column().max(1),
    };
    let (offset, message) = if error.is_eof() {
        (text.len(), "the file ends in the middle")
    } else if error.is_data() {
        (0, "the file is no JSON object")
    } else {
        (
            sources.offset(file, position),
            "the file is not JSON from here on",
        )
    };
    let place = Place::Position(Span::new(file, offset..offset));
    Diagnostic::error(ReadCode::SyntaxError, place, message)
}

/// A text in JSON.
#[derive(Clone, Copy)]
pub(super) struct Json<'t> {
    pub(super) text: &'t str,
    pub(super) file: usize,
}

impl<'t> Json<'t> {
    /// The place of a part of the text.
    pub(super) fn span(self, part: &str) -> Span {
        let start = part.as_ptr().addr() - self.text.as_ptr().addr();
        Span::new(self.file, start..start + part.len())
    }

    /// The object under a key.
    pub(super) fn object(self, object: &Object<'t>, key: &str) -> Option<Object<'t>> {
        serde_json::from_str(object.get(key)?.get()).ok()
    }

    /// The text under a key, unless it is empty, which counts as absent.
    pub(super) fn string(self, object: &Object<'t>, key: &str) -> Option<Spanned<String>> {
        let raw = object.get(key)?.get();
        let value: String = serde_json::from_str(raw).ok()?;
        let span = self.span(raw);
        let inner = Span::new(self.file, span.start + 1..span.end.saturating_sub(1));
        (!value.is_empty()).then_some(Spanned { value, span: inner })
    }

    /// Shows those keys of an object that are `keys`, and their texts where `is_harmless` holds.
    pub(super) fn show(
        self,
        sources: &mut Sources,
        object: &Object<'_>,
        keys: &[&str],
        is_harmless: impl Fn(&str, &str) -> bool,
    ) {
        for (key, value) in object {
            if !keys.contains(&&**key) {
                continue;
            }
            let place = self.span(value.get());
            let before = self.text.get(..place.start).unwrap_or_default().trim_end();
            let before = before.strip_suffix(':').unwrap_or(before).trim_end();
            let quoted = format!("\"{key}\"");
            if before.ends_with(&quoted) {
                let start = before.len() - quoted.len();
                sources.show_key(&Span::new(self.file, start..before.len()));
            }
            let text: Option<String> = serde_json::from_str(value.get()).ok();
            if text.is_some_and(|text| is_harmless(key, &text)) {
                sources.show(&place);
            }
        }
    }
}
