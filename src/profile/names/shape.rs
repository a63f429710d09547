//! The file of `profiles/names/`: what people call clients.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::Deserialize;

use super::super::database;
use super::super::shape::SourceShape;

/// The file.
pub(super) const FILE: &str = "profiles/names/clients.yaml";

pub(super) static NAMES: LazyLock<Names> = LazyLock::new(|| {
    // A test reads it, so that it is never broken.
    database::built_in(FILE)
        .and_then(|json| serde_json::from_str(json).ok())
        .unwrap_or_default()
});

/// What the file says.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(super) struct Names {
    #[cfg_attr(
        not(test),
        expect(dead_code, reason = "for people, and for the test of the file")
    )]
    pub(super) sources: BTreeMap<String, SourceShape>,
    pub(super) systems: Vec<System>,
    pub(super) devices: Vec<Device>,
    pub(super) several: Vec<Shared>,
    pub(super) servers: Vec<Server>,
    /// Words for engines beside those of servers.
    pub(super) engines: BTreeMap<String, String>,
    pub(super) unknown: Vec<String>,
    pub(super) makers: Vec<String>,
    pub(super) ignored: Vec<String>,
    pub(super) native: Vec<String>,
}

/// Words for the clients of one or several products.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(in crate::profile) struct System {
    /// In lower case; the first one is what other words stand for.
    pub(in crate::profile) words: Vec<String>,
    /// As sentences call it.
    pub(in crate::profile) title: String,
    /// The products, as profiles call them.
    pub(in crate::profile) products: Vec<String>,
    /// Whether a word means a client of each of the products.
    #[serde(default)]
    pub(in crate::profile) each: bool,
    /// Since when it has a client.
    pub(super) built_in: Option<BuiltIn>,
    /// Names of releases, and their versions.
    #[serde(default)]
    pub(super) releases: BTreeMap<String, String>,
    /// Words that change nothing here.
    #[serde(default)]
    pub(super) ignored: Vec<String>,
    /// Whether builds of a release have names, such as `24H2`.
    #[serde(default)]
    pub(super) builds: bool,
    /// Whether what stands behind it are models.
    #[serde(default)]
    pub(super) models: bool,
    /// The word of [`Names::several`] that a name with a number means.
    pub(super) numbered: Option<String>,
    /// The system that lower versions belong to.
    pub(super) lower: Option<Lower>,
}

/// Versions that are another system's.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(super) struct Lower {
    /// Those before this one.
    pub(super) than: String,
    /// Its first word.
    pub(super) system: String,
}

/// Since when a system has a client of its own.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(super) struct BuiltIn {
    /// The first release with it.
    pub(super) since: String,
    /// Releases before that one whose names are no lower numbers.
    #[serde(default)]
    pub(super) before: Vec<String>,
    /// What there is for older ones.
    pub(super) instead: Option<String>,
    #[cfg_attr(
        not(test),
        expect(dead_code, reason = "for people, and for the test of the file")
    )]
    pub(super) sources: Vec<String>,
}

/// Words for a device, which says nothing of its release.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(in crate::profile) struct Device {
    pub(super) words: Vec<String>,
    /// The first word of its system.
    pub(super) system: String,
    /// The first model that runs what the newest profile of the system is about.
    pub(super) newest_since: Option<u32>,
    #[serde(default)]
    #[cfg_attr(
        not(test),
        expect(dead_code, reason = "for people, and for the test of the file")
    )]
    pub(super) sources: Vec<String>,
    /// Words that tell models apart which run the same.
    #[serde(default)]
    pub(super) ignored: Vec<String>,
}

/// A word that several clients share.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(in crate::profile) struct Shared {
    pub(super) words: Vec<String>,
    /// What it is, as the end of a sentence.
    pub(in crate::profile) why: String,
    /// The products, as profiles call them.
    pub(in crate::profile) products: Vec<String>,
    /// The products whose version the releases have.
    #[serde(default)]
    pub(in crate::profile) packaged: Vec<String>,
    #[serde(default)]
    #[cfg_attr(
        not(test),
        expect(dead_code, reason = "for people, and for the test of the file")
    )]
    pub(super) sources: Vec<String>,
    /// The version of the packaged product in a release.
    #[serde(default)]
    pub(super) releases: BTreeMap<String, String>,
}

/// A product that is asked about as a server.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(in crate::profile) struct Server {
    pub(super) words: Vec<String>,
    /// As sentences call it.
    pub(in crate::profile) title: String,
    pub(super) product: Option<String>,
    pub(super) engine: Option<String>,
    pub(super) format: Option<String>,
    /// The product of its profile.
    pub(in crate::profile) profile: Option<String>,
}

impl Server {
    /// How it is named as a server.
    pub(in crate::profile) fn ways(&self) -> Vec<String> {
        let engine = self.engine.as_ref().or(self.product.as_ref());
        let engine =
            engine.map(|engine| format!("`--engine {engine}@VERSION` says that the server is one"));
        let format = self.format.as_ref();
        let format = format.map(|format| format!("`--from {format}` reads its configuration"));
        engine.into_iter().chain(format).collect()
    }
}
