//! `ikecompat lint`: streams, exit status, what is allowed and denied, SARIF.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::common::ikecompat;

const WEAK: &str =
    "phase1:\n- aes256-sha256-modp2048\n- aes256-sha1-modp1024\nphase2: [aes256-sha256]\n";
const CLEAN: &str = "phase1: [aes256-sha256-modp2048]\nphase2: [aes256-sha256]\n";

/// Findings of `text`: rule, line and column.
fn findings(text: &str, options: &[&str]) -> Vec<(String, Option<u64>, Option<u64>)> {
    let arguments = [
        &["lint", "-", "--clients", "osx", "--format", "json"],
        options,
    ]
    .concat();
    let run = ikecompat(&arguments, text);
    let document: Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!(document["schema"], "ikecompat.lint.v2");
    let findings = document["files"][0]["findings"].as_array().unwrap();
    let open = findings.iter().filter(|it| it["allowed"].is_null());
    open.map(|it| {
        let rule = it["code"].as_str().unwrap().to_owned();
        (rule, it["line"].as_u64(), it["column"].as_u64())
    })
    .collect()
}

fn rules(text: &str, options: &[&str]) -> Vec<String> {
    findings(text, options)
        .into_iter()
        .map(|one| one.0)
        .collect()
}

/// A folder of this test's own, empty.
fn folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    if folder.exists() {
        fs::remove_dir_all(&folder).unwrap();
    }
    fs::create_dir_all(folder.join("deeper")).unwrap();
    folder
}

#[test]
fn status_follows_what_fails() {
    let status = |text: &str, options: &[&str]| {
        let arguments = [&["lint", "-", "--clients", "osx"], options].concat();
        ikecompat(&arguments, text).status
    };
    assert_eq!(status(CLEAN, &[]), 0);
    assert_eq!(status(WEAK, &[]), 1);
    assert_eq!(status(WEAK, &["--fail-on", "error"]), 0);
    assert_eq!(
        status(WEAK, &["--fail-on", "error", "--deny", "weak-entry"]),
        1
    );
    assert_eq!(
        status(WEAK, &["--allow", "weak-entry"]),
        0,
        "a note is left"
    );
    assert_eq!(
        status(WEAK, &["--allow", "weak-entry", "--fail-on", "note"]),
        1
    );
    assert_eq!(status("phase1: [aes265]\n", &[]), 2);
    let run = ikecompat(&["lint", "-", "--allow", "weak-entri"], WEAK);
    assert_eq!((run.status, run.stdout.as_str()), (2, ""));
    assert!(
        run.stderr.contains("did you mean `weak-entry`?"),
        "{}",
        run.stderr
    );
}

#[test]
fn places_count_from_one_and_point_at_the_word() {
    let weak = ("weak-entry".to_owned(), Some(3), Some(15));
    assert!(
        findings(WEAK, &[]).contains(&weak),
        "{:?}",
        findings(WEAK, &[])
    );
    let moved = format!("# é\r\n{}", WEAK.replace('\n', "\r\n"));
    let weak = ("weak-entry".to_owned(), Some(4), Some(15));
    assert!(findings(&moved, &[]).contains(&weak));
}

#[test]
fn a_comment_with_a_reason_allows_in_every_format() {
    let yaml = WEAK.replace(
        "modp1024",
        "modp1024 # ikecompat: allow(weak-entry): old scanner",
    );
    assert!(!rules(&yaml, &[]).contains(&"weak-entry".to_owned()));
    let swanctl = "connections {\n  rw {\n    proposals = aes256-sha1-modp1024\n    local {\n      auth = pubkey\n      id = vpn.example.com\n    }\n    remote {\n      auth = eap-mschapv2\n    }\n    children {\n      net {\n        esp_proposals = aes256-sha256\n      }\n    }\n  }\n}\n";
    assert!(
        rules(swanctl, &[]).contains(&"weak-entry".to_owned()),
        "{:?}",
        rules(swanctl, &[])
    );
    let allowed = swanctl.replace(
        "    proposals",
        "    # ikecompat: allow(weak-entry): old scanner\n    proposals",
    );
    assert_eq!(
        rules(&allowed, &[])
            .iter()
            .filter(|r| *r == "weak-entry")
            .count(),
        0
    );
    assert!(!rules(&allowed, &[]).contains(&"unused-ignore".to_owned()));
    let conf = "conn rw\n\tkeyexchange=ikev2\n\tleft=%any\n\tleftauth=pubkey\n\tleftid=vpn.example.com\n\tright=%any\n\trightauth=eap-mschapv2\n\tike=aes256-sha1-modp1024!\n\tesp=aes256-sha256!\n\tauto=add\n";
    assert!(
        rules(conf, &[]).contains(&"weak-entry".to_owned()),
        "{:?}",
        rules(conf, &[])
    );
    let allowed = format!("# ikecompat: allow(weak-entry): old scanner\n{conf}");
    assert!(!rules(&allowed, &[]).contains(&"weak-entry".to_owned()));
    let run = ikecompat(&["lint", "-", "-v", "--clients", "osx"], &allowed);
    assert!(
        run.stdout.contains("allowed by a comment: old scanner"),
        "{}",
        run.stdout
    );
}

#[test]
fn what_readers_say_is_part_of_it() {
    let found = rules("phase1: [aes256-sha256-modp2048]\n", &[]);
    assert!(found.contains(&"default-assumed".to_owned()), "{found:?}");
    let found = rules(
        "phase1: [aes256-sha256-modp2048]\n",
        &["--allow", "default-assumed"],
    );
    assert!(!found.contains(&"default-assumed".to_owned()), "{found:?}");
    let run = ikecompat(
        &["lint", "-", "--format", "json"],
        "phase1: [aes265-sha256-modp2048]\n",
    );
    let document: Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!(document["files"][0]["readable"], false);
    let findings = document["files"][0]["findings"].as_array().unwrap();
    assert!(findings.iter().any(|it| it["code"] == "unknown-keyword"));
}

#[test]
fn sarif_is_valid_and_its_places_are_right() {
    let text = WEAK.replace(
        "aes256-sha256]",
        "aes256-sha1] # ikecompat: allow(weak-entry): why",
    );
    let run = ikecompat(
        &["lint", "-", "--clients", "osx", "--format", "sarif"],
        &text,
    );
    let log: Value = serde_json::from_str(&run.stdout).unwrap();
    let schema = fs::read_to_string("tests/corpus/sarif/sarif-2.1.0.json").unwrap();
    // A bracket that nothing opens is an error for stricter readers of regular expressions.
    let schema = schema.replace("{2}]?$", "{2}?$");
    let schema: Value = serde_json::from_str(&schema).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let errors: Vec<_> = validator
        .iter_errors(&log)
        .map(|it| it.to_string())
        .collect();
    assert!(errors.is_empty(), "{errors:?}");

    let run = &log["runs"][0];
    assert_eq!(run["columnKind"], "unicodeCodePoints");
    let rules = run["tool"]["driver"]["rules"].as_array().unwrap();
    for rule in rules {
        assert!(!rule["help"]["text"].as_str().unwrap().is_empty(), "{rule}");
    }
    let results = run["results"].as_array().unwrap();
    for result in results {
        let index = usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap();
        assert_eq!(rules[index]["id"], result["ruleId"]);
    }
    let weak = results
        .iter()
        .find(|it| it["ruleId"] == "weak-entry")
        .unwrap();
    let place = &weak["locations"][0]["physicalLocation"];
    assert_eq!(place["artifactLocation"]["uri"], "%3Cstdin%3E");
    let region = &place["region"];
    let number = |key: &str| region[key].as_u64().unwrap();
    assert_eq!(number("startLine"), 3);
    assert_eq!(number("startColumn"), 15);
    assert_eq!(number("endLine"), 3);
    assert_eq!(number("endColumn"), 15 + 8, "the end is not included");
    let suppressed = results
        .iter()
        .find(|it| !it["suppressions"].is_null())
        .unwrap();
    assert_eq!(suppressed["suppressions"][0]["kind"], "inSource");
    assert_eq!(suppressed["suppressions"][0]["justification"], "why");
}

#[test]
fn a_folder_gives_one_matrix_and_one_status() {
    let folder = folder("folder");
    fs::write(folder.join("b.yaml"), CLEAN).unwrap();
    fs::write(
        folder.join("deeper/a.yaml"),
        "phase1: [aes128-sha512-ecp521]\nphase2: [aes256-sha256]\n",
    )
    .unwrap();
    fs::write(folder.join("readme.md"), CLEAN).unwrap();
    fs::write(folder.join("picture.png"), b"\x89PNG\0\xff").unwrap();
    let name = folder.display().to_string();
    let check = |options: &[&str]| {
        let arguments = [&["check", &name, "--clients", "osx"], options].concat();
        ikecompat(&arguments, "")
    };
    let run = check(&[]);
    assert_eq!(run.status, 1, "{}", run.stdout);
    let rows: Vec<_> = run
        .stdout
        .lines()
        .map(|line| line.split_whitespace().collect::<Vec<_>>())
        .collect();
    assert!(rows.contains(&vec!["b.yaml", "ok"]), "{}", run.stdout);
    assert!(
        rows.contains(&vec!["deeper/a.yaml", "refused"]),
        "{}",
        run.stdout
    );
    assert!(
        run.stdout.contains("2 other files skipped"),
        "{}",
        run.stdout
    );
    assert_eq!(check(&[]).stdout, run.stdout);
    assert!(check(&["-v"]).stdout.contains("refused: "));

    fs::write(folder.join("c.yaml"), "phase1: [aes265]\n").unwrap();
    let run = check(&[]);
    assert_eq!(run.status, 2);
    assert!(
        run.stdout.contains("1 configuration could not be read:"),
        "{}",
        run.stdout
    );
    assert!(
        run.stderr.contains("did you mean `aes256`?"),
        "{}",
        run.stderr
    );
    let run = check(&["--format", "json"]);
    let document: Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!(document["servers"].as_array().unwrap().len(), 2);
    assert_eq!(document["unreadable"].as_array().unwrap().len(), 1);
    assert_eq!(document["skipped"], 2);
}

#[test]
fn quiet_leaves_the_report_and_errors() {
    let text = "phase1: [aes256-sha256-modp2048]\n";
    let loud = ikecompat(&["check", "-", "--clients", "osx"], text);
    assert!(loud.stdout.contains("default-assumed"), "{}", loud.stdout);
    let quiet = ikecompat(&["-q", "check", "-", "--clients", "osx"], text);
    assert_eq!((quiet.stderr.as_str(), quiet.stdout), ("", loud.stdout));
    let broken = ikecompat(&["check", "-", "-q"], "phase1: [aes265]\n");
    assert!(
        broken.stderr.contains("unknown-keyword"),
        "{}",
        broken.stderr
    );
}

#[test]
fn version_says_how_old_the_evidence_is() {
    let run = ikecompat(&["--version"], "");
    let (program, database) = run.stdout.trim_end().split_once(" · ").unwrap();
    assert!(program.starts_with(concat!("ikecompat ", env!("CARGO_PKG_VERSION"))));
    let (clients, date) = database.split_once(" clients, newest evidence ").unwrap();
    assert!(clients.parse::<usize>().unwrap() > 5, "{clients}");
    assert!(date.starts_with("20"), "{date}");
}

/// A backup of pfSense with a weak entry of phase 1 and a pre-shared key.
fn backup(before_item: &str, between: &str) -> String {
    [
        "<ipsec>",
        "<phase1><ikeid>1</ikeid><iketype>ikev2</iketype><mobile/><protocol>inet</protocol>",
        "<pre-shared-key>hunter2hunter2</pre-shared-key>",
        "<authentication_method>pre_shared_key</authentication_method><encryption>",
        before_item,
        "<item><encryption-algorithm><name>aes</name><keylen>256</keylen></encryption-algorithm>",
        "  <hash-algorithm>sha1</hash-algorithm><dhgroup>2</dhgroup></item>",
        "</encryption></phase1>",
        "<phase2><ikeid>1</ikeid><mode>tunnel</mode><mobile/><protocol>esp</protocol>",
        "<encryption-algorithm-option><name>aes</name><keylen>256</keylen></encryption-algorithm-option>",
        "<hash-algorithm-option>hmac_sha256</hash-algorithm-option><pfsgroup>0</pfsgroup></phase2>",
        "</ipsec>",
    ]
    .join(between)
}

#[test]
fn keys_reach_no_output() {
    let minified = backup("", "");
    for format in ["table", "json", "sarif", "github", "junit"] {
        let run = ikecompat(&["lint", "-", "-v", "--format", format], &minified);
        assert!(
            run.stdout.contains("weak-entry"),
            "{}{}",
            run.stdout,
            run.stderr
        );
        assert!(!run.stdout.contains("hunter2"), "{}", run.stdout);
        assert!(!run.stderr.contains("hunter2"), "{}", run.stderr);
    }
}

#[test]
fn a_comment_of_xml_allows_too() {
    let weak = "weak-entry".to_owned();
    assert!(rules(&backup("", "\n"), &[]).contains(&weak));
    let comment = "<!-- ikecompat: allow(weak-entry): scanner in the cellar -->";
    let found = rules(&backup(comment, "\n"), &[]);
    assert!(!found.contains(&weak), "{found:?}");
    assert!(!found.contains(&"unused-ignore".to_owned()), "{found:?}");
}
