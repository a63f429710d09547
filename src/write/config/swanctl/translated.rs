//! A swanctl.conf out of another daemon's file: what the model has, and settings by their names.

use std::time::Duration;

use super::block::Block;
use crate::peer::authentication::{Authentication, Method, Round};
use crate::peer::server::{IkeVersions, Product};
use crate::peer::setting::{KeySet, Setting};
use crate::peer::{Child, Connection, Server};
use crate::write::config::carry::{Scope, carried};
use crate::write::config::refusal::Failure;
use crate::write::config::setup::{CERTIFICATE, DefinedPool, certificates, pools, word};
use crate::write::config::strongswan::{List, Lists};

/// charon's default, where nothing is said of the end of an IKE SA.
pub(super) const DEFAULT_REKEY: Duration = Duration::from_secs(4 * 60 * 60);

/// The whole file.
pub(super) fn write(
    server: &Server,
    keys: KeySet,
    lists: Vec<Lists>,
    lost: &mut Vec<String>,
) -> Result<String, Failure> {
    let mut block = Block::default();
    let mut taken = Vec::new();
    let mut named: Vec<DefinedPool> = Vec::new();
    block.open("connections");
    for (connection, lists) in server.connections.iter().zip(lists) {
        if let Some(why) = &connection.not_loaded {
            lost.push(super::left_out(connection, why));
            continue;
        }
        let mut writer = Writer {
            block: &mut block,
            server,
            keys,
            lost,
        };
        let name = word(&connection.name, &mut taken);
        writer.block.open(&name);
        let pools = pools(server, connection, &name);
        writer.head(connection, &lists.ike, &pools.names);
        writer.sides(connection);
        writer.children(connection, &lists.children);
        writer.block.close();
        for pool in pools.defined {
            let known = |known: &DefinedPool| known.name == pool.name;
            if !named.iter().any(known) {
                named.push(pool);
            }
        }
    }
    block.close();
    if !named.is_empty() {
        block.open("pools");
        for pool in named {
            block.open(&pool.name);
            block.set("addrs", &pool.addresses.join(","));
            for (key, value) in &pool.settings {
                block.set(key, value);
            }
            block.close();
        }
        block.close();
    }
    Ok(block.finish())
}

struct Writer<'w> {
    block: &'w mut Block,
    server: &'w Server,
    keys: KeySet,
    lost: &'w mut Vec<String>,
}

impl Writer<'_> {
    fn head(&mut self, connection: &Connection, ike: &List, pools: &[String]) {
        match connection.versions {
            IkeVersions::Any => {}
            IkeVersions::Ikev1 => self.block.set("version", "1"),
            IkeVersions::Ikev2 => self.block.set("version", "2"),
        }
        if let List::Written(list) = ike {
            self.block.set("proposals", &list.join(","));
        }
        for (key, side) in [
            ("local_addrs", &connection.local),
            ("remote_addrs", &connection.remote),
        ] {
            let addresses = addresses(side);
            if !addresses.is_empty() {
                self.block.set(key, &addresses.join(","));
            }
        }
        if !pools.is_empty() {
            self.block.set("pools", &pools.join(","));
        }
        if let Some(childless) = &connection.childless {
            self.block.set("childless", &childless.value.to_string());
        }
        self.times(connection);
        self.settings(Scope::Connection, &connection.settings);
        let own = &self.server.definitions.settings;
        let unique = own.iter().any(|setting| setting.key == "setup.uniqueids");
        self.settings(Scope::Connection, own);
        if self.keys == KeySet::IpsecConf && !unique {
            // starter's default is yes, charon's is no.
            self.block.set("unique", "replace");
        }
    }

    fn times(&mut self, connection: &Connection) {
        let mut renewal = DEFAULT_REKEY;
        if let Some(reauthentication) = &connection.reauthentication {
            renewal = reauthentication.after;
            self.block.set("reauth_time", &seconds(renewal));
        } else if let Some(rekey) = connection.rekey.ike {
            renewal = rekey;
            self.block.set("rekey_time", &seconds(rekey));
        }
        if let Some(lifetime) = &connection.lifetime
            && !renewal.is_zero()
        {
            let over = lifetime.value.saturating_sub(renewal);
            self.block.set("over_time", &seconds(over));
        }
    }

    fn sides(&mut self, connection: &Connection) {
        for (scope, name, side) in [
            (Scope::Local, "local", &connection.local),
            (Scope::Remote, "remote", &connection.remote),
        ] {
            let several = side.rounds.len() > 1;
            for (place, round) in side.rounds.iter().enumerate() {
                let name = if several {
                    format!("{name}-{}", place + 1)
                } else {
                    name.to_owned()
                };
                self.block.open(&name);
                self.round(connection, scope, round);
                if place == 0 {
                    self.settings(scope, &connection.settings);
                }
                self.settings(scope, &round.settings);
                self.block.close();
            }
        }
        let psk = |side: &Authentication| {
            let mut rounds = side.rounds.iter();
            rounds.any(|round| round.method == Some(Method::PreSharedKey))
        };
        if psk(&connection.local) || psk(&connection.remote) {
            self.lost.push(format!(
                "the pre-shared key of connection `{}`: put it into a `secrets` section",
                connection.name
            ));
        }
    }

    fn round(&mut self, connection: &Connection, scope: Scope, round: &Round) {
        let own_word = matches!(self.keys, KeySet::IpsecConf | KeySet::Opnsense);
        let written = round.written.as_ref().filter(|_| own_word);
        match (written, &round.method) {
            (Some(written), _) => self.block.set("auth", &written.value),
            (None, Some(method)) => self.block.set("auth", &method.to_string()),
            (None, None) => {}
        }
        if let Some(id) = round.id.as_ref().filter(|id| !id.value.starts_with('%')) {
            self.block.set("id", &id.value);
        }
        if let Some(id) = &round.eap_id {
            let id = match id.value.as_str() {
                "%identity" => "%any",
                id => id,
            };
            self.block.set("eap_id", id);
        }
        if scope == Scope::Local && round.method == Some(Method::PublicKey) {
            let own = certificates(self.server, &connection.local, Product::Strongswan);
            let of_round: Vec<_> = own
                .into_iter()
                .filter(|name| round.certificates.iter().any(|it| it.value == *name))
                .collect();
            if of_round.is_empty() {
                self.block.comment(
                    "replace: the server certificate, in swanctl/x509, its key in swanctl/private",
                );
                self.block.set("certs", CERTIFICATE);
            } else {
                self.block.set("certs", &of_round.join(","));
            }
        } else if scope == Scope::Remote && self.server.product == Some(Product::Strongswan) {
            let names = round.certificates.iter().map(|it| it.value.as_str());
            let names: Vec<_> = names.collect();
            if !names.is_empty() {
                self.block.set("certs", &names.join(","));
            }
        }
    }

    fn children(&mut self, connection: &Connection, lists: &[List]) {
        self.block.open("children");
        let mut taken = Vec::new();
        for (child, list) in connection.children.iter().zip(lists) {
            self.block.open(&word(&child.name, &mut taken));
            self.child(connection, child, list);
            self.block.close();
        }
        self.block.close();
    }

    fn child(&mut self, connection: &Connection, child: &Child, list: &List) {
        let key = if child.ah.is_empty() {
            "esp_proposals"
        } else {
            "ah_proposals"
        };
        if let List::Written(list) = list {
            self.block.set(key, &list.join(","));
        }
        if child.truncated_sha256.is_some() {
            self.block.set("sha256_96", "yes");
        }
        for (key, networks) in [
            ("local_ts", &child.local_networks),
            ("remote_ts", &child.remote_networks),
        ] {
            let networks: Vec<_> = networks.iter().map(|it| network(&it.value)).collect();
            if !networks.is_empty() {
                self.block.set(key, &networks.join(","));
            }
        }
        if let Some(mode) = &child.mode {
            self.block.set("mode", &mode.value.to_string());
        }
        let rekey = child.rekey.as_ref().map(|rekey| rekey.value);
        if let Some(rekey) = rekey.or(connection.rekey.child) {
            self.block.set("rekey_time", &seconds(rekey));
        }
        if let Some(lifetime) = &child.lifetime {
            self.block.set("life_time", &seconds(lifetime.value));
        }
        self.settings(Scope::Child, &connection.settings);
        self.settings(Scope::Child, &child.settings);
    }

    /// Settings that go into this section.
    fn settings(&mut self, scope: Scope, settings: &[Setting]) {
        for setting in settings {
            let carried = carried((self.keys, KeySet::Swanctl), scope, setting);
            if let Some(carried) = carried.filter(|carried| carried.scope == scope) {
                self.block.set(carried.key, &carried.value);
            }
        }
    }
}

fn addresses(side: &Authentication) -> Vec<&str> {
    let addresses = side.addresses.iter();
    let items = addresses.flat_map(|placed| placed.value.split(',').map(str::trim));
    items
        .filter(|address| !address.is_empty() && !address.starts_with('%'))
        .collect()
}

/// A network in charon's words.
fn network(network: &str) -> String {
    match network {
        "%dynamic" => "dynamic".to_owned(),
        "0/0" => "0.0.0.0/0".to_owned(),
        other => other.replace("[%any]", ""),
    }
}

fn seconds(time: Duration) -> String {
    format!("{}s", time.as_secs())
}
