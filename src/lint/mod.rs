//! What is wrong with a server's configuration itself: one rule a file.
//!
//! A rule looks at the configuration as its reader understood it, at what the database knows of
//! its product, and at the verdicts of clients where there are any. What keeps a text from being
//! read at all is the reader's to say. Nothing here decides whether a client connects.

mod findings;
mod ignore;
mod levels;
mod place;
mod rule;
mod rules;

use findings::Noted;
use itertools::Itertools as _;

use crate::compat::client::Situation;
use crate::compat::harm::Setting;
use crate::compat::report::{ClientReport, Overall};
use crate::diag::{Allowance, Diagnostic, Finding, Severity, Sources};
use crate::ike::Proposal;
use crate::peer::server::Product;
use crate::peer::{Connection, Edit, Policy, Server};
use crate::profile::Database;
use crate::read;

pub(crate) use findings::{Findings, Help};
pub use ignore::Comments;
pub(crate) use levels::allow;
pub use levels::{AllowedRule, Levels, known, readers};
pub use rule::{Rule, rule, rules};

/// What rules look at.
#[derive(Clone, Copy)]
pub struct LintSubject<'a> {
    /// The configuration.
    pub server: &'a Server,
    /// The clients that were compared with it; none if nobody asked.
    pub clients: &'a [ClientReport],
    /// Whether somebody said that these are the clients; else they are the usual ones, which need not be there.
    pub clients_chosen: bool,
    /// What decides besides the lists.
    pub situation: &'a Situation,
    /// By which algorithms are weak.
    pub policy: &'a Policy,
    /// The texts that the configuration was read from.
    pub sources: &'a Sources,
    /// How many of them there are, the first ones; others configure clients.
    pub texts: usize,
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

    /// What a change is tried on.
    const fn setting(&self) -> Setting<'a> {
        Setting {
            server: self.server,
            situation: self.situation,
            policy: self.policy,
        }
    }

    /// Labels of the clients that are worse off after these changes.
    fn harmed(&self, edits: &[Edit]) -> Vec<&'a str> {
        let clients = self.clients.iter();
        let clients = clients.filter(|client| client.verdict < Overall::Refused);
        let clients: Vec<&ClientReport> = clients.collect();
        let harmed = self.setting().harmed(edits, &clients);
        harmed
            .iter()
            .map(|report| report.client.label.as_str())
            .collect()
    }

    /// Whether a list is without any entry after these changes.
    fn leaves_nothing(&self, edits: &[Edit]) -> bool {
        let mut server = self.server.clone();
        edits.iter().for_each(|edit| edit.apply(&mut server));
        let lists = edits.iter().filter_map(Edit::list);
        let mut lists = lists.filter_map(|list| {
            crate::peer::edit::entries(&mut server, list).map(|it| it.is_empty())
        });
        lists.any(|is_empty| is_empty)
    }

    /// Whether a list has more than one suite after these changes, which the product does not take.
    fn exceeds_product(&self, edits: &[Edit]) -> bool {
        if !self.server.product.is_some_and(Product::takes_one_suite) {
            return false;
        }
        let mut server = self.server.clone();
        edits.iter().for_each(|edit| edit.apply(&mut server));
        let is_one_suite = |proposal: &Proposal| {
            let kinds = proposal.transforms().iter().map(|it| it.kind);
            kinds.unique().all(|kind| proposal.of(kind).len() == 1)
        };
        let lists = edits.iter().filter_map(Edit::list);
        let mut lists = lists.filter_map(|list| {
            let entries = crate::peer::edit::entries(&mut server, list)?;
            Some(entries.len() > 1 || !entries.iter().all(|it| is_one_suite(&it.proposal)))
        });
        lists.any(|exceeds| exceeds)
    }

    /// The clients that end up at a connection.
    fn served(&self, connection: usize) -> Vec<&'a ClientReport> {
        let all = self.clients.iter();
        all.filter(|client| client.connection == Some(connection))
            .collect()
    }
}

/// Everything that the rules have to say, in the order of the text.
fn check(subject: &LintSubject<'_>) -> Vec<Noted> {
    let mut found = Findings::default();
    for file in rules::ALL {
        (file.check)(subject, &mut found);
    }
    let mut all = found.all;
    all.sort_by_key(|noted| {
        let finding = &noted.finding;
        let place = finding.span().map(|span| (span.file, span.start));
        (place.is_none(), place, finding.connection)
    });
    all
}

/// What there is to say about a configuration, with what its comments allow.
#[derive(Clone, Debug, Default)]
pub struct Linted {
    /// What the reader said.
    pub reading: Vec<Finding>,
    /// What the rules say, and what is wrong with the comments.
    pub findings: Vec<Finding>,
    /// What the help of findings comes to, of those that change what is negotiated.
    pub helps: Vec<Help>,
}

/// Applies all rules; `diagnostics` are the reader's.
pub fn lint(subject: &LintSubject<'_>, diagnostics: Vec<Diagnostic>) -> Linted {
    let mut comments = Comments::of(subject.sources, subject.texts);
    // Of a configuration without its included parts nobody can say what it lacks.
    let not_included: &str = read::ReadCode::NotIncluded.into();
    let whole = !diagnostics.iter().any(|it| it.code == not_included);
    let mut suppress = |finding: &mut Finding| {
        let place = &finding.diagnostic.place;
        let line = place.span().map(|span| subject.sources.start(span).line);
        let file = place.file().unwrap_or(subject.file);
        let reason = comments.suppress(finding.diagnostic.code, file, line);
        finding.suppressed = reason.map(Allowance::Comment);
    };
    let mut reading: Vec<Finding> = diagnostics.into_iter().map(Finding::from).collect();
    reading.iter_mut().for_each(&mut suppress);
    let of_the_whole = rules::OF_THE_WHOLE.map(|rule| rule.name);
    let mut all = check(subject);
    all.retain(|noted| whole || !of_the_whole.contains(&noted.finding.diagnostic.code));
    let of_clients = rules::OF_CLIENTS.map(|rule| rule.name);
    for noted in all.iter_mut().filter(|_| !subject.clients_chosen) {
        let diagnostic = &mut noted.finding.diagnostic;
        if of_clients.contains(&diagnostic.code) {
            diagnostic.severity = Severity::Note;
        }
    }
    all.iter_mut()
        .for_each(|noted| suppress(&mut noted.finding));
    let (mut findings, helps) = findings::merged(all, subject.server);
    findings.extend(comments.complaints());
    Linted {
        reading,
        findings,
        helps,
    }
}
