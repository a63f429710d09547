//! pfSense's `config.xml`: elements and their order as pfSense's own pages store them (the save code
//! of `vpn_ipsec_mobile.php`, `vpn_ipsec_phase1.php` and `vpn_ipsec_phase2.php`, 2026-03-31), and
//! what its parser stumbles over.

use ikecompat::ike::Protocol;
use ikecompat::write::config::pfsense_xml;
use ikecompat::write::config::setup::Auth;
use roxmltree::{Document, Node};

use super::plans::{proposal, server};

const CLIENT: &[&str] = &[
    "enable",
    "radiusaccounting",
    "user_source",
    "pool_address",
    "pool_netbits",
    "dns_server1",
];

/// A row may be repeated; `prfselect_enable` is there only if it is ticked.
const PHASE1: &[&str] = &[
    "ikeid",
    "iketype",
    "interface",
    "mobile",
    "protocol",
    "myid_type",
    "myid_data",
    "peerid_type",
    "peerid_data",
    "encryption",
    "lifetime",
    "rekey_time",
    "reauth_time",
    "rand_time",
    "pre-shared-key",
    "private-key",
    "certref",
    "pkcs11certref",
    "pkcs11pin",
    "caref",
    "authentication_method",
    "descr",
    "nat_traversal",
    "mobike",
    "startaction",
    "closeaction",
    "prfselect_enable",
    "dpd_delay",
    "dpd_maxfail",
];

const PHASE2: &[&str] = &[
    "ikeid",
    "uniqid",
    "mode",
    "reqid",
    "localid",
    "remoteid",
    "protocol",
    "encryption-algorithm-option",
    "hash-algorithm-option",
    "pfsgroup",
    "lifetime",
    "rekey_time",
    "rand_time",
    "pinghost",
    "keepalive",
    "descr",
    "mobile",
];

fn written(ike: &[&str], esp: &[&str]) -> String {
    let list = |protocol, texts: &[&str]| -> Vec<_> {
        texts.iter().map(|text| proposal(protocol, text)).collect()
    };
    let server = server(&list(Protocol::Ike, ike), &list(Protocol::Esp, esp));
    let mut text = Vec::new();
    pfsense_xml::write(&server, Auth::EapTls, &mut text).unwrap_or_else(|why| panic!("{why}"));
    String::from_utf8(text).unwrap()
}

fn names<'a>(node: Node<'a, '_>) -> Vec<&'a str> {
    let mut names: Vec<_> = node
        .children()
        .filter(Node::is_element)
        .map(|child| child.tag_name().name())
        .collect();
    names.dedup();
    names
}

fn child<'a, 'i>(node: Node<'a, 'i>, name: &str) -> Node<'a, 'i> {
    node.descendants()
        .find(|node| node.has_tag_name(name))
        .unwrap()
}

#[test]
fn elements_are_those_of_the_pages_in_their_order() {
    let ike = ["aes256gcm12-prfsha384-ecp384", "aes256-sha256-modp2048"];
    let plain = written(&ike, &["aes256gcm16", "aes256-sha256"]);
    let with_prf = written(&["aes256-sha256-prfsha512-modp2048"], &["aes256-sha256"]);
    for (text, prf) in [(&plain, false), (&with_prf, true)] {
        let document = Document::parse(text).unwrap();
        let root = document.root_element();
        assert_eq!(root.tag_name().name(), "ipsec");
        assert_eq!(names(root), ["client", "phase1", "phase2"]);
        assert_eq!(names(child(root, "client")), CLIENT);
        let phase1: Vec<_> = PHASE1
            .iter()
            .copied()
            .filter(|name| prf || *name != "prfselect_enable")
            .collect();
        assert_eq!(names(child(root, "phase1")), phase1);
        assert_eq!(names(child(root, "phase2")), PHASE2);
        assert_eq!(names(child(root, "encryption")), ["item"]);
        let item = [
            "encryption-algorithm",
            "hash-algorithm",
            "prf-algorithm",
            "dhgroup",
        ];
        assert_eq!(names(child(root, "item")), item);
        assert_eq!(
            names(child(root, "encryption-algorithm")),
            ["name", "keylen"]
        );
    }
}

#[test]
fn values_are_pfsenses_own() {
    let text = written(
        &["aes256gcm12-prfsha384-ecp384"],
        &["chacha20poly1305-modp4096", "aes128-aesxcbc-modp4096"],
    );
    let document = Document::parse(&text).unwrap();
    let value = |parent: &str, name: &str| {
        let parent = child(document.root_element(), parent);
        child(parent, name).text().unwrap_or_default().to_owned()
    };
    for (parent, name, expected) in [
        ("item", "name", "aes256gcm"),
        ("item", "keylen", "96"),
        ("item", "hash-algorithm", "sha384"),
        ("item", "dhgroup", "20"),
        ("phase2", "hash-algorithm-option", "aesxcbc"),
        ("phase2", "pfsgroup", "16"),
    ] {
        assert_eq!(value(parent, name), expected, "{parent}/{name}");
    }
    // ChaCha20 has no length; in phase 2 not even the element.
    let options = document
        .descendants()
        .filter(|n| n.has_tag_name("encryption-algorithm-option"));
    let options: Vec<_> = options.map(names).collect();
    assert_eq!(options, [vec!["name", "keylen"], vec!["name"]]);
    // A group of the Mobile Clients page would override that of phase 2.
    assert!(!text.contains("pfs_group"));
}

/// A run of blanks with a line break between two spaces makes pfSense refuse the whole file, and an
/// area is found by its literal tag.
#[test]
fn pfsenses_parser_does_not_stumble() {
    let text = written(&["aes256-sha256-modp2048"], &["aes256-sha256"]);
    assert!(
        text.lines()
            .all(|line| !line.trim_start_matches('\t').starts_with(' '))
    );
    assert_eq!(text.matches("<ipsec>").count(), 1);
    assert!(text.lines().next().unwrap().contains("REPLACES"));
}
