//! A custom policy of Windows: six values, and the two suites that they stand for.
//!
//! PowerShell, VPN profiles, Intune and the phone book have the same six values under other names;
//! each reader finds them, and what they mean together is decided here.

use crate::diag::{Diagnostic, any_of, nearest, quoted_or};
use crate::dialect::powershell::{Arguments, Parameter, Spelling};
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

/// A parameter and its value, in PowerShell's word.
pub(super) type Value = (Parameter, Spanned<&'static str>);

/// The policy of six values that stand in a file of this spelling; `None` if one is missing, or if
/// two do not go together, which goes to `wrong`.
pub(super) fn of_values(
    spelling: Spelling,
    values: &[Value],
    wrong: &mut Vec<Diagnostic>,
) -> Option<Policy> {
    let value = |parameter| {
        let found = values.iter().find(|(it, _)| *it == parameter);
        found.map(|(_, value)| value)
    };
    let authentication = value(Parameter::AuthenticationTransformConstants)?;
    let cipher = value(Parameter::CipherTransformConstants)?;
    let dh_group = value(Parameter::DHGroup)?;
    let encryption = value(Parameter::EncryptionMethod)?;
    let integrity = value(Parameter::IntegrityCheckMethod)?;
    let pfs_group = value(Parameter::PfsGroup)?;
    let word = |parameter, value| spelling.word_of(parameter, value).unwrap_or(value);
    if dh_group.value == "None" {
        let groups = ["Group14", "ECP256", "ECP384"].map(|it| word(Parameter::DHGroup, it));
        let message = "IKEv2 cannot do without a key exchange";
        wrong.push(
            Diagnostic::error(ReadCode::IncompatibleValues, &dh_group.span, message)
                .help(format!("write {}", any_of(groups))),
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
        let gcm = word(Parameter::CipherTransformConstants, gcm);
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

/// The complaint about a value that is none of a set; `name` is what the value is of.
pub(super) fn not_a_value(
    name: &str,
    text: &Spanned<String>,
    values: impl Iterator<Item = &'static str> + Clone,
) -> Diagnostic {
    let word = quoted_or(&text.value, values.clone(), "this");
    let message = format!("{word} is not a value of `{name}`");
    // Only a slip of the finger: the nearest name of another algorithm would be bad advice.
    let near = nearest(&text.value, values.clone());
    let near = near.filter(|near| near.len() == text.value.len());
    Diagnostic::error(ReadCode::UnknownValue, &text.span, message)
        .note(format!("Windows takes {}", any_of(values)))
        .maybe_help(near.map(|near| format!("did you mean `{near}`?")))
}
