//! swanctl.conf, the configuration of strongSwan.
//!
//! Read as swanctl and charon read it: what they refuse is refused here with their own words, and a
//! connection that they discard is in the answer, marked as not loaded. Nothing is looked up that
//! the files name, such as certificates.

pub(super) mod connection;
pub(super) mod keys;
mod list;
mod unread;
pub(super) mod values;

use super::loading::{Room, Work};
use super::settings::{self, Parsed, Section, View};
use super::{ReadCode, ReadContext, Reading, loading, swan_version};
use crate::diag::{Diagnostic, Place, Severity, Sources, nearest, quoted};
use crate::peer::server::Product;
use crate::peer::setting::{Bearing, Definitions, KeySet, Pool, Setting};
use crate::peer::surface::ConfigSurface;
use crate::peer::{Engine, Server};

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
pub(crate) fn read(
    sources: &mut Sources,
    file: usize,
    context: &ReadContext<'_>,
) -> Result<Reading<Server>, Vec<Diagnostic>> {
    let Parsed {
        root,
        mut diagnostics,
        includes,
    } = settings::parse(sources, file, &keys::VOCABULARY, context)?;
    if diagnostics.iter().any(|d| d.severity == Severity::Error) {
        return Err(diagnostics);
    }
    if sources.had_byte_order_mark(file) {
        let message = "the file begins with a byte order mark";
        diagnostics.push(
            Diagnostic::warning(ReadCode::ByteOrderMark, Place::File(file), message)
                .note("strongSwan takes it for a part of the first name, and loads no connection")
                .help("save the file as UTF-8 without byte order mark"),
        );
    }
    misspelt_sections(&root, &mut diagnostics);
    let nothing = || no_connections(file, &root, includes);
    of_sections((sources, file), &root, diagnostics, context, nothing)
}

/// The server of sections that are read, or that another product's tools write.
///
/// Fails with what is `nothing` if there is no connection, and on sections of which none is loaded.
pub(super) fn of_sections(
    (sources, file): (&Sources, usize),
    root: &Section,
    mut diagnostics: Vec<Diagnostic>,
    context: &ReadContext<'_>,
    nothing: impl FnOnce() -> Diagnostic,
) -> Result<Reading<Server>, Vec<Diagnostic>> {
    let files = file..sources.count();
    let work = Work::of_file(files.map(|file| sources.text(file).len()).sum());
    let view = View::of(root, &work);
    let mut reader = Reader {
        context,
        engine: engine(context, &view, &mut diagnostics),
        diagnostics,
        unanswerable: false,
        unknown: Vec::new(),
        is_unselected: false,
        room: Room::default(),
        assumed: [false; 2],
    };
    let all = view.section("connections");
    let named = all.as_ref().map_or_else(Vec::new, View::sections);
    if let Some(many) = loading::too_many_connections(file, named.len()) {
        return Err(vec![many]);
    }
    let unknown = all.as_ref().and_then(|all| all.own().unknown.first());
    if named.is_empty() {
        reader.diagnostics.push(nothing());
        return Err(reader.diagnostics);
    }
    let (mut connections, mut unselected) = (Vec::new(), Vec::new());
    for (name, view) in named {
        let connection = reader.connection(name, &view);
        let children = connection.children.iter();
        let proposals = children.map(|child| child.esp.len() + child.ah.len());
        let proposals = connection.ike.len() + proposals.sum::<usize>();
        if work.is_exhausted() {
            let place = connection.span.map_or(Place::File(file), Place::Text);
            return Err(vec![Work::exceeded(place)]);
        }
        if let (false, Some(place)) = (reader.room.takes(proposals), &connection.span) {
            return Err(vec![Room::exceeded(place)]);
        }
        unselected.push(std::mem::take(&mut reader.is_unselected));
        connections.push(connection);
    }
    // Only of several that may answer a client is it open which one does.
    let answering = connections.iter().filter(|it| it.serves_clients()).count();
    if answering + usize::from(unknown.is_some()) > 1 {
        for (connection, is_unselected) in connections.iter_mut().zip(unselected) {
            connection.ike_is_unknown |= is_unselected;
        }
    }
    if let Some((_, place)) = unknown {
        reader
            .unknown
            .push(connection::unread("connections", place));
        connections.push(connection::unknown("connections", place));
    }
    let Reader {
        engine,
        mut diagnostics,
        unanswerable,
        unknown,
        ..
    } = reader;
    if unanswerable {
        crate::diag::sort(&mut diagnostics);
        return Err(diagnostics);
    }
    let diagnostics = loading::settle(&connections, diagnostics)?;
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
        nat: None,
        built_with: Vec::new(),
        connections,
        clients: Vec::new(),
        definitions: Definitions {
            unknown,
            ..definitions(&view)
        },
    };
    let mut read = Reading { value, diagnostics };
    let unread = unread::look(&view);
    if work.is_exhausted() {
        return Err(vec![Work::exceeded(Place::File(file))]);
    }
    unread.into(&mut read.value.definitions, &mut read.diagnostics);
    Ok(read)
}

/// Pools, authorities, and whether there are secrets, of which nothing is kept.
fn definitions(view: &View<'_>) -> Definitions {
    let sections = |name: &str| view.section(name).map_or_else(Vec::new, |it| it.sections());
    let operation = |_: &str| Some(Bearing::Operation);
    let pools = sections("pools").into_iter().map(|(name, pool)| {
        let mut settings = connection::kept(&pool, operation);
        settings.retain(|setting| setting.key != "addrs");
        Pool {
            name: name.to_owned(),
            span: pool.own().places.first().cloned(),
            addresses: connection::words(&pool, "addrs"),
            settings,
        }
    });
    let security = |_: &str| Some(Bearing::Security);
    let authorities = sections("authorities").into_iter();
    let authorities = authorities.flat_map(|(name, authority)| {
        let settings = connection::kept(&authority, security).into_iter();
        settings.map(move |setting| Setting {
            key: format!("authorities.{name}.{}", setting.key),
            ..setting
        })
    });
    let secrets = view.section("secrets");
    Definitions {
        keys: Some(KeySet::Swanctl),
        surface: Some(ConfigSurface::Swanctl),
        pools: pools.collect(),
        settings: authorities.collect(),
        secrets: secrets.and_then(|it| it.own().places.first().cloned()),
        ..Definitions::default()
    }
}

/// What reading takes, besides the text.
struct Reader<'r> {
    context: &'r ReadContext<'r>,
    engine: Engine,
    diagnostics: Vec<Diagnostic>,
    /// Whether something is missing without which no answer is right.
    unanswerable: bool,
    /// Settings whose values the file does not say.
    unknown: Vec<Setting>,
    /// Whether it is not known of the last connection which clients it is for.
    is_unselected: bool,
    /// Whether it was said already that the lists of IKE and of ESP are assumed.
    assumed: [bool; 2],
    room: Room,
}

/// The version of strongSwan that the file is for, by the words of its lists and its keys.
fn engine(context: &ReadContext<'_>, view: &View<'_>, diagnostics: &mut Vec<Diagnostic>) -> Engine {
    let mut sections = Vec::new();
    let connections = view.section("connections");
    for (_, connection) in connections.map_or_else(Vec::new, |all| all.sections()) {
        let children = connection.section("children");
        let children = children.map_or_else(Vec::new, |all| all.sections());
        sections.push(connection);
        sections.extend(children.into_iter().map(|(_, child)| child));
    }
    let keys = ["proposals", "esp_proposals", "ah_proposals"];
    let lists = sections.iter().flat_map(|section| {
        let settings = keys.iter().filter_map(|key| section.setting(key));
        settings.filter_map(|setting| setting.value.as_ref())
    });
    let later = sections.iter().flat_map(View::settings);
    let later = later
        .filter(|(key, setting)| {
            let value = setting.value.as_ref();
            keys::SINCE_6.contains(key)
                || value.is_some_and(|value| keys::is_value_of_six(key, value))
        })
        .map(|(key, setting)| (key, setting.key.clone()));
    swan_version::engine(context, lists, later, diagnostics)
}

/// Sections that swanctl passes over and that look like those it looks for.
fn misspelt_sections(root: &Section, diagnostics: &mut Vec<Diagnostic>) {
    for (name, section) in &root.sections {
        let near = nearest(name, SECTIONS).filter(|near| *near != name);
        let (Some(near), Some(place)) = (near, section.places.first()) else {
            continue;
        };
        if root.sections.contains_key(near) || SECTIONS.contains(&name.as_str()) {
            continue;
        }
        let message = format!("{} is not a section that swanctl looks into", quoted(name));
        diagnostics.push(
            Diagnostic::warning(ReadCode::UnknownOption, place, message)
                .help(format!("did you mean `{near}`?")),
        );
    }
}

fn no_connections(file: usize, root: &Section, includes: bool) -> Diagnostic {
    let has = |name: &str| root.sections.contains_key(name);
    let message = "no connection is configured";
    let diagnostic = Diagnostic::error(ReadCode::NoConnection, Place::File(file), message);
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
