//! Clients against a server of this test, which says what it is told to say.

use std::net::SocketAddr;
use std::time::Duration;

use super::first::{Assumption, Ends, First};
use super::heard::{Answer, Cleanup, Heard};
use super::limits::{HALF_OPEN, Limits, PATIENCE};
use super::probe::{Action, Listed, Run, Stopped};
use super::responder::{Incoming, ListenOptions, Outgoing, Responder};
use super::visitor::{Proof, Visitor};
use crate::compat::likeness::{Observed, resemblance};
use crate::crypt::{KeyPair, Random};
use crate::dialect::swan;
use crate::ike::{Notify, Protocol, Transform, TransformType};
use crate::peer::Client;
use crate::profile::Database;
use crate::wire::{self, Exchange, Flags, Message, Payload, PayloadType, Spi, sa};

/// Random numbers that are the same each time.
pub(super) struct Counting(pub(super) u64);

impl Random for Counting {
    fn fill(&mut self, octets: &mut [u8]) {
        for octet in octets {
            // An LCG of Knuth's, of which the upper bits are good.
            self.0 = self
                .0
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1);
            *octet = self.0.to_be_bytes()[0];
        }
    }
}

pub(super) fn ends() -> Ends {
    Ends {
        local: "192.0.2.1:40000".parse().unwrap(),
        remote: "203.0.113.10:500".parse().unwrap(),
    }
}

/// All clients whose first message can be played, in all set-ups.
fn players() -> Vec<(Client, First)> {
    let database = Database::builtin();
    let all = database.select("*:*").unwrap().into_iter();
    let players = all.filter_map(|selected| {
        let profile = database.profile(&selected.profile).unwrap().unwrap();
        let first = First::of(&selected.client, &profile.first_message()).ok()?;
        Some((selected.client, first))
    });
    players.collect()
}

/// The first message of a client of the database.
fn first(word: &str) -> First {
    let database = Database::builtin();
    let selected = database.select(word).unwrap().remove(0);
    let profile = database.profile(&selected.profile).unwrap().unwrap();
    First::of(&selected.client, &profile.first_message()).unwrap()
}

#[test]
fn messages_are_as_long_as_those_that_were_seen() {
    let database = Database::builtin();
    let mut compared = 0;
    for profile in database.profiles() {
        let profile = profile.unwrap();
        let known = profile.first_message();
        let (Some(octets), Some(nonce)) = (known.octets, known.nonce) else {
            continue;
        };
        let variant = profile.file.variants.keys().next().unwrap();
        let client = profile.client(variant).unwrap().unwrap();
        let first = First::of(&client, &known).unwrap();
        let pair = KeyPair::new(first.group, &mut Counting(1)).unwrap();
        let nonce = vec![0; usize::from(nonce)];
        let message = first.encode(Spi(1), &pair, &nonce, None, ends()).unwrap();
        if !first.assumed.contains(&Assumption::Notifies) {
            assert_eq!(message.len(), usize::from(octets), "{}", client.id);
            compared += 1;
        }
    }
    assert!(compared >= 2, "too few messages are compared");
}

/// A server of this test: what it says to a message.
type Server<'s> = dyn FnMut(Duration, &[u8]) -> Vec<Vec<u8>> + 's;

/// What came of a run, and when its packets were sent.
struct Played {
    heard: Vec<Heard>,
    stopped: Option<Stopped>,
    times: Vec<Duration>,
}

/// Plays a run with a clock that stands still while nothing waits.
fn play(firsts: &[First], limits: Limits, server: &mut Server<'_>) -> Played {
    let mut run = Run::new(Listed::new(firsts), ends(), limits);
    let mut random = Counting(7);
    let mut now = Duration::ZERO;
    let mut times = Vec::new();
    loop {
        match run.poll(now, &mut random) {
            Action::End => break,
            Action::Wait(until) => {
                assert!(until > now, "the clock stands still");
                now = until;
            }
            Action::Send(message) => {
                times.push(now);
                for answer in server(now, &message) {
                    now += Duration::from_micros(10);
                    run.take(now, &answer, &mut random);
                }
            }
        }
    }
    assert_eq!(run.sent() as usize, times.len());
    let (heard, stopped) = run.end();
    Played {
        heard,
        stopped,
        times,
    }
}

fn responder(options: ListenOptions) -> Responder {
    let from = vec!["192.0.2.0/24".parse().unwrap()];
    Responder::new(ListenOptions { from, ..options }, &mut Counting(3))
}

/// What a responder makes of a message from the client of this test.
fn come(responder: &mut Responder, now: Duration, octets: &[u8]) -> Outgoing {
    let incoming = Incoming {
        now,
        from: ends().local,
        to: ends().remote,
        octets,
    };
    responder.take(incoming, &mut Counting(5))
}

/// Both commands with each other: what `listen` sees of a client is what `probe` was told to play.
#[test]
fn what_is_played_is_what_is_seen() {
    let players = players();
    let known: Vec<Client> = players.iter().map(|(client, _)| client.clone()).collect();
    for (client, first) in &players {
        let mut responder = responder(ListenOptions::default());
        let mut visitors: Vec<Visitor> = Vec::new();
        let played = play(
            std::slice::from_ref(first),
            Limits::default(),
            &mut |now, octets| {
                let out = come(&mut responder, now, octets);
                visitors.extend(out.visitor);
                out.reply.into_iter().collect()
            },
        );
        let [heard] = played.heard.as_slice() else {
            panic!("one answer for {}", client.id);
        };
        let Answer::Selected(suite) = &heard.answer else {
            panic!("{}: {heard:?}", client.id);
        };
        assert_eq!(
            heard.cleanup,
            Some(Cleanup::Freed { eap: false }),
            "{}",
            client.id
        );
        let visitor = visitors.pop().unwrap();
        let group = Transform::ke(first.group);
        assert_eq!(visitor.init.key_exchange, Some(group), "{}", client.id);
        assert_eq!(visitor.init.nonce, usize::from(first.nonce));
        assert_eq!(visitor.init.notifies, first.notifies);
        assert!(
            first
                .proposals
                .iter()
                .any(|it| it.contains(suite.ke().unwrap()))
        );
        let auth = visitor.auth.as_ref().unwrap();
        assert_eq!(auth.proof, Proof::Eap);
        let esp: Vec<_> = first
            .esp
            .iter()
            .map(|it| it.without_key_exchange())
            .collect();
        assert!(esp.is_empty() || auth.esp == esp, "{}", client.id);
        let observed = Observed {
            ike: &visitor.init.proposals,
            key_exchange: visitor.init.key_exchange,
            type_order: None,
            esp: None,
        };
        let found = resemblance(&observed, &known).unwrap();
        assert!(found.differences.is_empty(), "{}", client.id);
        assert!(
            found.clients.iter().any(|it| it.id == client.id),
            "{}",
            client.id
        );
    }
    assert!(players.len() > 60, "too few clients are played");
}

#[test]
fn packets_are_slow_and_few() {
    let firsts = vec![
        first("osx"),
        first("ios-16"),
        first("windows"),
        first("macos"),
    ];
    let mut responder = responder(ListenOptions::default());
    let mut server = |now, octets: &[u8]| {
        let out = come(&mut responder, now, octets);
        out.reply.into_iter().collect()
    };
    let played = play(&firsts, Limits::default(), &mut server);
    assert_eq!(played.heard.len(), 4);
    let pauses = played.times.windows(2).map(|pair| pair[1] - pair[0]);
    assert!(pauses.min().unwrap() >= Duration::from_millis(100));

    let few = Limits {
        packets: 5,
        ..Limits::default()
    };
    let played = play(&firsts, few, &mut server);
    assert_eq!(played.stopped, Some(Stopped::Packets));
    assert!(played.times.len() <= 5, "{}", played.times.len());

    let short = Limits {
        duration: Duration::from_millis(250),
        ..Limits::default()
    };
    let played = play(&firsts, short, &mut server);
    assert_eq!(played.stopped, Some(Stopped::Time));
    assert!(played.times.iter().all(|time| *time < short.duration));
}

#[test]
fn silence_after_answers_is_a_block_and_no_refusal() {
    let firsts = vec![first("osx"); 8];
    let played = play(&firsts, Limits::default(), &mut |_, _| Vec::new());
    assert_eq!(played.stopped, Some(Stopped::Silent));
    assert_eq!(played.heard.len(), 3, "three silences end the run");
    assert_eq!(played.times.len(), 3 * PATIENCE.len());

    let mut responder = responder(ListenOptions::default());
    let mut left = 4;
    let played = play(&firsts, Limits::default(), &mut |now, octets| {
        left -= 1;
        let out = (left >= 0).then(|| come(&mut responder, now, octets));
        out.and_then(|out| out.reply).into_iter().collect()
    });
    assert_eq!(played.stopped, Some(Stopped::Blocked));
    let silences = played
        .heard
        .iter()
        .filter(|it| it.answer == Answer::Silence);
    assert_eq!((silences.count(), played.heard.len()), (3, 5));
}

#[test]
fn two_left_sas_are_waited_for() {
    let firsts = vec![first("osx"); 3];
    let mut responder = responder(ListenOptions::default());
    let played = play(&firsts, Limits::default(), &mut |now, octets| {
        let init = wire::Header::parse(octets).unwrap().exchange == Exchange::IKE_SA_INIT;
        let out = init.then(|| come(&mut responder, now, octets));
        out.and_then(|out| out.reply).into_iter().collect()
    });
    assert!(
        played
            .heard
            .iter()
            .all(|it| it.cleanup == Some(Cleanup::Silence))
    );
    // An SA takes one packet to begin, and three that try to end it.
    let pause = played.times[8] - played.times[7];
    assert!(pause >= HALF_OPEN, "{pause:?}");
    assert!(played.times[4] - played.times[3] < HALF_OPEN);
}

#[test]
fn cookies_and_other_groups_are_followed_as_the_client_does() {
    let group = |word| swan::keyword(word).unwrap();
    for (word, follow, rounds, reordered) in [
        ("ios-16", vec![group("modp1024")], 1, Some(false)),
        (
            "strongswan-5.9.7",
            vec![group("ecp256"), group("curve25519")],
            2,
            Some(true),
        ),
        ("ios-16", vec![group("ecp521")], 0, None),
    ] {
        let mut responder = responder(ListenOptions {
            follow,
            cookie: true,
            ..ListenOptions::default()
        });
        let mut visitors = Vec::new();
        let firsts = [first(word)];
        let played = play(&firsts, Limits::default(), &mut |now, octets| {
            let out = come(&mut responder, now, octets);
            visitors.extend(out.visitor);
            out.reply.into_iter().collect()
        });
        let heard = &played.heard[0];
        assert!(
            matches!(heard.answer, Answer::Selected(_)),
            "{word}: {heard:?}"
        );
        assert_eq!(heard.invalid_ke.len(), rounds, "{word}");
        assert_eq!(heard.cookies, 1, "{word}");
        let visitor: &Visitor = visitors.last().unwrap();
        assert_eq!(visitor.cookie, Some(true), "{word}");
        let then = visitor.reactions.first().map(|it| it.then.clone().unwrap());
        assert_eq!(then.map(|then| then.reordered), reordered, "{word}");
        // The list is that of the first message, whatever came after.
        assert_eq!(
            visitor.init.key_exchange,
            Some(Transform::ke(firsts[0].group))
        );
    }
}

#[test]
fn strangers_and_late_duplicates_change_nothing() {
    let firsts = [first("osx")];
    let mut responder = responder(ListenOptions {
        follow: vec![swan::keyword("modp1024").unwrap()],
        ..ListenOptions::default()
    });
    let mut earlier: Vec<Vec<u8>> = Vec::new();
    let played = play(&firsts, Limits::default(), &mut |now, octets| {
        let header = wire::Header::parse(octets).unwrap();
        let mut answers: Vec<Vec<u8>> = vec![vec![], vec![0; 28], octets.to_vec(), vec![0xff; 300]];
        // A refusal for another SPI, one that is a request, one of another message.
        let refusal = |spi, flags, id| {
            let mut message = Message::new(Exchange::IKE_SA_INIT, spi, Spi(0), Flags(flags));
            message.header.message_id = id;
            let notify = wire::Notify::new(Notify::NO_PROPOSAL_CHOSEN, &[]);
            message.payloads.push(Payload::Notify(notify));
            message.encode().unwrap()
        };
        answers.push(refusal(Spi(99), Flags::RESPONSE, 0));
        answers.push(refusal(header.initiator_spi, 0, 0));
        answers.push(refusal(header.initiator_spi, Flags::RESPONSE, 7));
        answers.extend(earlier.iter().cloned());
        let real = come(&mut responder, now, octets).reply.unwrap();
        // What was changed on the way has no right tag.
        if header.exchange == Exchange::IKE_AUTH {
            let mut changed = real.clone();
            *changed.last_mut().unwrap() ^= 1;
            answers.push(changed);
        }
        earlier.push(real.clone());
        answers.push(real.clone());
        answers.push(real);
        answers
    });
    let heard = &played.heard[0];
    assert!(matches!(heard.answer, Answer::Selected(_)), "{heard:?}");
    assert_eq!(heard.cleanup, Some(Cleanup::Freed { eap: false }));
    assert_eq!(heard.invalid_ke.len(), 1);
}

/// An answer of a server that does not keep to the protocol.
fn answered(build: impl Fn(&Message<'_>) -> Vec<Payload<'static>>) -> Answer {
    let firsts = [first("osx")];
    let mut played = play(&firsts, Limits::default(), &mut |_, octets| {
        let asked = Message::parse(octets).unwrap();
        let spi = asked.header.initiator_spi;
        let flags = Flags(Flags::RESPONSE);
        let mut answer = Message::new(Exchange::IKE_SA_INIT, spi, Spi(1), flags);
        answer.payloads = build(&asked);
        vec![answer.encode().unwrap()]
    });
    played.heard.remove(0).answer
}

#[test]
fn answers_that_do_not_fit_are_told_apart() {
    let notify = |kind, data| Payload::Notify(wire::Notify::new(kind, data));
    let error = answered(|_| vec![notify(Notify::NO_PROPOSAL_CHOSEN, &[])]);
    assert_eq!(error, Answer::Error(Notify::NO_PROPOSAL_CHOSEN));
    let x25519 = swan::keyword("curve25519").unwrap();
    let other = answered(|_| vec![notify(Notify::INVALID_KE_PAYLOAD, &[0, 31])]);
    assert_eq!(other, Answer::WantsOther(x25519));
    let none = answered(|_| vec![notify(Notify::INVALID_KE_PAYLOAD, &[0])]);
    assert!(matches!(none, Answer::Malformed(_)));
    assert!(matches!(answered(|_| vec![]), Answer::Malformed(_)));
    let redirect = answered(|_| vec![notify(Notify::REDIRECT, &[1, 4, 192, 0, 2, 1])]);
    assert_eq!(redirect, Answer::Redirect);

    let selected = |words: &str| {
        let proposal = swan::parse(Protocol::Ike, words).unwrap();
        Payload::Sa(vec![sa::Proposal::of(1, &proposal)])
    };
    let strange = answered(|_| vec![selected("aes256gcm16-prfsha384-ecp384")]);
    assert!(matches!(strange, Answer::NotOffered(_)), "{strange:?}");
    let right = "aes256-sha256-modp2048";
    let without_ke = answered(|_| vec![selected(right)]);
    assert!(matches!(without_ke, Answer::Malformed(_)), "{without_ke:?}");
    let two = answered(|_| vec![selected("aes256-aes128-sha256-modp2048")]);
    assert!(matches!(two, Answer::Malformed(_)), "{two:?}");
}

/// A message of the client of this test.
fn message(word: &str, seed: u64) -> Vec<u8> {
    let first = first(word);
    let mut random = Counting(seed);
    let pair = KeyPair::new(first.group, &mut random).unwrap();
    let nonce = random.octets(32);
    first
        .encode(Spi(seed), &pair, &nonce, None, ends())
        .unwrap()
}

#[test]
fn nobody_gets_more_than_it_sent_before_its_address_is_proved() {
    // One proposal and a short KE payload: an answer would be longer.
    let mut short = first("osx");
    short.proposals = vec![swan::parse(Protocol::Ike, "aes128gcm16-prfsha256-x25519").unwrap()];
    short.group = crate::ike::Ke::Curve25519;
    short.notifies = vec![Notify::NAT_DETECTION_SOURCE_IP];
    short.nonce = 16;
    let mut responder = responder(ListenOptions::default());
    let mut lengths = Vec::new();
    let firsts = [short];
    let played = play(&firsts, Limits::default(), &mut |now, octets| {
        let out = come(&mut responder, now, octets);
        let proved = Message::parse(octets)
            .unwrap()
            .notify(Notify::COOKIE)
            .is_some();
        let reply = out.reply.unwrap();
        lengths.push((octets.len(), reply.len(), proved));
        vec![reply]
    });
    assert!(matches!(played.heard[0].answer, Answer::Selected(_)));
    assert_eq!(played.heard[0].cookies, 1);
    let [(asked, given, false), (.., true), _] = lengths.as_slice() else {
        panic!("{lengths:?}");
    };
    assert!(given <= asked, "{lengths:?}");
}

#[test]
fn a_flood_finds_little_that_is_kept() {
    let mut responder = responder(ListenOptions::default());
    let (mut answers, mut selections) = (0, 0);
    for number in 1..600_u64 {
        let octets = message("windows", number);
        let host = u8::try_from(number % 250).unwrap();
        let incoming = Incoming {
            now: Duration::from_millis(number),
            from: SocketAddr::from(([192, 0, 2, host], 500)),
            to: ends().remote,
            octets: &octets,
        };
        let reply = responder.take(incoming, &mut Counting(number)).reply;
        if let Some(reply) = reply {
            answers += 1;
            assert!(reply.len() <= octets.len());
            selections += usize::from(Message::parse(&reply).unwrap().proposals().is_some());
        }
    }
    assert!(responder.kept() <= 128, "{}", responder.kept());
    // The first few of a second are served, the others are asked for a cookie, the rest is dropped.
    assert!(selections <= 5, "{selections}");
    assert!(answers <= 45, "{answers}");
    let late = come(&mut responder, Duration::from_secs(60), &[]);
    assert!(late.reply.is_none() && responder.kept() == 0);
}

#[test]
fn what_is_no_message_of_an_initiator_gets_no_answer() {
    let right = message("ios-16", 4);
    let mut responder = responder(ListenOptions::default());
    let mut silent = |octets: &[u8]| {
        let out = come(&mut responder, Duration::from_secs(1), octets);
        assert!(out.reply.is_none() && out.visitor.is_none());
    };
    for length in [0, 1, 27, 28, 100, right.len() - 1] {
        silent(&right[..length]);
    }
    for (place, octet) in [
        (7, 0),     // no SPI of the initiator
        (15, 1),    // an SPI of a responder
        (17, 0x10), // IKEv1
        (18, 37),   // INFORMATIONAL
        (18, 35),   // IKE_AUTH of nobody
        (19, 0x20), // an answer
        (19, 0),    // not of the initiator
        (23, 1),    // not the first message
    ] {
        let mut wrong = right.clone();
        wrong[place] = octet;
        silent(&wrong);
    }
    let stranger = Incoming {
        now: Duration::from_secs(2),
        from: "198.51.100.1:500".parse().unwrap(),
        to: ends().remote,
        octets: &right,
    };
    let out = responder.take(stranger, &mut Counting(1));
    assert!(out.reply.is_none(), "from elsewhere");
    let again = come(&mut responder, Duration::from_secs(3), &right).reply;
    let later = come(&mut responder, Duration::from_secs(4), &right).reply;
    assert!(
        again.is_some() && again == later,
        "the same answer to the same octets"
    );
}

#[test]
fn nothing_that_is_computed_is_offered() {
    let mut first = first("osx");
    let mut responder = responder(ListenOptions::default());
    let unknown = Transform::encr(crate::ike::Encr::Blowfish, 128);
    let rest = swan::parse(Protocol::Ike, "aes128-sha1-modp1024").unwrap();
    let rest = rest.without(|kind| kind == TransformType::ENCR);
    let all = rest.transforms().iter().copied().chain([unknown]);
    first.proposals = vec![crate::ike::Proposal::new(Protocol::Ike, all)];
    first.group = crate::ike::Ke::Modp1024;
    let mut visitors = Vec::new();
    let firsts = [first];
    let played = play(&firsts, Limits::default(), &mut |now, octets| {
        let out = come(&mut responder, now, octets);
        visitors.extend(out.visitor);
        out.reply.into_iter().collect()
    });
    let refused = Answer::Error(Notify::NO_PROPOSAL_CHOSEN);
    assert_eq!(played.heard[0].answer, refused);
    let visitor: &Visitor = visitors.last().unwrap();
    assert!(visitor.refused && visitor.auth.is_none());
    assert_eq!(
        visitor.init.proposals.len(),
        1,
        "its offer is seen all the same"
    );
}

/// Of what an answer of the responder consists, as clients want it.
#[test]
fn an_answer_has_what_makes_clients_show_most() {
    let mut responder = responder(ListenOptions::default());
    let octets = message("ios-16", 4);
    let reply = come(&mut responder, Duration::ZERO, &octets).reply.unwrap();
    let answer = Message::parse(&reply).unwrap();
    let kinds: Vec<_> = answer.payloads.iter().map(Payload::kind).collect();
    assert_eq!(
        kinds[..3],
        [PayloadType::SA, PayloadType::KE, PayloadType::NONCE]
    );
    assert_eq!(kinds.last(), Some(&PayloadType::CERTREQ));
    // Both hashes or none (RFC 7296, section 2.23).
    let hashes = [
        Notify::NAT_DETECTION_SOURCE_IP,
        Notify::NAT_DETECTION_DESTINATION_IP,
    ];
    assert!(hashes.iter().all(|kind| answer.notify(*kind).is_some()));
}
