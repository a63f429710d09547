//! A VPN server as configured: connections, their IKE and ESP proposals, and its situation.

use std::time::Duration;

use strum::{Display, EnumIter, EnumString, VariantNames};

pub use super::authentication::Authentication;
use super::authentication::{Method, Round};
pub use super::origin::Spanned;
use super::setting::{Definitions, Setting};
use super::surface::ConfigSurface;
use super::{Engine, EngineName, Origin, Span, Version};
use crate::dialect::swan;
use crate::ike::{Proposal, Transform};

/// One configured proposal and where it came from.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Entry {
    /// What the server's engine has in its list.
    pub proposal: Proposal,
    /// Where it stands.
    pub origin: Origin,
    /// The algorithms as they are written, each with its place, in the order of the file: also
    /// those that stand twice, and those that the daemon passes over. Empty where nobody wrote
    /// them, as in a default list.
    pub words: Vec<Spanned<Transform>>,
}

impl Entry {
    /// A proposal of which no algorithm is written for itself.
    pub const fn new(proposal: Proposal, origin: Origin) -> Self {
        Self {
            proposal,
            origin,
            words: Vec::new(),
        }
    }

    /// The same with the places of its algorithms.
    #[must_use]
    pub(crate) fn with_words(self, words: impl IntoIterator<Item = Spanned<Transform>>) -> Self {
        Self {
            words: words.into_iter().collect(),
            ..self
        }
    }

    /// Where `transform` is written; a PRF that is not written comes from an integrity algorithm.
    pub fn place_of(&self, transform: Transform) -> Option<&Span> {
        let named = self.words.iter().find(|word| word.value == transform);
        let derived = || {
            let mut words = self.words.iter();
            words.find(|word| swan::prf_of(word.value) == Some(transform))
        };
        named.or_else(derived).map(|word| &word.span)
    }
}

/// Whom a connection is for.
#[derive(Clone, Copy, Debug, Default, Display, Eq, PartialEq, VariantNames)]
#[strum(serialize_all = "kebab-case")]
pub enum Role {
    /// Clients dial in from anywhere.
    #[default]
    RemoteAccess,
    /// This machine dials in itself: it asks for an address, or proves itself by EAP.
    Client,
    /// A fixed peer; never compared with client profiles.
    SiteToSite,
}

/// The product whose pages or files configure the server.
#[derive(
    Clone,
    Copy,
    Debug,
    Display,
    EnumIter,
    EnumString,
    Eq,
    Hash,
    Ord,
    PartialEq,
    PartialOrd,
    VariantNames,
)]
#[strum(serialize_all = "lowercase")]
pub enum Product {
    /// libreswan's own files.
    Libreswan,
    /// OpenIKED's own file.
    Openiked,
    /// OPNsense, Connections.
    Opnsense,
    /// pfSense.
    Pfsense,
    /// Windows Server.
    Rras,
    /// strongSwan's own files.
    Strongswan,
}

impl Product {
    /// Where it is configured, usually.
    pub(crate) const fn surface(self) -> ConfigSurface {
        match self {
            Self::Libreswan => ConfigSurface::Libreswan,
            Self::Openiked => ConfigSurface::Iked,
            Self::Opnsense => ConfigSurface::Opnsense,
            Self::Pfsense => ConfigSurface::Pfsense,
            Self::Rras => ConfigSurface::Rras,
            Self::Strongswan => ConfigSurface::Swanctl,
        }
    }

    /// The program that negotiates inside.
    pub const fn engine(self) -> EngineName {
        match self {
            Self::Libreswan => EngineName::Libreswan,
            Self::Openiked => EngineName::Openiked,
            Self::Opnsense | Self::Pfsense | Self::Strongswan => EngineName::Strongswan,
            Self::Rras => EngineName::Rras,
        }
    }

    /// Whether the lists of the releases with this engine inside have additional key exchanges, as far
    /// as their product has any.
    pub(crate) fn has_hybrids(self, engine: Engine) -> bool {
        match self {
            // 26.7.4 is the first with this one.
            Self::Opnsense => engine.version >= Version::new(6, 1, 0),
            // `addke1=` came with 5.4.
            Self::Libreswan => engine.version >= Version::new(5, 4, 0),
            Self::Openiked | Self::Pfsense | Self::Rras | Self::Strongswan => true,
        }
    }

    /// Whether it takes no more than one suite of each phase.
    pub(crate) const fn takes_one_suite(self) -> bool {
        match self {
            Self::Rras => true,
            Self::Libreswan
            | Self::Openiked
            | Self::Opnsense
            | Self::Pfsense
            | Self::Strongswan => false,
        }
    }
}

/// Whether a network address translator stands between client and server.
#[derive(Clone, Copy, Debug, Default, Display, EnumString, Eq, PartialEq, VariantNames)]
#[strum(serialize_all = "lowercase")]
pub enum Nat {
    /// No.
    No,
    /// Some may be and some not.
    Unknown,
    /// Yes.
    #[default]
    Yes,
}

impl Nat {
    /// What is taken to hold of clients that dial in from anywhere, unless somebody says otherwise.
    pub(crate) const ASSUMED: Self = Self::Yes;
}

/// When the server itself asks for new keys. `None` = the product's default applies;
/// zero = the server never asks.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Rekey {
    /// Of the IKE SA.
    pub ike: Option<Duration>,
    /// Of child SAs.
    pub child: Option<Duration>,
}

/// Versions of IKE that a connection takes.
#[derive(Clone, Copy, Debug, Default, serde::Deserialize, Display, Eq, PartialEq, VariantNames)]
#[serde(rename_all = "lowercase")]
#[strum(serialize_all = "lowercase")]
pub enum IkeVersions {
    /// Either, as the peer begins.
    Any,
    /// Version 1 alone; such a connection is never compared with clients.
    Ikev1,
    /// Version 2 alone.
    #[default]
    Ikev2,
}

/// How packets of a child are put into ESP.
#[derive(Clone, Copy, Debug, Default, Display, EnumString, Eq, PartialEq)]
#[strum(serialize_all = "snake_case", ascii_case_insensitive)]
pub enum Mode {
    /// Whole packets of other machines.
    #[default]
    Tunnel,
    /// What the two ends say to each other, nothing more; L2TP comes this way.
    Transport,
    /// The same for a proxy of Mobile IPv6.
    TransportProxy,
    /// Bound end-to-end tunnel.
    Beet,
    /// Packets of one size at one rate (RFC 9347).
    Iptfs,
}

/// Whether an IKE SA may begin without a child (RFC 6023).
#[derive(Clone, Copy, Debug, Default, Display, EnumString, Eq, PartialEq)]
#[strum(serialize_all = "lowercase", ascii_case_insensitive)]
pub enum Childless {
    /// As responder it takes one, as initiator it makes none.
    #[default]
    Allow,
    /// It makes one where the other side takes it.
    Prefer,
    /// It takes no other: a child in IKE_AUTH is refused.
    Force,
    /// Neither.
    Never,
}

/// A new IKE SA with a new authentication in the place of the old one.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Reauthentication {
    /// How long after the first one, without what is subtracted at random.
    pub after: Duration,
    /// Where it is written; `None` where the product does it by default.
    pub span: Option<Span>,
}

/// A child: one or several ESP proposals.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Child {
    /// Its name in the file.
    pub name: String,
    /// Where it begins.
    pub span: Option<Span>,
    /// ESP proposals in configured order, with their groups.
    pub esp: Vec<Entry>,
    /// AH proposals; a child has these or ESP.
    pub ah: Vec<Entry>,
    /// Whether nothing is known of its proposals: whoever wrote the file could not see them.
    pub is_unknown: bool,
    /// The switch for perfect forward secrecy, where the product has one beside the groups
    /// (libreswan's `pfs=`); `None` = the product has none, or its default applies.
    pub pfs: Option<bool>,
    /// Where SHA-256 is set to be truncated to 96 bits (`sha256_96`, `sha2-truncbug`).
    pub truncated_sha256: Option<Span>,
    /// How packets are put into ESP; `None` where nothing is written, which is tunnel mode.
    pub mode: Option<Spanned<Mode>>,
    /// Networks on the server's side, as written; empty means its address alone.
    pub local_networks: Vec<Spanned<String>>,
    /// Networks on the client's side, as written; empty means the address that it has or gets.
    pub remote_networks: Vec<Spanned<String>>,
    /// When the server asks for new keys of this child.
    pub rekey: Option<Spanned<Duration>>,
    /// When the server gives the child up.
    pub lifetime: Option<Spanned<Duration>>,
    /// All settings of the child, those of the fields above too.
    pub settings: Vec<Setting>,
}

impl Child {
    /// A child of whose proposals nothing is known.
    pub(crate) fn unknown() -> Self {
        Self {
            is_unknown: true,
            ..Self::default()
        }
    }
}

/// A connection: IKE proposals and children.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Connection {
    /// Its name in the file.
    pub name: String,
    /// Where it begins.
    pub span: Option<Span>,
    /// Where sections of the same name begin that the product takes for parts of it.
    pub repeated: Vec<Span>,
    /// Whom it is for.
    pub role: Role,
    /// Versions of IKE.
    pub versions: IkeVersions,
    /// Where fragmentation of IKE messages is switched off.
    pub without_fragmentation: Option<Span>,
    /// Why the product never loads it, in the words of the diagnostic that was given for it;
    /// `None` if it loads.
    pub not_loaded: Option<String>,
    /// IKE proposals in configured order.
    pub ike: Vec<Entry>,
    /// Whether the product has other IKE proposals than these, or may have, that the file does not say: nothing is
    /// certain of a client that may meet this connection.
    pub ike_is_unknown: bool,
    /// Its children.
    pub children: Vec<Child>,
    /// Rules of the firewall kind among its children, which no peer ever negotiates.
    pub shunts: Vec<Child>,
    /// When the server asks for new keys.
    pub rekey: Rekey,
    /// The server's side.
    pub local: Authentication,
    /// The client's side.
    pub remote: Authentication,
    /// Where clients get addresses from: names of pools, or networks and ranges, as written.
    pub pools: Vec<Spanned<String>>,
    /// Where this machine asks for an address inside of the tunnel (CFG_REQUEST).
    pub address_request: Option<Span>,
    /// Whether an IKE SA may begin without a child, where the file says.
    pub childless: Option<Spanned<Childless>>,
    /// When the server replaces the IKE SA with a new authentication; `None` = never.
    pub reauthentication: Option<Reauthentication>,
    /// When the server gives the IKE SA up, where the file says.
    pub lifetime: Option<Spanned<Duration>>,
    /// All settings of the connection, those of the fields above too.
    pub settings: Vec<Setting>,
}

impl Connection {
    /// Whether clients of IKEv2 that dial in can meet it.
    pub fn serves_clients(&self) -> bool {
        self.role == Role::RemoteAccess
            && self.versions != IkeVersions::Ikev1
            && self.not_loaded.is_none()
            && !self.is_of_hosts()
    }

    /// What a connection is for that is not for clients: a peer of a known address, unless this
    /// machine is the client there.
    pub(crate) fn with_known_peer(&self) -> Role {
        let mut rounds = self.local.rounds.iter();
        let as_user = |round: &Round| matches!(round.method, Some(Method::Eap(_) | Method::Xauth));
        if self.address_request.is_some() || rounds.any(as_user) {
            Role::Client
        } else {
            Role::SiteToSite
        }
    }

    /// Whether all its children carry what the two ends say to each other and nothing else, as L2TP
    /// does; clients of IKEv2 ask for tunnels.
    pub(crate) fn is_of_hosts(&self) -> bool {
        let mode = |child: &Child| child.mode.as_ref().map(|mode| mode.value);
        let mut children = self.children.iter();
        !self.children.is_empty() && children.all(|child| mode(child) == Some(Mode::Transport))
    }
}

impl Server {
    /// Where its administrator changes it: the file that was read, or else the product's or the engine's usual one.
    pub(crate) fn surface(&self) -> ConfigSurface {
        let usual = || match self.product {
            Some(product) => product.surface(),
            None => self.engine.name.row().surface,
        };
        self.definitions.surface.unwrap_or_else(usual)
    }

    /// Whether plans are made for it.
    pub(crate) fn is_planned(&self) -> bool {
        self.product.is_some() || self.engine.name.row().product.is_some()
    }

    /// How many lists of proposals it has: what it costs to change one and to compare all again.
    pub(crate) fn lists(&self) -> usize {
        let connections = self.connections.iter();
        connections.map(|one| 1 + one.children.len()).sum()
    }
}

/// A server.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Server {
    /// Name of the file it was read from, as the user wrote it.
    pub file: String,
    /// Product, where the file says or shows it.
    pub product: Option<Product>,
    /// The negotiating program.
    pub engine: Engine,
    /// Whether the engine walks its own list first (`charon.prefer_configured_proposals`).
    pub prefers_own: bool,
    /// Host name or IP address that clients dial.
    pub address: Option<String>,
    /// Identity of the server, the name in its certificate.
    pub remote_id: Option<String>,
    /// What the connection is to be called on clients.
    pub connection_name: Option<String>,
    /// Whether clients are behind NAT; `None` where nobody said, so that `Nat::ASSUMED` holds.
    pub nat: Option<Nat>,
    /// Algorithms that this build of the daemon has although its version lacks them.
    pub built_with: Vec<Transform>,
    /// Connections in the order of the file.
    pub connections: Vec<Connection>,
    /// Client selections that the file asks for.
    pub clients: Vec<String>,
    /// What the file defines outside of its connections.
    pub definitions: Definitions,
}
