//! ESP that protects nothing.

use crate::diag::Severity;
use crate::ike::{Protocol, TransformType};
use crate::lint::place::{List, Place, names};
use crate::lint::rules::RuleFile;
use crate::lint::{Findings, LintSubject, Rule};

/// What `ikecompat explain encryption-without-integrity` says.
pub(super) const ENCRYPTION_WITHOUT_INTEGRITY: Rule = Rule {
    name: "encryption-without-integrity",
    severity: Severity::Error,
    documentation: "An ESP entry encrypts with a classic cipher and protects nothing.\n\n\
        Without an integrity algorithm whoever is on the way can change what is transmitted. RFC \
        8221, section 4 forbids it; strongSwan loads such an entry all the same.\n\n\
        Add an integrity algorithm or use an AEAD cipher.",
};

/// The row of the table of rules.
pub(super) const FILE: RuleFile = RuleFile {
    rules: &[ENCRYPTION_WITHOUT_INTEGRITY],
    check,
};

/// [`ENCRYPTION_WITHOUT_INTEGRITY`].
fn check(subject: &LintSubject<'_>, found: &mut Findings) {
    let lists = subject.all_lists();
    let esp = lists.into_iter().filter(|l| l.protocol() == Protocol::Esp);
    for place in esp.flat_map(List::places).filter(|place| bare(*place)) {
        let ciphers = names(place.of(TransformType::ENCR));
        let message = format!(
            "{} encrypts with {} and protects nothing from change",
            place.name(),
            crate::diag::or_list(&ciphers)
        );
        found.push(
            ENCRYPTION_WITHOUT_INTEGRITY
                .finding(message)
                .about(place.list.number)
                .at(place.span())
                .note("RFC 8221, section 4 forbids encryption without integrity")
                .help("add an integrity algorithm such as `sha256`, or use an AEAD cipher"),
        );
    }
}

/// Whether some suite of the entry has a classic cipher and no integrity.
fn bare(place: Place<'_>) -> bool {
    let classic = place.of(TransformType::ENCR).iter().any(|t| !t.is_aead());
    let integrity = place.of(TransformType::INTEG);
    classic && (integrity.is_empty() || integrity.iter().any(|t| t.is_none()))
}
