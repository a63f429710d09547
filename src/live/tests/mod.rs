//! Clients against a server of this test, which says what it is told to say.

mod listening;
mod probing;

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
        let unsure = [Assumption::Notifies, Assumption::HashAlgorithms];
        if !unsure.iter().any(|it| first.assumed.contains(it)) {
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
    /// When it ended.
    end: Duration,
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
        end: now,
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
