//! What the exit status says, the same for every subcommand.

use std::process::ExitCode;

use ikecompat::answer::Conclusion;

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
}

impl From<Conclusion> for Exit {
    fn from(conclusion: Conclusion) -> Self {
        match conclusion {
            Conclusion::Yes => Self::Yes,
            Conclusion::No => Self::No,
            Conclusion::Unanswered => Self::Unanswered,
        }
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
