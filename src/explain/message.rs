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
}

/// The articles of messages that contain `topic` or are contained in it.
pub(super) fn find(topic: &str, database: &Database<'_>) -> Result<Vec<Article>, Broken> {
    let wanted = topic.to_lowercase();
    let mut articles = Vec::new();
    if wanted.len() < 4 {
        return Ok(articles); // too short to be part of a message
    }
    for (path, json) in database.folder("profiles/messages/") {
        let file: MessageFile = serde_json::from_str(json).map_err(|error| Broken {
            file: path.to_owned(),
            what: error.to_string(),
        })?;
        for message in file.messages {
            let hit = message.text.iter().find(|text| {
                let text = text.to_lowercase();
                wanted.contains(&text) || text.contains(&wanted)
            });
            let Some(text) = hit else { continue };
            articles.push(Article {
                title: text.clone(),
                paragraphs: vec![
                    message.meaning,
                    message.fix,
                    format!("Written by: {}. Source: {}", file.product, file.source),
                ],
                table: vec![("phase".to_owned(), message.phase)],
            });
        }
    }
    Ok(articles)
}
