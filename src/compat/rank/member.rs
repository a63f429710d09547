//! The members of a suite, each with its tier, and the one that decides.

use super::Tier;
use crate::dialect::swan;
use crate::ike::{Encr, Integ, Ke, Prf, Protocol, Suite, Transform, TransformType};
use crate::peer::Policy;
use crate::peer::policy::{Cell, Level, Otherwise, is_registered};

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
    pub(crate) fn summary(&self) -> String {
        format!(
            "{}, which is {} ({})",
            self.name(),
            self.tier.word(),
            self.level
        )
    }

    /// The member's name.
    pub fn name(&self) -> String {
        let Some(transform) = self.transform else {
            return "encryption without integrity".to_owned();
        };
        crate::dialect::keyword::of_transform(transform)
    }

    /// The clause with its note.
    pub fn reason(&self) -> String {
        if self.level == Level::Unencrypted {
            return format!("{}: {}", self.name(), self.level);
        }
        match &self.note {
            Some(note) => format!("{}: {} {}; {note}", self.clause, self.name(), self.level),
            None => format!("{}: {} {}", self.clause, self.name(), self.level),
        }
    }
}

/// What counts of a member: a pair that orders by tier first.
pub(super) type Judgement = (Tier, Level);

/// Nothing to be said against it, as of a suite without members.
pub(super) const BEST: Judgement = (Tier::Recommended, Level::Must);

/// The transforms of a suite that stand for algorithms: without NONE, without the size of sequence
/// numbers, and without an integrity algorithm beside an AEAD cipher, where none is in use (RFC
/// 8247, section 2.3).
pub(crate) fn algorithms(suite: &Suite) -> impl Iterator<Item = Transform> + '_ {
    let aead = suite.encr().is_some_and(Transform::is_aead);
    suite.transforms().filter(move |transform| {
        let idle = aead && transform.kind == TransformType::INTEG;
        !idle && !transform.is_none() && transform.kind != TransformType::SN
    })
}

/// Whether groups are ranked: in IKE, and elsewhere where the policy speaks of them. RFC 8221 has
/// no table of them.
pub(crate) const fn key_exchange_counts(policy: &Policy, protocol: Protocol) -> bool {
    matches!(protocol, Protocol::Ike) || policy.groups_in_esp
}

/// Whether a cipher stands alone that is known to need an integrity algorithm beside it. Of a number
/// without a name nobody knows.
fn lacks_integrity(suite: &Suite) -> bool {
    let alone = suite.integ().is_none_or(Transform::is_none);
    let classic = suite.encr().is_some_and(|encr| {
        let private = [swan::SERPENT_CBC, swan::TWOFISH_CBC].contains(&encr.id);
        private || Encr::from_repr(encr.id).is_some_and(|id| !id.is_aead())
    });
    suite.protocol != Protocol::Ah && classic && alone
}

impl Policy {
    /// Why nobody should allow a suite although that would let a client in; `None` if nothing speaks
    /// against it.
    pub(crate) fn objection(&self, suite: &Suite) -> Option<String> {
        let deciding = self.deciding(suite);
        if deciding.level == Level::Unencrypted {
            return Some(format!("with {} nothing is encrypted", deciding.name()));
        }
        (deciding.tier >= Tier::Discouraged)
            .then(|| format!("{} is {}", deciding.name(), deciding.tier))
    }

    /// An algorithm by itself, as a member of suites of `protocol`.
    pub fn alone(&self, protocol: Protocol, transform: Transform) -> Member {
        let judgement = self.judge(protocol, transform);
        self.member(protocol, Some(transform), judgement)
    }

    /// Judges the members of a suite. All key exchanges together are one member: the first one,
    /// unless the policy or the registry speaks against an additional one, since adding ML-KEM must
    /// not make a suite worse. A policy that is silent about it does not speak against it: the keys
    /// depend on the first exchange as well, which the policy does mention.
    pub(super) fn each_member(
        &self,
        suite: &Suite,
        mut visit: impl FnMut(Option<Transform>, Judgement),
    ) {
        let mut exchange: Option<(Transform, Judgement)> = None;
        for transform in algorithms(suite) {
            let judgement = self.judge(suite.protocol, transform);
            if !transform.kind.is_key_exchange() {
                visit(Some(transform), judgement);
            } else if key_exchange_counts(self, suite.protocol) {
                let first = transform.kind == TransformType::KE;
                let bad = judgement.0 >= Tier::Discouraged && judgement.1 != Level::Unmentioned;
                let worse = exchange.is_none_or(|(_, known)| judgement > known);
                if first || (bad && worse) {
                    exchange = Some((transform, judgement));
                }
            }
        }
        if let Some((transform, judgement)) = exchange {
            let missing = (Tier::Prohibited, Level::NotInSet);
            let judgement = if self.lacks_required(suite) {
                judgement.max(missing)
            } else {
                judgement
            };
            visit(Some(transform), judgement);
        }
        if lacks_integrity(suite) {
            visit(None, (Tier::Prohibited, Level::MustNot));
        }
    }

    /// Whether a suite of IKE is without the key exchange that the policy requires of each behind a
    /// classical one.
    fn lacks_required(&self, suite: &Suite) -> bool {
        let required = self.required_key_exchange;
        let required = required.filter(|_| suite.protocol == Protocol::Ike);
        required.is_some_and(|id| {
            let (mut classical, mut behind) = (false, false);
            for exchange in algorithms(suite).filter(|t| t.kind.is_key_exchange()) {
                if exchange.kind == TransformType::KE {
                    let known = Ke::from_repr(exchange.id);
                    classical = !known.is_some_and(Ke::is_post_quantum);
                } else {
                    behind |= exchange.id == id;
                }
            }
            !(classical && behind)
        })
    }

    /// The member that decides the tier; among equals the one with the weaker level, then the first
    /// in the order encryption, integrity, PRF, key exchange.
    pub fn deciding(&self, suite: &Suite) -> Member {
        let mut weakest: Option<(Option<Transform>, Judgement)> = None;
        self.each_member(suite, |transform, judgement| {
            if weakest.is_none_or(|(_, known)| judgement > known) {
                weakest = Some((transform, judgement));
            }
        });
        let (transform, judgement) = weakest.unwrap_or((None, BEST));
        self.member(suite.protocol, transform, judgement)
    }

    fn member(
        &self,
        protocol: Protocol,
        transform: Option<Transform>,
        (tier, level): Judgement,
    ) -> Member {
        let (clause, note) = match transform {
            None => (missing_integrity(protocol).to_owned(), None),
            Some(transform) => self.grounds(protocol, transform),
        };
        Member {
            transform,
            level,
            tier,
            clause,
            note,
        }
    }

    /// Clause and note for a transform.
    fn grounds(&self, protocol: Protocol, transform: Transform) -> (String, Option<String>) {
        if encrypts_nothing(protocol, transform) {
            return (OWN_RULE.to_owned(), None);
        }
        let Some(cell) = self.cell(protocol, transform) else {
            return match self.unnamed(transform) {
                Some(otherwise) => (otherwise.clause.clone(), otherwise.note.clone()),
                None => unregistered(transform),
            };
        };
        // The registry's word counts where it is the stricter one.
        match deprecated_by(transform) {
            Some(rfc) if tier_of(cell) < Tier::Discouraged => (
                format!("RFC {rfc}, IANA IKEv2 Parameters"),
                Some("status DEPRECATED".to_owned()),
            ),
            _ => (cell.clause.clone(), cell.note.clone()),
        }
    }

    fn judge(&self, protocol: Protocol, transform: Transform) -> Judgement {
        // RFC 8221 has ENCR_NULL as MUST to implement, which is no word about its use.
        if encrypts_nothing(protocol, transform) {
            return (Tier::Prohibited, Level::Unencrypted);
        }
        let (tier, level) = match self.cell(protocol, transform) {
            Some(cell) => (tier_of(cell), cell.level),
            None => match self.unnamed(transform) {
                Some(otherwise) => (tier_of_level(otherwise.level), otherwise.level),
                None => (Tier::Discouraged, Level::Unregistered),
            },
        };
        match deprecated_by(transform) {
            Some(_) => (tier.max(Tier::Discouraged), level),
            None => (tier, level),
        }
    }

    /// What holds for a transform without a cell. Where only a set is allowed, that is everything;
    /// else what the registry does not know stays unregistered.
    fn unnamed(&self, transform: Transform) -> Option<&Otherwise> {
        let holds = self.is_closed() || is_registered(transform);
        self.otherwise.as_ref().filter(|_| holds)
    }
}

/// The tier that a cell puts an algorithm in.
const fn tier_of(cell: &Cell) -> Tier {
    match cell.level {
        Level::May if cell.downgraded => Tier::PhasingOut,
        level => tier_of_level(level),
    }
}

const fn tier_of_level(level: Level) -> Tier {
    match level {
        Level::Must | Level::ShouldPlus | Level::Should | Level::Allowed => Tier::Recommended,
        // RFC 8247, section 1.3 lets everything be implemented that the registry lists.
        Level::Expected | Level::May | Level::Unreferenced => Tier::Permitted,
        Level::MustMinus | Level::ShouldMinus | Level::Legacy => Tier::PhasingOut,
        Level::ShouldNot | Level::Unmentioned | Level::Unregistered => Tier::Discouraged,
        Level::MustNot | Level::NotInSet | Level::NotAllowed | Level::Unencrypted => {
            Tier::Prohibited
        }
    }
}

/// Where it stands that ESP has to encrypt.
const OWN_RULE: &str = "docs/ranking.md";

/// Whether a cipher leaves the text as it is. In IKE the policies forbid that themselves.
pub(in crate::compat) fn encrypts_nothing(protocol: Protocol, transform: Transform) -> bool {
    protocol == Protocol::Esp
        && transform.kind == TransformType::ENCR
        && matches!(
            Encr::from_repr(transform.id),
            Some(Encr::Null | Encr::NullAuthAesGmac)
        )
}

/// Who forbids a cipher without integrity.
const fn missing_integrity(protocol: Protocol) -> &'static str {
    match protocol {
        Protocol::Ike => "RFC 8247, section 2.1",
        Protocol::Ah | Protocol::Esp => "RFC 8221, section 4",
    }
}

/// Why a transform has no cell.
fn unregistered(transform: Transform) -> (String, Option<String>) {
    let known = transform.kind == TransformType::ENCR && Encr::from_repr(transform.id).is_some();
    let (clause, note) = match (known, transform.key_bits) {
        (true, 0) => ("RFC 7296, section 3.3.5", "its key length is missing"),
        (true, _) => ("RFC 7296, section 3.3.5", "it has no key of this length"),
        (false, _) if transform.is_private() => ("IANA IKEv2 Parameters", "a private-use number"),
        (false, _) => ("IANA IKEv2 Parameters", "an unassigned number"),
    };
    (clause.to_owned(), Some(note.to_owned()))
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
