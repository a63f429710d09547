//! Settings where swanctl looks for sections alone, and keys of pools and authorities that nobody knows.

use super::keys;
use crate::read::settings::{Setting, View};
use crate::read::unread::Unread;

/// Sections of which swanctl takes the sections inside.
const OF_NAMES: &[&str] = &["authorities", "connections", "pools"];

/// Keys of a pool; attributes may be numbers, too.
const POOL: &[&str] = &[
    "addrs",
    "dhcp",
    "dns",
    "nbns",
    "netmask",
    "server",
    "split_exclude",
    "split_include",
    "subnet",
];

/// Keys of an authority.
const AUTHORITY: &[&str] = &[
    "cacert",
    "cert_uri_base",
    "crl_uris",
    "file",
    "handle",
    "module",
    "ocsp_uris",
    "slot",
];

/// Notes what swanctl passes over.
pub(super) fn look(root: &View<'_>) -> Unread {
    let mut unread = Unread::default();
    misplaced(root.settings(), &mut unread);
    for name in OF_NAMES {
        let Some(all) = root.section(name) else {
            continue;
        };
        misplaced(all.settings(), &mut unread);
        for (_, one) in all.sections() {
            let known = match *name {
                "pools" => POOL,
                "authorities" => AUTHORITY,
                _ => {
                    if let Some(children) = one.section("children") {
                        misplaced(children.settings(), &mut unread);
                    }
                    continue;
                }
            };
            for (key, setting) in one.settings() {
                let is_number = key.bytes().all(|digit| digit.is_ascii_digit());
                if !is_number && !known.contains(&key) {
                    unread.warn(key, &setting.key, known.iter().copied());
                }
            }
        }
    }
    unread
}

fn misplaced(settings: Vec<(&str, &Setting)>, unread: &mut Unread) {
    for (key, setting) in settings {
        unread.unknown(key, &setting.key, keys::all());
    }
}
