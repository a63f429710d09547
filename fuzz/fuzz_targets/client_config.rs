//! Input as the file that configures a client.
#![no_main]

use ikecompat_fuzz::inputs::client_config;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| client_config(bytes));
