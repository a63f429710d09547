//! NixOS: `services.strongswan-swanctl.swanctl`, whose attributes are the settings of `swanctl.conf`.
//!
//! Nothing is evaluated. Attribute sets, strings, lists, numbers and switches that stand there as themselves are read;
//! a value that is computed is unknown, and said. The module of NixOS joins lists by commas and writes `yes` and `no`.

mod expression;

use self::expression::{Expression, bindings};
use super::settings::{Section, Value};
use super::{ReadCode, ReadContext, Reading, loading, swanctl};
use crate::diag::{Diagnostic, Place, Sources, Span};
use crate::peer::Server;
use crate::peer::setting::Generator;

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
    let mut writer = Writer {
        root: Section::default(),
        shown: Vec::new(),
        diagnostics: Vec::new(),
    };
    for (path, expression) in bindings(file, &text, MODULE) {
        let mut words = path.iter().map(|word| word.0.as_str());
        match (words.next(), words.next()) {
            (Some("swanctl"), _) => {
                writer.binding(path.get(1..).unwrap_or_default(), &expression, 0);
            }
            (None, _) => {
                let inner = expression.set();
                for (path, expression) in
                    inner.filter(|it| it.0.first().is_some_and(|it| it.0 == "swanctl"))
                {
                    writer.binding(path.get(1..).unwrap_or_default(), expression, 0);
                }
            }
            _ => {}
        }
    }
    let Writer {
        root,
        shown,
        diagnostics,
    } = writer;
    for span in shown {
        sources.show(&span);
    }
    let mut read = swanctl::of_sections(sources.name(file), &root, diagnostics, context, || {
        let message = "the file has no connection of `services.strongswan-swanctl.swanctl`";
        Diagnostic::error(ReadCode::NoConnection, Place::File(file), message).help(
            "`/etc/swanctl/swanctl.conf` of the machine has what NixOS makes of all its modules",
        )
    })?;
    read.value.definitions.generator = Some(Generator::Nixos);
    Ok(read)
}

/// Sections inside of each other; real ones have five.
const MOST_LEVELS: usize = 32;

struct Writer {
    root: Section,
    shown: Vec<Span>,
    diagnostics: Vec<Diagnostic>,
}

impl Writer {
    /// Takes one binding at the root.
    fn binding(&mut self, path: &[(String, Span)], expression: &Expression, level: usize) {
        let mut root = std::mem::take(&mut self.root);
        self.put_into(&mut root, path, expression, level);
        self.root = root;
    }

    fn put_into(
        &mut self,
        section: &mut Section,
        path: &[(String, Span)],
        expression: &Expression,
        level: usize,
    ) {
        if level > MOST_LEVELS {
            return;
        }
        let Some(((name, place), rest)) = path.split_first() else {
            for (path, inner) in expression.set() {
                self.put_into(section, path, inner, level + 1);
            }
            return;
        };
        if level == 0 && name == "secrets" {
            section.open(name, place);
            return;
        }
        let is_set = matches!(expression, Expression::Set(_));
        if !rest.is_empty() || is_set {
            self.shown.push(place.clone());
            if ["local", "remote"].contains(&name.as_str()) {
                self.sides(section, name, place, rest, expression, level);
                return;
            }
            let inner = section.open(name, place);
            self.put_into(inner, rest, expression, level + 1);
            return;
        }
        let known = (swanctl::keys::VOCABULARY.is_key)(name);
        if known {
            self.shown.push(place.clone());
        }
        let Some(value) = self.value(name, expression) else {
            return;
        };
        section.set(name, place, value);
    }

    /// The module gives the sections of a side the side's name before their own: `local.main` is `local-main`.
    fn sides(
        &mut self,
        section: &mut Section,
        side: &str,
        place: &Span,
        path: &[(String, Span)],
        expression: &Expression,
        level: usize,
    ) {
        let mut put = |path: &[(String, Span)], expression: &Expression| {
            let Some(((name, at), rest)) = path.split_first() else {
                return;
            };
            let is_set = matches!(expression, Expression::Set(_));
            let inner = match rest.is_empty() && !is_set {
                // A setting of the side itself.
                true => section.open(side, place),
                false => section.open(&format!("{side}-{name}"), at),
            };
            let rest = if rest.is_empty() && !is_set {
                path
            } else {
                rest
            };
            self.shown.push(at.clone());
            self.put_into(inner, rest, expression, level + 1);
        };
        put(path, expression);
        if path.is_empty() {
            for (path, inner) in expression.set() {
                put(path, inner);
            }
        }
    }

    /// What the module writes for a value; `null` is nothing.
    fn value(&mut self, key: &str, expression: &Expression) -> Option<Value> {
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
                    "null" => return None,
                    number if number.bytes().all(|it| it.is_ascii_digit()) => number,
                    _ => return self.computed(place),
                };
                let mut value = Value::begin(place.file, place.start);
                value.push_meaning(text, place);
                value
            }
            Expression::Computed(place) => return self.computed(place),
            Expression::Set(_) => return None,
        };
        if (swanctl::keys::VOCABULARY.is_harmless)(key, &written) {
            self.shown.push(written.span().clone());
        }
        Some(written)
    }

    fn computed(&mut self, place: &Span) -> Option<Value> {
        let message = "the value is computed when the system is built, so it is not known here";
        loading::remark(
            &mut self.diagnostics,
            Diagnostic::warning(ReadCode::UnresolvedValue, place, message)
                .help("`/etc/swanctl/swanctl.conf` of the machine has the value"),
        );
        None
    }
}
