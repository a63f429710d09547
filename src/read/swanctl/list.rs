//! Lists of proposals, and what a missing list means.

use std::ops::Range;

use super::{Reader, View};
use crate::diag::{Diagnostic, Severity, Span};
use crate::dialect::swan::Generation;
use crate::ike::{Proposal, Protocol};
use crate::peer::{Connection, Entry, Origin};
use crate::read::settings::Value;
use crate::read::{ReadCode, loading, proposal, swan_version};

impl Reader<'_> {
    /// The proposals of one protocol in the section `view`, or those that are used without a list.
    pub(super) fn list(
        &mut self,
        connection: &mut Connection,
        protocol: Protocol,
        view: &View<'_>,
    ) -> Vec<Entry> {
        let key = key(protocol);
        let value = view.setting(key).and_then(|setting| setting.value.as_ref());
        let mut entries = Vec::new();
        let mut named = false;
        for (number, (bytes, item)) in value.into_iter().flat_map(Value::items).enumerate() {
            named = true;
            if number >= loading::MOST_PROPOSALS {
                let place = value.expect("it has items").span();
                self.discard(connection, loading::too_many(place));
                break;
            }
            let span = value.expect("it has items").part(bytes.clone());
            if item.eq_ignore_ascii_case("default") {
                let origin = Origin::DefaultWord(span);
                let proposals = proposal::of_default_word(self.engine, self.defaults(protocol));
                let entry = |proposal| Entry::new(proposal, origin.clone());
                entries.extend(proposals.into_iter().map(entry));
                continue;
            }
            let part = |part: Range<usize>| {
                let start = bytes.start;
                value
                    .expect("it has items")
                    .part(start + part.start..start + part.end)
            };
            let mut complaints = Vec::new();
            let generation = Generation::of_major(self.engine.version.major());
            let whole = item;
            let item = generation.read_part(whole);
            match proposal::read(protocol, item, part) {
                Ok(entry) => {
                    complaints.extend(swan_version::other_version(self.engine, item, part));
                    entries.push(entry);
                }
                Err(diagnostics) => {
                    let word = swan_version::word_of(item, span.start);
                    let complain = |diagnostic| swan_version::with_reason(diagnostic, &word);
                    complaints.extend(diagnostics.into_iter().map(complain));
                }
            }
            if item.len() < whole.len() {
                let severity = if complaints.is_empty() {
                    Severity::Warning
                } else {
                    Severity::Error
                };
                let too_long = self.too_long(severity, &span, (item, whole));
                if severity == Severity::Error {
                    complaints = vec![too_long];
                } else {
                    self.diagnostics.push(too_long);
                }
            }
            for complaint in complaints {
                let note = format!("charon says \"invalid value for: {key}, config discarded\"");
                self.discard(connection, complaint.note(note));
            }
        }
        // Without AH proposals a child is for ESP.
        if !named && protocol != Protocol::Ah {
            return self.assumed(connection, protocol, view);
        }
        entries.shrink_to_fit();
        entries
    }

    /// A proposal of which the daemon reads the beginning only.
    fn too_long(&self, severity: Severity, span: &Span, (read, whole): (&str, &str)) -> Diagnostic {
        let (has, most) = (whole.len(), read.len());
        let message = format!("the proposal has {has} characters");
        let version = self.engine.version;
        let cut = format!("charon {version} reads the first {most} and drops the rest");
        Diagnostic::new(severity, ReadCode::ProposalTooLong, span, message)
            .note(cut)
            .help("write several proposals")
    }

    fn defaults(&mut self, protocol: Protocol) -> Vec<Proposal> {
        let proposals = (self.context.defaults)(self.engine, protocol);
        self.unanswerable |= proposals.is_none();
        proposals.unwrap_or_default()
    }

    fn assumed(
        &mut self,
        connection: &Connection,
        protocol: Protocol,
        view: &View<'_>,
    ) -> Vec<Entry> {
        let engine = format!("{} {}", self.engine.name, self.engine.version);
        let proposals = self.defaults(protocol);
        let place = view.own().places.first().or(connection.span.as_ref());
        let key = key(protocol);
        if let Some(place) = place {
            if proposals.is_empty() {
                let message =
                    format!("`{key}` is missing, and it is not known what {engine} uses then");
                self.diagnostics.push(
                    Diagnostic::error(ReadCode::DefaultUnknown, place, message)
                        .help(format!("add `{key} =` with the proposals")),
                );
            } else if connection.serves_clients()
                && !std::mem::replace(
                    &mut self.assumed[usize::from(protocol == Protocol::Esp)],
                    true,
                )
            {
                let message =
                    format!("`{key}` is missing, the default proposals of {engine} are assumed");
                self.diagnostics.push(Diagnostic::new(
                    Severity::Note,
                    ReadCode::DefaultAssumed,
                    place,
                    message,
                ));
            }
        }
        let entry = |proposal| Entry::new(proposal, Origin::Default(engine.clone()));
        proposals.into_iter().map(entry).collect()
    }
}

const fn key(protocol: Protocol) -> &'static str {
    match protocol {
        Protocol::Ike => "proposals",
        Protocol::Esp => "esp_proposals",
        Protocol::Ah => "ah_proposals",
    }
}
