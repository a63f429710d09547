//! The version of strongSwan that a file of its is for, and words of other versions.

use std::ops::Range;

use super::settings::Value;
use super::{ReadCode, ReadContext, harmless};
use crate::diag::{Diagnostic, Severity, Span};
use crate::dialect::swan::{self, Generation};
use crate::peer::{Engine, NamedEngine};

/// What somebody means who says no more than that it is version 6.
const SIX: &str = "strongswan@6";

/// The version that the user named, else the one whose behaviour was measured, unless the `lists`
/// of proposals or the keys that are `later` show one that only a later one knows.
pub(super) fn engine<'v>(
    context: &ReadContext<'_>,
    lists: impl Iterator<Item = &'v Value>,
    mut later: impl Iterator<Item = (&'v str, Span)>,
    diagnostics: &mut Vec<Diagnostic>,
) -> Engine {
    if let Some(engine) = context.engine {
        return engine;
    }
    let measured = Engine::STRONGSWAN_5_9_8;
    let mut lists = lists.filter_map(later_word);
    let found = lists.next();
    let found = found.or_else(|| later.next().map(|(key, place)| (key.to_owned(), place)));
    let Some((word, place)) = found else {
        return measured;
    };
    match six(context, &word, &place) {
        Some((engine, note)) => {
            diagnostics.push(note);
            engine
        }
        None => measured,
    }
}

/// The version that is assumed because of a word of it, and the note that says so.
pub(super) fn six(
    context: &ReadContext<'_>,
    word: &str,
    place: &Span,
) -> Option<(Engine, Diagnostic)> {
    let NamedEngine { engine, .. } = (context.engines)(SIX).ok()?;
    let message = format!(
        "{} is a word of strongSwan 6, so {engine} is assumed, the newest known",
        harmless::quoted(word),
    );
    let note = Diagnostic::new(Severity::Note, ReadCode::VersionAssumed, place, message);
    Some((engine, note))
}

/// The first word of a list that strongSwan 5 does not know and 6 does.
fn later_word(value: &Value) -> Option<(String, Span)> {
    let word = word_of_six(value)?;
    Some((value[word.clone()].to_owned(), value.part(word)))
}

/// Where the first word of a list stands that strongSwan 5 does not know and 6 does.
pub(super) fn word_of_six(text: &str) -> Option<Range<usize>> {
    let words = text.split([',', '-', '!']).map(str::trim);
    let word = words
        .filter(|word| !word.is_empty())
        .find(|word| swan::keyword(word).is_some() && !Generation::Five.knows(word))?;
    let start = word.as_ptr().addr() - text.as_ptr().addr();
    Some(start..start + word.len())
}

/// A complaint about the first keyword of a proposal that this version does not know.
pub(super) fn other_version(
    engine: Engine,
    item: &str,
    part: impl Fn(Range<usize>) -> Span,
) -> Option<Diagnostic> {
    let version = engine.version;
    let generation = Generation::of_major(version.major());
    let unknown = generation.first_unknown(item)?;
    let known = generation.known_elsewhere(&item[unknown.clone()]);
    let word = harmless::quoted(&item[unknown.clone()]);
    let message = format!("{word} is not a keyword of strongSwan {version}");
    let diagnostic = Diagnostic::error(ReadCode::UnknownKeyword, part(unknown), message);
    Some(diagnostic.maybe_help(known.map(ToOwned::to_owned)))
}

/// Gives the part of a proposal, which begins at `start` of its file, that a place is about.
pub(super) fn word_of(item: &str, start: usize) -> impl Fn(&Span) -> String + '_ {
    move |place: &Span| {
        let bytes = place.start.saturating_sub(start)..place.end.saturating_sub(start);
        item.get(bytes).unwrap_or_default().to_owned()
    }
}

/// Words that are no keywords: the daemon's own message, and what unfilled templates need.
pub(super) fn with_reason(
    diagnostic: Diagnostic,
    word_at: &impl Fn(&Span) -> String,
) -> Diagnostic {
    if diagnostic.code != <&str>::from(ReadCode::UnknownKeyword) {
        return diagnostic;
    }
    let word = diagnostic.place.span().map(word_at).unwrap_or_default();
    let diagnostic = diagnostic.note(format!(
        "charon says \"algorithm '{}' not recognized\"",
        harmless::said(&word)
    ));
    if word.contains(['$', '{', '<', '%', '@']) {
        return diagnostic.help("this is a placeholder; fill in the template first");
    }
    diagnostic
}
