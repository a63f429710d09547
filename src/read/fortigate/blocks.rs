//! The blocks of a configuration of FortiOS: `config …`, `edit …`, `set …`, `next`, `end`.

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
}

/// Blocks inside of each other; real ones have a handful.
const MOST_LEVELS: usize = 64;

/// Reads the rows of all tables.
pub(super) fn rows(file: usize, text: &Arc<str>) -> Vec<Row> {
    let mut rows = Vec::new();
    // The path of each open block, and the rows that are open in it.
    let mut tables: Vec<String> = Vec::new();
    let mut open: Vec<Option<Row>> = Vec::new();
    for words in statements(file, text) {
        let Some(first) = words.first() else {
            continue;
        };
        let rest = words.get(1..).unwrap_or_default();
        match first.text.as_str() {
            "config" if tables.len() < MOST_LEVELS => {
                let path: Vec<_> = rest.iter().map(|word| word.text.as_str()).collect();
                tables.push(path.join(" "));
                open.push(None);
            }
            "end" => {
                tables.pop();
                rows.extend(open.pop().flatten());
            }
            "edit" => {
                if let (Some(table), Some(slot), Some(name)) =
                    (tables.last(), open.last_mut(), rest.first())
                {
                    let row = Row {
                        table: table.clone(),
                        name: name.clone(),
                        settings: Vec::new(),
                    };
                    rows.extend(slot.replace(row));
                }
            }
            "next" => {
                if let Some(slot) = open.last_mut() {
                    rows.extend(slot.take());
                }
            }
            "set" | "append" => {
                if let (Some(Some(row)), Some(key)) = (open.last_mut(), rest.first()) {
                    row.settings.push(Assignment {
                        key: key.clone(),
                        values: rest.get(1..).unwrap_or_default().to_vec(),
                    });
                }
            }
            _ => {}
        }
    }
    // A text that is cut ends in open blocks.
    rows.extend(open.into_iter().flatten());
    rows
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
                "ipv4-exclude-range / 1 / start-ip",
                "vpn ipsec phase1-interface / a b / proposal psksecret",
                "vpn ipsec phase1-interface / c / dhgrp",
            ]
        );
    }
}
