//! A VPN server as configured: connections, their IKE and ESP proposals, and its situation.

use std::time::Duration;

use strum::{Display, EnumString, VariantNames};

use super::{Engine, Origin};
use crate::ike::Proposal;

/// One configured proposal and where it came from.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Entry {
    /// What the server's engine has in its list.
    pub proposal: Proposal,
    /// Where it stands.
    pub origin: Origin,
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

/// A child: one or several ESP proposals.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Child {
    /// Its name in the file.
    pub name: String,
    /// ESP proposals in configured order, with their groups.
    pub esp: Vec<Entry>,
}

/// A connection: IKE proposals and children.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Connection {
    /// Its name in the file.
    pub name: String,
    /// Whom it is for.
    pub role: Role,
    /// IKE proposals in configured order.
    pub ike: Vec<Entry>,
    /// Its children.
    pub children: Vec<Child>,
    /// When the server asks for new keys.
    pub rekey: Rekey,
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
