//! Encryption that does not encrypt.

use crate::diag::Finding;
use crate::ike::{Encr, Protocol, Transform, TransformType};
use crate::lint::place::spell;
use crate::lint::{LintSubject, Rule};

/// [`Rule::NullEncryptionInIke`] and [`Rule::NullEncryptionInEsp`].
pub(super) fn check(subject: &LintSubject<'_>, found: &mut Vec<Finding>) {
    for place in subject.entries() {
        let ciphers = place.of(TransformType::ENCR);
        let Some(null) = ciphers.iter().copied().find(|t| is_null(*t)) else {
            continue;
        };
        let rule = match place.list.protocol() {
            Protocol::Ike => Rule::NullEncryptionInIke,
            Protocol::Ah | Protocol::Esp => Rule::NullEncryptionInEsp,
        };
        let others = ciphers.iter().any(|t| !is_null(*t));
        let what = match (rule, others) {
            (Rule::NullEncryptionInIke, _) => "which RFC 7296, section 5 forbids",
            (_, true) => "so a peer may choose to encrypt nothing",
            (_, false) => "so nothing is encrypted",
        };
        let message = format!("{} lists `{}`, {what}", place.name(), spell(null));
        let span = subject.word(place.entry, null);
        let finding = rule.finding(message).about(place.list.number);
        let help = format!("remove `{}`", spell(null));
        found.push(finding.at(span.as_ref()).help(help));
    }
}

/// Whether the cipher leaves the text as it is.
pub(super) fn is_null(transform: Transform) -> bool {
    transform.kind == TransformType::ENCR
        && matches!(
            Encr::from_repr(transform.id),
            Some(Encr::Null | Encr::NullAuthAesGmac)
        )
}
