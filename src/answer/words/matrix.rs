//! The words of the matrix: one line for each client.

use super::Word;
use super::short;
use crate::answer::check::{Answer, ClientAnswer};
use crate::answer::text::and_list;
use crate::answer::tone::Tone;
use crate::compat::gap::Gap;
use crate::compat::obstacle::Obstacle;
use crate::compat::rank::Tier;
use crate::compat::reauthentication::ReauthenticationOutcome;
use crate::compat::report::{ClientReport, Overall};
use crate::compat::verdict::{Judged, Refusal, Verdict};
use crate::ike::TransformType;
use crate::peer::Grade;

/// The columns of the matrix.
pub(crate) fn header(answer: &Answer) -> Vec<&'static str> {
    let mut header = vec!["client", "phase 1", "phase 2", "rekey", "rank"];
    if answer.has_several_connections() {
        header.insert(1, "connection");
    }
    header
}

/// The row of a client in the matrix.
pub(crate) fn cells(client: &ClientAnswer, answer: &Answer) -> Vec<Word> {
    let report = &client.report;
    let exchanges = report.exchanges();
    // An agreement on what is weak is not good.
    let ranked = |(text, tone): Word, judged: Option<&Judged>| {
        let suites = judged
            .into_iter()
            .flat_map(|judged| judged.verdict.suites());
        let tiers = suites.map(|suite| answer.policy.rank(suite).tier());
        match tiers.max() {
            Some(worst) if tone == Tone::Good => (text, tier_tone(worst)),
            _ => (text, tone),
        }
    };
    let mut cells = vec![
        (report.client.id.clone(), Tone::Neutral),
        ranked(outcome(exchanges.ike_sa_init), exchanges.ike_sa_init),
        ranked(child_outcome(report), exchanges.ike_auth),
        rekey(report),
        rank(client),
    ];
    if answer.has_several_connections() {
        let names = answer.connections_of(client);
        let name = match names.as_slice() {
            [] => "-".to_owned(),
            names => names.join(" or "),
        };
        cells.insert(1, (name, Tone::Neutral));
    }
    cells
}

/// What comes of an exchange, in a few words; `None` is an exchange of a child that there is not.
pub(crate) fn outcome(judged: Option<&Judged>) -> Word {
    let Some(judged) = judged else {
        return ("no child".to_owned(), Tone::Bad);
    };
    let (text, tone) = match &judged.verdict {
        Verdict::Agree(agreed) => (short(&agreed.suite), Tone::Good),
        Verdict::OneOf(suites) => (format!("one of {}", suites.len()), Tone::Good),
        Verdict::Refuse(refusal) => (refusal_in_short(refusal), Tone::Bad),
        Verdict::Unknown(_) => return ("unknown".to_owned(), Tone::Doubtful),
        Verdict::NotUsed(_) => return ("-".to_owned(), Tone::Neutral),
    };
    (format!("{text}{}", hedge(judged)), tone)
}

/// What comes of IKE_AUTH, in a few words: of the lists, or of what keeps the client out besides.
pub(crate) fn child_outcome(report: &ClientReport) -> Word {
    let (lists, tone) = outcome(report.exchanges().ike_auth);
    match report.obstacles.first() {
        Some(first) if tone != Tone::Bad => {
            let word = match first {
                Obstacle::Authentication { .. } => "authentication",
                Obstacle::SecondRound { .. } => "second round",
                Obstacle::NoAddressPool => "no address",
                Obstacle::ChildlessForced { .. } => "childless",
                Obstacle::Certificate { .. } => "certificate",
            };
            (format!("refused: {word}"), Tone::Bad)
        }
        _ => (lists, tone),
    }
}

/// What is added to a word that leans on a deduction.
pub(crate) const INFERRED: &str = " (inferred)";

/// What is added to a verdict that leans on a deduction.
pub(super) fn hedge(judged: &Judged) -> &'static str {
    if judged.evidence == Some(Grade::Inferred) {
        INFERRED
    } else {
        ""
    }
}

fn refusal_in_short(refusal: &Refusal) -> String {
    match refusal {
        Refusal::NoMatch { gaps, .. } => {
            // What people choose is a group.
            let noun = |gap: &Gap| match gap.kind {
                TransformType::KE => "DH group",
                kind => kind.noun(),
            };
            let mut nouns: Vec<_> = gaps.iter().map(noun).collect();
            nouns.dedup();
            if nouns.is_empty() {
                "refused".to_owned()
            } else {
                format!("refused: {}", and_list(&nouns))
            }
        }
        Refusal::KeyExchangeUnwanted => "refused: PFS".to_owned(),
        Refusal::BehindNat => "refused behind NAT".to_owned(),
        Refusal::Limit(_) => "fails".to_owned(),
        Refusal::NotLoaded(_) => "not loaded".to_owned(),
    }
}

/// What comes of all rekeyings, in a few words.
fn rekey(report: &ClientReport) -> Word {
    let all = report.rekeyings();
    if !report.comes_up() && report.verdict != Overall::RekeyFails {
        return ("-".to_owned(), Tone::Neutral);
    }
    let mut losing = all.iter().filter(|(one, _)| report.is_lost_by(*one));
    if let Some((_, first)) = losing.next() {
        let certain = losing.any(|(_, judged)| hedge(judged).is_empty());
        let hedge = if certain { "" } else { hedge(first) };
        return (format!("fails{hedge}"), Tone::Bad);
    }
    let open = |judged: &Judged| matches!(judged.verdict, Verdict::Unknown(_));
    let again = report.reauthentication.as_ref().map(|it| &it.outcome);
    if again == Some(&ReauthenticationOutcome::Lost) {
        return ("fails".to_owned(), Tone::Bad);
    }
    let asked = matches!(again, Some(ReauthenticationOutcome::Unknown(_)));
    let unknown = asked || report.verdict == Overall::Unknown || all.iter().any(|(_, it)| open(it));
    let inferred = all.iter().any(|(_, judged)| !hedge(judged).is_empty());
    let by_client = all.iter().any(|(_, judged)| judged.verdict.fails());
    match (unknown, by_client, inferred) {
        (true, ..) => ("partly unknown".to_owned(), Tone::Doubtful),
        (false, true, _) => ("by the client only".to_owned(), Tone::Good),
        (false, false, true) => ("ok (inferred)".to_owned(), Tone::Good),
        (false, false, false) => ("ok".to_owned(), Tone::Good),
    }
}

/// What a tier means for who reads it.
const fn tier_tone(tier: Tier) -> Tone {
    match tier {
        Tier::Recommended | Tier::Permitted => Tone::Good,
        Tier::PhasingOut => Tone::Doubtful,
        Tier::Discouraged | Tier::Prohibited => Tone::Bad,
    }
}

fn rank(client: &ClientAnswer) -> Word {
    let Some(rank) = &client.rank else {
        return ("-".to_owned(), Tone::Neutral);
    };
    let tone = tier_tone(rank.tier);
    let text = match rank.tier {
        Tier::Recommended => rank.tier.to_string(),
        Tier::Permitted | Tier::PhasingOut | Tier::Discouraged | Tier::Prohibited => {
            format!("{}: {}", rank.tier, rank.deciding.name())
        }
    };
    (text, tone)
}

/// The verdict in a word for a matrix of files against clients.
pub(crate) const fn verdict_in_matrix(verdict: Overall) -> (&'static str, Tone) {
    match verdict {
        Overall::Connects => ("ok", Tone::Good),
        Overall::Unknown => ("unknown", Tone::Doubtful),
        Overall::RekeyFails => ("rekey", Tone::Bad),
        Overall::Refused => ("refused", Tone::Bad),
    }
}
