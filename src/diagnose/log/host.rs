//! What other programs of the host say of an IKE daemon: what starts it, what asks it, and the firewall before it.

use crate::diagnose::Statement;

/// What a line says that no IKE program wrote.
pub(super) fn read(line: &str) -> Option<Statement> {
    if does_not_run(line) {
        return Some(Statement::NotStarted);
    }
    is_dropped(line).then_some(Statement::FirewallDropped)
}

/// Whether a line says that a daemon does not run.
pub(super) fn does_not_run(line: &str) -> bool {
    const WORDS: [&[&str]; 10] = [
        // NetworkManager
        &["failure to start VPN service", "charon-nm"],
        // `ipsec verify`
        &["Pluto listening for IKE on udp 500", "[FAILED]"],
        &["Checking that pluto is running", "[FAILED]"],
        // strongSwan's starter
        &["charon has died"],
        &["charon refused to be started"],
        // what asks the daemon over its socket
        &["charon.vici", "onnection refused"],
        &["charon.vici", "o such file or directory"],
        &["unix:///var/run/charon.ctl' failed"],
        &["luto is not running"],
        // the loader of the system
        &["error while loading shared libraries", "ipsec"],
    ];
    // Most lines have none of these.
    const MARKS: [&str; 4] = ["charon", "luto ", "luto:", "loading shared"];
    MARKS.iter().any(|mark| line.contains(mark))
        && WORDS
            .iter()
            .any(|words| words.iter().all(|word| line.contains(word)))
}

/// Whether the kernel's firewall of Linux says that it dropped a packet of IKE that came in.
fn is_dropped(line: &str) -> bool {
    const PORTS: [&str; 2] = ["DPT=500", "DPT=4500"];
    const WORDS: [&str; 4] = ["block", "drop", "deny", "reject"];
    let ike = line.contains("PROTO=UDP")
        && line
            .split_ascii_whitespace()
            .any(|word| PORTS.contains(&word));
    if !ike || line.contains("IN= ") {
        return false;
    }
    // What stands before the packet is the word of whoever made the rule.
    let rule = line.split("IN=").next().unwrap_or_default();
    let rule = rule.to_ascii_lowercase();
    WORDS.iter().any(|word| rule.contains(word))
}

#[cfg(test)]
mod tests {
    use super::read;
    use crate::diagnose::Statement;

    #[test]
    fn says_that_the_daemon_does_not_run() {
        for line in [
            "ipsec_starter[31]: charon has died -- restart scheduled (5sec)",
            "Checking that pluto is running            [FAILED]",
            "whack: Pluto is not running (no \"/run/pluto/pluto.ctl\")",
            "dial unix /run/charon.vici: connect: connection refused",
            "pluto[7]: /usr/libexec/ipsec/pluto: error while loading shared libraries: libnss3.so: not there",
        ] {
            assert_eq!(read(line), Some(Statement::NotStarted), "{line}");
        }
        for line in [
            "Checking that pluto is running            [OK]",
            "ipsec_starter[31]: charon (40) started after 20 ms",
            "nginx: error while loading shared libraries: libcrypt.so.1",
        ] {
            assert_eq!(read(line), None, "{line}");
        }
    }

    #[test]
    fn hears_the_firewall_only_where_it_drops() {
        let packet = "IN=ens3 OUT= SRC=192.0.2.9 DST=198.51.100.1 LEN=700 PROTO=UDP SPT=500 DPT";
        let dropped = Some(Statement::FirewallDropped);
        assert_eq!(read(&format!("[UFW BLOCK] {packet}=500 LEN=680")), dropped);
        assert_eq!(read(&format!("nft-drop: {packet}=4500 LEN=680")), dropped);
        assert_eq!(read(&format!("[UFW ALLOW] {packet}=500 LEN=680")), None);
        assert_eq!(read(&format!("[UFW BLOCK] {packet}=5000 LEN=680")), None);
        assert_eq!(read(&format!("trace: {packet}=500 LEN=680")), None);
    }
}
