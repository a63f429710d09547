//! `listen`: what strangers get, and what clients are answered.

use super::*;
use crate::crypt::{Algorithms, Keys, Nonces, seal};
use crate::live::candidates::product;

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

/// A short message with the SPI of another client's costs that client nothing.
#[test]
fn nobody_ends_the_conversation_of_another() {
    let mut responder = responder(ListenOptions::default());
    let real = message("osx", 4);
    let answer = come(&mut responder, Duration::ZERO, &real).reply;
    let mut short = first("osx");
    short.proposals = vec![swan::parse(Protocol::Ike, "aes128gcm16-prfsha256-x25519").unwrap()];
    (short.group, short.notifies) = (crate::ike::Ke::Curve25519, Vec::new());
    let pair = KeyPair::new(short.group, &mut Counting(9)).unwrap();
    let octets = short.encode(Spi(4), &pair, &[7; 16], None, ends()).unwrap();
    let stranger = Incoming {
        now: Duration::ZERO,
        from: "192.0.2.66:500".parse().unwrap(),
        to: ends().remote,
        octets: &octets,
    };
    let demand = responder.take(stranger, &mut Counting(1)).reply.unwrap();
    let demand = Message::parse(&demand).unwrap();
    assert!(demand.notify(Notify::COOKIE).is_some());
    assert_eq!(come(&mut responder, Duration::ZERO, &real).reply, answer);
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
    let late = come(&mut responder, Duration::from_secs(70), &[]);
    // Of a few it is remembered that they came.
    assert!(late.reply.is_none() && responder.kept() <= 8);
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
    let mut seen = Vec::new();
    let mut server = |now, octets: &[u8]| {
        let out = come(&mut responder, now, octets);
        seen.push((out.visitor.is_some(), out.not_computed));
        out.reply.into_iter().collect()
    };
    let firsts = [first.clone(), first, super::first("ios-16")];
    let played = play(&firsts, Limits::default(), &mut server);
    let refused = Answer::Error(Notify::NO_PROPOSAL_CHOSEN);
    assert_eq!(played.heard[0].answer, refused);
    // Anybody can send that, so the client that comes afterwards is still seen.
    assert!(matches!(played.heard[2].answer, Answer::Selected(_)));
    let expected = [(false, true), (false, true), (false, false), (true, false)];
    assert_eq!(seen, expected);
    let unfinished = responder.unfinished();
    let [visitor] = unfinished.as_slice() else {
        panic!("the same one once: {unfinished:?}");
    };
    assert!(visitor.refused && visitor.auth.is_none());
    assert_eq!(visitor.ports, (500, None));
    assert_eq!(
        visitor.init.proposals.len(),
        1,
        "its offer is seen all the same"
    );
}

/// charon tries for 165 seconds, and other clients wait for their user in between.
#[test]
fn slow_clients_are_kept_and_those_that_left_are_not_forgotten() {
    let firsts = [first("ios-16")];
    for (pause, comes) in [(50, true), (90, false)] {
        let mut responder = responder(ListenOptions::default());
        let mut late = Vec::new();
        let mut later = Duration::ZERO;
        play(&firsts, Limits::default(), &mut |now, octets| {
            if wire::Header::parse(octets).unwrap().exchange == Exchange::IKE_AUTH {
                later += Duration::from_secs(pause);
            }
            let out = come(&mut responder, now + later, octets);
            late.extend(out.visitor);
            out.reply.into_iter().collect()
        });
        assert_eq!(!late.is_empty(), comes, "{pause}");
        let end = Duration::from_secs(299);
        come(&mut responder, end, &[]);
        let unfinished = responder.unfinished();
        assert_eq!(unfinished.len(), usize::from(!comes), "{pause}");
        assert!(
            unfinished
                .iter()
                .all(|it| it.init.nonce > 0 && it.ports.0 == 500)
        );
        assert!(responder.kept() <= 1);
    }
    // Many who begin and go away: a few of them are remembered.
    let mut responder = responder(ListenOptions::default());
    for number in 1..40 {
        let octets = message("osx", number);
        come(&mut responder, Duration::from_secs(number * 70), &octets);
    }
    assert!(responder.kept() < 12, "{}", responder.kept());
}

#[test]
fn a_conversation_is_of_one_address_and_a_replay_is_none() {
    let mut responder = responder(ListenOptions::default());
    let elsewhere = |responder: &mut Responder, now, octets: &[u8]| {
        let incoming = Incoming {
            now,
            from: "192.0.2.99:40000".parse().unwrap(),
            to: ends().remote,
            octets,
        };
        responder.take(incoming, &mut Counting(6))
    };
    let mut auth = 0;
    let played = play(&[first("osx")], Limits::default(), &mut |now, octets| {
        let is_auth = wire::Header::parse(octets).unwrap().exchange == Exchange::IKE_AUTH;
        auth += usize::from(is_auth);
        if is_auth {
            let replay = elsewhere(&mut responder, now, octets);
            assert!(replay.reply.is_none() && replay.visitor.is_none());
        }
        let out = come(&mut responder, now, octets);
        assert_eq!(out.visitor.is_some(), is_auth);
        let replay = elsewhere(&mut responder, now, octets);
        assert!(replay.reply.is_none() && replay.visitor.is_none());
        // The same message again: the same octets, and nobody new.
        let again = come(&mut responder, now, octets);
        assert!(again.visitor.is_none() && again.reply == out.reply);
        // Of another port is the same machine behind NAT.
        let mut from = ends().local;
        from.set_port(41_000);
        let to = ends().remote;
        let floated = Incoming {
            now,
            from,
            to,
            octets,
        };
        let floated = responder.take(floated, &mut Counting(6));
        assert!(floated.visitor.is_none() && floated.reply == out.reply);
        // With another tag behind what was answered: nothing.
        let mut changed = octets.to_vec();
        *changed.last_mut().unwrap() ^= 1;
        if is_auth {
            assert!(come(&mut responder, now, &changed).reply.is_none());
        }
        out.reply.into_iter().collect()
    });
    assert_eq!((played.heard.len(), auth), (1, 1));
}

/// OpenIKED sends an SA payload without proposals where its file has an AEAD cipher for ESP.
#[test]
fn an_ike_auth_that_cannot_be_read_is_not_forgotten() {
    let first = first("osx");
    let mut random = Counting(4);
    let pair = KeyPair::new(first.group, &mut random).unwrap();
    let nonce = random.octets(32);
    let init = first.encode(Spi(4), &pair, &nonce, None, ends()).unwrap();
    let mut responder = responder(ListenOptions::default());
    let reply = come(&mut responder, Duration::ZERO, &init).reply.unwrap();
    let reply = Message::parse(&reply).unwrap();
    let other = reply.payloads.iter().find_map(|payload| match payload {
        Payload::Nonce(nonce) => Some(*nonce),
        _ => None,
    });
    let suite = product(&swan::parse(Protocol::Ike, "aes256-sha256-modp2048").unwrap())[0];
    let shared = pair.shared(reply.key_exchange().unwrap().data).unwrap();
    let nonces = Nonces {
        initiator: &nonce,
        responder: other.unwrap(),
    };
    let own = reply.header.responder_spi;
    let keys = Keys::new(Algorithms::of(&suite).unwrap(), &shared, nonces, (4, own.0)).unwrap();
    let flags = Flags(Flags::INITIATOR);
    let mut message = Message::new(Exchange::IKE_AUTH, Spi(4), own, flags);
    message.header.message_id = 1;
    let empty = (PayloadType::SA, &[0, 0, 0, 4][..]);
    let auth = seal(&keys.initiator, &message.header, empty, &mut random).unwrap();
    let out = come(&mut responder, Duration::ZERO, &auth);
    assert!(out.visitor.is_none() && out.reply.is_none());
    let unfinished = responder.unfinished();
    assert_eq!(unfinished.len(), 1);
    assert!(unfinished[0].is_unreadable && unfinished[0].ports.1.is_some());
}

#[test]
fn only_what_is_looked_at_is_admitted() {
    let mut responder = responder(ListenOptions::default());
    let octets = message("osx", 4);
    let stranger = Incoming {
        now: Duration::ZERO,
        from: "198.51.100.1:500".parse().unwrap(),
        to: ends().remote,
        octets: &octets,
    };
    assert!(!responder.take(stranger, &mut Counting(1)).admitted);
    let admitted = (0..100).filter(|_| come(&mut responder, Duration::ZERO, &octets).admitted);
    assert_eq!(admitted.count(), 40, "no more in a second");
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
