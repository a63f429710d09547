//! What two lists of proposals lack, what would close the gap, and whom an offer looks like.

use std::cell::RefCell;

use super::Aid;
use crate::compat::closing::{best, cost, every_suite, nearest_suite};
use crate::compat::gap::{self, Sides};
use crate::compat::likeness::{Observed, resemblance};
use crate::compat::select::{Offer, Rule, Terms, select};
use crate::dialect::pfsense;
use crate::ike::{Proposal, Protocol, Suite};

/// How two lists fit.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) enum Overlap {
    /// The responder finds a suite.
    Match,
    /// It finds none.
    Gap {
        /// What the nearest pair lacks, as clauses.
        lacks: String,
        /// The suite that the responder would have to allow, in strongSwan's keywords.
        add: Option<String>,
    },
}

/// Two lists that were compared, and how they fit.
#[derive(Clone, Debug, Default)]
pub struct LastComparison(RefCell<Option<Comparison>>);

#[derive(Clone, Debug)]
struct Comparison {
    offer: Vec<Proposal>,
    own: Vec<Proposal>,
    protocol: Protocol,
    overlap: Overlap,
}

const fn terms(protocol: Protocol) -> Terms {
    Terms {
        rule: Rule::CHARON,
        with_ke: matches!(protocol, Protocol::Ike),
        with_private: false,
        with_additional_ke: true,
    }
}

/// Compares what an initiator offers with what a responder has; groups of ESP do not count.
pub(super) fn overlap(
    offer: &[Proposal],
    own: &[Proposal],
    protocol: Protocol,
    aid: &Aid<'_>,
) -> Overlap {
    let mut last = aid.compared.0.borrow_mut();
    let same = |it: &&Comparison| it.protocol == protocol && it.offer == offer && it.own == own;
    if let Some(known) = last.as_ref().filter(same) {
        return known.overlap.clone();
    }
    let overlap = compare(offer, own, protocol, aid);
    *last = Some(Comparison {
        offer: offer.to_vec(),
        own: own.to_vec(),
        protocol,
        overlap: overlap.clone(),
    });
    overlap
}

fn compare(offer: &[Proposal], own: &[Proposal], protocol: Protocol, aid: &Aid<'_>) -> Overlap {
    let terms = terms(protocol);
    if select(Offer::as_listed(offer), own, terms).is_some() {
        return Overlap::Match;
    }
    let nearest = match aid.policy {
        Some(policy) => gap::nearest(offer, own, terms, |client, server, gaps| {
            cost(client, server, gaps, terms, policy)
        })
        .map(|nearest| nearest.gaps),
        None => gap::nearest(offer, own, terms, |_, _, _| ()).map(|nearest| nearest.gaps),
    };
    let sentences = gap::sentences(&nearest.unwrap_or_default(), Sides::CLIENT_SERVER);
    let add = aid
        .policy
        .and_then(|policy| nearest_suite(offer, own, terms, policy));
    Overlap::Gap {
        lacks: sentences.join("; "),
        add: add.map(|suite| spelled(&suite, aid)),
    }
}

/// The best suite of an offer, in strongSwan's keywords.
pub(super) fn best_of(offer: &[Proposal], aid: &Aid<'_>) -> Option<String> {
    let terms = terms(offer.first()?.protocol());
    let all = offer.iter().flat_map(|it| every_suite(it, terms));
    let suite = match aid.policy {
        Some(policy) => best(all, policy)?,
        None => all.into_iter().next()?,
    };
    Some(spelled(&suite, aid))
}

/// In strongSwan's keywords, as `check` says it, and what speaks against it.
fn spelled(suite: &Suite, aid: &Aid<'_>) -> String {
    let keywords = crate::dialect::keyword::of_suite(suite);
    let objection = aid.policy.and_then(|policy| policy.objection(suite));
    let objection = objection.map(|why| format!("not advised: {why}"));
    let aside: Vec<String> = pfsense::words(suite).into_iter().chain(objection).collect();
    if aside.is_empty() {
        keywords
    } else {
        format!("{keywords} ({})", aside.join("; "))
    }
}

/// The server's list of IKE proposals, over all connections that clients can meet.
pub(super) fn ike_of_server(aid: &Aid<'_>) -> Vec<Proposal> {
    let connections = aid.server.iter().flat_map(|server| &server.connections);
    connections
        .filter(|connection| connection.serves_clients())
        .flat_map(|connection| &connection.ike)
        .map(|entry| entry.proposal.clone())
        .collect()
}

/// The server's list of ESP proposals, over all children that clients can meet.
pub(super) fn esp_of_server(aid: &Aid<'_>) -> Vec<Proposal> {
    let connections = aid.server.iter().flat_map(|server| &server.connections);
    connections
        .filter(|connection| connection.serves_clients())
        .flat_map(|connection| &connection.children)
        .flat_map(|child| &child.esp)
        .map(|entry| entry.proposal.clone())
        .collect()
}

/// Whom an offer looks like, as a sentence; nothing if it looks like nobody.
pub(super) fn looks_like(observed: &Observed<'_>, aid: &Aid<'_>) -> Option<String> {
    let found = resemblance(observed, aid.clients)?;
    let separator = if found.differences.is_empty() {
        ", "
    } else {
        "; "
    };
    Some(
        found
            .sentences(|client| client.label.clone())
            .join(separator),
    )
}
