//! Input as a client profile of a user.
#![no_main]

use ikecompat::diag::{Sources, Style};
use ikecompat::profile::Database;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let mut sources = Sources::new();
    let Ok(file) = sources.add_octets("learned.yaml", bytes) else {
        return;
    };
    let mut database = Database::builtin();
    let diagnostics = match database.overlay(&mut sources, &[file]) {
        Ok(diagnostics) | Err(diagnostics) => diagnostics,
    };
    for diagnostic in &diagnostics {
        let _ = sources.render(diagnostic, Style::Plain);
    }
    let _ = database.select("all");
});
