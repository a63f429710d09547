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
