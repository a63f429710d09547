//! Readers of configurations: what each makes of files that were written for these tests, and what
//! it says about their broken twins.
//!
//! `tests/corpus/<format>/broken` holds a file a mistake, and beside it what is said about it.
//! `SNAPSHOTS=overwrite cargo test` rewrites those after a change of words; the places are asserted.

mod pfsense;

use std::fs;
use std::path::{Path, PathBuf};

use ikecompat::diag::{Diagnostic, Sources, Style};
use ikecompat::dialect::swan;
use ikecompat::peer::{Connection, Entry, Server};
use ikecompat::profile::Database;
use ikecompat::read::around::NoFiles;
use ikecompat::read::{self, Around, Format, Reading};

/// A text that was read, with what was said about it.
pub(crate) struct Read {
    pub(crate) sources: Sources,
    pub(crate) result: Result<Reading<Server>, Vec<Diagnostic>>,
}

impl Read {
    /// The server, which must have been read.
    pub(crate) fn server(&self) -> &Server {
        match &self.result {
            Ok(reading) => &reading.value,
            Err(_) => panic!("{}", self.said()),
        }
    }

    /// Everything that was said.
    pub(crate) fn diagnostics(&self) -> &[Diagnostic] {
        match &self.result {
            Ok(reading) => &reading.remarks,
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
pub(crate) fn read_as(format: Format, text: &str) -> Read {
    let mut sources = Sources::new();
    let file = sources.add("file", text);
    let database = Database::builtin();
    let defaults = |engine, protocol| {
        let lists = database.defaults(engine).ok().flatten()?;
        Some(match protocol {
            ikecompat::ike::Protocol::Ike => lists.ike,
            _ => lists.esp_unset,
        })
    };
    let around = Around {
        files: &NoFiles,
        defaults: &defaults,
        engine: None,
    };
    let result = read::server(&mut sources, file, format, &around);
    Read { sources, result }
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
pub(crate) fn assert_broken(
    format: Format,
    ending: &str,
    expected: &[(&str, &'static str, usize, usize)],
) {
    let files = corpus(&format!("{format}/broken"), ending);
    let names: Vec<_> = files
        .iter()
        .map(|(path, _)| path.file_stem().unwrap().to_str().unwrap())
        .collect();
    let listed: Vec<_> = expected.iter().map(|(name, ..)| *name).collect();
    assert_eq!(names, listed, "files and expectations differ");
    let mut found = Vec::new();
    for ((path, text), name) in files.iter().zip(&names) {
        let read = read_as(format, text);
        assert!(read.result.is_err(), "{name} is read");
        let (code, line, column) = read.places()[0];
        found.push((*name, code, line, column));
        assert!(!read.said().contains("hunter"), "{name} tells a secret");
        snapbox::Assert::new().action_env("SNAPSHOTS").eq(
            read.said(),
            snapbox::Data::read_from(&path.with_extension("txt"), None),
        );
    }
    assert_eq!(found, expected);
}

/// Reads a text cut at every place, which must end in a reading or a complaint.
pub(crate) fn assert_survives_cuts(format: Format, text: &str) {
    for cut in (0..text.len()).filter(|cut| text.is_char_boundary(*cut)) {
        let read = read_as(format, &text[..cut]);
        if read.result.is_err() {
            assert!(!read.diagnostics().is_empty(), "cut at {cut}");
        }
        assert!(!read.said().contains("hunter"), "cut at {cut}");
    }
}
