//! What rules find, put together: one finding for a cause, with its places, and help that was tried.

use itertools::Itertools as _;

use super::LintSubject;
use crate::diag::{Finding, and_list};
use crate::peer::{Edit, Server};

/// What rules have found so far.
#[derive(Clone, Debug, Default)]
pub(crate) struct Findings {
    pub(super) all: Vec<Noted>,
    /// Lists that were compared so far to try help.
    tried: usize,
}

/// A finding with what belongs to it.
#[derive(Clone, Debug)]
pub(super) struct Noted {
    pub(super) finding: Finding,
    /// The name of the place with which the message begins; findings that differ in it only are one.
    place: Option<String>,
    /// What the help comes to: ways out, each of them alone.
    edits: Vec<Vec<Edit>>,
}

/// The help of a finding, or what it says is needed by nobody, as changes of the server.
#[derive(Clone, Debug)]
pub struct Help {
    /// The rule.
    pub code: &'static str,
    /// The message of the finding.
    pub message: String,
    /// What to do, all of it.
    pub edits: Vec<Edit>,
}

/// How many lists are compared to try help. A trial compares every connection, so that without an end a
/// file would cost the square of its size.
const TRIED: usize = 1 << 12;
/// How many places of one cause are named.
const NAMED: usize = 4;
/// How many of them are pointed at.
const POINTED_AT: usize = 8;

impl Findings {
    /// Adds a finding.
    pub(super) fn push(&mut self, finding: Finding) {
        self.all.push(Noted {
            finding,
            place: None,
            edits: Vec::new(),
        });
    }

    /// Adds a finding whose message begins with the name of a place, and of which others may differ in
    /// the place only; `edits` are what its words come to.
    pub(super) fn push_at(&mut self, place: String, finding: Finding, edits: Vec<Edit>) {
        self.all.push(Noted {
            finding,
            place: Some(place),
            edits: vec![edits],
        });
    }

    /// Adds a finding with its help, unless following it would make a client worse off: then that is
    /// what is said.
    pub(super) fn advise(
        &mut self,
        subject: &LintSubject<'_>,
        finding: Finding,
        help: &str,
        edits: Vec<Edit>,
    ) {
        let Some(harmed) = self.harmed(subject, &edits) else {
            self.push(finding.note("so much was tried in this file that what helps here was not"));
            return;
        };
        if subject.leaves_nothing(&edits) {
            self.push(finding.note("without it nothing is left"));
            return;
        }
        if subject.exceeds_product(&edits) {
            self.push(finding.note(
                "the product takes one suite, so another one would replace it for everybody",
            ));
            return;
        }
        if harmed.is_empty() {
            self.all.push(Noted {
                finding: finding.help(help),
                place: None,
                edits: vec![edits],
            });
        } else {
            let verb = if harmed.len() == 1 { "needs" } else { "need" };
            self.push(finding.note(format!("{} {verb} it as it is", and_list(&harmed))));
        }
    }

    /// Labels of the clients that are worse off after these changes; `None` where nothing more is tried.
    pub(super) fn harmed<'a>(
        &mut self,
        subject: &LintSubject<'a>,
        edits: &[Edit],
    ) -> Option<Vec<&'a str>> {
        self.tried = self.tried.saturating_add(subject.server.lists());
        if self.tried > TRIED {
            return None;
        }
        Some(subject.harmed(edits))
    }

    /// Adds a finding with those of several ways out that make no client worse off; each is tried alone.
    pub(super) fn advise_any(
        &mut self,
        subject: &LintSubject<'_>,
        finding: Finding,
        ways: Vec<(String, Vec<Edit>)>,
    ) {
        let harmless = |(_, edits): &(String, Vec<Edit>)| {
            let harmed = self.harmed(subject, edits);
            harmed.is_some_and(|harmed| harmed.is_empty())
                && !subject.leaves_nothing(edits)
                && !subject.exceeds_product(edits)
        };
        let (open, closed): (Vec<_>, Vec<_>) = ways.into_iter().partition(harmless);
        if open.is_empty() {
            for (help, edits) in closed.into_iter().take(1) {
                self.advise(subject, finding.clone(), &help, edits);
            }
            return;
        }
        let (words, edits): (Vec<_>, Vec<_>) = open.into_iter().unzip();
        self.all.push(Noted {
            finding: finding.help(words.join(", or ")),
            place: None,
            edits,
        });
    }

    /// The findings.
    pub(super) fn iter(&self) -> impl Iterator<Item = &Finding> {
        self.all.iter().map(|noted| &noted.finding)
    }
}

/// Makes one finding of those that differ in their place only, and tells the help of all.
pub(super) fn merged(all: Vec<Noted>, server: &Server) -> (Vec<Finding>, Vec<Help>) {
    let mut told = rustc_hash::FxHashMap::default();
    let mut kept: Vec<Merged> = Vec::new();
    let mut known = rustc_hash::FxHashMap::default();
    let mut helps = Vec::new();
    for noted in all {
        let ways = noted.edits.iter().filter(|edits| !edits.is_empty());
        helps.extend(ways.map(|edits| Help {
            code: noted.finding.diagnostic.code,
            message: noted.finding.diagnostic.message.clone(),
            edits: edits.clone(),
        }));
        // Connections that share a text share what is wrong with it.
        if let Some(shared) = shared(&noted.finding, server)
            && noted.finding.is_open()
        {
            let first = *told.entry(shared).or_insert(noted.finding.connection);
            if first != noted.finding.connection {
                continue;
            }
        }
        let cause = noted
            .place
            .as_ref()
            .filter(|_| noted.finding.is_open())
            .map(|place| cause(&noted.finding, place));
        let place = cause.as_ref().and_then(|cause| known.get(cause)).copied();
        match (place, noted.place) {
            (Some(first), Some(place)) => {
                let first: &mut Merged = &mut kept[first];
                first.others.push((place, noted.finding.span().cloned()));
            }
            _ => {
                if let Some(cause) = cause {
                    known.insert(cause, kept.len());
                }
                kept.push(Merged {
                    finding: noted.finding,
                    others: Vec::new(),
                });
            }
        }
    }
    (kept.into_iter().map(Merged::finding).collect(), helps)
}

/// The first finding of a cause, and where it is found besides.
struct Merged {
    finding: Finding,
    others: Vec<(String, Option<crate::diag::Span>)>,
}

impl Merged {
    fn finding(self) -> Finding {
        let mut finding = self.finding;
        if self.others.is_empty() {
            return finding;
        }
        let own = finding.span().cloned();
        let mut pointed: Vec<_> = own.into_iter().collect();
        for (_, span) in self.others.iter().take(POINTED_AT) {
            if let Some(span) = span.as_ref().filter(|span| !pointed.contains(span)) {
                pointed.push(span.clone());
                finding = finding.with(Some(span), "and here");
            }
        }
        let names = self.others.into_iter().map(|(name, _)| name).unique();
        let mut names: Vec<String> = names.collect();
        let more = names.len().saturating_sub(NAMED);
        names.truncate(NAMED);
        if more > 0 {
            names.push(format!("{more} more"));
        }
        finding.note(format!("the same in {}", and_list(&names)))
    }
}

/// What is the same of findings about one place in the text: everything but the name of the connection.
fn shared(finding: &Finding, server: &Server) -> Option<(usize, usize, String)> {
    let span = finding.span()?;
    let connection = server.connections.get(finding.connection?)?;
    let it = &finding.diagnostic;
    let message = it.message.replace(&format!("`{}`", connection.name), "");
    let said = format!("{} {message} {:?}", it.code, it.help);
    Some((span.file, span.start, said))
}

/// What is the same of findings with one cause: everything but the place.
fn cause(finding: &Finding, place: &str) -> String {
    let it = &finding.diagnostic;
    let tail = it.message.strip_prefix(place).unwrap_or(&it.message);
    // What else an entry allows is said at the first of its places.
    let notes = it.notes.iter();
    let notes: Vec<_> = notes
        .filter(|note| !note.starts_with("it also allows"))
        .collect();
    format!("{} {} {tail} {notes:?} {:?}", it.code, it.severity, it.help)
}
