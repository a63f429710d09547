//! The published JSON Schemas accept what the program accepts, and are current.

use std::fs;
use std::path::Path;

use ikecompat::profile::Database;
use serde_json::{Value, json};

use crate::common::ikecompat;

fn printed(kind: &str) -> String {
    let run = ikecompat(&["schema", kind], "");
    assert_eq!(run.status, 0, "{}", run.stderr);
    run.stdout
}

fn validator(kind: &str) -> jsonschema::Validator {
    let schema: Value = serde_json::from_str(&printed(kind)).unwrap();
    jsonschema::validator_for(&schema).unwrap()
}

fn yaml(text: &str) -> Value {
    serde_json::to_value(serde_yaml::from_str::<serde_yaml::Value>(text).unwrap()).unwrap()
}

#[test]
fn the_published_files_are_current() {
    let list = ikecompat(&["schema"], "").stdout;
    for kind in list.lines().filter_map(|it| it.split_whitespace().next()) {
        let path = format!("docs/schemas/{kind}.schema.json");
        if std::env::var_os("IKECOMPAT_WRITE_DOCS").is_some() {
            fs::write(
                Path::new(env!("CARGO_MANIFEST_DIR")).join(&path),
                printed(kind),
            )
            .unwrap();
        }
        let text = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(&path));
        assert!(
            text.unwrap() == printed(kind),
            "{path} is out of date; rewrite it with `IKECOMPAT_WRITE_DOCS=1 cargo test schemas`"
        );
    }
}

#[test]
fn the_built_in_files_fit() {
    let database = Database::builtin();
    for (kind, folder) in [
        ("client", "profiles/clients/"),
        ("policy", "profiles/policies/"),
    ] {
        let validator = validator(kind);
        let mut count = 0;
        for (name, json) in database.folder(folder) {
            let value = serde_json::from_str(json).unwrap();
            if let Err(error) = validator.validate(&value) {
                panic!("{name}: {error} at {}", error.instance_path());
            }
            count += 1;
        }
        assert!(count > 0, "{folder}");
    }
}

#[test]
fn a_key_or_a_grade_that_does_not_exist_does_not_fit() {
    let database = Database::builtin();
    let json = database.json("profiles/clients/apple/osx-10.11.yaml");
    let good: Value = serde_json::from_str(json.unwrap()).unwrap();
    let validator = validator("client");
    assert!(validator.is_valid(&good));
    let mut bad = good.clone();
    bad["aliasses"] = json!([]);
    assert!(!validator.is_valid(&bad));
    let mut bad = good.clone();
    let sources = bad["sources"].as_object_mut().unwrap();
    sources.values_mut().next().unwrap()["grade"] = "certain".into();
    assert!(!validator.is_valid(&bad));
    let mut bad = good;
    bad.as_object_mut().unwrap().remove("vendor");
    assert!(!validator.is_valid(&bad));
}

#[test]
fn server_yaml_fits_where_the_program_reads_it() {
    let validator = validator("server");
    let examples = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples");
    let mut count = 0;
    for entry in fs::read_dir(examples).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|ending| ending == "yaml") {
            let value = yaml(&fs::read_to_string(&path).unwrap());
            if let Err(error) = validator.validate(&value) {
                panic!("{}: {error} at {}", path.display(), error.instance_path());
            }
            count += 1;
        }
    }
    assert!(count > 0);
    for (text, fits) in [
        (
            "phase1: aes256-sha256-modp2048\nphase2: {encryption: aes256, hash: sha256, pfs: off}\n",
            true,
        ),
        ("engine: strongswan@6.0.2\n", true),
        (
            "connections: [{name: a, phase1: [aes256-sha256-modp2048]}]\n",
            true,
        ),
        ("rekey: {ike: 4h, child: 0}\n", true),
        ("prefer-configured-proposals: no\nnat: unknown\n", true),
        ("phase3: []\n", false),
        ("product: pfsens\n", false),
        ("rekey: {child: 4 hours}\n", false),
        ("connections: [{phase1: []}]\n", false),
        ("phase1: [{hash: sha256}]\n", false),
    ] {
        assert_eq!(validator.is_valid(&yaml(text)), fits, "{text}");
    }
}
