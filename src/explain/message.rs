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
}

fn files(database: &Database<'_>) -> Result<Vec<MessageFile>, Broken> {
    let files = database.folder("profiles/messages/");
    let read = files.map(|(path, json)| {
        serde_json::from_str(json).map_err(|error| Broken {
            file: path.to_owned(),
            what: error.to_string(),
        })
    });
    read.collect()
}

/// The articles of messages that contain `topic` or are contained in it, or of the number that it is.
pub(super) fn find(topic: &str, database: &Database<'_>) -> Result<Vec<Article>, Broken> {
    let wanted = topic.to_lowercase();
    let number = number(&wanted);
    let mut articles = Vec::new();
    for file in files(database)? {
        for message in file.messages {
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
            articles.push(Article {
                title,
                paragraphs: vec![
                    format!("What: {}", message.meaning),
                    format!("Fix: {}", message.fix),
                    format!("Written by: {}. Source: {}", file.product, file.source),
                ],
                table: vec![("phase".to_owned(), message.phase)],
            });
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
    let files = files(database).unwrap_or_default().into_iter();
    let messages = files.flat_map(|file| file.messages);
    let words = messages.flat_map(|message| std::iter::once(message.number).chain(message.text));
    words.filter(|word| !word.is_empty()).collect()
}
