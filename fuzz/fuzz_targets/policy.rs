//! Input as a policy of a user.
#![no_main]

use ikecompat_fuzz::inputs::user_policy;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| user_policy(bytes));
