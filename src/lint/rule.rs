//! A rule: its name, how bad its findings are, and its documentation for users.

use crate::diag::{Finding, Severity};

/// A rule. It stands in the file of the function that applies it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Rule {
    /// Stable name, in kebab case, never changed or used again.
    pub name: &'static str,
    /// How bad a finding is, unless the rule says otherwise for a certain case.
    pub severity: Severity,
    /// What is wrong in one sentence; then, as paragraphs, why it matters and where that is written,
    /// and what to do.
    pub documentation: &'static str,
}

impl Rule {
    /// A finding of this rule.
    pub(super) fn finding(self, message: impl Into<String>) -> Finding {
        Finding::new(self.severity, self.name, message)
    }
}

/// Every rule, in the order of the alphabet.
pub fn rules() -> Vec<Rule> {
    let own = super::rules::ALL.iter().flat_map(|file| file.rules);
    let mut all: Vec<Rule> = own.chain(super::ignore::RULES).copied().collect();
    all.sort_by_key(|rule| rule.name.replace('-', ""));
    all
}

/// The rule of a name.
pub fn rule(name: &str) -> Option<Rule> {
    rules().into_iter().find(|rule| rule.name == name)
}

#[cfg(test)]
mod tests {
    use super::rules;

    #[test]
    fn every_rule_says_what_why_and_what_to_do() {
        for rule in rules() {
            let paragraphs: Vec<_> = rule.documentation.split("\n\n").collect();
            assert_eq!(paragraphs.len(), 3, "{}", rule.name);
            assert!(paragraphs[0].ends_with('.'), "{}", rule.name);
            assert!(paragraphs[1].len() > 40, "{}", rule.name);
        }
    }

    #[test]
    fn names_are_used_once() {
        let mut names: Vec<_> = rules().into_iter().map(|rule| rule.name).collect();
        let count = names.len();
        names.dedup();
        assert_eq!(names.len(), count);
    }
}
