//! Commands of devices: nothing of a server is lost without a word, and nothing is written that it does not say.

use crate::common::{Run, ikecompat};

const DEVICES: [&str; 4] = ["cisco", "fortigate", "mikrotik", "vyos"];

fn convert(text: &str, device: &str, more: &[&str]) -> Run {
    let arguments = ["convert", "-", "--from", "swanctl", "--to", device];
    ikecompat(&[&arguments[..], more].concat(), text)
}

fn connection(name: &str, remote: &str, child: &str) -> String {
    format!(
        "  {name} {{\n    version = 2\n    proposals = aes256-sha256-modp2048\n    {remote}\n    pools = p\n    local {{\n      \
         auth = pubkey\n    }}\n    remote {{\n      auth = eap-tls\n    }}\n    children {{\n      c {{\n        {child}\n      \
         }}\n    }}\n  }}\n"
    )
}

fn server(connections: &[String]) -> String {
    format!("connections {{\n{}}}\n", connections.concat())
}

const ESP: &str = "esp_proposals = aes256-sha256";

#[test]
fn a_connection_that_is_not_written_is_named() {
    let text = server(&[
        connection("rw", "", ESP),
        connection("branch", "remote_addrs = 192.0.2.2", ESP).replace("    pools = p\n", ""),
    ]);
    for device in DEVICES {
        let run = convert(&text, device, &[]);
        assert_eq!((run.status, &*run.stdout), (2, ""), "{device}");
        assert!(run.stderr.contains("connection `branch`"), "{}", run.stderr);
        let run = convert(&text, device, &["--partial"]);
        assert_eq!(run.status, 0, "{device}: {}", run.stderr);
        assert!(run.stderr.contains("connection `branch`"), "{}", run.stderr);
        assert!(run.stdout.contains("rw"), "{}", run.stdout);
    }
}

#[test]
fn clients_authenticate_as_the_file_says() {
    let text = server(&[connection("rw", "", ESP)]).replace("auth = eap-tls", "auth = psk");
    for (device, word) in [
        ("cisco", " authentication remote pre-share\n"),
        ("fortigate", "set authmethod psk\n"),
        ("mikrotik", "auth-method=pre-shared-key "),
    ] {
        let run = convert(&text, device, &[]);
        assert!(
            run.stdout.contains(word),
            "{device}: {}{}",
            run.stdout,
            run.stderr
        );
    }
}

#[test]
fn what_a_device_cannot_be_told_is_refused() {
    let ah = server(&[connection("rw", "", "ah_proposals = sha256-modp2048")]);
    let several = server(&[connection("a", "", ESP), connection("b", "", ESP)]);
    let default = server(&[connection(
        "rw",
        "",
        "esp_proposals = aes256-sha256-modp2048",
    )])
    .replace("aes256-sha256-modp2048\n    \n", "default\n    \n");
    for device in DEVICES {
        for (text, is_refused) in [
            (&ah, true),
            (&several, ["cisco", "mikrotik"].contains(&device)),
            (&default, true),
        ] {
            let run = convert(text, device, &[]);
            let expected = if is_refused { 2 } else { 0 };
            assert_eq!(run.status, expected, "{device}: {}{text}", run.stderr);
        }
    }
}

#[test]
fn no_two_things_have_one_name() {
    let yaml = "connections:\n  - name: a b\n    phase1: [aes256-sha256-modp2048]\n    phase2: [aes256-sha256]\n  - name: a-b\n    \
        phase1: [aes128-sha256-modp3072]\n    phase2: [aes128-sha256]\n";
    for device in ["fortigate", "vyos"] {
        let run = ikecompat(
            &["convert", "-", "--from", "server-yaml", "--to", device],
            yaml,
        );
        assert_eq!(run.status, 0, "{}", run.stderr);
        for name in ["a-b", "a-b_2"] {
            let words = [format!("\"{name}\""), format!(" {name} ")];
            assert!(
                words.iter().any(|it| run.stdout.contains(it)),
                "{device}: {}",
                run.stdout
            );
        }
    }
}

#[test]
fn a_lifetime_is_one_that_the_device_takes() {
    let yaml = "phase1: [aes256-sha256-modp2048]\nphase2: [aes256-sha256]\nlifetime: {ike: 172801, child: 60}\n";
    let arguments = ["convert", "-", "--from", "server-yaml", "--to", "fortigate"];
    let run = ikecompat(&arguments, yaml);
    assert!(!run.stdout.contains("172801"), "{}", run.stdout);
    for time in ["172801", "60"] {
        let said = format!("{time} s: the device takes 120 to 172800");
        assert!(run.stderr.contains(&said), "{}", run.stderr);
    }
}

#[test]
fn the_order_of_the_clients_is_no_small_thing() {
    let yaml = "prefer_configured_proposals: no\nphase1: [aes256-sha256-modp2048]\nphase2: [aes256-sha256]\n";
    for device in DEVICES {
        let run = ikecompat(
            &["convert", "-", "--from", "server-yaml", "--to", device],
            yaml,
        );
        assert_eq!(
            (run.status, &*run.stdout),
            (2, ""),
            "{device}: {}",
            run.stderr
        );
        assert!(
            run.stderr.contains("prefer_configured_proposals"),
            "{}",
            run.stderr
        );
    }
}
