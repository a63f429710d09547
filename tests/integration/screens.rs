//! Reports on screens of 80 and 160 columns: no line is wider, no id and no word is cut, and five clients
//! are answered on one screen.

use std::fs;
use std::path::PathBuf;

use crate::common::{Run, ikecompat, ikecompat_with};

const WIDTHS: [usize; 2] = [80, 160];

fn at(width: usize, arguments: &[&str]) -> Run {
    let columns = width.to_string();
    ikecompat_with(&[("COLUMNS", &columns)], arguments, "")
}

/// The files of a folder of the project.
fn files(folder: &str) -> Vec<String> {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    let all = fs::read_dir(root.join(folder)).unwrap();
    let all = all.filter_map(Result::ok).filter(|it| it.path().is_file());
    let names = all.map(|it| format!("{folder}/{}", it.file_name().to_string_lossy()));
    let mut names: Vec<_> = names.collect();
    names.sort();
    names
}

/// Whether a line may be longer: it is copied or searched for in one piece.
fn stays_whole(line: &str) -> bool {
    let text = line.trim_start();
    let quoted = ["line ", "packet ", "http://", "https://"];
    let typed = ["Set-Vpn", "New-Item", "HKLM"];
    let of_file = text.trim_start_matches(|c: char| c.is_ascii_digit());
    let words = text.split_whitespace().count();
    words < 2
        || quoted.iter().chain(&typed).any(|start| text.starts_with(start))
        || of_file.trim_start().starts_with('|')
        || text.contains(": Set-Vpn")
        // A name that is longer than the screen.
        || text.split_whitespace().any(|word| word.len() > 60)
        // The evidence of one of several files is named by its file.
        || text.contains(", line ")
        || text.starts_with("--> ")
        // What is pasted into a shell is one line, alone or with little before it.
        || text.strip_prefix("next: ").unwrap_or(text).starts_with("`ikecompat ")
}

fn assert_fits(text: &str, width: usize, call: &[&str]) {
    for line in text.lines() {
        let long = line.chars().count() > width;
        assert!(!long || stays_whole(line), "{call:?} at {width}: {line}");
    }
}

/// The words of a text, however its lines are broken.
fn words(text: &str) -> Vec<String> {
    let all = text.split_whitespace();
    // A suite may be broken between its algorithms.
    let all = all.flat_map(|word| word.split_inclusive('-'));
    let all = all.map(|word| {
        word.trim_start_matches('~')
            .trim_end_matches([':', ',', ';', '`'])
    });
    let all = all.map(ToOwned::to_owned);
    let mut all: Vec<_> = all.collect();
    all.sort();
    all.dedup();
    all
}

#[test]
fn no_line_of_any_report_is_wider_than_the_screen() {
    let servers: Vec<String> = ["examples", "tests/corpus/conversion"]
        .iter()
        .flat_map(|folder| files(folder))
        .collect();
    let profile = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("wide-profile.yaml");
    fs::write(
        &profile,
        "vendor: Phones\nrole: client\nlabel: phone\nproposals: 4\n",
    )
    .unwrap();
    let profile = profile.to_str().unwrap().to_owned();
    let mut calls: Vec<Vec<&str>> = vec![
        vec!["check", "examples"],
        vec!["check", "examples", "-v"],
        vec![
            "check",
            "examples/before.yaml",
            "--after",
            "examples/after.yaml",
        ],
        vec![
            "check",
            "examples/swanctl.conf",
            "--compare-engine",
            "strongswan@6.0.2",
        ],
        vec!["check", "examples/before.yaml", "--policy", "cnsa-2.0"],
        vec![
            "recommend",
            "--server",
            "examples/before.yaml",
            "--policy",
            "cnsa-2.0",
        ],
        vec!["recommend", "-h"],
        vec!["check", "-h"],
        vec!["clients", "lint", &profile],
        vec!["clients", "list"],
        vec!["clients", "list", "--unknown"],
        vec!["clients", "show", "ios"],
        vec!["clients", "show", "windows-10", "-v"],
        vec!["clients", "diff", "macos-14", "osx"],
        vec!["clients", "compare", "ios", "windows-10", "android"],
        vec!["explain", "modp1024"],
        vec!["explain", "weak-entry"],
    ];
    for server in &servers {
        for command in ["check", "lint"] {
            calls.push(vec![command, server]);
        }
        calls.push(vec!["recommend", "--server", server]);
    }
    let logs = files("tests/corpus/logs/field");
    let logs = logs
        .iter()
        .filter(|name| name.ends_with(".log") || name.ends_with(".txt"));
    // Every kind of log is among a few of them.
    let logs = logs.step_by(7);
    calls.extend(logs.map(|log| vec!["diagnose", log]));
    for call in calls {
        for width in WIDTHS {
            assert_fits(&at(width, &call).stdout, width, &call);
        }
    }
}

#[test]
fn no_word_is_cut() {
    for server in files("examples") {
        let call = ["check", &server, "-q"];
        let (narrow, wide) = (at(80, &call).stdout, at(400, &call).stdout);
        let known = words(&wide);
        for word in words(&narrow) {
            // What there is no room for is said in other words, not in parts of them.
            let part = known
                .iter()
                .any(|whole| whole.starts_with(&word) && *whole != word && word.len() > 3);
            assert!(
                known.contains(&word) || !part,
                "{server}: `{word}`\n{narrow}"
            );
        }
        for id in ids(&server) {
            assert!(narrow.contains(&id), "{server}: {id}\n{narrow}");
        }
    }
}

/// The clients that a file is compared with.
fn ids(server: &str) -> Vec<String> {
    let run = ikecompat(&["check", server, "--format", "json", "-q"], "");
    let json: serde_json::Value = serde_json::from_str(&run.stdout).unwrap();
    let clients = json["servers"][0]["clients"].as_array().unwrap();
    let ids = clients
        .iter()
        .map(|one| one["id"].as_str().unwrap().to_owned());
    ids.collect()
}

/// Files of servers that are no part of the project, where they are there.
fn shared() -> Vec<String> {
    let Ok(folder) = std::env::var("IKECOMPAT_SHARED") else {
        return Vec::new();
    };
    let mut all = Vec::new();
    let mut folders = vec![
        PathBuf::from(format!("{folder}/field/configs")),
        PathBuf::from(format!("{folder}/field/advice")),
        PathBuf::from(format!("{folder}/configs")),
    ];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap().filter_map(Result::ok) {
            match entry.path().is_dir() {
                true => folders.push(entry.path()),
                false => all.push(entry.path()),
            }
        }
    }
    all.sort();
    let all = all.iter().map(|it| it.to_string_lossy().into_owned());
    all.collect()
}

/// The lines of a screen of 80 columns that a text takes: a command is one line, which the terminal breaks.
fn height(text: &str) -> usize {
    text.lines().count()
}

/// Both streams stand on the same screen.
#[test]
fn five_clients_are_answered_on_one_screen() {
    let five = "ios,macos,android-13,android,windows-11";
    let mut servers = files("examples");
    servers.extend(files("tests/corpus/conversion"));
    servers.extend(shared());
    let mut answered = 0;
    for server in &servers {
        let run = at(80, &["check", server, "--clients", five]);
        // What is wrong with a file is shown with its lines.
        if run.status == 2 {
            continue;
        }
        answered += 1;
        let seen = format!("{}{}", run.stderr, run.stdout);
        // A long name of a file takes a line more.
        let most = if server.len() > 36 { 25 } else { 24 };
        assert!(
            height(&seen) <= most,
            "{server}: {} lines\n{seen}",
            height(&seen)
        );
        assert_fits(&seen, 80, &["check", server]);
        assert_said_of_each(server, five, &run.stdout);
        let first = run.stdout.lines().next().unwrap();
        assert!(first.starts_with(server.as_str()), "{first}");
        assert!(run.stdout.contains("\nnext: "), "{seen}");
    }
    assert!(answered > 8, "{answered}");
}

/// The clients that are asked about where nobody names any fit on one screen, too, whatever configures the server.
#[test]
fn the_usual_clients_are_answered_on_one_screen() {
    let folders = [
        "cisco",
        "fortios",
        "iked",
        "ipsec-conf",
        "libreswan",
        "nixos",
        "opnsense",
        "pfsense",
        "routeros",
        "server-yaml",
        "swanctl",
        "uci",
        "vyos",
    ];
    let mut answered = 0;
    let all = folders.map(|folder| files(&format!("tests/corpus/{folder}")));
    for server in all.iter().flatten() {
        let columns = [("COLUMNS", "80"), ("LINES", "24")];
        let run = ikecompat_with(&columns, &["check", server], "");
        if run.status == 2 {
            continue;
        }
        answered += 1;
        let seen = format!("{}{}", run.stderr, run.stdout);
        assert!(
            height(&seen) <= 24,
            "{server}: {} lines\n{seen}",
            height(&seen)
        );
        assert_fits(&seen, 80, &["check", server]);
        for id in ids(server) {
            let serves = !seen.contains("no connection here");
            assert!(!serves || seen.contains(&id), "{server}: {id}\n{seen}");
        }
    }
    assert!(answered > 12, "{answered}");
}

/// What keeps each client out, and what helps, stands in the block that names it.
fn assert_said_of_each(server: &str, clients: &str, seen: &str) {
    let call = [
        "check",
        server,
        "--clients",
        clients,
        "--format",
        "json",
        "-q",
    ];
    let run = ikecompat(&call, "");
    let json: serde_json::Value = serde_json::from_str(&run.stdout).unwrap();
    let server = &json["servers"][0];
    let clients = server["clients"].as_array().unwrap();
    let headline = server["headline"].as_str().unwrap();
    let is_for_clients = !headline.starts_with("no connection here");
    let blocks = blocks(seen);
    for client in clients.iter().filter(|_| is_for_clients) {
        if client["verdict"] != "refused" && client["verdict"] != "rekey-fails" {
            continue;
        }
        let id = client["id"].as_str().unwrap();
        let block = blocks.iter().find(|block| {
            let (ids, what) = block.split_once(": ").unwrap_or((block, ""));
            let is_block = what.starts_with("refused")
                || what.starts_with("connects, and")
                || what.starts_with("if it connects");
            is_block && ids.replace(" and ", ", ").split(", ").any(|it| it == id)
        });
        let block = block.unwrap_or_else(|| panic!("{id}: {seen}"));
        let has_cause = ["in common", "phase 1: ", "phase 2: ", "SA, "]
            .iter()
            .any(|it| block.contains(it));
        assert!(has_cause, "{id}: {block}");
        assert!(block.contains("fix"), "{id}: {block}");
        let helps = client["remedies"].as_array().unwrap();
        let is_none_found = block.contains("fix: no small change");
        assert!(helps.is_empty() || !is_none_found, "{id}: {block}");
    }
}

/// The paragraphs of a report, each in one line, those that continue a block with it.
fn blocks(seen: &str) -> Vec<String> {
    let mut blocks: Vec<String> = Vec::new();
    for line in seen.lines() {
        match (line.strip_prefix("  "), blocks.last_mut()) {
            (Some(more), Some(block)) => *block += &format!(" {}", more.trim_start()),
            _ => blocks.push(line.to_owned()),
        }
    }
    blocks
}

/// A folder that `recommend` wrote is answered on one screen, too, although ids of its clients are long.
#[test]
fn an_own_folder_is_answered_on_one_screen() {
    for server in ["examples/before.yaml", "examples/swanctl.conf"] {
        let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("screen-vpn");
        let _ = fs::remove_dir_all(&folder);
        let folder = folder.to_str().unwrap();
        let run = ikecompat(&["recommend", "--server", server, "--write", folder], "");
        assert_eq!(run.status, 0, "{}", run.stderr);
        let run = at(80, &["check", folder]);
        let seen = format!("{}{}", run.stderr, run.stdout);
        assert!(height(&seen) <= 24, "{seen}");
        assert_fits(&seen, 80, &["check", folder]);
    }
}

#[test]
fn no_problem_takes_more_than_four_lines() {
    for server in files("examples") {
        for width in WIDTHS {
            let run = at(width, &["check", &server, "-q"]);
            let mut lines = run.stdout.lines().peekable();
            while let Some(first) = lines.next() {
                let mut count = 1;
                while lines.next_if(|line| line.starts_with("  ")).is_some() {
                    count += 1;
                }
                let is_problem = first.contains(": refused") && !first.contains("  ");
                assert!(!is_problem || count <= 4, "{width}: {first}");
            }
        }
    }
}

/// A block says whom it is about by the id that is typed, also where there is little room.
#[test]
fn blocks_name_the_clients_that_they_are_about() {
    let server = "\
product: pfsense
connection_name: net
phase1:
  - {encryption: 3des, hash: sha1, dh: 1}
phase2:
  - {encryption: [aes256], hash: sha256, pfs: off}
";
    let all = "ios,macos,android-13,android,windows-11";
    for width in ["60", "80", "100", "200"] {
        for clients in [all, "android", "ios", "windows-11", "osx,ios,macos"] {
            let call = ["check", "-", "--clients", clients, "-q"];
            let run = ikecompat_with(&[("COLUMNS", width)], &call, server);
            assert_eq!(run.status, 1, "{}", run.stderr);
            for line in run.stdout.lines() {
                let counted = line
                    .split_once(" client")
                    .map(|(number, _)| number.parse::<usize>().is_ok());
                assert_ne!(counted, Some(true), "{width}: {line}\n{}", run.stdout);
            }
            assert!(!run.stdout.contains("(-v has all of it)"), "{}", run.stdout);
        }
    }
}

/// A sentence on standard error is broken at the width of the screen, and a name in it is not.
#[test]
fn standard_error_is_broken_at_the_width_of_the_screen() {
    let name = format!("no/such/{}.yaml", "folder-".repeat(12));
    let run = at(
        60,
        &[
            "check",
            &name,
            "examples/after.yaml",
            "--clients",
            "ios,iOS 17.2,macos",
        ],
    );
    assert!(run.stderr.contains(&name), "{}", run.stderr);
    for line in run.stderr.lines() {
        let words = line.split_whitespace().count();
        assert!(line.chars().count() <= 60 || words < 3, "{line}");
    }
    // In a pipe a sentence is a line.
    let run = ikecompat(
        &[
            "explain",
            "no such word of any kind in this program at all, however long it may be, and it is long",
        ],
        "",
    );
    assert_eq!(
        run.stderr
            .lines()
            .next()
            .map(|line| line.starts_with("error: ") && line.ends_with('`')),
        Some(true)
    );
}

/// What a folder is summed up by can be typed after `--clients`.
#[test]
fn the_matrix_of_a_folder_has_ids() {
    for width in [80, 200, 400] {
        let run = at(
            width,
            &[
                "check",
                "examples",
                "--clients",
                "windows-10:require,ios-26",
                "-q",
            ],
        );
        for id in ["windows-10:require", "ios-26"] {
            assert!(run.stdout.contains(id), "{width}: {}", run.stdout);
        }
        assert!(
            !run.stdout.contains("Windows 10") && !run.stdout.contains("iOS 26"),
            "{}",
            run.stdout
        );
    }
}

/// What an empty cell of the matrix of a folder says is said, and of what there is one that is not for clients.
#[test]
fn empty_cells_of_a_matrix_are_explained() {
    let run = ikecompat(&["check", "examples"], "");
    let said = "`-`: the client was not asked about for this file";
    assert!(run.stdout.contains(said), "{}", run.stdout);
    let same = ["check", "examples/before.yaml", "examples/after.yaml"];
    let run = ikecompat(&same, "");
    assert!(!run.stdout.contains("`-`"), "{}", run.stdout);

    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("empty-cells");
    fs::create_dir_all(&folder).unwrap();
    let branch = "connections { branch { remote_addrs = 192.0.2.7\n version = 2\n proposals = aes256-sha256-modp2048\n \
                  local { auth = psk }\n remote { auth = psk }\n children { lan { esp_proposals = aes256-sha256 } } } }\n";
    fs::write(folder.join("branch.conf"), branch).unwrap();
    fs::copy("examples/swanctl.conf", folder.join("people.conf")).unwrap();
    let run = ikecompat(&["check", folder.to_str().unwrap()], "");
    for said in [
        "1 configuration is not for clients of IKEv2",
        "`-`: no client dials in there",
    ] {
        assert!(run.stdout.contains(said), "{}", run.stdout);
    }
}
