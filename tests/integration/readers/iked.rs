//! OpenIKED's `iked.conf`. What of these files iked 7.2 refuses, and which proposals it makes of the
//! others, was seen by `iked -nvv -f`; the tests against real daemons see it again.

use std::time::Duration;

use ikecompat::diag::Severity;
use ikecompat::format::Format;
use ikecompat::peer::server::{IkeVersions, Mode, Product, Role};
use ikecompat::peer::{Auth, Origin};

use super::{assert_broken, assert_survives_cuts, corpus, read_as, written};

const HEAD: &str = "ikev2 \"a\" passive esp from any to dynamic peer any";

fn gateway() -> String {
    corpus("iked", "conf").remove(0).1
}

#[test]
fn every_value_is_read_with_its_place() {
    let text = gateway();
    let read = read_as(Format::Iked, &text);
    let server = read.value();
    assert_eq!(server.product, Some(Product::Openiked));
    assert_eq!(server.engine.to_string(), "openiked@7.4");
    assert_eq!(server.remote_id.as_deref(), Some("vpn.example.com"));
    let [people, machines, branch, hosts] = server.connections.as_slice() else {
        panic!("four rules");
    };
    assert_eq!(
        (people.name.as_str(), people.role),
        ("people", Role::RemoteAccess)
    );
    assert_eq!(people.versions, IkeVersions::Ikev2);
    assert_eq!(
        written(&people.ike),
        "aes256gcm16-aes128gcm16-prfsha384-prfsha256-ecp384-modp2048,aes256-sha256-modp2048"
    );
    assert_eq!(
        written(&people.children[0].esp),
        "aes256gcm16-chacha20poly1305-esn-noesn,aes256-sha256-modp2048-none-esn-noesn"
    );
    let group = people.ike[0].words.last().unwrap();
    assert_eq!(read.text_at(&group.span), "grp14");
    let place = read.sources.start(people.ike[1].origin.span().unwrap());
    assert_eq!((place.line, place.column), (19, 2));
    assert_eq!(
        people.rekey.ike,
        Some(Duration::from_secs(4 * 3600 * 85 / 100))
    );
    let lifetime = people.children[0].lifetime.as_ref().unwrap();
    assert_eq!(lifetime.value, Duration::from_secs(3600));
    assert_eq!(people.pools[0].value, "10.99.0.0/24");
    assert_eq!(people.local.addresses[0].value, "192.0.2.1");
    assert_eq!(people.remote.methods[0].value, "eap-mschapv2");
    assert_eq!(
        people.local.rounds[0].method.as_ref().unwrap().to_string(),
        "pubkey"
    );
    let networks = |list: &[ikecompat::peer::server::Spanned<String>]| {
        let values = list.iter().map(|it| it.value.as_str());
        values.collect::<Vec<_>>().join(" ")
    };
    assert_eq!(
        networks(&people.children[0].local_networks),
        "0.0.0.0/0 ::/0"
    );
    assert_eq!(networks(&people.children[0].remote_networks), "dynamic");

    assert!(matches!(machines.ike[0].origin, Origin::Default(_)));
    assert_eq!((machines.ike.len(), machines.children[0].esp.len()), (2, 2));
    assert_eq!(
        networks(&machines.children[0].local_networks),
        "10.1.0.0/16 10.2.0.0/16"
    );
    assert_eq!(machines.rekey.ike, Some(Duration::ZERO), "never");

    assert_eq!(branch.role, Role::SiteToSite);
    assert_eq!(
        written(&branch.ike),
        "aes256-sha256-sha384-sha512-sha1-curve25519"
    );
    assert_eq!(
        branch.children[0].esp.len(),
        2,
        "one with AEAD, one without"
    );
    assert_eq!(
        branch.remote.id.as_ref().unwrap().value,
        "branch.example.com"
    );
    assert_eq!(
        branch.remote.rounds[0].method.as_ref().unwrap().to_string(),
        "psk"
    );

    assert_eq!(hosts.name, "policy4");
    assert_eq!(hosts.role, Role::SiteToSite);
    assert_eq!(
        hosts.children[0].mode.as_ref().unwrap().value,
        Mode::Transport
    );
    assert_eq!(written(&hosts.children[0].ah), "sha512-esn-noesn");
    let said: Vec<_> = read.diagnostics().iter().map(|one| one.code).collect();
    assert_eq!(said, ["default-assumed", "default-assumed"]);
    assert!(!read.said().contains("hunter"));
}

#[test]
fn what_iked_refuses_is_refused() {
    assert_broken(
        Format::Iked,
        "conf",
        |text| read_as(Format::Iked, text),
        &[
            ("active-any", "contradiction", 1, 7),
            ("brace", "syntax-error", 1, 11),
            ("carriage-returns", "carriage-return", 1, 24),
            ("config-dns", "unknown-value", 1, 59),
            ("continued-too-early", "syntax-error", 1, 19),
            ("eap-tls", "unknown-value", 1, 56),
            ("esn-of-ike", "incompatible-values", 2, 2),
            ("group-number", "syntax-error", 2, 26),
            ("hash-of-others", "unknown-keyword", 2, 28),
            ("integrity-beside-aead", "incompatible-values", 2, 2),
            ("keyword-for-macro", "syntax-error", 1, 1),
            ("method", "unknown-value", 1, 52),
            ("mixed-ciphers", "incompatible-values", 2, 2),
            ("no-macro", "dangling-reference", 2, 67),
            ("no-peer", "contradiction", 1, 7),
            ("none-of-ike", "incompatible-values", 2, 2),
            ("number-for-macro", "syntax-error", 1, 12),
            ("only-settings", "no-connection", 0, 0),
            ("open-string", "syntax-error", 1, 56),
            ("order", "syntax-error", 3, 2),
            ("psk-without-marks", "syntax-error", 2, 14),
            ("time-in-days", "syntax-error", 1, 61),
            ("unknown-cipher", "unknown-keyword", 2, 12),
            ("unknown-setting", "syntax-error", 1, 5),
            ("user-without-password", "syntax-error", 1, 6),
        ],
    );
}

#[test]
fn a_file_that_is_cut_ends_in_a_reading_or_a_complaint() {
    assert_survives_cuts(&gateway(), |text| read_as(Format::Iked, text));
}

#[test]
fn a_line_for_ipsecctl_is_passed_over_and_said() {
    let text = format!("{HEAD} \\\n\tpsk file \"/etc/k\"\nflow from any to any peer $none\n");
    let read = read_as(Format::Iked, &text);
    assert_eq!(read.value().connections.len(), 1);
    assert_eq!(
        read.places(),
        [
            ("ignored-setting", 3, 1),
            ("default-assumed", 1, 7),
            ("default-assumed", 1, 7)
        ]
        .into_iter()
        .rev()
        .collect::<Vec<_>>()
    );
}

#[test]
fn a_prf_of_a_child_is_passed_over_and_said() {
    let text = format!("{HEAD} ikesa enc aes-256 childsa enc aes-256-gcm prf hmac-sha2-512\n");
    let read = read_as(Format::Iked, &text);
    let said = read.diagnostics();
    assert_eq!((said.len(), said[0].severity), (1, Severity::Warning));
    assert_eq!(
        written(&read.value().connections[0].children[0].esp),
        "aes256gcm16-esn-noesn"
    );
}

#[test]
fn words_may_be_cut_short_as_parse_xf_takes_them() {
    let text =
        format!("{HEAD} ikesa enc aes auth hmac-sha2 prf hmac-sha group modp1 childsa enc 3d\n");
    let read = read_as(Format::Iked, &text);
    let connection = &read.value().connections[0];
    assert_eq!(written(&connection.ike), "aes128-sha256-prfsha1-modp1024");
    assert!(written(&connection.children[0].esp).starts_with("3des-sha256-"));
}

#[test]
fn whom_a_rule_is_for_follows_from_its_peer() {
    for (rule, role) in [
        ("esp from any to dynamic peer any", Role::RemoteAccess),
        ("esp from any to dynamic", Role::RemoteAccess),
        (
            "esp from any to 10.0.0.0/8 peer 0.0.0.0/0",
            Role::RemoteAccess,
        ),
        (
            "esp from any to 10.0.0.0/8 local 192.0.2.1",
            Role::RemoteAccess,
        ),
        ("esp from 10.0.0.0/8 to 192.0.2.9", Role::SiteToSite),
        (
            "esp from 10.0.0.0/8 to 10.9.0.0/16 peer 192.0.2.9",
            Role::SiteToSite,
        ),
        ("skip esp from any to dynamic peer any", Role::SiteToSite),
        (
            "default esp from any to dynamic peer any",
            Role::RemoteAccess,
        ),
    ] {
        let read = read_as(Format::Iked, &format!("ikev2 {rule}\n"));
        assert_eq!(read.value().connections[0].role, role, "{rule}");
    }
}

#[test]
fn how_clients_authenticate_is_read() {
    for (words, auth) in [
        ("", Auth::Certificate),
        ("rsa", Auth::Certificate),
        ("ecdsa384", Auth::Certificate),
        ("eap mschap_v2", Auth::EapMschapv2),
        ("psk \"x\"", Auth::Psk),
    ] {
        let read = read_as(Format::Iked, &format!("{HEAD} {words}\n"));
        let connection = &read.value().connections[0];
        let method = connection.remote.rounds[0]
            .method
            .as_ref()
            .unwrap()
            .to_string();
        let expected = match auth {
            Auth::EapMschapv2 => "eap-mschapv2",
            Auth::Psk => "psk",
            _ => "pubkey",
        };
        assert_eq!(method, expected, "{words}");
    }
}
