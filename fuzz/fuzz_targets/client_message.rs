//! Input as messages of clients: none gets more octets back than it sent before it proved its address.
#![no_main]

use std::time::Duration;

use ikecompat::ike::Notify;
use ikecompat::live::datagram::unwrap;
use ikecompat::live::responder::{Incoming, ListenOptions, Responder};
use ikecompat::wire::Message;
use ikecompat_fuzz::{Counting, datagrams};
use libfuzzer_sys::fuzz_target;

/// COOKIE.
const COOKIE: Notify = Notify(16390);

fuzz_target!(|bytes: &[u8]| {
    let mut random = Counting::default();
    let options = ListenOptions {
        from: vec!["192.0.2.0/24".parse().expect("a network")],
        ..ListenOptions::default()
    };
    let mut responder = Responder::new(options, &mut random);
    for (now, datagram) in (0..).zip(datagrams(bytes)) {
        let (octets, _) = unwrap(datagram);
        let incoming = Incoming {
            now: Duration::from_secs(now),
            from: "192.0.2.1:40000".parse().expect("an address"),
            to: "203.0.113.10:500".parse().expect("an address"),
            octets,
        };
        let out = responder.take(incoming, &mut random);
        let is_cookie = |message: Message<'_>| message.notifies().any(|it| it.kind == COOKIE);
        let cookie = Message::parse(octets).is_ok_and(is_cookie);
        let is_init = octets.get(18) == Some(&34);
        if let Some(reply) = out.reply.filter(|_| is_init && !cookie) {
            assert!(reply.len() <= octets.len(), "more than it sent");
        }
    }
});
