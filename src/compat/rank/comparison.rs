//! Why one suite stands before another: the key that decides, and a sentence for it.

use std::cmp::Ordering;

use strum::EnumIter;

use super::{Rank, Tier};
use crate::ike::Suite;
use crate::peer::Policy;

/// The keys of the order, in order.
#[derive(Clone, Copy, Debug, EnumIter, Eq, Ord, PartialEq, PartialOrd)]
pub enum Key {
    /// The worst tier of a member.
    Tier,
    /// How many members are prohibited, discouraged, phasing out, permitted.
    Counts,
    /// At least 112 bits everywhere, or not.
    Enough,
    /// AEAD, or encryption with separate integrity.
    Aead,
    /// The requirement level of the member that decides the tier.
    Level,
    /// Strength of the weakest member.
    Floor,
    /// Strength of the key exchange.
    KeyExchange,
    /// Strength of the cipher.
    Cipher,
    /// Length of the tag.
    Tag,
    /// The numbers of the transforms.
    Numbers,
}

impl Key {
    /// Its place in the order, from 1.
    pub const fn number(self) -> u8 {
        self as u8 + 1
    }

    /// What it compares.
    pub(crate) const fn phrase(self) -> &'static str {
        match self {
            Self::Tier => "tier of the worst member",
            Self::Counts => "number of members below recommended",
            Self::Enough => "at least 112 bits of strength",
            Self::Aead => "AEAD before encryption with separate integrity",
            Self::Level => "requirement level of the weakest member",
            Self::Floor => "strength of the weakest member",
            Self::KeyExchange => "strength of the key exchange",
            Self::Cipher => "strength of the cipher",
            Self::Tag => "length of the tag",
            Self::Numbers => "numbers of the transforms",
        }
    }

    /// The first key in which two ranks differ.
    pub(super) fn of(a: &Rank, b: &Rank) -> Option<Self> {
        let differ = [
            (a.tier != b.tier, Self::Tier),
            (a.counts != b.counts, Self::Counts),
            (a.weak != b.weak, Self::Enough),
            (a.classic != b.classic, Self::Aead),
            (a.level != b.level, Self::Level),
            (a.floor != b.floor, Self::Floor),
            (a.ke != b.ke, Self::KeyExchange),
            (a.cipher != b.cipher, Self::Cipher),
            (a.tag != b.tag, Self::Tag),
            (a.numbers != b.numbers, Self::Numbers),
        ];
        let first = differ.into_iter().find(|(differs, _)| *differs)?;
        Some(first.1)
    }
}

/// How two suites of one protocol stand to each other.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Comparison {
    /// [`Ordering::Less`] where the first one ranks before the second.
    pub order: Ordering,
    /// The key that decides; `None` for a suite against itself.
    pub key: Option<Key>,
    /// The decision in words, better side first. It never says that an RFC prefers a suite, since
    /// the order is this program's.
    pub sentence: String,
}

impl Policy {
    /// Compares two suites of one protocol.
    pub fn compare(&self, first: &Suite, second: &Suite) -> Comparison {
        let (a, b) = (self.rank(first), self.rank(second));
        let order = a.cmp(&b);
        let sides = if order == Ordering::Greater {
            ((second, b), (first, a))
        } else {
            ((first, a), (second, b))
        };
        let key = Key::of(&a, &b);
        Comparison {
            order,
            key,
            sentence: key.map_or_else(
                || "the same suite".to_owned(),
                |key| self.sentence(key, sides.0, sides.1),
            ),
        }
    }

    fn sentence(&self, key: Key, better: (&Suite, Rank), worse: (&Suite, Rank)) -> String {
        let ((better, good), (worse, bad)) = (better, worse);
        let said = match key {
            Key::Tier => {
                let culprit = self.deciding(worse);
                return format!(
                    "{} before {}: {}",
                    good.tier.word(),
                    bad.tier.word(),
                    culprit.reason()
                );
            }
            Key::Counts => counts(&good, &bad),
            Key::Enough => format!("at least 112 bits of strength before {}", bad.floor.0),
            Key::Aead => Key::Aead.phrase().to_owned(),
            Key::Level => {
                let (kept, lost) = (self.deciding(better), self.deciding(worse));
                format!(
                    "weakest level {} before {} ({}, {})",
                    kept.level,
                    lost.level,
                    lost.name(),
                    lost.clause
                )
            }
            Key::Floor => bits("weakest member", good.floor.0, bad.floor.0),
            Key::KeyExchange => bits("key exchange", good.ke.0, bad.ke.0),
            Key::Cipher => bits("cipher", good.cipher.0, bad.cipher.0),
            Key::Tag => bits("tag", good.tag.0, bad.tag.0),
            Key::Numbers => "equal in all that ranks, lower numbers first".to_owned(),
        };
        format!("tier equal ({}); {said}", good.tier.word())
    }
}

fn bits(what: &str, better: u16, worse: u16) -> String {
    format!("{what} of {better} bits before {worse}")
}

/// The first tier that the ranks count differently.
fn counts(good: &Rank, bad: &Rank) -> String {
    let tiers = [
        Tier::Prohibited,
        Tier::Discouraged,
        Tier::PhasingOut,
        Tier::Permitted,
    ];
    let counted = tiers
        .into_iter()
        .zip(good.counts.into_iter().zip(bad.counts));
    let mut differing = counted.filter(|(_, (few, many))| few != many);
    differing
        .next()
        .map_or_else(String::new, |(tier, (few, many))| {
            let members = if few == 1 { "member" } else { "members" };
            let few = if few == 0 {
                "no".to_owned()
            } else {
                few.to_string()
            };
            format!("{few} {} {members} before {many}", tier.word())
        })
}
