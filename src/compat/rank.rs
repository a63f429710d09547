//! How good a suite is by a policy: a total order, and the member or key that decides.
//!
//! docs/ranking.md explains the order and what of it is text and what is this program's choice.

mod comparison;
pub(crate) mod member;

use std::cmp::Reverse;

use strum::{Display, EnumIter};

pub use comparison::{Comparison, Key};
pub(crate) use member::Member;

use super::strength::Strength;
use crate::diag::Tone;
use crate::ike::{Encr, Integ, Suite, Transform, TransformType};
use crate::peer::Policy;
use crate::peer::policy::Level;

/// Requirement levels folded for people who operate, best first.
#[derive(
    Clone, Copy, Debug, Display, EnumIter, Eq, Hash, Ord, PartialEq, PartialOrd, strum::VariantNames,
)]
#[strum(serialize_all = "kebab-case")]
pub enum Tier {
    /// MUST, SHOULD+, SHOULD.
    Recommended,
    /// MAY by default, for a key length or a tag; SHOULD for the Internet of Things only; listed in
    /// the registry without a reference.
    Permitted,
    /// MUST- and SHOULD-; MAY where the policy marks it as a retreat.
    PhasingOut,
    /// SHOULD NOT, DEPRECATED in the registry, or in no registry.
    Discouraged,
    /// MUST NOT, not allowed, or a cipher without integrity.
    Prohibited,
}

impl Tier {
    /// What the tier means for who reads it.
    pub(crate) const fn tone(self) -> Tone {
        match self {
            Self::Recommended | Self::Permitted => Tone::Good,
            Self::PhasingOut => Tone::Doubtful,
            Self::Discouraged | Self::Prohibited => Tone::Bad,
        }
    }

    /// The tier in a sentence, where [`Display`] gives its name in data.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Recommended => "recommended",
            Self::Permitted => "permitted",
            Self::PhasingOut => "phasing out",
            Self::Discouraged => "discouraged",
            Self::Prohibited => "prohibited",
        }
    }
}

/// NIST SP 800-131A (revision 2) disallows less; the weakest recommended algorithm, group 14, has it.
const ENOUGH_BITS: u16 = 112;

/// Rank of a suite: the smaller, the better. Ranks of different protocols do not compare.
///
/// The fields are the keys of the order, in order; [`Key`] names them.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub struct Rank {
    /// 1. The worst tier of a member.
    tier: Tier,
    /// 2. Members that are prohibited, discouraged, phasing out, permitted. Recommended members
    ///    never count: an AEAD suite has one member fewer and must not gain by that.
    counts: [u8; 4],
    /// 3. Weaker than 112 bits somewhere.
    weak: bool,
    /// 4. Encryption and integrity are two algorithms.
    classic: bool,
    /// 5. The requirement level of the member that decides the tier.
    level: Level,
    /// 6. Strength of the weakest member.
    floor: Reverse<u16>,
    /// 7. Strength of the key exchange.
    ke: Reverse<u16>,
    /// 8. Strength of the cipher.
    cipher: Reverse<u16>,
    /// 9. Length of the tag in bits.
    tag: Reverse<u16>,
    /// 10. The numbers, so that no two suites tie.
    numbers: [Option<(u16, u16)>; TransformType::COMPARED.len()],
}

impl Rank {
    /// The worst tier of a member.
    pub const fn tier(&self) -> Tier {
        self.tier
    }

    /// Strength of the weakest member in bits.
    pub const fn floor(&self) -> u16 {
        self.floor.0
    }

    /// The first key in which the ranks differ; `None` if they are the same.
    pub fn key_against(&self, other: &Self) -> Option<Key> {
        Key::of(self, other)
    }

    /// The key that puts `self` before or after `other`, in words.
    pub(crate) fn decided_against(&self, other: &Self) -> &'static str {
        self.key_against(other).unwrap_or(Key::Numbers).phrase()
    }
}

impl Policy {
    /// Ranks a suite.
    pub fn rank(&self, suite: &Suite) -> Rank {
        let mut counts = [0; 4];
        let mut weakest = member::BEST;
        self.each_member(suite, |_, judgement| {
            weakest = weakest.max(judgement);
            let place = match judgement.0 {
                Tier::Prohibited => 0,
                Tier::Discouraged => 1,
                Tier::PhasingOut => 2,
                Tier::Permitted => 3,
                Tier::Recommended => return,
            };
            counts[place] += 1;
        });
        let (tier, level) = weakest;
        let strength = Strength::of(suite, self);
        Rank {
            tier,
            counts,
            weak: strength.floor < ENOUGH_BITS,
            classic: !suite.encr().is_some_and(Transform::is_aead),
            level,
            floor: Reverse(strength.floor),
            ke: Reverse(strength.key_exchange.unwrap_or(0)),
            cipher: Reverse(strength.cipher),
            tag: Reverse(tag_bits(suite)),
            numbers: TransformType::COMPARED.map(|kind| {
                let numbers = suite.get(kind).map(|t| (t.id, t.key_bits));
                // A hybrid stands before its classical part where nothing else tells them apart.
                let last = kind.additional_round().map(|_| (u16::MAX, u16::MAX));
                numbers.or(last)
            }),
        }
    }
}

fn tag_bits(suite: &Suite) -> u16 {
    let aead = suite
        .encr()
        .and_then(|t| Encr::from_repr(t.id))
        .and_then(Encr::icv_octets);
    let integ = suite
        .integ()
        .and_then(|t| Integ::from_repr(t.id))
        .and_then(Integ::tag_bits);
    aead.map(|bytes| u16::from(bytes) * 8)
        .or(integ)
        .unwrap_or(0)
}
