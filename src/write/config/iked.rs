//! A server as OpenIKED's `iked.conf`.
//!
//! Grammar and names of iked's `parse.y` (openiked-portable 01c64db4): what is left out of a
//! proposal is filled with defaults, so every type is written, `group none` and `noesn` included.

use std::io::Write;

use crate::dialect::Inexpressible;
use crate::dialect::iked::{self, SOURCE};
use crate::ike::{Proposal, Suite};
use crate::peer::server::IkeVersions;
use crate::peer::{Entry, Role, Server};
use crate::write::config::refusal::{Failure, Refusal, words};
use crate::write::config::setup::{Auth, POOL, local_id, pools, word};

/// Writes the file. Returns what it could not carry.
pub fn write(server: &Server, auth: Auth, out: &mut impl Write) -> Result<Vec<String>, Failure> {
    let (mut refused, mut lost) = (Vec::new(), Vec::new());
    let mut taken = Vec::new();
    let mut text = String::new();
    for connection in server.connections.iter().filter(|c| c.not_loaded.is_none()) {
        if connection.versions == IkeVersions::Ikev1 {
            lost.push(format!(
                "connection `{}`: iked has no IKEv1",
                connection.name
            ));
            continue;
        }
        let auth = Auth::of_clients(connection, auth);
        for (place, child) in connection.children.iter().enumerate() {
            let name = match place {
                0 => connection.name.clone(),
                _ => format!("{}-{}", connection.name, child.name),
            };
            let name = word(&name, &mut taken);
            let ike = list("ikesa", &connection.ike, &mut refused);
            let esp = list("childsa", child.esp.iter().chain(&child.ah), &mut refused);
            let peer = connection.remote.addresses.first();
            let clients = connection.role == Role::RemoteAccess;
            let (to, peer) = match peer.filter(|_| !clients) {
                Some(peer) => {
                    let network = child.remote_networks.first().map(|it| it.value.as_str());
                    if network.is_none() {
                        lost.push(format!(
                            "the networks of `{name}`: write them after `from` and `to`"
                        ));
                    }
                    (network.unwrap_or("any"), peer.value.as_str())
                }
                None => ("dynamic", "any"),
            };
            let from = child.local_networks.first();
            let from = from.map_or("any", |it| it.value.as_str());
            let id = string(&local_id(server, connection));
            text.push_str(&format!(
                "ikev2 \"{name}\" passive esp \\\n\tfrom {} to {} \\\n\tpeer {} \\\n",
                host(from),
                host(to),
                host(peer)
            ));
            for line in ike.iter().chain(&esp) {
                text.push_str(&format!("\t{line} \\\n"));
            }
            text.push_str(&format!("\tsrcid {id} \\\n"));
            let other = connection.remote.id.as_ref().map(|id| id.value.as_str());
            if let Some(other) = other.filter(|id| !id.starts_with('%')) {
                text.push_str(&format!("\tdstid {} \\\n", string(other)));
            }
            for (word, time) in [
                ("ikelifetime", connection.rekey.ike),
                ("lifetime", connection.rekey.child),
            ] {
                match time {
                    Some(time) if time.is_zero() => lost.push(format!(
                        "that the server never asks for new keys: iked has no value for that, `{word}` is left out"
                    )),
                    Some(time) => text.push_str(&format!("\t{word} {} \\\n", time.as_secs())),
                    None => {}
                }
            }
            text.push_str(authentication(auth, &name, &mut lost));
            if clients {
                // Addresses for clients; what to replace is said above the rule.
                let own = pools(server, connection, "").defined.into_iter();
                let own = own.flat_map(|pool| pool.addresses).next();
                let pool = own.as_deref().unwrap_or(POOL);
                text.push_str(&format!(" \\\n\tconfig address {}", host(pool)));
            }
            text.push('\n');
        }
    }
    if !refused.is_empty() {
        return Err(Failure::Refused(refused));
    }
    writeln!(
        out,
        "# replace: the addresses that clients get ({POOL}); certificates belong into /etc/iked"
    )?;
    out.write_all(text.as_bytes())?;
    Ok(lost)
}

fn authentication(auth: Auth, name: &str, lost: &mut Vec<String>) -> &'static str {
    match auth {
        Auth::Certificate => "\tsignature",
        Auth::EapMschapv2 => {
            lost.push(format!(
                "names and passwords of `{name}`: add a line `user` each"
            ));
            "\teap \"mschap-v2\""
        }
        Auth::EapTls => {
            lost.push(format!(
                "EAP-TLS of `{name}`: iked has EAP-MSCHAPv2 alone, so clients prove themselves by certificate without EAP ({SOURCE})"
            ));
            "\tsignature"
        }
        Auth::EapRadius => {
            lost.push(format!(
                "RADIUS of `{name}`: this release's grammar has EAP-MSCHAPv2 alone ({SOURCE})"
            ));
            "\teap \"mschap-v2\""
        }
        Auth::Psk => {
            lost.push(format!(
                "the pre-shared key of `{name}`: put it into the file"
            ));
            "\tpsk file \"/etc/iked/psk\""
        }
    }
}

fn list<'a>(
    keyword: &str,
    entries: impl IntoIterator<Item = &'a Entry>,
    refused: &mut Vec<Refusal>,
) -> Vec<String> {
    let mut lines = Vec::new();
    for entry in entries {
        match transforms(&entry.proposal) {
            Ok(words) => lines.push(format!("{keyword} {words}")),
            Err(why) => refused.push(Refusal::of_entry(entry, why, expresses)),
        }
    }
    lines
}

/// Whether iked has words for the suite.
pub fn expresses(suite: &Suite) -> bool {
    transforms(&suite.to_proposal()).is_ok()
}

fn transforms(proposal: &Proposal) -> Result<String, Inexpressible> {
    iked::proposal(proposal).map_err(|limit| Inexpressible {
        what: words(proposal),
        product: "iked",
        limit,
        source: SOURCE,
    })
}

/// A string of the grammar; quotation marks inside are escaped.
fn string(value: &str) -> String {
    let mut text = String::from("\"");
    for c in value.chars().filter(|c| !c.is_control()) {
        if c == '"' || c == '\\' {
            text.push('\\');
        }
        text.push(c);
    }
    text.push('"');
    text
}

/// A host: a word of the grammar where it can be one.
fn host(value: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | ':' | '/');
    if !value.is_empty() && value.chars().all(plain) {
        value.to_owned()
    } else {
        string(value)
    }
}
