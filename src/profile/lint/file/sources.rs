//! Where the facts of a profile come from, and whether each source is used.

use strum::VariantNames as _;

use super::super::ProfileCode;
use super::super::keys::keys;
use super::super::linter::Linter;
use crate::diag::{Diagnostic, quoted};
use crate::peer::Grade;
use crate::profile::shape::SourceShape;
use crate::yaml::{self, Fields, Kind, Node};

impl Linter<'_, '_> {
    /// The sources; gives their dates.
    pub(super) fn sources_of(&mut self, fields: &Fields<'_, '_>) -> Vec<String> {
        let mut dates = Vec::new();
        let Some(node) = fields.get("sources") else {
            return dates;
        };
        let Kind::Map(entries) = &node.kind else {
            self.reader.wrong_kind(node, "a mapping of sources");
            return dates;
        };
        for (place, entry) in entries.iter().enumerate() {
            let key = &entry.key;
            self.name(key, "the key of a source");
            if entries[..place]
                .iter()
                .any(|other| other.key.text == key.text)
            {
                let message = format!("the source {} stands here twice", quoted(key));
                let code = yaml::YamlCode::DuplicateKey;
                self.reader
                    .push(Diagnostic::error(code, &key.span, message));
            }
            let what = format!("the source {}", quoted(key));
            let inner = self
                .reader
                .fields(&entry.value, &what, keys::<SourceShape>());
            let Some(inner) = inner else {
                self.sources.push((key.to_string(), None));
                continue;
            };
            self.require(&entry.value, &inner, &what, &["grade", "title", "url"]);
            // A source says something itself; only facts are inferred.
            let grades = &Grade::VARIANTS[..Grade::VARIANTS.len() - 1];
            let grade = self.one_of(&inner, "grade", "the grade of a source", grades);
            let grade = grade.and_then(|word| word.parse().ok());
            self.sources.push((key.to_string(), grade));
            for (key, what) in [
                ("title", "a title"),
                ("locator", "a place on the page"),
                ("says", "a quotation"),
            ] {
                self.text_of(&inner, key, what);
            }
            let is_link = |url: &str| {
                let rest = url.strip_prefix("https://");
                let rest = rest.or_else(|| url.strip_prefix("http://"));
                // What is not published: a capture or log of one's own.
                let rest = rest.or_else(|| url.strip_prefix("file:"));
                rest.is_some_and(|rest| !rest.is_empty() && !rest.contains(' '))
            };
            let url = self.text_of(&inner, "url", "a link");
            if let Some(url) = url.filter(|url| !is_link(url)) {
                let message = format!("{} is not a link", quoted(url));
                self.reader
                    .push(Diagnostic::error(ProfileCode::NotALink, &url.span, message).note(
                    "expected an address that begins with `https://` or `http://`, or with `file:`",
                ));
            }
            if let Some(date) = self.date(&inner, "date") {
                dates.push(date.to_string());
            }
        }
        dates.sort();
        dates.dedup();
        dates
    }

    /// `newest-evidence` is the date of a source. Which of them, the author knows: one that says
    /// how the client authenticates is no evidence of what it offers. Where no source has a date,
    /// there is none to state.
    pub(super) fn newest(&mut self, root: &Node<'_>, fields: &Fields<'_, '_>, dates: &[String]) {
        if !dates.is_empty() {
            self.require(root, fields, "a client profile", &["newest-evidence"]);
        }
        let Some(stated) = self.date(fields, "newest-evidence") else {
            return;
        };
        if dates.iter().any(|date| **date == **stated) {
            return;
        }
        let message = format!("no source is of {stated}");
        let error = Diagnostic::error(ProfileCode::NewestEvidence, &stated.span, message);
        self.reader.push(if dates.is_empty() {
            error.note("no source has a date")
        } else {
            let dates = dates.iter().map(String::as_str);
            error.note(format!("the sources are of {}", crate::diag::any_of(dates)))
        });
    }

    /// The sources that no fact names, with their places.
    pub(super) fn unused<'n>(&self, fields: &Fields<'n, '_>) -> Vec<(crate::diag::Span, &'n str)> {
        let Some(Kind::Map(entries)) = fields.get("sources").map(|node| &node.kind) else {
            return Vec::new();
        };
        let keys = entries.iter().map(|entry| &entry.key);
        keys.filter(|key| !self.used.contains(&***key))
            .map(|key| (key.span.clone(), &**key))
            .collect()
    }
}
