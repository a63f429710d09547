//! A configuration that was read, against its clients and the rules.

use std::collections::BTreeMap;

use ikecompat::compat::report::{Report, report};
use ikecompat::diag::Sources;
use ikecompat::lint::{self, LintSubject, Linted};
use ikecompat::peer::{Client, Policy, Server};
use ikecompat::profile::{Database, selection};

use super::inputs::Loaded;
use super::{Exit, files};

/// Lists of clients that were looked up, by the words that select them.
#[derive(Default)]
pub(super) struct Selections {
    lists: BTreeMap<String, Vec<Client>>,
}

/// The words that select the clients of a server: those of the command line, of the file, or the
/// usual ones.
pub(super) fn words(server: &Server, asked: Option<&str>) -> String {
    let own = || {
        let own = &server.clients;
        (!own.is_empty()).then(|| own.join(","))
    };
    asked
        .map(ToOwned::to_owned)
        .or_else(own)
        .unwrap_or_else(|| selection::DEFAULT.to_owned())
}

impl Selections {
    /// Looks up the clients of a server; what is wrong goes to standard error.
    pub(super) fn look_up(
        &mut self,
        server: &Server,
        asked: Option<&str>,
        database: &Database<'_>,
        colour: files::Colour,
    ) -> anyhow::Result<Result<(), Exit>> {
        let words = words(server, asked);
        if self.lists.contains_key(&words) {
            return Ok(Ok(()));
        }
        Ok(
            match files::select(database, &words, &mut Sources::new(), colour)? {
                Ok(selected) => {
                    let clients = selected.into_iter().map(|one| one.client).collect();
                    self.lists.insert(words, clients);
                    Ok(())
                }
                Err(exit) => Err(exit),
            },
        )
    }

    /// The clients of a server that was looked up.
    fn of(&self, server: &Server, asked: Option<&str>) -> &[Client] {
        self.lists
            .get(&words(server, asked))
            .map_or(&[], Vec::as_slice)
    }
}

/// Compares a configuration with its clients, applies the rules, and hands both to `then`.
pub(super) fn judge<T>(
    loaded: &Loaded,
    selections: &Selections,
    asked: Option<&str>,
    (database, policy): (&Database<'_>, &Policy),
    then: impl FnOnce(&Report<'_>, Linted, &Sources) -> anyhow::Result<T>,
) -> anyhow::Result<T> {
    let server = &loaded.reading.value;
    let clients = selections.of(server, asked);
    let situation = super::servers::situation(server, database)?;
    let mut report = report(server, clients, &situation, policy);
    let linted = lint::lint(
        &LintSubject {
            server,
            clients: &report.clients,
            situation: &situation,
            policy,
            sources: &loaded.sources,
            file: 0,
            database,
        },
        loaded.reading.diagnostics.clone(),
    );
    report.findings.clone_from(&linted.findings);
    then(&report, linted, &loaded.sources)
}
