//! `ike=`, `esp=` and `ah=` of strongSwan: a list, to which the defaults are added unless it ends
//! with an exclamation mark.

use super::Reader;
use super::inherit::Whole;
use crate::diag::{Diagnostic, Severity, quoted};
use crate::ike::{Proposal, Protocol, TransformType};
use crate::peer::{Connection, Entry, Origin};
use crate::read::settings::Value;
use crate::read::{ReadCode, harmless, loading, proposal, swan_version};

impl Reader<'_> {
    pub(super) fn list(
        &mut self,
        connection: &mut Connection,
        protocol: Protocol,
        whole: &Whole<'_>,
    ) -> Vec<Entry> {
        let value = whole.value(key(protocol));
        let mut entries = value.map_or_else(Vec::new, |v| self.written(connection, protocol, v));
        let strict = value.is_some_and(|value| value.trim_end().ends_with('!'));
        if !strict {
            entries.extend(self.defaults(connection, protocol, value));
        }
        entries
    }

    fn written(
        &mut self,
        connection: &mut Connection,
        protocol: Protocol,
        value: &Value,
    ) -> Vec<Entry> {
        let text = value.trim_end();
        let text = text.strip_suffix('!').unwrap_or(text);
        let mut entries = Vec::new();
        let mut start = 0;
        for (number, item) in text.split(',').enumerate() {
            if number >= loading::MOST_PROPOSALS {
                let too_many = loading::too_many(value.span());
                loading::discard(connection, &mut self.diagnostics, too_many);
                break;
            }
            let offset = start + item.len() - item.trim_start_matches(' ').len();
            start += item.len() + 1;
            let item = item.trim_matches(' ');
            let span = value.part(offset..offset + item.len());
            let mut complaints = Vec::new();
            if item.is_empty() {
                let message = "a proposal of the list is empty";
                complaints.push(
                    Diagnostic::error(ReadCode::EmptyList, value.span(), message)
                        .help("remove the comma that is too much"),
                );
            } else {
                let part = |part: std::ops::Range<usize>| {
                    value.part(offset + part.start..offset + part.end)
                };
                match proposal::read(protocol, item, part) {
                    Ok(entry) => {
                        let engine = self.engine;
                        complaints.extend(swan_version::other_version(engine, item, part));
                        entries.push(entry);
                    }
                    Err(diagnostics) => {
                        let word = swan_version::word_of(item, span.start);
                        let complain = |it| swan_version::with_reason(it, &word);
                        complaints.extend(diagnostics.into_iter().map(complain));
                    }
                }
            }
            for complaint in complaints {
                let note = format!(
                    "charon says \"skipped invalid proposal string: {}\" and adds no connection",
                    harmless::said(item)
                );
                loading::discard(connection, &mut self.diagnostics, complaint.note(note));
            }
        }
        entries
    }

    /// The built-in proposals, classic ciphers first (`add_proposals` in `stroke_config.c`).
    fn defaults(
        &mut self,
        connection: &Connection,
        protocol: Protocol,
        value: Option<&Value>,
    ) -> Vec<Entry> {
        let engine = format!("{} {}", self.engine.name, self.engine.version);
        let known = (self.context.defaults)(self.engine, protocol);
        let place = value.map(Value::span).or(connection.span.as_ref());
        let key = key(protocol);
        let Some(mut proposals) = known else {
            let message = format!("it is not known what {engine} adds to `{key}`");
            if let Some(place) = place {
                self.diagnostics.push(
                    Diagnostic::warning(ReadCode::DefaultUnknown, place, message)
                        .help("end the list with `!`"),
                );
            }
            return Vec::new();
        };
        proposals.sort_by_key(|proposal: &Proposal| {
            let ciphers = proposal.of(TransformType::ENCR);
            ciphers.first().is_some_and(|cipher| cipher.is_aead())
        });
        let said = &mut self.assumed[usize::from(protocol != Protocol::Ike)];
        if let Some(place) = place.filter(|_| connection.serves_clients() && !*said) {
            *said = true;
            let message = match value {
                Some(_) => format!(
                    "{} has no `!` at its end, so the default proposals of {engine} are added",
                    quoted(key)
                ),
                None => {
                    format!("`{key}` is missing, the default proposals of {engine} are assumed")
                }
            };
            self.diagnostics.push(Diagnostic::new(
                Severity::Note,
                ReadCode::DefaultAssumed,
                place,
                message,
            ));
        }
        let entry = |proposal| Entry::new(proposal, Origin::Default(engine.clone()));
        proposals.into_iter().map(entry).collect()
    }
}

const fn key(protocol: Protocol) -> &'static str {
    match protocol {
        Protocol::Ike => "ike",
        Protocol::Esp => "esp",
        Protocol::Ah => "ah",
    }
}
