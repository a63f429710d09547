//! What is wrong with a server's configuration itself: one rule a file.
//!
//! A rule looks at the configuration as its reader understood it, at what the database knows of
//! its product, and at the verdicts of clients where there are any. What keeps a text from being
//! read at all is the reader's to say. Nothing here decides whether a client connects.

mod ignore;
mod levels;
mod place;
mod rule;
mod rules;

use crate::compat::client::Situation;
use crate::compat::finding::Finding;
use crate::compat::report::ClientReport;
use crate::diag::{Diagnostic, Sources};
use crate::peer::{Connection, Policy, Server};
use crate::profile::Database;
use crate::read;

pub use ignore::Comments;
pub use levels::{Levels, known, readers};
pub use rule::Rule;

/// What rules look at.
#[derive(Clone, Copy)]
pub struct LintSubject<'a> {
    /// The configuration.
    pub server: &'a Server,
    /// The clients that were compared with it; none if nobody asked.
    pub clients: &'a [ClientReport<'a>],
    /// What decides besides the lists.
    pub situation: &'a Situation,
    /// By which algorithms are weak.
    pub policy: &'a Policy,
    /// The texts that the configuration was read from.
    pub sources: &'a Sources,
    /// Number of the text that was named; the others are included by it.
    pub file: usize,
    /// What is known of products and clients.
    pub database: &'a Database<'a>,
}

impl<'a> LintSubject<'a> {
    /// The connections of IKEv2 that the product loads, with their numbers.
    fn connections(&self) -> impl Iterator<Item = (usize, &'a Connection)> + use<'a> {
        let all = self.server.connections.iter().enumerate();
        all.filter(|(_, connection)| {
            connection.not_loaded.is_none()
                && connection.versions != crate::peer::server::IkeVersions::Ikev1
        })
    }

    /// Those of them that clients dial into.
    fn for_clients(&self) -> impl Iterator<Item = (usize, &'a Connection)> + use<'a> {
        self.connections()
            .filter(|(_, connection)| connection.serves_clients())
    }

    /// The clients that end up at a connection.
    fn served(&self, connection: usize) -> Vec<&'a ClientReport<'a>> {
        let all = self.clients.iter();
        all.filter(|client| client.connection == Some(connection))
            .collect()
    }
}

/// Everything that the rules have to say, in the order of the text.
pub fn check(subject: &LintSubject<'_>) -> Vec<Finding> {
    let mut found = Vec::new();
    for rule in rules::ALL {
        rule(subject, &mut found);
    }
    found.sort_by_key(|finding| {
        let place = finding.span.as_ref().map(|span| (span.file, span.start));
        (place.is_none(), place, finding.connection)
    });
    found
}

/// What there is to say about a configuration, after its comments have been heard.
#[derive(Clone, Debug, Default)]
pub struct Linted {
    /// What the reader said.
    pub diagnostics: Vec<Diagnostic>,
    /// What the rules say, and what is wrong with the comments.
    pub findings: Vec<Finding>,
    /// What comments allow, each with the reason given.
    pub suppressed: Vec<(Diagnostic, String)>,
}

/// Applies all rules; `diagnostics` are the reader's.
pub fn lint(subject: &LintSubject<'_>, diagnostics: Vec<Diagnostic>) -> Linted {
    let mut linted = Linted::default();
    let mut comments = Comments::of(subject.sources);
    // Of a configuration without its included parts nobody can say what it lacks.
    let not_included: &str = read::ReadCode::NotIncluded.into();
    let whole = !diagnostics.iter().any(|remark| remark.code == not_included);
    let mut heard = |diagnostic: &Diagnostic| {
        let line = diagnostic.place.span();
        let line = line.map(|span| subject.sources.start(span).line);
        comments.suppress(diagnostic.code, diagnostic.place.file(), line)
    };
    for remark in diagnostics {
        match heard(&remark) {
            Some(reason) => linted.suppressed.push((remark, reason)),
            None => linted.diagnostics.push(remark),
        }
    }
    let of_the_whole = [
        Rule::ConnectionWithoutChild,
        Rule::DefaultListChanges,
        Rule::UnreachableConnection,
    ];
    for finding in check(subject) {
        if !whole && of_the_whole.iter().any(|rule| rule.name() == finding.code) {
            continue;
        }
        let diagnostic = finding.diagnostic(subject.file);
        match heard(&diagnostic) {
            Some(reason) => linted.suppressed.push((diagnostic, reason)),
            None => linted.findings.push(finding),
        }
    }
    linted.findings.extend(comments.complaints());
    linted
}
