//! The clients that words of the command line mean.

use ikecompat::answer::selection::{self, Selection};
use ikecompat::diag::Sources;
use ikecompat::peer::Client;
use ikecompat::profile::{Database, Selected};

use super::files::Folder;
use super::terminal::Terminal;

/// The selected clients, configured by the files that the words name. `None` if the words mean
/// nothing or a file cannot be used, which has been said.
pub(super) fn select(
    words: &str,
    database: &Database<'_>,
    terminal: Terminal,
) -> Option<Vec<Selected>> {
    let mut sources = Sources::new();
    match selection::select(words, database, &Folder::none(), &mut sources) {
        Ok(Selection {
            clients,
            diagnostics,
        }) => {
            terminal.complain(&diagnostics, &sources);
            Some(clients)
        }
        Err(diagnostics) => {
            terminal.complain(&diagnostics, &sources);
            None
        }
    }
}

/// Every client of the database, in every set-up. `None` if one is broken, which has been said.
pub(super) fn every_client(database: &Database<'_>, terminal: Terminal) -> Option<Vec<Client>> {
    let all = selection::every_client(database);
    all.map_err(|diagnostics| terminal.complain(&diagnostics, &Sources::new()))
        .ok()
}
