//! What is to be said about a server, by whoever has something to say; the rules are in `lint`.

use super::code::NegotiationCode;
use super::verdict::{Refusal, Verdict};
use crate::diag::{Diagnostic, Label, Place, Severity};
use crate::peer::Span;

/// One thing to say about the server.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Finding {
    /// Its name.
    pub code: &'static str,
    /// How bad it is.
    pub severity: Severity,
    /// Place of the connection it is about; `None` if it is about no one in particular.
    pub connection: Option<usize>,
    /// What is the matter, in one line.
    pub message: String,
    /// Where in the file, if it stands there.
    pub span: Option<Span>,
    /// Other places that matter.
    pub context: Vec<Label>,
    /// Clause or deduction.
    pub notes: Vec<String>,
    /// What to do.
    pub help: Option<String>,
}

impl Finding {
    /// The finding as a complaint; without a place of its own it is about the text numbered `file`.
    pub fn diagnostic(&self, file: usize) -> Diagnostic {
        let place = self.span.as_ref().map_or(Place::File(file), Place::from);
        Diagnostic {
            severity: self.severity,
            code: self.code,
            message: self.message.clone(),
            place,
            label: None,
            context: self.context.clone(),
            notes: self.notes.clone(),
            help: self.help.clone(),
        }
    }
}

/// The name of what a refusal is about.
pub fn code_of(verdict: &Verdict) -> Option<NegotiationCode> {
    match verdict {
        Verdict::Refuse(Refusal::NoMatch { gaps, .. }) => {
            gaps.first().map(|gap| NegotiationCode::of_gap(gap.kind))
        }
        Verdict::Refuse(Refusal::KeyExchangeUnwanted) => {
            Some(NegotiationCode::RekeyWithKeyExchangeRefused)
        }
        Verdict::Refuse(Refusal::BehindNat) => Some(NegotiationCode::ServerRekeyBehindNat),
        Verdict::Refuse(Refusal::NotLoaded(_)) => Some(NegotiationCode::ConnectionNotLoaded),
        _ => None,
    }
}
