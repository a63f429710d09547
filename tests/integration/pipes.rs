//! A reader that has seen enough is no failure, whatever it reads.

use std::process::{Command, Stdio};

const LOG: &str = "tests/corpus/logs/eap-badpw-server-pfsense.log";

/// Calls of every subcommand that writes something.
const CALLS: &[&[&str]] = &[
    &["check", "examples/before.yaml"],
    &["check", "examples/before.yaml", "-v"],
    &["check", "examples", "--format", "json"],
    &["check", "examples", "--format", "html"],
    &["check", "examples", "--format", "markdown"],
    &["check", "examples", "--format", "csv"],
    &["check", "examples", "--format", "sarif"],
    &["check", "examples", "--format", "github"],
    &["check", "examples", "--format", "junit"],
    &["check", "examples", "--format", "cbom"],
    &[
        "check",
        "examples/before.yaml",
        "--compare-engine",
        "strongswan@6.0.2",
    ],
    &[
        "check",
        "examples/before.yaml",
        "--after",
        "examples/after.yaml",
    ],
    &["clients", "list"],
    &["clients", "show", "windows-10", "-v"],
    &["clients", "compare", "android", "ios"],
    &["clients", "diff", "ios-16", "ios-17"],
    &["completions", "bash"],
    &["convert", "examples/before.yaml", "--to", "swanctl"],
    &["diagnose", LOG],
    &["diagnose", LOG, "--format", "json"],
    &["explain", "modp1024"],
    &["explain", "pfsense"],
    &["explain"],
    &["help", "check"],
    &["check", "--help"],
    &["lint", "examples"],
    &["lint", "examples", "--format", "json"],
    &["man", "check"],
    &[
        "negotiate",
        "--initiator",
        "aes256-sha256-modp2048",
        "--responder",
        "aes128-sha256-modp2048",
    ],
    &["recommend", "--server", "examples/before.yaml"],
    &[
        "recommend",
        "--server",
        "examples/before.yaml",
        "--format",
        "json",
    ],
    &[
        "recommend",
        "--server",
        "examples/before.yaml",
        "--format",
        "powershell",
    ],
    &["schema"],
    &["schema", "check"],
    &["version"],
    &["--version"],
];

#[test]
fn a_broken_pipe_ends_every_command_quietly() {
    for call in CALLS {
        let mut child = Command::new(env!("CARGO_BIN_EXE_ikecompat"))
            .args(*call)
            .current_dir(env!("CARGO_MANIFEST_DIR"))
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        // The other end is closed before anything is read.
        drop(child.stdout.take());
        let done = child.wait_with_output().unwrap();
        let said = String::from_utf8_lossy(&done.stderr);
        for complaint in ["roken pipe", "panicked", "error: "] {
            assert!(!said.contains(complaint), "{call:?}: {said}");
        }
        assert!(done.status.code().is_some(), "{call:?}: {:?}", done.status);
    }
}
