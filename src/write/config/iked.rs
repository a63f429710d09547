//! A server as OpenIKED's `iked.conf`.
//!
//! Grammar and names of iked's `parse.y` (openiked-portable 01c64db4): what is left out of a
//! proposal is filled with defaults, so every type is written, `group none` and `noesn` included.
//! What was an iked.conf is written as it was, with its macros filled in.

use std::io::Write;
use std::net::IpAddr;

use crate::dialect::Inexpressible;
use crate::dialect::iked::{self, SOURCE};
use crate::ike::{Proposal, Suite};
use crate::peer::server::{IkeVersions, Mode, Spanned};
use crate::peer::setting::KeySet;
use crate::peer::{Child, Connection, Entry, Role, Server};
use crate::write::config::refusal::{Failure, Refusal, words};
use crate::write::config::setup::{
    Auth, DNS, POOL, is_network, local_id, pool_networks, unmarked, version_one, without_addresses,
    word,
};

/// Where the pre-shared key is to be put; it is never written.
const KEY_FILE: &str = "/etc/iked/psk";

/// Writes the file. Returns what it could not carry.
pub fn write(server: &Server, auth: Auth, out: &mut impl Write) -> Result<Vec<String>, Failure> {
    let mut lost = Vec::new();
    if server.definitions.keys == Some(KeySet::Iked) {
        out.write_all(verbatim(server, &mut lost).as_bytes())?;
        return Ok(lost);
    }
    let mut refused = Vec::new();
    let mut taken = Vec::new();
    let mut text = String::new();
    let mut needs_pool = false;
    for connection in server.connections.iter().filter(|c| c.not_loaded.is_none()) {
        if connection.versions == IkeVersions::Ikev1 {
            lost.push(format!(
                "connection `{}`: iked has no IKEv1",
                connection.name
            ));
            continue;
        }
        lost.extend(version_one(connection));
        lost.extend(without_addresses(server, connection));
        let ike = list("ikesa", &connection.ike, &mut refused);
        for (place, child) in connection.children.iter().enumerate() {
            let name = match place {
                0 => connection.name.clone(),
                _ => format!("{}-{}", connection.name, child.name),
            };
            let name = word(&name, &mut taken);
            let esp = list("childsa", child.esp.iter().chain(&child.ah), &mut refused);
            let lists: Vec<_> = ike.iter().chain(&esp).cloned().collect();
            let one = Policy {
                server,
                connection,
                child,
                name: &name,
                auth: Auth::of_clients(connection, auth),
            };
            needs_pool |= one.write(&lists, &mut text, &mut lost);
        }
    }
    if !refused.is_empty() {
        return Err(Failure::Refused(refused));
    }
    if needs_pool {
        writeln!(
            out,
            "# replace: the addresses that clients get ({POOL}), and their DNS server ({DNS})"
        )?;
    }
    writeln!(out, "# certificates belong into /etc/iked")?;
    // Certificates make messages longer than a packet, and not every network carries its fragments.
    writeln!(out, "set fragmentation")?;
    out.write_all(text.as_bytes())?;
    Ok(lost)
}

/// A file as it was read: every part of every rule.
fn verbatim(server: &Server, lost: &mut Vec<String>) -> String {
    let mut text = String::new();
    let line = |key: &str, value: &str| format!("{key} {value}").trim().to_owned();
    for setting in &server.definitions.settings {
        text.push_str(&format!("set {}\n", line(&setting.key, &setting.value)));
    }
    for connection in &server.connections {
        text.push_str(&format!("ikev2 {}", iked::string(&connection.name)));
        for setting in &connection.settings {
            let own = if setting.key == "psk" && setting.value.is_empty() {
                lost.push(missing_key(&connection.name));
                format!("psk file \"{KEY_FILE}\"")
            } else {
                line(&setting.key, &setting.value)
            };
            // What has no value of its own stands beside the name.
            let alone = setting.value.is_empty() && setting.key != "psk";
            text.push_str(if alone { " " } else { " \\\n\t" });
            text.push_str(&own);
        }
        text.push('\n');
    }
    text
}

fn missing_key(name: &str) -> String {
    format!("the pre-shared key of `{name}`: put it into the file")
}

/// One rule: a connection with one of its children.
struct Policy<'p> {
    server: &'p Server,
    connection: &'p Connection,
    child: &'p Child,
    name: &'p str,
    auth: Auth,
}

impl Policy<'_> {
    /// Writes the rule. Returns whether it has addresses for clients that nobody named.
    fn write(&self, lists: &[String], text: &mut String, lost: &mut Vec<String>) -> bool {
        let Self {
            server,
            connection,
            child,
            name,
            auth,
        } = self;
        let transport = child.mode.as_ref().map(|mode| mode.value) == Some(Mode::Transport);
        let mode = if transport { " transport" } else { "" };
        let protocol = if child.ah.is_empty() { "esp" } else { "ah" };
        let peer = connection.remote.addresses.first();
        let peer = peer.filter(|_| connection.role == Role::SiteToSite);
        text.push_str(&format!(
            "ikev2 {} passive{mode} {protocol} \\\n",
            iked::string(name)
        ));
        for (from, to) in self.flows(peer.is_some(), lost) {
            text.push_str(&format!("\tfrom {} to {} \\\n", host(&from), host(&to)));
        }
        text.push_str(&format!(
            "\tpeer {} \\\n",
            host(peer.map_or("any", |peer| peer.value.as_str()))
        ));
        for line in lists {
            text.push_str(&format!("\t{line} \\\n"));
        }
        let id = iked::string(unmarked(&local_id(server, connection)));
        text.push_str(&format!("\tsrcid {id} \\\n"));
        let other = connection.remote.id.as_ref().map(|id| id.value.as_str());
        if let Some(other) = other.filter(|id| !id.starts_with('%')) {
            text.push_str(&format!("\tdstid {} \\\n", iked::string(unmarked(other))));
        }
        self.times(text);
        text.push_str(authentication(*auth, name, lost));
        let mut is_placeholder = false;
        if connection.role == Role::RemoteAccess {
            // Addresses for clients; what to replace is said above the rules.
            let takes = |text: &str| is_network(text) || text.parse::<IpAddr>().is_ok();
            let mut own = pool_networks(server, connection, takes, lost);
            is_placeholder = own.is_empty();
            if is_placeholder {
                own.push(POOL.to_owned());
            }
            for pool in own {
                text.push_str(&format!(" \\\n\tconfig address {}", host(&pool)));
            }
            if is_placeholder {
                text.push_str(&format!(" \\\n\tconfig name-server {DNS}"));
            }
        }
        text.push('\n');
        is_placeholder
    }

    /// Every network of this side with every one of the other.
    fn flows(&self, has_peer: bool, lost: &mut Vec<String>) -> Vec<(String, String)> {
        let Self { child, name, .. } = self;
        let values = |list: &[Spanned<String>]| -> Vec<String> {
            let values = list.iter().map(|it| it.value.clone());
            values
                .filter(|it| it != "dynamic" && it != "%dynamic")
                .collect()
        };
        let mut local = values(&child.local_networks);
        let mut remote = values(&child.remote_networks);
        if local.is_empty() {
            local.push(self.own_network(lost));
        }
        if remote.is_empty() && has_peer {
            lost.push(format!(
                "the networks of `{name}`: write them after `from` and `to`"
            ));
            remote.push("any".to_owned());
        } else if remote.is_empty() {
            remote.push("dynamic".to_owned());
        }
        let family = |network: &str| match network {
            "any" | "dynamic" => None,
            _ => Some(network.contains(':')),
        };
        let pairs = local
            .iter()
            .flat_map(|from| remote.iter().map(move |to| (from.clone(), to.clone())));
        // iked refuses a flow between two families.
        let fit = |(from, to): &(String, String)| {
            let families = family(from).zip(family(to));
            families.is_none_or(|(one, other)| one == other)
        };
        pairs.filter(fit).collect()
    }

    /// What stands for no network of this side: in a file its address alone, in a plan everything.
    fn own_network(&self, lost: &mut Vec<String>) -> String {
        let everything = "any".to_owned();
        if self.server.definitions.keys.is_none() {
            return everything;
        }
        let addresses = self.connection.local.addresses.iter();
        let mut fixed = addresses.filter(|it| it.value.parse::<IpAddr>().is_ok());
        match fixed.next() {
            Some(address) => address.value.clone(),
            None => {
                lost.push(format!(
                    "that clients of `{}` reach this machine alone: write its address after `from`",
                    self.name
                ));
                everything
            }
        }
    }

    fn times(&self, text: &mut String) {
        let Self {
            connection, child, ..
        } = self;
        // Without a word iked never asks for new keys of an IKE SA.
        if let Some(time) = connection.rekey.ike.filter(|time| !time.is_zero()) {
            text.push_str(&format!("\tikelifetime {} \\\n", time.as_secs()));
        }
        let lifetime = child.lifetime.as_ref().map(|it| it.value);
        match (connection.rekey.child, lifetime) {
            (Some(rekey), _) if rekey.is_zero() => text.push_str("\tlifetime 0 bytes 0 \\\n"),
            (Some(rekey), None) => {
                text.push_str(&format!("\tlifetime {} \\\n", rekey.as_secs()));
            }
            (_, Some(lifetime)) => {
                text.push_str(&format!("\tlifetime {} \\\n", lifetime.as_secs()));
            }
            (None, None) => {}
        }
    }
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
            lost.push(missing_key(name));
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

/// A host: a word of the grammar where it can be one.
fn host(value: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | ':' | '/');
    let starts = value.starts_with(|c: char| c.is_ascii_alphanumeric() || c == ':');
    if starts && value.chars().all(plain) {
        value.to_owned()
    } else {
        iked::string(value)
    }
}
