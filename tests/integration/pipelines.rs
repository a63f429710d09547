//! Formats for build servers: annotations of workflows on GitHub, and JUnit's XML.

use std::fs;
use std::path::{Path, PathBuf};

use roxmltree::{Document, Node};
use serde_json::Value;

use crate::common::{Run, ikecompat};

/// An annotation as the runner understands it: level, properties, message.
type Annotation = (String, Vec<(String, String)>, String);

/// What the runner makes of a line: it takes back what was escaped after it has split.
fn annotation(line: &str) -> Annotation {
    let rest = line.strip_prefix("::").unwrap_or_else(|| panic!("{line}"));
    let (command, message) = rest.split_once("::").unwrap();
    let (level, properties) = command.split_once(' ').unwrap();
    let taken_back = |text: &str| {
        let text = text.replace("%0D", "\r").replace("%0A", "\n");
        text.replace("%3A", ":")
            .replace("%2C", ",")
            .replace("%25", "%")
    };
    let properties = properties.split(',').map(|property| {
        let (key, value) = property.split_once('=').unwrap();
        (key.to_owned(), taken_back(value))
    });
    (level.to_owned(), properties.collect(), taken_back(message))
}

fn annotations(run: &Run) -> Vec<Annotation> {
    run.stdout.lines().map(annotation).collect()
}

/// Files whose names and contents try to break out.
fn folder() -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("pipe, 50%: lines");
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).unwrap();
    let before = fs::read_to_string("examples/before.yaml").unwrap();
    fs::write(folder.join("a,b::c%0A.yaml"), &before).unwrap();
    fs::write(folder.join("<&\"'>.yaml"), before).unwrap();
    let after = fs::read_to_string("examples/after.yaml").unwrap();
    fs::write(folder.join("after.yaml"), after).unwrap();
    fs::write(
        folder.join("broken.yaml"),
        "phase1: [aes256-sha256-modp2048]\nphase3: []\n",
    )
    .unwrap();
    folder
}

#[test]
fn annotations_are_the_findings() {
    let folder = folder();
    let folder = folder.to_str().unwrap();
    for more in [&[][..], &["--pedantic"], &["--allow", "weak-entry"]] {
        let arguments = |format| [&["lint", folder, "--format", format], more].concat();
        let run = ikecompat(&arguments("json"), "");
        let json: Value = serde_json::from_str(&run.stdout).unwrap();
        let files = json["files"].as_array().unwrap().iter();
        let findings = files.flat_map(|file| file["findings"].as_array().unwrap());
        let expected: Vec<Annotation> = findings
            .filter(|finding| finding["allowed"].is_null())
            .map(|finding| {
                let level = match finding["severity"].as_str().unwrap() {
                    "note" => "notice",
                    level => level,
                };
                let text = |value: &Value| value.as_str().unwrap().to_owned();
                let mut properties = vec![("file".to_owned(), text(&finding["file"]))];
                for (key, name) in [("line", "line"), ("col", "column")] {
                    if let Some(number) = finding[name].as_u64() {
                        properties.push((key.to_owned(), number.to_string()));
                    }
                }
                properties.push(("title".to_owned(), text(&finding["code"])));
                let notes = finding["notes"].as_array().unwrap().iter();
                let notes = notes.map(|note| format!("\nnote: {}", text(note)));
                let help = finding["help"]
                    .as_str()
                    .map(|help| format!("\nhelp: {help}"));
                let message = text(&finding["message"]);
                let message = message + &notes.collect::<String>() + &help.unwrap_or_default();
                (level.to_owned(), properties, message)
            })
            .collect();
        let run = ikecompat(&arguments("github"), "");
        assert_eq!(annotations(&run), expected, "{more:?}");
        assert!(!expected.is_empty());
    }
}

#[test]
fn a_check_annotates_who_is_refused_and_what_cannot_be_opened() {
    let run = ikecompat(
        &[
            "check",
            "examples/before.yaml",
            "--clients",
            "ios-17",
            "--format",
            "github",
        ],
        "",
    );
    let all = annotations(&run);
    let refused = all.iter().find(|(_, properties, _)| {
        properties.contains(&("title".to_owned(), "no-common-key-exchange".to_owned()))
    });
    let (level, properties, message) = refused.unwrap();
    assert_eq!(level, "error");
    assert_eq!(properties[1], ("line".to_owned(), "8".to_owned()));
    assert!(message.starts_with("ios-17: "), "{message}");
    let run = ikecompat(&["lint", "no,such.conf", "--format", "github"], "");
    assert_eq!(run.status, 2);
    let [(level, properties, message)] = &annotations(&run)[..] else {
        panic!("{}", run.stdout)
    };
    assert_eq!(level, "error");
    assert_eq!(properties[0].1, "no,such.conf");
    assert!(!message.is_empty());
}

/// The number in an attribute.
fn number(node: Node<'_, '_>, name: &str) -> usize {
    let value = node.attribute(name).unwrap_or_else(|| panic!("no {name}"));
    value.parse().unwrap()
}

fn elements<'a, 'i>(node: Node<'a, 'i>) -> Vec<Node<'a, 'i>> {
    node.children().filter(Node::is_element).collect()
}

/// Fails unless the document is as junit-10.xsd of Jenkins says, with counts that are right; gives how many tests
/// failed and erred.
fn judged(text: &str) -> (usize, usize) {
    let document = Document::parse(text).unwrap_or_else(|error| panic!("{error}\n{text}"));
    let top = document.root_element();
    assert!(top.has_tag_name("testsuites"));
    let allowed = |node: Node<'_, '_>, names: &[&str]| {
        for attribute in node.attributes() {
            assert!(names.contains(&attribute.name()), "{}", attribute.name());
        }
    };
    const COUNTS: [&str; 4] = ["tests", "failures", "errors", "skipped"];
    let with_counts = |more: &[&'static str]| [&COUNTS[..], more].concat();
    allowed(top, &with_counts(&["name", "time", "disabled"]));
    let mut sums = [0; 4];
    for suite in elements(top) {
        assert!(suite.has_tag_name("testsuite"));
        allowed(
            suite,
            &with_counts(&["name", "time", "timestamp", "hostname", "id", "package"]),
        );
        assert!(suite.has_attribute("name"));
        let mut counts = [0; 4];
        for test in elements(suite) {
            assert!(test.has_tag_name("testcase"));
            allowed(test, &["name", "classname", "time", "status", "assertions"]);
            assert!(test.has_attribute("name") && test.has_attribute("classname"));
            counts[0] += 1;
            let came = elements(test);
            assert!(came.len() <= 1);
            for it in came {
                allowed(it, &["type", "message"]);
                assert!(it.attribute("message").is_some_and(|it| !it.is_empty()));
                match it.tag_name().name() {
                    "failure" => counts[1] += 1,
                    "error" => counts[2] += 1,
                    "skipped" => counts[3] += 1,
                    other => panic!("{other}"),
                }
            }
        }
        for (place, name) in COUNTS.into_iter().enumerate() {
            assert_eq!(number(suite, name), counts[place], "{name}");
            sums[place] += counts[place];
        }
    }
    for (place, name) in COUNTS.into_iter().enumerate() {
        assert_eq!(number(top, name), sums[place], "{name}");
    }
    (sums[1], sums[2])
}

#[test]
fn junit_is_valid_and_says_what_the_exit_status_says() {
    let folder = folder();
    let folder = folder.to_str().unwrap();
    let certificate = "tests/corpus/certificates/rsa-no-san.pem";
    let mut seen = [false; 3];
    for arguments in [
        &["check", "examples/before.yaml"][..],
        &["check", "examples/after.yaml", "--clients", "ios-17"],
        &[
            "check",
            "examples/after.yaml",
            "--clients",
            "ios-17",
            "--server-cert",
            certificate,
        ],
        &["check", "examples/after.yaml", "--clients", "windows-*"],
        &[
            "check",
            "examples/after.yaml",
            "--clients",
            "windows-*",
            "--deny-unknown",
        ],
        &["check", "examples"],
        &["check", folder],
        &["check", "no-such.conf", "examples/after.yaml"],
        &["check", "tests/corpus/swanctl"],
        &["lint", "examples"],
        &["lint", "examples", "--fail-on", "error"],
        &["lint", "examples/after.yaml", "--pedantic"],
        &["lint", folder],
        &["lint", "no-such.conf"],
        &["lint", "tests/corpus/pfsense"],
    ] {
        let run = ikecompat(&[arguments, &["--format", "junit"]].concat(), "");
        let (failed, erred) = judged(&run.stdout);
        let status = match (erred, failed) {
            (0, 0) => 0,
            (0, _) => 1,
            (_, _) => 2,
        };
        assert_eq!(run.status, status, "{arguments:?}\n{}", run.stdout);
        seen[usize::try_from(status).unwrap()] = true;
    }
    assert_eq!(seen, [true; 3]);
}

#[test]
fn junit_has_a_test_for_each_client() {
    let arguments = [
        "check",
        "examples/before.yaml",
        "--clients",
        "ios-17,windows-10:require",
    ];
    let run = ikecompat(&[&arguments[..], &["--format", "junit"]].concat(), "");
    let document = Document::parse(&run.stdout).unwrap();
    let tests = document
        .descendants()
        .filter(|it| it.has_tag_name("testcase"));
    let tests: Vec<_> = tests
        .map(|it| {
            let failure = it.first_element_child();
            (
                it.attribute("name"),
                failure.and_then(|it| it.attribute("type")),
            )
        })
        .collect();
    let expected = [
        (Some("ios-17"), Some("no-common-key-exchange")),
        (Some("windows-10:require"), None),
    ];
    assert_eq!(tests, expected);
}
