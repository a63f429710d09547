//! Which findings count, as the user asks for it.

use strum::{EnumMessage as _, IntoEnumIterator as _};

use crate::diag::{self, Severity};
use crate::{read, yaml};

/// Which rules are silent, which are errors, and what fails.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Levels {
    /// Rules whose findings are left out.
    pub allow: Vec<String>,
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
    /// The severity of a finding; `None` if it is to be left out.
    pub(crate) fn of(&self, code: &str, severity: Severity) -> Option<Severity> {
        let named = |list: &[String]| list.iter().any(|name| name == code);
        if named(&self.deny) {
            Some(Severity::Error)
        } else {
            (!named(&self.allow)).then_some(severity)
        }
    }

    /// The severity of what a rule found; `None` if it is to be left out.
    pub(crate) fn of_rule(&self, code: &str, severity: Severity) -> Option<Severity> {
        let untidy = |severity: &Severity| *severity == Severity::Note;
        let told = self.pedantic || self.fail_on == Severity::Note;
        self.of(code, severity)
            .filter(|severity| told || !untidy(severity))
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
