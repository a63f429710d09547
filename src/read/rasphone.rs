//! The phone book of Windows, `rasphone.pbk`, as far as it is proven what stands there.
//!
//! Nothing documents the key `CustomIPSecPolicies`: see
//! [`phonebook`].

use super::windows_policy::{self, Policy, of_values};
use super::{ReadCode, Reading};
use crate::diag::{Diagnostic, Place, Sources, Span};
use crate::dialect::powershell::{Spelling, phonebook};
use crate::peer::Configuration;
use crate::peer::client::ConfigMethod;
use crate::peer::server::Spanned;

/// Reads the text numbered `file`.
///
/// Fails with everything that is wrong with the text, and with the remarks on it.
pub(crate) fn client(
    sources: &mut Sources,
    file: usize,
) -> Result<Reading<Configuration>, Vec<Diagnostic>> {
    let text = sources.text(file);
    let mut entries: Vec<(Option<Spanned<String>>, Spanned<String>)> = Vec::new();
    let mut section = None;
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        let (at, line) = (start, line.trim_end());
        start += text[start..]
            .find('\n')
            .map_or(text.len() - start, |end| end + 1);
        if let Some(name) = line.strip_prefix('[').and_then(|it| it.strip_suffix(']')) {
            let span = Span::new(file, at + 1..at + 1 + name.len());
            sources.show(&span);
            section = Some(Spanned {
                value: name.to_owned(),
                span,
            });
        } else if let Some((key, value)) = line.split_once('=') {
            let span = Span::new(file, at + key.len() + 1..at + line.len());
            if !key.trim().eq_ignore_ascii_case("CustomIPSecPolicies") || value.trim().is_empty() {
                continue;
            }
            sources.show_key(&Span::new(file, at..at + key.len()));
            if value.chars().all(|c| c.is_ascii_hexdigit()) {
                sources.show(&span);
            }
            let value = value.to_owned();
            entries.push((section.clone(), Spanned { value, span }));
        }
    }
    let (name, policy) = match entries.as_slice() {
        [one] => one.clone(),
        [] => {
            let message = "no connection of the phone book has a custom policy";
            let place = Place::File(file);
            return Err(vec![Diagnostic::error(
                ReadCode::NotAClient,
                place,
                message,
            )]);
        }
        [(_, first), (_, second), ..] => {
            let message = format!("{} connections have a custom policy", entries.len());
            return Err(vec![
                Diagnostic::error(ReadCode::SeveralConnections, &second.span, message)
                    .context(first.span.clone(), "first")
                    .help("keep the section of one connection in the file"),
            ]);
        }
    };
    let values = values(&policy)?;
    let mut wrong = Vec::new();
    let Some(Policy { ike, esp }) = of_values(Spelling::Powershell, &values, &mut wrong) else {
        return Err(wrong);
    };
    Ok(Reading {
        value: Configuration {
            name,
            ike: vec![ike],
            esp: vec![esp],
            ..Configuration::new(sources.name(file), ConfigMethod::Powershell)
        },
        diagnostics: Vec::new(),
    })
}

/// The six values of a policy, if each of them is proven.
fn values(policy: &Spanned<String>) -> Result<Vec<windows_policy::Value>, Vec<Diagnostic>> {
    /// Hexadecimal digits of one number.
    const DIGITS: usize = 8;
    let hex = policy.value.trim();
    let offset = policy.value.len() - policy.value.trim_start().len();
    let digits = hex.bytes().all(|digit| digit.is_ascii_hexdigit());
    if !digits || hex.len() != DIGITS * phonebook::ORDER.len() {
        let message = "expected six numbers of eight hexadecimal digits each";
        let wrong = Diagnostic::error(ReadCode::UnknownValue, &policy.span, message);
        return Err(vec![wrong]);
    }
    let mut values = Vec::new();
    let mut wrong = Vec::new();
    for (place, parameter) in phonebook::ORDER.into_iter().enumerate() {
        let part = place * DIGITS..(place + 1) * DIGITS;
        let code = u32::from_str_radix(&hex[part.clone()], 16).unwrap_or_default();
        let code = code.swap_bytes();
        let start = policy.span.start + offset;
        let span = Span::new(policy.span.file, start + part.start..start + part.end);
        match phonebook::value_of(parameter, code) {
            Some(value) => values.push((parameter, Spanned { value, span })),
            None => {
                let message = format!("it is not known which `-{parameter}` the code {code} is");
                wrong.push(
                    Diagnostic::error(ReadCode::UnresolvedValue, span, message).help(
                        "see `Get-VpnConnection NAME | Select-Object -ExpandProperty \
                         IPsecCustomPolicy`, and use the PowerShell command with these values",
                    ),
                );
            }
        }
    }
    if wrong.is_empty() {
        Ok(values)
    } else {
        Err(wrong)
    }
}
