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
pub(super) use view::{View, budget};

/// A section with what it holds, merged from all places where it is opened.
#[derive(Clone, Debug, Default)]
pub(super) struct Section {
    /// The places of its name, one for each time it is opened.
    pub(super) places: Vec<Span>,
    /// Sections in it, in the order of their first appearance.
    pub(super) sections: IndexMap<String, Self>,
    /// Settings in it, in the order of their first appearance.
    pub(super) settings: IndexMap<String, Setting>,
    /// Absolute names of the sections from which it inherits.
    pub(super) references: Vec<Reference>,
}

impl Section {
    /// The section `name` in this one, opened at `place`.
    pub(super) fn open(&mut self, name: &str, place: &Span) -> &mut Self {
        let section = self.sections.entry(name.to_owned()).or_default();
        section.places.push(place.clone());
        section
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
