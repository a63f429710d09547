//! A plan: what to set on the server, and what each client must be told.

use std::time::Duration;

use super::goal::{Costs, Goal};
use super::pfs::Pfs;
use crate::compat::config_method::ConfigMethod;
use crate::compat::rank::{Rank, Tier};
use crate::format::Format;
use crate::ike::{Proposal, Suite};
use crate::peer::lifetime::outlasting;
use crate::peer::server::{Product, Rekey};
use crate::peer::{Client, Engine};

/// One entry of the server.
#[derive(Clone, Debug, PartialEq)]
pub struct PlanEntry {
    /// The only suite it allows.
    pub suite: Suite,
    /// Its rank.
    pub rank: Rank,
    /// Places of the clients that settle on it where the list has no additions.
    pub serves: Vec<usize>,
}

/// A client that has to be configured.
#[derive(Clone, Debug, PartialEq)]
pub struct Reconfigured {
    /// Its place among the clients.
    pub client: usize,
    /// By what means.
    pub method: ConfigMethod,
    /// IKE suite.
    pub ike: Suite,
    /// ESP suite, with its group if PFS is on.
    pub esp: Suite,
}

/// A better suite for clients that need nothing done.
#[derive(Clone, Debug, PartialEq)]
pub struct Addition {
    /// The suite; in phase 2 with the group if PFS is on.
    pub suite: Suite,
    /// Its rank.
    pub rank: Rank,
    /// Places of the clients it is for.
    pub clients: Vec<usize>,
}

/// A client that the plan leaves out.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct LeftOut {
    /// Its place among the clients.
    pub client: usize,
    /// What nothing is known of.
    pub what: &'static str,
}

/// When keys are renewed, and how long a child SA has to live at least.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Rekeying {
    /// Whether the server asks; zero where some client is known to refuse.
    pub server: Rekey,
    /// Places of the clients that refuse what the server would ask for.
    pub refusing: Vec<usize>,
    /// Where the server does not ask: the client that renews its child SA last, and after what time.
    pub slowest: Option<(usize, Duration)>,
    /// The client that renews its IKE SA last of those of which it is known, and after what time.
    pub slowest_ike: Option<(usize, Duration)>,
    /// Where the server does not ask: places of the clients whose own interval is not known.
    pub unknown: Vec<usize>,
    /// Where the server asks: places of the clients of which it is not known what they make of it, for
    /// the IKE SA.
    pub ike_open: Vec<usize>,
    /// The same for child SAs.
    pub child_open: Vec<usize>,
}

impl Rekeying {
    /// The shortest hard lifetime of child SAs at which nobody loses the tunnel, as far as intervals
    /// are known.
    pub(crate) fn hard_lifetime(&self) -> Option<Duration> {
        self.slowest.map(|(_, slowest)| outlasting(slowest))
    }

    /// The same of the IKE SA, where the server never asks for its keys.
    pub(crate) fn hard_lifetime_of_ike(&self) -> Option<Duration> {
        self.slowest_ike.map(|(_, slowest)| outlasting(slowest))
    }

    /// The lifetime of child SAs where the server has to have one: a day where a client's interval is not known.
    pub(crate) fn outlasting(&self) -> Duration {
        match (self.hard_lifetime(), self.unknown.is_empty()) {
            (Some(known), true) => known,
            (Some(known), false) => known.max(DAY),
            (None, _) => DAY,
        }
    }
}

/// A lifetime that outlasts the clients whose own interval is not known, as far as intervals are known at all.
const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// A plan.
#[derive(Clone, Debug, PartialEq)]
pub struct Plan {
    /// The product it is for.
    pub product: Product,
    /// The format of the server's file that it was made for.
    pub format: Option<Format>,
    /// The engine it is for, if it is not the product's usual one.
    pub engine: Option<Engine>,
    /// The worst tier it admits.
    pub tier: Tier,
    /// Base entries of phase 1, best first.
    pub ike: Vec<PlanEntry>,
    /// Base entries of phase 2, best first, with the group if PFS is on.
    pub esp: Vec<PlanEntry>,
    /// Perfect forward secrecy.
    pub pfs: Pfs,
    /// Clients to be configured.
    pub reconfigured: Vec<Reconfigured>,
    /// Optional entries of phase 1, best first.
    pub ike_additions: Vec<Addition>,
    /// Optional entries of phase 2, best first.
    pub esp_additions: Vec<Addition>,
    /// When keys are renewed.
    pub rekeying: Rekeying,
    /// What it costs.
    pub costs: Costs,
    /// Places of the clients that are known to lose the tunnel at a rekeying.
    pub lost: Vec<usize>,
    /// Clients of which too little is known.
    pub left_out: Vec<LeftOut>,
    /// Whether it is proved that no plan is better; otherwise the search reached its limit.
    pub is_optimal: bool,
}

impl Plan {
    /// The suites of phase 1 as they stand on the server, additions included: best first.
    pub fn listed_ike(&self) -> Vec<Listed> {
        listed(&self.ike, &self.ike_additions)
    }

    /// The suites of phase 2 as they stand on the server, additions included: best first.
    pub fn listed_esp(&self) -> Vec<Listed> {
        listed(&self.esp, &self.esp_additions)
    }

    /// The tier of the worst suite that a client settles on in the base; `None` if the plan leaves
    /// it out.
    pub(crate) fn tier_of(&self, place: usize) -> Option<Tier> {
        let of = |entries: &[PlanEntry]| {
            let own = entries.iter().find(|entry| entry.serves.contains(&place));
            own.map(|entry| entry.rank.tier())
        };
        Some(of(&self.ike)?.max(of(&self.esp)?))
    }

    /// The client as the plan wants it to be.
    pub fn client(&self, clients: &[Client], place: usize) -> Client {
        let told = self.reconfigured.iter().find(|told| told.client == place);
        match told {
            Some(told) => super::configured(&clients[place], told.method, &told.ike, &told.esp),
            None => clients[place].clone(),
        }
    }

    /// The same costs with `lost` tunnels.
    pub(super) fn lose(&mut self, lost: Vec<usize>) {
        let count = u16::try_from(lost.len()).unwrap_or(u16::MAX);
        self.costs = self.costs.with(Goal::Lost, count);
        self.lost = lost;
    }
}

/// A suite as it stands on the server.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Listed {
    /// The suite.
    pub suite: Suite,
    /// It can be left out.
    pub is_optional: bool,
}

impl Listed {
    /// The proposal that allows the suite and nothing else.
    pub(crate) fn to_proposal(self) -> Proposal {
        self.suite.to_proposal()
    }
}

fn listed(base: &[PlanEntry], additions: &[Addition]) -> Vec<Listed> {
    let entry = |suite, rank, is_optional| (rank, Listed { suite, is_optional });
    let base = base.iter().map(|it| entry(it.suite, it.rank, false));
    let additions = additions.iter().map(|it| entry(it.suite, it.rank, true));
    let mut all: Vec<(Rank, Listed)> = base.chain(additions).collect();
    all.sort_by_key(|(rank, _)| *rank); // an entry with a group stays before that without
    all.into_iter().map(|(_, listed)| listed).collect()
}

/// The clients that no plan serves, and what of the question would have to change.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Unserved {
    /// Their labels.
    pub clients: Vec<String>,
    /// Each of them could be served alone.
    pub together: bool,
    /// Without the limits that the question sets there would be a plan.
    pub by_limits: bool,
}

/// Why there is no plan.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Impossible {
    /// Nothing was chosen.
    NoClients,
    /// More clients than can be planned for at once.
    TooManyClients,
    /// What these clients (labels) offer is not known, and there are no others.
    Unknown(Vec<String>),
    /// Nothing that the product can select, and that may be planned, serves these clients.
    Unserved(Unserved),
    /// Nothing that the policy allows serves them: why, a sentence each.
    OutsidePolicy(Vec<String>),
    /// A post-quantum key exchange is asked for, and the server has none: why.
    NoPostQuantum(&'static str),
    /// The search reached its limit before there was a plan.
    TooLong,
}
