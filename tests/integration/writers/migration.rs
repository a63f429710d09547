//! `recommend --server FILE`: what changes in the file, and the file back with everything else untouched.

use std::fs;

use super::folder::Folder;
use crate::common::ikecompat;

const SWANCTL: &str = "# mine\nconnections {\n  rw {\n    version = 2   # only\n    proposals = aes256-sha1-modp1024, \
    aes128-sha256-modp2048\n    pools = p\n    local {\n      auth = pubkey\n    }\n    remote {\n      auth = eap-mschapv2\n    }\n    \
    children {\n      net {\n        esp_proposals = aes256-sha1  # weak\n        rekey_time = 0s\n      }\n    }\n  }\n}\n\
    pools {\n  p {\n    addrs = 10.1.0.0/24\n  }\n}\n";
const IPSEC: &str = "config setup\n\nconn rw\n\tkeyexchange=ikev2\n\tleft=%any\n\tleftauth=pubkey\n\tright=%any\n\
    \trightauth=eap-mschapv2\n\trightsourceip=10.1.0.0/24\n\treauth=no\n\trekey=no\n\t# old\n\tike=aes256-sha1-modp1024!\n\
    \tesp=aes256-sha1!\n\tauto=add\n";
const YAML: &str = "product: strongswan\n# comment\nphase1:\n  - aes256-sha1-modp1024\nphase2: [aes256-sha1] # two\n\
    rekey: {child: 0}\n";

const CLIENTS: [&str; 2] = ["--clients", "osx,android,windows"];

/// Lines that one text has and the other has not.
fn gone<'t>(from: &'t str, to: &str) -> Vec<&'t str> {
    let other: Vec<_> = to.lines().collect();
    from.lines().filter(|line| !other.contains(line)).collect()
}

#[test]
fn the_same_file_comes_back_with_the_lists_changed() {
    for (name, text, changed) in [
        ("swanctl.conf", SWANCTL, 2),
        ("ipsec.conf", IPSEC, 2),
        ("server.yaml", YAML, 2),
    ] {
        let folder = Folder::new(&format!("migration-{name}"));
        let server = folder.0.join(name);
        fs::write(&server, text).unwrap();
        let target = folder.0.join("out");
        let (server, out) = (server.to_str().unwrap(), target.to_str().unwrap());
        let arguments = [&["recommend", "--server", server][..], &CLIENTS].concat();
        let run = ikecompat(&arguments, "");
        assert_eq!(run.status, 0, "{}", run.stderr);
        let section = run.stdout.split("\nchange in ").nth(1).unwrap();
        assert!(
            section.contains("  - ") && section.contains("  + "),
            "{section}"
        );
        assert!(
            section.contains("whoever connects today still does"),
            "{section}"
        );
        assert!(section.contains("(all connect)"), "{section}");

        let run = ikecompat(&[&arguments[..], &["--write", out]].concat(), "");
        assert_eq!(run.status, 0, "{}", run.stderr);
        let step =
            |step: &str| fs::read_to_string(target.join(format!("server/{step}/{name}"))).unwrap();
        let (both, alone) = (step("step-1-add"), step("step-3-remove"));
        for after in [&both, &alone] {
            assert!(
                gone(text, after).len() <= changed,
                "{name}: {:?}",
                gone(text, after)
            );
            for comment in text
                .lines()
                .filter(|line| line.trim_start().starts_with('#'))
            {
                assert!(after.contains(comment), "{name}: {comment}");
            }
        }
        assert!(
            both.contains("aes256-sha1-modp1024") && both.contains("aes256-sha256-modp2048"),
            "{both}"
        );
        assert!(
            !alone.contains("aes256-sha1") && alone.contains("aes256-sha256-modp2048"),
            "{alone}"
        );
        let run = ikecompat(&["check", out], "");
        assert_eq!((run.status, run.stderr.as_str()), (0, ""), "{}", run.stdout);
        assert!(run.stdout.contains("step-3-remove"), "{}", run.stdout);
    }
}

/// The text with a difference without context carried out, as `patch` does it.
fn patched(text: &str, patch: &str) -> String {
    let mut lines: Vec<String> = text.split_inclusive('\n').map(str::to_owned).collect();
    let mut moved = 0_isize;
    let mut hunks = patch.split("\n@@ ");
    assert!(hunks.next().unwrap().starts_with("--- "));
    for hunk in hunks {
        let (head, body) = hunk.split_once('\n').unwrap();
        let start = head
            .trim_start_matches('-')
            .split([',', ' '])
            .next()
            .unwrap();
        let start = start.parse::<isize>().unwrap() - 1 + moved;
        let start = usize::try_from(start).unwrap();
        let mut new = Vec::new();
        let mut gone = 0;
        for line in body.lines() {
            match line.split_at(1) {
                ("-", old) => {
                    assert_eq!(lines[start + gone].trim_end_matches(['\r', '\n']), old);
                    gone += 1;
                }
                ("+", own) => new.push(own),
                _ => panic!("{line}"),
            }
        }
        moved += isize::try_from(new.len()).unwrap() - isize::try_from(gone).unwrap();
        let new: Vec<String> = new.iter().map(|line| format!("{line}\n")).collect();
        lines.splice(start..start + gone, new);
    }
    lines.concat()
}

/// Secrets of the corpus begin so.
const SECRET: &str = "hunter";

#[test]
fn a_backup_is_changed_by_a_patch_and_asked_again() {
    for (corpus, product, old) in [
        (
            "tests/corpus/pfsense/backup.xml",
            "pfsense",
            "<name>aes256gcm</name>",
        ),
        (
            "tests/corpus/opnsense/backup.xml",
            "opnsense",
            "aes256-sha256-modp2048",
        ),
    ] {
        let mut text = fs::read_to_string(corpus).unwrap();
        if product == "opnsense" {
            // Its page of tunnels has no lists; that is said, and not changed.
            let legacy = text.find("<phase1>").unwrap()..text.rfind("</phase2>").unwrap();
            text.replace_range(legacy.start..legacy.end + "</phase2>".len(), "");
            // Nor is the second round of its authentication.
            let second = text.rfind("<remote uuid").unwrap()..text.rfind("</remote>").unwrap();
            text.replace_range(second.start..second.end + "</remote>".len(), "");
        }
        let folder = Folder::new(&format!("migration-{product}"));
        let (server, target) = (folder.0.join("config.xml"), folder.0.join("out"));
        fs::write(&server, &text).unwrap();
        let clients = ["--clients", "osx,android,windows,windows-7:require"];
        let path = server.to_str().unwrap();
        let arguments = [&["recommend", "--server", path][..], &clients].concat();
        let shown = ikecompat(&arguments, "");
        let section = shown.stdout.split("\nchange in ").nth(1).unwrap();
        let section = section.split("\n\n").next().unwrap();
        assert!(
            section.contains("1. add what comes, before what is there"),
            "{section}"
        );
        assert!(section.contains("(all connect)"), "{section}");
        assert!(!section.contains(SECRET), "{section}");

        let out = target.to_str().unwrap();
        let run = ikecompat(&[&arguments[..], &["--write", out]].concat(), "");
        assert_eq!(run.status, 0, "{}", run.stderr);
        let patch = |step: &str| {
            let patch = fs::read_to_string(target.join(format!("server/{step}/config.xml.patch")));
            let patch = patch.unwrap();
            assert!(!patch.contains(SECRET), "{patch}");
            patch
        };
        let both = patched(&text, &patch("step-1-add"));
        let alone = patched(&both, &patch("step-3-remove"));
        // Everything else is as it was.
        for after in [&both, &alone] {
            for line in gone(&text, after) {
                let line = line.trim();
                let named = [
                    "proposals>",
                    "name>",
                    "keylen>",
                    "algorithm",
                    "dhgroup>",
                    "pfsgroup>",
                    "lifetime>",
                    "rekey_time>",
                    "item>",
                ];
                assert!(named.iter().any(|name| line.contains(name)), "{line}");
            }
            assert_eq!(after.matches(SECRET).count(), text.matches(SECRET).count());
        }
        assert!(both.contains(old), "{both}");
        for (text, lists) in [(&both, "both"), (&alone, "alone")] {
            fs::write(&server, text).unwrap();
            let all = format!(
                "osx,android,windows-7:require,windows-10={out}/clients/windows-10-require.ps1"
            );
            let run = ikecompat(&["check", path, "--clients", &all, "--format", "json"], "");
            let answer: serde_json::Value = serde_json::from_str(&run.stdout).unwrap();
            for client in answer["servers"][0]["clients"].as_array().unwrap() {
                let verdict = client["verdict"].as_str().unwrap();
                assert!(verdict.starts_with("connects"), "{lists}: {client}");
            }
        }
        // What has been done has not to be done again.
        let run = ikecompat(&arguments, "");
        let section = run.stdout.split("\nchange in ").nth(1).unwrap();
        let section = section.split("\n\n").next().unwrap();
        assert!(
            section.contains("nothing: it is as the plan wants it"),
            "{section}"
        );
    }
}

/// Two connections, of which the first has two children.
const SEVERAL: &str = "connections {\n  one {\n    version = 2\n    proposals = aes256-sha1-modp1024\n    \
    remote { auth = eap-mschapv2 }\n    children {\n      a {\n        esp_proposals = aes256-sha1\n        \
    rekey_time = 0s\n      }\n      b {\n        esp_proposals = aes128-sha1\n        rekey_time = 0s\n      }\n    \
    }\n  }\n  two {\n    version = 2\n    proposals = aes128-sha1-modp1024\n    remote { auth = pubkey }\n    \
    children { c { esp_proposals = aes128-sha1\n rekey_time = 0s } }\n  }\n  site {\n    version = 2\n    \
    remote_addrs = 192.0.2.1\n    proposals = aes128-sha1-modp1024\n    children { d { esp_proposals = \
    aes128-sha1 } }\n  }\n}\n";

#[test]
fn every_connection_and_every_child_is_changed() {
    let folder = Folder::new("migration-several");
    let (server, target) = (folder.0.join("swanctl.conf"), folder.0.join("out"));
    fs::write(&server, SEVERAL).unwrap();
    let (server, out) = (server.to_str().unwrap(), target.to_str().unwrap());
    let arguments = [
        &["recommend", "--server", server, "--write", out][..],
        &CLIENTS,
    ]
    .concat();
    let run = ikecompat(&arguments, "");
    assert_eq!(run.status, 0, "{}", run.stderr);
    let change = fs::read_to_string(target.join("server/change.txt")).unwrap();
    for setting in [
        "connections.one.proposals",
        "connections.one.children.a.esp_proposals",
        "connections.one.children.b.esp_proposals",
        "connections.two.proposals",
        "connections.two.children.c.esp_proposals",
    ] {
        assert_eq!(
            change.matches(&format!("{setting}:")).count(),
            2,
            "{change}"
        );
    }
    assert!(!change.contains("site"), "{change}");
    let step = |step: &str| {
        fs::read_to_string(target.join(format!("server/{step}/swanctl.conf"))).unwrap()
    };
    let (both, alone) = (step("step-1-add"), step("step-3-remove"));
    let site = SEVERAL.split("  site {").nth(1).unwrap();
    for after in [&both, &alone] {
        assert!(
            after.ends_with(site),
            "the tunnel between sites stays: {after}"
        );
    }
    assert_eq!(both.matches("aes256-sha256-modp2048").count(), 2, "{both}");
    assert_eq!(alone.matches("modp1024").count(), 1, "{alone}");
}

#[test]
fn what_cannot_be_changed_in_place_is_said_with_its_places() {
    let text = fs::read_to_string("tests/corpus/pfsense/backup.xml").unwrap();
    let text = text.replacen("</item>", "</item><!-- mine -->", 1);
    let arguments = ["recommend", "--server", "-"];
    let run = ikecompat(&[&arguments[..], &CLIENTS].concat(), &text);
    let section = run.stdout.split("\nchange in ").nth(1).unwrap();
    assert!(
        section.contains("changed by hand, at these places"),
        "{section}"
    );
    assert!(section.contains("  - line 37, phase 1 of "), "{section}");
    // What stands on a line that changes may be a secret.
    let text = text.replace("<!-- mine -->", "").replace("\n", "");
    let run = ikecompat(&[&arguments[..], &CLIENTS].concat(), &text);
    let said = "other settings stand on the lines that change";
    assert!(run.stdout.contains(said), "{}", run.stdout);
    assert!(!run.stdout.contains(SECRET), "{}", run.stdout);

    // A comment within a list belongs to an entry that may go.
    let text = YAML.replace(
        "  - aes256-sha1-modp1024\n",
        "  - aes256-sha1-modp1024 # a\n  - aes256-sha1-modp2048\n",
    );
    let run = ikecompat(
        &[&["recommend", "--server", "-"][..], &CLIENTS].concat(),
        &text,
    );
    assert!(
        run.stdout
            .contains("a comment stands within the list of phase1"),
        "{}",
        run.stdout
    );
    assert!(
        run.stdout
            .contains("  - line 4, phase1: aes256-sha1-modp1024"),
        "{}",
        run.stdout
    );
}
