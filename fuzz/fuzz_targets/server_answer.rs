//! Input as answers of a server: whatever they are, the conversation ends or waits.
#![no_main]

use ikecompat::ike::Ke;
use ikecompat::live::datagram::unwrap;
use ikecompat::live::first::{Ends, First};
use ikecompat::live::initiator::{Initiator, Progress};
use ikecompat_fuzz::{Counting, datagrams};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let first = First {
        group: Ke::Curve25519,
        ..First::for_proof()
    };
    let ends = Ends {
        local: "192.0.2.1:40000".parse().expect("an address"),
        remote: "203.0.113.10:500".parse().expect("an address"),
    };
    let mut random = Counting::default();
    let mut initiator = Initiator::new(first, ends, &mut random).expect("a message");
    for datagram in datagrams(bytes) {
        let (message, _) = unwrap(datagram);
        if initiator.take(message, &mut random) == Progress::Over {
            break;
        }
    }
});
