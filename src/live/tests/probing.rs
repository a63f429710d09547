//! `probe`: limits, what is followed, and answers that do not fit.

use super::*;
use crate::crypt::{Algorithms, Keys, Nonces, seal};
use crate::live::candidates::product;

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
fn no_wait_is_longer_than_the_run() {
    let firsts = vec![first("osx"); 4];
    for (seconds, answers) in [(2, false), (5, true), (20, true), (20, false)] {
        let limits = Limits {
            duration: Duration::from_secs(seconds),
            ..Limits::default()
        };
        let mut responder = responder(ListenOptions::default());
        let mut server = |now, octets: &[u8]| {
            // SAs that cannot be ended are waited for, half a minute.
            let init = wire::Header::parse(octets).unwrap().exchange == Exchange::IKE_SA_INIT;
            let out = (init && answers).then(|| come(&mut responder, now, octets));
            out.and_then(|out| out.reply).into_iter().collect()
        };
        let played = play(&firsts, limits, &mut server);
        assert_eq!(played.stopped, Some(Stopped::Time), "{seconds} {answers}");
        assert!(played.end <= limits.duration, "{:?}", played.end);
    }
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

/// Its keys would need the additional exchange, so the server keeps the SA: no more than two of them.
#[test]
fn sas_with_an_additional_key_exchange_are_left_and_waited_for() {
    let suite = "aes256gcm16-prfsha384-ecp256-ke1_mlkem768";
    let proposal = swan::parse(Protocol::Ike, suite).unwrap();
    let mut hybrid = first("osx");
    (hybrid.proposals, hybrid.group) = (vec![proposal.clone()], crate::ike::Ke::Ecp256);
    let firsts = vec![hybrid; 3];
    let played = play(&firsts, Limits::default(), &mut |_, octets| {
        let asked = Message::parse(octets).unwrap();
        let flags = Flags(Flags::RESPONSE);
        let spi = asked.header.initiator_spi;
        let mut answer = Message::new(Exchange::IKE_SA_INIT, spi, Spi(1), flags);
        answer.payloads = vec![
            Payload::Sa(vec![sa::Proposal::of(1, &proposal)]),
            Payload::KeyExchange(wire::KeyExchange {
                group: 19,
                data: asked.key_exchange().unwrap().data,
            }),
            Payload::Nonce(&[7; 32]),
        ];
        vec![answer.encode().unwrap()]
    });
    assert_eq!((played.heard.len(), played.times.len()), (3, 3));
    for heard in &played.heard {
        assert!(matches!(heard.answer, Answer::Selected(_)), "{heard:?}");
        assert!(
            matches!(heard.cleanup, Some(Cleanup::Impossible(_))),
            "{heard:?}"
        );
    }
    assert!(played.times[1] - played.times[0] < HALF_OPEN);
    assert!(played.times[2] - played.times[1] >= HALF_OPEN);
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

/// What a client sends after a cookie and INVALID_KE_PAYLOAD with a group, message by message.
fn sent_after(first: First, wanted: &str) -> (Vec<Vec<u8>>, Heard) {
    let wanted = swan::keyword(wanted).unwrap();
    let mut sent: Vec<Vec<u8>> = Vec::new();
    let played = play(&[first], Limits::default(), &mut |_, octets| {
        let asked = Message::parse(octets).unwrap();
        let flags = Flags(Flags::RESPONSE);
        let spi = asked.header.initiator_spi;
        let mut answer = Message::new(Exchange::IKE_SA_INIT, spi, Spi(0), flags);
        let group = wanted.id.to_be_bytes();
        let notify = match sent.len() {
            0 => wire::Notify::new(Notify::COOKIE, b"once"),
            1 => wire::Notify::new(Notify::INVALID_KE_PAYLOAD, &group),
            _ => wire::Notify::new(Notify::NO_PROPOSAL_CHOSEN, &[]),
        };
        answer.payloads.push(Payload::Notify(notify));
        sent.push(octets.to_vec());
        vec![answer.encode().unwrap()]
    });
    (sent, played.heard[0].clone())
}

#[test]
fn android_begins_anew_and_others_go_on() {
    for (word, anew) in [
        ("android-13", true),
        ("android-11", true),
        ("ios-16", false),
    ] {
        let group = if anew { "modp2048" } else { "modp1024" };
        let (sent, heard) = sent_after(first(word), group);
        assert_eq!((sent.len(), heard.invalid_ke.len()), (3, 1), "{word}");
        let messages: Vec<_> = sent.iter().map(|it| Message::parse(it).unwrap()).collect();
        let spis: Vec<_> = messages.iter().map(|it| it.header.initiator_spi).collect();
        let cookies = messages
            .iter()
            .map(|it| it.notify(Notify::COOKIE).is_some());
        assert_eq!(cookies.collect::<Vec<_>>(), [false, true, !anew], "{word}");
        assert_eq!(
            (spis[0] == spis[1], spis[1] == spis[2]),
            (true, !anew),
            "{word}"
        );
        let nonces: Vec<_> = messages
            .iter()
            .map(|it| {
                it.payloads.iter().find_map(|it| match it {
                    Payload::Nonce(nonce) => Some(*nonce),
                    _ => None,
                })
            })
            .collect();
        assert_eq!(nonces[1] == nonces[2], !anew, "{word}");
        assert_eq!(messages[0].proposals(), messages[2].proposals(), "{word}");
    }
    // A group that stands in one proposal only is none that the client asks for again.
    let mut first = first("android-13");
    let group = swan::keyword("modp2048").unwrap();
    first.proposals[1] = crate::ike::Proposal::new(
        Protocol::Ike,
        first.proposals[1]
            .transforms()
            .iter()
            .copied()
            .filter(|it| *it != group),
    );
    let (sent, heard) = sent_after(first, "modp2048");
    assert_eq!(
        (sent.len(), heard.answer),
        (2, Answer::TooManyRounds(group))
    );
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

/// What becomes of an SA if `odd` is what the server makes of IKE_AUTH, with its keys.
fn ended(odd: &dyn Fn(&Keys, &wire::Header) -> Vec<u8>) -> Option<Cleanup> {
    let suite = "aes256-sha256-modp2048";
    let proposal = swan::parse(Protocol::Ike, suite).unwrap();
    let mut made = None;
    let mut played = play(&[first("osx")], Limits::default(), &mut |_, octets| {
        let asked = Message::parse(octets).unwrap();
        let flags = Flags(Flags::RESPONSE);
        let spi = asked.header.initiator_spi;
        if asked.header.exchange == Exchange::IKE_AUTH {
            return vec![odd(made.as_ref().unwrap(), &asked.header)];
        }
        let pair = KeyPair::new(crate::ike::Ke::Modp2048, &mut Counting(8)).unwrap();
        let shared = pair.shared(asked.key_exchange().unwrap().data).unwrap();
        let nonce = asked.payloads.iter().find_map(|payload| match payload {
            Payload::Nonce(nonce) => Some(*nonce),
            _ => None,
        });
        let nonces = Nonces {
            initiator: nonce.unwrap(),
            responder: &[7; 32],
        };
        let algorithms = Algorithms::of(&product(&proposal)[0]).unwrap();
        made = Keys::new(algorithms, &shared, nonces, (spi.0, 9));
        let mut answer = Message::new(Exchange::IKE_SA_INIT, spi, Spi(9), flags);
        answer.payloads = vec![
            Payload::Sa(vec![sa::Proposal::of(1, &proposal)]),
            Payload::KeyExchange(wire::KeyExchange {
                group: 14,
                data: pair.public(),
            }),
            Payload::Nonce(&[7; 32]),
        ];
        vec![answer.encode().unwrap()]
    });
    let heard = played.heard.remove(0);
    assert!(matches!(heard.answer, Answer::Selected(_)), "{heard:?}");
    heard.cleanup
}

#[test]
fn odd_answers_to_ike_auth_are_no_silence() {
    let header = |asked: &wire::Header| {
        let flags = Flags(Flags::RESPONSE);
        let (own, other) = (asked.initiator_spi, asked.responder_spi);
        let mut message = Message::new(Exchange::IKE_AUTH, own, other, flags);
        message.header.message_id = asked.message_id;
        message
    };
    let sealed = |keys: &Keys, asked: &wire::Header, first, plain: &[u8]| {
        let header = header(asked).header;
        seal(&keys.responder, &header, (first, plain), &mut Counting(9)).unwrap()
    };
    let none = PayloadType(0);
    let empty = ended(&|keys, asked| sealed(keys, asked, none, &[]));
    assert_eq!(empty, Some(Cleanup::Unexpected));
    let cut = ended(&|keys, asked| sealed(keys, asked, PayloadType::SA, &[0, 0, 9]));
    assert_eq!(cut, Some(Cleanup::Unexpected));
    let eap = ended(&|keys, asked| {
        let asks = [0, 0, 0, 10, 1, 77, 0, 6, 26, 0];
        sealed(keys, asked, PayloadType::EAP, &asks)
    });
    assert_eq!(eap, Some(Cleanup::EapGoesOn));
    let plain = ended(&|_, asked| {
        let mut message = header(asked);
        let notify = wire::Notify::new(Notify::INVALID_SYNTAX, &[]);
        message.payloads.push(Payload::Notify(notify));
        message.encode().unwrap()
    });
    assert_eq!(plain, Some(Cleanup::NotOpened));
    let refused = ended(&|keys, asked| {
        let notify = [0, 0, 0, 8, 0, 0, 0, 24];
        sealed(keys, asked, PayloadType::NOTIFY, &notify)
    });
    assert_eq!(refused, Some(Cleanup::Freed { eap: false }));
    assert_eq!(ended(&|_, _| Vec::new()), Some(Cleanup::Silence));
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
    let sent = answered(|_| vec![notify(Notify::INVALID_KE_PAYLOAD, &[0, 14])]);
    assert_eq!(sent, Answer::WantsSent(swan::keyword("modp2048").unwrap()));
    // A group that is offered, again and again.
    let again = answered(|_| vec![notify(Notify::INVALID_KE_PAYLOAD, &[0, 2])]);
    assert_eq!(again, Answer::WantsSent(swan::keyword("modp1024").unwrap()));
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
