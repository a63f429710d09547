//! Values: what is written after a parameter or an equals sign.

use std::ops::Range;

use super::super::lexer::{Kind, Piece};
use super::variables::Value;
use super::{MAX_DEPTH, MAX_ENTRIES, MAX_TEXT, Reader, command_of, literal};
use crate::diag::Span;
use crate::peer::server::Spanned;

impl<'t> Reader<'t> {
    /// What is assigned, up to the end of the statement.
    pub(super) fn expression(&mut self) -> Value {
        let start = self.at;
        let value = match self.peek() {
            Some(Kind::Table) => {
                self.at += 1;
                Value::Table(self.table())
            }
            Some(Kind::Word { pieces, bare }) => {
                if let Some(command) = command_of(pieces).filter(|_| *bare) {
                    self.call(command, None);
                    return self.unknown(start..start + 1);
                }
                if let Some(entries) = self.new_object() {
                    return Value::Table(entries);
                }
                let is_value = !*bare || pieces.iter().all(|it| matches!(it, Piece::Variable(_)));
                let is_number = matches!(pieces.as_slice(), [Piece::Literal(text)]
                    if text.bytes().all(|it| it.is_ascii_alphanumeric())
                        && text.starts_with(|it: char| it.is_ascii_digit()));
                self.at += 1;
                if is_value || is_number {
                    self.resolve(pieces, start)
                } else {
                    self.unknown(start..self.at)
                }
            }
            _ => self.unknown(start..start + 1),
        };
        if self.is_end() {
            return value;
        }
        let list = matches!(self.peek(), Some(Kind::Comma));
        while !self.is_end() && !matches!(self.peek(), Some(Kind::Open)) {
            self.at += 1;
        }
        if list {
            Value::List(self.span(start))
        } else {
            self.unknown(start..self.at)
        }
    }

    /// The entries of a table, up to and with its closing brace.
    pub(super) fn table(&mut self) -> Vec<(Spanned<String>, Value)> {
        self.table_of(&mut 0, 0)
    }

    /// The same for a table inside of `depth` others, which have `count` entries together.
    fn table_of(&mut self, count: &mut usize, depth: usize) -> Vec<(Spanned<String>, Value)> {
        let mut entries = Vec::new();
        loop {
            match self.peek() {
                None => return entries,
                Some(Kind::Close) => {
                    self.at += 1;
                    return entries;
                }
                Some(Kind::Word { pieces, .. })
                    if matches!(
                        self.tokens.get(self.at + 1).map(|it| &it.kind),
                        Some(Kind::Equals)
                    ) =>
                {
                    let key = literal(pieces);
                    let span = self.span(self.at);
                    self.at += 2;
                    let value = if self.peek() == Some(&Kind::Table) && depth < MAX_DEPTH {
                        self.at += 1;
                        Value::Table(self.table_of(count, depth + 1))
                    } else {
                        self.entry()
                    };
                    if let Some(value_of) = key.filter(|_| *count < MAX_ENTRIES) {
                        *count += 1;
                        entries.push((
                            Spanned {
                                value: value_of,
                                span,
                            },
                            value,
                        ));
                    }
                }
                Some(Kind::Open | Kind::Table) => self.skip(),
                Some(_) => self.at += 1,
            }
        }
    }

    /// The value of an entry of a table, up to the end of the entry.
    pub(super) fn entry(&mut self) -> Value {
        let start = self.at;
        let mut value = match self.peek() {
            Some(Kind::Word { pieces, bare }) => {
                self.at += 1;
                let words = pieces.iter().all(|it| !matches!(it, Piece::Literal(_)));
                let digits =
                    literal(pieces).is_some_and(|text| text.bytes().all(|it| it.is_ascii_digit()));
                if !*bare || words || digits {
                    self.resolve(pieces, start)
                } else {
                    // A bare word is a command that is run.
                    self.unknown(start..self.at)
                }
            }
            _ => self.unknown(start..start + 1),
        };
        if matches!(value, Value::Table(_)) {
            value = self.unknown(start..self.at);
        }
        while !self.is_end() {
            value = match self.peek() {
                Some(Kind::Comma) => Value::List(self.span(start)),
                _ if matches!(value, Value::List(_)) => value,
                _ => self.unknown(start..start + 1),
            };
            match self.peek() {
                Some(Kind::Open | Kind::Table) => self.skip(),
                _ => self.at += 1,
            }
        }
        value
    }

    /// The value at this place, which may be a list.
    pub(super) fn value(&mut self) -> Value {
        let start = self.at;
        let mut value = self.one_value();
        while matches!(self.peek(), Some(Kind::Comma)) {
            self.at += 1;
            if !self.is_end() {
                self.one_value();
            }
            value = Value::List(self.span(start));
        }
        value
    }

    pub(super) fn one_value(&mut self) -> Value {
        let start = self.at;
        match self.peek() {
            Some(Kind::Word { pieces, .. }) => {
                self.at += 1;
                self.resolve(pieces, start)
            }
            Some(Kind::Open | Kind::Table) => {
                self.skip();
                self.unknown(start..self.at)
            }
            _ => {
                self.at += 1;
                self.unknown(start..start + 1)
            }
        }
    }

    pub(super) fn unknown(&self, tokens: Range<usize>) -> Value {
        let first = self.span(tokens.start);
        let last = self.span(tokens.end.max(tokens.start + 1) - 1);
        let variable = match self.tokens.get(tokens.start).map(|it| &it.kind) {
            Some(Kind::Word { pieces, bare: true }) if literal(pieces).is_some() => literal(pieces),
            Some(Kind::Word { pieces, .. }) => pieces.iter().find_map(|piece| match piece {
                Piece::Variable(name) => Some(format!("${name}")),
                Piece::Computed | Piece::Literal(_) => None,
            }),
            _ => None,
        };
        Value::Unknown(Spanned {
            value: variable.unwrap_or_default(),
            span: Span::new(self.file, first.start..last.end.max(first.end)),
        })
    }

    /// The value of a word.
    pub(super) fn resolve(&self, pieces: &[Piece], at: usize) -> Value {
        let span = self.span(at);
        if let [Piece::Variable(name)] = pieces {
            match name.as_str() {
                "true" | "false" | "null" => {
                    let value = name.clone();
                    return Value::Text(Spanned { value, span });
                }
                _ => {}
            }
            if let Some(value) = self.variables.get(name) {
                return value.clone();
            }
        }
        let mut text = String::new();
        for piece in pieces {
            match piece {
                Piece::Literal(part) => text.push_str(part),
                Piece::Variable(name) => match self.variables.get(name) {
                    Some(Value::Text(part)) => text.push_str(&part.value),
                    _ => return self.unknown(at..at + 1),
                },
                Piece::Computed => return self.unknown(at..at + 1),
            }
            if text.len() > MAX_TEXT {
                return self.unknown(at..at + 1);
            }
        }
        Value::Text(Spanned { value: text, span })
    }
}
