//! One word in full: a finding, an algorithm by any of its names, a parameter of PowerShell, a
//! message of a client, a server product.

mod algorithm;
mod finding;
mod glossary;
mod message;
mod named;
mod notify;
mod product;
mod said;

use strum::{EnumMessage, IntoEnumIterator};

use crate::compat;
use crate::diag;
use crate::diagnose;
use crate::dialect;
use crate::dialect::powershell::{self, Parameter};
use crate::dialect::swan;
use crate::ike::Transform;
use crate::lint;
use crate::peer::Policy;
use crate::profile::{self, Broken, Database};
use crate::read;
use crate::yaml;

/// What there is to say about a word.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Article {
    /// What it is about.
    pub title: String,
    /// Paragraphs.
    pub paragraphs: Vec<String>,
    /// Names and values, in two columns.
    pub table: Vec<(String, String)>,
}

/// Everything there is to say about `topic`; nothing if the word is not known. Values of tables have marks of tones,
/// which [`diag::shown`] makes visible or takes out.
pub fn explain(
    topic: &str,
    database: &Database<'_>,
    policy: &Policy,
) -> Result<Vec<Article>, Broken> {
    let topic = copied(topic);
    let whole = of_word(topic, database, policy)?;
    if !whole.is_empty() {
        return Ok(whole);
    }
    // A cell of a report says several things in one: `discouraged: modp1024`, `~refused: DH group`.
    let mut articles: Vec<Article> = Vec::new();
    for part in parts(topic) {
        for article in of_word(part, database, policy)? {
            if !articles.contains(&article) {
                articles.push(article);
            }
        }
    }
    Ok(articles)
}

/// What was copied out of a report without what stands around it: the brackets of a code, a quotation, a sign behind it.
fn copied(topic: &str) -> &str {
    let mut topic = topic.trim();
    for (open, close) in [('[', ']'), ('`', '`'), ('"', '"'), ('(', ')')] {
        let inside = topic
            .strip_prefix(open)
            .and_then(|it| it.strip_suffix(close));
        topic = inside.filter(|it| !it.contains(close)).unwrap_or(topic);
    }
    match topic.strip_suffix([':', ',', ';']) {
        Some(bare) if !bare.contains(' ') => bare,
        _ => topic,
    }
}

/// What stands before how many suites there are of which one is chosen.
const ONE_OF: &str = "one of";

/// The parts of a cell of a report, the algorithms of a suite among them; none of what is no cell.
fn parts(topic: &str) -> Vec<&str> {
    let marked = topic.strip_prefix('~');
    let plain = marked.unwrap_or(topic);
    // What a word leans on stands behind it, `refused (inferred)`.
    let (plain, grade) = match plain.strip_suffix(')').and_then(|it| it.rsplit_once(" (")) {
        Some((plain, grade)) => (plain, Some(grade)),
        None => (plain, marked.map(|_| "~")),
    };
    let mut parts: Vec<&str> = match plain.split_once(": ") {
        Some((verdict, what)) => vec![verdict, what],
        None if !plain.contains(' ') && plain.contains('-') => {
            // All of a suite, or it is none.
            let keywords: Vec<&str> = plain.split('-').collect();
            let is_suite = keywords
                .iter()
                .all(|word| !algorithm::find(word).is_empty());
            if is_suite { keywords } else { vec![plain] }
        }
        None => vec![plain],
    };
    // Of how many, and in which release, is the report's own.
    parts.extend(plain.starts_with(ONE_OF).then_some(ONE_OF));
    parts.extend(plain.split_once('@').map(|(engine, _)| engine));
    parts.extend(grade);
    parts.retain(|part| *part != topic);
    parts
}

/// Everything there is to say about one word.
fn of_word(topic: &str, database: &Database<'_>, policy: &Policy) -> Result<Vec<Article>, Broken> {
    let notify = notify::named(topic);
    let notify = notify.map(|notify| notify::article(notify, database));
    let notify = notify.transpose()?;
    if let Some(article) = finding::article(topic, database)? {
        return Ok(std::iter::once(article).chain(notify).collect());
    }
    if let Some(parameter) = Parameter::named(topic) {
        return Ok(vec![of_parameter(parameter)]);
    }
    let mut articles = Vec::from_iter(glossary::find(topic, database)?);
    articles.extend(product::find(topic, database)?);
    let found = algorithm::find(topic);
    if !found.is_empty() {
        articles.extend(toned(&found, database, policy)?);
    }
    articles.extend(glossary::quirk(topic, database));
    articles.extend(named::policy(topic, database));
    // A name, a number or a short name is no part of another message; a phrase may be.
    if notify.is_none() || topic.contains(' ') {
        let mut messages = message::find(topic, database)?;
        messages.retain(|article| Some(&article.title) != notify.as_ref().map(|it| &it.title));
        articles.extend(messages);
    }
    articles.extend(notify);
    let number = message::number(&topic.to_lowercase()).filter(|_| found.is_empty());
    if articles.is_empty() || number.is_some() {
        articles.extend(said::find(number.as_deref().unwrap_or(topic)));
    }
    if articles.is_empty() {
        articles.extend(named::client(topic, database)?);
    }
    Ok(articles)
}

/// What there is to say about some algorithms, without marks of tones.
pub fn algorithms(
    transforms: &[Transform],
    database: &Database<'_>,
    policy: &Policy,
) -> Result<Vec<Article>, Broken> {
    let mut articles = toned(transforms, database, policy)?;
    for (_, value) in articles.iter_mut().flat_map(|article| &mut article.table) {
        *value = diag::shown(value, false);
    }
    Ok(articles)
}

/// The same with marks of tones, which [`diag::shown`] makes visible.
fn toned(
    transforms: &[Transform],
    database: &Database<'_>,
    policy: &Policy,
) -> Result<Vec<Article>, Broken> {
    let clients = algorithm::clients(database)?;
    let each = transforms.iter();
    Ok(each
        .map(|transform| algorithm::article(*transform, &clients, policy))
        .collect())
}

/// Every word with an article of its own, for suggestions.
pub fn topics(database: &Database<'_>) -> Vec<String> {
    let mut topics: Vec<String> = Vec::new();
    for word in listed(database).into_iter().flat_map(|(_, words)| words) {
        if !topics.contains(&word) {
            topics.push(word);
        }
    }
    topics
}

/// Every word with an article of its own, by what it is.
pub fn listed(database: &Database<'_>) -> Vec<(&'static str, Vec<String>)> {
    let owned = |words: &mut dyn Iterator<Item = &str>| words.map(ToOwned::to_owned).collect();
    vec![
        ("words of reports", glossary::words(database)),
        ("products and engines", owned(&mut database.server_ids())),
        ("policies", owned(&mut database.policies())),
        ("clients", owned(&mut database.ids())),
        ("algorithms", owned(&mut crate::dialect::swan::keywords())),
        (
            "parameters of PowerShell",
            Parameter::iter()
                .map(|parameter| format!("-{parameter}"))
                .collect(),
        ),
        ("findings", owned(&mut codes().map(|(name, _)| name))),
        ("oddities of clients", glossary::quirks(database)),
        ("messages and numbers of errors", message::words(database)),
    ]
}

/// Suggestions are at most so many.
const MOST_NEAR: usize = 3;

/// The words with an article that are the most like one without: those that begin with it or hold it, and
/// the one that a slip leads away from.
pub fn nearest(topic: &str, database: &Database<'_>) -> Vec<String> {
    let topics = topics(database);
    let topic = copied(topic);
    let wanted = topic.to_lowercase();
    // Of few letters nearly every word of as few is a neighbour, and a slip leaves the first letter.
    let first = wanted.chars().next();
    let is_like = |word: &&str| {
        let own = word.chars().next().map(|it| it.to_ascii_lowercase());
        wanted.len() > 3 && own == first
    };
    let slip = diag::nearest(topic, topics.iter().map(String::as_str).filter(is_like));
    let holds = |word: &&String| {
        let word = word.to_lowercase();
        // Inside of a word the letters are there by accident.
        let begins = |at: usize| !word[..at].ends_with(char::is_alphanumeric);
        wanted.len() > 2 && word.match_indices(&*wanted).any(|(at, _)| begins(at))
            || word.len() > 3 && wanted.split_whitespace().any(|part| part == word)
    };
    // What has a number that does not exist is not a slip.
    let slip = swan::meant_as_additional(topic).or_else(|| slip.map(ToOwned::to_owned));
    let mut near: Vec<String> = slip.into_iter().collect();
    for word in topics.iter().filter(holds) {
        if near.len() < MOST_NEAR && !near.contains(word) {
            near.push(word.clone());
        }
    }
    near
}

/// The name of every finding of every layer, with its documentation.
pub(crate) fn codes() -> impl Iterator<Item = (&'static str, &'static str)> {
    let rules = lint::rules().into_iter();
    documented::<compat::code::NegotiationCode>()
        .chain(documented::<compat::certificate::CertificateCode>())
        .chain(documented::<read::ReadCode>())
        .chain(documented::<diagnose::Cause>())
        .chain(rules.map(|rule| (rule.name, rule.documentation)))
        .chain(documented::<profile::lint::ProfileCode>())
        .chain(documented::<yaml::YamlCode>())
        .chain(documented::<dialect::DialectCode>())
        .chain(documented::<diag::SourceCode>())
}

/// The codes of one layer, each documented by the comment on its variant.
fn documented<C>() -> impl Iterator<Item = (&'static str, &'static str)>
where
    C: IntoEnumIterator + EnumMessage + Into<&'static str>,
{
    C::iter().map(|code| {
        let documentation = code.get_documentation().unwrap_or_default();
        (code.into(), documentation)
    })
}

/// The article of a code of any layer.
pub(crate) fn code(topic: &str) -> Option<Article> {
    let (name, documentation) = codes().find(|(name, _)| *name == topic)?;
    let severity = lint::rule(name).map(|rule| rule.severity.to_string());
    Some(Article {
        title: topic.to_owned(),
        paragraphs: paragraphs(documentation),
        table: severity
            .map(|severity| ("severity".to_owned(), severity))
            .into_iter()
            .collect(),
    })
}

/// The paragraphs of a comment.
fn paragraphs(text: &str) -> Vec<String> {
    let paragraphs = text
        .split("\n\n")
        .map(|p| p.split_whitespace().collect::<Vec<_>>().join(" "));
    paragraphs.filter(|p| !p.is_empty()).collect()
}

fn of_parameter(parameter: Parameter) -> Article {
    let mut paragraphs = paragraphs(parameter.get_documentation().unwrap_or_default());
    paragraphs.push(format!("Source: {}", powershell::SOURCE));
    let meaning = |value: &str| {
        let transform = powershell::transform_of(parameter, value);
        let words = transform.map(crate::dialect::charon::transform);
        words.unwrap_or_else(|| match (parameter, value) {
            (Parameter::PfsGroup, "PFSMM") => "the group of phase 1 again".to_owned(),
            (Parameter::PfsGroup, _) => "no PFS".to_owned(),
            (Parameter::DHGroup, _) => "for AuthIP only".to_owned(),
            (Parameter::CipherTransformConstants, _) => "no encryption".to_owned(),
            _ => "no integrity, or beside AES-GCM".to_owned(),
        })
    };
    Article {
        title: format!("-{parameter}"),
        paragraphs,
        table: parameter
            .values()
            .iter()
            .map(|value| ((*value).to_owned(), meaning(value)))
            .collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::{code, codes, explain, topics};
    use crate::profile::Database;

    #[test]
    fn every_code_is_explained_with_an_example() {
        let database = Database::builtin();
        let policy = database.policy("rfc8247").unwrap();
        for (code, documentation) in codes() {
            // What it says, why it matters, what to do.
            assert_eq!(super::paragraphs(documentation).len(), 3, "{code}");
            let articles = explain(code, &database, &policy).unwrap();
            let paragraphs = &articles[0].paragraphs;
            for part in ["What: ", "Why: ", "Example", "Fix: ", "Source: "] {
                let has = paragraphs
                    .iter()
                    .any(|text| text.starts_with(part) && text.len() > part.len() + 5);
                assert!(has, "{code}: no {part}\n{paragraphs:#?}");
            }
        }
    }

    #[test]
    fn every_code_has_a_name_of_its_own_and_an_article() {
        let topics = topics(&Database::builtin());
        for (place, topic) in topics.iter().enumerate() {
            assert!(
                !topics[..place].contains(topic),
                "{topic} stands for two things"
            );
        }
        for name in [
            "no-common-key-exchange",
            "unknown-keyword",
            "wrong-kind",
            "not-utf8",
        ] {
            assert!(topics.iter().any(|topic| topic == name) && code(name).is_some());
        }
        let without = topics.iter().filter_map(|topic| code(topic));
        for article in without {
            assert!(!article.paragraphs.is_empty(), "{}", article.title);
        }
    }
}
