//! `ikecompat FILE`: what the file is decides which subcommand is meant.

use std::ffi::OsString;
use std::fs::{self, File};
use std::io::{Cursor, Read as _};
use std::path::Path;

use ikecompat::diag::{self, any_of};
use ikecompat::diagnose::stream::Stream;
use ikecompat::format::{End, Format};
use ikecompat::peer::client::ConfigMethod;
use ikecompat::read::certificate::certificates;

use super::inputs;

/// How much of a file is looked at.
const LOOKED_AT: u64 = 1 << 20;

/// Files of a folder that are looked at.
const MOST_FILES: usize = 500;

/// What a file is, and the subcommand that answers it.
pub(super) struct Recognised {
    /// `a log`.
    what: &'static str,
    /// The arguments that stand for the file.
    pub(super) arguments: Vec<OsString>,
}

impl Recognised {
    fn new(what: &'static str, command: &[&str], path: &Path) -> Self {
        let words = command.iter().map(OsString::from);
        Self {
            what,
            arguments: words.chain([path.as_os_str().to_owned()]).collect(),
        }
    }

    /// What is done, in one line.
    pub(super) fn sentence(&self, others: &[OsString]) -> String {
        let words = self.arguments.iter().chain(others);
        let words: Vec<_> = words.map(|word| word.to_string_lossy()).collect();
        format!("this is {}; `ikecompat {}`", self.what, words.join(" "))
    }
}

/// What a word means that is no subcommand. Fails with what is wrong with it.
pub(super) fn recognise(word: &OsString) -> Result<Recognised, String> {
    let path = Path::new(word);
    if path == Path::new("-") {
        return Err(
            "standard input needs a subcommand: `ikecompat check -` reads a configuration, \
             `ikecompat diagnose -` a log or a capture"
                .to_owned(),
        );
    }
    if path.is_dir() {
        return folder(path);
    }
    if !path.exists() {
        return Err(no_such(&word.to_string_lossy()));
    }
    let Kind { what, command } = file(path)?;
    Ok(match command {
        Answer::Command(command) => Recognised::new(what, command, path),
        Answer::Client(id) => {
            let client = format!("{id}={}", path.display());
            Recognised {
                what,
                arguments: ["recommend", "--clients", &client].map(Into::into).to_vec(),
            }
        }
    })
}

/// What is wrong with a word that is neither a subcommand nor a file.
fn no_such(word: &str) -> String {
    let command = super::manual::command();
    let names = command.get_subcommands().map(clap::Command::get_name);
    let near = diag::nearest(word, names).map(ToOwned::to_owned);
    let near = near.or_else(|| super::files::nearest(Path::new(word)));
    let help = near.map_or_else(
        || "; `ikecompat help` names the subcommands".to_owned(),
        |near| format!("; did you mean `{near}`?"),
    );
    format!(
        "there is no subcommand and no file `{}`{help}",
        word.escape_debug()
    )
}

/// What a file is, and what answers it.
struct Kind {
    what: &'static str,
    command: Answer,
}

/// What answers a file.
enum Answer {
    /// A subcommand, which takes the file.
    Command(&'static [&'static str]),
    /// It configures a client, which is this one.
    Client(&'static str),
}

const fn kind(what: &'static str, command: &'static [&'static str]) -> Kind {
    Kind {
        what,
        command: Answer::Command(command),
    }
}

/// Looks at the beginning of a file.
fn file(path: &Path) -> Result<Kind, String> {
    let name = path.display();
    let opened = File::open(path)
        .map_err(|error| format!("cannot open `{name}`: {}", super::why(&error)))?;
    let mut head = Vec::new();
    let read = opened.take(LOOKED_AT).read_to_end(&mut head);
    read.map_err(|error| format!("cannot read `{name}`: {error}"))?;
    of_octets(&head).ok_or_else(|| {
        let reads = ["check", "diagnose", "certificate", "learn"];
        format!(
            "`{name}` shows by nothing that it is a configuration, a log, a capture or a certificate; name \
             the subcommand: {}",
            any_of(reads)
        )
    })
}

/// What octets are that a file begins with.
fn of_octets(head: &[u8]) -> Option<Kind> {
    let stream = Stream::of(Cursor::new(head.to_vec())).ok()?;
    if matches!(stream, Stream::Capture(_)) {
        return Some(kind("a capture", &["diagnose"]));
    }
    let text = String::from_utf8_lossy(head);
    let format = Format::of(&text);
    let mut events = 0_usize;
    // What is cut off at the end is no reason to know less of the beginning.
    let _ = stream.feed(&mut |_| events += 1, &mut |_| {});
    if is_profile(&text) {
        return Some(kind("a client profile", &["clients", "lint"]));
    }
    match format.map(|format| (format, format.row().end)) {
        _ if events > 0 && !is_structured(&text) => Some(kind("a log", &["diagnose"])),
        Some((Format::Powershell, _)) if text.contains("Set-VpnServer") => {
            Some(kind("a configuration", &["check"]))
        }
        Some((_, End::Server(_))) => Some(kind("a configuration", &["check"])),
        Some((_, End::Client(file))) => Some(Kind {
            what: "a configuration of a client",
            command: Answer::Client(match file.method() {
                ConfigMethod::AppleProfile => "ios",
                ConfigMethod::Sswan => "android",
                _ => "windows",
            }),
        }),
        None if certificates(head).is_ok() => Some(kind("a certificate", &["certificate"])),
        None => None,
    }
}

/// Whether a text is a profile of a client.
fn is_profile(text: &str) -> bool {
    let has = |key: &str| text.lines().any(|line| line.starts_with(key));
    has("vendor:") && has("variants:")
}

/// Whether a text is markup or sections, which logs are not, although configurations may quote their words.
fn is_structured(text: &str) -> bool {
    let text = text.trim_start_matches('\u{feff}').trim_start();
    // Lines of syslog begin with a number in the same brackets.
    let is_syslog = text
        .strip_prefix('<')
        .is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()));
    let is_markup =
        text.starts_with('<') && !is_syslog || text.starts_with("{\n") || text.starts_with("{\"");
    let lines = || text.lines().map(str::trim_end);
    let opens = lines().any(|line| {
        let name = line.strip_suffix('{').map(str::trim);
        name.is_some_and(|name| !name.is_empty() && !name.contains([' ', ':', '[']))
    });
    let section = |line: &str| {
        ["conn ", "config "]
            .iter()
            .any(|word| line.starts_with(word))
    };
    is_markup || opens || lines().any(section)
}

/// What a folder holds: configurations before logs.
fn folder(path: &Path) -> Result<Recognised, String> {
    let files = inputs::expand(&[path.to_owned()]).map_err(|error| format!("{error:#}"))?;
    let mut found = None;
    for input in files.iter().take(MOST_FILES) {
        // A key or a device in it is no reason to stop.
        let is_file = fs::metadata(&input.path).is_ok_and(|it| it.is_file());
        let Some(kind) = is_file.then(|| file(&input.path).ok()).flatten() else {
            continue;
        };
        match kind.command {
            Answer::Command(["check"]) => {
                return Ok(Recognised::new(
                    "a folder of configurations",
                    &["check"],
                    path,
                ));
            }
            Answer::Command(["diagnose"]) => {
                found = Some(Recognised::new(
                    "a folder of logs or captures",
                    &["diagnose"],
                    path,
                ));
            }
            Answer::Command(_) | Answer::Client(_) => {}
        }
    }
    found.ok_or_else(|| {
        format!(
            "in `{}` there is no configuration, no log and no capture",
            path.display()
        )
    })
}
