//! The six values of a custom policy, as a call sets them.

use strum::IntoEnumIterator as _;

use super::script::{Call, Value};
use crate::diag::{Diagnostic, Severity, Span, any_of, quoted};
use crate::dialect::powershell::{Parameter, SOURCE, Spelling};
use crate::peer::server::Spanned;
use crate::read::ReadCode;
use crate::read::windows_policy::{self, Policy, not_a_value};

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
    windows_policy::of_values(Spelling::Powershell, &values, wrong)
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
        let name = Spelling::Powershell.name(parameter);
        not_a_value(&name, text, parameter.values().iter().copied())
            .note(format!("the values are documented at {SOURCE}"))
    } else {
        let message = format!("{} is the beginning of several values", quoted(&text.value));
        Diagnostic::error(ReadCode::AmbiguousName, &text.span, message)
            .help(format!("write {}", any_of(candidates)))
    });
    None
}

/// The words in backticks, joined as in "`a`, `b` and `c`".
fn all_of<'w>(words: impl Iterator<Item = &'w str>) -> String {
    let words: Vec<_> = words.map(quoted).collect();
    crate::diag::and_list(&words)
}
