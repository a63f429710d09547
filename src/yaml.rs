//! YAML with places: a text becomes a tree of words that know where they stand.
//!
//! The tree is loose on purpose. A reader of some format walks it with a [`FieldReader`], which
//! collects *all* complaints instead of stopping at the first, and knows how to word those that
//! every format shares: unknown and duplicate keys, a list where a word was expected.
//!
//! This is the only file of the library that names `serde_yaml`, whose upstream is archived.
//! It hands out borrowed words wherever the text holds a scalar literally, and the address of such
//! a word inside the text is its place. `deserialize_any` would lose the spelling of numbers
//! (`10.10` is not `10.1`), so the text is gone through twice: the first pass finds out what kind
//! of value stands where, the second asks for each scalar as a string. Its messages echo
//! values, so none of them is ever shown.

// What comes from outside is never cut at a place that may not be there.
#![cfg_attr(not(test), warn(clippy::indexing_slicing, clippy::string_slice))]

mod code;
mod deserialize;
mod fields;
mod shape;
mod syntax;
mod tree;

use std::cell::Cell;

use serde::de::DeserializeSeed as _;

use crate::diag::{Diagnostic, Place, Span};

pub(crate) use code::YamlCode;
pub(crate) use fields::{FieldReader, Fields};
pub(crate) use tree::{Entry, Form, Kind, Node, Word};

/// Longest text that is read, in octets.
pub(crate) const LONGEST: usize = 1 << 20;

/// Most brackets `{` and `[` that may be open at once: the time `serde_yaml` takes grows with
/// their square (400 KB of `{a: ` cost 72 seconds).
pub(crate) const MOST_OPEN_BRACKETS: usize = 64;

/// Most brackets `{` and `[` of a text. Closing ones inside of quotation marks would otherwise
/// cheat the count of those that are open; no configuration has so many.
pub(crate) const MOST_BRACKETS: usize = 1000;

/// Most values of a text, those that aliases repeat counted again each time.
pub(crate) const MOST_VALUES: usize = 100_000;

/// Reads the text numbered `file`, as [`crate::diag::Sources::text`] gives it.
///
/// An empty text, or one of comments only, gives [`Kind::Null`]. Fails with one diagnostic that
/// does not show its line: where YAML itself is broken, nobody can say which words are secret.
pub(crate) fn parse(text: &str, file: usize) -> Result<Node<'_>, Vec<Diagnostic>> {
    if let Some(diagnostic) = check_limits(text, file) {
        return Err(vec![diagnostic]);
    }
    // A mark that was left in would move everything `serde_yaml` reports.
    let body = text.strip_prefix('\u{feff}').unwrap_or(text);
    let offset = text.len() - body.len();

    let left = Cell::new(MOST_VALUES);
    let shape = shape::Find { left: &left }
        .deserialize(serde_yaml::Deserializer::from_str(body))
        .map_err(|error| match left.get() {
            0 => vec![too_many_values(file)],
            _ => vec![explain(&error, body, offset, file)],
        })?;
    let fallback = Span::new(file, offset..offset);
    if shape.is_nothing() {
        return Ok(Node::nothing(fallback));
    }

    let fill = shape::Fill {
        shape: &shape,
        text,
        fallback,
    };
    let root = fill
        .deserialize(serde_yaml::Deserializer::from_str(body))
        .map_err(|error| vec![explain(&error, body, offset, file)])?;
    match shape.oddity(&root) {
        None => Ok(root),
        Some(oddity) => Err(vec![odd(oddity)]),
    }
}

/// What is wrong with a text that would take too long, or that `serde_yaml` would refuse without
/// a place.
fn check_limits(text: &str, file: usize) -> Option<Diagnostic> {
    if text.len() > LONGEST {
        let message = format!("the text is longer than {} KiB", LONGEST / 1024);
        return Some(Diagnostic::error(
            YamlCode::TooLarge,
            Place::File(file),
            message,
        ));
    }
    let (mut open, mut all, mut marks) = (0_usize, 0_usize, 0_usize);
    let mut letters = text.char_indices();
    while let Some((start, letter)) = letters.next() {
        let place = || Place::Position(Span::new(file, start..start + letter.len_utf8()));
        // Quoted brackets and those of comments count too: nobody has 64 of them.
        match letter {
            '{' | '[' => (open, all) = (open + 1, all + 1),
            '}' | ']' => open = open.saturating_sub(1),
            '\n' => marks = 0,
            '?' | '-' if letters.as_str().starts_with([' ', '\t']) => marks += 1,
            '\t' | '\r' | '\u{85}' => {}
            '\u{feff}' if start == 0 => {}
            '\u{feff}' | '\u{fffe}' | '\u{ffff}' | '\0'..' ' | '\u{7f}'..'\u{a0}' => {
                let number = u32::from(letter);
                let message = format!("YAML does not allow the character U+{number:04X}");
                return Some(Diagnostic::error(YamlCode::Character, place(), message));
            }
            _ => {}
        }
        if marks > MOST_OPEN_BRACKETS {
            let message = format!("a line begins more than {MOST_OPEN_BRACKETS} lists or keys");
            return Some(Diagnostic::error(YamlCode::TooDeep, place(), message));
        }
        if open > MOST_OPEN_BRACKETS {
            let message = format!("more than {MOST_OPEN_BRACKETS} brackets are open");
            return Some(Diagnostic::error(YamlCode::TooDeep, place(), message));
        }
        if all > MOST_BRACKETS {
            let message = format!("the text holds more than {MOST_BRACKETS} brackets");
            return Some(Diagnostic::error(YamlCode::TooLarge, place(), message));
        }
    }
    None
}

fn too_many_values(file: usize) -> Diagnostic {
    let message = format!("the text holds more than {MOST_VALUES} values");
    Diagnostic::error(YamlCode::TooLarge, Place::File(file), message)
        .note("values that aliases repeat are counted each time")
}

/// The complaint about what YAML allows and no format of ours does.
fn odd(oddity: shape::Oddity) -> Diagnostic {
    match oddity {
        shape::Oddity::Key(span) => Diagnostic::error(
            YamlCode::KeyKind,
            Place::Position(span),
            "a key is a list or a mapping, expected a word",
        ),
        shape::Oddity::Tag(span) => Diagnostic::error(
            YamlCode::Tag,
            Place::Position(span),
            "a value carries a YAML tag",
        )
        .help("remove the word that begins with `!`"),
    }
}

/// Our words for an error of `serde_yaml`.
fn explain(error: &serde_yaml::Error, body: &str, offset: usize, file: usize) -> Diagnostic {
    let text = error.to_string();
    let place = match error.location() {
        Some(location) => location.index().min(body.len()),
        None => syntax::second_document(body).unwrap_or(body.len()),
    };
    let place = Span::new(file, offset + place..offset + place);
    syntax::explain(&text, Place::Position(place))
}

#[cfg(test)]
mod tests {
    use super::{FieldReader, Form, Kind, MOST_OPEN_BRACKETS, Node, parse};
    use crate::diag::{Sources, Style};

    #[test]
    fn a_reader_collects_complaints_with_what_was_meant() {
        let mut sources = Sources::new();
        let file = sources.add("server.yaml", "adress: vpn.example.com");
        let text = sources.text(file);
        let root = parse(&text, file).unwrap();
        let mut reader = FieldReader::new(&mut sources);
        let fields = reader.fields(&root, "server.yaml", &["address", "nat"]);
        assert!(fields.unwrap().get("address").is_none());
        let help = reader.finish()[0].help.clone();
        assert_eq!(help.as_deref(), Some("did you mean `address`?"));
    }

    /// Every word of the text that has a place of its own, which must be the word's.
    fn words(text: &str) -> Vec<String> {
        let root = parse(text, 0).unwrap();
        let mut words = Vec::new();
        collect(&root, text, &mut words);
        words
    }

    fn collect(node: &Node<'_>, text: &str, words: &mut Vec<String>) {
        let shown = |word: &super::Word<'_>| {
            let at = &text[word.span.bytes()];
            if at == &**word {
                format!("{word}@{}", word.span.start)
            } else {
                format!("{word}~{at}")
            }
        };
        match &node.kind {
            Kind::Null => {}
            Kind::Word(word) => words.push(shown(word)),
            Kind::List(items) => items.iter().for_each(|item| collect(item, text, words)),
            Kind::Map(entries) => {
                for entry in entries {
                    words.push(shown(&entry.key));
                    collect(&entry.value, text, words);
                }
            }
        }
    }

    #[test]
    fn words_stand_where_the_text_holds_them() {
        for (text, expected) in [
            ("a: b", "a@0 b@3"),
            ("\u{feff}a: b", "a@3 b@6"),
            ("a: b\r\nc:\r\n  - d\r\n", "a@0 b@3 c@6 d@14"),
            ("ä: ü # ö\né: x", "ä@0 ü@4 é@12 x@16"),
            ("a: 'b c'\nd: \"e\"", "a@0 b c@4 d@9 e@13"),
            ("a: {b: [c, 'd']}\ne: f", "a@0 b@4 c@8 d@12 e@17 f@20"),
            (
                "a: 10.10\nb: 014\nc: 0x1f\nd: 1e3",
                "a@0 10.10@3 b@9 014@12 c@16 0x1f@19 d@24 1e3@27",
            ),
            (
                "a: true\nb: .nan\nc: yes\nd: -1",
                "a@0 true@3 b@8 .nan@11 c@16 yes@19 d@23 -1@26",
            ),
            ("a: &x b\nc: *x", "a@0 b@6 c@8 b@6"),
            ("1: 2\ntrue: 3", "1@0 2@3 true@5 3@11"),
            ("word", "word@0"),
            // Words the text does not hold literally: the key before them.
            ("a: \"b\\tc\"", "a@0 b\tc~a"),
            ("a: 'it''s'", "a@0 it's~a"),
            ("a: |\n  b\n  c\nd: e", "a@0 b\nc\n~a d@13 e@16"),
            ("a: b\n  c", "a@0 b c~a"),
            ("- a\n-\n- ~\n- null\n", "a@2"),
        ] {
            assert_eq!(words(text).join(" "), expected, "{text}");
        }
    }

    #[test]
    fn the_form_of_a_word_is_known_although_its_spelling_is_kept() {
        for (text, form) in [
            ("10.10", Form::Number),
            ("18446744073709551616", Form::Number),
            ("-1", Form::Number),
            ("true", Form::Boolean),
            ("yes", Form::Text),
            ("'14'", Form::Text),
            ("014", Form::Text),
        ] {
            let root = parse(text, 0).unwrap();
            assert_eq!(root.as_word().map(|word| word.form), Some(form), "{text}");
        }
        assert_eq!(parse("", 0).unwrap().kind, Kind::Null);
        assert_eq!(parse("# nothing\n", 0).unwrap().kind, Kind::Null);
        assert_eq!(parse("~", 0).unwrap().kind, Kind::Null);
    }

    #[test]
    fn maps_keep_order_and_duplicates_and_reach_from_first_to_last_word() {
        let text = "p:\n  - {b: 1, a: 2, b: 3}\n";
        let root = parse(text, 0).unwrap();
        let Kind::Map(entries) = &root.kind else {
            panic!("not a mapping")
        };
        let Kind::List(items) = &entries[0].value.kind else {
            panic!("not a list")
        };
        assert_eq!(&text[items[0].extent().bytes()], "b: 1, a: 2, b: 3");
        assert_eq!(&text[items[0].place.bytes()], "b");
    }

    fn complaint(text: &str) -> String {
        let mut sources = Sources::new();
        let file = sources.add("f", text);
        let diagnostics = parse(&sources.text(file), file).unwrap_err();
        assert_eq!(diagnostics.len(), 1);
        sources.render(&diagnostics[0], Style::Plain)
    }

    #[test]
    fn broken_texts_are_explained_without_their_lines() {
        for (text, place, words) in [
            (
                "a: 'hunter2\nb: c\n",
                "f:3:1",
                "the text ends inside a quoted word",
            ),
            ("a: {b: hunter2\nc: d\n", "f:2:2", "not closed here"),
            ("a: [hunter2\nc: d\n", "f:2:2", "not closed here"),
            (
                "a:\n\thunter2: c\n",
                "f:2:1",
                "cannot begin with this character",
            ),
            (
                "a: hunter2: c\n",
                "f:1:11",
                "a colon stands where no key can be",
            ),
            (
                "a: b\n  hunter2: c\n",
                "f:2:10",
                "a colon stands where no key can be",
            ),
            ("a: b\nhunter2\n", "f:3:1", "neither a list entry nor"),
            ("a:\n  - b\n  hunter2: c\n", "f:3:3", "is not a list entry"),
            (
                "a: b\n c: d\n",
                "f:2:3",
                "a colon stands where no key can be",
            ),
            ("a: @hunter2\n", "f:1:4", "cannot begin with this character"),
            (
                "a: b\n---\nc: hunter2\n",
                "f:2:1",
                "a second YAML document begins",
            ),
            ("a: *hunter2\n", "f:1:4", "not defined"),
            ("a: !hunter2 b\n", "f:1:13", "carries a YAML tag"),
            ("a: !!int hunter2\n", "f:1:4", "not YAML"),
            ("? [hunter2]\n: b\n", "f:1:4", "expected a word"),
            ("ä: hunter2\u{1b}\n", "f:1:11", "U+001B"),
            ("a: \"\\hunter2\"\n", "f:1:5", "mean nothing inside double"),
            ("a: - hunter2\n", "f:1:4", "begins where none can stand"),
        ] {
            let shown = complaint(text);
            assert!(shown.contains(&format!("--> {place}\n")), "{text}{shown}");
            assert!(shown.contains(words), "{text}{shown}");
            assert!(!shown.contains("hunter2"), "{shown}");
        }
        assert!(complaint("a: {b: c\nd: e\n").contains("the mapping begins at line 1, column 4"));
    }

    #[test]
    fn monsters_are_refused_in_no_time() {
        let deep = "{a: ".repeat(100_000);
        assert!(complaint(&deep).contains("more than 64 brackets are open"));
        let fits = "[".repeat(MOST_OPEN_BRACKETS) + &"]".repeat(MOST_OPEN_BRACKETS);
        assert!(parse(&fits, 0).is_ok());
        let cheat = "{a: \"}\", b: ".repeat(40_000);
        assert!(complaint(&cheat).contains("more than 1000 brackets"));
        let blocks = "- ".repeat(200);
        assert!(complaint(&(blocks + "a")).contains("more than 64 lists or keys"));
        assert!(complaint(&"a".repeat((1 << 20) + 1)).contains("longer than 1024 KiB"));
        assert!(complaint(&"- a\n".repeat(200_000)).contains("more than 100000 values"));

        let list = format!("- &a [{}]\n", "x, ".repeat(10_000));
        let bomb = list + &"- *a\n".repeat(10_000);
        assert!(complaint(&bomb).contains("more than 100000 values"));
        assert!(complaint("&a [*a, *a]").contains("more than 128 levels"));
        let mut laughs = String::from("a0: &a0 [x, x]\n");
        for n in 1..40 {
            laughs += &format!("a{n}: &a{n} [*a{0}, *a{0}]\n", n - 1);
        }
        let shown = complaint(&laughs);
        assert!(
            shown.contains("100000 values") || shown.contains("too often"),
            "{shown}"
        );
    }
}
