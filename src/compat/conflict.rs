//! Clients that offer nothing that a policy allows, whatever the server has.

use std::fmt::{self, Display, Formatter};

use super::closing::every_suite;
use super::rank::Tier;
use super::rank::member::{algorithms, encrypts_nothing};
use super::select::{Rule, Terms};
use crate::ike::{Proposal, Protocol, Suite, Transform, TransformType};
use crate::peer::{Client, Policy};

/// The kinds of algorithms that a suite has one of.
const KINDS: [TransformType; 4] = [
    TransformType::ENCR,
    TransformType::INTEG,
    TransformType::PRF,
    TransformType::KE,
];

/// Why no suite that a client offers in a phase is within a policy.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Conflict {
    /// IKE for phase 1, ESP for phase 2.
    pub protocol: Protocol,
    /// What the policy is called.
    pub policy: String,
    /// What the client is called.
    pub client: String,
    /// The kind of which it offers nothing that is allowed, with what it offers; `None` if every
    /// kind has something, but no suite consists of it alone.
    pub kind: Option<(TransformType, Vec<Transform>)>,
    /// What the policy allows of that kind, if it allows a set only.
    pub allowed: Option<Vec<Transform>>,
    /// The additional key exchange that the policy requires of each suite, and that no suite has.
    pub required: Option<Transform>,
}

/// Where a client, as it is, stands outside of a policy; nothing if what it offers is not known.
pub fn conflicts(client: &Client, policy: &Policy) -> Vec<Conflict> {
    let ike = client.ike_sa_init.stated();
    let ike = ike.map(|fact| fact.value.proposals.as_slice());
    let esp = client.ike_auth.stated().map(|fact| fact.value.as_slice());
    let mut found = Vec::new();
    for (protocol, proposals) in [(Protocol::Ike, ike), (Protocol::Esp, esp)] {
        let terms = Terms {
            rule: Rule::CHARON,
            with_ke: protocol == Protocol::Ike,
            with_private: true,
            with_additional_ke: true,
        };
        let proposals = proposals.unwrap_or_default().iter();
        let within = |suite: &Suite| policy.rank(suite).tier() < Tier::Prohibited;
        // Nearly always the best algorithms of a proposal are within, and no other suite is needed.
        let mut bests = proposals.clone().map(|p| of_best(p, terms, policy));
        if bests.any(|suite| within(&suite)) {
            continue;
        }
        let suites: Vec<Suite> = proposals.flat_map(|p| every_suite(p, terms)).collect();
        if suites.is_empty() || suites.iter().any(within) {
            continue;
        }
        let conflict = |kind| Conflict {
            protocol,
            policy: policy.title.clone(),
            client: client.label.clone(),
            kind,
            allowed: None,
            required: None,
        };
        let before = found.len();
        for kind in KINDS {
            let Some(offered) = policy_conflicts(&suites, protocol, kind, policy) else {
                continue;
            };
            let allowed = policy.is_closed().then(|| {
                let named = policy.named(protocol, kind).map(|(transform, _)| transform);
                let within = |t: &Transform| policy.alone(protocol, *t).tier < Tier::Prohibited;
                named.filter(within).collect()
            });
            found.push(Conflict {
                allowed,
                ..conflict(Some((kind, offered)))
            });
        }
        // A set of AEAD ciphers has no integrity algorithm, which follows from the ciphers.
        let telling = |one: &Conflict| one.allowed.as_ref().is_none_or(|set| !set.is_empty());
        if found[before..].iter().any(telling) {
            let mut place = 0;
            found.retain(|one| {
                place += 1;
                place <= before || telling(one)
            });
        } else if found.len() == before {
            let required = policy
                .required_key_exchange
                .filter(|_| protocol == Protocol::Ike);
            let required = required.map(|id| Transform::raw(TransformType::ADDKE1, id));
            let has = |suite: &Suite| {
                suite
                    .additional()
                    .any(|it| Some(it.id) == required.map(|it| it.id))
            };
            found.push(Conflict {
                required: required.filter(|_| !suites.iter().any(has)),
                ..conflict(None)
            });
        }
    }
    found
}

/// The suite of the algorithm of each kind that is best by itself, one of those that a proposal allows.
fn of_best(proposal: &Proposal, terms: Terms, policy: &Policy) -> Suite {
    let mut suite = Suite::empty(proposal.protocol());
    let kinds = TransformType::COMPARED.into_iter();
    for kind in kinds.filter(|kind| terms.with_ke || !kind.is_key_exchange()) {
        let aead = suite.encr().is_some_and(Transform::is_aead);
        let best = proposal.of(kind).iter();
        let best = best.min_by_key(|t| policy.alone(proposal.protocol(), **t).tier);
        if let Some(best) = best.filter(|t| !(t.is_none() || aead && kind == TransformType::INTEG))
        {
            suite.set(*best);
        }
    }
    suite
}

/// What the suites have of a kind, if each has one that is prohibited.
fn policy_conflicts(
    suites: &[Suite],
    protocol: Protocol,
    kind: TransformType,
    policy: &Policy,
) -> Option<Vec<Transform>> {
    let mut offered = Vec::new();
    for suite in suites {
        let member = algorithms(suite).find(|transform| transform.kind == kind)?;
        if policy.alone(protocol, member).tier < Tier::Prohibited {
            return None;
        }
        if !offered.contains(&member) {
            offered.push(member);
        }
    }
    Some(offered)
}

/// `group 20, 15, 16`, `aes256gcm16`.
fn list(transforms: &[Transform]) -> String {
    let groups = transforms.iter().all(|t| t.kind == TransformType::KE);
    let name = |t: &Transform| {
        if groups {
            t.id.to_string()
        } else {
            crate::dialect::keyword::of_transform(*t)
        }
    };
    let names: Vec<_> = transforms.iter().map(name).collect();
    let noun = if groups { "group " } else { "" };
    format!("{noun}{}", names.join(", "))
}

impl Conflict {
    fn encrypts_nothing(&self, offered: &[Transform]) -> bool {
        let mut offered = offered.iter();
        offered.all(|cipher| encrypts_nothing(self.protocol, *cipher))
    }
}

impl Display for Conflict {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let Self { policy, client, .. } = self;
        let phase = match self.protocol {
            Protocol::Ike => "phase 1",
            Protocol::Esp | Protocol::Ah => "phase 2",
        };
        match (&self.kind, &self.allowed) {
            (None, _) if self.required.is_some() => write!(
                f,
                "{policy} requires {} in {phase}; {client} does not offer it by itself",
                list(self.required.as_slice())
            ),
            (None, _) => write!(
                f,
                "{policy} allows no suite as a whole that {client} offers in {phase}"
            ),
            (Some((kind, offered)), Some(allowed)) if allowed.is_empty() => write!(
                f,
                "{policy} allows no {} in {phase}; {client} always offers one of {}",
                kind.noun(),
                list(offered)
            ),
            (Some((_, offered)), Some(allowed)) => write!(
                f,
                "{policy} allows only {} in {phase}; {client} offers none of them, but {}",
                list(allowed),
                list(offered)
            ),
            // No text that the policy is made of says so: it is this program's own rule.
            (Some((_, offered)), None) if self.encrypts_nothing(offered) => write!(
                f,
                "{client} offers only {} in {phase}, with which nothing is encrypted",
                list(offered)
            ),
            (Some((kind, offered)), None) => write!(
                f,
                "{policy} rules out {} in {phase}; {client} offers no other {}",
                list(offered),
                kind.noun()
            ),
        }
    }
}
