//! What stands in a file of Nix as itself: attribute sets, strings, lists, numbers, names.

use crate::diag::{Diagnostic, Span};
use crate::read::loading::{self, MOST_SETTINGS};

/// An attribute's path, each name with its place.
pub(super) type Path = Vec<(String, Span)>;

/// A value.
#[derive(Clone, Debug)]
pub(super) enum Expression {
    /// `{ a = …; b.c = …; }`.
    Set(Vec<(Path, Self)>),
    /// A string, or a list of strings; with the place of the whole.
    Words(Vec<(String, Span)>, Span),
    /// A number, `true`, `false`, `null`, or a name that is defined elsewhere.
    Name(String, Span),
    /// Everything that has to be evaluated.
    Computed(Span),
}

impl Expression {
    /// The bindings of a set; of everything else none.
    pub(super) fn set(&self) -> impl Iterator<Item = &(Path, Self)> {
        let all = match self {
            Self::Set(all) => all.as_slice(),
            _ => &[],
        };
        all.iter()
    }
}

#[derive(Clone, Debug, Eq, PartialEq)]
enum Token {
    Name(String),
    /// A string; whether a part of it is computed.
    Text(String, bool),
    Sign(char),
}

/// The bindings whose path has the name `module`: what stands behind it in the path, and the value.
///
/// Fails on a text of more words than are read.
pub(super) fn bindings(
    file: usize,
    text: &str,
    module: &str,
    shown: &mut Vec<Span>,
) -> Result<Vec<(Path, Expression)>, Vec<Diagnostic>> {
    let tokens = tokens(file, text)?;
    let structure = tokens.iter().filter(|(token, _)| {
        matches!(token, Token::Name(name) if name == module || STRUCTURE.contains(&name.as_str()))
    });
    shown.extend(structure.map(|(_, place)| place.clone()));
    let mut found = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        let is_it = matches!(tokens.get(at), Some((Token::Name(name), _)) if name == module);
        at += 1;
        if !is_it {
            continue;
        }
        let mut parser = Parser {
            tokens: &tokens,
            at,
            level: 0,
        };
        let mut path = Path::new();
        while parser.takes('.') {
            let Some(word) = parser.word() else {
                break;
            };
            path.push(word);
        }
        if parser.takes('=') {
            let value = parser.expression();
            found.push((path, value));
        }
        at = parser.at;
    }
    Ok(found)
}

struct Parser<'t> {
    tokens: &'t [(Token, Span)],
    at: usize,
    level: usize,
}

/// Names that say how a file is built.
const STRUCTURE: &[&str] = &[
    "config", "enable", "false", "inherit", "lib", "null", "pkgs", "rec", "services", "swanctl",
    "true",
];

/// Words and signs of a text: a setting has a name, an equals sign, a value and a semicolon at least.
const MOST_TOKENS: usize = 4 * MOST_SETTINGS;

/// Sets inside of each other.
const MOST_LEVELS: usize = 64;

impl Parser<'_> {
    fn peek(&self) -> Option<&(Token, Span)> {
        self.tokens.get(self.at)
    }

    fn is(&self, sign: char) -> bool {
        matches!(self.peek(), Some((Token::Sign(it), _)) if *it == sign)
    }

    fn takes(&mut self, sign: char) -> bool {
        let is = self.is(sign);
        self.at += usize::from(is);
        is
    }

    /// A name of a path, quoted or not.
    fn word(&mut self) -> Option<(String, Span)> {
        let (token, place) = self.peek()?.clone();
        let word = match token {
            Token::Name(word) | Token::Text(word, false) => word,
            Token::Text(_, true) | Token::Sign(_) => return None,
        };
        self.at += 1;
        Some((word, place))
    }

    /// A value up to its semicolon, which is taken.
    fn expression(&mut self) -> Expression {
        let start = self.at;
        let place = self
            .peek()
            .map_or_else(|| Span::new(0, 0..0), |it| it.1.clone());
        let value = self.simple();
        if let Some(value) = value
            && (self.takes(';') || self.at >= self.tokens.len())
        {
            return value;
        }
        // Something that is evaluated; over all brackets to its end.
        self.at = start;
        let mut depth = 0_usize;
        while let Some((token, _)) = self.peek() {
            match token {
                Token::Sign('{' | '[' | '(') => depth += 1,
                Token::Sign('}' | ']' | ')') if depth == 0 => break,
                Token::Sign('}' | ']' | ')') => depth -= 1,
                Token::Sign(';') if depth == 0 => {
                    self.at += 1;
                    break;
                }
                _ => {}
            }
            self.at += 1;
        }
        Expression::Computed(place)
    }

    /// A value that stands there as itself.
    fn simple(&mut self) -> Option<Expression> {
        let (token, place) = self.peek()?.clone();
        self.at += 1;
        Some(match token {
            Token::Text(_, true) => return None,
            Token::Text(text, false) => Expression::Words(vec![(text, place.clone())], place),
            Token::Name(name) => {
                let next = self.is(';') || self.is(']');
                // `rec { … }` is a set of which parts may refer to others.
                if name == "rec" && self.is('{') {
                    return self.simple();
                }
                if !next {
                    return None;
                }
                Expression::Name(name, place)
            }
            Token::Sign('{') => {
                if self.level >= MOST_LEVELS {
                    return None;
                }
                self.level += 1;
                let set = self.bindings();
                self.level -= 1;
                Expression::Set(set?)
            }
            Token::Sign('[') => {
                let mut words = Vec::new();
                while !self.takes(']') {
                    match self.peek()?.clone() {
                        (Token::Text(text, false), place) => words.push((text, place)),
                        _ => return None,
                    }
                    self.at += 1;
                }
                Expression::Words(words, place)
            }
            Token::Sign(_) => return None,
        })
    }

    /// Takes `inherit a b;` or `inherit (x) a b;`: names of which the values stand elsewhere.
    fn inherits(&mut self, all: &mut Vec<(Path, Expression)>) -> Option<bool> {
        let is_it = matches!(self.peek(), Some((Token::Name(name), _)) if name == "inherit");
        let next = self.tokens.get(self.at + 1);
        if !is_it || matches!(next, Some((Token::Sign('=' | '.'), _))) {
            return Some(false);
        }
        self.at += 1;
        if self.is('(') {
            self.pass_over();
        }
        while !self.takes(';') {
            let (name, place) = self.word()?;
            all.push((vec![(name, place.clone())], Expression::Computed(place)));
        }
        Some(true)
    }

    /// Passes over what brackets hold.
    fn pass_over(&mut self) {
        let mut depth = 0_usize;
        while let Some((token, _)) = self.peek() {
            match token {
                Token::Sign('{' | '[' | '(') => depth += 1,
                Token::Sign('}' | ']' | ')') => depth = depth.saturating_sub(1),
                _ => {}
            }
            self.at += 1;
            if depth == 0 {
                break;
            }
        }
    }

    fn bindings(&mut self) -> Option<Vec<(Path, Expression)>> {
        let mut all = Vec::new();
        while !self.takes('}') {
            // A text that is cut ends in open sets.
            if self.at >= self.tokens.len() {
                break;
            }
            if self.inherits(&mut all)? {
                continue;
            }
            let mut path = vec![self.word()?];
            while self.takes('.') {
                path.push(self.word()?);
            }
            if !self.takes('=') {
                return None;
            }
            all.push((path, self.expression()));
        }
        Some(all)
    }
}

/// The tokens of a text, without comments.
fn tokens(file: usize, text: &str) -> Result<Vec<(Token, Span)>, Vec<Diagnostic>> {
    let mut tokens = Vec::new();
    let mut at = 0;
    while let Some(letter) = text.get(at..).and_then(|rest| rest.chars().next()) {
        let rest = text.get(at..).unwrap_or_default();
        if tokens.len() >= MOST_TOKENS {
            let place = Span::new(file, at..at);
            return Err(vec![loading::too_many_settings(&place)]);
        }
        let start = at;
        if letter.is_whitespace() {
            at += letter.len_utf8();
        } else if letter == '#' {
            at += rest.find('\n').unwrap_or(rest.len());
        } else if rest.starts_with("/*") {
            at += rest.find("*/").map_or(rest.len(), |end| end + 2);
        } else if letter == '"' {
            let (value, is_computed, end) = quoted(rest);
            let place = Span::new(file, start + 1..start + end.saturating_sub(1).max(1));
            at += end;
            tokens.push((Token::Text(value, is_computed), place));
        } else if rest.starts_with("''") {
            let end = rest.get(2..).and_then(|inner| inner.find("''"));
            let end = end.map_or(rest.len(), |end| end + 4);
            let inner = rest
                .get(2..end.saturating_sub(2).max(2))
                .unwrap_or_default();
            let place = Span::new(file, start + 2..start + 2 + inner.len());
            let is_computed = inner.contains("${") || inner.contains('\n');
            at += end;
            tokens.push((Token::Text(inner.to_owned(), is_computed), place));
        } else if letter.is_alphanumeric() || letter == '_' {
            let inside = |c: char| c.is_alphanumeric() || "_-'".contains(c);
            let end = rest.find(|c| !inside(c)).unwrap_or(rest.len());
            at += end;
            let word = rest.get(..end).unwrap_or_default().to_owned();
            tokens.push((Token::Name(word), Span::new(file, start..at)));
        } else {
            at += letter.len_utf8();
            tokens.push((Token::Sign(letter), Span::new(file, start..at)));
        }
    }
    Ok(tokens)
}

/// A string in quotation marks at the beginning of a text: its value, whether a part is computed, its length.
fn quoted(rest: &str) -> (String, bool, usize) {
    let mut value = String::new();
    let mut is_computed = false;
    let mut letters = rest.char_indices().skip(1).peekable();
    while let Some((at, letter)) = letters.next() {
        match letter {
            '"' => return (value, is_computed, at + 1),
            '\\' => value.extend(letters.next().map(|(_, c)| c)),
            '$' if letters.peek().is_some_and(|it| it.1 == '{') => {
                is_computed = true;
                value.push(letter);
            }
            _ => value.push(letter),
        }
    }
    // No closing mark.
    (value, is_computed, rest.len() + 1)
}

#[cfg(test)]
mod tests {
    use super::{Expression, bindings};

    #[test]
    fn what_stands_there_as_itself_is_read() {
        let text = "{ config, pkgs, ... }: {\n services.strongswan-swanctl = {\n  enable = true;\n  swanctl.a.\"b c\" = [ \"x\" \"y\" ];\n\
            # comment\n  n = 5; m = lib.mkForce \"z\"; o = \"${x}\";\n inherit (y) p q; inherit r;\n };\n}\n";
        let all = bindings(0, text, "strongswan-swanctl", &mut Vec::new()).unwrap();
        let [(path, Expression::Set(set))] = all.as_slice() else {
            panic!("{all:?}");
        };
        assert!(path.is_empty());
        let shown: Vec<_> = set
            .iter()
            .map(|(path, value)| {
                let names: Vec<_> = path.iter().map(|it| it.0.as_str()).collect();
                let value = match value {
                    Expression::Words(words, _) => {
                        let words: Vec<_> = words.iter().map(|it| &text[it.1.bytes()]).collect();
                        words.join("|")
                    }
                    Expression::Name(name, _) => name.clone(),
                    Expression::Computed(_) => "?".to_owned(),
                    Expression::Set(_) => "{}".to_owned(),
                };
                format!("{}={value}", names.join("/"))
            })
            .collect();
        assert_eq!(
            shown,
            [
                "enable=true",
                "swanctl/a/b c=x|y",
                "n=5",
                "m=?",
                "o=?",
                "p=?",
                "q=?",
                "r=?"
            ]
        );
    }
}
