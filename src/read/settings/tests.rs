//! Properties of the settings parser.

use proptest::prelude::*;

use super::{Section, View, Vocabulary, parse};
use crate::diag::Sources;
use crate::read::ReadContext;
use crate::read::context::NoFiles;
use crate::read::loading::Work;

fn read(text: &str) -> Result<Section, String> {
    let context = ReadContext {
        files: &NoFiles,
        defaults: &|_, _| None,
        engines: &crate::peer::NamedEngine::as_written,
        unwritten_versions: &|_| crate::peer::server::IkeVersions::Any,
        engine: None,
    };
    let mut sources = Sources::new();
    let file = sources.add("f", text);
    let vocabulary = Vocabulary {
        is_key: |_| false,
        is_harmless: |_, _| false,
    };
    match parse(&mut sources, file, &vocabulary, &context) {
        Ok(parsed) => Ok(parsed.root),
        Err(complaints) => Err(complaints.last().unwrap().message.clone()),
    }
}

/// A tree of sections as it is written, with every value quoted or bare.
#[derive(Clone, Debug)]
enum Node {
    Setting(String, String, bool),
    Section(String, Vec<Self>),
}

fn nodes() -> impl Strategy<Value = Vec<Node>> {
    let setting = (
        "[a-z]{1,2}",
        "[a-z0-9=:,.{]{1,4}( [a-z]{1,3}){0,2}",
        any::<bool>(),
    )
        .prop_map(|(key, value, quoted)| Node::Setting(key, value, quoted));
    let leaf = setting.boxed();
    leaf.prop_recursive(4, 30, 5, |inner| {
        ("s[a-z]{1,2}", prop::collection::vec(inner, 0..5))
            .prop_map(|(name, nodes)| Node::Section(name, nodes))
    })
    .prop_map(|node| vec![node])
    .prop_flat_map(|first| {
        ("[a-z]{1,2}", "[a-z]{1,4}").prop_map(move |(key, value)| {
            [first.clone(), vec![Node::Setting(key, value, false)]].concat()
        })
    })
}

fn write(nodes: &[Node], text: &mut String) {
    for node in nodes {
        match node {
            Node::Setting(key, value, true) => *text += &format!("{key} = \"{value}\" # c\n"),
            Node::Setting(key, value, false) => *text += &format!("{key}={value}\r\n"),
            Node::Section(name, inner) => {
                *text += &format!("{name}\n {{ \n");
                write(inner, text);
                *text += "}\n";
            }
        }
    }
}

/// What the text means: later settings replace earlier ones, sections are extended.
fn meaning(nodes: &[Node], at: &str, into: &mut Vec<(String, String)>) {
    for node in nodes {
        match node {
            Node::Setting(key, value, _) => {
                let path = format!("{at}.{key}");
                match into.iter_mut().find(|(known, _)| *known == path) {
                    Some((_, old)) => old.clone_from(value),
                    None => into.push((path, value.clone())),
                }
            }
            Node::Section(name, inner) => meaning(inner, &format!("{at}.{name}"), into),
        }
    }
}

fn flat(section: &Section, at: &str, into: &mut Vec<(String, String)>) {
    for (key, setting) in &section.settings {
        let value = setting.value.as_ref().unwrap();
        into.push((format!("{at}.{key}"), value.to_string()));
    }
    for (name, inner) in &section.sections {
        flat(inner, &format!("{at}.{name}"), into);
    }
}

proptest! {
    #[test]
    fn any_text_is_read_or_refused(text in "([a-c#{}:.,=\"\\\\\r\n\t \u{e9}]|include |secrets ){0,60}") {
        if let Ok(root) = read(&text) {
            let left = Work::of_file(text.len());
            let view = View::of(&root, &left);
            for (_, section) in view.sections() {
                section.settings();
                section.dangling();
            }
        }
    }

    #[test]
    fn what_is_written_is_read_back(nodes in nodes()) {
        let mut text = String::new();
        write(&nodes, &mut text);
        let (mut expected, mut found) = (Vec::new(), Vec::new());
        meaning(&nodes, "", &mut expected);
        flat(&read(&text).unwrap(), "", &mut found);
        expected.sort();
        found.sort();
        prop_assert_eq!(found, expected);
    }
}

#[test]
fn each_octet_of_a_value_has_its_place() {
    let text = "k = one   \"t\\wo\\\"\\\n3\" four # five\n";
    let root = read(text).unwrap();
    let value = root.settings["k"].value.as_ref().unwrap();
    assert_eq!(&**value, "one two\"3 four");
    let at = |part: &str| {
        let start = value.find(part).unwrap();
        &text[value.part(start..start + part.len()).bytes()]
    };
    assert_eq!(at("one"), "one");
    assert_eq!(at("t"), "t");
    assert_eq!(at("wo"), "wo");
    assert_eq!(at("3"), "3");
    assert_eq!(at("four"), "four");
    assert_eq!(at("two\"3"), "t\\wo\\\"\\\n3");
    assert_eq!(&text[value.span().bytes()], "one   \"t\\wo\\\"\\\n3\" four");
}

#[test]
fn references_that_lead_back_end() {
    let mut text = String::from("a : b {\n}\nb : a, b.c {\n c : a.c {\n }\n}\n");
    for number in 0..200 {
        let others: Vec<_> = (0..200).map(|other| format!("t{other}")).collect();
        text += &format!("t{number} : {} {{\n}}\n", others.join(", "));
    }
    let root = read(&text).unwrap();
    let left = Work::of_file(text.len());
    let view = View::of(&root, &left);
    assert!(view.section("a").is_some());
    assert_eq!(view.section("t0").map(|t| t.settings().len()), Some(0));
}

#[test]
fn what_strongswan_refuses_is_refused() {
    for (text, message) in [
        ("a {\n", "this section is not closed"),
        ("}\n", "`}` closes nothing"),
        ("a.b = c\n", "a name cannot contain a dot"),
        ("a\nb = c\n", "expected `=` or `{` behind this name"),
        ("a = \"b\n", "this quoted text has no end"),
        ("a = \"b\\", "this quoted text has no end"),
        ("\"a\" = b\n", "`\"` cannot stand here"),
        ("a : {\n}\n", "expected the name of a section"),
        ("a : b c {\n}\n", "expected `,` or `{` before this name"),
        ("a : b, {\n}\n", "expected the name of a section"),
        ("a : , b {\n}\n", "`,` has no name before it"),
        ("a : b = c\n", "expected `{` behind the references"),
        ("= c\n", "`=` has no name before it"),
        ("{\n}\n", "`{` has no name before it"),
    ] {
        assert_eq!(read(text).err().as_deref(), Some(message), "{text}");
    }
}
