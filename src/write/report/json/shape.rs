//! What the document holds, as its schema says it.

use schemars::JsonSchema;
use serde::Serialize;

use super::RankJson;
use crate::answer::remedy::{EntryPosition, RemedySide};
use crate::compat::code::NegotiationCode;
use crate::compat::report::Overall;
use crate::diag::Severity;
use crate::peer::server::{IkeVersions, Product, Role};
use crate::peer::{self, Grade};
use crate::write::json::{SourceJson, SuiteJson, Word};
use crate::write::report::certificate::CertificateFinding;

#[derive(Serialize, JsonSchema)]
pub(super) struct Connection {
    pub(super) name: String,
    pub(super) role: Word<Role>,
    /// Versions of IKE.
    pub(super) versions: Word<IkeVersions>,
    /// Why the daemon discards it.
    pub(super) not_loaded: Option<String>,
    pub(super) findings: Vec<FindingShape>,
}

#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Finding")]
pub(super) struct FindingShape {
    /// What `ikecompat explain` explains.
    pub(super) code: String,
    pub(super) severity: Word<Severity>,
    pub(super) message: String,
    pub(super) line: Option<usize>,
    pub(super) column: Option<usize>,
    pub(super) notes: Vec<String>,
    pub(super) help: Option<String>,
}

#[derive(Serialize, JsonSchema)]
pub(super) struct Client {
    pub(super) id: String,
    pub(super) label: String,
    /// The versions that the profile covers.
    pub(super) versions: Vec<String>,
    /// The worst of its exchanges, and what else is known of the tunnel.
    pub(super) verdict: Word<Overall>,
    /// The connection that answers, if it is one.
    pub(super) connection: Option<String>,
    /// The connections of which one answers.
    pub(super) possible_connections: Vec<String>,
    /// What keeps it out although the lists agree.
    pub(super) obstacles: Vec<ObstacleShape>,
    pub(super) reauthentication: Option<ReauthenticationShape>,
    /// What it makes of the certificates; null if none were given.
    pub(super) certificate: Option<ClientCertificate>,
    /// Alternatives, the better ones first; each of them is enough.
    pub(super) remedies: Vec<RemedyShape>,
    /// What it offers nothing of that the policy allows.
    pub(super) policy_conflicts: Vec<String>,
    pub(super) ike_sa_init: Exchange,
    pub(super) ike_rekey_by_client: Exchange,
    pub(super) ike_rekey_by_server: Exchange,
    pub(super) children: Vec<Child>,
    /// Where the facts about it are written; empty within other documents.
    pub(super) sources: Vec<CitationShape>,
}

/// A source, and what it proves.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Citation")]
pub(super) struct CitationShape {
    #[serde(flatten)]
    pub(super) source: SourceJson,
    /// The exchanges whose facts it proves.
    pub(super) exchanges: Vec<Word<peer::Exchange>>,
}

/// What a client makes of the certificates.
#[derive(Serialize, JsonSchema)]
pub(super) struct ClientCertificate {
    pub(super) verdict: CertificateVerdict,
    pub(super) findings: Vec<CertificateFinding>,
}

/// Whether a certificate is refused.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub(super) enum CertificateVerdict {
    /// The client provably refuses one of them.
    Refused,
    /// Nothing is known for which it would.
    NotRefused,
    /// It would, but the connection proves the server by a shared key.
    NotShown,
}

/// What keeps a client out although the lists agree.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Obstacle")]
pub(super) struct ObstacleShape {
    /// What `ikecompat explain` explains.
    pub(super) code: &'static str,
    pub(super) message: String,
    /// What helps, in one line.
    pub(super) help: Option<String>,
}

/// What becomes of a client when the server wants it to authenticate again.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Reauthentication")]
pub(super) struct ReauthenticationShape {
    pub(super) earliest_seconds: u64,
    pub(super) latest_seconds: u64,
    pub(super) end_seconds: u64,
    pub(super) outcome: Survives,
}

/// Whether the tunnel is there afterwards.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub(super) enum Survives {
    Kept,
    Lost,
    Unknown,
}

/// One of the alternatives: its parts belong together.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Remedy")]
pub(super) struct RemedyShape {
    pub(super) advised: bool,
    /// Why it is not advised.
    pub(super) objection: Option<String>,
    pub(super) parts: Vec<PartShape>,
}

/// One thing to do in one place.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "RemedyPart")]
pub(super) struct PartShape {
    pub(super) side: Word<RemedySide>,
    /// Whose words the instruction has.
    pub(super) product: Option<Word<Product>>,
    /// 1 or 2; null if both are concerned.
    pub(super) phase: Option<u8>,
    /// The proposal to be added, in keywords.
    pub(super) proposal: Option<String>,
    /// Where in the list it has to stand; null where nothing is added.
    pub(super) position: Option<Word<EntryPosition>>,
    pub(super) instruction: String,
    /// What is to be typed, each on a line of its own.
    pub(super) commands: Vec<String>,
}

#[derive(Serialize, JsonSchema)]
pub(super) struct Child {
    pub(super) name: String,
    pub(super) ike_auth: Exchange,
    pub(super) child_rekey_by_client: Exchange,
    pub(super) child_rekey_by_server: Exchange,
}

/// One of the six exchanges.
#[derive(Default, Serialize, JsonSchema)]
pub(super) struct Exchange {
    pub(super) verdict: ExchangeVerdict,
    /// Why not; what `ikecompat explain` explains.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) code: Option<Word<NegotiationCode>>,
    /// What they agree on, as charon's log has it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) suite: Option<String>,
    /// The same as it is configured, in strongSwan's keywords.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) proposal: Option<String>,
    /// What they agree on is one of these.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) possible: Vec<SuiteJson>,
    /// Proposals that agree, or that are nearest to it, counted from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) pair: Option<PairShape>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) round_trips: Option<usize>,
    /// Groups sent and groups wanted instead, round by round.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) invalid_ke: Option<Vec<[Option<String>; 2]>>,
    /// What the nearest pair does not share.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) gaps: Vec<GapShape>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) reason: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) rank: Option<RankJson>,
    /// How what is known of the client is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) evidence: Option<Word<Grade>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) survival: Option<SurvivalShape>,
}

/// What comes out of an exchange.
#[derive(Default, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub(super) enum ExchangeVerdict {
    Agree,
    /// They agree, on one of several suites.
    OneOf,
    Refuse,
    #[default]
    Unknown,
    /// The exchange does not happen.
    NotUsed,
}

/// What becomes of the SA where the server does not renew it.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Survival")]
pub(super) struct SurvivalShape {
    pub(super) outcome: Survives,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) client_renews_after_seconds: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) server_gives_up_after_seconds: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) reason: Option<String>,
}

#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Pair")]
pub(super) struct PairShape {
    pub(super) client: usize,
    pub(super) server: usize,
}

#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Gap")]
pub(super) struct GapShape {
    pub(super) r#type: &'static str,
    pub(super) client: Vec<String>,
    pub(super) server: Vec<String>,
}
