//! A notify of IKEv2 by its name, its number, or the short name in charon's log.

use super::Article;
use super::message;
use crate::dialect::charon;
use crate::ike::Notify;
use crate::profile::{Broken, Database};

/// The notify that a topic names: `NO_PROPOSAL_CHOSEN`, `no proposal chosen`, `v2N_NO_PROPOSAL_CHOSEN`,
/// `N(NO_PROP)`, `14`, `notify 14`.
pub(super) fn named(topic: &str) -> Option<Notify> {
    let upper = topic.trim().to_uppercase();
    let inner = upper
        .strip_prefix("N(")
        .and_then(|rest| rest.strip_suffix(')'))
        .unwrap_or(&upper);
    let prefixes = [
        "V2N_",
        "NOTIFY MESSAGE TYPE ",
        "NOTIFY TYPE ",
        "NOTIFY ",
        "ERROR ",
    ];
    let plain = prefixes
        .into_iter()
        .find_map(|prefix| inner.strip_prefix(prefix))
        .unwrap_or(inner);
    let word = plain.trim().replace([' ', '-'], "_");
    if let Ok(number) = word.parse::<u16>() {
        return Some(Notify(number)).filter(|notify| notify.name().is_some());
    }
    Notify::named(&word)
        .or_else(|| Notify::named(&format!("IKEV2_{word}")))
        .or_else(|| charon::notify(&word))
}

/// The article of a notify.
pub(super) fn article(notify: Notify, database: &Database<'_>) -> Result<Article, Broken> {
    let name = notify.label();
    let kind = match notify.is_error() {
        true => "error: the exchange or the SA fails",
        false => "status: something is said or asked for",
    };
    let mut table = vec![
        ("notify type".to_owned(), notify.0.to_string()),
        ("kind".to_owned(), kind.to_owned()),
    ];
    let short = charon::short_name(notify).map(|short| format!("N({short})"));
    table.extend(short.map(|short| ("charon's log".to_owned(), short)));
    let told = message::of_notify(&name, database)?;
    let paragraphs = match told {
        Some(told) => {
            table.extend(told.table);
            told.paragraphs
        }
        None => vec![
            "IANA, registry of IKEv2 notify message types, has the RFC that defines it.".to_owned(),
        ],
    };
    Ok(Article {
        title: name,
        paragraphs,
        table,
    })
}

#[cfg(test)]
mod tests {
    use super::named;
    use crate::ike::Notify;

    #[test]
    fn a_notify_has_many_spellings() {
        for (topic, number) in [
            ("NO_PROPOSAL_CHOSEN", 14),
            ("no proposal chosen", 14),
            ("No-Proposal-Chosen", 14),
            ("v2N_NO_PROPOSAL_CHOSEN", 14),
            ("N(NO_PROP)", 14),
            ("notify 14", 14),
            ("14", 14),
            ("use_assigned_hoa", 42),
            ("n(ts_unaccept)", 38),
            ("fragmentation_supported", 16430),
        ] {
            assert_eq!(named(topic), Some(Notify(number)), "{topic}");
        }
        for topic in ["2", "NO_SUCH_NOTIFY", "N()", "aes256", "70000"] {
            assert_eq!(named(topic), None, "{topic}");
        }
    }
}
