//! Walking a tree: every complaint is collected, and the common ones are worded here.

use super::{Code, Entry, Kind, Node, Word};
use crate::diag::{self, Diagnostic, Severity, Sources, any_of, nearest, quoted};

/// Walks a tree and collects what is wrong with it.
///
/// Its methods return `None` after they have complained, so that a reader goes on with the rest.
#[derive(Debug)]
pub struct Reader<'s> {
    sources: &'s mut Sources,
    diagnostics: Vec<Diagnostic>,
}

/// The entries of a mapping by the names they are known by.
#[derive(Clone, Debug)]
pub struct Fields<'n, 'a> {
    found: Vec<(&'static str, &'n Entry<'a>)>,
}

impl<'n, 'a> Fields<'n, 'a> {
    /// The value of a key, if the mapping has it.
    pub fn get(&self, key: &str) -> Option<&'n Node<'a>> {
        self.entry(key).map(|entry| &entry.value)
    }

    /// The key as it is written and its value, if the mapping has it.
    pub fn entry(&self, key: &str) -> Option<&'n Entry<'a>> {
        let found = self.found.iter().find(|(name, _)| *name == key);
        found.map(|(_, entry)| *entry)
    }

    /// The names of the keys that are there, in the order of the text.
    pub fn names(&self) -> impl Iterator<Item = &'static str> {
        self.found.iter().map(|(name, _)| *name)
    }
}

impl<'s> Reader<'s> {
    /// Nothing read, nothing wrong. Values of unknown keys will be hidden in `sources`.
    pub const fn new(sources: &'s mut Sources) -> Self {
        Self {
            sources,
            diagnostics: Vec::new(),
        }
    }

    /// Adds a complaint.
    pub fn push(&mut self, diagnostic: Diagnostic) {
        self.diagnostics.push(diagnostic);
    }

    /// Whether an error is among the complaints.
    pub fn failed(&self) -> bool {
        self.diagnostics
            .iter()
            .any(|diagnostic| diagnostic.severity == Severity::Error)
    }

    /// All complaints, in the order of the text.
    pub fn finish(mut self) -> Vec<Diagnostic> {
        diag::sort(&mut self.diagnostics);
        self.diagnostics
    }

    /// Makes a value a secret, so that no diagnostic shows it.
    pub fn hide(&mut self, node: &Node<'_>) {
        for cover in node.covers() {
            self.sources.hide(&cover);
        }
    }

    /// The entries of a mapping that may have the keys `known`. Complains about others and about
    /// duplicates, of which the first counts.
    ///
    /// A key may be written with `-` for each `_` of its name. `what` names the whole for
    /// messages, as in "`psk` is not a key of server.yaml".
    pub fn fields<'n, 'a>(
        &mut self,
        node: &'n Node<'a>,
        what: &str,
        known: &[&'static str],
    ) -> Option<Fields<'n, 'a>> {
        let Kind::Map(entries) = &node.kind else {
            self.wrong_kind(node, &format!("a mapping with the keys of {what}"));
            return None;
        };
        let mut fields = Fields { found: Vec::new() };
        for entry in entries {
            let name = known.iter().find(|name| is_spelling(&entry.key, name));
            match name {
                None => self.unknown_key(entry, what, known),
                Some(name) => match fields.entry(name) {
                    None => fields.found.push((name, entry)),
                    Some(first) => self.duplicate_key(entry, first),
                },
            }
        }
        Some(fields)
    }

    fn unknown_key(&mut self, entry: &Entry<'_>, what: &str, known: &[&'static str]) {
        self.hide(&entry.value);
        let key = &entry.key;
        let message = format!("{} is not a key of {what}", quoted(key));
        let mut diagnostic = Diagnostic::error(Code::UnknownKey, &key.span, message);
        if &**key == "<<" {
            diagnostic = diagnostic.help("write the keys out, merge keys are not supported");
        } else if let Some(near) = nearest(key, known.iter().copied()) {
            diagnostic = diagnostic.help(format!("did you mean `{near}`?"));
        } else {
            let keys = any_of(known.iter().copied());
            diagnostic = diagnostic.note(format!("expected {keys}"));
        }
        self.push(diagnostic);
    }

    fn duplicate_key(&mut self, entry: &Entry<'_>, first: &Entry<'_>) {
        let message = format!("the key {} stands here twice", quoted(&entry.key));
        self.push(
            Diagnostic::error(Code::DuplicateKey, &entry.key.span, message)
                .context(first.key.span.clone(), "first")
                .help("remove one of the two"),
        );
    }

    /// Complains that `node` is not `expected`, such as "a list of proposals".
    pub fn wrong_kind(&mut self, node: &Node<'_>, expected: &str) {
        let message = format!("expected {expected}, found {}", node.noun());
        self.push(Diagnostic::error(Code::WrongKind, &node.place, message));
    }

    /// The entries of a list.
    pub fn list<'n, 'a>(&mut self, node: &'n Node<'a>, expected: &str) -> Option<&'n [Node<'a>]> {
        if let Kind::List(items) = &node.kind {
            return Some(items);
        }
        self.wrong_kind(node, expected);
        None
    }

    /// The entries of a list, or a single word as a list of one.
    pub fn one_or_more<'n, 'a>(
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
    pub fn word<'n, 'a>(&mut self, node: &'n Node<'a>, expected: &str) -> Option<&'n Word<'a>> {
        let word = node.as_word().filter(|word| !word.trim().is_empty());
        if word.is_none() {
            if node.as_word().is_some() {
                let message = format!("expected {expected}, found an empty text");
                self.push(Diagnostic::error(Code::WrongKind, &node.place, message));
            } else {
                self.wrong_kind(node, expected);
            }
        }
        word
    }

    /// Complains that `word` is not one of `known`, and names the nearest or all of them.
    /// `what` says what the word ought to be, as in "`pfsens` is not a product".
    pub fn unknown_word<'k>(
        &mut self,
        word: &Word<'_>,
        what: &str,
        known: impl IntoIterator<Item = &'k str> + Clone,
    ) {
        let message = format!("{} is not {what}", quoted(word));
        let diagnostic = Diagnostic::error(Code::UnknownWord, &word.span, message);
        self.push(match nearest(word, known.clone()) {
            Some(near) => diagnostic.help(format!("did you mean `{near}`?")),
            None => diagnostic.note(format!("expected {}", any_of(known))),
        });
    }
}

/// Whether `key` is `name`, perhaps with `-` for `_`.
fn is_spelling(key: &str, name: &str) -> bool {
    key.len() == name.len()
        && key
            .bytes()
            .zip(name.bytes())
            .all(|(written, known)| written == known || (written == b'-' && known == b'_'))
}
