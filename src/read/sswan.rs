//! Profiles of the strongSwan app for Android, `.sswan`: JSON with one proposal a key.
//!
//! The app hands the two strings to strongSwan's parser of proposals, where a comma separates
//! nothing and `default` means nothing. Keys that it does not know it ignores.

use super::json::{Json, Object, malformed};
use super::{ReadCode, Reading, harmless, proposal};
use crate::diag::{self, Diagnostic, Place, Severity, Sources, Span, any_of, is_slip, quoted_or};
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

/// Reads the text numbered `file`.
///
/// Fails with everything that is wrong with the text, and with the warnings and notes about it.
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
    let reader = Json { text: &text, file };
    reader.show(sources, &object, KEYS, is_harmless);
    let mut wrong = Vec::new();
    let remote = reader.object(&object, "remote").unwrap_or_default();
    reader.show(sources, &remote, KEYS, is_harmless);
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

/// Whether the value of a key that is shown may be shown too.
fn is_harmless(key: &str, text: &str) -> bool {
    match key {
        "name" => true,
        "type" => is_slip(text, TYPES),
        "ike-proposal" | "esp-proposal" => harmless::is_list(text),
        "addr" | "id" => harmless::is_identity(text),
        _ => false,
    }
}

impl Json<'_> {
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
