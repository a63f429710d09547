//! Checks of everything in a profile but its variants.

mod sources;

use strum::VariantNames as _;

use super::ProfileCode;
use super::keys::keys;
use super::linter::Linter;
use crate::diag::{Diagnostic, quoted};
use crate::ike::Notify;
use crate::peer::client::ConfigMethod;
use crate::profile::convert::octets;
use crate::profile::selector::Versions;
use crate::profile::shape::{
    AddressRequest, Authentication, ClientFile, Configurable, ConfigurationProfile, Conflict,
    Enter, Field, ImportFor, Quirk, ReauthenticationGroup, Releases, ServerAuthentication,
};
use crate::yaml::{self, Fields, Node, Word};

/// Longest label, in characters: matrices have a column or a row for each.
const LONGEST_LABEL: usize = 24;

/// Ways to authenticate.
const METHODS: &[&str] = &[
    "certificate",
    "certificate+eap",
    "eap-gtc",
    "eap-md5",
    "eap-mschapv2",
    "eap-peap",
    "eap-radius",
    "eap-tls",
    "psk",
];

/// What a field of a dialog takes.
const VALUES: &[&str] = &[
    "connection-name",
    "data-encryption",
    "local-identity",
    "password",
    "server-address",
    "server-certificate-name",
    "text",
    "user-certificate",
    "user-certificate-cn",
    "user-name",
];

/// How clients authenticate where it makes a difference to a dialog.
const AUTHENTICATIONS: &[&str] = &["certificate", "eap-mschapv2", "eap-radius", "eap-tls"];

/// Transform types as `transform-order` names them.
const TYPES: &[&str] = &["encr", "integ", "ke", "prf", "sn"];

impl Linter<'_, '_> {
    /// A whole profile.
    pub(super) fn file(&mut self, root: &Node<'_>) {
        let known = keys::<ClientFile>();
        let Some(fields) = self.reader.fields(root, "a client profile", known) else {
            return;
        };
        self.order(&fields, known);
        self.require(
            root,
            &fields,
            "a client profile",
            &[
                "name", "vendor", "role", "product", "label", "covers", "sources",
            ],
        );
        let dates = self.sources_of(&fields);
        self.head(root, &fields, &dates);
        self.body(root, &fields);
        self.diagnostics(&fields);
        for (place, key) in self.unused(&fields) {
            let message = format!("no fact names the source {}", quoted(key));
            self.reader.push(
                Diagnostic::warning(ProfileCode::SourceNotUsed, &place, message)
                    .help("name it where a fact comes from it, or remove it"),
            );
        }
    }

    /// What lists and selections need.
    fn head(&mut self, root: &Node<'_>, fields: &Fields<'_, '_>, dates: &[String]) {
        for (key, what) in [
            ("name", "a name for lists"),
            ("vendor", "the name of a vendor"),
            ("product", "the name of a product"),
        ] {
            if let Some(word) = self.text_of(fields, key, what) {
                self.one_line(word, what);
            }
        }
        self.one_of(fields, "role", "a role", &["client", "gateway"]);
        self.one_of(fields, "engine", "an engine", &["charon", "libreswan"]);
        if let Some(label) = self.text_of(fields, "label", "a label for matrices") {
            let length = label.chars().count();
            if length > LONGEST_LABEL {
                let message = format!("the label has {length} characters");
                self.reader.push(
                    Diagnostic::error(ProfileCode::LabelTooLong, &label.span, message)
                        .note(format!("expected at most {LONGEST_LABEL}")),
                );
            }
        }
        for alias in self.texts_of(fields, "aliases", "an alias") {
            self.name(alias, "an alias");
        }
        let covers = self.texts_of(fields, "covers", "a version in quotation marks");
        for version in self.texts_of(fields, "inferred-for", "a version in quotation marks") {
            if !covers.iter().any(|covered| covered.text == version.text) {
                let message = format!("{} is not one of `covers`", quoted(version));
                self.error(ProfileCode::StrayKey, &version.span, message);
            }
        }
        self.newest(root, fields, dates);
        if let Some(order) = self.text_of(fields, "transform-order", "an order of types") {
            if fields.get("transform-order-source").is_none() {
                let message = "the key `transform-order-source` is missing".to_owned();
                let code = yaml::YamlCode::MissingKey;
                self.reader
                    .push(Diagnostic::error(code, &order.span, message));
            }
            for kind in order.split('-').filter(|kind| !TYPES.contains(kind)) {
                let start = kind.as_ptr().addr() - order.as_ptr().addr();
                let message = format!("{} is not a transform type", quoted(kind));
                let place = order.part(start..start + kind.len());
                self.reader.push(
                    Diagnostic::error(yaml::YamlCode::UnknownWord, place, message).note(format!(
                        "expected {}",
                        crate::diag::any_of(TYPES.iter().copied())
                    )),
                );
            }
        }
        if let Some(key) = self.text_of(fields, "transform-order-source", "the key of a source") {
            self.source(key);
        }
    }

    fn one_line(&mut self, word: &Word<'_>, what: &str) {
        if word.contains(char::is_control) {
            let message = format!("expected {what}, found a text of several lines");
            let code = yaml::YamlCode::WrongKind;
            self.reader
                .push(Diagnostic::error(code, &word.span, message));
        }
    }

    /// Variants, or what is mirrored; and what the client can be made to offer.
    fn body(&mut self, root: &Node<'_>, fields: &Fields<'_, '_>) {
        let mirrors = self.text_of(fields, "mirrors", "the id of a profile");
        match (fields.entry("variants"), fields.entry("mirrors")) {
            (None, None) => self.require(root, fields, "a client profile", &["variants"]),
            (Some(variants), Some(_)) => {
                let message = "a mirror has the variants of the other profile".to_owned();
                let context = mirrors.map(|word| word.span.clone());
                let diagnostic =
                    Diagnostic::error(ProfileCode::MirrorTarget, &variants.key.span, message)
                        .help("remove `variants` or `mirrors`");
                self.reader.push(match context {
                    Some(span) => diagnostic.context(span, "mirrors another one"),
                    None => diagnostic,
                });
            }
            _ => {}
        }
        if let Some(node) = fields.get("variants") {
            self.variants(node, fields.get("engine").is_some());
        }
        if let Some(node) = fields.get("configuration-profile") {
            self.configuration_profile(node);
        }
        self.each(
            fields,
            "configurable",
            keys::<Configurable>(),
            &["by", "sources", "how"],
            |it, fields| {
                it.one_of(
                    fields,
                    "by",
                    "a means of configuration",
                    ConfigMethod::VARIANTS,
                );
                it.text_of(fields, "how", "a sentence");
                it.text_of(fields, "limits", "a sentence");
                it.text_of(fields, "additional-since", "a release");
                it.values(fields);
            },
        );
        if let Some(node) = fields.get("selection") {
            self.selection(node);
        }
    }

    /// What a configuration profile of Apple leaves to the client.
    fn configuration_profile(&mut self, node: &Node<'_>) {
        let what = "`configuration-profile`";
        let known = keys::<ConfigurationProfile>();
        let Some(fields) = self.reader.fields(node, what, known) else {
            return;
        };
        self.require(node, &fields, what, &["parameters"]);
        self.one_of(
            &fields,
            "parameters",
            "a state of the parameters",
            &["set", "unset"],
        );
        let Some(list) = fields.get("releases") else {
            return;
        };
        let what = "an entry of `releases`";
        let nodes = self
            .reader
            .list(list, "a list of releases")
            .unwrap_or_default();
        for node in nodes {
            let Some(inner) = self.reader.fields(node, what, keys::<Releases>()) else {
                continue;
            };
            self.require(node, &inner, what, &["product", "versions"]);
            self.text_of(&inner, "product", "the name of a product");
            let Some(versions) = self.text_of(&inner, "versions", "a version or a range") else {
                continue;
            };
            if Versions::parse(versions).is_err() {
                let message = format!("{} is no range of versions", quoted(versions));
                self.reader.push(
                    Diagnostic::error(ProfileCode::VersionRange, &versions.span, message)
                        .note("expected a version such as `14.1`, or a range such as `14..16`"),
                );
            }
        }
    }

    /// What people read, do and should know.
    fn diagnostics(&mut self, fields: &Fields<'_, '_>) {
        if let Some(node) = fields.get("address-request") {
            let what = "`address-request`";
            let known = keys::<AddressRequest>();
            if let Some(inner) = self.reader.fields(node, what, known) {
                self.evidence(node, &inner, what, known);
            }
        }
        if let Some(node) = fields.get("authentication") {
            let what = "`authentication`";
            let known = keys::<Authentication>();
            if let Some(inner) = self.reader.fields(node, what, known) {
                self.require(node, &inner, what, &["methods"]);
                self.evidence(node, &inner, what, known);
                self.flag(&inner, "incomplete");
                for word in self.texts_of(&inner, "methods", "a method") {
                    self.known(word, "a method of authentication", METHODS);
                }
            }
        }
        if let Some(node) = fields.get("server-authentication") {
            let what = "`server-authentication`";
            let known = keys::<ServerAuthentication>();
            if let Some(inner) = self.reader.fields(node, what, known) {
                self.require(node, &inner, what, &["key"]);
                self.evidence(node, &inner, what, known);
                self.one_of(&inner, "key", "a kind of key", &["rsa", "ecdsa"]);
            }
        }
        if let Some(node) = fields.get("reauthentication") {
            let what = "`reauthentication`";
            let known = keys::<ReauthenticationGroup>();
            if let Some(inner) = self.reader.fields(node, what, known) {
                self.evidence(node, &inner, what, known);
                self.flag(&inner, "begins");
                self.flag(&inner, "follows");
            }
        }
        if let Some(node) = fields.get("enter") {
            self.enter(node);
        }
        let required = ["id", "sources", "text"];
        self.each(
            fields,
            "quirks",
            keys::<Quirk>(),
            &required,
            |it, fields| {
                if let Some(id) = it.text_of(fields, "id", "the name of a quirk") {
                    it.name(id, "the name of a quirk");
                }
                it.text_of(fields, "text", "one or two sentences");
                it.number(fields, "min-server-address-length");
                it.flag(fields, "needs-san");
                it.flag(fields, "needs-server-auth");
                it.flag(fields, "needs-address-as-dns-name");
                it.flag(fields, "needs-cn-as-remote-id");
                it.flag(fields, "needs-first-proposal");
                it.flag(fields, "no-ecdsa-server-certificate");
                it.first_message(fields);
            },
        );
        let required = ["sources", "text"];
        self.each(
            fields,
            "conflicts",
            keys::<Conflict>(),
            &required,
            |it, fields| {
                it.text_of(fields, "text", "in what they disagree");
            },
        );
        self.texts_of(fields, "errata", "a sentence");
    }

    /// What a quirk says of the first message.
    fn first_message(&mut self, fields: &Fields<'_, '_>) {
        self.number(fields, "nonce-octets");
        self.number(fields, "message-octets");
        for name in self.texts_of(fields, "notifies", "the name of a notify") {
            if Notify::named(name).is_none() {
                let message = format!("{} is not a notify of the IANA registry", quoted(name));
                let code = yaml::YamlCode::UnknownWord;
                self.reader
                    .push(Diagnostic::error(code, &name.span, message));
            }
        }
        for id in self.texts_of(
            fields,
            "vendor-ids",
            "hexadecimal digits in quotation marks",
        ) {
            if octets(id).is_none() {
                let message = format!("{} is not a row of octets", quoted(id));
                let code = yaml::YamlCode::UnknownWord;
                self.reader.push(
                    Diagnostic::error(code, &id.span, message)
                        .note("expected an even number of hexadecimal digits"),
                );
            }
        }
    }

    fn enter(&mut self, node: &Node<'_>) {
        let known = keys::<Enter>();
        let Some(fields) = self.reader.fields(node, "`enter`", known) else {
            return;
        };
        self.require(node, &fields, "`enter`", &["fields"]);
        self.evidence(node, &fields, "`enter`", known);
        self.text_of(&fields, "open", "the menus that lead to the dialog");
        self.imports(&fields);
        self.texts_of(&fields, "trust", "what to mark as trusted");
        let required = ["field", "value"];
        let what = "a field";
        let Some(list) = fields.get("fields") else {
            return;
        };
        for node in self
            .reader
            .list(list, "a list of fields")
            .unwrap_or_default()
        {
            let Some(inner) = self.reader.fields(node, what, keys::<Field>()) else {
                continue;
            };
            self.require(node, &inner, what, &required);
            self.text_of(&inner, "field", "the label of a field");
            self.text_of(&inner, "note", "a sentence");
            self.authentications(&inner);
            let literal = self.text_of(&inner, "text", "the literal text");
            let value = self.one_of(&inner, "value", "a value of a field", VALUES);
            if value.is_some_and(|word| &**word == "text") && literal.is_none() {
                self.require(node, &inner, what, &["text"]);
            }
        }
    }

    /// What to import: texts, or mappings that say with which authentication.
    fn imports(&mut self, fields: &Fields<'_, '_>) {
        let Some(list) = fields.get("import") else {
            return;
        };
        let items = self.reader.list(list, "a list of what to import");
        for item in items.unwrap_or_default() {
            if item.as_word().is_some() {
                self.text(item, "what to import");
                continue;
            }
            let what = "an entry of `import`";
            if let Some(inner) = self.reader.fields(item, what, keys::<ImportFor>()) {
                self.require(item, &inner, what, &["what", "auth"]);
                self.text_of(&inner, "what", "what to import");
                self.authentications(&inner);
            }
        }
    }

    fn authentications(&mut self, fields: &Fields<'_, '_>) {
        let what = "a way of authentication";
        for word in self.texts_of(fields, "auth", what) {
            self.known(word, what, AUTHENTICATIONS);
        }
    }

    /// The entries of a list of facts, each a mapping with sources.
    fn each(
        &mut self,
        fields: &Fields<'_, '_>,
        key: &str,
        known: &'static [&'static str],
        required: &[&str],
        check: impl Fn(&mut Self, &Fields<'_, '_>),
    ) {
        let Some(list) = fields.get(key) else {
            return;
        };
        let what = format!("an entry of `{key}`");
        let expected = format!("a list, each entry {what}");
        for node in self.reader.list(list, &expected).unwrap_or_default() {
            let Some(inner) = self.reader.fields(node, &what, known) else {
                continue;
            };
            let others: Vec<_> = required
                .iter()
                .filter(|key| **key != "sources")
                .copied()
                .collect();
            self.require(node, &inner, &what, &others);
            self.evidence(node, &inner, &what, known);
            check(self, &inner);
        }
    }
}
