//! Negotiation against a selection that was written from RFC 7296 alone, over all small proposals; and
//! rules of the engines that hardly any real pair of peers shows.

use ikecompat::compat::exchange::{Limit, Outcome, Side, child_rekey, first_child, ike_sa_init};
use ikecompat::compat::select::{Offer, Rule, Selection, Terms, select};
use ikecompat::ike::{Encr, Integ, Ke, Proposal, Protocol, Sn, Transform, TransformType};
use ikecompat::peer::Build;

const TERMS: Terms = Terms {
    rule: Rule::CHARON,
    with_ke: true,
    with_private: false,
    with_additional_ke: true,
};

/// RFC 7296, sections 2.7 and 3.3: one proposal of each side, of which every type of transform has one
/// in common; a type that one side lacks may be there on the other only with NONE among its
/// transforms, and integrity does not count beside an AEAD cipher.
fn agrees(ours: &[Proposal], theirs: &[Proposal]) -> bool {
    let one = |a: &Proposal, b: &Proposal| {
        let aead = a.of(TransformType::ENCR).iter().any(|t| t.is_aead());
        TransformType::COMPARED.iter().all(|kind| {
            let (a, b) = (a.of(*kind), b.of(*kind));
            let common = a.iter().any(|t| b.contains(t));
            let optional = *kind == TransformType::KE && a.iter().chain(b).any(|t| t.is_none());
            let lacking =
                a.is_empty() && b.is_empty() || (a.is_empty() || b.is_empty()) && optional;
            common || lacking || *kind == TransformType::INTEG && aead
        })
    };
    ours.iter().any(|a| theirs.iter().any(|b| one(a, b)))
}

/// All proposals of at most two alternatives of a type, over a few algorithms.
fn small_proposals() -> Vec<Proposal> {
    let some = |all: &[Transform]| {
        let mut sets = vec![Vec::new()];
        for (at, one) in all.iter().enumerate() {
            sets.push(vec![*one]);
            sets.extend(all.iter().skip(at + 1).map(|other| vec![*one, *other]));
            sets.extend(all.iter().take(at).map(|other| vec![*one, *other]));
        }
        sets
    };
    let classic = [
        Transform::encr(Encr::AesCbc, 128),
        Transform::encr(Encr::AesCbc, 256),
    ];
    let aead = [Transform::encr(Encr::AesGcm16, 256)];
    let integ = [
        Transform::integ(Integ::HmacSha2_256_128),
        Transform::integ(Integ::HmacSha1_96),
    ];
    let groups = [Transform::ke(Ke::Modp2048), Transform::ke(Ke::None)];
    let mut all = Vec::new();
    for (ciphers, integ) in [(&classic[..], &integ[..]), (&aead[..], &[][..])] {
        for ciphers in some(ciphers).into_iter().filter(|it| !it.is_empty()) {
            for integ in some(integ) {
                for group in some(&groups) {
                    let sn = Transform::sn(Sn::Sequential32);
                    let transforms = [&ciphers[..], &integ, &group, &[sn]].concat();
                    all.push(Proposal::new(Protocol::Esp, transforms));
                }
            }
        }
    }
    all
}

fn selected(offer: &[Proposal], own: &[Proposal], prefers_own: bool) -> Option<Selection> {
    let rule = Rule::Charon { prefers_own };
    select(Offer::as_listed(offer), own, Terms { rule, ..TERMS })
}

#[test]
fn the_verdict_is_that_of_the_rfc_and_symmetric() {
    let all = small_proposals();
    let mut agreed = 0;
    for a in &all {
        for b in &all {
            let (a, b) = (std::slice::from_ref(a), std::slice::from_ref(b));
            let expected = agrees(a, b);
            agreed += usize::from(expected);
            for (one, other) in [(a, b), (b, a)] {
                for prefers_own in [true, false] {
                    let found = selected(one, other, prefers_own).is_some();
                    assert_eq!(found, expected, "{one:?} {other:?}");
                }
            }
        }
    }
    assert!(agreed > 500 && agreed < all.len() * all.len(), "{agreed}");
}

#[test]
fn another_proposal_never_loses_a_peer() {
    let all = small_proposals();
    for (number, a) in all.iter().enumerate() {
        for b in all.iter().skip(number % 3).step_by(3) {
            let added = &all[(number * 7 + 3) % all.len()];
            let (alone, offer) = ([a.clone()], [b.clone()]);
            if selected(&offer, &alone, true).is_none() {
                continue;
            }
            for more in [[a.clone(), added.clone()], [added.clone(), a.clone()]] {
                for prefers_own in [true, false] {
                    assert!(selected(&offer, &more, prefers_own).is_some());
                    assert!(selected(&more, &offer, prefers_own).is_some());
                }
            }
        }
    }
}

fn esp(transforms: &[Transform]) -> Vec<Proposal> {
    vec![Proposal::new(Protocol::Esp, transforms.to_vec())]
}

fn chosen_cipher(selection: Option<Selection>) -> Option<u16> {
    selection
        .and_then(|it| it.suite.encr())
        .map(|it| it.key_bits)
}

const AES_128: Transform = Transform::encr(Encr::AesCbc, 128);
const AES_256: Transform = Transform::encr(Encr::AesCbc, 256);
const GCM: Transform = Transform::encr(Encr::AesGcm16, 256);
const SHA_1: Transform = Transform::integ(Integ::HmacSha1_96);
const SHA_2: Transform = Transform::integ(Integ::HmacSha2_256_128);
const NO_INTEG: Transform = Transform::integ(Integ::None);

#[test]
fn libreswan_takes_its_own_order() {
    let own = [esp(&[AES_128, SHA_2]), esp(&[AES_256, SHA_2])].concat();
    let offer = [esp(&[AES_256, SHA_2]), esp(&[AES_128, SHA_2])].concat();
    let pluto = Terms {
        rule: Rule::Pluto,
        ..TERMS
    };
    let selection = select(Offer::as_listed(&offer), &own, pluto);
    assert_eq!(chosen_cipher(selection), Some(128));
    let peers = Terms {
        rule: Rule::Charon { prefers_own: false },
        ..TERMS
    };
    let selection = select(Offer::as_listed(&offer), &own, peers);
    assert_eq!(chosen_cipher(selection), Some(256));
}

#[test]
fn integrity_beside_an_aead_cipher_does_not_count_for_charon_and_is_refused_by_pluto() {
    let (own, offer) = (esp(&[GCM, SHA_2]), esp(&[GCM, SHA_1]));
    let pluto = Terms {
        rule: Rule::Pluto,
        ..TERMS
    };
    let selection = select(Offer::as_listed(&offer), &own, TERMS).unwrap();
    assert_eq!(selection.suite.integ(), None);
    assert!(select(Offer::as_listed(&offer), &own, pluto).is_none());
    assert!(select(Offer::as_listed(&own), &own, pluto).is_none());
}

#[test]
fn integrity_that_is_none_is_as_good_as_missing_for_pluto_alone() {
    let pluto = Terms {
        rule: Rule::Pluto,
        ..TERMS
    };
    for cipher in [GCM, AES_128] {
        let (with, without) = (esp(&[cipher, NO_INTEG]), esp(&[cipher]));
        for (own, offer) in [(&with, &without), (&without, &with)] {
            assert!(select(Offer::as_listed(offer), own, pluto).is_some());
            let charon = select(Offer::as_listed(offer), own, TERMS);
            assert_eq!(charon.is_some(), cipher == GCM);
        }
    }
    // NONE beside another algorithm is none of the two.
    let mixed = esp(&[AES_128, NO_INTEG, SHA_2]);
    assert!(select(Offer::as_listed(&mixed), &mixed, pluto).is_none());
}

#[test]
fn an_engine_without_rfc_9370_matches_no_additional_key_exchange() {
    let none = Transform::raw(TransformType::ADDKE1, 0);
    let kem = Transform::raw(TransformType::ADDKE1, 36);
    for additional in [none, kem] {
        let with = esp(&[AES_128, SHA_2, Transform::ke(Ke::Modp2048), additional]);
        let old = Terms {
            with_additional_ke: false,
            ..TERMS
        };
        assert!(select(Offer::as_listed(&with), &with, TERMS).is_some());
        assert!(select(Offer::as_listed(&with), &with, old).is_none());
    }
}

fn side<'a>(ike: &'a [Proposal], esp: &'a [Proposal], build: &'a Build) -> Side<'a> {
    Side {
        ike,
        esp,
        build,
        rule: Rule::CHARON,
        with_private: false,
    }
}

#[test]
fn a_group_that_the_build_lacks_ends_the_exchange() {
    let (all, lacking) = (
        Build::unlimited(),
        Build {
            ke: Some(vec![Ke::Modp3072 as u16]),
            ..Build::unlimited()
        },
    );
    let ike = |group: Ke| {
        let prf = Transform::raw(TransformType::PRF, 5);
        vec![Proposal::new(
            Protocol::Ike,
            [AES_128, SHA_2, prf, Transform::ke(group)],
        )]
    };
    let list = ike(Ke::Modp2048);
    let limit = |outcome| match outcome {
        Outcome::Limit { limit, .. } => Some(limit),
        _ => None,
    };
    let outcome = ike_sa_init(side(&list, &[], &lacking), side(&list, &[], &all));
    assert_eq!(limit(outcome), Some(Limit::FirstGroupNotImplemented));
    let both = [ike(Ke::Modp3072), ike(Ke::Modp2048)].concat();
    let outcome = ike_sa_init(side(&both, &[], &lacking), side(&list, &[], &all));
    assert_eq!(limit(outcome), Some(Limit::WantedGroupNotImplemented));
    let outcome = ike_sa_init(side(&both, &[], &all), side(&list, &[], &all));
    assert!(outcome.agreement().is_some());
}

#[test]
fn both_backends_have_to_install_the_child() {
    let (all, limited) = (
        Build::unlimited(),
        Build {
            installs_unauthenticated: false,
            ..Build::unlimited()
        },
    );
    let list = esp(&[AES_128, Transform::sn(Sn::Sequential32)]);
    for exchange in [first_child, child_rekey] {
        for (asking, answering, installed) in [
            (&all, &all, true),
            (&limited, &all, false),
            (&all, &limited, false),
        ] {
            let outcome = exchange(side(&[], &list, asking), side(&[], &list, answering));
            assert_eq!(outcome.agreement().unwrap().installed, installed);
        }
    }
}
