//! What is read out of a swanctl.conf against what the daemon loads from the same file.
//!
//! swanctl hands each file to a charon that logs what it has configured; the library reads it. Names,
//! order, proposals and refusals have to be the same. `IKECOMPAT_INTEROP_CONFIGS` names a folder of
//! more files; from those, lines that name certificates are left out, because charon wants to see
//! them, and so are connections with words of a later strongSwan than the one that runs.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::thread::sleep;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use ikecompat::answer::{ServerText, reading};
use ikecompat::diag::Sources;
use ikecompat::dialect::charon;
use ikecompat::format::Format;
use ikecompat::peer::{Engine, Entry, Server};
use ikecompat::profile::Database;
use ikecompat::read::context::{Files, NotOpened, Opened};

use crate::daemon::PLUGINS;
use crate::process::{Folder, Process};

/// A connection: its IKE proposals and its children with theirs, or nothing if it is not loaded.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Loaded {
    pub(crate) ike: String,
    pub(crate) children: Vec<(String, String)>,
}

/// Connections by name; `None` for one that the daemon refuses, and for all of them an error if the
/// file cannot be read at all.
pub(crate) type Answer = Result<BTreeMap<String, Option<Loaded>>, String>;

/// A charon that logs what it loads.
pub(crate) struct Loader {
    folder: Folder,
    _process: Process,
}

impl Loader {
    pub(crate) fn start() -> Result<Self> {
        let folder = Folder::new()?;
        let file = |name: &str| folder.path().join(name).display().to_string();
        let settings = format!(
            "charon-systemd {{\n journal {{\n default = -1\n }}\n }}\ncharon {{\n load = {PLUGINS}\n \
            plugins {{\n vici {{\n socket = unix://{}\n }}\n }}\n filelog {{\n main {{\n path = {}\n \
            flush_line = yes\n default = -1\n cfg = 2\n }}\n }}\n install_routes = no\n}}\n\
            swanctl {{\n load =\n}}\n",
            file("vici.sock"),
            file("charon.log"),
        );
        fs::write(file("strongswan.conf"), settings)?;
        let process = Process::start(["unshare", "--net", "charon-systemd"], |command| {
            command
                .env("STRONGSWAN_CONF", file("strongswan.conf"))
                .env_remove("NOTIFY_SOCKET")
                .stderr(std::process::Stdio::null())
        })?;
        let late = Instant::now() + Duration::from_secs(15);
        while !Path::new(&file("vici.sock")).exists() {
            ensure!(Instant::now() < late, "charon does not start");
            sleep(Duration::from_millis(10));
        }
        Ok(Self {
            folder,
            _process: process,
        })
    }

    /// A place for files that are to be loaded.
    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Has swanctl load the file at `path`.
    pub(crate) fn load(&self, path: &Path) -> Result<Answer> {
        let log = self.folder().join("charon.log");
        let before = fs::metadata(&log)?.len();
        let output = Command::new("swanctl")
            .env("STRONGSWAN_CONF", self.folder().join("strongswan.conf"))
            .args(["--load-conns", "--uri"])
            .arg(format!(
                "unix://{}",
                self.folder().join("vici.sock").display()
            ))
            .arg("--file")
            .arg(path)
            .output()
            .context("cannot run `swanctl`")?;
        let said = [output.stdout, output.stderr].concat();
        let said = String::from_utf8_lossy(&said);
        if said.contains("invalid config file") {
            return Ok(Err(said.into_owned()));
        }
        let bytes = fs::read(&log)?;
        let start = usize::try_from(before)?;
        let news = String::from_utf8_lossy(bytes.get(start..).unwrap_or_default()).into_owned();
        let mut loaded = configured(&news);
        let mut answer = BTreeMap::new();
        for line in said.lines() {
            let quoted = line.split('\'').nth(1).unwrap_or_default().to_owned();
            if line.starts_with("loaded connection") {
                let known = loaded.remove(&quoted);
                let known =
                    known.with_context(|| format!("no word about `{quoted}` in the log"))?;
                answer.insert(quoted, Some(known));
            } else if line.starts_with("loading connection") {
                answer.insert(quoted, None);
            }
        }
        Ok(Ok(answer))
    }
}

/// What the log says about each connection.
fn configured(log: &str) -> BTreeMap<String, Loaded> {
    let mut all = BTreeMap::new();
    let mut open: Option<(String, Loaded)> = None;
    let mut child: Option<(String, bool)> = None;
    for line in log.lines() {
        let line = line.split_once("[CFG]").map_or(line, |(_, said)| said);
        let words = line.trim();
        if let Some(name) = words
            .strip_prefix("conn ")
            .and_then(|w| w.strip_suffix(':'))
        {
            all.extend(open.replace((name.to_owned(), Loaded::default())));
            child = None;
        } else if let Some(name) = words
            .strip_prefix("child ")
            .and_then(|w| w.strip_suffix(':'))
        {
            child = Some((name.to_owned(), true));
        } else if let Some(mode) = words.strip_prefix("mode = ") {
            // Rules of the firewall kind are no children that anybody negotiates.
            if let Some((_, negotiated)) = &mut child {
                *negotiated = !["PASS", "DROP"].contains(&mode);
            }
        } else if words.starts_with("version = ") {
            child = None;
        } else if let (Some(list), Some((_, loaded))) =
            (words.strip_prefix("proposals = "), &mut open)
        {
            match &child {
                None => list.clone_into(&mut loaded.ike),
                Some((name, true)) => loaded.children.push((name.clone(), list.to_owned())),
                Some((_, false)) => {}
            }
        }
    }
    all.extend(open);
    all
}

/// Files as the program's own command line opens them, without its bounds.
struct Anywhere;

impl Files for Anywhere {
    fn open(&self, from: &str, pattern: &str) -> Result<Vec<Opened>, NotOpened> {
        let folder = Path::new(from).parent().unwrap_or(Path::new(""));
        let failed = |error: &dyn std::fmt::Display| NotOpened::Failed(error.to_string());
        let pattern = folder.join(pattern).display().to_string();
        let paths = glob::glob(&pattern).map_err(|error| failed(&error))?;
        let open = |path: PathBuf| {
            Ok(Opened {
                name: path.display().to_string(),
                bytes: fs::read(&path).map_err(|error| failed(&error))?,
            })
        };
        paths.filter_map(Result::ok).map(open).collect()
    }

    fn named(&self, _path: &str) -> Result<Opened, NotOpened> {
        Err(NotOpened::Nowhere)
    }
}

/// What the library reads out of the file at `path`.
pub(crate) fn read(path: &Path) -> Result<Answer> {
    let database = Database::builtin();
    let mut sources = Sources::new();
    let (name, bytes) = (path.display().to_string(), fs::read(path)?);
    let text = ServerText {
        format: Some(Format::Swanctl),
        engine: Some(Engine::STRONGSWAN_5_9_8),
        files: &Anywhere,
        ..ServerText::new(&name, &bytes)
    };
    Ok(match reading::server(&text, &database, &mut sources) {
        Ok(reading) => Ok(connections(&reading.value)),
        Err(complaints) => {
            // A file without connections loads none.
            if complaints.iter().any(|one| one.code == "no-connection") {
                return Ok(Ok(BTreeMap::new()));
            }
            let messages: Vec<_> = complaints.iter().map(|one| one.message.clone()).collect();
            Err(messages.join("\n"))
        }
    })
}

pub(crate) fn connections(server: &Server) -> BTreeMap<String, Option<Loaded>> {
    let list = |entries: &[Entry]| {
        let texts = entries
            .iter()
            .map(|entry| charon::proposal(&entry.proposal));
        texts.collect::<Vec<_>>()
    };
    let connection = |connection: &ikecompat::peer::Connection| Loaded {
        ike: list(&connection.ike).join(", "),
        children: connection
            .children
            .iter()
            .map(|child| {
                let proposals = [list(&child.ah), list(&child.esp)].concat();
                (child.name.clone(), proposals.join(", "))
            })
            .collect(),
    };
    let named = server.connections.iter().map(|one| {
        let loads = one.not_loaded.is_none();
        (one.name.clone(), loads.then(|| connection(one)))
    });
    named.collect()
}

/// The text without settings and sections that name certificates and keys.
pub(crate) fn without_certificates(text: &str) -> String {
    let mut kept = String::new();
    let mut inside = false;
    for line in text.lines() {
        let words = line.trim_start();
        let names = ["certs", "cacerts", "pubkeys", "file", "handle"];
        let setting = words.split('=').next().unwrap_or_default().trim();
        if words.starts_with("cert") && words.contains('{')
            || words.starts_with("cacert") && words.contains('{')
        {
            inside = !words.contains('}');
            continue;
        }
        if inside {
            inside = !words.starts_with('}');
            continue;
        }
        if !(words.contains('=') && names.contains(&setting)) {
            kept += line;
            kept.push('\n');
        }
    }
    kept
}

/// Whether both say the same, and what if not.
pub(crate) fn difference(daemon: &Answer, library: &Answer) -> Option<String> {
    match (daemon, library) {
        (Err(_), Err(_)) => None,
        (Ok(daemon), Ok(library)) if daemon == library => None,
        // A file of which nothing is loaded is refused as a whole.
        (Ok(daemon), Err(_)) if !daemon.is_empty() && daemon.values().all(Option::is_none) => None,
        _ => Some(format!("daemon:  {daemon:?}\nlibrary: {library:?}")),
    }
}
