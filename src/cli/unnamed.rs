//! `ikecompat FILE`: what the file is decides which subcommand is meant.

use std::ffi::OsString;
use std::fs;
use std::path::Path;

use ikecompat::diag::{self, any_of, shell_word};
use ikecompat::write::report::summary;

use super::inputs;
use super::kind::{self, Kind, MOST_FILES};

/// What a file is, and the subcommand that answers it.
pub(super) struct Recognised {
    /// `a log`.
    what: String,
    /// The arguments that stand for the file.
    pub(super) arguments: Vec<OsString>,
}

impl Recognised {
    /// What is done, in one line.
    pub(super) fn sentence(&self) -> String {
        let words = self
            .arguments
            .iter()
            .map(|word| shell_word(&word.to_string_lossy()));
        let words: Vec<_> = words.collect();
        format!("this is {}; `ikecompat {}`", self.what, words.join(" "))
    }
}

/// What words mean the first of which is no subcommand. Fails with what is wrong with it.
pub(super) fn recognise(words: &[OsString]) -> Result<Recognised, String> {
    let Some((word, others)) = words.split_first() else {
        return Err("`ikecompat help` names the subcommands".to_owned());
    };
    if let Some(second) = others.first()
        && let Some(mut pair) = pair(word, second)
    {
        extend(&mut pair.arguments, &others[1..]);
        return Ok(pair);
    }
    let mut found = alone(word)?;
    extend(&mut found.arguments, others);
    Ok(found)
}

/// Puts the other words of the command line behind; clients that they name stand beside the client of the file.
fn extend(arguments: &mut Vec<OsString>, others: &[OsString]) {
    const CLIENTS: &str = "--clients";
    let place = arguments.iter().position(|word| word == CLIENTS);
    let Some(own) = place.and_then(|place| arguments.get_mut(place + 1)) else {
        arguments.extend(others.iter().cloned());
        return;
    };
    let mut more = Vec::new();
    let mut others = others.iter();
    while let Some(word) = others.next() {
        let joined = word.to_str().and_then(|it| it.strip_prefix("--clients="));
        let clients = match joined {
            Some(clients) => Some(OsString::from(clients)),
            None if word == CLIENTS => others.next().cloned(),
            None => None,
        };
        match clients {
            Some(clients) => {
                own.push(",");
                own.push(clients);
            }
            None => more.push(word.clone()),
        }
    }
    arguments.extend(more);
}

/// What two files mean one of which is of a server and the other is asked about with it.
fn pair(one: &OsString, other: &OsString) -> Option<Recognised> {
    let kind = |word: &OsString| {
        let path = Path::new(word);
        let is_file = fs::metadata(path).is_ok_and(|it| it.is_file());
        is_file
            .then(|| Kind::of_file(path).ok())
            .flatten()
            .flatten()
    };
    let (server, beside, kind) = match (kind(one)?, kind(other)?) {
        (Kind::Server(_), kind) => (one, other, kind),
        (kind, Kind::Server(_)) => (other, one, kind),
        _ => return None,
    };
    let (server, beside) = (server.clone(), beside.clone());
    let (what, arguments) = match kind {
        Kind::Client(_) => {
            let client = kind.arguments(Path::new(&beside))?.pop()?;
            let words = ["check".into(), server, "--clients".into(), client];
            ("a configuration of a server and one of a client", words)
        }
        Kind::Log | Kind::Capture => {
            let words = ["diagnose".into(), beside, "--server".into(), server];
            ("a configuration of a server and what became of it", words)
        }
        Kind::Certificate => {
            let words = ["check".into(), server, "--server-cert".into(), beside];
            ("a configuration of a server and a certificate", words)
        }
        _ => return None,
    };
    Some(Recognised {
        what: what.to_owned(),
        arguments: arguments.to_vec(),
    })
}

/// What a word means that is no subcommand.
fn alone(word: &OsString) -> Result<Recognised, String> {
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
    file(path)
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

/// What a file is, and what answers it; or what else it is.
fn file(path: &Path) -> Result<Recognised, String> {
    let name = path.display();
    let kind = Kind::of_file(path)
        .map_err(|error| format!("cannot open `{name}`: {}", super::why(&error)))?;
    let Some(kind) = kind else {
        let reads = ["check", "diagnose", "certificate", "learn"];
        return Err(format!(
            "`{name}` shows by nothing that it is a configuration, a log, a capture or a certificate; name \
             the subcommand: {}",
            any_of(reads)
        ));
    };
    let what = kind.what();
    match (kind.arguments(path), kind) {
        (Some(arguments), _) => Ok(Recognised {
            what: what.into_owned(),
            arguments,
        }),
        (None, Kind::Foreign(_, help) | Kind::Other(_, help)) => {
            Err(format!("`{name}` is {what}: {help}"))
        }
        (None, _) => Err(format!("there is nothing in `{name}`")),
    }
}

/// What a folder is, and what answers all of it.
fn whole(what: &str, command: &str, path: &Path) -> Recognised {
    Recognised {
        what: what.to_owned(),
        arguments: vec![command.into(), path.as_os_str().to_owned()],
    }
}

/// What a folder holds: configurations before logs.
fn folder(path: &Path) -> Result<Recognised, String> {
    let files = inputs::expand(&[path.to_owned()]).map_err(|error| format!("{error:#}"))?;
    let (mut has_log, mut has_profile) = (false, false);
    let mut others = Vec::new();
    for input in files.iter().take(MOST_FILES) {
        // A key or a device in it is no reason to stop.
        let is_file = fs::metadata(&input.path).is_ok_and(|it| it.is_file());
        let kind = is_file.then(|| Kind::of_file(&input.path).ok()).flatten();
        match kind.flatten() {
            Some(Kind::Server(_)) => {
                return Ok(whole("a folder of configurations", "check", path));
            }
            Some(Kind::Log | Kind::Capture) => has_log = true,
            Some(Kind::Profile) => has_profile = true,
            kind => others.push(kind::passed_over(&input.path, kind)),
        }
    }
    if has_log {
        return Ok(whole("a folder of logs or captures", "diagnose", path));
    }
    if has_profile {
        let mut found = whole("a folder of client profiles", "lint", path);
        found.arguments.insert(0, "clients".into());
        return Ok(found);
    }
    let name = path.display();
    let lines = summary::passed_over(&others, false);
    let lines: String = lines.iter().map(|line| format!("\n{line}")).collect();
    let next = match others.is_empty() {
        true => "; it has no files that are not hidden".to_owned(),
        false => format!(":{lines}\nnext: {}", summary::instead(&others)),
    };
    Err(format!(
        "in `{name}` there is no configuration of a server, no log and no capture{next}"
    ))
}
