//! What a server does against what its file says it does.

use super::first::{Assumption, First};
use super::heard::{Answer, Heard};
use crate::compat::verdict::{Refusal, Verdict};
use crate::dialect::{charon, swan};
use crate::ike::{Notify, Suite};

/// In what file and server differ, as a sentence without full stop; `None` if they do not, or if
/// one of them says nothing.
pub(crate) fn difference(first: &First, verdict: &Verdict, heard: &Heard) -> Option<String> {
    match (&heard.answer, verdict) {
        (Answer::Selected(suite), Verdict::Agree(agreed)) if agreed.suite == *suite => {
            let expected = agreed.invalid_ke.as_ref()?;
            let comparable = !first.assumed.contains(&Assumption::Group);
            (comparable && expected.len() != heard.invalid_ke.len()).then(|| {
                format!(
                    "by the file the first KE payload costs {} of INVALID_KE_PAYLOAD, on the server {}",
                    rounds(expected.len()),
                    rounds(heard.invalid_ke.len())
                )
            })
        }
        (Answer::Selected(suite), Verdict::Agree(agreed)) => Some(format!(
            "the file says {}, the server selected {}; does the server run this file?",
            spelled(&agreed.suite),
            spelled(suite)
        )),
        (Answer::Selected(suite), Verdict::OneOf(suites)) if !suites.contains(suite) => {
            Some(format!(
                "the file allows {} suites, the server selected {}, which is none of them",
                suites.len(),
                spelled(suite)
            ))
        }
        (Answer::Selected(suite), Verdict::Refuse(refusal)) => Some(format!(
            "by the file {}, the server selected {}; does the server run this file?",
            match refusal {
                Refusal::NotLoaded(_) => "the connection is not loaded",
                Refusal::NoMatch { .. }
                | Refusal::KeyExchangeUnwanted
                | Refusal::BehindNat
                | Refusal::Limit(_) => "the client is refused",
            },
            spelled(suite)
        )),
        (Answer::Error(Notify::NO_PROPOSAL_CHOSEN), Verdict::Agree(agreed)) => Some(format!(
            "the file says {}, the server refused the offer; does the server run this file?",
            spelled(&agreed.suite)
        )),
        (Answer::Error(Notify::NO_PROPOSAL_CHOSEN), Verdict::OneOf(suites)) => Some(format!(
            "the file allows {} suites, the server refused the offer; does the server run this file?",
            suites.len()
        )),
        _ => None,
    }
}

fn rounds(count: usize) -> String {
    match count {
        0 => "no round".to_owned(),
        1 => "1 round".to_owned(),
        _ => format!("{count} rounds"),
    }
}

fn spelled(suite: &Suite) -> String {
    swan::write(&suite.to_proposal()).unwrap_or_else(|| charon::suite(suite))
}
