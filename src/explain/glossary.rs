//! Words of reports that are no algorithm and no code: terms of IKE, verdicts, grades, tiers, and the oddities of
//! clients.

use itertools::Itertools as _;
use serde::Deserialize;

use super::Article;
use crate::profile::{Broken, Database};

/// A file of `profiles/glossary/`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TermFile {
    terms: Vec<Term>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Term {
    words: Vec<String>,
    text: String,
    source: String,
}

fn terms(database: &Database<'_>) -> Result<Vec<Term>, Broken> {
    let files = database.folder("profiles/glossary/");
    let read = files.map(|(path, json)| {
        let file = serde_json::from_str::<TermFile>(json);
        file.map(|file| file.terms).map_err(|error| Broken {
            file: path.to_owned(),
            what: error.to_string(),
        })
    });
    let lists: Vec<Vec<Term>> = read.collect::<Result<_, _>>()?;
    Ok(lists.into_iter().flatten().collect())
}

/// A word as it is looked for: hyphens and blanks are the same.
fn plain(word: &str) -> String {
    word.to_lowercase().replace(['-', '_'], " ")
}

/// The article of a term, which may be asked for in the plural.
pub(super) fn find(topic: &str, database: &Database<'_>) -> Result<Option<Article>, Broken> {
    for topic in std::iter::once(topic.to_owned()).chain(singulars(topic)) {
        if let Some(article) = of_term(&topic, database)? {
            return Ok(Some(article));
        }
    }
    Ok(None)
}

/// What a word may be the plural of.
fn singulars(topic: &str) -> Vec<String> {
    let endings = [("ies", "y"), ("es", ""), ("s", "")];
    let singular = |(ending, own): (&str, &str)| Some(topic.strip_suffix(ending)?.to_owned() + own);
    endings.into_iter().filter_map(singular).collect()
}

fn of_term(topic: &str, database: &Database<'_>) -> Result<Option<Article>, Broken> {
    let wanted = plain(topic);
    let all = terms(database)?.into_iter();
    let mut hits = all.filter(|term| term.words.iter().any(|word| plain(word) == wanted));
    Ok(hits.next().map(|term| {
        // What was asked for is what the article is about.
        let (asked, others): (Vec<_>, Vec<_>) = term
            .words
            .into_iter()
            .partition(|word| plain(word) == wanted);
        let others = others.join(", ");
        Article {
            title: asked.into_iter().next().unwrap_or_default(),
            paragraphs: vec![term.text, format!("Source: {}", term.source)],
            table: match others.is_empty() {
                true => Vec::new(),
                false => vec![("also".to_owned(), others)],
            },
        }
    }))
}

/// Every term.
pub(super) fn words(database: &Database<'_>) -> Vec<String> {
    let all = terms(database).unwrap_or_default();
    all.into_iter().flat_map(|term| term.words).collect()
}

/// The article of an oddity of clients, by its id.
pub(super) fn quirk(topic: &str, database: &Database<'_>) -> Option<Article> {
    let profiles = database.profiles().filter_map(Result::ok);
    let with = profiles.filter_map(|profile| {
        let quirk = profile.file.quirks.iter().find(|one| one.id == topic)?;
        let sources = quirk.sources.join(", ");
        let text = quirk.text.clone();
        Some((text, format!("{} ({sources})", profile.id), profile.id))
    });
    let with: Vec<_> = with.collect();
    let (_, _, first) = with.first()?;
    let see =
        format!("Sources: `ikecompat clients show {first} -v` has them with their addresses.");
    let by_text = with
        .iter()
        .map(|(text, who, _)| (text, who))
        .into_group_map();
    let said = by_text
        .into_iter()
        .sorted()
        .map(|(text, who)| format!("{text} Of {}.", who.iter().join("; ")));
    // What a client demands of a certificate has a fix; other oddities are to be known.
    let is_demand = database.profiles().filter_map(Result::ok).any(|profile| {
        let mut quirks = profile.file.quirks.iter();
        quirks.any(|one| one.id == topic && one.is_demand())
    });
    let consequence = [
        "Why: A server certificate that is not so is refused, whatever the lists say.",
        "Fix: Give the server another certificate; `ikecompat certificate FILE` says who would take which.",
    ];
    let consequence = consequence.iter().filter(|_| is_demand);
    let said: Vec<String> = said
        .map(|text| match is_demand {
            true => format!("What: {text}"),
            false => text,
        })
        .chain(consequence.map(|text| (*text).to_owned()))
        .chain([see])
        .collect();
    Some(Article {
        title: topic.to_owned(),
        paragraphs: said,
        table: vec![("clients that have it".to_owned(), with.len().to_string())],
    })
}

/// The ids of all oddities.
pub(super) fn quirks(database: &Database<'_>) -> Vec<String> {
    let profiles = database.profiles().filter_map(Result::ok);
    let ids = profiles.flat_map(|profile| profile.file.quirks.into_iter().map(|one| one.id));
    ids.sorted().dedup().collect()
}
