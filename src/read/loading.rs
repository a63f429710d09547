//! Connections that a daemon does not load, and what that makes of the whole reading.

use std::cell::Cell;
use std::collections::HashSet;

use super::{ReadCode, Reading};
use crate::diag::{Diagnostic, Place, Severity, Sources, Span};
use crate::peer::server::Product;
use crate::peer::setting::Definitions;
use crate::peer::{Connection, Engine, Server};

/// More is not said about one file: nobody reads it, and a file of millions of mistakes is none.
pub(super) const MOST: usize = 1000;

/// Proposals of all connections of one file together: a list may be used by every connection, and each has it then.
pub(super) const MOST_PROPOSALS_OF_ALL: usize = 400_000;

/// Settings and sections of one file with those that it includes; the largest real ones have some
/// ten thousand.
pub(super) const MOST_SETTINGS: usize = 600_000;

/// Connections of one file; each takes some thousand octets, and more than that while clients are compared.
pub(super) const MOST_CONNECTIONS: usize = 50_000;

/// What is wrong with a file of more.
pub(super) fn too_many_connections(file: usize, connections: usize) -> Option<Diagnostic> {
    let message = format!("there are more than {MOST_CONNECTIONS} connections");
    let diagnostic = Diagnostic::error(ReadCode::TooLarge, Place::File(file), message);
    (connections > MOST_CONNECTIONS).then(|| diagnostic.help("divide the file"))
}

/// What is wrong with a file of more settings than are read; `place` is where the first one too many stands.
pub(super) fn too_many_settings(place: &Span) -> Diagnostic {
    let message = format!("there are more than {MOST_SETTINGS} settings");
    Diagnostic::error(ReadCode::TooLarge, place, message)
}

/// Proposals of one list; RFC 7296, section 3.3.1 numbers them with one octet.
pub(super) const MOST_PROPOSALS: usize = 255;

/// Whether nothing more is said about the file.
pub(super) const fn is_enough(diagnostics: &[Diagnostic]) -> bool {
    diagnostics.len() >= MOST
}

/// What is wrong with a list of more proposals than IKE can number.
pub(super) fn too_many(place: &Span) -> Diagnostic {
    let message = format!("the list has more than {MOST_PROPOSALS} proposals");
    Diagnostic::error(ReadCode::ProposalTooLong, place, message)
        .note("RFC 7296, section 3.3.1 numbers proposals with one octet")
        .help("put algorithms together in fewer proposals")
}

/// Says something about the file, unless too much was said already. One error is said in any case, since a file that
/// has one is not answered for.
pub(super) fn remark(diagnostics: &mut Vec<Diagnostic>, diagnostic: Diagnostic) {
    let is_error = |one: &Diagnostic| one.severity == Severity::Error;
    let is_first_error = is_error(&diagnostic) && !diagnostics.last().is_some_and(is_error);
    if !is_enough(diagnostics) || is_first_error {
        diagnostics.push(diagnostic);
    }
}

/// What a reader says about a file, each thing once.
#[derive(Debug, Default)]
pub(super) struct Remarks {
    said: HashSet<(&'static str, Option<Span>, String)>,
    diagnostics: Vec<Diagnostic>,
}

impl Remarks {
    /// Says something, unless it was said of this place already: what others name is read once for each of them.
    pub(super) fn say(&mut self, diagnostic: Diagnostic) {
        self.say_of(diagnostic.place.span().cloned(), diagnostic);
    }

    /// Says something once for the whole file.
    pub(super) fn say_once(&mut self, diagnostic: Diagnostic) {
        self.say_of(None, diagnostic);
    }

    fn say_of(&mut self, place: Option<Span>, diagnostic: Diagnostic) {
        if is_enough(&self.diagnostics) && diagnostic.severity < Severity::Error {
            return;
        }
        let is_new = (diagnostic.code, place, diagnostic.message.clone());
        if self.said.insert(is_new) {
            remark(&mut self.diagnostics, diagnostic);
        }
    }

    /// Everything that was said.
    pub(super) fn into_diagnostics(self) -> Vec<Diagnostic> {
        self.diagnostics
    }
}

/// How much of a file is taken still, where a few lines may stand for many connections and proposals.
#[derive(Debug)]
pub(super) struct Room {
    proposals: usize,
}

impl Default for Room {
    fn default() -> Self {
        Self {
            proposals: MOST_PROPOSALS_OF_ALL,
        }
    }
}

impl Room {
    /// Whether so many proposals more fit in.
    pub(super) fn takes(&mut self, proposals: usize) -> bool {
        let left = self.proposals.checked_sub(proposals);
        self.proposals = left.unwrap_or_default();
        left.is_some()
    }

    /// What is wrong with a file of more; `place` is what uses the first ones too many.
    pub(super) fn exceeded(place: &Span) -> Diagnostic {
        let message =
            format!("the connections have more than {MOST_PROPOSALS_OF_ALL} proposals together");
        Diagnostic::error(ReadCode::TooLarge, place, message).help("divide the file")
    }
}

/// How much is done still for one file where a few lines may stand for much: entries that are looked at again, and
/// octets that are copied.
#[derive(Debug)]
pub(super) struct Work {
    left: Cell<usize>,
}

impl Work {
    /// A setting that is copied into a connection costs as much as this many entries that are looked at.
    pub(super) const SETTING: usize = 32;

    /// What a child costs, or a word that is compared with all that are known.
    pub(super) const CHILD: usize = 512;

    /// For a file of so many octets.
    pub(super) const fn of_file(octets: usize) -> Self {
        Self {
            left: Cell::new((1 << 24) + octets.saturating_mul(16)),
        }
    }

    /// Whether so many steps more are done.
    pub(super) fn takes(&self, steps: usize) -> bool {
        let left = self.left.get().checked_sub(steps);
        self.left.set(left.unwrap_or_default());
        left.is_some_and(|left| left > 0)
    }

    /// Whether too much was asked for, so that something was left out.
    pub(super) const fn is_exhausted(&self) -> bool {
        self.left.get() == 0
    }

    /// What is wrong with a file that asks for more; `place` is what does.
    pub(super) fn exceeded(place: impl Into<Place>) -> Diagnostic {
        let message =
            "too much stands for too many entries: what is said once counts for each of them";
        Diagnostic::error(ReadCode::TooLarge, place, message).help("divide the file")
    }
}

/// Notes that the daemon does not load `connection`, because of what `diagnostic` says.
pub(super) fn discard(
    connection: &mut Connection,
    diagnostics: &mut Vec<Diagnostic>,
    diagnostic: Diagnostic,
) {
    let diagnostic = match &connection.span {
        Some(span) if diagnostic.place.span() != Some(span) => {
            diagnostic.context(span.clone(), "this connection is not loaded")
        }
        _ => diagnostic,
    };
    let why = &diagnostic.message;
    connection.not_loaded.get_or_insert_with(|| why.clone());
    remark(diagnostics, diagnostic);
}

/// What the reader of a file that is one server has found in it.
pub(super) struct Found {
    /// The product whose file it is, if it is one that is configured here.
    pub(super) product: Option<Product>,
    /// Its engine.
    pub(super) engine: Engine,
    /// Its connections.
    pub(super) connections: Vec<Connection>,
    /// What stands beside them.
    pub(super) definitions: Definitions,
    /// What is to be said.
    pub(super) diagnostics: Vec<Diagnostic>,
}

impl Found {
    /// The server. Fails where something is wrong, or where there is no connection, with `nothing` if
    /// there is no other reason; of a file that is refused nothing is assumed.
    pub(super) fn server(
        mut self,
        sources: &Sources,
        file: usize,
        nothing: impl FnOnce() -> Diagnostic,
    ) -> Result<Reading<Server>, Vec<Diagnostic>> {
        let is_wrong = |one: &Diagnostic| one.severity == Severity::Error;
        if self.connections.is_empty() && !self.diagnostics.iter().any(is_wrong) {
            self.diagnostics.push(nothing());
        }
        if let Some(many) = too_many_connections(file, self.connections.len()) {
            return Err(vec![many]);
        }
        let mut diagnostics = self.diagnostics;
        crate::diag::sort(&mut diagnostics);
        if self.connections.is_empty() || diagnostics.iter().any(is_wrong) {
            diagnostics.retain(|one| one.severity > Severity::Note);
            return Err(diagnostics);
        }
        let serving = self.connections.iter().find(|one| one.serves_clients());
        let id = serving.and_then(|connection| connection.local.id.as_ref());
        let value = Server {
            file: sources.name(file).to_owned(),
            product: self.product,
            engine: self.engine,
            prefers_own: true,
            address: None,
            remote_id: id.map(|id| id.value.clone()),
            connection_name: None,
            nat: None,
            built_with: Vec::new(),
            connections: self.connections,
            clients: Vec::new(),
            definitions: self.definitions,
        };
        Ok(Reading { value, diagnostics })
    }
}

/// Brings the remarks on `connections` into order. Fails if none of them is loaded; else what costs
/// single connections is no error of the whole.
pub(super) fn settle(
    connections: &[Connection],
    mut diagnostics: Vec<Diagnostic>,
) -> Result<Vec<Diagnostic>, Vec<Diagnostic>> {
    crate::diag::sort(&mut diagnostics);
    if connections.iter().all(|one| one.not_loaded.is_some()) {
        return Err(diagnostics);
    }
    for remark in &mut diagnostics {
        remark.severity = remark.severity.min(Severity::Warning);
    }
    Ok(diagnostics)
}
