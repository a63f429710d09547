//! A server product: what negotiates inside, how it chooses, what it lists where nobody wrote a
//! list, what its pages select, what it cannot do.

use super::Article;
use crate::profile::server_shape::{
    BehaviourShape, BehaviourValue, DefaultShape, Selectable, ServerFile,
};
use crate::profile::shape::{SourceShape, ValueSet};
use crate::profile::{Broken, Database};

/// The article of the product or engine that `topic` names.
pub(super) fn find(topic: &str, database: &Database<'_>) -> Result<Option<Article>, Broken> {
    let file = database.server(&topic.to_lowercase())?;
    Ok(file.map(|file| article(&file)))
}

fn article(file: &ServerFile) -> Article {
    let mut paragraphs = Vec::new();
    if let Some(selection) = &file.selection {
        paragraphs.push(with_sources(&selection.text, &selection.sources));
    }
    let limits = file.limits.iter();
    paragraphs.extend(limits.map(|limit| with_sources(&limit.text, &limit.sources)));
    paragraphs.extend(file.behaviours.iter().map(behaviour));
    paragraphs.extend(file.defaults.iter().map(lists));
    paragraphs.extend(file.sources.iter().map(|(key, source)| {
        let SourceShape {
            grade, title, url, ..
        } = source;
        format!("Source {key} ({grade}): {title}, {url}")
    }));
    let mut table = Vec::new();
    if let Some(engine) = &file.engine {
        table.push(("engine".to_owned(), engine.clone()));
    }
    for inside in &file.engines {
        let unknown = inside.unknown.as_ref();
        let unknown = unknown.map(|what| format!("not known; {what}"));
        let words = inside.engine.clone().or(unknown).unwrap_or_default();
        let words = with_sources(&words, &inside.sources);
        table.push((format!("engine since {}", inside.since), words));
    }
    table.extend(file.selectable.iter().flat_map(choices));
    Article {
        title: file.name.clone(),
        paragraphs,
        table,
    }
}

fn with_sources(text: &str, sources: &[String]) -> String {
    format!("{} ({})", text.trim(), sources.join(", "))
}

/// What releases do by themselves, each in its way.
fn behaviour(shape: &BehaviourShape) -> String {
    let value = |value: &BehaviourValue| {
        let said = with_sources(&value.text, &value.sources);
        format!("from {} on: {said}", value.since)
    };
    let values: Vec<_> = shape.values.iter().map(value).collect();
    format!("By release, {}: {}.", shape.title, values.join("; "))
}

/// What stands for nothing configured.
fn lists(shape: &DefaultShape) -> String {
    let since = &shape.since;
    if let Some(unknown) = &shape.unknown {
        return format!("Without lists, from {since} on: not known; {unknown}.");
    }
    let mut parts = vec![
        format!("IKE {}", shape.ike.join(", ")),
        format!(
            "ESP {}",
            shape.esp_unset.as_ref().unwrap_or(&shape.esp).join(", ")
        ),
    ];
    let ah = shape
        .ah
        .iter()
        .map(|list| format!("AH {}", list.join(", ")));
    parts.extend(ah);
    let lists = format!("Without lists, from {since} on: {}", parts.join("; "));
    let lists = with_sources(&lists, &shape.sources);
    match &shape.note {
        Some(note) => format!("{lists}: {note}."),
        None => format!("{lists}."),
    }
}

/// What the pages or commands of a version select, a row a list.
fn choices(selectable: &Selectable) -> Vec<(String, String)> {
    let since = &selectable.since;
    let mut rows = Vec::new();
    for (protocol, set, values) in [
        ("IKE", &selectable.ike, &selectable.ike_values),
        ("ESP", &selectable.esp, &selectable.esp_values),
    ] {
        let ValueSet {
            encryption,
            integrity,
            prf,
            key_exchange,
            additional_key_exchange,
        } = set;
        for (what, list) in [
            ("encryption", encryption),
            ("integrity", integrity),
            ("PRF", prf),
            ("key exchange", key_exchange),
            ("additional key exchange", additional_key_exchange),
            ("whole proposals", values),
        ] {
            if !list.is_empty() {
                rows.push((format!("since {since}, {protocol} {what}"), list.join(" ")));
            }
        }
    }
    rows
}
