//! How many people use each client: a YAML file of one mapping, a selection and a number a line.

use std::collections::BTreeMap;

use super::Database;
use crate::diag::{Diagnostic, Place, Sources};
use crate::yaml::{self, Kind, YamlCode};

/// How many people use each client, by its id.
pub type People = BTreeMap<String, u64>;

/// Reads the mapping in the text numbered `file`: how many people use each client, by its id.
///
/// A word that means several clients gives its number to each of them; numbers of names for the same
/// client, such as `iPhone 15` and `iPhone 16`, are added. Fails with everything that is wrong.
pub fn read(
    sources: &mut Sources,
    file: usize,
    database: &Database<'_>,
) -> Result<People, Vec<Diagnostic>> {
    let text = sources.text(file);
    let root = yaml::parse(&text, file)?;
    let Kind::Map(entries) = &root.kind else {
        let what = "expected lines such as `windows-10: 120`";
        return Err(vec![Diagnostic::error(
            YamlCode::WrongKind,
            Place::File(file),
            what,
        )]);
    };
    let mut people = People::new();
    let mut by_name = People::new();
    let mut wrong = Vec::new();
    for entry in entries {
        let place = || Place::Position(entry.key.span.clone());
        let number = match &entry.value.kind {
            Kind::Word(word) => word.text.parse::<u64>().ok(),
            _ => None,
        };
        let Some(number) = number else {
            let message = format!("`{}` has no number of people", entry.key);
            wrong.push(Diagnostic::error(YamlCode::UnknownWord, place(), message));
            continue;
        };
        match database.select(&entry.key) {
            Ok(selected) => {
                for one in selected {
                    if one.judged_by.is_some() {
                        *by_name.entry(one.client.id).or_default() += number;
                    } else {
                        people.insert(one.client.id, number);
                    }
                }
            }
            Err(unselectable) => wrong.extend(unselectable.into_iter().map(|why| {
                let said = Diagnostic::error(YamlCode::UnknownWord, place(), why.to_string());
                match why.help() {
                    Some(help) => said.help(help),
                    None => said,
                }
            })),
        }
    }
    for (id, number) in by_name {
        *people.entry(id).or_default() += number;
    }
    if wrong.is_empty() {
        Ok(people)
    } else {
        Err(wrong)
    }
}
