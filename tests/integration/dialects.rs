//! Every transform of the registry in every dialect: it comes back as itself, or it is refused
//! with the limit and where that limit is written.

use ikecompat::dialect::{Inexpressible, apple, charon, pfsense, pluto, powershell, swan};
use ikecompat::ike::{
    Encr, Integ, Ke, Prf, Proposal, Protocol, Sn, Suite, Transform, TransformType,
};
use strum::IntoEnumIterator;

/// All ciphers with each of their key lengths.
fn ciphers() -> Vec<Transform> {
    let lengths = |id: Encr| match id.key_lengths() {
        [] => vec![0],
        lengths => lengths.to_vec(),
    };
    Encr::iter()
        .flat_map(|id| {
            lengths(id)
                .into_iter()
                .map(move |bits| Transform::encr(id, bits))
        })
        .collect()
}

fn registry() -> Vec<Transform> {
    let mut all = ciphers();
    all.extend(Prf::iter().map(Transform::prf));
    all.extend(Integ::iter().map(Transform::integ));
    all.extend(Ke::iter().map(Transform::ke));
    all.extend(Sn::iter().map(Transform::sn));
    all
}

/// A refusal says what was refused, by whom, why, and where that is written.
fn assert_reasoned(refusal: &Inexpressible) {
    assert!(!refusal.what.is_empty() && !refusal.limit.is_empty());
    assert!(refusal.source.starts_with("https://"), "{refusal:?}");
    assert!(!refusal.what.contains("undefined"), "{refusal:?}");
}

#[test]
fn libreswans_words_and_log_names_lead_back() {
    let (mut spelled, mut logged) = (0, 0);
    for transform in registry() {
        if let Some(name) = pluto::logged::name(transform) {
            assert_eq!(
                pluto::logged::transform(transform.kind, &name),
                Some(transform),
                "{name}"
            );
            logged += 1;
        }
        let Some(word) = pluto::spell(transform) else {
            continue;
        };
        let (protocol, text) = match transform.kind {
            TransformType::ENCR => (Protocol::Esp, word.clone()),
            TransformType::PRF => (Protocol::Ike, format!("aes256-{word}")),
            TransformType::INTEG if transform.is_none() => {
                (Protocol::Esp, format!("aes_gcm256-{word}"))
            }
            TransformType::INTEG => (Protocol::Esp, format!("aes256-{word}")),
            _ => (Protocol::Esp, format!("aes256-sha2;{word}")),
        };
        let read = pluto::parse(protocol, &text, pluto::Release::Five).unwrap();
        assert!(read.contains(transform) || transform.is_none(), "{text}");
        spelled += 1;
    }
    assert!(
        spelled > 45 && logged > 60,
        "{spelled} words, {logged} names"
    );
}

#[test]
fn keywords_and_log_names_lead_back() {
    let mut spelled = 0;
    for transform in registry() {
        if let Some(word) = swan::spell(transform) {
            assert_eq!(swan::keyword(&word), Some(transform), "{word}");
            spelled += 1;
        }
        let name = charon::transform(transform);
        if charon::name(transform.kind, transform.id).is_some() {
            assert_eq!(charon::parse_transform(&name), Some(transform), "{name}");
        } else {
            assert!(!name.is_empty());
        }
    }
    // A table that lost its rows would pass the loop.
    assert!(spelled > 80, "only {spelled} transforms have a keyword");
}

#[test]
fn every_keyword_stands_in_a_proposal_that_reads_back() {
    for word in swan::keywords() {
        let transform = swan::keyword(word).unwrap();
        let canonical = swan::spell(transform).unwrap();
        assert_eq!(swan::keyword(&canonical), Some(transform), "{word}");
        // The proposal that the keyword completes.
        let text = match transform.kind {
            TransformType::ENCR if transform.is_aead() => format!("{word}-prfsha256-modp2048"),
            TransformType::ENCR => format!("{word}-sha256-modp2048"),
            TransformType::PRF => format!("aes256-sha256-{word}-modp2048"),
            TransformType::INTEG => format!("aes256-{word}-prfsha256-modp2048"),
            TransformType::KE => format!("aes256-sha256-{word}"),
            _ => continue,
        };
        // The daemon's own parser refuses some; what it takes must survive.
        let Ok(proposal) = swan::parse(Protocol::Ike, &text) else {
            continue;
        };
        let written = swan::write(&proposal).unwrap_or_else(|| panic!("{text} cannot be written"));
        assert_eq!(
            swan::parse(Protocol::Ike, &written).ok(),
            Some(proposal),
            "{text}"
        );
    }
}

/// A suite of each protocol around one transform of the registry.
fn suites_around(transform: Transform) -> [Suite; 2] {
    let plain = |protocol| {
        let mut suite = Suite::of(
            protocol,
            [
                Transform::encr(Encr::AesCbc, 256),
                Transform::integ(Integ::HmacSha2_256_128),
                Transform::ke(Ke::Modp2048),
            ],
        );
        suite.set(match protocol {
            Protocol::Ike => Transform::prf(Prf::HmacSha2_256),
            Protocol::Ah | Protocol::Esp => Transform::sn(Sn::Sequential32),
        });
        let foreign = match protocol {
            Protocol::Ike => TransformType::SN,
            Protocol::Ah | Protocol::Esp => TransformType::PRF,
        };
        if transform.kind != foreign {
            suite.set(transform);
        }
        suite
    };
    if !transform.is_aead() {
        return [Protocol::Ike, Protocol::Esp].map(plain);
    }
    [Protocol::Ike, Protocol::Esp].map(|protocol| {
        let others = plain(protocol).transforms().collect::<Vec<_>>();
        let kept = others
            .into_iter()
            .filter(|t| t.kind != TransformType::INTEG);
        Suite::of(protocol, kept)
    })
}

#[test]
fn pfsense_shows_a_transform_or_says_why_not() {
    let (mut shown, mut refused) = (0, 0);
    for transform in registry() {
        let [ike, esp] = suites_around(transform);
        for answer in [
            pfsense::phase1(&ike).map(drop),
            pfsense::phase2(&esp).map(drop),
        ] {
            match answer {
                Ok(()) => shown += 1,
                Err(refusal) => {
                    assert_reasoned(&refusal);
                    refused += 1;
                }
            }
        }
        match transform.kind {
            TransformType::ENCR => {
                if let Some((value, length)) = pfsense::cipher_value(transform) {
                    // The pages take a length that the cipher leaves open as none.
                    let back = pfsense::cipher_of(value, length.unwrap_or(0));
                    assert_eq!(back, Some(transform), "{value} {length:?}");
                }
            }
            TransformType::KE => {
                let known = pfsense::group_label(transform).is_some();
                let back = pfsense::group_of(transform.id);
                assert_eq!(back, known.then_some(transform), "{transform:?}");
            }
            _ => {}
        }
    }
    assert!(
        shown > 20 && refused > 100,
        "{shown} shown, {refused} refused"
    );
}

#[test]
fn powershell_makes_exactly_the_suites_it_was_asked_for() {
    let (mut made, mut refused) = (0, 0);
    let [plain_ike, plain_esp] = suites_around(Transform::ke(Ke::Modp2048));
    for transform in registry() {
        let [ike, esp] = suites_around(transform);
        for (ike, esp) in [(&ike, &plain_esp), (&plain_ike, &esp), (&ike, &esp)] {
            match powershell::suite_arguments(ike, esp) {
                Ok(arguments) => {
                    assert_eq!(arguments.suites().as_ref(), Some(&(*ike, *esp)));
                    made += 1;
                }
                Err(refusal) => {
                    assert_reasoned(&refusal);
                    refused += 1;
                }
            }
        }
    }
    assert!(made > 20 && refused > 100, "{made} made, {refused} refused");
}

#[test]
fn apple_takes_a_suite_or_says_why_not() {
    let (mut taken, mut refused) = (0, 0);
    for transform in registry() {
        for suite in suites_around(transform) {
            match apple::parameters(&suite) {
                Ok(parameters) => {
                    // The group's number is the registry's.
                    assert_eq!(parameters.group, suite.ke().map(|ke| ke.id));
                    taken += 1;
                }
                Err(refusal) => {
                    assert_reasoned(&refusal);
                    refused += 1;
                }
            }
        }
    }
    assert!(
        taken > 10 && refused > 100,
        "{taken} taken, {refused} refused"
    );
}

#[test]
fn a_wire_number_without_a_name_is_still_written() {
    let private = Transform::raw(TransformType::KE, 40_000);
    assert_eq!(swan::spell(private), None);
    assert!(charon::transform(private).contains("40000"));
    let proposal = Proposal::new(Protocol::Ike, [private]);
    assert_eq!(swan::write(&proposal), None);
}
