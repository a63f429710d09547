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
/// Fails with everything that is wrong with the text, and with the warnings and notes about it.
pub(crate) fn client(
    sources: &mut Sources,
    file: usize,
) -> Result<Reading<Configuration>, Vec<Diagnostic>> {
    let sections = sections(sources, file);
    let with_policy: Vec<_> = sections
        .iter()
        .filter_map(|it| Some((it, it.policy.as_ref()?)))
        .collect();
    let (section, policy) = match with_policy.as_slice() {
        [one] => *one,
        [] => return without_policy(sources, file, &sections),
        [(_, first), (_, second), ..] => {
            let message = format!("{} connections have a custom policy", with_policy.len());
            return Err(vec![several(&first.span, &second.span, message)]);
        }
    };
    let name = section.name.clone();
    let values = values(policy)?;
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

/// A connection of the phone book.
#[derive(Default)]
struct Section {
    name: Option<Spanned<String>>,
    /// `CustomIPSecPolicies`.
    policy: Option<Spanned<String>>,
    /// `NumCustomPolicy`: whether there is one.
    count: Option<Spanned<String>>,
    /// `VpnStrategy`: which tunnels are tried.
    strategy: Option<Spanned<String>>,
    /// `DataEncryption`.
    encryption: Option<Spanned<String>>,
}

/// The sections of a phone book, of which the values that are read are shown.
fn sections(sources: &mut Sources, file: usize) -> Vec<Section> {
    let text = sources.text(file);
    let mut sections = vec![Section::default()];
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        let (at, line) = (start, line.trim_end());
        start += text[start..]
            .find('\n')
            .map_or(text.len() - start, |end| end + 1);
        if let Some(name) = line.strip_prefix('[').and_then(|it| it.strip_suffix(']')) {
            let span = Span::new(file, at + 1..at + 1 + name.len());
            sources.show(&span);
            let value = name.to_owned();
            sections.push(Section {
                name: Some(Spanned { value, span }),
                ..Section::default()
            });
            continue;
        }
        let (Some((key, value)), Some(section)) = (line.split_once('='), sections.last_mut())
        else {
            continue;
        };
        let place = match key.trim().to_ascii_lowercase().as_str() {
            "customipsecpolicies" => &mut section.policy,
            "numcustompolicy" => &mut section.count,
            "vpnstrategy" => &mut section.strategy,
            "dataencryption" => &mut section.encryption,
            _ => continue,
        };
        if value.trim().is_empty() {
            continue;
        }
        let span = Span::new(file, at + key.len() + 1..at + line.len());
        sources.show_key(&Span::new(file, at..at + key.len()));
        if value.chars().all(|c| c.is_ascii_hexdigit()) {
            sources.show(&span);
        }
        let value = value.to_owned();
        *place = Some(Spanned { value, span });
    }
    sections
}

/// The values of `VpnStrategy` that leave IKEv2 out: RASENTRY of the Windows API.
const OTHER_TUNNELS: [(&str, &str); 3] = [("1", "PPTP"), ("3", "L2TP"), ("5", "SSTP")];

/// What the values of `DataEncryption` are called among the set-ups of a profile: \[MS-RRASM\],
/// section 2.2.2.2.14.
const LEVELS: [(&str, &str); 4] = [
    ("0", "none"),
    ("8", "optional"),
    ("256", "require"),
    ("512", "maximum"),
];

/// A phone book in which Windows offers what it offers by itself.
fn without_policy(
    sources: &Sources,
    file: usize,
    sections: &[Section],
) -> Result<Reading<Configuration>, Vec<Diagnostic>> {
    let mut tunnels = sections
        .iter()
        .filter_map(|it| Some((it, it.strategy.as_ref()?)));
    let Some((section, strategy)) = tunnels.next() else {
        let message = "no connection of the phone book is a VPN";
        let place = Place::File(file);
        return Err(vec![Diagnostic::error(
            ReadCode::NotAClient,
            place,
            message,
        )]);
    };
    if let Some((_, second)) = tunnels.next() {
        let message = format!("the phone book has {} VPN connections", 2 + tunnels.count());
        return Err(vec![several(&strategy.span, &second.span, message)]);
    }
    if let Some(count) = section.count.as_ref().filter(|it| it.value.trim() != "0") {
        let message = "the connection has a custom policy, but no `CustomIPSecPolicies`";
        let code = ReadCode::NotAClient;
        return Err(vec![Diagnostic::error(code, &count.span, message)]);
    }
    let other = OTHER_TUNNELS
        .iter()
        .find(|(value, _)| *value == strategy.value.trim());
    if let Some((_, tunnel)) = other {
        let message = format!("the connection uses {tunnel} only, not IKEv2");
        let other = Diagnostic::error(ReadCode::NotIkev2, &strategy.span, message);
        return Err(vec![other]);
    }
    let setup = section
        .encryption
        .as_ref()
        .map(|level| -> Result<_, Vec<Diagnostic>> {
            let found = LEVELS
                .iter()
                .find(|(value, _)| *value == level.value.trim());
            let unknown = || {
                let message = "this is no known value of `DataEncryption`";
                vec![
                    Diagnostic::error(ReadCode::UnknownValue, &level.span, message)
                        .note("Windows has `0`, `8`, `256` and `512`"),
                ]
            };
            let (_, setup) = found.ok_or_else(unknown)?;
            Ok(Spanned {
                value: (*setup).to_owned(),
                span: level.span.clone(),
            })
        });
    Ok(Reading {
        value: Configuration {
            name: section.name.clone(),
            setup: setup.transpose()?,
            ..Configuration::new(sources.name(file), ConfigMethod::Powershell)
        },
        diagnostics: Vec::new(),
    })
}

fn several(first: &Span, second: &Span, message: String) -> Diagnostic {
    Diagnostic::error(ReadCode::SeveralConnections, second, message)
        .context(first.clone(), "first")
        .help("keep the section of one connection in the file")
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
