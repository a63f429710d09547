//! VyOS and EdgeOS: `set vpn ipsec …`, and the blocks of `config.boot`.
//!
//! VyOS writes a `swanctl.conf` out of its configuration; so does this, with the place of every word, and reads it as
//! strongSwan does. What is written is that of vyos-1x at 3710c587, `data/templates/ipsec/swanctl`, with the defaults
//! of `interface-definitions/vpn_ipsec.xml.in`.

mod sections;
mod tree;
mod unread;

use self::sections::Writer;
use self::tree::{Node, Tree};
use super::unread::Unread;
use super::{ReadCode, ReadContext, Reading, harmless, swanctl};
use crate::diag::{Diagnostic, Place, Sources, Span, is_slip};
use crate::dialect::vyos;
use crate::peer::authentication::Authentication;
use crate::peer::surface::ConfigSurface;
use crate::peer::{Child, Server};

/// Reads the text numbered `file`.
///
/// Fails if it has no peer and no connection for clients, and if strongSwan loads none of them.
pub(crate) fn read(
    sources: &mut Sources,
    file: usize,
    context: &ReadContext<'_>,
) -> Result<Reading<Server>, Vec<Diagnostic>> {
    let text = sources.text(file);
    let Tree {
        root,
        secret,
        commands: mut shown,
        open,
        refused,
    } = tree::read(file, &text);
    show(&root, false, &mut shown);
    for span in shown {
        sources.show(&span);
    }
    if let Some(refused) = refused {
        return Err(vec![refused]);
    }
    let mut writer = Writer::new(&root);
    writer.all(secret);
    writer.leave_open(&open);
    let Writer {
        sections,
        remarks,
        wrong,
        is_excerpt,
        ..
    } = writer;
    let diagnostics = remarks.into_diagnostics();
    if wrong {
        return Err(diagnostics);
    }
    let release = release(&text);
    let named = release.and_then(|release| (context.engines)(&format!("vyos@{release}")).ok());
    let context = ReadContext {
        engine: context.engine.or(named.map(|named| named.engine)),
        ..*context
    };
    let mut read = swanctl::of_sections((sources, file), &sections, diagnostics, &context, || {
        let message = "the file has no peer and no connection of `vpn ipsec`";
        Diagnostic::error(ReadCode::NoConnection, Place::File(file), message)
            .help("`show configuration commands | match ipsec` prints what is read; an `ike-group` alone is enough")
    })?;
    read.value.definitions.surface = Some(ConfigSurface::Vyos);
    let mut unread = Unread::default();
    unread::look(&root, "", &mut unread);
    unread.into(&mut read.value.definitions, &mut read.diagnostics);
    // An excerpt without an ESP group says nothing of ESP.
    if is_excerpt {
        // Nor does it say anything of addresses and methods.
        read.value.definitions.keys = None;
        for connection in &mut read.value.connections {
            connection.local = Authentication::default();
            connection.remote = Authentication::default();
            if connection.children.is_empty() {
                connection.children.push(Child::unknown());
            }
        }
    }
    Ok(read)
}

/// The release that the last lines of `config.boot` name.
fn release(text: &str) -> Option<&str> {
    let (_, after) = text.rsplit_once("Release version:")?;
    let line = after.lines().next()?.trim();
    let word = line.strip_prefix("VyOS").unwrap_or(line).trim_start();
    let end = word.find(|c: char| !(c.is_ascii_digit() || c == '.'));
    let version = word.get(..end.unwrap_or(word.len()))?;
    (!version.is_empty()).then_some(version)
}

/// Keys that are read or that are known to be none of a secret.
const KEYS: &[&str] = &[
    "address",
    "any",
    "authentication",
    "bind",
    "ca-certificate",
    "certificate",
    "client-mode",
    "close-action",
    "compression",
    "connection",
    "connection-type",
    "dead-peer-detection",
    "default-esp-group",
    "action",
    "aggressive",
    "description",
    "dh-group",
    "dhcp-interface",
    "disable",
    "disable-mobike",
    "disable-rekey",
    "exclude",
    "eap-id",
    "eap-mschapv2",
    "eap-radius",
    "eap-tls",
    "enable",
    "encryption",
    "esp-group",
    "force-udp-encapsulation",
    "hash",
    "id",
    "ike-group",
    "ikev1",
    "ikev2",
    "ikev2-reauth",
    "inactivity",
    "include-ipsec-conf",
    "include-ipsec-secrets",
    "initiate",
    "interface",
    "interval",
    "ipsec",
    "ipsec-interfaces",
    "key-exchange",
    "l2tp",
    "life-bytes",
    "life-packets",
    "lifetime",
    "local",
    "local-address",
    "local-id",
    "local-key",
    "local-users",
    "main",
    "mobike",
    "mode",
    "name-server",
    "none",
    "passthrough",
    "peer",
    "pfs",
    "pool",
    "port",
    "pre-shared-secret",
    "prefix",
    "prf",
    "profile",
    "proposal",
    "protocol",
    "psk",
    "priority",
    "range",
    "remote",
    "remote-access",
    "remote-address",
    "remote-id",
    "remote-key",
    "replay-window",
    "respond",
    "restart",
    "rsa",
    "secret",
    "server-mode",
    "site-to-site",
    "start",
    "stop",
    "timeout",
    "transport",
    "tunnel",
    "unique",
    "use-x509-id",
    "username",
    "virtual-address",
    "vpn",
    "vti",
    "x509",
];

/// Keys behind which names, identities and addresses stand.
const NAMES: &[&str] = &[
    "bind",
    "ca-certificate",
    "certificate",
    "connection",
    "default-esp-group",
    "esp-group",
    "id",
    "ike-group",
    "local-address",
    "local-id",
    "name-server",
    "peer",
    "pool",
    "prefix",
    "profile",
    "proposal",
    "remote-address",
    "remote-id",
    "start",
    "stop",
    "tunnel",
];

/// Gives what of a tree may be shown; a number and a choice only below a key that is known.
fn show(node: &Node, is_known: bool, shown: &mut Vec<Span>) {
    for (word, below) in node.below() {
        let is_key = KEYS.contains(&word);
        if is_key || is_known && harmless::is_choice(word) {
            shown.push(below.place.clone());
            shown.extend(below.before.iter().cloned());
        }
        let named = NAMES.contains(&word);
        let listed = ["encryption", "hash", "prf", "dh-group", "pfs"].contains(&word);
        for (value, inner) in below.below() {
            let known = || vyos::CIPHERS.iter().chain(vyos::HASHES).copied();
            let group = value.strip_prefix("dh-group").unwrap_or(value);
            if named && harmless::is_identity(value)
                || listed && (is_slip(value, known()) || group.len() <= 3)
            {
                shown.push(inner.place.clone());
                shown.extend(inner.before.iter().cloned());
            }
        }
        // Behind `psk` somebody may have put the key itself.
        show(below, (is_key || named) && word != "psk", shown);
    }
}
