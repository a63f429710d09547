//! What the tests of the readers share: a text in, a server or complaints out.

use std::fs;
use std::path::{Path, PathBuf};

use ikecompat::answer::{ServerText, reading};
use ikecompat::diag::{Diagnostic, Sources};
use ikecompat::dialect::swan;
use ikecompat::format::Format;
use ikecompat::peer::{Entry, Server};
use ikecompat::profile::Database;
use ikecompat::read::Reading;

/// The file `name` of a folder of the project.
pub(crate) fn text_of(folder: &str, name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join(folder)
        .join(name);
    fs::read_to_string(path).unwrap()
}

/// The configurations with a mistake, in the folder `broken` of a corpus.
pub(crate) fn broken_files(folder: &str) -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join(folder)
        .join("broken");
    let mut files: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|e| e == "conf"))
        .collect();
    files.sort();
    files
}

/// Reads `text`, which can include nothing, with the defaults of the built-in database.
pub(crate) fn read_text(
    sources: &mut Sources,
    format: Format,
    text: &str,
) -> Result<Reading<Server>, Vec<Diagnostic>> {
    let text = ServerText {
        format: Some(format),
        ..ServerText::new("configuration", text.as_bytes())
    };
    reading::server(&text, &Database::builtin(), sources)
}

/// The server that `text` configures.
pub(crate) fn server_of(format: Format, text: &str) -> Server {
    read_text(&mut Sources::new(), format, text).unwrap().value
}

/// Proposals in strongSwan's keywords.
pub(crate) fn written(entries: &[Entry]) -> Vec<String> {
    let spell = |entry: &Entry| swan::write(&entry.proposal).unwrap();
    entries.iter().map(spell).collect()
}

/// Both have one connection with one child and the same proposals.
pub(crate) fn assert_same_suites(one: &Server, other: &Server) {
    let suites = |server: &Server| {
        let [connection] = server.connections.as_slice() else {
            panic!("one connection");
        };
        let [child] = connection.children.as_slice() else {
            panic!("one child");
        };
        [&connection.ike, &child.esp].map(|list| {
            let proposals = list.iter().map(|entry| entry.proposal.clone());
            proposals.collect::<Vec<_>>()
        })
    };
    assert_eq!(suites(one), suites(other));
}
