//! Enumerations of servers of this test, which select as charon and pluto do.

use super::question::predicted;
use super::{Difference, Enumeration, Found, Unsuitable, differences};
use crate::crypt::{Random as _, computes};
use crate::dialect::swan;
use crate::ike::{Ke, Notify, Proposal, Protocol, Suite, Transform, TransformType};
use crate::live::candidates::{Suites, beyond, everything, product, with};
use crate::live::first::{First, Follow};
use crate::live::heard::{Answer, Cleanup, Heard};
use crate::live::probe::Messages as _;
use crate::live::tests::Counting;
use crate::peer::{Entry, Origin};

fn list(words: &[&str]) -> Vec<Proposal> {
    let parse = |text: &&str| swan::parse(Protocol::Ike, text).unwrap();
    words.iter().map(parse).collect()
}

/// What is heard of a server with this list.
fn answer(first: &First, own: &[Proposal], prefers_own: bool) -> Heard {
    let Some(suite) = predicted(&first.proposals, own, prefers_own) else {
        return Heard::only(Answer::Error(Notify::NO_PROPOSAL_CHOSEN));
    };
    let group = suite.ke().unwrap();
    let asked_again = group != Transform::ke(first.group);
    if asked_again && first.follow == Follow::Never {
        return Heard::only(Answer::TooManyRounds(group));
    }
    let round = crate::compat::exchange::InvalidKe {
        sent: None,
        wanted: group,
    };
    Heard {
        invalid_ke: asked_again.then_some(round).into_iter().collect(),
        cleanup: Some(Cleanup::Freed { eap: false }),
        ..Heard::only(Answer::Selected(suite))
    }
}

/// Asks a server to the end; gives the outcome, and how many packets it took.
fn enumerate(
    packets: u32,
    server: &mut dyn FnMut(&First) -> Heard,
) -> (Option<Result<Found, Unsuitable>>, usize) {
    let mut enumeration = Enumeration::new(packets);
    let mut last = None;
    let mut sent = 0;
    while let Some(first) = enumeration.next(last.as_ref()) {
        let groups = first.proposals.iter().filter_map(Proposal::first_ke);
        assert!(
            groups.clone().count() == first.proposals.len()
                && first.offers(Transform::ke(first.group)),
            "the group of the KE payload is in a proposal (RFC 7296, section 3.4)"
        );
        let heard = server(&first);
        sent += 1 + heard.invalid_ke.len() + usize::from(heard.cleanup.is_some());
        last = Some(heard);
    }
    (enumeration.outcome(), sent)
}

fn suites(own: &[Proposal]) -> Suites {
    own.iter().flat_map(product).collect()
}

/// What the result says of an offer, and what the server does, for offers that nobody asked before.
fn unlike(own: &[Proposal], prefers_own: bool, found: &Found) -> usize {
    let all: Vec<Suite> = suites(own).into_iter().collect();
    let mut random = Counting(11);
    let mut differences = 0;
    for _ in 0..60 {
        let mut offer = Vec::new();
        for octet in random.octets(4) {
            offer.push(all[usize::from(octet) % all.len()].to_proposal());
        }
        let real = predicted(&offer, own, prefers_own);
        let said = predicted(&offer, &found.proposals, found.prefers_own);
        differences += usize::from(real != said);
    }
    differences
}

/// Lists as servers have them: single suites, products, proposals that share groups.
const SERVERS: &[&[&str]] = &[
    &["aes256-sha256-modp2048"],
    &["aes256gcm16-prfsha384-ecp384"],
    &[
        "aes256-sha256-modp2048",
        "aes128-sha1-modp1024",
        "3des-sha1-modp1024",
    ],
    &["aes128-aes256-sha1-sha256-modp1024-modp2048-ecp256"],
    &[
        "aes256gcm16-aes128gcm16-prfsha384-prfsha256-ecp384-ecp256",
        "aes256-aes128-sha384-sha256-ecp384-ecp256-modp2048",
    ],
    &[
        "aes256-aes128-3des-sha1-modp1024",
        "aes256-aes128-sha512-sha256-modp1024-modp2048",
    ],
    &[
        "chacha20poly1305-prfsha256-curve25519",
        "aes256-sha512-modp4096-modp3072",
    ],
    &[
        "camellia256-sha384-ecp384bp",
        "aes256ccm12-prfaesxcbc-ecp192",
        "aes128ctr-aesxcbc-x448",
    ],
];

#[test]
fn what_is_found_is_what_the_server_has() {
    for words in SERVERS {
        let own = list(words);
        let mut server = |first: &First| answer(first, &own, true);
        let (outcome, packets) = enumerate(1000, &mut server);
        let found = outcome.unwrap().unwrap();
        assert!(packets < 600, "{words:?}: {packets}");
        assert_eq!(found.inferred, 0, "{words:?}");
        let (mut real, mut said) = (suites(&own), suites(&found.proposals));
        real.sort_by_key(|suite| format!("{suite:?}"));
        said.sort_by_key(|suite| format!("{suite:?}"));
        assert_eq!(real.as_slice(), said.as_slice(), "{words:?}");
        assert_eq!(found.predicted.1, 0, "{words:?}");
        assert!(found.prefers_own, "{words:?}");
        assert_eq!(found.ordered, found.proposals.len(), "{words:?}");
        assert_eq!(
            unlike(&own, true, &found),
            0,
            "{words:?}: {:?}",
            found.proposals
        );
    }
}

#[test]
fn a_server_that_leaves_the_choice_to_clients_is_known() {
    let own = list(&[
        "aes256-aes128-sha256-modp2048-ecp256",
        "aes256gcm16-prfsha384-ecp384",
        "3des-sha1-modp1024",
    ]);
    let (outcome, _) = enumerate(1000, &mut |first| answer(first, &own, false));
    let found = outcome.unwrap().unwrap();
    assert!(!found.prefers_own);
    assert_eq!(unlike(&own, false, &found), 0, "{:?}", found.proposals);
}

#[test]
fn what_is_too_much_to_ask_for_is_said_to_be_inferred() {
    let own = list(&[
        "aes128-aes192-aes256-camellia128-camellia256-3des-sha1-sha256-sha384-sha512-prfsha1-prfsha256-\
         prfsha384-prfsha512-modp2048-modp3072-modp4096-ecp256-ecp384-ecp521-curve25519",
    ]);
    let mut server = |first: &First| answer(first, &own, true);
    let (outcome, packets) = enumerate(1000, &mut server);
    let found = outcome.unwrap().unwrap();
    assert!(packets <= 1000, "{packets}");
    assert_eq!(found.suites, suites(&own).len());
    assert!(found.inferred > 100, "{}", found.inferred);
    assert_eq!(unlike(&own, true, &found), 0);
    let few = enumerate(60, &mut server).0.unwrap();
    assert_eq!(few.unwrap_err(), Unsuitable::Packets);
}

#[test]
fn a_server_that_accepts_everything_is_said_to() {
    let computed = everything().to_vec();
    let beyond = beyond(Ke::Ecp192).into_iter().flatten();
    let all = computed.iter().cloned().chain(beyond).collect();
    // Few packets, since the order of so many suites takes long to tell.
    for (own, packets) in [(&computed, 400), (&all, 900)] {
        let mut server = |first: &First| answer(first, own, true);
        let (outcome, sent) = enumerate(packets, &mut server);
        let found = outcome.unwrap().unwrap();
        assert!(sent <= packets as usize, "{sent}");
        assert!(found.is_everything(), "{}", found.suites);
        let expected = suites(&computed).len();
        assert_eq!(found.suites - found.beyond, expected);
        assert_eq!(found.beyond > 0, own.len() > computed.len());
        assert!(found.samples.unwrap() >= 256, "{found:?}");
        assert!(found.inferred > expected / 2, "{}", found.inferred);
    }
}

/// Of all groups the last one that stands beside the others is asked for too, and comes first.
#[test]
fn a_server_with_every_group_has_its_own_order_of_them() {
    let [classic, _] = everything();
    let groups = classic.of(TransformType::KE).iter().rev().copied();
    let rest = list(&["aes256-sha256-prfsha256-modp2048"]).remove(0);
    let mut turned: Vec<_> = groups.collect();
    let last = turned
        .iter()
        .position(|it| *it == Transform::ke(Ke::Ecp192));
    let last = turned.remove(last.unwrap());
    turned.insert(0, last);
    let own = [with(&rest, TransformType::KE, &turned)];
    let (outcome, _) = enumerate(1000, &mut |first| answer(first, &own, true));
    let found = outcome.unwrap().unwrap();
    assert_eq!(found.proposals.len(), 1, "{:?}", found.proposals);
    assert_eq!(found.proposals[0].of(TransformType::KE), turned);
    assert!(!found.is_everything());
}

#[test]
fn a_server_that_refuses_everything_has_nothing() {
    let refuses = &mut |_: &First| Heard::only(Answer::Error(Notify::NO_PROPOSAL_CHOSEN));
    let (outcome, packets) = enumerate(1000, refuses);
    let found = outcome.unwrap().unwrap();
    // Everything at once, and three sets that this program does not compute.
    assert!(found.proposals.is_empty() && packets == 4);
}

#[test]
fn what_is_not_computed_is_found_without_a_selection() {
    for (words, beyond) in [
        (
            &["aes256-sha256-modp2048", "blowfish256-des-sha1-modp1024"][..],
            2,
        ),
        (
            &[
                "aes256gcm16-prfsha384-ecp384-ke1_mlkem768-ke1_none",
                "aes256-sha256-ecp256",
            ],
            1,
        ),
        (
            &["aes256gcm16-aes128gcm16-prfsha256-curve25519-ke1_mlkem768"],
            2,
        ),
        (&["aes256gcm16-prfsha384-mlkem1024-ecp384"], 1),
        (&["cast128-sha1-modp1024"], 1),
    ] {
        let own = list(words);
        let mut selections = 0;
        let (outcome, packets) = enumerate(1000, &mut |first| {
            let heard = answer(first, &own, true);
            if let Answer::Selected(suite) = &heard.answer {
                selections += 1;
                let all = suite.transforms();
                assert!(all.into_iter().all(computes), "{words:?}: {suite:?}");
            }
            heard
        });
        let found = outcome.unwrap().unwrap();
        assert_eq!(found.beyond, beyond, "{words:?}: {found:?}");
        assert!(packets < 200, "{words:?}: {packets}");
        assert_eq!(found.ordered == 0, selections == 0, "{words:?}");
        let server = &mut found.server();
        assert_eq!(differences(&found, server), [], "{words:?}");
        server.connections[0].ike = entries(&own);
        assert_eq!(differences(&found, server), [], "{words:?}");
    }
}

fn entries(own: &[Proposal]) -> Vec<Entry> {
    let own = own.iter().cloned();
    own.map(|it| Entry::new(it, Origin::Argument)).collect()
}

#[test]
fn a_file_that_is_not_what_runs_is_told_apart() {
    let own = list(&["aes256-sha256-modp2048", "aes128-sha1-modp1024"]);
    let (outcome, _) = enumerate(1000, &mut |first| answer(first, &own, true));
    let found = outcome.unwrap().unwrap();
    let mut file = found.server();
    let mut of = |words: &[&str]| {
        file.connections[0].ike = entries(&list(words));
        differences(&found, &file)
    };
    let both = ["aes256-sha256-modp2048", "aes128-sha1-modp1024"];
    assert_eq!(of(&both), []);
    let more = list(&["aes128-sha1-modp1024"]);
    assert_eq!(of(&both[..1]), [Difference::NotInFile(more)]);
    let less = list(&["aes256-sha256-ecp256"]);
    let longer = [both[0], both[1], "aes256-sha256-ecp256"];
    assert_eq!(of(&longer), [Difference::NotAccepted(less)]);
    let [Difference::Order { server, file: said }] = of(&[both[1], both[0]])[..] else {
        panic!("another order");
    };
    assert!(list(&both[..1])[0].allows(&server) && list(&both[1..])[0].allows(&said));
    let mut clients_choice = found.server();
    clients_choice.prefers_own = false;
    let preference = Difference::Preference { own: false };
    assert_eq!(differences(&found, &clients_choice), [preference]);
    // What nobody can ask for is no difference: a number of private use, two additional key exchanges.
    let mut private = found.server();
    let more = list(&[
        "aes256-sha256-ntru128",
        "aes256-sha256-ecp256-ke1_mlkem768-ke2_mlkem512",
    ]);
    private.connections[0].ike.extend(entries(&more));
    assert_eq!(differences(&found, &private), []);
}

#[test]
fn servers_that_answer_otherwise_are_not_believed() {
    let own = list(&["aes256-sha256-modp2048"]);
    // It wants its group whatever is offered.
    let wants = Answer::TooManyRounds(swan::keyword("modp2048").unwrap());
    let (outcome, _) = enumerate(1000, &mut |first| match first.follow {
        Follow::Never => Heard::only(wants.clone()),
        _ => answer(first, &own, true),
    });
    assert_eq!(outcome.unwrap().unwrap_err(), Unsuitable::Inconsistent);
    // It wants the group of the KE payload in the proposal that is selected.
    let (outcome, _) = enumerate(1000, &mut |first| match first.follow {
        Follow::Never => Heard::only(Answer::Error(Notify::INVALID_SYNTAX)),
        _ => answer(first, &own, true),
    });
    assert!(matches!(
        outcome.unwrap().unwrap_err(),
        Unsuitable::Answer(_)
    ));
    // It accepts one suite, and selects another one.
    let other = list(&["aes256-sha256-ecp256"]);
    let (outcome, _) = enumerate(1000, &mut |first| match first.follow {
        Follow::Never => answer(first, &own, true),
        _ => answer(first, &other, true),
    });
    assert_eq!(outcome.unwrap().unwrap_err(), Unsuitable::Inconsistent);
}

#[test]
fn a_question_without_answer_is_asked_again() {
    let own = list(&["aes256-aes128-sha256-modp2048"]);
    let mut count = 0;
    let (outcome, _) = enumerate(1000, &mut |first| {
        count += 1;
        match count % 5 {
            0 => Heard::only(Answer::Silence),
            _ => answer(first, &own, true),
        }
    });
    let found = outcome.unwrap().unwrap();
    assert_eq!(suites(&found.proposals), suites(&own));
}
