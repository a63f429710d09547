//! Input as proposal words of strongSwan, and two lists of them against each other.
#![no_main]

use ikecompat::answer::negotiation::{Daemon, negotiate};
use ikecompat::ike::Protocol;
use ikecompat::peer::Engine;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let daemon = Daemon::new(Engine::STRONGSWAN_5_9_8, true).expect("it is built in");
    let (first, second) = text.split_once(';').unwrap_or((text, text));
    let list = |protocol, text: &str| {
        let words: Vec<&str> = text.split(',').collect();
        daemon.configure(protocol, &words)
    };
    let lists = [first, second].map(|text| (list(Protocol::Ike, text), list(Protocol::Esp, text)));
    if let [(Ok(ike), Ok(esp)), (Ok(other_ike), Ok(other_esp))] = &lists {
        let (initiator, responder) = (daemon.side(ike, esp), daemon.side(other_ike, other_esp));
        let _ = negotiate(initiator, responder).agrees();
    }
});
