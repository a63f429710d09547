//! Tokens taken one after the other, with what iked says of those that do not fit.

use super::super::lexer::{Kind, Token};
use super::KEYWORDS;
use crate::diag::{Diagnostic, Span, quoted_or};
use crate::dialect::iked;
use crate::peer::server::Spanned;
use crate::read::ReadCode;

/// The words of one statement, from the first to the last.
pub(in crate::read::iked) struct Words<'t> {
    pub(super) tokens: &'t [Token],
    pub(super) at: usize,
    /// Where the statement is, for what is missing at its end.
    pub(super) whole: Span,
}

pub(super) type Parsed<T> = Result<T, Box<Diagnostic>>;

impl<'t> Words<'t> {
    /// The words behind the first.
    pub(in crate::read::iked) fn behind_first(tokens: &'t [Token]) -> Option<Self> {
        let first = tokens.first()?;
        Some(Self {
            tokens,
            at: 1,
            whole: first.span.clone(),
        })
    }

    pub(in crate::read::iked) fn peek(&self) -> Option<&'t Token> {
        self.tokens.get(self.at)
    }

    /// The next word, if it is one of these keywords.
    pub(in crate::read::iked) fn one_of(&mut self, keywords: &[&str]) -> Option<&'t Token> {
        let token = self
            .peek()
            .filter(|it| keywords.iter().any(|word| it.is(word)))?;
        self.at += 1;
        Some(token)
    }

    pub(in crate::read::iked) fn string(&mut self, what: &str) -> Parsed<&'t Token> {
        match self.peek() {
            Some(token) if token.is_string() => {
                self.at += 1;
                Ok(token)
            }
            _ => Err(self.unexpected(what)),
        }
    }

    pub(in crate::read::iked) fn number(&mut self, what: &str) -> Parsed<&'t Token> {
        match self.peek() {
            Some(token) if token.kind == Kind::Number => {
                self.at += 1;
                Ok(token)
            }
            _ => Err(self.unexpected(what)),
        }
    }

    /// Where the last word ends.
    fn end(&self) -> Span {
        let last = self
            .at
            .checked_sub(1)
            .and_then(|last| self.tokens.get(last));
        last.map_or_else(|| self.whole.clone(), |it| it.span.clone())
    }

    pub(in crate::read::iked) fn from(&self, first: &Span) -> Span {
        let end = self.end();
        if end.file == first.file && end.end >= first.start {
            Span::new(first.file, first.start..end.end)
        } else {
            first.clone()
        }
    }

    /// What is said where another word was to be.
    pub(in crate::read::iked) fn unexpected(&self, what: &str) -> Box<Diagnostic> {
        let complaint = |span: &Span, message: String| {
            Diagnostic::error(ReadCode::SyntaxError, span, message)
                .note("iked says \"syntax error\", and refuses the whole file")
        };
        let Some(token) = self.peek() else {
            let message = format!("the statement ends, and {what} is missing");
            let help = "end the line with `\\`, if the statement goes on in the next one";
            return Box::new(complaint(&self.end(), message).help(help));
        };
        let word = match token.kind {
            Kind::Word => quoted_or(&token.text, KEYWORDS.iter().copied(), "this"),
            Kind::Quoted | Kind::Number | Kind::Sign => "this".to_owned(),
        };
        let message = format!("{word} stands where iked expects {what}");
        let diagnostic = complaint(&token.span, message);
        let group = token.kind == Kind::Number
            && self
                .at
                .checked_sub(1)
                .and_then(|before| self.tokens.get(before))
                .is_some_and(|before| before.is("group"));
        Box::new(if group {
            diagnostic.help(format!("write `grp{}`", token.text))
        } else {
            diagnostic
        })
    }

    /// Fails unless the statement ends here.
    pub(in crate::read::iked) fn finish(&self, what: &str) -> Parsed<()> {
        match self.peek() {
            None => Ok(()),
            Some(_) => Err(self.unexpected(what)),
        }
    }

    /// The string behind `include`, or the strings behind `user`, of which nothing is kept.
    pub(in crate::read::iked) fn strings(&mut self, count: usize) -> Parsed<&'t Token> {
        let first = self.string("a string in quotation marks")?;
        for _ in 1..count {
            self.string("a string in quotation marks")?;
        }
        self.finish("the end of the line")?;
        Ok(first)
    }

    /// `host_spec`, `any` and, in a flow, `dynamic` and a network behind NAT; whether there is one.
    pub(in crate::read::iked) fn host(&mut self, in_flow: bool) -> Parsed<(Spanned<String>, bool)> {
        let words: &[&str] = if in_flow {
            &["any", "dynamic"]
        } else {
            &["any"]
        };
        if let Some(token) = self.one_of(words) {
            return Ok((placed(token), false));
        }
        let mut host = self.host_spec()?;
        let behind = in_flow && self.one_of(&["("]).is_some();
        if behind {
            self.host_spec()?;
            if self.one_of(&[")"]).is_none() {
                return Err(self.unexpected("`)`"));
            }
            host.span = self.from(&host.span);
        }
        Ok((host, behind))
    }

    pub(in crate::read::iked) fn host_spec(&mut self) -> Parsed<Spanned<String>> {
        let mut host = placed(self.string("an address")?);
        if self.one_of(&["/"]).is_some() {
            let bits = self.number("the length of the network's prefix")?;
            host.value = format!("{}/{}", host.value, bits.text);
            host.span = self.from(&host.span);
        }
        Ok(host)
    }

    /// A number of seconds, or of minutes or hours.
    pub(in crate::read::iked) fn time(&mut self) -> Parsed<Spanned<u64>> {
        self.measured(&[('m', 60), ('h', 3600)], "a time such as `3600` or `1h`")
    }

    pub(in crate::read::iked) fn measured(
        &mut self,
        units: &[(char, u64)],
        what: &str,
    ) -> Parsed<Spanned<u64>> {
        let wrong = self.unexpected(what);
        let token = self
            .peek()
            .filter(|it| it.kind == Kind::Number || it.is_string());
        let Some(token) = token else {
            return Err(wrong);
        };
        let number = token
            .text
            .trim_end_matches(|c: char| c.is_ascii_alphabetic());
        let unit = token.text.get(number.len()..).unwrap_or_default();
        let factor = match (token.kind, unit) {
            (Kind::Number, _) => Some(1),
            _ => units
                .iter()
                .find(|(letter, _)| unit.eq_ignore_ascii_case(&letter.to_string()))
                .map(|(_, factor)| *factor),
        };
        let value = number.parse::<u64>().ok().zip(factor);
        let Some(value) = value.and_then(|(value, factor)| value.checked_mul(factor)) else {
            return Err(wrong);
        };
        self.at += 1;
        let span = token.span.clone();
        Ok(Spanned { value, span })
    }
}

pub(super) fn placed(token: &Token) -> Spanned<String> {
    Spanned {
        value: token.text.clone(),
        span: token.span.clone(),
    }
}

/// A word as it can be written again.
pub(super) fn spelt(token: &Token) -> String {
    match token.kind {
        Kind::Quoted => iked::string(&token.text),
        Kind::Word | Kind::Number | Kind::Sign => token.text.clone(),
    }
}
