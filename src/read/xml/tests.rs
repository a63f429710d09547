//! Elements, entities and places.

use super::{Doctype, Element, parse};
use crate::diag::Sources;

fn refusal(text: &str, doctype: Doctype) -> (String, Option<(usize, usize)>) {
    let mut sources = Sources::new();
    let file = sources.add("f", text);
    let text = sources.text(file);
    let complaint = parse(&sources, file, &text, doctype).unwrap_err().remove(0);
    let at = complaint.place.span().map(|span| sources.start(span));
    (complaint.message, at.map(|at| (at.line, at.column)))
}

#[test]
fn what_is_not_well_formed_is_refused_with_its_place() {
    for (text, message, at) in [
        (
            "<a>\n  <b>ä</c>\n</a>",
            "an element is closed by another name",
            Some((2, 7)),
        ),
        (
            "<a>\n<b>x",
            "the file ends in the middle: not every element is closed",
            Some((2, 5)),
        ),
        (
            "<a>p&ssw0rd</a>",
            "`&` stands for no known entity",
            Some((1, 5)),
        ),
        (
            "<!DOCTYPE a [<!ENTITY b \"c\">]><a>&b;</a>",
            "the file declares entities",
            Some((1, 14)),
        ),
        (
            "\n<?xml version=\"1.0\"?><a/>",
            "`<?xml …?>` is not at the start of the file",
            Some((1, 1)),
        ),
    ] {
        let expected = (message.to_owned(), at);
        assert_eq!(refusal(text, Doctype::Refuse), expected, "{text}");
    }
}

#[test]
fn entities_that_multiply_are_refused() {
    let mut text = String::from("<!DOCTYPE a [<!ENTITY e0 \"lol\">");
    for level in 1..20 {
        let before = format!("&e{};", level - 1).repeat(10);
        text.push_str(&format!("<!ENTITY e{level} \"{before}\">"));
    }
    text.push_str("]><a>&e19;</a>");
    let (message, _) = refusal(&text, Doctype::Allow);
    assert_eq!(message, "the file declares entities");
}

#[test]
fn values_have_places_without_their_wrapping() {
    let text = "<a><b>\n\t x \n</b><c><![CDATA[A &amp; B]]></c><d/><e>&lt;&#x41;</e></a>";
    let mut sources = Sources::new();
    let file = sources.add("f", text);
    let document = parse(&sources, file, text, Doctype::Refuse).unwrap();
    let root = Element::root(&document, file);
    let at = |name: &str| &text[root.child(name).unwrap().value_span().bytes()];
    assert_eq!((&*root.text_of("b"), at("b")), (" x ", "x"));
    assert_eq!((&*root.text_of("C"), at("C")), ("A & B", "A &amp; B"));
    assert_eq!((&*root.text_of("d"), at("d")), ("", "<d/>"));
    assert_eq!((&*root.text_of("e"), at("e")), ("<A", "&lt;&#x41;"));
    assert_eq!(root.value_of("d"), None);
    assert_eq!((root.has("d"), root.has("f")), (true, false));
}

#[test]
fn everything_is_a_secret_but_what_is_shown() {
    let text = "<a x=\"one\"><!-- two --><b>three</b><c>four</c><d> five </d></a>";
    let mut sources = Sources::new();
    let file = sources.add("f", text);
    let document = parse(&sources, file, text, Doctype::Refuse).unwrap();
    let root = Element::root(&document, file);
    root.show(&mut sources, &["b", "c"], |element| element.is("c"));
    let shown = sources.shown(file);
    for secret in ["one", "two", "three", "five"] {
        assert!(!shown.contains(secret), "{shown}");
    }
    assert!(shown.contains("<c>four</c>"), "{shown}");
}
