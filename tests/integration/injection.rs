//! Names from elsewhere become no markup, no command, no formula and no control sequence, whatever is
//! written: one list of strings, tried in every format and every report.

use ikecompat::format::Format;
use ikecompat::peer::server::Product;
use ikecompat::peer::{Auth, Server};
use ikecompat::profile::Database;
use ikecompat::recommend::{Constraints, Names, PlanRequest, recommend, server};
use ikecompat::write::config::format::Choices;
use ikecompat::write::config::refusal::Failure;

use crate::common::ikecompat;

/// Names that mean something to a terminal or to the reader of a written file.
const STRINGS: &[&str] = &[
    "a\u{1b}[31mb",
    "a\u{7}b",
    "a\u{7f}b",
    "a\u{9b}31mb",
    "a\u{ad}b",
    "a\u{200b}b",
    "a\u{202e}b",
    "a\u{2066}b",
    "a\u{feff}b",
    "a\rb",
    "a\nb",
    "=1+1",
    "@SUM(A1)",
    "-x",
    "+1",
    "<script>alert(1)</script>",
    "</string><key>x</key>",
    "]]>",
    "&amp;&#x1b;",
    "a`b|c",
    "[x](http://example.invalid)",
    "a'b",
    "a\"b",
    "a;b",
    "$(id)",
    "`r`n",
    "${x}",
    "%s%n",
    "a{b",
    "a}b",
    "a#b",
    "a,b",
    "a\\b",
    "a: b",
    "- a",
    "a = b",
];

/// Whether a text steers what is shown.
fn steers(text: &str) -> Option<char> {
    text.chars().find(|letter| {
        let layout = matches!(letter, '\n' | '\r' | '\t');
        let hidden = matches!(letter, '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}'
            | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}');
        !layout && (letter.is_control() || hidden)
    })
}

/// A plan's server, of one suite where the format holds no more.
fn planned(product: Product, format: Format) -> Server {
    let database = Database::builtin();
    let clients = database.select("osx,android,windows").unwrap();
    let clients: Vec<_> = clients.into_iter().map(|one| one.client).collect();
    let policy = database.policy("rfc8247").unwrap();
    let constraints = Constraints {
        format: Some(format).filter(|it| it.method().is_none()),
        ..Constraints::NONE
    };
    let request = PlanRequest {
        constraints: &constraints,
        ..PlanRequest::new(&clients, product, &policy)
    };
    let plan = recommend(request).unwrap();
    let mut server = server(&plan, Names::default());
    if format.method().is_some() {
        server.connections[0].ike.truncate(1);
        server.connections[0].children[0].esp.truncate(1);
    }
    server
}

/// The server with one name for everything.
fn named(mut server: Server, name: &str) -> Server {
    server.address = Some(name.to_owned());
    server.remote_id = Some(name.to_owned());
    server.connection_name = Some(name.to_owned());
    server.connections[0].name = name.to_owned();
    server.connections[0].children[0].name = name.to_owned();
    server
}

#[test]
fn no_name_becomes_something_else_in_a_written_file() {
    let choices = Choices {
        auth: Auth::default(),
        full: true,
        release: None,
    };
    let mut wrong = Vec::new();
    for format in Format::all_written() {
        let product = match format {
            Format::Libreswan => Product::Libreswan,
            Format::Rras => Product::Rras,
            Format::OpnsensePages | Format::OpnsenseXml => Product::Opnsense,
            Format::PfsensePages | Format::PfsenseXml => Product::Pfsense,
            _ => Product::Strongswan,
        };
        let server = planned(product, format);
        let write = |name: &str| {
            let mut text = Vec::new();
            let written = format.write(&named(server.clone(), name), choices, &mut text);
            written.map(|_| String::from_utf8(text).unwrap())
        };
        let Ok(usual) = write("name") else {
            assert_eq!(
                format,
                Format::Reg,
                "a registry value has no place for any name"
            );
            continue;
        };
        for name in STRINGS {
            match write(name) {
                Ok(text) => {
                    if let Some(letter) = steers(&text) {
                        wrong.push(format!("{format}: {name:?} is written with {letter:?}"));
                    }
                    if text.lines().count() != usual.lines().count() {
                        wrong.push(format!("{format}: {name:?} changes the lines:\n{text}"));
                    }
                    // With `${x}` in it a file is a template, whoever wrote that.
                    if !name.contains("${") && Format::of(&text) != Format::of(&usual) {
                        wrong.push(format!("{format}: {name:?} makes another format"));
                    }
                }
                Err(Failure::Impossible(_) | Failure::Refused(_)) => {}
                Err(Failure::Io(error)) => panic!("{error}"),
            }
        }
    }
    assert!(
        wrong.is_empty(),
        "{} wrong:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}

#[test]
fn no_name_becomes_something_else_in_a_report() {
    let mut wrong = Vec::new();
    for name in STRINGS {
        let quoted = serde_json::to_string(name).unwrap();
        let server = format!(
            "address: {quoted}\nremote_id: {quoted}\nconnection_name: {quoted}\n\
             phase1: [aes128-sha1-modp1024]\nphase2: [aes256-sha256]\n"
        );
        for format in ["table", "markdown", "html", "csv", "json", "sarif"] {
            let arguments = [
                "check",
                "-",
                "--clients",
                "ios-17,windows-10",
                "--format",
                format,
            ];
            let run = ikecompat(&arguments, &server);
            for text in [&run.stdout, &run.stderr] {
                if let Some(letter) = steers(text) {
                    wrong.push(format!("{format}: {name:?} is shown with {letter:?}"));
                }
            }
            let markup = format == "html" && name.contains('<') && run.stdout.contains(name);
            let formula = format == "csv"
                && run
                    .stdout
                    .lines()
                    .any(|line| line.split(',').any(|cell| cell == *name));
            if markup || (formula && name.starts_with(['=', '@', '+', '-'])) {
                wrong.push(format!("{format}: {name:?} stands there as it is"));
            }
            if matches!(format, "json" | "sarif") && !run.stdout.is_empty() {
                serde_json::from_str::<serde_json::Value>(&run.stdout).unwrap();
            }
        }
    }
    assert!(
        wrong.is_empty(),
        "{} wrong:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}
