//! A client as its profile describes it: what it offers in each exchange, and how that is known.

use std::collections::BTreeMap;
use std::time::Duration;

use super::authentication::Method;
use super::{EngineName, Evidence, Grade, PerExchange};
use crate::ike::{Ke, Proposal, Transform, TransformType};

/// A fact that the sources give, or the sentence that says what was looked for in vain.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Known<T> {
    /// The sources give it.
    Stated(Fact<T>),
    /// They do not.
    Unknown(String),
}

impl<T> Known<T> {
    /// The stated fact.
    pub fn stated(&self) -> Option<&Fact<T>> {
        match self {
            Self::Stated(fact) => Some(fact),
            Self::Unknown(_) => None,
        }
    }
}

/// A stated fact with its evidence.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Fact<T> {
    /// What is stated.
    pub value: T,
    /// The weakest grade it leans on.
    pub grade: Grade,
    /// Keys of the profile's sources.
    pub sources: Vec<String>,
    /// What else there is to say, such as the deduction behind an inferred fact.
    pub note: Option<String>,
}

/// What a client offers when it asks for new keys, or accepts when the server does.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum RekeyOffer {
    /// The proposals, in the order of the client.
    List(Vec<Proposal>),
    /// This list, with the group of the IKE SA in the place of the groups in it.
    ListInIkeGroup(Vec<Proposal>),
    /// Only the suite in use.
    Negotiated,
    /// Only the suite in use, first with the group of the IKE SA, then without.
    NegotiatedInIkeGroup,
    /// Only the suite in use, with the group of the IKE SA and not without.
    NegotiatedOnlyInIkeGroup,
}

/// What a client accepts when the server asks for new keys of a child SA.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct RekeyAnswer {
    /// The proposals it can agree to; how it chooses among them is not known.
    pub accepts: RekeyOffer,
    /// It refuses an offer that names a key exchange anywhere.
    pub refuses_any_ke: bool,
    /// It refuses altogether when it is behind NAT.
    pub refuses_behind_nat: bool,
}

/// The first message.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct IkeOffer {
    /// IKE proposals in wire order.
    pub proposals: Vec<Proposal>,
    /// Group of the KE payload, if known.
    pub key_exchange: Option<Transform>,
    /// Whether and how it tries again after INVALID_KE_PAYLOAD, if known.
    pub retries_invalid_ke: Option<InvalidKeRetry>,
    /// Methods that it may offer as additional key exchanges besides: no source says whether it does.
    pub may_add: Vec<Ke>,
}

/// What a client does after INVALID_KE_PAYLOAD.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum InvalidKeRetry {
    /// It gives up.
    Never,
    /// It repeats its message with a KE payload of the wanted group.
    Repeats,
    /// It begins anew, with another SPI, another nonce and no cookie, and only if each of its
    /// proposals has the wanted group.
    Anew,
}

/// When a client asks for new keys by itself, where that is known.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Lifetimes {
    /// Of child SAs; [`Self::NEVER`] where it does not ask.
    pub child: Option<Duration>,
    /// Of child SAs, by volume, in mebibytes.
    pub child_mebibytes: Option<u32>,
    /// Of the IKE SA.
    pub ike: Option<Duration>,
    /// How it is known; `None` if nothing is.
    pub evidence: Option<Evidence>,
}

impl Lifetimes {
    /// The time of a client that does not ask by itself.
    pub const NEVER: Duration = Duration::MAX;
}

/// What becomes of a connection when an IKE SA is authenticated again instead of rekeyed.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Reauthentication {
    /// Whether the client asks for it by itself, if known.
    pub begins: Option<bool>,
    /// Whether its connection survives one that the server begins, if known.
    pub follows: Option<bool>,
}

/// The kind of key by which a server authenticates.
#[derive(
    Clone, Copy, Debug, strum::Display, Eq, PartialEq, serde::Deserialize, schemars::JsonSchema,
)]
#[serde(rename_all = "lowercase")]
#[strum(serialize_all = "UPPERCASE")]
pub enum ServerKey {
    /// RSA, with PKCS #1 or PSS signatures.
    Rsa,
    /// An elliptic curve, whichever.
    Ecdsa,
    /// P-256.
    Ecdsa256,
    /// P-384.
    Ecdsa384,
    /// P-521.
    Ecdsa521,
}

impl ServerKey {
    /// The key on a curve of so many bits; RSA has none.
    pub(crate) const fn of_curve(bits: Option<usize>) -> Self {
        match bits {
            None => Self::Rsa,
            Some(256) => Self::Ecdsa256,
            Some(384) => Self::Ecdsa384,
            Some(521) => Self::Ecdsa521,
            Some(_) => Self::Ecdsa,
        }
    }
}

/// A way to make a client offer something else than by default.
#[derive(
    Clone,
    Copy,
    Debug,
    strum::Display,
    strum::EnumIter,
    strum::EnumString,
    Eq,
    Hash,
    Ord,
    PartialEq,
    PartialOrd,
    strum::VariantNames,
    serde::Deserialize,
    schemars::JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
#[strum(serialize_all = "kebab-case")]
pub enum ConfigMethod {
    /// A configuration profile (`.mobileconfig`) with both dictionaries of SA parameters.
    AppleProfile,
    /// `Set-VpnConnectionIPsecConfiguration`.
    Powershell,
    /// strongSwan proposal strings in the client's own configuration.
    Proposals,
    /// A value in the Windows registry.
    Registry,
    /// A choice in the client's settings.
    Settings,
    /// A profile file of the strongSwan app, one proposal for each protocol.
    Sswan,
}

/// What the value `NegotiateDH2048_AES256` in the Windows registry does, by its name and number.
#[derive(Clone, Copy, Debug, Eq, PartialEq, serde::Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum RegistryLevel {
    /// AES-256 with group 14 is offered first, the old suites after it.
    Add = 1,
    /// Nothing else is offered in IKE.
    Enforce = 2,
}

/// The algorithms that a way of configuring can choose; a type of which there are none is not known.
/// Additional key exchanges are the exception: what is not listed is not there.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Choices {
    /// For IKE.
    pub ike: Vec<Transform>,
    /// For ESP.
    pub esp: Vec<Transform>,
    /// The release from which on there are additional key exchanges, if not in all.
    pub additional_since: Option<String>,
}

/// A client in one set-up.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Client {
    /// Profile id, with `:variant` unless the profile has only one.
    pub id: String,
    /// Short name for tables.
    pub label: String,
    /// Versions that the sources cover.
    pub covers: Vec<String>,
    /// The engine whose rules give everything but the first two offers, if the client is one.
    pub engine: Option<EngineName>,
    /// Order of transform types inside its proposals on the wire, if that was seen.
    pub transform_order: Option<Vec<TransformType>>,
    /// IKE_SA_INIT.
    pub ike_sa_init: Known<IkeOffer>,
    /// The first child SA, in IKE_AUTH; with an `engine`, the configured list with its groups.
    pub ike_auth: Known<Vec<Proposal>>,
    /// Child rekeying that the client asks for.
    pub child_rekey_by_client: Known<RekeyOffer>,
    /// Child rekeying that the server asks for.
    pub child_rekey_by_server: Known<RekeyAnswer>,
    /// IKE rekeying that the client asks for.
    pub ike_rekey_by_client: Known<RekeyOffer>,
    /// IKE rekeying that the server asks for.
    pub ike_rekey_by_server: Known<RekeyAnswer>,
    /// What the sources leave possible in the exchanges that they do not give; empty where
    /// anything is.
    pub readings: PerExchange<Vec<RekeyOffer>>,
    /// When the client asks for new keys.
    pub lifetimes: Lifetimes,
    /// How it can be made to offer something else.
    pub method: Vec<ConfigMethod>,
    /// What these ways can choose, where that is known.
    pub choices: BTreeMap<ConfigMethod, Choices>,
    /// The registry value that makes this set-up, if one does.
    pub registry: Option<RegistryLevel>,
    /// What becomes of it when the IKE SA is authenticated again.
    pub reauthentication: Known<Reauthentication>,
    /// That it asks for an address inside of the tunnel (CFG_REQUEST), without which it is of no use.
    pub address_request: Known<()>,
    /// Releases among those that the profile covers number the proposal of an IKE rekeying as the one that
    /// the server chose at first. libreswan takes number 1 alone there.
    pub needs_first_proposal: bool,
    /// How its user can authenticate: the methods of each round, by set-up.
    pub authentication: Known<Vec<Vec<Method>>>,
    /// The only kind of key that it takes from a server.
    pub server_key: Known<ServerKey>,
}

impl Client {
    /// The keys of the sources that its facts cite, exchange by exchange.
    pub(crate) fn sources(&self) -> PerExchange<&[String]> {
        fn cited<T>(fact: &Known<T>) -> &[String] {
            fact.stated().map_or(&[], |fact| fact.sources.as_slice())
        }
        PerExchange {
            ike_sa_init: cited(&self.ike_sa_init),
            ike_auth: cited(&self.ike_auth),
            child_rekey_by_client: cited(&self.child_rekey_by_client),
            child_rekey_by_server: cited(&self.child_rekey_by_server),
            ike_rekey_by_client: cited(&self.ike_rekey_by_client),
            ike_rekey_by_server: cited(&self.ike_rekey_by_server),
        }
    }

    /// The same client, of which nothing is known better than by deduction.
    #[must_use]
    pub(crate) fn inferred(mut self) -> Self {
        fn weaken<T>(known: &mut Known<T>) {
            if let Known::Stated(fact) = known {
                fact.grade = Grade::Inferred;
            }
        }
        weaken(&mut self.ike_sa_init);
        weaken(&mut self.ike_auth);
        weaken(&mut self.child_rekey_by_client);
        weaken(&mut self.child_rekey_by_server);
        weaken(&mut self.ike_rekey_by_client);
        weaken(&mut self.ike_rekey_by_server);
        weaken(&mut self.reauthentication);
        weaken(&mut self.address_request);
        weaken(&mut self.authentication);
        weaken(&mut self.server_key);
        if let Some(evidence) = &mut self.lifetimes.evidence {
            evidence.grade = Grade::Inferred;
        }
        self
    }

    /// The same client, of which nobody knows what it offers, for this reason.
    #[must_use]
    pub(crate) fn with_unknown_offers(self, why: &str) -> Self {
        let unknown = || why.to_owned();
        Self {
            ike_sa_init: Known::Unknown(unknown()),
            ike_auth: Known::Unknown(unknown()),
            child_rekey_by_client: Known::Unknown(unknown()),
            child_rekey_by_server: Known::Unknown(unknown()),
            ike_rekey_by_client: Known::Unknown(unknown()),
            ike_rekey_by_server: Known::Unknown(unknown()),
            readings: PerExchange::default(),
            ..self
        }
    }

    /// The weakest grade of what it offers while the tunnel comes up, where that is known.
    pub(crate) fn evidence(&self) -> Option<Grade> {
        let ike = self.ike_sa_init.stated().map(|fact| fact.grade);
        let esp = self.ike_auth.stated().map(|fact| fact.grade);
        ike.into_iter().chain(esp).max()
    }
}
