//! What a server answered to a first message, and what became of the SA.

use super::proof::Proof;
use crate::compat::exchange::InvalidKe;
use crate::crypt::{BadPublicValue, NotComputable};
use crate::ike::{Notify, Suite, Transform};

/// What a server answers to a first message.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Answer {
    /// It selects a suite.
    Selected(Suite),
    /// It selects what was not offered.
    NotOffered(Suite),
    /// An error: NO_PROPOSAL_CHOSEN, or another one.
    Error(Notify),
    /// It asks for a group that the client does not offer.
    WantsOther(Transform),
    /// It asks for the group that was sent.
    WantsSent(Transform),
    /// It asks for a group that this program does not compute.
    NotComputed(Transform),
    /// It asks for another group although the client does not try again, or once more too often.
    TooManyRounds(Transform),
    /// It sends another gateway's address.
    Redirect,
    /// It asks for cookies again and again.
    Cookies,
    /// Its answer lacks a payload, or has a wrong one.
    Malformed(&'static str),
    /// Nothing.
    Silence,
    /// Nothing until the run was ended, which did not wait for it as long as a client does.
    NotAwaited,
}

impl Answer {
    /// Whether the server has said anything.
    pub(crate) const fn is_one(&self) -> bool {
        !matches!(self, Self::Silence | Self::NotAwaited)
    }
}

/// What became of the SA that a selection begins.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Cleanup {
    /// The server has ended it.
    Freed {
        /// EAP was begun, and refused.
        eap: bool,
    },
    /// The server did not answer IKE_AUTH.
    Silence,
    /// Its answer to IKE_AUTH has neither an error nor EAP.
    Unexpected,
    /// Something came for IKE_AUTH that the keys do not open.
    NotOpened,
    /// It goes on with EAP although that was refused again and again.
    EapGoesOn,
    /// IKE_AUTH would be longer than a message can be.
    NotSent,
    /// The keys cannot be made.
    Impossible(NotComputable),
    /// The server's public value is none.
    PublicValue(BadPublicValue),
}

impl Cleanup {
    /// Whether the server keeps the SA until it forgets it.
    pub(crate) const fn is_left(&self) -> bool {
        !matches!(self, Self::Freed { .. })
    }
}

/// What else an answer to IKE_SA_INIT shows.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Traits {
    /// The notifies, in order.
    pub notifies: Vec<Notify>,
    /// The vendor IDs, in order.
    pub vendor_ids: Vec<Vec<u8>>,
    /// Length of the nonce in octets.
    pub nonce: usize,
    /// How many certification authorities CERTREQ names.
    pub authorities: Option<usize>,
    /// Whether the own address is changed on the way.
    pub translated: Option<bool>,
}

/// What a conversation has shown.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Heard {
    /// The answer.
    pub answer: Answer,
    /// Rounds that INVALID_KE_PAYLOAD cost before.
    pub invalid_ke: Vec<InvalidKe>,
    /// Cookies that were asked for.
    pub cookies: u8,
    /// What became of the SA, if there was one.
    pub cleanup: Option<Cleanup>,
    /// What else the answer shows, if it selects.
    pub traits: Option<Traits>,
    /// How the server proves who it is, if it was asked to and does.
    pub proof: Option<Proof>,
    /// The error with which it ended IKE_AUTH.
    pub refusal: Option<Notify>,
}

impl Heard {
    /// Nothing but an answer.
    pub(crate) const fn only(answer: Answer) -> Self {
        Self {
            answer,
            invalid_ke: Vec::new(),
            cookies: 0,
            cleanup: None,
            traits: None,
            proof: None,
            refusal: None,
        }
    }

    /// Whether the server has said anything at all.
    pub(crate) const fn has_answered(&self) -> bool {
        self.answer.is_one() || self.cookies > 0 || !self.invalid_ke.is_empty()
    }
}
