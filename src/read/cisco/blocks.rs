//! All blocks of a configuration, by what they are and what they are called.

use std::collections::HashMap;

use super::lines::{Block, Kind, Word};

/// The blocks in their order, with the places of those that others name.
#[derive(Debug, Default)]
pub(super) struct Blocks {
    list: Vec<Block>,
    named: HashMap<Kind, HashMap<String, Vec<usize>>>,
    /// Interfaces, by the IPsec profile that protects them.
    protected: HashMap<String, Vec<usize>>,
}

impl Blocks {
    pub(super) fn of(list: Vec<Block>) -> Self {
        let mut named: HashMap<Kind, HashMap<String, Vec<usize>>> = HashMap::new();
        let mut protected: HashMap<String, Vec<usize>> = HashMap::new();
        for (place, block) in list.iter().enumerate() {
            if let Some(name) = block.name() {
                let of_kind = named.entry(block.kind).or_default();
                of_kind.entry(name.text.clone()).or_default().push(place);
            }
            let profile = protection(block).and_then(<[Word]>::first);
            if let Some(profile) = profile {
                let interfaces = protected.entry(profile.text.clone()).or_default();
                interfaces.push(place);
            }
        }
        Self {
            list,
            named,
            protected,
        }
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &Block> {
        self.list.iter()
    }

    /// The blocks of a kind, in their order.
    pub(super) fn all(&self, kind: Kind) -> impl Iterator<Item = &Block> {
        self.list.iter().filter(move |block| block.kind == kind)
    }

    /// The blocks of a kind and a name, in their order.
    pub(super) fn named(&self, kind: Kind, name: &str) -> impl Iterator<Item = &Block> {
        let of_kind = self.named.get(&kind);
        let places = of_kind.and_then(|named| named.get(name));
        self.at(places)
    }

    /// The interfaces that an IPsec profile protects, each with the words behind `tunnel protection ipsec profile`.
    pub(super) fn protected_by(&self, profile: &str) -> impl Iterator<Item = (&Block, &[Word])> {
        let interfaces = self.at(self.protected.get(profile));
        interfaces.filter_map(|block| Some((block, protection(block)?)))
    }

    /// Whether everything that an IPsec profile protects is shut down; `None` if it protects nothing.
    pub(super) fn is_down(&self, profile: &str) -> Option<bool> {
        let mut interfaces = self.at(self.protected.get(profile)).peekable();
        interfaces.peek()?;
        Some(interfaces.all(|block| block.after(&["shutdown"]).is_some()))
    }

    /// The command that switches off what a release has by itself: `no crypto ikev2 proposal default`.
    pub(super) fn without_default(&self, command: &[&str]) -> Option<&Word> {
        let mut commands = self.all(Kind::Other).map(|block| &block.header);
        let off = commands.find(|header| {
            let words = header.iter().map(|word| word.text.as_str());
            words.eq(std::iter::once("no")
                .chain(command.iter().copied())
                .chain(["default"]))
        });
        off.and_then(|header| header.last())
    }

    fn at(&self, places: Option<&Vec<usize>>) -> impl Iterator<Item = &Block> {
        let places = places.map(Vec::as_slice).unwrap_or_default().to_vec();
        places.into_iter().filter_map(|place| self.list.get(place))
    }
}

/// The words behind `tunnel protection ipsec profile` of an interface.
fn protection(block: &Block) -> Option<&[Word]> {
    match block.kind {
        Kind::Interface => block.after(&["tunnel", "protection", "ipsec", "profile"]),
        _ => None,
    }
}
