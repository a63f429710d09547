//! Octets as a capture: through the packets, the events and the judgement.
#![no_main]

use ikecompat::diagnose::learn::Learner;
use ikecompat::diagnose::{Aid, Diagnosis, packet};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let mut diagnosis = Diagnosis::new(Aid::default());
    let mut learner = Learner::default();
    let mut take = |event: &_| {
        diagnosis.take(event);
        learner.take(event);
    };
    if let Ok(summary) = packet::feed(bytes, &mut take, &mut |_| {}) {
        let _ = summary.warnings();
    }
    let _ = diagnosis.finish();
    let _ = learner.finish();
});
