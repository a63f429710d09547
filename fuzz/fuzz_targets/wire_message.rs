//! Input as an IKE message.
#![no_main]

use ikecompat_fuzz::inputs::wire_message;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| wire_message(bytes));
