//! What could be chosen when the answering side's rule is not known: every suite that RFC 7296
//! allows.

use itertools::Itertools as _;
use rustc_hash::FxHashSet;

use super::select::{Offer, Rule, Terms, select};
use crate::ike::{Proposal, Suite, Transform, TransformType};

/// The longest list of a known client, the strongSwan app with OpenSSL, allows some 5,500.
const MAX_SUITES: usize = 20_000;

/// All suites that a responder could choose from `offer` given what it `accepts`: any matching
/// pair of proposals, and in it any common transform of each type (RFC 7296, section 2.7).
pub(crate) fn suites(offer: &[Proposal], accepts: &[Proposal], terms: Terms) -> Vec<Suite> {
    let terms = Terms {
        rule: Rule::CHARON,
        ..terms
    };
    let all = offer
        .iter()
        .cartesian_product(accepts)
        .flat_map(|(asked, own)| of_pair(asked, own, terms))
        .take(MAX_SUITES);
    distinct(all)
}

/// All suites that an offer allows, in its order, each once.
pub(crate) fn of_offer(offer: &[Proposal], with_ke: bool) -> Vec<Suite> {
    let terms = Terms {
        rule: Rule::CHARON,
        with_ke,
        with_private: true,
        with_additional_ke: true,
    };
    let all = offer.iter().flat_map(|own| of_pair(own, own, terms));
    distinct(all.take(MAX_SUITES))
}

/// The suites in their order, each once.
pub(crate) fn distinct(suites: impl IntoIterator<Item = Suite>) -> Vec<Suite> {
    let mut seen = FxHashSet::default();
    let unseen = |suite: &Suite| seen.insert(*suite);
    suites.into_iter().filter(unseen).collect()
}

fn of_pair(asked: &Proposal, own: &Proposal, terms: Terms) -> Vec<Suite> {
    // The selection rules about absent and optional types are the same; whether the pair matches
    // at all is asked first, the alternatives are laid out afterwards.
    let pair = (
        Offer::as_listed(std::slice::from_ref(asked)),
        std::slice::from_ref(own),
    );
    let Some(first) = select(pair.0, pair.1, terms) else {
        return Vec::new();
    };
    let types = TransformType::COMPARED.into_iter();
    let mut suites = vec![Suite::empty(first.suite.protocol)];
    for kind in types.filter(|kind| terms.with_ke || !kind.is_key_exchange()) {
        let common: Vec<Transform> = asked
            .of(kind)
            .iter()
            .copied()
            .filter(|t| own.contains(*t) && (terms.with_private || !t.is_private()))
            .collect();
        if common.is_empty() {
            continue;
        }
        suites = suites
            .into_iter()
            .cartesian_product(common)
            .map(|(mut suite, transform)| {
                let aead = suite.encr().is_some_and(Transform::is_aead);
                let skipped = aead && kind == TransformType::INTEG;
                if !transform.is_none() && !skipped {
                    suite.set(transform);
                }
                suite
            })
            .take(MAX_SUITES)
            .collect();
    }
    suites
}

#[cfg(test)]
mod tests {
    use super::suites;
    use crate::compat::select::{Rule, Terms};
    use crate::dialect::{charon, swan};
    use crate::ike::Protocol;

    #[test]
    fn every_common_transform_counts() {
        let terms = Terms {
            rule: Rule::CHARON,
            with_ke: true,
            with_private: false,
            with_additional_ke: false,
        };
        let esp = |text| vec![swan::parse(Protocol::Esp, text).unwrap()];
        let found = suites(
            &esp("aes256-aes128-sha256-modp2048-none"),
            &esp("aes128-aes256-sha1-sha256"),
            terms,
        );
        let names: Vec<_> = found.iter().map(charon::suite).collect();
        assert_eq!(
            names,
            [
                "AES_CBC_256/HMAC_SHA2_256_128/NO_EXT_SEQ",
                "AES_CBC_128/HMAC_SHA2_256_128/NO_EXT_SEQ"
            ]
        );
    }
}
