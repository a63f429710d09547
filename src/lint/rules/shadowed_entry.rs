//! Entries that are never reached.

use crate::diag::{Finding, Severity};
use crate::ike::{Proposal, TransformType};
use crate::lint::place::Place;
use crate::lint::rules::RuleFile;
use crate::lint::{Findings, LintSubject, Rule};
use crate::peer::Edit;

/// What `ikecompat explain duplicate-entry` says.
pub(super) const DUPLICATE_ENTRY: Rule = Rule {
    name: "duplicate-entry",
    severity: Severity::Note,
    documentation: "Two entries of a list are the same.\n\n\
        The second one is never selected. It may have been meant to differ.\n\n\
        Remove it.",
};

/// What `ikecompat explain shadowed-entry` says.
pub(super) const SHADOWED_ENTRY: Rule = Rule {
    name: "shadowed-entry",
    severity: Severity::Note,
    documentation: "An entry is never selected, because an earlier one takes everything that it would.\n\n\
        The list is walked in its order, and all algorithms of this entry are in an earlier one too.\n\n\
        Remove the entry, unless it was meant to differ.",
};

/// The row of the table of rules.
pub(super) const FILE: RuleFile = RuleFile {
    rules: &[DUPLICATE_ENTRY, SHADOWED_ENTRY],
    check,
};

/// [`DUPLICATE_ENTRY`] and [`SHADOWED_ENTRY`].
fn check(subject: &LintSubject<'_>, found: &mut Findings) {
    for list in subject.all_lists() {
        let places: Vec<_> = list.places().collect();
        for (number, place) in places.iter().enumerate() {
            if subject.is_default_list(*place) {
                continue; // nobody wrote it, so nobody can remove it
            }
            let mut earlier = places[..number].iter();
            if let Some(other) =
                earlier.find(|other| covers(&other.entry.proposal, &place.entry.proposal))
            {
                let remove = Edit::Remove {
                    list: list.place(),
                    number,
                };
                found.push_at(place.name(), finding(subject, *place, *other), vec![remove]);
            }
        }
    }
}

fn finding(subject: &LintSubject<'_>, place: Place<'_>, other: Place<'_>) -> Finding {
    let equal = covers(&place.entry.proposal, &other.entry.proposal);
    let (rule, message) = if equal {
        let what = format!("{} is the same as entry {}", place.name(), other.number + 1);
        (DUPLICATE_ENTRY, what)
    } else {
        let what = format!(
            "{} is never selected: entry {} has all its algorithms",
            place.name(),
            other.number + 1
        );
        (SHADOWED_ENTRY, what)
    };
    let mut finding = rule
        .finding(message)
        .about(place.list.number)
        .at(place.span())
        .help("remove it, unless it was meant to differ");
    if equal {
        finding.diagnostic.help = Some("remove it".to_owned());
    }
    if subject.is_default_list(other) {
        finding.note("the other entry is one that the product fills in")
    } else if other.span() == place.span() {
        finding
    } else {
        finding.with(other.span(), "the earlier entry")
    }
}

/// Whether whatever matches `late` matches `early` too: the same types, with all algorithms.
pub(super) fn covers(early: &Proposal, late: &Proposal) -> bool {
    early.of_unknown_types().is_empty()
        && TransformType::COMPARED.into_iter().all(|kind| {
            let (early, late) = (early.of(kind), late.of(kind));
            early.is_empty() == late.is_empty() && late.iter().all(|t| early.contains(t))
        })
}
