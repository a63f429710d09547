//! Whether the test runs: only on request, and then on a machine that has what it takes.

use std::env;
use std::fs;
use std::io::Write;
use std::path::Path;

use anyhow::{Result, ensure};

const VARIABLE: &str = "IKECOMPAT_INTEROP";

const TOOLS: [&str; 12] = [
    "bash",
    "cc",
    "certutil",
    "charon-systemd",
    "iked",
    "ip",
    "nft",
    "nsenter",
    "pki",
    "setpriv",
    "swanctl",
    "unshare",
];

/// Whether the tests with the daemon are asked for. A machine that cannot run them is an error then,
/// so that a test which does not run never looks like one that passed.
pub(crate) fn open() -> Result<bool> {
    if env::var_os(VARIABLE).is_none_or(|value| value.is_empty() || value == "0") {
        say(&format!(
            "skipped: the test against the real strongSwan daemon runs on request only, \
            as root: {VARIABLE}=1 cargo test --test interop"
        ));
        return Ok(false);
    }
    let mut missing = Vec::new();
    if !is_root() {
        missing.push("not root: network namespaces and a VPN daemon need it".to_owned());
    }
    if !Path::new("/dev/net/tun").exists() {
        missing.push("no /dev/net/tun: the daemon needs it for its CHILD_SAs".to_owned());
    }
    let folders = env::var_os("PATH").unwrap_or_default();
    for tool in TOOLS {
        if !env::split_paths(&folders).any(|folder| folder.join(tool).is_file()) {
            missing.push(format!("no `{tool}` in PATH"));
        }
    }
    ensure!(
        missing.is_empty(),
        "the test against the real strongSwan daemon cannot run\n  {}\nhelp: on Debian, \
        `apt-get install charon-systemd strongswan-swanctl strongswan-pki libcharon-extra-plugins \
        libcharon-extauth-plugins libstrongswan-standard-plugins libstrongswan-extra-plugins iproute2 \
        nftables util-linux openiked libnss3-tools libldns3 libunbound8 libevent-pthreads-2.1-7 libcurl3-nss gcc`\n\
        help: unset {VARIABLE} to skip it",
        missing.join("\n  ")
    );
    Ok(true)
}

fn is_root() -> bool {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("Uid:"));
    // Real, effective, saved and file system user.
    line.is_some_and(|users| users.split_whitespace().nth(1) == Some("0"))
}

/// Says something that is seen even when the test passes: the output of `eprintln!` is not.
pub(crate) fn say(text: &str) {
    // Nobody may be listening.
    writeln!(std::io::stderr(), "{text}").ok();
}
