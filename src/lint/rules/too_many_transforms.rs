//! Proposals that do not fit into a payload.

use crate::diag::Severity;
use crate::lint::rules::RuleFile;
use crate::lint::{Findings, LintSubject, Rule};

/// What `ikecompat explain too-many-transforms` says.
pub(super) const TOO_MANY_TRANSFORMS: Rule = Rule {
    name: "too-many-transforms",
    severity: Severity::Error,
    documentation: "An entry has more algorithms than a proposal can hold.\n\n\
        RFC 7296, section 3.3.1 counts transforms and proposals in one octet: 255 at most.\n\n\
        Write fewer.",
};

/// The row of the table of rules.
pub(super) const FILE: RuleFile = RuleFile {
    rules: &[TOO_MANY_TRANSFORMS],
    check,
};

/// One octet counts them.
const MOST: usize = 255;

/// [`TOO_MANY_TRANSFORMS`].
fn check(subject: &LintSubject<'_>, found: &mut Findings) {
    for list in subject.all_lists() {
        if list.entries.len() > MOST {
            let message = format!(
                "{} has {} entries, and a payload holds {MOST}",
                list.name(),
                list.entries.len()
            );
            let finding = TOO_MANY_TRANSFORMS.finding(message).about(list.number);
            found.push(finding.at(list.span().as_ref()));
        }
        for place in list.places() {
            let count = place.entry.proposal.transforms().len();
            if count > MOST {
                let message = format!(
                    "{} has {count} algorithms, and a proposal holds {MOST}",
                    place.name()
                );
                let finding = TOO_MANY_TRANSFORMS.finding(message).about(list.number);
                found.push(finding.at(place.span()).note("RFC 7296, section 3.3.1"));
            }
        }
    }
}
