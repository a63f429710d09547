//! A message that a client shows or logs: what it means and what helps.

use serde::Deserialize;

use super::Article;
use crate::profile::{Broken, Database};

/// A file `profiles/messages/<product>.yaml`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct MessageFile {
    product: String,
    source: String,
    messages: Vec<Message>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Message {
    /// The number of the error, of which only the whole is meant.
    #[serde(default)]
    number: String,
    #[serde(default)]
    text: Vec<String>,
    phase: String,
    meaning: String,
    fix: String,
    /// Where it is written, where that is not what the file as a whole says.
    source: Option<String>,
}

/// The file with the notifies of the protocol.
const NOTIFIES: &str = "profiles/messages/ikev2.yaml";

fn file(path: &str, json: &str) -> Result<MessageFile, Broken> {
    serde_json::from_str(json).map_err(|error| Broken {
        file: path.to_owned(),
        what: error.to_string(),
    })
}

impl Message {
    /// The article about it under one of its texts.
    fn article(self, title: String, product: &str, source: &str) -> Article {
        let source = self.source.as_deref().unwrap_or(source);
        Article {
            title,
            paragraphs: vec![
                format!("What: {}", self.meaning),
                format!("Fix: {}", self.fix),
                format!("Written by: {product}. Source: {source}"),
            ],
            table: vec![("phase".to_owned(), self.phase)],
        }
    }
}

/// The article of the notify of the given name, if there is one.
pub(super) fn of_notify(name: &str, database: &Database<'_>) -> Result<Option<Article>, Broken> {
    let Some((path, json)) = database.folder(NOTIFIES).next() else {
        return Ok(None);
    };
    let MessageFile {
        product,
        source,
        messages,
    } = file(path, json)?;
    let mut messages = messages.into_iter();
    let found = messages.find(|message| message.text.iter().any(|text| text == name));
    Ok(found.map(|message| message.article(name.to_owned(), &product, &source)))
}

/// The articles of messages that contain `topic` or are contained in it, or of the number that it is.
pub(super) fn find(topic: &str, database: &Database<'_>) -> Result<Vec<Article>, Broken> {
    let wanted = topic.to_lowercase();
    let number = number(&wanted);
    let mut articles = Vec::new();
    for (path, json) in database.folder("profiles/messages/") {
        let MessageFile {
            product,
            source,
            messages,
        } = file(path, json)?;
        for message in messages {
            let by_number = number.is_some() && message.number == number.as_deref().unwrap_or("");
            let hit = message.text.iter().find(|text| {
                let text = text.to_lowercase();
                // Too short a word is part of too many.
                let part = wanted.len() > 3 && holds(&text, &wanted);
                part || holds(&wanted, &text) || number.as_deref() == Some(text.as_str())
            });
            let text = match hit {
                Some(text) => text.clone(),
                None if by_number => message.text.first().cloned().unwrap_or_default(),
                None => continue,
            };
            let title = match message.number.as_str() {
                "" => text,
                number => format!("{number} {text}"),
            };
            articles.push(message.article(title, &product, &source));
        }
    }
    Ok(articles)
}

/// Whether a text has these words in it, whole.
fn holds(text: &str, words: &str) -> bool {
    let is_part = |c: char| c.is_alphanumeric() || c == '_';
    text.match_indices(words).any(|(place, _)| {
        let (before, after) = (&text[..place], &text[place + words.len()..]);
        !before.ends_with(is_part) && !after.starts_with(is_part)
    })
}

/// The number of an error that a topic is: `809`, `error 809`, `0x362c`, `0x8007362c`, `-2147011028`.
pub(super) fn number(topic: &str) -> Option<String> {
    let word = topic.trim().trim_end_matches(['.', ':']);
    let before = word.trim_end_matches(|c: char| c.is_ascii_hexdigit() || c == 'x' || c == '-');
    let lead = before.trim_end_matches([' ', ':', '#']);
    let is_lead = [
        "",
        "error",
        "code",
        "error code",
        "windows",
        "windows error",
        "fehler",
    ];
    if !is_lead.contains(&lead.to_lowercase().as_str()) {
        return None;
    }
    let word = &word[before.len()..];
    // An HRESULT of an error of Windows has it in its lower half.
    let of_hresult = |value: u32| match value >> 16 {
        0x8007 | 0 => value & 0xffff,
        _ => value,
    };
    let value = match (word.strip_prefix("0x"), word.strip_prefix('-')) {
        (Some(hex), _) => of_hresult(u32::from_str_radix(hex, 16).ok()?),
        (None, Some(_)) => of_hresult(word.parse::<i32>().ok()?.cast_unsigned()),
        (None, None) => word.parse().ok()?,
    };
    Some(value.to_string())
}

/// Numbers and texts of all messages.
pub(super) fn words(database: &Database<'_>) -> Vec<String> {
    let files = database.folder("profiles/messages/");
    let files = files.filter_map(|(path, json)| file(path, json).ok());
    let messages = files.flat_map(|file| file.messages);
    let words = messages.flat_map(|message| std::iter::once(message.number).chain(message.text));
    words.filter(|word| !word.is_empty()).collect()
}
