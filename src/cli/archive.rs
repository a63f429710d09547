//! Configurations that are packed: by gzip, in a tar, or in both.
//!
//! Nothing is written anywhere: what the archive holds is read from it, and what a configuration
//! includes is looked for in the same archive.

use std::io::{self, Read as _};
use std::path::{Component, Path};

use anyhow::Context as _;
use flate2::read::MultiGzDecoder;
use ikecompat::format::{End, Format};
use ikecompat::read::context::{NotOpened, Opened};

use super::files::MAX_FILE;

/// More files than this are a file system, and no configuration.
const MAX_FILES: usize = 20_000;

/// How much of a file is looked at to see whether it is a configuration.
const LOOKED_AT: usize = 256 << 10;

/// How many names a message lists.
const NAMED: usize = 5;

/// How packings begin that are not read, and what unpacks them.
const OTHERS: [(&[u8], &str, &str); 4] = [
    (b"PK\x03\x04", "a ZIP archive", "unzip"),
    (b"\xfd7zXZ\0", "packed by xz", "xz -d"),
    (b"\x28\xb5\x2f\xfd", "packed by Zstandard", "zstd -d"),
    (b"BZh", "packed by bzip2", "bzip2 -d"),
];

/// What gzip begins with (RFC 1952, section 2.3.1).
pub(super) const GZIP: [u8; 2] = [0x1f, 0x8b];

/// Whether octets begin as those of a tar: the magic of POSIX.1-1988 and of GNU tar.
pub(super) fn is_tar(bytes: &[u8]) -> bool {
    bytes.get(257..262) == Some(b"ustar")
}

/// Whether octets begin as those of a packing that is not read.
pub(super) fn is_packed(bytes: &[u8]) -> bool {
    OTHERS.iter().any(|(magic, ..)| bytes.starts_with(magic))
}

/// What a file turns out to be.
pub(super) enum Unpacked {
    /// A file by itself.
    Plain(Vec<u8>),
    /// Many in one.
    Archive(Archive),
}

/// Files of a tar, in the order of their names.
pub(super) struct Archive {
    /// Its own name.
    name: String,
    files: Vec<(String, Vec<u8>)>,
}

/// Takes out what is packed.
pub(super) fn unpack(name: &str, bytes: Vec<u8>) -> anyhow::Result<Unpacked> {
    let bytes = if bytes.starts_with(&GZIP) {
        inflate(name, &bytes)?
    } else {
        bytes
    };
    if let Some((_, what, command)) = OTHERS.iter().find(|(magic, ..)| bytes.starts_with(magic)) {
        anyhow::bail!("`{name}` is {what}, which is not read; unpack it first: `{command}`");
    }
    if !is_tar(&bytes) {
        return Ok(Unpacked::Plain(bytes));
    }
    Archive::of(name, &bytes).map(Unpacked::Archive)
}

fn inflate(name: &str, bytes: &[u8]) -> anyhow::Result<Vec<u8>> {
    let mut inflated = Vec::new();
    let read = MultiGzDecoder::new(bytes)
        .take(MAX_FILE + 1)
        .read_to_end(&mut inflated);
    match read {
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => {
            anyhow::bail!("`{name}` is packed by gzip and ends in the middle: copy it again");
        }
        read => {
            read.with_context(|| format!("`{name}` begins as packed by gzip, but is damaged"))?
        }
    };
    if inflated.len() as u64 > MAX_FILE {
        anyhow::bail!(
            "what `{name}` unpacks to is larger than {} MiB",
            MAX_FILE >> 20
        );
    }
    Ok(inflated)
}

impl Archive {
    fn of(name: &str, bytes: &[u8]) -> anyhow::Result<Self> {
        let damaged = || format!("the archive `{name}` is damaged");
        let mut files = Vec::new();
        let mut room = MAX_FILE;
        let mut archive = tar::Archive::new(bytes);
        for entry in archive.entries().with_context(damaged)? {
            let mut entry = entry.with_context(damaged)?;
            if !entry.header().entry_type().is_file() {
                continue;
            }
            let path = entry.path().with_context(damaged)?;
            let path = normal(&path.to_string_lossy());
            if files.len() >= MAX_FILES {
                anyhow::bail!("`{name}` holds more than {MAX_FILES} files");
            }
            let mut content = Vec::new();
            // A header may claim any number of zeros.
            let read = (&mut entry).take(room + 1).read_to_end(&mut content);
            read.with_context(damaged)?;
            room = room.checked_sub(content.len() as u64).with_context(|| {
                format!("what `{name}` holds is larger than {} MiB", MAX_FILE >> 20)
            })?;
            files.push((path, content));
        }
        files.sort();
        Ok(Self {
            name: name.to_owned(),
            files,
        })
    }

    /// The configuration of a server, or of a client, that the archive is about, with its name.
    pub(super) fn configuration(&self, of_client: bool) -> anyhow::Result<(String, Vec<u8>)> {
        let named = |name: &str| {
            let mut found = self
                .files
                .iter()
                .filter(|(path, _)| file_name(path) == name);
            found.next().filter(|_| found.next().is_none())
        };
        let usual = ["swanctl.conf", "ipsec.conf"];
        if !of_client && let Some(found) = usual.iter().find_map(|name| named(name)) {
            return Ok((self.name_of(&found.0), found.1.clone()));
        }
        let fits = |format: Format| matches!(format.row().end, End::Client(_)) == of_client;
        let found: Vec<_> = self
            .files
            .iter()
            .filter_map(|(path, content)| Some((path, content, format_of(content)?)))
            .filter(|(_, _, format)| fits(*format))
            .collect();
        let first = found.first().map(|(path, ..)| folder(path));
        let together = |(path, _, format): &(&String, _, Format)| {
            *format == Format::Swanctl && Some(folder(path)) == first && path.ends_with(".conf")
        };
        match found.as_slice() {
            [(path, content, _)] => Ok((self.name_of(path), (*content).clone())),
            [] => anyhow::bail!(
                "none of the {} files in `{}` is a configuration of a {} in a format that is read",
                self.files.len(),
                self.name,
                if of_client { "client" } else { "server" }
            ),
            // The files of a folder that swanctl.conf would include.
            several if several.iter().all(together) => {
                let name = join(first.unwrap_or_default(), "*.conf");
                Ok((self.name_of(&name), b"include *.conf\n".to_vec()))
            }
            several => {
                let names: Vec<_> = several.iter().take(NAMED).map(|it| it.0.as_str()).collect();
                let more = several.len() - names.len();
                anyhow::bail!(
                    "`{}` holds several configurations: {}{}; unpack it, and name one",
                    self.name,
                    names.join(", "),
                    if more > 0 {
                        format!(" and {more} more")
                    } else {
                        String::new()
                    }
                )
            }
        }
    }

    /// A file of the archive as it is shown.
    fn name_of(&self, path: &str) -> String {
        format!("{}:{path}", self.name)
    }

    /// Whether a file that is shown as `name` is one of the archive.
    pub(super) fn holds(&self, name: &str) -> bool {
        let inner = name.strip_prefix(&self.name);
        inner.is_some_and(|inner| inner.starts_with(':'))
    }

    /// What a file of the archive includes.
    pub(super) fn open(&self, from: &str, pattern: &str) -> Result<Vec<Opened>, NotOpened> {
        let inner = from
            .strip_prefix(&self.name)
            .and_then(|it| it.strip_prefix(':'));
        let base = folder(inner.unwrap_or_default());
        let wanted = if pattern.starts_with('/') {
            normal(pattern)
        } else {
            normal(&join(base, pattern))
        };
        let is_glob = wanted.contains(['*', '?', '[']);
        let glob = glob::Pattern::new(&wanted.replace("**", "*"));
        let glob = glob.map_err(|why| NotOpened::Failed(why.to_string()))?;
        let options = glob::MatchOptions {
            case_sensitive: true,
            require_literal_separator: true,
            require_literal_leading_dot: true,
        };
        let found = self
            .files
            .iter()
            .filter(|(path, _)| *path == wanted || is_glob && glob.matches_with(path, options));
        let opened: Vec<_> = found
            .map(|(path, content)| Opened {
                name: self.name_of(path),
                bytes: content.clone(),
            })
            .collect();
        if opened.is_empty() && !is_glob {
            return Err(NotOpened::Failed("it is not in the archive".to_owned()));
        }
        Ok(opened)
    }
}

/// The format of a file that nobody named.
fn format_of(content: &[u8]) -> Option<Format> {
    let head = content.get(..LOOKED_AT).unwrap_or(content);
    let text = String::from_utf8_lossy(head);
    match Format::of(&text) {
        // Any other XML looks like pfSense's at first sight.
        Some(Format::PfsenseXml) if !text.contains("<pfsense") && !text.contains("<ipsec") => None,
        format => format,
    }
}

fn file_name(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

fn folder(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}

fn join(folder: &str, name: &str) -> String {
    if folder.is_empty() {
        name.to_owned()
    } else {
        format!("{folder}/{name}")
    }
}

/// A path without what stands for folders around: `/`, `.` and `..`.
fn normal(path: &str) -> String {
    let mut parts: Vec<String> = Vec::new();
    for component in Path::new(path).components() {
        match component {
            Component::Normal(part) => parts.push(part.to_string_lossy().into_owned()),
            Component::ParentDir => {
                parts.pop();
            }
            Component::CurDir | Component::Prefix(_) | Component::RootDir => {}
        }
    }
    parts.join("/")
}
