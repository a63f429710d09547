//! Our words for what the YAML parser says.
//!
//! The parser is libyaml in Rust. Of its own text only the beginning is looked at and numbers are
//! taken from it; nothing of it is shown, because some of its messages echo values.

use super::YamlCode;
use crate::diag::{Diagnostic, Place};

/// What the parser's message begins with, what that means, and what to do about it.
type Row = (&'static str, &'static str, Option<&'static str>);

const INDENT: &str = "let lines that belong together begin in the same column";
const QUOTE: &str = "close the quotation mark, or double it where it is part of the text";
const TABS: &str = "indent with blanks, YAML does not allow tabs";

/// In the wording of unsafe-libyaml 0.2 (`scanner.rs`, `parser.rs`).
const ROWS: &[Row] = &[
    (
        "block sequence entries are not allowed",
        "a list entry `- ` begins where none can stand",
        Some("put the first `- ` on a line of its own, below the key"),
    ),
    (
        "could not find expected ':'",
        "a line is neither a list entry nor `key: value`",
        Some("add the colon and a blank behind the key"),
    ),
    (
        "did not find expected ',' or ']'",
        "a list in brackets `[…]` is not closed here, nor does a comma follow",
        Some("separate entries by `,` and close the list with `]`"),
    ),
    (
        "did not find expected ',' or '}'",
        "a mapping in braces `{…}` is not closed here, nor does a comma follow",
        Some("separate entries by `,` and close the mapping with `}`"),
    ),
    (
        "did not find expected '-' indicator",
        "a line inside a list is not a list entry",
        Some("begin each entry of the list with `- `, in the same column"),
    ),
    (
        "did not find expected <document start>",
        "something follows the end of the document",
        Some(INDENT),
    ),
    (
        "did not find expected alphabetic or numeric character",
        "`*` and `&` begin an alias or an anchor, but no name follows",
        Some("put the value into quotation marks"),
    ),
    (
        "did not find expected comment or line break",
        "something follows `|` or `>` on the same line",
        Some("put the value into quotation marks"),
    ),
    (
        "did not find expected key",
        "a line of a mapping is not `key: value`",
        Some(INDENT),
    ),
    (
        "did not find expected node content",
        "a value is missing",
        None,
    ),
    (
        "found a tab character",
        "a line is indented with a tab",
        Some(TABS),
    ),
    (
        "found character that cannot start any token",
        "a value cannot begin with this character",
        Some("put the value into quotation marks, and indent with blanks instead of tabs"),
    ),
    (
        "found undefined tag handle",
        "a word that begins with `!` is a YAML tag",
        Some("put the value into quotation marks"),
    ),
    (
        "found unexpected document indicator",
        "the document ends inside a quoted word",
        Some(QUOTE),
    ),
    (
        "found unexpected end of stream",
        "the text ends inside a quoted word",
        Some(QUOTE),
    ),
    (
        "found unknown escape character",
        "`\\` and this character mean nothing inside double quotation marks",
        Some("use single quotation marks, in which `\\` is an ordinary character"),
    ),
    (
        "mapping values are not allowed",
        "a colon stands where no key can be",
        Some("put the value into quotation marks, or indent the line as those above it"),
    ),
];

/// A diagnostic for the parser's message `text`, at `place` unless the message knows better.
pub(super) fn explain(text: &str, place: Place) -> Diagnostic {
    let (problem, context) = text.split_once(", while ").unwrap_or((text, ""));
    let error = |code: YamlCode, message: &str| Diagnostic::error(code, place.clone(), message);
    if problem.starts_with("deserializing from YAML containing more than one document") {
        return error(YamlCode::SeveralDocuments, "a second YAML document begins")
            .help("put each document into a file of its own");
    }
    if problem.starts_with("recursion limit exceeded") {
        return error(
            YamlCode::TooDeep,
            "values are nested more than 128 levels deep",
        );
    }
    if problem.starts_with("repetition limit exceeded") {
        return error(YamlCode::TooLarge, "aliases repeat values too often");
    }
    if problem.starts_with("unknown anchor") {
        return error(
            YamlCode::UnknownAnchor,
            "an alias names an anchor that is not defined",
        )
        .help("define it with `&` before, or put the value into quotation marks");
    }
    let row = ROWS.iter().find(|(begin, ..)| problem.starts_with(begin));
    let (message, help) = row.map_or(("the text is not YAML", None), |(_, message, help)| {
        (*message, *help)
    });
    let mut diagnostic =
        error(YamlCode::Syntax, message).maybe_help(help.map(std::borrow::ToOwned::to_owned));
    if let Some((what, line, column)) = begun(context) {
        diagnostic = diagnostic.note(format!("the {what} begins at line {line}, column {column}"));
    }
    diagnostic
}

/// What the parser was at, and where that began: "scanning a quoted scalar at line 3 column 6".
fn begun(context: &str) -> Option<(&'static str, usize, usize)> {
    let (what, place) = context.split_once(" at line ")?;
    let (line, column) = place.split_once(" column ")?;
    let what = match what {
        "parsing a block collection" => "list",
        "parsing a block mapping" | "parsing a flow mapping" => "mapping",
        "parsing a flow sequence" => "list",
        "scanning a quoted scalar" => "quoted word",
        "scanning a simple key" => "line",
        _ => return None,
    };
    Some((what, line.parse().ok()?, column.parse().ok()?))
}

/// Where the second document of a text begins, which the parser does not say.
pub(super) fn second_document(text: &str) -> Option<usize> {
    let mut begun = false;
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        let content = line.trim_end();
        let marker = ["---", "..."].into_iter().any(|marker| {
            let rest = content.strip_prefix(marker);
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with([' ', '\t']))
        });
        let idle = content.is_empty() || content.starts_with(['#', '%']);
        if marker && begun {
            return Some(start);
        }
        begun |= marker || !idle;
        start += line.len();
    }
    None
}

#[cfg(test)]
mod tests {
    use super::{ROWS, second_document};

    #[test]
    fn rows_are_sorted_and_none_hides_another() {
        assert!(ROWS.is_sorted_by_key(|row| row.0));
        for row in ROWS {
            let first = ROWS.iter().find(|(begin, ..)| row.0.starts_with(begin));
            assert_eq!(first, Some(row));
        }
    }

    #[test]
    fn the_second_document_begins_at_its_marker() {
        assert_eq!(second_document("# c\n---\na: b\n--- # x\nc: d\n"), Some(13));
        assert_eq!(second_document("a: b\n---\n"), Some(5));
        assert_eq!(second_document("a: b\n----\n"), None);
    }
}
