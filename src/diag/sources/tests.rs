//! What is shown of a text, and where its lines are.

use super::{Position, Sources};
use crate::diag::{Excerpt, Place, Span};

#[test]
fn lines_and_columns_are_counted_from_one_in_characters() {
    let mut sources = Sources::new();
    let file = sources.add("f", "\u{feff}é: x\r\n\tb");
    let at = |start| sources.start(&Span::new(file, start..start));
    let is = |line, column| Position { line, column };
    assert!(sources.had_byte_order_mark(file));
    assert_eq!(at(0), is(1, 1));
    assert_eq!(at(2), is(1, 2), "é is one character");
    assert_eq!(at(7), is(2, 1));
    assert_eq!(at(8), is(2, 2), "a tab is one character");
    assert_eq!(at(9), is(2, 3), "the end of the text has a place");
    assert_eq!(at(99), is(2, 3), "nothing lies behind the end");
}

#[test]
fn what_nobody_recognised_is_masked_and_columns_stay() {
    let mut sources = Sources::new();
    let file = sources.add("f", "one\npsk: hüntér2, x: 1\nthree");
    sources.show(&Span::new(file, 4..9));
    sources.show(&Span::new(file, 18..24));
    let window = sources.window(file, 5, 5).unwrap();
    let shown = window.shown();
    assert_eq!(shown, "psk: *******, x: 1");
    assert_eq!(window.line, 2);
    assert_eq!(window.locate(&Span::new(file, 20..21), &shown), 14..15);
    assert_eq!(window.locate(&Span::new(file, 0..99), &shown), 0..18);
}

#[test]
fn octets_that_are_no_text_are_refused() {
    let refusal = |bytes: &[u8]| {
        let mut sources = Sources::new();
        let mut diagnostics = sources.add_octets("f", bytes).unwrap_err();
        assert_eq!(diagnostics.len(), 1);
        let diagnostic = diagnostics.remove(0);
        let place = diagnostic.place.span().map(|span| sources.start(span));
        (diagnostic.message, place)
    };
    let at = |line, column| Some(Position { line, column });
    assert_eq!(
        refusal(b"\xff\xfea\0\0"),
        (
            "the file begins as text in UTF-16, but is none".to_owned(),
            None
        )
    );
    assert_eq!(
        refusal(b"a: b\nc: \xfc"),
        ("the file is not text in UTF-8".to_owned(), at(2, 4))
    );
    assert_eq!(
        refusal(b"a\0b\0"),
        ("the file contains a NUL character".to_owned(), at(1, 2))
    );
    let mut sources = Sources::new();
    let file = sources.add_octets("f", "\u{feff}ä".as_bytes()).unwrap();
    assert_eq!(&*sources.text(file), "ä");
}

#[test]
fn text_in_utf_16_with_a_mark_is_text() {
    let mut sources = Sources::new();
    let file = sources
        .add_octets("f", b"\xff\xfea\0\xe9\0\r\0\n\0b\0")
        .unwrap();
    assert_eq!(&*sources.text(file), "aé\r\nb");
    let b = Position { line: 2, column: 1 };
    assert_eq!(sources.start(&Span::new(file, 5..6)), b);
    assert_eq!(sources.offset(file, b), 5);
    assert_eq!(sources.offset(file, Position { line: 3, column: 1 }), 6);
}

#[test]
fn an_excerpt_is_a_part_of_the_text_around_it() {
    let mut sources = Sources::new();
    let outer = "a\nx = '&lt;k&gt;v'\n";
    let file = sources.add("f", outer);
    let mut excerpt = Excerpt::new();
    excerpt.push_as("<", 7..11);
    excerpt.push(outer, 11..12);
    excerpt.push_as(">", 12..16);
    excerpt.push(outer, 16..17);
    let inner = sources.add_excerpt(file, excerpt);
    assert_eq!((sources.name(inner), &*sources.text(inner)), ("f", "<k>v"));
    let value = Span::new(inner, 3..4);
    let at = Position {
        line: 2,
        column: 15,
    };
    assert_eq!(sources.start(&value), at);
    sources.show(&value);
    let window = sources.window(inner, 3, 3).unwrap();
    let shown = window.shown();
    assert_eq!(shown, "* * **********v'");
    assert_eq!(&shown[window.locate(&value, &shown)], "v");
}

#[test]
fn a_key_is_shown_with_its_sign() {
    let mut sources = Sources::new();
    let file = sources.add("f", "key = a\nname {\nkey b=\n");
    for key in [0..3, 8..12, 15..18] {
        sources.show_key(&Span::new(file, key));
    }
    assert_eq!(sources.shown(file), "key = *\nname {\nkey **\n");
}

#[test]
fn a_text_that_was_never_added_is_empty() {
    let sources = Sources::new();
    assert_eq!(sources.name(3), "");
    assert_eq!(&*sources.text(3), "");
    assert_eq!(Place::File(3).span(), None);
    assert_eq!(sources.start(&Span::new(3, 5..6)).line, 1);
}
