//! What decides besides the two peers' lists.

use std::net::IpAddr;
use std::time::Duration;

use crate::compat::select::{Rule, Terms};
use crate::ike::Proposal;
use crate::peer::engine::Selection;
use crate::peer::sa_settings::SaSettings;
use crate::peer::server::Nat;
use crate::peer::{Build, DefaultLifetimes, EngineName, Grade, Server};

/// What decides besides the two peers' lists.
#[derive(Clone, Debug)]
pub struct Situation {
    /// What negotiates on the server.
    pub engine: EngineName,
    /// How the server's engine chooses; `None` if that is not known.
    pub rule: Option<Rule>,
    /// How it was mostly seen to choose, where the rule is not known: iked's own order in 78 of 79
    /// answers (`profiles/servers/openiked.yaml`).
    pub likely: Option<Rule>,
    /// How the server would never ask for new keys.
    pub never_asks: SaSettings,
    /// Where it says when the server gives up SAs that nobody renewed.
    pub lifetime_settings: SaSettings,
    /// The longest time after which one of the clients renews the keys of its IKE SA, where one is known.
    pub slowest_ike: Option<Duration>,
    /// What the server's build implements.
    pub build: Build,
    /// Whether clients are behind NAT.
    pub nat: Nat,
    /// What is known of lists that the server's file does not have.
    pub assumed: Option<Assumed>,
    /// The address of the client, if somebody said it.
    pub client_address: Option<IpAddr>,
    /// What clients expect the server to be, if it is known.
    pub server_id: Option<String>,
    /// When SAs end of which the server's file does not say it.
    pub lifetimes: DefaultLifetimes,
}

/// The lists that an engine uses by default, and how that is known.
#[derive(Clone, Debug)]
pub struct Assumed {
    /// How.
    pub grade: Grade,
    /// All proposals of these lists.
    pub proposals: Vec<Proposal>,
}

impl Situation {
    /// The situation that a server's file describes.
    pub fn of(server: &Server, build: Build) -> Self {
        let engine = server.engine;
        let (rule, likely) = match engine.name.row().selection {
            Selection::Charon => {
                let prefers_own = server.prefers_own;
                (Some(Rule::Charon { prefers_own }), None)
            }
            Selection::LikelyCharon => (None, Some(Rule::CHARON)),
            Selection::Pluto => (Some(Rule::Pluto), None),
            Selection::Unknown => (None, None),
        };
        Self {
            engine: engine.name,
            rule,
            likely,
            never_asks: server.surface().row().never_asks,
            lifetime_settings: server.surface().row().lifetime,
            slowest_ike: None,
            build,
            nat: server.nat.unwrap_or(Nat::ASSUMED),
            assumed: None,
            client_address: None,
            server_id: None,
            lifetimes: DefaultLifetimes::default(),
        }
    }

    /// The same situation, in which lists that nobody wrote are known as `assumed` says.
    #[must_use]
    pub(crate) fn assuming(self, assumed: Option<Assumed>) -> Self {
        Self { assumed, ..self }
    }

    /// The same situation, in which SAs end as `lifetimes` says where the file does not.
    #[must_use]
    pub(crate) fn with_lifetimes(self, lifetimes: DefaultLifetimes) -> Self {
        Self { lifetimes, ..self }
    }

    pub(super) const fn terms(&self, rule: Rule, with_ke: bool) -> Terms {
        Terms {
            rule,
            with_ke,
            with_private: false,
            with_additional_ke: self.build.additional_key_exchanges,
        }
    }
}
