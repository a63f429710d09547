//! Where the entries are that a peer names, so that a file of many peers is not searched for each of them.

use std::collections::HashMap;

use super::connection::DEFAULT;
use super::{Item, Items};

/// The entries of a menu by what they say.
type By<'i, T> = HashMap<&'i str, T>;

/// All entries, by their names and by those for whom they are.
pub(super) struct Index<'i> {
    pub(super) items: &'i Items,
    profiles: By<'i, &'i Item>,
    proposals: By<'i, &'i Item>,
    configurations: By<'i, &'i Item>,
    pools: By<'i, &'i Item>,
    identities: HashMap<Option<&'i str>, Vec<&'i Item>>,
    /// Policies with their places: those of a group of templates, of a peer, and of an address.
    of_group: By<'i, Vec<(usize, &'i Item)>>,
    of_peer: By<'i, Vec<(usize, &'i Item)>>,
    of_address: By<'i, Vec<(usize, &'i Item)>>,
}

impl<'i> Index<'i> {
    pub(super) fn of(items: &'i Items) -> Self {
        let mut index = Self {
            items,
            profiles: named(&items.profiles),
            proposals: named(&items.proposals),
            configurations: named(&items.configurations),
            pools: named(&items.pools),
            identities: HashMap::new(),
            of_group: HashMap::new(),
            of_peer: HashMap::new(),
            of_address: HashMap::new(),
        };
        for identity in items.identities.iter().filter(|it| !it.is_disabled()) {
            let own = index.identities.entry(identity.value("peer"));
            own.or_default().push(identity);
        }
        let encrypts = |it: &&Item| it.value("action").is_none_or(|action| action == "encrypt");
        let policies = items.policies.iter().filter(|it| !it.is_disabled());
        for (place, policy) in policies.filter(encrypts).enumerate() {
            if policy.is_template() || policy.is_default {
                let group = policy.value("group").unwrap_or(DEFAULT);
                index
                    .of_group
                    .entry(group)
                    .or_default()
                    .push((place, policy));
                continue;
            }
            for peer in policy.value("peer").unwrap_or_default().split(',') {
                index.of_peer.entry(peer).or_default().push((place, policy));
            }
            if let Some(address) = policy.value("sa-dst-address") {
                let own = index.of_address.entry(address);
                own.or_default().push((place, policy));
            }
        }
        index
    }

    pub(super) fn profile(&self, name: &str) -> Option<&'i Item> {
        self.profiles.get(name).copied()
    }

    pub(super) fn proposal(&self, name: &str) -> Option<&'i Item> {
        self.proposals.get(name).copied()
    }

    pub(super) fn configuration(&self, name: &str) -> Option<&'i Item> {
        self.configurations.get(name).copied()
    }

    pub(super) fn pool(&self, name: &str) -> Option<&'i Item> {
        self.pools.get(name).copied()
    }

    /// The identities of a peer that are enabled.
    pub(super) fn identities(&self, peer: &Item) -> Vec<&'i Item> {
        let found = self.identities.get(&peer.value("name"));
        found.cloned().unwrap_or_default()
    }

    /// The policies of a peer, in their order; those made of a group's templates, where the identity has one.
    pub(super) fn policies(&self, peer: &Item, group: Option<&str>) -> Vec<&'i Item> {
        let own = peer.value("name").and_then(|it| self.of_peer.get(it));
        let address = peer.value("address").unwrap_or_default();
        let address = address.split('/').next().unwrap_or_default();
        let other = self.of_address.get(address);
        let made = group.and_then(|it| self.of_group.get(it));
        let all = [own, other, made].into_iter().flatten().flatten();
        let mut all: Vec<_> = all.copied().collect();
        all.sort_by_key(|(place, _)| *place);
        all.dedup_by_key(|(place, _)| *place);
        all.into_iter().map(|(_, policy)| policy).collect()
    }
}

/// The first entry of each name.
fn named(items: &[Item]) -> By<'_, &Item> {
    let mut named = HashMap::new();
    for item in items {
        if let Some(name) = item
            .value("name")
            .or_else(|| item.is_default.then_some(DEFAULT))
        {
            named.entry(name).or_insert(item);
        }
    }
    named
}
