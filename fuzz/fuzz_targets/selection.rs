//! Input as words of the selection language.
#![no_main]

use ikecompat_fuzz::inputs::selection;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| selection(bytes));
