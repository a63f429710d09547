//! The text of a configuration in words, braces and lines.

use crate::diag::Span;

/// A piece of the text.
pub(super) enum Token {
    Word(String, Span),
    Open,
    Close,
    Line,
    End,
}

/// What takes a text apart.
pub(super) struct Lexer<'t> {
    pub(super) file: usize,
    pub(super) text: &'t str,
    pub(super) at: usize,
}

impl Lexer<'_> {
    /// Where the next token begins.
    pub(super) const fn place(&self) -> Span {
        Span::new(self.file, self.at..self.at)
    }

    pub(super) fn rest(&self) -> &str {
        self.text.get(self.at..).unwrap_or_default()
    }

    /// Whether a blank or the beginning of the text stands before the next token.
    pub(super) fn is_after_blank(&self) -> bool {
        let before = self.text.get(..self.at).unwrap_or_default();
        before.chars().next_back().is_none_or(char::is_whitespace)
    }

    pub(super) fn next(&mut self) -> Token {
        loop {
            let rest = self.rest();
            let Some(letter) = rest.chars().next() else {
                return Token::End;
            };
            match letter {
                '\n' => {
                    self.at += 1;
                    return Token::Line;
                }
                '{' => {
                    self.at += 1;
                    return Token::Open;
                }
                '}' => {
                    self.at += 1;
                    return Token::Close;
                }
                _ if letter.is_whitespace() => self.at += letter.len_utf8(),
                _ if rest.starts_with("/*") => {
                    self.at += rest.find("*/").map_or(rest.len(), |end| end + 2);
                }
                // A comment of a script, or one that somebody put behind a value; a value has no blank before it.
                '#' if self.is_after_blank() => {
                    self.at += rest.find('\n').unwrap_or(rest.len());
                }
                _ if rest.starts_with("//") => self.at += rest.find('\n').unwrap_or(rest.len()),
                '"' | '\'' => return self.quoted(letter),
                _ => {
                    let end = rest.find(|c: char| c.is_whitespace()).unwrap_or(rest.len());
                    let word = rest.get(..end).unwrap_or_default().to_owned();
                    let place = Span::new(self.file, self.at..self.at + end);
                    self.at += end;
                    return Token::Word(word, place);
                }
            }
        }
    }

    /// A word in quotation marks, which ends with its line at the latest.
    fn quoted(&mut self, mark: char) -> Token {
        let start = self.at + 1;
        let mut word = String::new();
        let mut letters = self.text.get(start..).unwrap_or_default().char_indices();
        let mut end = self.text.len();
        while let Some((at, letter)) = letters.next() {
            end = start + at;
            match letter {
                _ if letter == mark => break,
                '\n' => break,
                '\\' if mark == '"' => word.extend(letters.next().map(|(_, c)| c)),
                _ => word.push(letter),
            }
            end = start + at + letter.len_utf8();
        }
        let place = Span::new(self.file, start.min(end)..end);
        let closed = self.text.get(end..).is_some_and(|it| it.starts_with(mark));
        self.at = end + usize::from(closed);
        Token::Word(word, place)
    }
}
