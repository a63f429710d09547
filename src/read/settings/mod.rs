//! The syntax of `strongswan.conf` and `swanctl.conf`: sections, settings, references, includes.
//!
//! [`parse`] reads a text as strongSwan's settings parser does (`settings_lexer.l`,
//! `settings_parser.y`) and keeps the place of every value. [`View`] resolves references the way
//! `settings.c` does. What the names mean is the business of whoever asks.

pub(super) mod include;
mod lexer;
mod parser;
#[cfg(test)]
mod tests;
mod value;
mod view;

use indexmap::IndexMap;

use crate::diag::Span;

pub(super) use include::Included;
pub(super) use parser::{Parsed, Vocabulary, parse};
pub(super) use value::Value;
pub(super) use view::View;

/// A section with what it holds, merged from all places where it is opened.
#[derive(Clone, Debug, Default)]
pub(super) struct Section {
    /// The places of its name, one for each time it is opened.
    pub(super) places: Vec<Span>,
    /// Sections in it, in the order of their first appearance; in boxes, since a table has room for twice as many.
    pub(super) sections: IndexMap<String, Box<Self>>,
    /// Settings in it, in the order of their first appearance.
    pub(super) settings: IndexMap<String, Setting>,
    /// Absolute names of the sections from which it inherits.
    pub(super) references: Vec<Reference>,
    /// Keys whose values the file does not say, each with its place; [`WHOLE`] if it does not say the section. Files
    /// of swanctl say everything, those of which other products make one may not.
    pub(super) unknown: Vec<(String, Span)>,
}

/// What stands in [`Section::unknown`] for all keys of the section.
pub(super) const WHOLE: &str = "";

impl Section {
    /// The section `name` in this one, opened at `place`.
    pub(super) fn open(&mut self, name: &str, place: &Span) -> &mut Self {
        let section = self.sections.entry(name.to_owned()).or_default();
        section.places.push(place.clone());
        section
    }

    /// Says of a key, which stands at `place`, that its value is not known.
    pub(super) fn leave_open(&mut self, key: &str, place: &Span) {
        self.unknown.push((key.to_owned(), place.clone()));
    }

    /// Sets a key to a text that stands at a place, or that a product writes because of what stands there.
    pub(super) fn put(&mut self, key: &str, place: &Span, text: &str) {
        self.set(key, place, Value::meaning(text, place));
    }

    /// Sets a key, which stands at `place`; a value that it had before is one that nobody sees.
    pub(super) fn set(&mut self, key: &str, place: &Span, value: Value) {
        let setting = self.settings.entry(key.to_owned());
        let setting = setting.or_insert_with(|| Setting {
            key: place.clone(),
            value: None,
            overridden: Vec::new(),
        });
        if setting.value.is_some() {
            setting.overridden.push(setting.key.clone());
        }
        setting.key = place.clone();
        setting.value = Some(value);
    }
}

/// A name behind the colon of a section.
#[derive(Clone, Debug)]
pub(super) struct Reference {
    pub(super) name: String,
    pub(super) place: Span,
}

/// A key with its value.
#[derive(Clone, Debug)]
pub(super) struct Setting {
    /// Where the key stands; the last time, if it is set again.
    pub(super) key: Span,
    /// `None` where nothing follows the equals sign, which also hides an inherited value.
    pub(super) value: Option<Value>,
    /// Where the key stands before that, with values that nobody sees.
    pub(super) overridden: Vec<Span>,
}
