//! What a file makes a client offer, and the client that it then is.

use super::client::{ConfigMethod, IkeOffer, RekeyAnswer, RekeyOffer, ServerKey};
use super::server::Spanned;
use super::{Client, Entry, Fact, Grade, Known};

/// A file that configures a client.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Configuration {
    /// Name of the file, as the user wrote it.
    pub file: String,
    /// What kind of file it is.
    pub method: ConfigMethod,
    /// What the connection is called.
    pub name: Option<Spanned<String>>,
    /// Host name or IP address of the server.
    pub address: Option<Spanned<String>>,
    /// Identity of the server that the client asks for.
    pub remote_id: Option<Spanned<String>>,
    /// Which of the client's own set-ups the file chooses, by the name of its variant.
    pub setup: Option<Spanned<String>>,
    /// The IKE proposal that it sets; `None` leaves what the client offers by itself.
    pub ike: Option<Entry>,
    /// The ESP proposal that it sets, with the groups that are sent when the child SA is rekeyed.
    pub esp: Option<Entry>,
    /// The only kind of key that the client then takes from a server; `None` leaves it.
    pub server_key: Option<ServerKey>,
    /// The file sets how long an IKE SA and a child SA live.
    pub sets_lifetimes: [bool; 2],
}

/// How it is known that a file of this kind has this effect on the client.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Evidence {
    /// Grade of the weakest of the sources.
    pub grade: Grade,
    /// Keys of the profile's sources.
    pub sources: Vec<String>,
}

/// Of a client that has one suite nothing else than that is possible.
fn only(readings: &mut Vec<RekeyOffer>) {
    if !readings.is_empty() {
        *readings = vec![RekeyOffer::Negotiated];
    }
}

impl Configuration {
    /// A file that sets nothing.
    pub(crate) fn new(file: &str, method: ConfigMethod) -> Self {
        Self {
            file: file.to_owned(),
            method,
            name: None,
            address: None,
            remote_id: None,
            setup: None,
            ike: None,
            esp: None,
            server_key: None,
            sets_lifetimes: [false; 2],
        }
    }

    /// The client that `client` becomes with this file.
    ///
    /// That exactly the proposals of the file go out is as well known as `evidence` says; what
    /// follows from it for rekeyings is inferred.
    pub fn applied_to(&self, client: &Client, evidence: &Evidence) -> Client {
        let mut configured = client.clone();
        if let Some(ike) = &self.ike {
            self.set_ike(&mut configured, ike, evidence);
        }
        if let Some(esp) = &self.esp {
            self.set_esp(&mut configured, esp, evidence);
        }
        if let Some(key) = self.server_key {
            configured.server_key = Known::Stated(self.fact(key, evidence));
        }
        let [ike, child] = self.sets_lifetimes;
        if ike {
            configured.lifetimes.ike = None;
        }
        if child {
            configured.lifetimes.child = None;
        }
        configured
    }

    fn set_ike(&self, client: &mut Client, ike: &Entry, evidence: &Evidence) {
        let by_engine = client.engine.is_some();
        // What sets the suites goes before the registry.
        client.registry = None;
        let before = client.ike_sa_init.stated();
        client.ike_sa_init = Known::Stated(
            self.fact(
                IkeOffer {
                    proposals: vec![ike.proposal.clone()],
                    // An engine finds its guess in the proposal by a rule of its own.
                    key_exchange: ike
                        .proposal
                        .of(crate::ike::TransformType::KE)
                        .first()
                        .copied()
                        .filter(|_| !by_engine),
                    retries_invalid_ke: before.and_then(|fact| fact.value.retries_invalid_ke),
                },
                evidence,
            ),
        );
        if by_engine {
            return;
        }
        let list = || RekeyOffer::List(vec![ike.proposal.clone()]);
        only(&mut client.readings.ike_rekey_by_client);
        if let Known::Stated(fact) = &mut client.ike_rekey_by_client {
            replace(&mut fact.value, list());
            infer(&mut fact.grade);
        }
        if let Known::Stated(fact) = &mut client.ike_rekey_by_server {
            replace(&mut fact.value.accepts, list());
            infer(&mut fact.grade);
        }
    }

    fn set_esp(&self, client: &mut Client, esp: &Entry, evidence: &Evidence) {
        if client.engine.is_some() {
            client.ike_auth = Known::Stated(self.fact(vec![esp.proposal.clone()], evidence));
            return;
        }
        only(&mut client.readings.child_rekey_by_client);
        let first = vec![esp.proposal.without_key_exchange()];
        let again = || RekeyOffer::List(vec![esp.proposal.clone()]);
        client.ike_auth = Known::Stated(self.fact(first, evidence));
        client.child_rekey_by_client = Known::Stated(Fact {
            grade: evidence.grade.max(Grade::Inferred),
            note: Some("the suite is the only one that the client has".to_owned()),
            ..self.fact(again(), evidence)
        });
        let with_group = !esp.proposal.of(crate::ike::TransformType::KE).is_empty();
        match &mut client.child_rekey_by_server {
            Known::Stated(_) if with_group => {
                client.child_rekey_by_server = Known::Unknown(
                    "no trace of a server rekeying such a client with a group of its own found"
                        .to_owned(),
                );
            }
            Known::Stated(fact) => {
                fact.value = RekeyAnswer {
                    accepts: again(),
                    ..fact.value
                };
                infer(&mut fact.grade);
            }
            Known::Unknown(_) => {}
        }
    }

    fn fact<T>(&self, value: T, evidence: &Evidence) -> Fact<T> {
        Fact {
            value,
            grade: evidence.grade,
            sources: evidence.sources.clone(),
            note: Some(format!("as {} sets it", self.file)),
        }
    }
}

/// Puts the configured list in the place of the client's own. What follows the suite in use
/// follows the configured one just as well.
fn replace(offer: &mut RekeyOffer, list: RekeyOffer) {
    match offer {
        RekeyOffer::List(_) | RekeyOffer::ListInIkeGroup(_) => *offer = list,
        RekeyOffer::Negotiated
        | RekeyOffer::NegotiatedInIkeGroup
        | RekeyOffer::NegotiatedOnlyInIkeGroup => {}
    }
}

fn infer(grade: &mut Grade) {
    *grade = (*grade).max(Grade::Inferred);
}
