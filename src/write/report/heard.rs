//! What a server answered, in words that every report of it shares.

use crate::answer::{text, words};
use crate::ike::Notify;
use crate::live::heard::{Answer, Traits};
use crate::wire::vendor;

/// An answer in a few words; silence after another answer is a block.
pub(super) fn answer(answer: &Answer, has_answered: bool) -> String {
    match answer {
        Answer::Selected(suite) => words::short(suite),
        Answer::NotOffered(suite) => format!("not offered: {}", words::short(suite)),
        Answer::Error(Notify::NO_PROPOSAL_CHOSEN) => "refused".to_owned(),
        Answer::Error(notify) => format!("refused: {}", notify.label()),
        Answer::WantsOther(group) => {
            format!("wants {}, which is not offered", text::transform(*group))
        }
        Answer::WantsSent(group) => {
            format!("wants {}, which was sent", text::transform(*group))
        }
        Answer::NotComputed(group) => {
            format!("wants {}, not computed here", text::transform(*group))
        }
        Answer::TooManyRounds(group) => format!("gives up at {}", text::transform(*group)),
        Answer::Redirect => "sent to another gateway".to_owned(),
        Answer::Cookies => "asks for cookies only".to_owned(),
        Answer::Malformed(_) => "malformed answer".to_owned(),
        Answer::Silence if has_answered => "blocked".to_owned(),
        Answer::Silence | Answer::NotAwaited => "no answer".to_owned(),
    }
}

/// What an answer shows of the server, as sentences without full stop.
pub(super) fn about(traits: &Traits) -> Vec<String> {
    let mut lines = Vec::new();
    let names = vendor_names(traits);
    if !names.is_empty() {
        lines.push(format!("vendor IDs: {}", names.join(", ")));
    }
    let notifies: Vec<_> = traits.notifies.iter().map(|it| it.label()).collect();
    if !notifies.is_empty() {
        lines.push(format!("notifies: {}", notifies.join(", ")));
    }
    if let Some(count) = traits.authorities {
        lines.push(format!(
            "it asks for certificates of {}",
            match count {
                0 => "no certification authority in particular".to_owned(),
                1 => "1 certification authority".to_owned(),
                _ => format!("{count} certification authorities"),
            }
        ));
    }
    match traits.translated {
        Some(true) => lines.push("a NAT changes this machine's address on the way".to_owned()),
        Some(false) => lines.push("no NAT changes this machine's address on the way".to_owned()),
        None => {}
    }
    lines
}

pub(super) fn vendor_names(traits: &Traits) -> Vec<String> {
    let ids = traits.vendor_ids.iter();
    ids.map(|id| vendor::name(id).unwrap_or_else(|| vendor::hex(id)))
        .collect()
}
