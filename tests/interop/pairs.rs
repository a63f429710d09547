//! Pairs of peers: the lists of an initiator and a responder.

use serde::{Deserialize, Serialize};

/// The proposals of one peer as strongSwan keyword strings.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(crate) struct Lists {
    pub(crate) ike: Vec<String>,
    pub(crate) esp: Vec<String>,
}

/// Two peers that meet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Pair {
    pub(crate) id: String,
    pub(crate) initiator: Lists,
    pub(crate) responder: Lists,
    /// `charon.prefer_configured_proposals`, on both sides.
    #[serde(default = "default_preference")]
    pub(crate) responder_prefers_own: bool,
}

fn default_preference() -> bool {
    true
}
