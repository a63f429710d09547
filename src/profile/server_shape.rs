//! The file format of a server product, as docs/profiles.md describes it.

use std::collections::BTreeMap;

use indexmap::IndexMap;
use serde::Deserialize;

use super::shape::{SourceShape, ValueSet};
use crate::peer::Grade;
use crate::peer::server::IkeVersions;
use crate::peer::setting::KeySet;

/// A file `profiles/servers/<id>.yaml`.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct ServerFile {
    /// What the server is called, in one line.
    pub name: String,
    /// Where the facts come from.
    pub sources: IndexMap<String, SourceShape>,
    /// The engine that negotiates inside, where the product is not itself an engine.
    pub engine: Option<String>,
    /// The newest known release of each line, where the product is itself an engine.
    #[serde(default)]
    pub releases: Vec<String>,
    /// Which version of the engine is in which version of the product.
    #[serde(default)]
    pub engines: Vec<EngineShape>,
    /// How it chooses when the other side begins.
    pub selection: Option<ServerSelection>,
    /// What its pages or commands can select, by version; empty where a file takes every keyword.
    #[serde(default)]
    pub selectable: Vec<Selectable>,
    /// What it cannot do.
    #[serde(default)]
    pub limits: Vec<LimitShape>,
    /// What releases do by themselves, as far as they differ in it.
    #[serde(default)]
    pub behaviours: Vec<BehaviourShape>,
    /// What it lists when nobody wrote a list, by version.
    #[serde(default)]
    pub defaults: Vec<DefaultShape>,
    /// When it gives up SAs that nobody renews, where its file does not say.
    #[serde(default)]
    pub lifetimes: Vec<LifetimeShape>,
    /// What its builds implement and how its versions behave.
    #[serde(default)]
    pub builds: BTreeMap<String, BuildShape>,
}

/// An engine inside a product.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct EngineShape {
    /// First version of the product.
    pub since: String,
    /// Such as `strongswan@5.9.11`.
    pub engine: Option<String>,
    /// What was looked for in vain, instead of an engine.
    pub unknown: Option<String>,
    /// Keys of the sources.
    #[serde(default)]
    pub sources: Vec<String>,
    /// Grade, where it is lower than the best source's.
    pub grade: Option<Grade>,
}

/// How a server chooses.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct ServerSelection {
    /// Keys of the sources.
    pub sources: Vec<String>,
    /// The rule.
    pub rule: ServerRule,
    /// The rule that it was mostly seen to follow, where none is known.
    pub likely: Option<ServerRule>,
    /// One or two sentences.
    pub text: String,
}

/// The rule by which a server chooses.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq)]
#[serde(rename_all = "kebab-case")]
pub enum ServerRule {
    /// charon's: its own list outermost, unless it is told to prefer that of its peer.
    Charon,
    /// pluto's: its own first proposal that matches any of the peer's.
    Pluto,
    /// No source gives it.
    Unknown,
}

/// What pages or commands can select.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Selectable {
    /// First version.
    pub since: String,
    /// Keys of the sources.
    pub sources: Vec<String>,
    /// Algorithms of IKE that can be put together freely.
    #[serde(default)]
    pub ike: ValueSet,
    /// Algorithms of ESP that can be put together freely.
    #[serde(default)]
    pub esp: ValueSet,
    /// Whole proposals beside them, for IKE.
    #[serde(default)]
    pub ike_values: Vec<String>,
    /// Whole proposals beside them, for ESP.
    #[serde(default)]
    pub esp_values: Vec<String>,
}

/// Something that a server cannot do.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct LimitShape {
    /// Stable name.
    pub id: String,
    /// Keys of the sources.
    pub sources: Vec<String>,
    /// One or two sentences.
    pub text: String,
}

/// Something that releases do by themselves, each in its way.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct BehaviourShape {
    /// Stable name.
    pub id: String,
    /// What it is about, as the beginning of a line.
    pub title: String,
    /// How the releases do it, ascending.
    pub values: Vec<BehaviourValue>,
}

/// How releases do something, from one version on.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct BehaviourValue {
    /// First version.
    pub since: String,
    /// Keys of the sources.
    pub sources: Vec<String>,
    /// A few words.
    pub text: String,
    /// Which versions of IKE a connection takes that does not say it.
    pub unwritten_versions: Option<IkeVersions>,
    /// Whether IKEv1 is answered at all.
    pub ikev1: Option<bool>,
}

/// The lists that stand for nothing configured, from one version on.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct DefaultShape {
    /// First version.
    pub since: String,
    /// Keys of the sources.
    #[serde(default)]
    pub sources: Vec<String>,
    /// Grade, where it is lower than the best source's.
    pub grade: Option<Grade>,
    /// What else there is to say, such as the deduction behind inferred lists.
    pub note: Option<String>,
    /// What was looked for in vain, instead of lists.
    pub unknown: Option<String>,
    /// IKE.
    #[serde(default)]
    pub ike: Vec<String>,
    /// ESP, for the keyword `default`.
    #[serde(default)]
    pub esp: Vec<String>,
    /// ESP where no list is configured, if that is another one.
    pub esp_unset: Option<Vec<String>>,
    /// AH; left out if it is not known.
    pub ah: Option<Vec<String>>,
}

/// When a server gives up SAs that nobody renews, from one version on.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct LifetimeShape {
    /// First version; left out if it holds for all.
    pub since: Option<String>,
    /// The only file format for which it holds.
    pub format: Option<KeySet>,
    /// Keys of the sources.
    pub sources: Vec<String>,
    /// Of child SAs, in seconds.
    pub child_seconds: Option<u64>,
    /// Of the IKE SA, in seconds.
    pub ike_seconds: Option<u64>,
    /// In percent of the time of rekeying, where only that is written.
    pub percent_of_rekey: Option<u32>,
    /// Whether a server that does not rekey gives nothing up.
    #[serde(default)]
    pub none_without_rekey: bool,
}

/// One build or one line of versions. A list that is left out is not limited.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct BuildShape {
    /// The only version it is about, or
    pub version: Option<String>,
    /// the first of a line of versions.
    pub since: Option<String>,
    /// Keys of the sources.
    pub sources: Vec<String>,
    /// Classic ciphers, by charon's names without key length.
    pub encr: Option<Vec<String>>,
    /// AEAD ciphers.
    pub aead: Option<Vec<String>>,
    /// Integrity algorithms.
    pub integ: Option<Vec<String>>,
    /// Pseudo-random functions.
    pub prf: Option<Vec<String>>,
    /// Key exchange methods.
    pub ke: Option<Vec<String>>,
    /// Algorithms, by keyword, with which a connection is not loaded.
    #[serde(default)]
    pub lacks: Vec<String>,
    /// Whether the IPsec backend can do 64-bit sequence numbers.
    #[serde(default = "yes")]
    pub installs_esn: bool,
    /// Whether the IPsec backend takes a classic cipher without integrity.
    #[serde(default = "yes")]
    pub installs_unauthenticated: bool,
    /// Integrity algorithms that the daemon has but its IPsec backend refuses.
    #[serde(default)]
    pub not_installed: Vec<String>,
    /// Where a rekeying of a child SA takes its group from.
    #[serde(default)]
    pub child_groups: ChildGroupsWord,
    /// Whether a rekeying asks for the suite in use only.
    #[serde(default)]
    pub rekeys_suite_in_use: bool,
    /// Whether a child with a group and PFS switched off is not loaded.
    #[serde(default)]
    pub refuses_group_without_pfs: bool,
    /// How many transforms of a type it looks at.
    pub most_transforms: Option<usize>,
    /// Whether it knows additional key exchanges.
    #[serde(default)]
    pub additional_key_exchanges: bool,
    /// Whether a list that begins with `none` keeps its groups when a child SA is rekeyed.
    #[serde(default)]
    pub keeps_groups_after_none: bool,
    /// Whether a rekeying of a child SA is not asked for without a group that it can compute.
    #[serde(default)]
    pub child_needs_its_group: bool,
    /// Whether the rekeying of a child SA leaves additional key exchanges out.
    #[serde(default)]
    pub child_skips_additional: bool,
    /// Whether the word `prefer` for an IKE SA without child SA is known.
    #[serde(default)]
    pub prefers_childless: bool,
    /// Whether an IKE SA ends when its first child SA cannot be installed.
    #[serde(default)]
    pub ends_with_failed_child: bool,
}

const fn yes() -> bool {
    true
}

/// Where a rekeying of a child SA takes its group from.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq)]
#[serde(rename_all = "kebab-case")]
pub enum ChildGroupsWord {
    /// From the list.
    #[default]
    Listed,
    /// From the list, or from the IKE SA where the list names none.
    ListedOrIkeSa,
    /// From the IKE SA.
    IkeSa,
}
