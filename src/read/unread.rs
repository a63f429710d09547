//! Keys of a file of which the model has nothing: that none of them goes without a word.

use super::loading::{self, Remarks};
use super::{ReadCode, Reading};
use crate::diag::{Diagnostic, Span, nearest, quoted_or};
use crate::peer::Server;
use crate::peer::setting::{Bearing, Definitions, Setting};

/// Keys that the reader has not taken, in their order.
#[derive(Debug, Default)]
pub(super) struct Unread {
    settings: Vec<Setting>,
    remarks: Remarks,
}

impl Unread {
    /// Notes a key that is known, and of which nothing is kept. Only a conversion has to name it.
    pub(super) fn known(&mut self, key: &str, place: &Span, bearing: Bearing) {
        self.push(format!("`{key}`"), place, bearing);
    }

    /// Notes a key that nobody knows, and says so.
    pub(super) fn unknown<'w>(
        &mut self,
        word: &str,
        place: &Span,
        known: impl Iterator<Item = &'w str> + Clone,
    ) {
        self.warn(word, place, known.clone());
        let said = quoted_or(word, known, "this");
        let said = match said.as_str() {
            "this" => "a key that is not known here".to_owned(),
            _ => said,
        };
        self.push(said, place, Bearing::Operation);
    }

    /// Says that nobody knows a key, of which a setting is kept.
    pub(super) fn warn<'w>(
        &mut self,
        word: &str,
        place: &Span,
        known: impl Iterator<Item = &'w str> + Clone,
    ) {
        let said = quoted_or(word, known.clone(), "this");
        let message = format!("{said} is no key that is known here, so it is passed over");
        let near = nearest(word, known);
        self.remarks.say(
            Diagnostic::warning(ReadCode::UnknownOption, place, message)
                .maybe_help(near.map(|near| format!("did you mean `{near}`?"))),
        );
    }

    /// Notes a part of the file that stands there for nobody.
    pub(super) fn of(&mut self, part: String, place: &Span) {
        self.push(part, place, Bearing::Operation);
    }

    fn push(&mut self, key: String, place: &Span, bearing: Bearing) {
        if self.settings.len() < loading::MOST_SETTINGS {
            self.settings.push(Setting {
                key,
                value: String::new(),
                span: place.clone(),
                bearing: Some(bearing),
            });
        }
    }

    /// What was read with what was noted.
    pub(super) fn of_server(
        self,
        read: Result<Reading<Server>, Vec<Diagnostic>>,
    ) -> Result<Reading<Server>, Vec<Diagnostic>> {
        let mut read = read?;
        self.into(&mut read.value.definitions, &mut read.diagnostics);
        Ok(read)
    }

    /// Hands everything over to what was read.
    pub(super) fn into(self, definitions: &mut Definitions, diagnostics: &mut Vec<Diagnostic>) {
        definitions.unread.extend(self.settings);
        diagnostics.extend(self.remarks.into_diagnostics());
        crate::diag::sort(diagnostics);
    }
}
