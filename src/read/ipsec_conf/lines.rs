//! Splitting an ipsec.conf into sections, settings and includes.

use super::file::Grammar;
use crate::diag::Span;
use crate::read::settings::Value;

/// One line that says something; a quoted value may continue on further lines of the file.
#[derive(Debug)]
pub(super) enum Line {
    /// `include PATTERN`.
    Include(Value),
    /// `conn NAME`, `config setup`, `ca NAME`.
    Section {
        kind: &'static str,
        kind_place: Span,
        name: Option<Value>,
    },
    /// An indented `key=value`.
    Setting {
        key: String,
        place: Span,
        value: Option<Value>,
    },
    /// What cannot stand in such a file.
    Wrong {
        place: Span,
        message: String,
        help: &'static str,
    },
}

/// Where a quoted text without an end begins.
pub(super) struct Unterminated(pub(super) Span);

pub(super) struct Lines<'t> {
    text: &'t str,
    file: usize,
    grammar: Grammar,
    at: usize,
}

impl<'t> Lines<'t> {
    pub(super) const fn new(text: &'t str, file: usize, grammar: Grammar) -> Self {
        Self {
            text,
            file,
            grammar,
            at: 0,
        }
    }

    fn rest(&self) -> &'t str {
        &self.text[self.at..]
    }

    fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    fn skip(&mut self, of: impl Fn(char) -> bool) {
        let rest = self.rest();
        self.at += rest.len() - rest.trim_start_matches(of).len();
    }

    fn skip_blanks(&mut self) {
        self.skip(|c| " \t\r".contains(c));
    }

    fn skip_line(&mut self) {
        self.skip(|c| c != '\n');
        self.at += usize::from(self.peek() == Some('\n'));
    }

    const fn span(&self, start: usize) -> Span {
        Span::new(self.file, start..self.at)
    }

    /// The next line that says something.
    pub(super) fn next(&mut self) -> Result<Option<Line>, Unterminated> {
        loop {
            let start = self.at;
            self.skip_blanks();
            let indented = self.at > start;
            match self.peek() {
                None => return Ok(None),
                Some('\n' | '#') => self.skip_line(),
                Some(_) => {
                    let line = self.line(indented)?;
                    if matches!(line, Some(Line::Wrong { .. })) {
                        return Ok(line);
                    }
                    self.skip_blanks();
                    match self.peek() {
                        None | Some('\n' | '#') => self.skip_line(),
                        Some(_) if matches!(line, Some(Line::Include(_))) => {}
                        Some(_) => return Ok(Some(self.behind_value())),
                    }
                    if let Some(line) = line {
                        return Ok(Some(line));
                    }
                }
            }
        }
    }

    /// Something follows where the line ought to end.
    fn behind_value(&mut self) -> Line {
        let start = self.at;
        self.skip(|c| !" \t\r\n".contains(c));
        Line::Wrong {
            place: self.span(start),
            message: "the line ought to end before this".to_owned(),
            help: "put values with blanks or `=` in double quotes",
        }
    }

    /// A word up to a blank, a quotation mark or `=`.
    fn word(&mut self) -> (usize, &'t str) {
        let start = self.at;
        let stops = match self.grammar {
            Grammar::Starter => "\"#= \t\r\n",
            Grammar::Libreswan => "\"= \t\r\n",
        };
        if self.rest().starts_with("@#") {
            self.at += 2;
        }
        self.skip(|c| !stops.contains(c));
        (start, &self.text[start..self.at])
    }

    fn line(&mut self, indented: bool) -> Result<Option<Line>, Unterminated> {
        let (start, word) = self.word();
        let place = self.span(start);
        if word == "version" {
            self.skip(|c| c != '\n');
            return Ok(None);
        }
        let follows = self.rest().trim_start_matches([' ', '\t']);
        if word == "include" && !follows.starts_with('=') {
            self.skip_blanks();
            let pattern = self.value(true)?;
            return Ok(Some(Line::Include(
                pattern.unwrap_or(Value::begin(self.file, self.at)),
            )));
        }
        if !indented {
            return self.section(word, place).map(Some);
        }
        self.skip_blanks();
        if self.peek() != Some('=') {
            let (message, help) = if ["conn", "config", "ca"].contains(&word) {
                (
                    "a section begins at the left margin",
                    "remove the blanks before it",
                )
            } else if word.is_empty() {
                ("expected the name of a setting", "write `name=value`")
            } else {
                ("this setting has no value", "write `name=value`")
            };
            return Ok(Some(Line::Wrong {
                place,
                message: message.to_owned(),
                help,
            }));
        }
        self.at += 1;
        let value = self.value(false)?;
        let key = match self.grammar {
            Grammar::Starter => word.to_owned(),
            Grammar::Libreswan => word.to_ascii_lowercase(),
        };
        Ok(Some(Line::Setting { key, place, value }))
    }

    fn section(&mut self, word: &str, place: Span) -> Result<Line, Unterminated> {
        let kind = ["conn", "config", "ca"]
            .into_iter()
            .find(|kind| *kind == word);
        let Some(kind) = kind else {
            let message = "expected `conn`, `config setup` or `include` at the left margin";
            return Ok(Line::Wrong {
                place,
                message: message.to_owned(),
                help: "settings of a section are indented",
            });
        };
        let before = self.at;
        self.skip_blanks();
        let gap = self.at - before;
        let mut name = Value::begin(self.file, self.at);
        if self.peek() == Some('"') {
            self.string(&mut name)?;
        } else {
            let start = self.at;
            self.skip(|c| !" \t\r\n#\"".contains(c));
            name.push(&self.text[start..self.at], start);
        }
        name.reach(self.at);
        if kind == "config" && (&*name != "setup" || gap > 1 && self.grammar == Grammar::Starter) {
            return Ok(Line::Wrong {
                place,
                message: "expected `config setup`, with one blank".to_owned(),
                help: "write `config setup`",
            });
        }
        Ok(Line::Section {
            kind,
            kind_place: place,
            name: (!name.is_empty()).then_some(name),
        })
    }

    /// A value: words and quoted texts, joined by one blank; for a pattern only the first.
    fn value(&mut self, one: bool) -> Result<Option<Value>, Unterminated> {
        self.skip_blanks();
        let mut value = Value::begin(self.file, self.at);
        let mut words = 0;
        loop {
            let before = self.at;
            self.skip_blanks();
            let comment = self.peek() == Some('#') && !self.rest().starts_with("@#");
            if comment || matches!(self.peek(), None | Some('\n')) || one && words > 0 {
                break;
            }
            if self.peek() == Some('=') && self.grammar == Grammar::Starter {
                break;
            }
            if words > 0 {
                value.push(" ", before);
            }
            words += 1;
            match (self.peek(), self.grammar) {
                (Some('"'), _) => self.string(&mut value)?,
                (Some(quote @ ('\'' | '{')), Grammar::Libreswan) => {
                    let end = if quote == '{' { '}' } else { quote };
                    self.literal(&mut value, end);
                }
                (_, Grammar::Starter) => {
                    let (start, word) = self.word();
                    value.push(word, start);
                }
                (_, Grammar::Libreswan) => {
                    let start = self.at;
                    self.skip(|c| !" \t\r\n\"".contains(c));
                    value.push(&self.text[start..self.at], start);
                }
            }
            value.reach(self.at);
        }
        Ok((words > 0).then_some(value))
    }

    /// A text in quotation marks or braces of libreswan, which end with the line at the latest.
    fn literal(&mut self, value: &mut Value, end: char) {
        let start = self.at;
        self.at += 1;
        self.skip(|c| c != end && c != '\n');
        let closed = self.peek() == Some(end);
        let inner = start + usize::from(end == '\'');
        value.push(&self.text[inner..self.at], inner);
        if closed {
            if end == '}' {
                value.push("}", self.at);
            }
            self.at += 1;
        }
    }

    /// A text in double quotation marks; escapes are strongSwan's, libreswan has none.
    fn string(&mut self, value: &mut Value) -> Result<(), Unterminated> {
        let (file, start) = (self.file, self.at);
        let unterminated = || Unterminated(Span::new(file, start..start + 1));
        let escapes = self.grammar == Grammar::Starter;
        self.at += 1;
        loop {
            let run = self.at;
            self.skip(|c| c != '"' && !(escapes && c == '\\') && (escapes || c != '\n'));
            value.push(&self.text[run..self.at], run);
            let Some(next) = self.peek().filter(|c| *c != '\n') else {
                return Err(unterminated());
            };
            self.at += 1;
            if next == '"' {
                return Ok(());
            }
            let escaped = self.peek().ok_or_else(unterminated)?;
            let place = self.at;
            self.at += escaped.len_utf8();
            match escaped {
                'n' => value.push("\n", place),
                'r' => value.push("\r", place),
                't' => value.push("\t", place),
                '\n' => {}
                '\r' if self.peek() == Some('\n') => self.at += 1,
                _ => value.push(&self.text[place..self.at], place),
            }
        }
    }
}
