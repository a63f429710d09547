//! What all answers come to.

use super::Answer;
use crate::compat::report::Overall;
use crate::diagnose::Outcome;

/// What an answer comes to, the same for every command: the exit status says it, and the member `verdict` of
/// a document of JSON.
#[derive(
    Clone, Copy, Debug, Eq, PartialEq, strum::Display, strum::IntoStaticStr, strum::VariantNames,
)]
#[strum(serialize_all = "lowercase")]
pub enum Conclusion {
    /// The answer is yes, or there was nothing to answer.
    Yes,
    /// The answer is no.
    No,
    /// There is no answer.
    Unanswered,
}

impl Conclusion {
    /// Yes or no.
    pub const fn of(yes: bool) -> Self {
        if yes { Self::Yes } else { Self::No }
    }

    /// Of verdicts about clients.
    pub fn of_verdicts(verdicts: impl IntoIterator<Item = Overall>, deny_unknown: bool) -> Self {
        let fails = |verdict: Overall| match verdict {
            Overall::Connects => false,
            Overall::Unknown => deny_unknown,
            Overall::RekeyFails | Overall::Refused => true,
        };
        Self::of(!verdicts.into_iter().any(fails))
    }

    /// Of the answers about servers. Of a file in a `folder` into which nobody dials, no verdict counts. Where
    /// no configuration was found there is no answer; where nothing is known of any client, the answer is
    /// not yes.
    pub fn of_answers<'a>(
        answers: impl Iterator<Item = &'a Answer> + Clone,
        folder: bool,
        deny_unknown: bool,
    ) -> Self {
        let counted = answers
            .clone()
            .filter(|answer| answer.serves_clients() || !folder);
        let verdicts: Vec<Overall> = counted
            .flat_map(|answer| &answer.clients)
            .map(|client| client.report.verdict)
            .collect();
        if answers.clone().next().is_none() || verdicts.is_empty() && !folder {
            return Self::Unanswered;
        }
        let nothing_known =
            !verdicts.is_empty() && verdicts.iter().all(|it| *it == Overall::Unknown);
        match Self::of_verdicts(verdicts, deny_unknown || nothing_known) {
            Self::Yes => Self::of(!answers.clone().any(Answer::refuses_certificate)),
            other => other,
        }
    }
}

impl From<Outcome> for Conclusion {
    fn from(outcome: Outcome) -> Self {
        match outcome {
            Outcome::Established | Outcome::NotIke => Self::Yes,
            Outcome::Failed | Outcome::Inconclusive => Self::No,
        }
    }
}
