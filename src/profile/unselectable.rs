//! Why a word of a selection chooses nothing, and what helps.

use std::fmt::{self, Display, Formatter};

use super::database::Broken;
use super::selector::{Malformed, is_glob};
use crate::diag::any_of;

/// Longest list of variants that is written out.
const MOST_NAMED: usize = 10;

/// A word that chooses nothing.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Unselectable {
    /// The profile it means is broken.
    Broken(Broken),
    /// It is not of the form of a selection.
    Malformed {
        /// The word.
        word: String,
        /// What is wrong with it.
        why: Malformed,
    },
    /// No profile of the product covers such a version.
    NoVersion {
        /// The word.
        word: String,
        /// The versions that are covered.
        covered: Vec<String>,
    },
    /// There is no profile of it, and it is no slip of another name.
    NoProfile {
        /// The word.
        word: String,
    },
    /// It is a server.
    Server {
        /// The word.
        word: String,
        /// As sentences call it.
        title: String,
        /// How it is named as a server.
        ways: Vec<String>,
        /// Profiles of it as the side that begins.
        ids: Vec<String>,
    },
    /// One file cannot configure several clients.
    Several {
        /// The word.
        word: String,
        /// Ids of the clients it means.
        ids: Vec<String>,
    },
    /// The release has no client of its own.
    TooOld {
        /// The word.
        word: String,
        /// The system, as sentences call it.
        system: String,
        /// The first release with one.
        since: String,
        /// The profile of the oldest release with one.
        oldest: Option<String>,
        /// What there is for older ones.
        instead: Option<String>,
    },
    /// It may mean several clients, and which one has to be said.
    Undecided {
        /// The word.
        word: String,
        /// What it is, as the end of a sentence.
        why: String,
        /// Profiles that it may mean.
        candidates: Vec<String>,
    },
    /// No such client.
    Unknown {
        /// The word.
        word: String,
        /// The nearest right one.
        nearest: Option<String>,
    },
    /// No such variant of a client that there is.
    UnknownVariant {
        /// The word.
        word: String,
        /// The nearest right one.
        nearest: Option<String>,
        /// The variants that there are.
        variants: Vec<String>,
    },
}

impl Display for Unselectable {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Broken(broken) => broken.fmt(f),
            Self::Malformed { word, why } => write!(f, "`{word}` {why}"),
            Self::NoVersion { word, .. } => write!(f, "no profile covers the versions of `{word}`"),
            Self::NoProfile { word } => write!(f, "no profile of `{word}` is known"),
            Self::Server { word, title, .. } => {
                write!(f, "`{word}` is a server product ({title}), no client")
            }
            Self::TooOld {
                word,
                system,
                since,
                ..
            } => write!(
                f,
                "`{word}` has no built-in IKEv2 client: {system} has one since {since}"
            ),
            Self::Undecided { word, why, .. } => write!(f, "`{word}` {why}"),
            Self::Several { word, .. } => {
                write!(f, "`{word}` gives one file to several clients")
            }
            Self::Unknown { word, .. } if is_glob(word) => write!(f, "no client matches `{word}`"),
            Self::Unknown { word, .. } => write!(f, "there is no client `{word}`"),
            Self::UnknownVariant { word, .. } => write!(f, "there is no variant `{word}`"),
        }
    }
}

impl Unselectable {
    /// What to do about it.
    pub fn help(&self) -> Option<String> {
        let all = "`ikecompat clients list` names them all";
        Some(match self {
            Self::Broken(_) => return None,
            Self::Malformed { why, .. } => format!("write `{}`", why.form()),
            Self::NoVersion { covered, .. } => format!("covered are {}", covered.join(", ")),
            Self::NoProfile { .. } => format!("{all}; `ikecompat learn` makes one from a capture"),
            Self::Server { ways, ids, .. } => {
                let mut ways = ways.clone();
                if !ids.is_empty() {
                    let ids = any_of(ids.iter().map(String::as_str));
                    ways.push(format!("as the side that begins it is {ids}"));
                }
                ways.join("; ")
            }
            Self::TooOld {
                oldest, instead, ..
            } => {
                let oldest = oldest.as_ref();
                let oldest = oldest.map(|id| format!("the oldest with one is `{id}`"));
                let said: Vec<_> = oldest.into_iter().chain(instead.clone()).collect();
                said.join("; ")
            }
            Self::Undecided { candidates, .. } => {
                let one_of = if candidates.len() > 1 { "one of " } else { "" };
                let candidates = candidates.iter().map(String::as_str);
                format!("name {one_of}{}", any_of(candidates))
            }
            Self::Several { ids, .. } => {
                format!("name one of {}", any_of(ids.iter().map(String::as_str)))
            }
            Self::Unknown { nearest, .. } => match nearest {
                Some(nearest) => format!("did you mean `{nearest}`?"),
                None => all.to_owned(),
            },
            Self::UnknownVariant {
                nearest, variants, ..
            } => match nearest {
                Some(nearest) => format!("did you mean `{nearest}`?"),
                None if variants.is_empty() || variants.len() > MOST_NAMED => all.to_owned(),
                None => format!("write {}", any_of(variants.iter().map(String::as_str))),
            },
        })
    }
}
