//! What the page asks and what it is given.

use ikecompat::diag::{Diagnostic, Sources};
use ikecompat::write::report::html::diagnostics_part;
use serde::{Deserialize, Serialize};

/// A question; what it does not name is as usual.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub(crate) struct Request {
    /// What the text is called.
    pub(crate) name: Option<String>,
    /// Clients, in the words of a selection.
    pub(crate) clients: Option<String>,
    pub(crate) policy: Option<String>,
    pub(crate) product: Option<String>,
    pub(crate) nat: Option<String>,
    pub(crate) prefer: Option<String>,
    pub(crate) auth: Option<String>,
    /// Algorithms that may not be used, by commas.
    pub(crate) forbid: Option<String>,
    pub(crate) min_bits: Option<u16>,
    /// Clients stay as they are.
    pub(crate) untouched: bool,
    /// Windows gets AES-GCM in phase 2 where it is configured anyway.
    pub(crate) gcm: bool,
    /// Clients that can have a post-quantum key exchange get one.
    pub(crate) post_quantum: bool,
    /// Clients that have to stay as they are, in the words of a selection.
    pub(crate) must_keep: Option<String>,
    /// When certificates have to be valid, in seconds since 1970: there is no clock in the engine.
    pub(crate) now: i64,
    pub(crate) address: Option<String>,
    pub(crate) remote_id: Option<String>,
    pub(crate) connection_name: Option<String>,
    /// The plan that is looked at, from 0.
    pub(crate) plan: usize,
    /// Addresses and names are replaced.
    pub(crate) redact: bool,
}

/// An answer.
#[derive(Debug, Default, Serialize)]
pub(crate) struct Reply {
    /// Whether the question was answered.
    pub(crate) ok: bool,
    /// The answer in a line, for those who hear it.
    pub(crate) headline: String,
    /// The answer as a part of a page.
    pub(crate) html: String,
    /// What there is to say about the text.
    pub(crate) remarks: String,
    /// The answer in other formats, by the extension of the file.
    pub(crate) files: Vec<File>,
}

/// A file to be saved.
#[derive(Debug, Serialize)]
pub(crate) struct File {
    pub(crate) path: String,
    pub(crate) purpose: String,
    /// Its content, unless it is fetched by its place.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) text: Option<String>,
}

impl File {
    /// What a writer of the library writes; nothing if it fails.
    pub(crate) fn written<E>(
        path: &str,
        purpose: &str,
        write: impl FnOnce(&mut Vec<u8>) -> Result<(), E>,
    ) -> Option<Self> {
        let mut bytes = Vec::new();
        write(&mut bytes).ok()?;
        Some(Self {
            path: path.to_owned(),
            purpose: purpose.to_owned(),
            text: Some(String::from_utf8_lossy(&bytes).into_owned()),
        })
    }
}

impl Reply {
    /// The question itself is wrong.
    pub(crate) fn failed(message: impl Into<String>) -> Self {
        Self {
            headline: message.into(),
            ..Self::default()
        }
    }

    /// The text or the question is wrong, and these are the places.
    pub(crate) fn complaints(diagnostics: &[Diagnostic], sources: &Sources) -> Self {
        let first = diagnostics.iter().map(|one| one.message.clone()).next();
        Self {
            headline: first.unwrap_or_default(),
            remarks: diagnostics_part(diagnostics, sources),
            ..Self::default()
        }
    }

    pub(crate) fn text(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }
}

/// Reads a word of a choice; an empty one is none.
pub(crate) fn word<T: std::str::FromStr>(
    word: &Option<String>,
    what: &str,
) -> Result<Option<T>, Reply> {
    let Some(word) = word.as_deref().filter(|word| !word.is_empty()) else {
        return Ok(None);
    };
    let read = word.parse().map(Some);
    read.map_err(|_| Reply::failed(format!("`{word}` is no {what}")))
}
