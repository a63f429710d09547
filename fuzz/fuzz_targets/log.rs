//! Octets as a log: through the lines, the events and the judgement.
#![no_main]

use ikecompat::diagnose::learn::Learner;
use ikecompat::diagnose::log::Scan;
use ikecompat::diagnose::{Aid, Diagnosis};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let mut diagnosis = Diagnosis::new(Aid::default());
    let mut learner = Learner::default();
    let mut take = |event: &_| {
        diagnosis.take(event);
        learner.take(event);
    };
    let mut scan = Scan::default();
    // In two pieces, as a stream may come.
    let (first, second) = bytes.split_at(bytes.len() / 2);
    scan.feed(first, &mut take);
    scan.feed(second, &mut take);
    scan.finish(&mut take);
    let _ = diagnosis.finish();
    let _ = learner.finish();
});
