//! Algorithms that stand twice.

use crate::diag::{Severity, and_list};
use crate::lint::place::names;
use crate::lint::rules::RuleFile;
use crate::lint::{Findings, LintSubject, Rule};
use crate::peer::Origin;

/// What `ikecompat explain repeated-algorithm` says.
pub(super) const REPEATED_ALGORITHM: Rule = Rule {
    name: "repeated-algorithm",
    severity: Severity::Note,
    documentation: "An algorithm stands twice in an entry.\n\n\
        It has no effect, and may be a slip for another algorithm.\n\n\
        Remove one.",
};

/// The row of the table of rules.
pub(super) const FILE: RuleFile = RuleFile {
    rules: &[REPEATED_ALGORITHM],
    check,
};

/// [`REPEATED_ALGORITHM`].
fn check(subject: &LintSubject<'_>, found: &mut Findings) {
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
            REPEATED_ALGORITHM
                .finding(message)
                .about(place.list.number)
                .at(Some(first))
                .help("remove one, or write the algorithm that was meant"),
        );
    }
}
