//! What is said about one exchange between a client and a server.

use crate::compat::code::NegotiationCode;
use crate::compat::exchange::{InvalidKe, Limit};
use crate::compat::gap::Gap;
use crate::ike::Suite;
use crate::peer::Grade;
use crate::peer::build::NotLoaded;

/// The two proposals compared, numbered from 1 in configured order.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Pair {
    /// The client's.
    pub client: usize,
    /// The server's.
    pub server: usize,
}

impl Pair {
    /// The pair at the given places, which count from 0.
    pub(crate) const fn numbered(client: usize, server: usize) -> Self {
        Self {
            client: client + 1,
            server: server + 1,
        }
    }
}

/// The peers settle on a suite.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Agreed {
    /// The suite that both sides settle on.
    pub suite: Suite,
    /// By which pair of proposals, where the choice is known.
    pub pair: Option<Pair>,
    /// Rounds that INVALID_KE_PAYLOAD costs first; `None` if the first KE payload is not known.
    pub invalid_ke: Option<Vec<InvalidKe>>,
}

/// Why the peers do not settle.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Refusal {
    /// The lists share nothing: NO_PROPOSAL_CHOSEN. The gaps are those of the nearest pair, with
    /// the client's side in `asked` and the server's in `answered`, whoever asks.
    NoMatch {
        /// The nearest pair; `None` if a list is empty.
        pair: Option<Pair>,
        /// All transform types without agreement.
        gaps: Vec<Gap>,
    },
    /// The server asks for new keys with a key exchange, which this client refuses.
    KeyExchangeUnwanted,
    /// The server asks for new keys, which this client refuses behind NAT.
    BehindNat,
    /// A limit of a daemon.
    Limit(Limit),
    /// The server's daemon does not load the connection.
    NotLoaded(NotLoaded),
}

/// The answer for one exchange.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Verdict {
    /// The peers settle on one suite.
    Agree(Agreed),
    /// They settle on one of these; how the answering side chooses is not known.
    OneOf(Vec<Suite>),
    /// They do not.
    Refuse(Refusal),
    /// The sources do not say. No writer may fold this into another verdict.
    Unknown(String),
    /// The exchange does not take place, for the reason given.
    NotUsed(&'static str),
}

impl Verdict {
    /// The suite, where it is certain.
    pub fn suite(&self) -> Option<&Suite> {
        match self {
            Self::Agree(agreed) => Some(&agreed.suite),
            _ => None,
        }
    }

    /// All suites that may come out.
    pub fn suites(&self) -> &[Suite] {
        match self {
            Self::Agree(agreed) => std::slice::from_ref(&agreed.suite),
            Self::OneOf(suites) => suites,
            _ => &[],
        }
    }

    /// The name of what a refusal is about.
    pub fn code(&self) -> Option<NegotiationCode> {
        let Self::Refuse(refusal) = self else {
            return None;
        };
        match refusal {
            Refusal::NoMatch { gaps, .. } => {
                gaps.first().map(|gap| NegotiationCode::of_gap(gap.kind))
            }
            Refusal::KeyExchangeUnwanted => Some(NegotiationCode::RekeyWithKeyExchangeRefused),
            Refusal::BehindNat => Some(NegotiationCode::ServerRekeyBehindNat),
            Refusal::NotLoaded(_) => Some(NegotiationCode::ConnectionNotLoaded),
            Refusal::Limit(_) => None,
        }
    }

    /// Whether the exchange is known to fail.
    pub(crate) const fn fails(&self) -> bool {
        matches!(self, Self::Refuse(_))
    }
}

/// A verdict with the weakest evidence it leans on; `None` for what leans on no profile.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Judged {
    /// The verdict.
    pub verdict: Verdict,
    /// Weakest grade.
    pub evidence: Option<Grade>,
}

impl Judged {
    /// A verdict that leans on no profile.
    pub(crate) const fn plain(verdict: Verdict) -> Self {
        Self {
            verdict,
            evidence: None,
        }
    }
}
