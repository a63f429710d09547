//! Input as the configuration of a server.
#![no_main]

use ikecompat_fuzz::inputs::server_config;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| server_config(bytes));
