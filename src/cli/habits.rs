//! `.ikecompat.yaml` beside the files of a question: found, read, and said on the command line as what it stands
//! for.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};

use clap::ArgMatches;
use clap::parser::ValueSource;
use ikecompat::answer::habits::{self, Habits};
use ikecompat::diag::{Diagnostic, Sources, shell_word};
use ikecompat::profile::Database;

/// Subcommands that judge files. None of them dials anybody.
const SUBCOMMANDS: [&str; 4] = ["check", "diagnose", "lint", "recommend"];

/// Arguments that name files.
const PATHS: [&str; 3] = ["servers", "server", "files"];

/// The options that a file of habits adds to a command line.
pub(super) struct Added {
    /// The file.
    pub(super) file: PathBuf,
    /// What is inserted behind the subcommand.
    pub(super) options: Vec<OsString>,
    /// Whether the file belongs to who runs the program: what others leave in a shared folder changes no verdict.
    is_own: bool,
}

impl Added {
    /// What is taken from it, in one line; `None` if nothing is.
    pub(super) fn sentence(&self, is_verbose: bool) -> Option<String> {
        let file = shell_word(&self.file.to_string_lossy());
        let words = self.options.iter();
        let words: Vec<_> = words.map(|it| shell_word(&it.to_string_lossy())).collect();
        let quiet = match (self.is_own, words.is_empty()) {
            (true, false) => return Some(format!("note: taken from {file}: {}", words.join(" "))),
            (true, true) => "has nothing that the command line does not say",
            (false, _) => "belongs to another user, and is not read",
        };
        is_verbose.then(|| format!("note: {file} {quiet}"))
    }
}

/// What there is to add to what was parsed. Fails with what is wrong in the file.
pub(super) fn added(matches: &ArgMatches) -> Result<Option<Added>, (Vec<Diagnostic>, Sources)> {
    let Some((name, own)) = matches.subcommand() else {
        return Ok(None);
    };
    if !SUBCOMMANDS.contains(&name) {
        return Ok(None);
    }
    let Some(file) = paths(own).first().and_then(|path| find(path)) else {
        return Ok(None);
    };
    let is_own = is_own(&file);
    let habits = if is_own { read(&file)? } else { None };
    let is_open = |id: &str| {
        let known = own.try_contains_id(id).is_ok();
        let source = known.then(|| own.value_source(id)).flatten();
        known && source != Some(ValueSource::CommandLine)
    };
    let mut added = Added {
        file,
        options: Vec::new(),
        is_own,
    };
    for (id, value) in habits.unwrap_or_default().options() {
        if is_open(id) {
            added.options.push(format!("--{id}={value}").into());
        }
    }
    Ok(Some(added))
}

/// The files that were named.
fn paths(matches: &ArgMatches) -> Vec<PathBuf> {
    let named = PATHS.iter().filter_map(|id| {
        let values = matches.try_get_many::<PathBuf>(id).ok().flatten()?;
        Some(values.cloned())
    });
    let files = named.flatten().filter(|path| path != Path::new("-"));
    files.collect()
}

/// The files that were named, in groups of those that have the same habits; one group, where the question is about all
/// of them together or none of them has any.
pub(super) fn groups(matches: &ArgMatches) -> Vec<Vec<PathBuf>> {
    let mut groups: Vec<(Option<PathBuf>, Vec<PathBuf>)> = Vec::new();
    let own = match matches.subcommand() {
        Some(("check" | "lint", own)) => own,
        _ => return Vec::new(),
    };
    let is_one = ["after", "compare_engine", "require"]
        .iter()
        .any(|id| own.try_contains_id(id).is_ok_and(|is_there| is_there));
    for path in paths(own).into_iter().filter(|_| !is_one) {
        let file = find(&path);
        match groups.iter_mut().find(|(known, _)| *known == file) {
            Some((_, paths)) => paths.push(path),
            None => groups.push((file, vec![path])),
        }
    }
    groups.into_iter().map(|(_, paths)| paths).collect()
}

/// The file of habits beside a path or above it: as far as the root of a repository, the home folder, or the border
/// of a file system.
fn find(path: &Path) -> Option<PathBuf> {
    let path = path.canonicalize().ok()?;
    let start = if path.is_dir() {
        &*path
    } else {
        path.parent()?
    };
    let home = std::env::var_os("HOME").or_else(|| std::env::var_os("USERPROFILE"));
    let home = home.and_then(|home| Path::new(&home).canonicalize().ok());
    for folder in start.ancestors() {
        if !is_same_device(start, folder) {
            return None;
        }
        let file = folder.join(habits::FILE);
        if file.is_file() {
            return Some(file);
        }
        if folder.join(".git").exists() || home.as_deref() == Some(folder) {
            return None;
        }
    }
    None
}

#[cfg(unix)]
fn is_same_device(one: &Path, other: &Path) -> bool {
    use std::os::unix::fs::MetadataExt as _;
    let device = |path: &Path| fs::metadata(path).map(|it| it.dev()).ok();
    device(one) == device(other)
}

#[cfg(not(unix))]
fn is_same_device(_: &Path, _: &Path) -> bool {
    true
}

/// Whether the file belongs to who runs the program.
#[cfg(all(unix, feature = "live"))]
fn is_own(file: &Path) -> bool {
    use std::os::unix::fs::MetadataExt as _;
    let owner = fs::metadata(file).map(|it| it.uid()).ok();
    owner == Some(nix::unistd::geteuid().as_raw())
}

/// Whether the file belongs to who runs the program, whose own folder of processes says who that is.
#[cfg(all(unix, not(feature = "live")))]
fn is_own(file: &Path) -> bool {
    use std::os::unix::fs::MetadataExt as _;
    let owner = |path: &Path| fs::metadata(path).map(|it| it.uid()).ok();
    let own = owner(Path::new("/proc/self"));
    own.is_some() && owner(file) == own
}

#[cfg(not(unix))]
fn is_own(_: &Path) -> bool {
    true
}

/// Reads the file; one that cannot be opened has no habits.
fn read(file: &Path) -> Result<Option<Habits>, (Vec<Diagnostic>, Sources)> {
    let Ok((name, bytes)) = super::files::read(file) else {
        return Ok(None);
    };
    let mut sources = Sources::new();
    let read = sources
        .add_octets(name, &bytes)
        .and_then(|text| habits::read(&mut sources, text, &Database::builtin()));
    read.map(Some).map_err(|wrong| (wrong, sources))
}
