//! What people write after `--clients`.
//!
//! `id`, `id:variant`, `id:*`, an alias, a glob with `*` and `?`, `all`, comma-separated. An id or
//! alias of a profile with several variants means its first one; an alias may belong to a variant.

use super::database::{Broken, Database, Profile};
use crate::diag;
use crate::peer::Client;

/// The clients that are compared when nobody chose any.
pub const DEFAULT: &str = "osx,macos,ios,android,windows";

/// One selected client.
#[derive(Clone, Debug)]
pub struct Selected {
    /// The word that chose it.
    pub word: String,
    /// Id of the profile.
    pub profile: String,
    /// The client.
    pub client: Client,
}

/// A word that chooses nothing.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Unselectable {
    /// No such client; the nearest word there is.
    Unknown {
        /// The word.
        word: String,
        /// The nearest one.
        nearest: Option<String>,
    },
    /// The profile it means is broken.
    Broken(Broken),
}

impl Database<'_> {
    /// The clients that a selection means, in its order, each once; or everything that is wrong
    /// with it.
    pub fn select(&self, selection: &str) -> Result<Vec<Selected>, Vec<Unselectable>> {
        let words = self.words();
        let mut chosen: Vec<Selected> = Vec::new();
        let mut wrong = Vec::new();
        for word in selection
            .split(',')
            .map(str::trim)
            .filter(|word| !word.is_empty())
        {
            let hits = hits(word, &words);
            if hits.is_empty() {
                wrong.push(Unselectable::Unknown {
                    word: word.to_owned(),
                    nearest: diag::nearest(word, words.iter().map(|(word, ..)| word.as_str()))
                        .map(ToOwned::to_owned),
                });
            }
            for (id, variant) in hits {
                match self.client(id, variant) {
                    Ok(client) => {
                        if chosen.iter().all(|other| other.client.id != client.id) {
                            chosen.push(Selected {
                                word: word.to_owned(),
                                profile: id.to_owned(),
                                client,
                            });
                        }
                    }
                    Err(broken) => wrong.push(Unselectable::Broken(broken)),
                }
            }
        }
        if wrong.is_empty() {
            Ok(chosen)
        } else {
            Err(wrong)
        }
    }

    fn client(&self, id: &str, variant: Option<&str>) -> Result<Client, Broken> {
        let missing = || Broken {
            file: id.to_owned(),
            what: "the profile has no variants".to_owned(),
        };
        let profile: Profile = self.profile(id).ok_or_else(missing)??;
        let first = profile.variants().next().unwrap_or_default().to_owned();
        let variant = variant.unwrap_or(&first);
        profile.client(variant).ok_or_else(missing)?
    }
}

/// Profile and variant that a word means; `None` is the first variant.
fn hits<'w>(
    word: &str,
    words: &'w [(String, String, Option<String>)],
) -> Vec<(&'w str, Option<&'w str>)> {
    let meaning =
        |(_, id, variant): &'w (String, String, Option<String>)| (id.as_str(), variant.as_deref());
    if word == "all" {
        let profiles = words.iter().filter(|(name, id, _)| name == id);
        return profiles.map(meaning).collect();
    }
    if let Some(exact) = words.iter().find(|(name, ..)| name == word) {
        return vec![meaning(exact)];
    }
    if !word.contains(['*', '?']) {
        return Vec::new();
    }
    // A glob without colon ranges over profiles, one with a colon over variants.
    let with_variant = word.contains(':');
    let hit = |(name, id, _): &&(String, String, Option<String>)| {
        let own = if with_variant {
            name.strip_prefix(id.as_str())
                .is_some_and(|rest| rest.starts_with(':'))
        } else {
            name == id
        };
        own && matches(word, name)
    };
    // `windows-10:*` may also be written with an alias before the colon.
    let found: Vec<_> = words.iter().filter(hit).map(meaning).collect();
    if !found.is_empty() || !with_variant {
        return found;
    }
    let (alias, variant) = word.split_once(':').unwrap_or((word, ""));
    match words.iter().find(|(name, ..)| name == alias) {
        Some((_, id, _)) => {
            let full = format!("{id}:{variant}");
            let of = |(name, ..): &&(String, String, Option<String>)| matches(&full, name);
            words.iter().filter(of).map(meaning).collect()
        }
        None => Vec::new(),
    }
}

/// Whether `text` matches a glob of `*` and `?`.
fn matches(glob: &str, text: &str) -> bool {
    let (glob, text): (Vec<char>, Vec<char>) = (glob.chars().collect(), text.chars().collect());
    // Where the last star stands, and how much of the text it has taken.
    let (mut g, mut t, mut star) = (0, 0, None);
    while t < text.len() {
        match glob.get(g) {
            Some('*') => {
                star = Some((g, t));
                g += 1;
            }
            Some(c) if *c == '?' || *c == text[t] => {
                g += 1;
                t += 1;
            }
            _ => match star {
                Some((at, taken)) => {
                    star = Some((at, taken + 1));
                    g = at + 1;
                    t = taken + 1;
                }
                None => return false,
            },
        }
    }
    glob[g..].iter().all(|c| *c == '*')
}

#[cfg(test)]
mod tests {
    use super::matches;

    #[test]
    fn globs_match() {
        for (glob, text, expected) in [
            ("windows-*", "windows-10", true),
            ("*-10*", "windows-10:none", true),
            ("windows-1?", "windows-11", true),
            ("windows-1?", "windows-1", false),
            ("*", "", true),
            ("a*b*c", "aXXbYYc", true),
            ("a*b*c", "aXXcYYb", false),
        ] {
            assert_eq!(matches(glob, text), expected, "{glob} {text}");
        }
    }
}
