//! Policies that somebody wrote: a file like those in `profiles/policies/`, read with the place of
//! everything that is wrong.

use std::collections::HashMap;

use serde::Deserialize;
use serde::de::IntoDeserializer as _;
use serde::de::value::{Error, StrDeserializer};
use strum::IntoEnumIterator as _;

use super::Database;
use super::lint::ProfileCode;
use super::lint::keys::keys as shape_keys;
use crate::diag::{Diagnostic, Severity, Sources, Span, quoted};
use crate::dialect::swan;
use crate::ike::{Ke, TransformType, registry};
use crate::peer::Policy;
use crate::peer::policy::{
    Cell, Known, Level, Mark, Measure, Otherwise, PolicyFile, Strengths, by_name,
};
use crate::yaml::{self, FieldReader, Fields, Node};

/// Ways to know a strength.
const MEASURES: &[&str] = &["design", "estimate", "size", "table", "unknown"];

/// Reads the policy that stands in the text numbered `file`.
///
/// Without strengths of its own it gets those of `rfc8247`. Fails with everything that is wrong.
pub fn read(
    sources: &mut Sources,
    file: usize,
    database: &Database<'_>,
) -> Result<Policy, Vec<Diagnostic>> {
    let text = sources.text(file);
    let root = yaml::parse(&text, file)?;
    let mut walk = Walk {
        reader: FieldReader::of_facts(sources),
        decided: HashMap::new(),
    };
    let made = walk.file(&root);
    let said = walk.reader.finish();
    if said.iter().any(|it| it.severity == Severity::Error) {
        return Err(said);
    }
    let policy = made.and_then(|made| Policy::new(made).ok());
    policy.map(|policy| database.complete(policy)).ok_or(said)
}

struct Walk<'s> {
    reader: FieldReader<'s>,
    /// What has been decided, by list, name and key length, and where.
    decided: HashMap<(&'static str, String, u16), Span>,
}

impl Walk<'_> {
    fn file(&mut self, root: &Node<'_>) -> Option<PolicyFile> {
        let what = "a policy";
        let fields = self.reader.fields(root, what, shape_keys::<PolicyFile>())?;
        let id = self.text(&fields, "id", "a name for the outputs");
        let title = self.text(&fields, "title", "a title");
        for key in ["id", "title"] {
            self.require(root, &fields, what, key);
        }
        let binding = match fields.get("binding") {
            Some(node) => self.one_of(node, "`true` or `false`", &["true", "false"])? == "true",
            None => true,
        };
        let otherwise = fields.get("otherwise").and_then(|node| {
            let what = "`otherwise`";
            let fields = self.reader.fields(node, what, shape_keys::<Otherwise>())?;
            self.require(node, &fields, what, "level");
            self.require(node, &fields, what, "clause");
            Some(Otherwise {
                level: self.word(&fields, "level", "a level", Level::WORDS)?,
                mark: self.mark(&fields),
                clause: self.text(&fields, "clause", "where it is stated")?,
                note: self.text(&fields, "note", "a sentence"),
            })
        });
        let same = match fields.get("esp-group-of-ike") {
            Some(node) => self.one_of(node, "`true` or `false`", &["true", "false"])? == "true",
            None => false,
        };
        let cells = |walk: &mut Self, key: &'static str| match fields.get(key) {
            Some(node) => walk.cells(node, key),
            None => Vec::new(),
        };
        Some(PolicyFile {
            ike: cells(self, "ike"),
            key_exchange: cells(self, "key-exchange"),
            esp: cells(self, "esp"),
            ah: cells(self, "ah"),
            id: id?,
            title: title?,
            retrieved: self.text(&fields, "retrieved", "a date"),
            binding,
            otherwise,
            key_exchange_in_esp: self.text(&fields, "key-exchange-in-esp", "where it is stated"),
            esp_group_of_ike: same,
            required_key_exchange: self.key_exchange_name(&fields, "required-key-exchange"),
            strength: match fields.get("strength") {
                Some(node) => self.strengths(node),
                None => Vec::new(),
            },
        })
    }

    /// The name of a key exchange in the registry.
    fn key_exchange_name(&mut self, fields: &Fields<'_, '_>, key: &str) -> Option<String> {
        let name = self.text(fields, key, "a key exchange, as the registry calls it")?;
        if name.parse::<Ke>().is_ok() {
            return Some(name);
        }
        if let Some(word) = fields.get(key).and_then(|node| self.reader.word(node, "")) {
            let names: Vec<_> = Ke::iter().map(|ke| ke.to_string()).collect();
            let names = names.iter().map(String::as_str);
            self.reader
                .unknown_word(word, "a key exchange of the registry", names);
        }
        None
    }

    fn cells(&mut self, node: &Node<'_>, list: &'static str) -> Vec<Cell> {
        let items = self
            .reader
            .list(node, "a list of cells")
            .unwrap_or_default();
        items
            .iter()
            .filter_map(|item| self.cell(item, list))
            .collect()
    }

    fn cell(&mut self, node: &Node<'_>, list: &'static str) -> Option<Cell> {
        let what = "a cell";
        let fields = self.reader.fields(node, what, shape_keys::<Cell>())?;
        for key in ["name", "level", "known", "clause"] {
            self.require(node, &fields, what, key);
        }
        let mut keys = Vec::new();
        if let Some(node) = fields.get("keys") {
            let expected = "a list of key lengths";
            for item in self.reader.list(node, expected).unwrap_or_default() {
                keys.extend(self.number(item, "a key length in bits"));
            }
        }
        let name = self.algorithm(fields.get("name")?, list, &keys);
        let level = self.word(&fields, "level", "a level", Level::WORDS);
        let known = self.word(&fields, "known", "a way to state a level", Known::WORDS);
        let downgraded = match fields.get("downgraded") {
            Some(node) => self.one_of(node, "`true` or `false`", &["true", "false"])? == "true",
            None => false,
        };
        Some(Cell {
            name: name?,
            keys,
            level: level?,
            known: known?,
            downgraded,
            mark: self.mark(&fields),
            clause: self.text(&fields, "clause", "where it is stated")?,
            note: self.text(&fields, "note", "a sentence"),
        })
    }

    fn strengths(&mut self, node: &Node<'_>) -> Vec<Strengths> {
        let what = "a row of strengths";
        let items = self.reader.list(node, "a list of rows").unwrap_or_default();
        let mut rows = Vec::new();
        for item in items {
            let known = shape_keys::<Strengths>();
            let Some(fields) = self.reader.fields(item, what, known) else {
                continue;
            };
            self.require(item, &fields, what, "by");
            self.require(item, &fields, what, "names");
            let mut names = Vec::new();
            if let Some(node) = fields.get("names") {
                let expected = "a list of names";
                for item in self.reader.list(node, expected).unwrap_or_default() {
                    names.extend(self.algorithm(item, "strength", &[]));
                }
            }
            let by: Option<Measure> = self.word(&fields, "by", "a measure", MEASURES);
            let bits = fields.get("bits");
            let bits = bits.and_then(|node| self.number(node, "a number of bits"));
            rows.extend(by.map(|by| Strengths { bits, by, names }));
        }
        rows
    }

    /// The name of an algorithm that may stand in the list and is not decided yet.
    fn algorithm(&mut self, node: &Node<'_>, list: &'static str, keys: &[u16]) -> Option<String> {
        let word = self.reader.word(node, "a name of the IANA registry")?;
        let Some((kind, _)) = by_name(word) else {
            let names: Vec<_> = registry::algorithms().collect();
            match swan::keyword(&word.to_lowercase()).and_then(registry::transform) {
                Some(name) => self.reader.push(
                    Diagnostic::error(
                        yaml::YamlCode::UnknownWord,
                        &word.span,
                        format!("{} is strongSwan's name of an algorithm", quoted(word)),
                    )
                    .help(format!("the IANA registry calls it `{name}`")),
                ),
                None => self.reader.unknown_word(
                    word,
                    "an algorithm of the IANA registry",
                    names.iter().map(String::as_str),
                ),
            }
            return None;
        };
        let group = kind == TransformType::KE;
        if list != "strength" && group != (list == "key-exchange") {
            let place = if group {
                "key-exchange"
            } else {
                "ike` or `esp"
            };
            let message = format!("{} does not belong to `{list}`", quoted(word));
            self.reader.push(
                Diagnostic::error(ProfileCode::PolicyPlace, &word.span, message)
                    .help(format!("its place is `{place}`")),
            );
            return None;
        }
        let any = [u16::MAX];
        for key in if keys.is_empty() { &any[..] } else { keys } {
            let slot = (list, word.to_string(), *key);
            if let Some(first) = self.decided.insert(slot, word.span.clone()) {
                let message = format!("{} is decided twice", quoted(word));
                self.reader.push(
                    Diagnostic::error(ProfileCode::PolicyTwice, &word.span, message)
                        .context(first, "first")
                        .help("remove one of the two, or tell them apart by `keys`"),
                );
                return None;
            }
        }
        Some(word.to_string())
    }

    fn require(&mut self, node: &Node<'_>, fields: &Fields<'_, '_>, what: &str, key: &str) {
        if fields.get(key).is_none() {
            let message = format!("the key `{key}` of {what} is missing");
            self.reader.push(Diagnostic::error(
                yaml::YamlCode::MissingKey,
                &node.place,
                message,
            ));
        }
    }

    fn text(&mut self, fields: &Fields<'_, '_>, key: &str, expected: &str) -> Option<String> {
        let word = self.reader.word(fields.get(key)?, expected)?;
        Some(word.to_string())
    }

    fn number(&mut self, node: &Node<'_>, expected: &str) -> Option<u16> {
        let word = self.reader.word(node, expected)?;
        let number = word.parse().ok();
        if number.is_none() {
            let message = format!("expected {expected}, found {}", quoted(word));
            self.reader.push(Diagnostic::error(
                yaml::YamlCode::WrongKind,
                &word.span,
                message,
            ));
        }
        number
    }

    fn mark(&mut self, fields: &Fields<'_, '_>) -> Mark {
        self.word(fields, "mark", "a mark", Mark::WORDS)
            .unwrap_or_default()
    }

    fn word<T: Deserialize<'static>>(
        &mut self,
        fields: &Fields<'_, '_>,
        key: &str,
        what: &str,
        known: &'static [&'static str],
    ) -> Option<T> {
        let word = self.one_of(fields.get(key)?, what, known)?;
        let word: StrDeserializer<'static, Error> = word.into_deserializer();
        T::deserialize(word).ok()
    }

    fn one_of(
        &mut self,
        node: &Node<'_>,
        what: &str,
        known: &'static [&'static str],
    ) -> Option<&'static str> {
        let word = self.reader.word(node, what)?;
        let found = known.iter().find(|known| **known == &**word);
        if found.is_none() {
            self.reader.unknown_word(word, what, known.iter().copied());
        }
        found.copied()
    }
}
