//! Commands of which no connection has anything: known ones, and those that nobody knows.

use std::collections::HashSet;

use super::blocks::Blocks;
use super::is_secret;
use super::lines::{Block, Kind, Word};
use crate::peer::setting::Bearing;
use crate::read::unread::Unread;

/// Commands of every block.
const OF_ALL: &[&str] = &["default", "description", "end", "exit", "no"];

/// Words behind `set`.
#[rustfmt::skip]
const SET: &[&str] = &[
    "connection-type", "df-bit", "dscp", "identity", "ikev1", "ikev2", "ikev2-profile", "ip", "isakmp-profile",
    "mixed-mode", "nat-t-disable", "peer", "pfs", "phase1-mode", "reverse-route", "security-association",
    "security-policy", "tfc-packets", "transform-set", "trustpoint", "validate-icmp-errors",
];

/// Global commands of IPsec, and what depends on each; `None` where no tunnel does.
const GLOBAL: &[(&[&str], Option<Bearing>)] = &[
    (&["ikev2", "certificate-cache"], None),
    (&["ikev2", "cluster"], Some(Bearing::Operation)),
    (&["ikev2", "cookie-challenge"], Some(Bearing::Operation)),
    (&["ikev2", "cts"], Some(Bearing::Operation)),
    (&["ikev2", "diagnose"], None),
    (
        &["ikev2", "disconnect-revoked-peers"],
        Some(Bearing::Security),
    ),
    (&["ikev2", "dpd"], Some(Bearing::Operation)),
    (&["ikev2", "dscp"], Some(Bearing::Operation)),
    (&["ikev2", "enable"], Some(Bearing::Operation)),
    (&["ikev2", "fragmentation"], Some(Bearing::Operation)),
    (&["ikev2", "http-url"], Some(Bearing::Operation)),
    (&["ikev2", "limit"], Some(Bearing::Operation)),
    (&["ikev2", "name-mangler"], Some(Bearing::Security)),
    (&["ikev2", "nat"], Some(Bearing::Operation)),
    (&["ikev2", "notify"], None),
    (&["ikev2", "policy"], None),
    (&["ikev2", "proposal"], None),
    (&["ikev2", "redirect"], Some(Bearing::Operation)),
    (&["ikev2", "remote-access"], Some(Bearing::Security)),
    (&["ikev2", "client"], Some(Bearing::Operation)),
    (&["ikev2", "window"], Some(Bearing::Operation)),
    (&["ipsec", "default"], None),
    (&["ipsec", "df-bit"], Some(Bearing::Operation)),
    (&["ipsec", "fragmentation"], Some(Bearing::Operation)),
    (&["ipsec", "ikev1"], Some(Bearing::Operation)),
    (&["ipsec", "inner-routing-lookup"], Some(Bearing::Operation)),
    (&["ipsec", "nat-transparency"], Some(Bearing::Operation)),
    (&["ipsec", "optional"], Some(Bearing::Security)),
    (
        &["ipsec", "security-association"],
        Some(Bearing::Reachability),
    ),
    (&["ipsec", "transform-set"], None),
    (&["isakmp"], Some(Bearing::Operation)),
    (&["ikev1"], Some(Bearing::Operation)),
    // Maps on interfaces, and maps that only say where they are.
    (&["map"], None),
    (&["dynamic-map"], None),
    // Certificates, keys and the machine.
    (&["ca"], None),
    (&["call"], None),
    (&["engine"], None),
    (&["gdoi"], Some(Bearing::Reachability)),
    (&["gkm"], Some(Bearing::Reachability)),
    (&["identity"], Some(Bearing::Security)),
    (&["key"], None),
    (&["keyring"], Some(Bearing::Operation)),
    (&["logging"], None),
    (&["mib"], None),
    (&["pki"], None),
    (&["provisioning"], None),
    (&["ssl"], None),
    (&["vpn"], Some(Bearing::Reachability)),
    (&["xauth"], Some(Bearing::Operation)),
];

/// The commands of a block, and what depends on those of which nothing is kept.
#[rustfmt::skip]
fn commands(kind: Kind) -> (&'static [&'static str], Option<Bearing>) {
    match kind {
        Kind::Proposal => (&["encryption", "group", "integrity", "pqc", "prf"], None),
        Kind::Policy => (&["additional-key-exchange", "encryption", "group", "integrity", "key-exchange-method",
              "lifetime", "match", "prf", "proposal"], None),
        Kind::Profile => (&["aaa", "anyconnect", "authentication", "config-exchange", "config-mode", "dpd", "dynamic",
              "identity", "initial-contact", "ivrf", "keepalive", "keyring", "lifetime", "match", "nat",
              "pki", "ppk", "reconnect", "redirect", "responder-only", "shutdown", "virtual-template"], None),
        Kind::Keyring => (&["aaa", "address", "hostname", "identity", "peer", "ppk", "pre-shared-key"], None),
        Kind::Authorization => (&["aaa", "backup-gateway", "banner", "configuration", "def-domain", "dhcp", "dns",
              "include-local-lan", "ipv6", "netmask", "pfs", "pool", "route", "session-lifetime",
              "smartcard-removal-disconnect", "split-dns", "subnet-acl", "wins"], Some(Bearing::Operation)),
        Kind::TransformSet => (&["esn", "mode"], None),
        Kind::IpsecProposal => (&["protocol"], None),
        Kind::IpsecProfile => (&["dialer", "redundancy", "responder-only", "reverse-route", "set"], None),
        Kind::Map | Kind::DynamicMap => (&["client", "interface", "ipsec-isakmp", "isakmp", "local-address", "match", "qos", "redundancy",
              "reverse-route", "set"], None),
        Kind::TunnelGroup => (&["accounting-server-group", "address-pool", "annotation", "authentication",
              "authentication-server-group", "authorization-required", "authorization-server-group", "chain",
              "customization", "default-group-policy", "dhcp-server", "group-alias", "group-url", "ikev1",
              "ikev2", "ipv6-address-pool", "isakmp", "nat-assigned-to-public-ip", "password-management",
              "peer-id-validate", "pre-fill-username", "pre-shared-key", "proxy-auth",
              "radius-reject-message", "secondary-authentication-server-group", "strip-group", "strip-realm",
              "trust-point", "type", "username-from-certificate", "webvpn-attributes", "without-csd"], None),
        Kind::Version1 | Kind::Pool | Kind::Interface | Kind::Other => (&[], None),
    }
}

/// Notes commands that nobody knows or keeps, and blocks that nothing names.
pub(super) fn look(blocks: &Blocks, unread: &mut Unread) {
    let named = words_of(blocks);
    for block in blocks.iter() {
        match block.kind {
            Kind::Pool | Kind::Interface => {}
            Kind::Version1 => {
                if let Some(first) = block.header.first() {
                    unread.known("crypto isakmp policy", &first.span, Bearing::Operation);
                }
            }
            Kind::Other => global(block, unread),
            kind => {
                if let (Some(title), Some(name)) = (title(kind), block.name())
                    && !named.contains(name.text.as_str())
                {
                    unread.of(format!("`{title}`, which nothing uses"), &name.span);
                } else {
                    inside(block, unread);
                }
            }
        }
    }
}

/// What a block is called that others have to name.
const fn title(kind: Kind) -> Option<&'static str> {
    Some(match kind {
        Kind::Authorization => "crypto ikev2 authorization policy",
        Kind::TransformSet => "crypto ipsec transform-set",
        Kind::IpsecProposal => "crypto ipsec ikev2 ipsec-proposal",
        _ => return None,
    })
}

/// Every word that is no name which a command gives.
fn words_of(blocks: &Blocks) -> HashSet<&str> {
    let mut words = HashSet::new();
    let mut is_excerpt = true;
    for block in blocks.iter() {
        let all = block.lines.iter().flatten().chain(block.rest());
        words.extend(all.map(|word| word.text.as_str()));
        is_excerpt &= !matches!(
            block.kind,
            Kind::IpsecProfile | Kind::Map | Kind::DynamicMap
        );
    }
    if is_excerpt {
        words.extend(
            blocks
                .iter()
                .filter_map(|it| Some(it.name()?.text.as_str())),
        );
    }
    words
}

fn global(block: &Block, unread: &mut Unread) {
    let header = match block.header.as_slice() {
        [no, rest @ ..] if no.text == "no" => rest,
        header => header,
    };
    let [crypto, rest @ ..] = header else {
        return;
    };
    if crypto.text != "crypto" || is_secret(&block.header) {
        return;
    }
    let begins = |(command, _): &&(&[&str], Option<Bearing>)| {
        let words = rest.iter().map(|word| word.text.as_str());
        rest.len() >= command.len() && words.zip(*command).all(|(own, word)| own == *word)
    };
    match GLOBAL.iter().find(begins) {
        Some((_, None)) => {}
        // The lifetimes of the whole are in each child.
        Some((["ipsec", "security-association"], _))
            if rest.iter().any(|word| word.text == "seconds") => {}
        Some((command, Some(bearing))) => {
            unread.known(
                &format!("crypto {}", command.join(" ")),
                &crypto.span,
                *bearing,
            );
        }
        None => {
            // Of `crypto ikev2 …` the word behind it is the one that nobody knows.
            let families = ["ikev2", "ipsec"];
            let of_family = rest
                .first()
                .filter(|it| families.contains(&it.text.as_str()));
            if let Some(word) = rest.get(usize::from(of_family.is_some())) {
                let known = GLOBAL
                    .iter()
                    .filter_map(|(command, _)| command.last().copied());
                unread.unknown(&word.text, &word.span, known);
            }
        }
    }
}

/// The commands of one block.
fn inside(block: &Block, unread: &mut Unread) {
    let (known, bearing) = commands(block.kind);
    // The ASA has its commands in the header.
    let of_header = match block.kind {
        Kind::Map | Kind::DynamicMap => match block.rest() {
            [number, rest @ ..] if number.text.parse::<u32>().is_ok() && !rest.is_empty() => {
                Some(rest)
            }
            _ => None,
        },
        _ => None,
    };
    let lines = block.lines.iter().map(Vec::as_slice).chain(of_header);
    for line in lines {
        let line = match line {
            [no, rest @ ..] if no.text == "no" => rest,
            line => line,
        };
        let Some(word) = unknown_word(line, known) else {
            if let (Some(bearing), Some(first)) = (bearing, line.first())
                && first.text != "pool"
                && !OF_ALL.contains(&first.text.as_str())
            {
                unread.known(&first.text, &first.span, bearing);
            }
            continue;
        };
        if is_secret(line) {
            continue;
        }
        let known = || known.iter().chain(OF_ALL).chain(SET).copied();
        // Settings of some blocks are kept, whatever they are.
        match block.kind {
            Kind::Profile
            | Kind::IpsecProfile
            | Kind::Map
            | Kind::DynamicMap
            | Kind::TunnelGroup => {
                unread.warn(&word.text, &word.span, known());
            }
            _ => unread.unknown(&word.text, &word.span, known()),
        }
    }
}

/// The word of a line that nobody knows.
fn unknown_word<'l>(line: &'l [Word], known: &[&str]) -> Option<&'l Word> {
    let first = line.first()?;
    let text = first.text.as_str();
    if text == "set" && known.contains(&"set") {
        return line
            .get(1)
            .filter(|word| !SET.contains(&word.text.as_str()));
    }
    (!known.contains(&text) && !OF_ALL.contains(&text)).then_some(first)
}
