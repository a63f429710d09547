//! Input as answers of a server.
#![no_main]

use ikecompat_fuzz::inputs::server_answer;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| server_answer(bytes));
