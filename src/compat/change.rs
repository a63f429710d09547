//! What changed between two clients, such as two releases of one: which suites one offers and the
//! other does not, exchange by exchange.
//!
//! A server whose only suites are among those that were lost refuses the second client, so the
//! lost suites are also the answer to "which servers would that break?".

use rustc_hash::FxHashSet;

use super::possible;
use crate::ike::{Proposal, Suite, Transform};
use crate::peer::client::{RekeyAnswer, RekeyOffer};
use crate::peer::{Client, Exchange, Grade, Known};

/// The suites of one offer that the other does not have.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Only {
    /// Transforms that no suite of the other has, in the order of the offer.
    pub transforms: Vec<Transform>,
    /// Suites of transforms that the other has too, but not together.
    pub combinations: Vec<Suite>,
    /// How many suites there are, those with one of the transforms included.
    pub suites: usize,
}

/// What became of one exchange.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Change {
    /// Both offer the same, in the same order.
    Same,
    /// The suites are the same; the first one, or the order behind it, is another.
    Order {
        /// What the first client prefers.
        before: Option<Suite>,
        /// What the second client prefers.
        after: Option<Suite>,
    },
    /// The suites differ.
    Suites {
        /// Those of the first client only.
        lost: Only,
        /// Those of the second client only.
        gained: Only,
    },
    /// What they do is stated in words, and the words differ.
    Manner {
        /// Of the first client.
        before: String,
        /// Of the second client.
        after: String,
    },
    /// The sources of one of them, or of both, do not say.
    Unknown {
        /// Why not, of the first client.
        before: Option<String>,
        /// Why not, of the second client.
        after: Option<String>,
    },
}

/// One exchange and what became of it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Changed {
    /// The exchange.
    pub exchange: Exchange,
    /// What became of it.
    pub change: Change,
    /// The weaker grade of the two offers, where both are known.
    pub evidence: Option<Grade>,
}

/// Compares two clients, exchange by exchange.
///
/// Of clients that are an engine, such as strongSwan, the two configured lists are all there is:
/// what they do when keys are renewed follows from them.
pub fn changes(before: &Client, after: &Client) -> Vec<Changed> {
    let mut changes = vec![
        compare(
            Exchange::IkeSaInit,
            (&before.ike_sa_init, &after.ike_sa_init),
            |offer| Stated::list(offer.proposals.clone()),
        ),
        compare(
            Exchange::IkeAuth,
            (&before.ike_auth, &after.ike_auth),
            |list| Stated::list(list.clone()),
        ),
    ];
    if before.engine.is_some() && after.engine.is_some() {
        return changes;
    }
    let offer = |offer: &RekeyOffer| Stated::of(offer, Vec::new());
    let answer = |answer: &RekeyAnswer| {
        let mut words = Vec::new();
        words.extend(
            answer
                .refuses_any_ke
                .then_some("offers that name a key exchange are refused"),
        );
        words.extend(
            answer
                .refuses_behind_nat
                .then_some("everything is refused behind NAT"),
        );
        Stated::of(&answer.accepts, words)
    };
    changes.push(compare(
        Exchange::ChildRekeyByClient,
        (&before.child_rekey_by_client, &after.child_rekey_by_client),
        offer,
    ));
    changes.push(compare(
        Exchange::ChildRekeyByServer,
        (&before.child_rekey_by_server, &after.child_rekey_by_server),
        answer,
    ));
    changes.push(compare(
        Exchange::IkeRekeyByClient,
        (&before.ike_rekey_by_client, &after.ike_rekey_by_client),
        offer,
    ));
    changes.push(compare(
        Exchange::IkeRekeyByServer,
        (&before.ike_rekey_by_server, &after.ike_rekey_by_server),
        answer,
    ));
    changes
}

/// What a fact says: a list, and what else there is to it.
struct Stated {
    proposals: Vec<Proposal>,
    manner: String,
}

impl Stated {
    const fn list(proposals: Vec<Proposal>) -> Self {
        Self {
            proposals,
            manner: String::new(),
        }
    }

    fn of(offer: &RekeyOffer, words: Vec<&str>) -> Self {
        let (proposals, manner) = match offer {
            RekeyOffer::List(list) => (list.clone(), None),
            RekeyOffer::ListInIkeGroup(list) => (list.clone(), Some("in the group of the IKE SA")),
            RekeyOffer::Negotiated => (Vec::new(), Some("the suite in use only")),
            RekeyOffer::NegotiatedInIkeGroup => (
                Vec::new(),
                Some("the suite in use only, with the group of the IKE SA or without"),
            ),
            RekeyOffer::NegotiatedOnlyInIkeGroup => (
                Vec::new(),
                Some("the suite in use only, with the group of the IKE SA"),
            ),
        };
        let said: Vec<_> = manner.into_iter().chain(words).collect();
        Self {
            proposals,
            manner: said.join("; "),
        }
    }
}

fn compare<T>(
    exchange: Exchange,
    (before, after): (&Known<T>, &Known<T>),
    stated: impl Fn(&T) -> Stated,
) -> Changed {
    let why = |known: &Known<T>| match known {
        Known::Stated(_) => None,
        Known::Unknown(what) => Some(what.clone()),
    };
    let (Known::Stated(first), Known::Stated(second)) = (before, after) else {
        return Changed {
            exchange,
            change: Change::Unknown {
                before: why(before),
                after: why(after),
            },
            evidence: None,
        };
    };
    Changed {
        exchange,
        change: change(exchange, &stated(&first.value), &stated(&second.value)),
        evidence: Some(first.grade.max(second.grade)),
    }
}

fn change(exchange: Exchange, before: &Stated, after: &Stated) -> Change {
    if before.manner != after.manner {
        return Change::Manner {
            before: words(before),
            after: words(after),
        };
    }
    let with_ke = exchange != Exchange::IkeAuth;
    let old = possible::of_offer(&before.proposals, with_ke);
    let new = possible::of_offer(&after.proposals, with_ke);
    let (lost, gained) = (only(&old, &new), only(&new, &old));
    if lost.suites + gained.suites > 0 {
        Change::Suites { lost, gained }
    } else if old == new {
        Change::Same
    } else {
        Change::Order {
            before: old.first().copied(),
            after: new.first().copied(),
        }
    }
}

/// What is offered, in words.
fn words(stated: &Stated) -> String {
    match (stated.proposals.is_empty(), stated.manner.as_str()) {
        (true, "") => "nothing".to_owned(),
        (true, manner) => manner.to_owned(),
        (false, "") => "a list of its own".to_owned(),
        (false, manner) => format!("a list of its own; {manner}"),
    }
}

/// The suites of `own` that `other` does not have.
fn only(own: &[Suite], other: &[Suite]) -> Only {
    let theirs: FxHashSet<&Suite> = other.iter().collect();
    let known: FxHashSet<Transform> = other.iter().flat_map(Suite::transforms).collect();
    let mut only = Only::default();
    let mut seen = FxHashSet::default();
    for suite in own.iter().filter(|suite| !theirs.contains(suite)) {
        only.suites += 1;
        let mut foreign = suite.transforms().filter(|t| !known.contains(t)).peekable();
        if foreign.peek().is_none() {
            only.combinations.push(*suite);
        }
        only.transforms.extend(foreign.filter(|t| seen.insert(*t)));
    }
    only
}

#[cfg(test)]
mod tests {
    use super::{Change, Exchange, Stated, change};
    use crate::dialect::{charon, swan};
    use crate::ike::Protocol;

    fn list(words: &str) -> Stated {
        let proposals = words.split_whitespace();
        Stated::list(
            proposals
                .map(|word| swan::parse(Protocol::Ike, word).unwrap())
                .collect(),
        )
    }

    fn between(before: &str, after: &str) -> Change {
        change(Exchange::IkeSaInit, &list(before), &list(after))
    }

    #[test]
    fn transforms_that_went_stand_for_all_their_suites() {
        let Change::Suites { lost, gained } = between(
            "aes256-aes128-sha256-sha1-modp2048-modp1024",
            "aes256-aes128-sha256-modp2048-ecp256",
        ) else {
            panic!("the suites differ");
        };
        let names = |list: &[crate::ike::Transform]| -> Vec<String> {
            list.iter().map(|t| charon::transform(*t)).collect()
        };
        assert_eq!(
            names(&lost.transforms),
            ["MODP_1024", "PRF_HMAC_SHA1", "HMAC_SHA1_96"]
        );
        assert!(lost.combinations.is_empty());
        assert_eq!(names(&gained.transforms), ["ECP_256"]);
        // Two ciphers, one hash with its PRF, one group.
        assert_eq!(gained.suites, 2);
    }

    #[test]
    fn a_split_loses_combinations_and_no_transform() {
        let Change::Suites { lost, gained } = between(
            "aes256-aes128-sha256-modp2048-modp3072",
            "aes256-sha256-modp3072 aes128-sha256-modp2048",
        ) else {
            panic!("the suites differ");
        };
        let names: Vec<_> = lost.combinations.iter().map(charon::suite).collect();
        assert_eq!(
            names,
            [
                "AES_CBC_256/HMAC_SHA2_256_128/PRF_HMAC_SHA2_256/MODP_2048",
                "AES_CBC_128/HMAC_SHA2_256_128/PRF_HMAC_SHA2_256/MODP_3072"
            ]
        );
        assert!(lost.transforms.is_empty() && gained.suites == 0);
    }

    #[test]
    fn order_is_a_change_of_its_own() {
        let one = "aes256-sha256-modp2048 aes128-sha256-modp2048";
        let other = "aes128-sha256-modp2048 aes256-sha256-modp2048";
        assert_eq!(between(one, one), Change::Same);
        assert!(matches!(between(one, other), Change::Order { .. }));
    }
}
