//! NixOS: `services.strongswan-swanctl.swanctl`, whose attributes are the settings of `swanctl.conf`.
//!
//! Nothing is evaluated. Attribute sets, strings, lists, numbers and switches that stand there as themselves are read;
//! a value that is computed is unknown, and said. The module of NixOS joins lists by commas and writes `yes` and `no`.

mod expression;
mod starter;

use self::expression::{Expression, bindings};
use super::settings::{Section, Value, WHOLE};
use super::unread::Unread;
use super::{ReadCode, ReadContext, Reading, loading, swanctl};
use crate::diag::{Diagnostic, Place, Sources, Span};
use crate::peer::Server;
use crate::peer::setting::Bearing;
use crate::peer::surface::ConfigSurface;

/// The attribute under which the module of NixOS has its options.
const MODULE: &str = "strongswan-swanctl";

/// Reads the text numbered `file`.
///
/// Fails if it has no connection, and if strongSwan loads none of them.
pub(crate) fn read(
    sources: &mut Sources,
    file: usize,
    context: &ReadContext<'_>,
) -> Result<Reading<Server>, Vec<Diagnostic>> {
    let text = sources.text(file);
    if !text.contains(MODULE) {
        return starter::read(sources, file, context);
    }
    let mut writer = Writer {
        root: Section::default(),
        shown: Vec::new(),
        diagnostics: Vec::new(),
        refused: None,
    };
    let bound = bindings(file, &text, MODULE, &mut writer.shown)?;
    let mut unread = Unread::default();
    for (path, expression) in bound {
        let mut words = path.iter().map(|word| word.0.as_str());
        match (words.next(), words.next()) {
            (Some("swanctl"), _) => {
                writer.binding(path.get(1..).unwrap_or_default(), &expression);
            }
            (None, _) => {
                if let Expression::Computed(place) = &expression {
                    writer.computed(place);
                }
                for (path, expression) in expression.set() {
                    match path.first() {
                        Some((name, _)) if name == "swanctl" => {
                            writer.binding(path.get(1..).unwrap_or_default(), expression);
                        }
                        _ => writer.option(path, expression, &mut unread),
                    }
                }
            }
            _ => writer.option(&path, &expression, &mut unread),
        }
    }
    let Writer {
        root,
        shown,
        diagnostics,
        refused,
    } = writer;
    for span in shown {
        sources.show(&span);
    }
    if let Some(refused) = refused {
        return Err(vec![refused]);
    }
    let mut read = swanctl::of_sections((sources, file), &root, diagnostics, context, || {
        let message = "the file has no connection of `services.strongswan-swanctl.swanctl`";
        Diagnostic::error(ReadCode::NoConnection, Place::File(file), message).help(
            "`/etc/swanctl/swanctl.conf` of the machine has what NixOS makes of all its modules",
        )
    })?;
    read.value.definitions.surface = Some(ConfigSurface::Nixos);
    unread.into(&mut read.value.definitions, &mut read.diagnostics);
    Ok(read)
}

/// Sections inside of each other; real ones have five.
const MOST_LEVELS: usize = 32;

/// Sections of swanctl.conf and of a connection.
const SECTIONS: &[&str] = &[
    "authorities",
    "children",
    "connections",
    "local",
    "pools",
    "remote",
];

/// What the names in a set are.
#[derive(Clone, Copy, Eq, PartialEq)]
enum Holds {
    /// Sections of swanctl.conf, such as `connections`.
    Sections,
    /// Names that somebody gave.
    Names,
    Settings,
}

/// Where in the sets something stands.
#[derive(Clone, Copy)]
struct Depth {
    level: usize,
    holds: Holds,
}

impl Depth {
    const fn below(self, holds: Holds) -> Self {
        Self {
            level: self.level + 1,
            holds,
        }
    }
}

/// What the module writes for a value.
enum Written {
    /// Nothing, for `null`.
    Nothing,
    Value(Value),
    /// What nobody knows before it is evaluated.
    Computed,
}

struct Writer {
    root: Section,
    shown: Vec<Span>,
    diagnostics: Vec<Diagnostic>,
    /// Why the file is not read to its end.
    refused: Option<Diagnostic>,
}

/// Options of the module beside the settings of swanctl.conf, and what depends on each.
const OPTIONS: &[(&str, Bearing)] = &[
    ("includes", Bearing::Security),
    ("package", Bearing::Operation),
    ("strongswan", Bearing::Operation),
];

impl Writer {
    /// Takes an option of the module that is no setting of swanctl.conf.
    fn option(&mut self, path: &[(String, Span)], expression: &Expression, unread: &mut Unread) {
        let Some((name, place)) = path.first() else {
            return;
        };
        match (name.as_str(), expression) {
            ("enable", Expression::Name(value, at)) if value == "false" => {
                let message = "`enable` is `false`, so nothing is started";
                self.refused = Some(Diagnostic::error(ReadCode::NoConnection, at, message));
            }
            ("enable", _) => {}
            // An empty list is the default.
            ("includes", Expression::Words(words, _)) if words.is_empty() => {}
            (name, _) => match OPTIONS.iter().find(|(known, _)| *known == name) {
                Some((known, bearing)) => {
                    self.shown.push(place.clone());
                    if *known == "includes" {
                        let message =
                            "what is included is not read, and may have other connections";
                        self.diagnostics.push(Diagnostic::warning(
                            ReadCode::NotIncluded,
                            place,
                            message,
                        ));
                        self.root
                            .open("connections", place)
                            .leave_open(WHOLE, place);
                    }
                    unread.known(known, place, *bearing);
                }
                None => {
                    let known = OPTIONS.iter().map(|it| it.0);
                    unread.unknown(name, place, known.chain(["enable", "swanctl"]));
                }
            },
        }
    }

    /// Takes one binding at the root.
    fn binding(&mut self, path: &[(String, Span)], expression: &Expression) {
        let depth = Depth {
            level: 0,
            holds: Holds::Sections,
        };
        let mut root = std::mem::take(&mut self.root);
        self.put_into(&mut root, path, expression, depth);
        self.root = root;
    }

    fn put_into(
        &mut self,
        section: &mut Section,
        path: &[(String, Span)],
        expression: &Expression,
        depth: Depth,
    ) {
        if depth.level > MOST_LEVELS {
            self.too_deep(path.first().map(|word| &word.1), expression);
            return;
        }
        let Some(((name, place), rest)) = path.split_first() else {
            if let Expression::Computed(at) | Expression::Name(_, at) = expression {
                section.leave_open(WHOLE, at);
                self.computed(at);
            }
            for (path, inner) in expression.set() {
                self.put_into(section, path, inner, depth.below(depth.holds));
            }
            return;
        };
        if depth.holds == Holds::Sections && name == "secrets" {
            section.open(name, place);
            return;
        }
        let is_set = matches!(expression, Expression::Set(_));
        if !rest.is_empty() || is_set {
            self.shown.push(place.clone());
            if ["local", "remote"].contains(&name.as_str()) {
                self.sides(section, name, place, rest, expression, depth);
                return;
            }
            let holds = match depth.holds {
                Holds::Sections => Holds::Names,
                _ if name == "children" => Holds::Names,
                _ => Holds::Settings,
            };
            let inner = section.open(name, place);
            self.put_into(inner, rest, expression, depth.below(holds));
            return;
        }
        let known = (swanctl::keys::VOCABULARY.is_key)(name);
        if known {
            self.shown.push(place.clone());
        }
        match self.value(name, expression) {
            Written::Nothing => {}
            Written::Value(value) => section.set(name, place, value),
            Written::Computed if swanctl::keys::is_key(name) => section.leave_open(name, place),
            // Only where names stand it is one, and may be shown.
            Written::Computed
                if depth.holds == Holds::Names || SECTIONS.contains(&name.as_str()) =>
            {
                self.shown.push(place.clone());
                section.open(name, place).leave_open(WHOLE, place);
            }
            Written::Computed => section.leave_open(WHOLE, place),
        }
    }

    fn too_deep(&mut self, name: Option<&Span>, expression: &Expression) {
        let inner = expression.set().filter_map(|(path, _)| path.first());
        let place = name.or_else(|| inner.map(|word| &word.1).next());
        if let (None, Some(place)) = (&self.refused, place) {
            let message = format!("more than {MOST_LEVELS} sets stand inside of each other");
            self.refused = Some(Diagnostic::error(ReadCode::TooLarge, place, message));
        }
    }

    /// The module gives the sections of a side the side's name before their own: `local.main` is `local-main`.
    fn sides(
        &mut self,
        section: &mut Section,
        side: &str,
        place: &Span,
        path: &[(String, Span)],
        expression: &Expression,
        depth: Depth,
    ) {
        let mut put = |path: &[(String, Span)], expression: &Expression| {
            let Some(((name, at), rest)) = path.split_first() else {
                return;
            };
            let is_set = matches!(expression, Expression::Set(_));
            let is_setting = rest.is_empty() && !is_set && swanctl::keys::is_key(name);
            let (inner, rest) = match is_setting {
                // A setting of the side itself.
                true => (section.open(side, place), path),
                false => (section.open(&format!("{side}-{name}"), at), rest),
            };
            self.shown.push(at.clone());
            self.put_into(inner, rest, expression, depth.below(Holds::Settings));
        };
        put(path, expression);
        if path.is_empty() {
            for (path, inner) in expression.set() {
                put(path, inner);
            }
        }
    }

    /// What the module writes for a value.
    fn value(&mut self, key: &str, expression: &Expression) -> Written {
        let written = match expression {
            Expression::Words(words, place) => {
                let mut value = Value::begin(place.file, place.start);
                for (count, (word, at)) in words.iter().enumerate() {
                    if count > 0 {
                        value.push_meaning(",", &Span::new(at.file, at.start..at.start));
                    }
                    match at.end - at.start == word.len() {
                        true => value.push(word, at.start),
                        false => value.push_meaning(word, at),
                    }
                    value.reach(at.end);
                }
                value
            }
            Expression::Name(word, place) => {
                let text = match word.as_str() {
                    "true" => "yes",
                    "false" => "no",
                    "null" => return Written::Nothing,
                    number if number.bytes().all(|it| it.is_ascii_digit()) => number,
                    _ => return self.computed(place),
                };
                let mut value = Value::begin(place.file, place.start);
                value.push_meaning(text, place);
                value
            }
            Expression::Computed(place) => return self.computed(place),
            Expression::Set(_) => return Written::Nothing,
        };
        if (swanctl::keys::VOCABULARY.is_harmless)(key, &written) {
            self.shown.push(written.span().clone());
        }
        Written::Value(written)
    }

    fn computed(&mut self, place: &Span) -> Written {
        let help = "`/etc/swanctl/swanctl.conf` of the machine has the value";
        loading::remark(&mut self.diagnostics, computed(place, help));
        Written::Computed
    }
}

/// What is said of a value that is computed.
const COMPUTED: &str = "the value is computed when the system is built, so it is not known here";

fn computed(place: &Span, help: &'static str) -> Diagnostic {
    Diagnostic::warning(ReadCode::UnresolvedValue, place, COMPUTED).help(help)
}
