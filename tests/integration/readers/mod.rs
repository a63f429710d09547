//! Readers of configurations: what each makes of files that were written for these tests, and what
//! it says about their broken twins.
//!
//! `tests/corpus/<format>/broken` holds a file a mistake, and beside it what is said about it.
//! `SNAPSHOTS=overwrite cargo test` rewrites those after a change of words; the places are asserted.

mod cisco;
mod embedded;
mod fortigate;
mod iked;
mod loading;
mod mikrotik;
mod mobileconfig;
mod nixos;
pub(crate) mod nmconnection;
mod opnsense;
mod pfsense;
mod powershell;
mod profilexml;
mod rasphone;
mod scripts;
mod sswan;
mod uci;
mod unread;
mod vyos;
mod words;

use std::fs;
use std::path::{Path, PathBuf};

use ikecompat::answer::{ServerText, reading};
use ikecompat::diag::{Diagnostic, Sources, Style};
use ikecompat::dialect::swan;
use ikecompat::format::Format;
use ikecompat::peer::{Configuration, Connection, Entry, Server};
use ikecompat::profile::Database;
use ikecompat::read::{self, Reading};

/// A text that was read, with what was said about it.
pub(crate) struct Read<T> {
    pub(crate) sources: Sources,
    pub(crate) result: Result<Reading<T>, Vec<Diagnostic>>,
}

impl<T> Read<T> {
    /// The value, which must have been read.
    pub(crate) fn value(&self) -> &T {
        match &self.result {
            Ok(reading) => &reading.value,
            Err(_) => panic!("{}", self.said()),
        }
    }

    /// Everything that was said.
    pub(crate) fn diagnostics(&self) -> &[Diagnostic] {
        match &self.result {
            Ok(reading) => &reading.diagnostics,
            Err(diagnostics) => diagnostics,
        }
    }

    /// Everything that was said, as it is printed.
    pub(crate) fn said(&self) -> String {
        let render = |it| self.sources.render(it, Style::Plain);
        self.diagnostics().iter().map(render).collect()
    }

    /// Code, line and column of everything that was said.
    pub(crate) fn places(&self) -> Vec<(&'static str, usize, usize)> {
        let place = |it: &Diagnostic| {
            let at = it.place.span().map(|span| self.sources.start(span));
            let at = at.map_or((0, 0), |at| (at.line, at.column));
            (it.code, at.0, at.1)
        };
        self.diagnostics().iter().map(place).collect()
    }

    /// The words that a span holds.
    pub(crate) fn text_at(&self, span: &ikecompat::diag::Span) -> String {
        self.sources.text(span.file)[span.bytes()].to_owned()
    }
}

/// Reads a text as a server's configuration in a format.
pub(crate) fn read_as(format: Format, text: &str) -> Read<Server> {
    let mut sources = Sources::new();
    let text = ServerText {
        format: Some(format),
        ..ServerText::new("file", text.as_bytes())
    };
    let result = reading::server(&text, &Database::builtin(), &mut sources);
    Read { sources, result }
}

/// Reads a text as the configuration of a client of the database.
pub(crate) fn read_client(format: Format, text: &str, client: &str) -> Read<Configuration> {
    let mut sources = Sources::new();
    let file = sources.add("file", text);
    let database = Database::builtin();
    let unset = database.select(client).unwrap().remove(0).client;
    let result = read::client(&mut sources, file, format, &unset);
    Read { sources, result }
}

/// IKE and ESP proposal that a file sets.
pub(crate) fn set(configuration: &Configuration) -> [Option<String>; 2] {
    let write = |entries: &[Entry]| {
        let [entry] = entries else {
            return None;
        };
        swan::write(&entry.proposal)
    };
    [write(&configuration.ike), write(&configuration.esp)]
}

/// Proposals in strongSwan's keywords.
pub(crate) fn written(entries: &[Entry]) -> String {
    let words = entries.iter().map(|it| swan::write(&it.proposal).unwrap());
    words.collect::<Vec<_>>().join(",")
}

/// Proposals of a connection: IKE, then ESP of each child.
pub(crate) fn proposals(connection: &Connection) -> Vec<String> {
    let children = connection.children.iter().map(|child| written(&child.esp));
    std::iter::once(written(&connection.ike))
        .chain(children)
        .collect()
}

/// The files with one ending in a folder of the corpus.
pub(crate) fn corpus(folder: &str, ending: &str) -> Vec<(PathBuf, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/corpus");
    let mut files: Vec<_> = fs::read_dir(root.join(folder))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|it| it == ending))
        .collect();
    files.sort();
    let text = |path: PathBuf| {
        let text = fs::read_to_string(&path).unwrap();
        (path, text)
    };
    files.into_iter().map(text).collect()
}

/// Reads every file in the folder of broken ones, and compares what is said with the file beside
/// it. `expected` has code, line and column of each first complaint, by the name of the file.
pub(crate) fn assert_broken<T>(
    format: Format,
    ending: &str,
    read: impl Fn(&str) -> Read<T>,
    expected: &[(&str, &'static str, usize, usize)],
) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/corpus");
    let mut words = format.words();
    let folder = words.find(|word| root.join(word).is_dir()).unwrap();
    let files = corpus(&format!("{folder}/broken"), ending);
    let mut found = Vec::new();
    for (path, text) in &files {
        let name = path.file_stem().unwrap().to_str().unwrap();
        let read = read(text);
        assert!(read.result.is_err(), "{name} is read");
        let (code, line, column) = read.places()[0];
        found.push((name, code, line, column));
        assert!(!read.said().contains("hunter"), "{name} tells a secret");
        snapbox::Assert::new().action_env("SNAPSHOTS").eq(
            read.said(),
            snapbox::Data::read_from(&path.with_extension("txt"), None),
        );
    }
    assert_eq!(found, expected);
}

/// Reads a text cut at every place, which must end in a reading or a complaint.
pub(crate) fn assert_survives_cuts<T>(text: &str, read: impl Fn(&str) -> Read<T>) {
    for cut in (0..text.len()).filter(|cut| text.is_char_boundary(*cut)) {
        let read = read(&text[..cut]);
        if read.result.is_err() {
            assert!(!read.diagnostics().is_empty(), "cut at {cut}");
        }
        assert!(
            !read.said().contains("hunter"),
            "cut at {cut}: {}",
            read.said()
        );
    }
}
