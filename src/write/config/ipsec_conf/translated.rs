//! An ipsec.conf of strongSwan out of another daemon's file: what the model has, and settings by
//! their names.

use std::time::Duration;

use super::{MARGIN, line, proposals, quoted};
use crate::peer::authentication::{Authentication, Method, Round};
use crate::peer::server::{IkeVersions, Product};
use crate::peer::setting::{KeySet, Setting};
use crate::peer::{Child, Connection, Server};
use crate::write::config::carry::{Scope, carried};
use crate::write::config::setup::{CERTIFICATE, certificates, word};
use crate::write::config::strongswan::Lists;
use crate::write::config::swanctl::left_out;

/// Rounds of a side that the file has keys for.
pub(in crate::write::config) const ROUNDS: usize = 2;

/// The whole file.
pub(super) fn write(
    server: &Server,
    keys: KeySet,
    lists: &[Lists],
    lost: &mut Vec<String>,
) -> String {
    let mut text = String::from("config setup\n");
    if !server.prefers_own {
        lost.push("`prefer_configured_proposals = no` belongs into strongswan.conf".to_owned());
    }
    if let Some(unique) = unique(server, keys) {
        line(&mut text, "uniqueids", &unique);
    }
    let mut taken = Vec::new();
    for (connection, lists) in server.connections.iter().zip(lists) {
        if let Some(why) = &connection.not_loaded {
            lost.push(left_out(connection, why));
            continue;
        }
        super::times(connection, lost);
        for (place, (child, list)) in connection.children.iter().zip(&lists.children).enumerate() {
            // Connections with the same IKE part become children of one.
            let name = match place {
                0 => connection.name.clone(),
                _ => format!("{}-{}", connection.name, child.name),
            };
            let name = word(&name, &mut taken);
            text.push_str(&format!("\nconn {name}\n"));
            let mut conn = Conn {
                text: &mut text,
                server,
                keys,
            };
            conn.head(connection, child);
            conn.sides(connection, child);
            conn.times(connection, child);
            conn.settings(connection, child);
            proposals(&mut text, &lists.ike, child, list);
        }
    }
    text
}

/// `uniqueids` holds for the whole file: what the connections agree on. starter's default is yes,
/// charon's is no.
fn unique(server: &Server, keys: KeySet) -> Option<String> {
    let sectioned = matches!(keys, KeySet::Swanctl | KeySet::Opnsense);
    sectioned.then(|| {
        let settings = server.connections.iter().flat_map(|it| &it.settings);
        let mut unique = settings.filter(|setting| setting.key == "unique");
        match unique.next().map(|it| it.value.to_ascii_lowercase()) {
            Some(value) if value == "replace" => "yes".to_owned(),
            Some(value) => value,
            None => "no".to_owned(),
        }
    })
}

struct Conn<'w> {
    text: &'w mut String,
    server: &'w Server,
    keys: KeySet,
}

impl Conn<'_> {
    fn set(&mut self, key: &str, value: &str) {
        line(self.text, key, &quoted(value));
    }

    fn head(&mut self, connection: &Connection, child: &Child) {
        self.set(
            "keyexchange",
            match connection.versions {
                IkeVersions::Any => "ike",
                IkeVersions::Ikev1 => "ikev1",
                IkeVersions::Ikev2 => "ikev2",
            },
        );
        if let Some(mode) = &child.mode {
            self.set("type", &mode.value.to_string());
        }
        if child.truncated_sha256.is_some() {
            self.set("sha256_96", "yes");
        }
    }

    fn sides(&mut self, connection: &Connection, child: &Child) {
        for (prefix, side, networks) in [
            ("left", &connection.local, &child.local_networks),
            ("right", &connection.remote, &child.remote_networks),
        ] {
            let addresses: Vec<_> = side.addresses.iter().map(|it| it.value.as_str()).collect();
            let addresses = addresses.join(",");
            let anybody = addresses.is_empty();
            self.set(prefix, if anybody { "%any" } else { &addresses });
            for (round, suffix) in side.rounds.iter().take(ROUNDS).zip(["", "2"]) {
                self.round(connection, (prefix, suffix), round);
            }
            let networks = networks.iter().map(|it| {
                let dynamic = it.value.starts_with("dynamic");
                let sign = if dynamic { "%" } else { "" };
                format!("{sign}{}", it.value.replace("/any]", "/%any]"))
            });
            let networks: Vec<_> = networks.collect();
            if !networks.is_empty() {
                self.set(&format!("{prefix}subnet"), &networks.join(","));
            }
        }
        let identity = |side: &Authentication| {
            let mut rounds = side.rounds.iter();
            rounds.find_map(|round| round.eap_id.clone())
        };
        if let Some(id) = identity(&connection.remote).or_else(|| identity(&connection.local)) {
            self.set("eap_identity", &id.value);
        }
        let pools = self.pools(connection);
        if !pools.is_empty() {
            self.set("rightsourceip", &pools.join(","));
        }
    }

    /// Addresses where the source defines the pool, else its name.
    fn pools(&self, connection: &Connection) -> Vec<String> {
        let mut pools = Vec::new();
        for asked in &connection.pools {
            let known = &self.server.definitions.pools;
            match known.iter().find(|pool| pool.name == asked.value) {
                Some(pool) => pools.extend(pool.addresses.iter().map(|it| it.value.clone())),
                None if asked.value.contains(['.', ':', '%']) => pools.push(asked.value.clone()),
                None => pools.push(format!("%{}", asked.value)),
            }
        }
        pools
    }

    fn round(&mut self, connection: &Connection, (prefix, suffix): (&str, &str), round: &Round) {
        let own_word = matches!(self.keys, KeySet::Swanctl | KeySet::Opnsense);
        let written = round.written.as_ref().filter(|_| own_word);
        let key = |name: &str| format!("{prefix}{name}{suffix}");
        match (written, &round.method) {
            (Some(written), _) => self.set(&key("auth"), &written.value),
            (None, Some(method)) => self.set(&key("auth"), &method.to_string()),
            (None, None) => {}
        }
        if let Some(id) = round.id.as_ref().filter(|id| !id.value.starts_with('%')) {
            self.set(&key("id"), &id.value);
        }
        let local = prefix == "left";
        if local && round.method == Some(Method::PublicKey) {
            let own = certificates(self.server, &connection.local, Product::Strongswan);
            let mut own = own.into_iter();
            let of_round = own.find(|name| round.certificates.iter().any(|it| it.value == *name));
            match of_round {
                Some(name) => self.set(&key("cert"), name),
                None => {
                    self.text
                        .push_str("\t# replace: the server certificate, in ipsec.d/certs\n");
                    self.set(&key("cert"), CERTIFICATE);
                }
            }
        } else if self.server.product == Some(Product::Strongswan)
            && let Some(certificate) = round.certificates.first()
        {
            self.set(&key("cert"), &certificate.value);
        }
    }

    /// Lifetimes end `margintime` after new keys are asked for.
    fn times(&mut self, connection: &Connection, child: &Child) {
        let zero = Some(Duration::ZERO);
        let reauth = connection.reauthentication.as_ref().map(|it| it.after);
        let child_rekey = child.rekey.as_ref().map(|it| it.value);
        let child_rekey = child_rekey.or(connection.rekey.child);
        if reauth.is_none() {
            self.set("reauth", "no");
        }
        if connection.rekey.ike == zero && reauth.is_none() || child_rekey == zero {
            self.set("rekey", "no");
        }
        let with_margin = |time: Duration| time + MARGIN;
        let ike = reauth
            .or(connection.rekey.ike)
            .filter(|time| !time.is_zero());
        let ike = ike
            .map(with_margin)
            .or(connection.lifetime.as_ref().map(|it| it.value));
        let child = child_rekey.filter(|time| !time.is_zero());
        let child_end = child.map(with_margin);
        if ike.is_some() || child_end.is_some() {
            self.set("margintime", &seconds(MARGIN));
            self.set("rekeyfuzz", "0%");
        }
        for (key, time) in [("ikelifetime", ike), ("lifetime", child_end)] {
            if let Some(time) = time {
                self.set(key, &seconds(time));
            }
        }
    }

    fn settings(&mut self, connection: &Connection, child: &Child) {
        let mut all: Vec<(Scope, &Setting)> = Vec::new();
        all.extend(connection.settings.iter().map(|it| (Scope::Connection, it)));
        for (scope, side) in [
            (Scope::Local, &connection.local),
            (Scope::Remote, &connection.remote),
        ] {
            let first = side.rounds.first();
            let settings = first.into_iter().flat_map(|round| &round.settings);
            all.extend(settings.map(|it| (scope, it)));
        }
        all.extend(child.settings.iter().map(|it| (Scope::Child, it)));
        let mut has_auto = false;
        for (scope, setting) in all {
            let carried = carried((self.keys, KeySet::IpsecConf), scope, setting);
            // `uniqueids` belongs into another section.
            if let Some(carried) = carried.filter(|it| !it.key.contains('.')) {
                has_auto |= carried.key == "auto";
                self.set(carried.key, &carried.value);
            }
        }
        if !has_auto {
            self.set("auto", "add");
        }
    }
}

fn seconds(time: Duration) -> String {
    format!("{}s", time.as_secs())
}
