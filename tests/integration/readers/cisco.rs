//! Running configurations of Cisco's IOS and ASA, in the shapes in which `show running-config` prints them.

use std::time::Duration;

use ikecompat::format::Format;
use ikecompat::peer::Connection;
use ikecompat::peer::server::{IkeVersions, Role};

use super::{Read, assert_broken, assert_survives_cuts, corpus, proposals, read_as, written};
use ikecompat::peer::Server;

fn file(name: &str) -> String {
    let mut files = corpus("cisco", "cfg").into_iter();
    files
        .find(|it| it.0.file_stem().unwrap() == name)
        .unwrap()
        .1
}

fn read(text: &str) -> Read<Server> {
    read_as(Format::Cisco, text)
}

fn names(server: &Server) -> Vec<&str> {
    let names = server.connections.iter();
    names.map(|one| one.name.as_str()).collect()
}

fn methods(connection: &Connection) -> [String; 2] {
    [&connection.local, &connection.remote].map(|side| {
        let method = side.rounds[0].method.as_ref();
        method.map_or_else(|| "-".to_owned(), ToString::to_string)
    })
}

#[test]
fn profiles_of_ios_are_connections() {
    let text = file("ios");
    let read = read(&text);
    let server = read.value();
    assert_eq!(server.engine.to_string(), "cisco-ios@17.9");
    assert_eq!(server.remote_id.as_deref(), Some("vpn.example.com"));
    assert_eq!(
        names(server),
        ["PEOPLE", "PEOPLE-2", "BRANCH", "OUTSIDE 10"]
    );
    let [people, certificates, branch, old] = server.connections.as_slice() else {
        panic!("four");
    };
    let ike = "aes256gcm16-aes128gcm16-prfsha384-prfsha256-ecp384-ecp256,\
        aes256-aes128-sha256-sha1-modp2048-modp1024";
    assert_eq!(people.role, Role::RemoteAccess);
    assert_eq!(
        proposals(people),
        [ike, "aes256gcm16-ecp256,aes256-sha256-ecp256"]
    );
    let group = people.ike[1].words.last().unwrap();
    assert_eq!(read.text_at(&group.span), "2");
    assert_eq!(methods(people), ["pubkey", "eap"]);
    assert_eq!(methods(certificates), ["pubkey", "pubkey"]);
    assert_eq!(people.local.certificates[0].value, "OFFICE");
    assert_eq!(people.pools[0].value, "10.99.0.10-10.99.0.200");
    assert_eq!(people.children[0].local_networks[0].value, "0.0.0.0/0");
    let lifetime = people.children[0].lifetime.as_ref().unwrap();
    assert_eq!(lifetime.value, Duration::from_secs(7200));

    assert_eq!(branch.role, Role::SiteToSite);
    assert_eq!(proposals(branch), [ike, "aes256-sha256"]);
    assert_eq!(methods(branch), ["psk", "psk"]);
    assert_eq!(branch.remote.id.as_ref().unwrap().value, "198.51.100.7");
    assert_eq!(branch.remote.addresses[0].value, "198.51.100.7");
    assert_eq!(
        branch.lifetime.as_ref().unwrap().value,
        Duration::from_secs(28_800)
    );
    assert_eq!(
        (old.versions, old.role),
        (IkeVersions::Ikev1, Role::SiteToSite)
    );
    assert_eq!(read.places(), []);
}

#[test]
fn entries_of_crypto_maps_of_an_asa_are_connections() {
    let text = file("asa");
    let read = read(&text);
    let server = read.value();
    assert_eq!(server.engine.to_string(), "cisco-asa@9.20.2");
    assert_eq!(names(server), ["OUTSIDE 10", "OUTSIDE 20", "PEOPLE"]);
    let [branch, old, people] = server.connections.as_slice() else {
        panic!("three");
    };
    // In the order of their numbers.
    let ike = "aes256gcm16-prfsha384-ecp521-ecp384-ke1_curve25519,\
        aes256-3des-sha256-sha1-modp2048-modp1536";
    assert_eq!(proposals(branch), [ike, "aes256-aes128-sha256-sha1-ecp384"]);
    assert_eq!(methods(branch), ["psk", "psk"]);
    let lifetime = branch.children[0].lifetime.as_ref().unwrap();
    assert_eq!(lifetime.value, Duration::from_secs(3600));
    assert_eq!(old.versions, IkeVersions::Ikev1);
    assert_eq!(people.role, Role::RemoteAccess);
    assert_eq!(
        proposals(people),
        [ike, "aes256gcm16-aes128gcm16,aes256-aes128-sha256-sha1"]
    );
    // EAP is what clients are asked for.
    assert_eq!(methods(people), ["pubkey", "eap"]);
    assert_eq!(people.pools[0].value, "10.99.0.10-10.99.0.200");
    let lifetime = people.children[0].lifetime.as_ref().unwrap();
    assert_eq!(lifetime.value, Duration::from_secs(28_800), "of the whole");
    assert_eq!(read.places(), []);
}

#[test]
fn what_cannot_be_read_is_named() {
    assert_broken(
        Format::Cisco,
        "cfg",
        read,
        &[
            ("nothing", "no-connection", 0, 0),
            ("unknown-cipher", "unknown-keyword", 2, 13),
            ("unknown-group", "unknown-keyword", 4, 11),
            ("unknown-transform", "unknown-keyword", 10, 42),
            ("word-of-ios", "unknown-keyword", 2, 13),
        ],
    );
}

#[test]
fn a_configuration_that_is_cut_ends_in_a_reading_or_a_complaint() {
    for (name, begin) in [
        ("ios", "crypto ikev2 proposal USUAL"),
        ("asa", "crypto dynamic-map"),
    ] {
        let text = file(name);
        let start = text.find(begin).unwrap();
        assert_survives_cuts(&text[start..start + 900], read);
    }
}

#[test]
fn the_default_proposal_is_that_of_the_release() {
    let profile = "crypto ikev2 profile A\n match identity remote any\n authentication remote rsa-sig\n\
        crypto ipsec profile A\n set ikev2-profile A\n";
    let of = |version: &str| {
        let text = format!("{version}{profile}");
        let read = read(&text);
        (proposals(&read.value().connections[0]), read.places())
    };
    let (lists, said) = of("version 17.6\n");
    assert_eq!(
        lists,
        [
            "aes256-sha512-sha384-ecp256-modp2048-ecp521-modp1536",
            "aes128-sha1"
        ]
    );
    assert_eq!(said[0].0, "default-assumed");
    let (lists, _) = of("version 17.12\n");
    assert_eq!(lists[0], "aes256-sha512-sha384-ecp256-modp2048-ecp521");
    // The release is not known, so its lists are not.
    for version in ["", "version 15.7\n"] {
        let (lists, said) = of(version);
        assert_eq!(lists[0], "", "{version}");
        assert_eq!(said[0].0, "default-unknown");
    }
}

#[test]
fn what_the_default_proposal_does_not_say_is_the_release_s_own() {
    let text = "version 17.9\ncrypto ikev2 proposal default\n group 19\n\
        crypto ikev2 profile A\n authentication remote rsa-sig\n";
    let read = read(text);
    assert_eq!(
        written(&read.value().connections[0].ike),
        "aes256-sha512-sha384-ecp256"
    );
}

#[test]
fn a_proposal_counts_where_a_policy_names_it() {
    let text = "version 17.9\ncrypto ikev2 proposal A\n encryption aes-cbc-128\n integrity sha256\n group 14\n\
        crypto ikev2 profile P\n authentication remote rsa-sig\n";
    let read = read(text);
    let codes: Vec<_> = read.places().iter().map(|it| it.0).collect();
    assert!(codes.contains(&"ignored-setting"), "{codes:?}");
    assert!(written(&read.value().connections[0].ike).starts_with("aes256-sha512"));
}

#[test]
fn additional_key_exchanges_have_the_words_of_each_product() {
    let of = |text: &str| written(&read(text).value().connections[0].ike);
    let proposal = "crypto ikev2 proposal A\n encryption aes-gcm-256\n prf sha384\n group 20\n";
    assert_eq!(
        of(&format!("{proposal} pqc mlkem768 mlkem1024 optional\n")),
        "aes256gcm16-prfsha384-ecp384-ke1_mlkem768-ke1_mlkem1024-ke1_none"
    );
    let pfs = "crypto ikev2 profile P\n authentication remote rsa-sig\ncrypto ipsec transform-set T esp-gcm 256\n\
        crypto ipsec profile P\n set transform-set T\n set pfs group21 pqc mlkem1024\n set ikev2-profile P\n";
    let text = format!("{proposal}crypto ikev2 policy A\n proposal A\n{pfs}");
    let read = read(&text);
    assert_eq!(
        written(&read.value().connections[0].children[0].esp),
        "aes256gcm16-ecp521-ke1_mlkem1024"
    );
}

#[test]
fn notes_without_indentation_are_read_as_a_configuration() {
    let text = "R1(config)#crypto ikev2 proposal A\nR1(config-ikev2-proposal)#encryption aes-cbc-256 3des\n\
        R1(config-ikev2-proposal)#integrity sha1\nR1(config-ikev2-proposal)#group 14\n";
    assert_eq!(Format::of(text), Some(Format::Cisco));
    let read = read(text);
    let connection = &read.value().connections[0];
    assert_eq!(written(&connection.ike), "aes256-3des-sha1-modp2048");
    assert_eq!(connection.role, Role::RemoteAccess);
    assert!(connection.children[0].is_unknown);
}

#[test]
fn what_differs_by_release_is_unknown() {
    let text = "version 17.9\ncrypto ikev2 profile P\n authentication remote rsa-sig\n\
        crypto ipsec transform-set T esp-aes esp-sha-hmac\n\
        crypto ipsec profile P\n set transform-set T\n set pfs\n set ikev2-profile P\n";
    let read = read(text);
    let child = &read.value().connections[0].children[0];
    assert!(child.is_unknown);
    assert!(read.places().iter().any(|it| it.0 == "default-unknown"));
}

#[test]
fn keys_of_all_types_are_no_settings() {
    for key in [
        "authentication remote pre-share key 6 hunter2",
        "authentication local pre-share key hunter2",
        "aaa authorization group psk list A password hunter2",
    ] {
        let text = format!(
            "crypto ikev2 proposal A\n encryption aes-cbc-256\n integrity sha256\n group 14\n\
            crypto ikev2 profile P\n {key}\n"
        );
        let read = read(&text);
        let all = format!("{:?}", read.value());
        assert!(!all.contains("hunter2"), "{key}");
    }
}

#[test]
fn a_tunnel_of_an_asa_is_proved_as_its_other_end_s_group_says() {
    let text = "crypto ikev2 policy 1\n encryption aes-256\n integrity sha256\n group 14\n prf sha256\n\
        crypto ipsec ikev2 ipsec-proposal P\n protocol esp encryption aes-256\n protocol esp integrity sha-256\n\
        crypto ipsec profile T\n set ikev2 ipsec-proposal P\n set pfs group14\n\
        interface Tunnel1\n tunnel destination 198.51.100.7\n tunnel protection ipsec profile T\n\
        tunnel-group 198.51.100.7 type ipsec-l2l\ntunnel-group 198.51.100.7 ipsec-attributes\n\
        ikev2 remote-authentication pre-shared-key hunter2\n ikev2 local-authentication pre-shared-key hunter2\n";
    let read = read(text);
    let connection = &read.value().connections[0];
    assert_eq!(connection.role, Role::SiteToSite);
    assert_eq!(methods(connection), ["psk", "psk"]);
    assert_eq!(connection.remote.addresses[0].value, "198.51.100.7");
    assert_eq!(
        proposals(connection),
        ["aes256-sha256-modp2048", "aes256-sha256-modp2048"]
    );
}

#[test]
fn lists_that_the_file_does_not_say_are_unknown() {
    let profile = "crypto ikev2 profile P\n match identity remote any\n authentication remote rsa-sig\n\
        crypto ipsec profile P\n set ikev2-profile P\n";
    let is_unknown = |text: &str| read(text).value().connections[0].ike_is_unknown;
    // The default of a release that nobody named.
    assert!(is_unknown(profile));
    let dangling = format!("version 17.9\ncrypto ikev2 policy Y\n proposal NOWHERE\n{profile}");
    assert!(is_unknown(&dangling));
    assert_eq!(read(&dangling).places()[0], ("dangling-reference", 3, 11));
    assert!(!is_unknown(&format!("version 17.9\n{profile}")));
    let policy = "crypto ikev2 policy 1\n encryption aes-256\n integrity sha256\n group 14\n";
    let asa = format!(
        "ASA Version 9.16(3)\n{policy}crypto map M 1 set peer 192.0.2.1\ncrypto map M 1 set ikev2 ipsec-proposal S\n\
        crypto ipsec ikev2 ipsec-proposal S\n protocol esp encryption aes-256\n"
    );
    let read = read(&asa);
    let connection = &read.value().connections[0];
    assert!(connection.ike_is_unknown, "no prf");
    assert!(connection.children[0].is_unknown, "no integrity");
    let codes = read
        .places()
        .into_iter()
        .filter(|it| it.0 == "default-unknown");
    assert_eq!(codes.count(), 2);
}

#[test]
fn a_policy_without_proposals_moves_no_place() {
    let text = "version 17.9\ncrypto ikev2 proposal A\n encryption aes-cbc-128\n integrity sha256\n group 14\n\
        crypto ikev2 policy EMPTY\n match fvrf any\ncrypto ikev2 policy Y\n proposal A\n";
    let read = read(text);
    let [connection] = read.value().connections.as_slice() else {
        panic!("one");
    };
    assert_eq!(connection.name, "Y");
}

#[test]
fn more_connections_than_are_read_are_refused() {
    let profiles = |count: usize| -> String {
        (0..count)
            .map(|number| format!("crypto ikev2 profile P{number}\n match identity remote any\n"))
            .collect()
    };
    let policies: String = (0..300)
        .map(|number| format!("crypto ikev2 policy Y{number}\n proposal default\n"))
        .collect();
    let read = read(&format!("version 17.9\n{}{policies}", profiles(300)));
    assert!(read.result.is_err());
    assert!(read.places().iter().any(|it| it.0 == "too-large"));
    // What is more than is said about a file is read.
    let read = self::read(&format!("version 17.9\n{}", profiles(1100)));
    assert_eq!(read.value().connections.len(), 1100);
}

#[test]
fn what_the_release_refuses_is_unknown() {
    let text = |version: &str, more: &str| {
        format!(
            "version {version}\n{more}crypto ikev2 proposal A\n encryption aes-cbc-256\n integrity sha256\n group 2\n\
            crypto ikev2 policy Y\n proposal A\ncrypto ikev2 profile P\n match identity remote any\n"
        )
    };
    let is_unknown = |text: &str| read(text).value().connections[0].ike_is_unknown;
    assert!(is_unknown(&text("17.12", "")));
    assert!(!is_unknown(&text("17.9", "")));
    let allowed = "crypto engine compliance shield disable\n";
    assert!(!is_unknown(&text("17.12", allowed)));
}

#[test]
fn lifetimes_of_policies_are_kept_where_they_agree() {
    let policy = |number: u32, seconds: u32| {
        format!(
            "crypto ikev2 policy {number}\n encryption aes-256\n integrity sha256\n group 14\n prf sha256\n \
            lifetime seconds {seconds}\n"
        )
    };
    let map = "crypto map M 1 set peer 192.0.2.1\ncrypto map M 1 set ikev2 ipsec-proposal S\n\
        crypto ipsec ikev2 ipsec-proposal S\n protocol esp encryption aes-256\n protocol esp integrity sha-256\n";
    let of = |second: u32| {
        let text = format!("{}{}{map}", policy(1, 28_800), policy(2, second));
        read(&text).value().connections[0].clone()
    };
    let same = of(28_800).lifetime.unwrap();
    assert_eq!(same.value.as_secs(), 28_800);
    let other = of(3600);
    assert_eq!(other.lifetime, None);
    let named = other.settings.iter().filter(|it| it.key == "lifetime");
    assert_eq!(named.count(), 2);
}

#[test]
fn an_asa_has_proposals_and_no_transform_sets() {
    let text = "ASA Version 9.16(3)\ncrypto map M 1 set peer 192.0.2.1\ncrypto map M 1 set ikev2 ipsec-proposal S\n";
    let read = read(text);
    assert!(
        read.said()
            .contains("there is no `ipsec-proposal` of this name")
    );
}
