//! Encryption that does not encrypt.

use crate::diag::Severity;
use crate::ike::{Encr, Protocol, Transform, TransformType};
use crate::lint::place::spell;
use crate::lint::rules::RuleFile;
use crate::lint::{Findings, LintSubject, Rule};
use crate::peer::Edit;

/// What `ikecompat explain null-encryption-in-esp` says.
pub(super) const NULL_ENCRYPTION_IN_ESP: Rule = Rule {
    name: "null-encryption-in-esp",
    severity: Severity::Warning,
    documentation: "NULL encryption is among the ESP algorithms.\n\n\
        NULL transmits in the clear. RFC 8221, section 5 requires implementations to have it, for \
        traffic that is public; beside real ciphers it lets a peer choose no encryption, and Windows \
        offers it by default.\n\n\
        Remove `null` unless authenticity alone is wanted.",
};

/// What `ikecompat explain null-encryption-in-ike` says.
pub(super) const NULL_ENCRYPTION_IN_IKE: Rule = Rule {
    name: "null-encryption-in-ike",
    severity: Severity::Error,
    documentation: "NULL encryption is among the IKE algorithms.\n\n\
        RFC 7296, section 5 and RFC 8247, section 2.1 forbid it, since identities and passwords go \
        through the IKE SA; strongSwan loads it all the same.\n\n\
        Remove it.",
};

/// The row of the table of rules.
pub(super) const FILE: RuleFile = RuleFile {
    rules: &[NULL_ENCRYPTION_IN_ESP, NULL_ENCRYPTION_IN_IKE],
    check,
};

/// [`NULL_ENCRYPTION_IN_IKE`] and [`NULL_ENCRYPTION_IN_ESP`].
fn check(subject: &LintSubject<'_>, found: &mut Findings) {
    for place in subject.entries() {
        let ciphers = place.of(TransformType::ENCR);
        let Some(null) = ciphers.iter().copied().find(|t| is_null(*t)) else {
            continue;
        };
        let rule = match place.list.protocol() {
            Protocol::Ike => NULL_ENCRYPTION_IN_IKE,
            Protocol::Ah | Protocol::Esp => NULL_ENCRYPTION_IN_ESP,
        };
        let others = ciphers.iter().any(|t| !is_null(*t));
        let what = match (rule, others) {
            (NULL_ENCRYPTION_IN_IKE, _) => "which RFC 7296, section 5 forbids",
            (_, true) => "so a peer may choose to encrypt nothing",
            (_, false) => "so nothing is encrypted",
        };
        let message = format!("{} lists `{}`, {what}", place.name(), spell(null));
        let span = subject.word(place.entry, null);
        let finding = rule.finding(message).about(place.list.number);
        let help = format!("remove `{}`", spell(null));
        let edit = Edit::RemoveAlgorithm {
            list: place.list.place(),
            transform: null,
        };
        found.advise(subject, finding.at(span.as_ref()), &help, vec![edit]);
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
