//! Why a file cannot be written: what the product has no words for, and what comes nearest.

use std::fmt::{self, Display, Formatter};
use std::io;

use crate::compat::closing::every_suite;
use crate::compat::select::{Rule, Terms};
use crate::diag::Span;
use crate::dialect::Inexpressible;
use crate::ike::{Encr, Integ, Ke, Prf, Proposal, Protocol, Sn, Suite, Transform, TransformType};
use crate::peer::{Connection, Entry};

/// A proposal that a format cannot carry.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Refusal {
    /// 1 for IKE, 2 for ESP and AH.
    pub phase: u8,
    /// The proposal, in strongSwan's keywords.
    pub proposal: String,
    /// The limit of the product, and where it is written.
    pub why: Box<Inexpressible>,
    /// What the product can say and comes nearest, in strongSwan's keywords.
    pub nearest: Option<String>,
    /// Where the proposal stands in the file that was read.
    pub span: Option<Span>,
}

impl Refusal {
    /// The refusal of a whole proposal; `expresses` says which suites the product can name.
    pub(crate) fn of(
        proposal: &Proposal,
        why: Inexpressible,
        expresses: impl Fn(&Suite) -> bool,
    ) -> Self {
        let nearest = nearest(&first_suite(proposal), expresses);
        Self {
            phase: phase(proposal.protocol()),
            proposal: words(proposal),
            why: Box::new(why),
            nearest: nearest.map(|suite| words(&suite.to_proposal())),
            span: None,
        }
    }

    /// The refusal of a configured proposal, at its place.
    pub(crate) fn of_entry(
        entry: &Entry,
        why: Inexpressible,
        expresses: impl Fn(&Suite) -> bool,
    ) -> Self {
        Self {
            span: entry.origin.span().cloned(),
            ..Self::of(&entry.proposal, why, expresses)
        }
    }

    /// Puts a refusal of a file that holds one suite for each phase to the first proposal of the
    /// lists it was made from.
    #[must_use]
    pub(super) fn in_lists(mut self, connection: &Connection) -> Self {
        let mut children = connection.children.iter();
        let first = match self.phase {
            1 => connection.ike.first(),
            _ => children.find_map(|child| child.esp.first()),
        };
        let place = || first.and_then(|entry| entry.origin.span()).cloned();
        self.span = self.span.or_else(place);
        self
    }
}

impl Display for Refusal {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let Self { phase, why, .. } = self;
        if self.proposal.contains(", ") {
            let (product, limit) = (why.product, why.limit);
            return write!(
                f,
                "phase {phase}: {product} has no place for all of {}: {limit}",
                self.proposal
            );
        }
        if self.proposal == why.what {
            return write!(f, "phase {phase}: {why}");
        }
        write!(f, "phase {phase}, {}: {why}", self.proposal)
    }
}

/// Why nothing was written, or not everything.
#[derive(Debug)]
pub enum Failure {
    /// The output broke.
    Io(io::Error),
    /// The product has no place for what is asked, whatever the proposals.
    Impossible(String),
    /// These proposals cannot be said; nothing was written.
    Refused(Vec<Refusal>),
}

impl Failure {
    /// Puts refusals to the proposals of `connection` that they are about.
    #[must_use]
    pub(super) fn in_lists(self, connection: &Connection) -> Self {
        match self {
            Self::Refused(refusals) => {
                let placed = refusals.into_iter().map(|it| it.in_lists(connection));
                Self::Refused(placed.collect())
            }
            other => other,
        }
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

impl From<Refusal> for Failure {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(vec![refusal])
    }
}

impl Display for Failure {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Io(error) => error.fmt(f),
            Self::Impossible(what) => f.write_str(what),
            Self::Refused(refusals) => {
                let lines: Vec<_> = refusals.iter().map(ToString::to_string).collect();
                f.write_str(&lines.join("\n"))
            }
        }
    }
}

impl std::error::Error for Failure {}

/// The number that people give the phase of a protocol.
pub(crate) const fn phase(protocol: Protocol) -> u8 {
    match protocol {
        Protocol::Ike => 1,
        Protocol::Ah | Protocol::Esp => 2,
    }
}

/// A proposal in strongSwan's keywords, or as charon logs it where a transform has none.
pub(crate) fn words(proposal: &Proposal) -> String {
    crate::dialect::keyword::of_proposal(proposal)
}

/// Every suite that a proposal allows, the group NONE included.
pub(super) fn suites(proposal: &Proposal) -> Vec<Suite> {
    let terms = Terms {
        rule: Rule::CHARON,
        with_ke: true,
        with_private: true,
        with_additional_ke: true,
    };
    every_suite(proposal, terms)
}

/// The first suite of a proposal, without making the thousands of a default list.
fn first_suite(proposal: &Proposal) -> Suite {
    let mut first = Suite::of(proposal.protocol(), []);
    let mut kind = None;
    for transform in proposal.transforms() {
        let beside_aead = first.encr().is_some_and(Transform::is_aead);
        let skipped = transform.kind == TransformType::INTEG && beside_aead;
        if kind != Some(transform.kind) && !skipped {
            first.set(*transform);
        }
        kind = Some(transform.kind);
    }
    first
}

/// Ciphers that are worth naming instead, stronger ones first.
const CIPHERS: &[(Encr, u16)] = &[
    (Encr::AesGcm16, 256),
    (Encr::AesCbc, 256),
    (Encr::AesGcm16, 192),
    (Encr::AesCbc, 192),
    (Encr::AesGcm16, 128),
    (Encr::AesCbc, 128),
    (Encr::ChaCha20Poly1305, 0),
];

/// Hashes and their strength in bits as HMAC keys.
const HASHES: &[(Integ, Prf, i32)] = &[
    (Integ::HmacSha2_512_256, Prf::HmacSha2_512, 512),
    (Integ::HmacSha2_384_192, Prf::HmacSha2_384, 384),
    (Integ::HmacSha2_256_128, Prf::HmacSha2_256, 256),
    (Integ::HmacSha1_96, Prf::HmacSha1, 160),
];

/// Groups, whether they are elliptic curves, and their strength in bits (NIST SP 800-57, part 1,
/// table 2; RFC 3526, section 8; RFC 7748).
const GROUPS: &[(Ke, bool, i32)] = &[
    (Ke::Ecp521, true, 256),
    (Ke::Curve448, true, 224),
    (Ke::Ecp384, true, 192),
    (Ke::Curve25519, true, 128),
    (Ke::Ecp256, true, 128),
    (Ke::Modp8192, false, 200),
    (Ke::Modp6144, false, 175),
    (Ke::Modp4096, false, 150),
    (Ke::Modp3072, false, 128),
    (Ke::Modp2048, false, 112),
];

/// The suite nearest to `suite` among those that `expresses` admits: the fewest members changed,
/// then the least change of strength, upwards rather than downwards.
pub(crate) fn nearest(suite: &Suite, expresses: impl Fn(&Suite) -> bool) -> Option<Suite> {
    let own = suite
        .encr()
        .filter(|t| CIPHERS.iter().all(|c| cipher(*c) != *t));
    let ciphers = own.into_iter().chain(CIPHERS.iter().map(|c| cipher(*c)));
    let mut candidates = Vec::new();
    for encr in ciphers {
        for (integ, prf, _) in HASHES {
            let mut one = Suite::of(suite.protocol, [encr]);
            if !encr.is_aead() {
                one.set(Transform::integ(*integ));
            }
            if suite.protocol != Protocol::Ike {
                one.set(Transform::sn(Sn::Sequential32));
            } else {
                one.set(Transform::prf(*prf));
            }
            if suite.protocol != Protocol::Ike {
                candidates.push(one);
                if suite.ke().is_none_or(Transform::is_none) {
                    continue;
                }
            }
            let own = suite.ke().filter(|t| !t.is_none());
            let groups = GROUPS.iter().map(|(ke, ..)| Transform::ke(*ke));
            for group in own.into_iter().chain(groups) {
                one.set(group);
                candidates.push(one);
            }
        }
    }
    candidates.retain(|candidate| expresses(candidate));
    candidates
        .into_iter()
        .min_by_key(|candidate| distance(suite, candidate))
}

const fn cipher((id, bits): (Encr, u16)) -> Transform {
    Transform::encr(id, bits)
}

/// Members that differ, then how much.
fn distance(from: &Suite, to: &Suite) -> (usize, i32) {
    let changed = |a: Option<Transform>, b: Option<Transform>| usize::from(a != b);
    let members = changed(from.encr(), to.encr())
        + changed(hash_of(from), hash_of(to))
        + changed(from.ke(), to.ke());
    let cost = cipher_cost(from.encr(), to.encr())
        + between(hash_bits(from), hash_bits(to))
        + group_cost(from.ke(), to.ke());
    (members, cost)
}

/// What stands for the hash of a suite: its integrity algorithm, else its PRF.
fn hash_of(suite: &Suite) -> Option<Transform> {
    let named = |t: Transform| {
        HASHES
            .iter()
            .find(|(integ, prf, _)| t == Transform::integ(*integ) || t == Transform::prf(*prf))
            .map(|(_, prf, _)| Transform::prf(*prf))
    };
    let own = suite.integ().or(suite.prf());
    own.map(|t| named(t).unwrap_or(t))
}

fn hash_bits(suite: &Suite) -> i32 {
    let hash = hash_of(suite);
    let row = HASHES
        .iter()
        .find(|row| hash == Some(Transform::prf(row.1)));
    row.map_or(128, |row| row.2)
}

/// The difference; going down costs a little more.
const fn between(from: i32, to: i32) -> i32 {
    if to < from { from - to + 1 } else { to - from }
}

fn cipher_cost(from: Option<Transform>, to: Option<Transform>) -> i32 {
    let (Some(from), Some(to)) = (from, to) else {
        return 0;
    };
    let bits = |t: Transform| match Encr::from_repr(t.id) {
        // NIST SP 800-57, part 1, table 2.
        Some(Encr::TripleDes) => 112,
        Some(Encr::Des) => 56,
        _ if t.key_bits == 0 => 256,
        _ => i32::from(t.key_bits),
    };
    let mode = if from.is_aead() == to.is_aead() {
        0
    } else {
        1000
    };
    let gcm = |t: Transform| [18, 19, 20].contains(&t.id);
    let family = if from.id == to.id || gcm(from) && gcm(to) {
        0
    } else {
        50
    };
    mode + family + between(bits(from), bits(to))
}

fn group_cost(from: Option<Transform>, to: Option<Transform>) -> i32 {
    let row = |t: Option<Transform>| GROUPS.iter().find(|row| t == Some(Transform::ke(row.0)));
    match (row(from), row(to)) {
        (Some(from), Some(to)) => {
            let kind = if from.1 == to.1 { 0 } else { 30 };
            kind + between(from.2, to.2)
        }
        (None, Some(to)) => between(112, to.2),
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::nearest;
    use crate::dialect::{apple, opnsense, pfsense, powershell, swan};
    use crate::ike::{Protocol, Suite};

    fn suite(protocol: Protocol, text: &str) -> Suite {
        let proposal = swan::parse(protocol, text).unwrap();
        Suite::of(protocol, proposal.transforms().iter().copied())
    }

    fn nearest_to(protocol: Protocol, text: &str, expresses: fn(&Suite) -> bool) -> String {
        let nearest = nearest(&suite(protocol, text), expresses).unwrap();
        swan::write(&nearest.to_proposal()).unwrap()
    }

    #[test]
    fn as_little_as_possible_changes() {
        let windows = |ike: &Suite| {
            powershell::suite_arguments(ike, &suite(Protocol::Esp, "aes256-sha256")).is_ok()
        };
        let apple = |ike: &Suite| apple::parameters(ike).is_ok();
        let (ike, esp) = (Protocol::Ike, Protocol::Esp);
        for (protocol, text, expresses, expected) in [
            (
                ike,
                "aes256-sha512-modp2048",
                windows as fn(&Suite) -> bool,
                "aes256-sha384-modp2048",
            ),
            (
                ike,
                "aes256-sha256-curve25519",
                windows,
                "aes256-sha256-ecp256",
            ),
            (
                ike,
                "aes256gcm8-prfsha256-ecp256",
                apple,
                "aes256gcm16-prfsha256-ecp256",
            ),
            (
                ike,
                "aes192-sha256-modp2048",
                apple,
                "aes256-sha256-modp2048",
            ),
            (esp, "aes256gcm8", apple, "aes256gcm16"),
            (esp, "aes128gcm16", opnsense::expresses, "aes256gcm16"),
            (
                ike,
                "3des-sha1-modp1024",
                pfsense::expresses,
                "aes128-sha1-modp1024",
            ),
        ] {
            assert_eq!(nearest_to(protocol, text, expresses), expected, "{text}");
        }
    }
}
