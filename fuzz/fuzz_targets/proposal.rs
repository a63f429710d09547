//! Input as proposal words of strongSwan.
#![no_main]

use ikecompat_fuzz::inputs::proposal;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| proposal(bytes));
