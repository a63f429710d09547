//! The article of a finding: what it says, why it matters, an example, what to do, and where that is written.

use serde::Deserialize;

use super::{Article, codes, paragraphs};
use crate::lint;
use crate::profile::{Broken, Database};

/// A file of `profiles/examples/`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ExampleFile {
    examples: Vec<Example>,
}

/// Something that a finding is about: a text, or where no text can show it, words.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Example {
    code: String,
    /// For which clients it is found, or whose file it is; empty if that does not matter.
    #[serde(default)]
    clients: String,
    /// The client that the file configures.
    client: Option<String>,
    /// The name of the file.
    file: Option<String>,
    /// The line that the finding points at.
    line: Option<usize>,
    text: Option<String>,
    words: Option<String>,
}

/// The article of a code of any layer.
pub(super) fn article(topic: &str, database: &Database<'_>) -> Result<Option<Article>, Broken> {
    let Some((name, documentation)) = codes().find(|(name, _)| *name == topic) else {
        return Ok(None);
    };
    let said = paragraphs(documentation);
    let [what, why @ .., fix] = said.as_slice() else {
        return Ok(None);
    };
    let mut parts = vec![format!("What: {what}"), format!("Why: {}", why.join(" "))];
    parts.extend(example(name, database)?);
    parts.push(format!("Fix: {fix}"));
    let cited = sources(documentation);
    let page = page(name);
    parts.push(match cited.is_empty() {
        true => format!("Source: {page}"),
        false => format!("Source: {}; {page}", cited.join("; ")),
    });
    let severity =
        lint::rule(name).map(|rule| rule.severity.tone().marked(&rule.severity.to_string()));
    Ok(Some(Article {
        title: topic.to_owned(),
        paragraphs: parts,
        table: severity
            .map(|severity| ("severity".to_owned(), severity))
            .into_iter()
            .collect(),
    }))
}

/// What is named as the place where something is written: documents and threads, in parentheses or not.
fn sources(text: &str) -> Vec<String> {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let mut found: Vec<String> = Vec::new();
    for part in text.split(['(', ')']).flat_map(|part| part.split(';')) {
        let start = ["RFC ", "NIST ", "IANA ", "BSI ", "raserror", "winerror"]
            .iter()
            .filter_map(|word| part.find(word))
            .min();
        let Some(start) = start else { continue };
        let rest = &part[start..];
        let end = rest.find([':', '.']).unwrap_or(rest.len());
        let words = rest[..end].split_whitespace().take_while(|word| {
            let plain = word.trim_end_matches(',');
            plain.starts_with(|c: char| c.is_uppercase() || c.is_ascii_digit())
                || ["section", "sections", "and"].contains(&plain)
        });
        let words = words.collect::<Vec<_>>().join(" ");
        let words = words
            .trim_end_matches([',', ' '])
            .trim_end_matches(" and")
            .to_owned();
        if words.contains(' ') && !found.contains(&words) {
            found.push(words);
        }
    }
    found
}

/// The page of the documentation about the layer that a code is of.
fn page(name: &str) -> &'static str {
    let is_of =
        |all: Vec<(&'static str, &'static str)>| all.iter().any(|(other, _)| *other == name);
    if lint::rule(name).is_some() {
        "docs/rules.md"
    } else if is_of(super::documented::<crate::diagnose::Cause>().collect()) {
        "docs/diagnose.md"
    } else if is_of(super::documented::<crate::compat::certificate::CertificateCode>().collect()) {
        "docs/certificates.md"
    } else if is_of(super::documented::<crate::compat::code::NegotiationCode>().collect()) {
        "docs/negotiation.md"
    } else if is_of(super::documented::<crate::profile::lint::ProfileCode>().collect()) {
        "docs/profiles.md"
    } else {
        "docs/formats.md"
    }
}

/// The example of a finding.
fn example(name: &str, database: &Database<'_>) -> Result<Option<String>, Broken> {
    for (path, json) in database.folder("profiles/examples/") {
        let file: ExampleFile = serde_json::from_str(json).map_err(|error| Broken {
            file: path.to_owned(),
            what: error.to_string(),
        })?;
        if let Some(one) = file.examples.into_iter().find(|one| one.code == name) {
            return Ok(Some(one.paragraph()));
        }
    }
    Ok(None)
}

impl Example {
    fn paragraph(&self) -> String {
        let Some(text) = &self.text else {
            let words = self.words.as_deref().unwrap_or_default();
            let words: Vec<_> = words.split_whitespace().collect();
            return format!("Example: {}", words.join(" "));
        };
        let file = self.file.as_ref().map(|name| format!(", {name}"));
        let client = self.client.as_ref().map(|id| format!(" of {id}"));
        let line = self
            .line
            .map(|line| format!(", where it is about line {line}"));
        let clients = Some(self.clients.as_str())
            .filter(|ids| !ids.is_empty())
            .map(|ids| format!(" in view of {ids}"));
        let title: String = [file, client, line, clients]
            .into_iter()
            .flatten()
            .collect();
        let lines = text.trim_end().lines();
        let lines: Vec<_> = lines.map(|line| format!("  {line}")).collect();
        format!("Example{title}:\n{}", lines.join("\n"))
    }
}
