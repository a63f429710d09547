//! swanctl.conf, the configuration of strongSwan.
//!
//! Read as swanctl and charon read it: what they refuse is refused here with their own words, and a
//! connection that they discard is in the answer, marked as not loaded. Nothing is looked up that
//! the files name, such as certificates.

pub(super) mod connection;
mod keys;
mod list;

use super::settings::{self, Parsed, Section, View};
use super::{Around, Code, Reading};
use crate::diag::{Diagnostic, Place, Severity, Sources, Span, nearest, quoted};
use crate::dialect::swan::{self, Generation};
use crate::peer::server::{Nat, Product};
use crate::peer::{Engine, Server, Version};

/// The sections that swanctl looks into.
const SECTIONS: [&str; 4] = ["connections", "secrets", "pools", "authorities"];

/// Sections of strongswan.conf, the settings of the daemon itself.
const OF_THE_DAEMON: [&str; 7] = [
    "charon",
    "charon-systemd",
    "charon-nm",
    "libstrongswan",
    "swanctl",
    "starter",
    "pki",
];

/// Reads the text numbered `file`, with the files that it includes.
///
/// Fails on a text that swanctl cannot read, and on one of which no connection is loaded.
pub fn read(
    sources: &mut Sources,
    file: usize,
    around: &Around<'_>,
) -> Result<Reading<Server>, Vec<Diagnostic>> {
    let Parsed {
        root,
        mut remarks,
        includes,
    } = settings::parse(sources, file, around)?;
    let budget = settings::budget();
    let view = View::of(&root, &budget);
    if remarks.iter().any(|d| d.severity == Severity::Error) {
        return Err(remarks);
    }
    if sources.had_byte_order_mark(file) {
        let message = "the file begins with a byte order mark";
        remarks.push(
            Diagnostic::warning(Code::ByteOrderMark, Place::File(file), message)
                .note("strongSwan takes it for a part of the first name, and loads no connection")
                .help("save the file as UTF-8 without byte order mark"),
        );
    }
    misspelt_sections(&root, &mut remarks);
    let mut reader = Reader {
        around,
        engine: engine(around, &view, &mut remarks),
        remarks,
        unanswerable: false,
        assumed: [false; 2],
    };
    let connections = view.section("connections");
    let connections = connections.map_or_else(Vec::new, |all| all.sections());
    if connections.is_empty() {
        let missing = no_connections(file, &root, includes);
        reader.remarks.push(missing);
        return Err(reader.remarks);
    }
    let connections: Vec<_> = connections
        .into_iter()
        .map(|(name, view)| reader.connection(name, &view))
        .collect();
    let Reader {
        engine,
        mut remarks,
        unanswerable,
        ..
    } = reader;
    crate::diag::sort(&mut remarks);
    let nothing_loads = connections.iter().all(|one| one.not_loaded.is_some());
    if unanswerable || nothing_loads {
        return Err(remarks);
    }
    // There is an answer, so what costs single connections is not an error of the whole.
    for remark in &mut remarks {
        remark.severity = remark.severity.min(Severity::Warning);
    }
    let serving = connections.iter().find(|c| c.serves_clients());
    let id = serving.and_then(|connection| connection.local.id.as_ref());
    let value = Server {
        file: sources.name(file).to_owned(),
        product: Some(Product::Strongswan),
        engine,
        prefers_own: true,
        address: None,
        remote_id: id.map(|id| id.value.clone()),
        connection_name: None,
        nat: Nat::Unknown,
        connections,
        clients: Vec::new(),
    };
    Ok(Reading { value, remarks })
}

/// What reading takes, besides the text.
struct Reader<'r> {
    around: &'r Around<'r>,
    engine: Engine,
    remarks: Vec<Diagnostic>,
    /// Whether something is missing without which no answer is right.
    unanswerable: bool,
    /// Whether it was said already that the lists of IKE and of ESP are assumed.
    assumed: [bool; 2],
}

/// The version of strongSwan that the file is for: the one the user named, else the one whose
/// behaviour was measured, unless the file has words that only a later one knows.
fn engine(around: &Around<'_>, view: &View<'_>, remarks: &mut Vec<Diagnostic>) -> Engine {
    if let Some(engine) = around.engine {
        return engine;
    }
    let measured = Engine::STRONGSWAN_5_9_8;
    let Some((word, place)) = later_word(view) else {
        return measured;
    };
    let engine = Engine {
        version: Version::new(6, 0, 0),
        ..measured
    };
    let message = format!(
        "{} is a word of strongSwan 6, so version {} is assumed",
        quoted(&word),
        engine.version
    );
    remarks.push(Diagnostic::new(
        Severity::Note,
        Code::VersionAssumed,
        &place,
        message,
    ));
    engine
}

/// The first word that strongSwan 5 does not know and 6 does.
fn later_word(view: &View<'_>) -> Option<(String, Span)> {
    let of_proposals = |section: &View<'_>| {
        let lists = ["proposals", "esp_proposals", "ah_proposals"];
        for key in lists {
            let Some(value) = section.setting(key).and_then(|s| s.value.as_ref()) else {
                continue;
            };
            let text: &str = value;
            let words = text.split([',', '-']).map(str::trim);
            let later = words
                .filter(|word| !word.is_empty())
                .find(|word| swan::keyword(word).is_some() && !Generation::Five.knows(word));
            if let Some(word) = later {
                let start = word.as_ptr().addr() - text.as_ptr().addr();
                return Some((word.to_owned(), value.part(start..start + word.len())));
            }
        }
        let mut settings = section.settings().into_iter();
        let (key, setting) = settings.find(|(key, _)| keys::SINCE_6.contains(key))?;
        Some((key.to_owned(), setting.key.clone()))
    };
    for (_, connection) in view.section("connections")?.sections() {
        let children = connection.section("children");
        let children = children.map_or_else(Vec::new, |children| children.sections());
        let sections = std::iter::once(&connection).chain(children.iter().map(|(_, view)| view));
        if let Some(found) = sections.into_iter().find_map(of_proposals) {
            return Some(found);
        }
    }
    None
}

/// Sections that swanctl passes over and that look like those it looks for.
fn misspelt_sections(root: &Section, remarks: &mut Vec<Diagnostic>) {
    for (name, section) in &root.sections {
        let near = nearest(name, SECTIONS).filter(|near| *near != name);
        let (Some(near), Some(place)) = (near, section.places.first()) else {
            continue;
        };
        if root.sections.contains_key(near) || SECTIONS.contains(&name.as_str()) {
            continue;
        }
        let message = format!("{} is not a section that swanctl looks into", quoted(name));
        remarks.push(
            Diagnostic::warning(Code::UnknownOption, place, message)
                .help(format!("did you mean `{near}`?")),
        );
    }
}

fn no_connections(file: usize, root: &Section, includes: bool) -> Diagnostic {
    let has = |name: &str| root.sections.contains_key(name);
    let message = "no connection is configured";
    let diagnostic = Diagnostic::error(Code::NoConnection, Place::File(file), message);
    if OF_THE_DAEMON.iter().any(|name| has(name)) && !has("connections") {
        return diagnostic
            .note("this looks like strongswan.conf, the settings of the daemon itself")
            .help("name the swanctl.conf, usually `/etc/swanctl/swanctl.conf`");
    }
    if includes {
        return diagnostic
            .note("neither the file nor what it includes has a section `connections` with content")
            .help("name the file that holds the connections");
    }
    if has("secrets") {
        return diagnostic
            .note("the file holds secrets, and swanctl says \"no connections found\"")
            .help("name the file that holds the section `connections`");
    }
    diagnostic
        .note("swanctl says \"no connections found\"")
        .help("add a section `connections { … }`, or force another format with `--from`")
}
