//! `ikecompat convert`: streams, exit status, names, and what is said to be missing.

use ikecompat::format::Format;

use crate::common::ikecompat;

const SERVER: &str = "product: strongswan\naddress: vpn.example.com\nconnection_name: Work VPN\n\
    phase1: [aes256-sha256-modp2048]\nphase2: [aes256-sha256]\n";

#[test]
fn one_suite_goes_into_every_format() {
    for target in Format::all_written() {
        let to = target.to_string();
        let input = if target == Format::Reg {
            SERVER.replace("phase2: [aes256-sha256]", "phase2: [aes256-sha1]")
        } else {
            SERVER.to_owned()
        };
        let run = ikecompat(&["convert", "-", "--to", &to], &input);
        assert_eq!(run.status, 0, "{to}: {}", run.stderr);
        assert!(!run.stdout.is_empty(), "{to}");
        for line in run.complaints().lines() {
            assert!(line.starts_with("warning[not-carried]: "), "{to}: {line}");
        }
    }
}

#[test]
fn the_short_names_of_the_firewalls_are_their_files() {
    for (short, long) in [("pfsense", "pfsense-xml"), ("opnsense", "opnsense-xml")] {
        let one = ikecompat(&["convert", "-", "--to", short], SERVER);
        let other = ikecompat(&["convert", "-", "--to", long], SERVER);
        assert_eq!(one.stdout, other.stdout);
        assert!(one.stdout.contains("aes"), "{}", one.stdout);
    }
}

#[test]
fn there_and_back_is_the_same_server() {
    let xml = ikecompat(&["convert", "-", "--to", "pfsense"], SERVER);
    let back = ikecompat(&["convert", "-", "--to", "server-yaml"], &xml.stdout);
    assert_eq!(back.status, 0, "{}", back.stderr);
    for line in [
        "product: pfsense\n",
        "  - aes256-sha256-modp2048\n",
        "  - aes256-sha256\n",
    ] {
        assert!(back.stdout.contains(line), "{}", back.stdout);
    }
}

#[test]
fn names_come_from_the_file_unless_they_are_given() {
    let full = ["convert", "-", "--to", "powershell", "--full"];
    let run = ikecompat(&full, SERVER);
    assert!(
        run.stdout
            .contains("-Name 'Work VPN' -ServerAddress vpn.example.com "),
        "{}",
        run.stdout
    );
    let given = ["--connection-name", "it's", "--address", "203.0.113.1"];
    let run = ikecompat(&[&full[..], &given].concat(), SERVER);
    assert!(
        run.stdout
            .contains("-Name 'it''s' -ServerAddress '203.0.113.1' "),
        "{}",
        run.stdout
    );
}

#[test]
fn several_connections_are_told_apart() {
    let two = "connections:\n\
        - {name: old, phase1: [aes256-sha1-modp2048], phase2: [aes256-sha1]}\n\
        - {name: new, phase1: [aes256-sha256-ecp256], phase2: [aes256-sha256]}\n";
    let run = ikecompat(&["convert", "-", "--to", "swanctl"], two);
    assert!(
        run.stdout.contains("    old {\n") && run.stdout.contains("    new {\n"),
        "{}",
        run.stdout
    );
    let run = ikecompat(
        &["convert", "-", "--to", "sswan", "--connection", "new"],
        two,
    );
    assert!(
        run.stdout.contains("aes256-sha256-ecp256"),
        "{}",
        run.stdout
    );
    assert_eq!(run.complaints(), "");
    let run = ikecompat(&["convert", "-", "--to", "sswan"], two);
    assert!(
        run.stdout.contains("aes256-sha1-modp2048"),
        "{}",
        run.stdout
    );
    assert_eq!(
        run.complaints(),
        "warning[not-carried]: connection `new`: the file is for clients of `old`\n"
    );
    let run = ikecompat(
        &["convert", "-", "--to", "sswan", "--connection", "newer"],
        two,
    );
    assert_eq!((run.status, run.stdout.as_str()), (2, ""));
    let run = ikecompat(&["convert", "-", "--to", "pfsense"], two);
    assert_eq!((run.status, run.stdout.as_str()), (2, ""));
    assert!(
        run.stderr.contains("one phase 1 for mobile clients"),
        "{}",
        run.stderr
    );
}

#[test]
fn what_cannot_be_read_is_not_converted() {
    let run = ikecompat(
        &["convert", "-", "--to", "swanctl"],
        "phase1: [aes265-sha256]\n",
    );
    assert_eq!((run.status, run.stdout.as_str()), (2, ""));
    assert!(run.stderr.contains("`aes265`"), "{}", run.stderr);
    let run = ikecompat(&["convert", "no-such-file", "--to", "swanctl"], "");
    assert_eq!((run.status, run.stdout.as_str()), (2, ""));
    let run = ikecompat(&["convert", "-", "--to", "wireguard"], SERVER);
    assert_eq!((run.status, run.stdout.as_str()), (2, ""));
}

#[test]
fn the_registry_file_is_what_the_registry_editor_imports() {
    let input = SERVER.replace("phase2: [aes256-sha256]", "phase2: [aes256-sha1]");
    let run = ikecompat(&["convert", "-", "--to", "reg"], &input);
    let lines: Vec<_> = run.stdout.split("\r\n").collect();
    assert_eq!(
        lines,
        [
            "Windows Registry Editor Version 5.00",
            "",
            "[HKEY_LOCAL_MACHINE\\SYSTEM\\CurrentControlSet\\Services\\RasMan\\Parameters]",
            "\"NegotiateDH2048_AES256\"=dword:00000002",
            ""
        ]
    );
}

#[test]
fn the_file_of_a_client_becomes_the_server_it_needs() {
    let line = ikecompat(&["convert", "-", "--to", "powershell", "--full"], SERVER).stdout;
    let run = ikecompat(&["convert", "-", "--to", "server-yaml"], &line);
    assert_eq!((run.status, run.complaints().as_str()), (0, ""));
    for line in [
        "address: vpn.example.com\n",
        "connection_name: Work VPN\n",
        "  - aes256-sha256-modp2048\n",
        "  - aes256-sha256\n",
    ] {
        assert!(run.stdout.contains(line), "{}", run.stdout);
    }
    // What only chooses a set-up of the client leaves nothing to convert.
    let line =
        "Add-VpnConnection -Name a -ServerAddress b -TunnelType Ikev2 -EncryptionLevel Required\n";
    let run = ikecompat(&["convert", "-", "--to", "server-yaml"], line);
    assert_eq!((run.status, run.stdout.as_str()), (2, ""));
    assert!(run.stderr.contains("nothing to convert"), "{}", run.stderr);
}

#[test]
fn the_policy_of_rras_is_a_server() {
    let script = ikecompat(&["convert", "-", "--to", "rras"], SERVER).stdout;
    let run = ikecompat(&["convert", "-", "--to", "swanctl"], &script);
    assert_eq!(run.status, 0, "{}", run.stderr);
    assert!(
        run.stdout.contains("proposals = aes256-sha256-modp2048\n"),
        "{}",
        run.stdout
    );
}

#[test]
fn certificates_keep_their_names_where_these_mean_the_same() {
    let xml = ikecompat(&["convert", "-", "--to", "pfsense"], SERVER).stdout;
    let xml = xml.replace("REPLACE-refid-of-the-server-certificate", "65a1b2c3d4e5f");
    let same = ikecompat(&["convert", "-", "--to", "pfsense"], &xml);
    assert!(
        same.stdout.contains("<certref>65a1b2c3d4e5f</certref>"),
        "{}",
        same.stdout
    );
    for to in ["swanctl", "ipsec-conf", "libreswan", "opnsense"] {
        // The authority of the clients is one of the firewall's own, too.
        let run = ikecompat(&["convert", "-", "--to", to], &xml);
        assert_eq!(run.status, 2, "{}", run.stderr);
        assert!(run.stdout.is_empty() && run.stderr.contains("error[not-carried]: the authority"));
        let run = ikecompat(&["convert", "-", "--to", to, "--partial"], &xml);
        assert_eq!(run.status, 0, "{}", run.stderr);
        assert!(
            !run.stdout.contains("65a1b2c3d4e5f"),
            "{to}: {}",
            run.stdout
        );
    }
}

#[test]
fn one_clients_file_becomes_anothers() {
    let named = ["--connection-name", "Work VPN"];
    let convert = |to: &str, input: &str| {
        let run = ikecompat(&["convert", "-", "--to", to], input);
        assert_eq!(run.status, 0, "{to}: {}", run.stderr);
        run.stdout
    };
    let profile = ikecompat(
        &[&["convert", "-", "--to", "mobileconfig"][..], &named].concat(),
        SERVER,
    );
    let sswan = convert("sswan", &profile.stdout);
    assert!(
        sswan.contains("\"ike-proposal\": \"aes256-sha256-modp2048\""),
        "{sswan}"
    );
    assert!(sswan.contains("\"name\": \"Work VPN\""), "{sswan}");
    let line = convert("powershell", &sswan);
    assert!(line.contains(" -ConnectionName 'Work VPN' "), "{line}");
    assert!(
        line.contains(" -DHGroup Group14 -EncryptionMethod AES256 "),
        "{line}"
    );
    assert_eq!(convert("mobileconfig", &sswan), profile.stdout);
}

#[test]
fn a_refusal_points_at_its_own_proposal() {
    // The same proposal in two connections, in a client's format and in that of a server.
    let two = "product: strongswan\nconnections:\n\
        - {name: old, phase1: [aes256-sha256-modp2048], phase2: [aes256-sha256]}\n\
        - {name: new, phase1: [aes256-sha256-modp2048, camellia256-sha256-modp2048], \
        phase2: [aes256-sha256]}\n\
        - {name: last, phase1: [camellia256-sha256-modp2048], phase2: [aes256-sha256]}\n";
    let run = ikecompat(&["convert", "-", "--to", "pfsense-pages"], two);
    assert_eq!(run.status, 2);
    for place in ["<stdin>:4:48", "<stdin>:5:25"] {
        assert!(run.stderr.contains(place), "{place}: {}", run.stderr);
    }
}

#[test]
fn the_default_list_keeps_its_place_beside_other_children() {
    let two = "connections {\n rw {\n  remote_addrs = %any\n  children {\n   a {\n    \
        esp_proposals = aes256-sha256\n   }\n   b {\n    start_action = none\n   }\n  }\n }\n}\n";
    let run = ikecompat(&["convert", "-", "--to", "server-yaml"], two);
    assert!(
        run.stdout.contains("  - aes256-sha256\n  - default\n"),
        "{}",
        run.stdout
    );
}

#[test]
fn the_word_default_goes_through() {
    let text = "connections {\n rw {\n  proposals = aes256-sha256-modp2048, default\n  children {\n   \
        net {\n    esp_proposals = default\n   }\n  }\n }\n}\n";
    for (to, line) in [
        ("swanctl", "proposals = aes256-sha256-modp2048, default"),
        ("server-yaml", "  - default\n"),
    ] {
        let run = ikecompat(&["convert", "-", "--to", to], text);
        assert!(
            run.stdout.contains(line),
            "{to}: {}{}",
            run.stdout,
            run.stderr
        );
    }
}

/// A connection without a version has both; a format of IKEv2 alone says that the other one goes.
#[test]
fn version_one_of_both_is_named() {
    let text = "connections { people {
        proposals = aes256-sha256-modp2048
        local { auth = pubkey
            id = @vpn.example.org }
        remote { auth = pubkey }
        children { lan { esp_proposals = aes256-sha256 } } } }";
    for format in ["iked", "libreswan", "rras", "server-yaml", "mikrotik"] {
        let run = ikecompat(&["convert", "-", "--to", format, "--partial"], text);
        let said = "IKEv1 of connection `people`: what is written is for IKEv2 alone";
        assert!(run.stderr.contains(said), "{format}: {}", run.stderr);
    }
    let iked = ikecompat(&["convert", "-", "--to", "iked", "--partial"], text);
    assert!(
        iked.stdout.contains("srcid \"vpn.example.org\"")
            || iked.stdout.contains("srcid vpn.example.org"),
        "{}",
        iked.stdout
    );
    assert!(
        iked.stderr.contains("10.99.0.0/24 is written"),
        "{}",
        iked.stderr
    );
}

/// The policy of RRAS is for clients of IKEv2.
#[test]
fn rras_is_not_written_for_others_than_clients_of_ikev2() {
    for (version, local, remote) in [
        ("1", "psk", "psk"),
        ("2", "eap-mschapv2", "pubkey"),
        ("2", "pubkey", "pubkey"),
    ] {
        let text = format!(
            "connections {{ one {{
            version = {version}
            proposals = aes256-sha256-modp2048
            remote_addrs = 192.0.2.1
            local {{ auth = {local} }}
            remote {{ auth = {remote} }}
            children {{ lan {{ esp_proposals = aes256-sha256 }} }} }} }}"
        );
        let run = ikecompat(&["convert", "-", "--to", "rras"], &text);
        assert_eq!(run.status, 2, "{}", run.stdout);
        assert!(run.stderr.contains("nothing to convert"), "{}", run.stderr);
    }
}

/// A pool that a format cannot hold is named; what stands in its place, too.
#[test]
fn pools_are_carried_or_named() {
    let text = |pool: &str| {
        format!(
            "connections {{ people {{
            version = 2
            proposals = aes256-sha256-modp2048
            pools = p
            local {{ auth = pubkey }}
            remote {{ auth = pubkey }}
            children {{ lan {{ esp_proposals = aes256-sha256 }} }} }} }}
            pools {{ p {{ addrs = {pool} }} }}"
        )
    };
    for format in ["iked", "pfsense-xml"] {
        let arguments = ["convert", "-", "--to", format, "--partial"];
        let run = ikecompat(&arguments, &text("192.0.2.10-192.0.2.20"));
        assert!(
            run.stderr.contains("`192.0.2.10-192.0.2.20`"),
            "{}",
            run.stderr
        );
        assert!(
            run.stderr.contains("10.99.0.0/24 is written"),
            "{}",
            run.stderr
        );
        assert!(!run.stdout.contains("192.0.2.10"), "{}", run.stdout);
        let run = ikecompat(&arguments, &text("192.0.2.0/24"));
        assert!(run.stdout.contains("192.0.2.0"), "{}", run.stdout);
        assert!(!run.stderr.contains("pool"), "{}", run.stderr);
    }
}

/// The own addresses of a connection are written, or named.
#[test]
fn own_addresses_are_carried_or_named() {
    let text = "connections { people {
        version = 2
        local_addrs = 192.0.2.77
        proposals = aes256-sha256-modp2048
        local { auth = pubkey }
        remote { auth = pubkey }
        children { lan { esp_proposals = aes256-sha256 } } } }";
    for (format, is_written) in [
        ("opnsense-xml", true),
        ("pfsense-xml", false),
        ("iked", false),
    ] {
        let run = ikecompat(&["convert", "-", "--to", format, "--partial"], text);
        let said = "the own address of connection `people`: 192.0.2.77";
        assert_eq!(run.stderr.contains(said), !is_written, "{}", run.stderr);
        if is_written {
            assert!(
                run.stdout.contains("<local_addrs>192.0.2.77<"),
                "{}",
                run.stdout
            );
        }
    }
}

/// A file without a connection, or without a row of phase 1, is none, `--partial` or not.
#[test]
fn an_empty_file_is_not_written() {
    let childless = "connections { one {
        version = 2
        proposals = aes256-sha256-modp2048
        local { auth = pubkey }
        remote { auth = pubkey } } }";
    let camellia = "connections { one {
        version = 2
        remote_addrs = 192.0.2.1
        proposals = camellia256-sha256-modp2048
        local { auth = pubkey }
        remote { auth = pubkey }
        children { lan { esp_proposals = aes256-sha256-modp2048 } } } }";
    for (format, text) in [("iked", childless), ("pfsense-xml", camellia)] {
        let run = ikecompat(&["convert", "-", "--to", format, "--partial"], text);
        assert_eq!(run.status, 2, "{format}: {}", run.stdout);
        assert!(run.stdout.is_empty(), "{format}: {}", run.stdout);
    }
}
