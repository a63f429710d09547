//! Checks of the proposals of a profile, word for word.

use super::ProfileCode;
use super::linter::Linter;
use crate::diag::{Diagnostic, nearest, quoted};
use crate::dialect::swan;
use crate::ike::{Protocol, Transform, TransformType};
use crate::yaml::{Fields, Node, Word};

/// What an offer is for, which decides what belongs into it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Use {
    /// The IKE SA.
    Ike,
    /// The first child SA: a group there would be a misunderstanding.
    FirstChild,
    /// A child SA that may have a key exchange of its own.
    Child,
}

impl Use {
    const fn protocol(self) -> Protocol {
        match self {
            Self::Ike => Protocol::Ike,
            Self::FirstChild | Self::Child => Protocol::Esp,
        }
    }
}

/// The order in which types stand in a keyword string.
const ORDER: [TransformType; 5] = [
    TransformType::ENCR,
    TransformType::INTEG,
    TransformType::PRF,
    TransformType::KE,
    TransformType::SN,
];

impl Linter<'_, '_> {
    /// The proposals under `key`, with what each of them names.
    pub(super) fn proposals(
        &mut self,
        fields: &Fields<'_, '_>,
        key: &str,
        purpose: Use,
    ) -> Vec<Transform> {
        let Some(node) = fields.get(key) else {
            return Vec::new();
        };
        self.proposal_list(node, purpose)
    }

    /// A list of proposals, with what they name.
    pub(super) fn proposal_list(&mut self, node: &Node<'_>, purpose: Use) -> Vec<Transform> {
        let items = self.reader.list(node, "a list of proposals");
        let mut named = Vec::new();
        for item in items.unwrap_or_default() {
            if let Some(word) = self.text(item, "a proposal") {
                named.extend(self.proposal(word, purpose));
            }
        }
        named
    }

    /// One proposal, with what it names.
    fn proposal(&mut self, word: &Word<'_>, purpose: Use) -> Vec<Transform> {
        let list = match swan::transforms(word) {
            Ok(list) => list,
            Err(unknown) => {
                for part in unknown {
                    self.unknown_keyword(&word[part.clone()], word.part(part));
                }
                return Vec::new();
            }
        };
        let list: Vec<_> = list.into_iter().map(|(_, transform)| transform).collect();
        self.incomplete(word, &list, purpose);
        self.stray(word, &list, purpose);
        self.spelling(word);
        list
    }

    fn unknown_keyword(&mut self, keyword: &str, place: crate::diag::Span) {
        let message = format!("{} is not an algorithm keyword", quoted(keyword));
        let diagnostic = Diagnostic::error(ProfileCode::NotAKeyword, place, message);
        let lower = keyword.to_lowercase();
        self.reader.push(if keyword.contains(',') {
            diagnostic.help("write one entry for each proposal")
        } else if swan::keyword(&lower).is_some() {
            diagnostic.help(format!("write `{lower}`"))
        } else {
            let near = nearest(keyword, swan::keywords());
            diagnostic.maybe_help(near.map(|near| format!("did you mean `{near}`?")))
        });
    }

    /// Complains about everything that is left to be derived.
    fn incomplete(&mut self, word: &Word<'_>, list: &[Transform], purpose: Use) {
        let has = |kind| list.iter().any(|t| t.kind == kind);
        let mut lacks: Vec<(&str, String)> = Vec::new();
        if !has(TransformType::ENCR) {
            lacks.push(("encryption algorithm", "aes256".to_owned()));
        }
        let ciphers = || list.iter().filter(|t| t.kind == TransformType::ENCR);
        let classic = ciphers().any(|t| !t.is_aead());
        if purpose == Use::Ike {
            if classic && !has(TransformType::INTEG) {
                lacks.push(("integrity algorithm", "sha256".to_owned()));
            }
            if !has(TransformType::PRF) {
                let integ = list.iter().find(|t| t.kind == TransformType::INTEG);
                let derived = integ.and_then(|t| swan::prf_of(*t)).and_then(swan::spell);
                lacks.push(("PRF", derived.unwrap_or_else(|| "prfsha256".to_owned())));
            }
            if !has(TransformType::KE) {
                lacks.push(("key exchange", "modp2048".to_owned()));
            }
        } else if !has(TransformType::SN) {
            lacks.push(("size of sequence numbers", "noesn".to_owned()));
        }
        for (what, keyword) in lacks {
            let message = format!("{} names no {what}", quoted(word));
            self.reader.push(
                Diagnostic::error(ProfileCode::IncompleteProposal, &word.span, message)
                    .help(format!("add what is on the wire, such as `{keyword}`")),
            );
        }
    }

    /// Complains about algorithms that have no place in such a proposal, and about disorder.
    fn stray(&mut self, word: &Word<'_>, list: &[Transform], purpose: Use) {
        let words = || word.split('-').map(str::trim).filter(|w| !w.is_empty());
        let protocol = purpose.protocol();
        for (keyword, transform) in words().zip(list) {
            let start = keyword.as_ptr().addr() - word.as_ptr().addr();
            let place = word.part(start..start + keyword.len());
            let kind = transform.kind;
            if purpose == Use::FirstChild && kind.is_key_exchange() {
                let message = format!("`{keyword}` is a group, and IKE_AUTH carries none");
                self.reader.push(
                    Diagnostic::error(ProfileCode::GroupInIkeAuth, place, message)
                        .help(format!("remove `{keyword}`")),
                );
            } else if kind == TransformType::PRF && protocol == Protocol::Esp
                || kind == TransformType::SN && protocol == Protocol::Ike
            {
                let noun = kind.noun();
                let message = format!("`{keyword}` is a {noun}, which {protocol} has not");
                self.reader.push(
                    Diagnostic::error(ProfileCode::StrayAlgorithm, place, message)
                        .help(format!("remove `{keyword}`")),
                );
            }
        }
        let place = |t: &Transform| ORDER.iter().position(|kind| *kind == t.kind);
        if !list.is_sorted_by_key(|t| place(t).unwrap_or(ORDER.len())) {
            let mut sorted: Vec<_> = words().zip(list).collect();
            sorted.sort_by_key(|(_, t)| place(t).unwrap_or(ORDER.len()));
            let sorted: Vec<_> = sorted.into_iter().map(|(keyword, _)| keyword).collect();
            let message = format!("{} is not in the usual order of types", quoted(word));
            self.reader.push(
                Diagnostic::warning(ProfileCode::KeyOrder, &word.span, message)
                    .note("encryption, integrity, PRF, key exchange, sequence numbers")
                    .help(format!("write `{}`", sorted.join("-"))),
            );
        }
    }

    /// Complains about spellings that no other profile uses.
    fn spelling(&mut self, word: &Word<'_>) {
        for keyword in word.split('-') {
            let usual = swan::keyword(keyword.trim()).and_then(swan::spell);
            let Some(usual) = usual.filter(|usual| usual != keyword) else {
                continue;
            };
            let start = keyword.as_ptr().addr() - word.as_ptr().addr();
            let place = word.part(start..start + keyword.len());
            let message = format!("`{keyword}` is usually written `{usual}`");
            self.reader.push(
                Diagnostic::warning(ProfileCode::KeywordSpelling, place, message)
                    .help(format!("write `{usual}`")),
            );
        }
    }
}
