//! What a fix would give: the suites that come out when one side gives in.

use super::gap::{self, Gap};
use super::possible;
use super::rank::Rank;
use super::select::Terms;
use crate::ike::{Proposal, Suite};
use crate::peer::Policy;

/// The best suite that `client` and `server` could settle on if the server took the client's
/// transforms in every type of `gaps`.
pub(crate) fn by_server(
    client: &Proposal,
    server: &Proposal,
    gaps: &[Gap],
    terms: Terms,
    policy: &Policy,
) -> Option<Suite> {
    let closed = |kind| gaps.iter().any(|gap| gap.kind == kind);
    let kept = server.transforms().iter().filter(|t| !closed(t.kind));
    let taken = client.transforms().iter().filter(|t| closed(t.kind));
    let server = Proposal::new(server.protocol(), kept.chain(taken).copied());
    let suites = possible::suites(std::slice::from_ref(client), &[server], terms);
    best(suites, policy)
}

/// The rank of what closing the gaps would give; a pair that nothing closes comes last.
pub(crate) fn cost(
    client: &Proposal,
    server: &Proposal,
    gaps: &[Gap],
    terms: Terms,
    policy: &Policy,
) -> (bool, Option<Rank>) {
    let suite = by_server(client, server, gaps, terms, policy);
    let rank = suite.map(|suite| policy.rank(&suite));
    (rank.is_none(), rank)
}

/// The best of `suites`.
pub(crate) fn best(suites: impl IntoIterator<Item = Suite>, policy: &Policy) -> Option<Suite> {
    suites.into_iter().min_by_key(|suite| policy.rank(suite))
}

/// Every suite that a proposal allows.
pub fn every_suite(proposal: &Proposal, terms: Terms) -> Vec<Suite> {
    let list = std::slice::from_ref(proposal);
    possible::suites(list, list, terms)
}

/// The suite that the nearest pair would give if the server gave in.
pub(crate) fn nearest_suite(
    offer: &[Proposal],
    own: &[Proposal],
    terms: Terms,
    policy: &Policy,
) -> Option<Suite> {
    let nearest = gap::nearest(offer, own, terms, |client, server, gaps| {
        cost(client, server, gaps, terms, policy)
    })?;
    let (client, server) = (&offer[nearest.asked], &own[nearest.answered]);
    by_server(client, server, &nearest.gaps, terms, policy)
}
