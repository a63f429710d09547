//! Input as a client profile of a user.
#![no_main]

use ikecompat_fuzz::inputs::profile;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| profile(bytes));
