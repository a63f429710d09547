//! Here-documents of shell scripts, and what they write by `echo`, with the values of their variables.

use std::ops::Range;

use rustc_hash::FxHashMap;

use super::{MOST_PIECES, Piece, piece, push_lines};
use crate::diag::Excerpt;

/// The here-documents of a shell script, and the quoted texts of several lines that `echo` writes into files.
pub(super) fn here_documents(text: &str, lines: &[Range<usize>]) -> Vec<Piece> {
    let mut found: Vec<Piece> = Vec::new();
    let mut variables = FxHashMap::default();
    let line_of = |at: usize| text.get(lines[at].clone()).unwrap_or_default();
    // Where a line of this text comes next, from the end on.
    let mut ends: FxHashMap<&str, Vec<usize>> = FxHashMap::default();
    for at in 0..lines.len() {
        ends.entry(line_of(at).trim_start_matches('\t'))
            .or_default()
            .push(at);
    }
    let mut at = 0;
    while at < lines.len() && found.len() < MOST_PIECES {
        let line = line_of(at);
        at += 1;
        assign(line, &mut variables);
        if let Some(written) = Written::of(text, lines, at - 1) {
            let mut unset = Vec::new();
            let mut excerpt = Excerpt::new();
            let range = written.range.clone();
            if written.expands {
                expand(text, range, &variables, &mut excerpt, &mut unset);
            } else {
                excerpt.push(text, range);
            }
            let target = written.target.map(ToOwned::to_owned);
            if let Some(mut piece) = piece(excerpt, written.range.start, target) {
                piece.unset = unset;
                found.push(piece);
            }
            at = written.next;
            continue;
        }
        let Some(begun) = HereDocument::of(line) else {
            continue;
        };
        let places = ends.get(begun.end).map_or(&[][..], Vec::as_slice);
        let next = places.partition_point(|place| *place < at);
        let Some(end) = places.get(next).copied() else {
            continue;
        };
        let mut unset = Vec::new();
        let mut excerpt = Excerpt::new();
        let indent = |line: &str| {
            let tabs = line.len() - line.trim_start_matches('\t').len();
            if begun.strips_tabs { tabs } else { 0 }
        };
        if begun.expands {
            for at in at..end {
                let next = lines.get(at + 1).map_or(text.len(), |next| next.start);
                let start = lines[at].start + indent(line_of(at));
                expand(text, start..next, &variables, &mut excerpt, &mut unset);
            }
        } else {
            push_lines(&mut excerpt, text, lines, at..end, indent);
        }
        let start = lines.get(at).map_or(text.len(), |line| line.start);
        let target = begun.target.map(ToOwned::to_owned);
        let before = found
            .last_mut()
            .filter(|last| begun.appends && last.target.is_some() && last.target == target);
        if let Some(before) = before {
            before.excerpt.append(excerpt);
            before.unset.extend(unset);
        } else if let Some(mut piece) = piece(excerpt, start, target) {
            piece.unset = unset;
            found.push(piece);
        }
        at = end + 1;
    }
    for piece in &mut found {
        piece.unset.sort();
        piece.unset.dedup();
    }
    found
}

/// How far the end of a quoted text is looked for.
const LONGEST: usize = 1_000;

/// A quoted text of several lines that `echo` writes into a file.
struct Written<'t> {
    range: Range<usize>,
    /// The quotes are double ones, so variables in it stand for their values.
    expands: bool,
    target: Option<&'t str>,
    /// The line behind it.
    next: usize,
}

impl<'t> Written<'t> {
    fn of(text: &'t str, lines: &[Range<usize>], at: usize) -> Option<Self> {
        let line = text.get(lines[at].clone())?;
        let mut rest = line.trim_start();
        rest = rest.strip_prefix("sudo ").unwrap_or(rest);
        rest = rest.strip_prefix("echo ")?.trim_start();
        while let Some(option) = rest.strip_prefix('-') {
            rest = option.split_once(' ')?.1.trim_start();
        }
        let quote = rest.chars().next().filter(|c| matches!(c, '"' | '\''))?;
        let start = lines[at].end - rest.len() + 1;
        let closing = |line: &'t str| {
            let mut quotes = line.match_indices(quote);
            quotes.find_map(|(place, _)| {
                let behind = line[place + 1..].trim_start();
                let target = behind.starts_with(['>', '|']).then(|| redirection(behind));
                Some((place, target??.0))
            })
        };
        let ends = lines.iter().enumerate().skip(at + 1).take(LONGEST);
        let mut ends = ends.filter_map(|(number, range)| {
            let (place, target) = closing(text.get(range.clone())?)?;
            Some((number, range.start + place, target))
        });
        let (number, end, target) = ends.next()?;
        Some(Self {
            range: start..end,
            expands: quote == '"',
            target: Some(target),
            next: number + 1,
        })
    }
}

/// How a here-document begins.
struct HereDocument<'l> {
    /// The line that ends it.
    pub(super) end: &'l str,
    /// `<<-`: tabs before lines are none of them.
    strips_tabs: bool,
    /// Its word is not quoted, so variables in it stand for their values.
    expands: bool,
    pub(super) target: Option<&'l str>,
    /// `>>`: it comes behind what the file has.
    appends: bool,
}

impl<'l> HereDocument<'l> {
    fn of(line: &'l str) -> Option<Self> {
        if line.trim_start().starts_with('#') {
            return None;
        }
        let (before, after) = line.split_once("<<")?;
        let (strips_tabs, word) = match after.strip_prefix(['-', '~']) {
            Some(word) => (true, word),
            None => (false, after),
        };
        let word = word.trim_start();
        let quote = word
            .chars()
            .next()
            .filter(|c| matches!(c, '\'' | '"' | '\\'));
        let word = word.trim_start_matches(['\'', '"', '\\']);
        let length = word.find(|c: char| !(c.is_alphanumeric() || c == '_' || c == '-'));
        let (end, rest) = word.split_at(length.unwrap_or(word.len()));
        if end.is_empty() {
            return None;
        }
        let targets = [before, rest].into_iter().find_map(redirection);
        let (target, appends) = targets.unzip();
        Some(Self {
            end,
            strips_tabs,
            expands: quote.is_none(),
            target,
            appends: appends.unwrap_or(false),
        })
    }
}

/// The file that a part of a command writes to, and whether behind what is there: `> FILE`,
/// `>> FILE`, `tee FILE`, `tee -a FILE`.
fn redirection(part: &str) -> Option<(&str, bool)> {
    let file = |text: &'_ str| -> usize {
        text.find(|c: char| c.is_whitespace() || ";|&<>".contains(c))
            .unwrap_or(text.len())
    };
    if let Some(at) = part.find('>') {
        let rest = &part[at..];
        let appends = rest.starts_with(">>");
        let name = rest.trim_start_matches('>').trim_start();
        let name = name.get(..file(name))?.trim_matches(['"', '\'']);
        return (!name.is_empty()).then_some((name, appends));
    }
    let mut words = part.split_whitespace();
    words.find(|word| *word == "tee" || word.ends_with("/tee"))?;
    let mut appends = false;
    for word in words {
        match word {
            "-a" | "--append" => appends = true,
            _ if word.starts_with('-') => {}
            _ => return Some((word.trim_matches(['"', '\'']), appends)),
        }
    }
    None
}

/// Notes what a line assigns: `NAME=value`, quoted or not, behind `export` and the like.
fn assign<'t>(line: &'t str, variables: &mut FxHashMap<&'t str, &'t str>) {
    let mut rest = line.trim_start();
    for word in ["export ", "local ", "readonly ", "declare "] {
        rest = rest.strip_prefix(word).unwrap_or(rest);
    }
    let Some((name, value)) = rest.split_once('=') else {
        return;
    };
    let is_name = |c: char| c.is_ascii_alphanumeric() || c == '_';
    if name.is_empty() || !name.chars().all(is_name) {
        return;
    }
    let quote = value.chars().next().filter(|c| matches!(c, '\'' | '"'));
    let value = match quote {
        Some(quote) => value
            .strip_prefix(quote)
            .and_then(|it| it.split_once(quote))
            .map(|it| it.0),
        None => value.split([' ', '\t', ';', '#']).next(),
    };
    match value.filter(|value| !value.contains(['$', '`', '(', '\\'])) {
        Some(value) => variables.insert(name, value),
        None => variables.remove(name),
    };
}

/// Adds a part of a here-document with the values of variables put in.
fn expand(
    text: &str,
    range: Range<usize>,
    variables: &FxHashMap<&str, &str>,
    excerpt: &mut Excerpt,
    unset: &mut Vec<String>,
) {
    let mut plain = range.start;
    let mut at = range.start;
    while let Some(found) = text
        .get(at..range.end)
        .and_then(|rest| rest.find(['$', '\\']))
    {
        let start = at + found;
        let rest = text.get(start..range.end).unwrap_or_default();
        if rest.starts_with('\\') {
            let next = rest
                .chars()
                .nth(1)
                .filter(|c| matches!(c, '$' | '\\' | '`'));
            at = start + 1;
            if let Some(next) = next {
                excerpt.push(text, plain..start);
                plain = start + 1;
                at = plain + next.len_utf8();
            }
            continue;
        }
        let Some((name, default, length)) = variable(rest) else {
            at = start + 1;
            continue;
        };
        at = start + length;
        match variables
            .get(name)
            .copied()
            .filter(|it| !it.is_empty())
            .or(default)
        {
            Some(value) => {
                excerpt.push(text, plain..start);
                excerpt.push_as(value, start..at);
                plain = at;
            }
            None => unset.push(name.to_owned()),
        }
    }
    excerpt.push(text, plain..range.end);
}

/// The name of the variable at the start of a text, its default, and the length of both:
/// `$NAME`, `${NAME}`, `${NAME:-value}`.
fn variable(text: &str) -> Option<(&str, Option<&str>, usize)> {
    let is_name = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let rest = text.strip_prefix('$')?;
    if let Some(inside) = rest.strip_prefix('{') {
        let line = inside.split('\n').next().unwrap_or_default();
        let (inside, _) = line.split_once('}')?;
        let length = inside.len() + 3;
        let (name, default) = match inside.split_once(":-").or_else(|| inside.split_once('-')) {
            Some((name, default)) => (name, Some(default).filter(|it| !it.contains('$'))),
            None => (inside, None),
        };
        return name.chars().all(is_name).then_some((name, default, length));
    }
    let end = rest.find(|c| !is_name(c)).unwrap_or(rest.len());
    let name = rest.get(..end)?;
    let begins = name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
    begins.then_some((name, None, end + 1))
}
