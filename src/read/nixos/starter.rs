//! NixOS: `services.strongswan`, whose attributes are the sections of `ipsec.conf`: `setup`, `connections` and `ca`.

use super::computed;
use super::expression::{Expression, bindings};
use crate::diag::{Diagnostic, Sources, Span};
use crate::peer::setting::Bearing;
use crate::peer::surface::ConfigSurface;
use crate::peer::{Connection, Server};
use crate::read::ipsec_conf;
use crate::read::ipsec_conf::file::{Conn, File, Grammar};
use crate::read::settings::{Setting, Value};
use crate::read::unread::Unread;
use crate::read::{ReadCode, ReadContext, Reading, loading};

/// The attribute under which the module has its options.
pub(super) const MODULE: &str = "strongswan";

const HELP: &str = "the `ipsec.conf` that the module makes has the value: `config_file` of the service's strongswan.conf names it";

/// Options that are no section, and what depends on each.
const OPTIONS: &[(&str, Bearing)] = &[
    ("enabledPlugins", Bearing::Operation),
    ("managePlugins", Bearing::Operation),
    ("package", Bearing::Operation),
];

/// Reads the text numbered `file`.
///
/// Fails if it has no connection, if it is not enabled, and if something in it is computed: starter loads nothing of a
/// file that it cannot read.
pub(super) fn read(
    sources: &mut Sources,
    file: usize,
    context: &ReadContext<'_>,
) -> Result<Reading<Server>, Vec<Diagnostic>> {
    let text = sources.text(file);
    let mut writer = Writer::default();
    let bound = bindings(file, &text, MODULE, &mut writer.shown)?;
    for (path, expression) in &bound {
        writer.option(path, expression);
    }
    let Writer {
        mut parsed,
        shown,
        unread,
        secrets,
        off,
        open,
        ..
    } = writer;
    for span in shown {
        sources.show(&span);
    }
    if let Some(off) = off {
        return Err(vec![off]);
    }
    // The module writes sections in the order of their names.
    parsed.conns.sort_keys();
    parsed.authorities.sort_keys();
    let inherits = parsed.conns.values().any(|conn| !conn.also.is_empty());
    let mut read = ipsec_conf::of_file((sources, file), parsed, context)?;
    read.value.definitions.surface = Some(ConfigSurface::Nixos);
    read.value.definitions.secrets = secrets;
    leave_open(&mut read.value.connections, &open, inherits);
    unread.into(&mut read.value.definitions, &mut read.diagnostics);
    Ok(read)
}

#[derive(Default)]
struct Writer {
    parsed: File,
    shown: Vec<Span>,
    unread: Unread,
    /// Where secrets are named.
    secrets: Option<Span>,
    /// Why nothing is started.
    off: Option<Diagnostic>,
    /// What is computed.
    open: Vec<Computed>,
    /// The section of a connection that is being read.
    section: Option<String>,
}

/// A value that is computed.
struct Computed {
    /// The section of a connection in which it stands; `None` where it may be in any.
    section: Option<String>,
    /// Its key; `None` where it may be any.
    key: Option<String>,
}

/// Keys that decide neither what a connection takes nor which one answers.
const INDIFFERENT: &[&str] = &[
    "leftca",
    "leftcert",
    "leftfirewall",
    "leftgroups",
    "leftsendcert",
    "leftsubnet",
    "leftupdown",
    "rightca",
    "rightcert",
    "rightdns",
    "rightfirewall",
    "rightsubnet",
    "rightupdown",
];

/// Keys that decide which of several connections answers.
const SELECTING: &[&str] = &["left", "leftid", "rightid"];

/// The section whose keys all the others have, too.
const DEFAULT: &str = "%default";

/// Marks the connections of which what is computed leaves open what they take.
fn leave_open(connections: &mut [Connection], open: &[Computed], inherits: bool) {
    let answering = connections.iter().filter(|it| it.serves_clients()).count();
    let key_is = |one: &Computed, keys: &[&str]| {
        let key = one.key.as_deref();
        key.is_some_and(|key| keys.contains(&key))
    };
    let decides = |one: &&Computed| match () {
        () if key_is(one, INDIFFERENT) => false,
        () if key_is(one, SELECTING) => answering > 1,
        () => true,
    };
    for one in open.iter().filter(decides) {
        let section = one.section.as_deref();
        let is_common = |name: &str| inherits || name == DEFAULT;
        for connection in connections.iter_mut() {
            connection.ike_is_unknown |=
                section.is_none_or(|name| name == connection.name || is_common(name));
        }
    }
}

impl Writer {
    /// Notes a value that is computed, and names its place.
    fn computed(&mut self, place: &Span, key: Option<&String>) {
        loading::remark(&mut self.parsed.diagnostics, computed(place, HELP));
        self.open.push(Computed {
            section: self.section.clone(),
            key: key.cloned(),
        });
    }

    /// Takes what stands behind a path of options.
    fn option(&mut self, path: &[(String, Span)], expression: &Expression) {
        let Some(((name, place), rest)) = path.split_first() else {
            if let Expression::Computed(at) = expression {
                self.computed(at, None);
            }
            for (path, expression) in expression.set() {
                self.option(path, expression);
            }
            return;
        };
        match (name.as_str(), expression) {
            ("enable", Expression::Name(value, at)) if value == "false" => {
                let message = "`enable` is `false`, so nothing is started";
                self.off = Some(Diagnostic::error(ReadCode::NoConnection, at, message));
            }
            ("enable", _) => {}
            ("secrets", _) => {
                self.secrets.get_or_insert_with(|| place.clone());
            }
            ("setup", _) => {
                self.shown.push(place.clone());
                let mut setup = std::mem::take(&mut self.parsed.setup);
                let before = self.open.len();
                self.settings(&mut setup, rest, expression);
                // What is set up for all decides about no connection.
                self.open.truncate(before);
                self.parsed.setup = setup;
            }
            ("connections" | "ca", _) => {
                self.shown.push(place.clone());
                self.sections(name == "ca", rest, expression);
            }
            (name, _) => match OPTIONS.iter().find(|(known, _)| *known == name) {
                Some((known, bearing)) => self.unread.known(known, place, *bearing),
                None => {
                    let known = OPTIONS.iter().map(|it| it.0);
                    let sections = ["ca", "connections", "enable", "secrets", "setup"];
                    self.unread.unknown(name, place, known.chain(sections));
                }
            },
        }
    }

    /// Takes sections, by their names.
    fn sections(&mut self, is_authority: bool, path: &[(String, Span)], expression: &Expression) {
        let Some(((name, place), rest)) = path.split_first() else {
            if let Expression::Computed(at) | Expression::Name(_, at) = expression {
                self.computed(at, None);
            }
            for (path, expression) in expression.set() {
                self.sections(is_authority, path, expression);
            }
            return;
        };
        self.shown.push(place.clone());
        let all = match is_authority {
            true => &mut self.parsed.authorities,
            false => &mut self.parsed.conns,
        };
        let mut conn = all.shift_remove(name).unwrap_or_default();
        conn.places.push(place.clone());
        let before = self.open.len();
        self.section = Some(name.clone());
        self.settings(&mut conn, rest, expression);
        self.section = None;
        if is_authority {
            // Certificates of authorities decide nothing that is compared.
            self.open.truncate(before);
        }
        let all = match is_authority {
            true => &mut self.parsed.authorities,
            false => &mut self.parsed.conns,
        };
        all.insert(name.clone(), conn);
    }

    /// Takes the settings of one section.
    fn settings(&mut self, conn: &mut Conn, path: &[(String, Span)], expression: &Expression) {
        let Some((key, place)) = path.first() else {
            if let Expression::Computed(at) | Expression::Name(_, at) = expression {
                self.computed(at, None);
            }
            for (path, expression) in expression.set() {
                self.settings(conn, path, expression);
            }
            return;
        };
        let Expression::Words(words, _) = expression else {
            if let Expression::Computed(at) | Expression::Name(_, at) = expression {
                self.computed(at, Some(key));
            }
            return;
        };
        let Some((text, at)) = words.first() else {
            return;
        };
        let grammar = Grammar::Starter;
        if grammar.is_slip_of_key(key) {
            self.shown.push(place.clone());
        }
        if grammar.is_harmless(key, text) {
            self.shown.push(at.clone());
        }
        let value = match at.end - at.start == text.len() {
            true => {
                let mut value = Value::begin(at.file, at.start);
                value.push(text, at.start);
                value.reach(at.end);
                value
            }
            false => Value::meaning(text, at),
        };
        if key == "also" {
            conn.also.push(value);
            return;
        }
        conn.settings.insert(
            key.clone(),
            Setting {
                key: place.clone(),
                value: Some(value),
                overridden: Vec::new(),
            },
        );
    }
}
