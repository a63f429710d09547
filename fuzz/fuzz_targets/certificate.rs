//! Input as a certificate or a chain of them.
#![no_main]

use ikecompat_fuzz::inputs::certificate;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| certificate(bytes));
