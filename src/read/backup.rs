//! What the backups of pfSense and OPNsense have in common: several connections, of which each may
//! be discarded by strongSwan without harm to the others.

use std::ops::Range;

use super::loading::{MOST_PROPOSALS, too_many};
use super::xml::Element;
use super::{ReadCode, ReadContext, Reading, harmless, proposal};
use crate::diag::{self, Diagnostic, Place, Severity, Span};
use crate::ike::Protocol;
use crate::peer::server::Spanned;
use crate::peer::{Engine, Entry, Origin, Server};

/// A backup while it is read.
pub(super) struct Backup<'a> {
    /// What negotiates.
    pub(super) engine: Engine,
    context: &'a ReadContext<'a>,
    diagnostics: Vec<Diagnostic>,
    /// Places of those remarks that say why a connection is discarded.
    discarding: Vec<usize>,
    /// How many remarks were left out.
    unsaid: usize,
    /// How many proposals may still be made.
    proposals_left: usize,
}

/// More remarks than this are only counted.
const MAX_REMARKS: usize = 50;

/// More proposals than this in one file are refused: a phase 2 multiplies what is written in it.
const MAX_PROPOSALS: usize = 100_000;

impl<'a> Backup<'a> {
    pub(super) fn new(context: &'a ReadContext<'a>) -> Self {
        Self {
            engine: context.engine.unwrap_or(Engine::STRONGSWAN_5_9_8),
            context,
            diagnostics: Vec::new(),
            discarding: Vec::new(),
            unsaid: 0,
            proposals_left: MAX_PROPOSALS,
        }
    }

    /// Takes the engine that the file shows, and says from what, if it shows one.
    pub(super) fn assume(&mut self, shown: Option<(Engine, Diagnostic)>) {
        if let Some((engine, why)) = shown {
            self.engine = engine;
            self.warn(why);
        }
    }

    /// Says something about the file.
    pub(super) fn warn(&mut self, remark: Diagnostic) {
        if self.diagnostics.len() < MAX_REMARKS {
            self.diagnostics.push(remark);
        } else {
            self.unsaid += 1;
        }
    }

    /// Whether so many more proposals may be made of the entry at `place`; if not, why, which
    /// discards the connection.
    pub(super) fn make(&mut self, proposals: usize, place: &Span) -> Result<(), String> {
        match self.proposals_left.checked_sub(proposals) {
            Some(left) => {
                self.proposals_left = left;
                Ok(())
            }
            None => {
                let message = format!("the file makes more than {MAX_PROPOSALS} proposals");
                Err(self.discard(Diagnostic::error(ReadCode::TooLarge, place, message)))
            }
        }
    }

    /// Says why a connection is not there in the end. That is a warning as long as another
    /// connection is. Gives the reason.
    pub(super) fn discard(&mut self, remark: Diagnostic) -> String {
        let message = remark.message.clone();
        if self.diagnostics.len() < MAX_REMARKS {
            self.discarding.push(self.diagnostics.len());
        }
        self.warn(Diagnostic {
            severity: Severity::Warning,
            ..remark
        });
        message
    }

    /// The engine's own proposals, because the entry at `place` configures none.
    pub(super) fn default_proposals(
        &mut self,
        protocol: Protocol,
        place: &Span,
        what: &str,
    ) -> Vec<Entry> {
        let Engine { name, version } = self.engine;
        let Some(proposals) = (self.context.defaults)(self.engine, protocol) else {
            let message =
                format!("{what}, and it is not known what {name} {version} uses by default");
            self.discard(Diagnostic::error(ReadCode::DefaultUnknown, place, message));
            return Vec::new();
        };
        let message = format!("{what}, so {name} {version} uses its default proposals");
        self.warn(Diagnostic::new(
            Severity::Note,
            ReadCode::DefaultAssumed,
            place,
            message,
        ));
        let origin = Origin::Default(format!("{name} {version}"));
        let entry = |proposal| Entry::new(proposal, origin.clone());
        proposals.into_iter().map(entry).collect()
    }

    /// The proposals of a list in strongSwan's keywords, or why strongSwan discards the connection.
    /// The word `default` stands for the engine's own.
    pub(super) fn list(
        &mut self,
        protocol: Protocol,
        list: &Spanned<String>,
    ) -> Result<Vec<Entry>, String> {
        let mut entries = Vec::new();
        let mut refused = None;
        for (number, item) in items(list).into_iter().enumerate() {
            if number >= MOST_PROPOSALS {
                refused = Some(self.discard(too_many(&list.span)));
                break;
            }
            let (part, span) = (item.value.as_str(), &item.span);
            let place = |bytes: Range<usize>| {
                if span.end - span.start == part.len() {
                    Span::new(span.file, span.start + bytes.start..span.start + bytes.end)
                } else {
                    span.clone()
                }
            };
            if part.eq_ignore_ascii_case("default") {
                entries.extend(self.default_word(protocol, span.clone()));
                continue;
            }
            match proposal::read(protocol, part, place) {
                Ok(entry) => entries.push(entry),
                Err(wrong) => {
                    for diagnostic in wrong {
                        refused = Some(self.discard(diagnostic));
                    }
                }
            }
        }
        refused.map_or(Ok(entries), Err)
    }

    fn default_word(&mut self, protocol: Protocol, span: Span) -> Vec<Entry> {
        let Engine { name, version } = self.engine;
        let Some(proposals) = (self.context.defaults)(self.engine, protocol) else {
            let message = format!("it is not known what {name} {version} uses by default");
            self.discard(Diagnostic::error(ReadCode::DefaultUnknown, span, message));
            return Vec::new();
        };
        let origin = Origin::DefaultWord(span);
        let entry = |proposal| Entry::new(proposal, origin.clone());
        let proposals = proposal::of_default_word(self.engine, proposals);
        proposals.into_iter().map(entry).collect()
    }

    /// The server, or everything that is wrong, `errors` included. A file of which no connection
    /// is left, because each was discarded, is not usable.
    pub(super) fn finish(
        mut self,
        server: Server,
        errors: Vec<Diagnostic>,
    ) -> Result<Reading<Server>, Vec<Diagnostic>> {
        let loaded = server.connections.iter().any(|it| it.not_loaded.is_none());
        if !loaded {
            for place in &self.discarding {
                self.diagnostics[*place].severity = Severity::Error;
            }
        }
        self.diagnostics.extend(errors);
        if let (true, Some(last)) = (self.unsaid > 0, self.diagnostics.last_mut()) {
            last.notes
                .push(format!("{} more remarks are left out", self.unsaid));
        }
        diag::sort(&mut self.diagnostics);
        if self
            .diagnostics
            .iter()
            .any(|it| it.severity == Severity::Error)
        {
            return Err(self.diagnostics);
        }
        Ok(Reading {
            value: server,
            diagnostics: self.diagnostics,
        })
    }
}

/// Whether the value of an element may be shown: that of `names` as it is, that of `algorithms` if it
/// looks like a list of them, that of `others` if it is a number or the word of a choice.
pub(super) fn is_harmless(
    element: Element<'_, '_>,
    names: &[&str],
    algorithms: &[&str],
    others: &[&str],
) -> bool {
    let is_of = |list: &[&str]| list.iter().any(|name| element.is(name));
    let text = element.text();
    is_of(names)
        || is_of(algorithms) && harmless::is_list(&text)
        || is_of(others) && harmless::is_choice(&text)
}

/// The items of a list that is separated by commas, each with its place.
pub(super) fn items(list: &Spanned<String>) -> Vec<Spanned<String>> {
    // What is escaped in the file has other octets than the text.
    let plain = list.span.end - list.span.start == list.value.len();
    let mut items = Vec::new();
    let mut start = list.span.start;
    for part in list.value.split(',') {
        let item = part.trim();
        let offset = start + part.len() - part.trim_start().len();
        start += part.len() + 1;
        if item.is_empty() {
            continue;
        }
        items.push(Spanned {
            value: item.to_owned(),
            span: if plain {
                Span::new(list.span.file, offset..offset + item.len())
            } else {
                list.span.clone()
            },
        });
    }
    items
}

/// Whether a backup is encrypted: both products begin it with the same line.
pub(super) fn is_encrypted(text: &str) -> bool {
    text.trim_start().starts_with("---- BEGIN config.xml ----")
}

/// Refuses a backup that is encrypted.
pub(super) fn refuse_encrypted(text: &str, file: usize) -> Result<(), Vec<Diagnostic>> {
    if !is_encrypted(text) {
        return Ok(());
    }
    let message = "the backup is encrypted";
    Err(vec![
        Diagnostic::error(ReadCode::EncryptedBackup, Place::File(file), message)
            .help("make a backup without encryption, of the IPsec settings alone if you can"),
    ])
}
