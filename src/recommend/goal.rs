//! What a plan is judged by: goals, their order, and what a plan costs in each of them.

use std::fmt::{self, Display, Formatter};

use strum::{EnumString, IntoStaticStr, VariantNames};

use crate::compat::rank::Tier;
use crate::peer::client::ConfigMethod;

/// A goal: the fewer, the better.
#[derive(
    Clone, Copy, Debug, strum::Display, Eq, IntoStaticStr, PartialEq, strum::EnumIter, VariantNames,
)]
#[strum(serialize_all = "snake_case")]
pub enum Goal {
    /// Clients that are known to lose the tunnel when keys are renewed.
    Lost,
    /// Clients that settle on something prohibited.
    Prohibited,
    /// Clients whose worst suite is discouraged.
    Discouraged,
    /// Clients whose worst suite is phasing out.
    PhasingOut,
    /// Clients that have to be configured.
    Touched,
    /// What configuring them takes, by [`effort`].
    Effort,
    /// Clients whose worst suite is merely permitted.
    Permitted,
    /// Base entries of both phases.
    Entries,
}

impl Goal {
    /// The goal as a part of a sentence.
    pub(crate) const fn phrase(self) -> &'static str {
        match self {
            Self::Lost => "tunnels lost at a rekeying",
            Self::Prohibited => "clients on something prohibited",
            Self::Discouraged => "clients on something discouraged",
            Self::PhasingOut => "clients on something phasing out",
            Self::Touched => "clients to be configured",
            Self::Effort => "effort of configuring them",
            Self::Permitted => "clients on something merely permitted",
            Self::Entries => "base entries",
        }
    }

    const fn place(self) -> usize {
        match self {
            Self::Lost => 0,
            Self::Prohibited => 1,
            Self::Discouraged => 2,
            Self::PhasingOut => 3,
            Self::Touched => 4,
            Self::Effort => 5,
            Self::Permitted => 6,
            Self::Entries => 7,
        }
    }

    /// The goal that counts clients whose worst suite is of `tier`.
    const fn of_tier(tier: Tier) -> Option<Self> {
        match tier {
            Tier::Recommended => None,
            Tier::Permitted => Some(Self::Permitted),
            Tier::PhasingOut => Some(Self::PhasingOut),
            Tier::Discouraged => Some(Self::Discouraged),
            Tier::Prohibited => Some(Self::Prohibited),
        }
    }
}

/// How many goals there are.
pub(super) const GOALS: usize = 8;

/// What goes first, where that is not left to this program.
#[derive(Clone, Copy, Debug, strum::Display, EnumString, Eq, PartialEq, VariantNames)]
#[strum(serialize_all = "kebab-case")]
pub enum Preference {
    /// Clients on recommended suites, whatever it takes to configure them.
    Security,
    /// Clients that stay as they are.
    UntouchedClients,
    /// A short list on the server; there are no additions then.
    FewEntries,
}

/// The goals in their order; after all of them the rank of the base decides.
pub const fn order(prefer: Option<Preference>) -> [Goal; 8] {
    use Goal::{Discouraged, Effort, Entries, Lost, Permitted, PhasingOut, Prohibited, Touched};
    match prefer {
        None => [
            Lost,
            Prohibited,
            Discouraged,
            PhasingOut,
            Touched,
            Effort,
            Permitted,
            Entries,
        ],
        Some(Preference::Security) => [
            Lost,
            Prohibited,
            Discouraged,
            PhasingOut,
            Permitted,
            Touched,
            Effort,
            Entries,
        ],
        Some(Preference::UntouchedClients) => [
            Lost,
            Touched,
            Effort,
            Prohibited,
            Discouraged,
            PhasingOut,
            Permitted,
            Entries,
        ],
        Some(Preference::FewEntries) => [
            Lost,
            Entries,
            Prohibited,
            Discouraged,
            PhasingOut,
            Touched,
            Effort,
            Permitted,
        ],
    }
}

/// What configuring one client takes: a line of PowerShell 1, a setting 2, a profile 3, a value of
/// the registry 4.
pub const fn effort(method: ConfigMethod) -> u16 {
    match method {
        ConfigMethod::Powershell => 1,
        ConfigMethod::Proposals | ConfigMethod::Settings => 2,
        ConfigMethod::AppleProfile | ConfigMethod::Sswan => 3,
        ConfigMethod::Registry => 4,
    }
}

/// What a plan costs, goal by goal.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
pub struct Costs([u16; GOALS]);

impl Costs {
    /// What one client costs whose worst suite is of `tier`.
    pub(super) fn of_client(tier: Tier, method: Option<ConfigMethod>, lost: bool) -> Self {
        let mut costs = Self::default();
        if let Some(goal) = Goal::of_tier(tier) {
            costs.0[goal.place()] = 1;
        }
        if let Some(method) = method {
            costs.0[Goal::Touched.place()] = 1;
            costs.0[Goal::Effort.place()] = effort(method);
        }
        costs.0[Goal::Lost.place()] = u16::from(lost);
        costs
    }

    /// The costs in one goal.
    pub const fn of(&self, goal: Goal) -> u16 {
        self.0[goal.place()]
    }

    /// The same with `value` in one goal.
    #[must_use]
    pub(crate) const fn with(mut self, goal: Goal, value: u16) -> Self {
        self.0[goal.place()] = value;
        self
    }

    /// Both together.
    #[must_use]
    pub(crate) fn plus(mut self, other: &Self) -> Self {
        for (own, other) in self.0.iter_mut().zip(other.0) {
            *own += other;
        }
        self
    }

    /// The costs in the order of the goals, to be compared.
    pub(crate) fn key(&self, prefer: Option<Preference>) -> [u16; 8] {
        order(prefer).map(|goal| self.of(goal))
    }

    /// How safe, how laborious and how long a plan is: the three things that the frontier compares.
    pub fn aspects(&self) -> Aspects {
        use Goal::{
            Discouraged, Effort, Entries, Lost, Permitted, PhasingOut, Prohibited, Touched,
        };
        Aspects {
            security: [Lost, Prohibited, Discouraged, PhasingOut, Permitted].map(|g| self.of(g)),
            effort: [Touched, Effort].map(|g| self.of(g)),
            entries: self.of(Entries),
        }
    }
}

/// Costs in three things, each compared from its first number on.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub struct Aspects {
    /// Tunnels lost; clients on something prohibited, discouraged, phasing out, permitted.
    pub security: [u16; 5],
    /// Clients to be configured, and what that takes.
    pub effort: [u16; 2],
    /// Base entries.
    pub entries: u16,
}

impl Aspects {
    /// Whether `self` is nowhere worse than `other` and somewhere better.
    pub fn beats(&self, other: &Self) -> bool {
        self != other
            && self.security <= other.security
            && self.effort <= other.effort
            && self.entries <= other.entries
    }
}

impl Display for Costs {
    /// What there is of each goal, in the usual order.
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let said = order(None).into_iter().filter(|goal| self.of(*goal) > 0);
        let said: Vec<_> = said
            .map(|goal| format!("{} {}", self.of(goal), goal.phrase()))
            .collect();
        f.write_str(&said.join(", "))
    }
}
