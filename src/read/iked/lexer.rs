//! The words of `iked.conf`, as `yylex` of OpenIKED's `parse.y` cuts them.
//!
//! A statement ends with its line, unless a backslash is the last character of it; that holds inside
//! of comments too. A macro is put in as text, so that words are cut behind it: `$net/24`.

use std::collections::HashMap;
use std::sync::Arc;

use crate::diag::{Diagnostic, Span, quoted_or};
use crate::read::ReadCode;

/// What iked keeps of one word (`buf` of `yylex`).
const LONGEST: usize = 8095;

/// More octets are not put in for macros of one file: nobody's macros grow to that.
const MOST_EXPANDED: usize = 16 << 20;

/// What kind of word it is.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Kind {
    /// A word that may be a keyword.
    Word,
    /// A string in quotation marks, which is never a keyword.
    Quoted,
    /// A number.
    Number,
    /// Any other character.
    Sign,
}

/// A word with its place; of a word out of a macro that is where the macro is used.
#[derive(Clone, Debug)]
pub(super) struct Token {
    pub(super) kind: Kind,
    pub(super) text: String,
    pub(super) span: Span,
}

impl Token {
    /// Whether it is this keyword or sign.
    pub(super) fn is(&self, word: &str) -> bool {
        matches!(self.kind, Kind::Word | Kind::Sign) && self.text == word
    }

    /// Whether it may stand where a string is asked for.
    pub(super) fn is_string(&self) -> bool {
        match self.kind {
            Kind::Quoted => true,
            Kind::Word => !super::grammar::is_keyword(&self.text),
            Kind::Number | Kind::Sign => false,
        }
    }
}

/// Macros by their names.
pub(super) type Macros = HashMap<String, Arc<str>>;

/// A text that is read: the file, or the value of a macro inside of it.
struct Frame {
    text: Arc<str>,
    at: usize,
    /// Where the macro is used.
    used: Option<Span>,
}

/// A character and its place.
type Letter = (char, Span);

/// Cuts one file into statements.
pub(super) struct Lexer {
    file: usize,
    frames: Vec<Frame>,
    /// A letter that was looked at.
    pushed: Option<Letter>,
    expanded: usize,
    pub(super) diagnostics: Vec<Diagnostic>,
}

/// What a statement is made of.
pub(super) enum Statement {
    /// Words.
    Words(Vec<Token>),
    /// A line that iked passes over, with its first word: a rule of ipsec.conf.
    Skipped(Token),
    /// A line of which the words cannot be told.
    Broken,
}

impl Lexer {
    pub(super) fn new(file: usize, text: Arc<str>) -> Self {
        let whole = Frame {
            text,
            at: 0,
            used: None,
        };
        Self {
            file,
            frames: vec![whole],
            pushed: None,
            expanded: 0,
            diagnostics: Vec::new(),
        }
    }

    /// The next character, whatever it is. An exhausted macro ends.
    fn raw(&mut self) -> Option<Letter> {
        loop {
            let frame = self.frames.last_mut()?;
            let rest = frame.text.get(frame.at..).unwrap_or_default();
            if let Some(letter) = rest.chars().next() {
                let start = frame.at;
                frame.at += letter.len_utf8();
                let own = || Span::new(self.file, start..start + letter.len_utf8());
                return Some((letter, frame.used.clone().unwrap_or_else(own)));
            }
            if self.frames.len() == 1 {
                return None;
            }
            self.frames.pop();
        }
    }

    /// The next character with continued lines joined; a backslash before anything else is dropped.
    fn next(&mut self) -> Option<Letter> {
        if let Some(letter) = self.pushed.take() {
            return Some(letter);
        }
        loop {
            match self.raw()? {
                ('\\', _) => match self.raw()? {
                    ('\n', _) => {}
                    other => return Some(other),
                },
                other => return Some(other),
            }
        }
    }

    fn peek(&mut self) -> Option<char> {
        if self.pushed.is_none() {
            self.pushed = self.next();
        }
        self.pushed.as_ref().map(|letter| letter.0)
    }

    /// The next statement; `None` at the end of the file.
    pub(super) fn statement(&mut self, macros: &Macros) -> Option<Statement> {
        let mut words: Vec<Token> = Vec::new();
        loop {
            let Some((letter, span)) = self.next() else {
                return (!words.is_empty()).then_some(Statement::Words(words));
            };
            match letter {
                ' ' | '\t' => {}
                '\n' => return Some(Statement::Words(words)),
                '#' => {
                    self.skip_line();
                    return Some(Statement::Words(words));
                }
                '$' if self.frames.len() == 1 => {
                    if !self.expand(macros, span) {
                        self.skip_line();
                        return Some(Statement::Broken);
                    }
                }
                _ => {
                    let Some(token) = self.token(letter, span) else {
                        self.skip_line();
                        return Some(Statement::Broken);
                    };
                    if words.is_empty() && super::grammar::is_passed_over(&token) {
                        self.skip_line();
                        return Some(Statement::Skipped(token));
                    }
                    words.push(token);
                }
            }
        }
    }

    fn skip_line(&mut self) {
        while let Some((letter, _)) = self.next() {
            if letter == '\n' {
                return;
            }
        }
    }

    /// Puts in the macro whose name follows. Whether there is one.
    fn expand(&mut self, macros: &Macros, mut span: Span) -> bool {
        let mut name = String::new();
        while let Some(letter) = self.peek() {
            if !(letter.is_ascii_alphanumeric() || letter == '_') {
                break;
            }
            if let Some((letter, place)) = self.next() {
                name.push(letter);
                span.end = span.end.max(place.end);
            }
        }
        let Some(value) = macros.get(&name) else {
            let known = macros.keys().map(String::as_str);
            let word = quoted_or(&name, known, "of this name");
            let message = format!("there is no macro {word}");
            self.complain(
                Diagnostic::error(ReadCode::DanglingReference, &span, message)
                    .note("iked says \"macro … not defined\", and refuses the whole file")
                    .help(
                        "define it above, as in `name = \"value\"`; `\"…\"` keeps a `$` as it is",
                    ),
            );
            return false;
        };
        self.expanded += value.len();
        if self.expanded > MOST_EXPANDED {
            let message = "the macros of this file expand to more than is read";
            self.complain(Diagnostic::error(ReadCode::TooLarge, &span, message));
            return false;
        }
        // What was looked at stands behind the macro.
        if self.pushed.take().is_some()
            && let Some(frame) = self.frames.last_mut()
        {
            frame.at = span.end;
        }
        self.frames.push(Frame {
            text: Arc::clone(value),
            at: 0,
            used: Some(span),
        });
        true
    }

    fn complain(&mut self, diagnostic: Diagnostic) {
        if !crate::read::loading::is_enough(&self.diagnostics) {
            self.diagnostics.push(diagnostic);
        }
    }

    fn token(&mut self, first: char, span: Span) -> Option<Token> {
        match first {
            '"' | '\'' => self.quoted(first, span),
            _ if first.is_ascii_alphanumeric() || ":_*".contains(first) => self.word(first, span),
            _ => Some(Token {
                kind: Kind::Sign,
                text: first.to_string(),
                span,
            }),
        }
    }

    /// A string up to its closing mark. Line breaks in it are dropped.
    fn quoted(&mut self, mark: char, mut span: Span) -> Option<Token> {
        let mut text = String::new();
        loop {
            let Some((letter, place)) = self.raw() else {
                self.complain(
                    Diagnostic::error(ReadCode::SyntaxError, &span, "this string has no end")
                        .note(
                            "iked says \"reached end of file while parsing quoted string\", and \
                             refuses the whole file",
                        )
                        .help("add the closing quotation mark"),
                );
                return None;
            };
            span.end = span.end.max(place.end);
            match letter {
                '\n' => {}
                '\\' => match self.raw() {
                    Some((next, place)) if next == mark || " \t".contains(next) => {
                        text.push(next);
                        span.end = span.end.max(place.end);
                    }
                    Some(('\n', _)) => {}
                    Some(other) => {
                        text.push('\\');
                        self.put_back(&other);
                    }
                    None => {}
                },
                _ if letter == mark => break,
                _ => text.push(letter),
            }
            if text.len() > LONGEST {
                self.too_long(&span);
                return None;
            }
        }
        Some(Token {
            kind: Kind::Quoted,
            text,
            span,
        })
    }

    /// Gives the letter back that was just taken out of the innermost text.
    fn put_back(&mut self, letter: &Letter) {
        if let Some(frame) = self.frames.last_mut() {
            frame.at -= letter.0.len_utf8();
        }
    }

    /// A number, or a word; a number ends before a blank or one of `)`, `,`, `/`, `}`, `=`.
    fn word(&mut self, first: char, mut span: Span) -> Option<Token> {
        let mut text = String::from(first);
        let mut digits = first.is_ascii_digit();
        while let Some(letter) = self.peek() {
            let inside = letter.is_ascii_alphanumeric()
                || letter.is_ascii_punctuation() && !"(){}<>!=/#,".contains(letter);
            if !inside {
                break;
            }
            digits &= letter.is_ascii_digit();
            if let Some((letter, place)) = self.next() {
                text.push(letter);
                span.end = span.end.max(place.end);
            }
            if text.len() > LONGEST {
                self.too_long(&span);
                return None;
            }
        }
        let ends_number = self
            .peek()
            .is_none_or(|next| next.is_ascii_whitespace() || "),/}=".contains(next));
        let kind = if digits && ends_number {
            Kind::Number
        } else {
            Kind::Word
        };
        Some(Token { kind, text, span })
    }

    fn too_long(&mut self, span: &Span) {
        let message = format!("this word is longer than {LONGEST} octets");
        self.complain(
            Diagnostic::error(ReadCode::SyntaxError, span, message)
                .note("iked says \"string too long\", and refuses the whole file"),
        );
    }
}

#[cfg(test)]
mod tests {
    use super::{Lexer, Macros, Statement};

    fn words(text: &str, macros: &[(&str, &str)]) -> Vec<String> {
        let macros: Macros = macros
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).into()))
            .collect();
        let mut lexer = Lexer::new(0, text.into());
        let mut lines = Vec::new();
        while let Some(statement) = lexer.statement(&macros) {
            lines.push(match statement {
                Statement::Words(words) => {
                    let shown = words
                        .iter()
                        .map(|it| format!("{:?}:{}", it.kind, it.text).replacen("Word:", "", 1));
                    shown.collect::<Vec<_>>().join(" ")
                }
                Statement::Skipped(token) => format!("skipped {}", token.text),
                Statement::Broken => "broken".to_owned(),
            });
        }
        lines
    }

    #[test]
    fn lines_are_cut_as_yylex_cuts_them() {
        for (text, expected) in [
            ("a b\nc", vec!["a b", "c"]),
            ("a \\\n\tb", vec!["a b"]),
            ("a # b \\\n c\nd", vec!["a", "d"]),
            ("10.0.0.0/8 8", vec!["10.0.0.0 Sign:/ Number:8 Number:8"]),
            ("lifetime 3h", vec!["lifetime 3h"]),
            ("\"a\\\" b\" 'c\nd'", vec!["Quoted:a\" b Quoted:cd"]),
            ("peer $gw/24", vec!["peer 10.0.0.1 Sign:/ Number:24"]),
            ("name $two x", vec!["name one Quoted:two three x"]),
            ("name \"$gw\"", vec!["name Quoted:$gw"]),
            ("a $none b\nc", vec!["broken", "c"]),
            ("from $none\nike x", vec!["skipped from", "skipped ike"]),
            ("a \"b\nc", vec!["broken"]),
        ] {
            let macros = [("gw", "10.0.0.1"), ("two", "one \"two three\"")];
            assert_eq!(words(text, &macros), expected, "{text}");
        }
    }
}
