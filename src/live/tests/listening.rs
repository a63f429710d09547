//! `listen`: what strangers get, and what clients are answered.

use super::*;

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
