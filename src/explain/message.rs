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
                self.meaning,
                self.fix,
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

/// The articles of messages that contain `topic` or are contained in it.
pub(super) fn find(topic: &str, database: &Database<'_>) -> Result<Vec<Article>, Broken> {
    let wanted = topic.to_lowercase();
    let mut articles = Vec::new();
    if wanted.len() < 4 {
        return Ok(articles); // too short to be part of a message
    }
    for (path, json) in database.folder("profiles/messages/") {
        let MessageFile {
            product,
            source,
            messages,
        } = file(path, json)?;
        for message in messages {
            let hit = message.text.iter().find(|text| {
                let text = text.to_lowercase();
                wanted.contains(&text) || text.contains(&wanted)
            });
            let Some(text) = hit.cloned() else { continue };
            articles.push(message.article(text, &product, &source));
        }
    }
    Ok(articles)
}
