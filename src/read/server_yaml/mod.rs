//! `server.yaml`: a server written down by hand, in the words of its owner.
//!
//! A small format of this program's own. Keys are those of `examples/server.yaml`, which explains
//! each. Proposals come in two spellings that may be mixed: structured entries in the words of
//! pfSense's pages, and strongSwan's keyword strings.

mod entry;
mod phase;
mod schema;
mod situation;
mod words;

use self::phase::Phase;
pub use self::schema::schema;
use self::situation::{Lifetimes, Situation};
use super::{ReadCode, ReadContext, Reading};
use crate::diag::{Diagnostic, Place, Severity, Sources, nearest, quoted};
use crate::ike::Protocol;
use crate::peer::server::Rekey;
use crate::peer::{Child, Connection, EngineName, Entry, Server};
use crate::yaml::{self, FieldReader, Fields, Kind, Node};

/// The keys of the file.
const KEYS: &[&str] = &[
    "product",
    "engine",
    "prefer_configured_proposals",
    "address",
    "remote_id",
    "connection_name",
    "nat",
    "rekey",
    "lifetime",
    "pfs",
    "clients",
    "phase1",
    "phase2",
    "connections",
];

/// Other words for the keys of the file.
const SYNONYMS: &[(&str, &str)] = &[
    ("host", "address"),
    ("hostname", "address"),
    ("server", "address"),
    ("server_address", "address"),
    ("connection", "connection_name"),
    ("name", "connection_name"),
    ("id", "remote_id"),
    ("server_id", "remote_id"),
    ("ike", "phase1"),
    ("ike_proposals", "phase1"),
    ("p1", "phase1"),
    ("proposals", "phase1"),
    ("child", "phase2"),
    ("children", "phase2"),
    ("esp", "phase2"),
    ("esp_proposals", "phase2"),
    ("p2", "phase2"),
    ("version", "engine"),
    ("life_time", "lifetime"),
    ("rekey_time", "rekey"),
];

/// The keys of an entry of `connections`.
const CONNECTION_KEYS: &[&str] = &["name", "rekey", "lifetime", "pfs", "phase1", "phase2"];

/// Whether a text has a key of the file where one stands, perhaps with a slip.
pub(crate) fn is_like(text: &str) -> bool {
    let known = || {
        KEYS.iter()
            .chain(SYNONYMS.iter().map(|(other, _)| other))
            .copied()
    };
    text.lines().any(|line| {
        let line = line.trim_start_matches(['{', '"', '\'', '\u{feff}']);
        let key = line
            .split_once(':')
            .map(|(key, _)| key.trim_end_matches(['"', '\'']));
        key.is_some_and(|key| known().any(|it| it == key) || nearest(key, known()).is_some())
    })
}

/// What a connection does when keys are to be renewed, unless it says something else.
#[derive(Clone)]
struct Times {
    rekey: Rekey,
    lifetimes: Lifetimes,
    pfs: Option<bool>,
}

/// Name of the one connection of a file that does not name it.
const UNNAMED: &str = "server";

/// Reads the text numbered `file`.
///
/// Fails with everything that is wrong with the text, and with the warnings and notes about it.
pub(crate) fn read(
    sources: &mut Sources,
    file: usize,
    context: &ReadContext<'_>,
) -> Result<Reading<Server>, Vec<Diagnostic>> {
    let text = sources.text(file);
    let root = yaml::parse(&text, file)?;
    let name = sources.name(file).to_owned();
    let mut reader = FieldReader::new(sources);
    let server = server(&mut reader, &root, name, context);
    let errors = reader.errors();
    let diagnostics = reader.finish();
    match server {
        Some(value) if errors == 0 => Ok(Reading { value, diagnostics }),
        _ => Err(diagnostics),
    }
}

fn server(
    reader: &mut FieldReader<'_>,
    root: &Node<'_>,
    name: String,
    context: &ReadContext<'_>,
) -> Option<Server> {
    let file = Place::File(root.place.file);
    if root.kind == Kind::Null {
        reader.push(
            Diagnostic::error(
                ReadCode::EmptyFile,
                file,
                "the file says nothing about a server",
            )
            .help("add `phase1:` and `phase2:` with the server's proposals"),
        );
        return None;
    }
    if !matches!(root.kind, Kind::Map(_)) {
        // Most likely a file of another format, whose secrets nobody has hidden.
        let message = format!(
            "expected a mapping with the keys of server.yaml, found {}",
            root.noun()
        );
        reader.push(Diagnostic::error(
            yaml::YamlCode::WrongKind,
            Place::Position(root.place.clone()),
            message,
        ));
        return None;
    }
    let fields = reader.fields_and_synonyms(root, "server.yaml", KEYS, SYNONYMS)?;
    let mut situation = Situation::read(reader, &fields, context);
    situation.engine = context.engine.unwrap_or(situation.engine);
    let phase = |protocol| Phase {
        protocol,
        product: situation.product,
        engine: situation.engine,
        defaults: context.defaults,
    };
    let phases = [phase(Protocol::Ike), phase(Protocol::Esp)];
    let times = Times {
        rekey: situation::rekey(reader, &fields),
        lifetimes: situation::lifetimes(reader, &fields),
        pfs: situation::pfs(reader, &fields, situation.engine.name),
    };
    let connections = match fields.get("connections") {
        Some(list) => {
            refuse_phases_beside(reader, &fields);
            connections(reader, list, phases, times)
        }
        None => {
            let named = situation.connection_name.clone();
            let name = named.unwrap_or_else(|| UNNAMED.to_owned());
            vec![connection(reader, name, &fields, phases, times, &file)]
        }
    };
    Some(Server {
        file: name,
        product: situation.product,
        engine: situation.engine,
        prefers_own: situation.prefers_own,
        address: situation.address,
        remote_id: situation.remote_id,
        connection_name: situation.connection_name,
        nat: situation.nat,
        built_with: Vec::new(),
        connections,
        clients: situation.clients,
        definitions: Default::default(),
    })
}

fn connection(
    reader: &mut FieldReader<'_>,
    name: String,
    fields: &Fields<'_, '_>,
    [ike, esp]: [Phase<'_>; 2],
    times: Times,
    place: &Place,
) -> Connection {
    let entries = |reader: &mut FieldReader<'_>, phase: Phase<'_>| -> Vec<Entry> {
        let entries = phase.read(reader, fields.get(phase.key()), place.clone());
        if phase.engine.name == EngineName::Rras {
            phase::only_one_suite(reader, phase.protocol, &entries);
        }
        entries
    };
    let ike = entries(reader, ike);
    let unknown = fields.get(esp.key());
    let unknown = unknown.and_then(|node| phase::unknown(reader, node));
    let is_unknown = unknown.is_some();
    let listed = if is_unknown {
        Vec::new()
    } else {
        entries(reader, esp)
    };
    Connection {
        name,
        span: place.span().cloned(),
        ike,
        children: vec![Child {
            name: esp.key().to_owned(),
            span: unknown,
            esp: listed,
            is_unknown,
            pfs: times.pfs,
            lifetime: times.lifetimes.child,
            ..Child::default()
        }],
        rekey: times.rekey,
        lifetime: times.lifetimes.ike,
        ..Connection::default()
    }
}

fn connections(
    reader: &mut FieldReader<'_>,
    list: &Node<'_>,
    phases: [Phase<'_>; 2],
    times: Times,
) -> Vec<Connection> {
    let Some(items) = reader.list(list, "a list of connections") else {
        return Vec::new();
    };
    if items.is_empty() {
        reader.push(Diagnostic::error(
            ReadCode::EmptyList,
            &list.place,
            "`connections` has no entries",
        ));
    }
    let mut read: Vec<Connection> = Vec::new();
    for item in items {
        let Some(fields) = reader.fields(item, "a connection", CONNECTION_KEYS) else {
            continue;
        };
        let place = Place::Text(item.place.clone());
        let name = match fields.get("name") {
            Some(node) => {
                let word = reader.word(node, "the name of the connection");
                word.into_iter().for_each(|word| reader.show(word));
                word
            }
            None => {
                let message = "the connection has no `name`";
                reader.push(
                    Diagnostic::error(yaml::YamlCode::MissingKey, place.clone(), message)
                        .help("add `name:` with a name of your choice"),
                );
                None
            }
        };
        if let Some(name) = name
            && read.iter().any(|other| other.name == **name)
        {
            let message = format!("another connection is called {} too", quoted(name));
            reader.push(Diagnostic::error(
                ReadCode::Contradiction,
                &name.span,
                message,
            ));
        }
        let own = situation::rekey(reader, &fields);
        let lifetimes = situation::lifetimes(reader, &fields);
        let all = times.lifetimes.clone();
        let engine = phases[0].engine.name;
        let times = Times {
            rekey: Rekey {
                ike: own.ike.or(times.rekey.ike),
                child: own.child.or(times.rekey.child),
            },
            lifetimes: Lifetimes {
                ike: lifetimes.ike.or(all.ike),
                child: lifetimes.child.or(all.child),
            },
            pfs: situation::pfs(reader, &fields, engine).or(times.pfs),
        };
        let name = name.map(ToString::to_string).unwrap_or_default();
        read.push(connection(reader, name, &fields, phases, times, &place));
    }
    read
}

/// With `connections`, each of them has its own proposals.
fn refuse_phases_beside(reader: &mut FieldReader<'_>, fields: &Fields<'_, '_>) {
    for key in ["phase1", "phase2"] {
        let Some(entry) = fields.entry(key) else {
            continue;
        };
        let message = format!("`{key}` stands beside `connections`");
        let mut diagnostic = Diagnostic::new(
            Severity::Error,
            ReadCode::Contradiction,
            &entry.key.span,
            message,
        )
        .help("move it into the connection that it belongs to");
        if let Some(connections) = fields.entry("connections") {
            diagnostic = diagnostic.context(connections.key.span.clone(), "these have their own");
        }
        reader.push(diagnostic);
    }
}
