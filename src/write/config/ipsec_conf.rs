//! A server as the `ipsec.conf` of strongSwan's starter. libreswan's file of the same name is
//! another language, see [`crate::write::config::libreswan`].
//!
//! What was such a file is written as it was (`verbatim`), the file of another daemon in the words of
//! this one (`translated`). ipsec.conf(5) of strongSwan 5.9.8. Every list ends with `!`: without it charon appends its own
//! default proposals.

pub(super) mod translated;
pub(super) mod verbatim;

use std::io::Write;
use std::time::Duration;

use crate::peer::server::{IkeVersions, Product};
use crate::peer::setting::KeySet;
use crate::peer::{Child, Connection, Role, Server};
use crate::write::config::refusal::Failure;
use crate::write::config::setup::{Auth, CA, CERTIFICATE, DNS, POOL, certificates, local_id, word};
use crate::write::config::strongswan::{List, lists};
use crate::write::config::swanctl::left_out;

/// charon's `margintime` if nothing is written.
const MARGIN: Duration = Duration::from_secs(9 * 60);

/// Writes the file. Returns what it could not carry.
pub(crate) fn write(
    server: &Server,
    auth: Auth,
    out: &mut impl Write,
) -> Result<Vec<String>, Failure> {
    let mut lost = Vec::new();
    if server.definitions.keys == Some(KeySet::IpsecConf) {
        out.write_all(verbatim::write(server, &mut lost).as_bytes())?;
        return Ok(lost);
    }
    let lists = lists(server, "")?;
    if let Some(keys) = server.definitions.keys {
        out.write_all(translated::write(server, keys, &lists, &mut lost).as_bytes())?;
        return Ok(lost);
    }
    let mut taken = Vec::new();
    let mut text = String::from("config setup\n");
    for (connection, lists) in server.connections.iter().zip(lists) {
        if let Some(why) = &connection.not_loaded {
            lost.push(left_out(connection, why));
            continue;
        }
        let auth = Auth::of_clients(connection, auth);
        if !server.prefers_own {
            lost.push("`prefer_configured_proposals = no` belongs into strongswan.conf".to_owned());
        }
        times(connection, &mut lost);
        for (place, (child, list)) in connection.children.iter().zip(&lists.children).enumerate() {
            // Connections with the same IKE part become children of one.
            let name = match place {
                0 => connection.name.clone(),
                _ => format!("{}-{}", connection.name, child.name),
            };
            let name = word(&name, &mut taken);
            text.push_str(&format!("\nconn {name}\n"));
            conn(&mut text, server, connection, auth, &mut lost);
            proposals(&mut text, &lists.ike, child, list);
        }
    }
    out.write_all(text.as_bytes())?;
    Ok(lost)
}

fn line(text: &mut String, key: &str, value: &str) {
    text.push_str(&format!("\t{key}={value}\n"));
}

fn proposals(text: &mut String, ike: &List, child: &Child, own: &List) {
    let strict = |list: &[String]| format!("{}!", list.join(","));
    let value = |list: &List| match list {
        List::Written(list) => Some(strict(list)),
        List::BeforeDefault(list) => Some(list.join(",")),
        List::Default => None,
    };
    if let Some(list) = value(ike).filter(|list| !list.is_empty()) {
        line(text, "ike", &list);
    }
    let key = if child.ah.is_empty() { "esp" } else { "ah" };
    if let Some(list) = value(own).filter(|list| !list.is_empty()) {
        line(text, key, &list);
    }
}

fn conn(
    text: &mut String,
    server: &Server,
    connection: &Connection,
    auth: Auth,
    lost: &mut Vec<String>,
) {
    let version = match connection.versions {
        IkeVersions::Any => "ike",
        IkeVersions::Ikev1 => "ikev1",
        IkeVersions::Ikev2 => "ikev2",
    };
    line(text, "keyexchange", version);
    let own = connection.local.addresses.first();
    line(
        text,
        "left",
        &quoted(own.map_or("%any", |placed| &placed.value)),
    );
    line(text, "leftid", &quoted(&local_id(server, connection)));
    if auth == Auth::Psk {
        line(text, "leftauth", "psk");
        lost.push(format!(
            "the pre-shared key of connection `{}`: put it into ipsec.secrets",
            connection.name
        ));
    } else {
        line(text, "leftauth", "pubkey");
        let own = certificates(server, &connection.local, Product::Strongswan);
        if own.is_empty() {
            text.push_str("\t# replace: the server certificate, in ipsec.d/certs\n");
        }
        line(
            text,
            "leftcert",
            &quoted(own.first().unwrap_or(&CERTIFICATE)),
        );
    }
    let clients = connection.role == Role::RemoteAccess;
    if clients {
        // Apple's clients do not ask for the certificate, and get none unless it comes unasked.
        line(text, "leftsendcert", "always");
        line(text, "leftsubnet", "0.0.0.0/0,::/0");
    } else {
        lost.push(format!(
            "the networks of connection `{}`: add `leftsubnet` and `rightsubnet`",
            connection.name
        ));
    }
    let other = connection.remote.addresses.first();
    let other = other.filter(|_| !clients);
    line(
        text,
        "right",
        &quoted(other.map_or("%any", |placed| &placed.value)),
    );
    let (method, eap) = match auth {
        Auth::Certificate => ("pubkey", false),
        Auth::EapMschapv2 => ("eap-mschapv2", true),
        Auth::EapRadius => ("eap-radius", true),
        Auth::EapTls => ("eap-tls", true),
        Auth::Psk => ("psk", false),
    };
    if let Some(id) = &connection.remote.id {
        line(text, "rightid", &quoted(&id.value));
    }
    line(text, "rightauth", method);
    if auth == Auth::Certificate {
        text.push_str(&format!(
            "\t# replace: the CA of the clients' certificates belongs into ipsec.d/cacerts ({CA})\n"
        ));
    }
    if eap {
        line(text, "eap_identity", "%identity");
    }
    if clients {
        text.push_str("\t# replace: addresses that clients get inside of the tunnel\n");
        line(text, "rightsourceip", POOL);
        text.push_str("\t# replace: the DNS server that they ask through the tunnel\n");
        line(text, "rightdns", DNS);
        line(text, "mobike", "yes");
        line(text, "fragmentation", "yes");
        line(text, "dpdaction", "clear");
        line(text, "dpddelay", "30s");
    }
    // By default starter has the IKE SA authenticated again, which clients that dial in do not do.
    line(text, "reauth", "no");
    let zero = Some(Duration::ZERO);
    if connection.rekey.child == zero || connection.rekey.ike == zero {
        line(text, "rekey", "no");
    } else if connection.rekey.ike.is_some() || connection.rekey.child.is_some() {
        // New keys are asked for `margintime` before the end of the lifetime.
        line(text, "margintime", &format!("{}s", MARGIN.as_secs()));
        line(text, "rekeyfuzz", "0%");
        for (key, time) in [
            ("ikelifetime", connection.rekey.ike),
            ("lifetime", connection.rekey.child),
        ] {
            if let Some(time) = time {
                line(text, key, &format!("{}s", (time + MARGIN).as_secs()));
            }
        }
    }
    line(text, "auto", "add");
}

/// `rekey=no` stops both kinds of rekeying at once.
fn times(connection: &Connection, lost: &mut Vec<String>) {
    let zero = Some(Duration::ZERO);
    // A new authentication takes the place of the IKE SA's.
    let ike = connection.rekey.ike == zero && connection.reauthentication.is_none();
    let of_child = |child: &Child| {
        let own = child.rekey.as_ref().map(|rekey| rekey.value);
        own.or(connection.rekey.child) == zero
    };
    let mut children = connection.children.iter().map(of_child);
    let one = if connection.children.is_empty() {
        ike != (connection.rekey.child == zero)
    } else {
        children.any(|child| child != ike)
    };
    if one {
        lost.push(format!(
            "connection `{}`: `rekey=no` stops the server's rekeying of the IKE SA and of child SAs alike",
            connection.name
        ));
    }
}

/// A value; one with blanks or signs that mean something goes into double quotation marks.
pub(super) fn quoted(value: &str) -> String {
    let plain = |c: char| !c.is_whitespace() && !c.is_control() && !matches!(c, '#' | '"' | '\\');
    if !value.is_empty() && value.chars().all(plain) {
        return value.to_owned();
    }
    let mut text = String::from("\"");
    for c in value.chars().filter(|c| !c.is_control()) {
        if matches!(c, '"' | '\\') {
            text.push('\\');
        }
        text.push(c);
    }
    text.push('"');
    text
}
