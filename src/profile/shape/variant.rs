//! What a profile says of one set-up: offers, rekeyings, answers, lifetimes.

use std::borrow::Cow;
use std::collections::BTreeMap;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::Deserialize;

use crate::peer::Grade;
use crate::peer::client::{InvalidKeRetry, RegistryLevel};

/// A set-up.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Variant {
    /// How the connection is made.
    pub setup: String,
    /// Words that `--clients` accepts for this set-up.
    #[serde(default)]
    pub aliases: Vec<String>,
    /// The value of `NegotiateDH2048_AES256` in the Windows registry that makes this set-up.
    pub registry: Option<RegistryLevel>,
    /// First message.
    pub ike_sa_init: Option<IkeGroup>,
    /// First child SA.
    pub ike_auth: Option<OfferGroup>,
    /// Rekeying of a child SA by the client.
    pub child_rekey_by_client: Option<RekeyGroup>,
    /// Rekeying of a child SA by the server.
    pub child_rekey_by_server: Option<AnswerGroup>,
    /// Rekeying of the IKE SA by the client.
    pub ike_rekey_by_client: Option<RekeyGroup>,
    /// Rekeying of the IKE SA by the server.
    pub ike_rekey_by_server: Option<AnswerGroup>,
    /// What it takes when the other side begins, of a gateway.
    pub responder: Option<ResponderGroup>,
    /// When the client asks for new keys.
    pub lifetimes: Option<LifetimeGroup>,
    /// What the sources leave possible in exchanges under `unknown`.
    #[serde(default)]
    pub readings: BTreeMap<String, ReadingGroup>,
    /// Exchanges that no source describes, and what was looked for.
    #[serde(default)]
    pub unknown: BTreeMap<String, String>,
}

/// Facts about the first message.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct IkeGroup {
    /// Keys of the sources.
    pub sources: Vec<String>,
    /// Grade, where it is lower than the best source's.
    pub grade: Option<Grade>,
    /// What else there is to say.
    pub note: Option<String>,
    /// Proposals in wire order.
    pub offers: Vec<String>,
    /// Group of the KE payload.
    pub key_exchange: Option<String>,
    /// Whether and how the client tries again after INVALID_KE_PAYLOAD.
    pub retries_invalid_ke: Option<RetriesInvalidKe>,
    /// Methods that it may offer as additional key exchanges besides: no source says whether it does.
    #[serde(default)]
    pub may_add: Vec<String>,
}

/// Whether and how a client tries again after INVALID_KE_PAYLOAD.
#[derive(Clone, Copy, Debug, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum RetriesInvalidKe {
    /// Whether it repeats its message with a KE payload of the wanted group.
    Repeats(bool),
    /// It begins a new exchange.
    Anew(Anew),
}

/// The word for a new exchange.
#[derive(Clone, Copy, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Anew {
    /// With another SPI, another nonce and no cookie, and only if each proposal has the group.
    Anew,
}

impl From<RetriesInvalidKe> for InvalidKeRetry {
    fn from(retries: RetriesInvalidKe) -> Self {
        match retries {
            RetriesInvalidKe::Repeats(false) => Self::Never,
            RetriesInvalidKe::Repeats(true) => Self::Repeats,
            RetriesInvalidKe::Anew(Anew::Anew) => Self::Anew,
        }
    }
}

/// Facts about an offer.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct OfferGroup {
    /// Keys of the sources.
    pub sources: Vec<String>,
    /// Grade, where it is lower than the best source's.
    pub grade: Option<Grade>,
    /// What else there is to say.
    pub note: Option<String>,
    /// Proposals in wire order.
    pub offers: Vec<String>,
}

/// Facts about a rekeying that the client asks for.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct RekeyGroup {
    /// Keys of the sources.
    pub sources: Vec<String>,
    /// Grade, where it is lower than the best source's.
    pub grade: Option<Grade>,
    /// What else there is to say.
    pub note: Option<String>,
    /// What is offered.
    pub offers: RekeyWords,
    /// The groups in the list stand for the group of the IKE SA; of the word `negotiated`, the
    /// suite in use goes out with that group and without.
    #[serde(default)]
    pub group_of_ike_sa: bool,
    /// Of the word `negotiated`: the suite in use goes out with that group only.
    #[serde(default)]
    pub group_only: bool,
}

/// A list, or the word `negotiated`.
#[derive(Clone, Debug, Deserialize)]
#[serde(from = "serde_json::Value")]
pub enum RekeyWords {
    /// The algorithms of the list, in its order.
    List(Vec<String>),
    /// Only the suite in use.
    Negotiated,
    /// Neither; the place is found by the linter.
    Neither,
}

impl JsonSchema for RekeyWords {
    fn schema_name() -> Cow<'static, str> {
        "RekeyWords".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let list = generator.subschema_for::<Vec<String>>();
        json_schema!({
            "description": "Proposals in wire order, or the word `negotiated`: only the suite in use.",
            "anyOf": [list, { "const": "negotiated" }],
        })
    }
}

impl From<serde_json::Value> for RekeyWords {
    fn from(value: serde_json::Value) -> Self {
        match value {
            serde_json::Value::String(word) if word == "negotiated" => Self::Negotiated,
            list => serde_json::from_value(list).map_or(Self::Neither, Self::List),
        }
    }
}

/// What the sources leave possible where they do not say what a client offers.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct ReadingGroup {
    /// Keys of the sources.
    pub sources: Vec<String>,
    /// Why nothing else is possible.
    pub note: String,
    /// All that is possible.
    pub offers: Vec<Reading>,
}

/// One thing that a client may offer at a rekeying.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum Reading {
    /// By a word.
    Word(ReadingWord),
    /// Proposals in wire order.
    List(Vec<String>),
}

/// A word for what a client may offer at a rekeying.
#[derive(Clone, Copy, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ReadingWord {
    /// The suite in use.
    Negotiated,
    /// The suite in use, with the group of the IKE SA and then without.
    NegotiatedInIkeGroup,
    /// The list of the first message, or of IKE_AUTH, again.
    Offered,
}

/// Facts about a rekeying that the server asks for.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct AnswerGroup {
    /// Keys of the sources.
    pub sources: Vec<String>,
    /// Grade, where it is lower than the best source's.
    pub grade: Option<Grade>,
    /// What else there is to say.
    pub note: Option<String>,
    /// Proposals it can agree to.
    pub accepts: RekeyWords,
    /// As in [`RekeyGroup`].
    #[serde(default)]
    pub group_of_ike_sa: bool,
    /// As in [`RekeyGroup`].
    #[serde(default)]
    pub group_only: bool,
    /// It refuses an offer that names a key exchange anywhere.
    #[serde(default)]
    pub refuses_any_ke: bool,
    /// It refuses altogether behind NAT.
    #[serde(default)]
    pub refuses_behind_nat: bool,
}

/// What a gateway takes as responder of the first messages.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct ResponderGroup {
    /// Keys of the sources.
    pub sources: Vec<String>,
    /// Grade, where it is lower than the best source's.
    pub grade: Option<Grade>,
    /// What else there is to say.
    pub note: Option<String>,
    /// IKE proposals, in the order of the source.
    #[serde(default)]
    pub ike: Vec<String>,
    /// ESP proposals, in the order of the source.
    #[serde(default)]
    pub esp: Vec<String>,
}

/// Facts about times and volumes.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct LifetimeGroup {
    /// Keys of the sources.
    pub sources: Vec<String>,
    /// Grade, where it is lower than the best source's.
    pub grade: Option<Grade>,
    /// What else there is to say.
    pub note: Option<String>,
    /// Child SA, seconds.
    pub child_rekey_seconds: Option<u64>,
    /// Child SA, mebibytes.
    pub child_rekey_mebibytes: Option<u32>,
    /// IKE SA, seconds.
    pub ike_rekey_seconds: Option<u64>,
}
