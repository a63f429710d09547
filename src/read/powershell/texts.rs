//! Texts in quotation marks that a script holds, put together where `+` joins them.

use std::ops::Range;

use super::lexer::{Kind, Piece, Token};
use super::script::{self, Variables};
use super::tokens;
use crate::diag::{Diagnostic, Excerpt, Sources};
use crate::dialect::powershell::{DOUBLE_QUOTES, SINGLE_QUOTES};

/// The texts of a script of which a part satisfies `is_wanted`, each with all that is joined to it,
/// and what the script's variables hold. Variables stand in the texts by their names.
///
/// Fails if the script cannot be taken apart.
pub(in crate::read) fn texts(
    sources: &Sources,
    file: usize,
    is_wanted: impl Fn(&str) -> bool,
) -> Result<(Vec<Excerpt>, Variables), Vec<Diagnostic>> {
    let text = sources.text(file);
    let tokens = tokens(&text, file)?;
    let list = &tokens.list;
    let mut excerpts = Vec::new();
    let mut at = 0;
    while let Some(token) = list.get(at) {
        at += 1;
        let is_text = matches!(token.kind, Kind::Word { bare: false, .. });
        if !is_text || !text.get(token.span.clone()).is_some_and(&is_wanted) {
            continue;
        }
        let mut excerpt = Excerpt::new();
        push(&text, token.span.clone(), &mut excerpt);
        while let Some(joined) = joined(list, at) {
            push(&text, list[joined].span.clone(), &mut excerpt);
            at = joined + 1;
        }
        excerpts.push(excerpt);
    }
    let script = script::read(&tokens, file, Variables::default());
    Ok((excerpts, script.variables))
}

/// The word that `+` at this place joins to what stands before.
fn joined(list: &[Token], at: usize) -> Option<usize> {
    let is_plus = |kind: &Kind| {
        matches!(kind, Kind::Word { pieces, bare: true }
            if matches!(pieces.as_slice(), [Piece::Literal(sign)] if sign == "+"))
    };
    let token = list.get(at)?;
    match &token.kind {
        kind if is_plus(kind) => {
            let mut next = at + 1;
            while matches!(list.get(next)?.kind, Kind::End { line: true, .. }) {
                next += 1;
            }
            matches!(list[next].kind, Kind::Word { .. }).then_some(next)
        }
        // `'a'+$b+'c'` without blanks: all behind the first text is one word.
        Kind::Word { pieces, bare: true } if matches!(pieces.first(), Some(Piece::Literal(sign)) if sign.starts_with('+')) => {
            Some(at)
        }
        _ => None,
    }
}

/// Adds what a word stands for.
fn push(text: &str, range: Range<usize>, excerpt: &mut Excerpt) {
    let word = &text[range.clone()];
    let here_string = word.strip_prefix('@').is_some_and(|rest| {
        let quote = rest.chars().next();
        quote.is_some_and(|it| SINGLE_QUOTES.contains(&it) || DOUBLE_QUOTES.contains(&it))
    });
    if here_string {
        return push_here_string(text, range, excerpt);
    }
    let mut letters = word.char_indices().peekable();
    let mut quote: Option<&[char]> = None;
    let mut plain = range.start;
    while let Some((at, letter)) = letters.next() {
        let place = range.start + at;
        let next = letters.peek().map(|(_, next)| *next);
        let end = place + letter.len_utf8();
        match quote {
            Some(marks) if marks.contains(&letter) => {
                excerpt.push(text, plain..place);
                plain = end;
                if let Some(again) = next.filter(|next| marks.contains(next)) {
                    letters.next();
                    excerpt.push(text, end..end + again.len_utf8());
                    plain = end + again.len_utf8();
                } else {
                    quote = None;
                }
            }
            Some(marks) if marks == DOUBLE_QUOTES && letter == '`' => {
                excerpt.push(text, plain..place);
                letters.next();
                plain = end + push_escaped(next, place..end, excerpt);
            }
            Some(_) => {}
            None => {
                let marks = [&SINGLE_QUOTES[..], &DOUBLE_QUOTES[..]];
                quote = marks.into_iter().find(|marks| marks.contains(&letter));
                if quote.is_some() || letter == '+' {
                    excerpt.push(text, plain..place);
                    plain = end;
                }
            }
        }
    }
    excerpt.push(text, plain..range.end);
}

/// Adds what the letter behind a backtick stands for, and returns its length.
fn push_escaped(letter: Option<char>, backtick: Range<usize>, excerpt: &mut Excerpt) -> usize {
    let Some(letter) = letter else { return 0 };
    let end = backtick.end + letter.len_utf8();
    let meaning = super::lexer::escaped(letter);
    excerpt.push_as(meaning.encode_utf8(&mut [0; 4]), backtick.start..end);
    letter.len_utf8()
}

/// Adds the lines between `@"` and `"@`.
fn push_here_string(text: &str, range: Range<usize>, excerpt: &mut Excerpt) {
    let word = &text[range.clone()];
    let expands = word
        .chars()
        .nth(1)
        .is_some_and(|it| DOUBLE_QUOTES.contains(&it));
    let start = range.start + word.find('\n').map_or(word.len(), |at| at + 1);
    let last = word.char_indices().nth_back(1).map_or(0, |(at, _)| at);
    let end = (range.start + last).max(start);
    let mut plain = start;
    if expands {
        let inner = &text[start..end];
        for tick in inner.match_indices('`').map(|(at, _)| start + at) {
            if tick < plain {
                continue;
            }
            excerpt.push(text, plain..tick);
            let next = text[tick + 1..end].chars().next();
            plain = tick + 1 + push_escaped(next, tick..tick + 1, excerpt);
        }
    }
    excerpt.push(text, plain..end);
}
