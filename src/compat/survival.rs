//! What becomes of a tunnel whose server cannot renew the keys: an SA outlives a rekeying that is
//! refused, and ends at its hard lifetime unless the client renews it by itself before.

use std::time::Duration;

use super::client::{ChildVerdicts, IkeVerdicts, Situation};
use super::verdict::Verdict;
use crate::peer::{Child, Client, Connection, HardLifetime};

/// What becomes of an SA that the server does not renew.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Survival {
    /// The client renews it in time, or it never ends.
    Kept {
        /// How old it is when the client renews it, where that counts.
        renewed: Option<Duration>,
        /// How old it may become.
        lifetime: Option<Duration>,
    },
    /// The server gives it up before the client renews it.
    Lost {
        /// How old it is when the client would renew it.
        renewed: Duration,
        /// How old it may become.
        lifetime: Duration,
    },
    /// Nobody knows, because of what is said here.
    Unknown(String),
}

/// Both directions of a rekeying, and how long the SA lasts.
struct Renewal<'a> {
    by_server: &'a Verdict,
    by_client: &'a Verdict,
    never_asked: bool,
    interval: Option<Duration>,
    lifetime: HardLifetime,
}

/// What becomes of a child SA where the server's rekeying is refused, or never asked for; `None`
/// where nothing is to be said.
pub(crate) fn of_child(
    (client, connection, child): (&Client, &Connection, &Child),
    verdicts: &ChildVerdicts,
    situation: &Situation,
) -> Option<Survival> {
    let renewal = Renewal {
        by_server: &verdicts.child_rekey_by_server.verdict,
        by_client: &verdicts.child_rekey_by_client.verdict,
        never_asked: connection.rekey.child == Some(Duration::ZERO),
        interval: client.lifetimes.child,
        lifetime: situation.lifetimes.of_child(connection, child),
    };
    renewal.survival()
}

/// The same of the IKE SA. One that the server authenticates again ends otherwise.
pub(crate) fn of_ike(
    (client, connection): (&Client, &Connection),
    verdicts: &IkeVerdicts,
    situation: &Situation,
) -> Option<Survival> {
    let reauthenticated = connection.reauthentication.is_some();
    let renewal = Renewal {
        by_server: &verdicts.ike_rekey_by_server.verdict,
        by_client: &verdicts.ike_rekey_by_client.verdict,
        never_asked: connection.rekey.ike == Some(Duration::ZERO) && !reauthenticated,
        interval: client.lifetimes.ike,
        lifetime: situation.lifetimes.of_ike(connection),
    };
    renewal.survival()
}

impl Renewal<'_> {
    fn survival(&self) -> Option<Survival> {
        if self.by_server.fails() {
            return Some(self.refused());
        }
        let never = self.never_asked && matches!(self.by_server, Verdict::NotUsed(_));
        match (self.interval, self.lifetime) {
            (Some(renewed), HardLifetime::After(lifetime)) if never && renewed >= lifetime => {
                Some(Survival::Lost { renewed, lifetime })
            }
            _ => None,
        }
    }

    fn refused(&self) -> Survival {
        let unknown = |what: &str| Survival::Unknown(what.to_owned());
        match (self.interval, self.lifetime) {
            (_, HardLifetime::Endless) => Survival::Kept {
                renewed: None,
                lifetime: None,
            },
            (_, HardLifetime::Unknown) => unknown("when the server gives up an SA is not said"),
            (None, _) => unknown("when the client renews keys by itself is not known"),
            (Some(renewed), HardLifetime::After(lifetime)) => {
                if renewed >= lifetime {
                    Survival::Lost { renewed, lifetime }
                } else if matches!(self.by_client, Verdict::Unknown(_)) {
                    unknown("whether the client's own rekeying succeeds is not known")
                } else {
                    Survival::Kept {
                        renewed: Some(renewed),
                        lifetime: Some(lifetime),
                    }
                }
            }
        }
    }
}
