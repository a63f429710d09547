//! What can be planned with: the suites a client offers as it is, those it can be made to offer,
//! and those a product's pages can select.

use itertools::Itertools as _;

use super::request::PlanRequest;
use crate::compat::closing::every_suite;
use crate::compat::config_method;
use crate::compat::possible::distinct;
use crate::compat::rank::Tier;
use crate::compat::select::{Rule, Terms};
use crate::dialect::{opnsense, pfsense, pluto, powershell, swan};
use crate::ike::{Encr, Integ, Ke, Prf, Protocol, Sn, Suite, Transform};
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

/// Whether the product's pages or files can say the suite.
pub(super) fn selectable(product: Product, suite: &Suite) -> bool {
    match product {
        Product::Pfsense => pfsense::expresses(suite),
        Product::Opnsense => opnsense::expresses(suite),
        Product::Rras => powershell::expresses(suite),
        Product::Libreswan => pluto::expresses(suite),
        Product::Strongswan => swan::write(&suite.to_proposal()).is_some(),
    }
}

/// Whether the product takes no more than one suite of each phase.
pub(super) fn takes_one(product: Product) -> bool {
    product == Product::Rras
}

/// Whether an entry of the plan may be this suite.
pub(super) fn may_have(request: PlanRequest<'_>, suite: &Suite) -> bool {
    let rank = request.policy.rank(suite);
    let outside = request.policy.binding && rank.tier() == Tier::Prohibited;
    !outside && request.permits(suite, &rank) && selectable(request.product, suite)
}

/// Suites of at least `tier`, rated by the policy.
pub(super) fn within(suites: &[Suite], tier: Tier, policy: &Policy) -> Vec<Suite> {
    let fits = |suite: &&Suite| policy.rank(suite).tier() <= tier;
    suites.iter().filter(fits).copied().collect()
}

/// Suites worth putting on a server for clients that take what they are told.
pub(super) fn universe(protocol: Protocol) -> Vec<Suite> {
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
