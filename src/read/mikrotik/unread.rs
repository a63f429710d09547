//! Properties and entries of which no connection has anything.

use std::collections::HashSet;

use super::{Item, Items, SECRETS};
use crate::diag::Span;
use crate::peer::setting::Bearing;
use crate::read::unread::Unread;

/// Properties of the menus that are read, of RouterOS 6 and 7.
#[rustfmt::skip]
const KNOWN: &[&str] = &[
    "action", "address", "address-pool", "address-prefix-length", "auth-algorithms", "auth-method", "certificate",
    "comment", "compatibility-options", "connection-mark", "copy-from", "default", "dh-group", "disabled",
    "dpd-interval", "dpd-maximum-failures", "dst-address", "dst-port", "eap-methods", "enc-algorithm",
    "enc-algorithms", "exchange-mode", "generate-policy", "group", "hash-algorithm", "ipsec-protocols", "key",
    "level", "lifebytes", "lifetime", "local-address", "manual-sa", "match-by", "mode-config", "my-id",
    "my-id-user-fqdn", "name", "nat-traversal", "next-pool", "notrack-chain", "numbers", "passive", "password",
    "peer", "pfs-group", "place-before", "policy-template-group", "port", "ppk", "ppk-secret", "prf-algorithm",
    "priority", "profile", "proposal", "proposal-check", "protocol", "ranges", "remote-certificate", "remote-id",
    "remote-key", "responder", "sa-dst-address", "sa-src-address", "secret", "send-initial-contact",
    "split-dns", "split-include", "src-address", "src-address-list", "src-port", "static-dns", "system-dns",
    "template", "tunnel", "use-responder-dns", "username", "xauth-login", "xauth-password",
];

/// Menus of IPsec that are not read, and what depends on each; `None` where no tunnel does.
const MENUS: &[(&str, Option<Bearing>)] = &[
    ("ip ipsec active-peers", None),
    ("ip ipsec installed-sa", None),
    ("ip ipsec key", Some(Bearing::Operation)),
    ("ip ipsec policy group", None),
    ("ip ipsec remote-peers", None),
    ("ip ipsec settings", Some(Bearing::Operation)),
    ("ip ipsec statistics", None),
    ("ip ipsec user", Some(Bearing::Security)),
];

/// Notes a menu that is not read.
pub(super) fn menu(menu: &str, place: &Span, unread: &mut Unread) {
    match MENUS.iter().find(|(known, _)| *known == menu) {
        Some((known, Some(bearing))) => unread.known(known, place, *bearing),
        None if menu.starts_with("ip ipsec ") => {
            unread.unknown(menu, place, MENUS.iter().map(|it| it.0));
        }
        _ => {}
    }
}

/// Warns of properties that nobody knows, and notes entries that nothing uses, with what mode-config says besides
/// addresses.
pub(super) fn look(items: &Items, unread: &mut Unread) {
    let menus = [
        ("profile", &items.profiles),
        ("proposal", &items.proposals),
        ("peer", &items.peers),
        ("identity", &items.identities),
        ("policy", &items.policies),
        ("mode-config", &items.configurations),
    ];
    let all = || menus.iter().flat_map(|(_, items)| items.iter());
    let named = |key: &'static str| -> HashSet<&str> {
        let values = all().filter_map(move |item| item.value(key));
        values.flat_map(|value| value.split(',')).collect()
    };
    for (menu, own) in menus {
        let used = match menu {
            "profile" | "proposal" | "mode-config" => Some((named(menu), "name")),
            "identity" => {
                let names = items.peers.iter().filter_map(|it| it.value("name"));
                Some((names.collect(), "peer"))
            }
            _ => None,
        };
        for item in own {
            let name = |key| item.value(key).unwrap_or_default();
            let is_used = used
                .as_ref()
                .is_none_or(|(names, key)| names.contains(name(key)));
            if item.is_disabled() {
                unread.of(format!("`{menu}`, which is disabled"), &item.span);
            } else if !is_used && !item.is_default {
                unread.of(format!("`{menu}`, which nothing uses"), &item.span);
            } else {
                properties(menu, item, unread);
            }
        }
    }
}

fn properties(menu: &str, item: &Item, unread: &mut Unread) {
    for argument in &item.arguments {
        let key = argument.key.as_str();
        if key.is_empty() || SECRETS.contains(&key) {
            continue;
        }
        if !KNOWN.contains(&key) {
            // Those of mode-config are kept nowhere.
            match menu {
                "mode-config" => unread.unknown(key, &argument.span, KNOWN.iter().copied()),
                _ => unread.warn(key, &argument.span, KNOWN.iter().copied()),
            }
            continue;
        }
        let bearing = match (menu, key) {
            ("mode-config", "split-include" | "src-address-list" | "connection-mark") => {
                Bearing::Reachability
            }
            ("mode-config", "split-dns" | "static-dns" | "system-dns" | "use-responder-dns") => {
                Bearing::Operation
            }
            _ => continue,
        };
        unread.known(key, &argument.span, bearing);
    }
}
