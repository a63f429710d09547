//! `server.yaml` files that cannot be read: one clear diagnostic with its place, status 2.
//!
//! `tests/corpus/server-yaml/broken` holds a file a mistake, and beside it what is said about it.
//! `SNAPSHOTS=overwrite cargo test` rewrites those after a change of words.

use std::fs;
use std::path::{Path, PathBuf};

use ikecompat::answer::{ServerText, reading};
use ikecompat::format::Format;
use ikecompat::profile::Database;
use snapbox::Data;

use crate::common::ikecompat;

const FOLDER: &str = "tests/corpus/server-yaml/broken";

fn broken_files() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(FOLDER);
    let mut files: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|e| e == "yaml"))
        .collect();
    files.sort();
    files
}

#[test]
fn each_mistake_is_named_with_its_place() {
    let files = broken_files();
    assert!(files.len() >= 20, "{} files", files.len());
    for path in files {
        let name = path.file_name().unwrap().to_str().unwrap();
        let relative = format!("{FOLDER}/{name}");
        let run = ikecompat(&["check", &relative, "--clients", "osx"], "");
        assert_eq!((run.status, run.stdout.as_str()), (2, ""), "{name}");
        assert!(run.stderr.starts_with("error["), "{name}: {}", run.stderr);
        assert!(run.stderr.contains("--> "), "{name} without a place");
        assert!(!run.stderr.contains("hunter"), "{name} tells a secret");
        snapbox::Assert::new().action_env("SNAPSHOTS").eq(
            run.stderr,
            Data::read_from(&path.with_extension("txt"), None),
        );
    }
}

#[test]
fn the_same_text_is_refused_alike_from_standard_input() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(FOLDER);
    let text = fs::read_to_string(path.join("duplicate-key.yaml")).unwrap();
    let run = ikecompat(&["check", "-", "--clients", "osx"], &text);
    assert_eq!((run.status, run.stdout.as_str()), (2, ""));
    assert!(run.stderr.contains("duplicate-key"), "{}", run.stderr);
}

#[test]
fn text_in_utf_16_is_read_like_any_other() {
    let text = "phase1: [aes256-sha256-modp2048]\nphase2: [aes256-sha265]\n";
    let mut bytes = vec![0xff, 0xfe];
    bytes.extend(text.encode_utf16().flat_map(u16::to_le_bytes));
    let mut sources = ikecompat::diag::Sources::new();
    let text = ServerText {
        format: Some(Format::ServerYaml),
        ..ServerText::new("server.yaml", &bytes)
    };
    let wrong = reading::server(&text, &Database::builtin(), &mut sources).unwrap_err();
    let at = sources.start(wrong[0].place.span().unwrap());
    assert_eq!((at.line, at.column), (2, 17));
}

#[test]
fn a_file_cut_anywhere_is_read_or_refused_but_never_fatal() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/before.yaml");
    let text = fs::read_to_string(path).unwrap();
    let cuts = (0..text.len()).filter(|cut| text.is_char_boundary(*cut));
    for cut in cuts.step_by(7) {
        let run = ikecompat(&["check", "-", "--clients", "osx"], &text[..cut]);
        assert!(
            (0..=2).contains(&run.status),
            "cut at {cut}: {}",
            run.stderr
        );
        assert_eq!(run.status == 2, run.stdout.is_empty(), "cut at {cut}");
    }
}
/// A release of a product is an engine, and what was taken for a version is said.
#[test]
fn the_release_of_a_product_says_which_engine_is_inside() {
    let lists = "phase1: [aes256-sha256-modp2048]\nphase2: [aes256-sha256]\n";
    let check = |head: &str| {
        let text = format!("{head}\n{lists}");
        ikecompat(
            &["check", "-", "--clients", "osx", "--format", "json"],
            &text,
        )
    };
    for (head, engine, said) in [
        (
            "product: opnsense@26.7.4",
            "strongswan@6.1.0",
            "opnsense@26.7.4 negotiates with strongswan@6.1.0",
        ),
        (
            "product: opnsense@27.7",
            "strongswan@6.1.0",
            "newer than the releases that are known",
        ),
        (
            "product: pfsense@2.7.2",
            "strongswan@5.9.8",
            "which version of strongswan is in pfsense@2.7.2 is not known",
        ),
        (
            "engine: strongswan@6.0",
            "strongswan@6.0.7",
            "has no patch level",
        ),
        (
            "engine: strongswan@9.0.1",
            "strongswan@6.1.0",
            "newer than what is known",
        ),
        (
            "product: opnsense@26.7.4\nengine: strongswan@5.9.8",
            "strongswan@5.9.8",
            "",
        ),
        ("product: opnsense", "strongswan@5.9.8", ""),
        // What `--engine` takes.
        (
            "engine: opnsense@26.7.4",
            "strongswan@6.1.0",
            "opnsense@26.7.4 negotiates with strongswan@6.1.0",
        ),
        (
            "engine: OPNsense@26.7.4",
            "strongswan@6.1.0",
            "opnsense@26.7.4 negotiates with strongswan@6.1.0",
        ),
        (
            "product: OPNsense@26.7.4",
            "strongswan@6.1.0",
            "opnsense@26.7.4 negotiates with strongswan@6.1.0",
        ),
        ("engine: opnsense", "strongswan@5.9.8", ""),
        ("engine: StrongSwan@6.0.6", "strongswan@6.0.6", ""),
        (
            "engine: strongswan@5.9.88",
            "strongswan@5.9.14",
            "no release that is known; it is answered as strongswan@5.9.14",
        ),
        (
            "engine: opnsense@25",
            "strongswan@6.0.3",
            "`opnsense@25` is no release; 25.10.1 is taken",
        ),
    ] {
        let run = check(head);
        let answer: serde_json::Value = serde_json::from_str(&run.stdout).unwrap();
        assert_eq!(answer["servers"][0]["engine"], engine, "{head}");
        assert!(run.stderr.contains(said), "{head}: {}", run.stderr);
        assert_eq!(
            run.complaints().is_empty(),
            said.is_empty(),
            "{head}: {}",
            run.stderr
        );
    }
    for (head, said) in [
        ("engine: opnsens@26.7.4", "did you mean `opnsense`?"),
        (
            "engine: pfsense@2.7.2",
            "name the engine itself, as `strongswan@VERSION`",
        ),
        (
            "engine: opnsense@26.7.4\nproduct: pfsense",
            "pfsense is not opnsense",
        ),
        (
            "engine: opnsense@26.7.4\nproduct: libreswan",
            "libreswan is not opnsense",
        ),
    ] {
        let run = check(head);
        assert_eq!(run.status, 2, "{head}");
        assert!(run.stderr.contains(said), "{head}: {}", run.stderr);
    }
    let run = check("product: opnsens@26.7.4");
    assert_eq!(run.status, 2);
    assert!(run.stderr.contains("did you mean"), "{}", run.stderr);
}

/// A phase 2 that nobody has seen is neither refused nor taken for the default one, and stays so.
#[test]
fn an_unknown_phase_2_stays_unknown() {
    let text = "phase1:\n  - aes256-sha256-modp2048\nphase2: unknown\n";
    let check = ikecompat(&["check", "-", "--clients", "osx"], text);
    assert_eq!(check.status, 1, "{}", check.stderr);
    assert!(check.stdout.contains("1 unknown"), "{}", check.stdout);
    assert!(
        check.stdout.contains("aes256-sha256-modp2048  unknown"),
        "{}",
        check.stdout
    );
    assert!(!check.stderr.contains("assumed"), "{}", check.stderr);
    let again = ikecompat(&["convert", "-", "--to", "server-yaml"], text);
    assert!(again.stdout.contains("phase2: unknown"), "{}", again.stdout);
    let other = ikecompat(&["convert", "-", "--to", "swanctl"], text);
    assert_eq!((other.status, other.stdout.as_str()), (2, ""));
    assert!(
        other.stderr.contains("phase2: unknown"),
        "with its place: {}",
        other.stderr
    );
    let lint = ikecompat(&["lint", "-"], text);
    assert_eq!(lint.status, 0, "{}{}", lint.stdout, lint.stderr);
    // A client that the IKE list refuses is refused, whatever phase 2 is.
    let refused = ikecompat(&["check", "-", "--clients", "windows-10:require"], text);
    assert!(refused.stdout.contains("refused"), "{}", refused.stdout);
}
