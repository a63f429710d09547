//! Checks of what can be chosen: by a gateway when the other side begins, and by whoever configures
//! a client.

use super::ProfileCode;
use super::keys::keys;
use super::linter::Linter;
use crate::diag::{Diagnostic, nearest, quoted};
use crate::dialect::swan;
use crate::ike::TransformType;
use crate::profile::shape::{Selection, ValueSet, Values};
use crate::yaml::{Fields, Node, Word};

impl Linter<'_, '_> {
    /// How a gateway chooses.
    pub(super) fn selection(&mut self, node: &Node<'_>) {
        let what = "`selection`";
        let known = keys::<Selection>();
        let Some(fields) = self.reader.fields(node, what, known) else {
            return;
        };
        self.require(node, &fields, what, &["rule", "text"]);
        self.evidence(node, &fields, what, known);
        self.one_of(&fields, "rule", "a rule", &["own-order", "peer-order"]);
        self.text_of(&fields, "text", "one or two sentences");
    }

    /// The algorithms that can be chosen, each in the list of its type.
    pub(super) fn values(&mut self, fields: &Fields<'_, '_>) {
        let Some(node) = fields.get("values") else {
            return;
        };
        let Some(sets) = self.reader.fields(node, "`values`", keys::<Values>()) else {
            return;
        };
        for protocol in ["ike", "esp"] {
            let Some(node) = sets.get(protocol) else {
                continue;
            };
            let what = format!("the values of `{protocol}`");
            let Some(set) = self.reader.fields(node, &what, keys::<ValueSet>()) else {
                continue;
            };
            for (key, kind) in [
                ("encryption", TransformType::ENCR),
                ("integrity", TransformType::INTEG),
                ("prf", TransformType::PRF),
                ("key-exchange", TransformType::KE),
            ] {
                for word in self.texts_of(&set, key, "an algorithm") {
                    self.value(word, kind);
                }
            }
            for word in self.texts_of(&set, "additional-key-exchange", "a key exchange method") {
                self.value(word, TransformType::KE);
            }
        }
    }

    /// One algorithm that can be chosen.
    fn value(&mut self, word: &Word<'_>, kind: TransformType) {
        let transform = swan::keyword(word);
        if transform.is_some_and(|transform| transform.kind == kind) {
            return;
        }
        let of_kind = swan::KEYWORDS.iter().filter(|(_, t)| t.kind == kind);
        let near = nearest(word, of_kind.map(|(word, _)| *word));
        let message = format!("{} is no {}", quoted(word), kind.noun());
        self.reader.push(
            Diagnostic::error(ProfileCode::NotAKeyword, &word.span, message)
                .maybe_help(near.map(|near| format!("did you mean `{near}`?"))),
        );
    }
}
