//! The keys of an IKE SA (RFC 7296, section 2.14).

use std::fmt::{self, Debug, Display, Formatter};

use zeroize::Zeroizing;

use super::cipher::Cipher;
use super::hash::{Integrity, PseudoRandom};
use crate::dialect::charon;
use crate::ike::{Suite, Transform, TransformType};

/// The algorithms of a suite that protect messages and make keys.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Algorithms {
    /// What encrypts.
    pub cipher: Cipher,
    /// What authenticates; `None` where the cipher does.
    pub integrity: Option<Integrity>,
    /// What keys are made with.
    pub prf: PseudoRandom,
}

/// Why a suite's messages cannot be made or read here.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum NotComputable {
    /// This program does not compute the algorithm.
    Algorithm(Transform),
    /// The suite lacks an algorithm of this type.
    Lacks(TransformType),
}

impl Display for NotComputable {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Algorithm(transform) => {
                write!(
                    f,
                    "this program does not compute {}",
                    charon::transform(*transform)
                )
            }
            Self::Lacks(kind) => write!(f, "the suite has no {}", kind.noun()),
        }
    }
}

impl Algorithms {
    /// The algorithms of a suite of IKE.
    pub(crate) fn of(suite: &Suite) -> Result<Self, NotComputable> {
        let mut all = suite.transforms();
        if let Some(more) = all.find(|t| t.kind >= TransformType::ADDKE1 && !t.is_none()) {
            return Err(NotComputable::Algorithm(more));
        }
        let encr = suite.encr();
        let encr = encr.ok_or(NotComputable::Lacks(TransformType::ENCR))?;
        let cipher = Cipher::of(encr).ok_or(NotComputable::Algorithm(encr))?;
        let prf = suite.prf();
        let prf = prf.ok_or(NotComputable::Lacks(TransformType::PRF))?;
        let integrity = match suite.integ().filter(|it| !it.is_none()) {
            _ if cipher.tag_octets().is_some() => None,
            Some(integ) => Some(Integrity::of(integ).ok_or(NotComputable::Algorithm(integ))?),
            None => return Err(NotComputable::Lacks(TransformType::INTEG)),
        };
        Ok(Self {
            cipher,
            integrity,
            prf: PseudoRandom::of(prf).ok_or(NotComputable::Algorithm(prf))?,
        })
    }
}

/// The nonces of both sides.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Nonces<'a> {
    /// Ni.
    pub initiator: &'a [u8],
    /// Nr.
    pub responder: &'a [u8],
}

/// The keys of what one side sends. They are wiped when dropped, and never shown.
#[derive(Clone)]
pub(crate) struct SideKeys {
    pub(super) cipher: Cipher,
    pub(super) integrity: Option<Integrity>,
    /// SK_e, with its salt.
    pub(super) encryption: Zeroizing<Vec<u8>>,
    /// SK_a.
    pub(super) authentication: Zeroizing<Vec<u8>>,
}

/// The keys of an IKE SA. They are wiped when dropped, and never shown.
#[derive(Clone)]
pub(crate) struct Keys {
    /// Of what the initiator sends.
    pub initiator: SideKeys,
    /// Of what the responder sends.
    pub responder: SideKeys,
    prf: PseudoRandom,
    /// SK_pr, with which the responder proves its identity.
    proof: Zeroizing<Vec<u8>>,
}

impl Debug for SideKeys {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str("SideKeys")
    }
}

impl Debug for Keys {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str("Keys")
    }
}

impl Keys {
    /// Makes the keys of what both sides share, their nonces and the SPIs as they stand on the wire.
    pub(crate) fn new(
        algorithms: Algorithms,
        shared: &[u8],
        nonces: Nonces<'_>,
        spis: (u64, u64),
    ) -> Option<Self> {
        let Algorithms {
            cipher,
            integrity,
            prf,
        } = algorithms;
        let Nonces {
            initiator,
            responder,
        } = nonces;
        let seed_key = if prf.has_fixed_key() {
            // Half of the key is taken from each nonce.
            [initiator.get(..8)?, responder.get(..8)?].concat()
        } else {
            [initiator, responder].concat()
        };
        let seed = prf.compute(&seed_key, &[shared]);
        let (first, second) = (spis.0.to_be_bytes(), spis.1.to_be_bytes());
        let (e, a, p) = (
            cipher.key_octets(),
            integrity.map_or(0, Integrity::key_octets),
            prf.octets(),
        );
        let lengths = [p, a, a, e, e, p, p];
        let stream = prf.expand(
            &seed,
            &[initiator, responder, &first, &second],
            lengths.iter().sum(),
        )?;
        let mut rest = stream.as_slice();
        let mut take = |octets: usize| {
            let (taken, left) = rest.split_at_checked(octets)?;
            rest = left;
            Some(Zeroizing::new(taken.to_vec()))
        };
        take(p)?; // SK_d makes child SAs, of which there are none here.
        let (ai, ar, ei, er) = (take(a)?, take(a)?, take(e)?, take(e)?);
        take(p)?; // SK_pi proves the initiator's identity, which nobody does here.
        let proof = take(p)?;
        let side = |encryption, authentication| SideKeys {
            cipher,
            integrity,
            encryption,
            authentication,
        };
        Some(Self {
            initiator: side(ei, ai),
            responder: side(er, ar),
            prf,
            proof,
        })
    }

    /// What the responder signs: its answer to IKE_SA_INIT, the initiator's nonce and its identity
    /// (RFC 7296, section 2.15).
    pub(crate) fn responder_signed(&self, answer: &[u8], nonce: &[u8], identity: &[u8]) -> Vec<u8> {
        let identity = self.prf.compute(&self.proof, &[identity]);
        [answer, nonce, &identity].concat()
    }
}
