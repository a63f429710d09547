//! Reports of `check` and `recommend` in Markdown, CSV and SARIF: what stands in them, and that
//! nothing in a file becomes markup.

use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::common::ikecompat;

/// A connection whose name is everything at once, beside another one, so that names matter.
const HOSTILE: &str = r#"connections:
- name: "a<script>alert(1)</script>|`b`\e[31m"
  phase1: [aes256-sha1-modp1024]
  phase2: [aes256-sha1]
- name: other
  phase1: [aes256-sha1-modp768]
  phase2: [aes256-sha1]
"#;

/// Clients of several systems.
const CLIENTS: &str = "osx,macos-13,ios-16,android,windows";

/// A file with a secret in it.
const SECRET: &str = "connections {\n  rw {\n    version = 2\n    proposals = aes256-sha1-modp1024\n    \
    children {\n      net {\n        esp_proposals = aes256-sha1\n      }\n    }\n  }\n}\n\
    secrets {\n  ike-1 {\n    secret = \"hunter2\"\n  }\n}\n";

fn check(format: &str, text: &str) -> String {
    let run = ikecompat(
        &["check", "-", "--clients", "osx,windows", "--format", format],
        text,
    );
    assert_eq!(run.status, 1, "{}", run.stderr);
    run.stdout
}

/// The records of comma-separated values (RFC 4180).
fn records(text: &str) -> Vec<Vec<String>> {
    let mut records = vec![vec![String::new()]];
    let (mut quoted, mut letters) = (false, text.chars().peekable());
    while let Some(c) = letters.next() {
        let record = records.last_mut().unwrap();
        match (quoted, c) {
            (true, '"') if letters.peek() == Some(&'"') => {
                letters.next();
                record.last_mut().unwrap().push('"');
            }
            (_, '"') => quoted = !quoted,
            (false, ',') => record.push(String::new()),
            (false, '\n') => records.push(vec![String::new()]),
            _ => record.last_mut().unwrap().push(c),
        }
    }
    assert!(!quoted);
    assert_eq!(records.pop().unwrap(), [""], "the last line ends");
    records
}

#[test]
fn markdown_has_the_matrix_the_reasons_and_the_lines() {
    let run = ikecompat(
        &[
            "check",
            "examples/before.yaml",
            "--format",
            "markdown",
            "--clients",
            CLIENTS,
        ],
        "",
    );
    assert_eq!(run.status, 1);
    let lines: Vec<&str> = run.stdout.lines().collect();
    for line in [
        "## examples/before.yaml: 1 of 5 clients connects; 4 refused",
        "| client | phase 1 | phase 2 | rekey | rank |",
        "| --- | --- | --- | --- | --- |",
        "| osx-10.11 | refused: DH group | - | - | - |",
        "- **osx-10.11, macos-13 and ios-16**: refused",
        "### About the server",
    ] {
        assert!(lines.contains(&line), "{line}\n{}", run.stdout);
    }
    assert!(
        run.stdout
            .contains("`weak-entry` `examples/before.yaml:8:44`")
    );
    let rows = lines.iter().filter(|line| line.starts_with("| "));
    for row in rows {
        assert_eq!(row.matches(" |").count(), 5, "{row}");
    }
}

#[test]
fn markdown_fences_commands() {
    let run = ikecompat(
        &["check", "examples/after.yaml", "--format", "markdown"],
        "",
    );
    let mut lines = run.stdout.lines();
    lines.find(|line| line.trim() == "```powershell").unwrap();
    let command = lines.next().unwrap().trim();
    assert!(command.starts_with("Set-VpnConnectionIPsecConfiguration "));
    assert_eq!(lines.next().unwrap().trim(), "```");
}

#[test]
fn several_servers_have_one_summary() {
    let servers = ["examples/before.yaml", "examples/after.yaml"];
    let arguments = [
        &["check"],
        &servers[..],
        &["--format", "markdown", "--clients", CLIENTS],
    ]
    .concat();
    let run = ikecompat(&arguments, "");
    for server in servers {
        let heading = format!("\n## {server}: ");
        assert_eq!(run.stdout.matches(&heading).count(), 1, "{}", run.stdout);
    }
    assert!(
        run.stdout
            .contains("\n| before.yaml | refused | refused | refused | refused | ok |\n")
    );
    assert_eq!(
        run.stdout,
        ikecompat(&arguments, "").stdout,
        "the same octets"
    );

    let arguments = [
        &["check"],
        &servers[..],
        &["--format", "csv", "--clients", CLIENTS],
    ]
    .concat();
    let records = records(&ikecompat(&arguments, "").stdout);
    assert_eq!(records.len(), 1 + 2 * 5);
    assert!(records[1..6].iter().all(|record| record[0] == servers[0]));
    assert!(records[6..].iter().all(|record| record[0] == servers[1]));
}

#[test]
fn csv_has_a_record_for_each_client() {
    let run = ikecompat(
        &[
            "check",
            "examples/before.yaml",
            "--format",
            "csv",
            "--clients",
            CLIENTS,
        ],
        "",
    );
    let records = records(&run.stdout);
    let width = records[0].len();
    assert!(records.iter().all(|record| record.len() == width));
    let column = |name: &str| records[0].iter().position(|own| own == name).unwrap();
    let windows = records.last().unwrap();
    assert_eq!(windows[column("client")], "windows-10:require");
    assert_eq!(windows[column("verdict")], "connects");
    assert_eq!(windows[column("phase 1")], "aes256-sha256-modp1024");
    assert_eq!(
        windows[column("child rekey by server")],
        "refused behind NAT"
    );
    assert_eq!(windows[column("reasons and remedies")], "");
    let osx = &records[1];
    assert_eq!(osx[column("verdict")], "refused");
    assert!(osx[column("reasons and remedies")].contains("no key exchange in common"));
}

#[test]
fn a_formula_in_a_name_is_a_word() {
    let text = HOSTILE.replace(r"a<script>alert(1)</script>|`b`\e[31m", "=cmd()");
    let records = records(&check("csv", &text));
    let at = records[0]
        .iter()
        .position(|own| own == "connection")
        .unwrap();
    assert_eq!(records[2][at], "'=cmd()");
}

#[test]
fn names_are_no_markup() {
    let markdown = check("markdown", HOSTILE);
    let policy_conflicts: String = markdown
        .lines()
        .filter(|line| line.starts_with('|'))
        .collect();
    assert!(!markdown.contains("|`b`"), "{markdown}");
    assert!(policy_conflicts.contains(r"a&lt;script&gt;alert(1)&lt;/script&gt;\|\`b\`"));
    for line in markdown.lines().filter(|line| line.contains("<script>")) {
        // Only inside of a span of code, where it is text.
        assert!(line.contains("``"), "{line}");
    }
}

#[test]
fn secrets_stay_in_the_file() {
    for format in [
        "table", "json", "markdown", "html", "csv", "sarif", "cbom", "github", "junit",
    ] {
        let text = check(format, SECRET);
        assert!(!text.contains("hunter2"), "{format}: {text}");
    }
}

#[test]
fn sarif_tells_who_is_refused() {
    let run = ikecompat(
        &[
            "check",
            "examples/before.yaml",
            "--format",
            "sarif",
            "--clients",
            CLIENTS,
        ],
        "",
    );
    assert_eq!(run.status, 1);
    let log: Value = serde_json::from_str(&run.stdout).unwrap();
    let schema = fs::read_to_string("tests/corpus/sarif/sarif-2.1.0.json").unwrap();
    let schema = schema.replace("{2}]?$", "{2}?$");
    let schema: Value = serde_json::from_str(&schema).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let errors: Vec<_> = validator
        .iter_errors(&log)
        .map(|it| it.to_string())
        .collect();
    assert!(errors.is_empty(), "{errors:?}");
    let results = log["runs"][0]["results"].as_array().unwrap();
    let refused = results
        .iter()
        .filter(|it| it["ruleId"] == "no-common-key-exchange");
    let refused: Vec<_> = refused.collect();
    assert_eq!(refused.len(), 4, "all but Windows");
    for result in refused {
        assert_eq!(result["level"], "error");
        let region = &result["locations"][0]["physicalLocation"]["region"];
        assert_eq!(region["startLine"], 8);
    }
    assert!(results.iter().any(|it| it["ruleId"] == "weak-entry"));
}

/// Rules and texts of the results for `text`.
fn results(text: &str) -> Vec<(String, String)> {
    let run = ikecompat(
        &["check", "-", "--clients", "osx", "--format", "sarif"],
        text,
    );
    let log: Value = serde_json::from_str(&run.stdout).unwrap();
    let results = log["runs"][0]["results"].as_array().unwrap().iter();
    let word = |value: &Value| value.as_str().unwrap().to_owned();
    results
        .map(|it| (word(&it["ruleId"]), word(&it["message"]["text"])))
        .collect()
}

#[test]
fn sarif_names_what_no_list_is_to_blame_for() {
    let lonely =
        "connections {\n  rw {\n    version = 2\n    proposals = aes256-sha256-modp2048\n  }\n}\n";
    let refused = |text: &str| {
        let all = results(text).into_iter();
        all.filter(|(rule, _)| rule == "client-refused")
            .collect::<Vec<_>>()
    };
    let text = "osx-10.11: refused\nnote: phase 2: the connection has no child\n\
                note: on the server: add a phase 2 (a child) to the connection";
    assert_eq!(
        refused(lonely),
        [("client-refused".to_owned(), text.to_owned())]
    );
    assert!(refused(SECRET).is_empty(), "the lists are to blame");
    let peer = lonely.replace("version = 2", "version = 2\n    remote_addrs = 192.0.2.1");
    assert!(refused(&peer).is_empty(), "nobody dials in");
}

#[test]
fn a_plan_in_markdown_has_headings_and_the_command() {
    let arguments = [
        "recommend",
        "--clients",
        "osx,windows",
        "--format",
        "markdown",
    ];
    let run = ikecompat(&arguments, "");
    assert_eq!(run.status, 0);
    for heading in [
        "## set 1 entry in phase 1, 1 entry in phase 2 on pfsense, and configure windows-10:require",
        "### Suites",
        "### Clients",
        "### On the server",
    ] {
        assert!(run.stdout.lines().any(|line| line == heading), "{heading}");
    }
    let mut lines = run.stdout.lines();
    lines.find(|line| line == &"```powershell").unwrap();
    assert!(
        lines
            .next()
            .unwrap()
            .starts_with("Set-VpnConnectionIPsecConfiguration ")
    );
}

#[test]
fn an_unreadable_server_is_no_report() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("reports-unreadable");
    fs::create_dir_all(&folder).unwrap();
    let file = folder.join("broken.yaml");
    fs::write(&file, "phase1: [aes265]\nphase2: [aes256-sha256]\n").unwrap();
    for format in ["markdown", "csv", "sarif"] {
        let run = ikecompat(&["check", file.to_str().unwrap(), "--format", format], "");
        assert_eq!(run.status, 2, "{format}");
        assert!(run.stderr.contains("aes265"), "{format}");
    }
}

#[test]
fn an_answer_begins_with_the_verdict_and_ends_with_the_next_step() {
    let clients = "osx,android,windows-10:require";
    let check = |more: &[&str]| {
        let first = ["check", "examples/before.yaml", "--clients", clients];
        ikecompat(&[&first, more].concat(), "").stdout
    };
    let headline = "1 of 3 clients connects; 2 refused";
    let table = check(&[]);
    let first = table.lines().next().unwrap();
    assert_eq!(first, format!("examples/before.yaml: {headline}"));
    let last = table.trim_end().rsplit("\n\n").next().unwrap();
    assert!(
        last.starts_with("next: ") && last.contains("ikecompat recommend"),
        "{last}"
    );
    assert!(check(&["--format", "markdown"]).contains(headline));
    assert!(check(&["--format", "html"]).contains(headline));
    let json: serde_json::Value = serde_json::from_str(&check(&["--format", "json"])).unwrap();
    assert_eq!(json["servers"][0]["headline"], headline);
    assert!(json["servers"][0]["next"].is_string());
}

#[test]
fn what_is_not_known_is_a_line_unless_everything_is_asked_for() {
    let line = [
        "check",
        "examples/before.yaml",
        "--clients",
        "windows-10:require",
    ];
    let short = ikecompat(&line, "").stdout;
    let long = ikecompat(&[&line[..], &["-v"]].concat(), "").stdout;
    assert!(
        short.contains("-v says what") && !short.contains("\nnot known\n"),
        "{short}"
    );
    assert!(
        long.contains("\nnot known\n") && !long.contains("-v says what"),
        "{long}"
    );
}
