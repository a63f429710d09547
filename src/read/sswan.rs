//! Profiles of the strongSwan app for Android, `.sswan`: JSON with one proposal a key.
//!
//! The app hands the two strings to strongSwan's parser of proposals, where a comma separates
//! nothing and `default` means nothing. Keys that it does not know it ignores.

use std::borrow::Cow;

use indexmap::IndexMap;
use serde_json::value::RawValue;

use super::{ReadCode, Reading, harmless, proposal};
use crate::diag::{
    self, Diagnostic, Place, Position, Severity, Sources, Span, any_of, is_slip, quoted_or,
};
use crate::ike::Protocol;
use crate::peer::client::ConfigMethod;
use crate::peer::server::Spanned;
use crate::peer::{Configuration, Entry};

/// The types that the app knows; for any other it takes the first.
const TYPES: [&str; 5] = [
    "ikev2-eap",
    "ikev2-cert",
    "ikev2-cert-eap",
    "ikev2-eap-tls",
    "ikev2-byod-eap",
];

/// Keys that are shown. The values of a few of them are shown as well; every other may be a secret.
const KEYS: &[&str] = &[
    "addr",
    "esp-proposal",
    "id",
    "ike-proposal",
    "local",
    "name",
    "remote",
    "type",
    "uuid",
];

/// Larger profiles are refused; a user's certificate has some kilobytes.
const MAX_PROFILE: usize = 1 << 20;

type Object<'t> = IndexMap<Cow<'t, str>, &'t RawValue>;

/// Reads the text numbered `file`.
///
/// Fails with everything that is wrong with the text, and with the remarks on it.
pub(crate) fn client(
    sources: &mut Sources,
    file: usize,
) -> Result<Reading<Configuration>, Vec<Diagnostic>> {
    let text = sources.text(file);
    if text.len() > MAX_PROFILE {
        let message = format!("the profile is larger than {} MiB", MAX_PROFILE >> 20);
        let place = Place::File(file);
        return Err(vec![Diagnostic::error(ReadCode::TooLarge, place, message)]);
    }
    let object: Object<'_> = match serde_json::from_str(&text) {
        Ok(object) => object,
        Err(error) => return Err(vec![malformed(sources, file, &text, &error)]),
    };
    let reader = Reader { text: &text, file };
    reader.show(sources, &object);
    let mut wrong = Vec::new();
    let remote: Object<'_> = object
        .get("remote")
        .and_then(|remote| serde_json::from_str(remote.get()).ok())
        .unwrap_or_default();
    reader.show(sources, &remote);
    let mut configuration = Configuration::new(sources.name(file), ConfigMethod::Sswan);
    configuration.name = reader.string(&object, "name");
    configuration.address = reader.string(&remote, "addr");
    configuration.remote_id = reader.string(&remote, "id");
    let missing = [
        ("uuid", object.contains_key("uuid")),
        ("name", object.contains_key("name")),
        ("type", object.contains_key("type")),
        ("remote.addr", remote.contains_key("addr")),
    ];
    for (key, _) in missing.iter().filter(|(_, there)| !there) {
        let message = format!("the profile has no `{key}`, so the app refuses to import it");
        wrong.push(Diagnostic::error(
            ReadCode::MissingParameter,
            Place::File(file),
            message,
        ));
    }
    if let Some(kind) = reader.string(&object, "type")
        && !TYPES.contains(&kind.value.as_str())
    {
        let word = quoted_or(&kind.value, TYPES, "this");
        let message = format!("{word} is no type, so the app takes `{}`", TYPES[0]);
        wrong.push(
            Diagnostic::warning(ReadCode::UnknownValue, &kind.span, message)
                .note(format!("the types are {}", any_of(TYPES))),
        );
    }
    let mut one = |protocol, key| {
        let value = reader.string(&object, key)?;
        let raw = object.get(key)?.get();
        reader.proposal(protocol, key, &value, raw, &mut wrong)
    };
    configuration.ike = one(Protocol::Ike, "ike-proposal").into_iter().collect();
    configuration.esp = one(Protocol::Esp, "esp-proposal").into_iter().collect();
    diag::sort(&mut wrong);
    if wrong.iter().any(|it| it.severity == Severity::Error) {
        return Err(wrong);
    }
    Ok(Reading {
        value: configuration,
        diagnostics: wrong,
    })
}

/// serde's own words would repeat what stands there, secrets included.
fn malformed(sources: &Sources, file: usize, text: &str, error: &serde_json::Error) -> Diagnostic {
    let position = Position {
        line: error.line().max(1),
        column: error.column().max(1),
    };
    let (offset, message) = if error.is_eof() {
        (text.len(), "the file ends in the middle")
    } else if error.is_data() {
        (0, "the file is no JSON object")
    } else {
        (
            sources.offset(file, position),
            "the file is not JSON from here on",
        )
    };
    let place = Place::Position(Span::new(file, offset..offset));
    Diagnostic::error(ReadCode::SyntaxError, place, message)
}

struct Reader<'t> {
    text: &'t str,
    file: usize,
}

impl Reader<'_> {
    /// The place of a part of the text.
    fn span(&self, part: &str) -> Span {
        let start = part.as_ptr().addr() - self.text.as_ptr().addr();
        Span::new(self.file, start..start + part.len())
    }

    /// Shows the keys of an object that are known, and their values where they are harmless.
    fn show(&self, sources: &mut Sources, object: &Object<'_>) {
        for (key, value) in object {
            if !KEYS.contains(&&**key) {
                continue;
            }
            let place = self.span(value.get());
            let before = self.text.get(..place.start).unwrap_or_default().trim_end();
            let before = before.strip_suffix(':').unwrap_or(before).trim_end();
            let quoted = format!("\"{key}\"");
            if before.ends_with(&quoted) {
                let start = before.len() - quoted.len();
                sources.show_key(&Span::new(self.file, start..before.len()));
            }
            let text: Option<String> = serde_json::from_str(value.get()).ok();
            let harmless = text.is_some_and(|text| match &**key {
                "name" => true,
                "type" => is_slip(&text, TYPES),
                "ike-proposal" | "esp-proposal" => harmless::is_list(&text),
                "addr" | "id" => harmless::is_identity(&text),
                _ => false,
            });
            if harmless {
                sources.show(&place);
            }
        }
    }

    /// The text under a key, unless it is empty, which counts as absent.
    fn string(&self, object: &Object<'_>, key: &str) -> Option<Spanned<String>> {
        let raw = object.get(key)?.get();
        let value: String = serde_json::from_str(raw).ok()?;
        let span = self.span(raw);
        let inner = Span::new(self.file, span.start + 1..span.end.saturating_sub(1));
        (!value.is_empty()).then_some(Spanned { value, span: inner })
    }

    fn proposal(
        &self,
        protocol: Protocol,
        key: &str,
        value: &Spanned<String>,
        raw: &str,
        wrong: &mut Vec<Diagnostic>,
    ) -> Option<Entry> {
        let note = format!("the app says `Invalid value in \"{key}\"` when it imports the profile");
        if let Some(comma) = value.value.find(',') {
            let first = value.value[..comma].trim();
            let message = format!("`{key}` takes one proposal, and a comma separates nothing");
            wrong.push(
                Diagnostic::error(ReadCode::OneProposalOnly, &value.span, message)
                    .note(note)
                    .help(format!(
                        "keep one, such as {}, or list the algorithms in one proposal",
                        harmless::quoted(first)
                    )),
            );
            return None;
        }
        if value.value.trim().eq_ignore_ascii_case("default") {
            let message = "`default` is no keyword here";
            wrong.push(
                Diagnostic::error(ReadCode::UnknownKeyword, &value.span, message)
                    .note(note)
                    .help(format!("remove `{key}` for the app's defaults")),
            );
            return None;
        }
        let plain = !raw.contains('\\');
        let place = |part: std::ops::Range<usize>| {
            let start = value.span.start;
            if plain {
                Span::new(self.file, start + part.start..start + part.end)
            } else {
                value.span.clone()
            }
        };
        match proposal::read(protocol, &value.value, place) {
            Ok(entry) => Some(entry),
            Err(diagnostics) => {
                for mut diagnostic in diagnostics {
                    // What charon does as a server is not what the app does.
                    diagnostic.notes = vec![note.clone()];
                    wrong.push(diagnostic);
                }
                None
            }
        }
    }
}
