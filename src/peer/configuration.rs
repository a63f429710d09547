//! What a file makes a client offer, and the client that it then is.

use std::time::Duration;

use super::authentication::Method;
use super::build::ChildGroups;
use super::client::{
    ConfigMethod, IkeOffer, Lifetimes, Reauthentication, RekeyAnswer, RekeyOffer, ServerKey,
};
use super::server::{Rekey, Spanned};
use super::{Client, Entry, Fact, Grade, Known};
use crate::ike::{Ke, Proposal, Transform};

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
    /// The IKE proposals that it sets; none leave what the client offers by itself.
    pub ike: Vec<Entry>,
    /// The ESP proposals that it sets, with the groups that are sent when the child SA is rekeyed.
    pub esp: Vec<Entry>,
    /// The only kind of key that the client then takes from a server, or why it is not known; `None` leaves what the
    /// client takes by itself.
    pub server_key: Option<Result<ServerKey, String>>,
    /// The file sets how long an IKE SA and a child SA live.
    pub sets_lifetimes: [bool; 2],
    /// What else the configuration of a daemon decides; `None` for every other file.
    pub daemon: Option<Initiator>,
}

/// What the configuration of a daemon that dials in decides beside its lists.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Initiator {
    /// When it asks for new keys, where the file says.
    pub rekey: Rekey,
    /// Whether it replaces the IKE SA by a new authentication.
    pub reauthenticates: bool,
    /// Whether it asks for an address inside of the tunnel.
    pub asks_for_address: bool,
    /// Its proofs in their order, where the file says.
    pub authentication: Option<Vec<Method>>,
    /// How it renews a child SA, where its engine is not the one that plays by its lists.
    pub child_rekeying: Option<ChildRekeying>,
}

/// How a daemon renews a child SA.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct ChildRekeying {
    /// Where the group comes from; `None` without PFS.
    pub groups: Option<ChildGroups>,
    /// It asks for the suite in use only.
    pub suite_in_use: bool,
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

fn proposals(entries: &[Entry]) -> Vec<Proposal> {
    entries.iter().map(|entry| entry.proposal.clone()).collect()
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
            ike: Vec::new(),
            esp: Vec::new(),
            server_key: None,
            sets_lifetimes: [false; 2],
            daemon: None,
        }
    }

    /// Whether it decides what goes out.
    pub(crate) const fn sets_suites(&self) -> bool {
        !self.ike.is_empty() || !self.esp.is_empty()
    }

    /// The client that `client` becomes with this file.
    ///
    /// That exactly the proposals of the file go out is as well known as `evidence` says; what
    /// follows from it for rekeyings is inferred.
    pub fn applied_to(&self, client: &Client, evidence: &Evidence) -> Client {
        let mut configured = client.clone();
        if !self.ike.is_empty() {
            self.set_ike(&mut configured, evidence);
        }
        if !self.esp.is_empty() {
            self.set_esp(&mut configured, evidence);
        }
        match &self.server_key {
            Some(Ok(key)) => configured.server_key = Known::Stated(self.fact(*key, evidence)),
            Some(Err(why)) => configured.server_key = Known::Unknown(why.clone()),
            None => {}
        }
        let [ike, child] = self.sets_lifetimes;
        if ike {
            configured.lifetimes.ike = None;
        }
        if child {
            configured.lifetimes.child = None;
        }
        if let Some(daemon) = &self.daemon {
            self.set_daemon(&mut configured, daemon, evidence);
        }
        configured
    }

    fn set_ike(&self, client: &mut Client, evidence: &Evidence) {
        let ike = proposals(&self.ike);
        let by_engine = client.engine.is_some();
        // What sets the suites goes before the registry.
        client.registry = None;
        let before = client.ike_sa_init.stated();
        client.ike_sa_init = Known::Stated(
            self.fact(
                IkeOffer {
                    // An engine finds its guess in the proposal by a rule of its own.
                    key_exchange: ike
                        .first()
                        .and_then(Proposal::first_ke)
                        .filter(|_| !by_engine),
                    proposals: ike.clone(),
                    retries_invalid_ke: before.and_then(|fact| fact.value.retries_invalid_ke),
                    may_add: Vec::new(),
                },
                evidence,
            ),
        );
        if by_engine {
            return;
        }
        let list = || RekeyOffer::List(ike.clone());
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

    fn set_esp(&self, client: &mut Client, evidence: &Evidence) {
        let esp = proposals(&self.esp);
        if client.engine.is_some() {
            client.ike_auth = Known::Stated(self.fact(esp, evidence));
            return;
        }
        only(&mut client.readings.child_rekey_by_client);
        let first = esp.iter().map(Proposal::without_key_exchange).collect();
        client.ike_auth = Known::Stated(self.fact(first, evidence));
        if let Some(rekeying) = self.daemon.as_ref().and_then(|it| it.child_rekeying) {
            self.set_child_rekeying(client, rekeying, evidence);
            return;
        }
        let again = || RekeyOffer::List(esp.clone());
        client.child_rekey_by_client = Known::Stated(Fact {
            grade: evidence.grade.max(Grade::Inferred),
            note: Some("the suite is the only one that the client has".to_owned()),
            ..self.fact(again(), evidence)
        });
        let with_group = esp.iter().any(|proposal| proposal.first_ke().is_some());
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

    /// A daemon renews a child SA by the same rules on either end.
    fn set_child_rekeying(
        &self,
        client: &mut Client,
        rekeying: ChildRekeying,
        evidence: &Evidence,
    ) {
        let esp = proposals(&self.esp);
        let listed = esp.iter().any(Proposal::names_a_group);
        // The group stands for that of the IKE SA, whichever that is.
        let some_group = Transform::ke(Ke::Modp2048);
        let in_ike_group = || {
            let list = esp
                .iter()
                .map(|proposal| proposal.only_in_group(some_group));
            RekeyOffer::ListInIkeGroup(list.collect())
        };
        let (asks, accepts) = match rekeying.groups {
            None => {
                let list = esp.iter().map(Proposal::without_key_exchange);
                (RekeyOffer::Negotiated, RekeyOffer::List(list.collect()))
            }
            Some(ChildGroups::Listed) => (RekeyOffer::List(esp.clone()), RekeyOffer::List(esp)),
            Some(ChildGroups::ListedOrIkeSa) if listed => {
                (RekeyOffer::List(esp.clone()), RekeyOffer::List(esp))
            }
            Some(ChildGroups::ListedOrIkeSa | ChildGroups::IkeSa) => {
                (RekeyOffer::NegotiatedOnlyInIkeGroup, in_ike_group())
            }
        };
        let asks = match asks {
            RekeyOffer::List(_) => asks,
            _ if rekeying.suite_in_use => asks,
            _ => accepts.clone(),
        };
        let inferred = |note: &str| (evidence.grade.max(Grade::Inferred), Some(note.to_owned()));
        let (grade, note) = inferred("by the rules that hold for the same daemon as a server");
        client.child_rekey_by_client = Known::Stated(Fact {
            grade,
            note: note.clone(),
            ..self.fact(asks, evidence)
        });
        let answer = RekeyAnswer {
            accepts,
            refuses_any_ke: false,
            refuses_behind_nat: false,
        };
        client.child_rekey_by_server = Known::Stated(Fact {
            grade,
            note,
            ..self.fact(answer, evidence)
        });
    }

    fn set_daemon(&self, client: &mut Client, daemon: &Initiator, evidence: &Evidence) {
        let never = |time: Option<Duration>| {
            time.map(|time| match time {
                Duration::ZERO => Lifetimes::NEVER,
                time => time,
            })
        };
        let Rekey { ike, child } = daemon.rekey;
        client.lifetimes.ike = never(ike).or(client.lifetimes.ike);
        client.lifetimes.child = never(child).or(client.lifetimes.child);
        if ike.or(child).is_some() {
            client.lifetimes.evidence = Some(super::Evidence {
                grade: evidence.grade,
                sources: evidence.sources.clone(),
            });
        }
        let follows = client.reauthentication.stated();
        let follows = follows.and_then(|fact| fact.value.follows);
        let reauthentication = Reauthentication {
            begins: Some(daemon.reauthenticates),
            follows,
        };
        client.reauthentication = Known::Stated(self.fact(reauthentication, evidence));
        client.address_request = if daemon.asks_for_address {
            Known::Stated(self.fact((), evidence))
        } else {
            Known::Unknown(format!("{} asks for no address", self.file))
        };
        client.authentication = match &daemon.authentication {
            Some(rounds) => Known::Stated(self.fact(vec![rounds.clone()], evidence)),
            None => Known::Unknown(format!("{} does not say how", self.file)),
        };
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
