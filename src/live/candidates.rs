//! The suites that are asked for, and sets of suites as proposals.

use std::sync::LazyLock;

use indexmap::IndexSet;
use itertools::Itertools as _;

use crate::crypt::computes;
use crate::dialect::swan;
use crate::ike::{Encr, Ke, Proposal, Protocol, Suite, Transform, TransformType};

/// The types of a suite of IKE, in the order in which they are told apart.
pub(super) const AXES: [TransformType; 5] = [
    TransformType::KE,
    TransformType::ENCR,
    TransformType::INTEG,
    TransformType::PRF,
    TransformType::ADDKE1,
];

/// A set of suites that keeps its order.
pub(super) type Suites = IndexSet<Suite, rustc_hash::FxBuildHasher>;

/// Groups of which one stands beside a question: those with short public values go first.
const BESIDE: [Ke; 3] = [Ke::Curve25519, Ke::Ecp256, Ke::Modp2048];

/// All algorithms of IKE that have a word in a file: those that this program computes, and the others.
static KNOWN: LazyLock<(Vec<Transform>, Vec<Transform>)> = LazyLock::new(|| {
    let all = swan::KEYWORDS.iter().map(|(_, transform)| *transform);
    let fitting = all.filter(|it| !it.is_private() && !it.is_none() && is_of_ike(*it));
    fitting.unique().partition(|it| computes(*it))
});

/// Whether IKE may use an algorithm: it has to encrypt (RFC 7296, section 3.3.2; RFC 4543).
fn is_of_ike(transform: Transform) -> bool {
    const WITHOUT_ENCRYPTION: [Encr; 2] = [Encr::Null, Encr::NullAuthAesGmac];
    transform.kind != TransformType::ENCR
        || !WITHOUT_ENCRYPTION
            .iter()
            .any(|encr| encr.number() == transform.id)
}

fn of_type(all: &[Transform], kind: TransformType) -> Vec<Transform> {
    let all = all.iter().copied();
    all.filter(|it| it.kind == kind).collect()
}

/// The algorithms of one type that this program computes.
pub(super) fn computed(kind: TransformType) -> Vec<Transform> {
    of_type(&KNOWN.0, kind)
}

/// The algorithms of one type that it does not compute.
pub(super) fn not_computed(kind: TransformType) -> Vec<Transform> {
    of_type(&KNOWN.1, kind)
}

/// All suites that this program computes.
pub(super) fn everything() -> [Proposal; 2] {
    let ciphers = computed(TransformType::ENCR);
    blocks(ciphers, &computed(TransformType::KE))
}

/// All suites of these ciphers and groups, as two proposals: AEAD ciphers stand apart, since pluto
/// accepts no proposal with both.
fn blocks(ciphers: Vec<Transform>, groups: &[Transform]) -> [Proposal; 2] {
    let (aead, classic): (Vec<_>, Vec<_>) = ciphers.into_iter().partition(|it| it.is_aead());
    let prf = computed(TransformType::PRF).into_iter();
    let rest: Vec<_> = prf.chain(groups.iter().copied()).collect();
    let integ = computed(TransformType::INTEG);
    [
        proposal(classic.into_iter().chain(integ).chain(rest.clone())),
        proposal(aead.into_iter().chain(rest)),
    ]
}

/// All suites with something that this program does not compute, in sets that are asked for together:
/// with other ciphers, in other groups, with an additional key exchange.
///
/// One group has to stand beside them, so `last` is not among theirs.
pub(super) fn beyond(last: Ke) -> [Vec<Proposal>; 3] {
    let mut groups = computed(TransformType::KE);
    groups.retain(|group| *group != Transform::ke(last));
    let others = not_computed(TransformType::KE);
    let ciphers = || computed(TransformType::ENCR);
    let additional = others.iter().filter(|it| is_ml_kem(**it));
    let additional: Vec<_> = additional
        .map(|it| Transform::raw(TransformType::ADDKE1, it.id))
        .collect();
    let used = |proposals: [Proposal; 2]| -> Vec<Proposal> {
        let has_ciphers = |it: &Proposal| !it.of(TransformType::ENCR).is_empty();
        proposals.into_iter().filter(has_ciphers).collect()
    };
    let with_additional = used(blocks(ciphers(), &groups)).into_iter();
    [
        used(blocks(not_computed(TransformType::ENCR), &groups)),
        used(blocks(ciphers(), &others)),
        with_additional
            .map(|it| with(&it, TransformType::ADDKE1, &additional))
            .collect(),
    ]
}

/// Whether a suite is one of those that are asked for.
pub(super) fn is_asked_for(suite: &Suite) -> bool {
    let others: Vec<_> = suite.transforms().filter(|it| !computes(*it)).collect();
    others.len() < 2
        && others.iter().all(|it| match it.kind {
            TransformType::ENCR | TransformType::KE => KNOWN.1.contains(it),
            TransformType::ADDKE1 => is_ml_kem(*it),
            _ => false,
        })
}

/// Whether a group is one of those that are used as additional key exchanges.
fn is_ml_kem(group: Transform) -> bool {
    let all = [Ke::MlKem512, Ke::MlKem768, Ke::MlKem1024];
    all.iter().any(|ke| ke.number() == group.id)
}

fn proposal(transforms: impl IntoIterator<Item = Transform>) -> Proposal {
    Proposal::new(Protocol::Ike, transforms)
}

/// The same proposal with other algorithms of one type.
pub(super) fn with(block: &Proposal, kind: TransformType, values: &[Transform]) -> Proposal {
    let others = block.without(|it| it == kind);
    proposal(others.transforms().iter().chain(values).copied())
}

/// The proposal of one suite with another algorithm of one type.
pub(super) fn changed(suite: &Suite, value: Transform) -> Suite {
    let mut changed = *suite;
    changed.set(value);
    changed
}

/// All suites of a proposal, the types of [`AXES`] from the outermost to the innermost.
pub(super) fn product(block: &Proposal) -> Vec<Suite> {
    let axes = AXES.into_iter().map(|kind| block.of(kind));
    let axes = axes.filter(|values| !values.is_empty());
    axes.map(|values| values.iter().copied())
        .multi_cartesian_product()
        .map(|transforms| Suite::of(Protocol::Ike, transforms))
        .collect()
}

/// How many suites a proposal has.
pub(super) fn size(block: &Proposal) -> usize {
    let axes = AXES.into_iter().map(|kind| block.of(kind).len());
    axes.filter(|many| *many > 0).product()
}

/// The suite that stands at a place of [`product`], without the others.
pub(super) fn at(block: &Proposal, mut place: usize) -> Suite {
    let mut chosen = Vec::new();
    for kind in AXES.into_iter().rev() {
        let values = block.of(kind);
        if let Some(value) = values.get(place % values.len().max(1)) {
            chosen.push(*value);
            place /= values.len();
        }
    }
    Suite::of(Protocol::Ike, chosen)
}

/// As few proposals as a greedy search finds whose suites are exactly these.
pub(super) fn cover(suites: &Suites) -> Vec<Proposal> {
    let mut left = suites.clone();
    let mut blocks = Vec::new();
    while let Some(first) = left.first().copied() {
        let mut block = first.to_proposal();
        for kind in AXES {
            let seen = left.iter().filter_map(|suite| suite.get(kind)).unique();
            for value in seen.collect::<Vec<_>>() {
                let more = product(&with(&block, kind, &[value]));
                if !block.contains(value) && more.iter().all(|suite| left.contains(suite)) {
                    let values = [block.of(kind), &[value]].concat();
                    block = with(&block, kind, &values);
                }
            }
        }
        let covered: Suites = product(&block).into_iter().collect();
        left.retain(|suite| !covered.contains(suite));
        blocks.push(block);
    }
    blocks
}

/// A group that none of these proposals has.
pub(super) fn beside(offer: &[Proposal]) -> Option<Ke> {
    let computed = computed(TransformType::KE);
    let computed = computed.iter().filter_map(|it| Ke::from_repr(it.id));
    let mut all = BESIDE.into_iter().chain(computed);
    all.find(|ke| !offer.iter().any(|it| it.contains(Transform::ke(*ke))))
}

/// A proposal that no server accepts, for a KE payload of a group that is asked for nowhere else:
/// RFC 7296, section 3.4 wants the group of the KE payload in a proposal of the same message.
///
/// All but the group is private use, with numbers that no implementation is known to take.
pub(super) fn unacceptable(group: Ke) -> Proposal {
    const PRIVATE: u16 = 1025;
    let kinds = [
        TransformType::ENCR,
        TransformType::PRF,
        TransformType::INTEG,
    ];
    let private = kinds.into_iter().map(|kind| Transform::raw(kind, PRIVATE));
    proposal(private.chain([Transform::ke(group)]))
}

#[cfg(test)]
mod tests {
    use super::{Suites, at, beside, cover, everything, product, size, unacceptable};
    use crate::dialect::swan;
    use crate::ike::{Ke, Protocol, TransformType};

    fn suites(lists: &[&str]) -> Suites {
        let parse = |text: &&str| product(&swan::parse(Protocol::Ike, text).unwrap());
        lists.iter().flat_map(parse).collect()
    }

    #[test]
    fn a_cover_has_exactly_the_suites_that_it_covers() {
        for (lists, blocks) in [
            (&["aes256-aes128-sha256-sha1-modp2048-ecp256"][..], 1),
            (
                &["aes256-sha256-modp2048", "aes256gcm16-prfsha384-ecp384"][..],
                2,
            ),
            (
                &[
                    "aes256-sha256-modp2048",
                    "3des-sha1-modp1024",
                    "aes128-sha256-modp2048",
                ][..],
                2,
            ),
            (
                &[
                    "aes256-aes128-sha256-ecp256",
                    "aes256-sha256-ecp256-modp2048",
                ][..],
                2,
            ),
        ] {
            let all = suites(lists);
            let covering = cover(&all);
            assert_eq!(covering.len(), blocks, "{lists:?}");
            let mut covered: Vec<_> = covering.iter().flat_map(product).collect();
            assert_eq!(covered.len(), all.len(), "each suite once");
            covered.retain(|suite| !all.contains(suite));
            assert!(covered.is_empty(), "{covered:?}");
        }
    }

    #[test]
    fn a_suite_of_a_place_is_that_of_the_product() {
        let [classic, aead] = everything();
        for block in [classic, aead] {
            let all = product(&block);
            assert_eq!(all.len(), size(&block));
            for place in (0..all.len()).step_by(97) {
                assert_eq!(at(&block, place), all[place], "{place}");
            }
        }
    }

    #[test]
    fn the_kinds_of_suites_are_many() {
        let [classic, aead] = everything();
        assert!(classic.of(TransformType::KE).len() > 20);
        assert!(aead.of(TransformType::INTEG).is_empty());
        assert!(product(&classic).len() > 10_000);
        assert!(beside(&[classic]).is_none(), "it has every group");
    }

    #[test]
    fn what_stands_beside_a_question_is_private() {
        let proposal = unacceptable(Ke::Ecp256);
        assert_eq!(proposal.first_ke().unwrap().id, Ke::Ecp256.number());
        let mut others = proposal.transforms().iter();
        assert!(others.all(|it| it.is_private() || it.kind == TransformType::KE));
    }
}
