//! What becomes of a client whose server wants it to authenticate again.

use super::client::Situation;
use crate::peer::authentication::Method;
use crate::peer::{Client, Connection, Known, ReauthenticationTimes};

/// What becomes of a client whose server wants it to authenticate again.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Reauthenticated {
    /// When.
    pub times: ReauthenticationTimes,
    /// Whether the client is still there afterwards.
    pub outcome: ReauthenticationOutcome,
}

/// Whether a client survives a reauthentication.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum ReauthenticationOutcome {
    /// It authenticates again by itself.
    Kept,
    /// It does not, and loses the tunnel.
    Lost,
    /// No source says.
    Unknown(String),
}

/// What becomes of `client`; `None` where the server wants no such thing.
///
/// As responder charon tells its wish with AUTH_LIFETIME (RFC 4478) and waits for the client, which it
/// cannot ask where EAP or an address from a pool is involved.
pub(crate) fn reauthenticated(
    client: &Client,
    connection: &Connection,
    situation: &Situation,
) -> Option<Reauthenticated> {
    let times = situation.lifetimes.of_reauthentication(connection)?;
    let rounds = connection.remote.rounds.iter();
    let by_certificate = rounds
        .map(|round| &round.method)
        .all(|method| *method == Some(Method::PublicKey));
    let outcome = match &client.reauthentication {
        Known::Stated(fact) => match (fact.value.begins, fact.value.follows) {
            (Some(true), _) => ReauthenticationOutcome::Kept,
            // The sources saw it with certificates.
            (_, Some(false)) if by_certificate => ReauthenticationOutcome::Lost,
            _ => ReauthenticationOutcome::Unknown(
                "whether the client authenticates again by itself".to_owned(),
            ),
        },
        Known::Unknown(what) => ReauthenticationOutcome::Unknown(what.clone()),
    };
    Some(Reauthenticated { times, outcome })
}
