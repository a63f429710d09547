//! What the command line opens and writes: nothing without an end, nothing outside, nothing half.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::common::ikecompat;

/// A folder of its own for one test.
fn scratch(name: &str) -> PathBuf {
    let folder =
        std::env::temp_dir().join(format!("ikecompat-files-{name}-{}", std::process::id()));
    fs::remove_dir_all(&folder).ok();
    fs::create_dir_all(&folder).unwrap();
    folder
}

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

#[test]
#[cfg(unix)]
fn what_has_no_end_is_not_read() {
    let folder = scratch("endless");
    let pipe = folder.join("pipe.conf");
    let made = Command::new("mkfifo").arg(&pipe).status().unwrap();
    assert!(made.success());
    for include in ["pipe.conf", "*.conf", "/**", "/*/*/*/*/*"] {
        let server = folder.join("swanctl.conf.txt");
        fs::write(
            &server,
            format!("include {include}\nconnections {{\n  a {{\n    version = 2\n  }}\n}}\n"),
        )
        .unwrap();
        // The pipe is skipped or named; nobody waits for it, or for the whole disk.
        let run = ikecompat(&["check", text(&server), "--from", "swanctl"], "");
        assert!(run.status <= 2, "{include}: {}", run.stderr);
    }
    for arguments in [["check", "/dev/zero"], ["diagnose", "/dev/zero"]] {
        let run = ikecompat(&arguments, "");
        assert_eq!(run.status, 2, "{arguments:?}");
        assert!(run.stderr.contains("it is a device"), "{}", run.stderr);
    }
    fs::remove_dir_all(folder).unwrap();
}

#[test]
#[cfg(target_os = "linux")]
fn a_full_disk_is_no_success() {
    for arguments in [&["--version"][..], &["--help"], &["check", "--help"]] {
        let full = fs::OpenOptions::new()
            .write(true)
            .open("/dev/full")
            .unwrap();
        let run = Command::new(env!("CARGO_BIN_EXE_ikecompat"))
            .args(arguments)
            .stdout(full)
            .stderr(Stdio::piped())
            .output()
            .unwrap();
        assert_eq!(run.status.code(), Some(2), "{arguments:?}");
        assert!(!run.stderr.is_empty(), "{arguments:?}");
    }
}

#[test]
#[cfg(unix)]
fn a_link_below_the_folder_is_not_followed() {
    let folder = scratch("link");
    let (out, elsewhere) = (folder.join("out"), folder.join("elsewhere"));
    fs::create_dir(&out).unwrap();
    fs::create_dir(&elsewhere).unwrap();
    std::os::unix::fs::symlink(&elsewhere, out.join("server")).unwrap();
    let run = ikecompat(&["recommend", "--write", text(&out)], "");
    assert_eq!(run.status, 2);
    assert!(run.stderr.contains("is a link"), "{}", run.stderr);
    assert_eq!(fs::read_dir(&elsewhere).unwrap().count(), 0);
    fs::remove_dir_all(folder).unwrap();
}

#[test]
fn of_two_that_write_one_folder_one_succeeds() {
    let folder = scratch("two");
    for round in 0..4 {
        let out = folder.join(round.to_string());
        let write = || {
            Command::new(env!("CARGO_BIN_EXE_ikecompat"))
                .args(["recommend", "-q", "--write", text(&out)])
                .stdout(Stdio::null())
                .stderr(Stdio::null())
                .spawn()
                .unwrap()
        };
        let both = [write(), write()].map(|mut child| child.wait().unwrap().success());
        assert!(
            both != [true, true],
            "both said that they wrote {}",
            out.display()
        );
        let names = fs::read_dir(&out)
            .into_iter()
            .flatten()
            .map(|it| it.unwrap().file_name());
        let left: Vec<_> = names
            .filter(|it| it.to_string_lossy().ends_with(".new"))
            .collect();
        assert!(left.is_empty(), "{left:?}");
    }
    fs::remove_dir_all(folder).unwrap();
}
