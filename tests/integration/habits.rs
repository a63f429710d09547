//! `.ikecompat.yaml`: what it changes is said, the command line goes before it, and what is wrong has a place.

use std::fs;
use std::path::PathBuf;

use crate::common::{Run, ikecompat};

const SERVER: &str = "product: pfsense\nphase1: [aes256-sha256-modp1024]\nphase2: [aes256-sha1]\n";

/// A folder of this test with a server two folders below the habits.
fn folder(name: &str, habits: &str) -> PathBuf {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(folder.join("site/vpn")).unwrap();
    fs::write(folder.join(".ikecompat.yaml"), habits).unwrap();
    fs::write(folder.join("site/vpn/server.yaml"), SERVER).unwrap();
    folder
}

fn run(command: &str, folder: &std::path::Path, more: &[&str]) -> Run {
    let server = folder.join("site/vpn/server.yaml");
    let all = [&[command, server.to_str().unwrap()][..], more].concat();
    ikecompat(&all, "")
}

#[test]
fn habits_are_used_and_named() {
    let habits = "clients: [osx-10.11, windows-10:require]\npolicy: cnsa-1.0\nnat: no\n\
                  allow:\n- {rule: weak-entry, reason: until the last Windows 7 is gone}\n";
    let folder = folder("habits-used", habits);
    let check = run("check", &folder, &[]);
    assert!(
        check.stdout.contains("1 of 2 clients connects"),
        "{}",
        check.stdout
    );
    assert!(check.stdout.contains("by cnsa-1.0"), "{}", check.stdout);
    let note = ".ikecompat.yaml: --clients=osx-10.11,windows-10:require --policy=cnsa-1.0 --nat=no \
                '--allow=weak-entry=until the last Windows 7 is gone'\n";
    assert!(
        check.stderr.starts_with("note: taken from /"),
        "{}",
        check.stderr
    );
    assert!(check.stderr.contains(note), "{}", check.stderr);
    // What is allowed is counted, with the reason, in every report for people.
    let reason = "weak-entry by `allow`: until the last Windows 7 is gone";
    let in_words = |format| {
        run("check", &folder, &["--format", format])
            .stdout
            .replace('\\', "")
    };
    for text in [
        &check.stdout,
        &run("check", &folder, &["-v"]).stdout,
        &in_words("markdown"),
    ] {
        assert!(text.contains(reason), "{text}");
        assert!(!text.contains("[weak-entry]"), "{text}");
    }
    assert!(in_words("html").contains("until the last Windows 7 is gone"));
    let lint = run("lint", &folder, &[]);
    assert!(!lint.stdout.contains("[weak-entry]"), "{}", lint.stdout);
    assert!(lint.stdout.contains(" allowed"), "{}", lint.stdout);
    assert!(lint.stdout.contains(reason), "{}", lint.stdout);
    let json = run("lint", &folder, &["--format", "json"]).stdout;
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert!(json["totals"]["allowed"].as_u64().unwrap() > 0, "{json}");
    let findings = json["files"][0]["findings"].as_array().unwrap();
    let allowed = |it: &&serde_json::Value| it["allowed"] == "until the last Windows 7 is gone";
    assert!(findings.iter().any(|it| allowed(&it)), "{json}");
    assert!(lint.stderr.contains("allow"), "{}", lint.stderr);
    // What is typed goes first.
    let typed = run(
        "check",
        &folder,
        &[
            "--clients",
            "osx",
            "--policy",
            "rfc8247",
            "--nat",
            "yes",
            "--allow",
            "esn-only",
        ],
    );
    assert!(typed.stdout.contains("of 1 client"), "{}", typed.stdout);
    assert!(typed.stdout.contains("weak-entry"), "{}", typed.stdout);
    assert!(
        !typed.stderr.contains(".ikecompat.yaml"),
        "{}",
        typed.stderr
    );
}

/// What is parsed or pasted has nothing of it, and `--quiet` says nothing.
#[test]
fn what_is_for_programs_stays_clean() {
    let folder = folder("habits-clean", "clients: osx\n");
    for (command, formats) in [
        (
            "check",
            &["json", "csv", "sarif", "junit", "cbom", "github"][..],
        ),
        ("lint", &["json", "sarif", "junit", "github"]),
    ] {
        for format in formats {
            let noted = run(command, &folder, &["--format", format]);
            assert!(
                !noted.stdout.contains("ikecompat.yaml:"),
                "{}",
                noted.stdout
            );
            assert!(
                noted.stderr.contains("note: taken from "),
                "{}",
                noted.stderr
            );
            let quiet = run(command, &folder, &["--format", format, "--quiet"]);
            assert!(!quiet.stderr.contains("note: "), "{}", quiet.stderr);
            // A bill of materials has a serial number and a time of its own.
            if *format != "cbom" {
                assert_eq!(quiet.stdout, noted.stdout, "{format}");
            }
        }
    }
}

/// A file that says nothing changes nothing, and only `-v` speaks of it; nor does that of somebody else.
#[test]
fn what_changes_nothing_is_said_to_who_asks() {
    for habits in ["", "# to be written\n"] {
        let folder = folder("habits-empty", habits);
        let plain = run("check", &folder, &["--clients", "osx"]);
        assert_eq!(plain.status, 1, "{}", plain.stderr);
        assert!(!plain.stderr.contains("ikecompat.yaml"), "{}", plain.stderr);
        let asked = run("check", &folder, &["--clients", "osx", "-v"]);
        let says = ".ikecompat.yaml has nothing that the command line does not say\n";
        assert!(asked.stderr.contains(says), "{}", asked.stderr);
    }
    #[cfg(unix)]
    {
        let folder = folder("habits-of-others", "clients: nobody-knows\n");
        let file = folder.join(".ikecompat.yaml");
        // Only root can give a file away.
        if std::os::unix::fs::chown(&file, Some(4242), None).is_ok() {
            let plain = run("check", &folder, &["--clients", "osx"]);
            assert!(!plain.stderr.contains("ikecompat.yaml"), "{}", plain.stderr);
            let asked = run("check", &folder, &["--clients", "osx", "-v"]);
            let says = ".ikecompat.yaml belongs to another user, and is not read\n";
            assert!(asked.stderr.contains(says), "{}", asked.stderr);
        }
    }
}

#[test]
fn a_repository_is_the_border() {
    let folder = folder("habits-border", "clients: osx\n");
    assert!(
        run("check", &folder, &[])
            .stderr
            .contains(".ikecompat.yaml: --clients=osx\n")
    );
    fs::create_dir_all(folder.join("site/.git")).unwrap();
    assert!(
        !run("check", &folder, &[])
            .stderr
            .contains(".ikecompat.yaml")
    );
}

#[test]
fn what_is_wrong_is_refused_with_its_place() {
    for (habits, says) in [
        ("clients: andriod\n", "did you mean `android`?"),
        ("polcy: rfc8247\n", "did you mean `policy`?"),
        ("policy: rfc8427\n", "did you mean `rfc8247`?"),
        ("allow: [{rule: weak-entry}]\n", "reason"),
        ("engine: strongswan\n", "has no version"),
        ("probe: vpn.example.org\n", "is not a key"),
    ] {
        let folder = folder("habits-wrong", habits);
        let run = run("check", &folder, &[]);
        assert_eq!(run.status, 2, "{habits}: {}", run.stdout);
        assert!(run.stderr.contains(says), "{habits}: {}", run.stderr);
        assert!(
            run.stderr.contains(".ikecompat.yaml:1:"),
            "{habits}: {}",
            run.stderr
        );
    }
}

/// Files of two folders are judged each by its own habits, and those without habits by none.
#[test]
fn each_file_has_the_habits_of_its_own_folder() {
    let one = folder("habits-one", "clients: [osx-10.11]\nallow: [{rule: weak-entry, reason: old}]\n");
    let other = folder("habits-other", "clients: [windows-10:require, ios-17]\n");
    let file = |folder: &PathBuf| {
        let file = folder.join("site/vpn/server.yaml");
        file.to_str().unwrap().to_owned()
    };
    let (first, second) = (file(&one), file(&other));
    let ids = |call: &[&str]| -> Vec<Vec<String>> {
        let run = ikecompat(call, "");
        let json: serde_json::Value = serde_json::from_str(&run.stdout).unwrap();
        let servers = json["servers"].as_array().unwrap().iter();
        let clients = servers.map(|server| {
            let clients = server["clients"].as_array().unwrap().iter();
            clients.map(|it| it["id"].as_str().unwrap().to_owned())
        });
        clients.map(Iterator::collect).collect()
    };
    let json = ["--format", "json"];
    let osx = vec!["osx-10.11".to_owned()];
    let others = vec!["windows-10:require".to_owned(), "ios-17".to_owned()];
    let call = [&["check", &first, &second][..], &json].concat();
    assert_eq!(ids(&call), [osx.clone(), others.clone()]);
    let call = [&["check", &second][..], &json, &[&first]].concat();
    assert_eq!(ids(&call), [others, osx]);
    // What the command line says goes before the habits of both.
    let call = [
        &["check", &first, &second, "--clients", "ios-16"][..],
        &json,
    ]
    .concat();
    assert_eq!(ids(&call), [["ios-16"], ["ios-16"]]);
    let run = ikecompat(&["lint", &first, &second], "");
    let found: Vec<&str> = run.stdout.lines().filter(|it| it.contains("-->")).collect();
    assert!(!found.is_empty(), "{}", run.stdout);
    assert!(
        found.iter().all(|it| it.contains("habits-other")),
        "{found:?}"
    );
}
