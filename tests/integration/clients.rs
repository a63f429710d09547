//! `ikecompat clients`: the list, the differences, and profiles of one's own.

use std::fs;
use std::path::{Path, PathBuf};

use ikecompat::profile::Database;

use crate::common::{Run, ikecompat, ikecompat_with};

/// A folder that goes when the test ends.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
        let _ = fs::remove_dir_all(&path);
        fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    fn write(&self, name: &str, text: &str) -> String {
        let path = self.0.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, text).unwrap();
        path.display().to_string()
    }

    fn name(&self) -> &str {
        self.0.to_str().unwrap()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn clients(arguments: &[&str]) -> Run {
    let mut all = vec!["clients"];
    all.extend(arguments);
    ikecompat(&all, "")
}

/// A profile of a client that offers one suite.
fn profile(name: &str, suite: &str) -> String {
    let built_in = fs::read_to_string(
        Path::new(env!("CARGO_MANIFEST_DIR")).join("profiles/clients/apple/macos-13.yaml"),
    )
    .unwrap();
    let lines = built_in.lines().map(|line| {
        if line.starts_with("name:") {
            format!("name: {name}")
        } else if line.starts_with("aliases:") {
            "aliases: []".to_owned()
        } else {
            line.replace("aes256-sha256-prfsha256-modp2048", suite)
        }
    });
    lines.collect::<Vec<_>>().join("\n") + "\n"
}

#[test]
fn the_list_has_every_profile_once_under_its_vendor() {
    let run = clients(&["list"]);
    assert_eq!(run.status, 0, "{}", run.stderr);
    let database = Database::builtin();
    for id in database.ids() {
        let rows = run
            .stdout
            .lines()
            .filter(|line| line.split_whitespace().next() == Some(id));
        assert_eq!(rows.count(), 1, "{id}");
    }
    let (mut vendor, mut found) = ("", false);
    for line in run.stdout.lines() {
        if !line.starts_with(' ') {
            vendor = line;
        }
        if line.trim_start().starts_with("osx-10.11") {
            assert_eq!(vendor, "Apple");
            found = true;
        }
    }
    assert!(found);
}

#[test]
fn the_list_is_narrowed_by_words_role_and_evidence() {
    let ids = |arguments: &[&str]| -> Vec<String> {
        let mut all = vec!["list", "--format", "csv"];
        all.extend(arguments);
        let run = clients(&all);
        let lines = run.stdout.lines().skip(1);
        lines
            .map(|line| line.split(',').next().unwrap().to_owned())
            .collect()
    };
    assert_eq!(ids(&["OSX"]), ["osx-10.11"]);
    assert!(ids(&["windows", "rras"]).contains(&"windows-rras".to_owned()));
    assert_eq!(ids(&["windows", "osx"]), [""; 0]);
    let all = ids(&[]);
    let (dialling, racked) = (ids(&["--role", "client"]), ids(&["--role", "gateway"]));
    assert_eq!(dialling.len() + racked.len(), all.len());
    assert!(racked.contains(&"windows-rras".to_owned()));
    let observed = ids(&["--evidence", "observed"]);
    assert!(observed.contains(&"osx-10.11".to_owned()));
    assert!(!observed.contains(&"macos-13".to_owned()));
    assert!(ids(&["--evidence", "documented"]).contains(&"macos-13".to_owned()));
    let nothing = clients(&["list", "no-such-thing"]);
    assert_eq!((nothing.status, nothing.stdout.as_str()), (0, ""));
    assert!(nothing.stderr.contains("no client matches"));
}

#[test]
fn a_difference_names_what_went_and_whom_that_breaks() {
    let run = clients(&[
        "diff",
        "strongswan-android-1.7.2",
        "strongswan-android-1.9.5",
    ]);
    assert_eq!(run.status, 0, "{}", run.stderr);
    // The app's changelog: 1.9.5 "removes modp1024 from the default IKEv2 proposal"; MD5 went with it.
    let lost = run.stdout.lines().find(|line| line.contains("all with:"));
    let words: Vec<_> = lost.unwrap().split_whitespace().skip(2).collect();
    for word in ["modp1024", "md5", "prfmd5"] {
        assert!(words.contains(&word), "{word} in {words:?}");
    }
    assert_eq!(words.len(), 3);

    let json = clients(&["diff", "osx", "macos-13", "--format", "json"]);
    let answer: serde_json::Value = serde_json::from_str(&json.stdout).unwrap();
    assert_eq!(answer["schema"], "ikecompat.clients-diff.v1");
    let first = &answer["exchanges"][0];
    assert_eq!(first["exchange"], "ike_sa_init");
    assert_eq!(first["lost"]["suites"], 4);
    assert_eq!(first["gained"]["suites"], 0);
    let lost = first["lost"]["transforms"].as_array().unwrap();
    assert!(lost.contains(&"MODP_1024".into()) && !lost.contains(&"MODP_2048".into()));
}

#[test]
fn servers_are_judged_with_either_client() {
    let folder = Folder::new("clients-diff");
    let server = folder.write(
        "old.yaml",
        "phase1: [aes128-sha1-modp1024]\nphase2: [aes128-sha1]\n",
    );
    let run = clients(&["diff", "osx", "macos-13", "--server", &server]);
    assert_eq!(run.status, 0, "{}", run.stderr);
    let mut lines = run.stdout.lines();
    let said = lines.find(|line| line.ends_with("before, refused afterwards"));
    assert!(said.is_some(), "{}", run.stdout);
    let several = clients(&["diff", "windows-10:*", "osx"]);
    assert_eq!(several.status, 2);
    assert!(several.stderr.contains("not one"), "{}", several.stderr);
}

#[test]
fn profiles_of_ones_own_replace_and_join_the_built_in_ones() {
    let folder = Folder::new("clients-own");
    folder.write(
        "osx-10.11.yaml",
        &profile("my old Mac", "aes128-sha256-prfsha256-modp2048"),
    );
    folder.write(
        "deep/my-mac.yaml",
        &profile("my new Mac", "aes256-sha384-prfsha384-modp2048"),
    );
    let list = clients(&["list", "--profiles", folder.name()]);
    assert_eq!(list.status, 0, "{}", list.stderr);
    assert!(list.stdout.contains("osx-10.11*") && list.stdout.contains("my-mac*"));
    assert!(!list.stdout.contains("macos-13*"));
    let show = clients(&["show", "my-mac", "--profiles", folder.name()]);
    assert!(show.stdout.starts_with("my new Mac: "), "{}", show.stdout);

    let server = "phase1: [aes256-sha384-modp2048]\nphase2: [aes256-sha256]\n";
    let arguments = ["check", "-", "--clients", "my-mac"];
    assert_eq!(ikecompat(&arguments, server).status, 2);
    let mut arguments = arguments.to_vec();
    arguments.extend(["--profiles", folder.name()]);
    assert_eq!(ikecompat(&arguments, server).status, 0);
}

#[test]
fn broken_profiles_stop_what_uses_them_and_are_linted_alone() {
    let folder = Folder::new("clients-broken");
    let file = folder.write("my-mac.yaml", &profile("my Mac", "aes265-sha256-modp2048"));
    let check = ikecompat(
        &["check", "examples/before.yaml", "--profiles", folder.name()],
        "",
    );
    assert_eq!((check.status, check.stdout.as_str()), (2, ""));
    assert!(check.stderr.contains("aes265"), "{}", check.stderr);

    let lint = clients(&["lint", folder.name()]);
    assert_eq!(lint.status, 1, "{}", lint.stderr);
    let place = lint.stdout.lines().find(|line| line.contains("--> "));
    assert!(
        place.unwrap().contains(&format!("{file}:")),
        "{}",
        lint.stdout
    );
    assert!(
        lint.stdout.contains("aes256"),
        "the nearest keyword is named"
    );
    let first = lint.stdout.lines().next().unwrap();
    assert!(first.starts_with("1 profile: "), "{first}");
    let last = lint.stdout.lines().last().unwrap();
    assert!(last.starts_with("next: "), "{last}");

    let empty = Folder::new("clients-none");
    let lint = clients(&["lint", empty.name()]);
    assert_eq!(lint.status, 2);
    assert!(lint.stderr.contains("holds no profile"), "{}", lint.stderr);
    let missing = clients(&["list", "--profiles", "no/such/folder"]);
    assert_eq!(missing.status, 2);
    assert!(missing.stderr.contains("no/such/folder"));
}

#[test]
fn the_built_in_profiles_pass_their_own_lint() {
    let run = clients(&["lint", "profiles/clients"]);
    assert_eq!(run.status, 0, "{}", run.stdout);
    let count = Database::builtin().ids().count();
    let first = run.stdout.lines().next().unwrap();
    assert_eq!(first, format!("{count} profiles: nothing is wrong"));
}

#[test]
fn the_holes_are_those_of_the_profiles_with_what_would_tell() {
    let run = clients(&["list", "--unknown", "samsung", "--format", "json"]);
    let answer: serde_json::Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!(answer["schema"], "ikecompat.clients-unknown.v1");
    let rows = answer["rows"].as_array().unwrap();
    // Its first message is known, everything else is not.
    assert_eq!(rows.len(), 3);
    assert_eq!(rows[0][0], "samsung-native");
    assert_eq!(rows[0][1], "IKE_AUTH");
    assert!(
        rows[0][3]
            .as_str()
            .unwrap()
            .contains("received ESP proposals")
    );
    // What is only deduced is a group of its own, with what would tell.
    let run = clients(&[
        "list",
        "--unknown",
        "ios-26,macos-26,windows-11",
        "--format",
        "json",
    ]);
    let answer: serde_json::Value = serde_json::from_str(&run.stdout).unwrap();
    let rows = answer["rows"].as_array().unwrap();
    let evidence: Vec<_> = rows.iter().map(|row| row[4].as_str().unwrap()).collect();
    assert!(
        evidence.is_sorted_by_key(|word| *word == "inferred"),
        "{evidence:?}"
    );
    let first_message_of = |client: &str| {
        let of = rows
            .iter()
            .filter(|row| row[0].as_str().unwrap().starts_with(client));
        let mut of = of.filter(|row| row[4] == "inferred");
        of.any(|row| {
            let tells = row[3].as_str().unwrap();
            row[1].as_str().unwrap().contains("IKE_SA_INIT") && tells.contains("first packet")
        })
    };
    for client in ["ios-26", "macos-26", "windows-11"] {
        assert!(first_message_of(client), "{client}: {}", run.stdout);
    }
    assert!(answer["headline"].as_str().unwrap().contains(" deduced"));
    let nothing = clients(&["list", "--unknown", "android-13", "--format", "csv"]);
    assert_eq!(nothing.stdout.lines().count(), 1, "{}", nothing.stdout);
    // Gateways stand behind clients, and variants that lack the same share a row.
    let all = clients(&["list", "--unknown", "windows", "--format", "csv"]);
    assert!(
        all.stdout.contains("windows-10:dh2048-1,dh2048-2"),
        "{}",
        all.stdout
    );
    assert!(all.stdout.contains("windows-rras,"), "{}", all.stdout);
}

#[test]
fn a_comparison_hides_no_suite_without_saying_so() {
    let offered = |id: &str| {
        let run = clients(&["compare", id, "--phase", "1", "--format", "csv"]);
        run.stdout.lines().count() - 1
    };
    let table = clients(&[
        "compare",
        "osx-10.11",
        "ios-17",
        "--phase",
        "1",
        "--format",
        "csv",
    ]);
    let rows: Vec<&str> = table.stdout.lines().skip(1).collect();
    assert!(
        rows.iter().any(|row| row.contains("modp1536")),
        "only OS X has it: {rows:?}"
    );
    let yes = |column: usize| {
        rows.iter()
            .filter(|row| row.split(',').nth(column) == Some("yes"))
            .count()
    };
    assert_eq!((yes(4), yes(5)), (offered("osx-10.11"), offered("ios-17")));
    let many = clients(&[
        "compare",
        "strongswan-android-2.4.1",
        "networkmanager-strongswan-6.0.2",
        "osx",
    ]);
    assert!(
        many.stderr
            .contains("that only one of them offers are left out"),
        "{}",
        many.stderr
    );
}

#[test]
fn a_client_fits_on_a_screen_and_v_tells_its_story() {
    for id in [
        "ios",
        "windows-10",
        "windows-11",
        "android",
        "osx",
        "libreswan-5.4",
        "macos-14",
    ] {
        let run = ikecompat_with(&[("COLUMNS", "80")], &["clients", "show", id], "");
        assert_eq!(run.status, 0, "{}", run.stderr);
        let lines = run.stdout.lines().count();
        assert!(lines <= 24, "{id}: {lines} lines\n{}", run.stdout);
        let story = clients(&["show", id, "-v"]);
        assert!(
            story.stdout.contains("\nsources\n"),
            "{id}: {}",
            story.stdout
        );
        assert!(story.stdout.lines().count() > lines);
    }
}

/// The first line of a comparison counts everything that is offered, whatever is shown, and speaks of one client
/// as of one.
#[test]
fn the_headline_of_a_comparison_is_true() {
    for (call, expected) in [
        (&["ios-17"][..], "ios-17 offers 6 suites"),
        (
            &["ios-26", "macos-26"],
            "ios-26 and macos-26 offer the same 6 suites",
        ),
        (
            &["ios-16", "ios-17"],
            "ios-16 and ios-17 have 3 of 11 suites in common",
        ),
        (
            &["windows-10", "macos-14"],
            "windows-10:optional and macos-14 have no suite in common",
        ),
        (
            &["ios-26", "macos-26", "--only", "aes128,sha1"],
            "ios-26 and macos-26 offer none of these suites",
        ),
        (
            &["checkpoint"],
            "what checkpoint offers is not known in full",
        ),
        (
            &["ios-26", "checkpoint"],
            "what checkpoint offers is not known in full, so what ios-26 and checkpoint have in common is not either",
        ),
    ] {
        let call = [&["clients", "compare"], call].concat();
        let run = ikecompat_with(&[("COLUMNS", "400")], &call, "");
        assert_eq!(run.stdout.lines().next(), Some(expected));
    }
    // Here suites that one of them offers are left out of the table.
    let run = ikecompat_with(
        &[("COLUMNS", "400")],
        &["clients", "compare", "android", "android-13"],
        "",
    );
    let shown = run
        .stdout
        .lines()
        .filter(|line| line.matches(" yes").count() == 2)
        .count();
    let first = run.stdout.lines().next().unwrap();
    let numbers: Vec<usize> = first
        .split(' ')
        .filter_map(|word| word.parse().ok())
        .collect();
    assert_eq!(numbers[0], shown, "{first}");
    assert!(numbers[1] > shown, "{first}");
}

/// What is not known of either of two clients is no change.
#[test]
fn what_is_not_known_is_no_change() {
    let run = clients(&["diff", "ios-26", "macos-26"]);
    let first = run.stdout.lines().next().unwrap();
    assert!(
        first.contains("nothing that is known changed; 2 of 6 exchanges are not"),
        "{first}"
    );
}

/// No line stands twice, and no client beside itself.
#[test]
fn nothing_is_shown_twice() {
    for id in ["ios", "macos", "windows-11", "libreswan-5.4", "osx"] {
        let run = clients(&["show", id]);
        let lines: Vec<&str> = run
            .stdout
            .lines()
            .map(str::trim)
            .filter(|line| !line.is_empty())
            .collect();
        for pair in lines.windows(2) {
            assert_ne!(
                pair[0].split(" (").next(),
                pair[1].split(" (").next(),
                "{id}: {}",
                run.stdout
            );
        }
    }
    let run = clients(&["compare", "ios", "ios-26"]);
    assert!(run.stdout.starts_with("ios-26 offers "), "{}", run.stdout);
}
