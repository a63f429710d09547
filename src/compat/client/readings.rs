//! What follows where it is not certain which of several things is true: if all of them lead to
//! the same, it is known after all.

use itertools::Itertools as _;

use super::one_of;
use crate::compat::verdict::{Judged, Verdict};
use crate::ike::Suite;
use crate::peer::client::RekeyOffer;
use crate::peer::{Fact, Grade, Known};

/// Most possibilities that are tried; with more of them nothing is said.
pub(super) const MOST: usize = 64;

/// The verdict of all possibilities, or that it is not known, with `why`.
pub(in crate::compat) fn agreeing(why: &str, outcomes: &[Judged]) -> Judged {
    let Some(first) = outcomes.first() else {
        return Judged::plain(Verdict::Unknown(why.to_owned()));
    };
    let evidence = outcomes
        .iter()
        .map(|judged| judged.evidence)
        .max()
        .flatten();
    if outcomes
        .iter()
        .all(|judged| judged.verdict == first.verdict)
    {
        return Judged {
            evidence,
            ..first.clone()
        };
    }
    let mut verdicts = outcomes.iter().map(|judged| &judged.verdict);
    let verdict = if verdicts.clone().all(|verdict| !verdict.suites().is_empty()) {
        let suites = verdicts.flat_map(Verdict::suites).copied().unique();
        one_of(suites.collect())
    } else if verdicts.all(Verdict::fails) {
        Some(first.verdict.clone())
    } else {
        None
    };
    match verdict {
        Some(verdict) => Judged { verdict, evidence },
        None => Judged::plain(Verdict::Unknown(why.to_owned())),
    }
}

/// Judges a rekeying by what a client offers, or else by all that its sources leave possible.
pub(super) fn judge_offer(
    known: &Known<RekeyOffer>,
    readings: &[RekeyOffer],
    verdict: impl Fn(&RekeyOffer) -> Verdict,
) -> Judged {
    match known {
        Known::Stated(Fact { value, grade, .. }) => Judged {
            verdict: verdict(value),
            evidence: Some(*grade),
        },
        Known::Unknown(what) => {
            let outcomes: Vec<_> = readings
                .iter()
                .map(|offer| Judged {
                    verdict: verdict(offer),
                    evidence: Some(Grade::Inferred),
                })
                .collect();
            agreeing(&differing(what, readings, &outcomes), &outcomes)
        }
    }
}

/// Why it is not known, with what would have to be true for either outcome.
fn differing(what: &str, readings: &[RekeyOffer], outcomes: &[Judged]) -> String {
    let with = |wanted: &dyn Fn(&Verdict) -> bool| {
        let of = readings.iter().zip(outcomes);
        let of = of.filter(|(_, judged)| wanted(&judged.verdict));
        of.map(|(offer, _)| words(offer)).unique().join(" or ")
    };
    let works = with(&|verdict| !verdict.suites().is_empty());
    let fails = with(&Verdict::fails);
    if works.is_empty() || fails.is_empty() {
        return what.to_owned();
    }
    format!("{what}; it works if the client offers {works}, and fails if it offers {fails}")
}

fn words(offer: &RekeyOffer) -> &'static str {
    match offer {
        RekeyOffer::List(_) | RekeyOffer::ListInIkeGroup(_) => "a whole list again",
        RekeyOffer::Negotiated => "the suite in use",
        RekeyOffer::NegotiatedInIkeGroup => {
            "the suite in use, with the group of the IKE SA or without"
        }
        RekeyOffer::NegotiatedOnlyInIkeGroup => "the suite in use with the group of the IKE SA",
    }
}

/// The verdict for the suite in use, whichever of `suites` it is.
pub(super) fn whichever(why: &str, suites: &[Suite], verdict: impl Fn(&Suite) -> Judged) -> Judged {
    if suites.len() > MOST {
        return Judged::plain(Verdict::Unknown(why.to_owned()));
    }
    let outcomes: Vec<_> = suites.iter().map(verdict).collect();
    agreeing(why, &outcomes)
}

#[cfg(test)]
mod tests {
    use super::{agreeing, judge_offer};
    use crate::compat::verdict::{Agreed, Judged, Refusal, Verdict};
    use crate::dialect::swan;
    use crate::ike::{Protocol, Suite};
    use crate::peer::client::RekeyOffer;
    use crate::peer::{Grade, Known};

    fn suite(text: &str) -> Suite {
        let proposal = swan::parse(Protocol::Esp, text).unwrap();
        Suite::of(Protocol::Esp, proposal.transforms().iter().copied())
    }

    fn agree(text: &str) -> Verdict {
        Verdict::Agree(Agreed {
            suite: suite(text),
            pair: None,
            invalid_ke: None,
        })
    }

    fn judged(verdict: Verdict) -> Judged {
        Judged {
            verdict,
            evidence: Some(Grade::Observed),
        }
    }

    #[test]
    fn what_is_the_same_in_all_cases_is_known() {
        let (cbc, gcm) = (agree("aes256-sha256"), agree("aes256gcm16"));
        let refused = Verdict::Refuse(Refusal::BehindNat);
        let all = |verdicts: &[&Verdict]| {
            let outcomes: Vec<_> = verdicts.iter().map(|it| judged((*it).clone())).collect();
            agreeing("who knows", &outcomes).verdict
        };
        let unknown = Verdict::Unknown("who knows".to_owned());
        assert_eq!(all(&[]), unknown);
        assert_eq!(all(&[&cbc, &cbc]), cbc);
        let both = vec![suite("aes256-sha256"), suite("aes256gcm16")];
        assert_eq!(all(&[&cbc, &gcm]), Verdict::OneOf(both));
        assert_eq!(all(&[&refused, &refused]), refused);
        assert_eq!(all(&[&cbc, &refused]), unknown);
        assert_eq!(all(&[&cbc, &unknown]), unknown);
    }

    #[test]
    fn a_reading_is_a_deduction_and_a_difference_is_told() {
        let known = Known::Unknown("no list found".to_owned());
        let readings = [RekeyOffer::Negotiated, RekeyOffer::List(Vec::new())];
        let same = judge_offer(&known, &readings, |_| agree("aes256-sha256"));
        assert_eq!(same.verdict, agree("aes256-sha256"));
        assert_eq!(same.evidence, Some(Grade::Inferred));
        let other = judge_offer(&known, &readings, |offer| match offer {
            RekeyOffer::Negotiated => agree("aes256-sha256"),
            _ => Verdict::Refuse(Refusal::BehindNat),
        });
        let why = "no list found; it works if the client offers the suite in use, and fails if it \
                   offers a whole list again";
        assert_eq!(other.verdict, Verdict::Unknown(why.to_owned()));
        let none = judge_offer(&known, &[], |_| agree("aes256-sha256"));
        assert_eq!(none.verdict, Verdict::Unknown("no list found".to_owned()));
    }
}
