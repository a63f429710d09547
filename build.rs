//! Turns `profiles/**/*.yaml` into a table that the library embeds, sorted by path: reading YAML at every
//! start would cost more than the answer. An entry is a path, what is needed to find a client, and the
//! whole file, both in JSON, so that a run reads nothing but what it is asked for.

use std::path::{Path, PathBuf};
use std::{env, fs};

use serde_json::{Map, Value};

fn main() {
    println!("cargo:rerun-if-changed=profiles");
    let mut files = Vec::new();
    collect(Path::new("profiles"), &mut files);
    files.sort();
    let mut entries = Vec::new();
    for path in files {
        let name = path.display().to_string().replace('\\', "/");
        let text = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{name}: {error}"));
        let yaml: serde_yaml::Value =
            serde_yaml::from_str(&text).unwrap_or_else(|error| panic!("{name}: {error}"));
        reject_traps(&yaml, &name);
        let json = serde_json::to_value(yaml).unwrap_or_else(|error| panic!("{name}: {error}"));
        let head = match name.starts_with("profiles/clients/") {
            true => head(&json).to_string(),
            false => String::new(),
        };
        entries.push(format!("({name:?}, {head:?}, {:?}),", json.to_string()));
    }
    let target = PathBuf::from(env::var_os("OUT_DIR").expect("cargo sets it")).join("profiles.rs");
    let table = format!("&[\n{}\n]\n", entries.join("\n"));
    fs::write(target, table).expect("the output directory is writable");
}

/// What of a client profile `profile::database::Head` reads.
fn head(profile: &Value) -> Value {
    let keys = [
        "product",
        "role",
        "aliases",
        "covers",
        "inferred-for",
        "newest-evidence",
        "mirrors",
        "configuration-profile",
    ];
    let of = |key: &str| Some((key.to_owned(), profile.get(key)?.clone()));
    let mut head: Map<String, Value> = keys.into_iter().filter_map(of).collect();
    let variant = |(name, variant): (&String, &Value)| {
        let aliases = variant
            .get("aliases")
            .map(|it| ("aliases".to_owned(), it.clone()));
        (name.clone(), Value::Object(aliases.into_iter().collect()))
    };
    if let Some(Value::Object(variants)) = profile.get("variants") {
        let variants = variants.iter().map(variant).collect();
        head.insert("variants".to_owned(), Value::Object(variants));
    }
    Value::Object(head)
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("profiles/ is part of the package") {
        let path = entry.expect("profiles/ is readable").path();
        if path.is_dir() {
            collect(&path, files);
        } else if path
            .extension()
            .is_some_and(|extension| extension == "yaml")
        {
            files.push(path);
        }
    }
}

/// What YAML takes for something else than text: `10.10` is the number 10.1, and `NULL`, an
/// algorithm's name, is nothing at all.
fn reject_traps(value: &serde_yaml::Value, name: &str) {
    match value {
        serde_yaml::Value::Null => panic!("{name}: quote \"NULL\", or give the key a value"),
        serde_yaml::Value::Number(number) if number.is_f64() => {
            panic!("{name}: quote {number}, which YAML takes for a number");
        }
        serde_yaml::Value::Sequence(list) => list.iter().for_each(|v| reject_traps(v, name)),
        serde_yaml::Value::Mapping(map) => {
            for (key, value) in map {
                reject_traps(key, name);
                reject_traps(value, name);
            }
        }
        _ => {}
    }
}
