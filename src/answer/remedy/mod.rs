//! What would let a client in, or keep it. What belongs together is one remedy; several are
//! alternatives, and each of them alone was tried: after it the client connects and keeps its tunnel,
//! and nobody else who was compared is worse off.

mod client_side;
mod joint;
mod server_side;
mod words;

pub(super) use words::{alternatives, hard_lifetime};

use std::sync::Arc;

use crate::compat::config_method::ConfigMethod;
use crate::compat::harm::Setting;
use crate::compat::rank::Tier;
use crate::compat::report::{ClientReport, Overall};
use crate::compat::verdict::{Refusal, Verdict};
use crate::ike::Suite;
use crate::peer::server::Product;
use crate::peer::{Client, Edit};

/// Where a part of a remedy is carried out.
#[derive(
    Clone, Copy, Debug, Eq, PartialEq, strum::Display, strum::IntoStaticStr, strum::VariantNames,
)]
#[strum(serialize_all = "lowercase")]
pub enum RemedySide {
    /// In the server's configuration.
    Server,
    /// In the client's.
    Client,
}

/// What a part of a remedy changes.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum RemedyChange {
    /// The server's lists; the same in children that have the same list.
    Server(Vec<Edit>),
    /// The client offers these two suites, ESP with its group if there is to be one.
    Client {
        /// By which means.
        method: ConfigMethod,
        /// In phase 1.
        ike: Suite,
        /// In phase 2.
        esp: Suite,
    },
}

/// A part of a remedy: one thing to do in one place.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct RemedyPart {
    /// Where it is carried out.
    pub side: RemedySide,
    /// The product whose words are used, where it is the server's.
    pub product: Option<Product>,
    /// 1 for IKE, 2 for ESP; `None` if both are concerned.
    pub phase: Option<u8>,
    /// The proposal to be added, in the keywords of strongSwan, whatever the server's own words are.
    pub proposal: Option<String>,
    /// What is to be done, in one line.
    pub instruction: String,
    /// The same in fewer words: without a product's own names for the algorithms beside the keywords.
    pub brief: String,
    /// What is to be typed or entered, each on a line of its own.
    pub commands: Vec<String>,
    /// What is changed.
    pub change: RemedyChange,
}

/// A remedy: everything that is to be done together.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Remedy {
    /// What is to be done, in this order: on the client before on the server.
    pub parts: Vec<RemedyPart>,
    /// Why nobody should do it although it helps; `None` if it is advised.
    pub objection: Option<String>,
    /// The worst tier that it brings in.
    tier: Tier,
}

impl Remedy {
    /// Whether it is advised.
    pub const fn is_advised(&self) -> bool {
        self.objection.is_none()
    }

    /// Whether anything is to be done on this side.
    pub fn is_on(&self, side: RemedySide) -> bool {
        self.parts.iter().any(|part| part.side == side)
    }
}

/// What remedies are looked for in.
#[derive(Clone, Copy)]
pub(super) struct Advisor<'a> {
    /// The server as it is.
    pub setting: Setting<'a>,
    /// Everybody who was compared, none of whom may be worse off.
    pub all: &'a [ClientReport],
}

/// How many remedies are given for each side.
const MOST: usize = 3;
/// Of a server with more lists than these nothing is tried: each trial compares all of them again.
const MOST_LISTS: usize = 1 << 12;

impl Advisor<'_> {
    /// The remedies for a client, the better ones first; none where it connects, and where the
    /// connection is not loaded, which is a finding about the server.
    pub(super) fn remedies(&self, report: &ClientReport) -> Vec<Remedy> {
        let ike = &report.ike.ike_sa_init.verdict;
        let not_loaded = matches!(ike, Verdict::Refuse(Refusal::NotLoaded(_)));
        if report.verdict == Overall::Connects || report.judged.is_none() || not_loaded {
            return Vec::new();
        }
        if self.setting.server.lists() > MOST_LISTS {
            return Vec::new();
        }
        let on_server = self.best(self.on_server(report));
        let on_client = self.best(self.on_client(report));
        let no_client = on_client.is_empty();
        let mut remedies = on_server;
        let advised = remedies.iter().chain(&on_client).any(Remedy::is_advised);
        // Whoever can change the server only has to see what that would take; telling a client to use
        // what is discouraged is no advice at all if there is better.
        let on_client = on_client.into_iter();
        remedies.extend(on_client.filter(|one| one.is_advised() || !advised));
        // A file that sets the client up can be changed; otherwise both sides are touched only where one is not enough.
        let is_set_up = report.client.id.contains('=');
        if no_client && (is_set_up || !advised) {
            let nothing_else = remedies.is_empty();
            let on_both = self.on_both(report).into_iter();
            remedies.extend(on_both.filter(|one| one.is_advised() || nothing_else));
        }
        remedies.sort_by_key(|remedy| (!remedy.is_advised(), remedy.tier));
        remedies
    }

    /// The better ones of one side: nothing that is not advised beside what is.
    fn best(&self, mut remedies: Vec<Remedy>) -> Vec<Remedy> {
        if remedies.iter().any(Remedy::is_advised) {
            remedies.retain(Remedy::is_advised);
        }
        remedies.sort_by_key(|remedy| (remedy.tier, remedy.parts.len()));
        remedies.truncate(MOST);
        remedies
    }

    /// The report about one client after changes of the server.
    fn after(&self, edits: &[Edit], client: &Arc<Client>) -> Option<ClientReport> {
        let after = self.setting.after(edits, std::slice::from_ref(client));
        after.into_iter().next()
    }

    /// Whether nobody else is worse off after changes of the server.
    fn is_harmless(&self, edits: &[Edit], except: &ClientReport) -> bool {
        let others = self.all.iter();
        let others = others.filter(|other| {
            other.verdict < Overall::Refused && !Arc::ptr_eq(&other.client, &except.client)
        });
        let others: Vec<_> = others.collect();
        self.setting.harmed(edits, &others).is_empty()
    }
}
