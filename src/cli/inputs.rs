//! The configurations that the user named, and those in the folders that the user named.

use std::fs::File;
use std::io::{self, IsTerminal as _, Read as _};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use ikecompat::answer::Executor;
use ikecompat::diag::Diagnostic;
use ikecompat::format::Format;
use ikecompat::read::ReadCode;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use rayon::iter::{IntoParallelRefIterator as _, ParallelIterator as _};

use super::kind::{self, Kind};
use super::servers::{OpenedServer, ReadArgs};

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
    /// Whether it was found in a folder, so that it may be of any kind.
    pub(super) found: bool,
}

/// What became of opening a file.
pub(super) enum Opened {
    /// It can be read.
    File(OpenedServer),
    /// It could not be opened.
    Failed {
        /// Its name.
        name: String,
        /// Why it was passed over.
        why: String,
    },
    /// It was found in a folder and is no configuration of a server, but this, if it is known.
    Skipped(Option<Kind>),
}

/// The files of folders in the order of their names, everything else as it is named.
pub(super) fn expand(named: &[PathBuf]) -> anyhow::Result<Vec<Input>> {
    let mut inputs = Vec::new();
    for path in named {
        if path.is_dir() {
            walk(path, path, &mut inputs)?;
        } else {
            inputs.push(Input {
                path: path.clone(),
                found: false,
            });
        }
    }
    Ok(inputs)
}

/// More files in one folder are a file system, and no collection of configurations or logs.
const MAX_FILES: usize = 20_000;

fn walk(top: &Path, folder: &Path, inputs: &mut Vec<Input>) -> anyhow::Result<()> {
    let Ok(entries) = folder.read_dir() else {
        // Opening it as a file says why it cannot be read.
        inputs.push(Input {
            path: folder.to_owned(),
            found: false,
        });
        return Ok(());
    };
    let mut entries: Vec<_> = entries.filter_map(Result::ok).collect();
    entries.sort_by_key(std::fs::DirEntry::file_name);
    for entry in entries {
        let hidden = entry.file_name().to_string_lossy().starts_with('.');
        let path = entry.path();
        // A link to a folder could lead back here.
        let is_folder = entry.file_type().is_ok_and(|kind| kind.is_dir());
        if is_folder && !hidden {
            walk(top, &path, inputs)?;
        } else if path.is_file() && !hidden {
            anyhow::ensure!(
                inputs.len() < MAX_FILES,
                "`{}` holds more than {MAX_FILES} files; name a smaller folder",
                top.display()
            );
            inputs.push(Input { path, found: true });
        }
    }
    Ok(())
}

/// Files of these kinds quote configurations and are none.
const DOCUMENTS: [&str; 6] = ["adoc", "html", "json", "markdown", "md", "rst"];

/// Whether a file is called as packed ones are.
fn is_packed(path: &Path) -> bool {
    let extensions = ["bz2", "gz", "tar", "tgz", "xz", "zip", "zst"];
    let own = path
        .extension()
        .map(|it| it.to_string_lossy().to_lowercase());
    own.is_some_and(|own| extensions.contains(&own.as_str()))
}

/// Whether the first part of a file that cannot be read whole is none of a configuration.
fn is_something_else(path: &Path) -> bool {
    let mut head = Vec::new();
    let part = u64::try_from(LOOKED_AT).unwrap_or(u64::MAX);
    let read = File::open(path).and_then(|file| file.take(part).read_to_end(&mut head));
    read.is_ok() && !head.is_empty() && !is_configuration(path, &head)
}

/// Opens one file.
pub(super) fn open(input: &Input, args: &ReadArgs) -> Opened {
    let path = &input.path;
    match args.open(path) {
        Ok(file) if input.found && !is_configuration(path, file.bytes()) => {
            Opened::Skipped(Kind::of(file.bytes()))
        }
        Ok(file) => Opened::File(file),
        // Nobody said that it would be a configuration.
        Err(_) if input.found && (is_packed(path) || is_something_else(path)) => {
            Opened::Skipped(Kind::of_file(path).ok().flatten())
        }
        Err(error) => Opened::Failed {
            name: path.display().to_string(),
            why: format!("{error:#}"),
        },
    }
}

impl Input {
    /// Whether nobody named the file, and it was refused because it is for a client.
    pub(super) fn is_of_a_client(&self, diagnostics: &[Diagnostic]) -> bool {
        let code: &str = ReadCode::NotAServer.into();
        self.found && diagnostics.iter().any(|it| it.code == code)
    }
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
    if is(&DOCUMENTS) || kind::is_own(&text) {
        return false;
    }
    match Format::of(&text) {
        Some(format) => format.is_about_ike(&text),
        None => {
            // Text in UTF-16, as Windows writes it, has to be saved anew before it can be read.
            is(&EXTENSIONS) && (bytes.starts_with(b"\xff\xfe") || bytes.starts_with(b"\xfe\xff"))
        }
    }
}

/// Works at many things at once, with a bar on a terminal if it takes long.
pub(super) struct Parallel {
    /// Without a bar.
    pub(super) quiet: bool,
}

impl Executor for Parallel {
    fn map<T: Sync, R: Send>(
        &self,
        items: &[T],
        what: &'static str,
        work: impl Fn(&T) -> R + Sync,
    ) -> Vec<R> {
        if let [one] = items {
            return vec![work(one)];
        }
        let length = Some(items.len() as u64);
        let bar = ProgressBar::with_draw_target(length, ProgressDrawTarget::hidden());
        if let Ok(style) = ProgressStyle::with_template("{msg} {bar:30} {pos}/{len}") {
            bar.set_style(style);
        }
        bar.set_message(what);
        let late = AtomicBool::new(!io::stderr().is_terminal() || self.quiet);
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
}
