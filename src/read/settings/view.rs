//! Sections with what they inherit.

use std::cell::Cell;

use indexmap::IndexMap;

use super::{Reference, Section, Setting};

/// References that are followed while one file is read; each reference of each section costs one.
/// Files that inherit from templates of templates need some thousands.
const BUDGET: usize = 1 << 18;

/// References that are followed one from within the other.
const MAX_DEPTH: usize = 16;

/// A section and those from which it inherits, nearest first.
#[derive(Clone, Debug)]
pub(in crate::read) struct View<'s> {
    root: &'s Section,
    left: &'s Cell<usize>,
    sections: Vec<&'s Section>,
}

/// What a [`View`] counts, for one file.
pub(in crate::read) fn budget() -> Cell<usize> {
    Cell::new(BUDGET)
}

impl<'s> View<'s> {
    /// The whole file.
    pub(in crate::read) fn of(root: &'s Section, left: &'s Cell<usize>) -> Self {
        Self {
            root,
            left,
            sections: vec![root],
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
            left: self.left,
            sections,
        })
    }

    /// The sections in this one: its own first, then inherited ones.
    pub(in crate::read) fn sections(&self) -> Vec<(&'s str, Self)> {
        let mut names: IndexMap<&str, ()> = IndexMap::new();
        for section in &self.sections {
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
            for (key, setting) in &section.settings {
                settings.entry(key).or_insert(setting);
            }
        }
        settings.retain(|_, setting| setting.value.is_some());
        settings.into_iter().collect()
    }

    /// The setting `key`, if it has a value.
    pub(in crate::read) fn setting(&self, key: &str) -> Option<&'s Setting> {
        let mut named = self.sections.iter().filter_map(|s| s.settings.get(key));
        named.next().filter(|setting| setting.value.is_some())
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
        let left = self.left.get().checked_sub(1);
        let Some(left) = left.filter(|_| depth <= MAX_DEPTH) else {
            return;
        };
        self.left.set(left);
        let mut found = vec![self.root];
        for name in reference.name.split('.') {
            let mut inner = Vec::new();
            for section in found.iter().filter_map(|s| s.sections.get(name)) {
                self.inherit(section, depth, &mut inner);
            }
            found = inner;
        }
        for section in found {
            if !into.iter().any(|known| std::ptr::eq(*known, section)) {
                into.push(section);
            }
        }
    }
}
