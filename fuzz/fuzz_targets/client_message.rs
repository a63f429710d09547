//! Input as messages of clients.
#![no_main]

use ikecompat_fuzz::inputs::client_message;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| client_message(bytes));
