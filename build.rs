//! Turns `profiles/**/*.yaml` into one JSON object, path → content, which the library embeds:
//! reading YAML at every start would cost more than the answer. Each entry stands on a line of its
//! own, so that the library finds one without reading the others.

use std::path::{Path, PathBuf};
use std::{env, fs};

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
        entries.push(format!("\"{name}\":{json}"));
    }
    let target =
        PathBuf::from(env::var_os("OUT_DIR").expect("cargo sets it")).join("profiles.json");
    let json = format!("{{\n{}\n}}\n", entries.join(",\n"));
    fs::write(target, json).expect("the output directory is writable");
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
