//! Every document of JSON that any test makes the program print is as its published schema says.

use std::collections::HashMap;
use std::process::Command;
use std::sync::{Arc, LazyLock, Mutex};

use jsonschema::Validator;
use serde_json::{Value, json};

use crate::common::{Run, ikecompat, words};

static VALIDATORS: LazyLock<Mutex<HashMap<String, Arc<Validator>>>> = LazyLock::new(Mutex::default);

/// The published schema of the name.
fn validator(name: &str) -> Arc<Validator> {
    let mut known = VALIDATORS.lock().unwrap();
    if let Some(validator) = known.get(name) {
        return Arc::clone(validator);
    }
    // Not by `ikecompat`, which would ask for a validator again.
    let run = Command::new(env!("CARGO_BIN_EXE_ikecompat"))
        .args(["schema", name])
        .env_clear()
        .output()
        .unwrap();
    assert!(run.status.success(), "`ikecompat schema {name}` fails");
    let schema: Value = serde_json::from_slice(&run.stdout).unwrap();
    let validator = Arc::new(jsonschema::draft202012::new(&schema).unwrap());
    known.insert(name.to_owned(), Arc::clone(&validator));
    validator
}

/// `check` of `ikecompat.check.v2`.
fn name_of(document: &Value) -> Option<&str> {
    let id = document.get("schema")?.as_str()?;
    let (name, _) = id.strip_prefix("ikecompat.")?.rsplit_once('.')?;
    Some(name)
}

/// Fails if a document that was printed is not as published, or says something else than the exit status.
pub(crate) fn are_as_published(arguments: &[&str], run: &Run) {
    let is_batch = arguments.first() == Some(&"negotiate") && arguments.contains(&"--batch");
    if !run.stdout.starts_with('{') || arguments.first() == Some(&"schema") {
        return;
    }
    let documents = serde_json::Deserializer::from_str(&run.stdout).into_iter::<Value>();
    // What is no JSON at all is a file of a product.
    for document in documents.map_while(Result::ok) {
        let Some(name) = name_of(&document).or_else(|| is_batch.then_some("negotiate")) else {
            continue;
        };
        if let Err(error) = validator(name).validate(&document) {
            panic!(
                "{arguments:?} is not as `ikecompat schema {name}` says: {error} at {}",
                error.instance_path()
            );
        }
        let status = match document.get("verdict").and_then(Value::as_str) {
            Some("yes") => 0,
            Some("no") => 1,
            Some("unanswered") => 2,
            _ => continue,
        };
        assert_eq!(status, run.status, "{arguments:?}: {}", document["verdict"]);
    }
}

/// A check with everything in it that is optional.
fn checked() -> Value {
    let run = ikecompat(&["check", "examples/before.yaml", "--format", "json"], "");
    serde_json::from_str(&run.stdout).unwrap()
}

#[test]
fn the_schemas_are_strict() {
    let good = checked();
    let validator = validator("check");
    assert!(validator.is_valid(&good));
    let spoilt: [fn(&mut Value); 6] = [
        |it| it["verdit"] = json!("yes"),
        |it| it["servers"][0]["clients"][0]["verdict"] = json!("fine"),
        |it| it["servers"][0]["clients"][0]["fixes"] = json!([]),
        |it| it["servers"][0]["clients"][0]["ike_sa_init"]["suit"] = json!(""),
        |it| it["schema"] = json!("ikecompat.check.v1"),
        |it| drop(it.as_object_mut().unwrap().remove("totals")),
    ];
    for (place, spoil) in spoilt.into_iter().enumerate() {
        let mut bad = good.clone();
        spoil(&mut bad);
        assert!(!validator.is_valid(&bad), "{place}");
    }
}

#[test]
fn every_schema_has_a_name_of_its_own_and_forbids_what_it_does_not_name() {
    let list = ikecompat(&["schema"], "").stdout;
    let names: Vec<_> = list
        .lines()
        .filter_map(|it| it.split_whitespace().next())
        .collect();
    assert!(names.len() > 12, "{list}");
    for name in names {
        let schema: Value = serde_json::from_str(&ikecompat(&["schema", name], "").stdout).unwrap();
        assert_eq!(
            schema["$schema"],
            "https://json-schema.org/draft/2020-12/schema"
        );
        let id = schema["$id"].as_str().unwrap();
        assert!(id.starts_with(&format!("urn:ikecompat:{name}:v")), "{id}");
        assert!(jsonschema::meta::is_valid(&schema), "{name}");
        assert_eq!(schema["additionalProperties"], false, "{name}");
        for (def, it) in schema["$defs"].as_object().into_iter().flatten() {
            let closed = it.get("properties").is_none() || it["additionalProperties"] == false;
            assert!(closed, "{name}: {def}");
        }
    }
}

#[test]
fn a_check_says_what_it_comes_to_and_where_it_is_written() {
    let check = checked();
    assert_eq!(check["verdict"], "no");
    let clients = check["servers"][0]["clients"].as_array().unwrap();
    let of = |verdict: &str| clients.iter().filter(|it| it["verdict"] == verdict).count();
    for (key, verdict) in [
        ("connect", "connects"),
        ("refused", "refused"),
        ("rekey_fails", "rekey-fails"),
        ("unknown", "unknown"),
    ] {
        assert_eq!(check["totals"][key], of(verdict), "{key}");
    }
    assert_eq!(check["totals"]["clients"], clients.len());
    for client in clients {
        let sources = client["sources"].as_array().unwrap();
        assert!(!sources.is_empty(), "{}", client["id"]);
        let ike = &client["ike_sa_init"];
        if ike["verdict"] == "agree" {
            assert!(ike["suite"].as_str().unwrap().contains('/'));
            assert!(ike["proposal"].as_str().unwrap().contains('-'));
        }
    }
}

#[test]
fn what_fails_is_json_too() {
    for (arguments, key) in [
        (
            "recommend --clients android-13 --policy cnsa-2.0 --no-client-changes",
            "reason",
        ),
        (
            "negotiate --initiator aes256-sha256-modp2048 --responder aes128-sha256-modp2048",
            "ike",
        ),
    ] {
        let mut arguments = words(arguments);
        arguments.extend(["--format".to_owned(), "json".to_owned()]);
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
        let run = ikecompat(&arguments, "");
        let answer: Value = serde_json::from_str(&run.stdout).unwrap();
        assert_eq!((run.status, &answer["verdict"]), (1, &json!("no")));
        assert!(!answer[key].is_null());
    }
}
