//! That the ranking is a total order, over suites of all kinds.

use std::cmp::Reverse;
use std::sync::LazyLock;

use ikecompat::compat::rank::Key;
use ikecompat::ike::{Encr, Protocol, Suite, Transform, TransformType};
use ikecompat::peer::Policy;
use ikecompat::profile::Database;
use proptest::prelude::*;

static POLICY: LazyLock<Policy> = LazyLock::new(|| Database::builtin().policy("rfc8247").unwrap());

/// Random suites hardly ever tie down to the last key, so its parts are tried one by one.
#[test]
fn only_the_same_suite_ties() {
    let numbers = |a: Transform, b: Transform| {
        let rank = |transform| POLICY.rank(&Suite::of(Protocol::Ike, [transform]));
        assert_eq!(rank(a).key_against(&rank(b)), Some(Key::Numbers), "{a:?}");
    };
    for kind in TransformType::COMPARED {
        numbers(Transform::raw(kind, 500), Transform::raw(kind, 501));
    }
    // ChaCha20 has one key length, which some peers send all the same.
    numbers(
        Transform::encr(Encr::ChaCha20Poly1305, 0),
        Transform::encr(Encr::ChaCha20Poly1305, 256),
    );
}

fn numbers(kind: TransformType, ids: &'static [u16]) -> impl Strategy<Value = Option<Transform>> {
    let transform = prop::sample::select(ids).prop_map(move |id| Transform::raw(kind, id));
    prop::option::weighted(0.8, transform)
}

/// Suites of all kinds, also such as nobody would agree on: members missing or NONE, numbers without
/// a name, impossible key lengths.
fn any_suite(protocol: Protocol) -> impl Strategy<Value = Suite> {
    let encr = prop::sample::select(
        &[
            2_u16, 3, 7, 11, 12, 13, 14, 18, 20, 21, 24, 27, 28, 32, 99, 1026,
        ][..],
    );
    let encr = (encr, prop::sample::select(&[0_u16, 128, 192, 256][..]));
    let encr = encr.prop_map(|(id, key_bits)| {
        let kind = TransformType::ENCR;
        Some(Transform { kind, id, key_bits })
    });
    const GROUPS: &[u16] = &[0, 1, 2, 14, 15, 18, 19, 20, 22, 25, 31, 32, 36, 99, 1040];
    (
        encr,
        numbers(
            TransformType::INTEG,
            &[0, 1, 2, 5, 7, 8, 11, 12, 13, 14, 99, 1026],
        ),
        numbers(TransformType::PRF, &[1, 2, 3, 4, 5, 6, 7, 9, 1028]),
        numbers(TransformType::KE, GROUPS),
        numbers(TransformType::ADDKE1, GROUPS),
        numbers(TransformType::ADDKE7, GROUPS),
        numbers(TransformType::SN, &[0, 1]),
    )
        .prop_map(move |(a, b, c, d, e, f, g)| {
            Suite::of(protocol, [a, b, c, d, e, f, g].into_iter().flatten())
        })
}

fn any_protocol() -> impl Strategy<Value = Protocol> {
    prop::sample::select(&[Protocol::Ike, Protocol::Ah, Protocol::Esp][..])
}

fn three_suites() -> impl Strategy<Value = [Suite; 3]> {
    any_protocol().prop_flat_map(|protocol| {
        let any = || any_suite(protocol);
        [any(), any(), any()]
    })
}

proptest! {
    #[test]
    fn it_is_a_total_order([a, b, c] in three_suites()) {
        let policy = &*POLICY;
        let (ra, rb, rc) = (policy.rank(&a), policy.rank(&b), policy.rank(&c));
        prop_assert_eq!(ra == rb, a == b, "only equal suites tie");
        prop_assert_eq!(ra < rb, rb > ra);
        prop_assert_eq!(ra.key_against(&rb), rb.key_against(&ra));
        prop_assert_eq!(ra.key_against(&rb).is_none(), a == b);
        if ra <= rb && rb <= rc {
            prop_assert!(ra <= rc);
        }
    }

    #[test]
    fn the_member_that_decides_has_the_tier_of_the_suite([a, ..] in three_suites()) {
        let policy = &*POLICY;
        prop_assert_eq!(policy.deciding(&a).tier, policy.rank(&a).tier());
    }

    #[test]
    fn it_does_not_depend_on_the_order_of_the_input(
        list in prop::collection::vec(any_suite(Protocol::Ike), 2..12).prop_shuffle(),
    ) {
        let policy = &*POLICY;
        let sorted = |mut list: Vec<Suite>| {
            list.sort_by_key(|suite| policy.rank(suite));
            list
        };
        let mut reversed = list.clone();
        reversed.reverse();
        let mut rotated = list.clone();
        rotated.rotate_left(1);
        let first = sorted(list);
        prop_assert_eq!(&first, &sorted(reversed));
        prop_assert_eq!(&first, &sorted(rotated));
    }

    /// Whoever replaces a member by one of the same or a better tier and strength loses nothing in
    /// the keys that come before the mode of operation.
    #[test]
    fn a_better_member_never_worsens_the_first_three_keys(
        [a, b, _] in three_suites(),
        kind in prop::sample::select(&[TransformType::PRF, TransformType::KE][..]),
    ) {
        let policy = &*POLICY;
        if let (Some(old), Some(new)) = (a.get(kind), b.get(kind)) {
            let judged = |transform: Transform| {
                let alone = policy.rank(&Suite::of(a.protocol, [transform]));
                (alone.tier(), Reverse(alone.floor()))
            };
            let ((old_tier, old_bits), (new_tier, new_bits)) = (judged(old), judged(new));
            if !old.is_none() && !new.is_none() && new_tier <= old_tier && new_bits <= old_bits {
                let mut better = a;
                better.set(new);
                let (before, after) = (policy.rank(&a), policy.rank(&better));
                let key = after.key_against(&before);
                prop_assert!(after <= before || key > Some(Key::Enough));
            }
        }
    }
}
