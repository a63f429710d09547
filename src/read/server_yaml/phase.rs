//! `phase1` and `phase2`: lists of proposals in either spelling, and what the product makes of them.

use super::entry;
use crate::diag::{Diagnostic, Place, Severity, Span};
use crate::ike::{Proposal, Protocol};
use crate::peer::server::Product;
use crate::peer::{Engine, Entry, Origin};
use crate::read::{ReadCode, harmless, loading, pfsense, proposal};
use crate::yaml::{self, FieldReader, Kind, Node, Word};

/// What it takes to understand a list of proposals.
#[derive(Clone, Copy)]
pub(super) struct Phase<'d> {
    /// IKE for `phase1`, ESP for `phase2`.
    pub(super) protocol: Protocol,
    pub(super) product: Option<Product>,
    pub(super) engine: Engine,
    /// The engine's proposals when none are configured.
    pub(super) defaults: &'d dyn Fn(Engine, Protocol) -> Option<Vec<Proposal>>,
}

impl Phase<'_> {
    /// The key of the list.
    pub(super) const fn key(&self) -> &'static str {
        match self.protocol {
            Protocol::Ike => "phase1",
            Protocol::Ah | Protocol::Esp => "phase2",
        }
    }

    pub(super) fn is_pfsense(&self) -> bool {
        self.product == Some(Product::Pfsense)
    }

    /// The proposals of the list `node`, or the product's own if there is no list. `place` is
    /// where the list is missed.
    pub(super) fn read(
        &self,
        reader: &mut FieldReader<'_>,
        node: Option<&Node<'_>>,
        place: Place,
    ) -> Vec<Entry> {
        let Some(node) = node else {
            return self.assumed(reader, place);
        };
        let items = match &node.kind {
            Kind::List(items) => items,
            Kind::Word(_) | Kind::Map(_) => std::slice::from_ref(node),
            Kind::Null => &[],
        };
        if items.is_empty() {
            let message = format!("`{}` has no entries", self.key());
            reader.push(
                Diagnostic::error(ReadCode::EmptyList, &node.place, message)
                    .help("write a proposal, or `default` for those of the product"),
            );
        }
        let lists = items.iter().take(loading::MOST_PROPOSALS);
        let lists: Vec<_> = lists.map(|item| self.item(reader, item)).collect();
        let written: usize = lists.iter().map(Vec::len).sum();
        if items.len() > loading::MOST_PROPOSALS || written > loading::MOST_PROPOSALS {
            reader.push(loading::too_many(&node.place));
        }
        if self.is_pfsense() && self.protocol == Protocol::Esp {
            pfsense::merge(lists)
        } else {
            lists.into_iter().flatten().collect()
        }
    }

    fn item(&self, reader: &mut FieldReader<'_>, node: &Node<'_>) -> Vec<Entry> {
        match &node.kind {
            Kind::Map(_) => entry::read(self, reader, node),
            Kind::Word(word) => self.keywords(reader, word),
            Kind::Null | Kind::List(_) => {
                let expected = "keywords such as `aes256-sha256`, or a mapping with `encryption`";
                reader.wrong_kind(node, expected);
                Vec::new()
            }
        }
    }

    /// Proposals in strongSwan's keywords, several of them separated by commas as in swanctl.conf.
    fn keywords(&self, reader: &mut FieldReader<'_>, word: &Word<'_>) -> Vec<Entry> {
        if harmless::is_list(word) {
            reader.show(word);
        }
        let mut entries = Vec::new();
        let mut start = 0;
        for (number, part) in word.split(',').enumerate() {
            if number >= loading::MOST_PROPOSALS {
                reader.push(loading::too_many(&word.span));
                break;
            }
            let offset = start + part.len() - part.trim_start().len();
            start += part.len() + 1;
            let part = part.trim();
            if part.is_empty() {
                continue;
            }
            let place =
                |bytes: std::ops::Range<usize>| word.part(offset + bytes.start..offset + bytes.end);
            let span = place(0..part.len());
            // swanctl takes the word in any case.
            if part.eq_ignore_ascii_case("default") {
                entries.extend(self.default_word(reader, span));
                continue;
            }
            match proposal::read(self.protocol, part, place) {
                Ok(entry) => entries.push(entry),
                Err(diagnostics) => diagnostics.into_iter().for_each(|it| reader.push(it)),
            }
        }
        if word.trim().trim_matches(',').is_empty() {
            let message = "expected a proposal, found an empty text";
            reader.push(Diagnostic::error(
                yaml::YamlCode::WrongKind,
                &word.span,
                message,
            ));
        }
        entries
    }

    fn default_word(&self, reader: &mut FieldReader<'_>, span: Span) -> Vec<Entry> {
        let Some(proposals) = (self.defaults)(self.engine, self.protocol) else {
            let message = format!(
                "it is not known what {} uses by default",
                self.engine_name()
            );
            reader.push(
                Diagnostic::error(ReadCode::DefaultUnknown, span, message)
                    .help("write the proposals instead of `default`"),
            );
            return Vec::new();
        };
        let proposals = proposal::of_default_word(self.engine, proposals);
        let origin = Origin::DefaultWord(span);
        let entry = |proposal| Entry::new(proposal, origin.clone());
        proposals.into_iter().map(entry).collect()
    }

    fn assumed(&self, reader: &mut FieldReader<'_>, place: Place) -> Vec<Entry> {
        let (key, engine) = (self.key(), self.engine_name());
        let Some(proposals) = (self.defaults)(self.engine, self.protocol) else {
            let message =
                format!("`{key}` is missing, and it is not known what {engine} uses by default");
            reader.push(
                Diagnostic::error(ReadCode::DefaultUnknown, place, message)
                    .help(format!("add `{key}:` with the server's proposals")),
            );
            return Vec::new();
        };
        let message = format!("`{key}` is missing, the default proposals of {engine} are assumed");
        reader.push(Diagnostic::new(
            Severity::Note,
            ReadCode::DefaultAssumed,
            place,
            message,
        ));
        let entry = |proposal| Entry::new(proposal, Origin::Default(engine.clone()));
        proposals.into_iter().map(entry).collect()
    }

    fn engine_name(&self) -> String {
        format!("{} {}", self.engine.name, self.engine.version)
    }
}

/// The word for a phase of which nothing is known.
const UNKNOWN: &str = "unknown";

/// Where a phase is written as one of which nothing is known.
pub(super) fn unknown(reader: &mut FieldReader<'_>, node: &Node<'_>) -> Option<Span> {
    match &node.kind {
        Kind::Word(word) if word.eq_ignore_ascii_case(UNKNOWN) => {
            reader.show(word);
            Some(node.place.clone())
        }
        _ => None,
    }
}

/// RRAS has one value of each parameter, so one suite of IKE and one of ESP.
pub(super) fn only_one_suite(reader: &mut FieldReader<'_>, protocol: Protocol, entries: &[Entry]) {
    let message = format!("RRAS has one suite of {protocol}");
    let more = entries.get(1).filter(|entry| entry.origin.span().is_some());
    if let Some(span) = more.and_then(|entry| entry.origin.span()) {
        let first = entries[0].origin.span().cloned();
        let mut diagnostic = Diagnostic::error(ReadCode::OneAlgorithmOnly, span, message)
            .help("leave the one that -CustomPolicy sets");
        if let Some(first) = first {
            diagnostic = diagnostic.context(first, "first");
        }
        return reader.push(diagnostic);
    }
    let several = |entry: &&Entry| {
        let mut transforms = entry.proposal.transforms().windows(2);
        transforms.any(|pair| pair[0].kind == pair[1].kind)
    };
    let several = entries.iter().find(several);
    if let Some(span) = several.and_then(|entry| entry.origin.span()) {
        reader.push(
            Diagnostic::error(ReadCode::OneAlgorithmOnly, span, message)
                .note("-CustomPolicy takes one value for each parameter")
                .help("leave one algorithm of each type"),
        );
    }
}
