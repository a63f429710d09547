//! Checks that every part of a profile shares: texts, dates, flags, evidence.

use std::collections::BTreeSet;

use super::ProfileCode;
use crate::diag::{Diagnostic, Span, any_of, nearest, quoted};
use crate::peer::Grade;
use crate::yaml::{self, FieldReader, Fields, Form, Kind, Node, Word};

use strum::VariantNames as _;

/// Walks one profile.
pub(super) struct Linter<'r, 's> {
    pub(super) reader: &'r mut FieldReader<'s>,
    /// Keys and grades of the profile's sources.
    pub(super) sources: Vec<(String, Option<Grade>)>,
    /// Keys of the sources that some fact names.
    pub(super) used: BTreeSet<String>,
}

impl Linter<'_, '_> {
    pub(super) fn error(&mut self, code: ProfileCode, place: &Span, message: String) {
        self.reader.push(Diagnostic::error(code, place, message));
    }

    /// Complains about each of the keys `required` that a mapping lacks.
    pub(super) fn require(
        &mut self,
        node: &Node<'_>,
        fields: &Fields<'_, '_>,
        what: &str,
        required: &[&str],
    ) {
        for key in required.iter().filter(|key| fields.get(key).is_none()) {
            let message = format!("the key `{key}` of {what} is missing");
            let place = &node.place;
            self.reader.push(Diagnostic::error(
                yaml::YamlCode::MissingKey,
                place,
                message,
            ));
        }
    }

    /// Complains about the first key that does not stand in the order of `known`.
    pub(super) fn order(&mut self, fields: &Fields<'_, '_>, known: &[&str]) {
        let place = |name: &str| known.iter().position(|key| *key == name);
        let names: Vec<_> = fields.names().collect();
        let late = names.iter().zip(names.iter().skip(1));
        let late = late.into_iter().find(|(a, b)| place(a) > place(b));
        let Some((_, late)) = late else {
            return;
        };
        let before = names.iter().find(|name| place(name) > place(late));
        let Some((entry, before)) = fields.entry(late).zip(before) else {
            return;
        };
        let message = format!("`{late}` stands behind `{before}`");
        self.reader.push(
            Diagnostic::warning(ProfileCode::KeyOrder, &entry.key.span, message)
                .help(format!("move it before `{before}`")),
        );
    }

    /// A text, which other programs must not take for something else.
    pub(super) fn text<'n, 'a>(&mut self, node: &'n Node<'a>, what: &str) -> Option<&'n Word<'a>> {
        let word = self.reader.word(node, what)?;
        if word.form == Form::Text {
            return Some(word);
        }
        let message = format!(
            "{word} is {} for other programs, expected {what}",
            noun(word)
        );
        self.reader.push(
            Diagnostic::error(ProfileCode::UnquotedWord, &word.span, message)
                .help(format!("write `\"{word}\"`")),
        );
        None
    }

    /// The text of a key, if it is there.
    pub(super) fn text_of<'n, 'a>(
        &mut self,
        fields: &Fields<'n, 'a>,
        key: &str,
        what: &str,
    ) -> Option<&'n Word<'a>> {
        self.text(fields.get(key)?, what)
    }

    /// The texts of a list, if the key is there.
    pub(super) fn texts_of<'n, 'a>(
        &mut self,
        fields: &Fields<'n, 'a>,
        key: &str,
        what: &str,
    ) -> Vec<&'n Word<'a>> {
        let Some(node) = fields.get(key) else {
            return Vec::new();
        };
        let items = self
            .reader
            .list(node, &format!("a list, each entry {what}"));
        let items = items.unwrap_or_default().iter();
        items.filter_map(|item| self.text(item, what)).collect()
    }

    /// One of some words, if the key is there.
    pub(super) fn one_of<'n, 'a>(
        &mut self,
        fields: &Fields<'n, 'a>,
        key: &str,
        what: &str,
        known: &[&'static str],
    ) -> Option<&'n Word<'a>> {
        let word = self.text_of(fields, key, what)?;
        self.known(word, what, known).then_some(word)
    }

    /// Whether `word` is one of `known`; complains if not.
    pub(super) fn known(&mut self, word: &Word<'_>, what: &str, known: &[&'static str]) -> bool {
        let is_known = known.contains(&&**word);
        if !is_known {
            self.reader.unknown_word(word, what, known.iter().copied());
        }
        is_known
    }

    /// `true` or `false`, if the key is there.
    pub(super) fn flag(&mut self, fields: &Fields<'_, '_>, key: &str) -> bool {
        let Some(node) = fields.get(key) else {
            return false;
        };
        match &node.kind {
            Kind::Word(word) if word.form == Form::Boolean => &**word == "true",
            _ => {
                self.reader.wrong_kind(node, "`true` or `false`");
                false
            }
        }
    }

    /// What happens after INVALID_KE_PAYLOAD, if the key is there.
    pub(super) fn retries(&mut self, fields: &Fields<'_, '_>) {
        let Some(node) = fields.get("retries-invalid-ke") else {
            return;
        };
        match &node.kind {
            Kind::Word(word) if word.form == Form::Boolean || &**word == "anew" => {}
            _ => (self.reader).wrong_kind(node, "`true`, `false` or `anew`"),
        }
    }

    /// A whole number, if the key is there.
    pub(super) fn number(&mut self, fields: &Fields<'_, '_>, key: &str) {
        let Some(node) = fields.get(key) else {
            return;
        };
        let is_number = |word: &Word<'_>| word.form == Form::Number && word.parse::<u32>().is_ok();
        if !node.as_word().is_some_and(is_number) {
            self.reader.wrong_kind(node, "a whole number");
        }
    }

    /// A date, if the key is there.
    pub(super) fn date<'n, 'a>(
        &mut self,
        fields: &Fields<'n, 'a>,
        key: &str,
    ) -> Option<&'n Word<'a>> {
        let word = self.text_of(fields, key, "a date such as `\"2019-02-16\"`")?;
        if is_date(word) {
            return Some(word);
        }
        let message = format!("{} is not a date", quoted(word));
        self.reader.push(
            Diagnostic::error(ProfileCode::NotADate, &word.span, message)
                .help("write year, month and day such as `\"2019-02-16\"`, as far as known"),
        );
        None
    }

    /// Complains if `word` cannot be typed as a name.
    pub(super) fn name(&mut self, word: &Word<'_>, what: &str) {
        if !is_name(word) {
            let message = format!("{} is not {what}", quoted(word));
            self.reader.push(
                Diagnostic::error(ProfileCode::MalformedName, &word.span, message)
                    .note("a name is of lower case letters, digits, `-` and `.`"),
            );
        }
    }

    /// The key of a source.
    pub(super) fn source(&mut self, word: &Word<'_>) {
        if self.sources.iter().any(|(key, _)| **word == **key) {
            self.used.insert(word.to_string());
            return;
        }
        let message = format!("{} is not a source of this profile", quoted(word));
        let known = self.sources.iter().map(|(key, _)| key.as_str());
        let near = nearest(word, known.clone());
        let diagnostic = Diagnostic::error(ProfileCode::UnknownSource, &word.span, message);
        self.reader.push(match near {
            Some(near) => diagnostic.help(format!("did you mean `{near}`?")),
            None if self.sources.is_empty() => diagnostic.help("list it under `sources`"),
            None => diagnostic.note(format!("expected {}", any_of(known))),
        });
    }

    /// What a fact leans on: `sources`, `grade` and, if its keys `known` have it, `note`.
    pub(super) fn evidence(
        &mut self,
        node: &Node<'_>,
        fields: &Fields<'_, '_>,
        what: &str,
        known: &[&str],
    ) {
        self.require(node, fields, what, &["sources"]);
        let keys = self.texts_of(fields, "sources", "the key of a source");
        let empty = |node: &Node<'_>| matches!(&node.kind, Kind::List(items) if items.is_empty());
        if fields.get("sources").is_some_and(empty) {
            let message = format!("{what} names no source");
            self.error(ProfileCode::UnknownSource, &node.place, message);
        }
        for key in &keys {
            self.source(key);
        }
        if fields.get("note").is_some() {
            self.text_of(fields, "note", "a sentence");
        }
        let Some(word) = self.one_of(fields, "grade", "a grade", Grade::VARIANTS) else {
            return;
        };
        let Ok(grade) = word.parse::<Grade>() else {
            return;
        };
        if grade == Grade::Inferred && known.contains(&"note") && fields.get("note").is_none() {
            let message = format!("{what} is inferred, but no `note` says from what");
            self.reader.push(
                Diagnostic::error(ProfileCode::DeductionMissing, &word.span, message)
                    .help("add a `note` that states the deduction"),
            );
        }
        let of = |key: &str| {
            let found = self.sources.iter().find(|(name, _)| name == key);
            found.and_then(|(_, grade)| *grade)
        };
        let best = keys.iter().filter_map(|key| of(key)).min();
        if let Some(best) = best.filter(|best| grade <= *best) {
            let message = format!("the grade `{grade}` is not lower than `{best}`");
            self.reader.push(
                Diagnostic::warning(ProfileCode::GradeNotLower, &word.span, message)
                    .note(format!("`{best}` is the grade of the best of the sources"))
                    .help("remove the line"),
            );
        }
    }
}

/// What a program that knows YAML takes the word for.
const fn noun(word: &Word<'_>) -> &'static str {
    match word.form {
        Form::Boolean => "a truth value",
        Form::Number => "a number",
        Form::Text => "a text",
    }
}

/// Whether `word` can be typed as a name: `osx-10.11`.
pub(super) fn is_name(word: &str) -> bool {
    let inner = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b"-.".contains(&b);
    word.starts_with(|c: char| c.is_ascii_lowercase() || c.is_ascii_digit())
        && word.bytes().all(inner)
        && !word.ends_with(['-', '.'])
}

/// Whether `text` is `2019`, `2019-02` or `2019-02-16`.
fn is_date(text: &str) -> bool {
    let mut parts = text.split('-');
    let mut number = |digits: usize, most: u32| match parts.next() {
        None => true,
        Some(part) => {
            let number: Option<u32> = part.parse().ok();
            let right = part.len() == digits && part.bytes().all(|b| b.is_ascii_digit());
            right && number.is_some_and(|number| (1..=most).contains(&number))
        }
    };
    number(4, 9999) && number(2, 12) && number(2, 31) && parts.next().is_none()
}

#[cfg(test)]
mod tests {
    use super::{is_date, is_name};

    #[test]
    fn dates_are_whole_or_cut_short() {
        for (text, expected) in [
            ("2019", true),
            ("2019-02", true),
            ("2019-02-16", true),
            ("2019-2-16", false),
            ("2019-13-01", false),
            ("2019-02-16-01", false),
            ("16.02.2019", false),
            ("0000", false),
            ("+201", false),
            ("", false),
        ] {
            assert_eq!(is_date(text), expected, "{text}");
        }
    }

    #[test]
    fn names_can_be_typed() {
        for (text, expected) in [
            ("osx-10.11", true),
            ("3des", true),
            ("iOS", false),
            ("a_b", false),
            ("a b", false),
            ("a-", false),
            ("", false),
        ] {
            assert_eq!(is_name(text), expected, "{text}");
        }
    }
}
