//! The six values of a custom policy, and the two suites that they stand for.

use strum::IntoEnumIterator as _;

use super::script::{Call, Value};
use crate::diag::{Diagnostic, Severity, Span, any_of, nearest, quoted, quoted_or};
use crate::dialect::powershell::{Arguments, Parameter, SOURCE};
use crate::ike::{Suite, TransformType};
use crate::peer::server::Spanned;
use crate::peer::{Entry, Origin};
use crate::read::ReadCode;

/// A policy: one proposal of IKE and one of ESP, with the group of PFS.
#[derive(Clone, Debug)]
pub(super) struct Policy {
    pub(super) ike: Entry,
    pub(super) esp: Entry,
}

/// The policy that a call sets; what is wrong with it goes to `wrong`.
pub(super) fn read(call: &Call, wrong: &mut Vec<Diagnostic>) -> Option<Policy> {
    let mut values = Vec::new();
    let mut missing = Vec::new();
    for parameter in Parameter::iter() {
        let name: &'static str = parameter.into();
        let Some(bound) = call.get(name) else {
            missing.push(format!("-{name}"));
            continue;
        };
        let text = text_of(name, bound.value.as_ref(), &bound.span, wrong);
        if let Some(text) = text
            && let Some(value) = complete(parameter, text, wrong)
        {
            values.push((parameter, value));
        }
    }
    // What is wrong with the words before may well be what is missing.
    let clean = wrong.iter().all(|it| it.severity != Severity::Error);
    if !missing.is_empty() && clean {
        let names = missing.iter().map(String::as_str);
        let message = format!("{} lacks {}", call.command, all_of(names));
        let note = if call.command.is_of_server() {
            "what the server uses instead is not known"
        } else {
            "PowerShell asks for what is missing, and does nothing before it is entered"
        };
        wrong.push(Diagnostic::error(ReadCode::MissingParameter, &call.span, message).note(note));
    }
    let value = |parameter| {
        let found = values.iter().find(|(it, _)| *it == parameter);
        found.map(|(_, value): &(Parameter, Spanned<&'static str>)| value)
    };
    let authentication = value(Parameter::AuthenticationTransformConstants)?;
    let cipher = value(Parameter::CipherTransformConstants)?;
    let dh_group = value(Parameter::DHGroup)?;
    let encryption = value(Parameter::EncryptionMethod)?;
    let integrity = value(Parameter::IntegrityCheckMethod)?;
    let pfs_group = value(Parameter::PfsGroup)?;
    if dh_group.value == "None" {
        let message = "IKEv2 cannot do without a key exchange";
        wrong.push(
            Diagnostic::error(ReadCode::IncompatibleValues, &dh_group.span, message)
                .help("write `Group14`, `ECP256` or `ECP384`"),
        );
        return None;
    }
    let is_gcm = |value: &str| value.starts_with("GCM");
    if (is_gcm(authentication.value) || is_gcm(cipher.value))
        && authentication.value != cipher.value
    {
        let gcm = [cipher, authentication]
            .into_iter()
            .find(|it| is_gcm(it.value));
        let gcm = gcm.map_or(cipher.value, |it| it.value);
        let message = "cipher and authentication of ESP have to name the same AES-GCM";
        wrong.push(
            Diagnostic::error(ReadCode::IncompatibleValues, &cipher.span, message)
                .context(authentication.span.clone(), "not the same")
                .note(
                    "Windows says \"The IPsec cipher transform is not compatible with the \
                     policy.\"",
                )
                .help(format!("write `{gcm}` for both")),
        );
        return None;
    }
    let arguments = Arguments {
        authentication: authentication.value,
        cipher: cipher.value,
        dh_group: dh_group.value,
        encryption: encryption.value,
        integrity: integrity.value,
        pfs_group: pfs_group.value,
    };
    let (ike, esp) = arguments.suites()?;
    Some(Policy {
        ike: entry(&ike, [encryption, integrity, dh_group]),
        esp: entry(&esp, [cipher, authentication, pfs_group]),
    })
}

/// A suite and the values that it was put together from: cipher, hash and group.
fn entry(suite: &Suite, values: [&Spanned<&str>; 3]) -> Entry {
    let [cipher, hash, group] = values;
    let spans = values.map(|value| value.span.clone()).to_vec();
    let named = [
        (TransformType::ENCR, cipher),
        (TransformType::INTEG, hash),
        (TransformType::PRF, hash),
        (TransformType::KE, group),
    ];
    let words = named.into_iter().filter_map(|(kind, value)| {
        Some(Spanned {
            value: suite.get(kind)?,
            span: value.span.clone(),
        })
    });
    Entry::new(suite.to_proposal(), Origin::Expanded(spans)).with_words(words)
}

/// The text that a parameter gets, if it gets one.
pub(super) fn text_of<'v>(
    name: &str,
    value: Option<&'v Value>,
    span: &Span,
    wrong: &mut Vec<Diagnostic>,
) -> Option<&'v Spanned<String>> {
    match value {
        Some(Value::Text(text)) => return Some(text),
        Some(Value::Unknown(what)) => {
            let (message, help) = if what.value.is_empty() {
                (
                    format!("the value of `-{name}` is computed when the script runs"),
                    "write the value itself".to_owned(),
                )
            } else if what.value.starts_with('$') {
                (
                    format!(
                        "the value of `-{name}` does not stand in the script: its variable is not \
                         set there"
                    ),
                    "write the value itself".to_owned(),
                )
            } else {
                (
                    format!(
                        "the value of `-{name}` is without quotation marks a command, and no value"
                    ),
                    "put it in single quotation marks".to_owned(),
                )
            };
            let complaint = Diagnostic::error(ReadCode::UnresolvedValue, &what.span, message);
            wrong.push(complaint.help(help));
        }
        Some(Value::List(_) | Value::Table(_)) | None => {
            let message = format!("`-{name}` takes one value");
            wrong.push(Diagnostic::error(ReadCode::UnknownValue, span, message));
        }
    }
    None
}

/// The documented value that a text means.
fn complete(
    parameter: Parameter,
    text: &Spanned<String>,
    wrong: &mut Vec<Diagnostic>,
) -> Option<Spanned<&'static str>> {
    let candidates = match parameter.complete(&text.value) {
        Ok(value) => {
            return Some(Spanned {
                value,
                span: text.span.clone(),
            });
        }
        Err(candidates) => candidates,
    };
    wrong.push(if candidates.is_empty() {
        not_a_value(&parameter.to_string(), text, parameter.values())
            .note(format!("the values are documented at {SOURCE}"))
    } else {
        let message = format!("{} is the beginning of several values", quoted(&text.value));
        Diagnostic::error(ReadCode::AmbiguousName, &text.span, message)
            .help(format!("write {}", any_of(candidates)))
    });
    None
}

/// The complaint about a value that is none of a set.
pub(super) fn not_a_value(name: &str, text: &Spanned<String>, values: &[&str]) -> Diagnostic {
    let word = quoted_or(&text.value, values.iter().copied(), "this");
    let message = format!("{word} is not a value of `-{name}`");
    // Only a slip of the finger: the nearest name of another algorithm would be bad advice.
    let near = nearest(&text.value, values.iter().copied());
    let near = near.filter(|near| near.len() == text.value.len());
    Diagnostic::error(ReadCode::UnknownValue, &text.span, message)
        .note(format!("Windows takes {}", any_of(values.iter().copied())))
        .maybe_help(near.map(|near| format!("did you mean `{near}`?")))
}

/// The words in backticks, joined as in "`a`, `b` and `c`".
fn all_of<'w>(words: impl Iterator<Item = &'w str>) -> String {
    let words: Vec<_> = words.map(quoted).collect();
    crate::diag::and_list(&words)
}
