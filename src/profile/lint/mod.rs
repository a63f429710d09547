//! What is wrong with a contributor's profiles, all of it at once, with places.
//!
//! The shapes of [`super::shape`] refuse a broken file; this says why, and more: facts without
//! evidence, proposals that leave something to be derived, names that two profiles claim.

mod choice;
mod code;
mod file;
pub(super) mod keys;
mod linter;
mod names;
mod proposal;
mod variant;

use std::collections::BTreeSet;

use super::database::Database;
use crate::diag::{self, Diagnostic, Severity, Sources};
use crate::yaml::{self, FieldReader, Node};

pub(crate) use code::ProfileCode;
use linter::Linter;

impl Database<'_> {
    /// What is wrong with client profiles that are to be laid over this database: the texts
    /// numbered `files`, whose names end in `<id>.yaml`.
    pub fn lint(&self, sources: &mut Sources, files: &[usize]) -> Vec<Diagnostic> {
        self.examine(sources, files, &mut |_, _| {})
    }

    /// The same, and has `visit` see each text that is YAML.
    pub(super) fn examine(
        &self,
        sources: &mut Sources,
        files: &[usize],
        visit: &mut dyn FnMut(usize, &Node<'_>),
    ) -> Vec<Diagnostic> {
        let mut found = Vec::new();
        let mut named = Vec::new();
        let texts: Vec<_> = files
            .iter()
            .map(|file| (*file, sources.text(*file)))
            .collect();
        for (file, text) in &texts {
            match yaml::parse(text, *file) {
                Err(diagnostics) => found.extend(diagnostics),
                Ok(root) => {
                    let mut reader = FieldReader::of_facts(sources);
                    let mut linter = Linter {
                        reader: &mut reader,
                        sources: Vec::new(),
                        used: BTreeSet::new(),
                    };
                    linter.file(&root);
                    visit(*file, &root);
                    found.extend(reader.finish());
                    named.push(names::Named::of(sources.name(*file), *file, &root));
                }
            }
        }
        found.extend(self.claims(&named));
        // What an alias repeats is complained about once.
        let mut seen: Vec<Diagnostic> = Vec::new();
        for diagnostic in found {
            if !seen.contains(&diagnostic) {
                seen.push(diagnostic);
            }
        }
        diag::sort(&mut seen);
        seen
    }
}

/// Whether profiles with these complaints can be used.
pub fn usable(diagnostics: &[Diagnostic]) -> bool {
    diagnostics.iter().all(|it| it.severity != Severity::Error)
}
