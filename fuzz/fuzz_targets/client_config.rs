//! Input as the file that configures a client, which the first byte chooses.
#![no_main]

use ikecompat::answer::selection::select;
use ikecompat::diag::{Sources, Style};
use ikecompat::profile::Database;
use ikecompat::read::Files;
use ikecompat::read::context::{NotOpened, Opened};
use libfuzzer_sys::fuzz_target;

/// Clients that files configure, each in another way.
const CLIENTS: [&str; 4] = ["windows-10", "ios-16", "macos-13", "android"];

/// The one file that there is.
struct Input<'b>(&'b [u8]);

impl Files for Input<'_> {
    fn open(&self, _: &str, _: &str) -> Result<Vec<Opened>, NotOpened> {
        Err(NotOpened::Nowhere)
    }

    fn named(&self, path: &str) -> Result<Opened, NotOpened> {
        Ok(Opened {
            name: path.to_owned(),
            bytes: self.0.to_vec(),
        })
    }
}

fuzz_target!(|bytes: &[u8]| {
    let Some((choice, bytes)) = bytes.split_first() else {
        return;
    };
    let client = CLIENTS[usize::from(*choice) % CLIENTS.len()];
    let mut sources = Sources::new();
    let words = format!("{client}=input");
    let selected = select(&words, &Database::builtin(), &Input(bytes), &mut sources);
    let diagnostics = match selected {
        Ok(selection) => selection.diagnostics,
        Err(diagnostics) => diagnostics,
    };
    for diagnostic in &diagnostics {
        let _ = sources.render(diagnostic, Style::Plain);
    }
});
