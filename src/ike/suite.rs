//! What two peers settle on: at most one transform of each type.

use std::hash::{Hash, Hasher};

use super::{Proposal, Protocol, Transform, TransformType};

const SLOTS: usize = TransformType::COMPARED.len();

/// The outcome of one selection.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Suite {
    /// The protocol the suite is for.
    pub protocol: Protocol,
    chosen: [Option<Transform>; SLOTS],
}

/// A transform at a time and nothing for empty slots: thousands of suites go into one set.
impl Hash for Suite {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.protocol.hash(state);
        for Transform { kind, id, key_bits } in self.transforms() {
            let packed = u64::from(kind.0) << 32 | u64::from(id) << 16 | u64::from(key_bits);
            state.write_u64(packed);
        }
    }
}

impl Suite {
    /// A suite without any transform, to be filled by [`Self::set`].
    pub const fn empty(protocol: Protocol) -> Self {
        Self {
            protocol,
            chosen: [None; SLOTS],
        }
    }

    /// A suite of the given transforms; one of a type no suite has is left out.
    pub fn of(protocol: Protocol, transforms: impl IntoIterator<Item = Transform>) -> Self {
        let mut suite = Self::empty(protocol);
        for transform in transforms {
            suite.set(transform);
        }
        suite
    }

    /// Puts `transform` in the place of its type.
    pub fn set(&mut self, transform: Transform) {
        if let Some(slot) = transform.kind.slot() {
            self.chosen[slot] = Some(transform);
        }
    }

    /// The transform of type `kind`, if the suite has one.
    pub fn get(&self, kind: TransformType) -> Option<Transform> {
        kind.slot().and_then(|slot| self.chosen[slot])
    }

    /// The encryption algorithm.
    pub fn encr(&self) -> Option<Transform> {
        self.get(TransformType::ENCR)
    }

    /// The integrity algorithm; `None` beside an AEAD cipher, and with unauthenticated ESP.
    pub fn integ(&self) -> Option<Transform> {
        self.get(TransformType::INTEG)
    }

    /// The PRF, in IKE only.
    pub fn prf(&self) -> Option<Transform> {
        self.get(TransformType::PRF)
    }

    /// The key exchange method; `None` in ESP without perfect forward secrecy.
    pub fn ke(&self) -> Option<Transform> {
        self.get(TransformType::KE)
    }

    /// The size of sequence numbers, in ESP and AH.
    pub(crate) fn sn(&self) -> Option<Transform> {
        self.get(TransformType::SN)
    }

    /// The additional key exchanges, in the order in which they take place.
    pub fn additional(&self) -> impl Iterator<Item = Transform> + '_ {
        let is_additional = |t: &Transform| t.kind.additional_round().is_some();
        self.transforms().filter(is_additional)
    }

    /// All transforms, in the order of [`TransformType::COMPARED`].
    pub fn transforms(&self) -> impl Iterator<Item = Transform> + '_ {
        self.chosen.iter().copied().flatten()
    }

    /// The same suite without key exchange, as a first child SA has it.
    #[must_use]
    pub fn without_key_exchange(&self) -> Self {
        let kept = self.transforms().filter(|t| !t.kind.is_key_exchange());
        Self::of(self.protocol, kept)
    }

    /// The proposal that offers this suite and nothing else.
    pub fn to_proposal(&self) -> Proposal {
        Proposal::new(self.protocol, self.transforms())
    }
}
