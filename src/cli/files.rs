//! Opening what the user named: files, standard input, and what configurations include.

use std::fs::{self, File};
use std::io::{self, IsTerminal as _, Read as _};
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use anyhow::Context as _;
use ikecompat::answer::manifest::FILE_NAME;
use ikecompat::diagnose::stream::{Stream, Unreadable};
use ikecompat::format::Format;
use ikecompat::read::Files;
use ikecompat::read::context::{NotOpened, Opened};

use super::archive::{self, Archive, Unpacked};
use super::kind;

/// Larger configurations are refused; the largest backup seen has a few megabytes.
pub(super) const MAX_FILE: u64 = 64 << 20;

/// More files than this are not included by one file.
const MAX_INCLUDED: usize = 10_000;

/// Reads a file whole, or standard input for `-`.
pub(super) fn read(path: &Path) -> anyhow::Result<(String, Vec<u8>)> {
    let mut bytes = Vec::new();
    let (name, read) = if path.as_os_str() == "-" {
        wait_for_typing();
        let read = io::stdin()
            .lock()
            .take(MAX_FILE + 1)
            .read_to_end(&mut bytes);
        ("<stdin>".to_owned(), read)
    } else {
        let name = path.display().to_string();
        let file = open_file(path).map_err(|error| anyhow::anyhow!(why(&error)));
        let file = file.with_context(|| cannot_open(path))?;
        (name, file.take(MAX_FILE + 1).read_to_end(&mut bytes))
    };
    read.with_context(|| format!("cannot read `{name}`"))?;
    if bytes.len() as u64 > MAX_FILE {
        anyhow::bail!("`{name}` is larger than {} MiB", MAX_FILE >> 20);
    }
    Ok((name, bytes))
}

/// Says what is waited for, where that is somebody who types.
pub(super) fn wait_for_typing() {
    if io::stdin().is_terminal() {
        super::terminal::say(
            "waiting for standard input: paste the file, then press Ctrl-D on a line of its own \
             (Windows: Ctrl-Z and Enter)",
        );
    }
}

/// The file whose name is like that of one that is not there.
pub(super) fn nearest(path: &Path) -> Option<String> {
    let folder = path.parent().filter(|folder| *folder != Path::new(""));
    let all = fs::read_dir(folder.unwrap_or(Path::new("."))).ok()?;
    let names = all.filter_map(Result::ok).take(MAX_INCLUDED);
    let mut names: Vec<String> = names
        .filter_map(|entry| entry.file_name().into_string().ok())
        .collect();
    names.sort();
    let name = path.file_name()?.to_str()?;
    let near = ikecompat::diag::nearest(name, names.iter().map(String::as_str))?;
    let near = folder.map_or_else(|| PathBuf::from(near), |folder| folder.join(near));
    Some(near.display().to_string())
}

/// What a file is called, `<stdin>` for `-`.
pub(super) fn name(path: &Path) -> String {
    if path.as_os_str() == "-" {
        "<stdin>".to_owned()
    } else {
        path.display().to_string()
    }
}

/// That a file cannot be opened; of one that is not there, which one is.
pub(super) fn cannot_open(path: &Path) -> String {
    let name = path.display();
    let folder = path.parent().filter(|it| *it != Path::new(""));
    let hint = match (path.try_exists(), folder) {
        (Ok(false), Some(folder)) if !folder.exists() => {
            let near = nearest(folder)
                .map_or_else(String::new, |near| format!("; did you mean `{near}`?"));
            format!(" (there is no folder `{}`{near})", folder.display())
        }
        (Ok(false), _) => {
            nearest(path).map_or_else(String::new, |near| format!(" (did you mean `{near}`?)"))
        }
        _ => String::new(),
    };
    format!("cannot open `{name}`{hint}")
}

/// Why the operating system refuses, in plain words and without its number.
pub(crate) fn why(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::NotFound => "there is no such file".to_owned(),
        io::ErrorKind::IsADirectory => "it is a folder".to_owned(),
        io::ErrorKind::NotADirectory => "a part of the path is no folder".to_owned(),
        io::ErrorKind::PermissionDenied => "it may not be read or written by this user".to_owned(),
        _ => without_number(&error.to_string()).to_owned(),
    }
}

/// The words of the operating system without `(os error 28)`.
fn without_number(text: &str) -> &str {
    let (words, number) = text.rsplit_once(" (os error ").unwrap_or((text, ")"));
    if number.ends_with(')') { words } else { text }
}

/// Opens what has an end. The user may name a pipe, as `<(…)` of a shell is one; a folder or a device is a
/// mistake, and reading it would not end.
fn open_file(path: &Path) -> io::Result<File> {
    let kind = fs::metadata(path)?.file_type();
    if kind.is_dir() {
        return Err(io::ErrorKind::IsADirectory.into());
    }
    #[cfg(unix)]
    if std::os::unix::fs::FileTypeExt::is_char_device(&kind) && path != Path::new("/dev/stdin") {
        return Err(io::Error::other("it is a device, not a file"));
    }
    File::open(path)
}

/// Opens a log or a capture, or standard input for `-`, and looks at its beginning.
pub(super) fn open_stream(path: &Path) -> Result<Stream, Unreadable> {
    let name = name(path);
    if path.as_os_str() == "-" {
        wait_for_typing();
        return stream(&name, io::stdin());
    }
    stream(&name, open_file(path)?)
}

fn stream(name: &str, source: impl io::Read + 'static) -> Result<Stream, Unreadable> {
    let mut source = ReadOnce(Some(source));
    let head = kind::head(&mut source)?;
    if !head.is_empty() && head.iter().all(u8::is_ascii_whitespace) {
        super::terminal::say(&format!("warning: `{name}` holds blanks alone"));
    }
    match kind::no_log(name, &head) {
        Some(why) => Err(Unreadable::Other(why)),
        None => Ok(Stream::of(io::Cursor::new(head).chain(source))?),
    }
}

/// A source that is not asked again after its end: whoever types would have to end it once more.
struct ReadOnce<R>(Option<R>);

impl<R: io::Read> io::Read for ReadOnce<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let Some(source) = &mut self.0 else {
            return Ok(0);
        };
        let length = source.read(into)?;
        if length == 0 && !into.is_empty() {
            self.0 = None;
        }
        Ok(length)
    }
}

/// The folder of the file that the user named, out of which no include leads.
pub(super) struct Folder {
    /// `None` for standard input.
    root: Option<PathBuf>,
    anywhere: bool,
    /// Of what format the files are that the user named.
    format: Option<Format>,
    /// The archive around the file, out of which no include leads at all.
    archive: Option<Archive>,
    /// Archives that the user named for clients; what is included from within one is looked for in it.
    named: Mutex<Vec<Archive>>,
}

impl Folder {
    /// The folder around the file at `path`; `anywhere` lets includes lead out of it.
    pub(super) fn around(path: &Path, anywhere: bool) -> Self {
        let named = path.as_os_str() != "-";
        let parent = path
            .parent()
            .filter(|parent| !parent.as_os_str().is_empty());
        let root = parent.unwrap_or(Path::new(".")).canonicalize().ok();
        Self {
            root: root.filter(|_| named),
            anywhere,
            format: None,
            archive: None,
            named: Mutex::new(Vec::new()),
        }
    }

    /// No folder: nothing is included, and only what the user names is opened.
    pub(super) const fn none() -> Self {
        Self {
            root: None,
            anywhere: false,
            format: None,
            archive: None,
            named: Mutex::new(Vec::new()),
        }
    }

    /// The archive that the file stands in.
    pub(super) const fn inside(archive: Archive) -> Self {
        Self {
            root: None,
            anywhere: false,
            format: None,
            archive: Some(archive),
            named: Mutex::new(Vec::new()),
        }
    }

    /// The same, where files that the user names are of this format.
    pub(super) fn reading(self, format: Option<Format>) -> Self {
        Self { format, ..self }
    }
}

/// The folder of a manifest, whose files are named by paths below it.
pub(super) struct ManifestFolder {
    path: PathBuf,
    inside: Folder,
}

impl ManifestFolder {
    /// The folder at `path`; `anywhere` lets links lead out of it.
    pub(super) fn new(path: &Path, anywhere: bool) -> Self {
        Self {
            path: path.to_owned(),
            inside: Folder::around(&path.join(FILE_NAME), anywhere),
        }
    }
}

impl Files for ManifestFolder {
    fn open(&self, _: &str, _: &str) -> Result<Vec<Opened>, NotOpened> {
        Err(NotOpened::Nowhere)
    }

    fn named(&self, path: &str) -> Result<Opened, NotOpened> {
        let manifest = self.path.join(FILE_NAME);
        let mut opened = self.inside.open(&manifest.to_string_lossy(), path)?;
        opened.pop().ok_or(NotOpened::Nowhere)
    }
}

impl Files for Folder {
    fn format_of_named(&self) -> Option<Format> {
        self.format
    }

    fn open(&self, from: &str, pattern: &str) -> Result<Vec<Opened>, NotOpened> {
        let named = self.named.lock().map_err(|_| NotOpened::Nowhere)?;
        if let Some(archive) = named.iter().find(|archive| archive.holds(from)) {
            return archive.open(from, pattern);
        }
        drop(named);
        if let Some(archive) = &self.archive {
            return archive.open(from, pattern);
        }
        let root = self.root.as_ref().ok_or(NotOpened::Nowhere)?;
        let failed = |why: &dyn std::fmt::Display| NotOpened::Failed(why.to_string());
        let refused = |error: &io::Error| NotOpened::Failed(why(error));
        let base = Path::new(from).parent().unwrap_or(Path::new(""));
        let is_glob = pattern.contains(['*', '?', '[']);
        let paths: Vec<PathBuf> = if is_glob {
            let base = glob::Pattern::escape(&base.to_string_lossy());
            // glob(3), which the daemons use, takes `**` for `*`; our library would walk every folder.
            let pattern = Path::new(&base).join(pattern.replace("**", "*"));
            let found = glob::glob(&pattern.to_string_lossy()).map_err(|error| failed(&error))?;
            let files = found.filter_map(Result::ok).filter(|path| path.is_file());
            let files = files.take(MAX_INCLUDED);
            // The first file outside ends the search, before the whole disk is looked through.
            let inside = |path: PathBuf| match path.canonicalize() {
                Ok(real) if self.anywhere || real.starts_with(root) => Ok(path),
                Ok(_) => Err(NotOpened::Outside),
                Err(error) => Err(refused(&error)),
            };
            files.map(inside).collect::<Result<_, _>>()?
        } else {
            vec![base.join(pattern)]
        };
        let mut opened = Vec::new();
        for path in paths {
            let real = path.canonicalize().map_err(|error| refused(&error))?;
            if !self.anywhere && !real.starts_with(root) {
                return Err(NotOpened::Outside);
            }
            // Nobody but the user may name a pipe, whose end may never come.
            if !real.is_file() {
                return Err(failed(&"it is no file"));
            }
            let (name, bytes) = read(&path).map_err(|error| failed(&error.root_cause()))?;
            opened.push(Opened { name, bytes });
        }
        Ok(opened)
    }

    fn named(&self, path: &str) -> Result<Opened, NotOpened> {
        let opened = read(Path::new(path)).and_then(|(name, bytes)| {
            Ok(match archive::unpack(&name, bytes)? {
                Unpacked::Plain(bytes) => (name, bytes),
                Unpacked::Archive(archive) => {
                    let found = archive
                        .configuration(true)
                        .or_else(|_| archive.configuration(false))?;
                    if let Ok(mut named) = self.named.lock() {
                        named.push(archive);
                    }
                    found
                }
            })
        });
        let (name, bytes) = opened.map_err(|error| NotOpened::Failed(format!("{error:#}")))?;
        Ok(Opened { name, bytes })
    }
}

#[cfg(test)]
mod tests {
    use std::io;

    use super::stream;

    /// What somebody types who ends it once.
    struct Typed(Vec<&'static str>);

    impl io::Read for Typed {
        fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
            assert!(!self.0.is_empty(), "the end was read already");
            let line = self.0.remove(0);
            let length = line.len().min(into.len());
            into[..length].copy_from_slice(&line.as_bytes()[..length]);
            if length < line.len() {
                self.0.insert(0, &line[length..]);
            }
            Ok(length)
        }
    }

    #[test]
    fn what_is_typed_is_ended_once() {
        for lines in [
            vec!["charon: 01[IKE] establishing CHILD_SA a\n", "more\n", ""],
            vec!["hello\n", ""],
            vec![""],
        ] {
            let fed = stream("<stdin>", Typed(lines));
            // There is nothing to be found; that it ends is enough.
            let _ = fed.map(|it| it.feed(&mut |_| {}, &mut |_| {}));
        }
    }
}
