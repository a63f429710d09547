//! What can be planned with: the suites a client offers as it is, those it can be made to offer,
//! and those a product's pages can select.

use itertools::Itertools as _;

use super::request::PlanRequest;
use crate::compat::closing::every_suite;
use crate::compat::config_method;
use crate::compat::possible::distinct;
use crate::compat::rank::Tier;
use crate::compat::select::{Rule, Terms};
use crate::ike::{Encr, Integ, Ke, Prf, Protocol, Sn, Suite, Transform, TransformType};
use crate::peer::server::Product;
use crate::peer::{Client, Policy};

/// Everything that a proposal allows, for lists of a client's own.
const TERMS: Terms = Terms {
    rule: Rule::CHARON,
    with_ke: true,
    with_private: false,
    with_additional_ke: true,
};

/// The suites of IKE that a client offers as it is, or `None` if that is not known.
pub(super) fn ike_as_is(client: &Client) -> Option<Vec<Suite>> {
    let offer = client.ike_sa_init.stated()?;
    let suites = offer
        .value
        .proposals
        .iter()
        .flat_map(|p| every_suite(p, TERMS));
    Some(distinct(suites))
}

/// The suites of the first child SA that a client offers as it is.
pub(super) fn esp_as_is(client: &Client) -> Option<Vec<Suite>> {
    let offer = client.ike_auth.stated()?;
    let terms = Terms {
        with_ke: false,
        ..TERMS
    };
    let suites = offer.value.iter().flat_map(|p| every_suite(p, terms));
    Some(distinct(suites))
}

/// Whether an entry of the plan may be this suite.
pub(super) fn may_have(request: PlanRequest<'_>, suite: &Suite) -> bool {
    let rank = request.policy.rank(suite);
    let outside = request.policy.binding && rank.tier() == Tier::Prohibited;
    !outside && request.permits(suite, &rank) && request.selects(suite)
}

/// Suites of at least `tier`, rated by the policy.
pub(super) fn within(suites: &[Suite], tier: Tier, policy: &Policy) -> Vec<Suite> {
    let fits = |suite: &&Suite| policy.rank(suite).tier() <= tier;
    suites.iter().filter(fits).copied().collect()
}

/// What the classical part of a hybrid has by itself, in bits, so that it holds where the other part
/// turns out to be weak.
const CLASSICAL_BITS: u16 = 128;

/// The suites of IKE, as far as they are strong enough by themselves, with a post-quantum key exchange
/// behind their own: the smallest that the plan may have, since its message is long enough.
pub(super) fn hybrids(request: PlanRequest<'_>) -> Vec<Suite> {
    let methods = [Ke::MlKem768, Ke::MlKem1024].map(|method| Transform {
        kind: TransformType::ADDKE1,
        ..Transform::ke(method)
    });
    let strong = |suite: &Suite| request.policy.rank(suite).floor() >= CLASSICAL_BITS;
    let smallest = |suite: Suite| {
        let with = |method| {
            let mut hybrid = suite;
            hybrid.set(method);
            hybrid
        };
        methods
            .into_iter()
            .map(with)
            .find(|hybrid| may_have(request, hybrid))
    };
    let classical = universe(Protocol::Ike).into_iter().filter(strong);
    classical.filter_map(smallest).collect()
}

/// Whether a suite's keys are safe from a quantum computer as long as one of its post-quantum key
/// exchanges is.
pub(super) fn is_post_quantum(suite: &Suite) -> bool {
    let mut methods = suite.transforms().filter(|t| t.kind.is_key_exchange());
    methods.any(|t| Ke::from_repr(t.id).is_some_and(Ke::is_post_quantum))
}

/// Why the server that is asked for has no post-quantum key exchange; `None` if it has one.
pub(super) fn without_post_quantum(request: PlanRequest<'_>) -> Option<&'static str> {
    match request.product {
        Product::Pfsense => {
            return Some("the pages of pfSense have no additional key exchanges");
        }
        Product::Rras => return Some("RRAS has no additional key exchanges"),
        Product::Openiked => return Some("iked.conf has no words for additional key exchanges"),
        Product::Opnsense if hybrids(request).is_empty() => {
            return Some(
                "OPNsense lists ke1_mlkem768 since 26.7.4 (opnsense/core, pull request 10798), and \
                 nothing else of it was seen; the release that is asked for, or what the plan has to \
                 keep to, leaves nothing of that",
            );
        }
        Product::Libreswan | Product::Opnsense | Product::Strongswan => {}
    }
    hybrids(request).is_empty().then_some(
        "the release of the engine has no ML-KEM, or what the plan has to keep to forbids it",
    )
}

/// Suites worth putting on a server for clients that take what they are told.
pub(crate) fn universe(protocol: Protocol) -> Vec<Suite> {
    let ciphers = [
        (Encr::AesGcm16, 256),
        (Encr::AesGcm16, 128),
        (Encr::ChaCha20Poly1305, 0),
        (Encr::AesCbc, 256),
        (Encr::AesCbc, 128),
    ]
    .map(|(id, bits)| Transform::encr(id, bits));
    let hashes = [
        (Integ::HmacSha2_256_128, Prf::HmacSha2_256),
        (Integ::HmacSha2_384_192, Prf::HmacSha2_384),
        (Integ::HmacSha2_512_256, Prf::HmacSha2_512),
        (Integ::HmacSha1_96, Prf::HmacSha1),
    ];
    let groups = [
        Ke::Modp2048,
        Ke::Ecp256,
        Ke::Ecp384,
        Ke::Curve25519,
        Ke::Modp3072,
        Ke::Modp4096,
        Ke::Ecp521,
    ];
    let suite = |encr: Transform, integ: Integ| {
        let integrity = (!encr.is_aead()).then(|| Transform::integ(integ));
        [encr].into_iter().chain(integrity)
    };
    match protocol {
        Protocol::Ike => ciphers
            .into_iter()
            .cartesian_product(hashes)
            .cartesian_product(groups)
            .map(|((encr, (integ, prf)), ke)| {
                let rest = [Transform::prf(prf), Transform::ke(ke)];
                Suite::of(protocol, suite(encr, integ).chain(rest))
            })
            .collect(),
        Protocol::Esp | Protocol::Ah => {
            let pairs = ciphers.into_iter().cartesian_product(hashes);
            distinct(pairs.map(|(encr, (integ, _))| {
                let rest = [Transform::sn(Sn::Sequential32)];
                Suite::of(protocol, suite(encr, integ).chain(rest))
            }))
        }
    }
}

/// The means by which the client can be made to offer the two suites.
pub(super) fn means_for(
    client: &Client,
    ike: &Suite,
    esp: &Suite,
) -> Option<config_method::ConfigMethod> {
    let fits =
        |method: &&config_method::ConfigMethod| config_method::can(client, **method, ike, esp);
    client.method.iter().find(fits).copied()
}
