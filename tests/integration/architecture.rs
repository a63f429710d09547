//! Imports point down: who may use whom in the library, read off the `use` lines.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Module, and the modules of this crate that it may import besides itself.
const ALLOWED: &[(&str, &[&str])] = &[
    ("ike", &[]),
    ("diag", &[]),
    ("dialect", &["ike", "diag"]),
    ("wire", &["ike", "diag"]),
    ("crypt", &["ike", "diag", "dialect", "wire"]),
    ("peer", &["ike", "diag", "dialect"]),
    ("yaml", &["diag", "peer"]),
    ("format", &["peer"]),
    ("profile", &["ike", "diag", "dialect", "peer", "yaml"]),
    (
        "read",
        &["format", "ike", "diag", "dialect", "wire", "peer", "yaml"],
    ),
    ("compat", &["ike", "diag", "dialect", "peer"]),
    (
        "recommend",
        &[
            "format", "ike", "diag", "dialect", "peer", "profile", "compat",
        ],
    ),
    (
        "lint",
        &[
            "format", "ike", "diag", "dialect", "peer", "yaml", "profile", "compat", "read",
        ],
    ),
    (
        "diagnose",
        &[
            "format", "ike", "diag", "dialect", "wire", "peer", "profile", "compat", "read",
        ],
    ),
    (
        "answer",
        &[
            "format",
            "ike",
            "diag",
            "dialect",
            "peer",
            "profile",
            "read",
            "compat",
            "recommend",
            "lint",
            "diagnose",
            "yaml",
        ],
    ),
    (
        "live",
        &[
            "format", "ike", "diag", "dialect", "wire", "crypt", "peer", "profile", "compat",
            "read", "diagnose",
        ],
    ),
    (
        "explain",
        &[
            "format", "ike", "diag", "dialect", "peer", "yaml", "profile", "read", "compat",
            "lint", "diagnose",
        ],
    ),
    (
        "write",
        &[
            "format",
            "ike",
            "diag",
            "dialect",
            "peer",
            "profile",
            "compat",
            "recommend",
            "lint",
            "diagnose",
            "explain",
            "answer",
            "live",
            "wire",
        ],
    ),
];

/// What the pure modules must not touch: files, network, clock, environment.
const FORBIDDEN: &[&str] = &[
    "std::fs",
    "std::net::Tcp",
    "std::net::Udp",
    "ToSocketAddrs",
    "std::time::SystemTime",
    "std::time::Instant",
    "std::env",
    "std::process",
];

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path));
        } else if path.extension().is_some_and(|e| e == "rs") {
            found.push(path);
        }
    }
    found.sort();
    found
}

fn source() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src")
}

/// The module of the library that a file belongs to; `None` for the binary and the crate's root.
fn module(path: &Path) -> Option<String> {
    let inside = path.strip_prefix(source()).unwrap();
    let first = inside.components().next()?.as_os_str().to_str()?;
    let module = first.trim_end_matches(".rs");
    (!["main", "lib", "cli"].contains(&module)).then(|| module.to_owned())
}

/// The code of a file without its comments and unit tests, which may point anywhere.
fn code_of(text: &str) -> String {
    let code = text.split("#[cfg(test)]").next().unwrap();
    let lines = code
        .lines()
        .filter(|line| !line.trim_start().starts_with("//"));
    lines.collect::<Vec<_>>().join("\n")
}

#[test]
fn imports_point_down() {
    let mut broken = Vec::new();
    for path in files(&source()) {
        let Some(module) = module(&path) else {
            continue;
        };
        let text = fs::read_to_string(&path).unwrap();
        let code = code_of(&text);
        let allowed = ALLOWED.iter().find(|(name, _)| *name == module);
        let Some((_, allowed)) = allowed else {
            broken.push(format!(
                "{}: `{module}` has no row in this table",
                path.display()
            ));
            continue;
        };
        for rest in code.split("crate::").skip(1) {
            let used: String = rest
                .chars()
                .take_while(|c| c.is_alphanumeric() || *c == '_')
                .collect();
            if used != module
                && !allowed.contains(&used.as_str())
                && ALLOWED.iter().any(|(name, _)| *name == used)
            {
                broken.push(format!(
                    "{}: `{module}` must not use `{used}`",
                    path.display()
                ));
            }
        }
    }
    assert!(broken.is_empty(), "{}", broken.join("\n"));
}

#[test]
fn the_library_touches_nothing_outside() {
    for path in files(&source()) {
        if module(&path).is_none() {
            continue;
        }
        let text = fs::read_to_string(&path).unwrap();
        let code = code_of(&text);
        for word in FORBIDDEN.iter().chain(&["anyhow::", "clap::"]) {
            assert!(!code.contains(word), "{} names `{word}`", path.display());
        }
        let yaml = path.ends_with("src/yaml.rs");
        assert!(
            yaml || !code.contains("serde_yaml"),
            "{} names `serde_yaml`",
            path.display()
        );
    }
}

/// What the command line needs and the library does not.
const OF_THE_COMMAND_LINE: &[&str] = &[
    "anstyle-query",
    "anyhow",
    "clap",
    "clap_complete",
    "clap_mangen",
    "glob",
    "indicatif",
    "rayon",
    "terminal_size",
];

#[test]
fn the_library_alone_needs_nothing_of_the_command_line() {
    let tree = |more: &[&str]| {
        let output = Command::new(env!("CARGO"))
            .args(["tree", "--offline", "--locked", "--edges", "normal"])
            .args(["--prefix", "none", "--format", "{p}"])
            .args(more)
            .current_dir(env!("CARGO_MANIFEST_DIR"))
            .output()
            .unwrap();
        assert!(
            output.status.success(),
            "{}",
            String::from_utf8_lossy(&output.stderr)
        );
        String::from_utf8(output.stdout).unwrap()
    };
    let names = |tree: &str| -> Vec<String> {
        let lines = tree.lines().filter_map(|line| line.split(' ').next());
        lines.map(ToOwned::to_owned).collect()
    };
    let (whole, library) = (names(&tree(&[])), names(&tree(&["--no-default-features"])));
    for name in OF_THE_COMMAND_LINE {
        let has = |names: &[String]| names.iter().any(|own| own == name);
        assert!(has(&whole), "{name} is no dependency any more");
        assert!(!has(&library), "the library needs {name}");
    }
}
