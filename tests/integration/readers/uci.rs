//! OpenWrt's `/etc/config/ipsec`, as the file and as `uci show ipsec` prints it.

use std::time::Duration;

use ikecompat::format::Format;
use ikecompat::peer::Server;
use ikecompat::peer::server::{IkeVersions, Mode, Role};

use super::{Read, assert_broken, assert_survives_cuts, corpus, proposals, read_as, written};

fn office() -> String {
    corpus("uci", "uci").remove(0).1
}

fn read(text: &str) -> Read<Server> {
    read_as(Format::Uci, text)
}

#[test]
fn the_init_script_s_swanctl_conf_is_what_is_read() {
    let text = office();
    assert_eq!(Format::of(&text), Some(Format::Uci));
    let read = read(&text);
    let server = read.value();
    let [office, people] = server.connections.as_slice() else {
        panic!("two, one is off: {}", server.connections.len());
    };
    assert_eq!(
        proposals(office),
        ["aes256-sha256-modp2048", "aes256-sha1-modp2048"]
    );
    assert_eq!(office.role, Role::SiteToSite);
    assert_eq!(office.versions, IkeVersions::Ikev2, "the default");
    assert_eq!(office.remote.addresses[0].value, "198.51.100.7");
    let lan = &office.children[0];
    assert_eq!(lan.mode.as_ref().unwrap().value, Mode::Tunnel);
    let networks = lan.remote_networks.iter().map(|it| it.value.as_str());
    assert_eq!(networks.collect::<Vec<_>>(), ["10.2.0.0/16", "10.3.0.0/16"]);
    assert_eq!(read.text_at(&lan.remote_networks[1].span), "10.3.0.0/16");

    assert_eq!(people.role, Role::RemoteAccess);
    assert_eq!(
        proposals(people),
        [
            "aes256gcm16-prfsha384-ecp384,aes256-sha256-modp2048",
            "aes256gcm16,aes256-sha1-modp2048"
        ]
    );
    assert_eq!(read.text_at(&people.ike[0].words[1].span), "prfsha384");
    assert_eq!(people.rekey.ike, Some(Duration::from_secs(14_400)));
    let method = |rounds: &[ikecompat::peer::authentication::Round]| {
        rounds[0].method.as_ref().unwrap().to_string()
    };
    assert_eq!(method(&people.local.rounds), "pubkey");
    assert_eq!(method(&people.remote.rounds), "eap-mschapv2");
    assert_eq!(
        server.definitions.pools[0].addresses[0].value,
        "10.99.0.0/24"
    );
    assert!(!read.said().contains("hunter"));
    assert!(!format!("{server:?}").contains("hunter"));
}

#[test]
fn what_uci_prints_is_the_same() {
    let text = "ipsec.office=remote\nipsec.office.enabled='1'\nipsec.office.authentication_method='psk'\n\
        ipsec.office.pre_shared_key='hunter2'\nipsec.office.gateway='any'\nipsec.office.crypto_proposal='a' 'b'\n\
        ipsec.a=crypto_proposal\nipsec.a.encryption_algorithm='aes256'\nipsec.a.hash_algorithm='sha256'\n\
        ipsec.a.dh_group='modp2048'\nipsec.b=crypto_proposal\nipsec.b.encryption_algorithm='aes128'\n\
        ipsec.b.hash_algorithm='sha1'\nipsec.b.dh_group='modp1024'\n";
    assert_eq!(Format::of(text), Some(Format::Uci));
    let read = read(text);
    let connection = &read.value().connections[0];
    assert_eq!(
        written(&connection.ike),
        "aes256-sha256-modp2048,aes128-sha1-modp1024"
    );
    assert_eq!(read.text_at(&connection.ike[1].words[2].span), "modp1024");
    assert_eq!(connection.role, Role::RemoteAccess);
}

#[test]
fn a_hash_beside_aead_is_said_and_passed_over() {
    let text = office().replace(
        "option prf_algorithm 'prfsha384'",
        "option prf_algorithm 'prfsha384'\n\toption hash_algorithm 'sha512'",
    );
    let read = read(&text);
    assert_eq!(read.places()[0].0, "incompatible-values");
    assert_eq!(
        written(&read.value().connections[1].ike),
        "aes256gcm16-prfsha384-ecp384,aes256-sha256-modp2048"
    );
}

#[test]
fn what_cannot_be_read_is_named() {
    assert_broken(
        Format::Uci,
        "uci",
        read,
        &[
            ("all-disabled", "no-connection", 0, 0),
            ("unknown-group", "unknown-keyword", 9, 19),
        ],
    );
}

#[test]
fn a_file_that_is_cut_ends_in_a_reading_or_a_complaint() {
    let text = office();
    let start = text.find("config remote 'people'").unwrap();
    assert_survives_cuts(&text[start..start + 900], read);
}

#[test]
fn what_the_script_adds_is_written() {
    let text = "config remote 'a'\n option enabled '1'\n option authentication_method 'eap-tls'\n option mobike '0'\n\
        option encap '1'\n option rekeytime '2h'\n option keyingtries '%forever'\n option inactivity '10m'\n list tunnel 'n'\n\
        config tunnel 'n'\n option startaction 'add'\n option rekeytime '1h'\n option ipcomp '1'\n option dpdaction 'hold'\n\
        option closeaction 'restart'\n";
    let read = read(text);
    let server = read.value();
    let connection = &server.connections[0];
    let of = |settings: &[ikecompat::peer::setting::Setting], key: &str| {
        let found = settings.iter().find(|it| it.key == key);
        found.map(|it| it.value.clone())
    };
    for (key, expected) in [
        ("mobike", "no"),
        ("encap", "yes"),
        ("keyingtries", "0"),
        ("dpd_delay", "30s"),
        ("over_time", "720s"),
    ] {
        assert_eq!(
            of(&connection.settings, key).as_deref(),
            Some(expected),
            "{key}"
        );
    }
    let child = &connection.children[0];
    for (key, expected) in [
        ("ipcomp", Some("1")),
        ("dpd_action", Some("trap")),
        ("close_action", Some("start")),
        ("start_action", None),
        ("inactivity", Some("10m")),
    ] {
        assert_eq!(of(&child.settings, key).as_deref(), expected, "{key}");
    }
    // A tenth behind the renewal.
    let lifetime = child.lifetime.as_ref().unwrap();
    assert_eq!(lifetime.value, Duration::from_secs(3960));
    let eap = connection.remote.rounds[0].eap_id.as_ref().unwrap();
    assert_eq!(eap.value, "%any");
}

#[test]
fn a_child_without_detection_of_dead_peers_ends_it_for_all() {
    let read = read(&office());
    let settings = &read.value().connections[0].settings;
    let delay = settings.iter().find(|it| it.key == "dpd_delay").unwrap();
    assert_eq!(delay.value, "0s");
}
