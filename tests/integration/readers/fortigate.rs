//! Configurations of Fortinet's FortiGate, in the shapes in which backups and `show` write them.

use std::time::Duration;

use ikecompat::format::Format;
use ikecompat::peer::server::{IkeVersions, Role};

use super::{assert_broken, assert_survives_cuts, corpus, proposals, read_as, written};

fn office() -> String {
    corpus("fortios", "conf").remove(0).1
}

#[test]
fn every_value_is_read_with_its_place() {
    let text = office();
    let read = read_as(Format::Fortigate, &text);
    let server = read.value();
    assert_eq!(server.remote_id.as_deref(), Some("vpn.example.com"));
    let [people, branch, old] = server.connections.as_slice() else {
        panic!("three phases 1");
    };
    assert_eq!(
        (people.role, people.versions),
        (Role::RemoteAccess, IkeVersions::Ikev2)
    );
    assert_eq!(
        proposals(people),
        [
            "aes256-sha256-modp2048-ecp384,aes128gcm16-prfsha256-modp2048-ecp384,\
             aes256gcm16-prfsha384-modp2048-ecp384,chacha20poly1305-prfsha256-modp2048-ecp384",
            "aes256-sha256,aes256gcm16",
        ]
    );
    let word = &people.ike[1].words[0];
    assert_eq!(read.text_at(&word.span), "aes128gcm-prfsha256");
    let group = people.ike[1].words.last().unwrap();
    assert_eq!(read.text_at(&group.span), "20");
    assert_eq!(people.pools[0].value, "10.99.0.10-10.99.0.200");
    assert_eq!(
        people.lifetime.as_ref().unwrap().value,
        Duration::from_secs(28_800)
    );
    let method = |round: &[ikecompat::peer::authentication::Round]| {
        round[0].method.as_ref().unwrap().to_string()
    };
    assert_eq!(method(&people.local.rounds), "pubkey");
    assert_eq!(method(&people.remote.rounds), "eap");
    assert_eq!(people.local.certificates[0].value, "vpn.example.com");

    assert_eq!(branch.role, Role::SiteToSite);
    assert_eq!(
        proposals(branch),
        [
            "aes256-sha512-modp2048",
            "aes256-sha512-ecp384,aes256gcm16-ecp384"
        ]
    );
    assert_eq!(branch.children[0].local_networks[0].value, "10.1.0.0/16");
    assert_eq!(method(&branch.remote.rounds), "psk");
    assert_eq!(old.versions, IkeVersions::Ikev1, "1 is the default");
    assert_eq!(read.places(), [("default-assumed", 30, 10)]);
    assert!(!read.said().contains("hunter"));
}

#[test]
fn what_cannot_be_read_is_named() {
    assert_broken(
        Format::Fortigate,
        "conf",
        |text| read_as(Format::Fortigate, text),
        &[
            ("no-phase-1", "no-connection", 0, 0),
            ("unknown-group", "unknown-keyword", 6, 22),
            ("unknown-proposal", "unknown-keyword", 5, 22),
            ("word-of-phase-2", "unknown-keyword", 5, 22),
        ],
    );
}

#[test]
fn a_backup_that_is_cut_ends_in_a_reading_or_a_complaint() {
    assert_survives_cuts(&office(), |text| read_as(Format::Fortigate, text));
}

#[test]
fn a_missing_list_is_unknown_and_stays_so() {
    let text = "config vpn ipsec phase1-interface\n edit a\n  set type dynamic\n  set ike-version 2\n  set dhgrp 14\n next\nend\n";
    let read = read_as(Format::Fortigate, text);
    assert!(read.value().connections[0].ike.is_empty());
    assert_eq!(read.places(), [("default-unknown", 2, 7)]);
}

#[test]
fn sequence_numbers_are_those_of_esn() {
    for (esn, expected) in [
        ("", "aes256gcm16"),
        ("set esn allow\n", "aes256gcm16-esn-noesn"),
        ("set esn require\n", "aes256gcm16-esn"),
    ] {
        let text = format!(
            "config vpn ipsec phase1-interface\nedit a\nset ike-version 2\nset proposal aes256-sha256\nset dhgrp 14\n{esn}next\nend\n\
             config vpn ipsec phase2-interface\nedit b\nset phase1name a\nset proposal aes256gcm\nset pfs disable\nnext\nend\n"
        );
        let read = read_as(Format::Fortigate, &text);
        assert_eq!(
            written(&read.value().connections[0].children[0].esp),
            expected
        );
    }
}
