//! What is asked for: clients, product, and what a plan has to keep to.

use super::goal::Preference;
use crate::compat::rank::Rank;
use crate::compat::surface;
use crate::dialect::opnsense;
use crate::format::Format;
use crate::ike::{Protocol, Suite, Transform, TransformType};
use crate::peer::server::Product;
use crate::peer::surface::ConfigSurface;
use crate::peer::{Build, Client, Engine, EngineName, Policy};

/// What is asked for.
#[derive(Clone, Copy, Debug)]
pub struct PlanRequest<'a> {
    /// Clients to be served.
    pub clients: &'a [Client],
    /// The product that is to be configured.
    pub product: Product,
    /// Whether clients may be configured to offer something else than by default.
    pub client_changes: bool,
    /// By what suites are ranked.
    pub policy: &'a Policy,
    /// What goes before the usual order of goals.
    pub prefer: Option<Preference>,
    /// What the plan has to keep to.
    pub constraints: &'a Constraints,
    /// The engine of the server, if it is not the product's usual one; then the plan has nothing
    /// that `build` lacks.
    pub engine: Option<Engine>,
    /// How the server's engine behaves; without it, as one without limits.
    pub build: Option<&'a Build>,
}

impl<'a> PlanRequest<'a> {
    /// The usual question: clients may be configured, nothing else is asked for.
    pub fn new(clients: &'a [Client], product: Product, policy: &'a Policy) -> Self {
        static NONE: Constraints = Constraints::NONE;
        Self {
            clients,
            product,
            client_changes: true,
            policy,
            prefer: None,
            constraints: &NONE,
            engine: None,
            build: None,
        }
    }

    /// Whether the place where the server is configured has words for the suite.
    pub(super) fn selects(&self, suite: &Suite) -> bool {
        let surface = self.constraints.format.and_then(Format::surface);
        let surface = surface.unwrap_or(self.product.surface());
        // Additional key exchanges stand in the lists of the newer releases alone.
        let has_hybrids = self
            .engine
            .is_some_and(|engine| Product::Opnsense.has_hybrids(engine));
        let is_listed = surface != ConfigSurface::Opnsense || opnsense::lists(suite, has_hybrids);
        let of_libreswan = self.engine.filter(|it| it.name == EngineName::Libreswan);
        let lacks_hybrids = of_libreswan.is_some_and(|it| !Product::Libreswan.has_hybrids(it));
        if lacks_hybrids && suite.additional().next().is_some() {
            return false;
        }
        is_listed && surface::expresses(surface, suite)
    }

    /// Whether the plan may have the suite at all.
    pub(super) fn permits(&self, suite: &Suite, rank: &Rank) -> bool {
        let limits = self.build.filter(|_| self.engine.is_some());
        let built = limits.is_none_or(|build| {
            let has = match suite.protocol {
                Protocol::Ike => build.implements(suite),
                Protocol::Esp | Protocol::Ah => build.installs(suite),
            };
            let groups = suite.transforms().filter(|t| t.kind.is_key_exchange());
            has && groups.into_iter().all(|group| build.supports_ke(group))
                && !suite.transforms().any(|t| build.lacks.contains(&t))
        });
        built && self.constraints.permit(suite, rank)
    }
}

/// What a plan has to keep to.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Constraints {
    /// No suite is weaker than this, in bits.
    pub min_bits: u16,
    /// The only groups that IKE and PFS may have; none means all.
    pub groups: Vec<Transform>,
    /// Algorithms that no suite may have.
    pub forbidden: Vec<Transform>,
    /// Suites that may not be entries.
    pub forbidden_suites: Vec<Suite>,
    /// Places of the clients that have to stay as they are.
    pub kept: Vec<usize>,
    /// ESP without encryption is allowed.
    pub null: bool,
    /// Where Windows has to be configured, it gets AES-GCM in phase 2.
    pub gcm: bool,
    /// Clients that can have an additional post-quantum key exchange in phase 1 get one.
    pub post_quantum: bool,
    /// The format of the server's file, whose words limit the plan; without one, the product's.
    pub format: Option<Format>,
}

impl Constraints {
    /// Nothing to keep to but encryption.
    pub const NONE: Self = Self {
        min_bits: 0,
        groups: Vec::new(),
        forbidden: Vec::new(),
        forbidden_suites: Vec::new(),
        kept: Vec::new(),
        null: false,
        gcm: false,
        post_quantum: false,
        format: None,
    };

    fn permit(&self, suite: &Suite, rank: &Rank) -> bool {
        let encrypts = self.null || !is_null(suite);
        encrypts
            && rank.floor() >= self.min_bits
            && suite.transforms().all(|t| self.permits_transform(t))
            && !self.forbidden_suites.contains(suite)
    }

    /// Whether a suite may have the algorithm.
    pub(super) fn permits_transform(&self, transform: Transform) -> bool {
        let group = transform.kind == TransformType::KE && !transform.is_none();
        let listed = !group || self.groups.is_empty() || self.groups.contains(&transform);
        listed && !self.forbidden.contains(&transform)
    }
}

/// Whether nothing is encrypted.
fn is_null(suite: &Suite) -> bool {
    let null = Transform::encr(crate::ike::Encr::Null, 0);
    suite.encr().is_none_or(|encr| encr == null)
}
