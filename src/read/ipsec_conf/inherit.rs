//! What a connection inherits: `also`, and `conn %default`.

use std::collections::HashSet;

use indexmap::{IndexMap, IndexSet};
use rustc_hash::FxBuildHasher;

use super::file::{Conn, File, Grammar};
use crate::diag::{Diagnostic, Span, quoted};
use crate::read::settings::{Setting, Value};
use crate::read::{ReadCode, loading};

/// The section that all others inherit from.
pub(in crate::read) const DEFAULT: &str = "%default";

/// A connection with everything that holds for it.
#[derive(Clone, Debug)]
pub(in crate::read) struct Whole<'f> {
    pub(in crate::read) name: &'f str,
    pub(in crate::read) conn: &'f Conn,
    pub(in crate::read) settings: IndexMap<&'f str, &'f Setting>,
}

impl<'f> Whole<'f> {
    /// The value of `key`, if it has one.
    pub(in crate::read) fn value(&self, key: &str) -> Option<&'f Value> {
        self.settings.get(key)?.value.as_ref()
    }

    /// Where its name stands.
    pub(in crate::read) fn place(&self) -> Option<&'f Span> {
        self.conn.places.first()
    }
}

/// Sections by their numbers in the file, each once. Every connection looks up all that it inherits
/// from, so this is where a file with long chains spends its time.
type Numbers = IndexSet<usize, FxBuildHasher>;

/// Sections that a connection inherits from, most important first, without itself; or what is
/// wrong with them.
fn parents<'f>(
    file: &'f File,
    name: &'f str,
    conn: &'f Conn,
    grammar: Grammar,
    wrong: &mut Vec<Diagnostic>,
) -> Vec<&'f Conn> {
    let mut order = Vec::new();
    let mut stack: Numbers = file.conns.get_index_of(name).into_iter().collect();
    visit(file, conn, grammar, &mut stack, &mut order, wrong);
    // Of sections that come up twice the last place counts.
    let kept: Numbers = order.into_iter().rev().collect();
    let mut parents: Vec<_> = kept
        .iter()
        .rev()
        .filter_map(|number| file.conns.get_index(*number))
        .map(|(_, conn)| conn)
        .collect();
    parents.extend(file.conns.get(DEFAULT));
    parents
}

/// Sections that are followed for one connection at most, and one from within the other.
const MOST: usize = 1000;
const MAX_DEPTH: usize = 100;

/// Sections and settings that are inherited in one file at most, counted for each connection.
const MOST_OF_FILE: usize = 1 << 20;

fn visit(
    file: &File,
    conn: &Conn,
    grammar: Grammar,
    stack: &mut Numbers,
    order: &mut Vec<usize>,
    wrong: &mut Vec<Diagnostic>,
) {
    // strongSwan lets the last `also` win, libreswan the first.
    let mut also: Vec<_> = conn.also.iter().collect();
    if grammar == Grammar::Starter {
        also.reverse();
    }
    for value in also {
        let names = value
            .split(' ')
            .filter(|name| !name.is_empty() && *name != DEFAULT);
        for name in names {
            let Some((number, name, parent)) = file.conns.get_full(name) else {
                let message = "there is no `conn` section of this name";
                let place = value.span();
                let diagnostic = Diagnostic::error(ReadCode::DanglingReference, place, message);
                loading::remark(wrong, diagnostic);
                continue;
            };
            if stack.contains(&number) {
                if grammar == Grammar::Starter && !loading::is_enough(wrong) {
                    let message = format!("{} inherits from itself", quoted(name));
                    wrong.push(Diagnostic::error(
                        ReadCode::DanglingReference,
                        value.span(),
                        message,
                    ));
                }
                continue;
            }
            let all = file.inherited.get() + 1;
            file.inherited.set(all);
            if order.len() >= MOST || stack.len() > MAX_DEPTH || all > MOST_OF_FILE {
                refuse(Some(value.span()), wrong);
                return;
            }
            order.push(number);
            stack.insert(number);
            visit(file, parent, grammar, stack, order, wrong);
            stack.pop();
        }
    }
}

/// Says once that too much is inherited.
fn refuse(place: Option<&Span>, wrong: &mut Vec<Diagnostic>) {
    let code = <&str>::from(ReadCode::InheritanceTooLong);
    let Some(place) = place.filter(|_| wrong.iter().all(|it| it.code != code)) else {
        return;
    };
    let message = format!(
        "more than {MOST} sections, or {MAX_DEPTH} one from within the other, are inherited"
    );
    wrong.push(
        Diagnostic::error(code, place, message).help("write what is inherited into fewer sections"),
    );
}

/// Puts a connection together. What is wrong with its `also` goes to `wrong`.
pub(in crate::read) fn whole<'f>(
    file: &'f File,
    name: &'f str,
    conn: &'f Conn,
    grammar: Grammar,
    wrong: &mut Vec<Diagnostic>,
) -> Whole<'f> {
    let mut settings: IndexMap<&str, &Setting> = IndexMap::new();
    let default = file.conns.get(DEFAULT);
    let own = std::iter::once(conn);
    for section in own.chain(parents(file, name, conn, grammar, wrong)) {
        // `auto` of a section says whether that section is loaded.
        let inherited = !std::ptr::eq(section, conn);
        let is_default = default.is_some_and(|it| std::ptr::eq(it, section));
        let says_auto = !inherited || is_default || grammar != Grammar::Libreswan;
        if inherited {
            let all = file.inherited.get() + section.settings.len();
            file.inherited.set(all);
            if all > MOST_OF_FILE {
                refuse(conn.places.first(), wrong);
                break;
            }
        }
        for (key, setting) in &section.settings {
            if key == "auto" && !says_auto {
                continue;
            }
            settings.entry(key).or_insert(setting);
        }
    }
    Whole {
        name,
        conn,
        settings,
    }
}

/// The sections that others inherit from.
pub(in crate::read) fn templates(file: &File) -> HashSet<&str> {
    let also = file.conns.values().flat_map(|conn| &conn.also);
    also.flat_map(|value| value.split(' ')).collect()
}
