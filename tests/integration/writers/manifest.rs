//! `ikecompat check DIR` of a folder that `recommend --write` made: the server with exactly its clients.

use std::fs;

use super::folder::{Folder, readme_of};
use crate::common::{Run, ikecompat};

fn folder(name: &str, arguments: &[&str]) -> Folder {
    let folder = Folder::new(name);
    let readme = readme_of(&folder, arguments);
    let mut steps = readme.lines().filter(|line| line.contains(". "));
    let last = steps.next_back().unwrap();
    assert!(last.contains("`ikecompat check .`"), "{last}");
    folder
}

fn check(folder: &Folder, more: &[&str]) -> Run {
    ikecompat(&[&["check", folder.path()], more].concat(), "")
}

/// Changes a file of the folder.
fn edit(folder: &Folder, path: &str, from: &str, to: &str) {
    let path = folder.0.join(path);
    let text = fs::read_to_string(&path).unwrap();
    assert!(text.contains(from), "{text}");
    fs::write(&path, text.replace(from, to)).unwrap();
}

#[test]
fn a_written_folder_serves_whom_it_was_written_for() {
    for product in ["pfsense", "opnsense", "strongswan", "libreswan", "rras"] {
        let clients = ["--clients", "osx,android,windows,windows-10:dh2048-2"];
        let arguments = [&clients[..], &["--product", product]].concat();
        let folder = folder(&format!("served-{product}"), &arguments);
        let run = check(&folder, &[]);
        assert_eq!((run.status, run.stderr.as_str()), (0, ""), "{}", run.stdout);
        for row in [
            "osx-10.11 ",
            "osx-10.11=clients/",
            "strongswan-android-2.4.1 ",
            "windows-10=clients/windows-10-require",
        ] {
            let found = run
                .stdout
                .lines()
                .any(|line| line.starts_with(row) || line.contains(row));
            assert!(found, "{product}: no {row} in\n{}", run.stdout);
        }
        assert!(!run.stdout.contains("ios-26"), "{}", run.stdout);
    }
}

#[test]
fn files_that_somebody_has_edited_count() {
    let arguments = ["--clients", "osx,windows", "--product", "strongswan"];
    let folder = folder("edited", &arguments);
    assert_eq!(check(&folder, &[]).status, 0);
    let script = "clients/windows-10-require.ps1";
    edit(
        &folder,
        script,
        "-EncryptionMethod AES256",
        "-EncryptionMethod DES3",
    );
    let run = check(&folder, &[]);
    assert_eq!(run.status, 1, "{}", run.stdout);
    assert!(
        run.stdout.contains("the client offers 3des"),
        "{}",
        run.stdout
    );
    edit(
        &folder,
        script,
        "-EncryptionMethod DES3",
        "-EncryptionMethod AES256",
    );
    assert_eq!(check(&folder, &[]).status, 0);
    edit(
        &folder,
        "server/swanctl.conf",
        "aes256-sha256-modp2048",
        "aes256-sha256-modp4096",
    );
    assert_eq!(check(&folder, &[]).status, 1);
}

#[test]
fn other_clients_can_be_asked_about() {
    let arguments = ["--clients", "osx", "--product", "strongswan"];
    let folder = folder("others", &arguments);
    let run = check(&folder, &["--clients", "windows-10:require"]);
    assert!(run.stdout.contains("windows-10:require"), "{}", run.stdout);
    assert!(!run.stdout.contains("osx-10.11"), "{}", run.stdout);
    // Several folders and files are one report.
    let other = folder.0.join("server/ipsec.conf");
    let run = ikecompat(&["check", folder.path(), other.to_str().unwrap()], "");
    assert!(run.stdout.contains("2 configurations"), "{}", run.stdout);
}

#[test]
fn suites_entered_by_hand_are_checked_too() {
    let folder = Folder::new("by-hand");
    fs::create_dir(folder.0.join("server")).unwrap();
    let server = "product: strongswan\nphase1: [aes256-sha256-modp2048]\nphase2: [aes256-sha256]\n";
    fs::write(folder.0.join("server/server.yaml"), server).unwrap();
    let manifest = |ike: &str| {
        format!(
            "server: server/server.yaml\nclients:\n  - client: charon-cmd-6.0.2\n    ike: {ike}\n    esp: aes256-sha256\n"
        )
    };
    for (ike, status) in [("aes256-sha256-modp2048", 0), ("aes256-sha256-modp4096", 1)] {
        fs::write(folder.0.join("ikecompat.yaml"), manifest(ike)).unwrap();
        let run = check(&folder, &[]);
        assert_eq!(
            (run.status, run.stderr.as_str()),
            (status, ""),
            "{}",
            run.stdout
        );
    }
}

#[test]
fn a_broken_manifest_is_one_diagnostic_with_its_place() {
    let folder = folder(
        "broken",
        &["--clients", "osx,windows", "--product", "strongswan"],
    );
    let manifest = folder.0.join("ikecompat.yaml");
    let written = fs::read_to_string(&manifest).unwrap();
    for (from, to, said) in [
        ("server/swanctl.conf", "../swanctl.conf", "below the folder"),
        ("server/swanctl.conf", "server/none.conf", "cannot open"),
        (
            "windows-10:require",
            "windows-10:requires",
            "there is no variant",
        ),
        (
            "clients/windows-10-require.ps1",
            "clients/none.ps1",
            "there is no such file",
        ),
        ("clients:", "client:", "did you mean `clients`"),
    ] {
        fs::write(&manifest, written.replacen(from, to, 1)).unwrap();
        let run = check(&folder, &[]);
        assert_eq!((run.status, run.stdout.as_str()), (2, ""), "{to}");
        assert!(run.stderr.contains(said), "{to}: {}", run.stderr);
    }
    // A link does not lead out of the folder either.
    #[cfg(unix)]
    {
        fs::write(&manifest, written).unwrap();
        let script = folder.0.join("clients/windows-10-require.ps1");
        fs::remove_file(&script).unwrap();
        std::os::unix::fs::symlink(concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml"), &script)
            .unwrap();
        let run = check(&folder, &[]);
        assert_eq!((run.status, run.stdout.as_str()), (2, ""), "{}", run.stderr);
        assert!(run.stderr.contains("cannot open"), "{}", run.stderr);
    }
}

/// What configures a client is outside of the folder; the folder gets a file of its own.
#[test]
fn a_client_that_was_given_by_a_file_has_one_in_the_folder() {
    let source = folder(
        "source",
        &["--clients", "osx,windows", "--product", "strongswan"],
    );
    let script = format!(
        "windows-10={}/clients/../clients/windows-10-require.ps1",
        source.path()
    );
    let folder = folder("given", &["--clients", &script, "--product", "strongswan"]);
    let own = "clients/windows-10-windows-10-require.ps1";
    let text = fs::read_to_string(folder.0.join(own)).unwrap();
    assert!(
        text.contains("Set-VpnConnectionIPsecConfiguration"),
        "{text}"
    );
    let run = check(&folder, &[]);
    assert_eq!((run.status, run.stderr.as_str()), (0, ""));
    assert!(
        run.stdout.contains(&format!("windows-10={}", &own[..10])),
        "{}",
        run.stdout
    );
}

/// The release that a plan was made for is the one that the folder is judged by.
#[test]
fn the_engine_of_the_plan_stays_with_the_folder() {
    let engine = ["--clients", "ios-26", "--engine", "strongswan@6.0.1"];
    let folder = folder("engine", &engine);
    let run = check(&folder, &[]);
    assert!(run.stdout.contains("strongswan@6.0.1"), "{}", run.stdout);
    let run = check(&folder, &["--engine", "strongswan@5.9.8"]);
    assert!(run.stdout.contains("strongswan@5.9.8"), "{}", run.stdout);
    edit(&folder, "ikecompat.yaml", "strongswan@6.0.1", "strongswan");
    let run = check(&folder, &[]);
    assert_eq!(run.status, 2);
    assert!(run.stderr.contains("`engine`: "), "{}", run.stderr);
}
