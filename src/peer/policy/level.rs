//! Requirement levels, and how a text states them.

use schemars::JsonSchema;
use serde::Deserialize;
use strum::{Display, EnumIter};

/// A requirement level, most demanding first.
///
/// An order of its own: sorted as text, MUST- would come next to MUST, and MUST NOT too. MAY stands
/// before the levels on their way out, since the ranking asks what to build on (docs/ranking.md).
#[derive(
    Clone,
    Copy,
    Debug,
    Deserialize,
    JsonSchema,
    Display,
    EnumIter,
    Eq,
    Hash,
    Ord,
    PartialEq,
    PartialOrd,
    strum::VariantNames,
)]
pub enum Level {
    /// Must be implemented.
    #[serde(rename = "MUST")]
    #[strum(serialize = "MUST")]
    Must,
    /// Should be, and is expected to become MUST.
    #[serde(rename = "SHOULD+")]
    #[strum(serialize = "SHOULD+")]
    ShouldPlus,
    /// Should be implemented.
    #[serde(rename = "SHOULD")]
    #[strum(serialize = "SHOULD")]
    Should,
    /// In the set that the policy allows.
    #[serde(rename = "allowed")]
    #[strum(serialize = "allowed")]
    Allowed,
    /// Not yet in the set, but expected to join it.
    #[serde(rename = "expected")]
    #[strum(serialize = "expected")]
    Expected,
    /// May be implemented.
    #[serde(rename = "MAY")]
    #[strum(serialize = "MAY")]
    May,
    /// The registry lists it without a reference for this use.
    #[serde(rename = "unreferenced")]
    #[strum(serialize = "listed without a reference")]
    Unreferenced,
    /// Must be implemented still, and is expected to lose that.
    #[serde(rename = "MUST-")]
    #[strum(serialize = "MUST-")]
    MustMinus,
    /// Should be implemented still, and is expected to become MAY or less.
    #[serde(rename = "SHOULD-")]
    #[strum(serialize = "SHOULD-")]
    ShouldMinus,
    /// To be replaced where it is in use still.
    #[serde(rename = "legacy")]
    #[strum(serialize = "legacy")]
    Legacy,
    /// The policy has a list of what is good, and does not speak of it.
    #[serde(rename = "not mentioned")]
    #[strum(serialize = "not mentioned")]
    Unmentioned,
    /// Should not be implemented.
    #[serde(rename = "SHOULD NOT")]
    #[strum(serialize = "SHOULD NOT")]
    ShouldNot,
    /// In no registry: a private-use or unassigned number, or a key length that the cipher has not.
    #[serde(skip)]
    #[strum(serialize = "unregistered")]
    Unregistered,
    /// Must not be implemented.
    #[serde(rename = "MUST NOT")]
    #[strum(serialize = "MUST NOT")]
    MustNot,
    /// Not in the set, and nothing else is allowed.
    #[serde(rename = "not in the set")]
    #[strum(serialize = "not in the set")]
    NotInSet,
    /// The registry, or the algorithm's own RFC, bars this use.
    #[serde(rename = "not allowed")]
    #[strum(serialize = "not allowed")]
    NotAllowed,
    /// Nothing is encrypted: this program's own rule, whatever a policy says of implementations.
    #[serde(skip)]
    #[strum(serialize = "nothing is encrypted")]
    Unencrypted,
}

/// How a level is stated.
#[derive(Clone, Copy, Debug, Deserialize, JsonSchema, EnumIter, Eq, PartialEq)]
#[serde(rename_all = "lowercase")]
pub enum Known {
    /// In a row of a table.
    Table,
    /// In the text around it.
    Text,
    /// Not at all, so the rule for algorithms not mentioned holds.
    Default,
    /// By the IANA registry.
    Registry,
    /// For another protocol, and applied to this one.
    #[serde(skip)]
    Inference,
}

impl Level {
    /// The levels as files spell them.
    pub const WORDS: &[&str] = &[
        "MUST",
        "SHOULD+",
        "SHOULD",
        "allowed",
        "expected",
        "MAY",
        "unreferenced",
        "MUST-",
        "SHOULD-",
        "legacy",
        "not mentioned",
        "SHOULD NOT",
        "MUST NOT",
        "not in the set",
        "not allowed",
    ];
}

/// How well the text behind a cell was read.
#[derive(Clone, Copy, Debug, Default, Deserialize, JsonSchema, Display, Eq, PartialEq)]
#[serde(rename_all = "kebab-case")]
#[strum(serialize_all = "kebab-case")]
pub enum Mark {
    /// In the document itself.
    #[default]
    Verified,
    /// In quotations of it.
    SecondHand,
}

impl Mark {
    /// The marks as files spell them.
    pub const WORDS: &[&str] = &["verified", "second-hand"];
}

impl Known {
    /// The ways as files spell them.
    pub const WORDS: &[&str] = &["table", "text", "default", "registry"];
}

/// How a strength is known.
#[derive(Clone, Copy, Debug, Deserialize, JsonSchema, Display, EnumIter, Eq, PartialEq)]
#[serde(rename_all = "lowercase")]
#[strum(serialize_all = "lowercase")]
pub enum Measure {
    /// What the algorithm was made for.
    Design,
    /// From outside the table.
    Estimate,
    /// The size of the key or of the output.
    Size,
    /// The table that the policy names.
    Table,
    /// No text was found.
    Unknown,
}
