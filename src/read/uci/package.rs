//! The sections of a package of UCI.

use std::collections::HashMap;

use indexmap::IndexMap;

use crate::diag::{Diagnostic, Span};
use crate::read::loading::{self, MOST_SETTINGS};

/// A value with its place.
#[derive(Clone, Debug)]
pub(super) struct Value {
    pub(super) text: String,
    pub(super) place: Span,
}

/// An option, or a list with all its values.
#[derive(Clone, Debug)]
pub(super) struct OptionOf {
    pub(super) key: String,
    pub(super) place: Span,
    pub(super) values: Vec<Value>,
}

/// `config KIND 'NAME'`.
#[derive(Clone, Debug)]
pub(super) struct Section {
    pub(super) kind: String,
    pub(super) name: String,
    pub(super) place: Span,
    /// Its words.
    pub(super) places: Vec<Span>,
    options: IndexMap<String, OptionOf>,
}

/// All sections.
#[derive(Clone, Debug, Default)]
pub(super) struct Package {
    pub(super) sections: Vec<Section>,
    /// Words of commands, such as `option`.
    pub(super) commands: Vec<Span>,
    /// The first section of each name, of any kind and of each.
    named: HashMap<String, usize>,
    of_kind: HashMap<String, HashMap<String, usize>>,
}

/// Whether the value of a key is a secret.
pub(super) fn is_secret(key: &str) -> bool {
    matches!(key, "pre_shared_key" | "secret" | "psk" | "password")
}

impl Package {
    pub(super) fn all(&self, kind: &str) -> impl Iterator<Item = &Section> {
        self.sections.iter().filter(move |it| it.kind == kind)
    }

    /// The first section of one of these kinds with a name.
    pub(super) fn named(&self, kinds: &[&str], name: &str) -> Option<&Section> {
        let of_kinds = kinds.iter().filter_map(|kind| self.of_kind.get(*kind));
        let first = of_kinds.filter_map(|named| named.get(name)).min()?;
        self.sections.get(*first)
    }

    fn push(&mut self, section: Section) {
        let place = self.sections.len();
        self.named.entry(section.name.clone()).or_insert(place);
        let of_kind = self.of_kind.entry(section.kind.clone()).or_default();
        of_kind.entry(section.name.clone()).or_insert(place);
        self.sections.push(section);
    }
}

impl Section {
    /// The values of an option or a list. An option with blanks is a list, as the scripts take it.
    pub(super) fn values(&self, key: &str) -> &[Value] {
        let option = self.options.get(key);
        option.map_or(&[], |it| &it.values)
    }

    pub(super) fn options(&self) -> impl Iterator<Item = &OptionOf> {
        self.options.values()
    }

    /// The value of an option, the last one where it stands twice.
    pub(super) fn value(&self, key: &str) -> Option<&Value> {
        self.values(key).last()
    }

    fn put(&mut self, key: &Value, is_list: bool, values: Vec<Value>) {
        let entry = self.options.entry(key.text.clone());
        let option = entry.or_insert_with(|| OptionOf {
            key: key.text.clone(),
            place: key.place.clone(),
            values: Vec::new(),
        });
        // Of a secret the place alone is kept.
        if !is_secret(&key.text) {
            match is_list {
                true => option.values.extend(values),
                false => option.values = values,
            }
        }
    }
}

/// Reads a text in either layout. Fails on one of more lines than are read.
pub(super) fn read(file: usize, text: &str) -> Result<Package, Vec<Diagnostic>> {
    let mut package = Package::default();
    let mut start = 0;
    for (count, raw) in text.split('\n').enumerate() {
        let at = start;
        start += raw.len() + 1;
        if count >= MOST_SETTINGS {
            let place = Span::new(file, at..at);
            return Err(vec![loading::too_many_settings(&place)]);
        }
        let words = words(file, at, raw);
        let Some((first, rest)) = words.split_first() else {
            continue;
        };
        match (first.text.as_str(), rest) {
            ("config", [kind, rest @ ..]) => {
                let number = package.sections.len();
                let name = rest.first();
                package.push(Section {
                    kind: kind.text.clone(),
                    name: name.map_or_else(|| format!("cfg{number:02}"), |it| it.text.clone()),
                    place: name.unwrap_or(kind).place.clone(),
                    places: std::iter::once(first)
                        .chain([kind])
                        .chain(name)
                        .map(|it| it.place.clone())
                        .collect(),
                    options: IndexMap::new(),
                });
            }
            ("option" | "list", [key, value, ..]) => {
                package.commands.push(first.place.clone());
                if let Some(section) = package.sections.last_mut() {
                    section.put(key, first.text == "list", split(value));
                }
            }
            _ => shown(&mut package, first, rest),
        }
    }
    Ok(package)
}

/// A line of `uci show`: `ipsec.office=remote`, `ipsec.office.child='a' 'b'`.
fn shown(package: &mut Package, first: &Value, rest: &[Value]) {
    let Some((path, text)) = first.text.split_once('=') else {
        return;
    };
    let parts: Vec<&str> = path.split('.').collect();
    // Without its quotation marks the word is shorter than in the file.
    let start = first.place.end - text.len().min(first.place.end);
    let value = Value {
        text: text.to_owned(),
        place: Span::new(
            first.place.file,
            start.max(first.place.start)..first.place.end,
        ),
    };
    match parts.as_slice() {
        ["ipsec", name] => package.push(Section {
            kind: text.to_owned(),
            name: (*name).to_owned(),
            place: first.place.clone(),
            places: vec![first.place.clone()],
            options: IndexMap::new(),
        }),
        ["ipsec", name, key] => {
            let place = package.named.get(*name).copied();
            if let Some(section) = place.and_then(|place| package.sections.get_mut(place)) {
                let key = Value {
                    text: (*key).to_owned(),
                    place: Span::new(
                        first.place.file,
                        first.place.start..first.place.start + path.len(),
                    ),
                };
                let values = std::iter::once(&value).chain(rest).flat_map(split);
                let values = values.collect();
                section.put(&key, false, values);
            }
        }
        _ => {}
    }
}

/// The words of a value, which the scripts take for a list.
fn split(value: &Value) -> Vec<Value> {
    let mut all = Vec::new();
    let mut rest = value.text.as_str();
    while let Some(begin) = rest.find(|c: char| !c.is_whitespace()) {
        let word = rest.get(begin..).unwrap_or_default();
        let end = word.find(char::is_whitespace).unwrap_or(word.len());
        let offset = value.text.len() - word.len();
        let start = (value.place.start + offset).min(value.place.end);
        all.push(Value {
            text: word.get(..end).unwrap_or_default().to_owned(),
            place: Span::new(value.place.file, start..(start + end).min(value.place.end)),
        });
        rest = word.get(end..).unwrap_or_default();
    }
    all
}

/// The words of a line; a comment ends it. Marks inside of a word are part of how it is written.
fn words(file: usize, at: usize, raw: &str) -> Vec<Value> {
    let mut words = Vec::new();
    let mut letters = raw.char_indices().peekable();
    while let Some(&(start, letter)) = letters.peek() {
        if letter.is_whitespace() {
            letters.next();
            continue;
        }
        if letter == '#' {
            break;
        }
        let mut text = String::new();
        let mut first = None;
        let mut end = start;
        while let Some(&(place, letter)) = letters.peek() {
            if letter.is_whitespace() {
                break;
            }
            letters.next();
            end = place + letter.len_utf8();
            if letter == '\'' || letter == '"' {
                for (place, inner) in letters.by_ref() {
                    if inner == letter {
                        break;
                    }
                    first.get_or_insert(place);
                    end = place + inner.len_utf8();
                    text.push(inner);
                }
            } else {
                first.get_or_insert(place);
                text.push(letter);
            }
        }
        words.push(Value {
            text,
            place: Span::new(file, at + first.unwrap_or(start)..at + end),
        });
    }
    words
}

#[cfg(test)]
mod tests {
    use super::read;

    #[test]
    fn both_layouts_are_the_same_sections() {
        let file = "package ipsec\n\nconfig remote 'office'\n\toption enabled '1' # yes\n\tlist child 'a'\n\tlist child \"b\"\n\
            \toption pre_shared_key 'hunter2'\n";
        let printed = "ipsec.office=remote\nipsec.office.enabled='1'\nipsec.office.child='a' 'b'\n\
            ipsec.office.pre_shared_key='hunter2'\n";
        for text in [file, printed] {
            let package = read(0, text).unwrap();
            let office = package.all("remote").next().unwrap();
            let shown = |key: &str| -> Vec<&str> {
                let values = office.values(key).iter();
                values.map(|it| &text[it.place.bytes()]).collect()
            };
            assert_eq!(office.name, "office");
            assert_eq!(
                (shown("enabled"), shown("child")),
                (vec!["1"], vec!["a", "b"])
            );
            assert!(!format!("{package:?}").contains("hunter2"));
        }
    }
}
