//! What has a name of its own in the database: clients and policies.

use itertools::Itertools as _;

use super::Article;
use crate::profile::{Broken, Database, Profile, Selected};

/// The article of a policy, by its id.
pub(super) fn policy(topic: &str, database: &Database<'_>) -> Option<Article> {
    let policy = database.policy(&topic.to_lowercase())?;
    let id = &policy.id;
    let binding = match policy.binding {
        true => "Plans stay within it, even if no plan is left.",
        false => "It ranks; plans may have what it discourages where a client has nothing better.",
    };
    Some(Article {
        title: format!("{id}: {}", policy.title),
        paragraphs: vec![
            "A policy: by what suites are ranked.".to_owned(),
            binding.to_owned(),
            format!(
                "`ikecompat check SERVER --policy {id}` judges by it; `ikecompat explain modp1024 --policy {id}` says \
                 what it demands of an algorithm. Source: profiles/policies/{id}.yaml, with its clauses."
            ),
        ],
        table: vec![(
            "binding".to_owned(),
            if policy.binding { "yes" } else { "no" }.to_owned(),
        )],
    })
}

/// The article of the client that a word of `--clients` means; nothing of words that mean several clients by a
/// pattern.
pub(super) fn client(topic: &str, database: &Database<'_>) -> Result<Option<Article>, Broken> {
    let is_pattern = topic.contains(['*', '?', '[', ',', '!', '=', '/']) || topic == "all";
    let selected = match is_pattern {
        true => return Ok(None),
        false => database.select(topic).unwrap_or_default(),
    };
    let Some(first) = selected.first() else {
        return Ok(None);
    };
    let Some(profile) = database.profile(&first.profile) else {
        return Ok(None);
    };
    Ok(Some(article(&profile?, first)))
}

fn article(profile: &Profile, selected: &Selected) -> Article {
    let (file, client) = (&profile.file, &selected.client);
    let mut table = vec![
        ("id".to_owned(), client.id.clone()),
        ("vendor".to_owned(), file.vendor.clone()),
        ("versions".to_owned(), file.covers.join(", ")),
    ];
    let variants: Vec<_> = profile.variants().collect();
    if variants.len() > 1 {
        let ids = variants.iter().map(|name| format!("{}:{name}", profile.id));
        table.push(("set-ups".to_owned(), ids.collect_vec().join(" ")));
    }
    if !file.aliases.is_empty() {
        table.push(("also called".to_owned(), file.aliases.join(", ")));
    }
    if let Some(grade) = profile.evidence() {
        table.push(("evidence".to_owned(), grade.to_string()));
    }
    let id = &client.id;
    let mut paragraphs = vec![format!("A {} of the database: {}.", file.role, file.name)];
    paragraphs.extend(selected.judged_by.clone().map(|how| format!("{how}.")));
    paragraphs.push(format!(
        "`ikecompat clients show {id}` says what it offers and on what evidence, `ikecompat check SERVER --clients {id}` \
         whether it connects."
    ));
    Article {
        title: client.label.clone(),
        paragraphs,
        table,
    }
}

#[cfg(test)]
mod tests {
    use super::{client, policy};
    use crate::profile::Database;

    #[test]
    fn clients_and_policies_have_articles() {
        let database = Database::builtin();
        for id in database.policies() {
            assert!(policy(id, &database).is_some(), "{id}");
        }
        for id in database.ids().chain(["ios", "windows-10:require", "win11"]) {
            let article = client(id, &database).unwrap();
            let article = article.unwrap_or_else(|| panic!("{id}"));
            assert_eq!(article.table[0].0, "id", "{id}");
        }
        for word in ["all", "*", "ios,macos", "modp1024"] {
            assert_eq!(client(word, &database).unwrap(), None, "{word}");
        }
    }
}
