//! What the variables of a script hold.

use rustc_hash::FxHashMap;

use super::{MAX_ENTRIES, MAX_TEXT};
use crate::diag::Span;
use crate::peer::server::Spanned;

/// Names and what they stand for.
pub(super) type Entries<T> = Vec<(Spanned<String>, T)>;

/// A value, as far as the script tells it.
#[derive(Clone, Debug)]
pub(in crate::read::powershell) enum Value {
    /// Several values.
    List(Span),
    /// Names and values: `@{…}`.
    Table(Entries<Self>),
    /// This text.
    Text(Spanned<String>),
    /// Only a run of the script would tell: a variable with its sign, a bare word that is a command,
    /// or nothing that has a name.
    Unknown(Spanned<String>),
}

impl Value {
    /// Where it stands.
    pub(in crate::read::powershell) fn span(&self) -> Span {
        match self {
            Self::List(span) => span.clone(),
            Self::Table(entries) => entries
                .first()
                .map_or_else(|| Span::new(0, 0..0), |(key, _)| key.span.clone()),
            Self::Text(text) | Self::Unknown(text) => text.span.clone(),
        }
    }
}

/// What the variables of a script hold, by their names in lower case.
#[derive(Clone, Debug, Default)]
pub(in crate::read) struct Variables {
    values: FxHashMap<String, Value>,
    /// What the variables held that the functions around have changed, the latest last.
    changed: Vec<(String, Option<Value>)>,
    /// How many functions are around.
    depth: usize,
}

/// A name without the scope before it, and whether that is the scope of the script.
fn without_scope(name: &str) -> (&str, bool) {
    match name.split_once(':') {
        Some(("script" | "global", name)) => (name, true),
        Some(("local" | "private", name)) => (name, false),
        _ => (name, false),
    }
}

impl Variables {
    /// The value of a variable, or of an entry of the table that it holds: `a.b`.
    pub(super) fn get(&self, name: &str) -> Option<&Value> {
        let (name, _) = without_scope(name);
        let mut parts = name.split('.');
        let mut value = self.values.get(parts.next()?)?;
        for key in parts {
            let Value::Table(entries) = value else {
                return None;
            };
            let mut entries = entries.iter().rev();
            value = &entries
                .find(|(it, _)| it.value.eq_ignore_ascii_case(key))?
                .1;
        }
        Some(value)
    }

    /// Gives a variable a value.
    pub(super) fn set(&mut self, name: &str, value: Value) {
        let (name, is_of_script) = without_scope(name);
        let before = self.values.insert(name.to_owned(), value);
        if self.depth > 0 && !is_of_script {
            self.changed.push((name.to_owned(), before));
        }
    }

    /// Gives an entry of a table a value. What goes into no table goes by.
    pub(super) fn set_entry(&mut self, table: &str, key: Spanned<String>, value: Value) {
        let (table, _) = without_scope(table);
        if let Some(Value::Table(entries)) = self.values.get_mut(table) {
            entries.retain(|(old, _)| !old.value.eq_ignore_ascii_case(&key.value));
            if entries.len() < MAX_ENTRIES && !matches!(value, Value::Table(_)) {
                entries.push((key, value));
            }
        }
    }

    /// Adds the entries of a table to that of a variable; `false` if it holds none.
    pub(super) fn extend(&mut self, name: &str, more: Entries<Value>) -> bool {
        if !matches!(self.get(name), Some(Value::Table(_))) {
            return false;
        }
        for (key, value) in more {
            self.set_entry(name, key, value);
        }
        true
    }

    /// Begins a function, whose variables are its own; returns what ends it.
    pub(super) const fn enter(&mut self) -> usize {
        self.depth += 1;
        self.changed.len()
    }

    /// Ends a function.
    pub(super) fn leave(&mut self, begun: usize) {
        self.depth = self.depth.saturating_sub(1);
        while self.changed.len() > begun
            && let Some((name, before)) = self.changed.pop()
        {
            match before {
                Some(value) => self.values.insert(name, value),
                None => self.values.remove(&name),
            };
        }
    }

    /// The text with the values of those variables put in that are known: `$name`, `${name}`.
    pub(in crate::read) fn put_into(&self, text: &str) -> String {
        let mut out = String::with_capacity(text.len());
        let mut rest = text;
        while let Some((before, after)) = rest.split_once('$') {
            out.push_str(before);
            let (name, behind) = match braced(after) {
                Some(braced) => braced,
                None => {
                    let inner = |c: char| c.is_alphanumeric() || c == '_' || c == ':';
                    let end = after.find(|c| !inner(c)).unwrap_or(after.len());
                    after.split_at(end)
                }
            };
            match self.get(&name.to_lowercase()) {
                Some(Value::Text(value)) if out.len() <= MAX_TEXT => {
                    out.push_str(&value.value);
                    rest = behind;
                }
                _ => {
                    out.push('$');
                    rest = after;
                }
            }
        }
        out.push_str(rest);
        out
    }
}

/// The name in `{…}` or alone in `($…)`, and what stands behind it.
fn braced(text: &str) -> Option<(&str, &str)> {
    if let Some(inside) = text.strip_prefix('{') {
        return inside.split_once('}');
    }
    let (inside, behind) = text.strip_prefix("($")?.split_once(')')?;
    let plain = |c: char| c.is_alphanumeric() || "_:.".contains(c);
    inside.chars().all(plain).then_some((inside, behind))
}
