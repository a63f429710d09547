//! The smallest cases in which an earlier version differed from a real daemon, one test a kind. They are in the folder of
//! recorded truths: `IKECOMPAT_SHARED=FOLDER cargo test reproductions`.

use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::common::ikecompat;

/// The cases of the kinds whose names begin like this; none without the folder.
fn cases(kinds: &[&str]) -> Vec<Value> {
    let Some(shared) = std::env::var_os("IKECOMPAT_SHARED") else {
        return Vec::new();
    };
    let path = Path::new(&shared).join("field/negotiation/repro.jsonl");
    let text = fs::read_to_string(path).unwrap();
    let all = text
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap());
    let found: Vec<Value> = all
        .filter(|case| {
            let kind = case["kind"].as_str().unwrap();
            kinds.iter().any(|start| kind.starts_with(start))
        })
        .collect();
    assert!(!found.is_empty(), "{kinds:?}");
    found
}

/// The engine that the case's command names.
fn engine(case: &Value) -> &str {
    let words = case["command"].as_str().unwrap().split_whitespace();
    words
        .skip_while(|word| *word != "--engine")
        .nth(1)
        .unwrap_or("strongswan@5.9.8")
}

/// What the case says of an exchange, against what is answered.
fn compare(seen: &Value, said: &Value, about: &str, wrong: &mut Vec<String>) {
    match seen {
        Value::String(suite) => {
            if said["suite"] != suite.as_str() {
                wrong.push(format!("{about}: {seen}, said {said}"));
            }
        }
        _ => {
            for field in ["result", "suite", "invalid_ke"] {
                if !seen[field].is_null() && seen[field] != said[field] {
                    wrong.push(format!("{about} {field}: {seen}, said {said}"));
                }
            }
        }
    }
}

#[test]
fn pairs_negotiate_as_the_daemons_did() {
    let mut wrong = Vec::new();
    for case in cases(&["K1", "K2", "K6 negotiate", "K7", "K8"]) {
        let Some(pair) = case.get("pair") else {
            continue;
        };
        let arguments = ["negotiate", "--batch", "-", "--engine", engine(&case)];
        let run = ikecompat(&arguments, &format!("{pair}\n"));
        let said: Value = serde_json::from_str(&run.stdout).unwrap();
        let about = format!("{} {}", case["kind"], pair["id"]);
        match case["exchange"].as_str() {
            Some(exchange) => compare(&case["real"], &said[exchange], &about, &mut wrong),
            None => {
                for (exchange, seen) in case["real"].as_object().into_iter().flatten() {
                    compare(seen, &said[exchange], &about, &mut wrong);
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_value_is_taken_where_charon_takes_it() {
    let mut wrong = Vec::new();
    for case in cases(&["K5"]) {
        let setting = case["setting"].as_str().unwrap();
        let (path, value) = setting.split_once(" = ").unwrap();
        let key = path.rsplit('.').next().unwrap();
        let line = format!("{key} = {value}");
        let (connection, child) = match path.contains(".children.") {
            true => ("", line.as_str()),
            false => (line.as_str(), ""),
        };
        let text = format!(
            "connections {{\n a {{\n  version = 2\n  proposals = aes256-sha256-modp2048\n  {connection}\n  \
             local {{\n   auth = psk\n  }}\n  remote {{\n   auth = psk\n  }}\n  children {{\n   c1 {{\n    \
             esp_proposals = aes256-sha256\n    {child}\n   }}\n  }}\n }}\n}}\n"
        );
        let arguments = ["check", "-", "--from", "swanctl", "--clients", "macos"];
        let run = ikecompat(
            &[&arguments[..], &["--engine", engine(&case)]].concat(),
            &text,
        );
        let loads = run.status != 2 && !run.stdout.contains("not loaded");
        if loads != (case["real"] == "loaded") {
            wrong.push(format!("{setting}: {}{}", run.stdout, run.stderr));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_keyword_is_refused_where_pluto_refuses_it() {
    for case in cases(&["K9"]) {
        let setting = case["setting"].as_str().unwrap();
        let line = setting.split_once(": ").unwrap().1;
        let text = format!(
            "conn pair\n\tleft=192.0.2.1\n\tright=%any\n\tauthby=secret\n\tikev2=insist\n\t{line}\n\tauto=add\n"
        );
        let arguments = ["check", "-", "--from", "libreswan", "--clients", "osx"];
        let run = ikecompat(
            &[&arguments[..], &["--engine", engine(&case)]].concat(),
            &text,
        );
        assert!(
            run.status == 2 || run.stdout.contains("not loaded"),
            "{line}: {}",
            run.stdout
        );
    }
}

#[test]
fn a_connection_that_wants_no_child_at_first_serves_nobody() {
    for case in cases(&["K4"]) {
        let text = case["swanctl"].as_str().unwrap();
        for engine in ["strongswan@5.9.8", "strongswan@6.0.6"] {
            let arguments = ["check", "-", "--from", "swanctl", "--engine", engine];
            let more = ["--clients", "macos,osx,strongswan-6.0.2"];
            let run = ikecompat(&[&arguments[..], &more].concat(), text);
            assert_eq!(run.status, 1, "{}", run.stdout);
            assert!(
                run.stdout.contains("0 of 3 clients connect"),
                "{}",
                run.stdout
            );
        }
    }
}

#[test]
fn long_proposals_load_where_the_release_takes_them() {
    for case in cases(&["K6 511"]) {
        let text = case["swanctl"].as_str().unwrap();
        for (engine, loads) in [
            ("strongswan@5.9.8", false),
            ("strongswan@5.9.14", false),
            ("strongswan@6.0.6", true),
        ] {
            let arguments = ["check", "-", "--from", "swanctl", "--engine", engine];
            let run = ikecompat(&arguments, text);
            let said = format!("{}{}", run.stdout, run.stderr);
            assert_eq!(
                !said.contains("proposal-too-long"),
                loads,
                "{engine}: {said}"
            );
        }
    }
}
