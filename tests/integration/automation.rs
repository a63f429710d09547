//! The expressions of docs/automation.md answer what they say they answer.
//!
//! `IKECOMPAT_WRITE_DOCS=1 cargo test automation` writes the answers into the page anew.

use std::fs;

use jaq_core::load::{Arena, File, Loader};
use jaq_core::{Compiler, Ctx, Vars, data, unwrap_valr};
use jaq_json::{Val, read};

use crate::common::{ikecompat, path, words};

/// What `jq -r` prints.
fn jq(expression: &str, input: &str) -> String {
    let definitions = jaq_core::defs()
        .chain(jaq_std::defs())
        .chain(jaq_json::defs());
    let functions = jaq_core::funs()
        .chain(jaq_std::funs())
        .chain(jaq_json::funs());
    let arena = Arena::default();
    let program = File {
        code: expression,
        path: (),
    };
    let modules = Loader::new(definitions).load(&arena, program);
    let modules = modules.unwrap_or_else(|_| panic!("{expression} is no expression"));
    let compiler = Compiler::default().with_funs(functions);
    let filter = compiler.compile(modules);
    let filter = filter.unwrap_or_else(|_| panic!("{expression} names what there is not"));
    let mut printed = String::new();
    for document in read::parse_many(input.as_bytes()) {
        let context = Ctx::<data::JustLut<Val>>::new(&filter.lut, Vars::new([]));
        for value in filter.id.run((context, document.unwrap())).map(unwrap_valr) {
            let value = value.unwrap_or_else(|error| panic!("{expression}: {error}"));
            match &value {
                Val::TStr(text) => printed += std::str::from_utf8(text).unwrap(),
                other => printed += &other.to_string(),
            }
            printed.push('\n');
        }
    }
    printed
}

#[test]
fn each_question_is_answered_by_one_expression() {
    let file = path("docs/automation.md");
    let page = fs::read_to_string(&file).unwrap();
    let (mut written, mut questions) = (String::new(), 0);
    let mut lines = page.lines();
    while let Some(line) = lines.next() {
        written += line;
        written.push('\n');
        if line != "```console" {
            continue;
        }
        let command = lines.next().unwrap();
        let (program, expression) = command.split_once(" | jq -r '").unwrap();
        let arguments = words(program.strip_prefix("$ ikecompat ").unwrap());
        let arguments: Vec<_> = arguments.iter().map(String::as_str).collect();
        let run = ikecompat(&arguments, "");
        assert!(run.status < 2, "{command}: {}", run.stderr);
        let answer = jq(expression.strip_suffix('\'').unwrap(), &run.stdout);
        assert!(!answer.is_empty(), "{command} answers nothing");
        assert!(!answer.contains("null"), "{command}: {answer}");
        written += &format!("{command}\n{answer}```\n");
        questions += 1;
        lines
            .by_ref()
            .take_while(|line| *line != "```")
            .for_each(drop);
    }
    assert!(questions >= 10, "{questions}");
    if std::env::var_os("IKECOMPAT_WRITE_DOCS").is_some() {
        fs::write(file, &written).unwrap();
        return;
    }
    assert!(
        page == written,
        "docs/automation.md is out of date: IKECOMPAT_WRITE_DOCS=1 cargo test automation"
    );
}
