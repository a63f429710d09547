//! `check --compare-engine`: who notices an upgrade of the server's engine.

use crate::common::{ikecompat, ikecompat_with};

/// A swanctl.conf that leaves its ESP list to the daemon.
const SERVER: &str = "\
connections {
  rw {
    pools = clients
    proposals = aes256-sha256-modp2048
    children {
      net {
        local_ts = 0.0.0.0/0
        life_time = 55m
      }
    }
  }
}
";

fn check(clients: &str, more: &[&str]) -> crate::common::Run {
    let mut arguments = vec![
        "check",
        "-",
        "--clients",
        clients,
        "--nat",
        "no",
        "--engine",
        "strongswan@6.0.2",
        "--compare-engine",
        "strongswan@6.0.1",
    ];
    arguments.extend(more);
    ikecompat(&arguments, SERVER)
}

/// strongSwan issue 2831: with 6.0.2 Windows refuses to renew the child SA.
#[test]
fn a_client_that_an_upgrade_breaks_is_named_with_the_reason() {
    let run = check("windows-10:dh2048-2,osx", &[]);
    assert_eq!(run.status, 1, "{}", run.stderr);
    let mut lines = run.stdout.lines();
    let first = lines.next().unwrap();
    assert!(
        first.contains("from strongswan@6.0.1 to strongswan@6.0.2: "),
        "{first}"
    );
    assert!(first.ends_with("of 2 clients, 1 lose"), "{first}");
    let row = run.stdout.lines().find(|line| line.contains("verdict"));
    let words: Vec<_> = row.unwrap().split_whitespace().collect();
    assert_eq!(
        words,
        ["windows-10:dh2048-2", "verdict", "connects", "rekey-fails"]
    );
    assert!(run.stdout.contains("[rekey-with-key-exchange-refused]"));
    assert!(run.stdout.contains("\nunchanged: osx-10.11\n"));
}

#[test]
fn programs_get_both_reports_and_who_is_worse_off() {
    let run = check("windows-10:dh2048-2,ios-16,osx", &["--format", "json"]);
    let answer: serde_json::Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!(answer["schema"], "ikecompat.upgrade.v2");
    let server = &answer["servers"][0];
    assert_eq!(server["before"]["engine"], "strongswan@6.0.1");
    assert_eq!(server["after"]["engine"], "strongswan@6.0.2");
    let broken = serde_json::json!(["windows-10:dh2048-2"]);
    assert_eq!(server["broken"], broken);
    // iOS goes on with another suite, because the server now takes its group.
    let changed = server["changed"].as_array().unwrap();
    assert!(changed.contains(&"ios-16".into()) && !changed.contains(&"osx-10.11".into()));
}

#[test]
fn nobody_notices_an_upgrade_of_a_server_with_lists_of_its_own() {
    let arguments = [
        "check",
        "examples/before.yaml",
        "--clients",
        "windows",
        "--engine",
        "strongswan@6.0.2",
        "--compare-engine",
        "strongswan@6.0.1",
    ];
    let run = ikecompat(&arguments, "");
    assert_eq!(run.status, 0, "{}", run.stderr);
    let expected = "examples/before.yaml: from strongswan@6.0.1 to strongswan@6.0.2: nothing changes for \
         windows-10:require: connects either\n  way\n\ngroups in the default ESP lists: from \"none\" to \"all, and \
         `none`\"\n\nunchanged: windows-10:require\n\nnext: nothing has to be done\n";
    assert_eq!(run.stdout, expected);
    let run = ikecompat(&["check", "-", "--compare-engine", "charon"], SERVER);
    assert_eq!(run.status, 2);
    assert!(run.stderr.contains("`strongswan@6.0.2`"), "{}", run.stderr);
}

/// What a release does by itself is told although no client of IKEv2 notices it, and whom it
/// leaves without an answer.
#[test]
fn a_release_without_ikev1_says_so_and_whom_it_leaves() {
    let server = |version: &str| {
        format!(
            "connections {{\n  rw {{\n{version}    proposals = aes256-sha256-modp2048\n    pools = p\n    \
             children {{ net {{ esp_proposals = aes256-sha256 }} }}\n  }}\n}}\n"
        )
    };
    let compare = |version: &str, engines: [&str; 2], more: &[&str]| {
        let mut arguments = vec!["check", "-", "--clients", "android"];
        arguments.extend(["--engine", engines[0], "--compare-engine", engines[1]]);
        arguments.extend(more);
        ikecompat(&arguments, &server(version))
    };
    let to = ["strongswan@6.0.7", "strongswan@6.1.0"];
    let run = compare("", to, &[]);
    for said in [
        "\nIKEv1: from \"built in unless --disable-ikev1\" to \"off unless built with --enable-ikev1\"\n",
        "`version` where a connection does not say it: from \"0, either version\" to \"2, IKEv2 only\"",
        "peers of IKEv1 get no answer any more from: `rw`",
        "next: nothing has to be done",
    ] {
        assert!(run.stdout.contains(said), "{said}: {}", run.stdout);
    }
    let run = compare("    version = 2\n", to, &[]);
    assert!(run.stdout.contains("\nIKEv1: from"), "{}", run.stdout);
    assert!(!run.stdout.contains("get no answer"), "{}", run.stdout);
    // What takes IKEv1 only is in the first line, and in the next step.
    let both = |version: &str| {
        format!(
            "{}{}",
            server("    version = 1\n"),
            server(version).replace("rw {", "two {")
        )
    };
    let arguments = [
        "check",
        "-",
        "--clients",
        "android",
        "--engine",
        to[0],
        "--compare-engine",
        to[1],
    ];
    let run = ikecompat(&arguments, &both("    version = 2\n"));
    let first = run.stdout.lines().take(2).collect::<Vec<_>>().join(" ");
    assert!(first.contains("`rw` without"), "{}", run.stdout);
    assert!(run.stdout.contains("explain ikev1-only"), "{}", run.stdout);
    // Programs get the same, and within the line nothing of it.
    let run = compare("", to, &["--format", "json"]);
    let answer: serde_json::Value = serde_json::from_str(&run.stdout).unwrap();
    let server = &answer["servers"][0];
    assert_eq!(server["releases"][0]["id"], "ikev1", "{}", run.stdout);
    assert_eq!(server["releases"][1]["id"], "unwritten-version");
    let lost = serde_json::json!([{"connection": "rw", "is_all": false}]);
    assert_eq!(server["without_ikev1"], lost);
    let run = compare("", ["strongswan@6.0.6", "strongswan@6.0.7"], &[]);
    assert!(!run.stdout.contains("IKEv1"), "{}", run.stdout);
}

/// Whichever way round they are named, the older version comes first.
#[test]
fn an_upgrade_is_told_in_the_order_of_time() {
    let arguments = [
        "check",
        "-",
        "--clients",
        "windows-10:dh2048-2",
        "--nat",
        "no",
        "--engine",
        "strongswan@6.0.1",
        "--compare-engine",
        "opnsense@26.1.7",
    ];
    let run = ikecompat(&arguments, SERVER);
    let first = run.stdout.lines().next().unwrap();
    assert!(
        first.contains("from strongswan@6.0.1 to strongswan@6.0.6: "),
        "{first}"
    );
    assert!(run.stdout.contains("rekey-fails"), "{}", run.stdout);
    let note = "note: opnsense@26.1.7 negotiates with strongswan@6.0.6";
    assert!(run.stderr.contains(note), "{}", run.stderr);
    assert_eq!(run.status, 1);
}

#[test]
fn a_folder_is_compared_file_by_file() {
    let run = ikecompat(
        &[
            "check",
            "examples",
            "--compare-engine",
            "strongswan@6.0.2",
            "--clients",
            "android",
        ],
        "",
    );
    for name in ["examples/before.yaml: from", "examples/swanctl.conf: from"] {
        assert!(run.stdout.contains(name), "{}", run.stdout);
    }
    let run = ikecompat(
        &[
            "check",
            "nowhere.yaml",
            "--compare-engine",
            "strongswan@6.0.2",
        ],
        "",
    );
    assert_eq!((run.status, run.stdout.as_str()), (2, ""));
    assert!(run.stderr.contains("cannot open"), "{}", run.stderr);
}

/// The first line counts what the table shows, and says who fails although nothing changes.
#[test]
fn the_headline_counts_the_rows_of_the_table() {
    for (server, clients) in [
        ("examples/before.yaml", "all"),
        ("examples/swanctl.conf", "all"),
        ("examples/swanctl.conf", "ios,osx"),
        ("examples/after.yaml", "ios"),
        ("examples/before.yaml", "ios"),
    ] {
        for engine in ["strongswan@6.0.2", "libreswan@5.2"] {
            let call = [
                "check",
                server,
                "--clients",
                clients,
                "--compare-engine",
                engine,
                "-q",
            ];
            let run = ikecompat_with(&[("COLUMNS", "400")], &call, "");
            let first = run.stdout.lines().next().unwrap();
            let call = [&call[..], &["--format", "json"]].concat();
            let json = ikecompat(&call, "").stdout;
            let json: serde_json::Value = serde_json::from_str(&json).unwrap();
            let one = &json["servers"][0];
            let changed = one["changed"].as_array().unwrap();
            let clients = one["after"]["clients"].as_array().unwrap();
            let below = run.stdout.split_once("\n\n").map_or("", |it| it.1);
            for id in changed {
                let id = id.as_str().unwrap();
                assert!(
                    below.lines().any(|line| line.starts_with(id)),
                    "{first}: {id}"
                );
            }
            let nothing = first.contains("nothing changes");
            assert_eq!(nothing, changed.is_empty(), "{first}: {changed:?}");
            if let [only] = clients.as_slice() {
                let id = only["id"].as_str().unwrap();
                assert!(first.contains(id) && !first.contains("clients"), "{first}");
                continue;
            }
            let all = format!("{} clients", clients.len());
            assert!(first.contains(&all), "{first}");
            let counts = first
                .split_once("clients, ")
                .map_or("", |(_, counts)| counts);
            let counts = counts.split("; ").next().unwrap().split(", ");
            let counts = counts.filter_map(|part| part.split(' ').next()?.parse::<usize>().ok());
            let counted: usize = counts.sum();
            assert_eq!(counted, changed.len(), "{first}: {changed:?}");
        }
    }
}

/// Who is refused by both engines is not told that nothing has to be done.
#[test]
fn nobody_is_reassured_who_fails_either_way() {
    let call = [
        "check",
        "examples/before.yaml",
        "--compare-engine",
        "strongswan@6.0.2",
        "-q",
    ];
    let run = ikecompat_with(&[("COLUMNS", "400")], &call, "");
    assert_eq!(run.status, 1);
    assert!(
        run.stdout
            .contains("nothing changes for 7 clients; 5 fail either way"),
        "{}",
        run.stdout
    );
    assert!(
        run.stdout
            .contains("`ikecompat check examples/before.yaml` says why 5 clients"),
        "{}",
        run.stdout
    );
}

#[test]
fn a_change_of_a_file_is_told_of_one_client_by_name() {
    let call = [
        "check",
        "examples/before.yaml",
        "--after",
        "examples/after.yaml",
        "--clients",
        "ios",
    ];
    let run = ikecompat_with(&[("COLUMNS", "400")], &call, "");
    let first = run.stdout.lines().next().unwrap();
    assert!(
        first.ends_with(": ios-26 gains: refused before, connects after"),
        "{first}"
    );
}
