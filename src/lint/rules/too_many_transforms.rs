//! Proposals that do not fit into a payload.

use crate::diag::Finding;
use crate::lint::{LintSubject, Rule};

/// One octet counts them.
const MOST: usize = 255;

/// [`Rule::TooManyTransforms`].
pub(super) fn check(subject: &LintSubject<'_>, found: &mut Vec<Finding>) {
    for list in subject.all_lists() {
        if list.entries.len() > MOST {
            let message = format!(
                "{} has {} entries, and a payload holds {MOST}",
                list.name(),
                list.entries.len()
            );
            let finding = Rule::TooManyTransforms.finding(message).about(list.number);
            found.push(finding.at(list.span().as_ref()));
        }
        for place in list.places() {
            let count = place.entry.proposal.transforms().len();
            if count > MOST {
                let message = format!(
                    "{} has {count} algorithms, and a proposal holds {MOST}",
                    place.name()
                );
                let finding = Rule::TooManyTransforms.finding(message).about(list.number);
                found.push(finding.at(place.span()).note("RFC 7296, section 3.3.1"));
            }
        }
    }
}
