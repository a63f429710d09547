//! Configurations of NixOS: what stands there as itself is read, the rest is named.

use std::time::Duration;

use ikecompat::format::Format;
use ikecompat::peer::Server;
use ikecompat::peer::server::Role;

use super::{Read, assert_broken, assert_survives_cuts, corpus, proposals, read_as};

fn office() -> String {
    corpus("nixos", "nix").remove(0).1
}

fn read(text: &str) -> Read<Server> {
    read_as(Format::Nixos, text)
}

#[test]
fn attributes_are_the_settings_of_swanctl_conf() {
    let text = office();
    assert_eq!(Format::of(&text), Some(Format::Nixos));
    let read = read(&text);
    let server = read.value();
    let [people, branch] = server.connections.as_slice() else {
        panic!("two");
    };
    assert_eq!(people.role, Role::RemoteAccess);
    assert_eq!(
        proposals(people),
        [
            "aes256gcm16-prfsha384-ecp384,aes256-sha256-modp2048",
            "aes256gcm16,aes256-sha256"
        ]
    );
    let word = people.ike[1].words.last().unwrap();
    assert_eq!(read.text_at(&word.span), "modp2048");
    assert_eq!(
        people.children[0].rekey.as_ref().unwrap().value,
        Duration::ZERO
    );
    assert_eq!(server.remote_id.as_deref(), Some("vpn.example.com"));
    assert_eq!(
        server.definitions.pools[0].addresses[0].value,
        "10.99.0.0/24"
    );
    assert_eq!(branch.role, Role::SiteToSite);
    assert_eq!(
        proposals(branch),
        ["aes256-sha256-ecp384", "aes128gcm16-ecp384"]
    );
    // `address` and `lib.mkForce` are not evaluated.
    let codes: Vec<_> = read.places();
    assert_eq!(
        codes,
        [("unresolved-value", 16, 25), ("unresolved-value", 41, 46)]
    );
    assert!(!read.said().contains("hunter"));
    assert!(!format!("{server:?}").contains("hunter"));
}

#[test]
fn what_cannot_be_read_is_named() {
    assert_broken(
        Format::Nixos,
        "nix",
        read,
        &[
            ("computed", "unresolved-value", 1, 72),
            ("unknown-group", "unknown-keyword", 3, 32),
        ],
    );
}

#[test]
fn a_file_that_is_cut_ends_in_a_reading_or_a_complaint() {
    let text = office();
    let start = text.find("  services.").unwrap();
    assert_survives_cuts(&text[start..start + 900], read);
}

#[test]
fn what_is_computed_is_unknown_and_has_no_default() {
    let connection = |inside: &str| {
        let text = format!(
            "{{ services.strongswan-swanctl.swanctl.connections = {{ a = {{ version = 2; {inside} }}; }}; }}"
        );
        let read = read(&text);
        assert!(
            read.places().iter().any(|it| it.0 == "unresolved-value"),
            "{inside}"
        );
        read.value().connections[0].clone()
    };
    for inside in [
        "proposals = common ++ [ \"aes256-sha256-modp2048\" ];",
        "proposals = map (c: c + \"-modp2048\") ciphers;",
        "proposals = list;",
        "proposals = [ first \"aes256-sha256-modp2048\" ];",
        "inherit (common) proposals;",
        "inherit proposals;",
        "local.main.auth = method;",
        "local = common.local;",
        "local.main = { auth = \"pubkey\"; } // more;",
        "remote_addrs = peers;",
        "rekey_time = toString hours;",
    ] {
        assert!(connection(inside).ike_is_unknown, "{inside}");
    }
    for inside in [
        "children.n.esp_proposals = common ++ [ \"aes256-sha256\" ];",
        "children.n = common;",
        "children = lib.mapAttrs f nets;",
        "children.n = { inherit (common) esp_proposals; };",
        "children.n.mode = mode;",
    ] {
        let connection = connection(inside);
        assert!(!connection.ike_is_unknown, "{inside}");
        assert!(connection.children[0].is_unknown, "{inside}");
    }
    // Where the network and the certificates are decides nothing.
    let known = connection("children.n.local_ts = nets; local.main.certs = [ \"${x}\" ];");
    assert!(!known.ike_is_unknown && !known.children[0].is_unknown);
}

/// What decides which connection answers leaves nothing open where only one does.
#[test]
fn only_what_depends_on_a_computed_value_is_unknown() {
    let branch = "branch = { remote_addrs = [ \"198.51.100.7\" ]; remote.main.auth = \"psk\"; \
                  local.main = { auth = \"psk\"; id = name; }; children.lan = { }; };";
    let people = |inside: &str| {
        format!(
            "people = {{ {inside} proposals = [ \"aes256-sha256-modp2048\" ]; \
             remote.main.auth = \"eap-mschapv2\"; children.n = {{ }}; }};"
        )
    };
    let open = |connections: &str| {
        let text =
            format!("{{ services.strongswan-swanctl.swanctl.connections = {{ {connections} }}; }}");
        read(&text).value().connections[0].ike_is_unknown
    };
    for inside in ["local_addrs = [ address ];", "local.main.id = name;"] {
        assert!(!open(&format!("{} {branch}", people(inside))), "{inside}");
        let other = people("").replace("people", "others");
        assert!(open(&format!("{} {other}", people(inside))), "{inside}");
    }
    let starter = |conn: &str, outside: &str| {
        let text = format!(
            "{{ services.strongswan = {{ {outside} connections.people = {{ keyexchange = \"ikev2\"; \
             ike = \"aes256-sha256-modp2048!\"; right = \"%any\"; {conn} }}; \
             connections.others = {{ keyexchange = \"ikev1\"; right = \"%any\"; }}; }}; }}"
        );
        let read = read_as(Format::Nixos, &text);
        let codes = read.places();
        assert!(
            codes.iter().any(|it| it.0 == "unresolved-value"),
            "{conn}{outside}: {codes:?}"
        );
        let all = &read.value().connections;
        let people = all.iter().find(|it| it.name == "people").unwrap();
        people.ike_is_unknown
    };
    for (conn, outside) in [
        ("left = address;", ""),
        ("leftid = name;", ""),
        ("leftcert = \"${x}\";", ""),
        ("", "setup.charondebug = level;"),
        ("", "ca.office.cacert = file;"),
        ("", "connections.others.esp = list;"),
    ] {
        assert!(!starter(conn, outside), "{conn}{outside}");
    }
    for (conn, outside) in [
        ("ike = list;", ""),
        ("right = peers;", ""),
        ("", "connections.\"%default\" = common;"),
        ("", "connections.\"%default\".esp = list;"),
    ] {
        assert!(starter(conn, outside), "{conn}{outside}");
    }
}

#[test]
fn connections_that_are_computed_leave_the_others_open() {
    let known = "a = { proposals = [ \"aes256-sha256-modp2048\" ]; };";
    for inside in [
        format!("connections = {{ {known} b = f x; }};"),
        format!("connections = {{ {known} }}; connections = more;"),
    ] {
        let text = format!("{{ services.strongswan-swanctl.swanctl = {{ {inside} }}; }}");
        let read = read(&text);
        let unknown = read.value().connections.iter().map(|it| it.ike_is_unknown);
        assert_eq!(unknown.collect::<Vec<_>>(), [false, true], "{inside}");
    }
}

#[test]
fn the_older_module_writes_an_ipsec_conf() {
    let text = "{ config, pkgs, ... }: {\n  services.strongswan = {\n    enable = true;\n    secrets = [ \"/run/keys/vpn\" ];\n\
        connections.\"%default\" = { keyexchange = \"ikev2\"; ike = \"aes256-sha256-modp2048!\"; };\n\
        connections.people = { auto = \"add\"; esp = \"aes256-sha256!\"; left = \"%any\"; right = \"%any\";\n\
          rightauth = \"eap-mschapv2\"; leftauth = \"pubkey\"; rightsourceip = \"10.9.0.0/24\"; };\n\
        setup = { charondebug = \"ike 1\"; };\n    frobnicate = \"yes\";\n  };\n}\n";
    assert_eq!(Format::of(text), Some(Format::Nixos));
    let read = read_as(Format::Nixos, text);
    let server = read.value();
    let [people] = server.connections.as_slice() else {
        panic!("{}", server.connections.len());
    };
    assert_eq!(people.name, "people");
    assert_eq!(
        super::proposals(people),
        ["aes256-sha256-modp2048", "aes256-sha256"]
    );
    assert_eq!(
        read.text_at(&people.ike[0].words[0].span),
        "aes256",
        "the place is in the file"
    );
    assert!(server.definitions.secrets.is_some());
    let codes: Vec<_> = read.diagnostics().iter().map(|it| it.code).collect();
    assert!(codes.contains(&"unknown-option"), "{codes:?}");

    let off = text.replace("enable = true", "enable = false");
    assert!(read_as(Format::Nixos, &off).result.is_err());
    let computed = text.replace("\"aes256-sha256!\"", "builtins.readFile ./esp");
    let computed = read_as(Format::Nixos, &computed);
    assert!(computed.value().connections[0].ike_is_unknown);
}
