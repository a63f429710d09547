//! What a client can be made to offer: whether a pair of suites has a spelling in the file or
//! command that configures it.

pub use crate::peer::client::ConfigMethod;

use crate::dialect::{apple, powershell, swan};
use crate::ike::{Encr, Integ, Ke, Prf, Proposal, Protocol, Sn, Suite, Transform, TransformType};
use crate::peer::Client;

/// Whether `method` can make this client offer exactly these two suites: they have a spelling, and the
/// release of the client has the algorithms.
///
/// A value of the registry chooses for IKE and leaves ESP as it is.
pub fn can(client: &Client, method: ConfigMethod, ike: &Suite, esp: &Suite) -> bool {
    can_ike(client, method, ike) && can_esp(client, method, esp)
}

/// Whether `method` can make this client offer exactly this suite of IKE. No way of configuring makes
/// one protocol depend on the other.
pub(crate) fn can_ike(client: &Client, method: ConfigMethod, ike: &Suite) -> bool {
    let choices = client.choices.get(&method);
    if needs_values(method) {
        return choices.is_some_and(|it| allows(&it.ike, ike, Unlisted::Unknown));
    }
    let ours = choices.map_or(&[][..], |it| &it.ike);
    allows(ours, ike, Unlisted::Free) && expresses(method, ike, &plain_esp())
}

/// Whether `method` can make this client offer exactly this suite of ESP.
pub(crate) fn can_esp(client: &Client, method: ConfigMethod, esp: &Suite) -> bool {
    let choices = client.choices.get(&method);
    if method == ConfigMethod::Registry {
        let offered = client.ike_auth.stated().map(|fact| &fact.value);
        let mut offered = offered.into_iter().flatten();
        return esp.ke().is_none() && offered.any(|p| esp.transforms().all(|t| p.contains(t)));
    }
    if needs_values(method) {
        return choices.is_some_and(|it| allows(&it.esp, esp, Unlisted::Unknown));
    }
    let ours = choices.map_or(&[][..], |it| &it.esp);
    allows(ours, esp, Unlisted::Free) && expresses(method, &plain_ike(), esp)
}

/// Whether only the client's own values say what can be chosen, since there is nothing to spell.
const fn needs_values(method: ConfigMethod) -> bool {
    matches!(method, ConfigMethod::Registry | ConfigMethod::Settings)
}

/// A suite of IKE that every way of configuring can spell.
fn plain_ike() -> Suite {
    let transforms = [
        Transform::encr(Encr::AesCbc, 256),
        Transform::integ(Integ::HmacSha2_256_128),
        Transform::prf(Prf::HmacSha2_256),
        Transform::ke(Ke::Modp2048),
    ];
    Suite::of(Protocol::Ike, transforms)
}

/// A suite of ESP that every way of configuring can spell.
fn plain_esp() -> Suite {
    let transforms = [
        Transform::encr(Encr::AesCbc, 256),
        Transform::integ(Integ::HmacSha2_256_128),
        Transform::sn(Sn::Sequential32),
    ];
    Suite::of(Protocol::Esp, transforms)
}

/// What a type means of which no values are listed.
#[derive(Clone, Copy, Eq, PartialEq)]
enum Unlisted {
    /// The spelling decides.
    Free,
    /// Nobody knows what can be chosen.
    Unknown,
}

/// Whether the values can choose the suite.
fn allows(values: &[Transform], suite: &Suite, unlisted: Unlisted) -> bool {
    suite.transforms().all(|it| has(values, it, unlisted))
}

/// Whether one of the values chooses a transform. A PRF without values of its own is that of an
/// integrity algorithm that can be chosen; sequence numbers have 32 bits. Few releases have additional
/// key exchanges, so those have to be listed.
fn has(values: &[Transform], wanted: Transform, unlisted: Unlisted) -> bool {
    let of = |kind: TransformType| values.iter().filter(move |t| t.kind == kind);
    let kind = wanted.kind;
    if kind == TransformType::SN {
        return true;
    }
    if kind == TransformType::PRF && of(kind).next().is_none() {
        let mut derived = of(TransformType::INTEG).filter_map(|t| swan::prf_of(*t));
        let none = of(TransformType::INTEG).next().is_none();
        return derived.any(|prf| prf == wanted) || (none && unlisted == Unlisted::Free);
    }
    if kind.additional_round().is_some() {
        let mut additional = values
            .iter()
            .filter(|t| t.kind.additional_round().is_some());
        return additional.any(|t| t.id == wanted.id);
    }
    let listed = of(kind).any(|t| *t == wanted);
    listed || (of(kind).next().is_none() && unlisted == Unlisted::Free)
}

/// The algorithms of a proposal that a file of this kind sets and the release of this client is not
/// known to have.
pub(crate) fn not_in_release(
    client: &Client,
    method: ConfigMethod,
    proposal: &Proposal,
) -> Vec<Transform> {
    let choices = client.choices.get(&method);
    let values = choices.map_or(&[][..], |it| match proposal.protocol() {
        Protocol::Ike => &it.ike,
        Protocol::Esp | Protocol::Ah => &it.esp,
    });
    let all = proposal.transforms().iter().copied();
    all.filter(|it| !it.is_none() && !has(values, *it, Unlisted::Free))
        .collect()
}

/// Whether `method` can make a client offer exactly these two suites.
pub fn expresses(method: ConfigMethod, ike: &Suite, esp: &Suite) -> bool {
    match method {
        ConfigMethod::AppleProfile => apple::expresses(ike, esp),
        ConfigMethod::Powershell => powershell::suite_arguments(ike, esp).is_ok(),
        ConfigMethod::Proposals | ConfigMethod::Sswan => {
            let writable = |suite: &Suite| swan::write(&suite.to_proposal()).is_some();
            writable(ike) && writable(esp)
        }
        // They have no spelling of their own; what they can choose is the client's.
        ConfigMethod::Registry | ConfigMethod::Settings => false,
    }
}
