//! One selection: a list of proposals against another, by the answering engine's rule.
//!
//! A type is matched on its own: the first transform of the preferred side that the other side
//! lists too, with equal key length. No suite is ever built from two proposals, and nothing is
//! tried again when a later type fails.

use itertools::Either;

use crate::ike::{Proposal, Protocol, Suite, Transform, TransformType};

/// How the answering side chooses.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Rule {
    /// charon: the first pair that matches, walking the preferred list outermost.
    ///
    /// `proposal_select` in strongSwan's `proposal.c`, 5.9.8 and 6.0.6 alike.
    Charon {
        /// Its own list is the preferred one (`charon.prefer_configured_proposals`, default yes);
        /// otherwise the peer's is.
        prefers_own: bool,
    },
    /// pluto: its own first proposal that matches any of the peer's.
    ///
    /// `ikev2_proposals.c` of libreswan: stricter than charon about integrity beside AEAD.
    Pluto,
}

impl Rule {
    /// charon as installed.
    pub const CHARON: Self = Self::Charon { prefers_own: true };

    const fn prefers_own(self) -> bool {
        match self {
            Self::Charon { prefers_own } => prefers_own,
            Self::Pluto => true,
        }
    }
}

/// What of a proposal counts in an exchange.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Terms {
    /// How the answering side chooses.
    pub rule: Rule,
    /// Key exchanges count. They do not in IKE_AUTH (RFC 7296, section 1.2).
    pub with_ke: bool,
    /// Private-use numbers count: the peers know each other as strongSwan, by vendor ID.
    pub with_private: bool,
    /// The answering engine knows the additional key exchanges of RFC 9370. One that does not,
    /// such as strongSwan 5, cannot match a proposal that lists any, not even NONE.
    pub with_additional_ke: bool,
}

/// The asking side's list in the order in which it goes out.
#[derive(Clone, Copy, Debug)]
pub struct Offer<'a> {
    proposals: &'a [Proposal],
    promoted: Option<Transform>,
}

impl<'a> Offer<'a> {
    /// The list as it stands.
    pub const fn as_listed(proposals: &'a [Proposal]) -> Self {
        Self {
            proposals,
            promoted: None,
        }
    }

    /// The list as charon sends it together with a KE payload for `group`: proposals that contain
    /// the group go first, and the group goes first in each of them.
    pub const fn promoting(proposals: &'a [Proposal], group: Transform) -> Self {
        Self {
            proposals,
            promoted: Some(group),
        }
    }

    /// The proposals as they are on the wire.
    pub fn to_proposals(self) -> Vec<Proposal> {
        let promoted = self.promoted;
        let on_the_wire = |(_, proposal): (usize, &Proposal)| match promoted {
            Some(group) if proposal.contains(group) => {
                let others = proposal.transforms().iter().filter(|t| **t != group);
                Proposal::new(proposal.protocol(), [group].iter().chain(others).copied())
            }
            _ => proposal.clone(),
        };
        self.iter().map(on_the_wire).collect()
    }

    /// The proposals in wire order, each with its place in the configured order.
    fn iter(self) -> impl Iterator<Item = (usize, &'a Proposal)> {
        let all = || self.proposals.iter().enumerate();
        let Some(group) = self.promoted.filter(|_| self.proposals.len() > 1) else {
            return Either::Left(all()); // a list of one proposal has one order
        };
        Either::Right(
            all()
                .filter(move |(_, p)| p.contains(group))
                .chain(all().filter(move |(_, p)| !p.contains(group))),
        )
    }
}

/// A selection that succeeded.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Selection {
    /// What was selected.
    pub suite: Suite,
    /// Place of the asking side's proposal in its configured order, from 0.
    pub asked: usize,
    /// Place of the answering side's proposal in its configured order, from 0.
    pub answered: usize,
}

/// Selects from `offer` what the answering side's list `own` allows.
pub fn select(offer: Offer<'_>, own: &[Proposal], terms: Terms) -> Option<Selection> {
    let found = |asked: usize, answered: usize, suite| Selection {
        suite,
        asked,
        answered,
    };
    if terms.rule.prefers_own() {
        own.iter().enumerate().find_map(|(answered, o)| {
            offer.iter().find_map(|(asked, p)| {
                let suite = combine(o, p, None, terms)?;
                Some(found(asked, answered, suite))
            })
        })
    } else {
        offer.iter().find_map(|(asked, p)| {
            own.iter().enumerate().find_map(|(answered, o)| {
                let suite = combine(p, o, offer.promoted, terms)?;
                Some(found(asked, answered, suite))
            })
        })
    }
}

/// The suite that one pair of proposals gives, or `None` if some type has nothing in common.
///
/// `first` is the key exchange that `preferred` lists first on the wire, whatever its place here.
pub(crate) fn combine(
    preferred: &Proposal,
    other: &Proposal,
    first: Option<Transform>,
    terms: Terms,
) -> Option<Suite> {
    let same_protocol = preferred.protocol() == other.protocol();
    let known_types =
        preferred.of_unknown_types().is_empty() && other.of_unknown_types().is_empty();
    if !same_protocol || !known_types {
        return None; // RFC 7296, section 3.3.6
    }
    if terms.rule == Rule::Pluto && !(pluto_accepts(preferred) && pluto_accepts(other)) {
        return None;
    }
    let mut suite = Suite::empty(preferred.protocol());
    let mut aead = false;
    for slot in preferred.slots_with(other) {
        let kind = TransformType::COMPARED[slot];
        if (kind == TransformType::INTEG && aead) || (kind.is_key_exchange() && !terms.with_ke) {
            continue;
        }
        let first = first.filter(|_| kind == TransformType::KE);
        let (ours, theirs) = (preferred.in_slot(slot), other.in_slot(slot));
        let additional = kind.is_key_exchange() && kind != TransformType::KE;
        if additional && !terms.with_additional_ke {
            return None;
        }
        match pick(ours, theirs, first, &suite, kind, terms)? {
            Some(transform) if !transform.is_none() => {
                aead |= transform.is_aead();
                suite.set(transform);
            }
            Some(_) | None => {}
        }
    }
    Some(suite)
}

/// The choice for one type: `None` is disagreement, `Some(None)` agreement on having none.
fn pick(
    preferred: &[Transform],
    other: &[Transform],
    first: Option<Transform>,
    suite: &Suite,
    kind: TransformType,
    terms: Terms,
) -> Option<Option<Transform>> {
    if preferred.is_empty() || other.is_empty() {
        let listed = preferred.iter().chain(other);
        let agreed = (preferred.is_empty() && other.is_empty())
            || (is_optional(kind, suite.protocol, terms.rule)
                && listed.into_iter().any(|t| t.is_none()));
        return agreed.then_some(None);
    }
    let first = first.filter(|t| preferred.contains(t));
    first
        .iter()
        .chain(preferred)
        .find(|t| {
            let usable = terms.with_private || !t.is_private();
            usable && other.contains(t) && !is_taken(**t, suite)
        })
        .copied()
        .map(Some)
}

/// Whether one side may lack the type if the other lists NONE.
fn is_optional(kind: TransformType, protocol: Protocol, rule: Rule) -> bool {
    match kind {
        TransformType::KE => protocol != Protocol::Ike,
        TransformType::INTEG => rule == Rule::Pluto,
        _ => kind.is_key_exchange(),
    }
}

/// Whether a key exchange method is already used by an earlier one of the suite, which RFC 9370,
/// section 2.2.1 forbids as strongSwan and libreswan read it.
fn is_taken(transform: Transform, suite: &Suite) -> bool {
    transform.kind.is_key_exchange()
        && transform.kind != TransformType::KE
        && !transform.is_none()
        && suite
            .transforms()
            .any(|t| t.kind.is_key_exchange() && t.id == transform.id)
}

/// pluto refuses AEAD ciphers beside a real integrity algorithm, and NONE beside others.
fn pluto_accepts(proposal: &Proposal) -> bool {
    let integrity = proposal.of(TransformType::INTEG);
    let none = integrity.iter().filter(|t| t.is_none()).count();
    let aead = proposal.of(TransformType::ENCR).iter().any(|t| t.is_aead());
    (none == 0 || none == integrity.len()) && !(aead && none < integrity.len())
}

#[cfg(test)]
mod tests {
    use super::{Offer, Rule, Terms, select};
    use crate::dialect::{charon, swan};
    use crate::ike::{Proposal, Protocol};

    fn list(protocol: Protocol, text: &str) -> Vec<Proposal> {
        let parse = |p| swan::parse(protocol, p).unwrap();
        text.split(", ")
            .filter(|p| !p.is_empty())
            .map(parse)
            .collect()
    }

    fn chosen(protocol: Protocol, own: &str, offered: &str, terms: Terms) -> Option<String> {
        let (own, offered) = (list(protocol, own), list(protocol, offered));
        let selection = select(Offer::as_listed(&offered), &own, terms)?;
        Some(charon::suite(&selection.suite))
    }

    const PLAIN: Terms = Terms {
        rule: Rule::CHARON,
        with_ke: true,
        with_private: false,
        with_additional_ke: true,
    };

    /// The rows of strongSwan's `test_proposal.c`, in this program's words.
    #[test]
    fn selects_as_charon_selects() {
        let esp = |own, offered| {
            let suite = chosen(Protocol::Esp, own, offered, PLAIN)?;
            Some(suite.trim_end_matches("/NO_EXT_SEQ").to_owned())
        };
        for (own, offered, expected) in [
            ("aes128", "aes256", None),
            ("aes128-aes256", "aes256-aes128", Some("AES_CBC_128")),
            ("aes256-aes128", "aes128-aes256", Some("AES_CBC_256")),
            (
                "aes128-aes256-sha1-sha256",
                "aes256-aes128-sha256-sha1",
                Some("AES_CBC_128/HMAC_SHA1_96"),
            ),
            ("aes128-sha256-modp3072", "aes128-sha256", None),
            ("aes128-sha256", "aes128-sha256-modp3072", None),
            ("aes128-sha256-modp3072", "aes128-sha256-none", None),
            (
                "aes128-sha256-modp3072-none",
                "aes128-sha256",
                Some("AES_CBC_128/HMAC_SHA2_256_128"),
            ),
            (
                "aes128-sha256",
                "aes128-sha256-modp3072-none",
                Some("AES_CBC_128/HMAC_SHA2_256_128"),
            ),
            (
                "aes128-sha256-none-modp3072",
                "aes128-sha256-modp3072-none",
                Some("AES_CBC_128/HMAC_SHA2_256_128"),
            ),
            ("aes128-sha256-noesn", "aes128-sha256-esn", None),
            (
                "aes128-sha256-esn-noesn",
                "aes128-sha256-noesn-esn",
                Some("AES_CBC_128/HMAC_SHA2_256_128/EXT_SEQ"),
            ),
            ("aes128, aes256", "aes256, aes128", Some("AES_CBC_128")),
            (
                "aes128-modp1024, aes256-modp1024",
                "aes256-modp2048, aes128-modp2048",
                None,
            ),
            ("aes128", "", None),
            ("", "aes128", None),
        ] {
            assert_eq!(
                esp(own, offered).as_deref(),
                expected,
                "{own} against {offered}"
            );
        }
        let ike = |own, offered| chosen(Protocol::Ike, own, offered, PLAIN);
        let multi = "aes128-sha256-modp3072-ecp256-ecp384-ke1_modp3072-ke1_ecp256-ke1_ecp384-ke2_modp3072-ke2_ecp256-ke2_ecp384";
        assert_eq!(
            ike(multi, multi).as_deref(),
            Some(
                "AES_CBC_128/HMAC_SHA2_256_128/PRF_HMAC_SHA2_256/MODP_3072/KE1_ECP_256/KE2_ECP_384"
            )
        );
        let twice = "aes128-sha256-modp3072-ke1_modp3072";
        assert_eq!(ike(twice, twice), None);
    }

    #[test]
    fn the_peers_order_wins_on_request() {
        let terms = Terms {
            rule: Rule::Charon { prefers_own: false },
            ..PLAIN
        };
        let suite = chosen(Protocol::Esp, "aes128, aes256", "aes256, aes128", terms);
        assert_eq!(suite.as_deref(), Some("AES_CBC_256/NO_EXT_SEQ"));
    }

    #[test]
    fn key_exchanges_do_not_count_in_ike_auth() {
        let terms = Terms {
            with_ke: false,
            ..PLAIN
        };
        for (own, offered) in [
            ("aes128-sha256-modp3072", "aes128-sha256"),
            ("aes128-sha256-modp3072", "aes128-sha256-ecp256"),
        ] {
            let suite = chosen(Protocol::Esp, own, offered, terms);
            assert_eq!(
                suite.as_deref(),
                Some("AES_CBC_128/HMAC_SHA2_256_128/NO_EXT_SEQ")
            );
        }
    }

    #[test]
    fn private_numbers_need_a_strongswan_peer() {
        let ike = "serpent256-sha256-modp2048";
        assert_eq!(chosen(Protocol::Ike, ike, ike, PLAIN), None);
        assert!(
            chosen(
                Protocol::Ike,
                ike,
                ike,
                Terms {
                    with_private: true,
                    ..PLAIN
                }
            )
            .is_some()
        );
    }
}
