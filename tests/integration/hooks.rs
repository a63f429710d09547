//! What others call the program by: hooks for pre-commit, and the action for workflows on GitHub.

use std::fs;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_yaml::Value;

use crate::common::{Run, ikecompat, path, words};

/// A folder of its own.
fn folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).unwrap();
    folder
}

fn yaml(name: &str) -> Value {
    serde_yaml::from_str(&fs::read_to_string(path(name)).unwrap()).unwrap()
}

fn git(folder: &Path, arguments: &[&str]) -> String {
    let mut command = Command::new("git");
    let run = command.arg("-C").arg(folder).args(arguments).output();
    let run = run.unwrap();
    assert!(run.status.success(), "git {arguments:?}");
    String::from_utf8(run.stdout).unwrap()
}

/// Files that have nothing to do with VPN servers, and what a commit has beside them.
fn repository(name: &str, configurations: &[(&str, &str)]) -> PathBuf {
    let folder = folder(name);
    git(&folder, &["init", "--quiet"]);
    let others = [
        ("README.md", "conn a\n  ike=aes256-sha1-modp1024\n"),
        ("compose.yml", "services:\n  web:\n    image: nginx\n"),
        (
            "main.rs",
            "struct Server {\n    port: u16,\n}\n\nfn main() {}\n",
        ),
        ("style.css", "body {\n  color: red;\n}\n"),
        ("main.tf", "resource a {\n  engine = \"mysql\"\n}\n"),
        (
            "database.yml",
            "engine: mysql\nconnections: 20\nproduct: shop\n",
        ),
        (
            "network",
            "config interface 'lan'\n\toption proto 'static'\n",
        ),
        ("sites.conf", "include sites-enabled/*;\n"),
        ("pom.xml", "<project><name>a</name></project>\n"),
        ("nginx.conf", "server {\n  listen 80;\n}\n"),
        ("empty.conf", ""),
        ("with space.txt", "proposals\n"),
    ];
    for (name, text) in others.iter().chain(configurations) {
        fs::write(folder.join(name), text).unwrap();
    }
    git(&folder, &["add", "."]);
    folder
}

/// What pre-commit does: the entry, and behind it the names of the files.
fn hook(id: &str, folder: &Path, more: &[&str]) -> Run {
    let hooks = yaml(".pre-commit-hooks.yaml");
    let mut hooks = hooks.as_sequence().unwrap().iter();
    let hook = hooks.find(|hook| hook["id"] == id).unwrap();
    assert_eq!(hook["language"], "rust");
    let entry = words(hook["entry"].as_str().unwrap());
    assert_eq!(entry[0], "ikecompat");
    let files = git(folder, &["ls-files", "-z"]);
    let files = files.split_terminator('\0');
    let files = files.map(|name| folder.join(name).to_str().unwrap().to_owned());
    let files: Vec<String> = files.collect();
    let arguments = entry[1..].iter().map(String::as_str);
    let arguments = arguments.chain(more.iter().copied());
    let arguments: Vec<&str> = arguments.chain(files.iter().map(String::as_str)).collect();
    ikecompat(&arguments, "")
}

#[test]
fn a_hook_fails_for_configurations_alone() {
    let before = fs::read_to_string("examples/before.yaml").unwrap();
    let good =
        "product: strongswan\nnat: no\nphase1: [aes256-sha256-modp2048]\nphase2: [aes256-sha256]\n";
    let without = repository("hook-without", &[]);
    let weak = repository("hook-weak", &[("vpn.yaml", &before), ("good.yaml", good)]);
    let fine = repository("hook-good", &[("good.yaml", good)]);
    let broken = repository(
        "hook-broken",
        &[("vpn.yaml", "phase1: [aes256-sha257-modp2048]\n")],
    );
    for (id, more) in [
        ("ikecompat-lint", &["--fail-on", "warning"][..]),
        ("ikecompat-check", &["--clients", "ios-17"]),
    ] {
        let run = hook(id, &without, more);
        assert_eq!(run.status, 0, "{id}: {}{}", run.stdout, run.stderr);
        assert_eq!(run.stderr, "", "{id}");
        let run = hook(id, &weak, more);
        assert_eq!(run.status, 1, "{id}: {}{}", run.stdout, run.stderr);
        assert!(run.stdout.contains("vpn.yaml"), "{id}: {}", run.stdout);
        let run = hook(id, &fine, more);
        assert_eq!(run.status, 0, "{id}: {}{}", run.stdout, run.stderr);
        let run = hook(id, &broken, more);
        assert_eq!(run.status, 2, "{id}: {}{}", run.stdout, run.stderr);
        let said = run.stdout + &run.stderr;
        assert!(said.contains("aes256-sha257"), "{id}: {said}");
    }
}

#[test]
fn without_the_option_a_file_that_is_none_is_an_error() {
    let folder = repository("hook-none", &[]);
    let file = folder.join("compose.yml");
    let file = file.to_str().unwrap();
    for command in ["lint", "check"] {
        assert_eq!(ikecompat(&[command, file], "").status, 2);
        assert_eq!(
            ikecompat(&[command, "--skip-unrecognised", file], "").status,
            0
        );
        let missing = ikecompat(&[command, "--skip-unrecognised", "no-such.conf"], "");
        assert_eq!(missing.status, 2, "what does not exist is no other file");
    }
}

/// Runs a step of the action; gives its status and standard output.
fn step(id: &str, place: &Path, inputs: &[(&str, &str)]) -> (i32, String) {
    let action = yaml("action.yml");
    assert_eq!(action["runs"]["using"], "composite");
    let mut steps = action["runs"]["steps"].as_sequence().unwrap().iter();
    let step = steps.find(|step| step["name"] == id).unwrap();
    assert_eq!(step["shell"], "bash");
    let script = step["run"].as_str().unwrap();
    assert!(
        !script.contains("${{"),
        "words of a workflow are no part of a script"
    );
    let search = std::env::var("PATH").unwrap();
    let mut command = Command::new("bash");
    command
        .args(["--noprofile", "--norc", "-c", script])
        .current_dir(place)
        .env(
            "PATH",
            format!("{}:{search}", place.join("stubs").display()),
        )
        .env("GITHUB_ACTION_PATH", env!("CARGO_MANIFEST_DIR"))
        .env("GITHUB_OUTPUT", place.join("output"))
        .env("RUNNER_TEMP", place);
    // As the runner does it: each variable is one input, or its default.
    for (variable, value) in step["env"].as_mapping().into_iter().flatten() {
        let value = value.as_str().unwrap();
        let name = value.strip_prefix("${{ inputs.").unwrap();
        let name = name.strip_suffix(" }}").unwrap();
        let given = inputs.iter().find(|(input, _)| *input == name);
        let default = || action["inputs"][name]["default"].as_str().unwrap();
        command.env(
            variable.as_str().unwrap(),
            given.map_or_else(default, |it| it.1),
        );
    }
    for (name, _) in inputs {
        assert!(!action["inputs"][*name].is_null(), "{name}");
    }
    let run = command.output().unwrap();
    let stdout = String::from_utf8(run.stdout).unwrap();
    (run.status.code().unwrap(), stdout)
}

#[test]
fn the_action_builds_what_it_lies_in() {
    let place = folder("action-build");
    let stubs = place.join("stubs");
    fs::create_dir(&stubs).unwrap();
    for name in ["cargo", "rustup"] {
        let stub = stubs.join(name);
        fs::write(&stub, format!("#!/bin/sh\necho {name} \"$@\"\n")).unwrap();
        fs::set_permissions(&stub, fs::Permissions::from_mode(0o755)).unwrap();
    }
    let (status, said) = step("Build", &place, &[]);
    assert_eq!(status, 0);
    let path = format!("--path {}", env!("CARGO_MANIFEST_DIR"));
    assert!(said.contains(&path) && said.contains("--locked"), "{said}");
}

#[test]
fn the_action_annotates_and_says_the_verdict() {
    let place = folder("action-run");
    fs::create_dir_all(place.join("ikecompat/bin")).unwrap();
    let binary = place.join("ikecompat/bin/ikecompat");
    symlink(env!("CARGO_BIN_EXE_ikecompat"), binary).unwrap();
    fs::create_dir(place.join("vpn")).unwrap();
    fs::copy(
        path("examples/before.yaml"),
        place.join("vpn/a; touch b.yaml"),
    )
    .unwrap();
    let said = |place: &Path| {
        let said = fs::read_to_string(place.join("output")).unwrap();
        fs::remove_file(place.join("output")).unwrap();
        said
    };

    let (status, annotations) = step("Run", &place, &[]);
    assert_eq!((status, &*said(&place)), (1, "verdict=no\n"));
    assert!(
        annotations.starts_with("::warning file=vpn/a; touch b.yaml,line="),
        "{annotations}"
    );

    let inputs = [
        ("command", "check"),
        ("paths", "vpn\n"),
        ("arguments", "--clients=windows-10:require\n\n--quiet\n"),
        ("format", "junit"),
        ("output", "report.xml"),
    ];
    let (status, report) = step("Run", &place, &inputs);
    assert_eq!((status, &*said(&place)), (0, "verdict=yes\n"));
    assert_eq!(
        fs::read_to_string(place.join("report.xml")).unwrap(),
        report
    );

    let (status, _) = step("Run", &place, &[("paths", "none.conf")]);
    assert_eq!((status, &*said(&place)), (2, "verdict=unanswered\n"));
    assert!(!place.join("b.yaml").exists(), "a name is no command");
}
