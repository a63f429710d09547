//! Profiles of the user's own, laid over the built-in ones.

use serde::Deserialize as _;

use super::database::Database;
use super::lint;
use super::shape::ClientFile;
use crate::diag::{self, Diagnostic, Place, Sources};
use crate::yaml::YamlCode;

impl Database<'_> {
    /// Lays client profiles over this database: the texts numbered `files`, whose names end in
    /// `<id>.yaml`. Each takes the place of the profile of its id, or stands beside the others.
    ///
    /// Gives what is doubtful about them, or everything that is wrong; then nothing is laid.
    pub fn overlay(
        &mut self,
        sources: &mut Sources,
        files: &[usize],
    ) -> Result<Vec<Diagnostic>, Vec<Diagnostic>> {
        let mut read = Vec::new();
        let mut diagnostics = self.examine(sources, files, &mut |file, root| {
            read.push((file, ClientFile::deserialize(root)));
        });
        if !lint::usable(&diagnostics) {
            return Err(diagnostics);
        }
        let mut profiles = Vec::new();
        for (file, profile) in read {
            match profile {
                Ok(profile) => profiles.push((file, profile)),
                // What the checks let pass and the shape does not.
                Err(error) => diagnostics.push(Diagnostic::error(
                    YamlCode::WrongKind,
                    Place::File(file),
                    format!("this is no client profile: {error}"),
                )),
            }
        }
        if !lint::usable(&diagnostics) {
            diag::sort(&mut diagnostics);
            return Err(diagnostics);
        }
        for (file, profile) in profiles {
            self.lay(sources.name(file), profile);
        }
        Ok(diagnostics)
    }
}
