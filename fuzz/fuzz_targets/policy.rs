//! Input as a policy of a user.
#![no_main]

use ikecompat::diag::{Sources, Style};
use ikecompat::profile::{Database, policy};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let mut sources = Sources::new();
    let Ok(file) = sources.add_octets("policy.yaml", bytes) else {
        return;
    };
    if let Err(diagnostics) = policy::read(&mut sources, file, &Database::builtin()) {
        for diagnostic in &diagnostics {
            let _ = sources.render(diagnostic, Style::Plain);
        }
    }
});
