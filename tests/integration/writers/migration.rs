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

#[test]
fn what_cannot_be_changed_in_place_is_said_with_its_places() {
    let arguments = ["recommend", "--server", "tests/corpus/pfsense/backup.xml"];
    let run = ikecompat(&[&arguments[..], &CLIENTS].concat(), "");
    let section = run.stdout.split("\nchange in ").nth(1).unwrap();
    assert!(
        section.contains("changed by hand, at these places"),
        "{section}"
    );
    assert!(section.contains("  - phase 1, line "), "{section}");

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
            .contains("a comment stands within the list of phase 1"),
        "{}",
        run.stdout
    );
    assert!(
        run.stdout
            .contains("  - phase 1, line 4: aes256-sha1-modp1024"),
        "{}",
        run.stdout
    );
}
