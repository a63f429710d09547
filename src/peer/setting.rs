//! Settings as a file has them, so that none is lost on the way into another file.

use strum::Display;

use super::server::{Product, Spanned};
use super::{EngineName, Span};
use crate::ike::Protocol;

/// Whose keys the settings of a server are.
#[derive(Clone, Copy, Debug, serde::Deserialize, Display, Eq, PartialEq)]
#[serde(rename_all = "kebab-case")]
#[strum(serialize_all = "kebab-case")]
pub enum KeySet {
    /// Cisco's running configuration.
    Cisco,
    /// FortiGate's backup.
    Fortigate,
    /// OpenIKED's `iked.conf`.
    Iked,
    /// strongSwan's `ipsec.conf`.
    IpsecConf,
    /// libreswan's `ipsec.conf`.
    Libreswan,
    /// MikroTik's export.
    Mikrotik,
    /// OPNsense's `config.xml`.
    Opnsense,
    /// pfSense's `config.xml`.
    Pfsense,
    /// strongSwan's `swanctl.conf`.
    Swanctl,
}

/// The settings with which a server never asks for new keys, in the words of its file or its pages.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct NeverAsks {
    /// Of the IKE SA; `None` if no setting is known.
    pub ike: Option<&'static str>,
    /// Of child SAs.
    pub child: Option<&'static str>,
}

impl NeverAsks {
    /// Those of a file of these keys, else of the product, else of the engine.
    pub(crate) const fn of(
        keys: Option<KeySet>,
        product: Option<Product>,
        engine: EngineName,
    ) -> Self {
        const fn both(ike: &'static str, child: &'static str) -> NeverAsks {
            NeverAsks {
                ike: Some(ike),
                child: Some(child),
            }
        }
        const SWANCTL: NeverAsks = both(
            "`rekey_time = 0s` in the connection",
            "`rekey_time = 0s` in each of its children",
        );
        const REKEY: NeverAsks = both("`rekey=no`", "`rekey=no`");
        const IKED: NeverAsks = both("no `ikelifetime`", "`lifetime 0 bytes 0`");
        match (keys, product, engine) {
            (Some(KeySet::Cisco | KeySet::Fortigate | KeySet::Mikrotik), ..) => Self {
                ike: None,
                child: None,
            },
            (Some(KeySet::IpsecConf | KeySet::Libreswan), ..) => REKEY,
            (Some(KeySet::Iked), ..) => IKED,
            (Some(KeySet::Pfsense), ..) | (None, Some(Product::Pfsense), _) => both(
                "Rekey Time 0 in phase 1",
                "Rekey Time 0 in each of its phase 2",
            ),
            (Some(KeySet::Opnsense), ..) | (None, Some(Product::Opnsense), _) => both(
                "Rekey time (s) 0 in the connection",
                "Rekey time (s) 0 in each of its children",
            ),
            (Some(KeySet::Swanctl), ..) | (None, _, EngineName::Strongswan) => SWANCTL,
            (None, _, EngineName::Libreswan) => REKEY,
            (None, _, EngineName::Openiked) => IKED,
            (
                None,
                _,
                EngineName::CiscoAsa
                | EngineName::CiscoIos
                | EngineName::Fortios
                | EngineName::Routeros
                | EngineName::Rras,
            ) => Self {
                ike: None,
                child: None,
            },
        }
    }

    /// The one of the SAs of a protocol.
    pub(crate) const fn of_protocol(self, protocol: Protocol) -> Option<&'static str> {
        match protocol {
            Protocol::Ike => self.ike,
            Protocol::Ah | Protocol::Esp => self.child,
        }
    }
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
    /// Addresses for clients.
    pub pools: Vec<Pool>,
    /// Settings that hold for all connections, each with its section: `authorities.ca.cacert`.
    pub settings: Vec<Setting>,
    /// Where secrets begin; nothing of them is kept.
    pub secrets: Option<Span>,
}
