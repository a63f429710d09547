//! Exports of MikroTik's RouterOS, in the shapes in which its `/export` writes them.

use std::time::Duration;

use ikecompat::format::Format;
use ikecompat::peer::Origin;
use ikecompat::peer::server::{IkeVersions, Mode, Role};

use super::{assert_broken, assert_survives_cuts, corpus, proposals, read_as, written};

fn office() -> String {
    corpus("routeros", "rsc").remove(0).1
}

#[test]
fn every_value_is_read_with_its_place() {
    let text = office();
    let read = read_as(Format::Mikrotik, &text);
    let server = read.value();
    assert_eq!(server.engine.to_string(), "routeros@7.14.3");
    assert_eq!(server.remote_id.as_deref(), Some("vpn.example.com"));
    let names: Vec<_> = server
        .connections
        .iter()
        .map(|one| one.name.as_str())
        .collect();
    assert_eq!(names, ["people", "people-2", "branch", "bare", "old"]);
    let [people, more, branch, bare, old] = server.connections.as_slice() else {
        panic!("five");
    };
    assert_eq!(
        (people.role, people.versions),
        (Role::RemoteAccess, IkeVersions::Ikev2)
    );
    assert_eq!(
        proposals(people),
        [
            "aes256-sha512-ecp384-ecp256-modp2048",
            "aes256gcm16-aes128gcm16-ecp256,aes256-sha256-ecp256"
        ]
    );
    let cipher = &people.children[0].esp[0].words[1];
    assert_eq!(read.text_at(&cipher.span), "aes-128-gcm");
    assert!(matches!(people.ike[0].origin, Origin::Expanded(_)));
    assert_eq!(
        people.lifetime.as_ref().unwrap().value,
        Duration::from_secs(8 * 3600)
    );
    let lifetime = people.children[0].lifetime.as_ref().unwrap();
    assert_eq!(lifetime.value, Duration::from_secs(3600));
    assert_eq!(people.pools[0].value, "10.99.0.10-10.99.0.200");
    let method = |connection: &ikecompat::peer::Connection| {
        let side = |rounds: &[ikecompat::peer::authentication::Round]| {
            rounds[0].method.as_ref().unwrap().to_string()
        };
        [
            side(&connection.local.rounds),
            side(&connection.remote.rounds),
        ]
    };
    assert_eq!(method(people), ["pubkey", "eap-radius"]);
    assert_eq!(method(more), ["pubkey", "pubkey"]);
    assert_eq!(more.remote.id.as_ref().unwrap().value, "anna@example.com");

    assert_eq!(branch.role, Role::SiteToSite);
    assert_eq!(
        proposals(branch),
        [
            "aes256-aes128-sha256-modp2048",
            "aes256gcm16-modp2048",
            "aes256-aes128-sha256"
        ]
    );
    assert_eq!(branch.remote.addresses[0].value, "198.51.100.7");
    assert_eq!(method(branch), ["psk", "psk"]);
    assert_eq!(branch.children[1].remote_networks[0].value, "10.6.0.0/16");

    assert_eq!(written(&bare.ike), "aes128-3des-sha1-modp2048-modp1024");
    assert_eq!(
        bare.children[0].mode.as_ref().unwrap().value,
        Mode::Transport
    );
    assert_eq!(old.versions, IkeVersions::Ikev1, "main is the default");
    assert_eq!(read.places(), [("default-assumed", 22, 53)]);
    assert!(!read.said().contains("hunter"));
}

#[test]
fn what_cannot_be_read_is_named() {
    assert_broken(
        Format::Mikrotik,
        "rsc",
        |text| read_as(Format::Mikrotik, text),
        &[
            ("aead-in-profile", "unknown-keyword", 2, 26),
            ("all-disabled", "no-connection", 0, 0),
            ("no-peer", "no-connection", 0, 0),
            ("unknown-group", "unknown-keyword", 2, 74),
            ("variable", "unresolved-value", 2, 26),
        ],
    );
}

#[test]
fn an_export_that_is_cut_ends_in_a_reading_or_a_complaint() {
    assert_survives_cuts(&office(), |text| read_as(Format::Mikrotik, text));
}

#[test]
fn what_an_export_leaves_out_is_as_the_router_has_it() {
    let text = "/ip ipsec peer\nadd exchange-mode=ike2 name=a\n/ip ipsec identity\nadd peer=a generate-policy=port-strict secret=x\n";
    let read = read_as(Format::Mikrotik, text);
    let connection = &read.value().connections[0];
    assert_eq!(
        proposals(connection),
        [
            "aes128-3des-sha1-modp2048-modp1024",
            "aes256-aes192-aes128-sha1-modp1024"
        ]
    );
    let codes: Vec<_> = read.diagnostics().iter().map(|it| it.code).collect();
    assert_eq!(codes, ["default-assumed"; 2]);
}

#[test]
fn peers_of_older_releases_have_everything_themselves() {
    let text = "/ip ipsec peer\nadd address=0.0.0.0/0 auth-method=rsa-signature certificate=vpn \\\n    \
        enc-algorithm=aes-256 hash-algorithm=sha256 dh-group=modp2048 exchange-mode=ike2 generate-policy=port-strict\n";
    let read = read_as(Format::Mikrotik, text);
    let connection = &read.value().connections[0];
    assert_eq!(written(&connection.ike), "aes256-sha256-modp2048");
    assert_eq!(connection.role, Role::RemoteAccess);
    assert_eq!(connection.local.certificates[0].value, "vpn");
}

#[test]
fn an_excerpt_without_peers_is_about_the_algorithms() {
    let text = "/ip ipsec profile\nadd name=office hash-algorithm=sha256 enc-algorithm=aes-256 dh-group=modp2048\n\
        /ip ipsec proposal\nadd name=office auth-algorithms=sha256 enc-algorithms=aes-256-cbc pfs-group=none\n";
    let read = read_as(Format::Mikrotik, text);
    let connection = &read.value().connections[0];
    assert_eq!(
        proposals(connection),
        ["aes256-sha256-modp2048", "aes256-sha256"]
    );
    assert_eq!(
        (connection.name.as_str(), connection.role),
        ("office", Role::RemoteAccess)
    );
}

#[test]
fn a_prf_of_its_own_is_taken() {
    let text = "/ip/ipsec/profile/add name=a enc-algorithm=aes-256 hash-algorithm=sha256 prf-algorithm=sha512 dh-group=x25519\n\
        /ip/ipsec/peer/add name=a profile=a exchange-mode=ike2\n";
    let read = read_as(Format::Mikrotik, text);
    let connection = &read.value().connections[0];
    assert_eq!(
        written(&connection.ike),
        "aes256-sha256-prfsha512-curve25519"
    );
    // No policy says what it protects, and no identity who comes.
    assert!(connection.children.iter().all(|child| child.is_unknown));
}
