//! What a peer offers or has configured: alternatives of each transform type.
//!
//! A [`Proposal`] is as loose as the wire, where peers do send AEAD ciphers with integrity
//! algorithms, unknown transform types and duplicates. An *offer* is an ordered list of proposals.

use super::{Suite, Transform, TransformType};

/// The protocol a proposal is for (RFC 7296, section 3.3.1).
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, strum::Display)]
#[strum(serialize_all = "UPPERCASE")]
pub enum Protocol {
    /// The IKE SA, "phase 1".
    Ike,
    /// Authentication Header.
    Ah,
    /// Encapsulating Security Payload, "phase 2".
    Esp,
}

/// Number of transform types a suite can have.
const SLOTS: usize = TransformType::COMPARED.len();

/// A proposal: for each transform type the alternatives, most preferred first.
///
/// The transforms are kept grouped by type, in the order of [`TransformType::COMPARED`]; order
/// *within* a type is meaning and is preserved, order *between* types is not.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub struct Proposal {
    protocol: Protocol,
    transforms: Vec<Transform>,
    /// `ends[slot]` is where the group of that slot ends in `transforms`; what follows the last
    /// group is of types that no suite has.
    ends: [u16; SLOTS],
    /// Bit `slot` is set where that group is not empty.
    used: u16,
}

impl Proposal {
    /// Groups `transforms` by type.
    pub fn new(protocol: Protocol, transforms: impl IntoIterator<Item = Transform>) -> Self {
        let mut transforms: Vec<_> = transforms.into_iter().collect();
        // A stable sort: the order inside a type is the peer's preference.
        transforms.sort_by_key(|t| t.kind.slot().unwrap_or(SLOTS));
        let mut ends = [0; SLOTS];
        let mut used = 0;
        for (slot, end) in ends.iter_mut().enumerate() {
            let count = transforms.partition_point(|t| t.kind.slot().unwrap_or(SLOTS) <= slot);
            // RFC 7296 counts transforms in one octet; a longer list is a local configuration.
            *end = u16::try_from(count).unwrap_or(u16::MAX);
        }
        for slot in transforms.iter().filter_map(|t| t.kind.slot()) {
            used |= 1 << slot;
        }
        Self {
            protocol,
            transforms,
            ends,
            used,
        }
    }

    /// The proposal with the first `most` transforms of each type only.
    pub(crate) fn with_at_most(&self, most: usize) -> Self {
        let kept = self.transforms.iter().enumerate();
        let before = |place: usize, t: &Transform| {
            let earlier = self.transforms[..place].iter();
            earlier.filter(|other| other.kind == t.kind).count()
        };
        let kept = kept.filter(|(place, t)| before(*place, t) < most);
        Self::new(self.protocol, kept.map(|(_, t)| *t))
    }

    /// Whether every algorithm of the suite is in it.
    pub(crate) fn allows(&self, suite: &Suite) -> bool {
        let wanted = suite.to_proposal();
        let mut wanted = wanted.transforms().iter();
        wanted.all(|transform| self.transforms.contains(transform))
    }

    /// The protocol the proposal is for.
    pub const fn protocol(&self) -> Protocol {
        self.protocol
    }

    /// All transforms, grouped by type.
    pub fn transforms(&self) -> &[Transform] {
        &self.transforms
    }

    /// The alternatives of one transform type, most preferred first.
    pub fn of(&self, kind: TransformType) -> &[Transform] {
        kind.slot().map_or(&[], |slot| self.in_slot(slot))
    }

    /// The alternatives of the type at `slot` of [`TransformType::COMPARED`].
    pub(crate) fn in_slot(&self, slot: usize) -> &[Transform] {
        let start = if slot == 0 { 0 } else { self.ends[slot - 1] };
        &self.transforms[usize::from(start)..usize::from(self.ends[slot])]
    }

    /// The slots of the transform types that `self` or `other` lists, ascending.
    pub(crate) fn slots_with(&self, other: &Self) -> impl Iterator<Item = usize> + use<> {
        let mut left = self.used | other.used;
        std::iter::from_fn(move || {
            let slot = left.trailing_zeros() as usize;
            left &= left.wrapping_sub(1);
            (slot < SLOTS).then_some(slot)
        })
    }

    /// Transforms of types that no suite has; RFC 7296, section 3.3.6 makes them unacceptable.
    pub(crate) fn of_unknown_types(&self) -> &[Transform] {
        &self.transforms[usize::from(self.ends[SLOTS - 1])..]
    }

    /// Whether the proposal lists `transform`.
    pub fn contains(&self, transform: Transform) -> bool {
        self.of(transform.kind).contains(&transform)
    }

    /// The first key exchange, which may be NONE.
    pub fn first_ke(&self) -> Option<Transform> {
        self.of(TransformType::KE).first().copied()
    }

    /// Whether it names a key exchange, other than NONE.
    pub(crate) fn names_a_group(&self) -> bool {
        self.first_ke().is_some_and(|group| !group.is_none())
    }

    /// The same proposal without transforms of the types that `drop` names.
    #[must_use]
    pub fn without(&self, drop: impl Fn(TransformType) -> bool) -> Self {
        let kept = self.transforms.iter().copied().filter(|t| !drop(t.kind));
        Self::new(self.protocol, kept)
    }

    /// The same proposal with `group` in the place of its key exchange methods; NONE stays.
    #[must_use]
    pub(crate) fn in_group(&self, group: Transform) -> Self {
        let is_group = |t: &Transform| t.kind == TransformType::KE && !t.is_none();
        let mut seen = false;
        let transforms = self.transforms.iter().filter_map(|t| {
            if !is_group(t) {
                return Some(*t);
            }
            let first = !std::mem::replace(&mut seen, true);
            first.then_some(group)
        });
        Self::new(self.protocol, transforms.collect::<Vec<_>>())
    }

    /// The same proposal with `group` as its only key exchange, whether it named any or not.
    #[must_use]
    pub(crate) fn only_in_group(&self, group: Transform) -> Self {
        let rest = self.without_key_exchange();
        let transforms = rest.transforms.iter().copied().chain([group]);
        Self::new(self.protocol, transforms)
    }

    /// The same proposal without any key exchange, as it goes into IKE_AUTH.
    #[must_use]
    pub fn without_key_exchange(&self) -> Self {
        self.without(TransformType::is_key_exchange)
    }

    /// The same proposal with its first key exchange alone.
    #[must_use]
    pub(crate) fn without_additional_key_exchanges(&self) -> Self {
        self.without(|kind| kind.is_key_exchange() && kind != TransformType::KE)
    }
}

#[cfg(test)]
mod tests {
    use super::{Proposal, Protocol};
    use crate::ike::{Encr, Integ, Ke, Prf, Transform, TransformType};

    #[test]
    fn transforms_are_grouped_by_type_and_keep_their_order() {
        let aes = |bits| Transform::encr(Encr::AesCbc, bits);
        let proposal = Proposal::new(
            Protocol::Ike,
            [
                Transform::prf(Prf::HmacSha1),
                aes(256),
                Transform::ke(Ke::Ecp256),
                Transform::raw(TransformType(99), 7),
                aes(128),
                Transform::integ(Integ::HmacSha1_96),
            ],
        );
        assert_eq!(proposal.of(TransformType::ENCR), [aes(256), aes(128)]);
        assert_eq!(proposal.first_ke(), Some(Transform::ke(Ke::Ecp256)));
        assert!(proposal.of(TransformType::SN).is_empty());
        assert_eq!(proposal.of_unknown_types().len(), 1);
        assert!(proposal.without_key_exchange().first_ke().is_none());
    }

    #[test]
    fn a_group_takes_the_place_of_all_groups_but_none() {
        let group = Transform::ke(Ke::Curve25519);
        let none = Transform::raw(TransformType::KE, 0);
        let (first, second) = (Transform::ke(Ke::Ecp256), Transform::ke(Ke::Ecp384));
        let proposal = Proposal::new(Protocol::Esp, [first, second, none]);
        assert_eq!(proposal.in_group(group).transforms(), [group, none]);
        let without = Proposal::new(Protocol::Esp, [none]);
        assert_eq!(without.in_group(group), without);
    }
}
