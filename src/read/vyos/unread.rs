//! What of `vpn ipsec` the writer has not asked for.

use super::tree::{Node, is_secret};
use super::{KEYS, NAMES};
use crate::peer::setting::Bearing;
use crate::read::unread::Unread;

/// Keys that are known and that no connection has: what depends on each; `None` where nobody's tunnel does.
const KNOWN: &[(&str, Option<Bearing>)] = &[
    ("allow-access-to-local-interface", Some(Bearing::Operation)),
    ("allow-nat-networks", Some(Bearing::Reachability)),
    ("allow-public-networks", Some(Bearing::Reachability)),
    ("auto-firewall-nat-exclude", Some(Bearing::Operation)),
    ("auto-update", Some(Bearing::Operation)),
    ("ca-cert-file", Some(Bearing::Operation)),
    ("ca-certificate", Some(Bearing::Operation)),
    ("cert-file", Some(Bearing::Operation)),
    ("certificate", Some(Bearing::Operation)),
    ("crl-file", Some(Bearing::Operation)),
    ("description", None),
    ("dhcp", Some(Bearing::Reachability)),
    ("dhcp-interface", Some(Bearing::Reachability)),
    ("disable-uniqreqids", Some(Bearing::Operation)),
    ("ikev2-reauth", Some(Bearing::Security)),
    ("include-ipsec-conf", Some(Bearing::Security)),
    ("include-ipsec-secrets", Some(Bearing::Security)),
    ("interface", Some(Bearing::Operation)),
    ("ipsec-interfaces", Some(Bearing::Operation)),
    ("l2tp", Some(Bearing::Reachability)),
    ("log", None),
    ("logging", None),
    ("mode", Some(Bearing::Operation)),
    ("nat-networks", Some(Bearing::Operation)),
    ("nat-traversal", Some(Bearing::Operation)),
    ("options", Some(Bearing::Operation)),
    ("prf", Some(Bearing::Operation)),
    ("radius", Some(Bearing::Operation)),
    ("rsa", Some(Bearing::Security)),
    ("rsa-key-name", Some(Bearing::Security)),
    ("use-x509-id", Some(Bearing::Security)),
];

/// Groups and tunnels that stand there for nobody.
const UNUSED: &[&str] = &[
    "connection",
    "esp-group",
    "ike-group",
    "peer",
    "pool",
    "profile",
    "proposal",
    "tunnel",
];

/// Notes everything below a node that nobody has asked for, the highest of it each time.
pub(super) fn look(node: &Node, above: &str, unread: &mut Unread) {
    for (word, below) in node.below() {
        if is_secret(word) && !UNUSED.contains(&above) {
            continue;
        }
        if UNUSED.contains(&above) && below.at(&["disable"]).is_some() {
            unread.of(format!("`{above}`, which is disabled"), &below.place);
            continue;
        }
        if below.is_read() {
            look(below, word, unread);
            continue;
        }
        let known = KNOWN.iter().find(|(key, _)| *key == word);
        match known {
            _ if UNUSED.contains(&above) => {
                unread.of(format!("`{above}`, which nothing uses"), &below.place);
            }
            Some((key, Some(bearing))) => unread.known(key, &below.place, *bearing),
            Some((_, None)) => {}
            None if KEYS.contains(&word) => unread.known(word, &below.place, Bearing::Operation),
            None => {
                let words = KEYS.iter().chain(NAMES).copied();
                unread.unknown(word, &below.place, words.chain(KNOWN.iter().map(|it| it.0)));
            }
        }
    }
}
