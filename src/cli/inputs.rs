//! The configurations that the user named, and those in the folders that the user named.

use std::io::{self, IsTerminal as _, Write as _};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use ikecompat::diag::{Diagnostic, Sources};
use ikecompat::peer::Server;
use ikecompat::profile::Database;
use ikecompat::read::{Format, ReadCode, Reading};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use rayon::iter::{IntoParallelRefIterator as _, ParallelIterator as _};

use super::files;
use super::servers::ReadArgs;

/// Work that takes longer than this shows its progress.
const PATIENCE: Duration = Duration::from_secs(1);

/// How much of a file in a folder is looked at to see whether it is a configuration.
const LOOKED_AT: usize = 256 << 10;

/// Files that are expected to be text, so that one in another encoding is complained about.
const EXTENSIONS: [&str; 8] = [
    "conf",
    "mobileconfig",
    "pbk",
    "ps1",
    "sswan",
    "xml",
    "yaml",
    "yml",
];

/// A file to be read.
#[derive(Clone, Debug)]
pub(super) struct Input {
    pub(super) path: PathBuf,
    /// Whether it was found in a folder, so that it may be something else than a configuration.
    found: bool,
}

/// What became of a file.
pub(super) enum Read {
    /// It was read.
    Server(Box<Loaded>),
    /// It is a configuration with errors, or could not be opened.
    Unreadable(Unreadable),
    /// It is no configuration of a server.
    Skipped,
}

/// A configuration and the texts it was read from; the first one is the named file.
pub(super) struct Loaded {
    pub(super) sources: Sources,
    pub(super) reading: Reading<Server>,
}

/// A configuration that could not be read.
pub(super) struct Unreadable {
    pub(super) name: String,
    pub(super) sources: Sources,
    pub(super) diagnostics: Vec<Diagnostic>,
    /// Why it could not be opened.
    pub(super) error: Option<anyhow::Error>,
}

impl Unreadable {
    /// Prints the reason.
    pub(super) fn complain(&self, colour: files::Colour) {
        if let Some(error) = &self.error {
            let _ = writeln!(std::io::stderr(), "error: {error:#}");
        }
        files::complain(&self.diagnostics, &self.sources, colour);
    }

    /// The reason in one line.
    pub(super) fn reason(&self) -> String {
        let error = self.error.as_ref().map(|error| format!("{error:#}"));
        let first = self.diagnostics.first().map(|one| one.message.clone());
        error.or(first).unwrap_or_default()
    }
}

/// The files of folders in the order of their names, everything else as it is named.
pub(super) fn expand(named: &[PathBuf]) -> Vec<Input> {
    let mut inputs = Vec::new();
    for path in named {
        if path.is_dir() {
            walk(path, &mut inputs);
        } else {
            inputs.push(Input {
                path: path.clone(),
                found: false,
            });
        }
    }
    inputs
}

fn walk(folder: &Path, inputs: &mut Vec<Input>) {
    let Ok(entries) = folder.read_dir() else {
        // Opening it as a file says why it cannot be read.
        inputs.push(Input {
            path: folder.to_owned(),
            found: false,
        });
        return;
    };
    let mut entries: Vec<_> = entries.filter_map(Result::ok).collect();
    entries.sort_by_key(std::fs::DirEntry::file_name);
    for entry in entries {
        let hidden = entry.file_name().to_string_lossy().starts_with('.');
        let path = entry.path();
        // A link to a folder could lead back here.
        let is_folder = entry.file_type().is_ok_and(|kind| kind.is_dir());
        if is_folder && !hidden {
            walk(&path, inputs);
        } else if path.is_file() && !hidden {
            inputs.push(Input { path, found: true });
        }
    }
}

/// Files of these kinds quote configurations and are none.
const DOCUMENTS: [&str; 6] = ["adoc", "html", "json", "markdown", "md", "rst"];

/// Reads one file.
pub(super) fn read(input: &Input, args: &ReadArgs, database: &Database<'_>) -> Read {
    let mut sources = Sources::new();
    let path = &input.path;
    let (name, bytes) = match files::read(path) {
        Ok(read) => read,
        Err(error) => {
            return Read::Unreadable(Unreadable {
                name: path.display().to_string(),
                sources,
                diagnostics: Vec::new(),
                error: Some(error),
            });
        }
    };
    if input.found && !is_configuration(path, &bytes) {
        return Read::Skipped;
    }
    let text = (name.as_str(), bytes.as_slice());
    match args.server(path, text, None, &mut sources, database) {
        Ok(reading) => Read::Server(Box::new(Loaded { sources, reading })),
        Err(diagnostics) if input.found && configures_a_client(&diagnostics) => Read::Skipped,
        Err(diagnostics) => Read::Unreadable(Unreadable {
            name,
            sources,
            diagnostics,
            error: None,
        }),
    }
}

/// Whether a file was refused because it is for a client.
fn configures_a_client(diagnostics: &[Diagnostic]) -> bool {
    let code: &str = ReadCode::NotAServer.into();
    diagnostics.iter().any(|diagnostic| diagnostic.code == code)
}

/// Whether a file that nobody named looks like a configuration.
fn is_configuration(path: &Path, bytes: &[u8]) -> bool {
    let head = &bytes[..bytes.len().min(LOOKED_AT)];
    let text = String::from_utf8_lossy(head);
    let extension = path.extension().map(|e| e.to_string_lossy().to_lowercase());
    let is = |list: &[&str]| {
        extension
            .as_ref()
            .is_some_and(|e| list.contains(&e.as_str()))
    };
    if is(&DOCUMENTS) {
        return false;
    }
    match Format::of(&text) {
        // Any other XML looks like pfSense's at first sight.
        Some(Format::Pfsense) => text.contains("<pfsense") || text.contains("<ipsec"),
        Some(_) => true,
        None => {
            // Text in UTF-16, as Windows writes it, has to be saved anew before it can be read.
            is(&EXTENSIONS) && (bytes.starts_with(b"\xff\xfe") || bytes.starts_with(b"\xfe\xff"))
        }
    }
}

/// Applies `work` to all items at once and returns the results in order, with a bar on a terminal
/// if it takes long.
pub(super) fn each<T: Sync, R: Send>(
    items: &[T],
    what: &'static str,
    work: impl Fn(&T) -> R + Sync,
) -> Vec<R> {
    if let [one] = items {
        return vec![work(one)];
    }
    let bar = ProgressBar::with_draw_target(Some(items.len() as u64), ProgressDrawTarget::hidden());
    if let Ok(style) = ProgressStyle::with_template("{msg} {bar:30} {pos}/{len}") {
        bar.set_style(style);
    }
    bar.set_message(what);
    let late = AtomicBool::new(!io::stderr().is_terminal() || files::volume().quiet);
    let results = items
        .par_iter()
        .map(|item| {
            let result = work(item);
            if bar.elapsed() > PATIENCE && !late.swap(true, Ordering::Relaxed) {
                bar.set_draw_target(ProgressDrawTarget::stderr());
            }
            bar.inc(1);
            result
        })
        .collect();
    bar.finish_and_clear();
    results
}
