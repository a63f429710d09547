//! A script in tokens: words, parameters, variables, and the signs between them.
//!
//! As much of PowerShell's grammar as it takes to find commands and their arguments in what people
//! paste: about_Parsing, about_Quoting_Rules, about_Special_Characters. What is computed (`$(…)`,
//! method calls) becomes a value that is not known, never an error.

mod text;

pub(super) use text::escaped;

use std::ops::Range;

use crate::dialect::powershell::{DASHES, DOUBLE_QUOTES, SINGLE_QUOTES};

/// A part of a word.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) enum Piece {
    /// Something that only a run of the script would tell.
    Computed,
    /// These characters.
    Literal(String),
    /// The value of a variable, whose name is in lower case.
    Variable(String),
}

/// What a token is.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) enum Kind {
    /// `)`, `]` or `}`.
    Close,
    /// `,`.
    Comma,
    /// The end of a statement: `;`, `|`, `&`, or that of a line.
    End {
        /// A line break.
        line: bool,
        /// `|`, which hands what comes before to the command behind.
        pipe: bool,
    },
    /// `=` and its relatives.
    Equals,
    /// `(`, `{`, `@(` or `$(`.
    Open,
    /// `-Name`, and whether a colon follows at once.
    Parameter {
        /// Without the dash.
        name: String,
        /// A colon binds the value.
        colon: bool,
    },
    /// `@name`, in lower case.
    Splat(String),
    /// `@{`.
    Table,
    /// An argument.
    Word {
        /// Its parts.
        pieces: Vec<Piece>,
        /// Not in quotation marks.
        bare: bool,
    },
}

/// A token and its octets.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct Token {
    pub(super) kind: Kind,
    pub(super) span: Range<usize>,
}

/// A script in tokens.
#[derive(Debug, Default)]
pub(super) struct Tokens {
    pub(super) list: Vec<Token>,
    /// Comments.
    pub(super) comments: Vec<Range<usize>>,
    /// Backticks that look as if they continued a line, but have blanks behind them.
    pub(super) loose_backticks: Vec<Range<usize>>,
}

/// A quotation mark, comment or bracket that is never closed, and what it is.
#[derive(Debug, Eq, PartialEq)]
pub(super) struct Unclosed {
    pub(super) at: usize,
    pub(super) what: &'static str,
}

/// Takes a script apart.
pub(super) fn tokens(text: &str) -> Result<Tokens, Unclosed> {
    let mut lexer = Lexer {
        text,
        at: 0,
        tokens: Tokens::default(),
        tables: Vec::new(),
        in_cmd: false,
    };
    while lexer.step()? {}
    Ok(lexer.tokens)
}

struct Lexer<'t> {
    text: &'t str,
    at: usize,
    tokens: Tokens,
    /// For each open bracket whether it is that of a table.
    tables: Vec<bool>,
    /// Inside of `powershell -command "…"` as typed at the command prompt, where `^` continues
    /// lines and the quotation marks are those of the prompt.
    in_cmd: bool,
}

impl Lexer<'_> {
    fn rest(&self) -> &str {
        &self.text[self.at..]
    }

    fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    fn second(&self) -> Option<char> {
        self.rest().chars().nth(1)
    }

    fn push(&mut self, kind: Kind, start: usize) {
        let span = start..self.at;
        self.tokens.list.push(Token { kind, span });
    }

    /// Takes a sign of so many octets.
    fn sign(&mut self, kind: Kind, bytes: usize) {
        let start = self.at;
        self.at += bytes;
        self.push(kind, start);
    }

    /// Reads one token; `false` at the end.
    fn step(&mut self) -> Result<bool, Unclosed> {
        let Some(letter) = self.peek() else {
            return Ok(false);
        };
        match letter {
            '\n' => {
                self.in_cmd = false;
                self.sign(
                    Kind::End {
                        line: true,
                        pipe: false,
                    },
                    1,
                );
            }
            _ if is_blank(letter) => self.at += letter.len_utf8(),
            '^' if self.in_cmd => {
                self.at += 1;
                self.at += line_break(self.rest());
            }
            '"' if self.in_cmd => self.at += 1,
            '`' if line_break(&self.rest()[1..]) > 0 => {
                self.at += 1;
                self.at += line_break(self.rest());
            }
            '`' if self.is_loose_backtick() => {
                self.tokens.loose_backticks.push(self.at..self.at + 1);
                self.at += 1;
            }
            '#' => {
                let end = self.rest().find('\n').unwrap_or(self.rest().len());
                self.tokens.comments.push(self.at..self.at + end);
                self.at += end;
            }
            '<' if self.rest().starts_with("<#") => self.block_comment()?,
            ';' | '|' | '&' => {
                let pipe = letter == '|' && self.second() != Some('|');
                self.sign(Kind::End { line: false, pipe }, 1);
            }
            ',' => self.sign(Kind::Comma, 1),
            '(' | '{' => {
                self.tables.push(false);
                self.sign(Kind::Open, 1);
            }
            ')' | '}' => {
                self.tables.pop();
                self.sign(Kind::Close, 1);
            }
            '=' if !self.is_argument() => self.sign(Kind::Equals, 1),
            '+' if self.second() == Some('=') => self.sign(Kind::Equals, 2),
            '@' => self.at_sign()?,
            '[' if !self.is_argument() => self.square(),
            // The end of an attribute: `[Parameter(Mandatory)]`.
            ']' if matches!(
                self.tokens.list.last(),
                Some(Token {
                    kind: Kind::Close,
                    ..
                })
            ) =>
            {
                self.at += 1;
            }
            _ if DASHES.contains(&letter) && self.second().is_some_and(starts_name) => {
                self.parameter();
            }
            _ => self.word()?,
        }
        Ok(true)
    }

    /// Whether what comes is the argument of a parameter, where `[` and `=` begin a word like any
    /// other letter.
    fn is_argument(&self) -> bool {
        let last = self.tokens.list.last().map(|token| &token.kind);
        matches!(last, Some(Kind::Parameter { .. }))
    }

    fn is_loose_backtick(&self) -> bool {
        let rest = &self.rest()[1..];
        let line = rest.split('\n').next().unwrap_or_default();
        !line.is_empty() && line.trim().is_empty()
    }

    fn block_comment(&mut self) -> Result<(), Unclosed> {
        let Some(end) = self.rest().find("#>") else {
            return Err(self.unclosed(self.at, "comment"));
        };
        self.tokens.comments.push(self.at..self.at + end + 2);
        self.at += end + 2;
        Ok(())
    }

    const fn unclosed(&self, at: usize, what: &'static str) -> Unclosed {
        Unclosed { at, what }
    }

    fn at_sign(&mut self) -> Result<(), Unclosed> {
        let start = self.at;
        match self.second() {
            Some('{') => {
                self.tables.push(true);
                self.sign(Kind::Table, 2);
            }
            Some('(') => {
                self.tables.push(false);
                self.sign(Kind::Open, 2);
            }
            Some(quote) if is_single(quote) || is_double(quote) => {
                self.at += 1 + quote.len_utf8();
                let pieces = self.here_string(start, quote)?;
                let bare = false;
                self.push(Kind::Word { pieces, bare }, start);
            }
            Some(letter) if starts_name(letter) => {
                self.at += 1;
                let name = self.name();
                self.push(Kind::Splat(name), start);
            }
            _ => self.word()?,
        }
        Ok(())
    }

    /// A type such as `[string]` means nothing here; anything else is the index of something
    /// computed.
    fn square(&mut self) {
        let start = self.at;
        let is_type = |c: char| c.is_alphanumeric() || "._, ".contains(c);
        let inside = self.rest()[1..].find(|c| !is_type(c));
        match inside.map(|end| start + 1 + end) {
            Some(end) if self.text[end..].starts_with(']') => self.at = end + 1,
            _ => {
                self.at += 1;
                let pieces = vec![Piece::Computed];
                self.push(Kind::Word { pieces, bare: true }, start);
            }
        }
    }

    fn parameter(&mut self) {
        let start = self.at;
        self.at += self.peek().map_or(0, char::len_utf8);
        let end = |c: char| c.is_whitespace() || ":;,|&(){}[]`\"'=^".contains(c) || is_single(c);
        let length = self.rest().find(end).unwrap_or(self.rest().len());
        let name = self.rest()[..length].to_owned();
        self.at += length;
        let colon = self.peek() == Some(':');
        self.at += usize::from(colon);
        self.push(Kind::Parameter { name, colon }, start);
    }

    /// The name of a variable, in lower case.
    fn name(&mut self) -> String {
        let end = |c: char| !(c.is_alphanumeric() || c == '_' || c == ':');
        let length = self.rest().find(end).unwrap_or(self.rest().len());
        let name = self.rest()[..length].to_lowercase();
        self.at += length;
        name
    }
}

/// Blanks that are no line break: PowerShell takes the no-break space for one too.
fn is_blank(letter: char) -> bool {
    letter.is_whitespace() && letter != '\n' || letter == '\u{feff}'
}

/// How many octets of line break the text begins with.
fn line_break(text: &str) -> usize {
    ["\r\n", "\n", "\r"]
        .iter()
        .find(|it| text.starts_with(**it))
        .map_or(0, |it| it.len())
}

fn starts_name(letter: char) -> bool {
    letter.is_alphabetic() || letter == '_'
}

fn is_single(letter: char) -> bool {
    SINGLE_QUOTES.contains(&letter)
}

fn is_double(letter: char) -> bool {
    DOUBLE_QUOTES.contains(&letter)
}

#[cfg(test)]
mod tests {
    use super::{Kind, Piece, Unclosed, tokens};

    /// Tokens in a short notation: words as they read, `$x` for variables, `?` for what is
    /// computed, `/` for the end of a statement.
    fn short(text: &str) -> String {
        let tokens = tokens(text).unwrap().list;
        let words = tokens.iter().map(|token| match &token.kind {
            Kind::Close => ")".to_owned(),
            Kind::Comma => ",".to_owned(),
            Kind::End { .. } => "/".to_owned(),
            Kind::Equals => "=".to_owned(),
            Kind::Open => "(".to_owned(),
            Kind::Parameter { name, colon } => format!("-{name}{}", if *colon { ":" } else { "" }),
            Kind::Splat(name) => format!("@{name}"),
            Kind::Table => "@{".to_owned(),
            Kind::Word { pieces, bare } => {
                let pieces = pieces.iter().map(|piece| match piece {
                    Piece::Computed => "?".to_owned(),
                    Piece::Literal(text) => text.clone(),
                    Piece::Variable(name) => format!("${name}"),
                });
                let text: String = pieces.collect();
                if *bare { text } else { format!("<{text}>") }
            }
        });
        words.collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn scripts_become_tokens() {
        for (text, expected) in [
            ("Set-X -A b -C:d", "Set-X -A b -C: d"),
            ("Set-X `\r\n  -A b", "Set-X -A b"),
            ("Set-X\u{a0}\u{2013}A\u{a0}b", "Set-X -A b"),
            ("a # b\nc <# d\ne #> f", "a / c f"),
            ("a#b", "a#b"),
            (
                "x 'it''s' \u{2018}it\u{201b}\u{2019}s\u{201a}",
                "x <it's> <it\u{2019}s>",
            ),
            (
                "x \"a`\"b`n$c ${d e} $(f 'g') $5\"",
                "x <a\"b\n$c $d e ? $5>",
            ),
            (
                "$p = @{ A = 'b'; C='d'\n E=f }",
                "$p = @{ A = <b> / C = <d> / E = f )",
            ),
            ("@p @(1)", "@p ( 1 )"),
            ("$a.b['c'] $a[0] $x.Y $z.Get()", "$a.b.c ? $x.y ?"),
            ("[string]$Name = \"x\"", "$name = <x>"),
            ("a | b; c && d", "a / b / c / / d"),
            ("a -1 -eq", "a -1 -eq"),
            ("a -B [c-d] -E =f -G [int]", "a -B [c-d] -E =f -G [int]"),
            ("x a'b'c`d", "x abcd"),
            ("$x = @'\nhi\nyou\n'@\ny", "$x = <hi\nyou> / y"),
            (
                "powershell -command ^\"Set-X -N 'a b' ^\n -F^\"\r\nb",
                "powershell -command Set-X -N <a b> -F / b",
            ),
        ] {
            assert_eq!(short(text), expected, "{text}");
        }
    }

    #[test]
    fn what_is_never_closed_is_named() {
        for (text, at, what) in [
            ("x 'abc", 2, "quotation mark"),
            ("x \"abc", 2, "quotation mark"),
            ("x <# abc", 2, "comment"),
            ("x @'\nabc", 2, "here-string"),
            ("x $(abc", 2, "bracket"),
            ("x ${abc", 2, "brace"),
        ] {
            assert_eq!(tokens(text).unwrap_err(), Unclosed { at, what }, "{text}");
        }
    }

    #[test]
    fn blanks_behind_a_backtick_are_noticed() {
        let tokens = tokens("Set-X ` \n -A b").unwrap();
        let starts: Vec<_> = tokens.loose_backticks.iter().map(|it| it.start).collect();
        assert_eq!(starts, [6]);
    }

    #[test]
    fn any_cut_of_a_script_is_taken_apart_or_refused() {
        let text = "$p=@{A='b'} # x\nSet-X @p -C \"$d $(e)\" `\n -F:$true <# g #>; @\"\nh\n\"@";
        for cut in (0..text.len()).filter(|cut| text.is_char_boundary(*cut)) {
            let _ = tokens(&text[..cut]);
        }
    }
}
