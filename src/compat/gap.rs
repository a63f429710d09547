//! Why two lists share nothing: every transform type without agreement, of the nearest pair.

use super::select::Terms;
use crate::diag::{and_list, or_list};
use crate::ike::{Proposal, Transform, TransformType};

/// A transform type in which two proposals share nothing.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Gap {
    /// The type.
    pub kind: TransformType,
    /// What the asking side lists; empty if it has no such type.
    pub asked: Vec<Transform>,
    /// What the answering side lists; empty if it has no such type.
    pub answered: Vec<Transform>,
}

/// The pair of proposals that comes nearest to a match, and what it lacks.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Nearest {
    /// Place of the asking side's proposal, from 0.
    pub asked: usize,
    /// Place of the answering side's proposal, from 0.
    pub answered: usize,
    /// All types without agreement.
    pub gaps: Vec<Gap>,
}

/// The gaps between one proposal of each side; none if they match.
pub(crate) fn gaps(asked: &Proposal, answered: &Proposal, terms: Terms) -> Vec<Gap> {
    let aead = |p: &Proposal| {
        let ciphers = p.of(TransformType::ENCR);
        !ciphers.is_empty() && ciphers.iter().all(|t| t.is_aead())
    };
    // With a cipher in common that authenticates, integrity is not compared. Without one, the
    // cipher is the gap, and whether integrity follows depends on which side gives in.
    let skip_integrity = aead(asked) || aead(answered);
    TransformType::COMPARED
        .into_iter()
        .filter(|kind| *kind != TransformType::INTEG || !skip_integrity)
        .filter(|kind| terms.with_ke || !kind.is_key_exchange())
        .filter_map(|kind| {
            let (a, b) = (asked.of(kind), answered.of(kind));
            let usable = |t: &&Transform| terms.with_private || !t.is_private();
            let shared = a.iter().filter(usable).any(|t| b.contains(t));
            let optional = kind.is_key_exchange()
                && (kind != TransformType::KE || asked.protocol() != crate::ike::Protocol::Ike);
            let absent = a.is_empty() && b.is_empty();
            let waived = (a.is_empty() || b.is_empty())
                && optional
                && a.iter().chain(b).any(|t| t.is_none());
            (!shared && !absent && !waived).then(|| Gap {
                kind,
                asked: a.to_vec(),
                answered: b.to_vec(),
            })
        })
        .collect()
}

/// The nearest pair of two lists that share nothing: fewest gaps, then the smaller `cost` of
/// closing them, then the earliest; `None` if a list is empty.
pub(crate) fn nearest<C: Ord>(
    asked: &[Proposal],
    answered: &[Proposal],
    terms: Terms,
    mut cost: impl FnMut(&Proposal, &Proposal, &[Gap]) -> C,
) -> Option<Nearest> {
    let mut best: Option<((usize, C), Nearest)> = None;
    for (i, a) in asked.iter().enumerate() {
        for (k, b) in answered.iter().enumerate() {
            let gaps = gaps(a, b, terms);
            // What closing would cost takes every suite of the pair, and decides between equals only.
            if best
                .as_ref()
                .is_some_and(|((least, _), _)| gaps.len() > *least)
            {
                continue;
            }
            let key = (gaps.len(), cost(a, b, &gaps));
            if best.as_ref().is_none_or(|(least, _)| key < *least) {
                let pair = Nearest {
                    asked: i,
                    answered: k,
                    gaps,
                };
                best = Some((key, pair));
            }
        }
    }
    best.map(|(_, pair)| pair)
}

/// The word for a transform in sentences: strongSwan's keyword, which can be pasted into a
/// configuration, else charon's log name.
pub fn transform(transform: Transform) -> String {
    crate::dialect::keyword::of_transform(transform)
}

/// The two sides of a sentence, such as `client` and `server`.
#[derive(Clone, Copy, Debug)]
pub struct Sides {
    /// The side whose transforms stand in `Gap::asked`.
    pub asked: &'static str,
    /// The side whose transforms stand in `Gap::answered`.
    pub answered: &'static str,
}

impl Sides {
    /// Client and server.
    pub(crate) const CLIENT_SERVER: Self = Self {
        asked: "client",
        answered: "server",
    };

    /// The initiator of the connection asks its responder.
    pub(crate) const INITIATOR_RESPONDER: Self = Self {
        asked: "initiator",
        answered: "responder",
    };

    /// The responder of the connection asks its initiator.
    pub(crate) const RESPONDER_INITIATOR: Self = Self {
        asked: "responder",
        answered: "initiator",
    };
}

/// Gaps that are said together: each alone, and all of additional key exchanges as one.
pub(crate) fn together(gaps: &[Gap]) -> Vec<Vec<&Gap>> {
    let mut groups: Vec<Vec<&Gap>> = Vec::new();
    let is_additional = |gap: &Gap| gap.kind.additional_round().is_some();
    for gap in gaps {
        match groups.last_mut() {
            Some(last) if is_additional(gap) && last.iter().all(|one| is_additional(one)) => {
                last.push(gap);
            }
            _ => groups.push(vec![gap]),
        }
    }
    groups
}

/// What one side lists in gaps that are said together.
pub(crate) fn listed<'g>(gaps: &[&'g Gap], side: impl Fn(&'g Gap) -> &'g Vec<Transform>) -> String {
    let lists = gaps.iter().map(|gap| side(gap));
    let lists = lists.filter(|list| !list.is_empty()).map(|list| {
        let names: Vec<_> = list.iter().map(|t| transform(*t)).collect();
        or_list(&names)
    });
    let lists: Vec<_> = lists.collect();
    match lists.is_empty() {
        true => "none".to_owned(),
        false => and_list(&lists),
    }
}

/// Gaps in words, a sentence for each that is said alone: `no key exchange in common: the client
/// offers modp2048, the server accepts modp1024`.
pub fn sentences(gaps: &[Gap], sides: Sides) -> Vec<String> {
    let sentence = |gaps: &Vec<&Gap>| {
        format!(
            "no {} in common: the {} offers {}, the {} accepts {}",
            gaps.first().map_or("algorithm", |gap| gap.kind.noun()),
            sides.asked,
            listed(gaps, |gap| &gap.asked),
            sides.answered,
            listed(gaps, |gap| &gap.answered),
        )
    };
    together(gaps).iter().map(sentence).collect()
}
