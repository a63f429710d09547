//! The ASA: entries of crypto maps with the tunnel groups that go with them.

use std::collections::BTreeMap;

use super::lines::{Block, Kind, Word};
use super::{Reader, name_apart, placed, settings};
use crate::peer::authentication::{Authentication, Method, Round};
use crate::peer::server::{IkeVersions, Role, Spanned};
use crate::peer::{Connection, Entry};
use crate::read::loading;

/// A side of a connection as a tunnel group has it.
type Side = (Option<Method>, Option<Spanned<String>>);

impl Reader<'_> {
    pub(super) fn asa(&mut self) -> Vec<Connection> {
        let mut policies = self.all(Kind::Policy);
        policies.sort_by_key(|block| {
            let number = block.name().and_then(|it| it.text.parse::<u32>().ok());
            number.unwrap_or(u32::MAX)
        });
        let ike: Vec<Entry> = policies
            .iter()
            .flat_map(|block| self.asa_policy(block))
            .collect();
        let mut connections = Vec::new();
        for entry in self.entries(Kind::Map) {
            let dynamic = entry.after(&["ipsec-isakmp", "dynamic"]);
            match dynamic.and_then(<[Word]>::first) {
                Some(name) => {
                    let name = name.text.clone();
                    for own in self.entries(Kind::DynamicMap) {
                        if own.is_named(&name) {
                            self.entry(&own, &ike, &mut connections);
                        }
                    }
                }
                None => self.entry(&entry, &ike, &mut connections),
            }
        }
        let maps = self.entries(Kind::Map);
        let is_alone = |entry: &Block| {
            !maps.iter().any(|map| {
                let named = map.after(&["ipsec-isakmp", "dynamic"]);
                named.is_some_and(|words| words.first().is_some_and(|it| entry.is_named(&it.text)))
            })
        };
        // An excerpt may have the dynamic map alone.
        let alone = self.entries(Kind::DynamicMap).into_iter().filter(is_alone);
        for entry in alone.collect::<Vec<_>>() {
            self.entry(&entry, &ike, &mut connections);
        }
        for profile in self.all(Kind::IpsecProfile) {
            self.entry(&profile, &ike, &mut connections);
        }
        name_apart(&mut connections);
        connections
    }

    /// The entries of all maps of a kind: on the ASA each line is a whole command.
    fn entries(&self, kind: Kind) -> Vec<Block> {
        let mut entries: BTreeMap<(String, u32), Block> = BTreeMap::new();
        let of_kind = self.blocks.iter().filter(|block| block.kind == kind);
        for block in of_kind {
            let (Some(name), Some((number, rest))) = (block.name(), block.rest().split_first())
            else {
                continue;
            };
            let Ok(number) = number.text.parse() else {
                continue;
            };
            let key = (name.text.clone(), number);
            let entry = entries.entry(key).or_insert_with(|| Block {
                lines: Vec::new(),
                ..block.clone()
            });
            if !rest.is_empty() {
                entry.lines.push(rest.to_vec());
            }
            entry.lines.extend(block.lines.iter().cloned());
        }
        entries.into_values().collect()
    }

    /// Takes an entry: a connection for each tunnel group that may go with it.
    fn entry(&mut self, entry: &Block, ike: &[Entry], connections: &mut Vec<Connection>) {
        let Some(name) = entry.name().cloned() else {
            return;
        };
        let first = |command: &[&str]| entry.after(command).is_some_and(|it| !it.is_empty());
        let two = first(&["set", "ikev2", "ipsec-proposal"]);
        let one = first(&["set", "ikev1", "transform-set"]) || first(&["set", "transform-set"]);
        if !one && !two {
            return;
        }
        let versions = match (one, two) {
            (true, true) => IkeVersions::Any,
            (true, false) => IkeVersions::Ikev1,
            _ => IkeVersions::Ikev2,
        };
        let peers: Vec<Word> = entry
            .all_after(&["set", "peer"])
            .flatten()
            .cloned()
            .collect();
        let is_profile = entry.kind == Kind::IpsecProfile;
        let peers = match is_profile {
            true => self.ends(&name.text),
            false => peers,
        };
        let fixed = !peers.is_empty() || is_profile;
        let number = entry.rest().first().filter(|_| !is_profile);
        let title = number.map_or_else(
            || name.text.clone(),
            |number| format!("{} {}", name.text, number.text),
        );
        let children = match two {
            true => vec![self.child(&without_version_1(entry), &name)],
            false => Vec::new(),
        };
        let groups = match fixed {
            true => peers.iter().map(|peer| peer.text.clone()).collect(),
            false => self.groups_of_clients(),
        };
        let groups: Vec<Option<String>> = match groups.is_empty() {
            true => vec![None],
            false => groups.into_iter().map(Some).collect(),
        };
        for group in groups {
            let own = group.as_deref().map(|name| self.tunnel_group(name));
            let mut connection = Connection {
                name: match (&group, fixed) {
                    (Some(group), false) => group.clone(),
                    _ => title.clone(),
                },
                span: Some(name.span.clone()),
                role: match fixed {
                    true => Role::SiteToSite,
                    false => Role::RemoteAccess,
                },
                versions,
                ike: match two {
                    true => ike.to_vec(),
                    false => Vec::new(),
                },
                children: children.clone(),
                // The child has them where there is one.
                settings: match two {
                    true => Vec::new(),
                    false => settings(&[entry]),
                },
                ..Connection::default()
            };
            if let Some(group) = &own {
                self.asa_sides(group, &mut connection);
                connection
                    .settings
                    .extend(settings(&group.iter().collect::<Vec<_>>()));
            }
            connection.remote.addresses = peers.iter().map(placed).collect();
            if connections.len() < loading::MOST {
                connections.push(connection);
            }
            if fixed {
                break;
            }
        }
    }

    /// The other ends of the tunnels that an IPsec profile protects.
    fn ends(&self, profile: &str) -> Vec<Word> {
        let interfaces = self.blocks.iter().filter(|it| it.kind == Kind::Interface);
        let protected = interfaces.filter(|block| {
            let words = block.after(&["tunnel", "protection", "ipsec", "profile"]);
            words.is_some_and(|words| words.first().is_some_and(|it| it.text == profile))
        });
        protected
            .filter_map(|block| block.after(&["tunnel", "destination"])?.first().cloned())
            .collect()
    }

    /// The blocks of a tunnel group.
    fn tunnel_group(&self, name: &str) -> Vec<Block> {
        let groups = self.blocks.iter();
        let own = groups.filter(|it| it.kind == Kind::TunnelGroup && it.is_named(name));
        own.cloned().collect()
    }

    /// The names of the tunnel groups in which IKEv2 has a method.
    fn groups_of_clients(&self) -> Vec<String> {
        let mut names: Vec<String> = Vec::new();
        for block in self.blocks.iter().filter(|it| it.kind == Kind::TunnelGroup) {
            let Some(name) = block.name() else {
                continue;
            };
            let fixed = name.text.parse::<std::net::IpAddr>().is_ok()
                || self.tunnel_group(&name.text).iter().any(|own| {
                    own.rest()
                        .iter()
                        .any(|word| word.text == "ipsec-l2l" || word.text == "IPSec_L2L")
                });
            let says = block.after(&["ikev2"]).is_some();
            if says && !fixed && !names.contains(&name.text) {
                names.push(name.text.clone());
            }
        }
        names
    }

    fn asa_sides(&self, group: &[Block], connection: &mut Connection) {
        let local = side(group, "local-authentication");
        let remote = side(group, "remote-authentication");
        let trustpoint = group.iter().find_map(|block| {
            let words = block.after(&["ikev2", "local-authentication", "certificate"])?;
            words.first().map(placed)
        });
        connection.local = Authentication::of_round(Round {
            method: local.0,
            written: local.1,
            certificates: trustpoint.into_iter().collect(),
            ..Round::default()
        });
        connection.remote = Authentication::of_round(Round {
            method: remote.0,
            written: remote.1,
            ..Round::default()
        });
        let pool = group
            .iter()
            .find_map(|block| block.after(&["address-pool"])?.last());
        connection.pools = self.pool(pool);
    }
}

/// The entry without what it says of IKEv1.
fn without_version_1(entry: &Block) -> Block {
    let mut own = entry.clone();
    own.lines.retain(|line| {
        let words: Vec<_> = line.iter().map(|word| word.text.as_str()).collect();
        !words.starts_with(&["set", "transform-set"])
    });
    own
}

/// The method of a side: that of EAP where one stands beside it, because it is what clients are asked for.
fn side(group: &[Block], key: &str) -> Side {
    let mut found: Side = (None, None);
    for block in group {
        for words in block.all_after(&["ikev2", key]) {
            let Some(word) = words.first() else {
                continue;
            };
            let method = match word.text.as_str() {
                "pre-shared-key" => Method::PreSharedKey,
                "certificate" => Method::PublicKey,
                "eap" => Method::Eap(None),
                _ => continue,
            };
            if !matches!(found.0, Some(Method::Eap(_))) {
                found = (Some(method), Some(placed(word)));
            }
        }
    }
    found
}
