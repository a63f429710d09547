//! Where a server that was asked and the configuration that it is said to run are not the same.

use super::Found;
use super::question::predicted;
use crate::crypt::computes;
use crate::ike::{Proposal, Protocol, Suite, Transform, TransformType};
use crate::live::candidates::{AXES, Suites, cover, is_asked_for, product};
use crate::peer::server::{IkeVersions, Role};
use crate::peer::{EngineName, Server};

/// No more suites of both sides than this are compared in pairs.
const MOST_COMPARED: usize = 48;

/// One way in which they are not the same.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Difference {
    /// The server accepts suites that the file has not.
    NotInFile(Vec<Proposal>),
    /// The file has suites that the server does not accept.
    NotAccepted(Vec<Proposal>),
    /// The file says that the server's order decides (true) or the client's, and it is the other way.
    Preference {
        /// What the file says.
        own: bool,
    },
    /// Of the same two suites they select different ones.
    Order {
        /// What the server selects.
        server: Suite,
        /// What it would select by the file.
        file: Suite,
    },
}

/// How a configuration differs from what was found out.
pub fn differences(found: &Found, file: &Server) -> Vec<Difference> {
    let own = proposals(file);
    let real: Suites = suites(&found.proposals);
    let said: Suites = suites(&own).into_iter().filter(is_asked_for).collect();
    let only = |one: &Suites, other: &Suites| {
        let all = one.iter().filter(|suite| !other.contains(*suite));
        cover(&all.copied().collect())
    };
    let mut all = Vec::new();
    let more = only(&real, &said);
    if !more.is_empty() {
        all.push(Difference::NotInFile(more));
    }
    let less = only(&said, &real);
    if !less.is_empty() {
        all.push(Difference::NotAccepted(less));
    }
    let seen = |suite: &&Suite| suite.transforms().all(computes) && said.contains(*suite);
    let both = real.iter().filter(seen);
    let both: Vec<Suite> = both.copied().take(MOST_COMPARED).collect();
    // iked's choice among several is not one of a list.
    let is_known = file.engine.name != EngineName::Openiked && found.predicted.1 == 0;
    if is_known && both.len() > 1 {
        let of_charon = file.engine.name == EngineName::Strongswan;
        if of_charon && file.prefers_own != found.prefers_own {
            let own = file.prefers_own;
            all.push(Difference::Preference { own });
        } else if found.prefers_own {
            all.extend(order(found, &own, &both));
        }
    }
    all
}

/// What a file has for a client from anywhere: the lists of all its connections, one after another.
fn proposals(file: &Server) -> Vec<Proposal> {
    let loaded = file.connections.iter().filter(|it| it.not_loaded.is_none());
    let answering =
        loaded.filter(|it| it.role != Role::Client && it.versions != IkeVersions::Ikev1);
    let (remote, fixed): (Vec<_>, Vec<_>) = answering.partition(|it| it.role == Role::RemoteAccess);
    let used = if remote.is_empty() { fixed } else { remote };
    let entries = used.into_iter().flat_map(|it| &it.ike);
    let lists = entries.flat_map(|entry| {
        // NONE beside an additional key exchange: it may be left out.
        let optional = entry.proposal.of(TransformType::ADDKE1);
        let optional = optional.iter().any(|it| it.is_none());
        let without = || entry.proposal.without(|it| it == TransformType::ADDKE1);
        let without = optional.then(without);
        [Some(plain(&entry.proposal)), without.as_ref().map(plain)]
    });
    // More than one additional key exchange is not asked for.
    let asked = |it: &Proposal| {
        let mut kinds = it.transforms().iter().map(|it| it.kind);
        kinds.all(|kind| AXES.contains(&kind))
    };
    lists.flatten().filter(asked).collect()
}

/// The first two suites of which they select different ones.
fn order(found: &Found, own: &[Proposal], both: &[Suite]) -> Option<Difference> {
    let ordered = found.proposals.get(..found.ordered).unwrap_or_default();
    let mut pairs = both
        .iter()
        .enumerate()
        .flat_map(|(place, one)| both.iter().skip(place + 1).map(move |other| (one, other)));
    pairs.find_map(|(one, other)| {
        let offer = [other.to_proposal(), one.to_proposal()];
        let server = predicted(&offer, ordered, true)?;
        let file = predicted(&offer, own, true)?;
        (server != file).then_some(Difference::Order { server, file })
    })
}

fn suites(proposals: &[Proposal]) -> Suites {
    proposals.iter().flat_map(product).collect()
}

/// A proposal as suites are compared: without NONE, and without what stands beside an AEAD cipher.
fn plain(proposal: &Proposal) -> Proposal {
    let is_aead = proposal
        .of(TransformType::ENCR)
        .iter()
        .all(|it| it.is_aead());
    let beside = |it: &Transform| is_aead && it.kind == TransformType::INTEG;
    let all = proposal.transforms().iter();
    let transforms = all.filter(|it| !it.is_none() && !beside(it)).copied();
    Proposal::new(Protocol::Ike, transforms)
}
