//! What a diagnosis says: causes with their proof, the phase they belong to, and what to do.

use strum::{Display, EnumIter, EnumString, IntoStaticStr, VariantNames};

use crate::diag::Tone;

use super::Cause;

/// The part of a connection's life in which it failed.
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
)]
#[strum(serialize_all = "snake_case")]
pub enum Phase {
    /// Nothing failed, or it is not known where.
    None,
    /// Before an answer: names, routes, ports, packets.
    Network,
    /// The first exchange, "phase 1".
    IkeSaInit,
    /// Identities, certificates, keys, passwords.
    IkeAuth,
    /// The first child SA, "phase 2".
    ChildSa,
    /// New keys for what was up, or its end.
    Rekey,
}

/// How sure a finding is. The surest comes first.
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
)]
#[strum(serialize_all = "snake_case")]
pub enum Confidence {
    /// A line says so, and nothing else would write it.
    Certain,
    /// The lines say so, but something else could.
    Likely,
    /// One of several explanations.
    Possible,
}

impl Confidence {
    /// What it means for who reads it.
    pub(crate) const fn tone(self) -> Tone {
        match self {
            Self::Certain | Self::Likely => Tone::Neutral,
            Self::Possible => Tone::Doubtful,
        }
    }
}

/// What came of a connection attempt, or of a whole file.
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
)]
#[strum(serialize_all = "snake_case")]
pub enum Outcome {
    /// Nothing here is about IKE.
    NotIke,
    /// An IKE SA with a child SA was established.
    Established,
    /// There is IKE, but nothing that decides.
    Inconclusive,
    /// The attempt ended without a child SA.
    Failed,
}

/// A line, or a packet, that proves something.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Evidence {
    /// Number of the file that it stands in, from 0.
    pub file: usize,
    /// Number of the line or packet, from 1.
    pub line: u64,
    /// The line as it may be shown.
    pub text: String,
}

/// What explains a failure, or a success: one cause with its proof.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Explanation {
    /// The cause.
    pub cause: Cause,
    /// Where in the connection's life.
    pub phase: Phase,
    /// How sure it is.
    pub confidence: Confidence,
    /// What happened, as a sentence without full stop.
    pub message: String,
    /// The decisive lines.
    pub evidence: Vec<Evidence>,
    /// What was considered and is not the cause, as clauses.
    pub ruled_out: Vec<String>,
    /// What to do.
    pub fix: String,
    /// Where it is written.
    pub source: Option<&'static str>,
}
