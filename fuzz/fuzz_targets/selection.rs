//! Input as words of the selection language.
#![no_main]

use ikecompat::profile::Database;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    if let Err(wrong) = Database::builtin().select(text) {
        for one in &wrong {
            let _ = (one.to_string(), one.help());
        }
    }
});
