//! Key files of GLib: groups in brackets, `key=value` lines, escapes with a backslash.

use indexmap::IndexMap;

use crate::diag::{Sources, Span};
use crate::read::settings::Value;

/// One `key=value`.
#[derive(Clone, Debug)]
pub(super) struct Item {
    /// Where the key stands.
    pub(super) key: Span,
    /// The value without escapes.
    pub(super) value: Value,
}

/// The groups of a file; of a key that is there twice the last counts.
#[derive(Clone, Debug, Default)]
pub(super) struct Keyfile {
    file: usize,
    groups: IndexMap<String, Group>,
}

#[derive(Clone, Debug)]
struct Group {
    header: Span,
    items: IndexMap<String, Item>,
}

impl Keyfile {
    /// Takes a text apart. What is neither group nor item is passed over.
    pub(super) fn parse(text: &str, file: usize) -> Self {
        let mut groups: IndexMap<String, Group> = IndexMap::new();
        let mut at = None;
        let mut start = 0;
        for whole in text.split_inclusive('\n') {
            let line = whole.trim_end();
            let begin = start;
            start += whole.len();
            if line.starts_with('#') || line.is_empty() {
                continue;
            }
            if let Some(name) = line.strip_prefix('[').and_then(|it| it.strip_suffix(']')) {
                let entry = groups.entry(name.to_owned());
                at = Some(entry.index());
                entry.or_insert_with(|| Group {
                    header: Span::new(file, begin + 1..begin + 1 + name.len()),
                    items: IndexMap::new(),
                });
                continue;
            }
            let (Some((key, value)), Some(group)) = (line.split_once('='), at) else {
                continue;
            };
            let place = begin + key.len() + 1 + (value.len() - value.trim_start().len());
            let name = key.trim();
            let key_start = begin + key.len() - key.trim_start().len();
            let item = Item {
                key: Span::new(file, key_start..key_start + name.len()),
                value: unescaped(value.trim_start(), file, place),
            };
            if let Some((_, group)) = groups.get_index_mut(group) {
                group.items.insert(name.to_owned(), item);
            }
        }
        Self { file, groups }
    }

    /// One item of a group.
    pub(super) fn item(&self, group: &str, key: &str) -> Option<&Item> {
        self.groups.get(group)?.items.get(key)
    }

    /// The value of an item.
    pub(super) fn text(&self, group: &str, key: &str) -> Option<String> {
        let item = self.item(group, key)?;
        Some(item.value.to_string())
    }

    /// All items of a group.
    pub(super) fn items(&self, group: &str) -> impl Iterator<Item = (&str, &Item)> {
        let items = self.groups.get(group).map(|group| &group.items);
        items
            .into_iter()
            .flatten()
            .map(|(key, item)| (key.as_str(), item))
    }

    /// Where a group begins.
    pub(super) fn header(&self, group: &str) -> Span {
        let group = self.groups.get(group);
        group.map_or_else(|| Span::new(self.file, 0..0), |it| it.header.clone())
    }

    /// Says which words are harmless: the keys of `known` with values that look like no secret.
    pub(super) fn show(&self, sources: &mut Sources, known: &[&str]) {
        for name in ["connection", "vpn"] {
            let Some(group) = self.groups.get(name) else {
                continue;
            };
            sources.show_key(&group.header);
            for (key, item) in &group.items {
                if !known.contains(&key.as_str()) {
                    continue;
                }
                sources.show_key(&item.key);
                if item.is_harmless(key) {
                    sources.show(item.value.span());
                }
            }
        }
    }
}

/// The value without the escapes of GLib: `\s` is a blank; a list has `\;` inside of its items.
fn unescaped(text: &str, file: usize, start: usize) -> Value {
    let mut value = Value::begin(file, start);
    let mut rest = text;
    while let Some(at) = rest.find('\\') {
        let place = start + text.len() - rest.len();
        value.push(&rest[..at], place);
        let escaped = rest[at + 1..].chars().next();
        let octets = escaped.map_or(0, char::len_utf8);
        match escaped {
            Some('s') => value.push(" ", place + at),
            Some('n') => value.push("\n", place + at),
            Some('t') => value.push("\t", place + at),
            Some('r') => value.push("\r", place + at),
            _ => value.push(&rest[at + 1..at + 1 + octets], place + at + 1),
        }
        rest = &rest[at + 1 + octets..];
    }
    value.push(rest, start + text.len() - rest.len());
    value.reach(start + text.len());
    value
}

#[cfg(test)]
mod tests {
    use super::Keyfile;

    #[test]
    fn the_last_of_a_key_counts_and_groups_are_opened_again() {
        let text = "a=0\n[vpn]\n# no\nike = a\\;b\nike=c\\sd\n[other]\nx=1\n[vpn]\nesp=e=f \n";
        let keyfile = Keyfile::parse(text, 0);
        assert_eq!(keyfile.text("vpn", "ike").as_deref(), Some("c d"));
        assert_eq!(keyfile.text("vpn", "esp").as_deref(), Some("e=f"));
        assert_eq!(keyfile.text("other", "x").as_deref(), Some("1"));
        assert_eq!(keyfile.text("vpn", "a"), None);
        let span = keyfile.item("vpn", "ike").unwrap().value.span().clone();
        assert_eq!(&text[span.bytes()], "c\\sd");
    }
}
