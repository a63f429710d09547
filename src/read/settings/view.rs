//! Sections with what they inherit.

use indexmap::IndexMap;

use super::{Reference, Section, Setting};
use crate::read::loading::Work;

/// References that are followed one from within the other.
const MAX_DEPTH: usize = 16;

/// A section and those from which it inherits, nearest first.
#[derive(Clone, Debug)]
pub(in crate::read) struct View<'s> {
    root: &'s Section,
    /// What is inherited counts for each that does.
    work: &'s Work,
    sections: Vec<&'s Section>,
    /// Whether all of it stands in a section from which another one inherits.
    is_inherited: bool,
}

impl<'s> View<'s> {
    /// The whole file.
    pub(in crate::read) fn of(root: &'s Section, work: &'s Work) -> Self {
        Self {
            root,
            work,
            sections: vec![root],
            is_inherited: false,
        }
    }

    /// The section itself, before those it inherits from.
    pub(in crate::read) fn own(&self) -> &'s Section {
        self.sections[0]
    }

    /// The section `name` in this one.
    pub(in crate::read) fn section(&self, name: &str) -> Option<Self> {
        let named = self.sections.iter().filter_map(|s| s.sections.get(name));
        let mut sections = Vec::new();
        for section in named {
            self.inherit(section, 0, &mut sections);
        }
        (!sections.is_empty()).then_some(Self {
            root: self.root,
            work: self.work,
            sections,
            is_inherited: self.is_inherited || !self.own().sections.contains_key(name),
        })
    }

    /// The sections in this one: its own first, then inherited ones.
    pub(in crate::read) fn sections(&self) -> Vec<(&'s str, Self)> {
        let mut names: IndexMap<&str, ()> = IndexMap::new();
        for section in &self.sections {
            if !self.takes(section, section.sections.len() * Work::CHILD) {
                break;
            }
            names.extend(section.sections.keys().map(|name| (name.as_str(), ())));
        }
        names
            .into_keys()
            .filter_map(|name| Some((name, self.section(name)?)))
            .collect()
    }

    /// The settings in this section that have a value: its own first, then inherited ones.
    pub(in crate::read) fn settings(&self) -> Vec<(&'s str, &'s Setting)> {
        let mut settings: IndexMap<&str, &Setting> = IndexMap::new();
        for section in &self.sections {
            let inherited = section.settings.values().map(cost);
            if !self.takes(section, inherited.sum()) {
                break;
            }
            for (key, setting) in &section.settings {
                settings.entry(key).or_insert(setting);
            }
        }
        settings.retain(|_, setting| setting.value.is_some());
        settings.into_iter().collect()
    }

    /// The setting `key`, if it has a value.
    pub(in crate::read) fn setting(&self, key: &str) -> Option<&'s Setting> {
        let mut named = self
            .sections
            .iter()
            .filter_map(|s| Some((s, s.settings.get(key)?)));
        let (section, setting) = named.next()?;
        let is_taken = self.takes(section, cost(setting));
        (is_taken && setting.value.is_some()).then_some(setting)
    }

    /// Whether so many steps more are done for a section, which cost nothing where it is its own.
    fn takes(&self, section: &Section, steps: usize) -> bool {
        let is_own = !self.is_inherited && std::ptr::eq(self.own(), section);
        is_own || self.work.takes(1 + steps)
    }

    /// The references of this very section that lead nowhere.
    pub(in crate::read) fn dangling(&self) -> Vec<&'s Reference> {
        let mut dangling = Vec::new();
        for reference in &self.own().references {
            let mut found = Vec::new();
            self.resolve(reference, 0, &mut found);
            if found.is_empty() {
                dangling.push(reference);
            }
        }
        dangling
    }

    fn inherit(&self, section: &'s Section, depth: usize, into: &mut Vec<&'s Section>) {
        // Each is compared with those before.
        if !into.is_empty() && !self.work.takes(into.len()) {
            return;
        }
        if into.iter().any(|known| std::ptr::eq(*known, section)) {
            return;
        }
        into.push(section);
        for reference in &section.references {
            self.resolve(reference, depth + 1, into);
        }
    }

    /// Finds the sections that `reference` names by their path from the root, inherited ones too.
    fn resolve(&self, reference: &Reference, depth: usize, into: &mut Vec<&'s Section>) {
        if depth > MAX_DEPTH || !self.work.takes(1) {
            return;
        }
        let mut found = vec![self.root];
        for name in reference.name.split('.') {
            let mut inner = Vec::new();
            for section in found.iter().filter_map(|s| s.sections.get(name)) {
                self.inherit(section, depth, &mut inner);
            }
            found = inner;
        }
        for section in found {
            if !self.work.takes(1 + into.len()) {
                return;
            }
            if !into.iter().any(|known| std::ptr::eq(*known, section)) {
                into.push(section);
            }
        }
    }
}

/// What it costs to inherit a setting.
fn cost(setting: &Setting) -> usize {
    let value = setting.value.as_ref();
    4 + value.map_or(0, |value| value.len())
}
