//! The verdict over a client takes into account everything that is known, in every format.

use serde_json::Value;

use crate::common::ikecompat;

/// The article's line for Windows 10 (table 7), with the documented value for SHA-256.
const POWERSHELL: &str = "Set-VpnConnectionIPsecConfiguration -ConnectionName VPN \
    -AuthenticationTransformConstants SHA256128 -CipherTransformConstants AES256 -DHGroup Group14 \
    -EncryptionMethod AES256 -IntegrityCheckMethod SHA256 -PfsGroup None -Force\n";

/// The first client of the first server.
fn first_client(arguments: &[&str], text: &str) -> (i32, Value) {
    let mut all = vec!["check", "-", "--format", "json"];
    all.extend(arguments);
    let run = ikecompat(&all, text);
    let document: Value = serde_json::from_str(&run.stdout).unwrap_or_else(|_| {
        panic!("{arguments:?}: {}", run.stderr);
    });
    (run.status, document["servers"][0]["clients"][0].clone())
}

mod nat_and_lifetimes {
    use super::{POWERSHELL, first_client, ikecompat};

    #[test]
    fn the_articles_windows_keeps_its_tunnel_wherever_it_is() {
        let line = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("verdict.ps1");
        std::fs::write(&line, POWERSHELL).unwrap();
        let client = format!("windows-10={}", line.display());
        for nat in [None, Some("yes"), Some("no"), Some("unknown")] {
            let mut arguments = vec!["check", "examples/after.yaml", "--clients", &client];
            arguments.extend(nat.iter().flat_map(|nat| ["--nat", nat]));
            let run = ikecompat(&arguments, "");
            assert_eq!(run.status, 0, "{nat:?}: {}{}", run.stdout, run.stderr);
            // What is assumed is said where the answer depends on it.
            let said = run.stdout.contains("taken to be behind NAT");
            assert_eq!(said, nat.is_none(), "{nat:?}: {}", run.stdout);
            let found = run.stdout.contains("server-initiated-rekey");
            assert_eq!(found, matches!(nat, None | Some("yes")), "{nat:?}");
        }
    }

    /// Windows renews keys after 3420 s.
    #[test]
    fn a_refused_rekeying_costs_the_tunnel_if_the_server_gives_it_up_first() {
        let lists = "phase1: [aes256-sha256-modp1024]\nphase2: [aes256-sha1]\n";
        for (head, nat, expected, outcome) in [
            ("product: pfsense\n", "yes", "connects", "kept"),
            ("product: pfsense\n", "no", "connects", ""),
            (
                "product: pfsense\nlifetime: {child: 50m}\n",
                "yes",
                "rekey-fails",
                "lost",
            ),
            (
                "product: pfsense\nlifetime: {child: 50m}\n",
                "no",
                "connects",
                "",
            ),
            ("rekey: {child: 3000}\n", "yes", "rekey-fails", "lost"),
            ("rekey: {child: 3110}\n", "yes", "connects", "kept"),
            // pfSense wants a longer lifetime than this, and nobody said which.
            (
                "product: pfsense\nrekey: {child: 2h}\n",
                "yes",
                "unknown",
                "unknown",
            ),
            // Who never asks keeps an SA for ever, unless told otherwise.
            ("rekey: {child: 0}\n", "yes", "connects", ""),
            (
                "rekey: {child: 0}\nlifetime: {child: 30m}\n",
                "no",
                "rekey-fails",
                "lost",
            ),
        ] {
            let text = format!("{head}{lists}");
            let arguments = ["--clients", "windows-10:require", "--nat", nat];
            let (status, client) = first_client(&arguments, &text);
            assert_eq!(client["verdict"], expected, "{text}{nat}");
            let survival = &client["children"][0]["child_rekey_by_server"]["survival"];
            let found = survival["outcome"].as_str().unwrap_or_default();
            assert_eq!(found, outcome, "{text}{nat}");
            assert_eq!(status, i32::from(expected != "connects"), "{text}{nat}");
        }
    }

    #[test]
    fn the_server_of_every_format_can_be_told_where_its_clients_are() {
        let swanctl = "connections {\n rw {\n  version = 2\n  pools = p\n  \
            proposals = aes256-sha256-modp1024\n  local {\n   auth = pubkey\n  }\n  \
            remote {\n   auth = eap-mschapv2\n  }\n  children {\n   net {\n    \
            esp_proposals = aes256-sha1\n    life_time = 3000\n   }\n  }\n }\n}\n";
        for (nat, expected) in [("yes", "rekey-fails"), ("no", "connects")] {
            let arguments = ["--clients", "windows-10:require", "--nat", nat];
            let (_, client) = first_client(&arguments, swanctl);
            assert_eq!(client["verdict"], expected, "{nat}");
        }
    }
}
