//! Algorithms that stand twice.

use crate::diag::{Finding, and_list};
use crate::lint::place::names;
use crate::lint::{LintSubject, Rule};
use crate::peer::Origin;

/// [`Rule::RepeatedAlgorithm`].
pub(super) fn check(subject: &LintSubject<'_>, found: &mut Vec<Finding>) {
    for place in subject.entries() {
        let Origin::Written(span) = &place.entry.origin else {
            continue;
        };
        let (words, _) = subject.keywords(span);
        let repeated = words
            .iter()
            .enumerate()
            .filter(|(number, (_, t))| words[..*number].iter().any(|(_, earlier)| earlier == t));
        let repeated: Vec<_> = repeated.map(|(_, word)| word).collect();
        let Some((first, _)) = repeated.first() else {
            continue;
        };
        let transforms: Vec<_> = repeated.iter().map(|(_, t)| *t).collect();
        let message = format!(
            "{} names {} twice",
            place.name(),
            and_list(&names(&transforms))
        );
        found.push(
            Rule::RepeatedAlgorithm
                .finding(message)
                .about(place.list.number)
                .at(Some(first))
                .help("remove one, or write the algorithm that was meant"),
        );
    }
}
