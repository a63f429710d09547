//! Input as a certificate or a chain of them.
#![no_main]

use ikecompat::answer::certificate::{Certificates, Names};
use ikecompat::profile::Database;
use ikecompat::read::certificate::{certificates, leaf};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let Ok(chain) = certificates(bytes) else {
        return;
    };
    let given = Certificates {
        server: leaf(&chain).cloned(),
        ..Certificates::default()
    };
    let database = Database::builtin();
    let clients = database.select("osx,windows").unwrap_or_default();
    let clients = clients.iter().map(|selected| &selected.client);
    let _ = given.rows(clients, Names::default(), &database);
});
