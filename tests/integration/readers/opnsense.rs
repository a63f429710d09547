//! OPNsense's `config.xml`: Connections and the tunnel settings before them.

use ikecompat::format::Format;
use ikecompat::peer::server::{IkeVersions, Spanned};
use ikecompat::peer::{Role, Server};

use super::{Read, assert_broken, assert_survives_cuts, corpus, proposals, read_as, written};

fn read(text: &str) -> Read<Server> {
    read_as(Format::OpnsenseXml, text)
}

fn backup() -> String {
    corpus("opnsense", "xml").remove(0).1
}

fn values(placed: &[Spanned<String>]) -> Vec<&str> {
    placed.iter().map(|it| it.value.as_str()).collect()
}

#[test]
fn connections_are_joined_by_their_uuids() {
    for text in [
        backup(),
        backup().replace('\n', "\r\n"),
        backup().replace('\n', "").replace("  ", ""),
    ] {
        let read = read(&text);
        let server = read.value();
        let names: Vec<_> = server.connections.iter().map(|it| &*it.name).collect();
        assert_eq!(
            names,
            ["Old road warriors", "Road warriors", "Branch", "Off"]
        );
        let [_, road, branch, off] = &server.connections[..] else {
            panic!("four connections are configured");
        };
        assert_eq!(
            proposals(road),
            [
                "aes256gcm16-prfsha384-ecp384,aes256-sha256-modp2048",
                "aes256gcm16,aes256-sha256"
            ]
        );
        assert_eq!(
            (road.role, road.versions),
            (Role::RemoteAccess, IkeVersions::Ikev2)
        );
        assert_eq!(values(&road.local.methods), ["pubkey"]);
        assert_eq!(values(&road.remote.methods), ["pubkey", "eap-mschapv2"]);
        let certificates = ["5f0c1e2d3b4a6", "5f0c1e2d3b4a7"];
        assert_eq!(values(&road.remote.certificates), certificates);
        assert_eq!(road.rekey.ike, None);
        assert_eq!(road.rekey.child.unwrap().as_secs(), 1800);
        assert_eq!(
            (branch.role, branch.versions),
            (Role::SiteToSite, IkeVersions::Any)
        );
        assert_eq!(
            branch.ike.len(),
            2,
            "the word `default` is strongSwan's two lists"
        );
        assert_eq!(branch.children[0].name, "Networks");
        assert_eq!(branch.rekey.child.unwrap().as_secs(), 3600);
        assert_eq!(off.not_loaded.as_deref(), Some("it is disabled"));
        let second = road.ike[1].origin.span().unwrap();
        assert_eq!(read.text_at(second), "aes256-sha256-modp2048");
        assert_eq!(read.places(), []);
    }
}

#[test]
fn of_the_old_settings_the_last_combination_comes_first() {
    let read = read(&backup());
    let old = &read.value().connections[0];
    assert_eq!(
        proposals(old),
        [
            "aes256-sha512-ecp256,aes256-sha512-modp2048,aes256-sha256-ecp256,aes256-sha256-modp2048",
            "aes128-sha1,aes128-sha512,aes192-sha1,aes192-sha512,aes256-sha1,aes256-sha512,aes256gcm16"
        ],
        "hashes in the order of the pages, and `off` of the mobile page overrides"
    );
    assert_eq!(read.value().remote_id.as_deref(), Some("old.example.org"));
    assert_eq!(values(&old.remote.methods), ["eap-mschapv2"]);
}

#[test]
fn old_tunnels_are_merged_unless_they_are_isolated() {
    let tunnel = |rest: &str| {
        let child = |cipher: &str| {
            format!(
                "<phase2><ikeid>1</ikeid><protocol>esp</protocol><encryption-algorithm-option>\
                 <name>{cipher}</name></encryption-algorithm-option>\
                 <hash-algorithm-option>hmac_sha256</hash-algorithm-option></phase2>"
            )
        };
        format!(
            "<opnsense><ipsec><enable/><phase1><ikeid>1</ikeid>{rest}<encryption-algorithm>\
             <name>aes256gcm16</name></encryption-algorithm><hash-algorithm>sha384</hash-algorithm>\
             <dhgroup>20</dhgroup></phase1>{}{}</ipsec></opnsense>",
            child("aes256"),
            child("aes128")
        )
    };
    for (rest, expected) in [
        (
            "<iketype>ikev2</iketype>",
            &["aes256-sha256,aes128-sha256"][..],
        ),
        (
            "<iketype>ikev2</iketype><tunnel_isolation>1</tunnel_isolation>",
            &["aes256-sha256", "aes128-sha256"],
        ),
        ("", &["aes256-sha256", "aes128-sha256"]),
        ("<mobile/>", &["aes256-sha256,aes128-sha256"]),
    ] {
        let read = read(&tunnel(rest));
        let connection = &read.value().connections[0];
        assert_eq!(written(&connection.ike), "aes256gcm16-prfsha384-ecp384");
        assert_eq!(proposals(connection)[1..], *expected, "{rest}");
    }
}

#[test]
fn what_the_page_does_not_offer_is_noted() {
    let text = backup().replace(
        "aes256gcm16,aes256-sha256<",
        "aes128gcm16,aes256-aes128-sha256<",
    );
    let read = read(&text);
    let notes = read.places();
    assert_eq!(notes.len(), 2);
    assert!(
        notes.iter().all(|note| note.0 == "not-selectable"),
        "{notes:?}"
    );
    assert!(read.value().connections[1].serves_clients());
}

/// A word that only the lists of a later release have shows that release, and so the strongSwan in it.
#[test]
fn what_only_a_later_release_can_have_written_is_judged_by_its_engine() {
    let words = [
        ("aes256gcm16-sha384-ecp384-ke1_mlkem768", 0),
        // Known to strongSwan 6, but not seen in the lists.
        ("aes256gcm16-sha384-ecp384-ke1_mlkem1024", 1),
    ];
    for (proposal, not_listed) in words {
        let text = backup().replace("aes256gcm16-sha384-ecp384", proposal);
        let read = read(&text);
        let engine = read.value().engine.to_string();
        assert_eq!(engine, "strongswan@6.1.0", "{proposal}");
        let codes: Vec<_> = read.places().iter().map(|place| place.0).collect();
        let of = |code: &str| codes.iter().filter(|it| **it == code).count();
        assert_eq!(of("version-assumed"), 1, "{codes:?}");
        assert_eq!(of("not-selectable"), not_listed, "{codes:?}");
        assert!(read.value().connections[1].not_loaded.is_none());
    }
    assert_eq!(
        read(&backup()).value().engine.to_string(),
        "strongswan@5.9.8"
    );
    let text = backup().replace(words[0].0.trim_end_matches("-ke1_mlkem768"), words[0].0);
    let arguments = [
        "check",
        "-",
        "--from",
        "opnsense-xml",
        "--clients",
        "ios-26",
        "-v",
    ];
    let run = crate::common::ikecompat(&arguments, &text);
    let note =
        "`ke1_mlkem768` is in the lists of the page since opnsense@26.7.4, so strongswan@6.1.0 is";
    let said = run.stderr.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(said.contains(note), "{said}");
    let yaml = |release: &str| {
        let text = format!(
            "product: opnsense@{release}\nphase1: [aes256-sha384-x25519-ke1_mlkem768]\nphase2: [aes256gcm16]\n"
        );
        crate::common::ikecompat(&["lint", "-"], &text).stdout
    };
    assert!(yaml("26.1.10").contains("entry-not-selectable"));
    assert!(
        !yaml("26.7.4").contains("entry-not-selectable") && !yaml("26.7.4").contains("ke1_none")
    );
    // Of a release that is named and has no such value, it is said that the page has none.
    let named = [&arguments[..], &["--engine", "opnsense@26.1.10"]].concat();
    let run = crate::common::ikecompat(&named, &text);
    assert!(run.stderr.contains("not-selectable"), "{}", run.stderr);
}

#[test]
fn entries_that_belong_nowhere_are_named() {
    let text = backup().replacen("<connection>1d6a6a3e", "<connection>2e6a6a3e", 1);
    let read = read(&text);
    assert_eq!(read.places().len(), 1);
    assert_eq!(read.places()[0].0, "dangling-reference");
    assert_eq!(read.value().connections[1].local.methods, []);
}

#[test]
fn no_secret_of_a_backup_is_ever_shown() {
    let text = backup().replace("-modp2048<", "-modp2049<");
    for text in [text.clone(), text.replace('\n', "")] {
        let said = read(&text).said();
        assert!(
            said.contains("`modp2049` is not an algorithm keyword"),
            "{said}"
        );
        assert!(!said.contains("hunter"), "{said}");
    }
}

#[test]
fn a_backup_cut_anywhere_is_read_or_refused() {
    assert_survives_cuts(&backup(), read);
}

#[test]
fn each_mistake_is_named_with_its_place() {
    assert_broken(
        Format::OpnsenseXml,
        "xml",
        read,
        &[
            ("ampersand", "malformed-xml", 19, 56),
            ("cut", "malformed-xml", 15, 1),
            ("encrypted", "encrypted-backup", 0, 0),
            ("no-connection", "no-connection", 0, 0),
            ("no-prf", "no-prf", 7, 43),
            ("not-enabled", "not-written", 2, 3),
            ("old-group", "no-key-exchange", 8, 19),
            ("old-hash", "unknown-keyword", 7, 30),
            ("slip-in-child", "unknown-keyword", 16, 31),
        ],
    );
}

#[test]
fn a_whole_backup_without_tunnels_is_named_as_such() {
    let text = "<opnsense><system><hostname>a</hostname></system><OPNsense><Swanctl><Connections/></Swanctl></OPNsense></opnsense>";
    let read = super::read_as(ikecompat::format::Format::OpnsenseXml, text);
    let said = read.said();
    assert!(
        said.contains("without IPsec tunnels") && !said.contains("download the whole"),
        "{said}"
    );
}
