//! Configurations of VyOS, as `config.boot` and as commands. That strongSwan reads what VyOS writes as it is read here
//! is what the tests of swanctl.conf say.

use std::time::Duration;

use ikecompat::format::Format;
use ikecompat::peer::Server;
use ikecompat::peer::server::{IkeVersions, Role};

use super::{Read, assert_broken, assert_survives_cuts, corpus, proposals, read_as, written};

fn file(name: &str) -> String {
    let mut files = corpus("vyos", "boot").into_iter();
    files
        .find(|it| it.0.file_stem().unwrap() == name)
        .unwrap()
        .1
}

fn read(text: &str) -> Read<Server> {
    read_as(Format::Vyos, text)
}

fn method(round: &[ikecompat::peer::authentication::Round]) -> String {
    round[0].method.as_ref().unwrap().to_string()
}

#[test]
fn blocks_are_what_vyos_writes_for_strongswan() {
    let text = file("office");
    assert_eq!(Format::of(&text), Some(Format::Vyos));
    let read = read(&text);
    let server = read.value();
    assert_eq!(server.remote_id.as_deref(), Some("vpn.example.com"));
    let [branch, old, people] = server.connections.as_slice() else {
        panic!("three: {}", server.connections.len());
    };
    assert_eq!(
        (people.role, people.versions),
        (Role::RemoteAccess, IkeVersions::Ikev2)
    );
    // A hash beside AEAD is for the PRF alone.
    assert_eq!(
        proposals(people),
        [
            "aes256-sha256-modp2048,aes128gcm16-prfsha384-ecp256",
            "aes256gcm16,aes256-sha256"
        ]
    );
    let group = people.ike[0].words.last().unwrap();
    assert_eq!(read.text_at(&group.span), "14");
    assert_eq!(read.text_at(&people.ike[1].words[0].span), "aes128gcm128");
    assert_eq!(people.rekey.ike, Some(Duration::from_secs(14_400)));
    let lifetime = people.children[0].lifetime.as_ref().unwrap();
    assert_eq!(lifetime.value, Duration::from_secs(7200));
    assert_eq!(people.pools[0].value, "ADDRESSES");
    assert_eq!(
        server.definitions.pools[0].addresses[0].value,
        "10.99.0.0/24"
    );
    assert_eq!(method(&people.local.rounds), "pubkey");
    assert_eq!(method(&people.remote.rounds), "eap-mschapv2");
    assert_eq!(people.local.certificates[0].value, "vpn.pem");

    assert_eq!(branch.role, Role::SiteToSite);
    // `pfs enable` is the group of IKE.
    assert_eq!(
        proposals(branch),
        ["aes256-sha256-ecp384", "aes256-sha1-ecp384"]
    );
    assert_eq!(branch.children.len(), 1, "one tunnel is disabled");
    assert_eq!(branch.children[0].local_networks[0].value, "10.1.0.0/16");
    assert_eq!(branch.children[0].remote_networks[1].value, "10.3.0.0/16");
    assert_eq!(branch.remote.addresses[0].value, "198.51.100.7");
    assert_eq!(old.versions, IkeVersions::Ikev1);
    assert_eq!(old.remote.addresses[0].value, "203.0.113.9");
    assert!(!read.said().contains("hunter"));
    assert!(server.definitions.secrets.is_some());
}

#[test]
fn commands_are_the_same_and_the_number_34_is_ml_kem() {
    let text = file("commands");
    assert_eq!(Format::of(&text), Some(Format::Vyos));
    let read = read(&text);
    let server = read.value();
    let [office] = server.connections.as_slice() else {
        panic!("one");
    };
    assert_eq!(
        proposals(office),
        [
            "aes256-sha384-mlkem768,aes128-sha1-modp1024",
            "aes256gcm16-ecp256"
        ]
    );
    assert_eq!(server.engine.version.major(), 6);
    assert_eq!(
        office.children[0].rekey.as_ref().unwrap().value,
        Duration::ZERO
    );
    let codes: Vec<_> = read.places().iter().map(|it| it.0).collect();
    assert_eq!(
        codes.iter().filter(|it| **it == "default-assumed").count(),
        2,
        "{codes:?}"
    );
    assert!(codes.contains(&"version-assumed"));
}

#[test]
fn what_cannot_be_read_is_named() {
    assert_broken(
        Format::Vyos,
        "boot",
        read,
        &[
            ("group-of-its-own", "unknown-keyword", 1, 48),
            ("no-connection", "no-connection", 0, 0),
            ("unknown-cipher", "unknown-keyword", 2, 50),
            ("unknown-group", "unknown-keyword", 1, 48),
        ],
    );
}

#[test]
fn a_configuration_that_is_cut_ends_in_a_reading_or_a_complaint() {
    let office = file("office");
    let (_, ipsec) = office.split_once("remote-access {").unwrap();
    for text in [
        &format!("vpn {{\nipsec {{\nremote-access {{{ipsec}")[..900],
        &file("commands")[..700],
    ] {
        assert_survives_cuts(text, read);
    }
}

#[test]
fn the_release_says_which_strongswan_negotiates() {
    let of = |release: &str| {
        let text = format!(
            "{}\n/* Release version: VyOS {release} */\n",
            file("office").replace("// Release version: 1.4.0", "")
        );
        read(&text).value().engine.to_string()
    };
    assert_eq!(of("1.3.8"), "strongswan@5.7.2");
    // Which one others have was not found.
    assert_eq!(of("1.4.0"), "strongswan@5.9.8");
}

#[test]
fn one_pfs_group_goes_with_all_proposals() {
    let text = file("office").replace("pfs disable", "pfs dh-group31");
    let read = read(&text);
    let people = read.value().connections.last().unwrap();
    assert_eq!(
        written(&people.children[0].esp),
        "aes256gcm16-curve25519,aes256-sha256-curve25519"
    );
}

#[test]
fn groups_alone_are_about_the_algorithms() {
    let text = "set vpn ipsec ike-group OFFICE key-exchange 'ikev2'\nset vpn ipsec ike-group OFFICE proposal 1 dh-group '14'\n\
        set vpn ipsec ike-group OFFICE proposal 1 encryption 'aes256'\nset vpn ipsec ike-group OFFICE proposal 1 hash 'sha256'\n\
        set vpn ipsec esp-group ESP pfs disable\nset vpn ipsec esp-group ESP proposal 1 encryption 'aes128gcm128'\n\
        set vpn ipsec esp-group ESP proposal 1 hash 'sha256'\n";
    let read = read(text);
    let connection = &read.value().connections[0];
    assert_eq!(connection.role, Role::RemoteAccess);
    assert_eq!(
        proposals(connection),
        ["aes256-sha256-modp2048", "aes128gcm16"]
    );
    assert_eq!(read.places()[0].0, "no-child");
}

#[test]
fn an_excerpt_without_an_esp_group_says_nothing_of_esp() {
    let text = "set vpn ipsec ike-group A proposal 1 dh-group '14'\nset vpn ipsec ike-group A proposal 1 encryption 'aes256'\n\
        set vpn ipsec ike-group A proposal 1 hash 'sha256'\n";
    let read = read(text);
    let connection = &read.value().connections[0];
    assert_eq!(written(&connection.ike), "aes256-sha256-modp2048");
    assert!(connection.children[0].is_unknown);
}

#[test]
fn a_group_that_is_not_there_is_unknown() {
    let text = "set vpn ipsec remote-access connection people authentication server-mode pre-shared-secret\n\
        set vpn ipsec remote-access connection people ike-group A\n\
        set vpn ipsec remote-access connection people esp-group B\n\
        set vpn ipsec esp-group B pfs disable\nset vpn ipsec esp-group B proposal 1 encryption aes256\n\
        set vpn ipsec esp-group B proposal 1 hash sha256\n";
    let dangling = read(text);
    let connection = &dangling.value().connections[0];
    assert!(connection.ike_is_unknown);
    assert_eq!(connection.ike, []);
    assert_eq!(written(&connection.children[0].esp), "aes256-sha256");
    let places = dangling.places();
    assert!(
        places
            .iter()
            .any(|it| (it.0, it.1) == ("dangling-reference", 2)),
        "{places:?}"
    );
    // Nor may `pfs enable` take a group that nobody knows.
    let borrowed = read(&text.replace("pfs disable", "pfs enable"));
    assert!(borrowed.value().connections[0].children[0].is_unknown);
    let missing = read(&text.replace(" esp-group B\n", " unique never\n"));
    assert!(missing.value().connections[0].children[0].is_unknown);
}

#[test]
fn a_peer_without_a_mode_is_not_taken_to_have_a_certificate() {
    let text = file("office")
        .replace("mode x509", "")
        .replace("mode pre-shared-secret", "");
    let read = read(&text);
    let branch = &read.value().connections[0];
    assert!(branch.ike_is_unknown, "{}", branch.name);
}

#[test]
fn names_are_those_of_the_file_that_vyos_writes() {
    let text = "set vpn ipsec ike-group A key-exchange ikev2\nset vpn ipsec ike-group A proposal 1 dh-group 14\n\
        set vpn ipsec esp-group A pfs disable\nset vpn ipsec esp-group A proposal 1 hash sha256\n\
        set vpn ipsec site-to-site peer same ike-group A\nset vpn ipsec site-to-site peer same remote-address 192.0.2.1\n\
        set vpn ipsec site-to-site peer same authentication mode x509\n\
        set vpn ipsec site-to-site peer same default-esp-group A\n\
        set vpn ipsec site-to-site peer same connection-type respond\n\
        set vpn ipsec site-to-site peer same vti bind vti3\n\
        set vpn ipsec remote-access connection same ike-group A\n\
        set vpn ipsec remote-access connection same esp-group A\n";
    let read = read(text);
    let [peer, people] = read.value().connections.as_slice() else {
        panic!("a peer and a connection for clients");
    };
    assert_eq!([&peer.name, &people.name], ["same", "ra-same"]);
    let of = |settings: &[ikecompat::peer::setting::Setting], key: &str| {
        let found = settings.iter().find(|it| it.key == key);
        found.map(|it| it.value.clone())
    };
    assert_eq!(of(&peer.settings, "keyingtries").unwrap(), "1");
    assert_eq!(of(&peer.settings, "send_cert").unwrap(), "always");
    let child = &peer.children[0];
    assert_eq!(of(&child.settings, "start_action").unwrap(), "trap");
    assert_eq!(of(&child.settings, "if_id_in").unwrap(), "4");
    assert_eq!(
        of(&people.children[0].settings, "inactivity").unwrap(),
        "28800s"
    );
}

#[test]
fn what_is_set_again_counts() {
    let text = "set vpn ipsec ike-group A key-exchange ikev1\nset vpn ipsec ike-group A key-exchange ikev2\n\
        set vpn ipsec ike-group A key-exchange ikev1\nset vpn ipsec ike-group A proposal 1 dh-group 14\n";
    assert_eq!(
        read(text).value().connections[0].versions,
        IkeVersions::Ikev1
    );
}
