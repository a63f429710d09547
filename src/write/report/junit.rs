//! Reports in the XML that JUnit began and build servers read: of `check` a test for each client of each
//! server, of `lint` one for each finding.
//!
//! Written as the schema `junit-10.xsd` of Jenkins has it, without times, so that the same input gives the
//! same octets. A failure stands for what makes the exit status 1, an error for what makes it 2.

use std::io::{self, Write};

use crate::answer::failure::failure;
use crate::answer::{Answer, ClientAnswer, words};
use crate::compat::code::NegotiationCode;
use crate::compat::report::Overall;
use crate::diag::{Diagnostic, Finding, Severity};
use crate::write::config::xml::{Xml, escape};
use crate::write::report::lint::LintedFile;

/// The tests about one file.
#[derive(Debug)]
pub struct Suite {
    name: String,
    tests: Vec<Test>,
}

/// One test.
#[derive(Debug)]
struct Test {
    name: String,
    came: Came,
}

/// What came of a test.
#[derive(Debug)]
enum Came {
    Passed,
    /// It cannot be said, or a comment allows it.
    Skipped(String),
    Failed(Why),
    /// There is no answer.
    Erred(Why),
}

/// Why a test did not pass.
#[derive(Debug)]
struct Why {
    code: String,
    message: String,
    more: Vec<String>,
}

impl From<&Diagnostic> for Why {
    fn from(it: &Diagnostic) -> Self {
        let notes = it.notes.iter().map(|note| format!("note: {note}"));
        let help = it.help.iter().map(|help| format!("help: {help}"));
        Self {
            code: it.code.to_owned(),
            message: it.message.clone(),
            more: notes.chain(help).collect(),
        }
    }
}

/// The tests of `check`. Of a file in a `folder` into which nobody dials, no client counts; what is not known
/// counts as a failure where that is wished, or where nothing is known at all.
pub fn check(answers: &[&Answer], folder: bool, deny_unknown: bool) -> Vec<Suite> {
    let clients = || answers.iter().flat_map(|answer| &answer.clients);
    let is_unknown = |client: &ClientAnswer| client.report.verdict == Overall::Unknown;
    let unknown_fails = deny_unknown || clients().all(is_unknown);
    let suite = |answer: &&Answer| Suite {
        name: answer.server.file.clone(),
        tests: match folder && !answer.serves_clients() {
            true => vec![Test {
                name: "clients".to_owned(),
                came: Came::Skipped(words::NOBODY.to_owned()),
            }],
            false => answer
                .clients
                .iter()
                .map(|client| Test {
                    name: client.report.client.id.clone(),
                    came: came(client, answer, unknown_fails),
                })
                .collect(),
        },
    };
    answers.iter().map(suite).collect()
}

fn came(client: &ClientAnswer, answer: &Answer, unknown_fails: bool) -> Came {
    let report = &client.report;
    let said = || {
        let mut lines = words::explain(client).into_iter();
        Why {
            code: NegotiationCode::ClientRefused.to_string(),
            message: lines.next().unwrap_or_default(),
            more: lines.collect(),
        }
    };
    match report.verdict {
        Overall::RekeyFails | Overall::Refused => {
            let found = failure(client, answer);
            Came::Failed(found.map_or_else(said, |it| Why::from(&it.diagnostic)))
        }
        Overall::Unknown if unknown_fails => Came::Failed(Why {
            code: report.verdict.to_string(),
            ..said()
        }),
        Overall::Unknown => Came::Skipped(said().message),
        Overall::Connects => {
            let rows = answer.certificates.iter().flat_map(|it| &it.rows);
            let mut refused =
                rows.filter(|row| row.is_refused() && row.clients.contains(&report.client.id));
            let refused = refused.next().map(|row| Why::from(&row.finding));
            refused.map_or(Came::Passed, Came::Failed)
        }
    }
}

/// The tests of `lint`: what is as bad as `fail_on` fails.
pub fn lint(files: &[LintedFile], fail_on: Severity) -> Vec<Suite> {
    let suite = |file: &LintedFile| {
        let tests = file.findings.iter().map(|it| linted(file, it, fail_on));
        let mut tests: Vec<_> = tests.collect();
        if tests.is_empty() {
            tests.push(Test {
                name: "configuration".to_owned(),
                came: Came::Passed,
            });
        }
        Suite {
            name: file.name.clone(),
            tests,
        }
    };
    files.iter().map(suite).collect()
}

fn linted(file: &LintedFile, finding: &Finding, fail_on: Severity) -> Test {
    let it = &finding.diagnostic;
    let place = finding.span().map(|span| file.sources.start(span));
    let place = place.map_or_else(String::new, |at| format!(" {}:{}", at.line, at.column));
    Test {
        name: format!("{}{place}", it.code),
        came: match &finding.suppressed {
            Some(it) => Came::Skipped(format!("allowed {}: {}", it.by(), it.reason())),
            None if !file.readable && it.severity == Severity::Error => Came::Erred(it.into()),
            None if it.severity >= fail_on => Came::Failed(it.into()),
            None => Came::Passed,
        },
    }
}

/// A file that could not be opened or read.
pub fn unread(name: &str, why: &str) -> Suite {
    Suite {
        name: name.to_owned(),
        tests: vec![Test {
            name: "configuration".to_owned(),
            came: Came::Erred(Why {
                code: "unreadable".to_owned(),
                message: why.to_owned(),
                more: Vec::new(),
            }),
        }],
    }
}

/// Writes the document; `command` is what was called.
pub fn write(command: &str, suites: &[Suite], out: &mut impl Write) -> io::Result<()> {
    let all = || suites.iter().flat_map(|suite| &suite.tests);
    let mut xml = Xml::new("  ");
    xml.line(r#"<?xml version="1.0" encoding="UTF-8"?>"#);
    let name = format!("{} {command}", env!("CARGO_PKG_NAME"));
    xml.open_with("testsuites", &counted(&name, all()));
    for suite in suites {
        xml.open_with("testsuite", &counted(&suite.name, suite.tests.iter()));
        for test in &suite.tests {
            write_test(&suite.name, test, &mut xml);
        }
        xml.close();
    }
    out.write_all(xml.finish().as_bytes())
}

/// The attributes of a suite, or of all of them.
fn counted<'t>(name: &str, tests: impl Iterator<Item = &'t Test>) -> String {
    let [mut all, mut failed, mut erred, mut skipped] = [0; 4];
    for test in tests {
        all += 1;
        match test.came {
            Came::Passed => {}
            Came::Skipped(_) => skipped += 1,
            Came::Failed(_) => failed += 1,
            Came::Erred(_) => erred += 1,
        }
    }
    let name = escape(name);
    format!(
        r#" name="{name}" tests="{all}" failures="{failed}" errors="{erred}" skipped="{skipped}""#
    )
}

fn write_test(suite: &str, test: &Test, xml: &mut Xml) {
    let (class, name) = (escape(suite), escape(&test.name));
    let attributes = format!(r#" classname="{class}" name="{name}""#);
    if let Came::Passed = test.came {
        return xml.line(&format!("<testcase{attributes}/>"));
    }
    xml.open_with("testcase", &attributes);
    match &test.came {
        Came::Passed => {}
        Came::Skipped(why) => xml.line(&format!(r#"<skipped message="{}"/>"#, escape(why))),
        Came::Failed(why) => write_why("failure", why, xml),
        Came::Erred(why) => write_why("error", why, xml),
    }
    xml.close();
}

fn write_why(element: &'static str, why: &Why, xml: &mut Xml) {
    let (code, message) = (escape(&why.code), escape(&why.message));
    xml.open_with(element, &format!(r#" type="{code}" message="{message}""#));
    for line in why.more.iter().flat_map(|text| text.lines()) {
        xml.line(&escape(line));
    }
    xml.close();
}
