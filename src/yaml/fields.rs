//! Walking a tree: every complaint is collected, and the common ones are worded here.

use super::{Entry, Kind, Node, Word, YamlCode};
use crate::diag::{
    self, Diagnostic, Place, Severity, Sources, any_of, is_slip, nearest, quoted, quoted_or,
};

/// More complaints about one file are not collected: nobody reads them.
const MOST: usize = 1000;

/// Walks a tree and collects what is wrong with it.
///
/// Its methods return `None` after they have complained, so that a reader goes on with the rest.
#[derive(Debug)]
pub(crate) struct FieldReader<'s> {
    sources: &'s mut Sources,
    diagnostics: Vec<Diagnostic>,
    /// Whether every word under a known key is harmless.
    shows_words: bool,
}

/// The entries of a mapping by the names they are known by.
#[derive(Clone, Debug)]
pub(crate) struct Fields<'n, 'a> {
    found: Vec<(&'static str, &'n Entry<'a>)>,
}

impl<'n, 'a> Fields<'n, 'a> {
    /// The value of a key, if the mapping has it.
    pub(crate) fn get(&self, key: &str) -> Option<&'n Node<'a>> {
        self.entry(key).map(|entry| &entry.value)
    }

    /// The key as it is written and its value, if the mapping has it.
    pub(crate) fn entry(&self, key: &str) -> Option<&'n Entry<'a>> {
        let found = self.found.iter().find(|(name, _)| *name == key);
        found.map(|(_, entry)| *entry)
    }

    /// The names of the keys that are there, in the order of the text.
    pub(crate) fn names(&self) -> impl Iterator<Item = &'static str> {
        self.found.iter().map(|(name, _)| *name)
    }
}

impl<'s> FieldReader<'s> {
    /// Nothing read, nothing wrong. Known keys will be shown of `sources`, and of the values those
    /// that are passed to [`Self::show`].
    pub(crate) const fn new(sources: &'s mut Sources) -> Self {
        Self {
            sources,
            diagnostics: Vec::new(),
            shows_words: false,
        }
    }

    /// As [`Self::new`], for a file that describes products: the words under its known keys are
    /// shown as well.
    pub(crate) const fn of_facts(sources: &'s mut Sources) -> Self {
        Self {
            sources,
            diagnostics: Vec::new(),
            shows_words: true,
        }
    }

    /// Adds a complaint.
    pub(crate) fn push(&mut self, diagnostic: Diagnostic) {
        if self.diagnostics.len() < MOST {
            self.diagnostics.push(diagnostic);
        } else if diagnostic.severity == Severity::Error {
            // That there is an error at all must not be lost among warnings.
            self.diagnostics.pop();
            self.diagnostics.push(diagnostic);
        }
    }

    /// How many errors are among the complaints.
    pub(crate) fn errors(&self) -> usize {
        let severities = self.diagnostics.iter().map(|it| it.severity);
        severities.filter(|it| *it == Severity::Error).count()
    }

    /// All complaints, in the order of the text.
    pub(crate) fn finish(mut self) -> Vec<Diagnostic> {
        diag::sort(&mut self.diagnostics);
        self.diagnostics
    }

    /// Says that a word is what its key takes, so that lines show it.
    pub(crate) fn show(&mut self, word: &Word<'_>) {
        if word.is_exact() {
            self.sources.show(&word.span);
        }
    }

    /// The entries of a mapping that may have the keys `known`. Complains about others and about
    /// duplicates, of which the first counts.
    ///
    /// A key may be written with `-` for each `_` of its name. `what` names the whole for
    /// messages, as in "`psk` is not a key of server.yaml".
    pub(crate) fn fields<'n, 'a>(
        &mut self,
        node: &'n Node<'a>,
        what: &str,
        known: &[&'static str],
    ) -> Option<Fields<'n, 'a>> {
        self.fields_and_synonyms(node, what, known, &[])
    }

    /// As [`Self::fields`], with other words for the keys (a word and the key it means), which
    /// are not accepted but suggested.
    pub(crate) fn fields_and_synonyms<'n, 'a>(
        &mut self,
        node: &'n Node<'a>,
        what: &str,
        known: &[&'static str],
        synonyms: &[(&str, &str)],
    ) -> Option<Fields<'n, 'a>> {
        let Kind::Map(entries) = &node.kind else {
            self.wrong_kind(node, &format!("a mapping with the keys of {what}"));
            return None;
        };
        let mut fields = Fields { found: Vec::new() };
        for entry in entries {
            let name = known.iter().find(|name| is_spelling(&entry.key, name));
            if name.is_some() && entry.key.is_exact() {
                self.sources.show_key(&entry.key.span);
            }
            match name {
                None => self.unknown_key(entry, what, known, synonyms),
                Some(name) => match fields.entry(name) {
                    None => fields.found.push((name, entry)),
                    Some(first) => self.duplicate_key(entry, first),
                },
            }
        }
        Some(fields)
    }

    fn unknown_key(
        &mut self,
        entry: &Entry<'_>,
        what: &str,
        known: &[&'static str],
        synonyms: &[(&str, &str)],
    ) {
        if self.diagnostics.len() >= MOST {
            return;
        }
        let key = &entry.key;
        let words = synonyms.iter().map(|(word, _)| *word);
        let words = || {
            known
                .iter()
                .copied()
                .chain(words.clone())
                .chain(["<<"])
                .chain(OF_SECRETS)
        };
        if is_slip(key, words()) && key.is_exact() {
            self.sources.show_key(&key.span);
        }
        let word = quoted_or(key, words(), "this");
        let message = format!("{word} is not a key of {what}");
        let complaint = |place: Place| Diagnostic::error(YamlCode::UnknownKey, place, message);
        let shown = Place::Text(key.span.clone());
        let synonym = synonyms.iter().find(|(word, _)| is_spelling(key, word));
        self.push(if is_secret(key) {
            complaint(Place::Position(key.span.clone()))
                .help("remove the line, no secret is needed here")
        } else if &**key == "<<" {
            complaint(shown).help("write the keys out, merge keys are not supported")
        } else if let Some((_, name)) = synonym {
            complaint(shown).help(format!("the key is called `{name}`"))
        } else if let Some(near) = nearest(key, known.iter().copied()) {
            complaint(shown).help(format!("did you mean `{near}`?"))
        } else {
            let keys = any_of(known.iter().copied());
            complaint(shown).note(format!("expected {keys}"))
        });
    }

    fn duplicate_key(&mut self, entry: &Entry<'_>, first: &Entry<'_>) {
        let message = format!("the key {} stands here twice", quoted(&entry.key));
        self.push(
            Diagnostic::error(YamlCode::DuplicateKey, &entry.key.span, message)
                .context(first.key.span.clone(), "first")
                .help("remove one of the two"),
        );
    }

    /// Complains that `node` is not `expected`, such as "a list of proposals".
    pub(crate) fn wrong_kind(&mut self, node: &Node<'_>, expected: &str) {
        let message = format!("expected {expected}, found {}", node.noun());
        self.push(Diagnostic::error(YamlCode::WrongKind, &node.place, message));
    }

    /// The entries of a list.
    pub(crate) fn list<'n, 'a>(
        &mut self,
        node: &'n Node<'a>,
        expected: &str,
    ) -> Option<&'n [Node<'a>]> {
        if let Kind::List(items) = &node.kind {
            return Some(items);
        }
        self.wrong_kind(node, expected);
        None
    }

    /// The entries of a list, or a single word as a list of one.
    pub(crate) fn one_or_more<'n, 'a>(
        &mut self,
        node: &'n Node<'a>,
        expected: &str,
    ) -> Option<&'n [Node<'a>]> {
        match &node.kind {
            Kind::Word(_) => Some(std::slice::from_ref(node)),
            Kind::List(items) => Some(items),
            Kind::Null | Kind::Map(_) => {
                self.wrong_kind(node, expected);
                None
            }
        }
    }

    /// A scalar. The empty text is none.
    pub(crate) fn word<'n, 'a>(
        &mut self,
        node: &'n Node<'a>,
        expected: &str,
    ) -> Option<&'n Word<'a>> {
        let word = node.as_word().filter(|word| !word.trim().is_empty());
        if let Some(word) = word.filter(|_| self.shows_words) {
            self.show(word);
        }
        if word.is_none() {
            if node.as_word().is_some() {
                let message = format!("expected {expected}, found an empty text");
                self.push(Diagnostic::error(YamlCode::WrongKind, &node.place, message));
            } else {
                self.wrong_kind(node, expected);
            }
        }
        word
    }

    /// Complains that `word` is not one of `known`, and names the nearest or all of them.
    /// `what` says what the word ought to be, as in "`pfsens` is not a product".
    pub(crate) fn unknown_word<'k>(
        &mut self,
        word: &Word<'_>,
        what: &str,
        known: impl IntoIterator<Item = &'k str> + Clone,
    ) {
        if self.diagnostics.len() >= MOST {
            return;
        }
        if is_slip(word, known.clone()) {
            self.show(word);
        }
        let quoted = match self.shows_words {
            true => quoted(word),
            false => quoted_or(word, known.clone(), "this"),
        };
        let message = format!("{quoted} is not {what}");
        let diagnostic = Diagnostic::error(YamlCode::UnknownWord, &word.span, message);
        self.push(match nearest(word, known.clone()) {
            Some(near) => diagnostic.help(format!("did you mean `{near}`?")),
            None => diagnostic.note(format!("expected {}", any_of(known))),
        });
    }
}

/// Keys that people write for secrets; the keys themselves are none.
const OF_SECRETS: [&str; 8] = [
    "key",
    "passphrase",
    "password",
    "pre_shared_key",
    "psk",
    "secret",
    "shared_secret",
    "token",
];

/// Whether `key` is `name`, perhaps with `-` for `_`.
fn is_spelling(key: &str, name: &str) -> bool {
    key.len() == name.len()
        && key
            .bytes()
            .zip(name.bytes())
            .all(|(written, known)| written == known || (written == b'-' && known == b'_'))
}

/// Whether the value of a key called so is most probably a secret.
fn is_secret(key: &str) -> bool {
    const PARTS: [&str; 6] = ["psk", "shared", "secret", "pass", "private", "token"];
    let key = key.to_lowercase();
    PARTS.iter().any(|part| key.contains(part))
}

#[cfg(test)]
mod tests {
    use super::{FieldReader, is_spelling};
    use crate::diag::{Sources, Style};
    use crate::yaml::{Fields, parse};

    const KNOWN: &[&str] = &["address", "remote_id"];

    /// What is said about a mapping, and what it is read as.
    fn read<T>(
        text: &str,
        use_it: impl Fn(&mut FieldReader<'_>, &Fields<'_, '_>) -> T,
    ) -> (T, String) {
        let mut sources = Sources::new();
        let file = sources.add("f", text);
        let text = sources.text(file);
        let root = parse(&text, file).unwrap();
        let mut reader = FieldReader::new(&mut sources);
        let synonyms = [("host", "address")];
        let fields = reader.fields_and_synonyms(&root, "a server", KNOWN, &synonyms);
        let value = use_it(&mut reader, &fields.unwrap());
        let said = reader.finish();
        let shown = said.iter().map(|it| sources.render(it, Style::Plain));
        (value, shown.collect())
    }

    fn said(text: &str) -> String {
        read(text, |_, _| ()).1
    }

    #[test]
    fn keys_may_be_written_with_dashes() {
        assert!(is_spelling("remote-id", "remote_id"));
        assert!(!is_spelling("remote_id", "remote-id"));
        assert_eq!(said("remote-id: a"), "");
        assert!(said("remote-id: a\nremote_id: b").contains("f:2:1"));
    }

    #[test]
    fn values_of_unknown_keys_are_never_shown() {
        for text in [
            "psk: hunter2",
            "pks: hunter2",
            "adress: hunter2",
            "{address: a, pks: hunter2}",
            "{pks: [{a: hunter2}], xy: \"\\x68unter2\"}",
            "pks: |\n  hunter2\nxy: b",
            "address: a\npks: >\n  hunter2\naddress: b",
            "<<: {address: hunter2}",
        ] {
            let said = said(text);
            assert!(!said.contains("unter2"), "{said}");
            assert!(said.contains("is not a key of a server"), "{said}");
        }
        assert!(!said("password: hunter2").contains(" | "));
    }

    #[test]
    fn the_right_key_is_suggested() {
        assert!(said("adress: a").contains("help: did you mean `address`?"));
        assert!(said("host: a").contains("help: the key is called `address`"));
        assert!(said("colour: a").contains("note: expected `address` or `remote_id`"));
        assert!(said("<<: a").contains("merge keys are not supported"));
    }

    #[test]
    fn other_kinds_and_empty_words_are_named() {
        let word = |text| {
            read(text, |reader, fields| {
                let node = fields.get("address").unwrap();
                reader.word(node, "a host name").map(ToString::to_string)
            })
        };
        assert_eq!(word("address: 10.10").0.as_deref(), Some("10.10"));
        for (text, found) in [
            ("address: [a]", "found a list"),
            ("address: {a: b}", "found a mapping"),
            ("address:", "found nothing"),
            ("address: ''", "found an empty text"),
        ] {
            let (value, said) = word(text);
            assert_eq!(value, None);
            assert!(
                said.contains(&format!("expected a host name, {found}")),
                "{said}"
            );
        }
    }
}
