//! Which findings count, as the user asks for it.

use strum::{EnumMessage as _, IntoEnumIterator as _};

use crate::diag::{self, Allowance, Finding, Severity};
use crate::{read, yaml};

/// A rule whose findings are allowed, and the reason if there is one: `RULE` or `RULE=REASON`.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct AllowedRule {
    /// The rule.
    pub rule: String,
    /// Why.
    pub reason: Option<String>,
}

impl From<&str> for AllowedRule {
    fn from(text: &str) -> Self {
        let (rule, reason) = match text.split_once('=') {
            Some((rule, reason)) => (rule, Some(reason.trim().to_owned())),
            None => (text, None),
        };
        Self {
            rule: rule.trim().to_owned(),
            reason: reason.filter(|reason| !reason.is_empty()),
        }
    }
}

/// Allows a finding that nobody has allowed yet, if its rule is one of these.
pub(crate) fn allow(finding: &mut Finding, rules: &[AllowedRule]) {
    let own = rules.iter().find(|it| it.rule == finding.diagnostic.code);
    if let Some(own) = own.filter(|_| finding.is_open()) {
        finding.suppressed = Some(Allowance::Question(own.reason.clone()));
    }
}

/// Which rules are silent, which are errors, and what fails.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Levels {
    /// Rules whose findings are allowed wherever they stand.
    pub allow: Vec<AllowedRule>,
    /// Rules whose findings are errors.
    pub deny: Vec<String>,
    /// The mildest finding that fails.
    pub fail_on: Severity,
    /// Whether what is untidy, and neither breaks nor weakens anything, is told too.
    pub pedantic: bool,
}

impl Default for Levels {
    fn default() -> Self {
        Self {
            allow: Vec::new(),
            deny: Vec::new(),
            fail_on: Severity::Warning,
            pedantic: false,
        }
    }
}

impl Levels {
    /// The severity of a finding.
    pub(crate) fn of(&self, code: &str, severity: Severity) -> Severity {
        match self.deny.iter().any(|name| name == code) {
            true => Severity::Error,
            false => severity,
        }
    }

    /// The severity of what a rule found; `None` if it is to be left out.
    pub(crate) fn of_rule(&self, code: &str, severity: Severity) -> Option<Severity> {
        let untidy = |severity: &Severity| *severity == Severity::Note;
        let told = self.pedantic || self.fail_on == Severity::Note;
        Some(self.of(code, severity)).filter(|severity| told || !untidy(severity))
    }
}

/// What readers say about configurations: names with their documentation.
pub fn readers() -> impl Iterator<Item = (&'static str, &'static str)> {
    read::ReadCode::iter().map(|code| (code.into(), code.get_documentation().unwrap_or_default()))
}

/// Every name that `--allow`, `--deny` and comments may use: the rules, and what readers say.
pub fn known() -> impl Iterator<Item = &'static str> {
    let rules = super::rules().into_iter().map(|rule| rule.name);
    let readers = read::ReadCode::iter().map(Into::into);
    let yaml = yaml::YamlCode::iter().map(Into::into);
    let texts = diag::SourceCode::iter().map(Into::into);
    rules.chain(readers).chain(yaml).chain(texts)
}
