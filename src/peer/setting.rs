//! Settings as a file has them, so that none is lost on the way into another file.

use strum::Display;

use super::Span;
use super::origin::Spanned;
use super::surface::ConfigSurface;

/// Whose keys the settings of a server are.
#[derive(Clone, Copy, Debug, serde::Deserialize, Display, Eq, PartialEq)]
#[serde(rename_all = "kebab-case")]
#[strum(serialize_all = "kebab-case")]
pub enum KeySet {
    /// Those of a device alone, which no other format has.
    Device,
    /// OpenIKED's `iked.conf`.
    Iked,
    /// strongSwan's `ipsec.conf`.
    IpsecConf,
    /// libreswan's `ipsec.conf`.
    Libreswan,
    /// OPNsense's `config.xml`.
    Opnsense,
    /// pfSense's `config.xml`.
    Pfsense,
    /// strongSwan's `swanctl.conf`.
    Swanctl,
}

/// What changes for somebody when a setting is not there.
#[derive(Clone, Copy, Debug, Display, Eq, Ord, PartialEq, PartialOrd)]
#[strum(serialize_all = "lowercase")]
pub enum Bearing {
    /// Neither of the others: how the daemon does its work.
    Operation,
    /// What is reached and for how long: networks, mode, pools, marks, lifetimes.
    Reachability,
    /// Who gets in: authentication, identities, groups, constraints, revocation.
    Security,
}

/// One setting of a file.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Setting {
    /// The key as the file writes it; of `left` and `right`, `left` is this side.
    pub key: String,
    /// The value as the file writes it, without its quotation marks.
    pub value: String,
    /// Where it stands.
    pub span: Span,
    /// What depends on it; `None` where the model has a field for it.
    pub bearing: Option<Bearing>,
}

/// Addresses for clients, under a name.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Pool {
    /// The name by which connections ask for it.
    pub name: String,
    /// Where it begins.
    pub span: Option<Span>,
    /// Networks or ranges.
    pub addresses: Vec<Spanned<String>>,
    /// What clients are told besides, such as `dns`.
    pub settings: Vec<Setting>,
}

/// What a file defines outside of its connections.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Definitions {
    /// Whose keys all settings are; `None` where the source is no daemon's own file.
    pub keys: Option<KeySet>,
    /// Where the server is configured, as the format of the text says.
    pub(crate) surface: Option<ConfigSurface>,
    /// Addresses for clients.
    pub pools: Vec<Pool>,
    /// Settings that hold for all connections, each with its section: `authorities.ca.cacert`.
    pub settings: Vec<Setting>,
    /// Settings that the file has and whose values it does not say: something computes them.
    pub unknown: Vec<Setting>,
    /// What a reader has seen and taken nothing of: keys that it does not know, parts that nothing uses. The key of each
    /// is what a conversion calls it.
    pub unread: Vec<Setting>,
    /// Where secrets begin; nothing of them is kept.
    pub secrets: Option<Span>,
}
