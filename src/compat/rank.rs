//! How good a suite is by a policy: a total order, and the member that decides.
//!
//! docs/ranking.md explains the order and what of it is text and what is this program's choice.

use std::cmp::Reverse;

use strum::{Display, EnumIter};

use super::strength;
use crate::dialect::{charon, swan};
use crate::ike::{Encr, Integ, Ke, Prf, Protocol, Suite, Transform, TransformType};
use crate::peer::Policy;
use crate::peer::policy::Level;

/// Requirement levels folded for people who operate, best first.
#[derive(Clone, Copy, Debug, Display, EnumIter, Eq, Hash, Ord, PartialEq, PartialOrd)]
#[strum(serialize_all = "kebab-case")]
pub enum Tier {
    /// MUST, SHOULD+, SHOULD.
    Recommended,
    /// MAY by default, for a key length or a tag; SHOULD for the Internet of Things only.
    Permitted,
    /// MUST-, and MAY where that is a downgrade.
    PhasingOut,
    /// SHOULD NOT, DEPRECATED in the registry, or in no registry.
    Discouraged,
    /// MUST NOT, not allowed, or ESP without integrity.
    Prohibited,
}

/// Rank of a suite: the smaller, the better. Ranks of different protocols do not compare.
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
    /// 5. The requirement level of the weakest member.
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

    /// The key, numbered as in docs/ranking.md, that puts `self` before or after `other`, in words.
    pub fn decided_against(&self, other: &Self) -> &'static str {
        if self.tier != other.tier {
            "tier of the worst member"
        } else if self.counts != other.counts {
            "number of members below recommended"
        } else if self.weak != other.weak {
            "at least 112 bits of strength"
        } else if self.classic != other.classic {
            "AEAD before encryption with separate integrity"
        } else if self.level != other.level {
            "requirement level of the weakest member"
        } else if self.floor != other.floor {
            "strength of the weakest member"
        } else if self.ke != other.ke {
            "strength of the key exchange"
        } else if self.cipher != other.cipher {
            "strength of the cipher"
        } else if self.tag != other.tag {
            "length of the tag"
        } else {
            "numbers of the transforms"
        }
    }
}

/// A member of a suite and what a policy requires of it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Member {
    /// The transform; `None` for integrity that is missing.
    pub transform: Option<Transform>,
    /// Its level.
    pub level: Level,
    /// Its tier.
    pub tier: Tier,
    /// Where that is stated.
    pub clause: String,
    /// What else decides.
    pub note: Option<String>,
}

impl Member {
    /// `modp1024, which is discouraged (SHOULD NOT)`.
    pub fn summary(&self) -> String {
        let name = self.name();
        let tier = match self.tier {
            Tier::Recommended => "recommended",
            Tier::Permitted => "permitted",
            Tier::PhasingOut => "phasing out",
            Tier::Discouraged => "discouraged",
            Tier::Prohibited => "prohibited",
        };
        format!("{name}, which is {tier} ({})", self.level)
    }

    /// The member's name.
    pub fn name(&self) -> String {
        let Some(transform) = self.transform else {
            return "encryption without integrity".to_owned();
        };
        swan::spell(transform).unwrap_or_else(|| charon::transform(transform))
    }

    /// The clause with its note.
    pub fn reason(&self) -> String {
        match &self.note {
            Some(note) => format!("{}: {} {}; {note}", self.clause, self.name(), self.level),
            None => format!("{}: {} {}", self.clause, self.name(), self.level),
        }
    }
}

impl Policy {
    /// Ranks a suite.
    pub fn rank(&self, suite: &Suite) -> Rank {
        let mut counts = [0; 4];
        let mut tier = Tier::Recommended;
        let mut level = Level::Must;
        self.each_member(suite, |_, member_tier, member_level| {
            tier = tier.max(member_tier);
            level = level.max(member_level);
            let place = match member_tier {
                Tier::Prohibited => 0,
                Tier::Discouraged => 1,
                Tier::PhasingOut => 2,
                Tier::Permitted => 3,
                Tier::Recommended => return,
            };
            counts[place] += 1;
        });
        let with_ke = suite.protocol == Protocol::Ike;
        let floor = strength::floor(suite, with_ke);
        let ke = strength::key_exchanges(suite).filter(|_| with_ke);
        Rank {
            tier,
            counts,
            weak: floor < 112,
            classic: !suite.encr().is_some_and(Transform::is_aead),
            level,
            floor: Reverse(floor),
            ke: Reverse(ke.unwrap_or(0)),
            cipher: Reverse(suite.encr().map_or(0, strength::cipher)),
            tag: Reverse(tag_bits(suite)),
            numbers: TransformType::COMPARED
                .map(|kind| suite.get(kind).map(|t| (t.id, t.key_bits))),
        }
    }

    /// The member that decides the tier; among equals the one with the weaker level, then the
    /// first in the order of comparison.
    pub fn deciding(&self, suite: &Suite) -> Member {
        let mut worst: Option<(Tier, Level, Option<Transform>)> = None;
        self.each_member(suite, |transform, tier, level| {
            if worst.is_none_or(|(t, l, _)| (tier, level) > (t, l)) {
                worst = Some((tier, level, transform));
            }
        });
        let (tier, level, transform) = worst.unwrap_or((Tier::Recommended, Level::Must, None));
        let cell = transform.and_then(|t| self.cell(suite.protocol, t));
        let deprecated = transform.and_then(deprecated_by);
        // The registry's word counts where it is the stricter one.
        let milder =
            cell.is_none_or(|cell| !matches!(cell.level, Level::MustNot | Level::ShouldNot));
        let (clause, note) = match (cell, deprecated.filter(|_| milder), transform) {
            (_, Some(rfc), _) => (
                format!("RFC {rfc}, IANA IKEv2 Parameters"),
                Some("status DEPRECATED".to_owned()),
            ),
            (Some(cell), None, _) => (cell.clause.clone(), cell.note.clone()),
            (None, None, Some(_)) => (
                "IANA IKEv2 Parameters".to_owned(),
                Some("no such registration".to_owned()),
            ),
            (None, None, None) => ("RFC 8221, section 4".to_owned(), None),
        };
        Member {
            transform,
            level,
            tier,
            clause,
            note,
        }
    }

    /// Visits the members of a suite that count: not the groups of ESP, not sequence numbers, and
    /// additional key exchanges only where they are worse than permitted, since adding ML-KEM must
    /// not make a suite worse.
    fn each_member(&self, suite: &Suite, mut visit: impl FnMut(Option<Transform>, Tier, Level)) {
        for transform in suite.transforms() {
            let counts = match transform.kind {
                TransformType::SN => false,
                kind if kind.is_key_exchange() => suite.protocol == Protocol::Ike,
                _ => true,
            };
            if !counts {
                continue;
            }
            let (tier, level) = self.judge(suite.protocol, transform);
            let additional =
                transform.kind.is_key_exchange() && transform.kind != TransformType::KE;
            if additional && tier < Tier::Discouraged {
                continue;
            }
            visit(Some(transform), tier, level);
        }
        let classic = suite.encr().is_some_and(|t| !t.is_aead());
        if suite.protocol != Protocol::Ah && classic && suite.integ().is_none() {
            visit(None, Tier::Prohibited, Level::MustNot);
        }
    }

    fn judge(&self, protocol: Protocol, transform: Transform) -> (Tier, Level) {
        let Some(cell) = self.cell(protocol, transform) else {
            return (Tier::Discouraged, Level::Unregistered);
        };
        let tier = match cell.level {
            Level::Must | Level::ShouldPlus | Level::Should => Tier::Recommended,
            Level::May if cell.downgraded => Tier::PhasingOut,
            Level::May | Level::Unreferenced => Tier::Permitted,
            Level::MustMinus => Tier::PhasingOut,
            Level::ShouldNot | Level::Unregistered => Tier::Discouraged,
            Level::MustNot | Level::NotAllowed => Tier::Prohibited,
        };
        let deprecated = deprecated_by(transform).is_some();
        let tier = if deprecated {
            tier.max(Tier::Discouraged)
        } else {
            tier
        };
        (tier, cell.level)
    }
}

/// The RFC by which the registry calls the algorithm DEPRECATED.
fn deprecated_by(transform: Transform) -> Option<u16> {
    match transform.kind {
        TransformType::ENCR => Encr::from_repr(transform.id)?.deprecated_by(),
        TransformType::PRF => Prf::from_repr(transform.id)?.deprecated_by(),
        TransformType::INTEG => Integ::from_repr(transform.id)?.deprecated_by(),
        kind if kind.is_key_exchange() => Ke::from_repr(transform.id)?.deprecated_by(),
        _ => None,
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
    aead.map(|octets| u16::from(octets) * 8)
        .or(integ)
        .unwrap_or(0)
}
