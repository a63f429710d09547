//! PFS that is listed and never used.

use crate::diag::{Finding, and_list};
use crate::ike::{Protocol, TransformType};
use crate::lint::place::names;
use crate::lint::{LintSubject, Rule};

/// [`Rule::NoneBeforeGroups`].
pub(super) fn check(subject: &LintSubject<'_>, found: &mut Vec<Finding>) {
    for place in subject.entries() {
        let groups = place.of(TransformType::KE);
        let none = groups.iter().position(|t| t.is_none());
        let Some(none) =
            none.filter(|none| place.list.protocol() == Protocol::Esp && none + 1 < groups.len())
        else {
            continue;
        };
        let message = format!(
            "{} puts `none` before {}, so they are never used",
            place.name(),
            and_list(&names(&groups[none + 1..]))
        );
        let span = subject.word(place.entry, groups[none]);
        found.push(
            Rule::NoneBeforeGroups
                .finding(message)
                .about(place.list.number)
                .at(span.as_ref())
                .help("put `none` last"),
        );
    }
}
