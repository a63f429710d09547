//! Input as a capture: through the packets, the events and the judgement.
#![no_main]

use ikecompat_fuzz::inputs::diagnose;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| diagnose(bytes));
