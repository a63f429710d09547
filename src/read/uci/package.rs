//! The sections of a package of UCI.

use std::cell::Cell;
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
    /// Whether somebody has asked for it, so that what nobody knows can be named.
    pub(super) is_read: Cell<bool>,
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
    /// Whether a command has deleted it.
    is_gone: bool,
    /// Whether somebody has asked for an option of it.
    is_used: Cell<bool>,
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
        let is_gone = |at: usize| self.sections.get(at).is_none_or(|it| it.is_gone);
        let named = self.named.entry(section.name.clone()).or_insert(place);
        if is_gone(*named) {
            *named = place;
        }
        let of_kind = self.of_kind.entry(section.kind.clone()).or_default();
        of_kind.entry(section.name.clone()).or_insert(place);
        self.sections.push(section);
    }
}

impl Section {
    /// The values of an option or a list. An option with blanks is a list, as the scripts take it.
    pub(super) fn values(&self, key: &str) -> &[Value] {
        self.is_used.set(true);
        let option = self.options.get(key);
        option.map_or(&[], |it| {
            it.is_read.set(true);
            &it.values
        })
    }

    pub(super) fn options(&self) -> impl Iterator<Item = &OptionOf> {
        self.options.values()
    }

    /// Whether somebody has asked for any of them.
    pub(super) const fn is_used(&self) -> bool {
        self.is_used.get()
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
            is_read: Cell::new(false),
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

/// Reads a text in any layout: the file, what `uci show` prints, or commands of `uci`, which are carried out. Fails on
/// one of more lines than are read.
pub(super) fn read(file: usize, text: &str) -> Result<Package, Vec<Diagnostic>> {
    let mut package = Package::default();
    let mut current = None;
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
                let name = rest.first();
                let places = [Some(first), Some(kind), name].into_iter().flatten();
                let places = places.map(|it| it.place.clone()).collect();
                current = Some(package.open(kind, name, places));
            }
            ("option" | "list", [key, value, ..]) => {
                package.commands.push(first.place.clone());
                let section = current.and_then(|at| package.sections.get_mut(at));
                if let Some(section) = section {
                    section.put(key, first.text == "list", split(value));
                }
            }
            _ => package.carry_out(&words),
        }
    }
    package.sections.retain(|section| !section.is_gone);
    package.index();
    Ok(package)
}

/// Verbs of `uci`.
const VERBS: &[&str] = &[
    "add", "add_list", "del", "del_list", "delete", "rename", "set",
];

impl Package {
    /// Opens a section, a new one or the one that is there; gives its place.
    fn open(&mut self, kind: &Value, name: Option<&Value>, places: Vec<Span>) -> usize {
        let known = name.and_then(|name| self.named.get(&name.text).copied());
        let own = known.and_then(|at| self.sections.get_mut(at).map(|it| (at, it)));
        if let Some((at, own)) = own.filter(|(_, it)| it.kind == kind.text && !it.is_gone) {
            own.places.extend(places);
            return at;
        }
        let number = self.sections.len();
        self.push(Section {
            kind: kind.text.clone(),
            name: name.map_or_else(|| format!("cfg{number:02}"), |it| it.text.clone()),
            place: name.unwrap_or(kind).place.clone(),
            places,
            options: IndexMap::new(),
            is_gone: false,
            is_used: Cell::new(false),
        });
        number
    }

    /// Makes the look-up new, after sections went.
    fn index(&mut self) {
        self.named.clear();
        self.of_kind.clear();
        for section in std::mem::take(&mut self.sections) {
            self.push(section);
        }
    }

    /// Carries out `uci set ipsec.office=remote` and its like; a line of `uci show` sets what it says.
    fn carry_out(&mut self, words: &[Value]) {
        let text = |at: usize| words.get(at).map(|it| it.text.as_str());
        // `while uci -q delete …` goes on until nothing is left.
        let repeats = text(0) == Some("while");
        let uci = words.iter().take(3).position(|it| it.text == "uci");
        let begin = uci.map_or(0, |at| at + 1);
        let mut rest = words.get(begin..).unwrap_or_default();
        while let [option, more @ ..] = rest
            && option.text.starts_with('-')
        {
            rest = more;
        }
        let verb = rest.first().filter(|it| VERBS.contains(&it.text.as_str()));
        let verb = verb.map(|it| {
            self.commands.push(it.place.clone());
            rest = rest.get(1..).unwrap_or_default();
            it.text.as_str()
        });
        match (verb, rest) {
            (Some("add"), [package, kind, ..]) if package.text == "ipsec" => {
                self.open(kind, None, vec![kind.place.clone()]);
            }
            (Some("delete" | "del"), [path, ..]) => while self.delete(path) && repeats {},
            (None | Some("set"), [path, more @ ..]) => self.set(path, more, false, false),
            (Some("add_list"), [path, more @ ..]) => self.set(path, more, true, false),
            (Some("del_list"), [path, more @ ..]) => self.set(path, more, true, true),
            _ => {}
        }
    }

    /// The place of the section that a path names: its name, or `@remote[-1]`.
    fn place(&self, name: &str) -> Option<usize> {
        let Some((kind, number)) = name
            .strip_prefix('@')
            .and_then(|it| it.strip_suffix(']')?.split_once('['))
        else {
            let at = *self.named.get(name)?;
            return self.sections.get(at).filter(|it| !it.is_gone).map(|_| at);
        };
        let number: i64 = number.parse().ok()?;
        let all = || {
            let all = self.sections.iter().enumerate();
            all.filter(|(_, it)| it.kind == kind && !it.is_gone)
        };
        let found = match usize::try_from(number) {
            Ok(number) => all().nth(number),
            Err(_) => all()
                .rev()
                .nth(usize::try_from(-number).ok()?.checked_sub(1)?),
        };
        found.map(|it| it.0)
    }

    /// Deletes a section or an option; whether there was one.
    fn delete(&mut self, path: &Value) -> bool {
        let mut parts = path.text.splitn(3, '.');
        let (Some("ipsec"), Some(name)) = (parts.next(), parts.next()) else {
            return false;
        };
        let name = name.trim_end_matches(';');
        let at = self.place(name);
        let Some(section) = at.and_then(|at| self.sections.get_mut(at)) else {
            return false;
        };
        match parts.next() {
            Some(key) => section
                .options
                .shift_remove(key.trim_end_matches(';'))
                .is_some(),
            None => {
                section.is_gone = true;
                true
            }
        }
    }

    /// `ipsec.office=remote`, `ipsec.office.child='a' 'b'`.
    fn set(&mut self, first: &Value, rest: &[Value], is_list: bool, is_taken: bool) {
        let Some((path, text)) = first.text.split_once('=') else {
            return;
        };
        let parts: Vec<&str> = path.splitn(3, '.').collect();
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
            ["ipsec", name] => {
                let name = Value {
                    text: (*name).to_owned(),
                    place: first.place.clone(),
                };
                self.open(&value, Some(&name), vec![first.place.clone()]);
            }
            ["ipsec", name, key] => {
                let at = self.place(name);
                let Some(section) = at.and_then(|at| self.sections.get_mut(at)) else {
                    return;
                };
                let key = Value {
                    text: (*key).to_owned(),
                    place: Span::new(
                        first.place.file,
                        first.place.start..first.place.start + path.len(),
                    ),
                };
                let values = std::iter::once(&value).chain(rest).flat_map(split);
                let values: Vec<Value> = values.collect();
                match section.options.get_mut(&key.text) {
                    Some(option) if is_taken => option
                        .values
                        .retain(|own| !values.iter().any(|it| it.text == own.text)),
                    _ if is_taken => {}
                    _ => section.put(&key, is_list, values),
                }
            }
            _ => {}
        }
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

    #[test]
    fn commands_are_carried_out() {
        let text = "while uci -q delete ipsec.@remote[0]; do :; done\nuci set ipsec.a=remote\nuci set ipsec.a.enabled='1'\n\
            uci add_list ipsec.a.child='x'\nuci add_list ipsec.a.child='y'\nuci del_list ipsec.a.child='x'\n\
            uci set ipsec.a.mobike=1\nuci -q delete ipsec.a.mobike\nuci add ipsec remote\n\
            uci set ipsec.@remote[-1].enabled=0\nuci set ipsec.b=remote\nuci delete ipsec.b\nuci commit ipsec\n";
        let package = read(0, text).unwrap();
        let shown: Vec<_> = package
            .sections
            .iter()
            .map(|section| {
                let options = section.options().map(|option| {
                    let values: Vec<_> = option.values.iter().map(|it| it.text.as_str()).collect();
                    format!(" {}={}", option.key, values.join(" "))
                });
                format!("{}{}", section.kind, options.collect::<String>())
            })
            .collect();
        assert_eq!(shown, ["remote enabled=1 child=y", "remote enabled=0"]);
    }
}
