//! Checks of the variants of a profile and of the six exchanges in each.

use super::ProfileCode;
use super::keys::keys;
use super::linter::Linter;
use super::proposal::Use;
use crate::diag::{Diagnostic, nearest, quoted};
use crate::dialect::swan;
use crate::ike::{Transform, TransformType};
use crate::profile::shape::{
    AnswerGroup, IkeGroup, LifetimeGroup, OfferGroup, ReadingGroup, RekeyGroup, ResponderGroup,
    Variant,
};
use crate::yaml::{self, Entry, Fields, Kind, Node};

/// The exchanges of a tunnel's life, by their keys.
pub(super) const EXCHANGES: [&str; 6] = [
    "ike-sa-init",
    "ike-auth",
    "child-rekey-by-client",
    "child-rekey-by-server",
    "ike-rekey-by-client",
    "ike-rekey-by-server",
];

impl Linter<'_, '_> {
    /// The variants of a profile; those of an engine need only state what is configured.
    pub(super) fn variants(&mut self, node: &Node<'_>, is_engine: bool) {
        let Kind::Map(entries) = &node.kind else {
            self.reader.wrong_kind(node, "a mapping of variants");
            return;
        };
        for (place, entry) in entries.iter().enumerate() {
            let key = &entry.key;
            self.name(key, "the name of a variant");
            if entries[..place]
                .iter()
                .any(|other| other.key.text == key.text)
            {
                let message = format!("the variant {} stands here twice", quoted(key));
                self.reader.push(Diagnostic::error(
                    yaml::YamlCode::DuplicateKey,
                    &key.span,
                    message,
                ));
            }
            self.variant(entry, is_engine);
        }
    }

    fn variant(&mut self, entry: &Entry<'_>, is_engine: bool) {
        let what = format!("the variant {}", quoted(&entry.key));
        let known = keys::<Variant>();
        let Some(fields) = self.reader.fields(&entry.value, &what, known) else {
            return;
        };
        self.order(&fields, known);
        self.require(&entry.value, &fields, &what, &["setup"]);
        self.text_of(&fields, "setup", "how the connection is made");
        for alias in self.texts_of(&fields, "aliases", "an alias") {
            self.name(alias, "an alias");
        }
        self.one_of(
            &fields,
            "registry",
            "what the registry value does",
            &["add", "enforce"],
        );
        self.exchanges(entry, &fields, is_engine);
        for key in EXCHANGES {
            if let Some(node) = fields.get(key) {
                self.exchange(key, node, is_engine);
            }
        }
        if let Some(node) = fields.get("responder") {
            self.responder(node);
        }
        if let Some(node) = fields.get("readings") {
            self.readings(node, fields.get("unknown"));
        }
        if let Some(node) = fields.get("lifetimes") {
            self.lifetimes(node);
        }
    }

    /// Each exchange is stated or unknown.
    fn exchanges(&mut self, variant: &Entry<'_>, fields: &Fields<'_, '_>, is_engine: bool) {
        let unknown = fields.get("unknown").map(|node| self.unknown(node));
        let unknown = unknown.unwrap_or_default();
        for key in EXCHANGES {
            let listed = unknown.iter().find(|entry| &*entry.key == key);
            let derived = is_engine && !["ike-sa-init", "ike-auth"].contains(&key);
            match (fields.entry(key), listed) {
                (None, None) if !derived => {
                    let name = quoted(&variant.key);
                    let message = format!(
                        "the variant {name} neither states `{key}` nor lists it as unknown"
                    );
                    self.reader.push(
                        Diagnostic::error(ProfileCode::ExchangeMissing, &variant.key.span, message)
                            .help(format!(
                                "add `{key}` under `unknown` with what was looked for"
                            )),
                    );
                }
                (Some(stated), Some(listed)) => {
                    let message = format!("`{key}` is stated and listed as unknown");
                    self.reader.push(
                        Diagnostic::error(ProfileCode::ExchangeTwice, &listed.key.span, message)
                            .context(stated.key.span.clone(), "stated here")
                            .help("remove one of the two"),
                    );
                }
                _ => {}
            }
        }
    }

    /// The entries of `unknown`: an exchange and what was looked for.
    fn unknown<'n, 'a>(&mut self, node: &'n Node<'a>) -> Vec<&'n Entry<'a>> {
        let Kind::Map(entries) = &node.kind else {
            self.reader.wrong_kind(node, "a mapping of exchanges");
            return Vec::new();
        };
        for entry in entries {
            let key = &entry.key;
            if !EXCHANGES.contains(&&**key) {
                let message = format!("{} is not an exchange", quoted(key));
                let near = nearest(key, EXCHANGES);
                self.reader.push(
                    Diagnostic::error(yaml::YamlCode::UnknownKey, &key.span, message)
                        .maybe_help(near.map(|near| format!("did you mean `{near}`?"))),
                );
            }
            self.text(&entry.value, "what was looked for");
        }
        entries.iter().collect()
    }

    fn exchange(&mut self, key: &str, node: &Node<'_>, is_engine: bool) {
        let known = match key {
            "ike-sa-init" => keys::<IkeGroup>(),
            "ike-auth" => keys::<OfferGroup>(),
            "child-rekey-by-client" | "ike-rekey-by-client" => keys::<RekeyGroup>(),
            _ => keys::<AnswerGroup>(),
        };
        let what = format!("`{key}`");
        let Some(fields) = self.reader.fields(node, &what, known) else {
            return;
        };
        self.evidence(node, &fields, &what, known);
        let purpose = match key {
            "ike-auth" if !is_engine => Use::FirstChild,
            "ike-auth" | "child-rekey-by-client" | "child-rekey-by-server" => Use::Child,
            _ => Use::Ike,
        };
        match key {
            "ike-sa-init" => {
                self.require(node, &fields, &what, &["offers"]);
                let offered = self.proposals(&fields, "offers", purpose);
                self.key_exchange(&fields, &offered);
                self.retries(&fields);
            }
            "ike-auth" => {
                self.require(node, &fields, &what, &["offers"]);
                self.proposals(&fields, "offers", purpose);
            }
            "child-rekey-by-client" | "ike-rekey-by-client" => {
                self.require(node, &fields, &what, &["offers"]);
                self.rekey_words(&fields, "offers", purpose);
            }
            _ => {
                self.require(node, &fields, &what, &["accepts"]);
                self.rekey_words(&fields, "accepts", purpose);
                self.flag(&fields, "refuses-any-ke");
                self.flag(&fields, "refuses-behind-nat");
            }
        }
        let in_group = self.flag(&fields, "group-of-ike-sa");
        let only = self.flag(&fields, "group-only");
        let words = fields.get("offers").or(fields.get("accepts"));
        let is_word = words.is_some_and(|node| node.as_word().is_some());
        if let (true, Some(entry)) = (only && !(in_group && is_word), fields.entry("group-only")) {
            let message = "`group-only` is for the word `negotiated` with `group-of-ike-sa`";
            self.reader.push(
                Diagnostic::error(ProfileCode::StrayKey, &entry.key.span, message)
                    .help("remove it, or add what it belongs to"),
            );
        }
    }

    /// What the sources leave possible in exchanges that they do not give.
    fn readings(&mut self, node: &Node<'_>, unknown: Option<&Node<'_>>) {
        let Kind::Map(entries) = &node.kind else {
            self.reader.wrong_kind(node, "a mapping of exchanges");
            return;
        };
        for entry in entries {
            let key = &entry.key;
            let is_open = unknown.is_some_and(|node| match &node.kind {
                Kind::Map(listed) => listed.iter().any(|other| *other.key == **key),
                _ => false,
            });
            if !is_open || !key.ends_with("-by-client") {
                let message = format!(
                    "{} is no rekeying by the client under `unknown`",
                    quoted(key)
                );
                self.error(ProfileCode::StrayKey, &key.span, message);
            }
            let what = format!("the readings of `{key}`");
            let known = keys::<ReadingGroup>();
            let Some(fields) = self.reader.fields(&entry.value, &what, known) else {
                continue;
            };
            self.require(&entry.value, &fields, &what, &["note", "offers"]);
            self.evidence(&entry.value, &fields, &what, known);
            let Some(list) = fields.get("offers") else {
                continue;
            };
            let purpose = if key.starts_with("ike-") {
                Use::Ike
            } else {
                Use::Child
            };
            for node in self
                .reader
                .list(list, "a list of offers")
                .unwrap_or_default()
            {
                match node.as_word() {
                    Some(word) => {
                        let words = ["negotiated", "negotiated-in-ike-group", "offered"];
                        self.known(word, "a list or a word for one", &words);
                    }
                    None => {
                        self.proposal_list(node, purpose);
                    }
                }
            }
        }
    }

    /// What a gateway takes when the other side begins.
    fn responder(&mut self, node: &Node<'_>) {
        let what = "`responder`";
        let known = keys::<ResponderGroup>();
        let Some(fields) = self.reader.fields(node, what, known) else {
            return;
        };
        self.evidence(node, &fields, what, known);
        self.proposals(&fields, "ike", Use::Ike);
        self.proposals(&fields, "esp", Use::Child);
    }

    /// A list, or the word `negotiated`.
    fn rekey_words(&mut self, fields: &Fields<'_, '_>, key: &str, purpose: Use) {
        let Some(node) = fields.get(key) else {
            return;
        };
        match node.as_word() {
            Some(word) => {
                self.known(word, "a list or the word for one", &["negotiated"]);
            }
            None => {
                self.proposal_list(node, purpose);
            }
        }
    }

    /// The group of the first KE payload, which one of the proposals names.
    fn key_exchange(&mut self, fields: &Fields<'_, '_>, offered: &[Transform]) {
        let Some(word) = self.text_of(fields, "key-exchange", "a group") else {
            return;
        };
        let is_group = |t: &Transform| t.kind == TransformType::KE;
        let Some(group) = swan::keyword(word).filter(is_group) else {
            let groups = swan::KEYWORDS.iter().filter(|(_, t)| is_group(t));
            let near = nearest(word, groups.map(|(word, _)| *word));
            let message = format!("{} is not a group", quoted(word));
            self.reader.push(
                Diagnostic::error(ProfileCode::NotAKeyword, &word.span, message)
                    .maybe_help(near.map(|near| format!("did you mean `{near}`?"))),
            );
            return;
        };
        if !offered.is_empty() && !offered.contains(&group) {
            let message = format!("none of the proposals names `{word}`");
            self.reader.push(
                Diagnostic::error(ProfileCode::GroupNotOffered, &word.span, message)
                    .note("the KE payload is for one of the groups that are offered"),
            );
        }
    }

    fn lifetimes(&mut self, node: &Node<'_>) {
        let what = "`lifetimes`";
        let known = keys::<LifetimeGroup>();
        let Some(fields) = self.reader.fields(node, what, known) else {
            return;
        };
        self.evidence(node, &fields, what, known);
        for key in [
            "child-rekey-seconds",
            "child-rekey-mebibytes",
            "ike-rekey-seconds",
        ] {
            self.number(&fields, key);
        }
    }
}
