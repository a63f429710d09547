//! The configuration as a tree, out of commands or out of the blocks of `config.boot`.
//!
//! Commands are carried out as a router carries them out: what is deleted is not there, `edit` goes into the tree.

mod lexer;
mod parser;

use std::cell::Cell;

use indexmap::IndexMap;

pub(super) use self::parser::read;
use crate::diag::{Diagnostic, Span, is_slip};

/// A word of the configuration, with what stands below it; a value has nothing below it.
#[derive(Clone, Debug)]
pub(super) struct Node {
    /// Where it stands, the last time.
    pub(super) place: Span,
    /// Where it stands before that.
    pub(super) before: Vec<Span>,
    below: IndexMap<String, Self>,
    /// Which of those below was set last: a value that is set again takes the place of the one before.
    last: Option<usize>,
    /// Whether it was deleted.
    is_gone: bool,
    /// Whether somebody has asked for it, so that what nobody knows can be named.
    is_read: Cell<bool>,
}

/// A word with its place, without its quotation marks.
type Word = (String, Span);

/// Keys whose values are secrets.
const SECRETS: &[&str] = &[
    "pre-shared-secret",
    "secret",
    "password",
    "passphrase",
    "key",
    "plaintext-password",
    "encrypted-password",
];

/// Keys behind which somebody's own name stands, or one of a few choices: that is no key of a secret, whatever
/// it is called.
const NAMING: &[&str] = &[
    "client-mode",
    "connection",
    "default-esp-group",
    "esp-group",
    "ike-group",
    "mode",
    "peer",
    "pool",
    "profile",
    "proposal",
    "psk",
    "server-mode",
    "tunnel",
];

/// Whether what stands behind a key is a secret: keys that nobody foresaw, and slips of known ones, count too.
pub(super) fn is_secret(key: &str) -> bool {
    const SHORT: usize = 3;
    let parts = ["secret", "passw", "passphrase"];
    parts.iter().any(|part| key.contains(part))
        || key.ends_with("key")
        || key.len() > SHORT && is_slip(key, SECRETS.iter().copied())
}

/// Words one below the other, and blocks inside of each other; real ones have a dozen.
const MOST_LEVELS: usize = 64;

impl Node {
    fn new(place: Span) -> Self {
        Self {
            place,
            before: Vec::new(),
            below: IndexMap::new(),
            last: None,
            is_gone: false,
            is_read: Cell::new(false),
        }
    }

    /// The node behind a path of words.
    pub(super) fn at(&self, path: &[&str]) -> Option<&Self> {
        let mut node = self;
        for word in path {
            node = node.below.get(*word).filter(|node| !node.is_gone)?;
            node.is_read.set(true);
        }
        Some(node)
    }

    /// What stands right below, asked for or not.
    pub(super) fn below(&self) -> impl Iterator<Item = (&str, &Self)> {
        let all = self.below.iter().filter(|(_, node)| !node.is_gone);
        all.map(|(word, node)| (word.as_str(), node))
    }

    /// Whether somebody has asked for it.
    pub(super) const fn is_read(&self) -> bool {
        self.is_read.get()
    }

    pub(super) fn has(&self, path: &[&str]) -> bool {
        self.at(path).is_some()
    }

    /// The nodes below a path, with their words.
    pub(super) fn all(&self, path: &[&str]) -> impl Iterator<Item = (&str, &Self)> {
        let all = self.at(path).into_iter().flat_map(Self::below);
        all.inspect(|(_, node)| node.is_read.set(true))
    }

    /// The value behind a path, the last one where there are several.
    pub(super) fn value(&self, path: &[&str]) -> Option<(&str, &Span)> {
        let node = self.at(path)?;
        // Of values that were set before nobody sees anything.
        for (_, value) in node.below() {
            value.is_read.set(true);
        }
        let (word, value) = node.below.get_index(node.last?)?;
        Some((word, &value.place))
    }

    /// Takes what stands below a word out of the tree.
    fn take(&mut self, word: &str) -> Option<Self> {
        let (index, _, node) = self.below.get_full_mut(word)?;
        if node.is_gone {
            return None;
        }
        let mut left = Self::new(node.place.clone());
        left.is_gone = true;
        // A value that took the place of another one leaves none behind.
        self.last = self.last.filter(|last| *last != index);
        Some(std::mem::replace(node, left))
    }

    /// How many nodes it has with itself.
    fn size(&self) -> usize {
        1 + self.below.values().map(Self::size).sum::<usize>()
    }

    /// How many words stand one below the other in it, with itself.
    fn depth(&self) -> usize {
        let below = self.below.values().map(Self::depth);
        1 + below.max().unwrap_or_default()
    }

    fn at_mut(&mut self, path: &[String]) -> Option<&mut Self> {
        let mut node = self;
        for word in path {
            node = node.below.get_mut(word).filter(|node| !node.is_gone)?;
        }
        Some(node)
    }
}

/// What a text holds.
pub(super) struct Tree {
    pub(super) root: Node,
    /// Where the first secret stands.
    pub(super) secret: Option<Span>,
    /// Words of commands that are no part of the tree, such as `set`.
    pub(super) commands: Vec<Span>,
    /// Commands of which it is not known what they leave.
    pub(super) open: Vec<Span>,
    /// Why the text is not read to its end.
    pub(super) refused: Option<Diagnostic>,
}

#[cfg(test)]
mod tests {
    use super::read;

    #[test]
    fn both_layouts_are_the_same_tree() {
        let commands = "vyos@vyos# set vpn ipsec esp-group A proposal 1 encryption 'aes256'\n\
            set vpn ipsec esp-group A pfs disable\nset vpn ipsec site-to-site peer b disable\n\
            set system host-name x\n";
        let blocks = "system {\n host-name x\n}\nvpn {\n ipsec {\n  esp-group A {\n   proposal 1 {\n    encryption \"aes256\"\n\
            }\n   pfs disable\n  }\n  site-to-site {\n   peer b {\n    disable\n   }\n  }\n }\n}\n/* Release version: x */\n";
        let excerpt = blocks
            .replace("vpn {\n ipsec {", "ipsec {")
            .replacen("}\n/*", "/*", 1);
        for text in [commands, blocks, &excerpt] {
            let tree = read(0, text);
            let value =
                tree.root
                    .value(&["ipsec", "esp-group", "A", "proposal", "1", "encryption"]);
            let (word, place) = value.unwrap();
            assert_eq!((word, &text[place.bytes()]), ("aes256", "aes256"));
            assert!(
                tree.root
                    .has(&["ipsec", "site-to-site", "peer", "b", "disable"])
            );
            assert!(!tree.root.has(&["system"]));
        }
    }

    #[test]
    fn comments_are_no_words() {
        let text =
            "# first\nvpn {\n ipsec {\n  ike-group A {\n   lifetime 3600 # an hour\n  }\n }\n}\n";
        let group = read(0, text);
        let group = group.root.at(&["ipsec", "ike-group", "A"]).unwrap();
        assert_eq!(group.value(&["lifetime"]).unwrap().0, "3600");
    }

    #[test]
    fn secrets_are_no_part_of_the_tree() {
        let text = "set vpn ipsec authentication psk A secret 'hunter2'\n";
        let tree = read(0, text);
        assert!(tree.secret.is_some());
        assert_eq!(
            tree.root
                .value(&["ipsec", "authentication", "psk", "A", "secret"]),
            None
        );
    }

    #[test]
    fn depth_is_bounded_and_said() {
        let words = format!("set vpn ipsec {}\n", "a ".repeat(200_000));
        let blocks = format!("vpn {{\nipsec {{\n{}", "a {\n".repeat(200_000));
        for text in [words, blocks] {
            let tree = read(0, &text);
            assert!(tree.refused.is_some());
        }
    }

    #[test]
    fn secrets_of_every_key_and_depth_are_left_out() {
        for key in [
            "pre-shared-secret",
            "pre-shared-secrt",
            "private-key",
            "x y z shared-password-of-all",
            "psk A secret",
        ] {
            let text = format!("set vpn ipsec a b c {key} 'hunter2'\n");
            let tree = read(0, &text);
            assert!(tree.secret.is_some(), "{key}");
            assert!(!format!("{:?}", tree.root).contains("hunter2"), "{key}");
        }
    }

    #[test]
    fn a_name_is_no_key_of_a_secret() {
        let text = "set vpn ipsec esp-group secret pfs disable\nset vpn ipsec site-to-site peer my-key disable\n";
        let tree = read(0, text);
        let group = tree.root.value(&["ipsec", "esp-group", "secret", "pfs"]);
        assert_eq!(group.unwrap().0, "disable");
        assert!(
            tree.root
                .has(&["ipsec", "site-to-site", "peer", "my-key", "disable"])
        );
    }
}
