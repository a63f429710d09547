//! The ASA: entries of crypto maps with the tunnel groups that go with them.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::time::Duration;

use super::child::seconds;
use super::lines::{Block, Kind, Word};
use super::{IkeList, Reader, name_apart, placed, settings};
use crate::peer::Connection;
use crate::peer::authentication::{Authentication, Method, Round};
use crate::peer::server::{IkeVersions, Role, Spanned};
use crate::peer::setting::{Bearing, Setting};
use crate::read::loading;

/// A side of a connection as a tunnel group has it.
type Side = (Option<Method>, Option<Spanned<String>>);

/// The policies of a configuration, and the tunnel groups in which IKEv2 has a method for clients.
struct Whole {
    ike: IkeList,
    groups: Vec<String>,
}

impl<'r> Reader<'r> {
    pub(super) fn asa(&mut self) -> Vec<Connection> {
        let whole = Whole {
            ike: self.asa_policies(),
            groups: self.groups_of_clients(),
        };
        let mut connections = Vec::new();
        let dynamic = self.entries(Kind::DynamicMap);
        let mut of_map: HashMap<&str, Vec<&Block>> = HashMap::new();
        for entry in &dynamic {
            let name = entry.name().map_or("", |name| &name.text);
            of_map.entry(name).or_default().push(entry);
        }
        let mut named: HashSet<String> = HashSet::new();
        for entry in self.entries(Kind::Map) {
            let map = entry.after(&["ipsec-isakmp", "dynamic"]);
            let Some(name) = map.and_then(<[Word]>::first) else {
                self.entry(&entry, &whole, &mut connections);
                continue;
            };
            for own in of_map.get(name.text.as_str()).into_iter().flatten() {
                self.entry(own, &whole, &mut connections);
            }
            if !of_map.contains_key(name.text.as_str()) {
                self.dangling(name, "dynamic map");
            }
            named.insert(name.text.clone());
        }
        // An excerpt may have the dynamic map alone.
        for entry in &dynamic {
            if !entry.name().is_some_and(|name| named.contains(&name.text)) {
                self.entry(entry, &whole, &mut connections);
            }
        }
        for profile in self.blocks.all(Kind::IpsecProfile) {
            if let (false, Some(name)) = (self.is_up(profile), profile.name()) {
                self.leave_out(name, "everything that uses the profile is shut down");
                continue;
            }
            self.entry(profile, &whole, &mut connections);
        }
        name_apart(&mut connections);
        connections
    }

    /// The list of all policies, which go by their numbers.
    pub(super) fn asa_policies(&mut self) -> IkeList {
        let mut policies: Vec<&Block> = self.blocks.all(Kind::Policy).collect();
        policies.sort_by_key(|block| {
            let number = block.name().and_then(|it| it.text.parse::<u32>().ok());
            number.unwrap_or(u32::MAX)
        });
        let mut list = IkeList::default();
        let lifetimes: Vec<_> = policies
            .iter()
            .filter_map(|block| block.after(&["lifetime", "seconds"]).and_then(seconds))
            .collect();
        let first = lifetimes.first().map(|one| one.value);
        let same = |one: &Spanned<Duration>| Some(one.value) == first;
        if lifetimes.len() == policies.len() && lifetimes.iter().all(same) {
            list.lifetime = lifetimes.into_iter().next();
        } else {
            // Which one counts depends on the policy that is chosen.
            let setting = |lifetime: Spanned<Duration>| Setting {
                key: "lifetime".to_owned(),
                value: lifetime.value.as_secs().to_string(),
                span: lifetime.span,
                bearing: Some(Bearing::Reachability),
            };
            list.settings = lifetimes.into_iter().map(setting).collect();
        }
        for block in policies {
            if list.entries.len() > loading::MOST_PROPOSALS
                && let Some(name) = block.name()
            {
                self.complain(loading::too_many(&name.span));
                break;
            }
            list.extend(self.asa_policy(block));
        }
        list
    }

    /// The entries of all maps of a kind: on the ASA each line is a whole command.
    fn entries(&self, kind: Kind) -> Vec<Block> {
        let mut entries: BTreeMap<(&str, u32), Block> = BTreeMap::new();
        for block in self.blocks.all(kind) {
            let (Some(name), Some((number, rest))) = (block.name(), block.rest().split_first())
            else {
                continue;
            };
            let Ok(number) = number.text.parse() else {
                continue;
            };
            let entry = entries.entry((&name.text, number));
            let entry = entry.or_insert_with(|| Block {
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
    fn entry(&mut self, entry: &Block, whole: &Whole, connections: &mut Vec<Connection>) {
        let Some(name) = entry.name() else {
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
        let is_profile = entry.kind == Kind::IpsecProfile;
        let peers: Vec<&Word> = match is_profile {
            true => self.ends(&name.text).collect(),
            false => entry.all_after(&["set", "peer"]).flatten().collect(),
        };
        let fixed = !peers.is_empty() || is_profile;
        let number = entry.rest().first().filter(|_| !is_profile);
        let title = number.map_or_else(
            || name.text.clone(),
            |number| format!("{} {}", name.text, number.text),
        );
        let children = match two {
            true => vec![self.child(&without_version_1(entry), name)],
            false => Vec::new(),
        };
        // The group of a tunnel is called as the first of its ends.
        let groups: Vec<&str> = match fixed {
            true => peers
                .iter()
                .take(1)
                .map(|peer| peer.text.as_str())
                .collect(),
            false => whole.groups.iter().map(String::as_str).collect(),
        };
        let groups: Vec<Option<&str>> = match groups.is_empty() {
            true => vec![None],
            false => groups.into_iter().map(Some).collect(),
        };
        let ike = if two {
            whole.ike.clone()
        } else {
            IkeList::default()
        };
        for group in groups {
            let mut connection = Connection {
                name: match (group, fixed) {
                    (Some(group), false) => group.to_owned(),
                    _ => title.clone(),
                },
                span: Some(name.span.clone()),
                role: match fixed {
                    true => Role::SiteToSite,
                    false => Role::RemoteAccess,
                },
                versions,
                ike: ike.entries.clone(),
                ike_is_unknown: ike.is_unknown,
                lifetime: ike.lifetime.clone(),
                children: children.clone(),
                // The child has them where there is one.
                settings: match two {
                    true => Vec::new(),
                    false => settings(&[entry]),
                },
                ..Connection::default()
            };
            connection.settings.extend(ike.settings.iter().cloned());
            if let Some(group) = group {
                let own: Vec<&Block> = self.blocks.named(Kind::TunnelGroup, group).collect();
                self.asa_sides(&own, &mut connection);
                connection.settings.extend(settings(&own));
            }
            connection.remote.addresses = peers.iter().copied().map(placed).collect();
            if !self.take(connection, connections) {
                return;
            }
        }
    }

    /// The other ends of the tunnels that an IPsec profile protects.
    fn ends(&self, profile: &str) -> impl Iterator<Item = &'r Word> {
        let protected = self.blocks.protected_by(profile);
        protected.filter_map(|(block, _)| block.after(&["tunnel", "destination"])?.first())
    }

    /// The names of the tunnel groups in which IKEv2 has a method.
    fn groups_of_clients(&self) -> Vec<String> {
        let blocks = || self.blocks.all(Kind::TunnelGroup);
        let named = |block: &'r Block| block.name().map(|name| name.text.as_str());
        let between_sites = ["ipsec-l2l", "IPSec_L2L"];
        let fixed: HashSet<&str> = blocks()
            .filter(|block| {
                let mut words = block.rest().iter();
                words.any(|word| between_sites.contains(&word.text.as_str()))
            })
            .filter_map(named)
            .collect();
        let serving = blocks().filter(|block| block.after(&["ikev2"]).is_some());
        let mut seen = HashSet::new();
        serving
            .filter_map(named)
            .filter(|name| !fixed.contains(name) && name.parse::<std::net::IpAddr>().is_err())
            .filter(|name| seen.insert(*name))
            .map(str::to_owned)
            .collect()
    }

    fn asa_sides(&self, group: &[&Block], connection: &mut Connection) {
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
fn side(group: &[&Block], key: &str) -> Side {
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
