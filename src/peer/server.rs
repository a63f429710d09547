//! A VPN server as configured: connections, their IKE and ESP proposals, and its situation.

use std::time::Duration;

use strum::{Display, EnumString, VariantNames};

use super::{Engine, EngineName, Origin, Span};
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
    pub fn with_words(self, words: impl IntoIterator<Item = Spanned<Transform>>) -> Self {
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
#[derive(Clone, Copy, Debug, Default, Display, Eq, PartialEq)]
#[strum(serialize_all = "kebab-case")]
pub enum Role {
    /// Clients dial in from anywhere.
    #[default]
    RemoteAccess,
    /// A fixed peer; never compared with client profiles.
    SiteToSite,
}

/// The product whose pages or files configure the server.
#[derive(Clone, Copy, Debug, Display, EnumString, Eq, Hash, PartialEq, VariantNames)]
#[strum(serialize_all = "lowercase")]
pub enum Product {
    /// libreswan's own files.
    Libreswan,
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
    /// The program that negotiates inside.
    pub const fn engine(self) -> EngineName {
        match self {
            Self::Libreswan => EngineName::Libreswan,
            Self::Opnsense | Self::Pfsense | Self::Strongswan => EngineName::Strongswan,
            Self::Rras => EngineName::Rras,
        }
    }
}

/// Whether a network address translator stands between client and server.
#[derive(Clone, Copy, Debug, Default, Display, EnumString, Eq, PartialEq, VariantNames)]
#[strum(serialize_all = "lowercase")]
pub enum Nat {
    /// No.
    No,
    /// Nobody said.
    #[default]
    Unknown,
    /// Yes.
    Yes,
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
#[derive(Clone, Copy, Debug, Default, Display, Eq, PartialEq)]
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

/// A value and where it stands.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub struct Spanned<T> {
    /// What is written.
    pub value: T,
    /// Where.
    pub span: Span,
}

/// How one side of a connection proves who it is.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Authentication {
    /// Methods in the product's own words, such as `pubkey`, `psk`, `eap-mschapv2`.
    pub methods: Vec<Spanned<String>>,
    /// The identity, as written.
    pub id: Option<Spanned<String>>,
    /// Certificates by file name or reference.
    pub certificates: Vec<Spanned<String>>,
    /// Addresses, host names or ranges, as written.
    pub addresses: Vec<Spanned<String>>,
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
    /// The switch for perfect forward secrecy, where the product has one beside the groups
    /// (libreswan's `pfs=`); `None` = the product has none, or its default applies.
    pub pfs: Option<bool>,
    /// Where SHA-256 is set to be truncated to 96 bits (`sha256_96`, `sha2-truncbug`).
    pub truncated_sha256: Option<Span>,
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
    /// Why the product never loads it, in the words of the diagnostic that was given for it;
    /// `None` if it loads.
    pub not_loaded: Option<String>,
    /// IKE proposals in configured order.
    pub ike: Vec<Entry>,
    /// Its children.
    pub children: Vec<Child>,
    /// When the server asks for new keys.
    pub rekey: Rekey,
    /// The server's side.
    pub local: Authentication,
    /// The client's side.
    pub remote: Authentication,
}

impl Connection {
    /// Whether clients of IKEv2 that dial in can meet it.
    pub fn serves_clients(&self) -> bool {
        self.role == Role::RemoteAccess
            && self.versions != IkeVersions::Ikev1
            && self.not_loaded.is_none()
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
    /// Whether clients are behind NAT.
    pub nat: Nat,
    /// Connections in the order of the file.
    pub connections: Vec<Connection>,
    /// Client selections that the file asks for.
    pub clients: Vec<String>,
}
