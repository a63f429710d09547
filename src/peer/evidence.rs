//! How a fact about a client is known.

use crate::diag::Tone;
use serde::Deserialize;
use strum::{Display, EnumIter, EnumString, IntoStaticStr, VariantNames};

/// Evidence grade, most trusted first.
#[derive(
    Clone,
    Copy,
    Debug,
    Display,
    EnumIter,
    EnumString,
    Eq,
    Hash,
    IntoStaticStr,
    Ord,
    PartialEq,
    PartialOrd,
    VariantNames,
    Deserialize,
    schemars::JsonSchema,
)]
#[serde(rename_all = "lowercase")]
#[strum(serialize_all = "lowercase")]
pub enum Grade {
    /// A capture or log that names the client, or a daemon that was run.
    Observed,
    /// The client's own published source code.
    Source,
    /// A page of the vendor or of the peer's project.
    Documented,
    /// Somebody says so in public.
    Reported,
    /// Deduced from other facts; the profile says how.
    Inferred,
}

impl Grade {
    /// What the grade means for who reads it: what somebody has seen or written stands, what was said or deduced may not.
    pub(crate) const fn tone(self) -> Tone {
        match self {
            Self::Observed | Self::Source | Self::Documented => Tone::Good,
            Self::Reported | Self::Inferred => Tone::Doubtful,
        }
    }
}

/// A public place where a fact can be looked up.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Source {
    /// Key inside the profile.
    pub key: String,
    /// How the source knows it.
    pub grade: Grade,
    /// Title of the page, file or thread.
    pub title: String,
    /// Address.
    pub url: String,
    /// Where on the page.
    pub locator: Option<String>,
    /// Date of the page, log or commit, `YYYY-MM-DD` or less.
    pub date: Option<String>,
    /// What the source says, literally.
    pub says: Option<String>,
}
