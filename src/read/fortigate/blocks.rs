//! The blocks of a configuration of FortiOS: `config …`, `edit …`, `set …`, `next`, `end`.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;

use crate::diag::Span;

/// A word with its place, without its quotation marks.
#[derive(Clone, Debug)]
pub(super) struct Word {
    pub(super) text: String,
    pub(super) span: Span,
}

/// What `set` says.
#[derive(Clone, Debug)]
pub(super) struct Assignment {
    pub(super) key: Word,
    pub(super) values: Vec<Word>,
}

/// One `edit` of a table.
#[derive(Clone, Debug)]
pub(super) struct Row {
    /// The table, such as `vpn ipsec phase1-interface`.
    pub(super) table: String,
    pub(super) name: Word,
    pub(super) settings: Vec<Assignment>,
    /// Whether its table stands inside of a phase of IPsec.
    pub(super) is_inner: bool,
}

/// Blocks inside of each other; real ones have a handful.
const MOST_LEVELS: usize = 64;

/// Reads the rows of all tables, as a FortiGate has them when every command has been carried out.
pub(super) fn rows(file: usize, text: &Arc<str>) -> Vec<Row> {
    let mut tables = Tables::default();
    for words in statements(file, text) {
        if let Some((first, rest)) = words.split_first() {
            tables.carry_out(&first.text, rest);
        }
    }
    tables.rows.into_iter().flatten().collect()
}

/// Which row is meant: the rows around its table, the table, its name.
type Key = (Option<usize>, String, String);

#[derive(Default)]
struct Tables {
    /// `None` where a row was deleted.
    rows: Vec<Option<Row>>,
    named: HashMap<Key, usize>,
    /// The path of each open block, and the row that is open in it.
    open: Vec<(String, Option<usize>)>,
}

impl Tables {
    fn carry_out(&mut self, verb: &str, rest: &[Word]) {
        match (verb, rest) {
            ("config", _) if self.open.len() < MOST_LEVELS => {
                let path: Vec<_> = rest.iter().map(|word| word.text.as_str()).collect();
                self.open.push((path.join(" "), None));
            }
            ("end", _) => {
                self.open.pop();
            }
            ("edit", [name, ..]) => self.edit(name),
            ("next", _) => {
                if let Some((_, row)) = self.open.last_mut() {
                    *row = None;
                }
            }
            ("delete", [name, ..]) => {
                let gone = self.key(name).and_then(|key| self.named.remove(&key));
                if let Some(slot) = gone.and_then(|at| self.rows.get_mut(at)) {
                    *slot = None;
                }
            }
            ("purge", _) => self.purge(),
            ("rename", [name, _, new, ..]) => {
                let at = self.key(name).and_then(|key| self.named.remove(&key));
                if let (Some(at), Some(key)) = (at, self.key(new)) {
                    if let Some(Some(row)) = self.rows.get_mut(at) {
                        row.name = new.clone();
                    }
                    self.named.insert(key, at);
                }
            }
            (verb, [key, values @ ..]) => {
                if let Some(row) = self.row() {
                    row.carry_out(verb, key, values);
                }
            }
            _ => {}
        }
    }

    /// The row that is open.
    fn row(&mut self) -> Option<&mut Row> {
        let at = self.open.last()?.1?;
        self.rows.get_mut(at)?.as_mut()
    }

    fn key(&self, name: &Word) -> Option<Key> {
        let (table, _) = self.open.last()?;
        let around = self.open.iter().rev().skip(1).find_map(|(_, row)| *row);
        Some((around, table.clone(), name.text.clone()))
    }

    /// Opens a row, a new one or the one that is there.
    fn edit(&mut self, name: &Word) {
        let Some(key) = self.key(name) else {
            return;
        };
        let table = key.1.clone();
        let around = key.0.and_then(|at| self.rows.get(at)?.as_ref());
        let is_inner = around.is_some_and(|row| row.table.starts_with("vpn ipsec phase"));
        let at = *self.named.entry(key).or_insert_with(|| {
            self.rows.push(Some(Row {
                table,
                name: name.clone(),
                settings: Vec::new(),
                is_inner,
            }));
            self.rows.len() - 1
        });
        if let Some((_, row)) = self.open.last_mut() {
            *row = Some(at);
        }
    }

    /// Deletes all rows of the table that is open.
    fn purge(&mut self) {
        let around = self.open.iter().rev().skip(1).find_map(|(_, row)| *row);
        let Some((table, _)) = self.open.last() else {
            return;
        };
        let rows = &mut self.rows;
        self.named.retain(|key, at| {
            let is_kept = key.0 != around || key.1 != *table;
            if let (false, Some(slot)) = (is_kept, rows.get_mut(*at)) {
                *slot = None;
            }
            is_kept
        });
    }
}

impl Row {
    fn carry_out(&mut self, verb: &str, key: &Word, values: &[Word]) {
        let place = |row: &Self| row.settings.iter().rposition(|it| it.key.text == key.text);
        match verb {
            "set" => self.settings.push(Assignment {
                key: key.clone(),
                values: values.to_vec(),
            }),
            "append" => match place(self).and_then(|at| self.settings.get_mut(at)) {
                Some(own) => own.values.extend(values.iter().cloned()),
                None => self.carry_out("set", key, values),
            },
            "unselect" => {
                if let Some(own) = place(self).and_then(|at| self.settings.get_mut(at)) {
                    own.values
                        .retain(|own| !values.iter().any(|it| it.text == own.text));
                }
            }
            // As it is by default.
            "unset" => self.settings.retain(|own| own.key.text != key.text),
            _ => {}
        }
    }
}

/// The words of each line; a quoted word may go over several.
fn statements(file: usize, text: &str) -> Vec<Vec<Word>> {
    let mut all = Vec::new();
    let mut words: Vec<Word> = Vec::new();
    let mut letters = text.char_indices().peekable();
    let word = |text: String, bytes: Range<usize>| Word {
        text,
        span: Span::new(file, bytes),
    };
    while let Some((start, letter)) = letters.next() {
        match letter {
            '\n' => all.push(std::mem::take(&mut words)),
            _ if letter.is_whitespace() => {}
            '#' if words.is_empty() => while letters.next_if(|(_, c)| *c != '\n').is_some() {},
            '"' | '\'' => {
                let mut value = String::new();
                let mut end = start + 1;
                while let Some((at, c)) = letters.next() {
                    end = at + c.len_utf8();
                    match c {
                        _ if c == letter => break,
                        '\\' => value.extend(letters.next().map(|(_, c)| c)),
                        _ => value.push(c),
                    }
                }
                words.push(word(value, start..end));
            }
            _ => {
                let mut value = String::from(letter);
                let mut end = start + letter.len_utf8();
                while let Some((at, c)) = letters.next_if(|(_, c)| !c.is_whitespace()) {
                    end = at + c.len_utf8();
                    value.push(c);
                }
                words.push(word(value, start..end));
            }
        }
    }
    all.push(words);
    all
}

#[cfg(test)]
mod tests {
    use super::rows;

    #[test]
    fn rows_belong_to_the_innermost_block() {
        let text = "config system global\n set hostname \"x\"\nend\nconfig vpn ipsec phase1-interface\n edit \"a b\"\n  \
            set proposal aes256-sha256 aes128-sha1\n  config ipv4-exclude-range\n   edit 1\n    set start-ip 10.0.0.1\n   \
            next\n  end\n  set psksecret ENC \"x\ny\"\n next\n edit c\n  set dhgrp 14\nend\n";
        let rows = rows(0, &text.into());
        let shown: Vec<_> = rows
            .iter()
            .map(|row| {
                let keys: Vec<_> = row.settings.iter().map(|it| it.key.text.as_str()).collect();
                format!("{} / {} / {}", row.table, row.name.text, keys.join(" "))
            })
            .collect();
        assert_eq!(
            shown,
            [
                "vpn ipsec phase1-interface / a b / proposal psksecret",
                "ipv4-exclude-range / 1 / start-ip",
                "vpn ipsec phase1-interface / c / dhgrp",
            ]
        );
    }

    #[test]
    fn commands_change_what_is_there() {
        let table = "config vpn ipsec phase1-interface\n";
        let before = "edit a\nset dhgrp 14 5\nset keylife 3600\nnext\nedit b\nnext\n";
        for (commands, expected) in [
            ("edit a\nunset keylife\nnext\n", &["a dhgrp=14 5", "b"][..]),
            (
                "edit a\nappend dhgrp 19\nunselect dhgrp 5\n",
                &["a dhgrp=14 19 keylife=3600", "b"],
            ),
            ("delete b\ndelete c\n", &["a dhgrp=14 5 keylife=3600"]),
            ("rename a to c\n", &["c dhgrp=14 5 keylife=3600", "b"]),
            ("purge\nedit c\nset dhgrp 1\n", &["c dhgrp=1"]),
        ] {
            let rows = rows(
                0,
                &format!("{table}{before}end\n{table}{commands}end\n").into(),
            );
            let shown = rows.iter().map(|row| {
                let settings = row.settings.iter().map(|it| {
                    let values: Vec<_> = it.values.iter().map(|it| it.text.as_str()).collect();
                    format!(" {}={}", it.key.text, values.join(" "))
                });
                format!("{}{}", row.name.text, settings.collect::<String>())
            });
            assert_eq!(shown.collect::<Vec<_>>(), expected, "{commands}");
        }
    }
}
