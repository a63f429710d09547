//! Names across files: every word that `--clients` accepts belongs to one profile, and what is
//! mirrored is there.

use super::ProfileCode;
use super::linter::is_name;
use crate::diag::{Diagnostic, Place, Span, nearest, quoted};
use crate::profile::database::{Database, stem};
use crate::yaml::{Kind, Node, Word};

/// What a file calls itself and others.
pub(super) struct Named {
    file: usize,
    /// The stem of its name.
    id: String,
    /// Its aliases and those of its variants, with their places.
    aliases: Vec<(String, Span)>,
    /// Id of the profile it mirrors.
    mirrors: Option<(String, Span)>,
}

impl Named {
    pub(super) fn of(name: &str, file: usize, root: &Node<'_>) -> Self {
        let owned = |word: &Word<'_>| (word.to_string(), word.span.clone());
        let mut aliases: Vec<_> = words(root, "aliases").into_iter().map(owned).collect();
        if let Some(Kind::Map(variants)) = value(root, "variants").map(|node| &node.kind) {
            for variant in variants {
                aliases.extend(words(&variant.value, "aliases").into_iter().map(owned));
            }
        }
        Self {
            file,
            id: stem(name).to_owned(),
            aliases,
            mirrors: value(root, "mirrors").and_then(Node::as_word).map(owned),
        }
    }
}

fn value<'n, 'a>(node: &'n Node<'a>, key: &str) -> Option<&'n Node<'a>> {
    let Kind::Map(entries) = &node.kind else {
        return None;
    };
    let entry = entries.iter().find(|entry| &*entry.key == key)?;
    Some(&entry.value)
}

fn words<'n, 'a>(node: &'n Node<'a>, key: &str) -> Vec<&'n Word<'a>> {
    match value(node, key).map(|node| &node.kind) {
        Some(Kind::List(items)) => items.iter().filter_map(Node::as_word).collect(),
        _ => Vec::new(),
    }
}

impl Database<'_> {
    /// What is wrong with the names of files that are to be laid over this database.
    pub(super) fn claims(&self, files: &[Named]) -> Vec<Diagnostic> {
        let mut found = Vec::new();
        let heads = self.heads();
        let replaced = |id: &str| files.iter().any(|file| file.id == id);
        // Every word of the database that stays, and whose it is.
        let mut taken: Vec<(&str, &str)> = vec![("all", "the word for all clients")];
        for head in heads.iter().filter(|head| !replaced(head.id)) {
            taken.push((head.id, head.id));
            let of_variants = head.variants.values().flat_map(|it| &it.aliases);
            let aliases = head.aliases.iter().chain(of_variants);
            taken.extend(aliases.map(|alias| (alias.as_str(), head.id)));
        }
        for (place, file) in files.iter().enumerate() {
            let before = &files[..place];
            let whole = Place::File(file.file);
            if !is_name(&file.id) {
                let message = format!("the file is called {}", quoted(&file.id));
                found.push(
                    Diagnostic::error(ProfileCode::MalformedName, whole.clone(), message).note(
                        "the stem of its name is the id: lower case letters, digits, `-`, `.`",
                    ),
                );
            }
            if before.iter().any(|other| other.id == file.id) {
                let message = format!("another file has the id {} too", quoted(&file.id));
                found.push(Diagnostic::error(ProfileCode::NameTaken, whole, message));
            }
            for (number, (alias, span)) in file.aliases.iter().enumerate() {
                let taken = taken.iter().find(|(word, _)| word == alias);
                let elsewhere = files.iter().find(|other| other.id == *alias);
                let earlier = before.iter().flat_map(|file| &file.aliases);
                let earlier = earlier.chain(&file.aliases[..number]);
                let earlier = earlier.into_iter().find(|(word, _)| word == alias);
                let message = format!("{} is taken", quoted(alias));
                let error = Diagnostic::error(ProfileCode::NameTaken, span, message);
                if let Some((_, whose)) = taken {
                    found.push(error.note(format!("it means `{whose}`")));
                } else if elsewhere.is_some() {
                    found.push(error.note("it is the id of a profile"));
                } else if let Some((_, first)) = earlier {
                    found.push(error.context(first.clone(), "first"));
                }
            }
            found.extend(self.mirror(file, files));
        }
        found
    }

    /// What is wrong with the profile that a file mirrors.
    fn mirror(&self, file: &Named, files: &[Named]) -> Option<Diagnostic> {
        let (id, span) = file.mirrors.as_ref()?;
        let error = |message: String| Diagnostic::error(ProfileCode::MirrorTarget, span, message);
        let heads = self.heads();
        let laid = files.iter().find(|other| other.id == *id);
        let built_in = heads.iter().find(|head| head.id == id);
        let is_mirror = match (laid, built_in) {
            (Some(laid), _) => laid.mirrors.is_some(),
            (None, Some(head)) => head.mirrors.is_some(),
            (None, None) => {
                let ids = heads.iter().map(|head| head.id);
                let ids = ids.chain(files.iter().map(|file| file.id.as_str()));
                let near = nearest(id, ids);
                return Some(
                    error(format!("there is no profile {}", quoted(id)))
                        .maybe_help(near.map(|near| format!("did you mean `{near}`?"))),
                );
            }
        };
        is_mirror.then(|| {
            error(format!("{} is itself a mirror", quoted(id)))
                .help("name the profile that it mirrors")
        })
    }
}
