//! What the exit status says, the same for every subcommand.

use std::process::ExitCode;

use ikecompat::compat::report::Overall;

/// What the exit status says, whatever the output format.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Exit {
    /// The answer is yes, or there was nothing to answer: 0.
    Yes,
    /// The answer is no: 1.
    No,
    /// There is no answer, and the diagnostics that say why have been printed: 2.
    Unanswered,
}

impl Exit {
    /// 0 or 1.
    pub(super) const fn of(yes: bool) -> Self {
        if yes { Self::Yes } else { Self::No }
    }

    /// The status of verdicts about clients.
    pub(super) fn of_verdicts(
        verdicts: impl IntoIterator<Item = Overall>,
        deny_unknown: bool,
    ) -> Self {
        let fails = |verdict: Overall| match verdict {
            Overall::Connects => false,
            Overall::Unknown => deny_unknown,
            Overall::RekeyFails | Overall::Refused => true,
        };
        Self::of(!verdicts.into_iter().any(fails))
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(match exit {
            Exit::Yes => 0,
            Exit::No => 1,
            Exit::Unanswered => 2,
        })
    }
}
