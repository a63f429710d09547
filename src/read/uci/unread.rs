//! Options of a package that the writer has not asked for.

use super::package::{Package, Section, is_secret};
use super::sections::is_enabled;
use super::{ALGORITHMS, HARMLESS};
use crate::peer::setting::Bearing;
use crate::read::unread::Unread;

/// Options that the init script knows and no connection has: what depends on each; `None` where no tunnel does.
const KNOWN: &[(&str, Option<Bearing>)] = &[
    ("ca_cert", Some(Bearing::Security)),
    ("debug", None),
    ("description", None),
    ("firewall", Some(Bearing::Reachability)),
    ("force_crypto_proposal", Some(Bearing::Security)),
    ("id", Some(Bearing::Security)),
    ("ignore_routing_tables", Some(Bearing::Operation)),
    ("interface", Some(Bearing::Operation)),
    ("listen", Some(Bearing::Operation)),
    ("local_cert", Some(Bearing::Security)),
    ("local_key", Some(Bearing::Operation)),
    ("local_leftip", Some(Bearing::Reachability)),
    ("local_nat", Some(Bearing::Reachability)),
    ("local_sourceip", Some(Bearing::Reachability)),
    ("rtinstall_enabled", Some(Bearing::Operation)),
    ("remote_ca_certs", Some(Bearing::Security)),
    ("zone", Some(Bearing::Operation)),
];

/// Kinds of sections in which everything is about the daemon and its log.
const OF_THE_DAEMON: &[&str] = &["globals", "ipsec", "syslog"];

/// Kinds of sections that others name.
const NAMED: &[&str] = &[
    "child",
    "crypto_proposal",
    "pools",
    "remote",
    "transport",
    "tunnel",
];

/// Notes every option that nobody has asked for.
pub(super) fn look(package: &Package, unread: &mut Unread) {
    for section in &package.sections {
        let kind = section.kind.as_str();
        match kind {
            "mschapv2_secrets" => options(section, &["id"], unread),
            _ if OF_THE_DAEMON.contains(&kind) => options(section, LOG, unread),
            _ if !NAMED.contains(&kind) => {
                let kinds = NAMED.iter().chain(OF_THE_DAEMON).copied();
                unread.unknown(kind, section.places.get(1).unwrap_or(&section.place), kinds);
            }
            "remote" if !is_enabled(section) => {
                unread.of("`remote`, which is not enabled".to_owned(), &section.place);
            }
            _ if !section.is_used() => {
                unread.of(format!("`{kind}`, which nothing uses"), &section.place);
            }
            _ => options(section, &[], unread),
        }
    }
}

/// Groups of messages of charon, and what else the sections about the daemon have.
const LOG: &[&str] = &[
    "app", "asn", "cfg", "chd", "dmn", "enc", "esp", "ike", "imc", "imv", "job", "knl", "lib",
    "mgr", "net", "pts", "tls", "tnc", "wch",
];

fn options(section: &Section, silent: &[&str], unread: &mut Unread) {
    for option in section.options() {
        let key = option.key.as_str();
        if option.is_read.get() || silent.contains(&key) || is_secret(key) {
            continue;
        }
        match KNOWN.iter().find(|(known, _)| *known == key) {
            Some((_, None)) => {}
            Some((known, Some(bearing))) => unread.known(known, &option.place, *bearing),
            None if HARMLESS.contains(&key) || ALGORITHMS.contains(&key) => {
                unread.known(key, &option.place, Bearing::Operation);
            }
            None => {
                let words = HARMLESS.iter().chain(ALGORITHMS).copied();
                unread.unknown(key, &option.place, words.chain(KNOWN.iter().map(|it| it.0)));
            }
        }
    }
}
