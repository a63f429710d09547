//! Input as a capture: through the packets, the events and the judgement.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| ikecompat_fuzz::diagnose(bytes));
