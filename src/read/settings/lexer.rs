//! The words of a settings file.

use super::Value;
use crate::diag::Span;
use crate::dialect::swan::in_name;

/// One word outside of values.
#[derive(Clone, Debug)]
pub(super) enum Token {
    /// `}`.
    Close,
    /// `:`, behind which references follow.
    Colon,
    /// The end of the text.
    End,
    /// `=`, behind which a value follows.
    Equals,
    /// `include`, with the pattern that follows it.
    Include(Value),
    /// A name.
    Name(String),
    /// `{`.
    Open,
    /// A character that cannot stand here.
    Stray(char),
}

/// A text that ends inside of a quoted string.
#[derive(Debug)]
pub(super) struct Unterminated {
    /// Where the string begins.
    pub(super) at: Span,
}

/// Reads words off a text.
pub(super) struct Lexer<'t> {
    text: &'t str,
    file: usize,
    at: usize,
}

const BLANKS: [char; 3] = [' ', '\t', '\r'];

impl<'t> Lexer<'t> {
    pub(super) const fn new(text: &'t str, file: usize) -> Self {
        Self { text, file, at: 0 }
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

    fn skip_comment(&mut self) {
        if self.peek() == Some('#') {
            self.skip(|c| c != '\n');
        }
    }

    fn skip_blanks_and_comments(&mut self) {
        loop {
            self.skip(|c| BLANKS.contains(&c) || c == '\n');
            if self.peek() != Some('#') {
                return;
            }
            self.skip_comment();
        }
    }

    const fn span(&self, start: usize) -> Span {
        Span::new(self.file, start..self.at)
    }

    /// The next word and its place.
    pub(super) fn next(&mut self) -> Result<(Token, Span), Unterminated> {
        self.skip_blanks_and_comments();
        let start = self.at;
        let Some(first) = self.peek() else {
            return Ok((Token::End, self.span(start)));
        };
        if in_name(first) {
            self.skip(in_name);
            let name = &self.text[start..self.at];
            if name == "include" && self.rest().starts_with([' ', '\t']) {
                let behind = self.rest().trim_start_matches([' ', '\t']);
                if !behind.starts_with('=') {
                    self.skip(|c| BLANKS.contains(&c));
                    let pattern = self.pattern()?;
                    return Ok((Token::Include(pattern), self.span(start)));
                }
            }
            return Ok((Token::Name(name.to_owned()), self.span(start)));
        }
        self.at += first.len_utf8();
        let token = match first {
            '{' => Token::Open,
            '}' => Token::Close,
            ':' => Token::Colon,
            '=' => Token::Equals,
            stray => Token::Stray(stray),
        };
        Ok((token, self.span(start)))
    }

    /// The value behind an equals sign, up to the end of the line, a comment or a `}`.
    pub(super) fn value(&mut self) -> Result<Option<Value>, Unterminated> {
        self.skip(|c| BLANKS.contains(&c));
        let mut value = Value::begin(self.file, self.at);
        let mut words = 0;
        loop {
            let before = self.at;
            self.skip(|c| BLANKS.contains(&c));
            match self.peek() {
                None | Some('#' | '}' | '\n') => break,
                Some(next) => {
                    if words > 0 {
                        // The blank stands for whatever separates the words.
                        value.push(" ", before);
                    }
                    words += 1;
                    if next == '"' {
                        self.string(&mut value)?;
                    } else {
                        let start = self.at;
                        self.skip(|c| !"#}\"\r\n\t ".contains(c));
                        value.push(&self.text[start..self.at], start);
                    }
                    value.reach(self.at);
                }
            }
        }
        Ok((words > 0).then(|| value.ended()))
    }

    /// A quoted string, at whose opening quote the lexer stands.
    fn string(&mut self, value: &mut Value) -> Result<(), Unterminated> {
        let (file, start) = (self.file, self.at);
        let unterminated = || Unterminated {
            at: Span::new(file, start..start + 1),
        };
        self.at += 1;
        loop {
            let run = self.at;
            self.skip(|c| !"\\\r\"".contains(c));
            value.push(&self.text[run..self.at], run);
            let Some(next) = self.peek() else {
                return Err(unterminated());
            };
            self.at += 1;
            match next {
                '"' => return Ok(()),
                '\r' => {}
                _ => {
                    let Some(escaped) = self.peek() else {
                        return Err(unterminated());
                    };
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
    }

    /// The pattern behind `include`.
    fn pattern(&mut self) -> Result<Value, Unterminated> {
        let mut pattern = Value::begin(self.file, self.at);
        loop {
            let start = self.at;
            self.skip(|c| !"\"\\#}\r\n\t ".contains(c));
            pattern.push(&self.text[start..self.at], start);
            pattern.reach(self.at);
            match self.peek() {
                Some('"') => {
                    self.string(&mut pattern)?;
                    pattern.reach(self.at);
                    return Ok(pattern);
                }
                Some('\\') => {
                    self.at += 1;
                    if self.peek().is_some_and(|c| "\"#} ".contains(c)) {
                        pattern.push(&self.text[self.at..=self.at], self.at);
                        self.at += 1;
                    } else {
                        pattern.push("\\", self.at - 1);
                    }
                }
                Some('\r') => self.at += 1,
                _ => return Ok(pattern),
            }
        }
    }

    /// The references behind a colon: names with dots, separated by commas, up to what is neither.
    pub(super) fn references(&mut self) -> Vec<(ReferenceToken, Span)> {
        let mut found = Vec::new();
        loop {
            self.skip_blanks_and_comments();
            let start = self.at;
            match self.peek() {
                Some(',') => {
                    self.at += 1;
                    found.push((ReferenceToken::Comma, self.span(start)));
                }
                Some(c) if in_name(c) => {
                    self.skip(|c| in_name(c) || c == '.');
                    let dots = self.text[start..self.at].len()
                        - self.text[start..self.at].trim_end_matches('.').len();
                    self.at -= dots;
                    let name = self.text[start..self.at].to_owned();
                    found.push((ReferenceToken::Name(name), self.span(start)));
                }
                _ => return found,
            }
        }
    }
}

/// A word between the colon of a section and its brace.
#[derive(Clone, Debug)]
pub(super) enum ReferenceToken {
    Comma,
    Name(String),
}
