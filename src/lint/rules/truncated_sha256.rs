//! SHA-256 with the tag of a draft.

use crate::diag::Severity;
use crate::dialect::swan;
use crate::ike::{Integ, Transform, TransformType};
use crate::lint::rules::RuleFile;
use crate::lint::{Findings, LintSubject, Rule};
use crate::peer::Edit;

/// What `ikecompat explain truncated-sha256` says.
pub(super) const TRUNCATED_SHA256: Rule = Rule {
    name: "truncated-sha256",
    severity: Severity::Warning,
    documentation: "SHA-256 is truncated to 96 bits instead of 128.\n\n\
        A draft had it so, and Android 4 and old Linux kernels did it; RFC 4868, section 2.3 says \
        128. With it the tunnel comes up and no packet passes: iOS 13 and 14 were cut off by servers \
        that kept the setting (setup-ipsec-vpn issue 638).\n\n\
        Remove `sha256_96` or `sha2-truncbug=yes`.",
};

/// The row of the table of rules.
pub(super) const FILE: RuleFile = RuleFile {
    rules: &[TRUNCATED_SHA256],
    check,
};

/// [`TRUNCATED_SHA256`].
fn check(subject: &LintSubject<'_>, found: &mut Findings) {
    for (number, connection) in subject.connections() {
        for child in &connection.children {
            let sha256 = Transform::integ(Integ::HmacSha2_256_128);
            let mut entries = child.esp.iter().chain(&child.ah);
            let used = entries.any(|entry| entry.proposal.contains(sha256));
            let Some(span) = child.truncated_sha256.as_ref().filter(|_| used) else {
                continue;
            };
            let message = format!("`{}` truncates SHA-256 to 96 bits", child.name);
            found.push(
                TRUNCATED_SHA256
                    .finding(message)
                    .about(number)
                    .at(Some(span))
                    .note("RFC 4868, section 2.3: AUTH_HMAC_SHA2_256_128 has a tag of 128 bits")
                    .help("remove the setting"),
            );
        }
    }
    for place in subject.entries() {
        let integrity = place.of(TransformType::INTEG);
        let Some(truncated) = integrity.iter().copied().find(|t| is_truncated(*t)) else {
            continue;
        };
        let message = format!("{} truncates SHA-256 to 96 bits", place.name());
        let span = subject.word(place.entry, truncated);
        let finding = TRUNCATED_SHA256
            .finding(message)
            .about(place.list.number)
            .at(span.as_ref())
            .note("RFC 4868, section 2.3: AUTH_HMAC_SHA2_256_128 has a tag of 128 bits");
        let list = place.list.place();
        let instead = vec![
            Edit::AddAlgorithm {
                list,
                number: place.number,
                transform: Transform::integ(Integ::HmacSha2_256_128),
            },
            Edit::RemoveAlgorithm {
                list,
                transform: truncated,
            },
        ];
        found.advise(subject, finding, "write `sha256`", instead);
    }
}

/// Whether the algorithm is strongSwan's private number for it.
pub(super) fn is_truncated(transform: Transform) -> bool {
    swan::keyword("sha256_96") == Some(transform)
}
